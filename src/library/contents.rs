//! From papers.db to the index: what of each paper is shown in a list and searched as one types.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::paper::LinkKind;
use crate::error::Result;
use crate::index::{Builder, DigestRow, Doc, Flags, Index};
use crate::store::{PaperStore, Stored, UserState};

/// Writes the index of all papers to a file, which takes the place of an older one when it is whole.
pub(super) fn build(path: &Path, papers: &PaperStore, state: &UserState, revision: i64) -> Result<()> {
    let digests = digest_rows(papers, state)?;
    let mut builder = Builder::new(path, &digests, revision)?.of_papers(papers.revision()?);
    push_docs(&digests, &mut |doc| builder.push(doc), |visit| papers.each(visit))?;
    builder.finish()?;
    Ok(())
}

/// The same from an older index and the rows that changed since. False: that is not to be had from it.
pub(super) fn extend(
    path: &Path,
    (old, changed): (&Index, &[i64]),
    papers: &PaperStore,
    state: &UserState,
    revision: i64,
) -> Result<bool> {
    let digests = digest_rows(papers, state)?;
    let mut builder = Builder::new(path, &digests, revision)?.of_papers(papers.revision()?);
    push_docs(&digests, &mut |doc| builder.push(doc), |visit| papers.each_of(changed, visit))?;
    Ok(builder.extend(old, changed)?.is_some())
}

/// The same in memory, for a folder that cannot be written.
pub(super) fn in_memory(papers: &PaperStore, state: &UserState, revision: i64) -> Result<Index> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("words.idx");
    build(&path, papers, state, revision)?;
    let bytes = std::fs::read(&path)?;
    Index::from_bytes(bytes).ok_or_else(|| crate::error::Error::system("the index could not be built in memory"))
}

/// Every digest with the day a reader corrected, in the order of the database.
fn digest_rows(papers: &PaperStore, state: &UserState) -> Result<Vec<DigestRow>> {
    let rows = papers.digests()?.into_iter().map(|(digest, _)| {
        let corrected: Option<PartialDate> = state.digest_days.get(&digest.id).and_then(|day| day.parse().ok());
        DigestRow {
            label: corrected.map_or(digest.label, PartialDate::in_words),
            day: corrected.or(digest.day),
            id: digest.id,
            source: digest.source,
        }
    });
    Ok(rows.collect())
}

fn push_docs(
    digests: &[DigestRow],
    push: &mut dyn FnMut(&Doc<'_>) -> Result<()>,
    each: impl FnOnce(&mut dyn FnMut(&Stored) -> ControlFlow<()>) -> Result<()>,
) -> Result<()> {
    let places: HashMap<&str, u32> = digests.iter().map(|digest| digest.id.as_str()).zip(0..).collect();
    let mut failure = None;
    each(&mut |stored: &Stored| {
        let paper = &stored.paper;
        let authors: Vec<String> = paper.authors.iter().map(|name| Clean::new(name).into_string()).collect();
        let categories: Vec<String> = paper.categories.iter().map(|name| Clean::new(name).into_string()).collect();
        let seen = paper.sightings.iter().filter_map(|seen| Some((*places.get(seen.digest.id.as_str())?, seen.rank)));
        let doc = Doc {
            row: stored.row,
            key: stored.key.as_str(),
            title: &paper.title.line(),
            authors: &authors,
            date: paper.published,
            added: stored.added,
            votes: paper.votes(),
            flags: flags(stored),
            categories: &categories,
            digests: &seen.collect::<Vec<_>>(),
        };
        match push(&doc) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failure.map_or(Ok(()), Err)
}

fn flags(stored: &Stored) -> Flags {
    let paper = &stored.paper;
    let known = [
        (paper.link(LinkKind::Code).is_some(), Flags::CODE),
        (stored.has_abstract, Flags::ABSTRACT),
        (paper.link(LinkKind::Pdf).is_some(), Flags::PDF),
        (paper.venue.is_some(), Flags::VENUE),
    ];
    known.into_iter().filter(|(has, _)| *has).fold(Flags::NONE, |flags, (_, flag)| flags.with(flag))
}
