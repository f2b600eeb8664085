//! One consistent picture of the library: the index with the reader's state laid over it. Immutable once shared; a change makes the next
//! picture. Also the way from papers.db to the index.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::detail::combine;
use crate::domain::date::PartialDate;
use crate::domain::identity::PaperKey;
use crate::domain::paper::{LinkKind, Markup, Paper};
use crate::domain::reading::{Change, Reading};
use crate::error::Result;
use crate::index::{DigestRow, Doc, DocId, Flags, Index, Marks};
use crate::store::{PaperStore, UserState};

/// A digest as a reader sees it: with the day corrected and hidden or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigestInfo {
    pub id: String,
    pub source: String,
    pub label: String,
    pub day: Option<PartialDate>,
    pub hidden: bool,
}

#[derive(Clone, Debug)]
pub struct Snapshot {
    pub index: Arc<Index>,
    pub marks: Arc<Marks>,
    /// Saved views: name and query.
    pub views: Vec<(String, String)>,
    /// In the order of the index's digest table.
    pub digests: Vec<DigestInfo>,
    /// Keys that state was made under while the paper has another key now.
    pub(super) aliased: HashMap<PaperKey, PaperKey>,
}

impl Snapshot {
    /// Papers that are listed when nothing is asked: all but those only in hidden digests.
    pub fn listed(&self) -> usize {
        self.index.len() - self.marks.hidden_count()
    }

    /// The document that state under a key belongs to.
    fn doc(&self, key: &PaperKey) -> Option<DocId> {
        self.index.find(self.aliased.get(key).unwrap_or(key).as_str())
    }

    /// Every key that a paper has state under, itself first.
    pub(super) fn state_keys(&self, key: &PaperKey) -> Vec<PaperKey> {
        let others = self.aliased.iter().filter(|(_, canonical)| *canonical == key).map(|(alias, _)| alias.clone());
        std::iter::once(key.clone()).chain(others).collect()
    }

    /// What was done with a paper, under whichever of its keys.
    pub(super) fn reading(&self, key: &PaperKey, state: &UserState) -> Reading {
        let readings = self.state_keys(key).into_iter().filter_map(|key| state.readings.get(&key));
        readings.fold(Reading::default(), |sum, next| combine(sum, next))
    }

    /// Lays changes of papers' states over this picture.
    pub(super) fn lay(&mut self, changes: &[Change], state: &UserState) {
        for change in changes {
            let Some(key) = change.paper() else { continue };
            let Some(doc) = self.doc(key) else { continue };
            let canonical = self.aliased.get(key).unwrap_or(key).clone();
            let reading = self.reading(&canonical, state);
            Arc::make_mut(&mut self.marks).set(doc, &reading);
        }
    }
}

/// A new picture of an index and a state.
pub(super) fn take(index: Arc<Index>, papers: &PaperStore, state: &UserState) -> Result<Snapshot> {
    let digests: Vec<DigestInfo> = index
        .digest_table()
        .into_iter()
        .map(|row| {
            let corrected = state.digest_days.get(&row.id).and_then(|day| day.parse().ok());
            DigestInfo {
                hidden: state.hidden_digests.contains(&row.id),
                label: corrected.map_or(row.label, |day: PartialDate| day_label(day)),
                day: corrected.or(row.day),
                id: row.id,
                source: row.source,
            }
        })
        .collect();
    let mut aliased = HashMap::new();
    for key in state.readings.keys() {
        if index.find(key.as_str()).is_none()
            && let Some(canonical) = papers.resolve(key)?
        {
            aliased.insert(key.clone(), canonical);
        }
    }
    let mut marks = Marks::new(index.len());
    for (place, digest) in digests.iter().enumerate() {
        if let Ok(digest_number) = u32::try_from(place)
            && digest.hidden
        {
            marks.hide_digest(&index, digest_number);
        }
    }
    let mut snapshot = Snapshot { index, marks: Arc::new(marks), views: state.views.clone(), digests, aliased };
    let keys: Vec<&PaperKey> = state.readings.keys().collect();
    let laid: Vec<(DocId, Reading)> = keys
        .into_iter()
        .filter_map(|key| {
            let doc = snapshot.doc(key)?;
            let canonical = snapshot.aliased.get(key).unwrap_or(key);
            Some((doc, snapshot.reading(canonical, state)))
        })
        .collect();
    let marks = Arc::make_mut(&mut snapshot.marks);
    for (doc, reading) in laid {
        marks.set(doc, &reading);
    }
    Ok(snapshot)
}

/// `12 Mar 2025`, `Mar 2025` or `2025`.
pub fn day_label(day: PartialDate) -> String {
    match (day.month(), day.day()) {
        (Some(_), Some(_)) => day.first_day().strftime("%-d %b %Y").to_string(),
        (Some(_), None) => day.first_day().strftime("%b %Y").to_string(),
        _ => day.to_string(),
    }
}
