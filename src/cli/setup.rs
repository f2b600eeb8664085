//! The program about itself: completion scripts, manual pages, and the settings in force. It needs no library.

use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::{Arguments, ConfigArguments, ManArguments};
use super::{Outcome, Session, help};
use crate::config::Config;
use crate::domain::clean::Clean;
use crate::error::Result;

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
    let Some(name) = arguments.name.as_deref() else {
        session.out.with(|out| clap_mangen::Man::new(all).render(out))?;
        session.out.write_all(help::references_to_topics().as_bytes())?;
        return Ok(Outcome::Done);
    };
    if let Some(page) = help::manual_page(name) {
        session.out.write_all(page.as_bytes())?;
        return Ok(Outcome::Done);
    }
    let command = all.find_subcommand(name).cloned().ok_or_else(|| help::unknown(name, "a command or a topic"))?;
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
