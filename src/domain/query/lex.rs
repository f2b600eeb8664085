//! Splits query text into tokens with their positions, in one pass. Decides what is a word, a phrase, a field or an operator; never
//! combines tokens and never reports mistakes.

use std::ops::Range;

use super::fields::{FieldInfo, field_named};
use super::phrase::{has_letter_or_digit, with_beginning};
use super::{How, Word};
use crate::domain::identity::PaperKey;

#[derive(Debug)]
pub(super) enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    Word(Word),
    Phrase(String),
    Field(FieldToken),
    /// A word or phrase without a letter or digit: a lone dash, punctuation.
    Empty,
}

/// A token and its range in the query, in characters.
#[derive(Debug)]
pub(super) struct PlacedToken {
    pub(super) token: Token,
    pub(super) range: Range<usize>,
}

/// A field with its values.
#[derive(Debug)]
pub(super) struct FieldToken {
    pub(super) info: &'static FieldInfo,
    /// Values that are not empty.
    pub(super) values: Vec<FieldValue>,
    /// The whole token as typed.
    pub(super) raw: String,
    /// Where the first value begins or would begin, in characters.
    pub(super) values_at: usize,
}

/// One value of a field.
#[derive(Debug)]
pub(super) struct FieldValue {
    pub(super) text: String,
    pub(super) quoted: bool,
    /// Its last word may still be typed.
    pub(super) is_open: bool,
    pub(super) range: Range<usize>,
}

/// What stands in quotation marks.
struct QuotedText {
    text: String,
    /// There is no closing one yet, and no blank at the end.
    is_open: bool,
}

/// An iterator over the tokens of a text.
pub(super) struct Lexer {
    chars: Vec<char>,
    at: usize,
}

/// The straight quotation mark and the typographic ones that word processors put in its place.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}

/// Splits the sign of a word from it.
pub(super) fn split_sign(text: &str) -> (How, &str) {
    match (text.strip_prefix('\''), text.strip_prefix('^')) {
        (Some(rest), _) => (How::Exact, rest),
        (_, Some(rest)) => (How::Prefix, rest),
        _ => (How::Fuzzy, text),
    }
}

/// Most characters of a field's name; the colon is not searched for beyond them.
const LONGEST_NAME: usize = 12;

/// Most characters of an identifier of several words or with brackets, its address included.
const LONGEST_IDENTIFIER: usize = 512;

/// Most words of one: `arXiv: 2403.11111v2 [cs.CL] 1 Mar 2024`, and `preprint` after `arXiv`.
const IDENTIFIER_WORDS: usize = 7;

impl Iterator for Lexer {
    type Item = PlacedToken;

    fn next(&mut self) -> Option<PlacedToken> {
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        let start = self.at;
        let token = match self.peek(0)? {
            '(' => self.sign(Token::Open),
            ')' => self.sign(Token::Close),
            '!' if self.peek(1).is_none_or(|c| c.is_whitespace() || c == ')') => self.sign(Token::Empty),
            '!' => self.sign(Token::Not),
            '-' if self.peek(1).is_some_and(is_negatable) => self.sign(Token::Not),
            c if is_quote(c) => {
                let QuotedText { text, is_open } = self.quoted();
                let text = if is_open { with_beginning(text) } else { text };
                Some(text).filter(|text| has_letter_or_digit(text)).map_or(Token::Empty, Token::Phrase)
            }
            _ => match self.identifier() {
                Some(text) => Token::Word(Word { text, how: How::Fuzzy }),
                None => self.field().unwrap_or_else(|| self.word()),
            },
        };
        Some(PlacedToken { token, range: start..self.at })
    }
}

impl Lexer {
    pub(super) fn new(text: &str) -> Self {
        Self { chars: text.chars().collect(), at: 0 }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn sign(&mut self, token: Token) -> Token {
        self.at += 1;
        token
    }

    fn word(&mut self) -> Token {
        let text = self.take_while(|c| !c.is_whitespace() && !is_quote(c) && c != '(' && c != ')');
        match text.as_str() {
            "AND" => return Token::And,
            "OR" => return Token::Or,
            "NOT" => return Token::Not,
            _ => {}
        }
        let (how, word) = split_sign(&text);
        if has_letter_or_digit(word) { Token::Word(Word { text: word.to_owned(), how }) } else { Token::Empty }
    }

    /// An identifier that words and fields would take apart: one of several words (`DOI 10.…`, the stamp on an arXiv paper) or one with
    /// brackets, where a bracket would end the word. Runs of white space in it become one space.
    fn identifier(&mut self) -> Option<String> {
        if !self.may_begin_identifier() {
            return None;
        }
        let start = self.at;
        let (mut text, mut found) = (String::new(), None);
        for words in 1..=IDENTIFIER_WORDS {
            let word = self.identifier_word(start + LONGEST_IDENTIFIER);
            if word.is_empty() {
                break;
            }
            if words > 1 {
                text.push(' ');
            }
            text.push_str(&word);
            if (words > 1 || word.contains('(')) && PaperKey::parse(&text).is_some() {
                found = Some((text.clone(), self.at));
            }
            while self.peek(0).is_some_and(char::is_whitespace) {
                self.at += 1;
            }
        }
        self.at = found.as_ref().map_or(start, |(_, end)| *end);
        found.map(|(text, _)| text)
    }

    /// Whether what stands here begins as identifiers do; the rest of the check costs more.
    fn may_begin_identifier(&self) -> bool {
        let starts = |prefix: &str| {
            prefix
                .chars()
                .enumerate()
                .all(|(ahead, c)| self.peek(ahead).is_some_and(|own| own.eq_ignore_ascii_case(&c)))
        };
        let is_number = || (2..=4).any(|ahead| self.peek(ahead) == Some('.'));
        match self.peek(0) {
            Some('0'..='9') => is_number(),
            Some('<' | '[' | '{') => true,
            _ => ["doi", "arxiv", "http"].into_iter().any(starts),
        }
    }

    /// The characters up to white space, a quotation mark, or a bracket that closes what was opened before; none past `limit`.
    fn identifier_word(&mut self, limit: usize) -> String {
        let (start, mut depth) = (self.at, 0_usize);
        while let Some(c) = self.peek(0) {
            match c {
                _ if self.at >= limit => return String::new(),
                '(' if self.at > start => depth += 1,
                ')' if depth > 0 => depth -= 1,
                '(' | ')' => break,
                c if c.is_whitespace() || is_quote(c) => break,
                _ => {}
            }
            self.at += 1;
        }
        self.chars.get(start..self.at).map(|chars| chars.iter().collect()).unwrap_or_default()
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek(0).filter(|&c| belongs(c)) {
            text.push(c);
            self.at += 1;
        }
        text
    }

    /// The text in quotation marks, up to the closing one or to the end; runs of white space become one space.
    fn quoted(&mut self) -> QuotedText {
        self.at += 1;
        let mut text = String::new();
        let mut is_open = true;
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match self.peek(0) {
                Some(escaped) if c == '\\' && (escaped == '\\' || is_quote(escaped)) => {
                    text.push(escaped);
                    self.at += 1;
                }
                _ if is_quote(c) => {
                    is_open = false;
                    break;
                }
                _ => text.push(c),
            }
        }
        is_open &= !text.ends_with(char::is_whitespace);
        QuotedText { text: text.split_whitespace().collect::<Vec<_>>().join(" "), is_open }
    }

    fn field(&mut self) -> Option<Token> {
        let start = self.at;
        let length = (0..=LONGEST_NAME).find(|&ahead| !self.peek(ahead).is_some_and(|c| c.is_ascii_alphabetic()))?;
        let name: String = self.chars.get(start..start + length)?.iter().collect();
        let info = field_named(&name).filter(|_| self.peek(length) == Some(':'))?;
        self.at += length + 1;
        let values_at = self.at;
        let mut values = Vec::new();
        loop {
            let begin = self.at;
            let quoted = self.peek(0).is_some_and(is_quote);
            let QuotedText { text, is_open } =
                if quoted { self.quoted() } else { QuotedText { text: self.value(), is_open: false } };
            if !text.is_empty() {
                values.push(FieldValue { text, quoted, is_open, range: begin..self.at });
            }
            if self.peek(0) != Some(',') {
                break;
            }
            self.at += 1;
        }
        let raw = self.chars.get(start..self.at)?.iter().collect();
        Some(Token::Field(FieldToken { info, values, raw, values_at }))
    }

    /// A value without quotation marks. Brackets inside belong to it (DOIs contain them) as long as they are balanced from the left.
    fn value(&mut self) -> String {
        let (start, mut depth) = (self.at, 0_usize);
        while let Some(c) = self.peek(0) {
            match c {
                '(' if self.at > start => depth += 1,
                ')' if depth > 0 => depth -= 1,
                '(' | ')' | ',' => break,
                c if c.is_whitespace() || is_quote(c) => break,
                _ => {}
            }
            self.at += 1;
        }
        self.chars.get(start..self.at).map(|chars| chars.iter().collect()).unwrap_or_default()
    }
}

fn is_negatable(c: char) -> bool {
    c.is_alphabetic() || is_quote(c) || matches!(c, '(' | '\'' | '^')
}
