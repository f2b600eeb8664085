//! Finds out cheaply whether a page text holds anything to repair, so that prose costs one pass over its bytes: a brace, a script mark, a
//! backslash, or a word that ends in the name of a command. Never decides what is repaired.

use std::sync::LazyLock;

use super::addresses;
use super::names::{CERTAIN, GREEK, SIZES};

/// Names that a word outside braces and scripts may end in, besides those of `CERTAIN` and of Greek letters.
const NAMES: &str = "times imes sim Ksim Msim Bsim Tsim ksim xsim approx pprox ll gg pm in cup cap subset left right ightarrow eftarrow big Obig bigg \
                     Obigg epsilon ell sqrt sum prod int bigcup bigcap mathcal mathscr mathbb mathbf mathfrak tilde widetilde hat widehat bar overline frac";

/// Whether some rule may apply to a text. False means that none does.
pub(super) fn may_need_repair(text: &str) -> bool {
    let endings = &*ENDINGS;
    let bytes = text.as_bytes();
    let (mut length, mut first, mut last) = (0_usize, 0_u32, 0_u32);
    for (at, &byte) in bytes.iter().chain(b" ").enumerate() {
        if byte.is_ascii_alphabetic() {
            last = next_ending(last, byte);
            length += 1;
            if length == 4 {
                first = last;
            }
            continue;
        }
        if length > 1 && (endings.may_hold(last) || (length > 6 && endings.holds_size(first))) {
            let start = at - length;
            if text.get(start..at).is_some_and(|word| may_be_command(text, word, start, at)) {
                return true;
            }
        }
        if matches!(byte, b'\\' | b'{' | b'}' | b'^' | b'_' | b'~' | b'@') {
            return true;
        }
        (length, last) = (0, 0);
    }
    addresses::holds_dashes(text)
}

/// Whether some rule may apply to a word that stands outside braces and scripts.
pub(super) fn may_be_command(text: &str, word: &str, start: usize, end: usize) -> bool {
    let endings = &*ENDINGS;
    let tail = word.get(word.len().saturating_sub(4)..).unwrap_or_default();
    if !endings.holds(ending(tail), word) {
        let first = word.bytes().take(4).fold(0, next_ending);
        let is_glued = || glued_size(word).is_some() || glued_style(word).is_some();
        return word.len() > 6 && endings.holds_size(first) && is_glued();
    }
    let before = text.get(..start).and_then(|before| before.chars().next_back());
    let behind = text.get(end..).unwrap_or_default();
    let next = behind.chars().next();
    match word {
        // Words of the language, which are commands only beside certain characters.
        "times" | "pm" | "cup" | "cap" | "subset" => {
            if before == Some(' ') {
                next == Some(' ') && stands_between_operands(text, start, behind)
            } else {
                matches!(word, "times" | "pm") && before.is_some_and(|c| c.is_ascii_digit() || c == ']')
            }
        }
        "in" => behind.starts_with(" R^") || [" math", " [", " (", " {"].iter().any(|set| behind.starts_with(set)),
        "hat" | "bar" | "overline" | "tilde" => [" O", " o", " T"].iter().any(|base| behind.starts_with(base)),
        "sum" | "prod" | "int" | "bigcup" | "bigcap" => matches!(next, Some('_' | '^')),
        "tfrac" | "dfrac" | "cfrac" | "nicefrac" => next.is_some_and(|c| c.is_ascii_digit()),
        "sqrt" => next == Some('['),
        "frac" => next.is_some_and(|c| c.is_ascii_digit()),
        _ if word.ends_with("left") || word.ends_with("right") || word.ends_with("big") || word.ends_with("bigg") => {
            matches!(next, Some('(' | '[' | '|' | ')' | ']' | '}'))
        }
        _ if word.len() == 3 && word.ends_with("in") => behind.starts_with(" R^"),
        _ if word.ends_with("imes") => before != Some(' '),
        _ => true,
    }
}

/// The name of a type size that a word begins with, where a capital letter follows it, as in `scriptsizeFLaws`.
pub(super) fn glued_size(word: &str) -> Option<&'static str> {
    SIZES
        .split_whitespace()
        .find(|size| word.strip_prefix(*size).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase())))
}

/// Styles that lost the braces of their arguments: `textbfKites`, `mathrmgap`. No English word begins with one.
const GLUED_STYLES: [&str; 9] =
    ["textbf", "textit", "textsc", "texttt", "textsf", "textrm", "mathrm", "mathsf", "mathtt"];

/// Alphabets that lost the braces around one letter: `mathcalL`, `mathbbR`.
const GLUED_ALPHABETS: [&str; 5] = ["mathcal", "mathscr", "mathbb", "mathbf", "mathfrak"];

/// The name of the style or alphabet that a word begins with, and what it applies to.
pub(super) fn glued_style(word: &str) -> Option<(&'static str, &str)> {
    let styled = GLUED_STYLES.iter().find_map(|name| Some((*name, word.strip_prefix(name)?)));
    let styled = styled.or_else(|| {
        let (name, rest) = GLUED_ALPHABETS.iter().find_map(|name| Some((*name, word.strip_prefix(name)?)))?;
        let is_letter = rest.len() == 1 || (name != "mathbf" && rest.starts_with(|c: char| c.is_ascii_uppercase()));
        is_letter.then_some((name, rest))
    });
    styled.filter(|(_, rest)| !rest.is_empty())
}

/// Whether the words on both sides of a word with single spaces around it may be numbers or symbols.
fn stands_between_operands(text: &str, start: usize, behind: &str) -> bool {
    let before = text.as_bytes().get(..start.saturating_sub(1)).unwrap_or_default();
    let length = before.iter().rev().take(16).take_while(|byte| !byte.is_ascii_whitespace()).count();
    let left = before.get(before.len() - length..).unwrap_or_default();
    let right = behind.trim_start().split(' ').next().unwrap_or_default();
    may_be_operand(left) && may_be_operand(right.as_bytes())
}

fn may_be_operand(word: &[u8]) -> bool {
    word.len() < 2
        || word.iter().any(|byte| !byte.is_ascii_alphabetic())
        || GREEK.iter().any(|(name, _)| name.as_bytes() == word)
}

/// The last four letters of a word as one number.
fn next_ending(ending: u32, byte: u8) -> u32 {
    (ending << 6 | u32::from(byte & 63)) & 0xFF_FFFF
}

/// The last four letters of the names, and the first four of the type sizes.
struct EndingSet {
    /// A bit at the hash of each ending; most words are told by them.
    bits: Box<[u64; 512]>,
    /// The endings with their names, sorted. A name of up to three letters is a whole word.
    names: Vec<(u32, String)>,
    sizes: Vec<u32>,
}

impl EndingSet {
    fn new(names: impl Iterator<Item = String>, sizes: impl Iterator<Item = &'static str>) -> Self {
        let names = names.map(|name| (ending(&name), name)).collect();
        let sizes = sizes.map(|size| size.bytes().take(4).fold(0, next_ending)).collect();
        let mut set = Self { bits: Box::new([0; 512]), names, sizes };
        set.names.sort();
        for (ending, _) in &set.names {
            let (slot, bit) = slot(*ending);
            if let Some(bits) = set.bits.get_mut(slot) {
                *bits |= bit;
            }
        }
        set
    }

    fn may_hold(&self, ending: u32) -> bool {
        let (slot, bit) = slot(ending);
        self.bits.get(slot).is_some_and(|bits| bits & bit != 0)
    }

    /// Whether a word with this ending ends in one of the names.
    fn holds(&self, ending: u32, word: &str) -> bool {
        if !self.may_hold(ending) {
            return false;
        }
        let first = self.names.partition_point(|(known, _)| *known < ending);
        let same = self.names.get(first..).unwrap_or_default().iter().take_while(|(known, _)| *known == ending);
        same.into_iter().any(|(_, name)| word.ends_with(name.as_str()))
    }

    fn holds_size(&self, beginning: u32) -> bool {
        self.sizes.contains(&beginning)
    }
}

fn ending(word: &str) -> u32 {
    word.bytes().fold(0, next_ending)
}

fn slot(ending: u32) -> (usize, u64) {
    let hash = ending.wrapping_mul(0x9E37_79B1) >> 17;
    ((hash >> 6) as usize, 1 << (hash & 63))
}

static ENDINGS: LazyLock<EndingSet> = LazyLock::new(|| {
    let certain = || CERTAIN.split_whitespace();
    let names = NAMES.split_whitespace().chain(certain()).chain(GREEK.iter().map(|(name, _)| *name));
    // Joined with a letter before it, a short name is another word.
    let letters = || ('a'..='z').chain('A'..='Z');
    let joined = certain().filter(|name| name.len() == 3).chain(["in"]);
    let joined = joined.flat_map(|name| letters().map(move |letter| format!("{letter}{name}")));
    let beginnings = SIZES.split_whitespace().chain(GLUED_STYLES).chain(GLUED_ALPHABETS);
    EndingSet::new(names.map(str::to_owned).chain(joined), beginnings)
});
