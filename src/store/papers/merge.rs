//! Several copies of one paper become one: which copy of a field wins. Pure functions; what they return depends on the copies alone and not
//! on their order.

use std::cmp::Reverse;
use std::hash::Hash;

use super::row::{RowOrigin, unite};
use crate::domain::date::PartialDate;
use crate::domain::identity::PaperKey;
use crate::domain::markup::Markup;
use crate::domain::paper::{Author, Paper, Sighting};
use crate::domain::publication_status::PublicationStatus;
use crate::domain::record_source::RecordSource;
use crate::domain::text::Text;

/// A paper as one source states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperCopy {
    pub source: RecordSource,
    /// Unix seconds of the first import.
    pub at: i64,
    /// The key that the record has by itself.
    pub key: PaperKey,
    /// Without sightings, which the library has for the paper as a whole.
    pub paper: Paper,
}

impl PaperCopy {
    /// By which a copy goes before others: best first.
    pub(super) fn precedence(&self) -> impl Ord + use<> {
        let Self { source, paper, key, at: _ } = self;
        let rank = source.rank(paper.title.markup);
        (Reverse((rank, paper.version, source.order(), paper.updated)), source.number(), key.clone())
    }

    fn rank(&self) -> (u8, Option<u16>) {
        (self.source.rank(self.paper.title.markup), self.paper.version)
    }

    /// Whether two copies are what one source says of one version of a paper: there is one such copy of a paper.
    fn is_of_same_statement(&self, other: &Self) -> bool {
        (self.source, self.paper.version, &self.key) == (other.source, other.paper.version, &other.key)
    }
}

/// Most copies of one paper. Real ones have up to a dozen sources and versions; each import of a copy reads all of them.
const MOST_COPIES: usize = 64;

/// Adds a copy. Of one source, version and key there is one copy, made of all that were added. False when nothing is new.
pub(super) fn add_copy(copies: &mut Vec<PaperCopy>, new: PaperCopy) -> bool {
    // What was imported before sources were known is of the source that says the same again.
    if copies.iter().any(|known| known.source == RecordSource::Unknown && says_nothing_new(known, &new)) {
        return false;
    }
    let Some(known) = copies.iter_mut().find(|known| known.is_of_same_statement(&new)) else {
        copies.push(new);
        join_surplus(copies);
        return true;
    };
    known.at = known.at.min(new.at);
    if known.paper == new.paper {
        return false;
    }
    let joined = joined(&known.paper, &new.paper);
    if joined == known.paper {
        return false;
    }
    known.paper = joined;
    true
}

/// Makes one of the two copies that are believed least, where there are too many.
fn join_surplus(copies: &mut Vec<PaperCopy>) {
    if copies.len() <= MOST_COPIES {
        return;
    }
    copies.sort_by_cached_key(PaperCopy::precedence);
    if let (Some(last), Some(kept)) = (copies.pop(), copies.last_mut()) {
        kept.at = kept.at.min(last.at);
        kept.paper = joined(&kept.paper, &last.paper);
    }
}

fn says_nothing_new(known: &PaperCopy, new: &PaperCopy) -> bool {
    known.key == new.key
        && (known.paper == new.paper
            || known.paper.version == new.paper.version && joined(&known.paper, &new.paper) == known.paper)
}

/// What one source says of a paper in two records: of each field the better value, of equally good ones one that does not depend on which
/// record was first.
fn joined(one: &Paper, other: &Paper) -> Paper {
    let text = |text: &Text| (text_rank(text), text.source.chars().count(), text.source.clone());
    let longer = |one: &Option<String>, other: &Option<String>| {
        [one, other].into_iter().flatten().max_by_key(|text| (text.len(), *text)).cloned()
    };
    let date = |one: Option<PartialDate>, other: Option<PartialDate>| {
        [one, other].into_iter().flatten().max_by_key(|date| (parts(*date), Reverse(date.packed())))
    };
    let lists = |one: &[String], other: &[String]| {
        let (first, then) = if (one.len(), one) >= (other.len(), other) { (one, other) } else { (other, one) };
        united([first, then])
    };
    let spellings = |paper: &Paper| paper.authors.iter().map(|author| author.as_str().to_owned()).collect::<Vec<_>>();
    let authors = |paper: &Paper| {
        let names = spellings(paper);
        (!names.is_empty(), paper.title.markup, names.len(), names)
    };
    let (first, then) = if authors(one) >= authors(other) { (one, other) } else { (other, one) };
    let links = |paper: &Paper| paper.links.iter().map(|link| (link.kind, link.url.clone())).collect::<Vec<_>>();
    let (first_links, other_links) = if links(one) >= links(other) { (one, other) } else { (other, one) };
    Paper {
        arxiv: one.arxiv.clone().or_else(|| other.arxiv.clone()),
        version: one.version.max(other.version),
        doi: [&one.doi, &other.doi].into_iter().flatten().max_by_key(|doi| doi.as_str()).cloned(),
        title: [&one.title, &other.title].into_iter().max_by_key(|title| text(title)).cloned().unwrap_or_default(),
        authors: with_stated_parts(first.authors.clone(), [&then.authors]),
        summary: [&one.summary, &other.summary].into_iter().flatten().max_by_key(|summary| text(summary)).cloned(),
        published: date(one.published, other.published),
        issued: date(one.issued, other.issued),
        updated: one.updated.max(other.updated),
        categories: lists(&one.categories, &other.categories),
        venue: longer(&one.venue, &other.venue),
        journal_ref: longer(&one.journal_ref, &other.journal_ref),
        comment: longer(&one.comment, &other.comment),
        license: longer(&one.license, &other.license),
        publication_status: one.publication_status.max(other.publication_status),
        keywords: lists(&one.keywords, &other.keywords),
        links: united([first_links.links.as_slice(), &other_links.links]),
        sightings: Vec::new(),
        // The user's bibliography as it is now, whatever it was.
        bibtex: other.bibtex.clone().or_else(|| one.bibtex.clone()),
    }
}

/// The paper that all copies make, of which there is one at least; without sightings.
pub(super) fn combined(copies: &[PaperCopy]) -> Paper {
    let mut ordered: Vec<&PaperCopy> = copies.iter().collect();
    ordered.sort_by_cached_key(|copy| copy.precedence());
    let papers = || ordered.iter().map(|copy| &copy.paper);
    // Of equal ones the first.
    let best_text = |found: &mut dyn Iterator<Item = &Text>| {
        let mut best: Option<&Text> = None;
        for text in found {
            if best.is_none_or(|best| text_kind(text) > text_kind(best)) {
                best = Some(text);
            }
        }
        best.cloned()
    };
    let (published, issued) = dates(&ordered);
    let stated = |field: fn(&Paper) -> &Option<String>| papers().find_map(|paper| field(paper).clone());
    let authors = authors(&ordered);
    Paper {
        arxiv: papers().find_map(|paper| paper.arxiv.clone()),
        version: papers().filter_map(|paper| paper.version).max(),
        doi: papers().find_map(|paper| paper.doi.clone()),
        title: best_text(&mut papers().map(|paper| &paper.title)).unwrap_or_default(),
        authors,
        summary: best_text(&mut papers().filter_map(|paper| paper.summary.as_ref())),
        published,
        issued,
        updated: papers().filter_map(|paper| paper.updated).max(),
        categories: united(papers().map(|paper| paper.categories.as_slice())),
        venue: venue(&ordered),
        journal_ref: stated(|paper| &paper.journal_ref),
        comment: stated(|paper| &paper.comment),
        license: stated(|paper| &paper.license),
        publication_status: publication_status(&ordered),
        keywords: united(papers().map(|paper| paper.keywords.as_slice())),
        links: united(papers().map(|paper| paper.links.as_slice())),
        sightings: Vec::new(),
        bibtex: papers().find_map(|paper| paper.bibtex.clone()),
    }
}

/// What the row of a paper says of its copies.
pub(super) fn origin(copies: &[PaperCopy]) -> RowOrigin {
    let versions = || copies.iter().filter_map(|copy| copy.paper.version);
    let (earliest, latest) = (versions().min(), versions().max());
    let of_source = match copies {
        [only] => RowOrigin::of_record(only.source),
        _ => RowOrigin::default(),
    };
    RowOrigin { earliest: earliest.filter(|earliest| Some(*earliest) < latest), ..of_source }
}

/// A notice in the place of an abstract, and a summary of the starter shelf, tell less than an abstract.
fn text_kind(text: &Text) -> u8 {
    match () {
        () if text.source.trim().is_empty() => 0,
        () if PublicationStatus::is_notice(&text.source) => 1,
        () if text.markup == Markup::Summary => 2,
        () => 3,
    }
}

fn text_rank(text: &Text) -> (u8, Markup) {
    (text_kind(text), text.markup)
}

/// Those of the best rank and the latest version; there the longest list, because many sources list only the first.
fn authors(ordered: &[&PaperCopy]) -> Vec<Author> {
    let mut best: Option<&PaperCopy> = None;
    for copy in ordered.iter().filter(|copy| !copy.paper.authors.is_empty()) {
        let order = |copy: &PaperCopy| (copy.rank(), copy.paper.authors.len());
        if best.is_none_or(|best| order(copy) > order(best)) {
            best = Some(copy);
        }
    }
    let Some(best) = best else { return Vec::new() };
    with_stated_parts(best.paper.authors.clone(), ordered.iter().map(|copy| &copy.paper.authors))
}

/// The names in the spellings of the first list that states the parts of the same names.
fn with_stated_parts<'a>(authors: Vec<Author>, lists: impl IntoIterator<Item = &'a Vec<Author>>) -> Vec<Author> {
    let of_equal_length = |authors: Vec<Author>, other: &Vec<Author>| match other.len() == authors.len() {
        true => authors.iter().zip(other).map(|(author, other)| author.or_stated(other)).collect(),
        false => authors,
    };
    lists.into_iter().fold(authors, of_equal_length)
}

/// The date of the preprint and that of the publication. Of several the most precise.
fn dates(ordered: &[&PaperCopy]) -> (Option<PartialDate>, Option<PartialDate>) {
    let most_precise = |dates: &mut dyn Iterator<Item = PartialDate>| {
        let mut best: Option<PartialDate> = None;
        for date in dates {
            if best.is_none_or(|best| parts(date) > parts(best)) {
                best = Some(date);
            }
        }
        best
    };
    let of = |is_publication: bool| {
        let copies = ordered.iter().filter(move |copy| is_of_publication(copy) == is_publication);
        copies.filter_map(|copy| copy.paper.published)
    };
    let (preprint, publication) = (most_precise(&mut of(false)), most_precise(&mut of(true)));
    let issued = most_precise(&mut ordered.iter().filter_map(|copy| copy.paper.issued).chain(of(true)));
    match (preprint, publication) {
        (None, publication) => (publication, issued.filter(|issued| Some(*issued) != publication)),
        // A year says nothing beside a day in it.
        (Some(preprint), _) => (Some(preprint), issued.filter(|issued| !is_within(preprint, *issued))),
    }
}

/// Whether a date is that of another one, or a part of it.
fn is_within(date: PartialDate, whole: PartialDate) -> bool {
    let equals = |whole: Option<u8>, part: Option<u8>| whole.is_none() || whole == part;
    whole.year() == date.year() && equals(whole.month(), date.month()) && equals(whole.day(), date.day())
}

/// Whether the date of a copy is that of the publication.
fn is_of_publication(copy: &PaperCopy) -> bool {
    let paper = &copy.paper;
    copy.source.dates_publication() && (paper.venue.is_some() || paper.journal_ref.is_some() || paper.doi.is_some())
}

fn parts(date: PartialDate) -> u8 {
    u8::from(date.month().is_some()) + u8::from(date.day().is_some())
}

fn venue(ordered: &[&PaperCopy]) -> Option<String> {
    let mut best: Option<(u8, &String)> = None;
    for copy in ordered {
        let rank = copy.source.venue_rank();
        if let Some(venue) = copy.paper.venue.as_ref().filter(|_| best.is_none_or(|(known, _)| rank > known)) {
            best = Some((rank, venue));
        }
    }
    best.map(|(_, venue)| venue.clone())
}

/// A retraction stays; what authors withdrew they may submit again, as a later version. A copy that states no version counts unless the
/// stated ones tell that this happened.
fn publication_status(ordered: &[&PaperCopy]) -> Option<PublicationStatus> {
    let all = || ordered.iter().map(|copy| (copy.paper.version, copy.paper.publication_status));
    let latest = all().filter_map(|(version, _)| version).max();
    let is_withdrawn = |status| status == Some(PublicationStatus::Withdrawn);
    let stays = all().any(|(version, status)| version.is_some() && version == latest && is_withdrawn(status));
    let was = all().any(|(version, status)| version.is_some() && version < latest && is_withdrawn(status));
    let counts = |(version, status): &(Option<u16>, Option<PublicationStatus>)| match status {
        Some(PublicationStatus::Retracted) => true,
        Some(PublicationStatus::Withdrawn) => {
            version.is_none() && (stays || !was) || version.is_some() && *version == latest
        }
        None => false,
    };
    all().filter(counts).filter_map(|(_, status)| status).max()
}

/// The items of all lists: the first category is the primary one.
fn united<'a, T: Hash + Eq + Clone + 'a>(lists: impl IntoIterator<Item = &'a [T]>) -> Vec<T> {
    let mut list = Vec::new();
    for more in lists {
        unite(&mut list, more);
    }
    list
}

/// The sightings of a paper with those of a record: ranks and votes are brought up to date. The label and the day of a digest are not merged
/// here: they belong to its own row.
pub(super) fn with_sightings(known: &[Sighting], new: &[Sighting]) -> Vec<Sighting> {
    let mut sightings = known.to_vec();
    for sighting in new {
        match sightings.iter_mut().find(|known| known.digest.id == sighting.digest.id) {
            Some(known) => {
                known.rank = sighting.rank.or(known.rank);
                known.votes = sighting.votes.or(known.votes);
            }
            None => sightings.push(sighting.clone()),
        }
    }
    sightings
}

/// Which rows of a paper differ from their checksums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PaperDamage {
    pub(super) paper: bool,
    pub(super) summary: bool,
}

impl PaperDamage {
    pub(super) fn or(self, other: Self) -> Self {
        Self { paper: self.paper || other.paper, summary: self.summary || other.summary }
    }
}

/// A paper that may be damaged with the fields of a new copy, and the damage that is left: of a damaged row nothing is kept where the new copy
/// has all of it.
pub(super) fn mend(old: &Paper, merged: Paper, new: &Paper, damage: PaperDamage) -> (Paper, PaperDamage) {
    let mut merged = merged;
    let mut left = damage;
    if damage.paper && has_all_of(old, new) {
        merged = Paper { summary: merged.summary.take(), sightings: Vec::new(), ..new.clone() };
        left.paper = false;
    }
    let kept = old.summary.as_ref().map(|summary| summary.markup);
    if let Some(summary) = new.summary.as_ref().filter(|new| damage.summary && kept <= Some(new.markup)) {
        merged.summary = Some(summary.clone());
        left.summary = false;
    }
    (merged, left)
}

/// Whether a copy of a paper is as good as another and has a value of every field that the other has, apart from abstract and sightings.
fn has_all_of(old: &Paper, new: &Paper) -> bool {
    let fields = |paper: &Paper| {
        [
            paper.arxiv.is_some(),
            paper.version.is_some(),
            paper.doi.is_some(),
            !paper.authors.is_empty(),
            paper.published.is_some(),
            paper.issued.is_some(),
            paper.updated.is_some(),
            !paper.categories.is_empty(),
            !paper.keywords.is_empty(),
            !paper.links.is_empty(),
            paper.venue.is_some(),
            paper.journal_ref.is_some(),
            paper.comment.is_some(),
            paper.license.is_some(),
            paper.publication_status.is_some(),
            paper.bibtex.is_some(),
        ]
    };
    new.title.markup >= old.title.markup && fields(old).into_iter().zip(fields(new)).all(|(old, new)| new || !old)
}

#[cfg(test)]
mod tests;
