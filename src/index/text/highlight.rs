//! Which characters of a text on the screen a query matches: whole words, parts of words, subsequences, initialisms; by the same tiers as the
//! search. It finds no papers.

use std::cell::LazyCell;
use std::ops::Range;

use super::located_terms::{FoldedText, located_terms, matches_as_written, pattern_matches, without_signs};
use super::signs::SignedText;
use super::tokens::{self, each_initialism};
use super::unspaced::{fits_phrase, is_unspaced_word};
use super::word_match::{ApproximateWord, Approximation, Tier, WordMatcher};
use crate::domain::fold;
use crate::domain::query::{Filter, How, Pattern, Query, Term, Word, split_beginning};

/// In texts of more words than this only words that contain the query word are highlighted: a subsequence would match by chance.
const MOST_WORDS_FOR_FUZZY: usize = 60;

/// What a text is of its paper: each is searched by rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HighlightedText {
    Title,
    /// The names of the authors, with `NAME_SEPARATOR` between them.
    Authors,
    /// An abstract, a note or another text that is searched as they are.
    Abstract,
}

/// Stands between the names of authors.
const NAME_SEPARATOR: &str = ", ";

/// The words and phrases of a query that papers must match, for `highlights`; nothing under a NOT.
pub fn highlight_patterns(query: &Query) -> Vec<Pattern> {
    let mut found = Vec::new();
    collect(&query.filter, &mut found);
    found
}

/// Other names of a query's words, for `highlights`: see `Hits::names`.
pub fn name_patterns(names: &[String]) -> impl Iterator<Item = Pattern> {
    names.iter().cloned().map(Pattern::Phrase)
}

fn collect(filter: &Filter, found: &mut Vec<Pattern>) {
    match filter {
        Filter::And(filters) | Filter::Or(filters) => filters.iter().for_each(|filter| collect(filter, found)),
        Filter::Term(term) => match term {
            Term::Word(word) => found.push(Pattern::Word(word.clone())),
            Term::Phrase(phrase) => found.push(Pattern::Phrase(phrase.clone())),
            Term::Title(pattern) | Term::Author(pattern) | Term::Abstract(pattern) | Term::Note(pattern) => {
                found.push(pattern.clone());
            }
            _ => {}
        },
        Filter::All | Filter::Nothing | Filter::Not(_) => {}
    }
}

/// Byte ranges of the text that the words and phrases match, sorted and merged; in titles and names only the best matches of each word.
/// `approximate`: see `Hits::approximate`.
pub fn highlights(
    patterns: &[Pattern],
    approximate: &[ApproximateWord],
    (kind, text): (HighlightedText, &str),
) -> Vec<Range<usize>> {
    let (words, terms) = (LazyCell::new(|| TextWords::new((kind, text))), LazyCell::new(|| located_terms(text)));
    let of_pattern = |pattern: &Pattern| match kind {
        HighlightedText::Abstract => pattern_matches(pattern, &terms),
        HighlightedText::Authors => words.in_names(pattern, approximate),
        HighlightedText::Title => {
            if !has_signs(pattern) {
                return words.in_title(pattern, approximate);
            }
            let found = matches_as_written(pattern, &terms);
            match without_signs(pattern).filter(|_| found.is_empty()) {
                Some(bare) => words.in_title(&bare, approximate),
                None => found,
            }
        }
    };
    merged(patterns.iter().flat_map(of_pattern).collect())
}

fn has_signs(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Word(word) => SignedText::of(&word.text).is_some(),
        Pattern::Phrase(phrase) => SignedText::of(phrase).is_some(),
    }
}

/// The ranges sorted; those that touch are merged.
pub(crate) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// The words of a title or of names, and its hyphenated words as one.
struct TextWords {
    words: Vec<FoldedText>,
    /// For each word, whether the name of another author begins with it.
    begin_name: Vec<bool>,
    chains: Vec<FoldedText>,
    /// Initialisms and other forms of a word are looked for in titles only.
    is_title: bool,
}

impl TextWords {
    fn new((kind, text): (HighlightedText, &str)) -> Self {
        let mut words: Vec<FoldedText> = Vec::new();
        let mut gaps = Vec::new();
        let mut end = 0;
        for (range, folded) in fold::find_words(text) {
            let mut gap = text.get(end..range.start).unwrap_or_default();
            end = range.end;
            for word in FoldedText::new(text, range, folded).script_runs() {
                gaps.push(gap);
                words.push(word);
                gap = "";
            }
        }
        let mut chains: Vec<FoldedText> = Vec::new();
        let mut parts = 0;
        for (word, gap) in words.iter().zip(&gaps) {
            if parts > 0 && tokens::is_joiner(gap) {
                if let Some(chain) = chains.last_mut() {
                    chain.folded.push_str(&word.folded);
                    chain.origins.extend(word.origins.iter().cloned());
                }
                parts += 1;
            } else {
                if parts == 1 {
                    chains.pop();
                }
                chains.push(word.clone());
                parts = 1;
            }
        }
        if parts == 1 {
            chains.pop();
        }
        let begin_name = gaps.iter().map(|gap| gap.contains(NAME_SEPARATOR)).collect();
        Self { words, begin_name, chains, is_title: kind == HighlightedText::Title }
    }

    fn in_title(&self, pattern: &Pattern, approximate: &[ApproximateWord]) -> Vec<Range<usize>> {
        let word = match pattern {
            Pattern::Phrase(phrase) => return self.phrase(phrase, |_| true),
            Pattern::Word(word) => word,
        };
        let tokens::WordParts { parts, joined, are_adjacent } = tokens::parts(&word.text);
        if !are_adjacent {
            return self.parts(word, approximate);
        }
        let approximation = |part: &String| self.approximation(part, approximate);
        let as_one = joined.iter().flat_map(|joined| self.best_matches(joined, word.how, approximation(joined)));
        self.runs(&parts, How::Prefix, |_| true).into_iter().chain(as_one).collect()
    }

    /// The words of a phrase stand in one name, the parts of a word in any.
    fn in_names(&self, pattern: &Pattern, approximate: &[ApproximateWord]) -> Vec<Range<usize>> {
        match pattern {
            Pattern::Word(word) => self.parts(word, approximate),
            Pattern::Phrase(phrase) => {
                self.phrase(phrase, |begin_name| begin_name.get(1..).unwrap_or_default().iter().all(|begins| !begins))
            }
        }
    }

    /// The parts of a word, where they stand next to each other or else in any place, and the word without what parts it.
    fn parts(&self, word: &Word, approximate: &[ApproximateWord]) -> Vec<Range<usize>> {
        let tokens::WordParts { parts, joined, .. } = tokens::parts(&word.text);
        let mut runs = self.runs(&parts, word.how, |_| true);
        let sought = if runs.is_empty() { parts.as_slice() } else { &[] };
        for part in sought.iter().chain(&joined) {
            runs.extend(self.best_matches(part, word.how, self.approximation(part, approximate)));
        }
        runs
    }

    fn approximation<'a>(&self, part: &str, approximate: &'a [ApproximateWord]) -> Option<&'a Approximation> {
        let is_short = self.words.len() <= MOST_WORDS_FOR_FUZZY;
        let found = approximate.iter().filter(|_| is_short).find(|word| word.word == part);
        found.map(|word| &word.by)
    }

    /// A phrase, whose last word may be a beginning. One word is also found as hyphenated words without their hyphens.
    fn phrase(&self, phrase: &str, is_one: impl Fn(&[bool]) -> bool) -> Vec<Range<usize>> {
        let (phrase, is_beginning) = split_beginning(phrase);
        let how = if is_beginning { How::Prefix } else { How::Exact };
        let parts = tokens::parts(&phrase).parts;
        let [part] = parts.as_slice() else { return self.runs(&parts, how, is_one) };
        if is_unspaced_word(part) {
            return self.best_matches(part, How::Exact, None);
        }
        let words = self.words.iter().chain(&self.chains);
        let found = words.filter(|word| word.folded == *part || (is_beginning && word.folded.starts_with(part)));
        found.flat_map(|word| word.matched(part, Tier::Prefix)).collect()
    }

    /// Where several words stand next to each other; with `How::Prefix` the last is the beginning of one. `is_one`: whether words that begin a
    /// name or do not may follow each other.
    fn runs(&self, parts: &[String], how: How, is_one: impl Fn(&[bool]) -> bool) -> Vec<Range<usize>> {
        if parts.len() < 2 {
            return Vec::new();
        }
        let last = parts.len() - 1;
        let fits = |(at, (word, part)): (usize, (&FoldedText, &String))| {
            let begins = how == How::Prefix && at == last && word.folded.starts_with(part.as_str());
            begins || fits_phrase(&word.folded, part, at == 0, at == last)
        };
        let rows = self.words.windows(parts.len()).zip(self.begin_name.windows(parts.len()));
        let runs = rows.filter(|(run, begin)| run.iter().zip(parts).enumerate().all(fits) && is_one(begin));
        // The first word may begin before the phrase, and the last one end after it.
        let range = |(run, _): (&[FoldedText], &[bool])| {
            let (first, last) = (run.first()?, run.last()?);
            let begin = first.origins.len().checked_sub(parts.first()?.chars().count())?;
            let end = parts.last()?.chars().count().checked_sub(1)?;
            Some(first.origins.get(begin)?.start..last.origins.get(end)?.end)
        };
        runs.filter_map(range).collect()
    }

    /// The matches of the best tier; in scripts without blanks between words, every occurrence.
    fn best_matches(&self, part: &str, how: How, approximation: Option<&Approximation>) -> Vec<Range<usize>> {
        if how != How::Prefix && is_unspaced_word(part) {
            return self.words.iter().flat_map(|word| word.matched(part, Tier::Substring)).collect();
        }
        let matcher = WordMatcher::with(part, how, approximation);
        let words = || self.words.iter().chain(&self.chains);
        let tier = |word: &FoldedText| match self.is_title {
            true => matcher.tier_in_title(word.folded.as_bytes()),
            false => matcher.tier(word.folded.as_bytes()),
        };
        let best = words().filter_map(tier).max();
        if self.is_title && how == How::Fuzzy && self.words.len() <= MOST_WORDS_FOR_FUZZY && best < Some(Tier::Initials)
        {
            let initials = self.initials(part);
            if !initials.is_empty() {
                return initials;
            }
        }
        let Some(best) = best else { return Vec::new() };
        words().filter(|word| tier(word) == Some(best)).flat_map(|word| word.matched(part, best)).collect()
    }

    /// The first letters of the words of an initialism.
    fn initials(&self, part: &str) -> Vec<Range<usize>> {
        let words: Vec<&str> = self.words.iter().map(|word| word.folded.as_str()).collect();
        let mut found = None;
        each_initialism(&words, &mut |letters| part.starts_with(letters), &mut |letters, from, to| {
            if letters == part && found.is_none() {
                found = Some(from..=to);
            }
        });
        let words = found.and_then(|range| self.words.get(range)).unwrap_or_default();
        let of_part = |word: &&FoldedText| word.folded.chars().next().is_some_and(|c| part.contains(c));
        words.iter().filter(of_part).filter_map(|word| word.origins.first().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn highlighted(word: &str, text: &str) -> Vec<String> {
        let words = [Pattern::Word(Word { text: word.into(), how: How::Fuzzy })];
        let approximate = [ApproximateWord { word: word.to_owned(), by: Approximation::Letters }];
        let ranges = highlights(&words, &approximate, (HighlightedText::Title, text));
        ranges.into_iter().map(|range| text.get(range).unwrap().to_owned()).collect()
    }

    #[test]
    fn clauses_under_a_not_are_not_highlighted() {
        let highlighted = |query: &str, text: &str| {
            let ranges =
                highlights(&highlight_patterns(&Query::parse(query)), &[], (HighlightedText::Title, text)).into_iter();
            ranges.map(|range| text.get(range).unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        let text = "A Deep View of Wide Nets";
        assert_eq!(highlighted("nets -deep", text), "Nets");
        assert_eq!(highlighted("nets -(deep view) -title:wide -\"wide nets\"", text), "Nets");
        assert_eq!(highlighted("-(view -deep)", text), "", "nor a clause under two");
        assert_eq!(highlighted("(title:deep OR author:view) \"wide nets\" -deep", text), "Deep View Wide Nets");
    }

    #[test]
    fn matching_characters_are_highlighted() {
        assert_eq!(highlighted("att", "Attention, attend"), ["Att", "att"]);
        assert_eq!(highlighted("attn", "Flash Attention"), ["Att", "n"]);
        assert_eq!(highlighted("nystrom", "The Nystro\u{308}m and Nyström methods"), ["Nystro\u{308}m", "Nyström"]);
        assert_eq!(highlighted("finetuning", "Efficient Fine-Tuning"), ["Fine", "Tuning"]);
        assert_eq!(highlighted("fine-tuning", "Efficient Fine-Tuning"), ["Fine-Tuning"]);
        assert_eq!(highlighted("moe", "A Mixture of Experts"), ["M", "o", "E"]);
        assert_eq!(highlighted("difusion", "Diffusion"), ["Diffusion"]);
        assert_eq!(highlighted("zzz", "Diffusion"), [""; 0]);
        let typed = |query: &str, text: &str| {
            highlights(&highlight_patterns(&Query::parse(query)), &[], (HighlightedText::Title, text))
        };
        assert_eq!(typed("cost", "Contrastive"), [], "where papers have the word, its letters match nothing");
        assert_eq!(typed("\"deep nets\"", "nets of deep nets"), vec![Range { start: 8, end: 17 }]);
        assert_eq!(typed("\"deep ne", "nets of deep nets"), vec![Range { start: 8, end: 15 }]);
        assert_eq!(typed("\"deep nea", "nets of deep nets"), [], "and its words alone are not");
        assert_eq!(typed("\"ne", "nets of deep nets"), vec![Range { start: 0, end: 2 }, Range { start: 13, end: 15 }]);
        assert_eq!(typed("\"of c+", "pieces of C++"), vec![Range { start: 7, end: 12 }]);
    }
}
