//! The papers that one query word matches, each with the tier of its best match: first the terms of the dictionary that match, then their
//! postings. Small results are lists; large ones are bitmaps with the tier as three bit planes, so that words are joined and scores summed
//! 64 papers at a time. The whole query is evaluated in `evaluate`.

use std::sync::Arc;

use super::parallel::{CancelCheck, filter_parallel};
use super::union::{ListsToJoin, UnionOfLists, union};
use crate::domain::query::How;
use crate::index::format::dictionary::{TermDictionary, letter_mask};
use crate::index::format::file::Section;
use crate::index::format::merged_order::MergedOrder;
use crate::index::format::paper::DocId;
use crate::index::format::postings::{AUTHORS, INITIALS, PREFIXES, PostingsReader, TITLES};
use crate::index::format::reader::Index;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::{Bitmap, DocSet, SPARSE, SetBits};
use crate::index::text::tokens;
use crate::index::text::word_match::{Tier, WordMatcher};

/// The field that a word is searched in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum WordField {
    /// Title and authors.
    Any,
    Title,
    Author,
}

/// Postings read between two cancellation checks; also terms of the dictionary.
const CHECK_INTERVAL: usize = 1 << 16;
/// Terms whose letter masks are compared at once.
const TERMS: usize = 64;

/// What it costs to match a word with the texts of a paper, in postings that could be read meanwhile.
const READING: usize = if cfg!(test) { 2 } else { 600 };
/// The same where the bytes of nearly every text decide.
const READING_BYTES: usize = if cfg!(test) { 2 } else { 80 };

/// The papers that one word matches.
pub(crate) struct WordSet {
    pub(crate) docs: DocSet,
    tiers: Tiers,
}

enum Tiers {
    /// One for each paper of the list.
    List(Vec<u8>),
    Planes([Bitmap; Tier::BITS]),
}

impl WordSet {
    /// How many papers have the word in whole, as a beginning or as a part of one.
    pub(crate) fn papers_with_word(&self) -> usize {
        match &self.tiers {
            Tiers::List(tiers) => {
                let is_word = |tier: &&u8| **tier >= Tier::Substring as u8 && **tier != Tier::Initials as u8;
                tiers.iter().filter(is_word).count()
            }
            // Of the tiers with the highest bit, only that of initialisms has the lowest without the middle one.
            Tiers::Planes([low, middle, high]) => {
                let words = low.words().iter().zip(middle.words()).zip(high.words());
                words.map(|((low, middle), high)| (high & (middle | !low)).count_ones() as usize).sum()
            }
        }
    }

    /// The tier of a paper; 0 for one that the word does not match.
    pub(crate) fn tier(&self, doc: DocId) -> u8 {
        match (&self.tiers, &self.docs) {
            (Tiers::Planes(planes), _) => {
                (0..).zip(planes).map(|(bit, plane)| u8::from(plane.contains(doc)) << bit).sum()
            }
            (Tiers::List(tiers), DocSet::List(docs)) => {
                docs.binary_search(&doc).ok().and_then(|at| tiers.get(at).copied()).unwrap_or(0)
            }
            (Tiers::List(_), _) => 0,
        }
    }

    /// The tiers as bit planes; None when they are a list.
    pub(crate) fn planes(&self) -> Option<&[Bitmap; Tier::BITS]> {
        match &self.tiers {
            Tiers::Planes(planes) => Some(planes),
            Tiers::List(_) => None,
        }
    }

    /// The papers of both segments, from those of the whole one and of the recent one.
    fn merged(self, recent: &Self, order: &MergedOrder) -> Self {
        let mut tiers_of_recent = Vec::new();
        recent
            .docs
            .each(|doc| tiers_of_recent.extend(order.of_recent_doc(doc).map(|common| (common, recent.tier(doc)))));
        match self.tiers {
            Tiers::List(tiers) => {
                let mut docs = Vec::with_capacity(tiers.len());
                self.docs.each(|doc| docs.push(order.of_whole_doc(doc)));
                let of_whole = docs.into_iter().zip(tiers).filter_map(|(doc, tier)| Some((doc?, tier)));
                let mut all: Vec<(DocId, u8)> = of_whole.chain(tiers_of_recent).collect();
                all.sort_unstable();
                let (docs, tiers) = all.into_iter().unzip();
                Self { docs: DocSet::list(docs), tiers: Tiers::List(tiers) }
            }
            Tiers::Planes(planes) => {
                let docs = order.merged(self.docs, &recent.docs);
                let docs = DocSet::Bitmap(docs.into_bitmap(order.papers()));
                let mut planes = planes.map(|plane| order.bits_of_whole(&plane));
                for (doc, tier) in tiers_of_recent {
                    for (_, plane) in planes.iter_mut().enumerate().filter(|(bit, _)| tier >> bit & 1 == 1) {
                        plane.insert(doc);
                    }
                }
                Self { docs, tiers: Tiers::Planes(planes) }
            }
        }
    }

    /// Approximate size in bytes.
    pub(crate) fn size(&self, papers: usize) -> usize {
        match &self.tiers {
            Tiers::List(tiers) => tiers.len() * 5,
            Tiers::Planes(_) => papers / 8 * (Tier::BITS + 1),
        }
    }
}

/// The numbers of the terms that match, by tier.
pub(super) type MatchingTerms = [Vec<u32>; Tier::Exact as usize + 1];

/// None when cancelled.
pub(super) fn matching_terms(
    index: &Index,
    matcher: &WordMatcher<'_>,
    cancelled: CancelCheck<'_>,
) -> Option<MatchingTerms> {
    let dictionary = TermDictionary::open(&index.file, Section::Terms, Section::TermOffsets);
    let mut terms = MatchingTerms::default();
    let mut add = |number| {
        if let Some(tier) = matcher.tier(dictionary.term(number))
            && let Some(list) = terms.get_mut(tier as usize)
        {
            list.push(number);
        }
    };
    if matcher.is_prefix_only() {
        dictionary.with_prefix(matcher.word).for_each(&mut add);
        return Some(terms);
    }
    let letters = index.file.section(Section::TermMasks).as_chunks::<8>().0;
    for (first, letters) in (0u32..).step_by(TERMS).zip(letters.chunks(TERMS)) {
        for number in SetBits(matcher.may_match_by_letters(letters)).map(|bit| first + bit) {
            if matcher.may_match(letter_mask(&index.file, number), || dictionary.length(number)) {
                add(number);
            }
        }
        if (first as usize).is_multiple_of(CHECK_INTERVAL) && cancelled() {
            return None;
        }
    }
    Some(terms)
}

/// The papers that match a folded word; None when cancelled.
pub(crate) fn find(
    index: &SegmentedIndex,
    matcher: &WordMatcher<'_>,
    field: WordField,
    cancelled: CancelCheck<'_>,
) -> Option<WordSet> {
    let whole = find_in(&index.whole, matcher, field, cancelled)?;
    match &index.recent {
        None => Some(whole),
        Some(recent) => Some(whole.merged(&find_in(&recent.index, matcher, field, cancelled)?, &recent.order)),
    }
}

/// Whether a paper has a word that begins with this folded word.
pub(crate) fn has_beginning(index: &SegmentedIndex, word: &str, field: WordField) -> bool {
    index.segments().any(|segment| {
        let search = PostingSearch::new(segment, field, &|| false);
        let dictionary = TermDictionary::open(&segment.file, Section::Terms, Section::TermOffsets);
        let mut postings =
            dictionary.with_prefix(word).flat_map(|term| search.postings().map(move |lists| lists.iter(term)));
        postings.any(|mut docs| docs.any(|doc| index.of_segment(segment, doc).is_some()))
    })
}

/// The papers that match a folded word, without how well they do; None when cancelled.
pub(crate) fn find_docs(
    index: &SegmentedIndex,
    matcher: &WordMatcher<'_>,
    field: WordField,
    cancelled: CancelCheck<'_>,
) -> Option<DocSet> {
    index.try_docs_of(&DocSet::All(index.len()), |segment, _| docs_in(segment, matcher, field, cancelled))
}

/// Whether so few papers are read faster than the dictionary and the posting lists of a word.
pub(crate) fn are_read_faster(index: &SegmentedIndex, docs: &DocSet) -> bool {
    docs.count().saturating_mul(READING) <= index.len()
}

/// Those of some papers that match a folded word, by reading them; None when cancelled.
pub(crate) fn docs_among(
    index: &SegmentedIndex,
    matcher: &WordMatcher<'_>,
    field: WordField,
    docs: &DocSet,
    cancelled: CancelCheck<'_>,
) -> Option<DocSet> {
    index.try_docs_of(docs, |segment, docs| {
        let papers = segment.len();
        let of_initials = PostingSearch::new(segment, field, cancelled).docs_of_initialism(matcher);
        let found =
            filter_parallel(docs.clone(), papers, cancelled, || |doc| is_in_paper(segment, matcher, field, doc))?;
        Some(found.or(of_initials.and(docs.clone()), papers))
    })
}

/// `find_docs` in one segment.
fn docs_in(index: &Index, matcher: &WordMatcher<'_>, field: WordField, cancelled: CancelCheck<'_>) -> Option<DocSet> {
    let papers = index.len();
    let search = PostingSearch::new(index, field, cancelled);
    let mut lists = ListsToJoin::new(papers);
    if let Some(prefix) = search.frequent_prefix(matcher) {
        lists.add(PostingsReader::open(&index.file, PREFIXES), [prefix]);
    } else {
        let terms = matching_terms(index, matcher, cancelled)?;
        search.postings().for_each(|postings| lists.add(*postings, terms.iter().flatten().copied()));
        lists.add(search.titles, search.others(matcher).into_iter().map(|(number, _)| number));
    }
    let all = DocSet::All(papers).into_bitmap(papers);
    let UnionOfLists { docs, undecided } =
        union(lists, &all, if matcher.is_plain_part() { READING_BYTES } else { READING }, cancelled)?;
    let found = filter_parallel(undecided, papers, cancelled, || |doc| is_in_paper(index, matcher, field, doc))?;
    // Not one of the lists: reading, which decides about papers of lists that are left out, finds no initialism.
    Some(docs.or(found, papers).or(search.docs_of_initialism(matcher), papers))
}

/// Whether a word matches a term of a paper, by its texts.
fn is_in_paper(index: &Index, matcher: &WordMatcher<'_>, field: WordField, doc: DocId) -> bool {
    let title = (field != WordField::Author).then(|| index.title_bytes(doc));
    let authors = (field != WordField::Title).then(|| index.authors_bytes(doc));
    // These bytes next to each other are part of one term, whatever is around them. Most texts of interest have them.
    if matcher.is_plain_part() && title.into_iter().chain(authors).any(|text| matcher.is_in_bytes(text)) {
        return true;
    }
    has_term(title, |term| matcher.tier_in_title(term).is_some())
        || has_term(authors, |term| matcher.tier(term).is_some())
}

/// Whether a term of a text passes.
fn has_term(text: Option<&[u8]>, passes: impl Fn(&[u8]) -> bool) -> bool {
    let mut is_in = false;
    if let Some(text) = text.and_then(|text| std::str::from_utf8(text).ok()) {
        tokens::each_term(&tokens::folded(text), |term| is_in = is_in || passes(term.as_bytes()));
    }
    is_in
}

/// The papers of one segment that match.
fn find_in(index: &Index, matcher: &WordMatcher<'_>, field: WordField, cancelled: CancelCheck<'_>) -> Option<WordSet> {
    let terms = matching_terms(index, matcher, cancelled)?;
    let search = PostingSearch::new(index, field, cancelled);
    let in_titles = TitleMatches { initialism: search.initialism(matcher), others: search.others(matcher) };
    let total: usize = terms.iter().flatten().map(|number| search.count(*number)).sum();
    let of_others: usize = in_titles.others.iter().map(|(number, _)| search.titles.count(*number)).sum();
    if total + of_others <= index.len() / SPARSE {
        search.as_list(&terms, &in_titles)
    } else {
        search.as_planes(&terms, &in_titles, matcher)
    }
}

/// What else a word matches in titles.
struct TitleMatches {
    /// The number of the initialism that the word may be.
    initialism: Option<u32>,
    /// The numbers of the terms that are other forms or spellings of the word, and how well they match.
    others: Vec<(u32, Tier)>,
}

struct PostingSearch<'a> {
    index: &'a Index,
    field: WordField,
    cancelled: CancelCheck<'a>,
    titles: PostingsReader<'a>,
    authors: PostingsReader<'a>,
}

impl<'a> PostingSearch<'a> {
    fn new(index: &'a Index, field: WordField, cancelled: CancelCheck<'a>) -> Self {
        let titles = PostingsReader::open(&index.file, TITLES);
        Self { index, field, cancelled, titles, authors: PostingsReader::open(&index.file, AUTHORS) }
    }

    /// The posting lists of the field.
    fn postings(&self) -> impl Iterator<Item = &PostingsReader<'a>> {
        let title = (self.field != WordField::Author).then_some(&self.titles);
        let author = (self.field != WordField::Title).then_some(&self.authors);
        title.into_iter().chain(author)
    }

    /// How many postings a term has in the field.
    fn count(&self, number: u32) -> usize {
        self.postings().map(|postings| postings.count(number)).sum()
    }

    /// The number of the initialism that the word may be.
    fn initialism(&self, matcher: &WordMatcher<'_>) -> Option<u32> {
        let possible = matcher.how == How::Fuzzy
            && self.field != WordField::Author
            && tokens::INITIALS.contains(&matcher.word.len());
        let dictionary = TermDictionary::open(&self.index.file, Section::Initials, Section::InitialOffsets);
        possible.then(|| dictionary.find(matcher.word)).flatten()
    }

    /// The terms that are other forms or spellings of a word. In a name they would be another name (`Adam`, `Adams`).
    fn others(&self, matcher: &WordMatcher<'_>) -> Vec<(u32, Tier)> {
        let dictionary = TermDictionary::open(&self.index.file, Section::Terms, Section::TermOffsets);
        let others = matcher.others().filter(|_| self.field != WordField::Author);
        others.filter_map(|(word, tier)| Some((dictionary.find(word)?, tier))).collect()
    }

    /// The papers with the initialism that the word may be.
    fn docs_of_initialism(&self, matcher: &WordMatcher<'_>) -> DocSet {
        let mut docs = Vec::new();
        if let Some(number) = self.initialism(matcher) {
            PostingsReader::open(&self.index.file, INITIALS).each(number, |doc| docs.push(doc));
        }
        DocSet::of(docs, self.index.len())
    }

    fn as_list(&self, terms: &MatchingTerms, in_titles: &TitleMatches) -> Option<WordSet> {
        // The better tier sorts first among the entries of one paper.
        let mut found: Vec<u32> = Vec::new();
        let entry = |doc: DocId, tier: usize| doc << Tier::BITS | (Tier::Exact as u32 - tier as u32);
        for (tier, numbers) in terms.iter().enumerate() {
            for number in numbers {
                self.postings().for_each(|postings| postings.each(*number, |doc| found.push(entry(doc, tier))));
            }
        }
        for (number, tier) in &in_titles.others {
            self.titles.each(*number, |doc| found.push(entry(doc, *tier as usize)));
        }
        if let Some(number) = in_titles.initialism {
            PostingsReader::open(&self.index.file, INITIALS)
                .each(number, |doc| found.push(entry(doc, Tier::Initials as usize)));
        }
        if (self.cancelled)() {
            return None;
        }
        found.sort_unstable();
        found.dedup_by_key(|entry| *entry >> Tier::BITS);
        let tiers = found.iter().map(|entry| Tier::Exact as u8 - (*entry as u8 & ((1 << Tier::BITS) - 1))).collect();
        let docs = found.iter().map(|entry| entry >> Tier::BITS).collect();
        Some(WordSet { docs: DocSet::list(docs), tiers: Tiers::List(tiers) })
    }

    fn as_planes(&self, terms: &MatchingTerms, in_titles: &TitleMatches, matcher: &WordMatcher<'_>) -> Option<WordSet> {
        let papers = self.index.len();
        let mut planes = [Bitmap::new(papers), Bitmap::new(papers), Bitmap::new(papers)];
        let mut scratch = Bitmap::new(papers);
        let mut read = 0;
        let prefix = self.frequent_prefix(matcher);
        for (tier, numbers) in terms.iter().enumerate() {
            let initialism = in_titles.initialism.filter(|_| tier == Tier::Initials as usize);
            let mut others = in_titles.others.iter().filter(|(_, of_word)| *of_word as usize == tier).peekable();
            let prefix = prefix.filter(|_| tier == Tier::Prefix as usize);
            if numbers.is_empty() && others.peek().is_none() && initialism.is_none() && prefix.is_none() {
                continue;
            }
            scratch.clear();
            others.for_each(|(number, _)| self.titles.add_to(*number, &mut scratch));
            if let Some(number) = initialism {
                PostingsReader::open(&self.index.file, INITIALS).add_to(number, &mut scratch);
            }
            if let Some(number) = prefix {
                PostingsReader::open(&self.index.file, PREFIXES).add_to(number, &mut scratch);
            } else {
                for number in numbers {
                    self.postings().for_each(|postings| postings.add_to(*number, &mut scratch));
                    read += self.count(*number);
                    if read > CHECK_INTERVAL {
                        read = 0;
                        if (self.cancelled)() {
                            return None;
                        }
                    }
                }
            }
            for (bit, plane) in planes.iter_mut().enumerate() {
                if tier >> bit & 1 == 1 { plane.or(&scratch) } else { plane.without(&scratch) }
            }
        }
        planes.iter_mut().for_each(Bitmap::trim);
        let [low, middle, high] = &planes;
        scratch.clone_from(low);
        scratch.or(middle);
        scratch.or(high);
        Some(WordSet { docs: DocSet::Bitmap(Arc::new(scratch)), tiers: Tiers::Planes(planes) })
    }

    /// The number of a short word among the prefixes whose union of postings is stored.
    fn frequent_prefix(&self, matcher: &WordMatcher<'_>) -> Option<u32> {
        let possible = matcher.is_prefix_only() && self.field == WordField::Any;
        let dictionary = TermDictionary::open(&self.index.file, Section::Prefixes, Section::PrefixOffsets);
        possible.then(|| dictionary.find(matcher.word)).flatten()
    }
}

/// The papers that have exactly this folded term.
pub(crate) fn exactly(index: &SegmentedIndex, word: &str, field: WordField) -> DocSet {
    index.docs(|segment| exactly_in(segment, word, field))
}

fn exactly_in(index: &Index, word: &str, field: WordField) -> DocSet {
    let dictionary = TermDictionary::open(&index.file, Section::Terms, Section::TermOffsets);
    let Some(number) = dictionary.find(word) else { return DocSet::empty() };
    let sections = if field == WordField::Author { AUTHORS } else { TITLES };
    let mut bits = Bitmap::new(index.len());
    PostingsReader::open(&index.file, sections).add_to(number, &mut bits);
    bits.trim();
    DocSet::from_bitmap(bits)
}
