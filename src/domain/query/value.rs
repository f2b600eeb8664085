//! Turns the values of a field into conditions and reports the values it cannot read. Works on one field at a time; the parser joins
//! conditions.

use jiff::civil::Date;

use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::reading::Status;

use super::fields::{FieldInfo, FieldName, ValueKind};
use super::lex::{FieldToken, FieldValue, split_sign};
use super::phrase::{has_letter_or_digit, with_beginning};
use super::{DigestPattern, Filter, Has, Is, Pattern, QueryDate, QueryYear, Sort, SortBy, Span, Term, Word};
use crate::domain::named_date::{NamedDate, TimeUnit, WrittenDate};
use crate::domain::nearest::nearest;

/// What a field with its values means.
pub(super) enum FieldMeaning {
    Filter(Filter),
    Sort(Vec<Sort>),
    /// There are values and none can be read.
    Unreadable,
    /// No value yet.
    Empty,
}

/// Why a value of a field is left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueFault {
    /// It is none of the field's.
    Unreadable,
    /// It has no letter or digit, beside others that have.
    Ignored,
}

/// Reads the values of a field; values that cannot be read are left out and reported. Several values are alternatives.
pub(super) fn read(token: &FieldToken, mut report: impl FnMut(ValueFault, usize, &dyn Fn() -> String)) -> FieldMeaning {
    let mut read = CollectedValues::default();
    let mut has_unreadable = false;
    let is_searchable = |value: &FieldValue| has_letter_or_digit(&value.text) || value.text.contains('*');
    let mut unsearchable: Option<&FieldValue> = None;
    for (place, value) in token.values.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| token.values.get(before));
        if !is_searchable(value) {
            unsearchable.get_or_insert(value);
        } else if before.is_some_and(|before| is_day_alone(token.info.field, before, value)) {
            has_unreadable = true;
            report(ValueFault::Unreadable, value.range.start, &|| unreadable(token.info, &value.text));
        } else if read.add(token.info, value).is_none() {
            has_unreadable = true;
            report(ValueFault::Unreadable, value.range.start, &|| unreadable(token.info, &value.text));
        }
    }
    match read.meaning(token.info.field) {
        // `tag:` alone means any tag; `tag:!` must not.
        FieldMeaning::Filter(Filter::Term(Term::Tag(names))) if names.is_empty() && unsearchable.is_some() => {
            report(ValueFault::Unreadable, token.values_at, &|| missing(token.info));
            FieldMeaning::Empty
        }
        FieldMeaning::Empty if has_unreadable => FieldMeaning::Unreadable,
        FieldMeaning::Empty => {
            report(ValueFault::Unreadable, token.values_at, &|| missing(token.info));
            FieldMeaning::Empty
        }
        meaning => {
            if let Some(value) = unsearchable {
                let message = || format!("`{}` has no letter or digit to search for", shown(&value.text));
                report(ValueFault::Ignored, value.range.start, &message);
            }
            meaning
        }
    }
}

/// Whether a value is no more than a day of the month that the one before it names: `2024-02-28,29`.
fn is_day_alone(field: FieldName, before: &FieldValue, value: &FieldValue) -> bool {
    let is_short = value.text.len() <= 2 && value.text.bytes().all(|byte| byte.is_ascii_digit());
    let is_dated = matches!(field, FieldName::Date | FieldName::Added | FieldName::Digest);
    is_short && is_dated && calendar_dates(&before.text).is_some_and(|(date, _)| date.day().is_some())
}

/// The days of `digest:`; None when the text is part of a name instead of a date. A year needs all four digits here.
pub(super) fn digest_days(text: &str) -> Option<Span<QueryDate>> {
    let first = text.trim_start_matches(['<', '>', '=', '.']);
    let year = first.chars().take_while(char::is_ascii_digit).count();
    if year == 4 || first.contains(|c: char| c.is_ascii_alphabetic()) { span(text).flatten() } else { None }
}

/// The values of one field read so far. Lists become one term, other values a term each.
#[derive(Default)]
struct CollectedValues {
    statuses: Vec<Status>,
    is: Vec<Is>,
    has: Vec<Has>,
    names: Vec<String>,
    sort: Vec<Sort>,
    terms: Vec<Term>,
}

impl CollectedValues {
    /// None when the value cannot be read. An unfinished value adds nothing (`>`, but not `2020..`, is unfinished).
    fn add(&mut self, info: &FieldInfo, value: &FieldValue) -> Option<()> {
        let text = value.text.as_str();
        match info.field {
            FieldName::Status => add_choices(&mut self.statuses, &Status::ALL, Status::name, text),
            FieldName::Is => add_choices(&mut self.is, &Is::ALL, Is::name, text),
            FieldName::Has => add_choices(&mut self.has, &Has::ALL, Has::name, text),
            FieldName::Sort => self.add_sort(text),
            FieldName::Tag | FieldName::Category | FieldName::Source => {
                let name = if value.quoted { text } else { text.trim_start_matches('#') };
                self.names.push(name.to_owned());
                Some(())
            }
            _ => {
                match term(info.field, value) {
                    Some(term) => self.terms.extend(term),
                    None => self.terms.extend(Some(unfinished(info.field, text)).filter(|terms| !terms.is_empty())?),
                }
                Some(())
            }
        }
    }

    fn add_sort(&mut self, text: &str) -> Option<()> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let by = match choices(&SortBy::ALL, SortBy::name, name).as_slice() {
            [by] => *by,
            _ if name.eq_ignore_ascii_case("votes") => SortBy::Votes,
            _ => return None,
        };
        self.sort.push(Sort { by, descending });
        Some(())
    }

    fn meaning(self, field: FieldName) -> FieldMeaning {
        let term = match field {
            FieldName::Status if !self.statuses.is_empty() => Term::Status(self.statuses),
            FieldName::Is if !self.is.is_empty() => Term::Is(self.is),
            FieldName::Has if !self.has.is_empty() => Term::Has(self.has),
            FieldName::Tag => Term::Tag(self.names),
            FieldName::Category if !self.names.is_empty() => Term::Category(self.names),
            FieldName::Source if !self.names.is_empty() => Term::Source(self.names),
            FieldName::Sort if !self.sort.is_empty() => return FieldMeaning::Sort(self.sort),
            _ if self.terms.is_empty() => return FieldMeaning::Empty,
            _ => return FieldMeaning::Filter(Filter::any_of(self.terms.into_iter().map(Filter::Term))),
        };
        FieldMeaning::Filter(Filter::Term(term))
    }
}

/// The term of a value, for fields with one value in each term. None when it cannot be read; the inner None is an unfinished value.
fn term(field: FieldName, value: &FieldValue) -> Option<Option<Term>> {
    let text = value.text.as_str();
    Some(match field {
        FieldName::Title => pattern(value).map(Term::Title),
        FieldName::Author => pattern(value).map(Term::Author),
        FieldName::Abstract => pattern(value).map(Term::Abstract),
        FieldName::Note => pattern(value).map(Term::Note),
        FieldName::Year => span(text)?.map(Term::Year),
        FieldName::Date => span(text)?.map(Term::Date),
        FieldName::Votes => span(text)?.map(Term::Votes),
        // A number alone is days, up to 999; a longer one is a year.
        FieldName::Added => match count(text).filter(|_| text.len() <= 3) {
            Some(count) => Some(Term::Added(Span::of(NamedDate::Within { count, unit: TimeUnit::Days }))),
            None => span(text)?.map(Term::Added),
        },
        FieldName::Digest => {
            Some(Term::Digest(match digest_days(text).filter(|_| !value.quoted || text.contains(' ')) {
                Some(days) => DigestPattern::Days(days),
                None => DigestPattern::Named(text.to_owned()),
            }))
        }
        FieldName::Id => Some(Term::Id(text.to_owned())),
        FieldName::Similar => Some(Term::Similar(text.to_owned())),
        FieldName::Meaning => Some(Term::Meaning(text.to_owned())),
        _ => None,
    })
}

/// What the beginning of a named date may become, so that the result narrows steadily while one is typed; empty in other fields.
fn unfinished(field: FieldName, text: &str) -> Vec<Term> {
    match field {
        FieldName::Date => {
            NamedDate::beginning_with(text).into_iter().map(|named| Term::Date(Span::of(named))).collect()
        }
        FieldName::Added => {
            NamedDate::beginning_with(text).into_iter().map(|named| Term::Added(Span::of(named))).collect()
        }
        FieldName::Year => {
            let names = [0, 1].map(QueryYear::Ago).into_iter().filter(|year| begins_with(&year.to_string(), text));
            names.map(|year| Term::Year(Span::of(year))).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a name begins with a text that is not empty. Case is ignored.
fn begins_with(name: &str, text: &str) -> bool {
    !text.is_empty() && name.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text))
}

fn pattern(value: &FieldValue) -> Option<Pattern> {
    // Printed, a word with brackets would read as a group.
    if value.quoted || value.text.contains(['(', ')']) {
        let text = if value.is_open { with_beginning(value.text.clone()) } else { value.text.clone() };
        return has_letter_or_digit(&text).then_some(Pattern::Phrase(text));
    }
    let (how, text) = split_sign(&value.text);
    has_letter_or_digit(text).then(|| Pattern::Word(Word { text: text.to_owned(), how }))
}

/// The choices whose name is the text, or else begins with it. Case is ignored.
fn choices<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str, text: &str) -> Vec<T> {
    let text = text.to_ascii_lowercase();
    let equal: Vec<T> = all.iter().copied().filter(|&choice| name(choice) == text).collect();
    if !equal.is_empty() {
        return equal;
    }
    all.iter().copied().filter(|&choice| name(choice).starts_with(&text)).collect()
}

fn add_choices<T: Copy + PartialEq>(
    to: &mut Vec<T>,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    text: &str,
) -> Option<()> {
    let found = choices(all, name, text);
    let any = !found.is_empty();
    for choice in found {
        if !to.contains(&choice) {
            to.push(choice);
        }
    }
    any.then_some(())
}

/// A type that the ends of a range can have.
trait RangeEnd: Copy {
    /// The least and the greatest value that the text may stand for.
    fn read(text: &str) -> Option<(Self, Self)>;
    fn next(self) -> Option<Self>;
    fn previous(self) -> Option<Self>;
    fn is_after(self, other: Self) -> bool;
}

/// Reads `2024`, `2020..2024`, `2020..`, `..2024`, `>2020`, `>=2020`, `<2024`, `<=2024`, `=2024`; ends in the wrong order are swapped.
/// None when it cannot be read; the inner None when neither end is typed yet.
fn span<T: RangeEnd>(text: &str) -> Option<Option<Span<T>>> {
    let text = text.trim();
    let end = |text: &str| match text.trim_matches('.') {
        "" => Some(None),
        text => T::read(text).map(Some),
    };
    let (from, to) = if let Some((from, to)) = text.split_once("..") {
        (end(from)?.map(|(least, _)| least), end(to)?.map(|(_, greatest)| greatest))
    } else if let Some(text) = text.strip_prefix(">=") {
        (end(text)?.map(|(least, _)| least), None)
    } else if let Some(text) = text.strip_prefix("<=") {
        (None, end(text)?.map(|(_, greatest)| greatest))
    } else if let Some(text) = text.strip_prefix('>') {
        (end(text)?.map(|(_, greatest)| greatest.next()).map_or(Some(None), |next| next.map(Some))?, None)
    } else if let Some(text) = text.strip_prefix('<') {
        (None, end(text)?.map(|(least, _)| least.previous()).map_or(Some(None), |previous| previous.map(Some))?)
    } else {
        end(text.strip_prefix('=').unwrap_or(text))?
            .map_or((None, None), |(least, greatest)| (Some(least), Some(greatest)))
    };
    Some(match (from, to) {
        (None, None) => None,
        (Some(a), Some(b)) if a.is_after(b) => Some(Span { from: Some(b), to: Some(a) }),
        (from, to) => Some(Span { from, to }),
    })
}

fn count(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// What the years of papers begin with; other digits are more likely those of a day or of a year without its century.
const CENTURIES: [&str; 3] = ["18", "19", "20"];

/// A year, or the first digits of one: `202` is 2020 to 2029.
fn years(text: &str) -> Option<(i16, i16)> {
    let year = count(text).filter(|_| !text.starts_with('0') && text.len() <= 4)?;
    let begins = |century: &&str| text.starts_with(*century) || century.starts_with(text);
    if text.len() < 4 && !CENTURIES.iter().any(begins) {
        return None;
    }
    let missing = 10_u32.pow(4_u32.checked_sub(u32::try_from(text.len()).ok()?)?);
    let least = year * missing;
    Some((i16::try_from(least).ok()?, i16::try_from(least + missing - 1).ok()?))
}

/// A year named as seen from the current one: `this`, `last-year`, `3-years-ago`.
fn years_ago(text: &str) -> Option<i16> {
    let text = text.to_ascii_lowercase().replace(['_', ' '], "-");
    match text.strip_suffix("-year").unwrap_or(&text) {
        "this" => Some(0),
        "last" => Some(1),
        text => i16::try_from(count(text.strip_suffix("-years-ago")?)?).ok(),
    }
}

impl RangeEnd for QueryYear {
    fn read(text: &str) -> Option<(Self, Self)> {
        let named = years_ago(text).map(|ago| (Self::Ago(ago), Self::Ago(ago)));
        named.or_else(|| years(text).map(|(least, greatest)| (Self::Calendar(least), Self::Calendar(greatest))))
    }

    fn next(self) -> Option<Self> {
        match self {
            Self::Calendar(year) => Some(year + 1).filter(|&year| year <= 9999).map(Self::Calendar),
            Self::Ago(ago) => ago.checked_sub(1).filter(|&ago| ago >= 0).map(Self::Ago),
        }
    }

    fn previous(self) -> Option<Self> {
        match self {
            Self::Calendar(year) => Some(year - 1).filter(|&year| year >= 1000).map(Self::Calendar),
            Self::Ago(ago) => ago.checked_add(1).map(Self::Ago),
        }
    }

    /// Of years that are seen from different days the order is known only when the query runs.
    fn is_after(self, other: Self) -> bool {
        match (self, other) {
            (Self::Calendar(year), Self::Calendar(other)) => year > other,
            (Self::Ago(ago), Self::Ago(other)) => ago < other,
            _ => false,
        }
    }
}

impl RangeEnd for u32 {
    fn read(text: &str) -> Option<(Self, Self)> {
        count(text).map(|count| (count, count))
    }

    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn previous(self) -> Option<Self> {
        self.checked_sub(1)
    }

    fn is_after(self, other: Self) -> bool {
        self > other
    }
}

impl RangeEnd for QueryDate {
    fn read(text: &str) -> Option<(Self, Self)> {
        match calendar_dates(text) {
            Some((least, greatest)) => Some((least.into(), greatest.into())),
            None => WrittenDate::read(text).map(|date| (Self::At(date), Self::At(date))),
        }
    }

    fn next(self) -> Option<Self> {
        match self {
            Self::At(WrittenDate::Calendar(date)) => {
                date.last_day().tomorrow().ok().and_then(|day| as_precise(day, date)).map(Self::from)
            }
            Self::At(WrittenDate::Named(named)) => Some(Self::After(named)),
            Self::After(_) | Self::Before(_) => None,
        }
    }

    fn previous(self) -> Option<Self> {
        match self {
            Self::At(WrittenDate::Calendar(date)) => {
                date.first_day().yesterday().ok().and_then(|day| as_precise(day, date)).map(Self::from)
            }
            Self::At(WrittenDate::Named(named)) => Some(Self::Before(named)),
            Self::After(_) | Self::Before(_) => None,
        }
    }

    /// Of dates that depend on the day the order is known only when the query runs.
    fn is_after(self, other: Self) -> bool {
        let days = (self.calendar(), other.calendar());
        matches!(days, (Some(date), Some(other)) if date.first_day() > other.last_day())
    }
}

/// A date of the calendar in digits, finished or not: `2024-` and `2024-0` are the year; months and days need no leading zero.
fn calendar_dates(text: &str) -> Option<(PartialDate, PartialDate)> {
    let text = text.strip_suffix('-').unwrap_or(text);
    let text = text.strip_suffix("-0").unwrap_or(text);
    let (year, rest) = text.split_once('-').map_or((text, None), |(year, rest)| (year, Some(rest)));
    let Some(rest) = rest else {
        let (least, greatest) = years(year)?;
        return Some((PartialDate::new(least, None, None)?, PartialDate::new(greatest, None, None)?));
    };
    let (month, day) = rest.split_once('-').map_or((rest, None), |(month, day)| (month, Some(day)));
    let part = |digits: &str| count(digits).filter(|_| digits.len() <= 2).and_then(|part| u8::try_from(part).ok());
    let day = match day {
        Some(day) => Some(part(day)?),
        None => None,
    };
    let date = PartialDate::new(years(year).filter(|_| year.len() == 4)?.0, Some(part(month)?), day)?;
    Some((date, date))
}

/// The date of a day, cut to the year or month where `like` is.
fn as_precise(day: Date, like: PartialDate) -> Option<PartialDate> {
    let day = PartialDate::from(day);
    PartialDate::new(day.year(), like.month().and(day.month()), like.day().and(day.day()))
}

fn unreadable(info: &FieldInfo, text: &str) -> String {
    let bare = text.trim_start_matches('-');
    let expected = match (info.kind, nearest(bare, info.values.iter().copied())) {
        (ValueKind::Choice | ValueKind::Sort | ValueKind::Year | ValueKind::Date | ValueKind::When, Some(value)) => {
            format!("did you mean `{value}`?")
        }
        (ValueKind::Choice, None) if bare.parse::<Status>().is_ok() => format!("write `status:{}`", shown(bare)),
        (ValueKind::Choice | ValueKind::Sort, None) => format!("one of {}", info.values.join(", ")),
        _ => format!("write it like {}", info.example),
    };
    format!("`{}` is not a value of `{}`; {expected}", shown(text), info.name)
}

fn missing(info: &FieldInfo) -> String {
    match info.kind {
        ValueKind::Choice | ValueKind::Sort => {
            format!("`{}:` needs a value; one of {}", info.name, info.values.join(", "))
        }
        _ => format!("`{}:` needs a value; write it like {}", info.name, info.example),
    }
}

/// What was typed, shortened to 40 columns and safe for a message.
pub(super) fn shown(text: &str) -> Clean {
    Clean::new(&text.chars().take(200).collect::<String>()).cut(40)
}
