//! The digests papers were seen in, as a reader sees them: with the day corrected, hidden or not.

use super::Library;
use crate::domain::date::PartialDate;
use crate::error::Result;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigestInfo {
    pub id: String,
    pub source: String,
    pub label: String,
    pub day: Option<PartialDate>,
    /// Its papers are left out of lists.
    pub hidden: bool,
    pub papers: usize,
}

impl Library {
    /// Every digest, in the order of the database.
    pub fn digests(&self) -> Result<Vec<DigestInfo>> {
        let corrected = self.snapshot.index.digest_table();
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
