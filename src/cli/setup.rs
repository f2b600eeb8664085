//! Completion scripts, manual pages and the settings in force. Needs no library.

use clap::Args;
use clap_complete::Shell;

use super::help;
use super::session::{CommandOutcome, RunCommand, Session};
use crate::config::Config;
use crate::domain::clean::Clean;
use crate::error::Result;

/// Write a completion script for a shell.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  tsundoku completions bash > ~/.local/share/bash-completion/completions/tsundoku"
)]
pub(super) struct CompletionsArguments {
    shell: Shell,
}

/// Write a manual page: of the program, a command or a topic.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku man > tsundoku.1 && man ./tsundoku.1")]
pub(super) struct ManArguments {
    /// The command, or the topic of `tsundoku help`, to write the page of.
    #[arg(value_name = "COMMAND|TOPIC")]
    name: Option<String>,
}

/// Show the settings in force and what is wrong with them.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku config --default > \"$(tsundoku config --path)\"")]
pub(super) struct ConfigArguments {
    /// Only the path of the settings file.
    #[arg(long, conflicts_with = "default")]
    path: bool,

    /// The documented settings file with the defaults.
    #[arg(long)]
    default: bool,
}

impl RunCommand for CompletionsArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        // The generator panics when its writer fails, so it writes to memory.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut (session.command_line)(), "tsundoku", &mut script);
        session.out.write_all(&script)?;
        Ok(CommandOutcome::Done)
    }
}

impl RunCommand for ManArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let mut program = (session.command_line)();
        program.build();
        let Some(name) = self.name.as_deref() else {
            session.out.with(|out| clap_mangen::Man::new(program).render(out))?;
            session.out.write_all(help::references_to_topics().as_bytes())?;
            return Ok(CommandOutcome::Done);
        };
        if let Some(page) = help::manual_page(name) {
            session.out.write_all(page.as_bytes())?;
            return Ok(CommandOutcome::Done);
        }
        let command = program.find_subcommand(name).cloned();
        let command = command.ok_or_else(|| help::unknown(name, "a command or a topic", &program))?;
        session.out.with(|out| clap_mangen::Man::new(command).render(out))?;
        Ok(CommandOutcome::Done)
    }
}

impl RunCommand for ConfigArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        if self.default {
            session.out.write_all(crate::config::DEFAULT.as_bytes())?;
            return Ok(CommandOutcome::Done);
        }
        let paths = session.paths()?;
        let file = Clean::new(&paths.config_file.to_string_lossy());
        if self.path {
            writeln!(session.out, "{file}")?;
            return Ok(CommandOutcome::Done);
        }
        let (config, warnings) = Config::load(&paths.config_file);
        let missing = if paths.config_file.exists() { "" } else { " (no such file: these are the defaults)" };
        writeln!(session.out, "# settings: {file}{missing}")?;
        writeln!(session.out, "# library: {}\n", Clean::new(&paths.data.to_string_lossy()))?;
        write!(session.out, "{}", config.to_toml())?;
        for warning in warnings {
            session.notify(&warning);
        }
        Ok(CommandOutcome::Done)
    }
}
