//! Tokens to a query. Brackets nest to a fixed depth, everything else is a loop, so that no input can overflow the stack or take more
//! than linear time.

use crate::domain::identity::{ArxivId, Doi};

use super::fields::{FIELDS, FieldInfo, names, nearest};
use super::lex::{FieldToken, Placed, Token, asks, tokens};
use super::value::{Meaning, read, shown};
use super::{Filter, How, Mistake, Query, Sort, Term, Word};

/// Deepest nesting of brackets; deeper ones are passed over.
pub(super) const DEEPEST: usize = 64;

/// Mistakes kept: nobody reads more, and a pasted page could hold thousands.
const MISTAKES_KEPT: usize = 8;

impl Query {
    /// Reads any text. What cannot be read is taken as words, and `mistakes` says where and what was expected.
    pub fn parse(text: &str) -> Self {
        let tokens = tokens(text);
        let mut parser = Parser { tokens: &tokens, ..Parser::default() };
        let filter = parser.group(0);
        Self { filter, sort: parser.sort, mistakes: parser.mistakes }
    }
}

#[derive(Default)]
struct Parser<'a> {
    tokens: &'a [Placed],
    at: usize,
    /// Brackets passed over because they nest too deep, not closed yet.
    passed_over: usize,
    sort: Vec<Sort>,
    mistakes: Vec<Mistake>,
}

impl Parser<'_> {
    /// Everything to the closing bracket of this depth, or to the end. `Filter::All` when it asks nothing.
    fn group(&mut self, depth: usize) -> Filter {
        let mut any = Vec::new();
        let mut all = Vec::new();
        let mut operand_seen = false;
        let mut negated = false;
        while let Some(placed) = self.tokens.get(self.at) {
            self.at += 1;
            let column = placed.range.start;
            let part = match &placed.token {
                Token::Close if self.passed_over > 0 => {
                    self.passed_over -= 1;
                    continue;
                }
                Token::Close if depth > 0 => break,
                Token::Close => {
                    self.report(column, || "`)` closes no bracket".into());
                    continue;
                }
                Token::And | Token::Or => {
                    if negated || !operand_seen {
                        self.report(column, || "a word or a condition is missing before this operator".into());
                    }
                    if matches!(placed.token, Token::Or) {
                        any.push(Filter::all_of(std::mem::take(&mut all)));
                    }
                    (operand_seen, negated) = (false, false);
                    continue;
                }
                Token::Not => {
                    negated = !negated;
                    continue;
                }
                Token::Open if depth == DEEPEST => {
                    self.passed_over += 1;
                    self.report(column, || format!("brackets nest deeper than {DEEPEST}; this one is passed over"));
                    continue;
                }
                Token::Open => self.group(depth + 1),
                Token::Nothing => Filter::All,
                Token::Phrase(text) => Filter::Term(Term::Phrase(text.clone())),
                Token::Word(word) => meant_exactly(self.word(word, placed), negated),
                Token::Field(field) => meant_exactly(self.field(field), negated),
            };
            operand_seen = true;
            match part {
                Filter::All => {}
                part if negated => all.push(part.negated()),
                part => all.push(part),
            }
            negated = false;
        }
        any.push(Filter::all_of(all));
        Filter::any_of(any.into_iter().filter(|part| *part != Filter::All))
    }

    fn word(&mut self, word: &Word, placed: &Placed) -> Filter {
        if word.how == How::Fuzzy {
            if ArxivId::parse(&word.text).is_some() || Doi::parse(&word.text).is_some() {
                return Filter::Term(Term::Id(word.text.clone()));
            }
            let phrase_follows = self
                .tokens
                .get(self.at)
                .is_some_and(|next| matches!(next.token, Token::Phrase(_)) && next.range.start == placed.range.end);
            if let Some(name) = unknown_field(&word.text, phrase_follows) {
                self.report(placed.range.start, || unknown(name));
            }
        }
        Filter::Term(Term::Word(word.clone()))
    }

    fn field(&mut self, field: &FieldToken) -> Filter {
        let meaning = read(field, |column, message| self.report(column, message));
        match meaning {
            Meaning::Filter(filter) => filter,
            Meaning::Unreadable if field.info.kind != super::ValueKind::Sort => as_words(field),
            Meaning::Unreadable | Meaning::Nothing => Filter::All,
            Meaning::Sort(keys) => {
                for key in keys {
                    if !self.sort.iter().any(|sort| sort.by == key.by) {
                        self.sort.push(key);
                    }
                }
                Filter::All
            }
        }
    }

    fn report(&mut self, column: usize, message: impl FnOnce() -> String) {
        if self.mistakes.len() < MISTAKES_KEPT {
            self.mistakes.push(Mistake { column, message: message() });
        }
    }
}

/// A negated word that was not marked otherwise is meant exactly: leaving out everything that resembles it would leave out too much.
fn meant_exactly(filter: Filter, negated: bool) -> Filter {
    if !negated {
        return filter;
    }
    let exactly = |mut filter: Filter| {
        if let Filter::Term(term) = &mut filter
            && let Some(word) = term.word_mut()
            && word.how == How::Fuzzy
        {
            word.how = How::Exact;
        }
        filter
    };
    match filter {
        Filter::Or(parts) => Filter::Or(parts.into_iter().map(exactly).collect()),
        filter => exactly(filter),
    }
}

/// A field whose value cannot be read, as what was typed. A word cannot hold brackets or quotation marks; a phrase can.
fn as_words(field: &FieldToken) -> Filter {
    let bare = field.items.iter().all(|item| !item.quoted) && !field.raw.contains(['(', ')']);
    if bare {
        return Filter::Term(Term::Word(Word { text: field.raw.clone(), how: How::Fuzzy }));
    }
    let values: Vec<&str> = field.items.iter().map(|item| item.text.as_str()).collect();
    let text = values.join(" ");
    if asks(&text) { Filter::Term(Term::Phrase(text)) } else { Filter::All }
}

/// The name before the colon, where a word looks like a field: letters, a colon and a value that does not begin as in `http://`.
fn unknown_field(word: &str, phrase_follows: bool) -> Option<&str> {
    let (name, value) = word.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(char::is_alphabetic);
    let has_value = if value.is_empty() { phrase_follows } else { !value.starts_with("//") };
    (is_name && has_value).then_some(name)
}

fn unknown(name: &str) -> String {
    let expected = match nearest(name, FIELDS.iter().flat_map(names)) {
        Some(known) => format!("nearest is `{known}`"),
        None => format!("one of {}", FIELDS.iter().map(|FieldInfo { name, .. }| *name).collect::<Vec<_>>().join(", ")),
    };
    format!("unknown field `{}`; {expected}", shown(name))
}
