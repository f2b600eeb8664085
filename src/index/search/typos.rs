//! The words of titles that are one typo away from another word, and how many papers have them.

use std::collections::BTreeSet;

use super::parallel::CancelCheck;
use super::word_search::matching_terms;
use crate::domain::query::How;
use crate::index::format::dictionary::TermDictionary;
use crate::index::format::file::Section;
use crate::index::format::postings::{PostingsReader, TITLES};
use crate::index::format::reader::Index;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::text::word_match::{Tier, WordMatcher};

/// The words of titles that differ from a folded word by one typo, each with the number of papers. None when cancelled.
pub(super) fn one_typo_away(
    index: &SegmentedIndex,
    word: &str,
    cancelled: CancelCheck<'_>,
) -> Option<Vec<(String, usize)>> {
    let matcher = WordMatcher::approximate(word, How::Fuzzy);
    let mut words = BTreeSet::new();
    for segment in index.segments() {
        let dictionary = TermDictionary::open(&segment.file, Section::Terms, Section::TermOffsets);
        let terms = matching_terms(segment, &matcher, cancelled)?;
        let typos = terms.into_iter().nth(Tier::Typo as usize).unwrap_or_default();
        let texts = typos.into_iter().filter_map(|term| std::str::from_utf8(dictionary.term(term)).ok());
        words.extend(texts.map(str::to_owned));
    }
    let counted = words.into_iter().map(|word| {
        let papers = papers_with_title_word(index, &word);
        (word, papers)
    });
    Some(counted.collect())
}

/// How many papers have a folded term in their titles.
pub(in crate::index) fn papers_with_title_word(index: &SegmentedIndex, word: &str) -> usize {
    let in_segment = |segment: &Index| {
        let dictionary = TermDictionary::open(&segment.file, Section::Terms, Section::TermOffsets);
        let Some(number) = dictionary.find(word) else { return 0 };
        let titles = PostingsReader::open(&segment.file, TITLES);
        let mut ordinals = titles.ordinals(number);
        let replaced = index.replaced_in(segment).iter().filter(|doc| ordinals.find(**doc).is_some());
        titles.count(number) - replaced.count()
    };
    index.segments().map(in_segment).sum()
}
