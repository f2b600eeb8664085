//! LaTeX and page text to Unicode, without losing a word: what is not understood stays as it was written. Two modes of reading: `text`
//! for words, `math` for formulas; `page` first repairs what a web page did to its formulas. Nothing here changes what is stored.

mod address;
mod atoms;
mod math;
mod page;
mod scripts;
mod source;
mod tables;
mod text;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::markup::Markup;
use source::Source;

/// Renders one text (a title, a paragraph) as Unicode in NFC, with single spaces. Total and linear in the length of the text.
///
/// Plain text and summaries are shown as they are; a page is repaired first.
pub fn render(source: &str, markup: Markup) -> String {
    match markup {
        Markup::Plain | Markup::Summary => folded(source),
        Markup::Tex => latex(source),
        Markup::Page => latex(&page::repaired(source)),
    }
}

/// The paragraphs of a source text: split at an empty line or a line that begins with two or more spaces; every other run of white
/// space is one space.
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
        return folded(text);
    }
    let source = Source::new(text);
    folded(&text::range(&source, 0, text.len(), 0))
}

/// Single spaces, none at the ends, NFC.
fn folded(text: &str) -> String {
    if is_folded(text.as_bytes()) {
        return text.to_owned();
    }
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    // Composed already, as nearly all text is.
    match is_nfc_quick(folded.chars()) {
        IsNormalized::Yes => folded,
        IsNormalized::No | IsNormalized::Maybe => folded.nfc().collect(),
    }
}

/// Whether a text is what most are: printable ASCII with single spaces inside.
fn is_folded(text: &[u8]) -> bool {
    let printable = text.iter().fold(true, |printable, byte| printable & matches!(byte, b' '..=b'~'));
    let outside = text.first() == Some(&b' ') || text.last() == Some(&b' ');
    printable && !outside && text.windows(2).all(|pair| pair != b"  ")
}

#[cfg(test)]
mod tests;
