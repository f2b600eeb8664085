//! The query grammar on a command line: in words for long help, and kept apart from options. The grammar itself is `domain::query`.

use std::ffi::OsString;

use crate::domain::query::FIELDS;

/// What is not a field: how words are written and joined.
const SIGNS: [(&str, &str); 8] = [
    ("efficient attn", "words in title or authors, in any order, parts and slips of the finger too"),
    ("\"low rank\"", "these words next to each other, in title or abstract"),
    ("'lora", "exactly this, as a word or a part of one"),
    ("^memory", "a word that begins so"),
    ("!survey  -tag:rl", "not"),
    ("lora OR galore", "either; AND stands between all others"),
    ("NOT (rl OR year:2019)", "groups"),
    ("status:unread,queued", "a field may take several values: any of them"),
];

/// The grammar as a table, and an example of a whole command.
pub(super) fn help(example: &str) -> String {
    let row = |(shape, meaning): (&str, &str)| format!("  {shape:<22} {meaning}\n");
    let signs: String = SIGNS.into_iter().map(row).collect();
    let fields: String = FIELDS.iter().map(|field| row((field.example, field.doc))).collect();
    format!("Queries:\n{signs}\nFields:\n{fields}\nExample:\n  {example}")
}

/// The arguments with `-tag:rl` written as `!tag:rl`, which means the same and is not taken for options. Text behind `--note` stays.
pub(super) fn spared(arguments: impl IntoIterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let mut is_note = false;
    arguments.into_iter().map(move |argument| {
        let negated = argument.to_str().and_then(|text| text.strip_prefix('-')).filter(|text| begins_with_field(text));
        let spared = negated.filter(|_| !is_note).map(|text| OsString::from(format!("!{text}")));
        is_note = argument == "--note";
        spared.unwrap_or(argument)
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
    use crate::domain::query::Query;

    #[test]
    fn everything_the_help_shows_is_read() {
        let shown = SIGNS.iter().map(|(shape, _)| *shape).chain(FIELDS.iter().map(|field| field.example));
        for shape in shown {
            assert_eq!(Query::parse(shape).mistakes, [], "{shape}");
        }
    }

    #[test]
    fn negated_fields_are_no_options() {
        let spared: Vec<_> =
            spared(["-tag:rl", "-n", "--note", "-id:1", "-Author:dao", "-x:1"].map(OsString::from)).collect();
        assert_eq!(spared, ["!tag:rl", "-n", "--note", "-id:1", "!Author:dao", "-x:1"]);
        assert_eq!(Query::parse("!tag:rl"), Query::parse("-tag:rl"));
    }
}
