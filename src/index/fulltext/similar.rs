//! Similar papers: those whose abstracts share the most significant words. Without vectors: the words that are frequent in the given text and
//! rare in the library are searched together, and the papers that share the most of them are scored by BM25.

use std::collections::HashMap;

use super::full_text::FullText;
use super::relevance::{B, K1, rarity};
use super::segment::Segment;
use crate::index::format::paper::DocId;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::search::view::{RankedPaper, Reason};
use crate::index::text::abstract_terms::each_abstract_word;

/// Most words searched for. More find no better papers and take longer.
const MOST_WORDS: usize = 30;
/// This many words are used in any case; more only while the postings read stay below a limit, so that frequent words, which are the least
/// significant, cannot make the search slow.
const FEWEST_WORDS: usize = 6;
const MOST_POSTINGS: usize = 1_500_000;
/// A paper with less than this share of the best score shares a few words by chance.
const LEAST_SHARE: f32 = 0.2;
/// Papers scored by BM25 for each one returned.
const CANDIDATES: usize = 3;
/// Most shared words returned for a paper.
const MOST_SHARED: usize = 6;

/// A word to search for.
struct WeightedWord {
    word: String,
    weight: f32,
    /// How many papers have it.
    papers: usize,
}

impl FullText {
    /// Up to `limit` papers whose abstracts share the most significant words of a text, best first; without `own`, the papers the text is
    /// from.
    pub fn similar(&self, index: &SegmentedIndex, text: &str, own: &[DocId], limit: usize) -> Vec<RankedPaper> {
        let words = self.significant_words(index, text);
        let (mean, mapping) = (self.mean_length(index), self.mapping(index));
        let segments = || self.segments.iter().zip(&mapping.segments).zip(&mapping.gone);
        let most = (limit + own.len()) * CANDIDATES;
        // The best of all segments, whichever paper is in which.
        let mut best: Vec<(u32, DocId, usize, DocId)> = Vec::new();
        for (place, ((segment, papers), gone)) in segments().enumerate() {
            let of_paper = |(sum, number)| Some((sum, papers.doc(number)?, place, number));
            best.extend(best_in(segment, gone, &words, most).into_iter().filter_map(of_paper));
        }
        best.sort_unstable_by(|one, two| two.0.cmp(&one.0).then(one.1.cmp(&two.1)));
        best.truncate(most);
        best.retain(|(_, doc, ..)| !own.contains(doc));
        let mut found = Vec::new();
        for (place, ((segment, _), _)) in segments().enumerate() {
            let of_segment = best.iter().filter(|(_, _, of, _)| *of == place);
            let mut numbers: Vec<(DocId, DocId)> = of_segment.map(|(_, doc, _, number)| (*number, *doc)).collect();
            numbers.sort_unstable();
            found.extend(scored(segment, &numbers, &words, mean));
        }
        found.sort_by(|one, two| two.score.total_cmp(&one.score).then_with(|| one.doc.cmp(&two.doc)));
        let least = found.first().map_or(0.0, |best| best.score * LEAST_SHARE);
        found.retain(|one| one.score >= least);
        found.truncate(limit);
        found
    }

    /// The most significant words of a text, best first.
    fn significant_words(&self, index: &SegmentedIndex, text: &str) -> Vec<WeightedWord> {
        let mut counts: HashMap<String, u32> = HashMap::new();
        each_abstract_word(text, |word| match counts.get_mut(word) {
            Some(count) => *count += 1,
            None if is_significant(word) => drop(counts.insert(word.to_owned(), 1)),
            None => {}
        });
        let mapping = self.mapping(index);
        let mut words: Vec<WeightedWord> = Vec::new();
        for (word, count) in counts {
            let with_word = mapping.count(&self.segments, &word);
            // A word of one paper alone finds no other.
            if with_word > 1 {
                let weight = (1.0 + (count as f32).ln()) * rarity(index.len(), with_word);
                words.push(WeightedWord { word, weight, papers: with_word });
            }
        }
        words.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.word.cmp(&b.word)));
        let (mut chosen, mut postings) = (0, 0);
        words.retain(|word| {
            let fits = chosen < FEWEST_WORDS || (chosen < MOST_WORDS && postings + word.papers <= MOST_POSTINGS);
            if fits {
                chosen += 1;
                postings += word.papers;
            }
            fits
        });
        words
    }
}

/// The papers of a segment that share the most of the words, by their numbers there, with their sums as in `best`.
fn best_in(segment: &Segment, gone: &[DocId], words: &[WeightedWord], limit: usize) -> Vec<(u32, DocId)> {
    let (dictionary, postings) = (segment.dictionary(), segment.postings());
    let mut sums = vec![0_f32; segment.papers()];
    for word in words {
        let Some(term) = dictionary.find(&word.word) else { continue };
        postings.each(term, |doc| {
            if let Some(sum) = sums.get_mut(doc as usize) {
                *sum += word.weight;
            }
        });
    }
    for number in gone {
        if let Some(sum) = sums.get_mut(*number as usize) {
            *sum = 0.0;
        }
    }
    best(&sums, limit)
}

/// Papers of a segment with their scores. `papers`: their ascending numbers in the segment, each with its document id.
fn scored(segment: &Segment, papers: &[(DocId, DocId)], words: &[WeightedWord], mean: f32) -> Vec<RankedPaper> {
    let (dictionary, postings) = (segment.dictionary(), segment.postings());
    let mut found: Vec<RankedPaper> = papers.iter().map(|(_, doc)| RankedPaper::unranked(*doc)).collect();
    // Words come most significant first, and so do the shared words.
    for word in words {
        let Some(term) = dictionary.find(&word.word) else { continue };
        let mut positions = segment.positions(term);
        let mut ordinals = postings.ordinals(term);
        for ((number, _), similar) in papers.iter().zip(&mut found) {
            let Some(ordinal) = ordinals.find(*number) else { continue };
            let times = positions.count(ordinal) as f32;
            let length = f32::from(segment.length(*number)) / mean;
            similar.score += word.weight * times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length));
            if similar.reasons.len() < MOST_SHARED {
                similar.reasons.push(Reason::same(&word.word));
            }
        }
    }
    found
}

/// The `limit` papers with the highest sums, each with the bits of its sum, which compare like the sums; the newest among equals.
fn best(sums: &[f32], limit: usize) -> Vec<(u32, DocId)> {
    let mut found: Vec<(u32, DocId)> = Vec::new();
    let mut least = 0;
    for (doc, sum) in (0..).zip(sums) {
        // The bits of positive floats compare like the floats.
        let sum = sum.to_bits();
        if sum <= least {
            continue;
        }
        found.push((sum, doc));
        if found.len() >= 2 * limit.max(1) {
            found.select_nth_unstable_by(limit.max(1) - 1, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            found.truncate(limit.max(1));
            least = found.iter().map(|(sum, _)| *sum).min().unwrap_or(0);
        }
    }
    found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    found.truncate(limit);
    found
}

/// Words that carry grammar, not meaning. In a large library their frequency shows that, in a small one it does not.
const FUNCTION_WORDS: [&str; 56] = [
    "all", "also", "an", "and", "are", "as", "at", "be", "both", "but", "by", "can", "each", "every", "for", "from",
    "has", "have", "how", "in", "into", "is", "it", "its", "more", "most", "not", "of", "on", "one", "only", "or",
    "other", "others", "our", "over", "several", "such", "than", "that", "the", "their", "these", "they", "this", "to",
    "was", "we", "were", "what", "when", "where", "which", "while", "with", "without",
];

/// Whether a word may say something about a paper: single letters, plain numbers and function words do not.
fn is_significant(word: &str) -> bool {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    word.chars().nth(1).is_some() && !is_number && FUNCTION_WORDS.binary_search(&word).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_with_a_meaning_are_significant() {
        assert!(FUNCTION_WORDS.is_sorted());
        assert!(is_significant("adapter") && is_significant("3d") && is_significant("字字"));
        assert!(
            !is_significant("the") && !is_significant("without") && !is_significant("x") && !is_significant("2048")
        );
    }
}
