//! The title as a paper key: its letters and digits, and the signs without which another title would have the same ones (`C++`, `C#`, `A + B`,
//! `A − B`). It decides which signs those are; which papers are one is decided in `same_paper`.
//!
//! - `+ # * < > =`, arrows and mathematical operators belong to the key, except as the bullet of a list in front of the title. `->` is an arrow,
//!   `<=` is `≤`; raised and lowered signs are as plain ones, as raised and lowered digits are (`H₂` is `H2`).
//! - A slash belongs to it between symbols (`1/f`, `A/B`), a stop between digits (`3.5`) and in front of a word (`.NET`).
//! - Whether a dash is a minus depends only on what stands around it, never on which dash was typed: it is one with blanks on both sides
//!   between symbols (`A − B`, `x - 1`), after a blank or bracket and directly before a digit (`−5`), directly after a symbol and before
//!   nothing that it could join (`e−`, `C--`), and alone in brackets (`(−)-menthol`). Every other dash joins or parts words and is left out.
//!
//! A symbol is a single letter, with digits after it or not, or a number.

use crate::domain::clean::is_invisible;
use crate::domain::fold::{self, is_dash};
use crate::domain::markup::Markup;
use crate::domain::tex;

/// Raised whenever `title_key` gives another key for some title, because titles are rendered or folded otherwise: what was stored under keys
/// of an earlier version is computed anew. A test notices.
pub const TITLE_KEY_VERSION: i64 = 1;

/// A title for comparison: rendered and folded, letters and digits of any script and the signs that carry meaning, `&` as `and`. Empty for a title
/// without a letter or digit. Letters and marks that show nothing (the fillers of Hangul, the selectors of Mongolian) are left out: no printed
/// key could be typed otherwise.
pub fn title_key(source: &str, markup: Markup) -> String {
    let mut rendered = tex::render(source, markup);
    if !rendered.is_ascii() {
        rendered.retain(|c| !is_invisible_letter(c));
    }
    key_of(rendered)
}

fn is_invisible_letter(c: char) -> bool {
    !c.is_ascii() && fold::is_word_char(c) && is_invisible(c)
}

/// The key of a rendered title.
fn key_of(mut rendered: String) -> String {
    if rendered.contains('\u{338}') {
        // A sign with a stroke through it is a sign of its own.
        rendered = unicode_normalization::UnicodeNormalization::nfc(rendered.chars()).collect();
    }
    let mut key = String::with_capacity(rendered.len());
    let (mut before, mut end) = (String::new(), 0);
    let mut is_first = true;
    fold::each_word_in(&rendered, |range, word| {
        match rendered.get(end..range.start) {
            Some(gap) if has_no_sign(gap) => {}
            Some(gap) => push_signs(&mut key, (!is_first).then_some(before.as_str()), gap, Some(word)),
            // Two words of one character, such as a fraction.
            None => push_inner_slash(&mut key, rendered.get(range.clone()).unwrap_or_default()),
        }
        key.push_str(word);
        before.clear();
        before.push_str(word);
        end = range.end;
        is_first = false;
    });
    if is_first {
        return String::new();
    }
    let gap = rendered.get(end..).unwrap_or_default();
    if !has_no_sign(gap) {
        push_signs(&mut key, Some(&before), gap, None);
    }
    key
}

/// The key that the title had when fewer commands of LaTeX and of page text were rendered, or when letters that show nothing belonged to keys;
/// None when it is the same.
pub fn earlier_title_key(source: &str, markup: Markup) -> Option<String> {
    if !source.is_ascii() {
        let rendered = tex::render(source, markup);
        if rendered.contains(is_invisible_letter) {
            return Some(key_of(rendered)).filter(|earlier| !earlier.is_empty());
        }
    }
    let earlier = match markup {
        Markup::Plain | Markup::Summary => return None,
        Markup::Tex => tex::earlier(source)?,
        Markup::Page => {
            let repaired = tex::earlier_page(source)?;
            tex::earlier(&repaired).unwrap_or(repaired)
        }
    };
    let earlier = title_key(&earlier, Markup::Tex);
    (!earlier.is_empty() && earlier != title_key(source, markup)).then_some(earlier)
}

/// The letters and digits of a key, which is all that keys had before signs belonged to them.
pub fn letters_of(key: &str) -> impl Iterator<Item = char> {
    key.chars().filter(|&c| fold::is_word_char(c))
}

/// Whether `title_key` can have made a text: folded letters, digits, spelling marks and signs, at least one letter or digit.
pub(super) fn is_title_key(text: &str) -> bool {
    let is_lower = |c: char| c.is_ascii() || c.to_lowercase().eq([c]);
    let belongs = |c: char| fold::is_word_char(c) && !c.is_ascii_uppercase() && is_lower(c) || is_key_sign(c);
    letters_of(text).next().is_some() && text.chars().all(belongs)
}

fn is_key_sign(c: char) -> bool {
    matches!(c, '-' | '/' | '.') || sign(c) == Some(c)
}

/// What stands between most words.
fn has_no_sign(gap: &str) -> bool {
    gap.bytes().all(|byte| matches!(byte, b' ' | b',' | b':' | b';' | b'\'' | b'"' | b'?'))
}

/// The sign that a character is, in the one spelling of keys; None for what is no sign.
pub(crate) fn sign(c: char) -> Option<char> {
    Some(match c {
        '+' | '#' | '*' | '<' | '>' | '=' | '±' | '×' | '÷' | '¬' | '♭' => c,
        _ if c.is_ascii() => return None,
        '♯' => '#',
        '∗' | '⋆' => '*',
        '⟶' => '→',
        '⟹' => '⇒',
        '⟵' => '←',
        '⟷' => '↔',
        '⩽' | '≦' => '≤',
        '⩾' | '≧' => '≥',
        // Dashes and slashes have rules of their own; bars, dots, tildes and primes are punctuation as often as they are operators.
        '∼' | '∣' | '∥' | '∙' | '⋅' | '∘' | '∶' | '∷' | '∕' | '−' | '∖' => return None,
        '\u{2190}'..='\u{22FF}'
        | '\u{27D0}'..='\u{27E5}'
        | '\u{27F0}'..='\u{27FF}'
        | '\u{2900}'..='\u{297F}'
        | '\u{2A00}'..='\u{2AFF}' => c,
        _ => return None,
    })
}

/// Signs that are written as several characters.
const SPELT_SIGNS: [(&str, char); 7] =
    [("+/-", '±'), ("<->", '↔'), ("-->", '→'), ("->", '→'), ("=>", '⇒'), ("<=", '≤'), (">=", '≥')];

/// Appends the signs between two words of a title, or at one of its ends.
fn push_signs(key: &mut String, before: Option<&str>, gap: &str, after: Option<&str>) {
    let gap: Vec<char> = plain(gap);
    let mut at = 0;
    while let Some(&c) = gap.get(at) {
        let rest = gap.get(at..).unwrap_or_default();
        let spelt = SPELT_SIGNS.iter().find(|(text, _)| rest.iter().copied().take(text.len()).eq(text.chars()));
        let dashes = rest.iter().take_while(|&&c| is_dash(c)).count();
        let length = spelt.map_or(dashes.max(1), |(text, _)| text.len());
        let context = SignContext { before, after, gap: &gap, start: at, end: at + length };
        if c == '&' {
            // A word, not a sign: as old keys have it, also in front of the title.
            key.push_str("and");
        } else if context.is_bullet() {
            // No sign of the title.
        } else if let Some((_, sign)) = spelt {
            key.push(*sign);
        } else if let Some(sign) = sign(c) {
            key.push(sign);
        } else if dashes > 0 {
            key.extend(std::iter::repeat_n('-', context.minus_signs()));
        } else if matches!(c, '/' | '\u{2044}' | '∕') && context.divides() {
            key.push('/');
        } else if c == '.' && context.is_point() {
            key.push('.');
        }
        at += length;
    }
}

/// The characters of a gap without invisible ones, compatibility forms replaced; a character that is a sign itself stays, although `≠` could be
/// taken apart. An ampersand stays only where it is the ASCII one.
fn plain(gap: &str) -> Vec<char> {
    let mut plain = Vec::with_capacity(gap.len());
    for c in gap.chars() {
        if c.is_ascii() || sign(c).is_some() {
            plain.push(c);
        } else {
            let mut folded = fold::alone(c).unwrap_or_default();
            folded.retain(|c| c != '&');
            plain.extend(folded.chars());
        }
    }
    plain
}

/// What stands around a sign.
struct SignContext<'a> {
    before: Option<&'a str>,
    after: Option<&'a str>,
    gap: &'a [char],
    /// Where in the gap the sign is.
    start: usize,
    end: usize,
}

impl SignContext<'_> {
    fn previous(&self) -> Option<char> {
        self.gap.get(self.start.checked_sub(1)?).copied()
    }

    fn next(&self) -> Option<char> {
        self.gap.get(self.end).copied()
    }

    fn follows_word(&self) -> bool {
        self.start == 0 && self.before.is_some()
    }

    fn precedes_word(&self) -> bool {
        self.end == self.gap.len() && self.after.is_some()
    }

    fn follows_blank(&self) -> bool {
        match self.previous() {
            None => self.before.is_none(),
            Some(c) => c.is_whitespace(),
        }
    }

    /// The first character of the title, with a blank after it.
    fn is_bullet(&self) -> bool {
        let blanks_before = self.gap.iter().take(self.start).all(|c| c.is_whitespace());
        self.before.is_none() && blanks_before && self.next().is_some_and(char::is_whitespace)
    }

    /// How many minus signs a run of dashes is.
    fn minus_signs(&self) -> usize {
        let is_blank = |c: Option<char>| c.is_some_and(char::is_whitespace);
        let between_symbols = match (self.before, self.after) {
            // `a` after a dash is an article.
            (Some(before), Some(after)) => {
                is_symbol(before) && is_symbol(after) && after != "a" && [before, after].into_iter().any(has_letter)
            }
            _ => false,
        };
        let is_infix = is_blank(self.previous()) && is_blank(self.next()) && between_symbols;
        let opens = |c: char| matches!(c, '(' | '[' | '{') || sign(c).is_some();
        let closes = |c: char| matches!(c, ')' | ']' | '}') || sign(c).is_some();
        let in_brackets = self.previous().is_some_and(opens) && self.next().is_some_and(closes);
        let before_digit =
            self.precedes_word() && self.after.is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        let is_prefix = before_digit && (self.follows_blank() || self.previous().is_some_and(opens));
        let follows_symbol = self.follows_word() && self.before.is_some_and(|word| is_symbol(word) && has_letter(word));
        if follows_symbol && !self.precedes_word() {
            return self.end - self.start;
        }
        usize::from(is_infix || in_brackets || is_prefix)
    }

    /// A slash with nothing but blanks beside it, between two symbols.
    fn divides(&self) -> bool {
        let others = self.gap.iter().enumerate().filter(|(at, _)| !(self.start..self.end).contains(at));
        let alone = others.into_iter().all(|(_, c)| c.is_whitespace());
        alone && self.before.is_some_and(is_symbol) && self.after.is_some_and(is_symbol)
    }

    /// A decimal point, or the stop in front of `.NET`.
    fn is_point(&self) -> bool {
        let in_number = self.follows_word()
            && self.before.is_some_and(|word| word.ends_with(|c: char| c.is_ascii_digit()))
            && self.after.is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        self.precedes_word() && (in_number || self.follows_blank() || matches!(self.previous(), Some('(' | '[')))
    }
}

/// A single letter, with digits after it or not, or a number.
pub(crate) fn is_symbol(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some() && chars.all(|c| c.is_ascii_digit())
}

/// Whether a symbol is no number.
pub(crate) fn has_letter(word: &str) -> bool {
    word.starts_with(|c: char| !c.is_ascii_digit())
}

/// The slash inside a character that is several words, such as `½`.
fn push_inner_slash(key: &mut String, text: &str) {
    let mut folded = text.chars().filter_map(fold::alone);
    if folded.any(|folded| folded.contains(['/', '\u{2044}', '∕'])) {
        key.push('/');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(title: &str) -> String {
        title_key(title, Markup::Plain)
    }

    #[test]
    fn signs_that_carry_meaning_part_titles() {
        for (title, expected) in [
            ("Learning C++", "learningc++"),
            ("Learning C#", "learningc#"),
            ("Learning C", "learningc"),
            ("Learning C--", "learningc--"),
            ("& B", "andb"),
            ("A + B", "a+b"),
            ("A − B", "a-b"),
            ("A B", "ab"),
            ("A* Search", "a*search"),
            ("C∗-Algebras", "c*algebras"),
            ("p < q", "p<q"),
            ("p ≠ q", "p≠q"),
            ("p =\u{338} q", "p≠q"),
            ("p <= q, p ⩽ q", "p≤qp≤q"),
            ("A → B", "a→b"),
            ("A -> B", "a→b"),
            ("x ± 1, x +/- 1", "x±1x±1"),
            (".NET", ".net"),
            ("Programming .NET", "programming.net"),
            ("F♯", "f#"),
            ("The 1/f Noise", "the1/fnoise"),
            ("½", "1/2"),
            ("GPT-3.5", "gpt3.5"),
            ("#P-Complete", "#pcomplete"),
            ("∞-Categories", "∞categories"),
            ("S² × S¹", "s2×s1"),
            ("e⁺e⁻ Collisions", "e+e-collisions"),
            ("(−)-Menthol", "-menthol"),
            ("At −5 Degrees", "at-5degrees"),
            ("Q&A", "qanda"),
        ] {
            assert_eq!(key(title), expected, "{title}");
        }
    }

    #[test]
    fn a_title_is_known_by_what_it_read_as_before() {
        let earlier = |title: &str| earlier_title_key(title, Markup::Tex);
        assert_eq!(earlier("Cold Atoms at \\SI{5}{\\kelvin}").as_deref(), Some("coldatomsat5kelvin"));
        assert_eq!(earlier("The \\proj{X} System").as_deref(), Some("thexsystem"));
        assert_eq!(earlier("Bounds on $\\norm{x}$ and $\\boldsymbol\\theta$, \\ce{H2O}"), None, "the same letters");
        assert_eq!(earlier_title_key("The \\proj{X} System", Markup::Plain), None);
        let earlier = |title: &str| earlier_title_key(title, Markup::Page);
        assert_eq!(earlier("Kites neq Better").as_deref(), Some("kitesneqbetter"));
        assert_eq!(earlier("Dual-texttt{H}ead Kites in \\proj{X}").as_deref(), Some("dualtextttheadkitesinx"));
        assert_eq!(earlier("Kites of lambda_2 and mathcal{O}(n)"), None, "the same letters");
        assert_eq!(earlier("Kites"), None);
        assert_eq!(title_key("$\\boldsymbol{\\theta}$-Stable", Markup::Tex), "θstable");
    }

    #[test]
    fn what_only_parts_or_joins_words_is_left_out() {
        for (title, expected) in [
            ("H₂", "h2"),
            ("Multi-Modal: a View", "multimodalaview"),
            ("BERT - Pre-Training", "bertpretraining"),
            ("Vitamin C - A Review", "vitamincareview"),
            ("β−VAE", "βvae"),
            ("10⁻³", "103"),
            ("Pre- and Post-Norm", "preandpostnorm"),
            ("2010 - 2020", "20102020"),
            ("and/or, what?!", "andorwhat"),
            ("* A Title", "atitle"),
            ("# A Title.", "atitle"),
            ("+", ""),
            ("→ ...", ""),
        ] {
            assert_eq!(key(title), expected, "{title}");
        }
    }

    #[test]
    fn letters_that_show_nothing_are_in_no_key() {
        use crate::domain::clean::Clean;
        for c in ('\u{80}'..=char::MAX).filter(|&c| fold::is_word_char(c)) {
            let key = key(&format!("a{c}b 0x1"));
            assert_eq!(&*Clean::new(&key), key, "{}", c.escape_unicode());
        }
        assert_eq!(key("\u{115f} at 0x1"), "at0x1");
        let earlier = earlier_title_key("\u{115f} at 0x1", Markup::Plain);
        assert_eq!(earlier.as_deref(), Some("\u{115f}at0x1"));
    }

    #[test]
    fn every_dash_makes_the_same_key() {
        let shapes =
            ["A | B", "x | 1", "At |5", "e|", "C||", "(|)-Menthol", "Multi|Modal", "BERT | Pre", "1990|2000", "| A"];
        for shape in shapes {
            let expected = key(&shape.replace('|', "-"));
            for c in ('\0'..=char::MAX).filter(|&c| is_dash(c)) {
                assert_eq!(key(&shape.replace('|', &c.to_string())), expected, "{shape} with {}", c.escape_unicode());
            }
        }
    }

    /// The key as it was before signs belonged to it.
    fn without_signs(title: &str) -> String {
        let mut key = Vec::new();
        for part in title.split('&') {
            key.push(fold::words(part).collect::<String>());
        }
        key.join("and")
    }

    proptest! {
        /// Titles of a library made before are found by the letters of the key.
        #[test]
        fn the_letters_of_a_key_are_the_key_without_signs(title in "([a-zA-Z0-9 ./&#+*<>=−–→½⁺²éह्-]|\\PC){0,30}") {
            let key = key(&title);
            let rendered = tex::render(&title, Markup::Plain);
            let expected = without_signs(&rendered.replace(is_invisible_letter, ""));
            if !key.is_empty() {
                prop_assert_eq!(letters_of(&key).collect::<String>(), expected);
                prop_assert!(is_title_key(&key), "{}", key);
            }
        }
    }
}
