//! Evaluates the filter of a query to a set of papers: every clause of the grammar, joined by AND, OR and NOT; words and phrases are in
//! `text_clauses`. It also collects what the words match, for ranking. It sorts nothing.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::anywhere::{self, with_or_without_signs};
use super::column_filters;
use super::day_span::DaySpan;
use super::id_search::with_id;
use super::reading_states::{self, status_of};
use super::view::{RankedPaper, SearchView, SearchedWord};
use super::word_cache::{WordCache, WordKey};
use super::word_search::{WordField, WordSet};
use crate::domain::identity::PaperKey;
use crate::domain::query::{DigestPattern, Filter, Has, Is, Pattern, Span, Term, glob};
use crate::index::format::file::Section;
use crate::index::format::paper::{DigestRow, PaperFlags};
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::{Bitmap, DocSet, PaperSet};
use crate::index::text::signs::SignedText;
use crate::index::text::tokens::{self, WordParts, folded};
use crate::index::text::word_match::ApproximateWord;

/// What the words of a query match, for ranking.
#[derive(Default)]
pub(crate) struct QueryMatches {
    /// One for each word that is not under a NOT.
    pub(crate) sets: Vec<Arc<WordSet>>,
    /// The folded words and the fields they are searched in.
    pub(crate) words: Vec<(String, WordField)>,
    /// Papers similar to those that `similar:` names, and those that fit a description.
    pub(crate) ranked: Vec<RankedPaper>,
    /// The words that are looked for in abstracts, free or after `abs:`, and not under a NOT.
    pub(crate) searched: Vec<SearchedWord>,
    /// The words that match by more than their letters as typed.
    pub(crate) approximate: Vec<ApproximateWord>,
    /// Acronyms and long forms, folded, that stand for words of the query and that papers have.
    pub(crate) names: Vec<String>,
    /// Words, as typed, that match no paper.
    pub(crate) unmatched: Vec<String>,
    /// Identifiers, names after `similar:` and whole conditions `meaning:...`, negated or not, that stand for no paper.
    pub(crate) missing: Vec<String>,
}

/// Where a free word or phrase must stand that is not under a NOT; under one it is looked for anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FreeWords {
    /// In title or authors; a phrase in the title.
    InTitles,
    /// Also in abstract, note or tags.
    Anywhere,
}

/// The evaluation of one filter.
pub(crate) struct Evaluation<'a> {
    pub(super) view: &'a SearchView<'a>,
    pub(super) cache: &'a mut WordCache,
    pub(super) free_words: FreeWords,
    pub(super) matches: QueryMatches,
    /// How many NOTs enclose the current clause.
    pub(super) not_depth: usize,
    /// Where the papers of a clause under a NOT matter: in what the other clauses beside the NOT leave.
    pub(super) within: DocSet,
    /// A clause names a digest, source or id, so hidden papers are included.
    includes_hidden: bool,
}

impl<'a> Evaluation<'a> {
    pub(crate) fn new(view: &'a SearchView<'a>, cache: &'a mut WordCache, free_words: FreeWords) -> Self {
        let (matches, within) = (QueryMatches::default(), DocSet::All(view.index.len()));
        Self { view, cache, free_words, matches, not_depth: 0, within, includes_hidden: false }
    }

    /// What the words matched.
    pub(crate) fn finish(self) -> QueryMatches {
        self.matches
    }

    /// The papers that match, without hidden ones unless the filter includes them; None when cancelled.
    pub(crate) fn papers(&mut self, filter: &Filter) -> Option<DocSet> {
        let mut words = Vec::new();
        collect_words(filter, &mut words);
        self.cache.find_ahead(self.view, words)?;
        let docs = self.filter(filter)?;
        if self.includes_hidden || !self.view.states.has_hidden() {
            return Some(docs);
        }
        Some(docs.and(self.with_state(|byte| byte & reading_states::HIDDEN == 0)))
    }

    pub(super) fn len(&self) -> usize {
        self.view.index.len()
    }

    fn filter(&mut self, filter: &Filter) -> Option<DocSet> {
        let papers = self.len();
        Some(match filter {
            Filter::All => DocSet::All(papers),
            Filter::Nothing => DocSet::empty(),
            Filter::And(filters) => {
                let is_description = |filter: &&Filter| matches!(filter, Filter::Term(Term::Meaning(_)));
                let (descriptions, others): (Vec<&Filter>, Vec<&Filter>) = filters.iter().partition(is_description);
                let is_negation = |filter: &&Filter| matches!(filter, Filter::Not(_));
                let (negations, others): (Vec<&Filter>, Vec<&Filter>) = others.into_iter().partition(is_negation);
                let named = self.by_other_names(&others)?;
                let clauses = others.into_iter().zip(named).map(|(filter, named)| match filter {
                    Filter::Term(Term::Word(word)) => self.free_word(word, named),
                    other => self.filter(other),
                });
                let mut sets = clauses.collect::<Option<Vec<_>>>()?;
                // Lists first: intersecting with a list is cheap.
                sets.sort_by_key(|set| match set {
                    DocSet::List(docs) => docs.len(),
                    DocSet::Bitmap(_) | DocSet::All(_) => usize::MAX,
                });
                let mut docs = sets.into_iter().fold(DocSet::All(papers), DocSet::and);
                for negation in negations {
                    let outer = std::mem::replace(&mut self.within, docs.clone());
                    let set = self.filter(negation);
                    self.within = outer;
                    docs = docs.and(set?);
                }
                // A description finds the best papers, so it is asked for the best of those that the other clauses leave.
                for description in descriptions {
                    if let Filter::Term(Term::Meaning(description)) = description {
                        docs = self.by_meaning(description, docs)?;
                    }
                }
                docs
            }
            Filter::Or(filters) => {
                if let Some(docs) = self.listed(filters) {
                    return Some(docs);
                }
                let sets = filters.iter().map(|filter| self.filter(filter)).collect::<Option<Vec<_>>>()?;
                sets.into_iter().fold(DocSet::empty(), |all, set| all.or(set, papers))
            }
            Filter::Not(filter) => {
                self.not_depth += 1;
                let set = self.filter(filter);
                self.not_depth -= 1;
                set?.not(papers)
            }
            Filter::Term(Term::Word(word)) => {
                let named = self.by_other_names(&[filter])?.pop().unwrap_or_else(DocSet::empty);
                self.free_word(word, named)?
            }
            Filter::Term(term) => self.term(term)?,
        })
    }

    /// The papers that match a clause.
    fn term(&mut self, term: &Term) -> Option<DocSet> {
        let (index, papers) = (self.view.index, self.len());
        Some(match term {
            Term::Word(word) => self.free_word(word, DocSet::empty())?,
            Term::Phrase(phrase) => self.free_phrase(phrase)?,
            Term::Title(Pattern::Word(word)) => self.word(word, WordField::Title)?,
            Term::Title(Pattern::Phrase(phrase)) => {
                with_or_without_signs(phrase, |phrase| self.phrase(phrase, WordField::Title))?
            }
            Term::Author(Pattern::Word(word)) => self.word(word, WordField::Author)?,
            Term::Author(Pattern::Phrase(phrase)) => self.phrase(phrase, WordField::Author)?,
            Term::Abstract(Pattern::Word(word)) => {
                let docs = anywhere::in_abstracts(self.view, word)?;
                self.note_searched(word, &docs, &docs, (Vec::new(), DocSet::empty()));
                docs
            }
            Term::Abstract(Pattern::Phrase(phrase)) => {
                with_or_without_signs(phrase, |phrase| Some(self.view.abstracts.phrase(phrase)?.0))?
            }
            Term::Note(Pattern::Word(word)) => anywhere::in_notes(self.view, word)?,
            Term::Note(Pattern::Phrase(phrase)) => with_or_without_signs(phrase, |phrase| {
                Some(self.view.notes.notes(&Pattern::Phrase(phrase.to_owned()))?.0)
            })?,
            Term::Status(statuses) => self.with_state(|byte| statuses.contains(&status_of(byte))),
            Term::Is(list) => list.iter().fold(DocSet::empty(), |all, is| all.or(self.that_is(*is), papers)),
            Term::Has(list) => list.iter().fold(DocSet::empty(), |all, has| all.or(self.with_property(*has), papers)),
            Term::Tag(globs) if globs.is_empty() => self.with_state(|byte| byte & reading_states::TAGGED != 0),
            Term::Tag(globs) => {
                let is_named = |tag: &str| globs.iter().any(|pattern| glob(pattern, tag));
                let lists = self.view.states.tags().filter(|(tag, _)| is_named(tag));
                DocSet::of(lists.flat_map(|(_, docs)| docs.iter().copied()).collect(), papers)
            }
            Term::Category(globs) => {
                column_filters::with_category(index, |name| globs.iter().any(|pattern| glob(pattern, name)))
            }
            Term::Source(names) => {
                self.include_hidden();
                self.digests(|digest| names.iter().any(|name| name.eq_ignore_ascii_case(&digest.source)))
            }
            Term::Digest(DigestPattern::Days(span)) => {
                self.include_hidden();
                let span = DaySpan::of(span.on(self.view.today));
                self.digests(|digest| digest.day.is_some_and(|day| span.contains(day.packed())))
            }
            Term::Digest(DigestPattern::Named(name)) => {
                self.include_hidden();
                let name = folded(name).into_owned();
                self.digests(|digest| folded(&digest.id).contains(&name) || folded(&digest.label).contains(&name))
            }
            Term::Year(span) => {
                let span = span.on(self.view.today);
                let from = span.from.map_or(1, |year| i64::from(year) * 10_000);
                let to = span.to.map_or(i64::MAX, |year| i64::from(year) * 10_000 + 9_999);
                column_filters::with_number(index, Section::Published, |date| {
                    date > 0 && (from..=to).contains(&i64::from(date))
                })
            }
            Term::Date(span) => {
                let span = DaySpan::of(span.on(self.view.today));
                column_filters::with_number(index, Section::Published, |date| span.contains(date))
            }
            Term::Added(span) => added(index, span.on(self.view.today)),
            Term::Id(text) => {
                self.include_hidden();
                self.with_id(text)
            }
            Term::Votes(span) => column_filters::with_votes(index, |votes| {
                span.from.is_none_or(|from| votes >= from) && span.to.is_none_or(|to| votes <= to)
            }),
            Term::Similar(name) => self.similar(name),
            Term::Meaning(description) => {
                let docs = self.by_meaning(description, DocSet::All(papers))?;
                self.matches.missing.extend(docs.is_empty().then(|| term.to_string()));
                docs
            }
        })
    }

    /// The papers of a list of identifiers; None for other alternatives. A whole identifier in it is that of one paper and not also the beginning
    /// of others, so that a long list needs no pass over all keys for each.
    fn listed(&mut self, alternatives: &[Filter]) -> Option<DocSet> {
        let texts = alternatives.iter().map(Filter::identifier).collect::<Option<Vec<&str>>>()?;
        self.include_hidden();
        let (index, papers) = (self.view.index, self.len());
        let mut docs = Vec::new();
        let mut beginnings = DocSet::empty();
        for text in texts {
            match PaperKey::parse(text) {
                Some(key) => match index.find(key.as_str()).or_else(|| index.find(text)) {
                    Some(doc) => docs.push(doc),
                    None => self.matches.missing.push(text.to_owned()),
                },
                None => beginnings = beginnings.or(self.with_id(text), papers),
            }
        }
        Some(DocSet::of(docs, papers).or(beginnings, papers))
    }

    /// Notes that a clause names papers even if they are hidden; under a NOT it does not.
    fn include_hidden(&mut self) {
        self.includes_hidden |= self.not_depth == 0;
    }

    /// The papers with an identifier, or one that begins so.
    fn with_id(&mut self, text: &str) -> DocSet {
        let docs = with_id(self.view.index, text);
        if docs.is_empty() {
            self.matches.missing.push(text.to_owned());
        }
        docs
    }

    fn similar(&mut self, name: &str) -> DocSet {
        if !self.view.abstracts.names_papers(name) {
            self.matches.missing.push(name.to_owned());
        }
        let found = self.view.abstracts.similar(name).unwrap_or_default();
        self.ranked(found)
    }

    /// The best of some papers for a description; None when cancelled.
    fn by_meaning(&mut self, description: &str, within: DocSet) -> Option<DocSet> {
        let found = self.view.abstracts.by_meaning(description, &PaperSet(within))?;
        Some(self.ranked(found))
    }

    fn ranked(&mut self, found: Vec<RankedPaper>) -> DocSet {
        let docs = DocSet::of(found.iter().map(|ranked| ranked.doc).collect(), self.len());
        if self.not_depth == 0 {
            self.matches.ranked.extend(found);
        }
        docs
    }

    /// Papers whose state byte passes; papers beyond the reading states are untouched.
    fn with_state(&self, passes: impl Fn(u8) -> bool) -> DocSet {
        let passes: Vec<bool> = (0..=u8::MAX).map(passes).collect();
        let bytes = self.view.states.bytes().iter().copied().chain(std::iter::repeat(0));
        let values = bytes.take(self.len()).map(|byte| passes.get(usize::from(byte)).copied().unwrap_or(false));
        DocSet::from_bitmap(Bitmap::collect(self.len(), values))
    }

    fn that_is(&self, is: Is) -> DocSet {
        match is {
            Is::Starred => self.with_state(|byte| byte & reading_states::STARRED != 0),
            Is::Seen => self.with_state(|byte| byte & reading_states::SEEN != 0),
            Is::Touched => self.with_state(|byte| byte & !(reading_states::SEEN | reading_states::HIDDEN) != 0),
            Is::Withdrawn => column_filters::with_flag(self.view.index, PaperFlags::WITHDRAWN),
            Is::Retracted => column_filters::with_flag(self.view.index, PaperFlags::RETRACTED),
        }
    }

    fn with_property(&self, has: Has) -> DocSet {
        match has {
            Has::Code => column_filters::with_flag(self.view.index, PaperFlags::CODE),
            Has::Abstract => column_filters::with_flag(self.view.index, PaperFlags::ABSTRACT),
            Has::Pdf => column_filters::with_flag(self.view.index, PaperFlags::PDF),
            Has::Venue => column_filters::with_flag(self.view.index, PaperFlags::VENUE),
            Has::Update => column_filters::with_flag(self.view.index, PaperFlags::UPDATE),
            Has::Note => self.with_state(|byte| byte & reading_states::NOTED != 0),
            Has::Tag => self.with_state(|byte| byte & reading_states::TAGGED != 0),
        }
    }

    /// Papers seen in a digest that passes.
    fn digests(&self, passes: impl Fn(&DigestRow) -> bool) -> DocSet {
        let index = self.view.index;
        let is_chosen: Vec<bool> = index.digest_table().iter().map(passes).collect();
        column_filters::with_digest(index, &is_chosen)
    }
}

/// Adds the words of a filter that `WordCache::find` will be asked for in any case; those under a NOT are searched in another way.
fn collect_words(filter: &Filter, words: &mut Vec<WordKey>) {
    let (word, field) = match filter {
        Filter::And(filters) | Filter::Or(filters) => {
            return filters.iter().for_each(|filter| collect_words(filter, words));
        }
        Filter::Term(Term::Word(word)) => (word, WordField::Any),
        Filter::Term(Term::Title(Pattern::Word(word))) => (word, WordField::Title),
        Filter::Term(Term::Author(Pattern::Word(word))) => (word, WordField::Author),
        Filter::Term(_) | Filter::Not(_) | Filter::All | Filter::Nothing => return,
    };
    if field == WordField::Author || SignedText::of(&word.text).is_none() {
        let WordParts { parts, joined, are_adjacent } = tokens::parts(&word.text);
        let are_searched = field == WordField::Author || !are_adjacent;
        for part in parts.into_iter().filter(|_| are_searched).chain(joined) {
            let key = WordKey::strict(&part, word.how, field);
            if !words.contains(&key) {
                words.push(key);
            }
        }
    }
}

/// Days are those of the system's time zone.
fn added(index: &SegmentedIndex, days: Span<Date>) -> DocSet {
    let start = |day: Date| day.to_zoned(TimeZone::system()).ok().map(|zoned| zoned.timestamp().as_second());
    let from = days.from.and_then(start).unwrap_or(0);
    let to = days.to.and_then(|last| last.tomorrow().ok()).and_then(start).unwrap_or(i64::MAX);
    column_filters::with_number(index, Section::Added, |seconds| (from..to).contains(&i64::from(seconds)))
}
