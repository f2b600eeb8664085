//! Fuzzy matches: titles that contain the letters of all free words of a query in order, with gaps, shown when a search finds too little. It
//! reads every title, so it is slower than a search by words. The caller decides when to run it.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use memchr::memchr2;
use nucleo::{Config, Matcher, Utf32Str};

use super::parallel::{CancelCheck, filter_parallel};
use crate::domain::fold;
use crate::domain::query::{Filter, Query};
use crate::index::format::file::{Section, slice_at};
use crate::index::format::paper::DocId;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::DocSet;
use crate::index::text::highlight::merged;
use crate::index::text::located_terms::FoldedText;
use crate::index::text::tokens::{folded, is_letter};

/// Fewest letters of a query with fuzzy matches: fewer would match nearly every title.
const FEWEST_LETTERS: usize = 3;
/// Letters that many titles lack, rarest first: searching for one of them is faster than comparing every byte.
const RARE_LETTERS: &[u8] = b"jqzxkvwyb";
/// Titles scored between two cancellation checks.
const CHECK_INTERVAL: usize = 1 << 12;

/// Finds and highlights the fuzzy matches of one query.
pub struct FuzzyMatcher {
    letters: FuzzyLetters,
    /// The filter without the free words.
    pub(crate) rest: Filter,
    matcher: Matcher,
    title: FoldedTitle,
}

/// The letters that a title must contain in order.
#[derive(Clone)]
struct FuzzyLetters {
    chars: Vec<char>,
    /// The same as bytes; a letter beyond ASCII is a byte that occurs in no text.
    bytes: Vec<u8>,
    /// One of `RARE_LETTERS` among them, lower and upper case.
    rare: Option<[u8; 2]>,
    /// What characters beyond ASCII fold to, filled as they occur; None where folding depends on the neighbours.
    folds: HashMap<char, Option<String>>,
}

/// Whether a query has fuzzy matches: it requires free words, with enough letters in all.
pub fn has_fuzzy_matches(query: &Query) -> bool {
    letters(query).is_some()
}

fn letters(query: &Query) -> Option<(Vec<char>, Filter)> {
    let (words, rest) = query.free_words();
    let letters: Vec<char> = words
        .iter()
        .flat_map(|word| folded(&word.text).chars().filter(|c| is_letter(*c)).collect::<Vec<_>>())
        .collect();
    (letters.len() >= FEWEST_LETTERS).then_some((letters, rest))
}

impl FuzzyMatcher {
    /// None unless `has_fuzzy_matches`.
    pub fn of(query: &Query) -> Option<Self> {
        let (chars, rest) = letters(query)?;
        let bytes = chars.iter().map(|c| u8::try_from(*c).ok().filter(u8::is_ascii).unwrap_or(0xFF)).collect();
        let rare = RARE_LETTERS.iter().find(|rare| chars.contains(&char::from(**rare)));
        let rare = rare.map(|rare| [*rare, rare.to_ascii_uppercase()]);
        let mut config = Config::DEFAULT;
        // Titles and letters are folded already; what folding distinguishes is different.
        (config.ignore_case, config.normalize) = (false, false);
        config.prefer_prefix = true;
        let letters = FuzzyLetters { chars, bytes, rare, folds: HashMap::new() };
        Some(Self { letters, rest, matcher: Matcher::new(config), title: FoldedTitle::default() })
    }

    /// The best `limit` of the papers in `allowed`, newest first among equals. None when cancelled.
    pub(crate) fn find(
        &mut self,
        index: &SegmentedIndex,
        allowed: &DocSet,
        limit: usize,
        cancelled: CancelCheck<'_>,
    ) -> Option<Vec<DocId>> {
        let may_match = index.try_docs_of(allowed, |segment, allowed| {
            let titles = segment.file.section(Section::Titles);
            let offsets = segment.file.section(Section::TitleOffsets);
            filter_parallel(allowed.clone(), segment.len(), cancelled, || {
                let mut letters = self.letters.clone();
                move |doc| letters.may_match(slice_at(titles, offsets, doc as usize))
            })
        })?;
        let mut found = Vec::new();
        for (read, doc) in may_match.iter_from(0).enumerate() {
            if read % CHECK_INTERVAL == 0 && cancelled() {
                return None;
            }
            found.extend(self.score(index.title(doc)).map(|score| (Reverse(score), doc)));
        }
        if found.len() > limit {
            found.select_nth_unstable(limit);
            found.truncate(limit);
        }
        found.sort_unstable();
        Some(found.into_iter().map(|(_, doc)| doc).collect())
    }

    /// How close together the letters stand in a title, higher is better; None when it does not contain them in order.
    fn score(&mut self, title: &str) -> Option<u16> {
        self.title.fold(title);
        self.matcher.fuzzy_match(self.title.slice(), Utf32Str::Unicode(&self.letters.chars))
    }

    /// Byte ranges of the letters in a title, as the score uses them; sorted and merged.
    pub fn highlights(&mut self, title: &str) -> Vec<Range<usize>> {
        self.title.fold(title);
        let mut indexes = Vec::new();
        let letters = Utf32Str::Unicode(&self.letters.chars);
        if self.matcher.fuzzy_indices(self.title.slice(), letters, &mut indexes).is_none() {
            return Vec::new();
        }
        let folded = FoldedText::new(title, 0..title.len(), folded(title).into_owned());
        merged(indexes.into_iter().filter_map(|at| folded.origins.get(at as usize).cloned()).collect())
    }
}

impl FuzzyLetters {
    /// False only for titles that cannot match. Most titles are excluded here, so each byte is compared once.
    fn may_match(&mut self, title: &[u8]) -> bool {
        if let Some([small, capital]) = self.rare
            && memchr2(small, capital, title).is_none()
            && title.is_ascii()
        {
            return false;
        }
        let mut letters = self.bytes.iter();
        let Some(mut next) = letters.next() else { return true };
        let mut high = 0;
        for byte in title {
            high |= byte;
            // Upper and lower case differ in this bit; digits have it set.
            if byte | 0x20 == *next {
                match letters.next() {
                    Some(letter) => next = letter,
                    None => return true,
                }
            }
        }
        !high.is_ascii() && std::str::from_utf8(title).is_ok_and(|title| self.may_match_folded(title))
    }

    /// The same for a title with characters beyond ASCII, each of which may fold to several letters.
    fn may_match_folded(&mut self, title: &str) -> bool {
        let mut letters = self.chars.iter();
        let Some(mut next) = letters.next() else { return true };
        for c in title.chars() {
            if c.is_ascii() {
                if c.to_ascii_lowercase() == *next {
                    match letters.next() {
                        Some(letter) => next = letter,
                        None => return true,
                    }
                }
                continue;
            }
            // Only the folded text decides: the scorer folds it.
            let Some(folded) = self.folds.entry(c).or_insert_with(|| fold::alone(c)) else { return true };
            for part in folded.chars() {
                if part == *next {
                    match letters.next() {
                        Some(letter) => next = letter,
                        None => return true,
                    }
                }
            }
        }
        false
    }
}

/// A folded title in the form that nucleo takes: one character for each letter, not for each grapheme.
#[derive(Default)]
struct FoldedTitle(Vec<char>);

impl FoldedTitle {
    fn fold(&mut self, title: &str) {
        self.0.clear();
        self.0.extend(folded(title).chars());
    }

    fn slice(&self) -> Utf32Str<'_> {
        Utf32Str::Unicode(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::index::sample::{Sample, index};

    fn titles(titles: &[String]) -> Vec<Sample> {
        (1..).zip(titles).map(|(row, title)| Sample::titled(row, title)).collect()
    }

    fn find(index: &SegmentedIndex, query: &str, most: usize) -> Vec<String> {
        let mut matcher = FuzzyMatcher::of(&Query::parse(query)).unwrap();
        let docs = matcher.find(index, &DocSet::All(index.len()), most, &|| false).unwrap();
        docs.into_iter().map(|doc| index.title(doc).to_owned()).collect()
    }

    #[test]
    fn letters_of_all_words_match_in_order_closer_and_earlier_first() {
        let index = index(&titles(
            &[
                "Plain English for Large Models",
                "On Graph Nets",
                "Graph Nets",
                "Gardens, Rain, Apples, Peaches and Nets",
                "Nets of Graphs",
                "Gráph Ｎets",
            ]
            .map(str::to_owned),
        ));
        let expected = ["Graph Nets", "Gráph Ｎets", "On Graph Nets", "Gardens, Rain, Apples, Peaches and Nets"];
        let mut found = find(&index, "grp nts", 9);
        found[..2].sort();
        assert_eq!(found, expected);
        assert_eq!(find(&index, "grp nts", 1).len(), 1);
        assert_eq!(find(&index, "gr-p nts year:2024", 9).len(), 4, "only letters count");
        assert!(find(&index, "ntsgrpq", 9).is_empty());
    }

    #[test]
    fn only_queries_with_enough_free_letters_have_fuzzy_matches() {
        for query in ["ab", "'abc", "^abc", "abc OR def", "NOT (abc)", "title:abc", "status:read", "", "a -"] {
            assert!(!has_fuzzy_matches(&Query::parse(query)), "{query}");
        }
        for query in ["abc", "a b c", "ab c status:read", "abc 'def", "abc (x OR y)", "нет"] {
            assert!(has_fuzzy_matches(&Query::parse(query)), "{query}");
        }
        assert_eq!(
            FuzzyMatcher::of(&Query::parse("abc 'def status:read")).unwrap().rest,
            Query::parse("'def status:read").filter
        );
    }

    #[test]
    fn matched_letters_are_highlighted() {
        let highlighted = |query: &str, title: &str| -> Vec<String> {
            let found = FuzzyMatcher::of(&Query::parse(query)).unwrap().highlights(title);
            found.into_iter().map(|range| title.get(range).unwrap().to_owned()).collect()
        };
        assert_eq!(highlighted("grph nts", "Graph Nets"), ["Gr", "ph", "N", "ts"]);
        assert_eq!(highlighted("nstrm", "The Nystro\u{308}m Method"), ["N", "str", "M"]);
        assert_eq!(highlighted("strasse", "Straße"), ["Straße"]);
        assert!(highlighted("xyz", "Graph Nets").is_empty());
    }

    #[test]
    fn a_scan_can_be_cancelled() {
        let index = index(&titles(&["abc".to_owned()]));
        let mut matcher = FuzzyMatcher::of(&Query::parse("abc")).unwrap();
        assert!(matcher.find(&index, &DocSet::All(1), 9, &|| true).is_none());
    }

    proptest! {
        #[test]
        fn matches_follow_the_definition(
            all in prop::collection::vec("[a-cA-C3xX éßÅ한ｂ½가\u{301}\u{327}-]{0,14}", 0..40),
            words in prop::collection::vec("[a-cA-C3xXéß한]{1,4}", 1..3),
            limit in 0usize..12,
        ) {
            let index = index(&titles(&all));
            let query = Query::parse(&words.join(" "));
            let Some(mut matcher) = FuzzyMatcher::of(&query) else { return Ok(()) };
            let letters: Vec<char> = words.iter().flat_map(|word| fold::fold(word).chars().collect::<Vec<_>>()).collect();
            prop_assert_eq!(&matcher.letters.chars, &letters);
            let holds = |title: &str| {
                let mut left = letters.iter().peekable();
                for c in fold::fold(title).chars() {
                    left.next_if(|letter| **letter == c);
                }
                left.peek().is_none()
            };
            let mut expected: Vec<_> = (0..index.len() as u32)
                .filter(|doc| holds(index.title(*doc)))
                .map(|doc| (Reverse(matcher.score(index.title(doc)).unwrap()), doc))
                .collect();
            expected.sort();
            expected.truncate(limit);
            let found = matcher.find(&index, &DocSet::All(index.len()), limit, &|| false).unwrap();
            prop_assert_eq!(&found, &expected.into_iter().map(|(_, doc)| doc).collect::<Vec<_>>());
            for doc in found {
                prop_assert!(!matcher.highlights(index.title(doc)).is_empty());
            }
        }
    }
}
