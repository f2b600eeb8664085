//! A record made ready to be stored: tidied, with what identifies it, its abstract packed. On whatever thread has time for it; it asks no
//! database.

use super::abstracts::{Packed, Packer};
use super::recognise::Record;
use super::row;
use crate::domain::paper::Paper;
use crate::error::Result;

/// A record that `Import::put` stores.
pub struct Ready {
    pub(super) record: Record,
    pub(super) packed: Option<Packed>,
}

/// Who packs an abstract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// The packer, at once.
    Now,
    /// The import, with the packer's dictionary.
    Later,
    /// The import, when it finds that the abstract is news.
    Perhaps,
}

impl Ready {
    /// An error of kind Data when the record cannot be kept.
    pub fn new(paper: Paper) -> Result<Self> {
        let record = Record::new(row::tidy(paper)?)?;
        Ok(Self { record, packed: None })
    }

    /// The same with its abstract packed by a packer of the import that it is for.
    pub fn packed(paper: Paper, packer: &mut Packer, packing: Packing) -> Result<Self> {
        let record = Self::new(paper)?.record;
        let summary = record.paper.summary.as_ref().filter(|_| packing != Packing::Perhaps);
        let left = if packing == Packing::Later { packer.leave() } else { None };
        // What cannot be packed fails where it is stored.
        let packed = summary.and_then(|summary| left.or_else(|| packer.pack(&summary.source).ok()));
        Ok(Self { record, packed })
    }
}
