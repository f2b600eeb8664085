//! Signs that make another word of the word they stand at: `C++`, `C#`, `f*`, `e⁺e⁻`, `H∞`, `Q&A`, `.NET`. A text has each such word in a second form,
//! with its signs; a query asks for that form where the user typed it. What a sign is comes from the keys of titles, so that the same signs
//! part titles and are searched for.
//!
//! - `+ # *` and mathematical signs belong to the word directly before them; a stop, `#` or a mathematical sign also to the word directly behind.
//! - A dash is a sign behind a symbol where it joins nothing (`e⁻`, `C--`), `/` and `&` between two symbols (`A/B`, `Q&A`). A symbol is a letter, with
//!   digits after it or not, or a number.
//! - An exclamation mark and primes are signs behind a letter, with digits after it or not, where no letter follows (`n!`, `Z'`, `f''`).

use std::ops::Range;

use super::unspaced::{is_unspaced_word, script_runs};
use crate::domain::fold::{self, is_dash};
use crate::domain::identity::{has_letter, is_symbol, sign};

/// Letters of a word from which on its signs may just as well be none of its own (`transformer*`): where nothing has it with them, it is
/// searched without them.
const LONG: usize = 3;
/// Most signs that belong to a word, and most characters of a symbol.
const MOST: usize = 8;

/// A sign beside a word of a text, in the one spelling of keys, and the bytes it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sign {
    pub(crate) sign: char,
    pub(crate) range: Range<usize>,
}

/// The signs directly behind a word that ends at `end`. `word`: its last part in one script, folded.
pub(crate) fn behind(text: &str, word: &str, end: usize) -> Vec<Sign> {
    let rest = text.get(end..).unwrap_or_default();
    let first = match rest.chars().next() {
        Some(c @ ('+' | '#' | '*' | '-' | '/' | '&' | '!' | '\'')) => c,
        Some(c) if !c.is_ascii() => c,
        _ => return Vec::new(),
    };
    if is_unspaced_word(word) {
        return Vec::new();
    }
    let place = |(at, c): (usize, char), sign| Sign { sign, range: end + at..end + at + c.len_utf8() };
    if matches!(first, '/' | '&') {
        let next: String = rest.chars().skip(1).take(MOST).take_while(|c| fold::is_word_char(*c)).collect();
        let divides = is_symbol(word) && is_symbol(&fold::fold(&next));
        return if divides { vec![place((0, first), first)] } else { Vec::new() };
    }
    if is_dash(first) {
        let dashes = rest.char_indices().take_while(|(_, c)| is_dash(*c)).take(MOST);
        let dashes: Vec<Sign> = dashes.map(|found| place(found, '-')).collect();
        let next = dashes.last().and_then(|last| text.get(last.range.end..)?.chars().next());
        let is_minus = is_symbol(word) && has_letter(word) && !next.is_some_and(fold::is_word_char);
        return if is_minus { dashes } else { Vec::new() };
    }
    if first == '!' || is_prime(first) {
        let is_same = |c: char| if first == '!' { c == '!' } else { is_prime(c) };
        let marks = rest.char_indices().take_while(|(_, c)| is_same(*c)).take(MOST);
        let marks: Vec<Sign> = marks.map(|found| place(found, if first == '!' { '!' } else { '\'' })).collect();
        let next = marks.last().and_then(|last| text.get(last.range.end..)?.chars().next());
        // Not the end of a quotation.
        let before = text.get(..end).and_then(|before| before.trim_end_matches(fold::is_word_char).chars().next_back());
        let is_quoted = before.is_some_and(|c| is_prime(c) || c == '\u{2018}');
        let is_marked = is_symbol(word) && has_letter(word) && !is_quoted && !next.is_some_and(fold::is_word_char);
        return if is_marked { marks } else { Vec::new() };
    }
    rest.char_indices().map_while(|found| Some(place(found, word_sign(found.1)?))).take(MOST).collect()
}

/// Whether a character is a prime, or is written in the place of one.
fn is_prime(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2032}')
}

/// The sign directly in front of a word that begins at `start`. `word`: its first part in one script, folded.
pub(crate) fn in_front(text: &str, word: &str, start: usize) -> Option<Sign> {
    let mut before = text.get(..start)?.char_indices().rev();
    let (at, c) = before.next()?;
    let led = match c {
        '.' => '.',
        '#' => '#',
        c if !c.is_ascii() => word_sign(c).filter(|sign| *sign == '#' || !sign.is_ascii())?,
        _ => return None,
    };
    let is_ellipsis = led == '.' && before.next().is_some_and(|(_, c)| c == '.');
    let is_led = !is_ellipsis && word.starts_with(char::is_alphabetic) && !is_unspaced_word(word);
    is_led.then_some(Sign { sign: led, range: at..start })
}

/// The sign that a character is directly behind a word.
fn word_sign(c: char) -> Option<char> {
    let is_plain = |c: &char| matches!(c, '+' | '#' | '*');
    if c.is_ascii() {
        return Some(c).filter(is_plain);
    }
    sign(c).or_else(|| {
        let folded = fold::alone(c)?;
        let mut chars = folded.chars();
        chars.next().filter(is_plain).filter(|_| chars.next().is_none())
    })
}

/// The forms with signs of a part of a word; `is_first` and `is_last`: whether it begins and ends the word, which has this range.
pub(crate) fn forms(
    text: &str,
    range: &Range<usize>,
    part: &str,
    (is_first, is_last): (bool, bool),
) -> (Option<Sign>, Vec<Sign>) {
    let front = if is_first { in_front(text, part, range.start) } else { None };
    (front, if is_last { behind(text, part, range.end) } else { Vec::new() })
}

/// A part of a query's word or phrase in one script, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedPart {
    pub(crate) letters: String,
    /// With its signs, where it has some.
    pub(crate) signed: Option<String>,
}

impl SignedPart {
    /// The signs in front of the letters or behind them.
    pub(crate) fn signs(&self) -> Option<&str> {
        let signed = self.signed.as_deref()?;
        signed.strip_prefix(self.letters.as_str()).or_else(|| signed.strip_suffix(self.letters.as_str()))
    }
}

/// A word or phrase of a query that has words with signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedText {
    pub(crate) parts: Vec<SignedPart>,
    /// What is searched for where nothing has the signs; None when the signed words mean nothing without them.
    pub(crate) bare: Option<String>,
}

impl SignedText {
    /// None for a text without such signs, which most are.
    pub(crate) fn of(text: &str) -> Option<Self> {
        if text.bytes().all(|byte| {
            byte.is_ascii() && !matches!(byte, b'+' | b'#' | b'*' | b'-' | b'/' | b'&' | b'.' | b'!' | b'\'')
        }) {
            return None;
        }
        let found: Vec<(Range<usize>, String)> = fold::find_words(text).collect();
        let (mut parts, mut signs): (Vec<SignedPart>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
        let (mut is_long, mut hyphen) = (true, None);
        for (range, word) in &found {
            let runs: Vec<&str> = script_runs(word).collect();
            for (at, run) in runs.iter().enumerate() {
                let (front, behind) = forms(text, range, run, (at == 0, at + 1 == runs.len()));
                let front = front.filter(|front| leads(text, front, signs.last()));
                let behind = Some(behind).filter(|behind| belongs(text, run, behind));
                let mut signed = None;
                if let Some(behind) = behind {
                    signed = Some(run.chars().chain(behind.iter().map(|sign| sign.sign)).collect());
                    let end = behind.last().map_or(range.end, |sign| sign.range.end);
                    if text.get(range.end..end) == Some("-") {
                        // A hyphen may be the beginning of a hyphenated word that is still being typed.
                        hyphen = Some(parts.len());
                    }
                    signs.push(range.end..end);
                } else if let Some(front) = front {
                    signed = Some(std::iter::once(front.sign).chain(run.chars()).collect());
                    signs.push(front.range);
                }
                // An apostrophe may be the beginning of a name that is still being typed.
                let may_go_on = signed.as_ref().is_none_or(|signed: &String| signed.ends_with('\''));
                is_long &= may_go_on || run.chars().count() >= LONG;
                parts.push(SignedPart { letters: (*run).to_owned(), signed });
            }
        }
        if let Some(part) = hyphen.filter(|_| signs.len() == 1).and_then(|at| parts.get_mut(at)) {
            part.signed = None;
            return None;
        }
        if signs.is_empty() {
            return None;
        }
        let bare = is_long.then(|| without(text, &signs));
        Some(Self { parts, bare })
    }
}

/// Whether a sign in front of a word of a query is meant: nothing joins it to the word before, and it is not a sign of that.
fn leads(text: &str, front: &Sign, last: Option<&Range<usize>>) -> bool {
    let before = text.get(..front.range.start).and_then(|before| before.chars().next_back());
    let is_free = !front.sign.is_ascii() || !before.is_some_and(fold::is_word_char);
    is_free && last.is_none_or(|last| last.end <= front.range.start)
}

/// Whether signs behind a word of a query belong to it; one between two longer words joins them (`vision+language`).
fn belongs(text: &str, word: &str, signs: &[Sign]) -> bool {
    let Some(last) = signs.last() else { return false };
    let joins = text.get(last.range.end..).and_then(|rest| rest.chars().next()).is_some_and(fold::is_word_char);
    !joins || signs.len() > 1 || is_symbol(word) || !last.sign.is_ascii()
}

/// A text with blanks in place of some of its bytes.
fn without(text: &str, ranges: &[Range<usize>]) -> String {
    let (mut bare, mut end) = (String::with_capacity(text.len()), 0);
    for range in ranges {
        bare.push_str(text.get(end..range.start).unwrap_or_default());
        bare.push(' ');
        end = range.end;
    }
    bare.push_str(text.get(end..).unwrap_or_default());
    bare.trim().to_owned()
}
