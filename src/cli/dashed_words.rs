//! Words of a query that begin with a dash, such as `-survey`: they are told apart from options before the arguments are parsed. Which options
//! there are is asked of the command line itself.

use std::ffi::OsString;

use clap::CommandFactory;

use super::arguments::Arguments;
use crate::library::export::find_format;

/// The arguments with a blank in front of each that begins with a dash and belongs to a query, so that it is not parsed as an option: `-survey`,
/// `-tag:rl`, `-5`. Only for subcommands that take a query; what stands after `--`, and values of options, stay as they are.
///
/// An option is `--` with a name, or a dash with the option's letter alone; its value is the next argument. A value directly after the letter is
/// read where it cannot be a word of a query: `-n5`, `-fjson`, `-orefs.bib`. Several letters together are options when each is one without a value.
pub(super) fn protect_negations(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut root = Arguments::command();
    root.build();
    let mut command = &root;
    let mut is_value = false;
    // The first argument is the name of the program.
    for argument in arguments.iter_mut().skip(1) {
        let Some(text) = argument.to_str() else {
            is_value = false;
            continue;
        };
        if std::mem::take(&mut is_value) {
            continue;
        }
        match ArgumentKind::of(command, text) {
            ArgumentKind::End => break,
            ArgumentKind::Option { value_follows } => is_value = value_follows,
            ArgumentKind::Word => {
                if let Some(subcommand) = command.find_subcommand(text) {
                    command = subcommand;
                }
            }
            ArgumentKind::Dashed if takes_query(command) => *argument = OsString::from(format!(" {text}")),
            ArgumentKind::Dashed => {}
        }
    }
    arguments
}

/// Whether words of a command's own are words of a query.
fn takes_query(command: &clap::Command) -> bool {
    let names =
        |argument: &clap::Arg| argument.get_value_names().unwrap_or_default().iter().any(|name| name.contains("QUERY"));
    command.get_positionals().any(names)
}

/// What an argument is for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ArgumentKind {
    Word,
    /// It begins with a dash and is no option.
    Dashed,
    Option {
        value_follows: bool,
    },
    /// `--`: no option comes after it.
    End,
}

impl ArgumentKind {
    fn of(command: &clap::Command, text: &str) -> Self {
        if text == "--" {
            return Self::End;
        }
        if let Some(name) = text.strip_prefix("--") {
            let option = command.get_arguments().find(|option| option.get_long() == Some(name));
            return Self::Option { value_follows: option.is_some_and(takes_value) };
        }
        let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) else { return Self::Word };
        let option = |letter: char| command.get_arguments().find(|option| option.get_short() == Some(letter));
        let flags =
            letters.chars().map(option).take_while(|option| option.is_some_and(|option| !takes_value(option))).count();
        if flags == letters.chars().count() {
            return Self::Option { value_follows: false };
        }
        let mut rest = letters.chars();
        match rest.next().and_then(option).filter(|option| takes_value(option)) {
            Some(_) if rest.as_str().is_empty() => Self::Option { value_follows: true },
            Some(option) if is_attached_value(option.get_id().as_str(), rest.as_str()) => {
                Self::Option { value_follows: false }
            }
            _ => Self::Dashed,
        }
    }
}

fn takes_value(option: &clap::Arg) -> bool {
    option.get_action().takes_values()
}

/// Whether a text directly after the letter of an option is its value, and not the rest of a word that is left out of a search.
fn is_attached_value(option: &str, text: &str) -> bool {
    match option {
        _ if text.starts_with('=') => true,
        "limit" => text.bytes().all(|byte| byte.is_ascii_digit()),
        "format" => find_format(text).is_ok(),
        "output" => text.contains(['.', '/']),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    /// The arguments, with an underscore for each blank put in front.
    fn protected(line: &str) -> String {
        let words = line.split(' ').map(|word| OsString::from(word.replace('_', " ")));
        let protected = protect_negations(std::iter::once(OsString::from("tsundoku")).chain(words));
        let shown = |text: &OsString| text.to_str().unwrap().replacen(' ', "_", 1);
        protected.iter().skip(1).map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_left_out_of_a_query_is_no_option() {
        let cases = [
            ("list -survey", "list _-survey"),
            ("list lora -survey -n 5", "list lora _-survey -n 5"),
            ("list -n5 -n=5 -nlp", "list -n5 -n=5 _-nlp"),
            ("list !a -b", "list !a _-b"),
            ("list -tag:rl -5 -.5", "list _-tag:rl _-5 _-.5"),
            ("list -vision -v -hv -h", "list _-vision -v -hv -h"),
            ("list --sort -date -limits", "list --sort -date _-limits"),
            ("list --sort=-date --limt 3", "list --sort=-date --limt 3"),
            ("list -a -- -b", "list _-a -- -b"),
            ("list -", "list -"),
            ("--dir x list -survey", "--dir x list _-survey"),
            ("--dir -x list -a --dir -b", "--dir -x list _-a --dir -b"),
            ("mark -survey --note -x --star", "mark _-survey --note -x --star"),
            ("mark -Author:dao --note -id:1", "mark _-Author:dao --note -id:1"),
            ("export -fjson -finetuning -f json -o -", "export -fjson _-finetuning -f json -o -"),
            ("export -orefs.bib -overview -o refs.bib", "export -orefs.bib _-overview -o refs.bib"),
            ("views --save mine -survey", "views --save mine _-survey"),
            ("show -survey lora", "show _-survey lora"),
            ("log -n5 -x", "log -n5 -x"),
            ("import -x", "import -x"),
        ];
        for (line, expected) in cases {
            assert_eq!(protected(line), expected, "{line}");
        }
    }

    #[test]
    fn words_of_a_query_come_as_they_were_typed() {
        let words = |line: &[&str]| {
            let line = line.iter().map(OsString::from);
            Arguments::try_parse_from(protect_negations(line)).map(|parsed| format!("{:?}", parsed.command))
        };
        let parsed = words(&["tsundoku", "list", "lora", "-survey", "-\"two words\"", "-n", "5", "-5"]).unwrap();
        assert!(
            parsed.contains(r#"words: ["lora", "-survey", "-\"two words\"", "-5"]"#) && parsed.contains("Some(5)"),
            "{parsed}"
        );
        let parsed = words(&["tsundoku", "mark", "-survey", "--star"]).unwrap();
        assert!(parsed.contains(r#"["-survey"]"#), "{parsed}");
        let mistyped = words(&["tsundoku", "list", "--limt", "3"]).unwrap_err().to_string();
        assert!(mistyped.contains("--limit"), "{mistyped}");
    }

    #[test]
    fn every_option_with_a_letter_and_a_value_says_what_may_be_attached() {
        let mut root = Arguments::command();
        root.build();
        for command in root.get_subcommands().filter(|command| takes_query(command)) {
            for option in command.get_arguments().filter(|option| option.get_short().is_some() && takes_value(option)) {
                let sample = match option.get_id().as_str() {
                    "limit" => "5",
                    "format" => "json",
                    "output" => "refs.bib",
                    other => panic!("{other}"),
                };
                assert!(is_attached_value(option.get_id().as_str(), sample));
            }
        }
    }
}
