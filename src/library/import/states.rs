//! Reading states that imported files carry: those of this program are restored, those of others taken where the user wants them.

use std::collections::HashMap;

use super::super::Library;
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Reading, Status, is_blank_note};
use crate::error::Result;
use crate::sources::CarriedStates;

/// The reading states of an import, in the order of its records.
#[derive(Default)]
pub(super) struct StatesInFiles {
    own: Vec<(PaperKey, Reading)>,
    foreign: Vec<(PaperKey, Reading)>,
    /// Those of other programs are taken, too.
    takes_foreign: bool,
}

impl StatesInFiles {
    pub(super) fn new(takes_foreign: bool) -> Self {
        Self { takes_foreign, ..Self::default() }
    }

    pub(super) fn add(&mut self, key: &PaperKey, reading: &Reading, states: CarriedStates) {
        let list = match states {
            CarriedStates::Own => &mut self.own,
            CarriedStates::Foreign => &mut self.foreign,
            CarriedStates::None => return,
        };
        if *reading != Reading::default() {
            list.push((key.clone(), reading.clone()));
        }
    }

    /// Whether there is nothing to take.
    pub(super) fn is_empty(&self) -> bool {
        self.own.is_empty() && (self.foreign.is_empty() || !self.takes_foreign)
    }

    /// How many are not taken.
    pub(super) fn left(&self) -> usize {
        if self.takes_foreign { 0 } else { self.foreign.len() }
    }
}

impl Library {
    /// Applies reading states from files as one change. Those of this program go to papers without one. Those of others fill what is
    /// empty: they add tags, and give a status to papers that are unread, a star, and a note where there is none. Returns the number of papers
    /// that were changed.
    pub(super) fn take_states(&mut self, states: StatesInFiles) -> Result<usize> {
        let mut changes = Vec::new();
        let mut papers = 0;
        for (key, reading) in states.own {
            let present = self.reading(&key)?;
            if present != (Reading { seen: present.seen, ..Reading::default() }) {
                continue;
            }
            papers += 1;
            changes.push(Change::Status(key.clone(), reading.status));
            changes.push(Change::Star(key.clone(), reading.starred));
            changes.push(Change::Seen(key.clone(), reading.seen));
            changes.extend(reading.tags.into_iter().map(|tag| Change::Tag(key.clone(), tag)));
            changes.push(Change::Note(key, reading.note));
        }
        let foreign = if states.takes_foreign { states.foreign } else { Vec::new() };
        let label = if foreign.is_empty() { "restored from a file" } else { "reading states of a file" };
        // A paper may be in several records.
        let mut filled: HashMap<PaperKey, Reading> = HashMap::new();
        for (key, reading) in foreign {
            let mut present = match filled.remove(&key) {
                Some(present) => present,
                None => self.reading(&key)?,
            };
            let before = changes.len();
            fill(&key, &mut present, reading, &mut changes);
            papers += usize::from(changes.len() > before);
            filled.insert(key, present);
        }
        if papers > 0 {
            self.change(&changes, label)?;
        }
        Ok(papers)
    }
}

/// Fills what is empty in a reading state, and adds the changes that do so.
fn fill(key: &PaperKey, present: &mut Reading, reading: Reading, changes: &mut Vec<Change>) {
    if present.status == Status::Unread && reading.status != Status::Unread {
        present.status = reading.status;
        changes.push(Change::Status(key.clone(), reading.status));
    }
    if reading.starred && !present.starred {
        present.starred = true;
        changes.push(Change::Star(key.clone(), true));
    }
    for tag in reading.tags {
        if present.tags.insert(tag.clone()) {
            changes.push(Change::Tag(key.clone(), tag));
        }
    }
    if is_blank_note(&present.note) && !is_blank_note(&reading.note) {
        present.note.clone_from(&reading.note);
        changes.push(Change::Note(key.clone(), reading.note));
    }
}
