//! The command line as a table of types: every subcommand, its options, and the words that explain them. What the commands do is said
//! elsewhere; nothing is opened or read here.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::ValueParser;
use clap::{Args, ColorChoice, Parser, Subcommand};
use clap_complete::Shell;

use super::grammar;
use crate::domain::date::PartialDate;
use crate::domain::reading::{Status, Tag};

/// Heading of the options that every command takes.
const EVERYWHERE: &str = "For every command";

/// A reader for research papers in the terminal.
///
/// Without a command the reader opens. Papers come in with `tsundoku import`, and everything done with them lasts.
#[derive(Debug, Parser)]
#[command(
    name = "tsundoku",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_long_help = "Exit status: 0 done, 1 failed, 2 asked for in a way that cannot be, 3 done but some records were rejected.\n\n\
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
        help_heading = EVERYWHERE
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
        help_heading = EVERYWHERE
    )]
    pub(super) color: ColorChoice,

    /// When something fails, also say what led to it.
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    pub(super) verbose: bool,

    #[command(flatten)]
    pub(super) reader: ReaderArguments,

    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Options of the reader, which opens when no command is given.
#[derive(Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Reader")]
pub(super) struct ReaderArguments {
    /// Open the reader with this query in its box.
    #[arg(long, value_name = "QUERY")]
    pub(super) query: Option<String>,

    /// Theme for this time: a name, or the path of a theme file.
    #[arg(long, value_name = "THEME")]
    pub(super) theme: Option<String>,

    /// No colours; marks and lines in ASCII.
    #[arg(long)]
    pub(super) plain: bool,

    /// Write how long every frame took to this file.
    #[arg(long, value_name = "FILE")]
    pub(super) trace: Option<PathBuf>,
}

/// What to do, once `parse` made sense of the command line.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Import(ImportArguments),
    List(ListArguments),
    Show(ShowArguments),
    Mark(MarkArguments),
    /// Take the latest change back, in this session or an earlier one.
    #[command(after_long_help = "Example:\n  tsundoku mark 2403.03507 --star && tsundoku undo")]
    Undo,
    /// Do again what was undone last.
    #[command(after_long_help = "Example:\n  tsundoku undo && tsundoku redo")]
    Redo,
    Log(LogArguments),
    Tags(TagsArguments),
    Views(ViewsArguments),
    Digests(DigestsArguments),
    Export(ExportArguments),
    Stats(StatsArguments),
    Text(TextArguments),
    Doctor(DoctorArguments),
    Bench(BenchArguments),
    /// Write a completion script for a shell.
    #[command(
        after_long_help = "Example:\n  tsundoku completions bash > ~/.local/share/bash-completion/completions/tsundoku"
    )]
    Completions {
        shell: Shell,
    },
    Man(ManArguments),
    Config(ConfigArguments),
    Help(HelpArguments),
}

/// Read papers from files, folders or standard input.
///
/// The same paper in several files is one paper. Importing a file again changes nothing. The report says for each file how many
/// records were read, new, updated, unchanged and rejected, and why; a bad record costs only itself.
#[derive(Debug, Args)]
#[command(after_long_help = super::import::help())]
pub(super) struct ImportArguments {
    /// Files and folders; `-` is standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Day of the digest, whatever the files say.
    #[arg(long, value_name = "DAY")]
    pub(super) date: Option<PartialDate>,

    /// Read every file as this format instead of recognising it.
    #[arg(long, value_name = "FORMAT")]
    pub(super) from: Option<String>,

    /// Report what would happen and keep nothing.
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Build no full text, now or later, until an import without this: the disk stays emptier, but words and phrases of abstracts
    /// are found more slowly.
    #[arg(long)]
    pub(super) no_fulltext: bool,

    /// Report as JSON.
    #[arg(long)]
    pub(super) json: bool,

    /// Report nothing but what went wrong.
    #[arg(long, short, conflicts_with = "json")]
    pub(super) quiet: bool,
}

/// List the papers that a query finds.
///
/// The whole result, by relevance where the query has free words, else newest first. On a terminal a row is fitted to its width;
/// elsewhere it is one line of tab-separated fields: status, `*` when starred, id, date, first author, title.
#[derive(Debug, Args)]
#[command(after_long_help = grammar::help("tsundoku list lora status:unread --limit 20"))]
pub(super) struct ListArguments {
    #[command(flatten)]
    pub(super) query: QueryArguments,

    /// At most this many papers.
    #[arg(long, short = 'n', value_name = "N")]
    pub(super) limit: Option<usize>,

    /// Order, as after `sort:` in a query.
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true)]
    pub(super) sort: Option<String>,

    /// One JSON object a line, with everything about the paper.
    #[arg(long, group = "shape")]
    pub(super) json: bool,

    /// Only the ids.
    #[arg(long, group = "shape")]
    pub(super) ids: bool,

    /// Only how many papers are found.
    #[arg(long, group = "shape")]
    pub(super) count: bool,
}

#[derive(Debug, Args)]
pub(super) struct QueryArguments {
    /// What to look for; all words together are one query.
    #[arg(value_name = "QUERY")]
    pub(super) words: Vec<String>,
}

/// Show one paper: its facts, its abstract, and what you did with it.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku show 2403.03507")]
pub(super) struct ShowArguments {
    /// An arXiv id or URL, a DOI, a key as `list --ids` prints it, or a query that finds one paper.
    #[arg(required = true, value_name = "ID")]
    pub(super) paper: Vec<String>,

    /// Title and abstract as the source spells them.
    #[arg(long)]
    pub(super) raw: bool,

    /// As one JSON object.
    #[arg(long, conflicts_with = "raw")]
    pub(super) json: bool,
}

/// Change status, star, tags or note of papers.
///
/// Ids name papers one by one; anything else is a query, and every paper that it finds is changed. One `undo` takes all of it back.
#[derive(Debug, Args)]
#[command(
    group(clap::ArgGroup::new("change").required(true).multiple(true)),
    after_long_help = "Example:\n  tsundoku mark 'lora year:2024 status:unread' --status queued --tag peft"
)]
pub(super) struct MarkArguments {
    /// Ids of papers, or a query.
    #[arg(required = true, value_name = "QUERY|ID")]
    pub(super) papers: Vec<String>,

    /// unread, queued, reading, read or dropped.
    #[arg(long, value_name = "STATUS", group = "change")]
    pub(super) status: Option<Status>,

    /// Give a star.
    #[arg(long, group = "change", conflicts_with = "unstar")]
    pub(super) star: bool,

    /// Take the star away.
    #[arg(long, group = "change")]
    pub(super) unstar: bool,

    /// Add a tag; may be given several times.
    #[arg(long, value_name = "TAG", group = "change", value_parser = tag)]
    pub(super) tag: Vec<Tag>,

    /// Remove a tag; may be given several times.
    #[arg(long, value_name = "TAG", group = "change", value_parser = tag)]
    pub(super) untag: Vec<Tag>,

    /// The note, in place of the one there is; empty removes it.
    #[arg(long, value_name = "TEXT", group = "change", allow_hyphen_values = true)]
    pub(super) note: Option<String>,

    /// Say what would be changed and change nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

fn tag(text: &str) -> Result<Tag, String> {
    Tag::new(text).ok_or_else(|| "nothing in it can stand in a tag: letters, digits and -_./+#".to_owned())
}

/// Show what was done, newest first.
///
/// On a terminal a row is fitted to its width; elsewhere it is one line of tab-separated fields: when, label, subject, field, before,
/// after, `undone` when it was taken back.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku log --limit 10")]
pub(super) struct LogArguments {
    /// At most this many entries.
    #[arg(long, short = 'n', value_name = "N")]
    pub(super) limit: Option<usize>,

    /// One JSON object a line.
    #[arg(long)]
    pub(super) json: bool,
}

/// List the tags in use, most used first.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku tags")]
pub(super) struct TagsArguments {
    /// One JSON object a line.
    #[arg(long)]
    pub(super) json: bool,
}

/// List, save or remove saved views: queries with a name.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku views --save 'to read' 'status:queued sort:added'")]
pub(super) struct ViewsArguments {
    /// Save the query under this name, in place of one that has it.
    #[arg(long, value_name = "NAME", requires = "words", conflicts_with = "remove")]
    pub(super) save: Option<String>,

    /// Remove the view of this name.
    #[arg(long, value_name = "NAME", conflicts_with = "words")]
    pub(super) remove: Option<String>,

    #[command(flatten)]
    pub(super) query: QueryArguments,
}

/// List digests; hide one, show it again, or correct its day.
///
/// A hidden digest stays in the library: its papers are left out of lists unless another digest has them or the query asks for it.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  tsundoku digests --hide starter\n  tsundoku digests --date hf:pasted 2025-03-12"
)]
pub(super) struct DigestsArguments {
    /// Leave the papers of this digest out of lists.
    #[arg(long, value_name = "DIGEST", group = "correction")]
    pub(super) hide: Option<String>,

    /// List the papers of this digest again.
    #[arg(long, value_name = "DIGEST", group = "correction")]
    pub(super) show: Option<String>,

    /// The day this digest is of.
    #[arg(long, num_args = 2, value_names = ["DIGEST", "DAY"], group = "correction")]
    pub(super) date: Option<Vec<String>>,

    /// One JSON object a line.
    #[arg(long, conflicts_with = "correction")]
    pub(super) json: bool,
}

/// Write papers for other programs.
///
/// The whole library without a query. A file appears whole or not at all.
#[derive(Debug, Args)]
#[command(after_long_help = super::export::help())]
pub(super) struct ExportArguments {
    #[command(flatten)]
    pub(super) query: QueryArguments,

    /// What to write; without it the file's ending decides, and without a file it is BibTeX.
    #[arg(long, short, value_name = "FORMAT")]
    pub(super) format: Option<String>,

    /// Write to this file; `-` is standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// Replace the file when it exists.
    #[arg(long, requires = "output")]
    pub(super) force: bool,

    /// At most this many papers.
    #[arg(long, short = 'n', value_name = "N")]
    pub(super) limit: Option<usize>,
}

/// Show what you read over time.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku stats --weeks 52")]
pub(super) struct StatsArguments {
    /// How many weeks to draw.
    #[arg(long, value_name = "N", default_value_t = 26)]
    pub(super) weeks: usize,

    /// As one JSON object, with every week.
    #[arg(long, conflicts_with = "weeks")]
    pub(super) json: bool,
}

/// Render LaTeX or page text as Unicode.
///
/// A filter: reads lines from standard input and writes each rendered to standard output.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  printf '%s\\n' 'Schr\\\"odinger in $\\mathbb{R}^3$' | tsundoku text --from tex"
)]
pub(super) struct TextArguments {
    /// `tex` for LaTeX as arXiv serves it, `page` for text copied from a page that lost its backslashes.
    #[arg(long, value_name = "MARKUP", value_parser = ["tex", "page"])]
    pub(super) from: String,
}

/// Look for damage in the library, and mend what can be mended.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku doctor")]
pub(super) struct DoctorArguments {
    /// Build the index again and give unused space back.
    #[arg(long)]
    pub(super) fix: bool,

    /// Put the newest sound backup of user.db in its place; the present file is kept beside it.
    #[arg(long, conflicts_with = "fix")]
    pub(super) restore: bool,
}

/// Measure how fast the library is on this machine.
///
/// Opens the library, types queries letter by letter, counts facets, sorts, reads abstracts and stars a paper in a copy of user.db; says
/// how long each took. Nothing in the library changes.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku bench --json")]
pub(super) struct BenchArguments {
    /// Type the lines of this file, too.
    #[arg(long, value_name = "FILE")]
    pub(super) queries: Option<PathBuf>,

    /// As one JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

/// Write a manual page: of the program, a command or a topic.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku man > tsundoku.1 && man ./tsundoku.1")]
pub(super) struct ManArguments {
    /// The command, or the topic of `tsundoku help`, to write the page of.
    #[arg(value_name = "COMMAND|TOPIC")]
    pub(super) name: Option<String>,
}

/// Show a page of the documentation, or the help of a command.
///
/// Without a name, topics and commands are listed.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku help searching")]
pub(super) struct HelpArguments {
    /// A topic or a command.
    #[arg(value_name = "TOPIC|COMMAND")]
    pub(super) topic: Option<String>,
}

/// Show the settings in force and what is wrong with them.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku config --default > \"$(tsundoku config --path)\"")]
pub(super) struct ConfigArguments {
    /// Only the path of the settings file.
    #[arg(long, conflicts_with = "default")]
    pub(super) path: bool,

    /// The documented settings file with the defaults.
    #[arg(long)]
    pub(super) default: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_command_says_what_it_is_for_and_shows_it() {
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
    fn every_example_can_be_typed() {
        for command in Arguments::command().get_subcommands() {
            let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            let examples = help.split_once("Example:\n").map(|(_, examples)| examples).unwrap_or_default();
            let typed = examples
                .lines()
                .flat_map(|line| line.split(" && "))
                .filter_map(|part| part.find("tsundoku ").map(|at| &part[at..]));
            for line in typed {
                let line = line.split([' ']).take_while(|word| *word != ">").collect::<Vec<_>>().join(" ");
                let words = crate::config::words(&line).unwrap();
                assert!(Arguments::try_parse_from(&words).is_ok(), "{words:?}");
            }
        }
    }
}
