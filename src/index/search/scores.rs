//! The scores of many papers at once: the tiers of all words added up 64 papers at a time, as bit planes. Finds the best without looking at
//! single papers. It knows no text; the finer order of the best is the ranker's.

use std::sync::Arc;

use super::word_search::WordSet;
use crate::index::DocId;
use crate::index::format::sets::{Bits, count};
use crate::index::text::word_match::Tier;

/// The sum of the tiers of each paper, lowest bit first.
#[derive(Clone)]
pub(crate) struct Scores {
    planes: Vec<Bits>,
}

impl Scores {
    /// Adds up what the words found among so many papers.
    pub(crate) fn sum(sets: &[Arc<WordSet>], papers: usize) -> Self {
        let most = sets.len() * Tier::Exact as usize;
        let bits = (usize::BITS - most.leading_zeros()) as usize;
        let mut scores = Self { planes: vec![Bits::new(papers); bits] };
        for set in sets {
            match set.planes() {
                Some(planes) => scores.add(planes),
                None => {
                    let mut planes = [Bits::new(papers), Bits::new(papers), Bits::new(papers)];
                    for doc in set.docs.iter_from(0) {
                        let tier = set.tier(doc);
                        for (_, plane) in planes.iter_mut().enumerate().filter(|(bit, _)| tier >> bit & 1 == 1) {
                            plane.insert(doc);
                        }
                    }
                    scores.add(&planes);
                }
            }
        }
        scores
    }

    fn add(&mut self, planes: &[Bits; Tier::BITS]) {
        let mut carry: Option<Vec<u64>> = None;
        for (bit, sum) in self.planes.iter_mut().enumerate() {
            let sum = sum.words_mut();
            match (planes.get(bit), &mut carry) {
                (Some(plane), None) => {
                    let mut out = vec![0; sum.len()];
                    for ((sum, add), out) in sum.iter_mut().zip(plane.words()).zip(&mut out) {
                        *out = *sum & add;
                        *sum ^= add;
                    }
                    carry = Some(out);
                }
                (Some(plane), Some(carry)) => {
                    for ((sum, add), carry) in sum.iter_mut().zip(plane.words()).zip(carry) {
                        let half = *sum ^ add;
                        let out = (*sum & add) | (half & *carry);
                        *sum = half ^ *carry;
                        *carry = out;
                    }
                }
                (None, Some(carry)) => {
                    for (sum, carry) in sum.iter_mut().zip(carry) {
                        let out = *sum & *carry;
                        *sum ^= *carry;
                        *carry = out;
                    }
                }
                (None, None) => {}
            }
        }
    }

    pub(crate) fn of(&self, doc: DocId) -> u32 {
        (0..).zip(&self.planes).map(|(bit, plane)| u32::from(plane.contains(doc)) << bit).sum()
    }

    /// The best `most` papers of a set, the newest among equals, in no particular order.
    pub(crate) fn best(&self, docs: &Bits, most: usize) -> Vec<DocId> {
        let mut sure: Option<Bits> = None;
        let mut sure_count = 0;
        let mut open = docs.clone();
        for plane in self.planes.iter().rev() {
            let words = || open.words().iter().zip(plane.words());
            let with = count(words().map(|(open, plane)| open & plane));
            if with == 0 {
                continue;
            }
            if sure_count + with < most {
                let taken = sure.get_or_insert_with(|| docs.emptied());
                for ((taken, open), plane) in taken.words_mut().iter_mut().zip(open.words()).zip(plane.words()) {
                    *taken |= open & plane;
                }
                sure_count += with;
                open.without(plane);
            } else {
                open.and(plane);
            }
        }
        let mut best: Vec<DocId> = sure.iter().flat_map(Bits::iter).collect();
        best.extend(open.iter().take(most.saturating_sub(sure_count)));
        best
    }

    /// How many papers of a set come before this one, by score, then newest first.
    pub(crate) fn before(&self, docs: &Bits, doc: DocId) -> usize {
        let score = self.of(doc);
        let mut equal = docs.clone();
        let mut better = 0;
        for (bit, plane) in self.planes.iter().enumerate().rev() {
            if score >> bit & 1 == 1 {
                equal.and(plane);
            } else {
                better += count(equal.words().iter().zip(plane.words()).map(|(equal, plane)| equal & plane));
                equal.without(plane);
            }
        }
        better + equal.rank(doc as usize)
    }
}
