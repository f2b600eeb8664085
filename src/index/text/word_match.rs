//! How a query word matches one term: the tiers, from the whole word down to a subsequence. The same rules find papers through the
//! dictionary and highlight characters on the screen.
//!
//! The comparison for typos is written here: only distance 0 and 1 count, a transposition is one typo, and the test ends at the first
//! difference, which a library's general edit distance does not offer at this speed over a million terms.

use std::sync::Arc;

use memchr::memchr2_iter;
use memchr::memmem::Finder;

use super::inflections::inflections;
use super::unspaced::is_unspaced_word;
use crate::domain::query::How;
use crate::index::format::dictionary::LetterMask;

/// How well a query word matches a term; a higher tier is a better match. Fits three bits; 0 stands for no match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Tier {
    /// A subsequence that begins with the same letter.
    SparseSubsequence = 1,
    /// The same in a term at most twice as long.
    Subsequence,
    /// One letter wrong, missing or added, or two neighbours swapped.
    Typo,
    Substring,
    /// An initialism of title words; never returned by `WordMatcher::tier`.
    Initials,
    Prefix,
    Exact,
}

impl Tier {
    pub(crate) const BITS: usize = 3;
}

/// What a query word also matches beside the terms that are the word or contain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Approximation {
    /// Subsequences and typos: no paper has the word.
    Letters,
    /// These folded words in titles: nearly all papers spell the word so.
    Spellings(Arc<[String]>),
}

/// A folded word of a query that matches by more than its letters as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproximateWord {
    pub word: String,
    pub by: Approximation,
}

/// Shortest query word that matches as a substring or subsequence.
const MIN_SUBSTRING: usize = 3;
/// Shortest query word that may have a typo.
const MIN_TYPO: usize = 5;

/// A folded query word, prepared for many comparisons.
pub(crate) struct WordMatcher<'a> {
    pub(crate) word: &'a str,
    pub(crate) how: How,
    letters: LetterMask,
    /// In characters.
    length: usize,
    /// Whether subsequences match, and typos in long enough words.
    is_approximate: bool,
    allows_typo: bool,
    /// Whether it is of a script without blanks: it may begin anywhere in a term, and nothing less than the whole word matches.
    is_unspaced: bool,
    /// The inflected forms of the word, which match in titles as a longer word does.
    pub(crate) forms: Vec<String>,
    /// What the word is probably a misspelling of, which matches in titles as a typo does.
    pub(crate) spellings: Arc<[String]>,
    finder: Finder<'a>,
}

impl<'a> WordMatcher<'a> {
    /// Matches terms that are the word, begin with it or contain it, as `how` allows.
    pub(crate) fn new(word: &'a str, how: How) -> Self {
        let letters = LetterMask::of(word.as_bytes());
        let length = word.chars().count();
        let is_unspaced = is_unspaced_word(word);
        let (is_approximate, allows_typo) = (false, false);
        let forms = if how == How::Fuzzy { inflections(word) } else { Vec::new() };
        let spellings = Arc::default();
        let finder = Finder::new(word);
        Self { word, how, letters, length, is_approximate, allows_typo, is_unspaced, forms, spellings, finder }
    }

    /// The same, which also matches what an approximation says.
    pub(crate) fn with(word: &'a str, how: How, approximation: Option<&Approximation>) -> Self {
        match approximation {
            None => Self::new(word, how),
            Some(Approximation::Letters) => Self::approximate(word, how),
            Some(Approximation::Spellings(spellings)) => {
                Self { spellings: Arc::clone(spellings), ..Self::new(word, how) }
            }
        }
    }

    /// The same, which also matches subsequences and typos where `how` and the length of the word allow it.
    pub(crate) fn approximate(word: &'a str, how: How) -> Self {
        let strict = Self::new(word, how);
        let is_approximate = how == How::Fuzzy && !strict.is_prefix_only() && !strict.is_unspaced;
        Self { is_approximate, allows_typo: is_approximate && strict.length >= MIN_TYPO, ..strict }
    }

    /// Whether an approximate matcher would find more.
    pub(crate) fn has_approximations(word: &str, how: How) -> bool {
        WordMatcher::approximate(word, how).is_approximate
    }

    /// Whether an approximate matcher would find typos.
    pub(crate) fn has_typos(word: &str, how: How) -> bool {
        WordMatcher::approximate(word, how).allows_typo
    }

    /// Whether only terms with this prefix can match.
    pub(crate) fn is_prefix_only(&self) -> bool {
        self.how == How::Prefix || (self.how == How::Fuzzy && self.length < MIN_SUBSTRING && !self.is_unspaced)
    }

    /// Whether the word is looked for anywhere in a term and is of letters and digits that fold to themselves.
    pub(crate) fn is_plain_part(&self) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        self.how == How::Exact && !self.word.is_empty() && self.word.bytes().all(is_plain)
    }

    /// Whether the bytes of such a word stand in a text in whatever case.
    pub(crate) fn is_in_bytes(&self, text: &[u8]) -> bool {
        let Some((first, others)) = self.word.as_bytes().split_first() else { return false };
        memchr2_iter(*first, first.to_ascii_uppercase(), text).any(|at| {
            let rest = text.get(at + 1..).and_then(|rest| rest.get(..others.len()));
            rest.is_some_and(|rest| rest.eq_ignore_ascii_case(others))
        })
    }

    /// False only for terms that cannot match, judged by letter mask and, where that does not decide, by length in bytes.
    pub(crate) fn may_match(&self, letters: LetterMask, bytes: impl FnOnce() -> usize) -> bool {
        if self.letters.is_within(letters) {
            return true;
        }
        // One letter more or less, of at most four bytes.
        let most = if self.word.is_ascii() { 1 } else { 4 };
        self.allows_typo && self.letters.is_nearly_within(letters) && bytes().abs_diff(self.word.len()) <= most
    }

    /// Which of up to 64 terms can match as far as their letter masks tell, a bit for each. Without branches, because this excludes nearly all terms
    /// of the dictionary.
    pub(crate) fn may_match_by_letters(&self, letters: &[[u8; 8]]) -> u64 {
        let may_match = |letters: &[u8; 8]| {
            let letters = LetterMask(u64::from_le_bytes(*letters));
            self.letters.is_within(letters) | (self.allows_typo & self.letters.is_nearly_within(letters))
        };
        (0..64).zip(letters).fold(0, |found, (bit, letters)| found | u64::from(may_match(letters)) << bit)
    }

    /// How a folded term of a title matches: as `tier` says, or as another form or spelling of the word.
    pub(crate) fn tier_in_title(&self, term: &[u8]) -> Option<Tier> {
        self.tier(term).max(self.others().find(|(other, _)| other.as_bytes() == term).map(|(_, tier)| tier))
    }

    /// The other words that match in titles, and how well.
    pub(crate) fn others(&self) -> impl Iterator<Item = (&str, Tier)> {
        let forms = self.forms.iter().map(|form| (form.as_str(), Tier::Prefix));
        forms.chain(self.spellings.iter().map(|spelling| (spelling.as_str(), Tier::Typo)))
    }

    /// How a folded term matches; None when it does not.
    pub(crate) fn tier(&self, term: &[u8]) -> Option<Tier> {
        let own = self.word.as_bytes();
        // The first letter excludes most terms at once.
        if term.first() == own.first() && term.starts_with(own) {
            return Some(if term.len() == own.len() { Tier::Exact } else { Tier::Prefix });
        }
        if self.is_prefix_only() {
            return None;
        }
        if self.finder.find(term).is_some() {
            return Some(Tier::Substring);
        }
        if !self.is_approximate {
            return None;
        }
        if self.word.is_ascii() && term.is_ascii() {
            return self.fuzzy_tier(own.iter().copied(), term.iter().copied(), term.len());
        }
        let term = std::str::from_utf8(term).ok()?;
        self.fuzzy_tier(self.word.chars(), term.chars(), term.chars().count())
    }

    /// By typo or subsequence. `length`: characters of the term.
    fn fuzzy_tier<C, I, J>(&self, own: I, term: J, length: usize) -> Option<Tier>
    where
        C: PartialEq,
        I: Iterator<Item = C> + Clone,
        J: Iterator<Item = C> + Clone,
    {
        if self.allows_typo
            && self.length.abs_diff(length) <= 1
            && is_one_typo(own.clone(), term.clone(), self.length.cmp(&length))
        {
            return Some(Tier::Typo);
        }
        let mut own = own.peekable();
        let mut term = term.peekable();
        if own.peek() != term.peek() {
            return None;
        }
        for c in term {
            if own.peek() == Some(&c) {
                own.next();
            }
        }
        let is_subsequence = own.peek().is_none();
        is_subsequence.then_some(if length <= self.length * 2 { Tier::Subsequence } else { Tier::SparseSubsequence })
    }
}

/// Whether changing, adding, removing or swapping one letter with its neighbour turns one into the other, or they are equal. `lengths` compares
/// their lengths, which differ by at most one.
fn is_one_typo<C: PartialEq, I, J>(mut one: I, mut two: J, lengths: std::cmp::Ordering) -> bool
where
    I: Iterator<Item = C> + Clone,
    J: Iterator<Item = C> + Clone,
{
    loop {
        let (first, second) = (one.next(), two.next());
        if first.is_none() && second.is_none() {
            return true;
        }
        if first == second {
            continue;
        }
        return match lengths {
            std::cmp::Ordering::Less => first.into_iter().chain(one).eq(two),
            std::cmp::Ordering::Greater => one.eq(second.into_iter().chain(two)),
            std::cmp::Ordering::Equal => {
                let swapped = one.clone().next() == second && two.clone().next() == first;
                one.clone().eq(two.clone()) || (swapped && one.skip(1).eq(two.skip(1)))
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_are_as_described() {
        let tier = |query, word: &str| WordMatcher::approximate(query, How::Fuzzy).tier(word.as_bytes());
        assert_eq!(tier("attention", "attention"), Some(Tier::Exact));
        assert_eq!(tier("att", "attention"), Some(Tier::Prefix));
        assert_eq!(tier("t", "attention"), None);
        assert_eq!(tier("ten", "attention"), Some(Tier::Substring));
        assert_eq!(tier("te", "attention"), None);
        assert_eq!(tier("attn", "attention"), Some(Tier::SparseSubsequence));
        assert_eq!(tier("atenton", "attention"), Some(Tier::Subsequence));
        assert_eq!(tier("ttn", "attention"), None);
        assert_eq!(tier("difusion", "diffusion"), Some(Tier::Typo));
        assert_eq!(tier("diffusoin", "diffusion"), Some(Tier::Typo));
        assert_eq!(tier("dixfusion", "diffusion"), Some(Tier::Typo));
        assert_eq!(tier("xiffusion", "diffusion"), Some(Tier::Typo));
        assert_eq!(tier("diffusione", "diffusion"), Some(Tier::Typo));
        assert_eq!(tier("difsuoin", "diffusion"), None);
        assert_eq!(tier("lorx", "lora"), None);
        assert_eq!(tier("нейрон", "нейронов"), Some(Tier::Prefix));
        assert_eq!(tier("нейорн", "нейрон"), Some(Tier::Typo));
        let exact = WordMatcher::new("or", How::Exact);
        assert_eq!(exact.tier(b"lora"), Some(Tier::Substring));
        assert_eq!(WordMatcher::new("ora", How::Prefix).tier(b"lora"), None);
        assert_eq!(WordMatcher::approximate("lra", How::Exact).tier(b"lora"), None);
        let strict = WordMatcher::new("atten", How::Fuzzy);
        assert_eq!((strict.tier(b"attention"), strict.tier(b"attune")), (Some(Tier::Prefix), None));
        assert_eq!(tier("学习", "深度学习"), Some(Tier::Substring), "no blank shows where a word begins");
        assert_eq!(tier("习", "深度学习"), Some(Tier::Substring));
        assert_eq!(tier("深习", "深度学习"), None);
        assert_eq!(tier("深度学习的", "深度学习"), None);
    }
}
