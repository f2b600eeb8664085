//! Combines tokens into a query. Brackets nest to a fixed depth and everything else is a loop, so no input overflows the stack or takes
//! more than linear time.

use std::iter::Peekable;
use std::ops::Range;

use super::fields::{FIELDS, FieldInfo, ValueKind, names};
use super::identifiers::{self, BareIdentifiers};
use super::lex::{FieldToken, Lexer, PlacedToken, Token, is_quote};
use super::phrase::has_letter_or_digit;
use super::value::{FieldMeaning, ValueFault, read, shown};
use super::{Filter, How, Mistake, Query, Sort, Term, Word};
use crate::domain::nearest::nearest;

/// Most levels of nested brackets; deeper ones are ignored.
const DEPTH_LIMIT: usize = 64;

/// Most words and phrases of a query. Each is searched in the whole library and holds a set of papers until the search is done, so a pasted
/// page would take seconds and gigabytes, to find nothing.
const WORDS_LIMIT: usize = 64;

/// Most mistakes reported: a pasted page could have thousands.
const MISTAKES_LIMIT: usize = 8;

impl Query {
    /// Reads any text. What cannot be read is taken as words, and `mistakes` says where and what was expected.
    /// After `~` at the beginning the free words are a description.
    pub fn parse(text: &str) -> Self {
        let trimmed = text.trim_start();
        if let Some(description) = trimmed.strip_prefix('~') {
            // Of the same length, so that mistakes keep their columns.
            let blank = " ".repeat(text.chars().count() - description.chars().count());
            let mut query = Self::parse_words(&format!("{blank}{description}"));
            if query.free_words().0.is_empty() {
                let message = match query.has_words() {
                    true => {
                        "after `~` the words of a description stand alone, neither joined by OR nor in quotes or with signs"
                    }
                    false => "words that describe a paper are missing after `~`",
                };
                let message = message.to_owned();
                query.mistakes.insert(0, Mistake { column: text.chars().count() - trimmed.chars().count(), message });
                // Typed text without a condition must not find every paper.
                query.filter = if query.filter == Filter::All { Filter::Nothing } else { query.filter };
            }
            return query.by_meaning();
        }
        Self::parse_words(text)
    }

    fn parse_words(text: &str) -> Self {
        let mut parser = QueryParser::new(text, MISTAKES_LIMIT);
        let filter = parser.query();
        Self {
            filter,
            sort: parser.sort,
            mistakes: parser.mistakes,
            ignored: parser.ignored,
            unfinished: parser.unfinished,
        }
    }
}

/// The filter alone, for checking how a text is read.
pub(super) fn read_filter(text: &str) -> Filter {
    QueryParser::new(text, 0).query()
}

struct QueryParser {
    tokens: Peekable<Lexer>,
    /// Open brackets that are ignored because they nest too deep.
    ignored_brackets: usize,
    /// Where the first token stands that is no condition and no sort key, in characters.
    first_empty: Option<usize>,
    sort: Vec<Sort>,
    mistakes: Vec<Mistake>,
    ignored: Vec<Mistake>,
    unfinished: Vec<Mistake>,
    mistakes_limit: usize,
    /// Words and phrases so far.
    words: usize,
}

impl QueryParser {
    fn new(text: &str, mistakes_limit: usize) -> Self {
        let tokens = Lexer::new(text).peekable();
        Self {
            tokens,
            ignored_brackets: 0,
            first_empty: None,
            sort: Vec::new(),
            mistakes: Vec::new(),
            ignored: Vec::new(),
            unfinished: Vec::new(),
            mistakes_limit,
            words: 0,
        }
    }

    /// The whole query. Typed text without a condition must not find every paper.
    fn query(&mut self) -> Filter {
        let filter = self.group(0, 0);
        match self.first_empty {
            Some(column) if filter == Filter::All => {
                self.report(column, || "no letter or digit to search for".into());
                Filter::Nothing
            }
            _ => filter,
        }
    }

    /// Reads to the closing bracket of this depth, or to the end; the opening one is at `opened_at`. `Filter::All` when there is no condition.
    fn group(&mut self, depth: usize, opened_at: usize) -> Filter {
        let mut any = Vec::new();
        let mut all = Vec::new();
        let mut identifiers = BareIdentifiers::default();
        let mut operand_seen = false;
        let mut negated = false;
        // The operator that waits for what comes after it.
        let mut pending: Option<(usize, &str)> = None;
        let (mut is_closed, mut is_empty) = (false, true);
        while let Some(PlacedToken { token, range, unclosed }) = self.tokens.next() {
            let column = range.start;
            if let Some(column) = unclosed {
                note(&mut self.unfinished, self.mistakes_limit, column, || "the quotation mark is not closed".into());
            }
            if !matches!(token, Token::Close) {
                is_empty = false;
            }
            if !matches!(token, Token::Word(_) | Token::Phrase(_) | Token::Field(_) | Token::Identifiers(_)) {
                self.first_empty.get_or_insert(column);
            }
            let part = match token {
                Token::Close if self.ignored_brackets > 0 => {
                    self.ignored_brackets -= 1;
                    continue;
                }
                Token::Close if depth > 0 => {
                    is_closed = true;
                    break;
                }
                Token::Close => {
                    self.report(column, || "unmatched `)`".into());
                    continue;
                }
                Token::And | Token::Or => {
                    if negated || !operand_seen {
                        self.report(column, || "a word or a condition is missing before this operator".into());
                    }
                    identifiers.move_to(&mut all);
                    if matches!(token, Token::Or) {
                        any.push(Filter::all_of(std::mem::take(&mut all)));
                    }
                    (operand_seen, negated) = (false, false);
                    pending = Some((column, if matches!(token, Token::Or) { "OR" } else { "AND" }));
                    continue;
                }
                Token::Not => {
                    negated = !negated;
                    pending = Some((column, if range.len() > 1 { "NOT" } else { "!" }));
                    continue;
                }
                Token::Open if depth == DEPTH_LIMIT => {
                    self.ignored_brackets += 1;
                    self.report(column, || format!("brackets nest deeper than {DEPTH_LIMIT}; this one is ignored"));
                    continue;
                }
                Token::Open => self.group(depth + 1, column),
                Token::Empty(text) => {
                    self.note_empty(column, &text);
                    Filter::All
                }
                Token::Phrase(text) => Filter::Term(Term::Phrase(text)),
                Token::Word(word) => negated_exactly(self.word(word, range), negated),
                Token::Identifiers(found) if !negated => {
                    identifiers.add(identifiers::filters(found), all.len());
                    (operand_seen, pending) = (true, None);
                    continue;
                }
                Token::Identifiers(found) => Filter::any_of(identifiers::filters(found)),
                Token::Field(field) => match self.field(&field) {
                    // The label of a pasted identifier.
                    part if !negated && part.is_identifiers() && field.is_identifier_label() => {
                        identifiers.add(part.into_alternatives(), all.len());
                        (operand_seen, pending) = (true, None);
                        continue;
                    }
                    part => negated_exactly(part, negated),
                },
            };
            (operand_seen, pending) = (true, None);
            match self.within_the_limit(part, column) {
                Filter::All => {}
                part if negated => all.push(part.negated()),
                part => all.push(part),
            }
            negated = false;
        }
        self.note_open_end(depth, (opened_at, is_closed, is_empty), pending);
        identifiers.move_to(&mut all);
        any.push(Filter::all_of(all));
        Filter::any_of(any.into_iter().filter(|part| *part != Filter::All))
    }

    /// Notes a word without a letter or digit. At the end of the text it may be the first sign of a word.
    fn note_empty(&mut self, column: usize, text: &str) {
        let noted = if self.tokens.peek().is_none() { &mut self.unfinished } else { &mut self.ignored };
        note(noted, self.mistakes_limit, column, || format!("`{}` has no letter or digit to search for", shown(text)));
    }

    /// Notes what is missing where a group ends: its closing bracket, anything inside, what an operator belongs to.
    fn note_open_end(
        &mut self,
        depth: usize,
        (opened_at, is_closed, is_empty): (usize, bool, bool),
        pending: Option<(usize, &str)>,
    ) {
        let limit = self.mistakes_limit;
        if let Some((column, operator)) = pending {
            let noted = if is_closed { &mut self.ignored } else { &mut self.unfinished };
            note(noted, limit, column, || format!("`{operator}` has nothing after it"));
        }
        if depth > 0 && !is_closed {
            note(&mut self.unfinished, limit, opened_at, || "`(` is not closed".into());
        } else if depth > 0 && is_empty {
            note(&mut self.ignored, limit, opened_at, || "`()` has nothing in it".into());
        }
    }

    /// The condition, or none where it is a word too many.
    fn within_the_limit(&mut self, part: Filter, column: usize) -> Filter {
        if !matches!(part, Filter::Term(Term::Word(_) | Term::Phrase(_))) {
            return part;
        }
        self.words += 1;
        if self.words == WORDS_LIMIT + 1 {
            let message = format!("a query has at most {WORDS_LIMIT} words; the others are left out");
            self.mistakes.truncate(self.mistakes_limit.saturating_sub(1));
            self.report(column, || message);
        }
        if self.words > WORDS_LIMIT { Filter::All } else { part }
    }

    fn word(&mut self, word: Word, range: Range<usize>) -> Filter {
        if word.how == How::Fuzzy {
            let phrase_follows = self
                .tokens
                .peek()
                .is_some_and(|next| matches!(next.token, Token::Phrase(_)) && next.range.start == range.end);
            if let Some(name) = unknown_field(&word.text, phrase_follows) {
                self.report(range.start, || unknown(name));
            }
        }
        Filter::Term(Term::Word(word))
    }

    fn field(&mut self, field: &FieldToken) -> Filter {
        let meaning = read(field, |fault, column, message| match fault {
            ValueFault::Unreadable => self.report(column, message),
            ValueFault::Ignored => note(&mut self.ignored, self.mistakes_limit, column, message),
        });
        match meaning {
            FieldMeaning::Filter(filter) => filter,
            FieldMeaning::Unreadable if field.info.kind != ValueKind::Sort => as_words(field),
            FieldMeaning::Unreadable | FieldMeaning::Empty => Filter::All,
            FieldMeaning::Sort(keys) => {
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
        note(&mut self.mistakes, self.mistakes_limit, column, message);
    }
}

fn note(noted: &mut Vec<Mistake>, limit: usize, column: usize, message: impl FnOnce() -> String) {
    if noted.len() < limit {
        noted.push(Mistake { column, message: message() });
    }
}

/// Makes a negated fuzzy word exact: leaving out everything similar to it would leave out too much.
fn negated_exactly(filter: Filter, negated: bool) -> Filter {
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

/// A field whose value cannot be read, as the words that were typed. A word cannot contain brackets or quotation marks; a phrase can.
fn as_words(field: &FieldToken) -> Filter {
    if !field.raw.contains(|c| is_quote(c) || c == '(' || c == ')') {
        return Filter::Term(Term::Word(Word { text: field.raw.clone(), how: How::Fuzzy }));
    }
    let values: Vec<&str> = field.values.iter().map(|value| value.text.as_str()).collect();
    let text = values.join(" ");
    match identifiers::in_quotes(&text) {
        Some(found) => Filter::any_of(identifiers::filters(found)),
        None if has_letter_or_digit(&text) => Filter::Term(Term::Phrase(text)),
        None => Filter::All,
    }
}

/// The name before the colon of a word that looks like a field: letters, a colon, and a value that does not begin with `//` as a URL's.
fn unknown_field(word: &str, phrase_follows: bool) -> Option<&str> {
    let (name, value) = word.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic());
    let has_value = if value.is_empty() { phrase_follows } else { !value.starts_with("//") };
    (is_name && has_value).then_some(name)
}

fn unknown(name: &str) -> String {
    let expected = match nearest(name, FIELDS.iter().flat_map(names)) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("one of {}", FIELDS.iter().map(|FieldInfo { name, .. }| *name).collect::<Vec<_>>().join(", ")),
    };
    format!("unknown field `{}`; {expected}", shown(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The query as it prints, then each mistake with its column.
    fn read(text: &str) -> String {
        let query = Query::parse(text);
        let mistakes = query.mistakes.iter().map(|mistake| format!(" | {} {}", mistake.column, mistake.message));
        query.to_string() + &mistakes.collect::<String>()
    }

    #[test]
    fn every_form_of_the_grammar_is_read() {
        let cases = [
            ("efficient attn", "efficient attn"),
            ("“speculative  decoding” 'lora ^memory !survey", "\"speculative decoding\" 'lora ^memory !survey"),
            ("a OR b AND c NOT d", "a OR b c !d"),
            ("(a OR b) c", "(a OR b) c"),
            ("((a) (b c)) OR (d OR e)", "a b c OR d OR e"),
            ("-(a b) !(c) -\"d e\" -f !!g NOT NOT h", "-(a b) -(c) -\"d e\" !f g h"),
            ("and or not", "and or not"),
            ("\"low ran", "\"low ^ran\""),
            ("\"low ^ran\" \"ran", "\"low ^ran\" \"^ran\""),
            ("\"low ran ", "\"low ran\""),
            ("abs:\"low ran", "abs:\"low ^ran\""),
            ("-author:\"tri da", "-author:\"tri ^da\""),
            ("tag:\"low ran", "tag:\"low ran\""),
            ("abs:regret title:lora author:\"tri dao\"", "abs:regret title:lora author:\"tri dao\""),
            ("Author:dao,'gu,\"tri dao\" x", "author:dao,'gu,\"tri dao\" x"),
            ("-title:survey -title:'x -(title:y)", "-title:survey -title:x -(title:y)"),
            ("status:unread,queued is:starred has:code,note", "status:unread,queued is:starred has:code,note"),
            ("status:un is:star status:rea,read", "status:unread is:starred status:reading,read"),
            ("tag:peft tags:#area/* -tag:rl -tag:", "tag:peft tag:area/* -tag:rl -tag:"),
            ("cat:cs.LG,stat category:cs.* source:hf", "cat:cs.LG,stat cat:cs.* source:hf"),
            ("year:2024 year:2020..2024 year:>=2020 year:>2020", "year:2024 year:2020..2024 year:>=2020 year:>=2021"),
            ("year:..2020 year:<2020 year:2024..2020", "year:<=2020 year:<=2019 year:2020..2024"),
            ("year:2021,2023..", "year:2021,>=2023"),
            ("year:2 year:202 year:2020..20", "year:2000..2999 year:2020..2029 year:2020..2099"),
            (
                "date:2024-03..2024-05 date:2024-3-1 date:>2024-12",
                "date:2024-03..2024-05 date:2024-03-01 date:>=2025-01",
            ),
            (
                "date:2024- date:2024-0 date:2024-1.. date:<2024-03-01",
                "date:2024 date:2024 date:>=2024-01 date:<=2024-02-29",
            ),
            ("added:7d added:30 added:2W added:2024-03..", "added:7d added:30d added:2w added:>=2024-03"),
            ("added:today added:Yesterday added:last_week", "added:today added:yesterday added:last-week"),
            (
                "added:yest added:this- added:>last-week",
                "added:yesterday added:this-week,this-month,this-year added:>last-week",
            ),
            (
                "date:last-month date:march..may date:7d date:<today",
                "date:last-month date:march..may date:7d date:<today",
            ),
            ("date:\"12 mar 2025\" date:12-Mar date:2025/3/1", "date:2025-03-12 date:12-mar date:2025-03-01"),
            ("year:last year:this-year year:>last year:la", "year:last year:this year:>=this year:last"),
            ("digest:march digest:today digest:\"12 mar\"", "digest:march digest:today digest:12-mar"),
            (
                "digest:last-week..today digest:\"march\" digest:mar,apr",
                "digest:last-week..today digest:\"march\" digest:march,april",
            ),
            ("digest:2025-03-12 digest:starter digest:202", "digest:2025-03-12 digest:starter digest:202"),
            ("digest:hf:2025-03-12 digest:\"2025\"", "digest:hf:2025-03-12 digest:\"2025\""),
            ("upvotes:>50 votes:10..20", "upvotes:>=51 upvotes:10..20"),
            (
                "id:2403.03507 similar:10.1000/a(1)b (id:10.1000/a(1)b)",
                "id:2403.03507 similar:\"10.1000/a(1)b\" id:\"10.1000/a(1)b\"",
            ),
            ("arXiv:2403.03507v2 doi:10.1000/x", "id:2403.03507v2,10.1000/x"),
            ("lora https://arxiv.org/abs/2403.03507 10.1000/x", "lora id:https://arxiv.org/abs/2403.03507,10.1000/x"),
            ("2403.11111 2404.22222v2", "id:2403.11111,2404.22222v2"),
            ("2403.11111, arXiv:2404.22222\n10.1000/a(1), lora", "id:2403.11111,2404.22222,\"10.1000/a(1)\" lora"),
            (
                "2403.11111,2404.22222;10.1000/b|https://arxiv.org/abs/2405.11111",
                "id:2403.11111,2404.22222,10.1000/b,https://arxiv.org/abs/2405.11111",
            ),
            ("10.1000/a,b 10.1000/a,10.1000/b 10.1000/b", "id:\"10.1000/a,b\",10.1000/a,10.1000/b"),
            ("a 2403.11111 b 2404.22222 c", "a id:2403.11111,2404.22222 b c"),
            ("2403.11111 AND 2404.22222 id:2405.1", "id:2403.11111 id:2404.22222 id:2405.1"),
            ("2403.11111 OR a 2404.22222 !2405.11111", "id:2403.11111 OR a id:2404.22222 -id:2405.11111"),
            (
                "!2403.11111,2404.22222 (2403.11111 2404.22222) x",
                "-id:2403.11111,2404.22222 id:2403.11111,2404.22222 x",
            ),
            (
                "doi: 10.1000/a DOI 10.1000/b arXiv: 2403.11111",
                "id:\"doi: 10.1000/a\",\"DOI 10.1000/b\",\"arXiv: 2403.11111\"",
            ),
            ("x sort:-date,title sort:-up,date", "x sort:-date,title,-upvotes"),
            ("(a OR sort:title) b", "a b sort:title"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn pasted_text_is_words() {
        let cases = [
            ("GPT-4: report", "GPT-4: report"),
            ("http://example.org/x", "http://example.org/x"),
            ("LoRA: low rank - a view, e.g.: 10^-3 & more", "LoRA: low rank a view, e.g.: 10^-3 more"),
            ("scores --flag x-y 2019-2020", "scores --flag x-y 2019-2020"),
            ("GPT -", "GPT"),
            ("A -> B, (A)-5", "A B, A 5"),
            ("O(n log n)", "O n log n"),
            ("\\alpha-stable a\\b", "\\alpha-stable a\\b"),
            ("lora 🤗 ! ' ^ \"\" () \"?\"", "lora"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_dash_negates_whatever_word_follows() {
        for word in [
            "3d",
            "2020",
            "5",
            ".5",
            ".net",
            "c++",
            "学习",
            "'x",
            "^x",
            "\"a b\"",
            "“a b”",
            "(a OR b)",
            "[x]",
            "#x",
            "2403.11111",
            "https://arxiv.org/abs/2403.11111",
            "10.1000/a(1)b",
            "arXiv:2403.11111",
            "id:2403.11111",
            "tag:rl",
            "title:3d",
            "é",
            "<https://doi.org/10.1000/a>",
            "2403.11111,2404.22222",
        ] {
            let (dash, mark) = (Query::parse(&format!("lora -{word}")), Query::parse(&format!("lora !{word}")));
            assert_eq!(dash, mark, "{word}");
            assert!(matches!(&dash.parts().as_slice(), [_, (Filter::Not(_), _)]), "{word}: {dash}");
        }
        for text in [
            "lora -",
            "lora - x",
            "-",
            "lora --x",
            "lora -–x",
            "lora ->",
            "lora -👍",
            "x-y",
            "2019-2020",
            "\"GPT\"-4",
            "(a b)-c",
        ] {
            let has_not = Query::parse(text).parts().iter().any(|(part, _)| matches!(part, Filter::Not(_)));
            assert!(!has_not, "{text}");
        }
    }

    #[test]
    fn every_part_without_effect_is_noted() {
        let noted = |text: &str| {
            let query = Query::parse(text);
            assert_eq!(query.mistakes, [], "{text}");
            let found = query.not_understood().map(|part| format!("{} {}", part.column, part.message));
            (query.to_string(), found.unwrap_or_default())
        };
        for (text, message) in [
            ("learning 👍", "9 `👍` has no letter or digit to search for"),
            ("👍 learning", "0 `👍` has no letter or digit to search for"),
            ("learning ...", "9 `...` has no letter or digit to search for"),
            ("learning ~", "9 `~` has no letter or digit to search for"),
            ("learning !", "9 `!` has no letter or digit to search for"),
            ("learning '", "9 `'` has no letter or digit to search for"),
            ("learning -", "9 `-` has no letter or digit to search for"),
            ("learning & ", "9 `&` has no letter or digit to search for"),
            ("learning \"?\"", "9 `\"?\"` has no letter or digit to search for"),
            ("learning \"", "9 the quotation mark is not closed"),
            ("\"learning", "0 the quotation mark is not closed"),
            ("learning (", "9 `(` is not closed"),
            ("(learning", "0 `(` is not closed"),
            ("learning ()", "9 `()` has nothing in it"),
            ("learning OR", "9 `OR` has nothing after it"),
            ("learning AND", "9 `AND` has nothing after it"),
            ("learning NOT", "9 `NOT` has nothing after it"),
            ("learning !(👍)", "11 `👍` has no letter or digit to search for"),
            ("(learning OR)", "10 `OR` has nothing after it"),
        ] {
            assert_eq!(noted(text).1, message, "{text}");
            assert!(["learning", "\"^learning\""].contains(&noted(text).0.as_str()), "{text}");
        }
        assert_eq!(noted("title:learning,... x").1, "15 `...` has no letter or digit to search for");
        assert_eq!(noted("author:\"tri d").1, "7 the quotation mark is not closed");
        for text in [
            "learning",
            "(a OR b) -c",
            "\"a b\" sort:date",
            "tag:",
            "2403.11111, and 2404.22222",
            "- 2403.11111\n- 2404.22222",
            "",
        ] {
            assert_eq!(noted(text).1, "", "{text}");
        }
        // What may still be typed is apart.
        for text in ["learning OR", "learning \"x", "learning (", "learning -", "learning '"] {
            assert!(Query::parse(text).ignored.is_empty(), "{text}");
        }
        assert!(Query::parse(&"? ".repeat(20_000)).ignored.len() <= MISTAKES_LIMIT);
    }

    #[test]
    fn identifiers_are_read_in_lists_of_every_form() {
        let three = "id:2403.11111,2301.00001,math/0501001";
        for text in [
            "2403.11111, 2301.00001, and math/0501001",
            "2403.11111, 2301.00001 and math/0501001",
            "2403.11111 or 2301.00001 or math/0501001",
            "2403.11111 & 2301.00001 & math/0501001",
            "2403.11111; 2301.00001;\nmath/0501001.",
            "[\"2403.11111\", \"2301.00001\", \"math/0501001\"]",
            "[\"2403.11111\",\"2301.00001\",\"math/0501001\"]",
            "{\"2403.11111\", \"2301.00001\", \"math/0501001\"}",
            "\"2403.11111\" \"2301.00001\" \"math/0501001\"",
            "“2403.11111”, “2301.00001”, “math/0501001”",
            "2403.11111、2301.00001、math/0501001",
            "2403.11111，2301.00001；math/0501001",
            "1. 2403.11111\n2. 2301.00001\n3. math/0501001",
            "1) 2403.11111 2) 2301.00001 3) math/0501001",
            "[1] 2403.11111\n[2] 2301.00001\n[3] math/0501001\n",
            "- 2403.11111\n- 2301.00001\n- math/0501001",
            "• 2403.11111\n• 2301.00001\n• math/0501001",
            "2403.11111 | 2301.00001 | math/0501001",
        ] {
            let query = Query::parse(text);
            let trimmed = query.to_string().replace("math/0501001.", "math/0501001");
            assert_eq!((trimmed.as_str(), query.not_understood()), (three, None), "{text}");
        }
        assert_eq!(read("'2403.11111', '2301.00001'"), "id:'2403.11111',2301.00001'".replace(",2301", ",'2301"));
        assert_eq!(read("arXiv:2403.11111 and doi:10.1000/x"), "id:2403.11111,10.1000/x");
        assert_eq!(read("1. arXiv:2403.11111 2. 2301.00001"), "id:2403.11111,2301.00001");
        assert_eq!(read("2403.11111 and kites"), "id:2403.11111 and kites");
        assert_eq!(read("salt and pepper or 2403.11111"), "salt and pepper or id:2403.11111");
        assert_eq!(read("1. kites 2. flutes"), "1. kites 2. flutes");
        assert_eq!(read("2403.11111 -2301.00001"), "id:2403.11111 -id:2301.00001");
        let addresses = "https://arxiv.org/abs/2403.11111 https://doi.org/10.1000/a\nhttps://doi.org/10.1000/b";
        assert_eq!(
            read(addresses),
            "id:https://arxiv.org/abs/2403.11111,https://doi.org/10.1000/a,https://doi.org/10.1000/b"
        );
        assert_eq!(
            read("https://doi.org/10.1000/a https://arxiv.org/abs/2403.11111v2 [cs.LG] 2301.00001"),
            "id:https://doi.org/10.1000/a,\"https://arxiv.org/abs/2403.11111v2 [cs.LG]\",2301.00001"
        );
        assert_eq!(read("arXiv:2403.11111 (cs) lora"), "id:\"arXiv:2403.11111 (cs)\" lora");
        assert_eq!(read("2403.11111 (lora)"), "id:2403.11111 lora");
    }

    #[test]
    fn a_query_without_a_letter_finds_nothing() {
        for text in [
            "👍", "+", "...", "\"\"", "()", "NOT", "!", "-", "(", ")", "AND", "OR", "'", "^", "-(👍)", "! -", "“?”",
            "NOT NOT",
        ] {
            let query = Query::parse(text);
            assert_eq!(query.filter, Filter::Nothing, "{text}");
            assert!(query.mistakes.iter().any(|mistake| mistake.message.starts_with("no letter or digit")), "{text}");
        }
        for text in ["", "  ", "sort:title"] {
            assert_eq!((Query::parse(text).filter, Query::parse(text).mistakes.len()), (Filter::All, 0), "{text}");
        }
        // Letters and marks that folding drops.
        for text in
            ["\u{640}", "\u{345}", "\u{5b0}", "\"\u{640}\"", "title:\u{640}", "abs:\"\u{640}\"", "author:\u{345}"]
        {
            assert!(!Query::parse(text).mistakes.is_empty(), "{text}");
            assert!(Query::parse(&format!("learning {text}")).not_understood().is_some(), "{text}");
        }
        for c in ('\0'..=char::MAX).filter(|c| crate::domain::fold::words(c.encode_utf8(&mut [0; 4])).next().is_none())
        {
            let filter = Query::parse(c.encode_utf8(&mut [0; 4])).filter;
            assert!(filter == Filter::Nothing || c.is_whitespace(), "{}", c.escape_unicode());
        }
        assert_eq!(read("x 👍 sort:-date"), "x sort:-date");
        assert_eq!(read("👍 sort:-date"), "() sort:-date | 0 no letter or digit to search for");
        assert_eq!(read("lora OR 👍"), "lora");
        assert_eq!(read("tag:👍"), " | 4 `tag:` needs a value; write it like tag:area/*");
    }

    #[test]
    fn words_past_the_limit_are_left_out_and_told() {
        let text = |words: usize| (0..words).map(|word| format!("w{word}")).collect::<Vec<_>>().join(" ");
        assert_eq!(Query::parse(&text(WORDS_LIMIT)).mistakes, []);
        let page = format!("autor:x {} year:2024", text(20_000));
        let query = Query::parse(&page);
        assert_eq!(query.to_string(), format!("autor:x {} year:2024", text(WORDS_LIMIT - 1)));
        let told: Vec<&str> = query.mistakes.iter().map(|mistake| mistake.message.as_str()).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[1], "a query has at most 64 words; the others are left out");
        let ids = (1..=200).map(|id| format!("2403.{id:05}")).collect::<Vec<_>>().join(" OR ");
        assert_eq!(Query::parse(&ids).mistakes, [], "identifiers are no words");
    }

    #[test]
    fn bare_identifiers_find_their_paper() {
        for text in [
            "2403.11111",
            "2403.11111v2",
            "hep-th/9901001v2",
            "math.GT/0309136",
            "https://arxiv.org/abs/2403.11111v2",
            "arxiv.org/pdf/2403.11111.pdf",
            "https://arxiv.org/html/2403.11111v1",
            "https://huggingface.co/papers/2403.11111",
            "https://www.alphaxiv.org/abs/2403.11111",
            "https://www.alphaxiv.org/overview/2403.11111",
            "https://doi.org/10.1000/ab",
            "10.1016/S0370-2693(99)00001-1",
            "https://doi.org/10.1016/S0370-2693(99)00001-1",
            "https://dl.acm.org/doi/abs/10.1145/3292500.3330701?casa_token=a,b#top",
            "https://onlinelibrary.wiley.com/doi/10.1002/(SICI)1,2/full",
            "DOI 10.1000/ab",
            "doi: 10.1000/ab",
            "DOI: 10.1016/S0370-2693(99)00001-1",
            "<https://doi.org/10.1000/ab>",
            "arXiv:2403.11111v2 [cs.CL] 1 Mar 2024",
            "arXiv: 2403.11111",
            "arXiv preprint arXiv:2403.11111",
            "https://www.semanticscholar.org/arxiv/2403.11111",
        ] {
            assert_eq!(Query::parse(text).filter, Filter::Term(Term::Id(text.into())), "{text}");
        }
        for text in ["2403.1111", "10.5", "arxiv.org/list/cs", "http://example.org/a(b)"] {
            assert!(!matches!(Query::parse(text).filter, Filter::Term(Term::Id(_))), "{text}");
        }
        assert_eq!(read("doi:  10.1000/ab is:starred"), "id:\"doi: 10.1000/ab\" is:starred");
        assert_eq!(read("(arXiv:2403.11111 [cs.CL]) lora"), "id:\"arXiv:2403.11111 [cs.CL]\" lora");
        assert_eq!(read("doi lora 2403.11111 1 mar"), "doi lora id:2403.11111 1 mar");
        assert_eq!(read("(10.1016/S0370-2693(99)00001-1 lora)"), "id:\"10.1016/S0370-2693(99)00001-1\" lora");
    }

    #[test]
    fn unfinished_input_is_no_mistake() {
        let cases = [
            ("lora OR", "lora"),
            ("lora NOT", "lora"),
            ("lora -", "lora"),
            ("lora (a OR (b", "lora (a OR b)"),
            ("\"speculative dec", "\"speculative ^dec\""),
            ("author:\"tri d", "author:\"tri ^d\""),
            ("status:unread,", "status:unread"),
            ("tag:", "tag:"),
            ("status:", " | 7 `status:` needs a value; one of unread, queued, reading, read, dropped"),
            ("x -is: y", "x y | 6 `is:` needs a value; one of starred, seen, touched, withdrawn, retracted"),
            ("year:>=", " | 5 `year:` needs a value; write it like year:2020..2024"),
            ("title:'", " | 6 `title:` needs a value; write it like title:lora"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_say_where_and_what_was_expected() {
        let cases = [
            ("é stauts:read", "é stauts:read | 2 unknown field `stauts`; did you mean `status`?"),
            ("-(stauts:\"a b\")", "-(stauts: \"a b\") | 2 unknown field `stauts`; did you mean `status`?"),
            (
                "status:unred,read,x",
                "status:read | 7 `unred` is not a value of `status`; did you mean `unread`? | 18 `x` is not a value of \
             `status`; one of unread, queued, reading, read, dropped",
            ),
            (
                "!status:foo",
                "!status:foo | 8 `foo` is not a value of `status`; one of unread, queued, reading, read, dropped",
            ),
            ("is:queued", "is:queued | 3 `queued` is not a value of `is`; write `status:queued`"),
            (
                "has:\"a (b)\"",
                "\"a (b)\" | 4 `a (b)` is not a value of `has`; one of code, note, tag, abstract, pdf, venue, update",
            ),
            ("is:x,\"\"", "\"x\" | 3 `x` is not a value of `is`; one of starred, seen, touched, withdrawn, retracted"),
            ("year:20245", "year:20245 | 5 `20245` is not a value of `year`; write it like year:2020..2024"),
            (
                "date:2024-13",
                "date:2024-13 | 5 `2024-13` is not a value of `date`; write it like date:2024-03..2024-05",
            ),
            (
                "date:2024-02-28,29",
                "date:2024-02-28 | 16 `29` is not a value of `date`; write it like date:2024-03..2024-05",
            ),
            ("added:2024-02-28,2", "added:2024-02-28 | 17 `2` is not a value of `added`; did you mean `2w`?"),
            ("date:24", "date:24 | 5 `24` is not a value of `date`; write it like date:2024-03..2024-05"),
            ("year:24", "year:24 | 5 `24` is not a value of `year`; write it like year:2020..2024"),
            ("added:tdoay", "added:tdoay | 6 `tdoay` is not a value of `added`; did you mean `today`?"),
            ("year:>this", "year:>this | 5 `>this` is not a value of `year`; did you mean `this`?"),
            (
                "upvotes:99999999999",
                "upvotes:99999999999 | 8 `99999999999` is not a value of `upvotes`; write it like upvotes:>50",
            ),
            (
                "upvotes:>4294967295",
                "upvotes:>4294967295 | 8 `>4294967295` is not a value of `upvotes`; write it like upvotes:>50",
            ),
            ("a sort:-dtae", "a | 7 `-dtae` is not a value of `sort`; did you mean `date`?"),
            ("a ) b", "a b | 2 unmatched `)`"),
            (
                "OR a AND OR b",
                "a OR b | 0 a word or a condition is missing before this operator | 9 a word or a condition is missing before \
             this operator",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn long_and_deep_texts_are_read_to_a_bounded_depth() {
        for piece in [
            "(",
            ")",
            "!",
            "NOT ",
            "-(a ",
            "a OR (",
            "\"",
            "id:a(",
            "id:(",
            "status:x,",
            "x:",
            "stauts:a ",
            "\\\"",
            "tag:a,",
            "doi:",
            "1.",
            "'",
            "10.1000/a,",
            "10.1000/,x",
            "-!",
            "[ ",
            "2403.11111 and ",
            "1. 2403.11111 ",
            "2403.11111 [",
            "2403.11111,",
            "2403.11111 ",
        ] {
            let query = Query::parse(&piece.repeat(20_000 / piece.len()));
            assert!(query.mistakes.len() <= MISTAKES_LIMIT);
            assert_eq!(Query::parse(&query.to_string()).filter, query.filter, "{piece}");
        }
        let over = format!("{}a{} b", "(x OR -(".repeat(40), "))".repeat(40));
        let query = Query::parse(&over);
        assert_eq!(query.parts().len(), 2);
        assert!(query.mistakes.iter().all(|mistake| mistake.message.contains("deeper than 64")));
        assert_eq!(Query::parse(&query.to_string()).filter, query.filter);
    }

    #[test]
    fn a_tilde_makes_the_free_words_a_description() {
        let query = Query::parse(" ~cheap training year:2024 \"one gpu\" sort:date");
        assert_eq!(query.to_string(), "meaning:\"cheap training\" year:2024 \"one gpu\" sort:date");
        assert_eq!(query, Query::parse(&query.to_string()));
        assert_eq!(Query::parse("~(a OR b) cheap").to_string(), "meaning:cheap (a OR b)");
        for (text, column, filter) in [("~", 0, Filter::Nothing), ("  ~ ", 2, Filter::Nothing)] {
            let query = Query::parse(text);
            assert_eq!((query.mistakes[0].column, query.filter), (column, filter), "{text}");
        }
        let told = |text: &str| Query::parse(text).mistakes[0].message.clone();
        for text in ["~cheap OR training", "~(a OR b)", "~'exact"] {
            assert!(told(text).contains("neither joined by OR"), "{text}: {}", told(text));
        }
        for text in ["~", "~is:starred", "~!cheap"] {
            assert!(told(text).contains("are missing"), "{text}: {}", told(text));
        }
        let mistake = &Query::parse("~cheap stutus:read").mistakes[0];
        assert_eq!(mistake.column, 7, "{mistake:?}");
    }
}
