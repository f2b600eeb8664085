//! The spool of a build: records of papers that wait on disk until their order is known. What of a paper stays in memory, how its record is
//! written and read back, and what decides the order of papers.

use std::cmp::Reverse;

use crate::domain::date::PartialDate;
use crate::index::format::file::{Section, u32_at, u32s};
use crate::index::format::paper::{DigestRow, DocId, PaperFlags};
use crate::index::format::reader::Index;

/// What stays in memory of a paper: what decides its order, and where its record begins.
#[derive(Clone, Copy)]
pub(super) struct SpoolEntry {
    /// Packed; 0 when unknown.
    pub(super) date: u32,
    /// The packed day of its latest digest, and its rank there.
    pub(super) day: u32,
    pub(super) rank: u32,
    pub(super) flags: PaperFlags,
    pub(super) offset: u64,
}

/// What decides the order of papers, and what decides between papers of equal order.
pub(super) type RecencyOrder = (Reverse<u32>, Reverse<u32>, u32);
pub(super) type TieBreak<'a> = (&'a str, Reverse<u32>, Reverse<i64>);

impl SpoolEntry {
    pub(super) fn order(&self) -> RecencyOrder {
        order(self.date, (self.day, self.rank))
    }
}

/// The order of a paper with a packed date and a day and rank of its latest digest: newest first; without a date by the digest's day.
pub(super) fn order(date: u32, (day, rank): (u32, u32)) -> RecencyOrder {
    (Reverse(if date > 0 { date } else { day }), Reverse(day), rank)
}

/// The packed day of the latest of a paper's digests, 0 without one, and the rank there, `u32::MAX` without one.
pub(super) fn latest(sightings: impl Iterator<Item = (u32, Option<u32>)>, digests: &[DigestRow]) -> (u32, u32) {
    let day = |digest: u32| digests.get(digest as usize).and_then(|digest| digest.day).map_or(0, PartialDate::packed);
    let latest = sightings.map(|(digest, rank)| (Reverse(day(digest)), rank.unwrap_or(u32::MAX))).min();
    latest.map_or((0, u32::MAX), |(Reverse(day), rank)| (day, rank))
}

/// The first document id from `from` on whose paper does not come before a new paper of this order.
pub(super) fn first_after(
    index: &Index,
    from: DocId,
    (new_order, new_tie_break): (RecencyOrder, TieBreak<'_>),
) -> DocId {
    let (mut low, mut high) = (from, index.len() as DocId);
    while low < high {
        let middle = low + (high - low) / 2;
        let date = index.number(Section::Published, middle);
        let order = order(date, latest(index.digests(middle), index.digest_table()));
        let tie_break = || (index.title(middle), Reverse(date), Reverse(index.row(middle)));
        if order < new_order || order == new_order && tie_break() < new_tie_break {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The numbers of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PaperNumbers {
    pub(super) row: i64,
    /// Packed; 0 when unknown.
    pub(super) date: u32,
    /// Unix seconds.
    pub(super) added: u32,
    pub(super) votes: Option<u32>,
    /// Numbers of sets in the draft's tables.
    pub(super) category_set: u32,
    pub(super) digest_set: u32,
}

/// The texts of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PaperTexts<'a> {
    pub(super) title: &'a str,
    /// As `author_line` joins them.
    pub(super) authors: &'a str,
    pub(super) key: &'a str,
}

/// Numbers at the beginning of a record, u32 each: lengths of title, authors and key; date, added, votes + 1, category set, digest set, row
/// (low and high half), count of ranks.
const NUMBERS: usize = 11;

/// Appends a record. `ranks`: pairs of digest and rank.
pub(super) fn write_record(record: &mut Vec<u8>, numbers: PaperNumbers, texts: PaperTexts<'_>, ranks: &[[u32; 2]]) {
    let row = numbers.row as u64;
    let head: [u32; NUMBERS] = [
        texts.title.len() as u32,
        texts.authors.len() as u32,
        texts.key.len() as u32,
        numbers.date,
        numbers.added,
        numbers.votes.map_or(0, |votes| votes.saturating_add(1)),
        numbers.category_set,
        numbers.digest_set,
        row as u32,
        (row >> 32) as u32,
        ranks.len() as u32,
    ];
    record.extend(head.iter().flat_map(|number| number.to_le_bytes()));
    for text in [texts.title, texts.authors, texts.key] {
        record.extend_from_slice(text.as_bytes());
    }
    record.extend(ranks.iter().flatten().flat_map(|number| number.to_le_bytes()));
}

/// A record read back.
pub(super) struct SpooledPaper<'a> {
    pub(super) numbers: PaperNumbers,
    /// Lengths of title, authors and key in bytes, which follow each other in `body`.
    lengths: [usize; 3],
    ranks: usize,
    /// Texts and ranks.
    body: &'a [u8],
}

impl<'a> SpooledPaper<'a> {
    /// None when the spool ends before the record.
    pub(super) fn read(spool: &'a [u8], entry: &SpoolEntry) -> Option<Self> {
        let (head, body) = spool.get(entry.offset as usize..)?.split_first_chunk::<{ NUMBERS * 4 }>()?;
        let mut fields = [0; NUMBERS];
        fields.iter_mut().zip(u32s(head)).for_each(|(field, number)| *field = number);
        let [title, authors, key, date, added, votes, category_set, digest_set, row_low, row_high, ranks] = fields;
        let row = (u64::from(row_high) << 32 | u64::from(row_low)) as i64;
        let numbers = PaperNumbers { row, date, added, votes: votes.checked_sub(1), category_set, digest_set };
        let lengths = [title, authors, key].map(|length| length as usize);
        Some(Self { numbers, lengths, ranks: ranks as usize, body })
    }

    fn text(&self, start: usize, length: usize) -> &'a str {
        std::str::from_utf8(self.body.get(start..start + length).unwrap_or_default()).unwrap_or_default()
    }

    pub(super) fn title(&self) -> &'a str {
        let [title, ..] = self.lengths;
        self.text(0, title)
    }

    pub(super) fn authors(&self) -> &'a str {
        let [title, authors, _] = self.lengths;
        self.text(title, authors)
    }

    pub(super) fn key(&self) -> &'a str {
        let [title, authors, key] = self.lengths;
        self.text(title + authors, key)
    }

    pub(super) fn row(&self) -> i64 {
        self.numbers.row
    }

    pub(super) fn tie_break(&self) -> TieBreak<'a> {
        (self.title(), Reverse(self.numbers.date), Reverse(self.row()))
    }

    /// Pairs of digest and rank.
    pub(super) fn ranks(&self) -> impl Iterator<Item = [u32; 2]> + use<'a> {
        let start: usize = self.lengths.iter().sum();
        let bytes = self.body.get(start..start + self.ranks * 8).unwrap_or_default();
        bytes.as_chunks::<8>().0.iter().map(|pair| [u32_at(pair, 0), u32_at(pair, 1)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_written() {
        let numbers =
            PaperNumbers { row: -3 << 40, date: 20_240_229, added: 7, votes: Some(0), category_set: 1, digest_set: 2 };
        let texts = PaperTexts { title: "Ein Käfer", authors: "Tri Dao, Ann Lee", key: "arxiv:2402.00001" };
        let mut spool = b"before".to_vec();
        write_record(&mut spool, numbers, texts, &[[0, 5], [3, 1]]);
        let entry = SpoolEntry { date: 0, day: 0, rank: 0, flags: PaperFlags::NONE, offset: 6 };
        let read = SpooledPaper::read(&spool, &entry).unwrap();
        assert_eq!(read.numbers, numbers);
        assert_eq!(PaperTexts { title: read.title(), authors: read.authors(), key: read.key() }, texts);
        assert_eq!(read.ranks().collect::<Vec<_>>(), [[0, 5], [3, 1]]);
        assert!(SpooledPaper::read(&spool, &SpoolEntry { offset: spool.len() as u64, ..entry }).is_none());
    }
}
