//! How a query word matches one word of a text: the tiers, from the whole word down to letters in order. Pure; the same rules find papers
//! through the dictionary and light letters on the screen.

use memchr::memmem::Finder;

use crate::domain::query::How;
use crate::index::format::dictionary::Letters;

/// How well a word matches; a higher tier is the better match. Fits three bits; 0 stands for no match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Tier {
    /// The letters in order, from the same first letter.
    Far = 1,
    /// The same in a word at most twice as long.
    Near,
    /// One letter wrong, missing, too many, or two swapped.
    Typo,
    Substring,
    /// The initials of consecutive title words; never given by `Wanted::tier`.
    Initials,
    Prefix,
    Exact,
}

impl Tier {
    pub(crate) const BITS: usize = 3;
}

/// Shortest query word that matches inside words or by letters in order.
const INSIDE: usize = 3;
/// Shortest query word that may have a typo.
const TYPO: usize = 5;

/// A folded query word, prepared for many comparisons.
pub(crate) struct Wanted<'a> {
    pub(crate) word: &'a str,
    pub(crate) how: How,
    letters: Letters,
    length: usize,
    /// Whether it may have a typo.
    typos: bool,
    inside: Finder<'a>,
}

impl<'a> Wanted<'a> {
    pub(crate) fn new(word: &'a str, how: How) -> Self {
        let letters = Letters::of(word.as_bytes());
        let length = word.chars().count();
        let typos = how == How::Fuzzy && length >= TYPO;
        Self { word, how, letters, length, typos, inside: Finder::new(word) }
    }

    /// Whether only words that begin with it can match.
    pub(crate) fn only_beginnings(&self) -> bool {
        self.how == How::Prefix || (self.how == How::Fuzzy && self.length < INSIDE)
    }

    /// False only for words that cannot match, judged by letter mask and, where that leaves a doubt, by length in bytes.
    pub(crate) fn may_match(&self, letters: Letters, bytes: impl FnOnce() -> usize) -> bool {
        if self.letters.within(letters) {
            return true;
        }
        // One letter more or less, of at most four bytes.
        let apart = if self.word.is_ascii() { 1 } else { 4 };
        self.typos && self.letters.nearly_within(letters) && bytes().abs_diff(self.word.len()) <= apart
    }

    /// How a folded word matches.
    pub(crate) fn tier(&self, word: &[u8]) -> Option<Tier> {
        let own = self.word.as_bytes();
        // The first letter rules out most words at once.
        if word.first() == own.first() && word.starts_with(own) {
            return Some(if word.len() == own.len() { Tier::Exact } else { Tier::Prefix });
        }
        if self.only_beginnings() {
            return None;
        }
        if self.inside.find(word).is_some() {
            return Some(Tier::Substring);
        }
        if self.how != How::Fuzzy {
            return None;
        }
        if self.word.is_ascii() && word.is_ascii() {
            return self.loose(own.iter().copied(), word.iter().copied(), word.len());
        }
        let word = std::str::from_utf8(word).ok()?;
        self.loose(self.word.chars(), word.chars(), word.chars().count())
    }

    fn loose<C, I, J>(&self, own: I, word: J, length: usize) -> Option<Tier>
    where
        C: PartialEq,
        I: Iterator<Item = C> + Clone,
        J: Iterator<Item = C> + Clone,
    {
        if self.typos
            && self.length.abs_diff(length) <= 1
            && one_typo(own.clone(), word.clone(), self.length.cmp(&length))
        {
            return Some(Tier::Typo);
        }
        let mut own = own.peekable();
        let mut word = word.peekable();
        if own.peek() != word.peek() {
            return None;
        }
        for c in word {
            if own.peek() == Some(&c) {
                own.next();
            }
        }
        let all = own.peek().is_none();
        all.then_some(if length <= self.length * 2 { Tier::Near } else { Tier::Far })
    }
}

/// Whether one letter changed, added, left out or swapped with its neighbour turns one into the other. `longer` compares their lengths,
/// which differ by at most one.
fn one_typo<C: PartialEq, I, J>(mut one: I, mut two: J, longer: std::cmp::Ordering) -> bool
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
        return match longer {
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
        let tier = |query, word: &str| Wanted::new(query, How::Fuzzy).tier(word.as_bytes());
        assert_eq!(tier("attention", "attention"), Some(Tier::Exact));
        assert_eq!(tier("att", "attention"), Some(Tier::Prefix));
        assert_eq!(tier("t", "attention"), None);
        assert_eq!(tier("ten", "attention"), Some(Tier::Substring));
        assert_eq!(tier("te", "attention"), None);
        assert_eq!(tier("attn", "attention"), Some(Tier::Far));
        assert_eq!(tier("atenton", "attention"), Some(Tier::Near));
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
        let exact = Wanted::new("or", How::Exact);
        assert_eq!(exact.tier(b"lora"), Some(Tier::Substring));
        assert_eq!(Wanted::new("ora", How::Prefix).tier(b"lora"), None);
    }
}
