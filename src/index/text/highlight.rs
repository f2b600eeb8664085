//! Which characters of a text on the screen a query matches: whole words, parts of words, subsequences, initialisms; by the same tiers as the
//! search. It finds no papers.

use std::mem;
use std::ops::Range;

use super::abstract_terms::{TermForms, WordChain};
use super::containment::{AbstractPattern, TermMatch, TermSequence};
use super::signs::{self, Sign, SignedText};
use super::tokens::{self, each_initialism};
use super::unspaced::{fits_phrase, is_unspaced_word, script_runs, terms_of_run};
use super::word_match::{ApproximateWord, Approximation, Tier, WordMatcher};
use crate::domain::fold;
use crate::domain::query::{Filter, How, Pattern, Query, Term, Word, split_beginning};

/// In texts of more words than this only words that contain the query word are highlighted: a subsequence would match by chance.
const MOST_WORDS_FOR_FUZZY: usize = 60;

/// The words and phrases of a query that papers must match, for `highlights`; nothing under a NOT. A phrase is a `Word` of several words,
/// with `How::Prefix` where the last one is a beginning.
pub fn highlight_words(query: &Query) -> Vec<Word> {
    let mut found = Vec::new();
    collect(&query.filter, &mut found);
    found
}

fn collect(filter: &Filter, found: &mut Vec<Word>) {
    match filter {
        Filter::And(filters) | Filter::Or(filters) => filters.iter().for_each(|filter| collect(filter, found)),
        Filter::Term(term) => match term {
            Term::Word(word)
            | Term::Title(Pattern::Word(word))
            | Term::Author(Pattern::Word(word))
            | Term::Abstract(Pattern::Word(word))
            | Term::Note(Pattern::Word(word)) => found.push(word.clone()),
            Term::Phrase(phrase)
            | Term::Title(Pattern::Phrase(phrase))
            | Term::Author(Pattern::Phrase(phrase))
            | Term::Abstract(Pattern::Phrase(phrase))
            | Term::Note(Pattern::Phrase(phrase)) => {
                let (text, is_beginning) = split_beginning(phrase);
                let how = if is_beginning { How::Prefix } else { How::Exact };
                found.push(Word { text: text.into_owned(), how });
            }
            _ => {}
        },
        Filter::All | Filter::Nothing | Filter::Not(_) => {}
    }
}

/// Byte ranges of the text that the words match, sorted and merged. For each word only its best matches. `approximate`: see
/// `Hits::approximate`.
pub fn highlights(words: &[Word], approximate: &[ApproximateWord], text: &str) -> Vec<Range<usize>> {
    let text_words = TextWords::new(text);
    let of_word = |word: &Word| {
        let Some(signed) = SignedText::of(&word.text) else { return text_words.matches(word, approximate) };
        let pattern = if word.how == How::Exact && signed.parts.len() > 1 {
            AbstractPattern::phrase(&word.text)
        } else {
            AbstractPattern::signed_word(&signed)
        };
        let terms = located_terms(text);
        let found: Vec<_> = pattern.sequences.iter().flat_map(|sequence| sequence_matches(sequence, &terms)).collect();
        match signed.bare.filter(|_| found.is_empty()) {
            Some(bare) => text_words.matches(&Word { text: bare, how: word.how }, approximate),
            None => found,
        }
    };
    merged(words.iter().flat_map(of_word).collect())
}

/// The byte ranges that a sequence matches.
pub(crate) fn sequence_matches(sequence: &TermSequence, terms: &[LocatedTerm]) -> Vec<Range<usize>> {
    let Some((asked, before)) = sequence.terms.split_last() else { return Vec::new() };
    let of_start = |start: usize| {
        let is_joined = |form: &str| sequence.is_joined_in(form);
        let as_one = terms.get(start)?.form(is_joined).filter(|_| !before.is_empty());
        if let Some((form, joined)) = as_one.zip(sequence.joined.as_deref()) {
            return Some(form.matched(joined, Tier::Prefix));
        }
        let end = terms.get(start + before.len())?;
        let of_form = |form: &FoldedText, how, asked| match how {
            TermMatch::Whole => form.origins.clone(),
            TermMatch::Prefix => form.matched(asked, Tier::Prefix),
            TermMatch::Part => form.matched(asked, Tier::Substring),
        };
        let form = |how: TermMatch, asked| Some(of_form(end.form(|form| how.accepts(form, asked))?, how, asked));
        let part = form(sequence.last, asked);
        let joined = || Some(of_form(end.joined.as_ref()?, sequence.last, asked));
        let other = || Some(end.form(|form| sequence.forms.iter().any(|other| other == form))?.origins.clone());
        let mut ranges =
            part.or_else(|| form(TermMatch::Prefix, sequence.joined.as_deref()?)).or_else(other).or_else(joined)?;
        if let Some(asked) = before.first() {
            // With everything between the words.
            let first = terms.get(start)?.form(|form| form == asked)?;
            ranges.first_mut()?.start = first.origins.first()?.start;
        }
        Some(ranges)
    };
    sequence.starts(terms).filter_map(of_start).flatten().collect()
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

/// A folded word or text, and for each of its characters the byte range it comes from.
#[derive(Clone, Default)]
pub(crate) struct FoldedText {
    folded: String,
    pub(crate) origins: Vec<Range<usize>>,
}

impl FoldedText {
    pub(crate) fn new(text: &str, range: Range<usize>, folded: String) -> Self {
        let mut origins: Vec<Range<usize>> = Vec::new();
        let mut letters = String::new();
        for (at, c) in text.get(range.clone()).unwrap_or_default().char_indices() {
            let origin = range.start + at..range.start + at + c.len_utf8();
            let of_c = fold::fold(c.encode_utf8(&mut [0; 4]));
            match origins.last_mut() {
                // A mark that folding drops belongs to the letter before it.
                Some(last) if of_c.is_empty() => last.end = origin.end,
                _ => origins.extend(of_c.chars().map(|_| origin.clone())),
            }
            letters.push_str(&of_c);
        }
        if letters != folded {
            // Characters that fold only together cannot be separated.
            origins = vec![range; folded.chars().count()];
        }
        Self { folded, origins }
    }

    /// The parts of the word, one for each script.
    fn script_runs(self) -> Vec<Self> {
        if self.folded.is_ascii() {
            return vec![self];
        }
        let mut origins = self.origins.iter();
        let part = |run: &str| Self {
            folded: run.to_owned(),
            origins: origins.by_ref().take(run.chars().count()).cloned().collect(),
        };
        script_runs(&self.folded).map(part).collect()
    }
}

/// A term of an abstract and its other forms, with signs, each with the bytes it comes from.
#[derive(Clone, Default)]
pub(crate) struct LocatedTerm {
    word: FoldedText,
    signed: Vec<FoldedText>,
    /// The hyphenated words that end with it, as one.
    joined: Option<FoldedText>,
}

impl LocatedTerm {
    /// The form that matches.
    fn form(&self, passes: impl Fn(&str) -> bool) -> Option<&FoldedText> {
        std::iter::once(&self.word).chain(&self.signed).find(|form| passes(&form.folded))
    }
}

impl TermForms for LocatedTerm {
    fn has_form(&self, passes: impl Fn(&str) -> bool) -> bool {
        passes(&self.word.folded) || self.signed.iter().any(|form| passes(&form.folded))
    }

    fn joined(&self) -> Option<&str> {
        self.joined.as_ref().map(|joined| joined.folded.as_str())
    }
}

/// The terms of an abstract, as `abstract_terms` gives them.
pub(crate) fn located_terms(text: &str) -> Vec<LocatedTerm> {
    let mut terms: Vec<LocatedTerm> = Vec::new();
    let (mut chain, mut origins): (WordChain, Vec<Range<usize>>) = Default::default();
    for (range, folded) in fold::find_words(text) {
        if !chain.goes_on(text, &range, &folded) {
            add_joined(&mut terms, &chain, mem::take(&mut origins));
            chain.begin();
        }
        chain.push(&range, &folded);
        let runs = FoldedText::new(text, range.clone(), folded).script_runs();
        let last = runs.len().saturating_sub(1);
        origins.extend(runs.iter().flat_map(|run| run.origins.iter().cloned()));
        for (at, run) in runs.into_iter().enumerate() {
            terms.extend(terms_of_run(&run.folded).enumerate().map(|(start, term)| LocatedTerm {
                word: FoldedText {
                    folded: term.to_owned(),
                    origins: run.origins.iter().skip(start).take(term.chars().count()).cloned().collect(),
                },
                signed: Vec::new(),
                joined: None,
            }));
            let (front, behind) = signs::forms(text, &range, &run.folded, (at == 0, at == last));
            if let Some(term) = terms.last_mut() {
                term.signed.extend(front.map(|front| run.with_signs(&[front], &[])));
                term.signed.extend((!behind.is_empty()).then(|| run.with_signs(&[], &behind)));
            }
        }
    }
    add_joined(&mut terms, &chain, origins);
    terms
}

/// Adds the hyphenated words that end with the last term.
fn add_joined(terms: &mut [LocatedTerm], chain: &WordChain, origins: Vec<Range<usize>>) {
    if let (Some(joined), Some(term)) = (chain.joined(), terms.last_mut()) {
        term.joined = Some(FoldedText { folded: joined.to_owned(), origins });
    }
}

/// The words of a text, and its hyphenated words as one.
struct TextWords {
    words: Vec<FoldedText>,
    chains: Vec<FoldedText>,
}

impl TextWords {
    fn new(text: &str) -> Self {
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
        Self { words, chains }
    }

    fn matches(&self, word: &Word, approximate: &[ApproximateWord]) -> Vec<Range<usize>> {
        let tokens::WordParts { parts, joined, are_adjacent } = tokens::parts(&word.text);
        let is_word = word.how != How::Exact && are_adjacent;
        let runs = self.runs(&parts, if is_word { How::Prefix } else { word.how });
        let is_phrase = word.how == How::Exact || (word.how == How::Prefix && word.text.contains(' '));
        if !runs.is_empty() || (is_phrase && parts.len() > 1) {
            return runs;
        }
        let is_short = self.words.len() <= MOST_WORDS_FOR_FUZZY;
        let approximation = |part: &String| {
            let found = approximate.iter().filter(|_| is_short).find(|word| word.word == *part);
            found.map(|word| &word.by)
        };
        let parts = if is_word { &[] } else { parts.as_slice() };
        parts.iter().chain(&joined).flat_map(|part| self.best_matches(part, word.how, approximation(part))).collect()
    }

    /// Where several words stand next to each other; with `How::Prefix` the last is the beginning of one.
    fn runs(&self, parts: &[String], how: How) -> Vec<Range<usize>> {
        if parts.len() < 2 {
            return Vec::new();
        }
        let last = parts.len() - 1;
        let fits = |(at, (word, part)): (usize, (&FoldedText, &String))| {
            let begins = how == How::Prefix && at == last && word.folded.starts_with(part.as_str());
            begins || fits_phrase(&word.folded, part, at == 0, at == last)
        };
        let runs = self.words.windows(parts.len()).filter(|run| run.iter().zip(parts).enumerate().all(fits));
        // The first word may begin before the phrase, and the last one end after it.
        let range = |run: &[FoldedText]| {
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
        let tier = |word: &FoldedText| matcher.tier_in_title(word.folded.as_bytes());
        let best = words().filter_map(tier).max();
        if how == How::Fuzzy && self.words.len() <= MOST_WORDS_FOR_FUZZY && best < Some(Tier::Initials) {
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

impl FoldedText {
    fn with_signs(&self, front: &[Sign], behind: &[Sign]) -> Self {
        let (signs, ranges) = (
            |signs: &[Sign]| signs.iter().map(|sign| sign.sign).collect::<String>(),
            |signs: &[Sign]| signs.iter().map(|sign| sign.range.clone()).collect::<Vec<_>>(),
        );
        Self {
            folded: [signs(front), self.folded.clone(), signs(behind)].concat(),
            origins: [ranges(front), self.origins.clone(), ranges(behind)].concat(),
        }
    }

    /// The byte ranges that a query word matches, given its tier.
    pub(crate) fn matched(&self, part: &str, tier: Tier) -> Vec<Range<usize>> {
        let length = part.chars().count();
        match tier {
            Tier::Exact | Tier::Typo | Tier::Initials => self.origins.clone(),
            Tier::Prefix if self.folded.starts_with(part) => self.origins.iter().take(length).cloned().collect(),
            // Another form of the word.
            Tier::Prefix => self.origins.clone(),
            Tier::Substring => {
                let before = |(at, _)| self.folded.get(..at).unwrap_or_default().chars().count();
                let places = self.folded.match_indices(part).map(before);
                places.flat_map(|before| self.origins.iter().skip(before).take(length).cloned()).collect()
            }
            Tier::Subsequence | Tier::SparseSubsequence => {
                let mut letters_left = part.chars().peekable();
                let letters = self.folded.chars().zip(&self.origins);
                letters
                    .filter(|(c, _)| letters_left.next_if_eq(c).is_some())
                    .map(|(_, origin)| origin.clone())
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn highlighted(word: &str, text: &str) -> Vec<String> {
        let words = [Word { text: word.into(), how: How::Fuzzy }];
        let approximate = [ApproximateWord { word: word.to_owned(), by: Approximation::Letters }];
        highlights(&words, &approximate, text).into_iter().map(|range| text.get(range).unwrap().to_owned()).collect()
    }

    #[test]
    fn clauses_under_a_not_are_not_highlighted() {
        let highlighted = |query: &str, text: &str| {
            let ranges = highlights(&highlight_words(&Query::parse(query)), &[], text).into_iter();
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
        let words = [Word { text: "cost".into(), how: How::Fuzzy }];
        assert_eq!(highlights(&words, &[], "Contrastive"), [], "where papers have the word, its letters match nothing");
        let phrase = [Word { text: "deep nets".into(), how: How::Exact }];
        assert_eq!(highlights(&phrase, &[], "nets of deep nets"), vec![Range { start: 8, end: 17 }]);
        let typed = |query: &str, text: &str| highlights(&highlight_words(&Query::parse(query)), &[], text);
        assert_eq!(typed("\"deep ne", "nets of deep nets"), vec![Range { start: 8, end: 15 }]);
        assert_eq!(typed("\"deep nea", "nets of deep nets"), [], "and its words alone are not");
        assert_eq!(typed("\"ne", "nets of deep nets"), vec![Range { start: 0, end: 2 }, Range { start: 13, end: 15 }]);
        assert_eq!(typed("\"of c+", "pieces of C++"), vec![Range { start: 7, end: 12 }]);
    }
}
