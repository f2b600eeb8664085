//! Scores of many papers at once: the tiers of all words summed as bit planes, 64 papers at a time, and the best papers by them without a
//! loop over single papers. Texts are compared in `rank`.

use std::sync::Arc;

use super::word_search::WordSet;
use crate::index::format::paper::DocId;
use crate::index::format::sets::{Bitmap, count};
use crate::index::text::word_match::Tier;

/// The sum of the tiers of each paper as bit planes, lowest bit first.
#[derive(Clone)]
pub(crate) struct Scores {
    planes: Vec<Bitmap>,
}

impl Scores {
    /// Sums the tiers of what the words matched; `papers`: how many papers the index has.
    pub(crate) fn sum(sets: &[Arc<WordSet>], papers: usize) -> Self {
        let highest = sets.len() * Tier::Exact as usize;
        let bits = (usize::BITS - highest.leading_zeros()) as usize;
        let mut scores = Self { planes: vec![Bitmap::new(papers); bits] };
        for set in sets {
            match set.planes() {
                Some(planes) => scores.add(planes),
                None => {
                    let mut planes = [Bitmap::new(papers), Bitmap::new(papers), Bitmap::new(papers)];
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

    fn add(&mut self, planes: &[Bitmap; Tier::BITS]) {
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

    /// The highest score that a paper may have.
    pub(crate) fn highest(&self) -> u32 {
        (1 << self.planes.len()) - 1
    }

    /// The papers of a set that have a score.
    pub(crate) fn level(&self, docs: &Bitmap, score: u32) -> Bitmap {
        let mut level = docs.clone();
        for (bit, plane) in self.planes.iter().enumerate() {
            if score >> bit & 1 == 1 { level.and(plane) } else { level.without(plane) }
        }
        level
    }

    /// The score of a paper.
    pub(crate) fn of(&self, doc: DocId) -> u32 {
        (0..).zip(&self.planes).map(|(bit, plane)| u32::from(plane.contains(doc)) << bit).sum()
    }

    /// The best `limit` papers of a set, the newest among equals, in no particular order.
    pub(crate) fn best(&self, docs: &Bitmap, limit: usize) -> Vec<DocId> {
        // From the highest plane down: papers that are among the best in any case, and papers not yet decided.
        let mut certain: Option<Bitmap> = None;
        let mut certain_count = 0;
        let mut undecided = docs.clone();
        for plane in self.planes.iter().rev() {
            let words = || undecided.words().iter().zip(plane.words());
            let with = count(words().map(|(undecided, plane)| undecided & plane));
            if with == 0 {
                continue;
            }
            if certain_count + with < limit {
                let certain = certain.get_or_insert_with(|| docs.emptied());
                let words = certain.words_mut().iter_mut().zip(undecided.words()).zip(plane.words());
                for ((certain, undecided), plane) in words {
                    *certain |= undecided & plane;
                }
                certain_count += with;
                undecided.without(plane);
            } else {
                undecided.and(plane);
            }
        }
        let mut best: Vec<DocId> = certain.iter().flat_map(Bitmap::iter).collect();
        best.extend(undecided.iter().take(limit.saturating_sub(certain_count)));
        best
    }

    /// How many papers of a set come before a paper, by score, then newest first.
    pub(crate) fn before(&self, docs: &Bitmap, doc: DocId) -> usize {
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
