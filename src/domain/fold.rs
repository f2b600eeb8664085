//! The one folding that query words, dictionary terms and title keys share. It removes case, accents and compatibility forms, so
//! `Nystrom` finds `Nyström` and `h2o` finds `H₂O`. Works on Unicode text only: LaTeX is rendered before, ranking comes later.
//!
//! Each character is decomposed (NFKD), so `²` is `2`, `𝒪` is `o`, `ﬁ` is `fi` and full width is ASCII; marks of the Latin, Greek,
//! Cyrillic, Hebrew and Arabic scripts are dropped; letters become lower case, a final sigma a sigma; `ø ł ß æ œ đ ı` become plain
//! letters; invisible characters (soft hyphen, joiners) are dropped. Marks that spell (Devanagari vowel signs, Thai vowels, kana
//! voicing) stay, and Hangul syllables stay whole.
//!
//! Own code: transliterating crates also turn other scripts into Latin letters, which would make different words one. The
//! decomposition itself is `unicode-normalization`'s.

use std::ops::Range;
use std::str::CharIndices;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Folds a text. Characters other than letters and digits stay where they are.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            fold_char(c, &mut folded);
        }
    }
    if folded.chars().any(composes) { folded.nfc().collect() } else { folded }
}

/// What a character folds to in every text; None where that depends on its neighbours (Hangul, marks that spell).
pub fn alone(c: char) -> Option<String> {
    let mut folded = String::new();
    if c.is_ascii() {
        folded.push(c.to_ascii_lowercase());
    } else {
        fold_char(c, &mut folded);
    }
    (!folded.chars().any(composes)).then_some(folded)
}

/// The folded words of a text: maximal runs of letters and digits of any script.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    find_words(text).map(|(_, word)| word)
}

/// Visits the folded words of a text. All of them share one buffer, so a word costs no allocation.
pub fn each_word(text: &str, mut visit: impl FnMut(&str)) {
    each_word_in(text, |_, word| visit(word));
}

/// The same with the byte ranges that `find_words` gives.
pub fn each_word_in(text: &str, mut visit: impl FnMut(Range<usize>, &str)) {
    let mut words = WordScanner::new(text);
    let mut word = String::new();
    while let Some(range) = words.next_into(&mut word) {
        visit(range, &word);
    }
}

/// The folded words with the byte ranges of `haystack` they come from, for showing a match in its original spelling. A range begins
/// and ends at a character boundary and includes the dropped marks of its last letter. Several words may come from one character
/// (`½`); each then has the range of that character.
pub fn find_words(haystack: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let mut words = WordScanner::new(haystack);
    std::iter::from_fn(move || {
        let mut word = String::new();
        let range = words.next_into(&mut word)?;
        Some((range, word))
    })
}

/// The scanner behind the three functions above: takes ASCII straight from `chars` and any other character through `folded`.
struct WordScanner<'a> {
    chars: CharIndices<'a>,
    folded: String,
    /// Bytes of `folded` already read.
    used: usize,
    /// The byte range of the character that `folded` came from.
    origin: Range<usize>,
}

enum ScanStep {
    Letter(char, Range<usize>),
    /// A character that folding drops.
    Dropped(Range<usize>),
    /// A character that separates words.
    Gap,
}

impl<'a> WordScanner<'a> {
    fn new(text: &'a str) -> Self {
        Self { chars: text.char_indices(), folded: String::new(), used: 0, origin: 0..0 }
    }

    fn next_into(&mut self, word: &mut String) -> Option<Range<usize>> {
        word.clear();
        let mut found: Option<Range<usize>> = None;
        while let Some(step) = self.step() {
            match (step, &mut found) {
                (ScanStep::Letter(c, origin), None) => {
                    word.push(c);
                    found = Some(origin);
                }
                (ScanStep::Letter(c, origin), Some(range)) => {
                    word.push(c);
                    range.end = origin.end;
                }
                (ScanStep::Dropped(origin), Some(range)) => range.end = origin.end,
                (ScanStep::Gap, Some(_)) => break,
                (ScanStep::Dropped(_) | ScanStep::Gap, None) => {}
            }
        }
        if !word.is_ascii() && word.chars().any(composes) {
            let composed: String = word.nfc().collect();
            *word = composed;
        }
        found
    }

    fn step(&mut self) -> Option<ScanStep> {
        if let Some(c) = self.folded.get(self.used..).and_then(|rest| rest.chars().next()) {
            self.used += c.len_utf8();
            return Some(self.classified(c));
        }
        let (at, c) = self.chars.next()?;
        if c.is_ascii() {
            return Some(if c.is_ascii_alphanumeric() {
                ScanStep::Letter(c.to_ascii_lowercase(), at..at + 1)
            } else {
                ScanStep::Gap
            });
        }
        self.origin = at..at + c.len_utf8();
        self.folded.clear();
        self.used = 0;
        fold_char(c, &mut self.folded);
        match self.folded.chars().next() {
            None => Some(ScanStep::Dropped(self.origin.clone())),
            Some(first) => {
                self.used = first.len_utf8();
                Some(self.classified(first))
            }
        }
    }

    fn classified(&self, c: char) -> ScanStep {
        if is_word_char(c) { ScanStep::Letter(c, self.origin.clone()) } else { ScanStep::Gap }
    }
}

/// True for the characters that folded words consist of: letters and digits of any script, and marks that spell.
pub fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// True for dashes of every kind, as they are typed and as they stand in folded texts: hyphens, en and em dashes, bars, minus signs, also raised and
/// lowered ones. Between two words they mean the same everywhere. The soft hyphen is not among them: it is invisible, and folding drops it.
pub fn is_dash(c: char) -> bool {
    c == '-'
        || !c.is_ascii()
            && matches!(
                c,
                '\u{58A}' | '\u{5BE}' | '\u{1400}' | '\u{1806}' | '\u{2010}'
                    ..='\u{2015}'
                        | '\u{2043}'
                        | '\u{207B}'
                        | '\u{208B}'
                        | '\u{2212}'
                        | '\u{2E17}'
                        | '\u{2E1A}'
                        | '\u{2E3A}'
                        | '\u{2E3B}'
                        | '\u{2E40}'
                        | '\u{2E5D}'
                        | '\u{FE31}'
                        | '\u{FE32}'
                        | '\u{FE58}'
                        | '\u{FE63}'
                        | '\u{FF0D}'
                        | '\u{10D6E}'
                        | '\u{10EAD}'
            )
}

/// Appends what a non-ASCII character folds to, which may be nothing.
fn fold_char(c: char, folded: &mut String) {
    decompose_compatible(c, |part| {
        for lower in part.to_lowercase() {
            match plain_letters(lower) {
                Some(letters) => folded.push_str(letters),
                None if is_dropped(lower) => {}
                None => folded.push(lower),
            }
        }
    });
}

/// True for characters that must be composed again after folding: marks that were not dropped, parts of Hangul syllables and of vowels of Kirat Rai.
fn composes(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{16D63}' | '\u{16D67}') || is_combining_mark(c)
}

/// Letters that have no decomposition.
fn plain_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'ł' => "l",
        'đ' => "d",
        'ı' => "i",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ς' => "σ",
        _ => return None,
    })
}

fn is_dropped(c: char) -> bool {
    matches!(c,
        // marks on Latin, Greek, Cyrillic; Hebrew points; Arabic vowels and hamzas; marks on symbols
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}'
        | '\u{5C5}' | '\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}' | '\u{6E7}' | '\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}'
        // invisible: soft hyphen, tatweel, joiners and directions, invisible operators, variation selectors
        | '\u{AD}' | '\u{640}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<String> {
        words(text).collect()
    }

    #[test]
    fn spellings_of_one_word_fold_together() {
        for (left, right) in [
            ("Nyström", "NYSTROM"),
            ("Nystro\u{308}m", "nystrom"),
            ("S³", "s3"),
            ("𝒪(n)", "O(n)"),
            ("ϵ", "ε"),
            ("ﬁne", "fine"),
            ("ＡＢＣ", "abc"),
            ("Straße Øre Łódź Æon œuvre Đ ısı", "strasse ore lodz aeon oeuvre d isi"),
            ("Οδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
            ("İstanbul", "istanbul"),
            ("trans\u{AD}former", "transformer"),
            ("مُحَمَّد", "محمد"),
        ] {
            assert_eq!(fold(left), fold(right), "{left}");
        }
    }

    #[test]
    fn spelling_marks_and_syllables_stay() {
        assert_eq!(fold("हिन्दी"), "हिन्दी");
        assert_eq!(fold("한국어 논문"), "한국어 논문");
        assert_eq!(fold("がぎぐ"), "がぎぐ");
        assert_eq!(all("हिन्दी शब्द"), ["हिन्दी", "शब्द"]);
        assert_eq!(all("한국어"), ["한국어"]);
    }

    #[test]
    fn words_split_at_everything_but_letters_and_digits() {
        assert_eq!(all("KV-cache: Alice's 1½ H₂O, 学习"), ["kv", "cache", "alice", "s", "11", "2", "h2o", "学习"]);
        assert!(all(" -- … ").is_empty());
    }

    #[test]
    fn a_found_word_knows_its_bytes() {
        let text = "The Nystro\u{308}m ½";
        let found: Vec<_> = find_words(text).map(|(range, word)| (text.get(range).unwrap(), word)).collect();
        assert_eq!(
            found,
            [
                ("The", "the".to_owned()),
                ("Nystro\u{308}m", "nystrom".to_owned()),
                ("½", "1".to_owned()),
                ("½", "2".to_owned())
            ]
        );
    }

    #[test]
    fn a_character_that_folds_alone_folds_so_in_every_text() {
        let alone: Vec<_> = ["é", "½", "ß", "A", "–", "字"].map(|text| alone(text.chars().next().unwrap())).into();
        assert_eq!(alone, ["e", "1\u{2044}2", "ss", "a", "–", "字"].map(|folded| Some(folded.to_owned())));
        assert_eq!((super::alone('한'), super::alone('が')), (None, None));
    }

    #[test]
    fn dashes_of_every_kind_part_words_and_stay_dashes_when_folded() {
        for c in ('\0'..=char::MAX).filter(|&c| is_dash(c)) {
            assert_eq!(all(&format!("multi{c}modal")), ["multi", "modal"], "{}", c.escape_unicode());
            assert!(fold(&c.to_string()).chars().all(is_dash), "{}", c.escape_unicode());
        }
        let usual = "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2043}\u{2212}\u{FE58}\u{FE63}\u{FF0D}";
        assert!(usual.chars().all(is_dash) && !"\u{AD}_~ '\u{30FC}".chars().any(is_dash));
    }

    proptest! {
        #[test]
        fn folding_is_stable_and_words_agree_with_it(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(&fold(&once), &once);
            let mut visited = Vec::new();
            each_word(&text, |word| visited.push(word.to_owned()));
            prop_assert_eq!(&visited, &all(&text));
            prop_assert_eq!(visited.concat(), all(&once).concat());
            for (range, word) in find_words(&text) {
                prop_assert!(!word.is_empty());
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
