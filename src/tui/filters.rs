//! The filters pane as rows: the saved views, and the facets of the result with their counts. `FACETS` has a row for each facet; what
//! choosing a value does is a term of the query. Pure: it draws nothing and changes nothing.

use super::flow::{columns, grouped};
use super::model::Model;
use crate::domain::clean::Clean;
use crate::domain::query::{DigestPattern, FieldName, Has, Is, Query, QueryYear, Span, Term};
use crate::domain::reading::Status;
use crate::library::Snapshot;
use crate::library::search::Facets;

/// The headings that can be folded.
pub fn headings() -> impl Iterator<Item = &'static str> {
    [VIEWS].into_iter().chain(FACETS.iter().map(|facet| facet.heading).filter(|heading| *heading != LIBRARY))
}

/// One row of `FACETS`.
pub struct FacetInfo {
    /// Facets that follow each other under the same heading are one group of the pane.
    pub heading: &'static str,
    /// The field of the query grammar that its terms narrow.
    pub field: FieldName,
    /// Its values that the result has, with their counts, in the order to show them.
    pub values: fn(&Facets, &Snapshot) -> Vec<FacetValue>,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetValue {
    pub label: Clean,
    /// Papers of the result that have it.
    pub count: usize,
    /// What choosing it adds to the query, or takes out.
    pub term: Term,
}

/// Heading of the first group. It stands at the top of the pane without a heading row, after the row of all papers.
const LIBRARY: &str = "Library";
/// Heading of the saved views, which follow the first group.
const VIEWS: &str = "Views";

/// Every facet, in the order of the pane.
pub const FACETS: &[FacetInfo] = &[
    FacetInfo { heading: LIBRARY, field: FieldName::Status, values: statuses },
    FacetInfo { heading: LIBRARY, field: FieldName::Is, values: |facets, _| vec![starred(facets)] },
    FacetInfo { heading: LIBRARY, field: FieldName::Has, values: |facets, _| has(facets) },
    FacetInfo { heading: "Digests", field: FieldName::Digest, values: digests },
    FacetInfo {
        heading: "Tags",
        field: FieldName::Tag,
        values: |facets, _| names(&facets.tags, |tag| Term::Tag(vec![tag])),
    },
    FacetInfo { heading: "Years", field: FieldName::Year, values: |facets, _| years(facets) },
    FacetInfo {
        heading: "Categories",
        field: FieldName::Category,
        values: |facets, _| names(&facets.categories, |name| Term::Category(vec![name])),
    },
    FacetInfo {
        heading: "Sources",
        field: FieldName::Source,
        values: |facets, _| names(&facets.sources, |name| Term::Source(vec![name])),
    },
];

fn value(label: impl Into<Clean>, count: usize, term: Term) -> FacetValue {
    FacetValue { label: label.into(), count, term }
}

fn statuses(facets: &Facets, _: &Snapshot) -> Vec<FacetValue> {
    let counts = Status::ALL.into_iter().zip(facets.status);
    counts.map(|(status, count)| value(title_case(status.name()), count, Term::Status(vec![status]))).collect()
}

fn starred(facets: &Facets) -> FacetValue {
    value("Starred", facets.starred, Term::Is(vec![Is::Starred]))
}

fn has(facets: &Facets) -> Vec<FacetValue> {
    vec![
        value("Noted", facets.noted, Term::Has(vec![Has::Note])),
        value("With code", facets.has_code, Term::Has(vec![Has::Code])),
    ]
}

fn digests(facets: &Facets, snapshot: &Snapshot) -> Vec<FacetValue> {
    let digests = facets.digests.iter().filter_map(|&(digest, count)| {
        let digest = snapshot.digests().get(digest as usize)?;
        let term = match digest.day {
            Some(day) => Term::digest_of(day),
            None => Term::Digest(DigestPattern::Named(digest.id.clone())),
        };
        Some(value(digest.label.clone(), count, term))
    });
    digests.collect()
}

fn years(facets: &Facets) -> Vec<FacetValue> {
    let term = |year| Term::Year(Span::of(QueryYear::Calendar(year)));
    facets.years.iter().map(|&(year, count)| value(year.to_string(), count, term(year))).collect()
}

fn names(counts: &[(String, usize)], term: impl Fn(String) -> Term) -> Vec<FacetValue> {
    counts.iter().map(|(name, count)| value(name.clone(), *count, term(name.clone()))).collect()
}

/// The values of a field that the result has, as the pane labels them; for completion.
fn labels_of(field: FieldName, facets: &Facets, snapshot: &Snapshot) -> Vec<String> {
    let facets_of_field = FACETS.iter().filter(|facet| facet.field == field);
    facets_of_field.flat_map(|facet| (facet.values)(facets, snapshot)).map(|value| value.label.into_string()).collect()
}

/// Values of a field to complete: tags and digests of the whole library, of every other facet what the result has.
pub fn known_values(model: &Model, field: FieldName) -> Vec<String> {
    let snapshot = &model.snapshot;
    match (field, &model.results.facets) {
        (FieldName::Tag, _) => snapshot.tags().map(|(tag, _)| tag.to_owned()).collect(),
        (FieldName::Digest, _) => snapshot.digests().iter().map(|digest| digest.id.clone()).collect(),
        (FieldName::Year | FieldName::Date, _) => years_of(snapshot),
        (FieldName::Votes, _) => VOTES.map(str::to_owned).to_vec(),
        (field, Some(facets)) => labels_of(field, facets, snapshot),
        (_, None) => Vec::new(),
    }
}

/// Numbers of votes that divide digests usefully.
const VOTES: [&str; 5] = [">10", ">20", ">50", ">100", ">500"];
/// Papers without a date that are looked at for one with the oldest date before them.
const UNDATED: usize = 1000;

/// The years from the newest paper to the oldest. Documents stand newest first, so that both are at the ends.
fn years_of(snapshot: &Snapshot) -> Vec<String> {
    let last = snapshot.len();
    let year = |place: usize| u32::try_from(place).ok().and_then(|doc| snapshot.year(doc));
    let newest = (0..last.min(UNDATED)).find_map(year);
    let oldest = (last.saturating_sub(UNDATED)..last).rev().find_map(year);
    let Some((newest, oldest)) = newest.zip(oldest) else { return Vec::new() };
    (oldest.min(newest)..=newest.max(oldest)).rev().map(|year| year.to_string()).collect()
}

/// Columns of the bar beside a count, with the blank before it; columns of the narrowest and the widest pane.
pub const BAR: u16 = 5;
const NARROWEST: u16 = 20;
const WIDEST: u16 = 30;
/// Columns before a label, after it, and after a count.
pub const INDENT: u16 = 2;
const AROUND: u16 = INDENT + 2;

/// Columns that the pane needs: for the labels of the library and of a result, a bar, and the count of all papers.
pub fn needed_columns(snapshot: &Snapshot, facets: Option<&Facets>) -> u16 {
    let of_result = facets.into_iter().flat_map(|facets| facets.categories.iter().chain(&facets.sources));
    let labels = (snapshot.digests().iter().map(|digest| &*digest.label))
        .chain(snapshot.tags().map(|(tag, _)| tag))
        .chain(snapshot.views.iter().map(|(name, _)| name.as_str()))
        .chain(of_result.map(|(name, _)| name.as_str()));
    let mut widest = 0;
    for label in labels {
        // No text takes more columns than it has bytes, and there are thousands of tags.
        if label.len() > usize::from(widest) {
            widest = columns(label).max(widest);
        }
    }
    (AROUND + widest + BAR + count_columns(snapshot)).clamp(NARROWEST, WIDEST)
}

/// Columns that every count has room in.
pub fn count_columns(snapshot: &Snapshot) -> u16 {
    columns(&grouped(snapshot.len()))
}

/// What choosing a row does.
#[derive(Clone, Debug, PartialEq)]
pub enum FilterChoice {
    /// Folds or unfolds the group under this heading.
    Heading(&'static str),
    /// Removes every condition.
    Everything,
    /// Adds the term to the query, or takes it out.
    Facet(Term),
    /// Replaces the query.
    View(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct FilterRow {
    pub label: String,
    pub count: Option<usize>,
    /// Length of the bar, 0 to 1 of the longest in its group; None draws no bar.
    pub bar: Option<f32>,
    /// The query holds it.
    pub active: bool,
    pub choice: FilterChoice,
}

impl FilterRow {
    fn heading(heading: &'static str) -> Self {
        let choice = FilterChoice::Heading(heading);
        Self { label: heading.to_owned(), count: None, bar: None, active: false, choice }
    }

    fn everything(model: &Model) -> Self {
        Self {
            label: "All".to_owned(),
            count: Some(model.snapshot.listed()),
            bar: None,
            active: model.search.query == Query::default(),
            choice: FilterChoice::Everything,
        }
    }

    fn facet(value: FacetValue, query: &Query) -> Self {
        let FacetValue { label, count, term } = value;
        let label = label.into_string();
        Self { label, count: Some(count), bar: None, active: query.holds(&term), choice: FilterChoice::Facet(term) }
    }

    fn view(name: &str, text: &str, query: &Query) -> Self {
        let active = Query::parse(text) == *query;
        Self { label: name.to_owned(), count: None, bar: None, active, choice: FilterChoice::View(text.to_owned()) }
    }
}

/// Every row of the pane, top to bottom.
pub fn rows(model: &Model) -> Vec<FilterRow> {
    let mut rows = Vec::new();
    for (heading, mut group) in groups(model).into_iter().filter(|(_, group)| !group.is_empty()) {
        if heading != LIBRARY {
            rows.push(FilterRow::heading(heading));
            set_bars(&mut group);
        }
        if !model.filters.folded.contains(&heading) {
            rows.append(&mut group);
        }
    }
    rows
}

fn groups(model: &Model) -> Vec<(&'static str, Vec<FilterRow>)> {
    let query = &model.search.query;
    let mut groups = vec![(LIBRARY, vec![FilterRow::everything(model)])];
    let Some(facets) = &model.results.facets else { return groups };
    for facet in FACETS {
        let values = (facet.values)(facets, &model.snapshot).into_iter();
        let rows = values.map(|value| FilterRow::facet(value, query));
        match groups.last_mut().filter(|(heading, _)| *heading == facet.heading) {
            Some((_, group)) => group.extend(rows),
            None => groups.push((facet.heading, rows.collect())),
        }
    }
    let views = model.snapshot.views.iter().map(|(name, text)| FilterRow::view(name, text, query));
    groups.insert(1, (VIEWS, views.collect()));
    groups
}

fn set_bars(group: &mut [FilterRow]) {
    let most = group.iter().filter_map(|row| row.count).max().unwrap_or(0).max(1);
    for row in group {
        row.bar = row.count.map(|count| count as f32 / most as f32);
    }
}

fn title_case(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::library::Library;

    /// A count that is added to `Facets` does not compile here until it has a number, and fails until a row of FACETS shows it.
    #[test]
    fn every_count_is_shown_by_a_facet() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let facets = Facets {
            total: 0,
            status: [1, 2, 3, 4, 5],
            starred: 6,
            // Not offered as filters: what was seen and what has tags at all.
            seen: 0,
            tagged: 0,
            noted: 7,
            has_code: 8,
            digests: vec![(0, 9)],
            sources: vec![("hf".to_owned(), 10)],
            years: vec![(2025, 11)],
            categories: vec![("cs.CL".to_owned(), 12)],
            tags: vec![("peft".to_owned(), 13)],
        };
        let snapshot = library.snapshot();
        let values = FACETS.iter().flat_map(|facet| {
            (facet.values)(&facets, &snapshot).into_iter().inspect(|value| {
                assert_eq!(value.term.field(), Some(facet.field), "{}", value.label);
            })
        });
        let counts: BTreeSet<usize> = values.map(|value| value.count).collect();
        assert_eq!(counts, (1..=13).collect());
        assert_eq!(labels_of(FieldName::Category, &facets, &snapshot), ["cs.CL"]);
        let mut headings: Vec<&str> = FACETS.iter().map(|facet| facet.heading).collect();
        headings.dedup();
        assert_eq!(
            headings.iter().collect::<BTreeSet<_>>().len(),
            headings.len(),
            "facets of a group follow each other"
        );
    }
}
