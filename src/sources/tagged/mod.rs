//! Formats of one field a line, with a tag before it: RIS, MEDLINE, refer, Web of Science. One scanner for all; a format says how its tags
//! look and where its records begin and end, and what its tags mean. A record that cannot be read costs only itself.

pub(super) mod nbib;
pub(super) mod refer;
pub(super) mod ris;
pub(super) mod wos;

use std::ops::ControlFlow;

use super::decode::InputLines;
use super::item::{ReadItem, Rejection, Visit};
use super::stated::StatedPaper;
use super::western::line_text;
use crate::error::Result;

/// Most bytes of a record.
const LARGEST_RECORD: usize = 16 << 20;

/// What tells the formats apart.
pub(super) struct TagSyntax {
    /// The tag of a line and its value; None for a line that continues the one before, or is no part of a record.
    field: fn(&str) -> Option<(&str, &str)>,
    /// Tags that begin a record.
    begins: &'static [&'static str],
    /// The tag that ends a record, where there is one; else an empty line ends it.
    end: Option<&'static str>,
    /// Tags of lines before and after the records.
    outside: &'static [&'static str],
    title: &'static [&'static str],
    paper: fn(&TaggedRecord) -> StatedPaper,
}

/// The fields of a record in their order.
#[derive(Debug, Default)]
pub(super) struct TaggedRecord {
    line: usize,
    fields: Vec<(String, String)>,
    size: usize,
    unreadable: Option<String>,
    /// Whether an empty line, or the tag for it, ended the record.
    is_ended: bool,
}

impl TaggedRecord {
    /// The first value of a tag that is not blank.
    fn get(&self, tag: &str) -> Option<&str> {
        let mut values = self.fields.iter().filter(|(name, value)| name == tag && !value.is_empty());
        values.next().map(|(_, value)| value.as_str())
    }

    /// The first value of the first of these tags that has one; empty where none has.
    fn first_of(&self, tags: &[&str]) -> &str {
        tags.iter().find_map(|tag| self.get(tag)).unwrap_or_default()
    }

    /// All values of these tags, in the order of the record.
    fn all<'r>(&'r self, tags: &'r [&str]) -> impl Iterator<Item = &'r str> {
        let fields = self.fields.iter().filter(move |(tag, value)| tags.contains(&tag.as_str()) && !value.is_empty());
        fields.map(|(_, value)| value.as_str())
    }
}

/// Reads the records of a file.
fn read(syntax: &TagSyntax, mut lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let mut record: Option<TaggedRecord> = None;
    while let Some((number, line)) = lines.next()? {
        let (text, unreadable) = line_text(line);
        for text in text.split('\r') {
            let (ended, now) = line_of(syntax, number, text, record.take());
            record = now;
            if let (Some(reason), Some(record)) = (&unreadable, &mut record) {
                record.unreadable.get_or_insert_with(|| reason.clone());
            }
            if ended.is_some_and(|ended| give(syntax, ended, each).is_break()) {
                return Ok(());
            }
        }
    }
    if let Some(mut record) = record {
        // The file may have been cut inside the last line.
        if syntax.end.is_some() && !record.is_ended {
            record.fields.pop();
        }
        let is_cut = record.fields.last().is_some_and(|(tag, _)| syntax.title.contains(&tag.as_str()));
        if is_cut && !record.is_ended {
            record.unreadable.get_or_insert_with(|| "the file ends in the title of a record".to_owned());
        }
        // Whether the reader wants no more makes no difference now.
        let _ = give(syntax, record, each);
    }
    Ok(())
}

/// Reads a line; returns the record that it ends, and the one that goes on.
fn line_of(
    syntax: &TagSyntax,
    number: usize,
    text: &str,
    record: Option<TaggedRecord>,
) -> (Option<TaggedRecord>, Option<TaggedRecord>) {
    let Some((tag, value)) = (syntax.field)(text) else {
        let Some(mut record) = record else { return (None, None) };
        // A text may go on behind an empty line.
        record.is_ended = text.trim().is_empty() && syntax.end.is_none();
        if let Some((_, last)) = record.fields.last_mut() {
            record.size += text.len() + 1;
            if record.size <= LARGEST_RECORD {
                last.push('\n');
                last.push_str(text.trim());
            }
        }
        return (None, Some(record));
    };
    if syntax.end == Some(tag) {
        return (record, None);
    }
    if syntax.outside.contains(&tag) {
        return (None, record);
    }
    let is_new = syntax.begins.contains(&tag) && record.as_ref().is_none_or(|record| has_begun(syntax, record));
    let (ended, mut record) = match record {
        Some(record) if is_new || record.is_ended => {
            (Some(record), TaggedRecord { line: number, ..TaggedRecord::default() })
        }
        Some(record) => (None, record),
        None => (None, TaggedRecord { line: number, ..TaggedRecord::default() }),
    };
    record.size += text.len();
    if record.size <= LARGEST_RECORD {
        record.fields.push((tag.to_owned(), value.trim().to_owned()));
    } else {
        record.unreadable.get_or_insert_with(|| format!("longer than {} MB", LARGEST_RECORD >> 20));
    }
    (ended, Some(record))
}

/// Whether a record has fields besides those that begin one.
fn has_begun(syntax: &TagSyntax, record: &TaggedRecord) -> bool {
    record.fields.iter().any(|(tag, _)| !syntax.begins.contains(&tag.as_str())) || syntax.end.is_some()
}

fn give(syntax: &TagSyntax, record: TaggedRecord, each: &mut Visit<'_>) -> ControlFlow<()> {
    if record.fields.is_empty() {
        return ControlFlow::Continue(());
    }
    let too_large = record.size > LARGEST_RECORD;
    let unreadable =
        record.unreadable.clone().or_else(|| too_large.then(|| format!("longer than {} MB", LARGEST_RECORD >> 20)));
    let read = unreadable.map_or_else(|| (syntax.paper)(&record).record(), Err);
    let line = record.line;
    each(match read {
        Ok(record) => ReadItem::Record { line, record },
        Err(reason) => ReadItem::Rejected(Rejection { line, reason }),
    })
}

#[cfg(test)]
mod tests;
