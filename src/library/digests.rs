//! Lists the digests that papers were seen in, with the days that the user corrected.

use super::Library;
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::error::Result;

/// One digest of the library.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigestInfo {
    pub id: String,
    pub source: Clean,
    pub label: Clean,
    /// As corrected by the user; None when it is not known.
    pub day: Option<PartialDate>,
    /// Whether its papers are left out of lists.
    pub hidden: bool,
    /// Papers seen in it.
    pub papers: usize,
}

impl Library {
    /// Every digest, in the order of the database.
    pub fn digests(&self) -> Result<Vec<DigestInfo>> {
        let corrected = self.snapshot.digests();
        let infos = self.papers.digests()?.into_iter().map(|(digest, papers)| {
            let row = corrected.iter().find(|row| row.id == digest.id);
            DigestInfo {
                label: row.map_or(digest.label, |row| row.label.clone()),
                day: row.map_or(digest.day, |row| row.day),
                hidden: self.snapshot.hidden_digests.contains(&digest.id),
                id: digest.id,
                source: digest.source,
                papers: papers as usize,
            }
        });
        Ok(infos.collect())
    }
}
