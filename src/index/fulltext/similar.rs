//! Papers like others: those whose abstracts share the most telling words. No vectors: the words that are frequent in the one and rare in
//! the library are asked for all at once; the papers that share the most of them are weighed as BM25 does, and the best win.

use std::collections::HashMap;

use super::segment::Piece;
use super::{FullText, Papers};
use crate::domain::fold;
use crate::index::{DocId, Index};

/// Words asked for. More find no better papers and take longer.
const WORDS: usize = 30;
/// So many of them in any case; of the others those that fit into a bound on the papers that are looked at, so that frequent words, which
/// tell the least, cannot make it slow.
const FEWEST: usize = 6;
const LOOKED_AT: usize = 1_500_000;
/// A paper with less than this part of the best score shares a few words by chance.
const LEAST: f32 = 0.2;
/// Papers weighed for each that is wanted.
const WEIGHED: usize = 3;
/// Shared words that are told.
const TOLD: usize = 6;
/// BM25: how soon a word that is repeated counts no more, and how much the length of an abstract matters.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// A paper like others.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    pub doc: DocId,
    pub score: f32,
    /// The words it shares with them, folded, the most telling first.
    pub shared: Vec<String>,
}

/// A word that is asked for.
struct Telling {
    word: String,
    weight: f32,
    /// Papers that have it.
    having: usize,
}

impl FullText {
    /// Up to `most` papers whose abstracts share the most telling words of a text, best first; `own` are the papers the text is of, which
    /// are left out.
    pub fn similar(&self, index: &Index, text: &str, own: &[DocId], most: usize) -> Vec<Likeness> {
        let words = self.telling(text);
        let fitted = self.fitted(index);
        let mut found = Vec::new();
        for (piece, papers) in self.pieces.iter().zip(&fitted.papers) {
            found.extend(like(piece, papers, &words, own, most));
        }
        found.sort_by(|one, two| two.score.total_cmp(&one.score).then_with(|| one.doc.cmp(&two.doc)));
        let least = found.first().map_or(0.0, |best| best.score * LEAST);
        found.retain(|one| one.score >= least);
        found.truncate(most);
        found
    }

    /// The words of a text that tell the most, best first.
    fn telling(&self, text: &str) -> Vec<Telling> {
        let mut counts: HashMap<String, u32> = HashMap::new();
        fold::each_word(text, |word| match counts.get_mut(word) {
            Some(count) => *count += 1,
            None if tells(word) => drop(counts.insert(word.to_owned(), 1)),
            None => {}
        });
        let papers: usize = self.pieces.iter().map(Piece::papers).sum();
        let mut words: Vec<Telling> = Vec::new();
        for (word, count) in counts {
            let in_piece = |piece: &Piece| piece.lexicon().find(&word).map_or(0, |term| piece.lists().count(term));
            let having: usize = self.pieces.iter().map(in_piece).sum();
            // A word of the paper alone leads nowhere.
            if having > 1 {
                let rarity = ((papers as f32 - having as f32 + 0.5) / (having as f32 + 0.5)).max(0.0).ln_1p();
                words.push(Telling { word, weight: (1.0 + (count as f32).ln()) * rarity, having });
            }
        }
        words.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.word.cmp(&b.word)));
        let (mut chosen, mut looked_at) = (0, 0);
        words.retain(|word| {
            let fits = chosen < FEWEST || (chosen < WORDS && looked_at + word.having <= LOOKED_AT);
            if fits {
                chosen += 1;
                looked_at += word.having;
            }
            fits
        });
        words
    }
}

/// The best papers of a piece.
fn like(piece: &Piece, papers: &Papers, words: &[Telling], own: &[DocId], most: usize) -> Vec<Likeness> {
    let (lexicon, lists) = (piece.lexicon(), piece.lists());
    let terms: Vec<(u32, &Telling)> = words.iter().filter_map(|word| Some((lexicon.find(&word.word)?, word))).collect();
    let mut sums = vec![0_f32; piece.papers()];
    for (term, word) in &terms {
        lists.each(*term, |doc| {
            if let Some(sum) = sums.get_mut(doc as usize) {
                *sum += word.weight;
            }
        });
    }
    let mut docs = best(&sums, (most + own.len()) * WEIGHED);
    docs.retain(|number| papers.doc(*number).is_some_and(|doc| !own.contains(&doc)));
    docs.sort_unstable();
    let mean = mean_length(piece);
    let mut found: Vec<Likeness> = docs
        .iter()
        .map(|number| Likeness { doc: papers.doc(*number).unwrap_or(DocId::MAX), score: 0.0, shared: Vec::new() })
        .collect();
    // The words come best first, and so do those that are told.
    for (term, word) in &terms {
        let mut places = piece.places(*term);
        let mut weighed = docs.iter().zip(&mut found);
        lists.ordinals(*term, &docs, |doc, ordinal| {
            let Some((_, like)) = weighed.find(|(other, _)| **other == doc) else { return };
            let times = places.of(ordinal).len() as f32;
            let length = f32::from(piece.length(doc)) / mean;
            like.score += word.weight * times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length));
            if like.shared.len() < TOLD {
                like.shared.push(word.word.clone());
            }
        });
    }
    found
}

/// The papers with the highest sums, in no order; of those on the edge the newest.
fn best(sums: &[f32], most: usize) -> Vec<DocId> {
    let mut found: Vec<(u32, DocId)> = Vec::new();
    let mut least = 0;
    for (doc, sum) in (0..).zip(sums) {
        // The bits of positive numbers are in the order of the numbers.
        let sum = sum.to_bits();
        if sum <= least {
            continue;
        }
        found.push((sum, doc));
        if found.len() >= 2 * most.max(1) {
            found.select_nth_unstable_by(most.max(1) - 1, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            found.truncate(most.max(1));
            least = found.iter().map(|(sum, _)| *sum).min().unwrap_or(0);
        }
    }
    found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    found.truncate(most);
    found.into_iter().map(|(_, doc)| doc).collect()
}

/// Mean number of words of some of the abstracts, which are enough to know.
fn mean_length(piece: &Piece) -> f32 {
    let step = (piece.papers() / 4096).max(1);
    let some = (0..).zip(0..piece.papers()).map(|(doc, _)| doc).step_by(step);
    let (sum, count) = some.fold((0.0, 0.0), |(sum, count), doc| (sum + f32::from(piece.length(doc)), count + 1.0));
    if sum > 0.0 { sum / count } else { 1.0 }
}

/// Words that hold sentences together. In a large library their number gives them away, in a small one it does not.
const FUNCTION_WORDS: [&str; 56] = [
    "all", "also", "an", "and", "are", "as", "at", "be", "both", "but", "by", "can", "each", "every", "for", "from",
    "has", "have", "how", "in", "into", "is", "it", "its", "more", "most", "not", "of", "on", "one", "only", "or",
    "other", "others", "our", "over", "several", "such", "than", "that", "the", "their", "these", "they", "this", "to",
    "was", "we", "were", "what", "when", "where", "which", "while", "with", "without",
];

/// Single letters, plain numbers and function words say nothing about a paper.
fn tells(word: &str) -> bool {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    word.chars().nth(1).is_some() && !is_number && FUNCTION_WORDS.binary_search(&word).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_with_a_meaning_tell() {
        assert!(FUNCTION_WORDS.is_sorted());
        assert!(tells("adapter") && tells("3d") && tells("字字"));
        assert!(!tells("the") && !tells("without") && !tells("x") && !tells("2048"));
    }
}
