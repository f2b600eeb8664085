//! Who states what of a paper, and what its versions changed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Library;
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::identity::PaperKey;
use crate::domain::markup::Markup;
use crate::domain::word_difference::{WordRun, WordsIn, word_difference};
use crate::error::Result;
use crate::store::PaperCopy;

/// What a version of a paper changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionChange {
    /// The version before that the library has.
    pub from: u16,
    pub to: u16,
    /// When it was submitted.
    pub date: Option<PartialDate>,
    /// Title and abstract word by word, safe to show; None where one of the two versions lacks it, or they are equal.
    pub title: Option<Vec<WordRun>>,
    pub summary: Option<Vec<WordRun>>,
}

/// The day of an import, from unix seconds, in the system's time zone.
pub fn day_of(at: i64) -> PartialDate {
    let instant = Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.to_zoned(TimeZone::system()).date().into()
}

impl Library {
    /// What each source states of the paper with this key or alias, the one that is believed most first; empty when it is not in the library.
    pub fn copies(&self, key: &PaperKey) -> Result<Vec<PaperCopy>> {
        match self.papers.head(key)? {
            Some(stored) => self.papers.copies(stored.row),
            None => Ok(Vec::new()),
        }
    }

    /// What each version of a paper changed that was imported after another one, the latest first.
    pub fn version_changes(&self, key: &PaperKey) -> Result<Vec<VersionChange>> {
        Ok(changes(&self.copies(key)?))
    }
}

fn changes(copies: &[PaperCopy]) -> Vec<VersionChange> {
    // Of each version the copy that is believed most.
    let mut versions: BTreeMap<u16, &PaperCopy> = BTreeMap::new();
    for copy in copies {
        let Some(version) = copy.paper.version else { continue };
        let rank = |copy: &PaperCopy| {
            (copy.paper.summary.is_some(), copy.source.rank(copy.paper.title.markup), copy.source.order())
        };
        let best = versions.entry(version).or_insert(copy);
        if rank(copy) > rank(best) {
            *best = copy;
        }
    }
    let all: Vec<(u16, &PaperCopy)> = versions.into_iter().collect();
    let changes = all.windows(2).filter_map(|pair| match pair {
        [(from, old), (to, new)] => Some(change((*from, old), (*to, new))),
        _ => None,
    });
    let mut changes: Vec<VersionChange> = changes.collect();
    changes.reverse();
    changes
}

fn change((from, old): (u16, &PaperCopy), (to, new): (u16, &PaperCopy)) -> VersionChange {
    let differs = |old: &Clean, new: &Clean| {
        let runs = word_difference(old, new);
        runs.iter().any(|run| run.words_in != WordsIn::Both).then_some(runs)
    };
    let summary = |copy: &PaperCopy| {
        copy.paper.summary.as_ref().filter(|text| text.markup != Markup::Summary).map(|text| text.line())
    };
    VersionChange {
        from,
        to,
        date: new.paper.updated,
        title: differs(&old.paper.title.line(), &new.paper.title.line()),
        summary: summary(old).zip(summary(new)).and_then(|(old, new)| differs(&old, &new)),
    }
}
