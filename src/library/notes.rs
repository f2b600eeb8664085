//! Searches in the user's notes. They are read when a query first asks for them; from then on those that changed are read again. Many notes are
//! kept in a file beside the index, so that a command need not read all states for them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Weak};

use super::Snapshot;
use super::derived_file::DerivedFile;
use super::note_table::NoteTable;
use crate::domain::query::Pattern;
use crate::error::Result;
use crate::index::{AbstractPattern, DocId, NoteSearch, PaperSet, SegmentedIndex};
use crate::store::{JournalPosition, UserStore};

/// All notes; derived from user.db.
pub(super) const NOTE_FILE: DerivedFile =
    DerivedFile { name: "notes.bin", magic: *b"tsnotes\x01", temporary: "notes.bin.tmp-" };

/// When more than this was changed, all notes are read again.
const MOST_CHANGED: usize = 1000;
/// So many notes are read paper by paper; more are read in one pass over all states, and stored. When more were changed since, they are stored
/// again.
const FEW: usize = if cfg!(test) { 2 } else { 100 };

/// The notes that were read.
#[derive(Default)]
pub(super) struct NoteTexts {
    read: RefCell<Option<ReadNotes>>,
}

struct ReadNotes {
    /// The notes are as they were there.
    position: JournalPosition,
    /// Whose papers' notes were read alone; None where all notes were read, whatever papers there are.
    index: Option<Weak<SegmentedIndex>>,
    notes: NoteTable,
}

/// Access to the notes for one search.
pub(super) struct LibraryNotes<'a> {
    pub(super) dir: &'a Path,
    pub(super) texts: &'a NoteTexts,
    pub(super) user: &'a UserStore,
    pub(super) snapshot: &'a Snapshot,
}

impl LibraryNotes<'_> {
    fn bring_up_to_date(&self) -> Result<()> {
        self.user.at_once(|| {
            let mut read = self.texts.read.borrow_mut();
            let known = match read.take() {
                Some(known) => known,
                None => self.read()?,
            };
            *read = Some(self.current(known)?);
            Ok(())
        })
    }

    /// The same notes as they are now.
    fn current(&self, mut known: ReadNotes) -> Result<ReadNotes> {
        let Some(changed) = self.user.changed_since(&known.position, MOST_CHANGED)? else { return self.all() };
        known.position = self.user.position()?;
        changed.iter().try_for_each(|key| known.read(self.user, key))?;
        let index = Arc::downgrade(&self.snapshot.index);
        match &known.index {
            None if changed.len() > FEW => self.store(&known),
            // The papers of another index may be others that have notes.
            Some(of) if !Weak::ptr_eq(of, &index) => {
                let unknown: Vec<String> = self.noted().filter(|key| !known.notes.is_changed(key)).collect();
                unknown.iter().try_for_each(|key| known.read(self.user, key))?;
                known.index = Some(index);
            }
            _ => {}
        }
        Ok(known)
    }

    /// The notes as they were at some time.
    fn read(&self) -> Result<ReadNotes> {
        if let Some((notes, position)) = NOTE_FILE.read(self.dir, NoteTable::decode) {
            return Ok(ReadNotes { position, index: None, notes });
        }
        if self.snapshot.columns.states.noted().count() > FEW {
            return self.all();
        }
        let (position, index) = (self.snapshot.columns.position, Some(Arc::downgrade(&self.snapshot.index)));
        let mut read = ReadNotes { position, index, notes: NoteTable::default() };
        self.noted().try_for_each(|key| read.read(self.user, &key))?;
        Ok(read)
    }

    /// The keys that the papers with notes have state under.
    fn noted(&self) -> impl Iterator<Item = String> {
        let docs = self.snapshot.columns.states.noted();
        let keys = docs.filter_map(|doc| self.snapshot.key(doc).ok());
        keys.flat_map(|key| self.snapshot.state_keys(&key)).map(|key| key.to_string())
    }

    /// All notes, in one pass over all states.
    fn all(&self) -> Result<ReadNotes> {
        let all = ReadNotes { position: self.user.position()?, index: None, notes: all_notes(self.user)? };
        self.store(&all);
        Ok(all)
    }

    /// Writes the notes for the next process. Without the file that takes longer, and that is all.
    fn store(&self, all: &ReadNotes) {
        if !self.user.is_read_only()
            && let Some(bytes) = all.notes.encode(all.position)
        {
            drop(NOTE_FILE.write(self.dir, &bytes));
        }
    }
}

/// Whether the stored notes are those of user.db; a missing or outdated file of them is right.
pub(super) fn are_right(dir: &Path, user: &UserStore) -> Result<bool> {
    let Some((notes, position)) = NOTE_FILE.read(dir, NoteTable::decode) else { return Ok(true) };
    let mut stored = ReadNotes { position, index: None, notes };
    let Some(changed) = user.changed_since(&position, MOST_CHANGED)? else { return Ok(true) };
    changed.iter().try_for_each(|key| stored.read(user, key))?;
    let sorted = |notes: &NoteTable| notes.iter().map(|(key, note)| (key.to_owned(), note.to_owned())).collect();
    let [stored, read]: [BTreeMap<String, String>; 2] = [sorted(&stored.notes), sorted(&all_notes(user)?)];
    Ok(stored == read)
}

/// The notes of all states.
fn all_notes(user: &UserStore) -> Result<NoteTable> {
    let mut notes = NoteTable::default();
    user.each_note(&mut |key, note| notes.push(key, note))?;
    Ok(notes)
}

impl ReadNotes {
    /// Reads the note under a key.
    fn read(&mut self, user: &UserStore, key: &str) -> Result<()> {
        self.notes.change(key, user.reading(key)?.note);
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
        let docs: Vec<DocId> = notes.matching(&pattern).filter_map(|key| columns.doc(index, key)).collect();
        Some(PaperSet::of(docs, index.len()))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::Library;
    use super::*;
    use crate::domain::identity::PaperKey;
    use crate::domain::query::Query;
    use crate::domain::reading::Change;

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
    #[test]
    fn many_notes_are_read_from_their_file_and_what_changed_since_from_user_db() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        let shown = library.snapshot();
        let note = |doc, note: &str| Change::Note(shown.key(doc).unwrap(), note.to_owned());
        let found = |library: &mut Library, query: &str| library.find(&Query::parse(query)).unwrap().complete();
        let notes: Vec<Change> = (1..=FEW as u32 + 1).map(|doc| note(doc, "a baseline")).collect();
        library.change(&notes, "noted").unwrap();
        let written = || fs::read(NOTE_FILE.path(folder.path())).unwrap();
        assert_eq!(found(&mut library, "note:baseline").len(), notes.len());
        let file = written();
        library.change(&[note(1, ""), note(9, "one more")], "noted").unwrap();
        let again = || Library::open(folder.path()).unwrap();
        assert_eq!(found(&mut again(), "note:baseline").len(), notes.len() - 1);
        assert_eq!((found(&mut again(), "note:more"), written()), (vec![9], file));
        // After more changes it is written again; a damaged one counts as missing.
        library.change(&notes, "noted").unwrap();
        assert_eq!(found(&mut again(), "note:baseline").len(), notes.len());
        let mut damaged = written();
        *damaged.last_mut().unwrap() ^= 1;
        fs::write(NOTE_FILE.path(folder.path()), &damaged).unwrap();
        assert_eq!(found(&mut again(), "note:baseline").len(), notes.len());
        assert_ne!(written(), damaged);
        // The notes of another user.db.
        let other = tempfile::tempdir().unwrap();
        drop(Library::open(other.path()).unwrap());
        fs::write(NOTE_FILE.path(other.path()), written()).unwrap();
        assert!(found(&mut Library::open(other.path()).unwrap(), "note:baseline").is_empty());
    }
}
