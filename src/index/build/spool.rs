//! A paper that waits for its place while an index is made: what of it is kept in memory, how the rest is read back, and what decides
//! the order. It writes nothing.

use std::cmp::Reverse;

use crate::domain::date::PartialDate;
use crate::index::format::file;
use crate::index::{DigestRow, Flags};

/// Where a paper waits and what decides its place.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) date: u32,
    pub(super) day: u32,
    pub(super) rank: u32,
    pub(super) flags: Flags,
    pub(super) offset: u64,
}

/// What decides the order of papers, and what decides between those it leaves equal.
pub(super) type Order = (Reverse<u32>, Reverse<u32>, u32);
pub(super) type Tie<'a> = (&'a str, Reverse<u32>, Reverse<i64>);

impl Entry {
    pub(super) fn order(&self) -> Order {
        order(self.date, (self.day, self.rank))
    }
}

/// From a paper's date and its place in the latest digest. New is what has a new date; without one the digest's day counts.
pub(super) fn order(date: u32, (day, rank): (u32, u32)) -> Order {
    (Reverse(if date > 0 { date } else { day }), Reverse(day), rank)
}

/// The day of the latest of a paper's digests and the rank there.
pub(super) fn latest(sightings: impl Iterator<Item = (u32, Option<u32>)>, digests: &[DigestRow]) -> (u32, u32) {
    let day = |digest: u32| digests.get(digest as usize).and_then(|digest| digest.day).map_or(0, PartialDate::packed);
    let latest = sightings.map(|(digest, rank)| (Reverse(day(digest)), rank.unwrap_or(u32::MAX))).min();
    latest.map_or((0, u32::MAX), |(Reverse(day), rank)| (day, rank))
}

/// Fields of a waiting record before its texts, each u32: lengths of title, authors, key; packed date, added, votes + 1, category
/// set, digest set, row (two), count of ranks.
pub(super) const FIELDS: usize = 11;

/// A waiting record, read back.
pub(super) struct Record<'a> {
    pub(super) fields: [u32; FIELDS],
    texts: &'a [u8],
}

impl<'a> Record<'a> {
    pub(super) fn read(spool: &'a [u8], entry: &Entry) -> Option<Self> {
        let (head, texts) = spool.get(entry.offset as usize..)?.split_first_chunk::<{ FIELDS * 4 }>()?;
        let mut fields = [0; FIELDS];
        fields.iter_mut().zip(file::u32s(head)).for_each(|(field, value)| *field = value);
        Some(Self { fields, texts })
    }

    fn part(&self, start: u32, length: u32) -> &'a str {
        let bytes = self.texts.get(start as usize..start as usize + length as usize).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    pub(super) fn title(&self) -> &'a str {
        self.part(0, self.fields[0])
    }

    pub(super) fn authors(&self) -> &'a str {
        self.part(self.fields[0], self.fields[1])
    }

    pub(super) fn key(&self) -> &'a str {
        self.part(self.fields[0] + self.fields[1], self.fields[2])
    }

    pub(super) fn row(&self) -> i64 {
        (u64::from(self.fields[9]) << 32 | u64::from(self.fields[8])) as i64
    }

    pub(super) fn tie(&self) -> Tie<'a> {
        (self.title(), Reverse(self.fields[3]), Reverse(self.row()))
    }

    /// Pairs of digest and rank.
    pub(super) fn ranks(&self) -> impl Iterator<Item = [u32; 2]> + use<'a> {
        let start = (self.fields[0] + self.fields[1] + self.fields[2]) as usize;
        let bytes = self.texts.get(start..start + self.fields[10] as usize * 8).unwrap_or_default();
        let numbers = bytes.as_chunks::<8>().0.iter();
        numbers.map(|pair| [file::u32_at(pair, 0), file::u32_at(pair, 1)])
    }
}
