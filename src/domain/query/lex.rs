//! Splits query text into tokens with their positions, in one pass. Decides what is a word, a phrase, a field or an operator; never
//! combines tokens and never reports mistakes.

use std::ops::Range;

use super::fields::{FieldInfo, FieldName, field_named};
use super::identifiers::{self, begins_row, is_conjunction, is_separator};
use super::phrase::{has_letter_or_digit, with_beginning};
use super::{How, Word};
use crate::domain::fold::is_dash;
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
    /// Identifiers without a field, as typed; at least one.
    Identifiers(Vec<String>),
    /// A word or phrase without a letter or digit, as typed: a lone dash, punctuation.
    Empty(String),
}

/// A token and its range in the query, in characters.
#[derive(Debug)]
pub(super) struct PlacedToken {
    pub(super) token: Token,
    pub(super) range: Range<usize>,
    /// Where a quotation mark in it stands that is not closed, in characters.
    pub(super) unclosed: Option<usize>,
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
    unclosed: Option<usize>,
    /// The token before is an identifier, so that a list of them may go on.
    follows_identifier: bool,
    /// No token stands before on this line, so that a row of a list may begin.
    begins_line: bool,
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

/// Most characters of what separates or numbers identifiers.
const LONGEST_LIST_MARK: usize = 8;

/// Most characters after a dash in which a letter or digit must stand, so that the dash negates.
const LONGEST_NEGATED_START: usize = 32;

impl Iterator for Lexer {
    type Item = PlacedToken;

    fn next(&mut self) -> Option<PlacedToken> {
        loop {
            self.skip_blanks();
            let length = if self.has_joining_dash() { Some(1) } else { self.list_mark() };
            let Some(length) = length else { break };
            self.at += length;
        }
        let start = self.at;
        let token = match self.peek(0)? {
            '(' => self.sign(Token::Open),
            ')' => self.sign(Token::Close),
            '!' if self.peek(1).is_none_or(|c| c.is_whitespace() || c == ')') => {
                self.sign(Token::Empty("!".to_owned()))
            }
            '!' => self.sign(Token::Not),
            '-' if self.has_prefixed_dash() => self.sign(Token::Not),
            c if is_quote(c) => self.phrase(),
            _ => match self.identifier() {
                Some(text) => Token::Identifiers(identifiers::in_word(&text).unwrap_or_else(|| vec![text])),
                None => self.field().unwrap_or_else(|| self.word()),
            },
        };
        self.follows_identifier = match &token {
            Token::Identifiers(_) => true,
            Token::Field(field) => field.is_identifier_label(),
            _ => false,
        };
        self.begins_line = false;
        Some(PlacedToken { token, range: start..self.at, unclosed: self.unclosed.take() })
    }
}

impl FieldToken {
    /// Whether the field is written `arxiv:` or `doi:`, which belong to identifiers as they are pasted, and not `id:`.
    pub(super) fn is_identifier_label(&self) -> bool {
        self.info.field == FieldName::Id && !self.raw.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("id:"))
    }
}

impl Lexer {
    pub(super) fn new(text: &str) -> Self {
        Self { chars: text.chars().collect(), at: 0, unclosed: None, follows_identifier: false, begins_line: true }
    }

    fn skip_blanks(&mut self) {
        while let Some(c) = self.peek(0).filter(|c| c.is_whitespace()) {
            self.begins_line |= c == '\n';
            self.at += 1;
        }
    }

    /// Whether a dash stands here that belongs to the word, quotation mark or bracket after it. It does not where it stands alone, begins an
    /// option, a second dash or an arrow.
    fn has_prefixed_dash(&self) -> bool {
        if self.peek(0) != Some('-') {
            return false;
        }
        match self.peek(1) {
            Some(c) if is_quote(c) || c == '(' => true,
            Some(c) if c == '>' || is_dash(c) => false,
            _ => {
                let word = self.chars.iter().skip(self.at + 1).take(LONGEST_NEGATED_START);
                let mut word = word.take_while(|&&c| !c.is_whitespace() && !is_quote(c) && c != '(' && c != ')');
                word.any(|c| c.is_alphanumeric())
            }
        }
    }

    /// Whether the dash that stands here joins what follows to the quotation mark or bracket directly before, as in `"GPT"-4`.
    fn has_joining_dash(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|before| self.chars.get(before));
        before.is_some_and(|&c| !c.is_whitespace() && !matches!(c, '(' | '!' | '-')) && self.has_prefixed_dash()
    }

    /// How many characters stand here that only separate identifiers, number or enclose them; None where nothing such does.
    fn list_mark(&mut self) -> Option<usize> {
        if !self.follows_identifier && !self.begins_line {
            return None;
        }
        let rest = self.chars.iter().skip(self.at).take(LONGEST_LIST_MARK + 1);
        let mark: String = rest.take_while(|&&c| !c.is_whitespace() && !is_quote(c)).collect();
        let length = mark.chars().count();
        if length == 0 || length > LONGEST_LIST_MARK {
            return None;
        }
        let is_alone = self.peek(length).is_none_or(char::is_whitespace);
        if is_separator(&mark) {
            return (self.follows_identifier || self.identifier_follows(length)).then_some(length);
        }
        let is_mark = self.follows_identifier && is_conjunction(&mark) || begins_row(&mark);
        (is_alone && is_mark && self.identifier_follows(length)).then_some(length)
    }

    /// Whether the first word after so many characters is an identifier.
    fn identifier_follows(&mut self, ahead: usize) -> bool {
        let start = self.at;
        self.at += ahead;
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        let follows = if self.peek(0).is_some_and(is_quote) {
            identifiers::in_quotes(&self.quoted().text).is_some()
        } else {
            self.identifier().is_some() || identifiers::in_word(&self.plain_word()).is_some()
        };
        (self.at, self.unclosed) = (start, None);
        follows
    }

    /// A phrase, or identifiers in quotation marks.
    fn phrase(&mut self) -> Token {
        let start = self.at;
        let QuotedText { text, is_open } = self.quoted();
        match identifiers::in_quotes(&text) {
            Some(found) => Token::Identifiers(found),
            None if has_letter_or_digit(&text) => Token::Phrase(if is_open { with_beginning(text) } else { text }),
            None => Token::Empty(self.chars.get(start..self.at).unwrap_or_default().iter().collect()),
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn sign(&mut self, token: Token) -> Token {
        self.at += 1;
        token
    }

    fn word(&mut self) -> Token {
        let text = self.plain_word();
        match text.as_str() {
            "AND" => return Token::And,
            "OR" => return Token::Or,
            "NOT" => return Token::Not,
            _ => {}
        }
        if let Some(found) = identifiers::in_word(&text) {
            return Token::Identifiers(found);
        }
        let (how, word) = split_sign(&text);
        if has_letter_or_digit(word) { Token::Word(Word { text: word.to_owned(), how }) } else { Token::Empty(text) }
    }

    /// The characters up to white space, a quotation mark or a bracket.
    fn plain_word(&mut self) -> String {
        self.take_while(|c| !c.is_whitespace() && !is_quote(c) && c != '(' && c != ')')
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
            let word = self.identifier_word(start + LONGEST_IDENTIFIER, words > 1);
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

    /// The characters up to white space, a quotation mark, or a bracket that closes what was opened before; none past `limit`. Only a word after
    /// the first may begin with a bracket.
    fn identifier_word(&mut self, limit: usize, follows: bool) -> String {
        let (start, mut depth) = (self.at, 0_usize);
        while let Some(c) = self.peek(0) {
            match c {
                _ if self.at >= limit => return String::new(),
                '(' if follows || self.at > start => depth += 1,
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
        let start = self.at;
        self.at += 1;
        let (mut text, mut is_closed) = (String::new(), false);
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match self.peek(0) {
                Some(escaped) if c == '\\' && (escaped == '\\' || is_quote(escaped)) => {
                    text.push(escaped);
                    self.at += 1;
                }
                _ if is_quote(c) => {
                    is_closed = true;
                    break;
                }
                _ => text.push(c),
            }
        }
        if !is_closed {
            self.unclosed.get_or_insert(start);
        }
        let is_open = !is_closed && !text.ends_with(char::is_whitespace);
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
