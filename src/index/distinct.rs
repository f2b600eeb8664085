//! The distinct sets of categories, and of digests, that papers have, while an index is built: papers hold the number of a set. It knows
//! no names.

use std::cmp::Reverse;
use std::io::{self, Seek, Write};

use super::file::{Section, Writer};
use super::vocabulary::QuickMap;

/// Distinct sets of numbers, numbered in the order they come.
#[derive(Default)]
pub(super) struct SetTable {
    numbers: QuickMap<Vec<u32>, u32>,
    uses: Vec<Use>,
}

/// How many papers have a set, and date and row of the newest.
#[derive(Clone, Copy, Default)]
pub(super) struct Use {
    count: u32,
    newest: Option<(u32, i64)>,
}

impl SetTable {
    /// The number of a set that a paper of this date and row has.
    pub(super) fn number(&mut self, members: &[u32], paper: (u32, i64)) -> u32 {
        let number = match self.numbers.get(members) {
            Some(number) => *number,
            None => {
                let number = self.uses.len() as u32;
                self.numbers.insert(members.to_vec(), number);
                self.uses.push(Use::default());
                number
            }
        };
        if let Some(used) = self.uses.get_mut(number as usize) {
            used.count += 1;
            used.newest = used.newest.max(Some(paper));
        }
        number
    }

    /// Numbers and members of the sets as they are met when papers come newest first.
    pub(super) fn in_order(&self) -> Vec<(Use, u32, &[u32])> {
        let used = |number: u32| self.uses.get(number as usize).copied().unwrap_or_default();
        let mut sets: Vec<_> =
            self.numbers.iter().map(|(set, number)| (used(*number), *number, set.as_slice())).collect();
        sets.sort_unstable_by_key(|(used, number, _)| (Reverse(used.newest), *number));
        sets
    }

    /// Writes the sets, the most frequent first so that counting stays in the cache, and their members under new numbers; returns the new
    /// number of each.
    pub(super) fn write<W: Write + Seek>(
        &self,
        writer: &mut Writer<W>,
        sections: [Section; 3],
        renamed: impl Fn(u32) -> u32,
    ) -> io::Result<Vec<u32>> {
        let mut sets = self.in_order();
        sets.sort_by_key(|(used, ..)| Reverse(used.count));
        let mut renumbered = vec![0; sets.len()];
        let mut ends = vec![0];
        for (place, (_, number, members)) in sets.iter().enumerate() {
            if let Some(new) = renumbered.get_mut(*number as usize) {
                *new = place as u32;
            }
            ends.push(ends.last().copied().unwrap_or(0) + members.len() as u32 * 4);
        }
        let [members, offsets, counts] = sections;
        writer
            .column(members, sets.iter().flat_map(|(_, _, members)| members.iter().map(|member| renamed(*member))))?;
        writer.column(offsets, ends)?;
        writer.column(counts, sets.iter().map(|(used, ..)| used.count))?;
        Ok(renumbered)
    }
}
