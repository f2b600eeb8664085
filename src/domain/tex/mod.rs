//! Renders LaTeX and page text as Unicode without losing a word: what is not understood stays as it was written. `text` renders words
//! and `math` formulas; the two call each other, because formulas contain text and text contains formulas, to a fixed depth. `page`
//! first repairs formulas that a web page damaged. Never changes what is stored.

mod address;
mod atoms;
mod cut_names;
mod earlier;
mod math;
mod money;
mod page;
mod scripts;
mod source;
mod tables;
mod text;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::markup::Markup;
use cut_names::CutNames;
pub use earlier::{earlier, without_unknown};
use source::TexSource;

/// Renders one text (a title, a paragraph) as Unicode in NFC, with single spaces. Total and linear in the length of the text.
///
/// Plain text and summaries are not LaTeX and stay as they are; page text is repaired first.
pub fn render(source: &str, markup: Markup) -> String {
    match markup {
        Markup::Plain | Markup::Summary => normalized(source),
        Markup::Tex => latex(source),
        Markup::Page => latex(&page::repaired(source)),
    }
}

/// What page text was repaired to, as LaTeX, when the first title keys were made; None for a text that nothing is repaired in.
pub fn earlier_page(text: &str) -> Option<String> {
    page::earlier(text)
}

/// The commands of mathematics that `render` writes as one character, with that character: `alpha`, `α`. Where a character has several
/// commands, the usual one comes first.
pub fn symbols() -> impl Iterator<Item = (&'static str, char)> {
    tables::symbols().filter_map(|(name, glyph)| {
        let mut chars = glyph.chars();
        Some((name, chars.next().filter(|_| chars.next().is_none())?))
    })
}

/// The paragraphs of a source text. One begins after an empty line and at a line that begins with two or more spaces; every other run
/// of white space becomes one space.
pub fn paragraphs(source: &str) -> impl Iterator<Item = String> {
    let mut paragraphs = vec![String::new()];
    for (index, line) in source.lines().enumerate() {
        let starts = line.trim().is_empty() || (index > 0 && line.starts_with("  "));
        if starts {
            paragraphs.push(String::new());
        }
        if let Some(paragraph) = paragraphs.last_mut() {
            for word in line.split_whitespace() {
                if !paragraph.is_empty() {
                    paragraph.push(' ');
                }
                paragraph.push_str(word);
            }
        }
    }
    paragraphs.into_iter().filter(|paragraph| !paragraph.is_empty())
}

fn latex(text: &str) -> String {
    let plain =
        !text.bytes().any(|byte| matches!(byte, b'\\' | b'$' | b'{' | b'}' | b'^' | b'_' | b'~' | b'`' | b'\''))
            && text.as_bytes().windows(2).all(|pair| pair != b"--");
    if plain {
        return normalized(text);
    }
    let text = &cut_names::with(text, CutNames::Restored);
    let source = TexSource::new(text);
    normalized(&text::range(&source, 0, text.len(), 0))
}

/// The text in NFC with single spaces, none at the ends.
fn normalized(text: &str) -> String {
    if is_normalized(text.as_bytes()) {
        return text.to_owned();
    }
    let mut normalized = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !normalized.is_empty() {
            normalized.push(' ');
        }
        normalized.push_str(word);
    }
    // Nearly all text is composed already.
    match is_nfc_quick(normalized.chars()) {
        IsNormalized::Yes => normalized,
        IsNormalized::No | IsNormalized::Maybe => normalized.nfc().collect(),
    }
}

/// Whether a text is printable ASCII with single spaces inside, as most texts are.
fn is_normalized(text: &[u8]) -> bool {
    let printable = text.iter().fold(true, |printable, byte| printable & matches!(byte, b' '..=b'~'));
    let space_at_end = text.first() == Some(&b' ') || text.last() == Some(&b' ');
    printable && !space_at_end && text.windows(2).all(|pair| pair != b"  ")
}

#[cfg(test)]
mod tests;
