//! Facet counts of a result: reading states, digests, sources, years, categories, tags. Counted from columns, one pass over the result for each;
//! the database is not read.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::reading_states::{self, ReadingStates, status_of};
use crate::domain::query::FieldName;
use crate::domain::reading::Status;
use crate::index::format::columns::SetColumn;
use crate::index::format::paper::{DocId, PaperFlags};
use crate::index::format::reader::Index;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::{self, DocSet, PaperSet};

/// Facet counts of one result. Values without a paper are left out of the lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    pub total: usize,
    /// In the order of `Status::ALL`.
    pub status: [usize; Status::ALL.len()],
    pub starred: usize,
    pub seen: usize,
    pub noted: usize,
    pub tagged: usize,
    pub has_code: usize,
    /// Index into the digest table, papers; in table order.
    pub digests: Vec<(u32, usize)>,
    /// By name.
    pub sources: Vec<(String, usize)>,
    /// Latest first.
    pub years: Vec<(i16, usize)>,
    /// Most papers first, then by name.
    pub categories: Vec<(String, usize)>,
    /// By name.
    pub tags: Vec<(String, usize)>,
}

/// Counts every facet of some papers.
pub fn facets(index: &SegmentedIndex, states: &ReadingStates, papers: &PaperSet) -> Facets {
    let docs = &papers.0;
    let mut facets = Facets { total: docs.count(), ..Facets::default() };
    let parts = index.split(docs);
    // Categories take as long as all other facets together.
    std::thread::scope(|scope| {
        let categories = scope.spawn(|| joined(parts.iter().map(|(segment, docs)| categories(segment, docs))));
        count_states(&mut facets, states, docs, index.len());
        let tagged = |docs_of: &[DocId]| docs_of.iter().filter(|doc| docs.contains(**doc)).count();
        facets.tags = states.tags().map(|(tag, docs)| (tag.to_owned(), tagged(docs))).collect();
        facets.tags.retain(|(_, count)| *count > 0);
        for (segment, docs) in &parts {
            count_columns(&mut facets, (index, segment), docs);
        }
        facets.categories = categories.join().unwrap_or_default();
    });
    facets.categories.sort_unstable_by(|one, two| two.1.cmp(&one.1).then_with(|| one.0.cmp(&two.0)));
    facets
}

/// The counts of all segments by value, in the order of the values.
fn joined<T: Ord>(counts: impl Iterator<Item = Vec<(T, usize)>>) -> Vec<(T, usize)> {
    let mut all: Vec<(T, usize)> = counts.flatten().collect();
    all.sort();
    all.dedup_by(|(value, count), (first, total)| {
        let is_same = value == first;
        *total += if is_same { *count } else { 0 };
        is_same
    });
    all
}

/// The function that takes the counts of a field from a wider result, for fields whose values are alternatives: when a query has some of
/// them, the counts of the others are of the papers that choosing them would add. None for other fields.
pub fn widening(field: FieldName) -> Option<fn(&mut Facets, Facets)> {
    match field {
        FieldName::Status => Some(|facets, wider| facets.status = wider.status),
        FieldName::Tag => Some(|facets, wider| facets.tags = wider.tags),
        FieldName::Year => Some(|facets, wider| facets.years = wider.years),
        FieldName::Category => Some(|facets, wider| facets.categories = wider.categories),
        FieldName::Source => Some(|facets, wider| facets.sources = wider.sources),
        FieldName::Digest => Some(|facets, wider| facets.digests = wider.digests),
        // `is:` and `has:` name properties that a paper may have all at once.
        FieldName::Is | FieldName::Has => None,
        FieldName::Title | FieldName::Author | FieldName::Abstract | FieldName::Note => None,
        FieldName::Date
        | FieldName::Added
        | FieldName::Id
        | FieldName::Votes
        | FieldName::Similar
        | FieldName::Meaning
        | FieldName::Sort => None,
    }
}

fn categories(index: &Index, docs: &DocSet) -> Vec<(String, usize)> {
    let sets = index.category_sets();
    let counts = match docs {
        DocSet::All(_) => sets.totals().collect(),
        DocSet::Bitmap(_) | DocSet::List(_) => member_counts(sets, docs, index.meta.categories.len()),
    };
    let names = index.meta.categories.iter().cloned().zip(counts);
    names.filter(|(_, count)| *count > 0).collect()
}

/// Adds the facets that are columns of a segment, but for the categories. `docs`: the papers of the result in it.
fn count_columns(facets: &mut Facets, (index, segment): (&SegmentedIndex, &Index), docs: &DocSet) {
    facets.has_code += match docs {
        DocSet::All(_) => sets::count(segment.flag_words(PaperFlags::CODE)),
        DocSet::Bitmap(bits) => {
            sets::count(bits.words().iter().zip(segment.flag_words(PaperFlags::CODE)).map(|(docs, flag)| docs & flag))
        }
        DocSet::List(docs) => docs.iter().filter(|doc| segment.flags(**doc).contains(PaperFlags::CODE)).count(),
    };
    let years = years(segment, docs).into_iter().map(|(year, count)| (Reverse(year), count)).collect();
    let counted = std::mem::take(&mut facets.years).into_iter().map(|(year, count)| (Reverse(year), count)).collect();
    facets.years =
        joined([counted, years].into_iter()).into_iter().map(|(Reverse(year), count)| (year, count)).collect();

    let digests = segment.digest_sets();
    let in_sets = if digests.len() == 1 { vec![docs.count()] } else { set_counts(digests, docs) };
    let counts = digests.member_counts(&in_sets, segment.digest_table().len());
    let digests = (0u32..).zip(counts).filter(|(_, count)| *count > 0);
    let digests = digests.map(|(digest, count)| (index.digest_of(segment, digest), count)).collect();
    facets.digests = joined([std::mem::take(&mut facets.digests), digests].into_iter());
    facets.sources = joined([std::mem::take(&mut facets.sources), sources(segment, &in_sets)].into_iter());
}

fn count_states(facets: &mut Facets, states: &ReadingStates, docs: &DocSet, papers: usize) {
    let mut counts = [0usize; 256];
    let mut add = |byte: u8, papers: usize| {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += papers;
        }
    };
    let mut touched = 0;
    match docs {
        DocSet::List(docs) => docs.iter().for_each(|doc| add(states.byte(*doc), 1)),
        DocSet::All(_) | DocSet::Bitmap(_) => {
            // Most papers are untouched: skip eight of them at once.
            let (blocks, rest) = states.bytes().as_chunks::<8>();
            let blocks = blocks.iter().map(<[u8; 8]>::as_slice).chain([rest]);
            for (block, bytes) in (0..papers as DocId).step_by(8).zip(blocks) {
                if bytes.first_chunk::<8>().is_none_or(|bytes| u64::from_ne_bytes(*bytes) != 0) {
                    for (_, byte) in (block..).zip(bytes).filter(|(doc, byte)| **byte != 0 && docs.contains(*doc)) {
                        add(*byte, 1);
                        touched += 1;
                    }
                }
            }
            add(0, facets.total - touched);
        }
    }
    for (byte, count) in (0..=u8::MAX).zip(counts) {
        let status = status_of(byte);
        for (other, total) in Status::ALL.into_iter().zip(&mut facets.status) {
            *total += if other == status { count } else { 0 };
        }
        for (bit, total) in [
            (reading_states::STARRED, &mut facets.starred),
            (reading_states::SEEN, &mut facets.seen),
            (reading_states::NOTED, &mut facets.noted),
            (reading_states::TAGGED, &mut facets.tagged),
        ] {
            *total += if byte & bit != 0 { count } else { 0 };
        }
    }
}

/// Papers are in descending order of dates in a chronological index, so each year is one range.
fn years(index: &Index, docs: &DocSet) -> Vec<(i16, usize)> {
    if index.meta.chronological { year_ranges(index, docs) } else { years_of_each(index, docs) }
}

fn years_of_each(index: &Index, docs: &DocSet) -> Vec<(i16, usize)> {
    let mut counts: BTreeMap<Reverse<i16>, usize> = BTreeMap::new();
    for year in docs.iter_from(0).filter_map(|doc| index.year(doc)) {
        *counts.entry(Reverse(year)).or_default() += 1;
    }
    counts.into_iter().map(|(Reverse(year), count)| (year, count)).collect()
}

fn year_ranges(index: &Index, docs: &DocSet) -> Vec<(i16, usize)> {
    let dates = index.dates();
    let mut years = Vec::new();
    let mut start = 0;
    while let Some(date) = dates.at(start).filter(|date| *date >= 10_000) {
        let year = date / 10_000;
        let end = dates.first_below(start, year * 10_000);
        let count = match docs {
            DocSet::All(_) => end - start,
            DocSet::Bitmap(bits) => bits.count_between(start, end),
            DocSet::List(_) => docs.rank(end as DocId) - docs.rank(start as DocId),
        };
        if count > 0 {
            years.push((year as i16, count));
        }
        start = end.max(start + 1);
    }
    years
}

/// How many papers of the result have each of `members` members.
fn member_counts(sets: SetColumn<'_>, docs: &DocSet, members: usize) -> Vec<usize> {
    let DocSet::List(docs) = docs else { return sets.member_counts(&set_counts(sets, docs), members) };
    let mut counts = vec![0; members];
    for member in docs.iter().flat_map(|doc| sets.members(sets.of(*doc))) {
        if let Some(count) = counts.get_mut(member as usize) {
            *count += 1;
        }
    }
    counts
}

/// How many papers of the result have each set.
fn set_counts(sets: SetColumn<'_>, docs: &DocSet) -> Vec<usize> {
    let mut counts = vec![0u32; sets.len()];
    let mut add = |set: u32| {
        if let Some(count) = counts.get_mut(set as usize) {
            *count += 1;
        }
    };
    match docs {
        DocSet::All(_) => return sets.counts().collect(),
        DocSet::List(docs) => docs.iter().for_each(|doc| add(sets.of(*doc))),
        DocSet::Bitmap(bits) => bits.each(|doc| add(sets.of(doc))),
    }
    counts.into_iter().map(|count| count as usize).collect()
}

/// Papers by source; a paper in two digests of one source counts once. `set_counts`: papers with each set of digests.
fn sources(index: &Index, set_counts: &[usize]) -> Vec<(String, usize)> {
    let (sets, table) = (index.digest_sets(), index.digest_table());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (set, papers) in (0u32..).zip(set_counts).filter(|(_, papers)| **papers > 0) {
        let rows = sets.members(set).filter_map(|digest| table.get(digest as usize));
        let mut names: Vec<&str> = rows.map(|row| &*row.source).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().for_each(|name| *counts.entry(name).or_default() += papers);
    }
    counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}
