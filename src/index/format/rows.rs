//! From row ids of papers.db to papers of the index: a table, because a search in abstracts maps a million row ids at once.

use std::collections::HashMap;

use super::paper::DocId;

/// The paper of every row id.
pub(crate) struct RowTable {
    /// By row id; `DocId::MAX` where there is no paper.
    table: Vec<DocId>,
    /// The few row ids that would make the table much longer than there are papers.
    outliers: HashMap<i64, DocId>,
}

impl RowTable {
    /// From the row id of each paper, newest paper first.
    pub(crate) fn new(rows: impl ExactSizeIterator<Item = i64> + Clone) -> Self {
        let limit = 4 * rows.len() + 1024;
        let slot = |row: i64| usize::try_from(row).ok().filter(|row| *row < limit);
        let length = rows.clone().filter_map(slot).max().map_or(0, |row| row + 1);
        let mut table = vec![DocId::MAX; length];
        let mut outliers = HashMap::new();
        for (doc, row) in (0..).zip(rows) {
            match slot(row).and_then(|row| table.get_mut(row)) {
                Some(entry) => *entry = doc,
                None => drop(outliers.insert(row, doc)),
            }
        }
        Self { table, outliers }
    }

    pub(crate) fn doc(&self, row: i64) -> Option<DocId> {
        let entry = usize::try_from(row).ok().and_then(|row| self.table.get(row));
        match entry {
            Some(doc) => Some(*doc).filter(|doc| *doc != DocId::MAX),
            None => self.outliers.get(&row).copied(),
        }
    }
}
