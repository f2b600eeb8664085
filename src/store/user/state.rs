//! The state that the journal adds up to, and how a change is stored: as a subject, a field of it and the field's new text.

use std::collections::{HashMap, HashSet};

use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Reading, Status, Tag};

/// Everything the user did, as it stands now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserState {
    /// Papers with a reading state. A key may be an alias by now: `PaperStore::resolve` gives the present one.
    pub readings: HashMap<PaperKey, Reading>,
    /// Saved views in the order of their names: name and query.
    pub views: Vec<(String, String)>,
    /// Corrected ISO days by digest id.
    pub digest_days: HashMap<String, String>,
    pub hidden_digests: HashSet<String>,
}

impl UserState {
    /// Applies one change to the state.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Status(key, status) => self.reading(key).status = *status,
            Change::Star(key, starred) => self.reading(key).starred = *starred,
            Change::Seen(key, seen) => self.reading(key).seen = *seen,
            Change::Tag(key, tag) => drop(self.reading(key).tags.insert(tag.clone())),
            Change::Untag(key, tag) => drop(self.reading(key).tags.remove(tag)),
            Change::Note(key, note) => self.reading(key).note.clone_from(note),
            Change::View(name, query) => self.apply_view(name, query.as_deref()),
            Change::DigestDay(id, Some(day)) => drop(self.digest_days.insert(id.clone(), day.clone())),
            Change::DigestDay(id, None) => drop(self.digest_days.remove(id)),
            Change::DigestHidden(id, true) => drop(self.hidden_digests.insert(id.clone())),
            Change::DigestHidden(id, false) => drop(self.hidden_digests.remove(id)),
        }
    }

    fn reading(&mut self, key: &PaperKey) -> &mut Reading {
        self.readings.entry(key.clone()).or_default()
    }

    fn apply_view(&mut self, name: &str, query: Option<&str>) {
        let place = self.views.binary_search_by(|(other, _)| other.as_str().cmp(name));
        match (place, query) {
            (Ok(place), Some(query)) => {
                if let Some((_, old)) = self.views.get_mut(place) {
                    query.clone_into(old);
                }
            }
            (Ok(place), None) => drop(self.views.remove(place)),
            (Err(place), Some(query)) => self.views.insert(place, (name.to_owned(), query.to_owned())),
            (Err(_), None) => {}
        }
    }
}

/// A change as the tables hold it. No value means the initial value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) subject: String,
    pub(super) field: String,
    pub(super) value: Option<String>,
}

const VIEW: &str = "view:";
const DIGEST: &str = "digest:";
const TAG: &str = "tag:";
/// The value of a field that is either set or not.
const YES: &str = "yes";

impl Fact {
    pub(super) fn of(change: &Change) -> Self {
        let yes = |set: &bool| set.then(|| YES.to_owned());
        let fact = |subject: String, field: &str, value| Self { subject, field: field.to_owned(), value };
        match change {
            Change::Status(key, status) => {
                let value = (*status != Status::default()).then(|| status.name().to_owned());
                fact(key.to_string(), "status", value)
            }
            Change::Star(key, starred) => fact(key.to_string(), "star", yes(starred)),
            Change::Seen(key, seen) => fact(key.to_string(), "seen", yes(seen)),
            Change::Tag(key, tag) => fact(key.to_string(), &format!("{TAG}{tag}"), yes(&true)),
            Change::Untag(key, tag) => fact(key.to_string(), &format!("{TAG}{tag}"), None),
            Change::Note(key, note) => {
                fact(key.to_string(), "note", Some(note.clone()).filter(|note| !note.is_empty()))
            }
            Change::View(name, query) => fact(format!("{VIEW}{name}"), "query", query.clone()),
            Change::DigestDay(id, day) => fact(format!("{DIGEST}{id}"), "day", day.clone()),
            Change::DigestHidden(id, hidden) => fact(format!("{DIGEST}{id}"), "hidden", yes(hidden)),
        }
    }

    /// None when this program does not know the field, or the subject is no paper key.
    pub(super) fn change(&self) -> Option<Change> {
        if let Some(name) = self.subject.strip_prefix(VIEW) {
            return (self.field == "query").then(|| Change::View(name.to_owned(), self.value.clone()));
        }
        if let Some(id) = self.subject.strip_prefix(DIGEST) {
            return match self.field.as_str() {
                "day" => Some(Change::DigestDay(id.to_owned(), self.value.clone())),
                "hidden" => Some(Change::DigestHidden(id.to_owned(), self.value.is_some())),
                _ => None,
            };
        }
        let key = PaperKey::from_stored(&self.subject)?;
        match self.field.as_str() {
            "status" => self
                .value
                .as_deref()
                .map_or(Some(Status::default()), |name| name.parse().ok())
                .map(|status| Change::Status(key, status)),
            "star" => Some(Change::Star(key, self.value.is_some())),
            "seen" => Some(Change::Seen(key, self.value.is_some())),
            "note" => Some(Change::Note(key, self.value.clone().unwrap_or_default())),
            field => {
                let tag = Tag::new(field.strip_prefix(TAG)?)?;
                Some(if self.value.is_some() { Change::Tag(key, tag) } else { Change::Untag(key, tag) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_reads_back_from_its_fact() {
        let key = PaperKey::title("x' OR 1=1 --");
        let tag = Tag::new("area/peft").unwrap();
        let changes = [
            Change::Status(key.clone(), Status::Dropped),
            Change::Status(key.clone(), Status::Unread),
            Change::Star(key.clone(), true),
            Change::Seen(key.clone(), false),
            Change::Tag(key.clone(), tag.clone()),
            Change::Untag(key.clone(), tag),
            Change::Note(key.clone(), "two\nlines \u{0}".into()),
            Change::Note(key, String::new()),
            Change::View("digest:x".into(), Some("is:starred".into())),
            Change::View("gone".into(), None),
            Change::DigestDay("hf:2025-03-12".into(), Some("2024-03-12".into())),
            Change::DigestHidden("starter:shelf".into(), true),
        ];
        for change in changes {
            assert_eq!(Fact::of(&change).change(), Some(change));
        }
    }

    #[test]
    fn unknown_fields_are_no_change() {
        let fact = |subject: &str, field: &str| Fact { subject: subject.into(), field: field.into(), value: None };
        assert_eq!(fact("title:x", "rating").change(), None);
        assert_eq!(fact("nonsense", "status").change(), None);
        assert_eq!(fact("view:x", "colour").change(), None);
    }
}
