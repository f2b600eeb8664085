//! What the user did apart from single papers, and how a change is stored: as a subject, a field of it and the field's new text.

use std::collections::{HashMap, HashSet};

use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Reading, Status, Tag, is_blank_note};

/// Saved views and what the user changed about digests: everything in the file that belongs to no single paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserState {
    /// Saved views in the order of their names: name and query.
    pub views: Vec<(String, String)>,
    /// Corrected ISO days by digest id.
    pub digest_days: HashMap<String, String>,
    pub hidden_digests: HashSet<String>,
}

impl UserState {
    /// Applies one change to the state; a change of a paper is none of it.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Status(..)
            | Change::Star(..)
            | Change::Seen(..)
            | Change::Tag(..)
            | Change::Untag(..)
            | Change::Note(..) => {}
            Change::View(name, query) => self.apply_view(name, query.as_deref()),
            Change::DigestDay(id, Some(day)) => drop(self.digest_days.insert(id.clone(), day.clone())),
            Change::DigestDay(id, None) => drop(self.digest_days.remove(id)),
            Change::DigestHidden(id, true) => drop(self.hidden_digests.insert(id.clone())),
            Change::DigestHidden(id, false) => drop(self.hidden_digests.remove(id)),
        }
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

/// One field of a paper's reading state that is not the initial one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateField<'a> {
    Status(Status),
    Starred,
    Seen,
    Noted(&'a str),
    Tagged(Tag),
}

impl<'a> StateField<'a> {
    /// Reads a row of the table of states. None when this program does not know the field or its value.
    pub(super) fn read(field: &str, value: &'a str) -> Option<Self> {
        Some(match field {
            STATUS => Self::Status(value.parse().ok()?),
            STAR => Self::Starred,
            SEEN => Self::Seen,
            NOTE => Some(value).filter(|note| !is_blank_note(note)).map(Self::Noted)?,
            field => Self::Tagged(Tag::new(field.strip_prefix(TAG)?)?),
        })
    }

    /// Sets this field of a reading state.
    pub fn add_to(self, reading: &mut Reading) {
        match self {
            Self::Status(status) => reading.status = status,
            Self::Starred => reading.starred = true,
            Self::Seen => reading.seen = true,
            Self::Noted(note) => note.clone_into(&mut reading.note),
            Self::Tagged(tag) => drop(reading.tags.insert(tag)),
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

pub(super) const VIEW: &str = "view:";
pub(super) const DIGEST: &str = "digest:";
const TAG: &str = "tag:";
const STATUS: &str = "status";
const STAR: &str = "star";
const SEEN: &str = "seen";
pub(super) const NOTE: &str = "note";
/// The value of a field that is either set or not.
const YES: &str = "yes";

impl Fact {
    pub(super) fn of(change: &Change) -> Self {
        let yes = |set: &bool| set.then(|| YES.to_owned());
        let fact = |subject: String, field: &str, value| Self { subject, field: field.to_owned(), value };
        match change {
            Change::Status(key, status) => {
                let value = (*status != Status::default()).then(|| status.name().to_owned());
                fact(key.to_string(), STATUS, value)
            }
            Change::Star(key, starred) => fact(key.to_string(), STAR, yes(starred)),
            Change::Seen(key, seen) => fact(key.to_string(), SEEN, yes(seen)),
            Change::Tag(key, tag) => fact(key.to_string(), &format!("{TAG}{tag}"), yes(&true)),
            Change::Untag(key, tag) => fact(key.to_string(), &format!("{TAG}{tag}"), None),
            Change::Note(key, note) => {
                fact(key.to_string(), NOTE, Some(note.clone()).filter(|note| !is_blank_note(note)))
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
        match (self.field.as_str(), &self.value) {
            (STATUS, None) => Some(Change::Status(key, Status::default())),
            (STATUS, Some(name)) => name.parse().ok().map(|status| Change::Status(key, status)),
            (STAR, value) => Some(Change::Star(key, value.is_some())),
            (SEEN, value) => Some(Change::Seen(key, value.is_some())),
            (NOTE, value) => {
                let note = value.clone().filter(|note| !is_blank_note(note));
                Some(Change::Note(key, note.unwrap_or_default()))
            }
            (field, value) => {
                let tag = Tag::new(field.strip_prefix(TAG)?)?;
                Some(if value.is_some() { Change::Tag(key, tag) } else { Change::Untag(key, tag) })
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
    fn a_note_of_blanks_is_none() {
        let key = PaperKey::title("x");
        let fact = Fact::of(&Change::Note(key.clone(), " \n\t\u{a0}".into()));
        assert_eq!((fact.value.clone(), fact.change()), (None, Some(Change::Note(key.clone(), String::new()))));
        let stored = Fact { value: Some("  ".into()), ..fact };
        assert_eq!(stored.change(), Some(Change::Note(key, String::new())));
    }

    #[test]
    fn a_field_of_the_state_reads_as_its_change() {
        let key = PaperKey::title("x");
        let tag = Tag::new("area/peft").unwrap();
        let changes = [
            (Change::Status(key.clone(), Status::Dropped), Reading { status: Status::Dropped, ..Reading::default() }),
            (Change::Star(key.clone(), true), Reading { starred: true, ..Reading::default() }),
            (Change::Seen(key.clone(), true), Reading { seen: true, ..Reading::default() }),
            (Change::Tag(key.clone(), tag.clone()), Reading { tags: [tag].into(), ..Reading::default() }),
            (Change::Note(key, "a\nb".into()), Reading { note: "a\nb".into(), ..Reading::default() }),
        ];
        for (change, expected) in changes {
            let fact = Fact::of(&change);
            let mut reading = Reading::default();
            StateField::read(&fact.field, fact.value.as_deref().unwrap()).unwrap().add_to(&mut reading);
            assert_eq!(reading, expected);
        }
        assert_eq!(StateField::read("rating", "5"), None);
        assert_eq!(StateField::read(NOTE, " \n\t\u{a0}"), None, "as an earlier version stored it");
        assert_eq!(StateField::read("status", "skimmed"), None);
    }

    #[test]
    fn unknown_fields_are_no_change() {
        let fact = |subject: &str, field: &str| Fact { subject: subject.into(), field: field.into(), value: None };
        assert_eq!(fact("title:x", "rating").change(), None);
        assert_eq!(fact("nonsense", "status").change(), None);
        assert_eq!(fact("view:x", "colour").change(), None);
    }
}
