//! Completion at the cursor: names of fields, and values of the field around the cursor. The caller provides the values that are in the
//! library; nothing is stored here.

use std::collections::HashSet;
use std::ops::Range;

use super::FieldName;
use super::complete_number::grown;
use super::display::quoted_if_needed;
use super::fields::{FIELDS, ValueKind, names};
use super::lex::{Lexer, PlacedToken, Token, is_quote};

/// What can be completed at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The characters that a candidate replaces.
    pub replace: Range<usize>,
    pub kind: CompletionKind,
    /// The text typed so far, without quotation marks.
    pub prefix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    Field,
    Value(FieldName),
}

/// What can be completed with the cursor before character `cursor`. None inside a phrase and after a word that no field's name begins
/// with. The prefix is empty where nothing is typed yet.
pub fn complete(text: &str, cursor: usize) -> Option<Completion> {
    let cursor = cursor.min(text.chars().count());
    let empty = Completion { replace: cursor..cursor, kind: CompletionKind::Field, prefix: String::new() };
    let Some(PlacedToken { token, range, .. }) =
        Lexer::new(text).find(|placed| placed.range.start < cursor && cursor <= placed.range.end)
    else {
        return Some(empty);
    };
    let typed = |from: usize| text.chars().skip(from).take(cursor - from).collect::<String>();
    match &token {
        Token::Word(_) | Token::And | Token::Or => {
            let prefix = typed(range.start);
            let is_name = prefix.chars().all(|c| c.is_ascii_alphabetic());
            is_name.then(|| Completion { replace: range.clone(), prefix, ..empty })
        }
        Token::Field(field) if cursor < field.values_at => {
            Some(Completion { replace: range.start..field.values_at, prefix: typed(range.start), ..empty })
        }
        Token::Field(field) => {
            let kind = CompletionKind::Value(field.info.field);
            let value = field.values.iter().find(|value| value.range.start < cursor && cursor <= value.range.end);
            Some(match value {
                None => Completion { kind, ..empty },
                Some(value) => {
                    let prefix = typed(value.range.start);
                    let prefix = if value.quoted { prefix.trim_matches(is_quote) } else { &prefix };
                    Completion { replace: value.range.clone(), kind, prefix: prefix.to_owned() }
                }
            })
        }
        Token::Open | Token::Close | Token::Not => Some(empty),
        // The operand of a negation is missing.
        Token::Empty(_) if matches!(typed(range.start).as_str(), "!" | "-") => Some(empty),
        Token::Phrase(_) | Token::Identifiers(_) | Token::Empty(_) => None,
    }
}

/// Candidates for a completion, best first: those that begin with the prefix, then values that contain it; case is ignored. `known`
/// returns the values of a field that are in the library (tags, categories, sources, ...), the most useful first.
pub fn candidates(kind: CompletionKind, prefix: &str, known: &dyn Fn(FieldName) -> Vec<String>) -> Vec<String> {
    let prefix = prefix.to_lowercase();
    match kind {
        CompletionKind::Field => {
            let begins = |name: &&str| name.starts_with(&prefix);
            let by_name = FIELDS.iter().filter(|info| begins(&info.name));
            let by_alias = FIELDS.iter().filter(|info| !begins(&info.name) && names(info).any(|name| begins(&name)));
            by_name.chain(by_alias).map(|info| format!("{}:", info.name)).collect()
        }
        CompletionKind::Value(field) => {
            let info = field.info();
            let mut seen = HashSet::new();
            let fixed = info.values.iter().map(|value| (*value).to_owned());
            let library = if info.kind == ValueKind::Choice { Vec::new() } else { known(field) };
            let values: Vec<String> = fixed.chain(library).filter(|value| seen.insert(value.to_lowercase())).collect();
            let (beginning, others): (Vec<_>, Vec<_>) =
                values.into_iter().partition(|value| value.to_lowercase().starts_with(&prefix));
            let containing = others.into_iter().filter(|value| value.to_lowercase().contains(&prefix));
            let grown = grown(field, &prefix, known);
            // What grows out of the typed part comes after what is known to be there, and before what only contains it.
            let all = beginning.into_iter().chain(grown).chain(containing);
            let mut offered = HashSet::new();
            all.filter(|value| offered.insert(value.to_lowercase())).map(|value| quoted_if_needed(&value)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cursor is at `|`; what would be replaced is shown in `[...]`.
    fn at(text: &str) -> Option<(String, CompletionKind, String)> {
        let cursor = text.chars().position(|c| c == '|').unwrap();
        let text = text.replacen('|', "", 1);
        let found = complete(&text, cursor)?;
        let chars: Vec<char> = text.chars().collect();
        let part = |range: Range<usize>| chars[range].iter().collect::<String>();
        let Range { start, end } = found.replace;
        Some((format!("{}[{}]{}", part(0..start), part(start..end), part(end..chars.len())), found.kind, found.prefix))
    }

    #[test]
    fn fields_and_values_are_completed_where_the_cursor_is() {
        let field = |text: &str, prefix: &str| Some((text.to_owned(), CompletionKind::Field, prefix.to_owned()));
        let value =
            |text: &str, name, prefix: &str| Some((text.to_owned(), CompletionKind::Value(name), prefix.to_owned()));
        assert_eq!(at("é lora sta|"), field("é lora [sta]", "sta"));
        assert_eq!(at("-(sta|t x)"), field("-([stat] x)", "sta"));
        assert_eq!(at("st|atus:read"), field("[status:]read", "st"));
        assert_eq!(at("lora |"), field("lora []", ""));
        assert_eq!(at("-|"), field("-[]", ""));
        assert_eq!(at("is:|"), value("is:[]", FieldName::Is, ""));
        assert_eq!(at("-votes:>5,|"), value("-votes:>5,[]", FieldName::Votes, ""));
        assert_eq!(at("tag:rl,pe|ft x"), value("tag:rl,[peft] x", FieldName::Tag, "pe"));
        assert_eq!(at("digest:\"hf 20|"), value("digest:[\"hf 20]", FieldName::Digest, "hf 20"));
        assert_eq!(at("sort:title,-up|"), value("sort:title,[-up]", FieldName::Sort, "-up"));
        for text in ["\"sta|", "'sta|", "GPT-4|", "foo:ba|"] {
            assert_eq!(at(text), None, "{text}");
        }
        assert_eq!(complete("lora", 99).map(|found| found.prefix), Some("lora".into()));
    }

    #[test]
    fn candidates_come_from_the_table_and_from_the_library() {
        let known = |field: FieldName| match field {
            FieldName::Tag => ["rl", "area/rl", "peft", "old tag", "RL"].map(str::to_owned).to_vec(),
            _ => Vec::new(),
        };
        let offered = |kind, prefix| candidates(kind, prefix, &known).join(" ");
        assert_eq!(offered(CompletionKind::Field, "S"), "status: source: similar: sort:");
        assert_eq!(offered(CompletionKind::Field, "vot"), "upvotes:");
        assert_eq!(offered(CompletionKind::Value(FieldName::Tag), "rl"), "rl area/rl");
        assert_eq!(offered(CompletionKind::Value(FieldName::Tag), "old"), "\"old tag\"");
        assert_eq!(offered(CompletionKind::Value(FieldName::Status), "rea"), "reading read unread");
        assert_eq!(offered(CompletionKind::Value(FieldName::Sort), "dat"), "date -date");
    }
}
