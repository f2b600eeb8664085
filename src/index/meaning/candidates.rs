//! The papers that have the most words of a description, or words near them: BM25 over title and abstract together, where each word of the
//! description counts by the best of itself and its near words. Papers go by in blocks, so that the memory is the same for any library.

use std::iter::Peekable;

use super::description::{Description, DescriptionWord};
use super::vectors::WordVectors;
use crate::index::format::dictionary::TermDictionary;
use crate::index::format::file::Section;
use crate::index::format::paper::DocId;
use crate::index::format::postings::{PostingsIterator, PostingsReader, TITLES};
use crate::index::format::reader::Index;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::fulltext::{B, FullText, FullTextOfIndex, K1, TITLE_WORD, TermFrequencies, rarity};
use crate::index::search::parallel::CancelCheck;
use crate::index::search::typos::papers_with_title_word;

/// Papers that are scored together: their scores stay in the cache of a core.
const BLOCK: usize = 1 << 14;
/// How much the trained weight of a word changes what BM25 makes of it, and the factor of a word that has no trained weight.
pub(super) const WEIGHT_POWER: f32 = 0.35;
pub(super) const UNKNOWN_WORD: f32 = 1.4;

/// A paper with its score; higher is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    pub doc: DocId,
    pub score: f32,
}

/// The up to `most` papers that have the most of a description, best first, the newest of equals first; only papers for which `is_wanted`.
/// Without a full text only titles are read. None when cancelled.
pub fn candidates(
    description: &Description,
    library: (&SegmentedIndex, Option<&FullText>),
    most: usize,
    is_wanted: &dyn Fn(DocId) -> bool,
    cancelled: CancelCheck<'_>,
) -> Option<Vec<Candidate>> {
    let mut best = BestPapers::new(most);
    score(description, library, BLOCK, cancelled, &mut |candidate| best.offer(candidate, is_wanted))?;
    Some(best.sorted())
}

/// Visits every paper with its score, `papers_at_a_time`, in the order of the index. None when cancelled.
pub(super) fn score(
    description: &Description,
    (index, text): (&SegmentedIndex, Option<&FullText>),
    papers_at_a_time: usize,
    cancelled: CancelCheck<'_>,
    visit: &mut dyn FnMut(Candidate),
) -> Option<()> {
    let text = text.map(|text| text.of_index(index));
    let library = LibraryTerms { text: text.as_ref(), index };
    let mut words: Vec<Vec<ScoredTerm<'_>>> = description.words.iter().map(|word| library.terms(word)).collect();
    let (abstracts, mean_abstract) = text.as_ref().map(FullTextOfIndex::lengths).unwrap_or_default();
    let lengths = PaperLengths { abstracts, index };
    let mean = mean_abstract + index.mean_title_length() / TITLE_WORD as f32;
    let mut block = PaperBlock::default();
    for start in (0..index.len()).step_by(papers_at_a_time) {
        if cancelled() {
            return None;
        }
        block.begin(start as DocId, (index.len() - start).min(papers_at_a_time));
        for (length, doc) in block.lengths.iter_mut().zip(block.start..) {
            *length = K1 * (1.0 - B + B * lengths.of(doc) / mean);
        }
        for terms in &mut words {
            block.add_word(terms);
        }
        for (doc, score) in (block.start..).zip(&block.sums) {
            visit(Candidate { doc, score: *score });
        }
    }
    Some(())
}

/// The terms of a library.
struct LibraryTerms<'a> {
    text: Option<&'a FullTextOfIndex<'a>>,
    index: &'a SegmentedIndex,
}

/// A term and the papers that have it, as far as they were not read.
struct ScoredTerm<'a> {
    /// What it counts in a paper of usual length that has it once.
    weight: f32,
    abstracts: Vec<Peekable<TermFrequencies<'a>>>,
    titles: Vec<Peekable<TitleDocs<'a>>>,
}

/// The papers of one segment of the index whose title has a term, in ascending order.
struct TitleDocs<'a> {
    index: &'a SegmentedIndex,
    segment: &'a Index,
    docs: PostingsIterator<'a>,
}

impl Iterator for TitleDocs<'_> {
    type Item = DocId;

    #[inline]
    fn next(&mut self) -> Option<DocId> {
        loop {
            if let Some(doc) = self.index.of_segment(self.segment, self.docs.next()?) {
                return Some(doc);
            }
        }
    }
}

impl<'a> LibraryTerms<'a> {
    /// A word of a description and the words near it, as far as the library has them.
    fn terms(&self, word: &DescriptionWord) -> Vec<ScoredTerm<'a>> {
        let vectors = WordVectors::shipped();
        let own = self.rarity(&word.text);
        let factor = match (word.number, own) {
            (Some(number), Some(rarity)) => (vectors.query_weight(number) / rarity).powf(WEIGHT_POWER),
            _ => UNKNOWN_WORD,
        };
        let mut terms = Vec::new();
        if let Some(rarity) = own {
            terms.push(self.term(&word.text, factor * rarity));
        }
        for near in word.near.iter() {
            let text = vectors.word(near.number);
            if let Some(rarity) = self.rarity(text) {
                terms.push(self.term(text, factor * near.similarity * rarity.min(own.unwrap_or(f32::MAX))));
            }
        }
        terms
    }

    /// The inverse document frequency of a term; None when no paper has it.
    fn rarity(&self, term: &str) -> Option<f32> {
        let in_titles = papers_with_title_word(self.index, term);
        let in_abstracts = self.text.map_or(0, |text| text.count(term));
        let having = in_titles.max(in_abstracts);
        (having > 0).then(|| rarity(self.index.len(), having))
    }

    /// The segments of the index that know a term, their posting lists of titles, and the number of the term.
    fn titles(&self, term: &str) -> impl Iterator<Item = (&'a Index, PostingsReader<'a>, u32)> {
        self.index.segments().filter_map(move |segment| {
            let dictionary = TermDictionary::open(&segment.file, Section::Terms, Section::TermOffsets);
            Some((segment, PostingsReader::open(&segment.file, TITLES), dictionary.find(term)?))
        })
    }

    fn term(&self, term: &str, weight: f32) -> ScoredTerm<'a> {
        let abstracts = self.text.map(|text| text.frequencies(term)).unwrap_or_default();
        let titles = self.titles(term).map(|(segment, titles, number)| {
            TitleDocs { index: self.index, segment, docs: titles.iter(number) }.peekable()
        });
        ScoredTerm {
            weight: weight * (K1 + 1.0),
            abstracts: abstracts.into_iter().map(Iterator::peekable).collect(),
            titles: titles.collect(),
        }
    }
}

/// How many words each paper has.
struct PaperLengths<'a> {
    abstracts: Vec<u16>,
    index: &'a SegmentedIndex,
}

impl PaperLengths<'_> {
    fn of(&self, doc: DocId) -> f32 {
        let title = self.index.title_length(doc) / TITLE_WORD;
        f32::from(self.abstracts.get(doc as usize).copied().unwrap_or(0)) + title as f32
    }
}

/// Consecutive papers while they are scored.
#[derive(Default)]
struct PaperBlock {
    start: DocId,
    /// What the length of each paper adds below the fraction of BM25.
    lengths: Vec<f32>,
    /// The score of each paper.
    sums: Vec<f32>,
    /// The score of each paper for one word.
    of_word: Vec<f32>,
    /// How often each paper has one term.
    times: Vec<u32>,
    /// The papers that have it.
    having: Vec<usize>,
}

impl PaperBlock {
    fn begin(&mut self, start: DocId, papers: usize) {
        self.start = start;
        for column in [&mut self.lengths, &mut self.sums, &mut self.of_word] {
            column.clear();
            column.resize(papers, 0.0);
        }
        self.times.resize(papers, 0);
    }

    /// Adds the best of the terms of one word to each paper.
    fn add_word(&mut self, terms: &mut [ScoredTerm<'_>]) {
        self.of_word.fill(0.0);
        for term in terms {
            self.count(term);
            for at in self.having.drain(..) {
                let (Some(times), Some(length)) = (self.times.get_mut(at), self.lengths.get(at)) else { continue };
                let count = std::mem::take(times) as f32;
                let score = term.weight * count / (count + length);
                if let Some(best) = self.of_word.get_mut(at) {
                    *best = best.max(score);
                }
            }
        }
        self.sums.iter_mut().zip(&self.of_word).for_each(|(sum, score)| *sum += score);
    }

    /// Reads how often each paper of the block has a term: in its abstract, and once for its title.
    fn count(&mut self, term: &mut ScoredTerm<'_>) {
        let end = self.start + self.lengths.len() as DocId;
        let mut add = |doc: DocId, count: u32| {
            let at = (doc - self.start) as usize;
            if let Some(times) = self.times.get_mut(at) {
                if *times == 0 {
                    self.having.push(at);
                }
                *times += count;
            }
        };
        for list in &mut term.abstracts {
            while let Some((doc, count)) = list.next_if(|(doc, _)| *doc < end) {
                add(doc, count);
            }
        }
        for list in &mut term.titles {
            while let Some(doc) = list.next_if(|doc| *doc < end) {
                add(doc, 1);
            }
        }
    }
}

/// The best papers seen so far.
struct BestPapers {
    most: usize,
    found: Vec<Candidate>,
    /// A paper must be better.
    least: f32,
}

impl BestPapers {
    fn new(most: usize) -> Self {
        Self { most, found: Vec::new(), least: 0.0 }
    }

    fn offer(&mut self, candidate: Candidate, is_wanted: &dyn Fn(DocId) -> bool) {
        if candidate.score > self.least && is_wanted(candidate.doc) {
            self.found.push(candidate);
            if self.found.len() >= 2 * self.most.max(1) {
                self.cut();
                self.least = self.found.last().map_or(0.0, |worst| worst.score);
            }
        }
    }

    fn cut(&mut self) {
        self.found.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.doc.cmp(&b.doc)));
        self.found.truncate(self.most);
    }

    fn sorted(mut self) -> Vec<Candidate> {
        self.cut();
        self.found
    }
}
