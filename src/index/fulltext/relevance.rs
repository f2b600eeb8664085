//! How well papers fit the words of a query: BM25 over title, abstract and what else has a word. A word counts as often as the abstract has it,
//! half as much where a longer word begins with it, and once more for each other text that has it.

use super::full_text::FullText;
use super::segment::Segment;
use crate::domain::fold::is_word_char;
use crate::index::format::paper::DocId;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::{DocSet, PaperSet, SPARSE};
use crate::index::search::parallel::CancelCheck;
use crate::index::search::view::SearchedWord;
use crate::index::text::abstract_terms::{JOINED, TermKind, each_abstract_term};

/// BM25: how soon a repeated word stops counting, and how much the length of an abstract matters.
pub(in crate::index) const K1: f32 = 1.2;
pub(in crate::index) const B: f32 = 0.75;
/// Bytes of a word of a title, with what separates it from the next.
pub(in crate::index) const TITLE_WORD: usize = 8;
/// What counts one: times are counted in halves.
const WHOLE: u16 = 2;
/// How many postings can be passed over while one paper is looked up in a list.
const LOOKUP: usize = 4;

/// The abstracts of papers that the full text does not have as they are now.
pub struct UnindexedAbstracts<'a> {
    pub papers: PaperSet,
    /// The rendered abstract of a paper, empty where there is none; None when it cannot be read or the search was cancelled.
    pub read: &'a dyn Fn(DocId) -> Option<String>,
}

/// A score for each of the papers, in their order. None when cancelled.
pub fn relevance(
    words: &[SearchedWord],
    (index, text): (&SegmentedIndex, Option<&FullText>),
    papers: &PaperSet,
    unindexed: &UnindexedAbstracts<'_>,
    cancelled: CancelCheck<'_>,
) -> Option<Vec<f32>> {
    let docs: Vec<DocId> = papers.0.iter_from(0).collect();
    let indexed = IndexedPapers::new(&docs, (index, text), &unindexed.papers);
    let mut lengths = indexed.lengths(docs.len());
    let read = read(words, &docs, unindexed, &mut lengths)?;
    let mean = match text {
        Some(text) => text.mean_length(index),
        // Of those that were read.
        None => lengths.iter().map(|length| f32::from(*length)).sum::<f32>().max(1.0) / docs.len().max(1) as f32,
    };
    let mean = mean + index.mean_title_length() / TITLE_WORD as f32;
    let length = |(doc, words): (&DocId, &u16)| f32::from(*words) + (index.title_length(*doc) / TITLE_WORD) as f32;
    let length_part = |length: f32| K1 * (1.0 - B + B * length / mean);
    let length_parts: Vec<f32> = docs.iter().zip(&lengths).map(length).map(length_part).collect();
    let mut scores = vec![0.0; docs.len()];
    let mut times: Vec<u16> = Vec::new();
    for (word, read) in words.iter().zip(read) {
        times.clear();
        times.resize(docs.len(), 0);
        indexed.count(word, &mut times, cancelled)?;
        read.into_iter().for_each(|(place, count)| add(&mut times, place, count));
        word.once.iter().for_each(|set| count_once(set, &docs, &mut times));
        let rarity = rarity(index.len(), word.papers);
        for ((score, times), length) in scores.iter_mut().zip(&times).zip(&length_parts) {
            let times = f32::from(*times) / f32::from(WHOLE);
            *score += rarity * times * (K1 + 1.0) / (times + length);
        }
    }
    Some(scores)
}

/// The inverse document frequency of what `having` of some papers have.
pub(in crate::index) fn rarity(papers: usize, having: usize) -> f32 {
    let (papers, having) = (papers as f32, having.min(papers) as f32);
    ((papers - having + 0.5) / (having + 0.5)).ln_1p()
}

fn add(times: &mut [u16], place: u32, count: u16) {
    if let Some(times) = times.get_mut(place as usize) {
        *times = times.saturating_add(count);
    }
}

/// Whether a term is a word without signs of its own.
fn is_word(term: &[u8]) -> bool {
    let last = std::str::from_utf8(term).ok().and_then(|term| term.chars().next_back());
    last.is_some_and(is_word_char)
}

/// Adds one for each paper of a set.
fn count_once(set: &DocSet, docs: &[DocId], times: &mut [u16]) {
    match set {
        DocSet::List(list) => list.iter().filter_map(|doc| docs.binary_search(doc).ok()).for_each(|place| {
            add(times, place as u32, WHOLE);
        }),
        DocSet::All(_) | DocSet::Bitmap(_) => {
            for (doc, times) in docs.iter().zip(times) {
                *times = times.saturating_add(if set.contains(*doc) { WHOLE } else { 0 });
            }
        }
    }
}

/// How often the unindexed abstracts have each word, by the place of the paper; and the lengths of these abstracts. None when cancelled or when
/// one cannot be read.
fn read(
    words: &[SearchedWord],
    docs: &[DocId],
    unindexed: &UnindexedAbstracts<'_>,
    lengths: &mut [u16],
) -> Option<Vec<Vec<(u32, u16)>>> {
    let mut counts = vec![Vec::new(); words.len()];
    for ((place, doc), length) in (0..).zip(docs).zip(lengths) {
        if !unindexed.papers.contains(*doc) {
            continue;
        }
        let mut times = vec![0_u16; words.len()];
        each_abstract_term(&(unindexed.read)(*doc)?, |found, kind| {
            *length = length.saturating_add(u16::from(kind == TermKind::Word));
            let found = found.strip_prefix(JOINED).unwrap_or(found);
            if kind == TermKind::Signed {
                return;
            }
            for (word, times) in words.iter().zip(&mut times) {
                match &word.counted {
                    Some(term) if found == term => *times = times.saturating_add(WHOLE),
                    Some(term) if found.starts_with(term.as_str()) => *times = times.saturating_add(1),
                    _ => {}
                }
            }
        });
        counts.iter_mut().zip(times).for_each(|(counts, times)| counts.push((place, times)));
    }
    Some(counts)
}

/// Papers by their numbers in the segments of a full text.
struct IndexedPapers<'a> {
    segments: Vec<(&'a Segment, Vec<(DocId, u32)>)>,
}

impl<'a> IndexedPapers<'a> {
    fn new(docs: &[DocId], (index, text): (&SegmentedIndex, Option<&'a FullText>), unindexed: &PaperSet) -> Self {
        let Some(text) = text else { return Self { segments: Vec::new() } };
        let is_indexed = |place: u32| docs.get(place as usize).is_some_and(|doc| !unindexed.contains(*doc));
        let mapping = text.mapping(index);
        let numbered = text.segments.iter().zip(&mapping.segments).map(|(segment, papers)| {
            let mut numbers = papers.numbers(docs);
            numbers.retain(|(_, place)| is_indexed(*place));
            (segment, numbers)
        });
        Self { segments: numbered.collect() }
    }

    /// How many words the abstract of each of so many papers has.
    fn lengths(&self, papers: usize) -> Vec<u16> {
        let mut lengths = vec![0; papers];
        for (segment, numbers) in &self.segments {
            for (number, place) in numbers {
                if let Some(length) = lengths.get_mut(*place as usize) {
                    *length = segment.length(*number);
                }
            }
        }
        lengths
    }

    /// Adds how often the abstracts have a word. None when cancelled.
    fn count(&self, word: &SearchedWord, times: &mut [u16], cancelled: CancelCheck<'_>) -> Option<()> {
        let Some(asked) = &word.counted else { return Some(()) };
        for (segment, numbers) in &self.segments {
            let places = Places::new(segment, numbers);
            let (dictionary, postings) = (segment.dictionary(), segment.postings());
            let mut read = 0;
            let joined = format!("{JOINED}{asked}");
            let terms = [asked, &joined].map(|asked| dictionary.with_prefix(asked).map(|term| (term, asked.len())));
            // A word with signs stands beside the same without them.
            for (term, length) in terms.into_iter().flatten().filter(|(term, _)| is_word(dictionary.term(*term))) {
                let each = if dictionary.length(term) == length { WHOLE } else { 1 };
                let weighted = |count: usize| u16::try_from(count).unwrap_or(u16::MAX).saturating_mul(each);
                let mut positions = segment.positions(term);
                read += postings.count(term);
                if postings.count(term) > LOOKUP * numbers.len() {
                    let mut ordinals = postings.ordinals(term);
                    for (number, place) in numbers {
                        if let Some(ordinal) = ordinals.find(*number) {
                            add(times, *place, weighted(positions.count(ordinal)));
                        }
                    }
                } else {
                    for (ordinal, number) in (0..).zip(postings.iter(term)) {
                        if let Some(place) = places.of(number) {
                            add(times, place, weighted(positions.count(ordinal)));
                        }
                    }
                }
                if read >= 1 << 16 {
                    read = 0;
                    if cancelled() {
                        return None;
                    }
                }
            }
        }
        Some(())
    }
}

/// From a number in a segment to the place among some papers.
enum Places<'a> {
    Few(&'a [(DocId, u32)]),
    /// For each paper of the segment; `u32::MAX` for one that is not among them.
    Many(Vec<u32>),
}

impl<'a> Places<'a> {
    fn new(segment: &Segment, numbers: &'a [(DocId, u32)]) -> Self {
        if numbers.len() <= segment.papers() / SPARSE {
            return Self::Few(numbers);
        }
        let mut all = vec![u32::MAX; segment.papers()];
        for (number, place) in numbers {
            if let Some(entry) = all.get_mut(*number as usize) {
                *entry = *place;
            }
        }
        Self::Many(all)
    }

    #[inline]
    fn of(&self, number: DocId) -> Option<u32> {
        match self {
            Self::Few(numbers) => {
                let at = numbers.binary_search_by_key(&number, |(number, _)| *number).ok()?;
                numbers.get(at).map(|(_, place)| *place)
            }
            Self::Many(all) => all.get(number as usize).copied().filter(|place| *place != u32::MAX),
        }
    }
}
