//! What a build holds in memory while papers arrive in any order: what decides their order, and the small tables. Their texts wait in the
//! spool. It writes no index.

use std::io::{self, Write};

use rustc_hash::FxHashMap;

use super::acronyms::AcronymCounts;
use super::distinct_sets::DistinctSets;
use super::spool::{PaperNumbers, PaperTexts, SpoolEntry, SpooledPaper, latest, write_record};
use crate::index::format::author_line::join_name;
use crate::index::format::paper::{DigestRow, Doc};

/// The limit of papers: document ids carry three bits of a tier beside them in `word_search`.
pub(super) const MOST_PAPERS: usize = 1 << 28;

/// The papers of a build, before they are in order.
pub(super) struct Draft {
    pub(super) digests: Vec<DigestRow>,
    pub(super) revision: i64,
    pub(super) papers_revision: i64,
    pub(super) highest_row: i64,
    pub(super) entries: Vec<SpoolEntry>,
    /// Bytes written to the spool.
    spooled: u64,
    /// Names of categories by number, and the numbers by name.
    pub(super) category_names: Vec<String>,
    category_numbers: FxHashMap<String, u32>,
    pub(super) category_sets: DistinctSets,
    pub(super) digest_sets: DistinctSets,
    pub(super) acronyms: AcronymCounts,
    /// Reused for each record and its authors.
    record: Vec<u8>,
    authors: String,
}

impl Draft {
    pub(super) fn new(digests: &[DigestRow], revision: i64) -> Self {
        Self {
            digests: digests.to_vec(),
            revision,
            papers_revision: revision,
            highest_row: i64::MIN,
            entries: Vec::new(),
            spooled: 0,
            category_names: Vec::new(),
            category_numbers: FxHashMap::default(),
            category_sets: DistinctSets::default(),
            digest_sets: DistinctSets::default(),
            acronyms: AcronymCounts::default(),
            record: Vec::new(),
            authors: String::new(),
        }
    }

    fn category_number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.category_numbers.get(name) {
            return *number;
        }
        let number = self.category_names.len() as u32;
        self.category_names.push(name.to_owned());
        self.category_numbers.insert(name.to_owned(), number);
        number
    }

    /// Adds a paper and writes its record to the spool. Fails when there are too many papers or the spool cannot be written.
    pub(super) fn push(&mut self, doc: &Doc<'_>, spool: &mut impl Write) -> io::Result<()> {
        if self.entries.len() >= MOST_PAPERS {
            return Err(io::Error::other("more papers than an index can hold"));
        }
        self.acronyms.add_title(doc.title);
        let mut categories: Vec<u32> = Vec::new();
        for name in doc.categories {
            let number = self.category_number(name);
            if !categories.contains(&number) {
                categories.push(number);
            }
        }
        let mut sightings: Vec<(u32, Option<u32>)> =
            doc.digests.iter().copied().filter(|(digest, _)| (*digest as usize) < self.digests.len()).collect();
        sightings.sort_unstable();
        sightings.dedup_by_key(|(digest, _)| *digest);
        let digests: Vec<u32> = sightings.iter().map(|(digest, _)| *digest).collect();
        let ranks: Vec<[u32; 2]> = sightings.iter().filter_map(|(digest, rank)| Some([*digest, (*rank)?])).collect();
        let numbers = PaperNumbers {
            row: doc.row,
            date: doc.date.map_or(0, |date| date.packed()),
            added: doc.added.clamp(0, i64::from(u32::MAX)) as u32,
            votes: doc.votes,
            category_set: self.category_sets.add_paper(&categories),
            digest_set: self.digest_sets.add_paper(&digests),
        };
        let (day, rank) = latest(sightings.into_iter(), &self.digests);
        self.entries.push(SpoolEntry { date: numbers.date, day, rank, flags: doc.flags, offset: self.spooled });
        self.highest_row = self.highest_row.max(doc.row);

        self.authors.clear();
        for name in doc.authors {
            join_name(&mut self.authors, name);
        }
        let texts = PaperTexts { title: doc.title, authors: &self.authors, key: doc.key };
        self.record.clear();
        write_record(&mut self.record, numbers, texts, &ranks);
        self.spooled += self.record.len() as u64;
        spool.write_all(&self.record)
    }

    /// Puts the papers in order.
    pub(super) fn sort(&mut self, spool: &[u8]) {
        self.entries.sort_by_key(SpoolEntry::order);
        let ties = self.entries.chunk_by_mut(|one, two| one.order() == two.order());
        for ties in ties.filter(|ties| ties.len() > 1) {
            ties.sort_by_cached_key(|entry| SpooledPaper::read(spool, entry).map(|paper| paper.tie_break()));
        }
    }
}
