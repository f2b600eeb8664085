//! Which copy of a field wins.

use super::*;

/// What copies of unknown sources make, added one after the other.
fn merge(old: &Paper, new: &Paper) -> Paper {
    let mut copies = Vec::new();
    for paper in [old, new] {
        let bare = Paper { sightings: Vec::new(), ..paper.clone() };
        add_copy(&mut copies, PaperCopy { source: RecordSource::Unknown, at: 1, key: paper.key(), paper: bare });
    }
    Paper { sightings: with_sightings(&old.sightings, &new.sightings), ..combined(&copies) }
}
use crate::domain::identity::ArxivId;
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
    let authors =
        |old: &Paper, new: &Paper| merge(old, new).authors.iter().map(Author::as_str).collect::<Vec<_>>().join(", ");
    let (short, long) = (by(Markup::Plain, &["Ann Lee"]), by(Markup::Plain, &["A. Lee", "B. Li"]));
    assert_eq!(authors(&short, &long), "A. Lee, B. Li");
    assert_eq!(authors(&long, &short), "A. Lee, B. Li");
    let (worse, better) = (by(Markup::Page, &["A", "B", "C"]), by(Markup::Tex, &["Ann Q. Lee", "Bo Li"]));
    assert_eq!(authors(&long, &worse), "A. Lee, B. Li", "longer, of a worse copy");
    assert_eq!(authors(&long, &better), "Ann Q. Lee, Bo Li", "as long, of a better copy");
    assert_eq!(authors(&worse, &better), "Ann Q. Lee, Bo Li", "shorter, of a better copy");
    assert_eq!(authors(&by(Markup::Tex, &[]), &worse), "A, B, C", "any are better than none");
    assert_eq!(authors(&worse, &by(Markup::Tex, &[])), "A, B, C");
    let other = by(Markup::Plain, &["Ann Lee", "Bo Li"]);
    for (one, two) in [(&long, &other), (&other, &long)] {
        assert_eq!(authors(one, two), "Ann Lee, Bo Li", "as long and no better");
    }
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

#[test]
fn preprint_and_publication_keep_their_dates() {
    let date = |text: &str| text.parse().ok();
    let copy = |source, published: &str, venue: Option<&str>| {
        let paper = Paper { published: date(published), venue: venue.map(str::to_owned), ..page() };
        PaperCopy { source, at: 1, key: paper.key(), paper: Paper { sightings: Vec::new(), ..paper } }
    };
    let preprint = || copy(RecordSource::ArxivFeed, "2025-03-02", None);
    for (publication, issued) in
        [("2025", None), ("2025-03", None), ("2025-06", Some("2025-06")), ("2026", Some("2026")), ("2025-03-02", None)]
    {
        for source in [RecordSource::Bibtex, RecordSource::Dblp] {
            let venue = Some("A Journal");
            let merged = combined(&[copy(source, publication, venue), preprint()]);
            assert_eq!((merged.published, merged.issued), (date("2025-03-02"), issued.and_then(date)), "{publication}");
        }
        let merged = combined(&[copy(RecordSource::Bibtex, publication, None), preprint()]);
        assert_eq!(merged.issued, None, "an entry of the preprint");
        let alone = combined(&[copy(RecordSource::Bibtex, publication, Some("A Journal"))]);
        assert_eq!((alone.published, alone.issued), (date(publication), None));
    }
}

#[test]
fn of_very_many_copies_the_least_believed_are_one() {
    let mut copies = Vec::new();
    for version in (1..=300).chain([300, 7]) {
        let paper =
            Paper { version: Some(version), arxiv: ArxivId::parse("2503.99901").map(|found| found.id), ..tex() };
        let source = RecordSource::ArxivFeed;
        add_copy(&mut copies, PaperCopy { source, at: 1, key: paper.key(), paper });
        assert!(copies.len() <= MOST_COPIES);
    }
    let merged = combined(&copies);
    assert_eq!((copies.len(), merged.version, merged.title), (MOST_COPIES, Some(300), tex().title));
}
