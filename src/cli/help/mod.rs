//! The documentation inside the program: `help` prints what there is, a topic, or the long help of a command, and `man` takes a
//! topic's manual page from here. It opens no library.
//!
//! `topics` is the table of pages, `markdown` reads a page, `plain` and `manual` write it.

mod manual;
mod markdown;
mod plain;
mod topics;

use clap::Args;

use self::plain::TopicText;
use self::topics::{HelpTopic, TOPICS};
use super::palette::{OutputRole, Palette};
use super::session::{CommandOutcome, RunCommand, Session};
use super::streams::DataWriter;
use crate::domain::clean::Clean;
use crate::domain::nearest::nearest;
use crate::error::{Error, Result};

/// Columns of a page where the terminal does not say how many it has.
const USUAL_COLUMNS: usize = 80;
/// Columns that a page takes at most: longer lines are hard to read.
const MOST_COLUMNS: usize = 100;

/// Show a page of the documentation, or the help of a command.
///
/// Without a name, topics and commands are listed.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku help searching")]
pub(super) struct HelpArguments {
    /// A topic or a command.
    #[arg(value_name = "TOPIC|COMMAND")]
    topic: Option<String>,
}

impl RunCommand for HelpArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let palette = session.palette();
        let mut program = (session.command_line)();
        let Some(name) = self.topic.as_deref() else {
            write_index(&program, palette, &mut session.out)?;
            return Ok(CommandOutcome::Done);
        };
        if let Some(topic) = topic(name) {
            let columns = session.terminal.columns.map_or(USUAL_COLUMNS, usize::from).min(MOST_COLUMNS);
            write!(session.out, "{}", TopicText { page: topic.page, columns, palette })?;
            return Ok(CommandOutcome::Done);
        }
        program.build();
        let Some(command) = program.find_subcommand_mut(name) else {
            return Err(unknown(name, "a topic or a command", &program));
        };
        let help = command.render_long_help();
        if palette.coloured {
            write!(session.out, "{}", help.ansi())?;
        } else {
            write!(session.out, "{help}")?;
        }
        Ok(CommandOutcome::Done)
    }
}

/// The manual page of a topic, of section 7. None: there is no topic of this name.
pub(super) fn manual_page(name: &str) -> Option<String> {
    topic(name).map(manual::page)
}

/// The end of the program's manual page, which names the pages of the topics.
pub(super) fn references_to_topics() -> String {
    manual::references(&TOPICS)
}

/// The error for a name that is neither a topic nor a command of the program.
pub(super) fn unknown(name: &str, expected: &str, program: &clap::Command) -> Error {
    let error = Error::usage(format!("`{}` is not {expected}", Clean::new(name)));
    let commands = program.get_subcommands().map(clap::Command::get_name);
    match nearest(name, TOPICS.iter().map(|topic| topic.name).chain(commands)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("`tsundoku help` lists them"),
    }
}

fn topic(name: &str) -> Option<&'static HelpTopic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

/// All topics and commands, a line each.
fn write_index(program: &clap::Command, palette: Palette, out: &mut DataWriter<'_>) -> Result<()> {
    let about = |command: &clap::Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    let commands = program.get_subcommands().map(|command| (command.get_name(), about(command)));
    let topics = TOPICS.iter().map(|topic| (topic.name, topic.about.to_owned()));
    let sections: [(&str, Vec<(&str, String)>); 2] = [
        ("Topics, shown by tsundoku help TOPIC", topics.collect()),
        ("Commands, explained by tsundoku help COMMAND", commands.collect()),
    ];
    for (place, (title, rows)) in sections.into_iter().enumerate() {
        let gap = if place == 0 { "" } else { "\n" };
        writeln!(out, "{gap}{}", palette.paint(OutputRole::Title, title))?;
        for (name, about) in rows {
            writeln!(out, "  {} {about}", palette.paint(OutputRole::Accent, format_args!("{name:<14}")))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::arguments::Arguments;

    #[test]
    fn a_name_means_one_page() {
        let arguments = Arguments::command();
        for (place, topic) in TOPICS.iter().enumerate() {
            assert!(arguments.find_subcommand(topic.name).is_none(), "{} is a command, too", topic.name);
            assert!(TOPICS.iter().skip(place + 1).all(|other| other.name != topic.name), "{} twice", topic.name);
            assert!(topic.about.len() < 60 && !topic.about.ends_with('.'), "{}", topic.about);
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let message = |name| unknown(name, "a topic or a command", &Arguments::command()).to_string();
        assert_eq!(message("serching"), "`serching` is not a topic or a command; did you mean `searching`?");
        assert_eq!(message("imprt"), "`imprt` is not a topic or a command; did you mean `import`?");
        assert_eq!(message("weather"), "`weather` is not a topic or a command; `tsundoku help` lists them");
    }
}
