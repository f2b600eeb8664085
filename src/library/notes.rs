//! Searches in the user's notes. They are read when a query first asks for them; from then on those that changed are read again. Nothing of
//! them is stored but in user.db.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use super::Snapshot;
use crate::domain::query::Pattern;
use crate::error::Result;
use crate::index::{AbstractPattern, DocId, NoteSearch, PaperSet, SegmentedIndex, abstract_terms, term_forms};
use crate::store::{JournalPosition, UserStore};

/// When more than this was changed, all notes are read again.
const MOST_CHANGED: usize = 1000;

/// Reading the notes of single papers takes so many times as long as reading them among all states.
const SINGLE: usize = 8;

/// The notes that were read. They take about twice the room of their text.
#[derive(Default)]
pub(super) struct NoteTexts {
    read: RefCell<Option<ReadNotes>>,
}

/// The notes of the papers of a snapshot.
struct ReadNotes {
    /// The notes are as they were there.
    position: JournalPosition,
    /// The papers of another index may be others that have notes.
    index: Weak<SegmentedIndex>,
    notes: BTreeMap<String, NoteText>,
}

struct NoteText {
    text: String,
    /// See `term_forms`: most notes are ruled out by them alone.
    forms: String,
}

impl NoteText {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), forms: term_forms(text) }
    }

    fn has(&self, pattern: &AbstractPattern) -> bool {
        pattern.may_be_in(&self.forms) && pattern.is_in(&abstract_terms(&self.text))
    }
}

/// Access to the notes for one search.
pub(super) struct LibraryNotes<'a> {
    pub(super) texts: &'a NoteTexts,
    pub(super) user: &'a UserStore,
    pub(super) snapshot: &'a Snapshot,
}

impl LibraryNotes<'_> {
    fn bring_up_to_date(&self) -> Result<()> {
        self.user.at_once(|| {
            let position = self.user.position()?;
            let mut read = self.texts.read.borrow_mut();
            let mut current = match read.take() {
                Some(known) => known,
                None => self.of_snapshot()?,
            };
            match self.user.changed_since(&current.position, MOST_CHANGED)? {
                Some(changed) => changed.iter().try_for_each(|key| current.read(self.user, key))?,
                None => current.notes = self.all()?,
            }
            let index = Arc::downgrade(&self.snapshot.index);
            if !Weak::ptr_eq(&current.index, &index) {
                let unknown: Vec<String> = self.noted().filter(|key| !current.notes.contains_key(key)).collect();
                unknown.iter().try_for_each(|key| current.read(self.user, key))?;
            }
            (current.position, current.index) = (position, index);
            *read = Some(current);
            Ok(())
        })
    }

    /// The keys that the papers with notes have state under.
    fn noted(&self) -> impl Iterator<Item = String> {
        let docs = self.snapshot.columns.states.noted();
        let keys = docs.filter_map(|doc| self.snapshot.key(doc).ok());
        keys.flat_map(|key| self.snapshot.state_keys(&key)).map(|key| key.to_string())
    }

    /// The notes that the snapshot has.
    fn of_snapshot(&self) -> Result<ReadNotes> {
        let states = &self.snapshot.columns.states;
        let is_single = states.noted().count() <= states.touched_count() / SINGLE;
        let notes = if is_single { BTreeMap::new() } else { self.all()? };
        let (position, index) = (self.snapshot.columns.position, Arc::downgrade(&self.snapshot.index));
        let mut read = ReadNotes { position, index, notes };
        if is_single {
            self.noted().try_for_each(|key| read.read(self.user, &key))?;
        }
        Ok(read)
    }

    /// The notes of all states.
    fn all(&self) -> Result<BTreeMap<String, NoteText>> {
        let mut notes = BTreeMap::new();
        self.user.each_note(&mut |key, note| drop(notes.insert(key.to_owned(), NoteText::new(note))))?;
        Ok(notes)
    }
}

impl ReadNotes {
    /// Reads the note under a key.
    fn read(&mut self, user: &UserStore, key: &str) -> Result<()> {
        match user.reading(key)?.note {
            note if note.is_empty() => drop(self.notes.remove(key)),
            note => drop(self.notes.insert(key.to_owned(), NoteText::new(&note))),
        }
        Ok(())
    }
}

impl NoteSearch for LibraryNotes<'_> {
    fn notes(&self, pattern: &Pattern) -> Option<PaperSet> {
        self.bring_up_to_date().ok()?;
        let pattern = AbstractPattern::new(pattern);
        let (index, columns) = (&self.snapshot.index, &self.snapshot.columns);
        let read = self.texts.read.borrow();
        let notes = read.as_ref().map(|read| &read.notes)?;
        let docs: Vec<DocId> = notes
            .iter()
            .filter(|(_, note)| note.has(&pattern))
            .filter_map(|(key, _)| columns.doc(index, key))
            .collect();
        Some(PaperSet::of(docs, index.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Library;
    use crate::domain::identity::PaperKey;
    use crate::domain::query::Query;
    use crate::domain::reading::Change;
    use crate::store::UserStore;

    #[test]
    fn notes_are_found_as_soon_as_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        let shown = library.snapshot();
        let key = |doc| shown.key(doc).unwrap();
        let found = |library: &mut Library, query: &str| -> Vec<PaperKey> {
            let hits = library.find(&Query::parse(query)).unwrap();
            library.keys(&hits).unwrap()
        };
        let note = |doc, note: &str| [Change::Note(key(doc), note.to_owned())];
        assert!(found(&mut library, "note:baseline").is_empty());
        library.change(&note(3, "Use as a Baseline; 深度学习, see C++"), "noted").unwrap();
        library.change(&note(5, "in the basement"), "noted").unwrap();
        for (query, expected) in [
            ("note:base", vec![key(3), key(5)]),
            ("note:baseline", vec![key(3)]),
            ("note:\"a baseline\"", vec![key(3)]),
            ("note:'seli", vec![key(3)]),
            ("note:学习", vec![key(3)]),
            ("note:c++ note:use", vec![key(3)]),
            ("note:base -note:baseline", vec![key(5)]),
            ("note:\"baseline a\"", vec![]),
        ] {
            let mut keys = found(&mut library, query);
            keys.sort_by_key(|found| expected.iter().position(|key| key == found));
            assert_eq!(keys, expected, "{query}");
        }
        library.change(&note(3, "ablation"), "noted").unwrap();
        assert_eq!(found(&mut library, "note:abl"), [key(3)]);
        assert!(found(&mut library, "note:baseline").is_empty());
        library.undo().unwrap();
        assert_eq!(found(&mut library, "note:baseline"), [key(3)]);
        // Another process.
        UserStore::open(folder.path(), "laptop").unwrap().apply(&note(7, "baseline two"), "noted", 1).unwrap();
        assert_eq!(found(&mut library, "note:baseline").len(), 2);
    }
}
