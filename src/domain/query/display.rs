//! Writes a query as text that parses back to the same query. Each query has one spelling, whatever was typed.

use std::fmt;

use super::lex::is_quote;
use super::parse::read_filter;
use super::value::digest_days;
use super::{DigestPattern, Filter, How, Pattern, Query, Sort, Span, Term, Word};
use crate::domain::reading::Status;

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write_filter(&mut text, &self.filter);
        if !self.sort.is_empty() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str("sort:");
            text.push_str(&join(&self.sort, Sort::to_string));
        }
        f.write_str(&text)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write_filter(&mut text, self);
        f.write_str(&text)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&term_text(self, Polarity::Positive))
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.by.name())
    }
}

/// A value as it stands after a field's colon: in quotation marks where it needs them.
pub(super) fn quoted_if_needed(value: &str) -> String {
    let special = |c: char| c.is_whitespace() || is_quote(c) || matches!(c, ',' | '(' | ')');
    if value.is_empty() || value.contains(special) { quoted(value) } else { value.to_owned() }
}

/// Whether a condition is negated, which decides how a word without `'` or `^` is read.
#[derive(Clone, Copy, PartialEq)]
enum Polarity {
    Positive,
    Negative,
}

fn write_filter(out: &mut String, filter: &Filter) {
    match filter {
        Filter::All => {}
        Filter::Nothing => out.push_str("()"),
        Filter::Or(parts) if !is_value_list(filter) => write_joined(out, parts, " OR "),
        Filter::And(parts) => write_joined(out, parts, " "),
        filter => write_part(out, filter),
    }
}

fn write_joined(out: &mut String, parts: &[Filter], between: &str) {
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            out.push_str(between);
        }
        match part {
            // AND binds tighter than OR: only an OR needs brackets.
            Filter::And(inner) => write_joined(out, inner, " "),
            part => write_part(out, part),
        }
    }
}

/// Writes a filter as one part among others.
fn write_part(out: &mut String, filter: &Filter) {
    match filter {
        Filter::Term(term) => out.push_str(&term_text(term, Polarity::Positive)),
        Filter::Or(terms) if is_value_list(filter) => out.push_str(&value_list(terms, Polarity::Positive)),
        Filter::Not(inner) => match inner.as_ref() {
            inner if has_fuzzy_word(inner) => write_group(out, "-", inner),
            Filter::Term(term @ Term::Word(_)) => {
                out.push('!');
                out.push_str(&term_text(term, Polarity::Negative));
            }
            Filter::Term(term) => {
                out.push('-');
                out.push_str(&term_text(term, Polarity::Negative));
            }
            Filter::Or(terms) if is_value_list(inner) => {
                out.push('-');
                out.push_str(&value_list(terms, Polarity::Negative));
            }
            inner => write_group(out, "-", inner),
        },
        other => write_group(out, "", other),
    }
}

fn write_group(out: &mut String, sign: &str, filter: &Filter) {
    out.push_str(sign);
    out.push('(');
    write_filter(out, filter);
    out.push(')');
}

/// Whether the alternatives are values of one field, which are written `field:a,b`.
fn is_value_list(filter: &Filter) -> bool {
    let Filter::Or(parts) = filter else {
        return false;
    };
    let field = |part: &Filter| match part {
        Filter::Term(
            Term::Status(_) | Term::Is(_) | Term::Has(_) | Term::Tag(_) | Term::Category(_) | Term::Source(_),
        ) => None,
        Filter::Term(term) => term.field(),
        _ => None,
    };
    let first = parts.first().and_then(field);
    first.is_some() && parts.iter().all(|part| field(part) == first)
}

/// Whether a term or a list of values has a fuzzy word, which would be read as exact directly after a negation.
fn has_fuzzy_word(filter: &Filter) -> bool {
    let fuzzy =
        |part: &Filter| matches!(part, Filter::Term(term) if term.word().is_some_and(|word| word.how == How::Fuzzy));
    match filter {
        Filter::Or(parts) if is_value_list(filter) => parts.iter().any(fuzzy),
        filter => fuzzy(filter),
    }
}

fn value_list(parts: &[Filter], polarity: Polarity) -> String {
    let terms = || parts.iter().filter_map(|part| if let Filter::Term(term) = part { Some(term) } else { None });
    let name = terms().find_map(Term::field).map_or("", |field| field.name());
    format!("{name}:{}", terms().map(|term| value(term, polarity)).collect::<Vec<_>>().join(","))
}

fn term_text(term: &Term, polarity: Polarity) -> String {
    match term {
        Term::Word(_) | Term::Phrase(_) => value(term, polarity),
        term => format!("{}:{}", term.field().map_or("", |field| field.name()), value(term, polarity)),
    }
}

/// The text after the colon.
fn value(term: &Term, polarity: Polarity) -> String {
    match term {
        Term::Word(word) => word_text(word, term, polarity),
        Term::Title(Pattern::Word(word))
        | Term::Author(Pattern::Word(word))
        | Term::Abstract(Pattern::Word(word))
        | Term::Note(Pattern::Word(word)) => word_text(word, term, polarity),
        Term::Phrase(text)
        | Term::Title(Pattern::Phrase(text))
        | Term::Author(Pattern::Phrase(text))
        | Term::Abstract(Pattern::Phrase(text))
        | Term::Note(Pattern::Phrase(text)) => quoted(text),
        Term::Status(list) => join(list, Status::to_string),
        Term::Is(list) => join(list, |is| is.name().to_owned()),
        Term::Has(list) => join(list, |has| has.name().to_owned()),
        Term::Tag(names) | Term::Category(names) | Term::Source(names) => join(names, |name| {
            // A bare `#` in front is read as the mark of a tag and dropped.
            if name.starts_with('#') { quoted(name) } else { quoted_if_needed(name) }
        }),
        Term::Year(span) => span_text(span),
        Term::Votes(span) => span_text(span),
        Term::Date(span) | Term::Added(span) | Term::Digest(DigestPattern::Days(span)) => span_text(span),
        Term::Digest(DigestPattern::Named(name)) if digest_days(name).is_some() => quoted(name),
        Term::Digest(DigestPattern::Named(text)) | Term::Id(text) | Term::Similar(text) | Term::Meaning(text) => {
            quoted_if_needed(text)
        }
    }
}

/// A word with the `'` or `^` it needs in its place. A word that cannot be written as one, which parsing never returns, becomes a phrase.
fn word_text(word: &Word, term: &Term, polarity: Polarity) -> String {
    let field = term.field().map_or(String::new(), |field| format!("{}:", field.name()));
    let positive = Filter::Term(term.clone());
    let (mark, filter) = if polarity == Polarity::Negative { ("!", positive.negated()) } else { ("", positive) };
    let spellings = ["", "'", "^"].map(|own| format!("{own}{}", word.text));
    let reads_back = |spelling: &String| read_filter(&format!("{mark}{field}{spelling}")) == filter;
    spellings.into_iter().find(reads_back).unwrap_or_else(|| quoted(&word.text))
}

fn span_text<T: fmt::Display + PartialEq>(span: &Span<T>) -> String {
    match (&span.from, &span.to) {
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from}..{to}"),
        (Some(from), None) => open_end(">=", &from.to_string()),
        (None, Some(to)) => open_end("<=", &to.to_string()),
        (None, None) => "..".into(),
    }
}

/// A named date that is left out of the range prints with its own sign.
fn open_end(sign: &str, end: &str) -> String {
    if end.starts_with(['<', '>']) { end.to_owned() } else { format!("{sign}{end}") }
}

fn join<T>(list: &[T], text: impl Fn(&T) -> String) -> String {
    list.iter().map(text).collect::<Vec<_>>().join(",")
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if c == '\\' || is_quote(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    use super::*;
    use crate::domain::date::PartialDate;
    use crate::domain::named_date::tests::named;
    use crate::domain::query::{FIELDS, Has, Is, QueryDate, QueryYear, SortBy};

    /// Text made of the pieces the grammar is sensitive to.
    fn grammar() -> impl Strategy<Value = String> {
        let names = FIELDS.iter().map(|info| format!("{}:", info.name));
        let examples = FIELDS.iter().flat_map(|info| [info.example.to_owned(), info.values.join(",")]);
        let signs = [
            " ",
            " ",
            " ",
            "(",
            ")",
            "\"",
            "“",
            "\\",
            "'",
            "^",
            "!",
            "-",
            ",",
            ":",
            "#",
            "*",
            "..",
            ">",
            "<=",
            "AND",
            "OR",
            "NOT",
            " OR ",
            "lora",
            "GPT-4",
            "é",
            "2024",
            "-03",
            "7d",
            "today",
            "last-",
            "week",
            "12 mar",
            "2403.03507",
            "stauts:",
            "read",
            "\u{a0}",
            "\u{1b}",
            "10.1000/a(b)",
            "DOI ",
            "https://a.bc/",
            " [cs.CL] 1 Mar 2024",
        ];
        let pieces: Vec<String> = names.chain(examples).chain(signs.map(str::to_owned)).collect();
        vec(select(pieces), 0..24).prop_map(|pieces| pieces.concat())
    }

    fn word() -> impl Strategy<Value = Word> {
        let how = select([How::Fuzzy, How::Exact, How::Prefix].to_vec());
        ("[a-zé]{1,6}|[A-Z]{2,4}-[0-9]|x[a-z]{2}:|--[0-9]|#[a-z]|[a-z]\\\\[a-z']|c\\+\\+", how)
            .prop_map(|(text, how)| Word { text, how })
    }

    /// What stands in quotation marks: anything with a letter, single spaces between words.
    fn text() -> impl Strategy<Value = String> {
        "[a-z0-9é][a-z\"“\\\\,():'^!#*-]{0,5}( [a-z\"\\\\)]{1,4}){0,2}"
    }

    fn pattern() -> impl Strategy<Value = Pattern> {
        prop_oneof![word().prop_map(Pattern::Word), text().prop_map(Pattern::Phrase)]
    }

    fn date() -> impl Strategy<Value = PartialDate> + Clone {
        (1900_i16..2100, 1_u8..=12, 1_u8..=28, 0..3).prop_map(|(year, month, day, known)| {
            PartialDate::new(year, (known > 0).then_some(month), (known > 1).then_some(day)).unwrap()
        })
    }

    fn span<T: Copy + PartialOrd + std::fmt::Debug>(
        bound: impl Strategy<Value = T> + Clone,
    ) -> impl Strategy<Value = Span<T>> {
        (bound.clone(), bound, 0..3).prop_map(|(a, b, ends)| {
            let (least, greatest) = if a <= b { (a, b) } else { (b, a) };
            Span { from: (ends != 1).then_some(least), to: (ends != 2).then_some(greatest) }
        })
    }

    /// Ends that overlap, such as 2024-05..2024, are read as typed; only days are compared here.
    fn calendar_dates() -> impl Strategy<Value = Span<QueryDate>> {
        let ordered = span(date()).prop_filter("ends in order", |span| match (span.from, span.to) {
            (Some(from), Some(to)) => from.first_day() <= to.last_day(),
            _ => true,
        });
        ordered.prop_map(|span| Span { from: span.from.map(QueryDate::from), to: span.to.map(QueryDate::from) })
    }

    fn dates() -> impl Strategy<Value = Span<QueryDate>> {
        let end = || prop_oneof![named().prop_map(QueryDate::from), date().prop_map(QueryDate::from)];
        let mixed = (named(), end(), 0..6).prop_map(|(named, end, form)| {
            let (from, to) = match form {
                0 => (Some(named.into()), Some(named.into())),
                1 => (Some(named.into()), Some(end)),
                2 => (Some(end), Some(named.into())),
                3 => (Some(named.into()), None),
                4 => (None, Some(QueryDate::Before(named))),
                _ => (Some(QueryDate::After(named)), None),
            };
            Span { from, to }
        });
        prop_oneof![calendar_dates(), mixed]
    }

    fn years() -> impl Strategy<Value = Span<QueryYear>> {
        let calendar = span(1000_i16..=9999)
            .prop_map(|span| Span { from: span.from.map(QueryYear::Calendar), to: span.to.map(QueryYear::Calendar) });
        prop_oneof![calendar, (0..50_i16).prop_map(|ago| Span::of(QueryYear::Ago(ago)))]
    }

    fn term() -> impl Strategy<Value = Term> {
        let names = || vec(text(), 1..3);
        prop_oneof![
            word().prop_map(Term::Word),
            text().prop_map(Term::Phrase),
            pattern().prop_map(Term::Title),
            pattern().prop_map(Term::Author),
            pattern().prop_map(Term::Abstract),
            pattern().prop_map(Term::Note),
            subsequence(Status::ALL.to_vec(), 1..4).prop_map(Term::Status),
            subsequence(Is::ALL.to_vec(), 1..3).prop_map(Term::Is),
            subsequence(Has::ALL.to_vec(), 1..4).prop_map(Term::Has),
            vec(text(), 0..3).prop_map(Term::Tag),
            names().prop_map(Term::Category),
            names().prop_map(Term::Source),
            years().prop_map(Term::Year),
            dates().prop_map(Term::Date),
            dates().prop_map(Term::Added),
            dates().prop_map(|span| Term::Digest(DigestPattern::Days(span))),
            prop_oneof![text(), "20[0-9]{2}(-0[1-9])?|today|march|mar-12"]
                .prop_filter("no date in quotation marks", |text| !(text.contains(' ') && digest_days(text).is_some()))
                .prop_map(|text| Term::Digest(DigestPattern::Named(text))),
            text().prop_map(Term::Id),
            span(any::<u32>()).prop_map(Term::Votes),
            text().prop_map(Term::Similar),
            text().prop_map(Term::Meaning),
        ]
    }

    fn filter() -> impl Strategy<Value = Filter> {
        term().prop_map(Filter::Term).prop_recursive(5, 24, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 1..4).prop_map(Filter::all_of),
                vec(inner.clone(), 1..4).prop_map(Filter::any_of),
                inner.prop_map(Filter::negated),
            ]
        })
    }

    fn sort() -> impl Strategy<Value = Vec<Sort>> {
        (subsequence(SortBy::ALL.to_vec(), 0..3), any::<bool>())
            .prop_map(|(by, descending)| by.into_iter().map(|by| Sort { by, descending }).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn what_is_parsed_reads_back_from_its_print(text in grammar()) {
            let query = Query::parse(&text);
            let printed = query.to_string();
            let again = Query::parse(&printed);
            prop_assert_eq!((&again.filter, &again.sort), (&query.filter, &query.sort), "{}", &printed);
            prop_assert_eq!(again.to_string(), printed);
        }

        #[test]
        fn a_query_in_normal_form_reads_back_from_its_print(filter in filter(), sort in sort()) {
            let query = Query { filter, sort, ..Query::default() };
            let printed = query.to_string();
            prop_assert_eq!(Query::parse(&printed), query, "{}", printed);
        }

        #[test]
        fn completion_never_fails_and_replaces_what_is_there(text in grammar(), cursor in 0..40_usize) {
            if let Some(found) = crate::domain::query::complete(&text, cursor) {
                prop_assert!(found.replace.start <= found.replace.end && found.replace.end <= text.chars().count());
            }
        }
    }
}
