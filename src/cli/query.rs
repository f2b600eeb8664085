//! Queries on the command line: the argument that holds one, its help, and the errors of a query that cannot be parsed. The grammar itself
//! is `domain::query`.

use std::convert::Infallible;

use clap::Args;

use crate::domain::clean::Clean;
use crate::domain::query::{FIELDS, Filter, Mistake, Query};
use crate::error::{Error, Result};

/// Most characters of a query that are shown before a mistake, and half as many as are shown in all.
const SHOWN: usize = 200;

#[derive(Debug, Args)]
pub(super) struct QueryArguments {
    /// What to search for; all words together are one query.
    #[arg(value_name = "QUERY", value_parser = word)]
    pub(super) words: Vec<String>,
}

/// The query that all words together make, for a search. A mistake is a usage error that shows where in the text it is; parts without effect are
/// in the query.
pub(super) fn parse(words: &[String]) -> Result<Query> {
    let text = words.join(" ");
    let query = Query::parse(&text);
    match query.mistakes.first() {
        Some(mistake) => Err(mistaken(&text, mistake)),
        None => Ok(query),
    }
}

/// The same for what is done with all papers that are found: a part without effect is a usage error, too.
pub(super) fn parse_whole(words: &[String]) -> Result<Query> {
    let text = words.join(" ");
    let query = Query::parse(&text);
    match query.not_understood() {
        Some(mistake) => Err(mistaken(&text, mistake)),
        None => Ok(query),
    }
}

fn mistaken(text: &str, mistake: &Mistake) -> Error {
    // Of a pasted page, the part around the mistake.
    let start = mistake.column.saturating_sub(if mistake.column > SHOWN { SHOWN / 2 } else { mistake.column });
    let shown: String = text.chars().skip(start).take(2 * SHOWN).collect();
    let before: String = shown.chars().take(mistake.column - start).collect();
    // The bar keeps `Clean` from removing a blank at the end.
    let columns = Clean::new(&format!("{before}|")).width().saturating_sub(1);
    let caret = format!("{}^", " ".repeat(columns));
    Error::usage(format!("{}\n  {}\n  {caret}", mistake.message, Clean::new(&shown)))
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
    ("!survey  -tag:rl", "not; for example list lora -survey -tag:rl"),
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

/// The word that an argument is: without the blank that `dashed_words` put in front.
pub(super) fn word(text: &str) -> std::result::Result<String, Infallible> {
    Ok(text.strip_prefix(' ').unwrap_or(text).to_owned())
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
}
