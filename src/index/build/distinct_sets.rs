//! The distinct sets of categories, or of digests, that papers have, during a build: each set is written once, and a paper stores the number of
//! its set. What is written depends on the papers only, not on the order they came in. Reading is in `format::columns`.

use std::cmp::Reverse;
use std::io::{self, Seek, Write};

use rustc_hash::FxHashMap;

use crate::index::format::file::{Section, SectionWriter};

/// Distinct sets of numbers, numbered in the order they come, and how many papers have each.
#[derive(Default)]
pub(crate) struct DistinctSets {
    numbers: FxHashMap<Vec<u32>, u32>,
    counts: Vec<u32>,
}

impl DistinctSets {
    /// Counts one more paper with a set; returns the number of the set.
    pub(crate) fn add_paper(&mut self, members: &[u32]) -> u32 {
        self.add(members, 1)
    }

    /// Counts more papers with a set; returns the number of the set.
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

    /// Every set with its number and how many papers have it, in no particular order.
    pub(crate) fn sets(&self) -> impl Iterator<Item = (&[u32], u32, u32)> {
        self.numbers.iter().map(|(members, number)| {
            (members.as_slice(), *number, self.counts.get(*number as usize).copied().unwrap_or(0))
        })
    }

    /// Writes the sets that papers have, most frequent first so that counting stays in the cache; `rename` gives the number of a member in the
    /// file. Returns the new number of each set.
    pub(crate) fn write<W: Write + Seek>(
        &self,
        writer: &mut SectionWriter<W>,
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
        let mut new_numbers = vec![0; self.counts.len()];
        let mut ends = vec![0];
        for (new, (_, members, old)) in (0u32..).zip(&sets) {
            if let Some(number) = new_numbers.get_mut(*old as usize) {
                *number = new;
            }
            ends.push(ends.last().copied().unwrap_or(0) + members.len() as u32 * 4);
        }
        let highest = sets.iter().flat_map(|(_, members, _)| members).max();
        let mut member_counts = vec![0_u32; highest.map_or(0, |highest| *highest as usize + 1)];
        for (Reverse(papers), members, _) in &sets {
            for member in members {
                if let Some(total) = member_counts.get_mut(*member as usize) {
                    *total = total.saturating_add(*papers);
                }
            }
        }
        let [members, offsets, counts, totals] = sections;
        writer.column(totals, member_counts)?;
        writer.column(members, sets.iter().flat_map(|(_, members, _)| members.iter().copied()))?;
        writer.column(offsets, ends)?;
        writer.column(counts, sets.iter().map(|(Reverse(count), ..)| *count))?;
        Ok(new_numbers)
    }
}

/// The new number of `number`, from a table of new numbers by old ones; 0 beyond its end.
pub(super) fn renumbered(new_numbers: &[u32], number: u32) -> u32 {
    new_numbers.get(number as usize).copied().unwrap_or(0)
}
