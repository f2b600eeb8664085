//! From a query's filter to the set of papers: every term of the grammar, joined by and, or, not. It also gathers the words that rank the
//! result. It sorts nothing.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::engine::{View, WordCache};
use super::parallel::sift;
use super::reading_states::{self, status_of};
use super::word_search::{self, Field, WordSet};
use crate::domain::date::PartialDate;
use crate::domain::query::{DigestPattern, Filter, Has, Is, Pattern, Span, Term, When, Word, glob};
use crate::index::format::file::Section;
use crate::index::format::sets::{Bits, Set};
use crate::index::text::tokens::{self, Parts, folded};
use crate::index::{DocId, Flags, Index, Likeness};

/// What the words of a query found, for ranking.
#[derive(Default)]
pub(crate) struct Found {
    /// One for each word that is asked for, not excluded.
    pub(crate) sets: Vec<Arc<WordSet>>,
    /// The folded words themselves, and where they are looked for.
    pub(crate) words: Vec<(String, Field)>,
    /// Papers like those asked for.
    pub(crate) similar: Vec<Likeness>,
    /// Words as typed that no paper has.
    pub(crate) unmatched: Vec<String>,
}

/// One evaluation of one filter.
pub(crate) struct Evaluation<'a> {
    view: &'a View<'a>,
    cache: &'a mut WordCache,
    found: Found,
    /// Inside how many `NOT`s.
    depth: usize,
    /// A digest, source or id is asked for, so hidden papers are wanted.
    asks_hidden: bool,
}

impl<'a> Evaluation<'a> {
    pub(crate) fn new(view: &'a View<'a>, cache: &'a mut WordCache) -> Self {
        Self { view, cache, found: Found::default(), depth: 0, asks_hidden: false }
    }

    pub(crate) fn finish(self) -> Found {
        self.found
    }

    /// The papers that pass, without hidden ones unless the filter asks for them; None when cancelled.
    pub(crate) fn papers(&mut self, filter: &Filter) -> Option<Set> {
        let docs = self.filter(filter)?;
        if self.asks_hidden || !self.view.marks.any_hidden() {
            return Some(docs);
        }
        Some(docs.and(self.marked(|byte| byte & reading_states::HIDDEN == 0)))
    }

    fn len(&self) -> usize {
        self.view.index.len()
    }

    fn filter(&mut self, filter: &Filter) -> Option<Set> {
        let papers = self.len();
        Some(match filter {
            Filter::All => Set::All(papers),
            Filter::Nothing => Set::list(Vec::new()),
            Filter::And(filters) => {
                let mut sets = filters.iter().map(|filter| self.filter(filter)).collect::<Option<Vec<_>>>()?;
                // Lists first: they make everything after them cheap.
                sets.sort_by_key(|set| match set {
                    Set::List(docs) => docs.len(),
                    Set::Bits(_) | Set::All(_) => usize::MAX,
                });
                sets.into_iter().fold(Set::All(papers), Set::and)
            }
            Filter::Or(filters) => {
                let sets = filters.iter().map(|filter| self.filter(filter)).collect::<Option<Vec<_>>>()?;
                sets.into_iter().fold(Set::empty(), |all, set| all.or(set, papers))
            }
            Filter::Not(filter) => {
                self.depth += 1;
                let set = self.filter(filter);
                self.depth -= 1;
                set?.not(papers)
            }
            Filter::Term(term) => self.term(term)?,
        })
    }

    fn term(&mut self, term: &Term) -> Option<Set> {
        let (index, papers) = (self.view.index, self.len());
        Some(match term {
            Term::Word(word) => self.word(word, Field::Any)?,
            Term::Phrase(phrase) => {
                let titles = self.phrase(phrase, Field::Title)?;
                titles.or(self.view.texts.phrase(phrase)?.0, papers)
            }
            Term::Title(Pattern::Word(word)) => self.word(word, Field::Title)?,
            Term::Title(Pattern::Phrase(phrase)) => self.phrase(phrase, Field::Title)?,
            Term::Author(Pattern::Word(word)) => self.word(word, Field::Author)?,
            Term::Author(Pattern::Phrase(phrase)) => self.phrase(phrase, Field::Author)?,
            Term::Abstract(Pattern::Word(word)) => self.view.texts.word(word)?.0,
            Term::Abstract(Pattern::Phrase(phrase)) => self.view.texts.phrase(phrase)?.0,
            Term::Status(statuses) => self.marked(|byte| statuses.contains(&status_of(byte))),
            Term::Is(list) => self.marked(|byte| list.iter().any(|is| is_so(*is, byte))),
            Term::Has(list) => list.iter().fold(Set::empty(), |all, has| all.or(self.having(*has), papers)),
            Term::Tag(globs) if globs.is_empty() => self.marked(|byte| byte & reading_states::TAGGED != 0),
            Term::Tag(globs) => {
                let wanted = |tag: &str| globs.iter().any(|pattern| glob(pattern, tag));
                let lists = self.view.marks.tags().filter(|(tag, _)| wanted(tag));
                Set::of(lists.flat_map(|(_, docs)| docs.iter().copied()).collect(), papers)
            }
            Term::Category(globs) => {
                let wanted: Vec<bool> =
                    index.meta.categories.iter().map(|name| globs.iter().any(|pattern| glob(pattern, name))).collect();
                index.with_member(index.category_sets(), &wanted)
            }
            Term::Source(names) => {
                self.asks(true);
                self.digests(|digest| names.iter().any(|name| name.eq_ignore_ascii_case(&digest.source)))
            }
            Term::Digest(DigestPattern::Days(span)) => {
                self.asks(true);
                let span = DaySpan::of(span);
                self.digests(|digest| digest.day.is_some_and(|day| span.holds(day.packed())))
            }
            Term::Digest(DigestPattern::Named(name)) => {
                self.asks(true);
                let name = folded(name).into_owned();
                self.digests(|digest| folded(&digest.id).contains(&name) || folded(&digest.label).contains(&name))
            }
            Term::Year(span) => {
                let from = span.from.map_or(1, |year| i64::from(year) * 10_000);
                let to = span.to.map_or(i64::MAX, |year| i64::from(year) * 10_000 + 9_999);
                index.with_number(Section::Published, |date| date > 0 && (from..=to).contains(&i64::from(date)))
            }
            Term::Date(span) => {
                let span = DaySpan::of(span);
                index.with_number(Section::Published, |date| span.holds(date))
            }
            Term::Added(when) => added(index, when, self.view.today),
            Term::Id(text) => {
                self.asks(true);
                with_id(index, text)
            }
            Term::Votes(span) => index
                .with_votes(|votes| span.from.is_none_or(|from| votes >= from) && span.to.is_none_or(|to| votes <= to)),
            Term::Similar(name) => self.similar(name),
        })
    }

    fn asks(&mut self, hidden: bool) {
        self.asks_hidden |= hidden && self.depth == 0;
    }

    fn similar(&mut self, name: &str) -> Set {
        let found = self.view.texts.similar(name).unwrap_or_default();
        let docs = Set::of(found.iter().map(|like| like.doc).collect(), self.len());
        if self.depth == 0 {
            self.found.similar.extend(found);
        }
        docs
    }

    /// A word with hyphens matches as all its parts or as one word.
    fn word(&mut self, word: &Word, field: Field) -> Option<Set> {
        let papers = self.len();
        let Parts { parts, joined } = tokens::parts(&word.text);
        if parts.is_empty() {
            return Some(Set::All(papers));
        }
        let mut all = Set::All(papers);
        for part in &parts {
            all = all.and(self.part(part, word, field)?);
        }
        let docs = match joined {
            Some(joined) => {
                let joined = self.part(&joined, word, field)?;
                all.or(joined, papers)
            }
            None => all,
        };
        if self.depth == 0 && docs.is_empty() {
            self.found.unmatched.push(word.text.clone());
        }
        Some(docs)
    }

    fn part(&mut self, part: &str, word: &Word, field: Field) -> Option<Set> {
        let set = self.cache.find(self.view, part, word.how, field)?;
        let docs = set.docs.clone();
        if self.depth == 0 {
            self.found.sets.push(set);
            self.found.words.push((part.to_owned(), field));
        }
        Some(docs)
    }

    /// Papers whose title, or one of whose authors' names, holds the words next to each other.
    fn phrase(&mut self, phrase: &str, field: Field) -> Option<Set> {
        let index = self.view.index;
        let Parts { parts, .. } = tokens::parts(phrase);
        let mut docs = Set::All(self.len());
        for part in &parts {
            docs = docs.and(word_search::exactly(index, part, field));
        }
        if parts.len() < 2 {
            return Some(docs);
        }
        let candidates: Vec<DocId> = docs.iter_from(0).collect();
        let found = sift(&candidates, self.view.cancelled, || {
            |_, doc| match field {
                Field::Author => index.authors(doc).split(", ").any(|name| holds_run(name, &parts)),
                Field::Title | Field::Any => holds_run(index.title(doc), &parts),
            }
        })?;
        Some(Set::of_sorted(found, self.len()))
    }

    /// Papers whose marks pass; papers beyond the marks are untouched.
    fn marked(&self, passes: impl Fn(u8) -> bool) -> Set {
        let passes: Vec<bool> = (0..=u8::MAX).map(passes).collect();
        let bytes = self.view.marks.bytes().iter().copied().chain(std::iter::repeat(0));
        let values = bytes.take(self.len()).map(|byte| passes.get(usize::from(byte)).copied().unwrap_or(false));
        Set::bits(Bits::collect(self.len(), values))
    }

    fn having(&self, has: Has) -> Set {
        match has {
            Has::Code => self.view.index.with_flag(Flags::CODE),
            Has::Abstract => self.view.index.with_flag(Flags::ABSTRACT),
            Has::Pdf => self.view.index.with_flag(Flags::PDF),
            Has::Venue => self.view.index.with_flag(Flags::VENUE),
            Has::Note => self.marked(|byte| byte & reading_states::NOTED != 0),
            Has::Tag => self.marked(|byte| byte & reading_states::TAGGED != 0),
        }
    }

    fn digests(&self, wanted: impl Fn(&crate::index::DigestRow) -> bool) -> Set {
        let index = self.view.index;
        let wanted: Vec<bool> = index.digest_table().iter().map(wanted).collect();
        index.with_member(index.digest_sets(), &wanted)
    }
}

fn is_so(is: Is, byte: u8) -> bool {
    match is {
        Is::Starred => byte & reading_states::STARRED != 0,
        Is::Seen => byte & reading_states::SEEN != 0,
        Is::Touched => byte & !(reading_states::SEEN | reading_states::HIDDEN) != 0,
    }
}

/// Whether the words of a text hold these folded words next to each other. ASCII folds letter by letter, so nothing need be copied.
fn holds_run(text: &str, parts: &[String]) -> bool {
    let is_ascii = text.is_ascii();
    let text = if is_ascii { Cow::Borrowed(text) } else { folded(text) };
    let same = |word: &str, part: &String| if is_ascii { word.eq_ignore_ascii_case(part) } else { word == part };
    let mut words = tokens::words(&text);
    loop {
        let mut run = words.clone();
        if parts.iter().all(|part| run.next().is_some_and(|word| same(word, part))) {
            return true;
        }
        if words.next().is_none() {
            return false;
        }
    }
}

/// A span of days as packed dates. A date known only to the month or year lies in it when all days it may mean do.
struct DaySpan {
    from: u32,
    to: u32,
}

impl DaySpan {
    fn of(span: &Span<PartialDate>) -> Self {
        Self {
            from: span.from.map_or(0, |date| first_day(date.packed())),
            to: span.to.map_or(u32::MAX, |date| last_day(date.packed())),
        }
    }

    fn holds(&self, date: u32) -> bool {
        date > 0 && first_day(date) >= self.from && last_day(date) <= self.to
    }
}

fn first_day(date: u32) -> u32 {
    filled(date, [100, 1])
}

/// Every month ends on day 31 here, which compares the same.
fn last_day(date: u32) -> u32 {
    filled(date, [1200, 31])
}

/// A packed date with its unknown month and day set.
fn filled(date: u32, [month, day]: [u32; 2]) -> u32 {
    let month = if (date / 100).is_multiple_of(100) { month } else { 0 };
    let day = if date.is_multiple_of(100) { day } else { 0 };
    date.saturating_add(month + day)
}

/// Days are those of the reader's own time zone.
fn added(index: &Index, when: &When, today: Date) -> Set {
    let (first, last) = when.days(today);
    let start = |day: Date| day.to_zoned(TimeZone::system()).ok().map(|zoned| zoned.timestamp().as_second());
    let from = start(first).unwrap_or(0);
    let to = last.tomorrow().ok().and_then(start).unwrap_or(i64::MAX);
    index.with_number(Section::Added, |seconds| (from..to).contains(&i64::from(seconds)))
}

/// The paper with this key or id, or all whose arXiv id, DOI or key begins so.
fn with_id(index: &Index, text: &str) -> Set {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Set::All(index.len());
    }
    let spellings = ["", "arxiv:", "doi:"].map(|kind| format!("{kind}{text}"));
    if let Some(doc) = spellings.iter().find_map(|key| index.find(key)) {
        return Set::list(vec![doc]);
    }
    let docs = (0..index.len() as DocId).filter(|doc| {
        let key = index.key(*doc);
        spellings.iter().any(|spelling| key.starts_with(spelling.as_str()))
    });
    Set::list(docs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vague_date_lies_in_a_span_only_as_a_whole() {
        let date = |text: &str| Some(text.parse::<PartialDate>().unwrap());
        let span = DaySpan::of(&Span { from: date("2024-02"), to: date("2024-02") });
        let holds = |text: &str| span.holds(date(text).unwrap().packed());
        assert!(holds("2024-02-01") && holds("2024-02-29") && holds("2024-02"));
        assert!(!holds("2024") && !holds("2024-03-01") && !span.holds(0));
    }
}
