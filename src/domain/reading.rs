//! Reading state: status, star, tags and notes of papers, and the user's saved views. Each change is a value that can be journalled,
//! shown and undone. Never reads or writes where changes are kept.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::identity::PaperKey;

/// How far the user is with a paper. A paper without a change is `Unread`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    #[default]
    Unread,
    Queued,
    Reading,
    Read,
    Dropped,
}

impl Status {
    pub const ALL: [Self; 5] = [Self::Unread, Self::Queued, Self::Reading, Self::Read, Self::Dropped];

    pub fn name(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Queued => "queued",
            Self::Reading => "reading",
            Self::Read => "read",
            Self::Dropped => "dropped",
        }
    }

    /// One column that distinguishes the statuses without colour, in Unicode or in ASCII.
    pub fn mark(self, unicode: bool) -> &'static str {
        let (mark, ascii) = match self {
            Self::Unread => ("○", "o"),
            Self::Queued => ("◔", "+"),
            Self::Reading => ("◑", "~"),
            Self::Read => ("●", "@"),
            Self::Dropped => ("✕", "x"),
        };
        if unicode { mark } else { ascii }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::name).join(", ");
        let name = text.trim().to_lowercase();
        let status = Self::ALL.into_iter().find(|status| status.name() == name);
        status.ok_or_else(|| format!("`{text}` is not a status; one of {}", names()))
    }
}

/// A tag: lower case, no spaces, at most 64 characters; `/` nests (`area/vision`). Letters of any script, digits and `-_./+#` stay, every
/// other run of characters becomes one `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

/// Most characters of a tag; longer ones are cut.
const TAG_CHARS: usize = 64;

impl Tag {
    /// Makes a tag of any text. None when no character of it can be in a tag.
    pub fn new(text: &str) -> Option<Self> {
        let mut tag = String::new();
        let trimmed = text.trim().trim_start_matches('#');
        for c in trimmed.chars().flat_map(char::to_lowercase).take(TAG_CHARS) {
            if c.is_alphanumeric() || "-_./+#".contains(c) {
                tag.push(c);
            } else if !tag.ends_with('-') {
                tag.push('-');
            }
        }
        let tag = tag.trim_matches(['-', '/']).to_owned();
        (!tag.is_empty()).then_some(Self(tag))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Tag {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The reading state of one paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub status: Status,
    pub starred: bool,
    /// The abstract was on the screen for a few seconds; not the status `read`.
    pub seen: bool,
    pub tags: BTreeSet<Tag>,
    /// Free text; lists show its first line.
    pub note: String,
}

/// One change the user made: what was changed and its new value. Applying a change is total and idempotent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Status(PaperKey, Status),
    Star(PaperKey, bool),
    Seen(PaperKey, bool),
    Tag(PaperKey, Tag),
    Untag(PaperKey, Tag),
    Note(PaperKey, String),
    /// A saved view: its name and the query it stands for; None removes it.
    View(String, Option<String>),
    /// A digest's corrected day (id of the digest, ISO day); None removes the correction.
    DigestDay(String, Option<String>),
    /// Whether a digest is hidden: its papers are left out of lists unless a query names it.
    DigestHidden(String, bool),
}

/// Whether a note says nothing: it is empty, or has blanks only. Such a note is none.
pub fn is_blank_note(note: &str) -> bool {
    note.trim().is_empty()
}

impl Change {
    /// The paper that is changed; None for views and digests.
    pub fn paper(&self) -> Option<&PaperKey> {
        match self {
            Self::Status(key, _)
            | Self::Star(key, _)
            | Self::Seen(key, _)
            | Self::Tag(key, _)
            | Self::Untag(key, _)
            | Self::Note(key, _) => Some(key),
            Self::View(..) | Self::DigestDay(..) | Self::DigestHidden(..) => None,
        }
    }

    /// The name of the view or the id of the digest that is changed; None for papers.
    pub fn view_or_digest(&self) -> Option<&str> {
        match self {
            Self::View(name, _) | Self::DigestDay(name, _) | Self::DigestHidden(name, _) => Some(name),
            Self::Status(..) | Self::Star(..) | Self::Seen(..) | Self::Tag(..) | Self::Untag(..) | Self::Note(..) => {
                None
            }
        }
    }

    /// What is changed: `paper`, `view` or `digest`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::View(..) => "view",
            Self::DigestDay(..) | Self::DigestHidden(..) => "digest",
            _ => "paper",
        }
    }

    /// The same change of another paper; a change of a view or digest stays as it is.
    #[must_use]
    pub fn of(&self, key: PaperKey) -> Self {
        match self.clone() {
            Self::Status(_, status) => Self::Status(key, status),
            Self::Star(_, starred) => Self::Star(key, starred),
            Self::Seen(_, seen) => Self::Seen(key, seen),
            Self::Tag(_, tag) => Self::Tag(key, tag),
            Self::Untag(_, tag) => Self::Untag(key, tag),
            Self::Note(_, note) => Self::Note(key, note),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_folded_and_nest() {
        let tag = |text| Tag::new(text).map(|tag| tag.to_string());
        assert_eq!(tag(" #Low Rank "), Some("low-rank".into()));
        assert_eq!(tag("area/Vision"), Some("area/vision".into()));
        assert_eq!(tag("größe\u{1b}[31m"), Some("größe-31m".into()));
        assert_eq!(tag(" / - "), None);
        assert_eq!(tag(&"x".repeat(500)).unwrap().len(), TAG_CHARS);
    }

    #[test]
    fn statuses_read_their_own_names() {
        for status in Status::ALL {
            assert_eq!(status.name().parse(), Ok(status));
        }
        assert!("done".parse::<Status>().is_err());
    }
}
