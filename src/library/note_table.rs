//! The user's notes in memory, by the keys they are stored under: most of them one after another in a few long texts, in which a word is found in
//! one pass; those that changed since beside them. As bytes for a file, too. Where notes come from is in `notes`.

use std::collections::BTreeMap;
use std::iter;

use memchr::memmem::Finder;

use super::derived_file::{take, take_number};
use crate::index::{AbstractPattern, abstract_terms, term_forms};
use crate::store::JournalPosition;

/// Notes, each with its key.
#[derive(Default)]
pub(super) struct NoteTable {
    rows: NoteRows,
    /// What changed since the rows were read, and what was read alone; empty for a note that is gone.
    changed: BTreeMap<String, String>,
}

/// Notes one after another; about three times their text.
#[derive(Default)]
struct NoteRows {
    keys: String,
    texts: String,
    /// The `term_forms` of each text.
    forms: String,
    /// Where in `keys`, `texts` and `forms` each note ends.
    ends: Vec<[usize; 3]>,
}

impl NoteTable {
    /// Adds a note under a key that has none yet.
    pub(super) fn push(&mut self, key: &str, note: &str) {
        self.rows.push(key, note, &term_forms(note));
    }

    /// The note under this key is another one from now on; an empty one is none.
    pub(super) fn change(&mut self, key: &str, note: String) {
        self.changed.insert(key.to_owned(), note);
    }

    /// Whether this key was given to `change`.
    pub(super) fn is_changed(&self, key: &str) -> bool {
        self.changed.contains_key(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let rows = (0..self.rows.ends.len()).map(|row| (self.rows.key(row), self.rows.text(row)));
        let rows = rows.filter(|(key, _)| !self.is_changed(key));
        let changed = self.changed.iter().filter(|(_, note)| !note.is_empty());
        rows.chain(changed.map(|(key, note)| (key.as_str(), note.as_str())))
    }

    /// The keys of the notes that contain a pattern. Only notes with its longest term are looked at.
    pub(super) fn matching<'a>(&'a self, pattern: &'a AbstractPattern) -> impl Iterator<Item = &'a str> {
        let has = |text: &str| pattern.is_in(&abstract_terms(text));
        let rows = self.rows.with(pattern.longest_term());
        let rows = rows.filter(move |row| !self.is_changed(self.rows.key(*row)) && has(self.rows.text(*row)));
        let changed = self.changed.iter().filter(move |(_, note)| has(note));
        rows.map(|row| self.rows.key(row)).chain(changed.map(|(key, _)| key.as_str()))
    }
}

impl NoteRows {
    fn push(&mut self, key: &str, text: &str, forms: &str) {
        self.keys.push_str(key);
        self.texts.push_str(text);
        self.forms.push_str(forms);
        self.ends.push([self.keys.len(), self.texts.len(), self.forms.len()]);
    }

    fn ends_before(&self, row: usize) -> [usize; 3] {
        row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default()
    }

    fn key(&self, row: usize) -> &str {
        let [from, ..] = self.ends_before(row);
        self.ends.get(row).and_then(|[to, ..]| self.keys.get(from..*to)).unwrap_or_default()
    }

    fn text(&self, row: usize) -> &str {
        let [_, from, _] = self.ends_before(row);
        self.ends.get(row).and_then(|[_, to, _]| self.texts.get(from..*to)).unwrap_or_default()
    }

    /// The rows whose forms have a term somewhere, ascending; all rows without one.
    fn with(&self, term: Option<&str>) -> impl Iterator<Item = usize> {
        let finder = term.map(|term| Finder::new(term.as_bytes()).into_owned());
        let (mut row, mut start) = (0, 0);
        iter::from_fn(move || {
            if let Some(finder) = &finder {
                let at = start + finder.find(self.forms.as_bytes().get(start..)?)?;
                row += self.ends.get(row..)?.partition_point(|[_, _, end]| *end <= at);
            }
            let [_, _, end] = self.ends.get(row)?;
            (row, start) = (row + 1, *end);
            Some(row - 1)
        })
    }
}

/// As bytes for a file.
impl NoteTable {
    /// The place of the journal that the notes are of, 16 bytes, the number of notes, for each the lengths of key, text and forms, all these 4
    /// bytes each, all keys, all texts, all forms. None where the lengths are beyond that.
    pub(super) fn encode(&self, position: JournalPosition) -> Option<Vec<u8>> {
        let mut rows = NoteRows::default();
        self.iter().for_each(|(key, note)| rows.push(key, note, &term_forms(note)));
        let mut out = [position.batch.to_le_bytes(), position.checksum.to_le_bytes()].concat();
        out.extend(u32::try_from(rows.ends.len()).ok()?.to_le_bytes());
        let mut before = [0; 3];
        for ends in &rows.ends {
            for (end, before) in ends.iter().zip(before) {
                out.extend(u32::try_from(end - before).ok()?.to_le_bytes());
            }
            before = *ends;
        }
        [rows.keys, rows.texts, rows.forms].iter().for_each(|all| out.extend(all.as_bytes()));
        Some(out)
    }

    /// What `encode` wrote; None for other bytes.
    pub(super) fn decode(mut bytes: &[u8]) -> Option<(Self, JournalPosition)> {
        let batch = i64::from_le_bytes(take(&mut bytes)?);
        let position = JournalPosition { batch, checksum: u64::from_le_bytes(take(&mut bytes)?) };
        let mut ends: Vec<[usize; 3]> = Vec::new();
        let mut before = [0_usize; 3];
        for _ in 0..take_number(&mut bytes)? {
            for end in &mut before {
                *end = end.checked_add(take_number(&mut bytes)?)?;
            }
            ends.push(before);
        }
        let mut all = before.map(|length| Some(std::str::from_utf8(bytes.split_off(..length)?).ok()?.to_owned()));
        let [keys, texts, forms] = all.each_mut().map(Option::take);
        let rows = NoteRows { keys: keys?, texts: texts?, forms: forms?, ends };
        bytes.is_empty().then_some((Self { rows, changed: BTreeMap::new() }, position))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::query::Pattern;

    proptest! {
        #[test]
        fn notes_are_found_as_by_a_loop_and_written_as_they_are(
            notes in prop::collection::btree_map("[abc]", "[ab ]{0,6}|Größe|深度学习", 0..6),
            changes in prop::collection::vec(("[abc]", "[ab ]{0,6}"), 0..4),
            asked in "[ab]{1,2}|gros|学习",
            is_phrase in any::<bool>(),
        ) {
            let mut expected = notes.clone();
            let mut table = NoteTable::default();
            notes.iter().for_each(|(key, note)| table.push(key, note));
            for (key, note) in changes {
                table.change(&key, note.clone());
                expected.insert(key, note);
            }
            let pattern = match is_phrase {
                true => AbstractPattern::new(&Pattern::Phrase(format!("{asked} a"))),
                false => AbstractPattern::word(&asked, crate::domain::query::How::Fuzzy),
            };
            let having = expected.iter().filter(|(_, note)| pattern.is_in(&abstract_terms(note)));
            let having: Vec<&str> = having.map(|(key, _)| key.as_str()).collect();
            let position = JournalPosition { batch: 7, checksum: 9 };
            let bytes = table.encode(position).unwrap();
            let (again, of) = NoteTable::decode(&bytes).unwrap();
            prop_assert_eq!(of, position);
            for table in [&table, &again] {
                let mut found: Vec<&str> = table.matching(&pattern).collect();
                found.sort_unstable();
                prop_assert_eq!(&found, &having);
            }
            for cut in 0..bytes.len() {
                prop_assert!(NoteTable::decode(&bytes[..cut]).is_none());
            }
        }
    }
}
