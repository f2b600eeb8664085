//! Reading states as columns beside one index: read from user.db in one pass, brought up to date from its journal, and kept in step with the
//! changes of this process. Their file is in `state_file`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::detail::combine;
use super::state_aliases::StateAliases;
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Reading, Tag};
use crate::error::Result;
use crate::index::{DocId, FormerPapers, ReadingStates, SegmentedIndex, TagChanges};
use crate::store::{JournalPosition, PaperStore, StateField, UserStore};

/// When more papers than this were changed, all states are read again, which takes no longer.
const MOST_CHANGED: usize = 20_000;

/// When more papers than this differ between two indexes, all states are read again.
pub(super) const MOST_MOVED: usize = 5000;

/// The reading states of the papers of one index.
#[derive(Clone, Default)]
pub(super) struct StateColumns {
    pub(super) states: Arc<ReadingStates>,
    pub(super) aliases: Arc<StateAliases>,
    /// The columns hold the batches up to this one, and no other.
    pub(super) position: JournalPosition,
}

/// Where states come from, and the index that they are laid beside.
#[derive(Clone, Copy)]
pub(super) struct StateSource<'a> {
    pub(super) index: &'a SegmentedIndex,
    pub(super) papers: &'a PaperStore,
    pub(super) user: &'a UserStore,
}

impl StateColumns {
    /// The paper that a key with state belongs to.
    pub(super) fn doc(&self, index: &SegmentedIndex, key: &str) -> Option<DocId> {
        index.find(key).or_else(|| self.aliases.find(key))
    }

    /// Brings the columns up to date from the journal; returns how many papers were changed. None when they are too many, or the journal is
    /// another one: read all states then.
    pub(super) fn catch_up(&mut self, source: StateSource<'_>) -> Result<Option<usize>> {
        source.user.at_once(|| {
            let position = source.user.position()?;
            let Some(changed) = source.user.changed_since(&self.position, MOST_CHANGED)? else { return Ok(None) };
            let mut docs = BTreeSet::new();
            let mut unknown = Vec::new();
            for key in changed {
                match self.doc(source.index, &key) {
                    Some(doc) => drop(docs.insert(doc)),
                    None => unknown.push(key),
                }
            }
            let aliases = source.resolve(unknown)?;
            docs.extend(aliases.iter().map(|(doc, _)| *doc));
            if !aliases.is_empty() {
                Arc::make_mut(&mut self.aliases).add(aliases);
            }
            let papers = docs.len();
            self.read_again(source, docs)?;
            self.position = position;
            Ok(Some(papers))
        })
    }

    /// The columns beside another index, in which the papers of these rows of papers.db differ from `old` ones.
    pub(super) fn moved(&self, old: &FormerPapers, source: StateSource<'_>, rows: &[i64]) -> Result<Self> {
        let to = |doc: DocId| old.doc_in(source.index, doc);
        let mut states = ReadingStates::new(source.index.len());
        // Keys whose paper has to be looked up again: of papers that are gone or have another key, and of all that changed.
        let mut keys: BTreeSet<String> = BTreeSet::new();
        for doc in self.states.touched() {
            match to(doc) {
                Some(new) => states.copy(new, &self.states, doc),
                None => drop(keys.insert(old.key(doc).to_owned())),
            }
        }
        let tags = self.states.tags().map(|(tag, docs)| {
            let docs = docs.iter().filter_map(|doc| to(*doc)).map(|doc| (doc, true));
            (tag.to_owned(), docs.collect())
        });
        states.change_tags(tags.collect());
        keys.extend(source.papers.keys_of(rows)?);
        let mut again = BTreeSet::new();
        let mut aliases = Vec::new();
        for (doc, key) in self.aliases.pairs() {
            match to(*doc) {
                Some(new) if !keys.contains(key) => aliases.push((new, key.clone())),
                new => {
                    again.extend(new);
                    keys.insert(key.clone());
                }
            }
        }
        let with_state = |key: &String| Ok(source.user.reading(key)? != Reading::default());
        for key in keys {
            if let Some(doc) = source.index.find(&key) {
                again.insert(doc);
            } else if with_state(&key)? {
                let found = source.resolve(vec![key])?;
                again.extend(found.iter().map(|(doc, _)| *doc));
                aliases.extend(found);
            }
        }
        let aliases = Arc::new(StateAliases::of(aliases));
        let mut moved = Self { states: Arc::new(states), aliases, position: self.position };
        moved.read_again(source, again)?;
        Ok(moved)
    }

    /// Reads the states of papers again.
    fn read_again(&mut self, source: StateSource<'_>, docs: BTreeSet<DocId>) -> Result<()> {
        if docs.is_empty() {
            return Ok(());
        }
        let mut old_tags = self.states.tags_of_each(docs.iter().copied());
        let states = Arc::make_mut(&mut self.states);
        let mut tags: BTreeMap<String, TagChanges> = BTreeMap::new();
        for doc in docs {
            let reading = source.reading(&self.aliases, doc)?;
            states.set_status(doc, reading.status);
            states.set_starred(doc, reading.starred);
            states.set_seen(doc, reading.seen);
            states.set_has_note(doc, !reading.note.is_empty());
            let old = old_tags.remove(&doc).unwrap_or_default();
            let gone = old.iter().filter(|tag| !reading.tags.contains(tag.as_str())).map(|tag| (tag.as_str(), false));
            let new = reading.tags.iter().map(Tag::as_str).filter(|tag| !old.contains(*tag)).map(|tag| (tag, true));
            for (tag, is_tagged) in gone.chain(new) {
                tags.entry(tag.to_owned()).or_default().push((doc, is_tagged));
            }
        }
        if !tags.is_empty() {
            states.change_tags(tags);
        }
        Ok(())
    }
}

/// The changes of a batch that is being written. They are made to a copy of the columns, which takes their place once the batch is on the
/// disk. Takes four bytes for each changed paper, and eight for each changed tag of one.
pub(super) struct PendingStates {
    columns: StateColumns,
    tags: BTreeMap<String, TagChanges>,
    /// Papers with state under several keys, which are read again.
    several_keys: BTreeSet<DocId>,
    docs: Vec<DocId>,
    /// Changed papers that the index does not have.
    unknown: HashSet<PaperKey>,
    /// Changes of views and digests.
    others: Vec<Change>,
}

impl PendingStates {
    pub(super) fn new(columns: &StateColumns) -> Self {
        Self {
            columns: columns.clone(),
            tags: BTreeMap::new(),
            several_keys: BTreeSet::new(),
            docs: Vec::new(),
            unknown: HashSet::new(),
            others: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, index: &SegmentedIndex, change: Change) {
        let Some(key) = change.paper() else { return self.others.push(change) };
        let Some(doc) = self.columns.doc(index, key.as_str()) else {
            self.unknown.insert(key.clone());
            return;
        };
        if self.docs.last() != Some(&doc) {
            self.docs.push(doc);
        }
        if self.columns.aliases.has(doc) {
            self.several_keys.insert(doc);
            return;
        }
        let states = Arc::make_mut(&mut self.columns.states);
        let mut tag = |tag: &str, is_tagged| match self.tags.get_mut(tag) {
            Some(changed) => changed.push((doc, is_tagged)),
            None => drop(self.tags.insert(tag.to_owned(), vec![(doc, is_tagged)])),
        };
        match &change {
            Change::Status(_, status) => states.set_status(doc, *status),
            Change::Star(_, starred) => states.set_starred(doc, *starred),
            Change::Seen(_, seen) => states.set_seen(doc, *seen),
            Change::Note(_, note) => states.set_has_note(doc, !note.is_empty()),
            Change::Tag(_, name) => tag(name.as_str(), true),
            Change::Untag(_, name) => tag(name.as_str(), false),
            Change::View(..) | Change::DigestDay(..) | Change::DigestHidden(..) => {}
        }
    }

    /// Changes of views and digests, in their order.
    pub(super) fn others(&self) -> &[Change] {
        &self.others
    }

    /// How many papers were changed; one that was changed under several keys counts once.
    pub(super) fn count_papers(&mut self) -> usize {
        self.docs.sort_unstable();
        self.docs.dedup();
        self.docs.len() + self.unknown.len()
    }

    /// The columns after the batch, which is in user.db under this number.
    pub(super) fn finish(mut self, source: StateSource<'_>, batch: i64) -> Result<StateColumns> {
        if !self.tags.is_empty() {
            Arc::make_mut(&mut self.columns.states).change_tags(self.tags);
        }
        // Former keys that had no state when all states were read, as before an undo.
        let aliases = source.resolve(self.unknown.iter().map(PaperKey::to_string).collect())?;
        self.several_keys.extend(aliases.iter().map(|(doc, _)| *doc));
        if !aliases.is_empty() {
            Arc::make_mut(&mut self.columns.aliases).add(aliases);
        }
        self.columns.read_again(source, self.several_keys)?;
        if batch > 0 {
            // Where others wrote in between, the columns are at no position of the journal.
            let position = source.user.position_after(&self.columns.position, batch)?;
            self.columns.position = position.unwrap_or(JournalPosition::UNKNOWN);
        }
        Ok(self.columns)
    }
}

impl StateSource<'_> {
    /// Reads all states, in one pass over user.db. Costs a lookup in papers.db for each key that the index does not have.
    pub(super) fn read_all(self) -> Result<StateColumns> {
        self.read_all_counted().map(|(columns, _)| columns)
    }

    /// The same, and how many keys have a state, whether the index has their papers or not.
    pub(super) fn read_all_counted(self) -> Result<(StateColumns, usize)> {
        let mut keys = 0;
        let columns = self.user.at_once(|| {
            let position = self.user.position()?;
            let mut states = ReadingStates::new(self.index.len());
            let mut tags: BTreeMap<String, TagChanges> = BTreeMap::new();
            let mut unknown: Vec<String> = Vec::new();
            let mut current = (String::new(), None);
            self.user.each_field(&mut |key, field| {
                if current.0 != key {
                    keys += 1;
                    current.1 = self.index.find(key);
                    key.clone_into(&mut current.0);
                    unknown.extend(current.1.is_none().then(|| key.to_owned()));
                }
                let Some(doc) = current.1 else { return };
                match field {
                    StateField::Status(status) => states.set_status(doc, status),
                    StateField::Starred => states.set_starred(doc, true),
                    StateField::Seen => states.set_seen(doc, true),
                    StateField::Noted(note) => states.set_has_note(doc, !note.is_empty()),
                    StateField::Tagged(tag) => match tags.get_mut(tag.as_str()) {
                        Some(changed) => changed.push((doc, true)),
                        None => drop(tags.insert(tag.to_string(), vec![(doc, true)])),
                    },
                }
            })?;
            states.change_tags(tags);
            let aliases = self.resolve(unknown)?;
            let docs = aliases.iter().map(|(doc, _)| *doc).collect();
            let aliases = Arc::new(StateAliases::of(aliases));
            let mut columns = StateColumns { states: Arc::new(states), aliases, position };
            columns.read_again(self, docs)?;
            Ok(columns)
        })?;
        Ok((columns, keys))
    }

    /// The papers that have these former keys; a key of no paper is left out.
    fn resolve(self, keys: Vec<String>) -> Result<Vec<(DocId, String)>> {
        let mut found = Vec::new();
        for text in keys {
            let Some(key) = PaperKey::from_stored(&text) else { continue };
            let doc = self.papers.resolve(&key)?.and_then(|current| self.index.find(current.as_str()));
            found.extend(doc.map(|doc| (doc, text)));
        }
        Ok(found)
    }

    /// The reading state of a paper, combined from all its keys.
    fn reading(self, aliases: &StateAliases, doc: DocId) -> Result<Reading> {
        let keys = std::iter::once(self.index.key(doc)).chain(aliases.of_doc(doc));
        combined(self.user, keys)
    }
}

/// The reading state under several keys of one paper, combined.
pub(super) fn combined<'k>(user: &UserStore, keys: impl Iterator<Item = &'k str>) -> Result<Reading> {
    let mut all = Reading::default();
    for key in keys {
        all = combine(all, &user.reading(key)?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::ops::ControlFlow;

    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::super::{ImportRequest, Library, state_file};
    use super::*;
    use crate::domain::identity::title_key;
    use crate::domain::markup::Markup;
    use crate::domain::reading::Status;
    use crate::store::Direction;

    impl Library {
        /// Whether the columns are those that a pass over user.db gives.
        fn columns_are_right(&self) -> bool {
            let source = self.state_source(&self.snapshot.index);
            self.snapshot.columns.states.has_same_states(&source.read_all().unwrap().states)
        }
    }

    /// A library in which the first paper of the starter shelf was known by a title before, under which it has state.
    fn library_with_former_key() -> (TempDir, PaperKey) {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let title = library.snapshot().title(0).to_owned();
        let former = PaperKey::title(&title_key(&title, Markup::Plain));
        drop(library);
        let mut user = UserStore::open(folder.path(), "desk").unwrap();
        user.apply(&[Change::Status(former.clone(), Status::Queued)], "queued", 1).unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!((library.snapshot().status(0), library.snapshot.find(&former)), (Status::Queued, None));
        (folder, former)
    }

    fn change(kind: usize, key: PaperKey, on: bool) -> Change {
        let tag = Tag::new(["area/rl", "peft", "z"][kind % 3]).unwrap();
        match kind {
            0 => Change::Status(key, if on { Status::Read } else { Status::Unread }),
            1 => Change::Star(key, on),
            2 => Change::Seen(key, on),
            3 => Change::Note(key, if on { "a note".to_owned() } else { String::new() }),
            _ if on => Change::Tag(key, tag),
            _ => Change::Untag(key, tag),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Two libraries change, undo and refresh in turns; a third opens with a file of states, however old.
        #[test]
        fn columns_are_what_user_db_says(
            steps in proptest::collection::vec((0usize..9, 0usize..2, 0u32..6, 0usize..8, any::<bool>()), 1..24)
        ) {
            let (folder, former) = library_with_former_key();
            let mut libraries = [Library::open(folder.path()).unwrap(), Library::open(folder.path()).unwrap()];
            for (step, which, doc, kind, on) in steps {
                let library = &mut libraries[which];
                let key = library.snapshot().key(doc).unwrap();
                match step {
                    0 => drop(library.undo().unwrap()),
                    1 => drop(library.redo().unwrap()),
                    2 => {
                        library.refresh().unwrap();
                        prop_assert!(library.columns_are_right());
                    }
                    3 => state_file::write(folder.path(), &library.snapshot.index, &library.snapshot.columns).unwrap(),
                    // The former key of a paper, as an older device wrote it.
                    4 => {
                        let mut older = UserStore::open(folder.path(), "laptop").unwrap();
                        older.apply(&[change(kind, former.clone(), on)], "", 1).unwrap();
                    }
                    _ => drop(library.change(&[change(kind, key, on)], "").unwrap()),
                }
            }
            for library in &mut libraries {
                library.refresh().unwrap();
                prop_assert!(library.columns_are_right());
                for doc in 0..6 {
                    let key = library.snapshot().key(doc).unwrap();
                    let reading = library.reading(&key).unwrap();
                    let states = &library.snapshot.columns.states;
                    prop_assert_eq!(reading.status, states.status(doc));
                    prop_assert!(reading.tags.iter().map(Tag::as_str).eq(states.tags_of(doc)));
                }
            }
            prop_assert!(Library::open(folder.path()).unwrap().columns_are_right());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Papers come, get identifiers, are joined and have states under any of their keys.
        #[test]
        fn columns_move_to_the_next_index_as_they_are(
            steps in proptest::collection::vec((0usize..3, 0usize..4, 0usize..4, 0usize..4, 0usize..8, any::<bool>()), 1..12)
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut library = Library::open(folder.path()).unwrap();
            // Read by every later start, however much was imported and changed since.
            state_file::write(folder.path(), &library.snapshot.index, &library.snapshot.columns).unwrap();
            for (step, title, arxiv, doi, kind, on) in steps {
                let title = ["C++ for Kites", "Kites in a Low Wind", "Learning C", "Kites in High Winds"][title];
                if step == 0 {
                    let keys = [
                        PaperKey::title(&title_key(title, Markup::Plain)),
                        PaperKey::title(&title_key(title, Markup::Plain).replace('+', "")),
                        PaperKey::parse(&format!("2401.0000{}", arxiv + 1)).unwrap(),
                        PaperKey::parse(&format!("10.1000/{doi}")).unwrap(),
                    ];
                    let mut other = UserStore::open(folder.path(), "laptop").unwrap();
                    other.apply(&[change(kind, keys[arxiv.max(doi) % 4].clone(), on)], "", 1).unwrap();
                    continue;
                }
                let mut line = format!("{{\"title\":\"{title}\",\"authors\":[\"Ann Lee\"]");
                if arxiv > 0 {
                    line.push_str(&format!(",\"arxiv\":\"2401.0000{}\"", arxiv + 1));
                }
                if doi > 0 {
                    line.push_str(&format!(",\"doi\":\"10.1000/{doi}\""));
                }
                let path = folder.path().join("paper.jsonl");
                fs::write(&path, line + "}").unwrap();
                let request = ImportRequest { paths: vec![path], ..ImportRequest::default() };
                library.import(&request, &mut |_| ControlFlow::Continue(())).unwrap();
                prop_assert!(library.columns_are_right());
                let other = Library::open(folder.path()).unwrap();
                prop_assert!(other.columns_are_right());
                let (states, aliases) = (&other.snapshot.columns.states, &other.snapshot.columns.aliases);
                let source = other.state_source(&other.snapshot.index);
                prop_assert!(state_file::read(folder.path(), source).unwrap().is_some(), "the file was used");
                prop_assert!(states.has_same_states(&library.snapshot.columns.states));
                // A key whose state was taken back may be among them or not.
                let has_state = |pair: &&(DocId, String)| library.user.reading(&pair.1).unwrap() != Reading::default();
                let expected = library.snapshot.columns.aliases.pairs().iter().filter(has_state);
                prop_assert!(aliases.pairs().iter().filter(has_state).eq(expected));
                if kind == 7 {
                    state_file::write(folder.path(), &library.snapshot.index, &library.snapshot.columns).unwrap();
                }
            }
            library.refresh().unwrap();
            prop_assert!(library.columns_are_right());
        }
    }

    #[test]
    fn a_former_key_whose_state_was_undone_is_known_when_it_is_redone() {
        let (folder, _) = library_with_former_key();
        UserStore::open(folder.path(), "laptop").unwrap().reverse(Direction::Undo, 2, &mut || true, &mut drop).unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        assert_eq!(library.snapshot().status(0), Status::Unread);
        library.redo().unwrap().unwrap();
        assert_eq!(library.snapshot().status(0), Status::Queued);
        assert!(library.columns_are_right());
    }

    #[test]
    fn a_start_reads_what_was_changed_since_the_file_was_written() {
        let (folder, _) = library_with_former_key();
        let mut library = Library::open(folder.path()).unwrap();
        let index = Arc::clone(&library.snapshot.index);
        let key = |doc| PaperKey::from_stored(index.key(doc)).unwrap();
        let all: Vec<Change> = (0..20).map(|doc| Change::Star(key(doc), true)).collect();
        library.change(&all, "starred").unwrap();
        state_file::write(folder.path(), &index, &library.snapshot.columns).unwrap();
        library.change(&[Change::Star(key(3), false), Change::Tag(key(4), Tag::new("x").unwrap())], "").unwrap();
        let (stored, read) = state_file::read(folder.path(), library.state_source(&index)).unwrap().unwrap();
        assert_eq!(read, 2);
        assert!(stored.states.has_same_states(&library.snapshot.columns.states));
        assert_eq!(stored.aliases.pairs(), library.snapshot.columns.aliases.pairs());
    }

    #[test]
    fn columns_with_a_gap_before_the_last_batch_are_not_taken_for_those_of_a_position() {
        let (folder, _) = library_with_former_key();
        let mut library = Library::open(folder.path()).unwrap();
        let shown = library.snapshot();
        let key = |doc| shown.key(doc).unwrap();
        let (mine, theirs) = (Change::Star(key(1), true), Change::Star(key(2), true));
        let before = library.snapshot.columns.position;
        library.change(&[mine.of(key(3))], "").unwrap();
        assert_eq!(library.snapshot.columns.position.batch, before.batch + 1);
        library.change(&[mine.of(key(3))], "").unwrap();
        assert_eq!(library.snapshot.columns.position.batch, before.batch + 1, "nothing was written");
        UserStore::open(folder.path(), "laptop").unwrap().apply(&[theirs], "", 1).unwrap();
        library.change(&[mine], "").unwrap();
        assert_eq!(library.snapshot.columns.position, JournalPosition::UNKNOWN);
        library.refresh().unwrap();
        assert!(library.columns_are_right() && library.snapshot().is_starred(2));
        assert_eq!(library.snapshot.columns.position.batch, before.batch + 3);
    }

    #[test]
    fn a_file_that_is_damaged_or_of_another_index_is_not_used() {
        let (folder, _) = library_with_former_key();
        let library = Library::open(folder.path()).unwrap();
        let index = &library.snapshot.index;
        state_file::write(folder.path(), index, &library.snapshot.columns).unwrap();
        let is_none = |library: &Library| {
            state_file::read(folder.path(), library.state_source(&library.snapshot.index)).unwrap().is_none()
        };
        let path = state_file::STATE_FILE.path(folder.path());
        let whole = fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(whole.len() / 60) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            fs::write(&path, &flipped).unwrap();
            assert!(is_none(&library), "flipped at {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert!(is_none(&library), "cut at {at}");
        }
        fs::write(&path, &whole).unwrap();
        assert!(!is_none(&library));
        // Another index of the same papers: the day of a digest is in it.
        let mut library = library;
        let day = Change::DigestDay(library.snapshot().digests()[0].id.clone(), Some("2020-01-02".into()));
        library.change(&[day], "").unwrap();
        let other = Library::open(folder.path()).unwrap();
        assert!(is_none(&other));
    }
}
