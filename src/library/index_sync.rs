//! Keeps the index up to date with papers.db: opens a current one, extends an outdated one by what changed where that is little, else builds
//! one. What goes into an index is in `index_docs`.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::index_docs::{Addition, BuildProgress, add_to_index, build_index, index_in_memory};
use super::{create_private_folder, index_file};
use crate::error::{Error, ErrorKind, Result};
use crate::index::{Index, SegmentedIndex};
use crate::store::{PaperStore, UserState};

/// What changed is written beside the index while it is at most `papers / BESIDE_SHARE + BESIDE_FEW` papers: they are written again by every
/// import, and a search reads them beside all others.
const BESIDE_SHARE: usize = 200;
const BESIDE_FEW: usize = 100;
/// An index is extended when at most `papers / EXTEND_SHARE + EXTEND_FEW` papers changed; beyond that, building takes hardly longer.
const EXTEND_SHARE: usize = 20;
const EXTEND_FEW: usize = 100;

/// How the index was brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SyncOutcome {
    /// It was up to date.
    Current,
    /// What changed was written beside the outdated one.
    Beside,
    /// Built from the outdated one and what changed.
    Extended,
    /// Built from all papers.
    Built,
}

/// The revision of a current index: a number that changes with the papers and with the days that the user corrected.
pub(super) fn index_revision(papers: &PaperStore, state: &UserState) -> Result<i64> {
    let mut days: Vec<_> = state.digest_days.iter().collect();
    days.sort();
    let mix = |hash: i64, byte: u8| hash.wrapping_mul(1_000_003).wrapping_add(i64::from(byte) + 1);
    let text = days.into_iter().flat_map(|(id, day)| id.bytes().chain([0]).chain(day.bytes()));
    Ok(text.fold(papers.revision()?, mix))
}

/// The index of the papers as they are now, built where the one on the disk is missing or outdated; in memory when the folder cannot be
/// written.
pub(super) fn open_current_index(dir: &Path, papers: &PaperStore, state: &UserState) -> Result<Arc<SegmentedIndex>> {
    let synced = sync_index(dir, None, papers, state, &mut |_, _| ControlFlow::Continue(()))?;
    synced.map(|(index, _)| Arc::new(index)).ok_or_else(|| Error::system("building the index was cancelled"))
}

/// The index on the disk, when it is up to date. `known` as for `SegmentedIndex::open`.
pub(super) fn current_index(
    dir: &Path,
    known: &SegmentedIndex,
    papers: &PaperStore,
    state: &UserState,
) -> Result<Option<Arc<SegmentedIndex>>> {
    let revision = index_revision(papers, state)?;
    let index = SegmentedIndex::open(&index_file(dir), Some(known)).unwrap_or_default();
    Ok(index.filter(|index| index.revision() == revision).map(Arc::new))
}

/// The index on the disk even when it is outdated, or one built when there is none. In a folder that cannot be written no later build is
/// possible, so the index is brought up to date now, in memory.
pub(super) fn open_any_index(dir: &Path, papers: &PaperStore, state: &UserState) -> Result<Arc<SegmentedIndex>> {
    match SegmentedIndex::open(&index_file(dir), None).unwrap_or_default() {
        Some(index) if !papers.is_read_only() => Ok(Arc::new(index)),
        _ => open_current_index(dir, papers, state),
    }
}

/// `open_current_index` with progress; `known` as for `SegmentedIndex::open`. None when `progress` cancelled the build; an outdated index stays then.
pub(super) fn sync_index(
    dir: &Path,
    known: Option<&SegmentedIndex>,
    papers: &PaperStore,
    state: &UserState,
    progress: &mut BuildProgress<'_>,
) -> Result<Option<(SegmentedIndex, SyncOutcome)>> {
    let path = index_file(dir);
    // One that cannot be read is replaced, or is as good as missing where that is not possible either.
    let old = SegmentedIndex::open(&path, known).unwrap_or_default();
    // One read transaction: the index has exactly the papers of its revision, whatever is imported meanwhile.
    papers.at_once(|| {
        let revision = index_revision(papers, state)?;
        let old = match old {
            Some(index) if index.revision() == revision => return Ok(Some((index, SyncOutcome::Current))),
            old => old,
        };
        if papers.is_read_only() {
            return Ok(Some((index_in_memory(papers, state, revision)?.into(), SyncOutcome::Built)));
        }
        // The only call for an extension, which takes little time.
        if progress(0, papers.count()? as usize).is_break() {
            return Ok(None);
        }
        match write_index(&path, old, papers, state, progress) {
            // The index is derived: that it cannot be stored is no reason not to search.
            Err(error) if error.kind == ErrorKind::System => {
                let index = index_in_memory(papers, state, revision)?.in_memory_because(error.to_string());
                Ok(Some((index.into(), SyncOutcome::Built)))
            }
            written => written,
        }
    })
}

/// Extends or builds the index in its file. None when `progress` cancelled it. A system error when the file cannot be written or read.
fn write_index(
    path: &Path,
    old: Option<SegmentedIndex>,
    papers: &PaperStore,
    state: &UserState,
    progress: &mut BuildProgress<'_>,
) -> Result<Option<(SegmentedIndex, SyncOutcome)>> {
    if let Some(folder) = path.parent() {
        create_private_folder(folder)?;
    }
    let revision = index_revision(papers, state)?;
    let whole = old.as_ref().map(SegmentedIndex::whole);
    let outcome = if try_to_add(path, Addition::Beside, whole, (papers, state), revision)? {
        SyncOutcome::Beside
    } else if try_to_add(path, Addition::Extension, whole, (papers, state), revision)? {
        SyncOutcome::Extended
    } else if build_index(path, papers, state, revision, progress)? {
        SyncOutcome::Built
    } else {
        return Ok(None);
    };
    // Another process may have written a newer one meanwhile, which is as good.
    let index = SegmentedIndex::open(path, old.as_ref())?.ok_or_else(|| {
        let error = Error::system(format!("{} cannot be read right after it was written", path.display()));
        error.hint("`tsundoku doctor` checks the library")
    })?;
    Ok(Some((index, outcome)))
}

/// False when what changed cannot be added to the outdated index in this way.
fn try_to_add(
    path: &Path,
    addition: Addition,
    old: Option<&Index>,
    (papers, state): (&PaperStore, &UserState),
    revision: i64,
) -> Result<bool> {
    let Some(old) = old else { return Ok(false) };
    let most = match addition {
        Addition::Beside => old.len() / BESIDE_SHARE + BESIDE_FEW,
        Addition::Extension => old.len() / EXTEND_SHARE + EXTEND_FEW,
    };
    let Some(changed) = papers.changes_since(old.papers_revision(), old.highest_row(), most)? else { return Ok(false) };
    // Damage would be copied into every later index; beside it nothing is copied.
    let is_usable = addition == Addition::Beside || old.verify();
    Ok(is_usable && add_to_index(path, addition, (old, &changed), (papers, state), revision)?)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::domain::clean::Clean;
    use crate::domain::date::PartialDate;
    use crate::domain::identity::{ArxivId, Doi};
    use crate::domain::markup::Markup;
    use crate::domain::paper::{Digest, Link, LinkKind, Paper, Sighting};
    use crate::domain::text::Text;

    struct TestLibrary {
        folder: TempDir,
        papers: PaperStore,
        state: UserState,
    }

    impl TestLibrary {
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

        fn sync(&self) -> SyncOutcome {
            let (index, outcome) = self.sync_with(&mut no_progress).unwrap();
            assert_eq!(index.len(), self.papers.count().unwrap() as usize);
            outcome
        }

        fn sync_with(&self, progress: &mut BuildProgress<'_>) -> Option<(SegmentedIndex, SyncOutcome)> {
            sync_index(self.folder.path(), None, &self.papers, &self.state, progress).unwrap()
        }

        /// Whether the index, in one segment or two, has the same papers in the same order as one built from all papers.
        fn is_like_built(&self) -> bool {
            let other = self.folder.path().join("other.idx");
            let revision = index_revision(&self.papers, &self.state).unwrap();
            assert!(build_index(&other, &self.papers, &self.state, revision, &mut no_progress).unwrap());
            let papers = |path: &Path| {
                let index = SegmentedIndex::open(path, None).unwrap().unwrap();
                let paper = |doc| {
                    let digests: Vec<_> = index.digests(doc).collect();
                    let texts = [index.key(doc), index.title(doc), index.authors(doc)].map(str::to_owned);
                    let categories: Vec<String> = index.categories(doc).map(str::to_owned).collect();
                    (texts, categories, digests, index.row(doc), index.date(doc), index.votes(doc), index.flags(doc))
                };
                let all: Vec<_> = (0..).zip(0..index.len()).map(|(doc, _)| paper(doc)).collect();
                (all, index.digest_table().to_vec(), index.revision(), index.highest_row())
            };
            papers(&other) == papers(&index_file(self.folder.path()))
        }

        /// Writes both segments as one.
        fn extend(&self) {
            let path = index_file(self.folder.path());
            let old = SegmentedIndex::open(&path, None).unwrap().unwrap();
            let revision = index_revision(&self.papers, &self.state).unwrap();
            let from = (&self.papers, &self.state);
            assert!(try_to_add(&path, Addition::Extension, Some(old.whole()), from, revision).unwrap());
            assert!(!recent_file(self).exists());
        }

        /// Whether the index equals one built from all papers.
        fn is_as_built(&self) -> bool {
            let other = self.folder.path().join("other.idx");
            let revision = index_revision(&self.papers, &self.state).unwrap();
            assert!(build_index(&other, &self.papers, &self.state, revision, &mut no_progress).unwrap());
            fs::read(other).unwrap() == fs::read(index_file(self.folder.path())).unwrap()
        }
    }

    fn recent_file(library: &TestLibrary) -> PathBuf {
        index_file(library.folder.path()).with_file_name("recent.idx")
    }

    fn no_progress(_: usize, _: usize) -> ControlFlow<()> {
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
        let digest = Digest {
            id,
            source: "hf".into(),
            label: Clean::new(&label),
            day: PartialDate::new(2025, Some(3), Some(day)),
        };
        vec![Sighting { digest, rank: Some(rank), votes: Some(rank * 3) }]
    }

    #[test]
    fn a_small_import_is_written_beside_the_index() {
        let mut library = TestLibrary::new();
        let papers: Vec<Paper> = (0..40).map(paper).collect();
        library.import(&papers);
        assert_eq!([library.sync(), library.sync()], [SyncOutcome::Built, SyncOutcome::Current]);
        let whole = fs::read(index_file(library.folder.path())).unwrap();
        for (number, rank) in [(41, 4), (44, 2)] {
            library.import(&[paper(number), Paper { sightings: seen(12, rank), ..paper(7 + rank) }]);
            assert_eq!([library.sync(), library.sync()], [SyncOutcome::Beside, SyncOutcome::Current]);
            assert!(library.is_like_built());
        }
        assert_eq!(fs::read(index_file(library.folder.path())).unwrap(), whole);
        library.import(&(50..147).map(paper).collect::<Vec<_>>());
        assert_eq!(library.sync(), SyncOutcome::Extended, "too many to be written beside it again and again");
        assert!(library.is_as_built() && !recent_file(&library).exists());
        library.import(&(200..500).map(paper).collect::<Vec<_>>());
        assert_eq!(library.sync(), SyncOutcome::Built, "too many to extend");
        library.state.digest_days.insert("hf:2025-03-12".into(), "2025-03-13".into());
        assert_eq!(library.sync(), SyncOutcome::Built, "a corrected day moves papers");
        assert!(library.is_as_built());
        library.import(&[paper(42)]);
        assert_eq!(library.sync(), SyncOutcome::Beside);
        assert!(library.is_like_built());
        library.state.digest_days.insert("hf:2025-03-12".into(), "2025-03-14".into());
        assert_eq!(library.sync(), SyncOutcome::Built);
        assert!(library.is_as_built());
        fs::remove_file(index_file(library.folder.path())).unwrap();
        assert_eq!(library.sync(), SyncOutcome::Built);
    }

    #[test]
    fn a_cancelled_build_leaves_the_old_index() {
        let mut library = TestLibrary::new();
        library.import(&(0..40).map(paper).collect::<Vec<_>>());
        assert_eq!(library.sync(), SyncOutcome::Built);
        let old = fs::read(index_file(library.folder.path())).unwrap();
        let is_left = |library: &TestLibrary| fs::read(index_file(library.folder.path())).unwrap() == old;
        library.import(&[paper(41)]);
        let mut calls = Vec::new();
        let cancelled = library.sync_with(&mut |done, all| {
            calls.push((done, all));
            ControlFlow::Break(())
        });
        assert!(cancelled.is_none() && calls == [(0, 41)] && is_left(&library), "{calls:?}");
        library.import(&(100..1200).map(paper).collect::<Vec<_>>());
        // In the middle of reading, and after the last paper.
        for last in [500, 1141] {
            let progress = &mut |done, _| if done < last { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
            assert!(library.sync_with(progress).is_none() && is_left(&library));
        }
        assert_eq!(library.sync(), SyncOutcome::Built);
        assert!(library.is_as_built());
    }

    #[test]
    fn a_damaged_index_is_not_extended() {
        let mut library = TestLibrary::new();
        // Long titles: damage in a small section is found when the file is opened.
        let long = |number: u32| format!("{number} {}", "quiet gradients in loud networks ".repeat(80));
        let papers = (0..40).map(|number| Paper { title: Text::new(long(number), Markup::Tex), ..paper(number) });
        library.import(&papers.collect::<Vec<_>>());
        assert_eq!(library.sync(), SyncOutcome::Built);
        let file = index_file(library.folder.path());
        let mut bytes = fs::read(&file).unwrap();
        let title = bytes.windows(5).position(|bytes| bytes == b"quiet").unwrap();
        bytes[title] = b'Q';
        fs::write(&file, bytes).unwrap();
        assert!(!Index::open(&file).unwrap().unwrap().verify(), "only the checksums of all sections find the damage");
        library.import(&(50..152).map(paper).collect::<Vec<_>>());
        assert_eq!(library.sync(), SyncOutcome::Built);
        assert!(library.is_as_built());
    }

    #[test]
    fn a_segment_beside_another_index_or_a_damaged_one_does_not_count() {
        let mut library = TestLibrary::new();
        library.import(&(0..40).map(paper).collect::<Vec<_>>());
        library.sync();
        library.import(&[paper(41)]);
        assert_eq!(library.sync(), SyncOutcome::Beside);
        let recent = fs::read(recent_file(&library)).unwrap();
        for at in (0..recent.len()).step_by(recent.len() / 40) {
            let mut damaged = recent.clone();
            damaged[at] ^= 4;
            for bytes in [&damaged, &recent[..at]] {
                fs::write(recent_file(&library), bytes).unwrap();
                let index = SegmentedIndex::open(&index_file(library.folder.path()), None).unwrap().unwrap();
                // Only the gaps between sections have no checksum.
                let added = index.find("arxiv:2503.00042").map(|doc| index.title(doc));
                assert!(added.is_none_or(|title| bytes.len() == recent.len() && title == "Paper of Number 41"));
            }
        }
        assert_eq!(library.sync(), SyncOutcome::Beside);
        assert!(library.is_like_built());
        // As a process that is killed between the two renames leaves it.
        let recent = fs::read(recent_file(&library)).unwrap();
        library.extend();
        fs::write(recent_file(&library), recent).unwrap();
        assert_eq!(library.sync(), SyncOutcome::Current);
        assert!(library.is_as_built() && library.is_like_built());
        library.import(&[paper(42)]);
        assert_eq!(library.sync(), SyncOutcome::Beside);
        assert!(library.is_like_built());
    }

    /// Papers that the store joins by arXiv id, DOI or title, in one digest or several.
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
        fn an_index_after_imports_equals_a_built_one(
            imports in prop::collection::vec(prop::collection::vec(some_paper(), 1..9), 2..8),
        ) {
            let mut library = TestLibrary::new();
            prop_assert_eq!(library.sync(), SyncOutcome::Built);
            for papers in imports {
                let before = library.papers.revision().unwrap();
                library.import(&papers);
                let changed = library.papers.revision().unwrap() != before;
                prop_assert_eq!(library.sync(), if changed { SyncOutcome::Beside } else { SyncOutcome::Current });
                prop_assert!(library.is_like_built());
                // Now and then both segments become one.
                if papers.len() % 3 == 0 {
                    library.extend();
                    prop_assert!(library.is_as_built());
                }
            }
        }
    }

    #[test]
    fn an_index_that_cannot_be_stored_is_built_in_memory() {
        use crate::library::Library;
        type Obstacle = fn(&Path);
        let in_place_of_folder: Obstacle = |dir| fs::write(dir.join("index"), "no folder").unwrap();
        let in_place_of_file: Obstacle = |dir| fs::create_dir_all(dir.join("index/words.idx/full")).unwrap();
        let told = ["/index: file exists", "/index/words.idx: is a directory"];
        for (obstacle, told) in [in_place_of_folder, in_place_of_file].into_iter().zip(told) {
            let folder = tempfile::tempdir().unwrap();
            let papers = Library::open(folder.path()).unwrap().snapshot().len();
            fs::remove_dir_all(folder.path().join("index")).unwrap();
            obstacle(folder.path());
            for open in [Library::open, Library::open_at_once] {
                let mut library = open(folder.path()).unwrap();
                assert_eq!(library.snapshot().len(), papers);
                assert!(!library.is_outdated().unwrap() && !library.refresh().unwrap());
                let [warning] = library.warnings().try_into().unwrap();
                assert!(warning.starts_with("every start builds the index in memory: "), "{warning}");
                assert!(warning.contains(told), "{warning}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_place_of_the_index_is_not_waited_for() {
        use crate::library::Library;
        let folder = tempfile::tempdir().unwrap();
        let papers = Library::open(folder.path()).unwrap().snapshot().len();
        let path = index_file(folder.path());
        fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let library = Library::open(folder.path()).unwrap();
        assert_eq!((library.snapshot().len(), library.warnings()), (papers, Vec::new()));
        assert!(fs::metadata(&path).unwrap().is_file(), "a new index took its place");
    }
}
