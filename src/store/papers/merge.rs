//! Two copies of one paper become one: which copy of a field wins. A pure function; merging a copy again changes nothing, whatever the
//! order of the copies.

use std::hash::Hash;

use super::row::unite;
use crate::domain::date::PartialDate;
use crate::domain::paper::{Paper, Sighting};
use crate::domain::publication_status::PublicationStatus;
use crate::domain::text::Text;

/// The stored copy with the better fields of the new one. Better is a better markup, or the same markup and a later version. Fields that
/// the new copy lacks stay.
pub(super) fn merge(old: &Paper, new: &Paper) -> Paper {
    let is_newer =
        new.version > old.version && old.version.is_some() || new.updated > old.updated && old.updated.is_some();
    let (old_rank, new_rank) = (old.title.markup, new.title.markup);
    let is_preferred = new_rank > old_rank || is_newer && new_rank == old_rank;
    let mut merged = old.clone();
    merged.arxiv = old.arxiv.clone().or_else(|| new.arxiv.clone());
    merged.doi = old.doi.clone().or_else(|| new.doi.clone());
    merged.version = old.version.max(new.version);
    merged.updated = old.updated.max(new.updated);
    merged.published = published(old.published, new.published, is_preferred);
    if wins(Some(&old.title), &new.title, is_newer) {
        merged.title = new.title.clone();
    }
    if let Some(summary) = new.summary.as_ref().filter(|summary| wins(old.summary.as_ref(), summary, is_newer)) {
        merged.summary = Some(summary.clone());
    }
    let longer = new_rank >= old_rank && new.authors.len() > old.authors.len();
    let as_long = is_preferred && new.authors.len() >= old.authors.len();
    let later_version = new_rank >= old_rank && new.version > old.version && old.version.is_some();
    if !new.authors.is_empty() && (old.authors.is_empty() || longer || as_long || later_version) {
        merged.authors.clone_from(&new.authors);
    }
    let other = if merged.authors == new.authors { &old.authors } else { &new.authors };
    if other.len() == merged.authors.len() {
        merged.authors = merged.authors.iter().zip(other).map(|(author, other)| author.or_stated(other)).collect();
    }
    for (kept, offered) in [
        (&mut merged.venue, &new.venue),
        (&mut merged.journal_ref, &new.journal_ref),
        (&mut merged.comment, &new.comment),
        (&mut merged.license, &new.license),
    ] {
        if offered.is_some() && (kept.is_none() || is_preferred) {
            kept.clone_from(offered);
        }
    }
    merged.publication_status = publication_status(old, new);
    merged.categories = united(&old.categories, &new.categories, is_preferred);
    merged.keywords = united(&old.keywords, &new.keywords, is_preferred);
    merged.links = united(&old.links, &new.links, is_preferred);
    for sighting in &new.sightings {
        merge_sighting(&mut merged.sightings, sighting);
    }
    merged
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

/// `merge` for a copy that may be damaged, and the damage that is left: of a damaged row nothing is kept where the new copy has all of it.
pub(super) fn mend(old: &Paper, new: &Paper, damage: PaperDamage) -> (Paper, PaperDamage) {
    let mut merged = merge(old, new);
    let mut left = damage;
    if damage.paper && has_all_of(old, new) {
        let (summary, sightings) = (merged.summary.take(), std::mem::take(&mut merged.sightings));
        merged = Paper { summary, sightings, ..new.clone() };
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
            paper.updated.is_some(),
            !paper.categories.is_empty(),
            !paper.keywords.is_empty(),
            !paper.links.is_empty(),
            paper.venue.is_some(),
            paper.journal_ref.is_some(),
            paper.comment.is_some(),
            paper.license.is_some(),
            paper.publication_status.is_some(),
        ]
    };
    new.title.markup >= old.title.markup && fields(old).into_iter().zip(fields(new)).all(|(old, new)| new || !old)
}

/// A retraction stays; what authors withdrew they may submit again, as a later version.
fn publication_status(old: &Paper, new: &Paper) -> Option<PublicationStatus> {
    let either = old.publication_status.max(new.publication_status);
    match (old.version, new.version) {
        (Some(before), Some(after)) if before != after && either == Some(PublicationStatus::Withdrawn) => {
            if after > before { new.publication_status } else { old.publication_status }
        }
        _ => either,
    }
}

fn wins(old: Option<&Text>, new: &Text, is_newer: bool) -> bool {
    let Some(old) = old.filter(|old| !old.source.trim().is_empty()) else { return true };
    // A notice in the place of the abstract tells less than the abstract did.
    match [old, new].map(|text| PublicationStatus::is_notice(&text.source)) {
        [false, true] => return false,
        [true, false] => return !new.source.trim().is_empty(),
        [true, true] | [false, false] => {}
    }
    !new.source.trim().is_empty() && (new.markup > old.markup || is_newer && new.markup == old.markup)
}

/// The more precise date; of two as precise the preferred one.
fn published(old: Option<PartialDate>, new: Option<PartialDate>, is_preferred: bool) -> Option<PartialDate> {
    let parts = |date: PartialDate| u8::from(date.month().is_some()) + u8::from(date.day().is_some());
    match (old, new) {
        (Some(before), Some(after)) if parts(after) > parts(before) => new,
        (Some(before), Some(after)) if parts(after) == parts(before) && is_preferred => new,
        (None, _) => new,
        _ => old,
    }
}

/// The preferred copy's items first: the first category is the primary one.
fn united<T: Hash + Eq + Clone>(old: &[T], new: &[T], is_preferred: bool) -> Vec<T> {
    let (first, second) = if is_preferred { (new, old) } else { (old, new) };
    let mut list = first.to_vec();
    unite(&mut list, second);
    list
}

/// Adds a sighting, or updates rank and votes. The label and the day of the digest are not merged here: they belong to its own row.
fn merge_sighting(sightings: &mut Vec<Sighting>, new: &Sighting) {
    match sightings.iter_mut().find(|known| known.digest.id == new.digest.id) {
        Some(known) => {
            known.rank = new.rank.or(known.rank);
            known.votes = new.votes.or(known.votes);
        }
        None => sightings.push(new.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::markup::Markup;
    use crate::domain::paper::{Author, Digest, Link, LinkKind};

    fn page() -> Paper {
        Paper {
            title: Text::new("Quiet Gradients in Loud Networks", Markup::Page),
            summary: Some(Text::new("An abstract from a page", Markup::Page)),
            sightings: vec![Sighting {
                digest: Digest { id: "hf:2025-03-12".into(), ..Digest::default() },
                rank: Some(3),
                votes: Some(10),
            }],
            ..Paper::default()
        }
    }

    fn tex() -> Paper {
        Paper {
            version: Some(2),
            title: Text::new("Quiet Gradients in Loud Networks", Markup::Tex),
            authors: vec!["Ann Lee".into(), "Bo Li".into()],
            summary: Some(Text::new("An abstract in $LaTeX$", Markup::Tex)),
            published: PartialDate::new(2025, Some(3), Some(2)),
            updated: PartialDate::new(2025, Some(3), Some(9)),
            categories: vec!["cs.LG".into(), "math.OC".into()],
            ..Paper::default()
        }
    }

    fn starter() -> Paper {
        Paper {
            title: Text::new("Quiet Gradients in Loud Networks", Markup::Plain),
            authors: vec!["Ann Lee".into()],
            summary: Some(Text::new("Words of our own", Markup::Summary)),
            published: PartialDate::new(2025, Some(3), None),
            venue: Some("ICML 2025".into()),
            links: vec![Link { kind: LinkKind::Code, url: "https://example.org/code".into() }],
            keywords: vec!["optimization".into()],
            ..Paper::default()
        }
    }

    #[test]
    fn the_better_copy_of_each_field_wins_in_any_order() {
        let orders = [[page(), tex(), starter()], [starter(), page(), tex()], [tex(), starter(), page()]];
        for copies in orders {
            let merged = copies.iter().skip(1).fold(copies[0].clone(), |merged, copy| merge(&merged, copy));
            assert_eq!(merged.title, tex().title);
            assert_eq!(merged.summary, tex().summary);
            assert_eq!(merged.authors, tex().authors);
            assert_eq!(merged.published, tex().published);
            assert_eq!(merged.categories, tex().categories);
            assert_eq!(merged.venue, starter().venue);
            assert_eq!(merged.links, starter().links);
            assert_eq!(merged.sightings, page().sightings);
            for copy in &copies {
                assert_eq!(merge(&merged, copy), merged, "a copy seen again changes nothing");
            }
        }
    }

    #[test]
    fn a_later_version_wins_and_an_earlier_one_does_not() {
        let mut third = tex();
        third.version = Some(3);
        third.title.source = "Quiet Gradients, Revised".into();
        third.authors.truncate(1);
        let merged = merge(&tex(), &third);
        assert_eq!((&merged.title, merged.version, merged.authors.len()), (&third.title, Some(3), 1));
        assert_eq!(merge(&third, &tex()).title, third.title);
    }

    #[test]
    fn the_longer_list_of_authors_wins_unless_its_copy_is_worse() {
        let by = |markup, authors: &[&str]| Paper {
            title: Text::new("Quiet Gradients", markup),
            authors: authors.iter().map(|&name| name.into()).collect(),
            ..Paper::default()
        };
        let authors = |old: &Paper, new: &Paper| {
            merge(old, new).authors.iter().map(Author::as_str).collect::<Vec<_>>().join(", ")
        };
        let (short, long) = (by(Markup::Plain, &["Ann Lee"]), by(Markup::Plain, &["A. Lee", "B. Li"]));
        assert_eq!(authors(&short, &long), "A. Lee, B. Li");
        assert_eq!(authors(&long, &short), "A. Lee, B. Li");
        let (worse, better) = (by(Markup::Page, &["A", "B", "C"]), by(Markup::Tex, &["Ann Q. Lee", "Bo Li"]));
        assert_eq!(authors(&long, &worse), "A. Lee, B. Li", "longer, of a worse copy");
        assert_eq!(authors(&long, &better), "Ann Q. Lee, Bo Li", "as long, of a better copy");
        assert_eq!(authors(&worse, &better), "A, B, C", "shorter, of a better copy");
        assert_eq!(authors(&by(Markup::Tex, &[]), &worse), "A, B, C", "any are better than none");
        assert_eq!(authors(&worse, &by(Markup::Tex, &[])), "A, B, C");
        let other = by(Markup::Plain, &["Ann Lee", "Bo Li"]);
        assert_eq!(authors(&long, &other), "A. Lee, B. Li", "as long and no better");
        // A copy that states the parts of the same names.
        let (printed, stated) = (by(Markup::Tex, &["Nu Van Le", "Bo Li"]), by(Markup::Tex, &["Van Le, Nu", "Li, Bo"]));
        for (old, new) in [(&printed, &stated), (&stated, &printed)] {
            assert_eq!(authors(old, new), "Van Le, Nu, Li, Bo");
        }
    }

    #[test]
    fn votes_and_ranks_are_brought_up_to_date() {
        let mut later = page();
        later.sightings[0].votes = Some(25);
        later.sightings[0].rank = None;
        let merged = merge(&page(), &later);
        assert_eq!((merged.sightings[0].rank, merged.sightings[0].votes), (Some(3), Some(25)));
    }
}
