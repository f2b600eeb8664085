//! A record prepared for storing: tidied, with what identifies it, its abstract packed. Any thread can do this; no database is read.

use super::abstracts::{Packed, Packer};
use super::recognise::IdentifiedRecord;
use super::row;
use crate::domain::identity::PaperKey;
use crate::domain::paper::Paper;
use crate::domain::record_source::RecordSource;
use crate::error::Result;

/// A prepared record, which `Import::put` stores.
pub struct ReadyRecord {
    pub(super) record: IdentifiedRecord,
    pub(super) packed: Option<Packed>,
}

/// When an abstract is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// At once, by the packer.
    Now,
    /// When it is stored, with the packer's dictionary.
    Later,
    /// When it is stored, if the abstract turns out to be new.
    IfNew,
}

impl ReadyRecord {
    /// Errors: Data when the record cannot be stored.
    pub fn new(paper: Paper, source: RecordSource) -> Result<Self> {
        let record = IdentifiedRecord::new(row::tidy(paper)?, source)?;
        Ok(Self { record, packed: None })
    }

    /// The key that the record has by itself.
    pub fn key(&self) -> &PaperKey {
        &self.record.key
    }

    /// The same with its abstract packed by a packer of the import that it is for.
    pub fn packed((paper, source): (Paper, RecordSource), packer: &mut Packer, packing: Packing) -> Result<Self> {
        let record = Self::new(paper, source)?.record;
        let summary = record.paper.summary.as_ref().filter(|_| packing != Packing::IfNew);
        let postponed = if packing == Packing::Later { packer.postpone() } else { None };
        // An abstract that cannot be compressed fails again, and is reported, where it is stored.
        let packed = summary.and_then(|summary| postponed.or_else(|| packer.pack(&summary.source).ok()));
        Ok(Self { record, packed })
    }
}
