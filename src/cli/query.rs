//! Queries on the command line: the argument that holds one, its help, and the errors of a query that cannot be parsed. The grammar itself
//! is `domain::query`.

use std::ffi::OsString;

use clap::Args;

use crate::domain::clean::Clean;
use crate::domain::query::{FIELDS, Filter, Query};
use crate::error::{Error, Result};

#[derive(Debug, Args)]
pub(super) struct QueryArguments {
    /// What to search for; all words together are one query.
    #[arg(value_name = "QUERY")]
    pub(super) words: Vec<String>,
}

/// The query that all words together make. A mistake is a usage error that shows where in the text it is.
pub(super) fn parse(words: &[String]) -> Result<Query> {
    let text = words.join(" ");
    let query = Query::parse(&text);
    let Some(mistake) = query.mistakes.first() else { return Ok(query) };
    let before: String = text.chars().take(mistake.column).collect();
    // The bar keeps `Clean` from removing a blank at the end.
    let columns = Clean::new(&format!("{before}|")).width().saturating_sub(1);
    let caret = format!("{}^", " ".repeat(columns));
    Err(Error::usage(format!("{}\n  {}\n  {caret}", mistake.message, Clean::new(&text))))
}

/// The query in another order, given as after `sort:`.
pub(super) fn sorted(query: Query, order: Option<&str>) -> Result<Query> {
    let Some(order) = order else { return Ok(query) };
    let parsed = Query::parse(&format!("sort:{order}"));
    let mistake = parsed.mistakes.first().map(|mistake| mistake.message.clone());
    match mistake {
        None if parsed.filter == Filter::All && !parsed.sort.is_empty() => Ok(Query { sort: parsed.sort, ..query }),
        _ => {
            let error = Error::usage(format!("`{}` is not a sort order", Clean::new(order)));
            Err(error.hint(mistake.unwrap_or_else(|| "for example date, -votes or title,-date".to_owned())))
        }
    }
}

/// How words are written and joined; fields have a table of their own.
const SYNTAX: [(&str, &str); 8] = [
    ("efficient attn", "words of title or authors, in any order; parts of words and typos match, too"),
    ("\"low rank\"", "these words next to each other, in title or abstract"),
    ("'lora", "exactly this, as a word or a part of one"),
    ("^memory", "words that begin with this"),
    ("!survey  -tag:rl", "not"),
    ("lora OR galore", "either; AND joins all other words"),
    ("NOT (rl OR year:2019)", "groups"),
    ("status:unread,queued", "a field may take several values and matches any of them"),
];

/// The grammar as a table, and an example of a whole command.
pub(super) fn help(example: &str) -> String {
    let row = |(shape, meaning): (&str, &str)| format!("  {shape:<22} {meaning}\n");
    let syntax: String = SYNTAX.into_iter().map(row).collect();
    let fields: String = FIELDS.iter().map(|field| row((field.example, field.doc))).collect();
    format!("Queries:\n{syntax}\nFields:\n{fields}\nExample:\n  {example}")
}

/// The arguments with `-tag:rl` written as `!tag:rl`, which means the same and is not parsed as an option. The text after `--note` stays as
/// it is.
pub(super) fn protect_negations(arguments: impl IntoIterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let mut is_note = false;
    arguments.into_iter().map(move |argument| {
        let negated = argument.to_str().and_then(|text| text.strip_prefix('-')).filter(|text| begins_with_field(text));
        let protected = negated.filter(|_| !is_note).map(|text| OsString::from(format!("!{text}")));
        is_note = argument == "--note";
        protected.unwrap_or(argument)
    })
}

fn begins_with_field(text: &str) -> bool {
    let name = text.split_once(':').map(|(name, _)| name).unwrap_or_default();
    let names = FIELDS.iter().flat_map(|field| field.aliases.iter().chain([&field.name]));
    names.into_iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_in_the_help_can_be_parsed() {
        let shown = SYNTAX.iter().map(|(shape, _)| *shape).chain(FIELDS.iter().map(|field| field.example));
        for shape in shown {
            assert_eq!(Query::parse(shape).mistakes, [], "{shape}");
        }
    }

    #[test]
    fn negated_fields_are_not_options() {
        let arguments = ["-tag:rl", "-n", "--note", "-id:1", "-Author:dao", "-x:1"].map(OsString::from);
        let protected: Vec<_> = protect_negations(arguments).collect();
        assert_eq!(protected, ["!tag:rl", "-n", "--note", "-id:1", "!Author:dao", "-x:1"]);
        assert_eq!(Query::parse("!tag:rl"), Query::parse("-tag:rl"));
    }
}
