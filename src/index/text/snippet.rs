//! The excerpt of an abstract or note around the first match of a query's clauses about it, for the rows of a list. It reads one text at a
//! time, by the rules of `containment`, and finds no papers.

use std::ops::Range;

use super::abstract_terms::abstract_terms;
use super::containment::AbstractPattern;
use super::highlight::merged;
use super::located_terms::{located_terms, pattern_matches};
use crate::domain::query::{Filter, How, Pattern, Query, Term, Word};

/// Most characters of the abstract before the first match, and after it.
const BEFORE: usize = 60;
const AFTER: usize = 240;

/// An excerpt of an abstract or note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    pub text: String,
    /// Byte ranges of `text` that match, sorted; empty only in an `opening`.
    pub highlights: Vec<Range<usize>>,
    /// Whether there is more of the text before and after the excerpt.
    pub is_cut: [bool; 2],
}

/// The words and phrases that a query looks for in texts that a list does not show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExcerptPatterns {
    pub abstracts: Vec<Pattern>,
    pub notes: Vec<Pattern>,
    /// Free words, which may stand in either.
    pub words: Vec<Word>,
    /// Other names of them: see `Hits::names`.
    pub names: Vec<String>,
}

impl ExcerptPatterns {
    pub fn is_empty(&self) -> bool {
        self.has_words_only() && self.words.is_empty()
    }

    /// Whether only free words are looked for, which papers may have in title and authors.
    pub fn has_words_only(&self) -> bool {
        self.abstracts.is_empty() && self.notes.is_empty()
    }

    /// What a paper with this title and these authors has elsewhere: the words that stand in neither of them.
    pub fn words_beside(&self, title: &str, authors: &str) -> Vec<Pattern> {
        if self.words.is_empty() {
            return Vec::new();
        }
        let terms = [abstract_terms(title), abstract_terms(authors)];
        let is_in = |word: &Word| {
            let pattern = AbstractPattern::word(&word.text, How::Exact);
            terms.iter().any(|terms| pattern.is_in(terms))
        };
        let mut beside: Vec<Pattern> =
            self.words.iter().filter(|word| !is_in(word)).cloned().map(Pattern::Word).collect();
        if !beside.is_empty() {
            beside.extend(self.names.iter().cloned().map(Pattern::Phrase));
        }
        beside
    }
}

/// What a query looks for in abstracts and notes; nothing under a NOT.
pub fn excerpt_patterns(query: &Query) -> ExcerptPatterns {
    let (mut patterns, mut open) = (ExcerptPatterns::default(), vec![&query.filter]);
    while let Some(filter) = open.pop() {
        match filter {
            Filter::And(parts) | Filter::Or(parts) => open.extend(parts.iter().rev()),
            Filter::Term(Term::Note(pattern)) => patterns.notes.push(pattern.clone()),
            Filter::Term(Term::Abstract(pattern)) => patterns.abstracts.push(pattern.clone()),
            Filter::Term(Term::Word(word)) => patterns.words.push(word.clone()),
            Filter::Term(Term::Phrase(phrase)) => {
                patterns.abstracts.push(Pattern::Phrase(phrase.clone()));
                patterns.notes.push(Pattern::Phrase(phrase.clone()));
            }
            Filter::All | Filter::Nothing | Filter::Not(_) | Filter::Term(_) => {}
        }
    }
    patterns
}

/// The excerpt of a rendered text around the first match of the patterns that the title does not contain. None when the title contains all of
/// them or the text none.
pub fn snippet(title: &str, summary: &str, patterns: &[Pattern]) -> Option<Snippet> {
    let title = abstract_terms(title);
    let missing: Vec<&Pattern> =
        patterns.iter().filter(|pattern| !AbstractPattern::new(pattern).is_in(&title)).collect();
    if missing.is_empty() {
        return None;
    }
    let terms = located_terms(summary);
    let matches: Vec<Range<usize>> = missing.iter().flat_map(|pattern| pattern_matches(pattern, &terms)).collect();
    let first = matches.iter().min_by_key(|range| range.start)?;
    let (from, to) = (start(summary, first.start), end(summary, first.end));
    let shown = matches.into_iter().filter(|range| range.end <= to).collect();
    let shifted = merged(shown).into_iter().map(|range| range.start - from..range.end - from);
    Some(Snippet {
        text: summary.get(from..to)?.to_owned(),
        highlights: shifted.collect(),
        is_cut: [from > 0, to < summary.len()],
    })
}

/// How an abstract begins, for a row that shows nothing that matched; None for an empty one.
pub fn opening(summary: &str) -> Option<Snippet> {
    let to = end(summary, 0);
    let text = summary.get(..to).filter(|text| !text.is_empty())?;
    Some(Snippet { text: text.to_owned(), highlights: Vec::new(), is_cut: [false, to < summary.len()] })
}

/// Where the excerpt begins: with a word, if the text has spaces.
fn start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let Some((earliest, _)) = before.char_indices().rev().nth(BEFORE) else { return 0 };
    let shown = before.get(earliest..).unwrap_or_default();
    earliest + shown.find(' ').map_or(0, |space| space + 1)
}

/// Where the excerpt ends: with a word, if the text has spaces.
fn end(text: &str, at: usize) -> usize {
    let after = text.get(at..).unwrap_or_default();
    let Some((latest, _)) = after.char_indices().nth(AFTER) else { return text.len() };
    at + after.get(..latest).and_then(|shown| shown.rfind(' ')).unwrap_or(latest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn patterns(query: &str) -> Vec<Pattern> {
        excerpt_patterns(&Query::parse(query)).abstracts
    }

    fn highlighted(query: &str, title: &str, summary: &str) -> Option<Vec<String>> {
        let found = snippet(title, summary, &patterns(query))?;
        Some(found.highlights.into_iter().map(|range| found.text.get(range).unwrap().to_owned()).collect())
    }

    #[test]
    fn clauses_about_abstracts_are_collected() {
        assert_eq!(patterns("lora title:x author:y -abs:no NOT (abs:no) status:read"), []);
        assert_eq!(patterns("abs:a \"b c\" (x OR abs:\"d e\")").len(), 3);
    }

    #[test]
    fn the_first_match_that_the_title_lacks_is_shown() {
        let summary = "A low-rank tail steers a frozen kite; the Low Rank of it matters.";
        assert_eq!(
            highlighted("\"low rank\"", "Kites", summary),
            Some(vec!["low-rank".to_owned(), "Low Rank".to_owned()])
        );
        assert_eq!(highlighted("abs:kit", "Tails", summary), Some(vec!["kit".to_owned()]));
        assert_eq!(highlighted("abs:'eer", "Tails", summary), Some(vec!["eer".to_owned()]));
        assert_eq!(highlighted("abs:kit", "Kites", summary), None, "the title holds it");
        assert_eq!(highlighted("abs:kit abs:frozen", "Kites", summary), Some(vec!["frozen".to_owned()]));
        assert_eq!(highlighted("abs:zebra", "Kites", summary), None);
        assert_eq!(highlighted("\"\"", "Kites", summary), None);
        let several = "Multi\u{2013}modal and multimodal kites, GPT-4";
        let both = |all: &[&str]| Some(all.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(highlighted("abs:multimodal", "", several), both(&["Multi", "modal", "multimodal"]));
        assert_eq!(highlighted("abs:multi-modal", "", several), both(&["Multi", "modal", "multimodal"]));
        assert_eq!(highlighted("abs:multi-modal", "", "multimodal kites"), both(&["multimodal"]));
        assert_eq!(highlighted("abs:multimod", "", "multi-modal kites"), both(&["multi", "mod"]));
        assert_eq!(highlighted("\"multimodal\"", "", "multi-modal kites"), both(&["multi", "modal"]));
        assert_eq!(highlighted("abs:'imod", "", "multi-modal kites"), both(&["i", "mod"]));
        assert_eq!(highlighted("\"multimodal kites\"", "", "multi-modal kites"), None, "as they are written");
        assert_eq!(highlighted("abs:gpt4", "", several), both(&["GPT", "4"]));
        assert_eq!(highlighted("abs:nystrom", "", "The Nystro\u{308}m way"), Some(vec!["Nystro\u{308}m".to_owned()]));
    }

    #[test]
    fn a_long_abstract_is_cut_between_words() {
        let summary = format!("{}needle {}", "before it ".repeat(20), "after it ".repeat(60));
        let found = snippet("", summary.trim(), &patterns("abs:needle")).unwrap();
        assert_eq!(found.is_cut, [true, true]);
        assert!(found.text.starts_with("before it ") || found.text.starts_with("it "), "{}", found.text);
        assert!(found.text.ends_with(" it") || found.text.ends_with(" after"), "{}", found.text);
        assert!(found.text.chars().count() <= BEFORE + AFTER + 7);
        let whole = snippet("", "a needle here", &patterns("abs:needle")).unwrap();
        assert_eq!((whole.text.as_str(), whole.is_cut), ("a needle here", [false, false]));
        let unspaced = snippet("", &"字".repeat(900), &patterns("abs:'字")).unwrap();
        assert_eq!(unspaced.text.chars().count(), 1 + AFTER, "text without spaces is cut too");
    }

    proptest! {
        #[test]
        fn a_snippet_is_cut_exactly_where_the_abstract_matches(
            summary in "[abAé+ -]{0,400}", title in "[ab+ -]{0,6}", word in "[abé]{1,2}[+]?", second in "[ab]{1,3}", how in 0..4
        ) {
            let query = match how {
                0 => format!("abs:{word}"),
                1 => format!("abs:'{word}"),
                2 => format!("abs:^{word}"),
                _ => format!("\"{word} {second}\""),
            };
            let patterns = patterns(&query);
            let holds = |text: &str| AbstractPattern::new(&patterns[0]).is_in(&abstract_terms(text));
            let found = snippet(&title, &summary, &patterns);
            prop_assert_eq!(found.is_some(), !holds(&title) && holds(&summary));
            if let Some(found) = found {
                prop_assert!(summary.contains(&found.text) && !found.highlights.is_empty());
                for range in &found.highlights {
                    prop_assert!(found.text.get(range.clone()).is_some_and(|text| !text.is_empty()));
                }
            }
        }
    }
}
