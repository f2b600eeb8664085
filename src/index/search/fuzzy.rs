//! Loose matches: titles that have the letters of all free words of a query in this order, whatever stands between them, and in no word in
//! particular. What a search shows when it finds too little. It reads every title, so it is slower than a search by words; which papers
//! were found exactly, and when to ask, is others' affair.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use memchr::memchr2;
use nucleo::{Config, Matcher, Utf32Str};

use super::parallel::sift;
use crate::domain::fold;
use crate::domain::query::{Filter, Query};
use crate::index::format::file::{Section, slice_at};
use crate::index::format::sets::Set;
use crate::index::text::highlight::{Piece, merged};
use crate::index::text::tokens::{folded, is_letter};
use crate::index::{DocId, Index};

/// Fewest letters that mean something in no particular word.
const FEWEST: usize = 3;
/// Letters that many titles lack, the rarest first: looking for one of them is quicker than looking at every byte.
const RARE: &[u8] = b"jqzxkvwyb";
/// Titles scored between two looks at whether the search was cancelled.
const BETWEEN_LOOKS: usize = 1 << 12;

/// What a query asks for loosely, and what else it asks for.
pub struct Loose {
    letters: Letters,
    pub(crate) rest: Filter,
    matcher: Matcher,
    text: Text,
}

/// The letters that a title must have, in their order.
#[derive(Clone)]
struct Letters {
    chars: Vec<char>,
    /// The same as bytes; one beyond ASCII is a byte that no text has.
    bytes: Vec<u8>,
    /// The rarest of them, small and capital, if it is rare.
    rare: Option<[u8; 2]>,
    /// What characters beyond ASCII fold to, as far as they were met.
    folds: HashMap<char, Option<String>>,
}

/// Whether loose matches of a query mean anything: it asks for free words, all of them, with letters enough.
pub fn asks_loosely(query: &Query) -> bool {
    letters(query).is_some()
}

fn letters(query: &Query) -> Option<(Vec<char>, Filter)> {
    let (words, rest) = query.free_words();
    let letters: Vec<char> = words
        .iter()
        .flat_map(|word| folded(&word.text).chars().filter(|c| is_letter(*c)).collect::<Vec<_>>())
        .collect();
    (letters.len() >= FEWEST).then_some((letters, rest))
}

impl Loose {
    /// None: see `asks_loosely`.
    pub fn of(query: &Query) -> Option<Self> {
        let (chars, rest) = letters(query)?;
        let bytes = chars.iter().map(|c| u8::try_from(*c).ok().filter(u8::is_ascii).unwrap_or(0xFF)).collect();
        let rare = RARE.iter().find(|rare| chars.contains(&char::from(**rare)));
        let rare = rare.map(|rare| [*rare, rare.to_ascii_uppercase()]);
        let mut config = Config::DEFAULT;
        // What is compared is folded already, and what folding keeps apart is not the same.
        (config.ignore_case, config.normalize) = (false, false);
        config.prefer_prefix = true;
        let letters = Letters { chars, bytes, rare, folds: HashMap::new() };
        Some(Self { letters, rest, matcher: Matcher::new(config), text: Text::default() })
    }

    /// The best of the papers allowed, without some, at most so many; newest first among equals. None: cancelled.
    pub(crate) fn find(
        &mut self,
        index: &Index,
        allowed: &Set,
        (without, most): (&[DocId], usize),
        cancelled: &dyn Fn() -> bool,
    ) -> Option<Vec<DocId>> {
        let (titles, offsets) = (index.file.section(Section::Titles), index.file.section(Section::TitleOffsets));
        let allowed: Vec<DocId> = allowed.iter_from(0).collect();
        let may_match = sift(&allowed, cancelled, || {
            let mut letters = self.letters.clone();
            move |_, doc| letters.may_stand_in(slice_at(titles, offsets, doc as usize))
        })?;
        let mut found = Vec::new();
        for (read, doc) in may_match.into_iter().filter(|doc| !without.contains(doc)).enumerate() {
            if read % BETWEEN_LOOKS == 0 && cancelled() {
                return None;
            }
            found.extend(self.score(index.title(doc)).map(|score| (Reverse(score), doc)));
        }
        if found.len() > most {
            found.select_nth_unstable(most);
            found.truncate(most);
        }
        found.sort_unstable();
        Some(found.into_iter().map(|(_, doc)| doc).collect())
    }

    /// How well the letters stand together in a title; None where they do not stand in it in this order.
    fn score(&mut self, title: &str) -> Option<u16> {
        self.text.fold(title);
        self.matcher.fuzzy_match(self.text.slice(), Utf32Str::Unicode(&self.letters.chars))
    }

    /// Byte ranges of a title where the letters stand, as the score counts them; sorted and merged.
    pub fn lit(&mut self, title: &str) -> Vec<Range<usize>> {
        self.text.fold(title);
        let mut places = Vec::new();
        let letters = Utf32Str::Unicode(&self.letters.chars);
        if self.matcher.fuzzy_indices(self.text.slice(), letters, &mut places).is_none() {
            return Vec::new();
        }
        let piece = Piece::new(title, 0..title.len(), folded(title).into_owned());
        merged(places.into_iter().filter_map(|place| piece.origins.get(place as usize).cloned()).collect())
    }
}

impl Letters {
    /// False only for titles that cannot match. Most are told apart here, so it looks at each byte once.
    fn may_stand_in(&mut self, title: &[u8]) -> bool {
        if let Some([small, capital]) = self.rare
            && memchr2(small, capital, title).is_none()
            && title.is_ascii()
        {
            return false;
        }
        let mut wanted = self.bytes.iter();
        let Some(mut next) = wanted.next() else { return true };
        let mut high = 0;
        for byte in title {
            high |= byte;
            // Capitals and small letters differ in this bit; digits have it.
            if byte | 0x20 == *next {
                match wanted.next() {
                    Some(letter) => next = letter,
                    None => return true,
                }
            }
        }
        !high.is_ascii() && std::str::from_utf8(title).is_ok_and(|title| self.may_stand_in_folded(title))
    }

    /// The same for a title with characters beyond ASCII, each of which may hide letters.
    fn may_stand_in_folded(&mut self, title: &str) -> bool {
        let mut wanted = self.chars.iter();
        let Some(mut next) = wanted.next() else { return true };
        for c in title.chars() {
            if c.is_ascii() {
                if c.to_ascii_lowercase() == *next {
                    match wanted.next() {
                        Some(letter) => next = letter,
                        None => return true,
                    }
                }
                continue;
            }
            // Where only the folded text tells, it is made.
            let Some(folded) = self.folds.entry(c).or_insert_with(|| fold::alone(c)) else { return true };
            for part in folded.chars() {
                if part == *next {
                    match wanted.next() {
                        Some(letter) => next = letter,
                        None => return true,
                    }
                }
            }
        }
        false
    }
}

/// A folded title as the matcher takes it. One letter is one character, with no look at what a screen would show as one.
#[derive(Default)]
struct Text(Vec<char>);

impl Text {
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

    fn find(index: &Index, query: &str, most: usize) -> Vec<String> {
        let mut loose = Loose::of(&Query::parse(query)).unwrap();
        let docs = loose.find(index, &Set::All(index.len()), (&[], most), &|| false).unwrap();
        docs.into_iter().map(|doc| index.title(doc).to_owned()).collect()
    }

    #[test]
    fn letters_of_all_words_in_their_order_tighter_and_earlier_first() {
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
    fn not_every_query_has_loose_matches() {
        for query in ["ab", "'abc", "^abc", "abc OR def", "NOT (abc)", "title:abc", "status:read", "", "a -"] {
            assert!(!asks_loosely(&Query::parse(query)), "{query}");
        }
        for query in ["abc", "a b c", "ab c status:read", "abc 'def", "abc (x OR y)", "нет"] {
            assert!(asks_loosely(&Query::parse(query)), "{query}");
        }
        assert_eq!(
            Loose::of(&Query::parse("abc 'def status:read")).unwrap().rest,
            Query::parse("'def status:read").filter
        );
    }

    #[test]
    fn the_letters_are_lit() {
        let lit = |query: &str, title: &str| -> Vec<String> {
            let found = Loose::of(&Query::parse(query)).unwrap().lit(title);
            found.into_iter().map(|range| title.get(range).unwrap().to_owned()).collect()
        };
        assert_eq!(lit("grph nts", "Graph Nets"), ["Gr", "ph", "N", "ts"]);
        assert_eq!(lit("nstrm", "The Nystro\u{308}m Method"), ["N", "str", "M"]);
        assert_eq!(lit("strasse", "Straße"), ["Straße"]);
        assert!(lit("xyz", "Graph Nets").is_empty());
    }

    #[test]
    fn a_scan_can_be_cancelled() {
        let index = index(&titles(&["abc".to_owned()]));
        let mut loose = Loose::of(&Query::parse("abc")).unwrap();
        assert!(loose.find(&index, &Set::All(1), (&[], 9), &|| true).is_none());
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_the_definition_says(
            all in prop::collection::vec("[a-cA-C3xX éßÅ한ｂ½가\u{301}\u{327}-]{0,14}", 0..40),
            words in prop::collection::vec("[a-cA-C3xXéß한]{1,4}", 1..3),
            without in prop::collection::btree_set(0u32..40, 0..9),
            most in 0usize..12,
        ) {
            let index = index(&titles(&all));
            let query = Query::parse(&words.join(" "));
            let Some(mut loose) = Loose::of(&query) else { return Ok(()) };
            let letters: Vec<char> = words.iter().flat_map(|word| fold::fold(word).chars().collect::<Vec<_>>()).collect();
            prop_assert_eq!(&loose.letters.chars, &letters);
            let holds = |title: &str| {
                let mut left = letters.iter().peekable();
                for c in fold::fold(title).chars() {
                    left.next_if(|letter| **letter == c);
                }
                left.peek().is_none()
            };
            let docs = (0..index.len() as u32).filter(|doc| !without.contains(doc));
            let mut expected: Vec<_> = docs
                .filter(|doc| holds(index.title(*doc)))
                .map(|doc| (Reverse(loose.score(index.title(doc)).unwrap()), doc))
                .collect();
            expected.sort();
            expected.truncate(most);
            let without: Vec<_> = without.into_iter().collect();
            let found = loose.find(&index, &Set::All(index.len()), (&without, most), &|| false).unwrap();
            prop_assert_eq!(&found, &expected.into_iter().map(|(_, doc)| doc).collect::<Vec<_>>());
            for doc in found {
                prop_assert!(!loose.lit(index.title(doc)).is_empty());
            }
        }
    }
}
