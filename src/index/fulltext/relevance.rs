//! How well papers fit the words of a query: BM25 over title, abstract and what else has a word. A word counts as often as the abstract has it,
//! half as much where a longer word begins with it, and once more for each other text that has it.

use super::full_text::FullText;
use super::paper_mapping::SegmentPapers;
use super::segment::Segment;
use crate::domain::fold::is_word_char;
use crate::index::format::paper::DocId;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::{DocSet, PaperSet, SPARSE};
use crate::index::search::parallel::{CancelCheck, map_parallel, most_threads};
use crate::index::search::view::{CountedTerm, SearchedWord};
use crate::index::text::abstract_terms::{JOINED, TermKind, each_abstract_term};

/// BM25: how soon a repeated word stops counting, and how much the length of an abstract matters.
pub(in crate::index) const K1: f32 = 1.2;
pub(in crate::index) const B: f32 = 0.75;
/// Bytes of a word of a title, with what separates it from the next.
pub(in crate::index) const TITLE_WORD: usize = 8;
/// What counts one: times are counted in halves.
const WHOLE: u16 = 2;
const HALF: u16 = 1;
/// How many postings can be passed over while one paper is looked up in a list.
const LOOKUP: usize = 4;
/// Papers for which one more thread pays.
const PER_THREAD: usize = if cfg!(test) { 2 } else { 1 << 13 };

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
    let mut docs: Vec<DocId> = Vec::with_capacity(papers.count());
    papers.0.each(|doc| docs.push(doc));
    let read = ReadAbstracts::of(words, &docs, unindexed)?;
    let mean = match text {
        Some(text) => text.mean_length(index),
        // Of those that were read.
        None => {
            let lengths = read.lengths.iter().map(|(_, length)| f32::from(*length));
            lengths.sum::<f32>().max(1.0) / docs.len().max(1) as f32
        }
    };
    let mapping = text.map(|text| (text, text.mapping(index)));
    let segments = mapping.iter().flat_map(|(text, mapping)| text.segments.iter().zip(&mapping.segments));
    let scoring = Scoring {
        words,
        index,
        segments: segments.collect(),
        unindexed: &unindexed.papers,
        read: &read,
        mean_length: mean + index.mean_title_length() / TITLE_WORD as f32,
    };
    let parts = (docs.len() / PER_THREAD).clamp(1, most_threads());
    let size = docs.len().div_ceil(parts).max(1);
    let parts: Vec<(usize, &[DocId])> = (0..).step_by(size).zip(docs.chunks(size)).collect();
    let scores = map_parallel(&parts, cancelled, |(first, docs), cancelled| scoring.scores(*first, docs, cancelled))?;
    Some(scores.concat())
}

/// What the scores of papers are computed from.
struct Scoring<'a> {
    words: &'a [SearchedWord],
    index: &'a SegmentedIndex,
    segments: Vec<(&'a Segment, &'a SegmentPapers)>,
    unindexed: &'a PaperSet,
    read: &'a ReadAbstracts,
    /// Mean number of words of an abstract and a title.
    mean_length: f32,
}

impl Scoring<'_> {
    /// Of neighbouring papers, the place of the first among all. None when cancelled.
    fn scores(&self, first: usize, docs: &[DocId], cancelled: CancelCheck<'_>) -> Option<Vec<f32>> {
        let indexed = IndexedPapers::new(docs, &self.segments, self.unindexed);
        let mut lengths = indexed.lengths(docs.len());
        add_from(&self.read.lengths, first, &mut lengths);
        let length = |(doc, words): (&DocId, &u16)| {
            let length = f32::from(*words) + (self.index.title_length(*doc) / TITLE_WORD) as f32;
            K1 * (1.0 - B + B * length / self.mean_length)
        };
        let lengths: Vec<f32> = docs.iter().zip(&lengths).map(length).collect();
        let mut scores = vec![0.0; docs.len()];
        let mut times: Vec<u16> = Vec::new();
        for (word, read) in self.words.iter().zip(&self.read.counts) {
            times.clear();
            times.resize(docs.len(), 0);
            indexed.count(word, &mut times, cancelled)?;
            add_from(read, first, &mut times);
            word.once.iter().for_each(|set| count_once(set, docs, &mut times, WHOLE));
            count_once(&word.named, docs, &mut times, HALF);
            let rarity = rarity(self.index.len(), word.papers);
            for ((score, times), length) in scores.iter_mut().zip(&times).zip(&lengths) {
                let times = f32::from(*times) / f32::from(WHOLE);
                *score += rarity * times * (K1 + 1.0) / (times + length);
            }
        }
        Some(scores)
    }
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

/// Adds numbers, by their places among all papers in ascending order, to those of papers of which the first has the place `first`.
fn add_from(numbers: &[(u32, u16)], first: usize, to: &mut [u16]) {
    let from = numbers.partition_point(|(place, _)| (*place as usize) < first);
    let end = first + to.len();
    for (place, number) in numbers.iter().skip(from).take_while(|(place, _)| (*place as usize) < end) {
        add(to, place - first as u32, *number);
    }
}

/// Whether a term is a word without signs of its own.
fn is_word(term: &[u8]) -> bool {
    let last = std::str::from_utf8(term).ok().and_then(|term| term.chars().next_back());
    last.is_some_and(is_word_char)
}

/// Adds a number for each paper of a set.
fn count_once(set: &DocSet, docs: &[DocId], times: &mut [u16], count: u16) {
    match set {
        DocSet::List(list) => list.iter().filter_map(|doc| docs.binary_search(doc).ok()).for_each(|place| {
            add(times, place as u32, count);
        }),
        DocSet::All(_) | DocSet::Bitmap(_) => {
            for (doc, times) in docs.iter().zip(times) {
                *times = times.saturating_add(if set.contains(*doc) { count } else { 0 });
            }
        }
    }
}

/// What was read of the unindexed abstracts, by the places of their papers among all.
struct ReadAbstracts {
    lengths: Vec<(u32, u16)>,
    /// How often they have each word.
    counts: Vec<Vec<(u32, u16)>>,
}

impl ReadAbstracts {
    /// None when cancelled or when one cannot be read.
    fn of(words: &[SearchedWord], docs: &[DocId], unindexed: &UnindexedAbstracts<'_>) -> Option<Self> {
        let mut all = Self { lengths: Vec::new(), counts: vec![Vec::new(); words.len()] };
        if unindexed.papers.count() == 0 {
            return Some(all);
        }
        for (place, doc) in (0..).zip(docs).filter(|(_, doc)| unindexed.papers.contains(**doc)) {
            let (mut length, mut times) = (0_u16, vec![0_u16; words.len()]);
            each_abstract_term(&(unindexed.read)(*doc)?, |found, kind| {
                length = length.saturating_add(u16::from(kind == TermKind::Word));
                let found = found.strip_prefix(JOINED).unwrap_or(found);
                if kind == TermKind::Signed {
                    return;
                }
                for (word, times) in words.iter().zip(&mut times) {
                    match &word.counted {
                        Some(CountedTerm { term, .. }) if found == term => *times = times.saturating_add(WHOLE),
                        Some(CountedTerm { term, forms })
                            if found.starts_with(term.as_str()) || forms.iter().any(|form| found == form) =>
                        {
                            *times = times.saturating_add(1);
                        }
                        _ => {}
                    }
                }
            });
            all.lengths.push((place, length));
            all.counts.iter_mut().zip(times).for_each(|(counts, times)| counts.push((place, times)));
        }
        Some(all)
    }
}

/// Papers by their numbers in the segments of a full text.
struct IndexedPapers<'a> {
    segments: Vec<(&'a Segment, Places)>,
}

impl<'a> IndexedPapers<'a> {
    fn new(docs: &[DocId], segments: &[(&'a Segment, &SegmentPapers)], unindexed: &PaperSet) -> Self {
        let is_indexed = |place: u32| docs.get(place as usize).is_some_and(|doc| !unindexed.contains(*doc));
        let all_are_indexed = unindexed.count() == 0;
        let numbered = segments.iter().map(|(segment, papers)| {
            let mut numbers = papers.numbers(docs);
            if !all_are_indexed {
                numbers.retain(|(_, place)| is_indexed(*place));
            }
            (*segment, Places::new(numbers))
        });
        Self { segments: numbered.collect() }
    }

    /// How many words the abstract of each of so many papers has.
    fn lengths(&self, papers: usize) -> Vec<u16> {
        let mut lengths = vec![0; papers];
        for (segment, places) in &self.segments {
            for (number, place) in &places.numbers {
                if let Some(length) = lengths.get_mut(*place as usize) {
                    *length = segment.length(*number);
                }
            }
        }
        lengths
    }

    /// Adds how often the abstracts have a word. None when cancelled.
    fn count(&self, word: &SearchedWord, times: &mut [u16], cancelled: CancelCheck<'_>) -> Option<()> {
        let Some(CountedTerm { term: asked, forms }) = &word.counted else { return Some(()) };
        let forms: Vec<String> = forms.iter().flat_map(|form| [form.clone(), format!("{JOINED}{form}")]).collect();
        for (segment, places) in &self.segments {
            let Some((last, _)) = places.numbers.last() else { continue };
            let (dictionary, postings) = (segment.dictionary(), segment.postings());
            let mut read = 0;
            let joined = format!("{JOINED}{asked}");
            // No term is without letters, so that each of these counts half.
            let forms = forms.iter().filter_map(|form| Some((dictionary.find(form)?, 0)));
            let longer = [asked, &joined].map(|asked| dictionary.with_prefix(asked).map(|term| (term, asked.len())));
            let terms = longer.into_iter().flatten().chain(forms);
            // A word with signs stands beside the same without them.
            for (term, length) in terms.filter(|(term, _)| is_word(dictionary.term(*term))) {
                let each = if dictionary.length(term) == length { WHOLE } else { 1 };
                let weighted = |count: usize| u16::try_from(count).unwrap_or(u16::MAX).saturating_mul(each);
                let mut positions = segment.positions(term);
                read += postings.count(term);
                if postings.count(term) > LOOKUP * places.numbers.len() {
                    let mut ordinals = postings.ordinals(term);
                    for (number, place) in &places.numbers {
                        if let Some(ordinal) = ordinals.find(*number) {
                            add(times, *place, weighted(positions.count(ordinal)));
                        }
                    }
                } else {
                    for (ordinal, number) in (0..).zip(postings.iter(term)).take_while(|(_, number)| number <= last) {
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
struct Places {
    /// Each number and its place; ascending numbers.
    numbers: Vec<(DocId, u32)>,
    /// Where there are many: the place of each number from the first to the last, `u32::MAX` for one that is not among them.
    table: Option<Vec<u32>>,
}

impl Places {
    fn new(numbers: Vec<(DocId, u32)>) -> Self {
        let (Some((first, _)), Some((last, _))) = (numbers.first(), numbers.last()) else {
            return Self { numbers, table: None };
        };
        let span = (last - first) as usize + 1;
        let is_dense = numbers.len() > span / SPARSE;
        let table = is_dense.then(|| {
            let mut table = vec![u32::MAX; span];
            for (number, place) in &numbers {
                if let Some(entry) = table.get_mut((number - first) as usize) {
                    *entry = *place;
                }
            }
            table
        });
        Self { numbers, table }
    }

    #[inline]
    fn of(&self, number: DocId) -> Option<u32> {
        let (first, _) = self.numbers.first()?;
        match &self.table {
            None => {
                let at = self.numbers.binary_search_by_key(&number, |(number, _)| *number).ok()?;
                self.numbers.get(at).map(|(_, place)| *place)
            }
            Some(table) => table.get(number.checked_sub(*first)? as usize).copied().filter(|place| *place != u32::MAX),
        }
    }
}
