//! Where an abstract holds what a query asks of abstracts, and a piece of it around the first such place, for the rows of a list. It finds
//! nothing by itself: it reads one text at a time, by the rules that `FullText` answers by.

use std::ops::Range;

use super::highlight::{Piece, merged};
use super::word_match::Tier;
use crate::domain::fold;
use crate::domain::query::{Filter, How, Pattern, Query, Term};
use crate::index::fulltext::{holds_phrase, holds_words};

/// Most characters of the abstract before the first match, and from there on.
const BEFORE: usize = 60;
const AFTER: usize = 240;

/// A piece of an abstract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    pub text: String,
    /// Byte ranges of `text` that match, sorted; never empty.
    pub lit: Vec<Range<usize>>,
    /// There is more of the abstract before, and after.
    pub is_cut: [bool; 2],
}

/// What a query asks of abstracts, each alone. Nothing under a NOT.
pub fn asked_of_abstracts(query: &Query) -> Vec<Pattern> {
    let (mut asked, mut open) = (Vec::new(), vec![&query.filter]);
    while let Some(filter) = open.pop() {
        match filter {
            Filter::And(parts) | Filter::Or(parts) => open.extend(parts.iter().rev()),
            Filter::Term(Term::Abstract(pattern)) => asked.push(pattern.clone()),
            Filter::Term(Term::Phrase(phrase)) => asked.push(Pattern::Phrase(phrase.clone())),
            Filter::All | Filter::Nothing | Filter::Not(_) | Filter::Term(_) => {}
        }
    }
    asked
}

/// The piece of a clean abstract around the first match of what is asked and the title does not hold itself. None: the title holds all, or
/// the abstract none.
pub fn snippet(title: &str, summary: &str, asked: &[Pattern]) -> Option<Snippet> {
    let of_title: Vec<String> = fold::words(title).collect();
    let missing: Vec<Asked> = asked.iter().map(Asked::new).filter(|asked| !asked.is_in(&of_title)).collect();
    if missing.is_empty() {
        return None;
    }
    let words: Vec<(Range<usize>, String)> = fold::find_words(summary).collect();
    let lit = merged(missing.iter().flat_map(|asked| asked.lit(summary, &words)).collect());
    let first = lit.first()?;
    let (from, to) = (start(summary, first.start), end(summary, first.end));
    let shifted = lit.iter().filter(|range| range.end <= to).map(|range| range.start - from..range.end - from);
    Some(Snippet {
        text: summary.get(from..to)?.to_owned(),
        lit: shifted.collect(),
        is_cut: [from > 0, to < summary.len()],
    })
}

/// Where the piece begins: with a word, where there are words.
fn start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let Some((earliest, _)) = before.char_indices().rev().nth(BEFORE) else { return 0 };
    let kept = before.get(earliest..).unwrap_or_default();
    earliest + kept.find(' ').map_or(0, |blank| blank + 1)
}

fn end(text: &str, at: usize) -> usize {
    let after = text.get(at..).unwrap_or_default();
    let Some((latest, _)) = after.char_indices().nth(AFTER) else { return text.len() };
    at + after.get(..latest).and_then(|kept| kept.rfind(' ')).unwrap_or(latest)
}

/// One pattern, folded.
struct Asked {
    words: Vec<String>,
    /// None: next to each other.
    how: Option<How>,
}

impl Asked {
    fn new(pattern: &Pattern) -> Self {
        let (text, how) = match pattern {
            Pattern::Word(word) => (&word.text, Some(word.how)),
            Pattern::Phrase(phrase) => (phrase, None),
        };
        Self { words: fold::words(text).collect(), how }
    }

    fn is_in(&self, words: &[String]) -> bool {
        match self.how {
            Some(how) => holds_words(words, &self.words, how),
            None => holds_phrase(words, &self.words),
        }
    }

    fn lit(&self, text: &str, words: &[(Range<usize>, String)]) -> Vec<Range<usize>> {
        let Some(how) = self.how else {
            let runs = words.windows(self.words.len().max(1));
            let runs = runs.filter(|run| run.iter().map(|(_, word)| word).eq(&self.words));
            return runs.filter_map(|run| Some(run.first()?.0.start..run.last()?.0.end)).collect();
        };
        let of_word = |(range, word): &(Range<usize>, String)| {
            let part = self
                .words
                .iter()
                .find(|part| holds_words(std::slice::from_ref(word), std::slice::from_ref(part), how))?;
            let tier = if how == How::Exact { Tier::Substring } else { Tier::Prefix };
            Some(Piece::new(text, range.clone(), word.clone()).lit(part, tier))
        };
        words.iter().filter_map(of_word).flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(query: &str) -> Vec<Pattern> {
        asked_of_abstracts(&Query::parse(query))
    }

    fn lit(query: &str, title: &str, summary: &str) -> Option<Vec<String>> {
        let found = snippet(title, summary, &asked(query))?;
        Some(found.lit.into_iter().map(|range| found.text.get(range).unwrap().to_owned()).collect())
    }

    #[test]
    fn what_is_asked_of_abstracts() {
        assert_eq!(asked("lora title:x author:y -abs:no NOT (abs:no) status:read"), []);
        assert_eq!(asked("abs:a \"b c\" (x OR abs:\"d e\")").len(), 3);
    }

    #[test]
    fn the_first_match_that_the_title_lacks_is_shown() {
        let summary = "A low-rank tail steers a frozen kite; the Low Rank of it matters.";
        assert_eq!(lit("\"low rank\"", "Kites", summary), Some(vec!["low-rank".to_owned(), "Low Rank".to_owned()]));
        assert_eq!(lit("abs:kit", "Tails", summary), Some(vec!["kit".to_owned()]));
        assert_eq!(lit("abs:'eer", "Tails", summary), Some(vec!["eer".to_owned()]));
        assert_eq!(lit("abs:kit", "Kites", summary), None, "the title holds it");
        assert_eq!(lit("abs:kit abs:frozen", "Kites", summary), Some(vec!["frozen".to_owned()]));
        assert_eq!(lit("abs:zebra", "Kites", summary), None);
        assert_eq!(lit("\"\"", "Kites", summary), None);
        assert_eq!(lit("abs:nystrom", "", "The Nystro\u{308}m way"), Some(vec!["Nystro\u{308}m".to_owned()]));
    }

    #[test]
    fn a_long_abstract_is_cut_between_words() {
        let summary = format!("{}needle {}", "before it ".repeat(20), "after it ".repeat(60));
        let found = snippet("", summary.trim(), &asked("abs:needle")).unwrap();
        assert_eq!(found.is_cut, [true, true]);
        assert!(found.text.starts_with("before it ") || found.text.starts_with("it "), "{}", found.text);
        assert!(found.text.ends_with(" it") || found.text.ends_with(" after"), "{}", found.text);
        assert!(found.text.chars().count() <= BEFORE + AFTER + 7);
        let whole = snippet("", "a needle here", &asked("abs:needle")).unwrap();
        assert_eq!((whole.text.as_str(), whole.is_cut), ("a needle here", [false, false]));
        let unspaced = snippet("", &"字".repeat(900), &asked("abs:'字")).unwrap();
        assert_eq!(unspaced.text.chars().count(), 1 + AFTER, "without blanks it is cut all the same");
    }

    proptest! {
        #[test]
        fn a_piece_is_found_where_the_rules_say_so(
            summary in "[abAé -]{0,400}", title in "[ab -]{0,6}", word in "[abé]{1,3}", second in "[ab]{1,3}", how in 0..4
        ) {
            let query = match how {
                0 => format!("abs:{word}"),
                1 => format!("abs:'{word}"),
                2 => format!("abs:^{word}"),
                _ => format!("\"{word} {second}\""),
            };
            let asked = asked(&query);
            let folded = |text: &str| fold::words(text).collect::<Vec<_>>();
            let holds = |text: &str| Asked::new(&asked[0]).is_in(&folded(text));
            let found = snippet(&title, &summary, &asked);
            prop_assert_eq!(found.is_some(), !holds(&title) && holds(&summary));
            if let Some(found) = found {
                prop_assert!(summary.contains(&found.text) && !found.lit.is_empty());
                for range in &found.lit {
                    prop_assert!(found.text.get(range.clone()).is_some_and(|text| !text.is_empty()));
                }
            }
        }
    }
}
