//! From rows of papers.db to papers of the index: a table, because a search in abstracts asks for a million rows at once. It reads
//! nothing but the index's own column of rows.

use std::collections::HashMap;

use crate::index::{DocId, Index};

/// The paper of every row.
pub(crate) struct Rows {
    /// By row; no paper where it is the largest number.
    table: Vec<DocId>,
    /// The few rows that would make the table much longer than there are papers.
    beyond: HashMap<i64, DocId>,
}

impl Rows {
    pub(crate) fn of(index: &Index) -> Self {
        let rows = || (0..).zip(0..index.len()).map(|(doc, _)| (index.row(doc), doc));
        let most = 4 * index.len() + 1024;
        let place = |row: i64| usize::try_from(row).ok().filter(|row| *row < most);
        let length = rows().filter_map(|(row, _)| place(row)).max().map_or(0, |row| row + 1);
        let mut table = vec![DocId::MAX; length];
        let mut beyond = HashMap::new();
        for (row, doc) in rows() {
            match place(row).and_then(|row| table.get_mut(row)) {
                Some(entry) => *entry = doc,
                None => drop(beyond.insert(row, doc)),
            }
        }
        Self { table, beyond }
    }

    pub(crate) fn doc(&self, row: i64) -> Option<DocId> {
        let entry = usize::try_from(row).ok().and_then(|row| self.table.get(row));
        match entry {
            Some(doc) => Some(*doc).filter(|doc| *doc != DocId::MAX),
            None => self.beyond.get(&row).copied(),
        }
    }
}
