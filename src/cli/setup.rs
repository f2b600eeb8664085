//! The program about itself: completion scripts, manual pages, and the settings in force. It needs no library.

use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::{Arguments, ConfigArguments, ManArguments};
use super::{Outcome, Session};
use crate::config::Config;
use crate::domain::clean::Clean;
use crate::error::{Error, Result};

pub(super) fn completions(shell: Shell, session: &mut Session<'_>) -> Result<Outcome> {
    // The generator panics when its writer fails, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "tsundoku", &mut script);
    session.out.write_all(&script)?;
    Ok(Outcome::Done)
}

pub(super) fn man(arguments: &ManArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let mut all = Arguments::command();
    all.build();
    let command = match arguments.command.as_deref() {
        None => all,
        Some(name) => all.find_subcommand(name).cloned().ok_or_else(|| {
            Error::usage(format!("`{}` is not a command", Clean::new(name))).hint("`tsundoku --help` lists them")
        })?,
    };
    session.out.with(|out| clap_mangen::Man::new(command).render(out))?;
    Ok(Outcome::Done)
}

pub(super) fn config(arguments: &ConfigArguments, session: &mut Session<'_>) -> Result<Outcome> {
    if arguments.default {
        session.out.write_all(crate::config::DEFAULT.as_bytes())?;
        return Ok(Outcome::Done);
    }
    let paths = session.paths()?;
    let file = Clean::new(&paths.config_file.to_string_lossy());
    if arguments.path {
        writeln!(session.out, "{file}")?;
        return Ok(Outcome::Done);
    }
    let (config, warnings) = Config::load(&paths.config_file);
    let there = if paths.config_file.exists() { "" } else { " (not there: these are the defaults)" };
    writeln!(session.out, "# settings: {file}{there}")?;
    writeln!(session.out, "# library: {}\n", Clean::new(&paths.data.to_string_lossy()))?;
    write!(session.out, "{}", config.to_toml())?;
    for warning in warnings {
        session.say(&warning);
    }
    Ok(Outcome::Done)
}
