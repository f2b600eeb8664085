//! `Clean`: the only type of untrusted text that a screen, a log or a message may take. It is made by one function, holds one line,
//! and nothing in it can move the cursor, change the direction of writing, hide text or overflow a cell. Cleaning never shortens a
//! text (`cut` does, on request) and never interprets its words.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Most combining marks of one cell: what the strictest terminals show, and more than any script needs.
const MARKS_PER_CELL: usize = 8;
/// Most bytes of one cell; the longest emoji in use has 35.
const BYTES_PER_CELL: usize = 64;
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Text on one line without anything a terminal could act on, in NFC.
///
/// White space becomes single spaces, none at the ends. Control characters, direction controls and invisible characters are removed
/// (joiners and emoji selectors stay where they have an effect); private-use characters and noncharacters become U+FFFD; every
/// combining mark has a base; a grapheme cluster has at most 8 marks and 64 bytes. Cleaning twice changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clean(String);

impl Clean {
    /// Cleans any text, in time linear in its length.
    pub fn new(text: &str) -> Self {
        if is_plain(text) {
            return Self(text.to_owned());
        }
        let filtered = filter(text);
        if filtered.is_ascii() {
            return Self(filtered);
        }
        // Nearly all text is composed already, and its characters take a cell each.
        let composed = match is_nfc_quick(filtered.chars()) {
            IsNormalized::Yes => filtered,
            IsNormalized::No | IsNormalized::Maybe => filtered.nfc().collect(),
        };
        Self(if composed.chars().all(stands_alone) { composed } else { limit(&composed) })
    }

    /// Terminal columns of the text: the sum over its grapheme clusters.
    pub fn width(&self) -> usize {
        if self.0.is_ascii() { self.0.len() } else { self.0.graphemes(true).map(columns_of).sum() }
    }

    /// The text cut to at most `columns` terminal columns at a grapheme boundary; it ends in `…` when something was cut.
    pub fn cut(&self, columns: usize) -> Self {
        // a text of no more bytes than columns cannot be too wide: no cell takes more columns than bytes
        if self.0.len() <= columns {
            return self.clone();
        }
        let mut taken = 0;
        // where the text ends if an ellipsis has to follow
        let mut end = 0;
        for (at, cell) in self.0.grapheme_indices(true) {
            taken += columns_of(cell);
            if taken > columns {
                let mut shortened = self.0.get(..end).unwrap_or_default().trim_end().to_owned();
                if columns > 0 {
                    shortened.push('…');
                }
                return Self(shortened);
            }
            if taken < columns {
                end = at + cell.len();
            }
        }
        self.clone()
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl From<&str> for Clean {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Clean {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl PartialEq<str> for Clean {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Clean {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl Deref for Clean {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text of one row of a screen: every word of it as `Clean` has it, with the blanks between, before and behind them as they are. Text that
/// is clean already is returned as it is.
pub fn clean_row(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| matches!(c, ' '..='~') || (c > '\u{AD}' && stands_alone(c))) {
        return Cow::Borrowed(text);
    }
    let mut row = String::with_capacity(text.len());
    for (place, word) in text.split(' ').enumerate() {
        if place > 0 {
            row.push(' ');
        }
        row.push_str(&Clean::new(word));
    }
    Cow::Owned(row)
}

/// Columns of one grapheme cluster, counted as ratatui counts them: halfwidth sound marks take a column of their own.
fn columns_of(cell: &str) -> usize {
    cell.width() + cell.chars().filter(|c| matches!(c, '\u{FF9E}' | '\u{FF9F}')).count()
}

/// True for printable ASCII with single spaces, which most texts are and which needs no cleaning.
fn is_plain(text: &str) -> bool {
    let mut before = b' ';
    text.bytes().all(|byte| {
        let plain = matches!(byte, b'!'..=b'~') || (byte == b' ' && before != b' ');
        before = byte;
        plain
    }) && (text.is_empty() || before != b' ')
}

/// What is done with a character, before its neighbours are considered.
enum Treatment {
    Keep,
    Space,
    Remove,
    Replace,
    /// Stays only where `CleanBuilder::joins` says so.
    Joiner,
    Selector,
    Mark,
}

fn treatment(c: char) -> Treatment {
    match c {
        '!'..='~' => Treatment::Keep,
        '\u{200C}' | '\u{200D}' => Treatment::Joiner,
        '\u{FE0E}' | '\u{FE0F}' => Treatment::Selector,
        // the Braille pattern without dots looks like a space
        '\u{2800}' => Treatment::Space,
        // invisible letters, marks and symbols
        '\u{34F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{3164}'
        | '\u{FFA0}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{FE00}'..='\u{FE0D}'
        | '\u{2065}'
        | '\u{FFF0}'..='\u{FFFC}'
        | '\u{E0000}'..='\u{E0FFF}' => Treatment::Remove,
        // Unicode calls these format characters, but they are visible in Arabic, Syriac and Kaithi
        '\u{600}'..='\u{605}'
        | '\u{6DD}'
        | '\u{70F}'
        | '\u{890}'
        | '\u{891}'
        | '\u{8E2}'
        | '\u{110BD}'
        | '\u{110CD}' => Treatment::Keep,
        _ if c.is_whitespace() => Treatment::Space,
        _ if is_noncharacter(c) => Treatment::Replace,
        _ => match c.general_category() {
            GeneralCategory::Control | GeneralCategory::Format => Treatment::Remove,
            GeneralCategory::PrivateUse | GeneralCategory::Surrogate => Treatment::Replace,
            GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark | GeneralCategory::EnclosingMark => {
                Treatment::Mark
            }
            _ => Treatment::Keep,
        },
    }
}

/// True for characters that show nothing and take no column: controls and formats, and the letters, marks and selectors without a shape of their
/// own. `Clean` removes them where they have no effect on what stands beside them; keys and identifiers leave them out. White space is none.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(treatment(c), Treatment::Remove | Treatment::Joiner | Treatment::Selector)
}

fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    code & 0xFFFE == 0xFFFE || (0xFDD0..=0xFDEF).contains(&code)
}

fn filter(text: &str) -> String {
    let mut builder =
        CleanBuilder { text: String::with_capacity(text.len()), last: None, emoji: None, letter: None, virama: false };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let run = rest.bytes().take_while(|byte| matches!(byte, b'!'..=b'~')).count();
        let (taken, others) = rest.split_at(run.max(c.len_utf8()));
        rest = others;
        if run > 0 {
            builder.push_run(taken);
            continue;
        }
        let next = rest.chars().next();
        match treatment(c) {
            Treatment::Keep => builder.push(c),
            Treatment::Space => {
                if builder.last.is_some_and(|last| last != ' ') {
                    builder.push(' ');
                }
            }
            Treatment::Remove => {}
            Treatment::Replace => builder.push(REPLACEMENT),
            Treatment::Joiner if builder.joins(c, next) => builder.push_joiner(c),
            Treatment::Selector if builder.selects(next) => builder.push_joiner(c),
            Treatment::Joiner | Treatment::Selector => {}
            Treatment::Mark => {
                if builder.last.is_some_and(|last| last != ' ') {
                    builder.push_mark(c);
                }
            }
        }
    }
    builder.text.truncate(builder.text.trim_end().len());
    builder.text
}

/// The cleaned text so far, and what decides whether a joiner stays. Nothing here depends on the order of marks, which NFC changes
/// later.
struct CleanBuilder {
    text: String,
    last: Option<char>,
    /// The last character that is not a selector, joiner or skin tone; None when a mark followed it.
    emoji: Option<char>,
    /// The last character that is not a mark.
    letter: Option<char>,
    /// True when a virama, which a joiner may follow, came after `letter`.
    virama: bool,
}

impl CleanBuilder {
    fn push(&mut self, c: char) {
        self.push_joiner(c);
        self.letter = Some(c);
        self.virama = false;
        if !is_skin_tone(c) {
            self.emoji = Some(c);
        }
    }

    /// Adds visible ASCII.
    fn push_run(&mut self, run: &str) {
        self.text.push_str(run);
        self.last = run.chars().next_back();
        (self.letter, self.emoji, self.virama) = (self.last, self.last, false);
    }

    fn push_mark(&mut self, c: char) {
        self.push_joiner(c);
        self.virama |= canonical_combining_class(c) == 9;
        self.emoji = None;
    }

    fn push_joiner(&mut self, c: char) {
        self.text.push(c);
        self.last = Some(c);
    }

    /// A joiner stays between two emoji, and in scripts with joining forms between two letters or after a virama.
    fn joins(&self, joiner: char, next: Option<char>) -> bool {
        if self.last.is_some_and(|last| matches!(treatment(last), Treatment::Joiner)) {
            return false;
        }
        if self.letter.is_some_and(joining_script) {
            return self.virama || next.is_some_and(|next| joining_script(next) && !is_mark(next));
        }
        joiner == '\u{200D}'
            && self.emoji.is_some_and(is_pictograph)
            && next.is_some_and(|next| is_pictograph(next) && !is_skin_tone(next))
    }

    /// A presentation selector stays directly after an emoji and in a keycap.
    fn selects(&self, next: Option<char>) -> bool {
        self.last == self.emoji
            && self.emoji.is_some_and(|base| {
                is_pictograph(base) || (matches!(base, '0'..='9' | '#' | '*') && next == Some('\u{20E3}'))
            })
    }
}

fn is_mark(c: char) -> bool {
    matches!(treatment(c), Treatment::Mark)
}

fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

/// Scripts in which a joiner changes the shape of a letter: Arabic and its relatives, the scripts of India and South-East Asia.
fn joining_script(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8FF}' | '\u{900}'..='\u{DFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{1820}'..='\u{18AF}' | '\u{FB50}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// True for characters that emoji sequences consist of. Asks the segmentation tables: a joiner connects nothing else.
fn is_pictograph(c: char) -> bool {
    if c.is_alphanumeric() || c.is_ascii() {
        return matches!(c, '\u{2139}' | '\u{24C2}' | '\u{1F170}' | '\u{1F171}' | '\u{1F17E}' | '\u{1F17F}');
    }
    let mut pair = String::with_capacity(12);
    pair.push(c);
    pair.push_str("\u{200D}\u{2764}");
    pair.graphemes(true).nth(1).is_none()
}

/// Whether a character is a grapheme cluster of its own, whatever of these stand beside it: letters and signs of Latin, Greek and Cyrillic,
/// punctuation, arrows, mathematics, Han, Kana and Hangul syllables. Others may be, too.
fn stands_alone(c: char) -> bool {
    matches!(c,
        ' '..='\u{2FF}' | '\u{370}'..='\u{482}' | '\u{48A}'..='\u{52F}' | '\u{1D00}'..='\u{1DBF}' | '\u{1E00}'..='\u{1FFF}' | '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205E}' | '\u{2070}'..='\u{20CF}' | '\u{2100}'..='\u{2BFF}' | '\u{2C60}'..='\u{2C7F}' | '\u{3001}'..='\u{3029}'
        | '\u{3041}'..='\u{3096}' | '\u{30A0}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{FF01}'..='\u{FF5E}' | '\u{1D400}'..='\u{1D7FF}')
}

/// Enforces the limits of a cell: surplus marks are dropped; a cluster that is still too long is cut and ends in U+FFFD, which also
/// keeps it from combining with what follows.
fn limit(text: &str) -> String {
    let mut limited = String::with_capacity(text.len());
    for cell in text.graphemes(true) {
        if cell.len() <= BYTES_PER_CELL && cell.chars().count() <= MARKS_PER_CELL {
            limited.push_str(cell);
            continue;
        }
        let start = limited.len();
        let mut marks = 0;
        for c in cell.chars() {
            if is_mark(c) || matches!(treatment(c), Treatment::Selector) {
                marks += 1;
                if marks > MARKS_PER_CELL {
                    continue;
                }
            }
            if limited.len() - start + c.len_utf8() + REPLACEMENT.len_utf8() > BYTES_PER_CELL {
                let joiners: &[char] = &['\u{200C}', '\u{200D}'];
                limited.truncate(limited.trim_end_matches(joiners).len());
                limited.push(REPLACEMENT);
                break;
            }
            limited.push(c);
        }
    }
    limited
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BIDI: [char; 12] = [
        '\u{61C}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}', '\u{2066}',
        '\u{2067}', '\u{2068}', '\u{2069}',
    ];

    fn clean(text: &str) -> String {
        Clean::new(text).into_string()
    }

    fn check(text: &str) {
        let once = Clean::new(text);
        assert_eq!(Clean::new(&once), once, "not stable: {}", text.escape_unicode());
        assert!(unicode_normalization::is_nfc(&once));
        assert!(!once.contains("  ") && once.trim() == &*once);
        let mut before = None;
        for c in once.chars() {
            assert!(!c.is_control() && !BIDI.contains(&c) && !is_noncharacter(c), "{}", c.escape_unicode());
            assert!(c == ' ' || !c.is_whitespace());
            assert!(
                !is_mark(c) || before.is_some_and(|before| before != ' '),
                "lone mark in {}",
                once.escape_unicode()
            );
            before = Some(c);
        }
        for cell in once.graphemes(true) {
            assert!(cell.len() <= BYTES_PER_CELL, "{} bytes in a cell", cell.len());
            assert!(cell.chars().filter(|c| is_mark(*c)).count() <= MARKS_PER_CELL);
        }
        assert_eq!(clean_row(&once), &*once, "clean text stays: {}", once.escape_unicode());
        let row = clean_row(text);
        assert!(row.chars().all(|c| !c.is_control() && !BIDI.contains(&c)), "{}", row.escape_unicode());
        assert_eq!(Clean::new(&row), Clean::new(&Clean::new(&row)));
        for columns in [0, 1, 2, 3, 7, 20, 80] {
            let cut = once.cut(columns);
            assert!(cut.width() <= columns);
            assert_eq!(cut == once, once.width() <= columns, "{columns}: {}", once.escape_unicode());
            assert!(cut == once || columns == 0 || cut.ends_with('…'));
        }
    }

    #[test]
    fn real_text_survives() {
        for text in [
            "שלום עולם",
            "مرحبا بالعالم، مُحَمَّد",
            "می\u{200C}خواهم",
            "中文标题，日本語のタイトル 한국어",
            "हिन्दी में क्\u{200D}ष और क्\u{200C}ष",
            "ศาสตร์การเรียนรู้",
            "Việt Nam, ổ, Nyström, x̄ and 𝒪̃",
            "👨\u{200D}👩\u{200D}👧\u{200D}👦 🇯🇵 👍🏽 1\u{FE0F}\u{20E3} ❤\u{FE0F} ☺\u{FE0E} 🏳\u{FE0F}\u{200D}🌈",
            "👩🏽\u{200D}❤\u{FE0F}\u{200D}💋\u{200D}👨🏿",
            "© ™ ① ★ ¡ ﾃｽﾄ ｶﾞ",
        ] {
            assert_eq!(clean(text), text.nfc().collect::<String>());
            check(text);
        }
    }

    #[test]
    fn nothing_a_terminal_acts_on_is_left() {
        for (text, expected) in [
            ("a\tb\r\nc\u{b}\u{c}d\u{85}e\u{2028}f\u{2029}g\u{a0}h ", "a b c d e f g h"),
            ("x\u{1b}]0;title\u{7}y\u{9b}2Jz\u{7f}\0", "x]0;titley2Jz"),
            ("a\u{202e}fdp.exe\u{2067}", "afdp.exe"),
            (
                "tr\u{200b}an\u{ad}s\u{feff}f\u{2060}or\u{200d}m\u{200c}e\u{fe0f}r\u{3164}\u{e0041}\u{fffc}",
                "transformer",
            ),
            ("a\u{e000}b\u{fdd0}c\u{10ffff}", "a\u{fffd}b\u{fffd}c\u{fffd}"),
            ("\u{301}\u{302}start \u{303}next", "start next"),
            ("👨\u{200d}x\u{200d}👩", "👨x👩"),
        ] {
            assert_eq!(clean(text), expected);
            check(text);
        }
    }

    #[test]
    fn a_row_keeps_its_blanks_and_nothing_a_terminal_acts_on() {
        assert!(matches!(clean_row(" ─ é 学习  "), Cow::Borrowed(_)));
        assert_eq!(clean_row("  a\u{1b}[31m\u{202e}b  \u{9b}c\t "), "  a[31mb  c ");
        assert_eq!(
            clean_row(&format!(" e{} ", "\u{301}".repeat(99))).chars().filter(|c| is_mark(*c)).count(),
            MARKS_PER_CELL
        );
    }

    #[test]
    fn floods_are_held_to_one_cell() {
        let marks = format!("a{}b", "\u{301}".repeat(100_000));
        assert_eq!(clean(&marks).graphemes(true).count(), 2);
        check(&marks);
        for flood in ["👨\u{200D}", "क्", "\u{1100}", "\u{600}", "🇦", "\u{1D160}", "\u{FDFA}"] {
            check(&flood.repeat(2_000));
        }
    }

    #[test]
    fn cut_respects_wide_cells() {
        let text = Clean::new("中文 and 👨\u{200D}👩\u{200D}👧 ok");
        assert_eq!(&*text.cut(0), "");
        assert_eq!(&*text.cut(1), "…");
        assert_eq!(&*text.cut(4), "中…");
        assert_eq!(&*text.cut(6), "中文…");
        assert_eq!(&*text.cut(11), "中文 and…");
        assert_eq!(&*text.cut(12), "中文 and 👨\u{200D}👩\u{200D}👧…");
        assert_eq!(text.cut(text.width()), text);
        assert_eq!(&*Clean::new("plain").cut(5), "plain");
        assert_eq!(&*Clean::new("plain").cut(4), "pla…");
    }

    /// Runs the cases of a folder with hostile strings, where there is one.
    #[test]
    fn hostile_strings() {
        let Some(folder) = std::env::var_os("TSUNDOKU_TEST_HOSTILE") else { return };
        let lines = std::fs::read_to_string(std::path::Path::new(&folder).join("strings.jsonl")).unwrap();
        let mut count = 0;
        for line in lines.lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = case["text"].as_str().unwrap();
            check(text);
            let (id, class) = (case["id"].as_str().unwrap(), case["class"].as_str().unwrap());
            let cleaned = clean(text);
            assert!(cleaned.contains(&format!("H{id}")), "{id}: the marker is gone");
            let visible = ["PUA", "private", "nonchar", "BRAILLE", "SEP"];
            if class == "invisible" && !visible.iter().any(|word| case["why"].as_str().unwrap().contains(word)) {
                assert!(cleaned.contains("transformer"), "{id}: {}", cleaned.escape_unicode());
            }
            if class == "bidi-legit" || case["expect"].as_str().unwrap().starts_with("kept") {
                assert_eq!(cleaned, text.nfc().collect::<String>(), "{id}");
            }
            count += 1;
        }
        assert!(count > 0);
    }

    #[test]
    fn characters_that_stand_alone_are_clusters_of_their_own() {
        let alone: Vec<char> = (' '..=char::MAX).filter(|c| stands_alone(*c)).collect();
        assert!(alone.len() > 40_000);
        for c in &alone {
            // With the characters that could be joined to a neighbour most easily.
            for text in [format!("{c}{c}"), format!("가{c}a"), format!("©{c}©")] {
                assert_eq!(text.graphemes(true).count(), text.chars().count(), "{}", text.escape_unicode());
                assert_eq!(limit(&text), text);
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_clean_and_stable(text in any::<String>()) {
            check(&text);
        }

        #[test]
        fn awkward_neighbours_are_clean_and_stable(parts in proptest::collection::vec(proptest::sample::select(vec![
            "a", " ", "1", "\u{301}", "\u{323}", "\u{200C}", "\u{200D}", "\u{FE0F}", "\u{FE0E}", "\u{20E3}", "❤", "👩", "🏽", "🇯", "م", "َ",
            "क", "्", "ि", "\u{1100}", "\u{1161}", "\u{11A8}", "가", "\u{600}", "\u{1b}", "\u{202e}", "\u{FFFD}", "\u{e000}", "\u{0E33}",
            "\u{FF9E}", "\u{E0067}", "\u{1D165}", "©",
        ]), 0..60)) {
            check(&parts.concat());
        }
    }
}
