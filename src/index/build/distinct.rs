//! The distinct sets of categories, or of digests, that papers have, while an index is made: each is written once, and a paper names its
//! set by a number. What is written depends on the papers only, not on the order they came in. Reading is `columns`.

use std::cmp::Reverse;
use std::io::{self, Seek, Write};

use super::vocabulary::QuickMap;
use crate::index::format::file::{Section, Writer};

/// Where a table goes: members, offsets, counts, totals.
pub(crate) const CATEGORIES: [Section; 4] =
    [Section::CategoryMembers, Section::CategoryOffsets, Section::CategoryCounts, Section::CategoryTotals];
pub(crate) const DIGESTS: [Section; 4] =
    [Section::DigestMembers, Section::DigestOffsets, Section::DigestCounts, Section::DigestTotals];

/// Distinct sets of numbers, numbered in the order they come.
#[derive(Default)]
pub(crate) struct SetTable {
    numbers: QuickMap<Vec<u32>, u32>,
    counts: Vec<u32>,
}

impl SetTable {
    /// The number of the set that one more paper has.
    pub(crate) fn number(&mut self, members: &[u32]) -> u32 {
        self.add(members, 1)
    }

    /// The number of the set that so many more papers have.
    pub(crate) fn add(&mut self, members: &[u32], papers: u32) -> u32 {
        let number = match self.numbers.get(members) {
            Some(number) => *number,
            None => {
                let number = self.counts.len() as u32;
                self.numbers.insert(members.to_vec(), number);
                self.counts.push(0);
                number
            }
        };
        if let Some(count) = self.counts.get_mut(number as usize) {
            *count = count.saturating_add(papers);
        }
        number
    }

    /// Every set with its number and how many papers have it, in no order.
    pub(crate) fn sets(&self) -> impl Iterator<Item = (&[u32], u32, u32)> {
        self.numbers.iter().map(|(members, number)| {
            (members.as_slice(), *number, self.counts.get(*number as usize).copied().unwrap_or(0))
        })
    }

    /// Writes the sets that papers have, the most frequent first so that counting stays in the cache; `rename` says what a member is
    /// called in the file. Returns the new number of each set.
    pub(crate) fn write<W: Write + Seek>(
        &self,
        writer: &mut Writer<W>,
        sections: [Section; 4],
        rename: impl Fn(u32) -> u32,
    ) -> io::Result<Vec<u32>> {
        let mut sets: Vec<(Reverse<u32>, Vec<u32>, u32)> = self
            .sets()
            .filter(|(_, _, papers)| *papers > 0)
            .map(|(members, number, papers)| {
                (Reverse(papers), members.iter().map(|member| rename(*member)).collect(), number)
            })
            .collect();
        sets.sort_unstable();
        let mut renumbered = vec![0; self.counts.len()];
        let mut ends = vec![0];
        for (place, (_, members, number)) in (0u32..).zip(&sets) {
            if let Some(new) = renumbered.get_mut(*number as usize) {
                *new = place;
            }
            ends.push(ends.last().copied().unwrap_or(0) + members.len() as u32 * 4);
        }
        let highest = sets.iter().flat_map(|(_, members, _)| members).max();
        let mut of_members = vec![0_u32; highest.map_or(0, |highest| *highest as usize + 1)];
        for (Reverse(papers), members, _) in &sets {
            for member in members {
                if let Some(total) = of_members.get_mut(*member as usize) {
                    *total = total.saturating_add(*papers);
                }
            }
        }
        let [members, offsets, counts, totals] = sections;
        writer.column(totals, of_members)?;
        writer.column(members, sets.iter().flat_map(|(_, members, _)| members.iter().copied()))?;
        writer.column(offsets, ends)?;
        writer.column(counts, sets.iter().map(|(Reverse(count), ..)| *count))?;
        Ok(renumbered)
    }
}
