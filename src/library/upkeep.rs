//! Keeps the index what papers.db holds: opened where it fits, extended by what changed where that is little, else built. It decides
//! which; what goes into an index is `contents`.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::contents::Watch;
use super::{INDEX, contents, folder_of_one, index_file};
use crate::error::{Error, Result};
use crate::index::Index;
use crate::store::{PaperStore, UserState};

/// An index is extended when at most one in so many papers changed, or some few more: then a build takes hardly longer.
const SHARE: usize = 20;
const FEW: usize = 100;

/// How the index came to be what the papers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upkeep {
    /// It was.
    Kept,
    /// From the older one and what changed.
    Extended,
    /// From all papers.
    Built,
}

/// What an index must say it was made from: the papers, and the days a reader corrected.
pub(super) fn index_revision(papers: &PaperStore, state: &UserState) -> Result<i64> {
    let mut days: Vec<_> = state.digest_days.iter().collect();
    days.sort();
    let mix = |sum: i64, byte: u8| sum.wrapping_mul(1_000_003).wrapping_add(i64::from(byte) + 1);
    let text = days.into_iter().flat_map(|(id, day)| id.bytes().chain([0]).chain(day.bytes()));
    Ok(text.fold(papers.revision()?, mix))
}

/// The index of the papers as they are now. A folder that cannot be written gives one in memory where the one on disk does not fit.
pub(super) fn open_index(dir: &Path, papers: &PaperStore, state: &UserState) -> Result<Arc<Index>> {
    let brought = bring_up_to_date(dir, papers, state, &mut |_, _| ControlFlow::Continue(()))?;
    brought.map(|(index, _)| Arc::new(index)).ok_or_else(|| Error::system("nobody ended the index, and it was ended"))
}

/// The index on the disk, when it is of the papers as they are now.
pub(super) fn fitting_index(dir: &Path, papers: &PaperStore, state: &UserState) -> Result<Option<Arc<Index>>> {
    let revision = index_revision(papers, state)?;
    Ok(Index::open(&index_file(dir))?.filter(|index| index.revision() == revision).map(Arc::new))
}

/// The index on the disk, of whichever papers, or one built when there is none. A folder that cannot be written gets none later, so it
/// gets the right one now.
pub(super) fn any_index(dir: &Path, papers: &PaperStore, state: &UserState) -> Result<Arc<Index>> {
    match Index::open(&index_file(dir))? {
        Some(index) if !papers.is_read_only() => Ok(Arc::new(index)),
        _ => open_index(dir, papers, state),
    }
}

/// `open_index` under a watch. None when it ended the work: the old index, where there is one, stays.
pub(super) fn bring_up_to_date(
    dir: &Path,
    papers: &PaperStore,
    state: &UserState,
    watch: &mut Watch<'_>,
) -> Result<Option<(Index, Upkeep)>> {
    let path = index_file(dir);
    let old = Index::open(&path)?;
    // One look: what an index says it was made from is what it was made from, whatever is imported meanwhile.
    papers.at_once(|| {
        let revision = index_revision(papers, state)?;
        let old = match old {
            Some(index) if index.revision() == revision => return Ok(Some((index, Upkeep::Kept))),
            old => old,
        };
        if papers.is_read_only() {
            return Ok(Some((contents::in_memory(papers, state, revision)?, Upkeep::Built)));
        }
        folder_of_one(&dir.join(INDEX))?;
        // Of an extension, which is soon over, the watch hears nothing but this.
        if watch(0, papers.count()? as usize).is_break() {
            return Ok(None);
        }
        let upkeep = if extend(&path, old.as_ref(), papers, state, revision)? {
            Upkeep::Extended
        } else if contents::build(&path, papers, state, revision, watch)? {
            Upkeep::Built
        } else {
            return Ok(None);
        };
        // Where another process wrote one meanwhile it is that one; the next look at the papers tells.
        let index = Index::open(&path)?.ok_or_else(|| {
            let error = Error::system(format!("{} cannot be read right after it was written", path.display()));
            error.hint("`tsundoku doctor` looks for the reason")
        })?;
        Ok(Some((index, upkeep)))
    })
}

/// False where the old index is no help.
fn extend(path: &Path, old: Option<&Index>, papers: &PaperStore, state: &UserState, revision: i64) -> Result<bool> {
    let Some(old) = old else { return Ok(false) };
    let most = old.len() / SHARE + FEW;
    let Some(changed) = papers.changes_since(old.papers_revision(), old.highest_row(), most)? else { return Ok(false) };
    // What is damaged in it would be in every index to come.
    Ok(old.verify() && contents::extend(path, (old, &changed), papers, state, revision)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::domain::date::PartialDate;
    use crate::domain::identity::{ArxivId, Doi};
    use crate::domain::markup::Markup;
    use crate::domain::paper::{Digest, Link, LinkKind, Paper, Sighting};
    use crate::domain::text::Text;

    struct Room {
        folder: TempDir,
        papers: PaperStore,
        state: UserState,
    }

    impl Room {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let papers = PaperStore::open(folder.path()).unwrap();
            Self { folder, papers, state: UserState::default() }
        }

        fn import(&mut self, papers: &[Paper]) {
            let mut import = self.papers.import().unwrap().commit_every(3);
            for paper in papers {
                import.add(paper, 1_000_000).unwrap();
            }
            import.commit().unwrap();
        }

        fn keep_up(&self) -> Upkeep {
            let (index, upkeep) = self.keep_up_while(&mut go_on).unwrap();
            assert_eq!(index.len(), self.papers.count().unwrap() as usize);
            upkeep
        }

        fn keep_up_while(&self, watch: &mut Watch<'_>) -> Option<(Index, Upkeep)> {
            bring_up_to_date(self.folder.path(), &self.papers, &self.state, watch).unwrap()
        }

        /// Whether the index is what all papers make.
        fn is_as_built(&self) -> bool {
            let other = self.folder.path().join("other.idx");
            let revision = index_revision(&self.papers, &self.state).unwrap();
            assert!(contents::build(&other, &self.papers, &self.state, revision, &mut go_on).unwrap());
            fs::read(other).unwrap() == fs::read(index_file(self.folder.path())).unwrap()
        }
    }

    fn go_on(_: usize, _: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn paper(number: u32) -> Paper {
        Paper {
            arxiv: Some(ArxivId::parse(&format!("2503.{:05}", number + 1)).unwrap().id),
            title: Text::new(format!("Paper of Number {number}"), Markup::Tex),
            authors: vec!["Ann Lee".into()],
            ..Paper::default()
        }
    }

    fn seen(day: u8, rank: u32) -> Vec<Sighting> {
        let (id, label) = (format!("hf:2025-03-{day:02}"), format!("{day} Mar 2025"));
        let digest = Digest { id, source: "hf".into(), label, day: PartialDate::new(2025, Some(3), Some(day)) };
        vec![Sighting { digest, rank: Some(rank), votes: Some(rank * 3) }]
    }

    #[test]
    fn a_small_import_extends_the_index() {
        let mut room = Room::new();
        let papers: Vec<Paper> = (0..40).map(paper).collect();
        room.import(&papers);
        assert_eq!([room.keep_up(), room.keep_up()], [Upkeep::Built, Upkeep::Kept]);
        room.import(&[paper(41), Paper { sightings: seen(12, 4), ..paper(7) }]);
        assert_eq!([room.keep_up(), room.keep_up()], [Upkeep::Extended, Upkeep::Kept]);
        assert!(room.is_as_built());
        room.import(&(100..300).map(paper).collect::<Vec<_>>());
        assert_eq!(room.keep_up(), Upkeep::Built, "that many are read with all others");
        room.state.digest_days.insert("hf:2025-03-12".into(), "2025-03-13".into());
        assert_eq!(room.keep_up(), Upkeep::Built, "a corrected day moves papers");
        assert!(room.is_as_built());
        room.import(&[paper(42)]);
        assert_eq!(room.keep_up(), Upkeep::Extended);
        assert!(room.is_as_built());
        fs::remove_file(index_file(room.folder.path())).unwrap();
        assert_eq!(room.keep_up(), Upkeep::Built);
    }

    #[test]
    fn an_index_that_is_ended_leaves_the_old_one() {
        let mut room = Room::new();
        room.import(&(0..40).map(paper).collect::<Vec<_>>());
        assert_eq!(room.keep_up(), Upkeep::Built);
        let old = fs::read(index_file(room.folder.path())).unwrap();
        let is_left = |room: &Room| fs::read(index_file(room.folder.path())).unwrap() == old;
        room.import(&[paper(41)]);
        let mut told = Vec::new();
        let ended = room.keep_up_while(&mut |done, all| {
            told.push((done, all));
            ControlFlow::Break(())
        });
        assert!(ended.is_none() && told == [(0, 41)] && is_left(&room), "{told:?}");
        room.import(&(100..1200).map(paper).collect::<Vec<_>>());
        // In the middle of reading, and when all is read.
        for last in [500, 1141] {
            let watch = &mut |done, _| if done < last { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
            assert!(room.keep_up_while(watch).is_none() && is_left(&room));
        }
        assert_eq!(room.keep_up(), Upkeep::Built);
        assert!(room.is_as_built());
    }

    #[test]
    fn a_damaged_index_is_not_extended() {
        let mut room = Room::new();
        // Damage of a small section is found as soon as a file is opened.
        let long = |number: u32| format!("{number} {}", "quiet gradients in loud networks ".repeat(80));
        let papers = (0..40).map(|number| Paper { title: Text::new(long(number), Markup::Tex), ..paper(number) });
        room.import(&papers.collect::<Vec<_>>());
        assert_eq!(room.keep_up(), Upkeep::Built);
        let file = index_file(room.folder.path());
        let mut bytes = fs::read(&file).unwrap();
        let title = bytes.windows(5).position(|bytes| bytes == b"quiet").unwrap();
        bytes[title] = b'Q';
        fs::write(&file, bytes).unwrap();
        assert!(
            !Index::open(&file).unwrap().unwrap().verify(),
            "the damage is where only a look at everything finds it"
        );
        room.import(&[paper(50)]);
        assert_eq!(room.keep_up(), Upkeep::Built);
        assert!(room.is_as_built());
    }

    /// Papers that meet again in every way the store knows: under an arXiv id, a DOI, a title, in one digest or several.
    fn some_paper() -> impl Strategy<Value = Paper> {
        let ids = (0u32..8, any::<bool>(), any::<bool>(), any::<bool>());
        let facts = (0u8..4, prop::option::of(2023i16..2026), prop::option::of((12u8..16, 0u32..4)), 0u8..4);
        (ids, facts).prop_map(|((number, arxiv, doi, page), (version, year, sighting, more))| Paper {
            arxiv: paper(number).arxiv.filter(|_| arxiv),
            version: (version > 0).then_some(u16::from(version)),
            doi: Doi::parse(&format!("10.1000/{}", number / 2)).filter(|_| doi),
            title: match version {
                3 => Text::new(format!("RAG of Number {number}, Revised"), Markup::Tex),
                _ => Text::new(paper(number).title.source, if page { Markup::Page } else { Markup::Tex }),
            },
            summary: (more == 1).then(|| Text::new("An abstract.", Markup::Tex)),
            published: year.and_then(|year| PartialDate::new(year, None, None)),
            categories: if more == 2 { vec!["cs.LG".into(), "math.OC".into()] } else { Vec::new() },
            links: (more == 3)
                .then(|| Link { kind: LinkKind::Code, url: "https://example.org".into() })
                .into_iter()
                .collect(),
            sightings: sighting.map(|(day, rank)| seen(day, rank)).unwrap_or_default(),
            ..paper(number)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]

        #[test]
        fn whatever_is_imported_the_index_is_what_all_papers_make(
            imports in prop::collection::vec(prop::collection::vec(some_paper(), 1..9), 2..8),
        ) {
            let mut room = Room::new();
            prop_assert_eq!(room.keep_up(), Upkeep::Built);
            for papers in imports {
                let before = room.papers.revision().unwrap();
                room.import(&papers);
                let changed = room.papers.revision().unwrap() != before;
                prop_assert_eq!(room.keep_up(), if changed { Upkeep::Extended } else { Upkeep::Kept });
                prop_assert!(room.is_as_built());
            }
        }
    }
}
