//! Which letters of a visible text a query matched: whole words, parts of words, letters in order, initials. By the same tiers as the
//! search; made for the rows on the screen, not for finding anything.

use std::ops::Range;

use super::tokens::{self, each_initialism};
use super::word_match::{Tier, Wanted};
use crate::domain::fold;
use crate::domain::query::{Filter, How, Pattern, Query, Term, Word};

/// In texts of more words than this only words that hold the query word are lit: loose matches would be accidents.
const LOOSE: usize = 60;

/// The words and phrases of a query that are asked for, for `highlights`. A phrase is a word of several words.
pub fn needles(query: &Query) -> Vec<Word> {
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
            | Term::Abstract(Pattern::Word(word)) => found.push(word.clone()),
            Term::Phrase(phrase)
            | Term::Title(Pattern::Phrase(phrase))
            | Term::Author(Pattern::Phrase(phrase))
            | Term::Abstract(Pattern::Phrase(phrase)) => found.push(Word { text: phrase.clone(), how: How::Exact }),
            _ => {}
        },
        Filter::All | Filter::Nothing | Filter::Not(_) => {}
    }
}

/// Byte ranges of the text that the words match, sorted and merged. Of each word only its best matches are lit.
pub fn highlights(words: &[Word], text: &str) -> Vec<Range<usize>> {
    let text = Text::new(text);
    merged(words.iter().flat_map(|word| text.lit(word)).collect())
}

/// Ranges sorted, those that touch made one.
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

/// A folded word, or text, and where each of its characters stands in the text.
#[derive(Clone, Default)]
pub(crate) struct Piece {
    folded: String,
    pub(crate) origins: Vec<Range<usize>>,
}

impl Piece {
    pub(crate) fn new(text: &str, range: Range<usize>, folded: String) -> Self {
        let mut origins: Vec<Range<usize>> = Vec::new();
        let mut letters = String::new();
        for (at, c) in text.get(range.clone()).unwrap_or_default().char_indices() {
            let origin = range.start + at..range.start + at + c.len_utf8();
            let of_c = fold::fold(c.encode_utf8(&mut [0; 4]));
            match origins.last_mut() {
                // A dropped mark belongs to the letter before it.
                Some(last) if of_c.is_empty() => last.end = origin.end,
                _ => origins.extend(of_c.chars().map(|_| origin.clone())),
            }
            letters.push_str(&of_c);
        }
        if letters != folded {
            // Letters that fold only together cannot be told apart.
            origins = vec![range; folded.chars().count()];
        }
        Self { folded, origins }
    }
}

/// The words of a text, and its hyphenated words as one.
struct Text {
    words: Vec<Piece>,
    chains: Vec<Piece>,
}

impl Text {
    fn new(text: &str) -> Self {
        let mut words: Vec<Piece> = Vec::new();
        let mut gaps = Vec::new();
        let mut end = 0;
        for (range, folded) in fold::find_words(text) {
            gaps.push(text.get(end..range.start).unwrap_or_default());
            end = range.end;
            words.push(Piece::new(text, range, folded));
        }
        let mut chains: Vec<Piece> = Vec::new();
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

    fn lit(&self, word: &Word) -> Vec<Range<usize>> {
        let tokens::Parts { parts, joined } = tokens::parts(&word.text);
        let run = self.run(&parts);
        if !run.is_empty() || (word.how == How::Exact && parts.len() > 1) {
            return run;
        }
        parts.iter().chain(&joined).flat_map(|part| self.part(part, word.how)).collect()
    }

    /// Where several words stand next to each other.
    fn run(&self, parts: &[String]) -> Vec<Range<usize>> {
        if parts.len() < 2 {
            return Vec::new();
        }
        let runs = self.words.windows(parts.len());
        let runs = runs.filter(|run| run.iter().zip(parts).all(|(piece, part)| piece.folded == *part));
        runs.filter_map(|run| Some(run.first()?.origins.first()?.start..run.last()?.origins.last()?.end)).collect()
    }

    fn part(&self, part: &str, how: How) -> Vec<Range<usize>> {
        let wanted = Wanted::new(part, how);
        let loose = self.words.len() <= LOOSE;
        let pieces = || self.words.iter().chain(&self.chains);
        let tier =
            |piece: &Piece| wanted.tier(piece.folded.as_bytes()).filter(|tier| loose || *tier >= Tier::Substring);
        let best = pieces().filter_map(tier).max();
        if how == How::Fuzzy && loose && best < Some(Tier::Initials) {
            let initials = self.initials(part);
            if !initials.is_empty() {
                return initials;
            }
        }
        let Some(best) = best else { return Vec::new() };
        pieces().filter(|piece| tier(piece) == Some(best)).flat_map(|piece| piece.lit(part, best)).collect()
    }

    /// The first letters of the words an initialism stands for.
    fn initials(&self, part: &str) -> Vec<Range<usize>> {
        let words: Vec<&str> = self.words.iter().map(|word| word.folded.as_str()).collect();
        let mut found = None;
        each_initialism(&words, &mut |letters| part.starts_with(letters), &mut |letters, from, to| {
            if letters == part && found.is_none() {
                found = Some(from..=to);
            }
        });
        let words = found.and_then(|range| self.words.get(range)).unwrap_or_default();
        let of_part = |word: &&Piece| word.folded.chars().next().is_some_and(|c| part.contains(c));
        words.iter().filter(of_part).filter_map(|word| word.origins.first().cloned()).collect()
    }
}

impl Piece {
    pub(crate) fn lit(&self, part: &str, tier: Tier) -> Vec<Range<usize>> {
        let length = part.chars().count();
        match tier {
            Tier::Exact | Tier::Typo | Tier::Initials => self.origins.clone(),
            Tier::Prefix => self.origins.iter().take(length).cloned().collect(),
            Tier::Substring => {
                let before =
                    self.folded.find(part).and_then(|at| self.folded.get(..at)).unwrap_or_default().chars().count();
                self.origins.iter().skip(before).take(length).cloned().collect()
            }
            Tier::Near | Tier::Far => {
                let mut wanted = part.chars().peekable();
                let letters = self.folded.chars().zip(&self.origins);
                letters.filter(|(c, _)| wanted.next_if_eq(c).is_some()).map(|(_, origin)| origin.clone()).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lit(word: &str, text: &str) -> Vec<String> {
        let words = [Word { text: word.into(), how: How::Fuzzy }];
        highlights(&words, text).into_iter().map(|range| text.get(range).unwrap().to_owned()).collect()
    }

    #[test]
    fn only_what_is_asked_for_is_lit() {
        let lit = |query: &str, text: &str| {
            let lit = highlights(&needles(&Query::parse(query)), text).into_iter();
            lit.map(|range| text.get(range).unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        let text = "A Deep View of Wide Nets";
        assert_eq!(lit("nets -deep", text), "Nets");
        assert_eq!(lit("nets -(deep view) -title:wide -\"wide nets\"", text), "Nets");
        assert_eq!(lit("-(view -deep)", text), "", "nor what stands under two");
        assert_eq!(lit("(title:deep OR author:view) \"wide nets\" -deep", text), "Deep View Wide Nets");
    }

    #[test]
    fn the_letters_that_match_are_lit() {
        assert_eq!(lit("att", "Attention, attend"), ["Att", "att"]);
        assert_eq!(lit("attn", "Flash Attention"), ["Att", "n"]);
        assert_eq!(lit("nystrom", "The Nystro\u{308}m and Nyström methods"), ["Nystro\u{308}m", "Nyström"]);
        assert_eq!(lit("finetuning", "Efficient Fine-Tuning"), ["Fine", "Tuning"]);
        assert_eq!(lit("fine-tuning", "Efficient Fine-Tuning"), ["Fine-Tuning"]);
        assert_eq!(lit("moe", "A Mixture of Experts"), ["M", "o", "E"]);
        assert_eq!(lit("difusion", "Diffusion"), ["Diffusion"]);
        assert_eq!(lit("zzz", "Diffusion"), [""; 0]);
        let phrase = [Word { text: "deep nets".into(), how: How::Exact }];
        assert_eq!(highlights(&phrase, "nets of deep nets"), vec![Range { start: 8, end: 17 }]);
    }
}
