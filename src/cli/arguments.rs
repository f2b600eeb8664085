//! The command line as a whole: the options of every command, the options of the reader, and the table of subcommands. What a subcommand
//! takes and does is in its own file.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::ValueParser;
use clap::{Args, ColorChoice, Parser, Subcommand};

use super::session::{CommandOutcome, RunCommand, Session};
use super::{
    bench, digests, doctor, export, formats, help, import, list, log, mark, setup, show, statistics, sync, tags, text,
    undo, views,
};
use crate::config::LinearInput;
use crate::error::Result;

/// Defines `CliCommand` with a variant for each row, and its dispatch. A row names the variant, which is the subcommand in kebab case, and
/// the type that holds its arguments and runs it.
macro_rules! commands {
    ($($name:ident($arguments:ty)),* $(,)?) => {
        #[derive(Debug, Subcommand)]
        pub(super) enum CliCommand {
            $($name($arguments)),*
        }

        impl CliCommand {
            pub(super) fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
                match self {
                    $(Self::$name(arguments) => arguments.run(session)),*
                }
            }
        }
    };
}

// In the order that `--help` lists them.
commands! {
    Import(import::ImportArguments),
    Sync(sync::SyncArguments),
    List(list::ListArguments),
    Show(show::ShowArguments),
    Mark(mark::MarkArguments),
    Undo(undo::UndoArguments),
    Redo(undo::RedoArguments),
    Log(log::LogArguments),
    Tags(tags::TagsArguments),
    Views(views::ViewsArguments),
    Digests(digests::DigestsArguments),
    Export(export::ExportArguments),
    Formats(formats::FormatsArguments),
    Stats(statistics::StatsArguments),
    Text(text::TextArguments),
    Doctor(doctor::DoctorArguments),
    Bench(bench::BenchArguments),
    Completions(setup::CompletionsArguments),
    Man(setup::ManArguments),
    Config(setup::ConfigArguments),
    Help(help::HelpArguments),
}

/// Heading of the options that every command takes.
const GLOBAL_OPTIONS: &str = "For every command";

/// A reader for research papers in the terminal.
///
/// Without a command the reader opens. `tsundoku import` adds papers to the library; everything you do with them is kept.
#[derive(Debug, Parser)]
#[command(
    name = "tsundoku",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_long_help = "Exit status: 0 done, 1 failed, 2 usage error, 3 done but some records were rejected.\n\n\
                       Example:\n  tsundoku import ~/digests && tsundoku"
)]
pub(super) struct Arguments {
    /// Folder of the library.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "TSUNDOKU_DIR",
        hide_env_values = true,
        value_parser = ValueParser::os_string(),
        help_heading = GLOBAL_OPTIONS
    )]
    pub(super) dir: Option<OsString>,

    /// Colour the output: auto (a terminal, unless NO_COLOR is set), always or never.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true,
        help_heading = GLOBAL_OPTIONS
    )]
    pub(super) color: ColorChoice,

    /// Print the causes of an error, too.
    #[arg(short, long, global = true, help_heading = GLOBAL_OPTIONS)]
    pub(super) verbose: bool,

    #[command(flatten)]
    pub(super) reader: ReaderArguments,

    #[command(subcommand)]
    pub(super) command: Option<CliCommand>,
}

/// Options of the reader, which opens when no command is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Reader")]
pub(super) struct ReaderArguments {
    /// Open the reader with this query in the search box.
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub(super) query: Option<String>,

    /// Open the reader with this saved view.
    #[arg(long, value_name = "NAME", conflicts_with = "query")]
    pub(super) view: Option<String>,

    /// Theme for this session: a name, or the path of a theme file.
    #[arg(long, value_name = "THEME")]
    pub(super) theme: Option<String>,

    /// No colours; marks and lines in ASCII.
    #[arg(long)]
    pub(super) plain: bool,

    /// For screen readers and braille displays: lines in place of the screen, with the same keys. On a terminal without keys, or with
    /// `--linear=lines`, what is typed is read in lines.
    #[arg(
        long,
        value_name = "INPUT",
        env = "TSUNDOKU_LINEAR",
        hide_env_values = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "auto",
        value_parser = linear
    )]
    pub(super) linear: Option<Linear>,

    /// Write how long every key took to be answered to this file, which must not exist.
    #[arg(long, value_name = "FILE")]
    pub(super) trace: Option<PathBuf>,
}

/// What `--linear` says: `Some` when linear mode is wanted.
pub(super) type Linear = Option<LinearInput>;

/// Reads the value of `--linear`, which `TSUNDOKU_LINEAR` may hold as well.
fn linear(text: &str) -> std::result::Result<Linear, String> {
    match text {
        "" | "0" | "off" | "no" | "false" => Ok(None),
        "1" | "on" | "yes" | "true" | "auto" => Ok(Some(LinearInput::Auto)),
        "keys" => Ok(Some(LinearInput::Keys)),
        "lines" => Ok(Some(LinearInput::Lines)),
        _ => Err("write keys, lines, or nothing".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_command_has_a_description_and_an_example() {
        let command = Arguments::command();
        command.clone().debug_assert();
        for command in command.get_subcommands() {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty() && about.len() < 72, "{}: {about}", command.get_name());
            let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            let example = help.split_once("Example:\n").map(|(_, example)| example).unwrap_or_default();
            assert!(
                example.contains(&format!("tsundoku {} ", command.get_name())) || example.ends_with(command.get_name()),
                "{help}"
            );
        }
    }

    #[test]
    fn every_example_is_a_valid_command_line() {
        for command in Arguments::command().get_subcommands() {
            let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            let examples = help.split_once("Example:\n").map(|(_, examples)| examples).unwrap_or_default();
            let lines = examples
                .lines()
                .flat_map(|line| line.split(" && "))
                .filter_map(|part| part.find("tsundoku ").map(|at| &part[at..]));
            for line in lines {
                let line = line.split([' ']).take_while(|word| *word != ">").collect::<Vec<_>>().join(" ");
                let words = crate::config::words(&line).unwrap();
                assert!(Arguments::try_parse_from(&words).is_ok(), "{words:?}");
            }
        }
    }
}
