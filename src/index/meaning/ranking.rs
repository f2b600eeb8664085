//! Ranks candidates by how well their texts fit a description: the score they came with, the angle between the sum of the description's words
//! and the sum of the paper's, and for each word of the description the nearest word of the paper, which is also the reason that is shown.

use std::collections::BTreeMap;

use super::candidates::Candidate;
use super::description::{Description, DescriptionWord};
use super::vectors::{WordNumber, WordVectors};
use crate::index::format::paper::DocId;
use crate::index::search::view::{RankedPaper, Reason};
use crate::index::text::abstract_terms::each_abstract_word;

/// Weights of the angle and of the nearest words beside the score of the best candidate.
const ANGLE: f32 = 1.5;
const NEAREST_WORDS: f32 = 2.0;
/// Added to a similarity before its logarithm is taken, so that one word without any near word does not decide.
const FLOOR: f32 = 0.1;
/// The least similarity of a word that is shown as a reason.
const LEAST_REASON: f32 = 0.4;

/// Ranks candidates, best first, those of equal score in the order given. `text` gives the title and the abstract of a paper; None when it
/// returns None, which cancels.
pub fn rank(
    description: &Description,
    candidates: &[Candidate],
    mut text: impl FnMut(DocId) -> Option<String>,
) -> Option<Vec<RankedPaper>> {
    let shares = description.shares();
    let of_description = unit(sum_of(shares.iter().map(|(_, number, share)| (*number, *share))));
    let best = candidates.iter().map(|candidate| candidate.score).fold(f32::MIN_POSITIVE, f32::max);
    let mut ranked = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let paper = PaperWords::of(&text(candidate.doc)?);
        let mut score = candidate.score / best;
        if !shares.is_empty() {
            score += ANGLE * dot(&of_description, &paper.direction());
            for (_, number, share) in &shares {
                let nearest = paper.nearest(*number).map_or(0.0, |(_, similarity)| similarity.max(0.0));
                score += NEAREST_WORDS * share * (nearest + FLOOR).ln();
            }
        }
        let reasons = description.words.iter().filter_map(|word| paper.reason(word)).collect();
        ranked.push(RankedPaper { doc: candidate.doc, score, reasons });
    }
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    Some(ranked)
}

/// The words of one paper.
struct PaperWords {
    /// How often each word that the word vectors know stands in it.
    known: BTreeMap<WordNumber, u32>,
    others: Vec<String>,
}

impl PaperWords {
    fn of(text: &str) -> Self {
        let vectors = WordVectors::shipped();
        let mut words = Self { known: BTreeMap::new(), others: Vec::new() };
        each_abstract_word(text, |word| match vectors.find(word) {
            Some(number) => *words.known.entry(number).or_default() += 1,
            None => words.others.push(word.to_owned()),
        });
        words
    }

    /// The unit vector of the paper: its words by weight and frequency, without what all papers share.
    fn direction(&self) -> Vec<f32> {
        let vectors = WordVectors::shipped();
        let weight = |number: WordNumber, times: u32| vectors.paper_weight(number) * (1.0 + (times as f32).ln());
        let sum = sum_of(self.known.iter().map(|(number, times)| (*number, weight(*number, *times))));
        unit(unit(sum).iter().zip(vectors.mean_paper()).map(|(part, mean)| part - mean).collect())
    }

    /// The word nearest to a word, and its similarity.
    fn nearest(&self, number: WordNumber) -> Option<(WordNumber, f32)> {
        if self.known.contains_key(&number) {
            return Some((number, 1.0));
        }
        let vectors = WordVectors::shipped();
        let all = self.known.keys().map(|other| (*other, vectors.similarity(number, *other)));
        all.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn reason(&self, word: &DescriptionWord) -> Option<Reason> {
        let found = match word.number {
            Some(number) => {
                let (found, _) = self.nearest(number).filter(|(_, similarity)| *similarity >= LEAST_REASON)?;
                WordVectors::shipped().word(found).to_owned()
            }
            None => self.others.iter().find(|other| **other == word.text)?.clone(),
        };
        Some(Reason { word: word.text.clone(), found })
    }
}

fn sum_of(words: impl Iterator<Item = (WordNumber, f32)>) -> Vec<f32> {
    let vectors = WordVectors::shipped();
    let mut sum = vec![0.0; vectors.dimensions()];
    words.for_each(|(number, weight)| vectors.add_to(&mut sum, number, weight));
    sum
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = dot(&vector, &vector).sqrt() + 1e-9;
    vector.iter_mut().for_each(|part| *part /= length);
    vector
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
