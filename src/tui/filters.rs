//! The filters pane as rows: views and facets of the current result with their counts. Pure; what a row does is a term of the query.

use super::model::{Cursor, Model};
use crate::domain::query::{DigestPattern, Has, Is, Query, Span, Term};
use crate::domain::reading::Status;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FiltersPane {
    pub cursor: Cursor,
    pub folded: Vec<Section>,
}

/// A group of facets under one heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Library,
    Views,
    Digests,
    Tags,
    Years,
    Categories,
    Sources,
}

impl Section {
    pub fn title(self) -> &'static str {
        match self {
            Self::Library => "Library",
            Self::Views => "Views",
            Self::Digests => "Digests",
            Self::Tags => "Tags",
            Self::Years => "Years",
            Self::Categories => "Categories",
            Self::Sources => "Sources",
        }
    }
}

/// What choosing a row does.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Folds or unfolds the section.
    Heading(Section),
    /// Takes every condition away.
    Everything,
    /// Adds the term to the query, or takes it away.
    Facet(Term),
    /// Replaces the query.
    View(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub label: String,
    pub count: Option<usize>,
    /// Length of the bar, 0 to 1 of the longest in its section; None draws no bar.
    pub bar: Option<f32>,
    pub active: bool,
    pub choice: Choice,
}

impl Row {
    fn heading(section: Section) -> Self {
        Self {
            label: section.title().to_owned(),
            count: None,
            bar: None,
            active: false,
            choice: Choice::Heading(section),
        }
    }
}

/// Every row of the pane, top to bottom.
pub fn rows(model: &Model) -> Vec<Row> {
    let query = &model.search.query;
    let facet = |label: &str, count: usize, term: Term| Row {
        label: label.to_owned(),
        count: Some(count),
        bar: None,
        active: holds(query, &term),
        choice: Choice::Facet(term),
    };
    let everything = Row {
        label: "All".to_owned(),
        count: Some(model.snapshot.listed()),
        bar: None,
        active: *query == Query::default(),
        choice: Choice::Everything,
    };
    let mut library = vec![everything];
    let mut sections = Vec::new();
    if let Some(facets) = &model.results.facets {
        let statuses = Status::ALL.into_iter().zip(facets.status);
        library.extend(
            statuses.map(|(status, count)| facet(&title_case(status.name()), count, Term::Status(vec![status]))),
        );
        library.push(facet("Starred", facets.starred, Term::Is(vec![Is::Starred])));
        library.push(facet("Noted", facets.noted, Term::Has(vec![Has::Note])));
        library.push(facet("With code", facets.has_code, Term::Has(vec![Has::Code])));
        let views = model.snapshot.views.iter().map(|(name, text)| Row {
            label: name.clone(),
            count: None,
            bar: None,
            active: Query::parse(text) == *query,
            choice: Choice::View(text.clone()),
        });
        sections.push((Section::Views, views.collect()));
        let digests = facets.digests.iter().filter_map(|&(digest, count)| {
            let digest = model.snapshot.index.digest_table().get(digest as usize)?;
            let term = match digest.day {
                Some(day) => Term::digest_of(day),
                None => Term::Digest(DigestPattern::Named(digest.id.clone())),
            };
            Some(facet(&digest.label, count, term))
        });
        sections.push((Section::Digests, digests.collect()));
        sections.push((Section::Tags, named(&facets.tags, &facet, |tag| Term::Tag(vec![tag.to_owned()]))));
        let years = facets.years.iter().map(|&(year, count)| {
            facet(&year.to_string(), count, Term::Year(Span { from: Some(year), to: Some(year) }))
        });
        sections.push((Section::Years, years.collect()));
        let category = |name: &str| Term::Category(vec![name.to_owned()]);
        sections.push((Section::Categories, named(&facets.categories, &facet, category)));
        let source = |name: &str| Term::Source(vec![name.to_owned()]);
        sections.push((Section::Sources, named(&facets.sources, &facet, source)));
    }
    sections.insert(0, (Section::Library, library));
    let mut rows = Vec::new();
    for (section, mut items) in sections.into_iter().filter(|(_, items)| !items.is_empty()) {
        if section != Section::Library {
            rows.push(Row::heading(section));
            draw_bars(&mut items);
        }
        if !model.filters.folded.contains(&section) {
            rows.append(&mut items);
        }
    }
    rows
}

fn named(
    counts: &[(String, usize)],
    facet: &dyn Fn(&str, usize, Term) -> Row,
    term: impl Fn(&str) -> Term,
) -> Vec<Row> {
    counts.iter().map(|(name, count)| facet(name, *count, term(name))).collect()
}

fn draw_bars(items: &mut [Row]) {
    let most = items.iter().filter_map(|row| row.count).max().unwrap_or(0).max(1);
    for row in items {
        row.bar = row.count.map(|count| count as f32 / most as f32);
    }
}

/// Whether the query asks for this value, alone or among others.
fn holds(query: &Query, term: &Term) -> bool {
    query.holds(term)
}

fn title_case(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
