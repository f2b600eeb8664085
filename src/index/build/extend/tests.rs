//! An extended index is, byte for byte, the one built from all papers, after any rounds of additions, changes and removals. Its answers are
//! therefore those tested elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::index::format::file::{IndexFileKind, damaged};
use crate::index::sample::{Sample, digests, samples};
use crate::index::{BuiltIndex, DigestRow, Index, IndexBuilder};

/// Every digest; generated papers are seen in the first three.
fn universe() -> Vec<DigestRow> {
    let later = |day: &str| DigestRow {
        id: format!("tw:{day}"),
        source: "tw".into(),
        label: day.into(),
        day: Some(day.parse().unwrap()),
    };
    digests().into_iter().chain([later("2025-03-13"), later("2025-04-01")]).collect()
}

/// The papers of a library by row id.
type PapersByRow = BTreeMap<i64, Sample>;

/// The digests that papers were seen in, latest first, as the library orders them.
fn table(papers: &PapersByRow) -> Vec<DigestRow> {
    let seen = |number: u32| papers.values().any(|sample| sample.digests.iter().any(|(digest, _)| *digest == number));
    let mut table: Vec<DigestRow> =
        (0..).zip(universe()).filter(|(number, _)| seen(*number)).map(|(_, row)| row).collect();
    table.sort_by(|one, two| two.day.cmp(&one.day).then(one.id.cmp(&two.id)));
    table
}

fn builder<'a>(path: &'a Path, table: &[DigestRow], papers: impl Iterator<Item = Sample>) -> IndexBuilder<'a> {
    let universe = universe();
    let mut builder = IndexBuilder::new(path, table, 5).unwrap().with_papers_revision(4);
    for mut sample in papers {
        for (digest, _) in &mut sample.digests {
            let id = &universe[*digest as usize].id;
            *digest = table.iter().position(|row| row.id == *id).unwrap() as u32;
        }
        builder.push(&sample.doc()).unwrap();
    }
    builder
}

struct LibraryFolder {
    folder: TempDir,
    papers: PapersByRow,
}

impl LibraryFolder {
    fn new(papers: PapersByRow) -> Self {
        let library = Self { folder: tempfile::tempdir().unwrap(), papers };
        library.build("old");
        library
    }

    fn build(&self, name: &str) {
        // The order of papers does not matter.
        let papers = self.papers.values().rev().cloned();
        builder(&self.folder.path().join(name), &table(&self.papers), papers).finish().unwrap();
    }

    /// Adds or replaces papers, removes others, and extends the index by these changes.
    fn change(&mut self, removed: &[i64], new: Vec<Sample>) -> Option<BuiltIndex> {
        let mut rows = removed.to_vec();
        removed.iter().for_each(|row| drop(self.papers.remove(row)));
        for sample in &new {
            self.papers.insert(sample.row, sample.clone());
            rows.push(sample.row);
        }
        let path = self.folder.path().join("old");
        let old = Index::open(&path).unwrap().unwrap();
        builder(&path, &table(&self.papers), new.into_iter()).extend(&old, &rows).unwrap()
    }

    fn is_as_built(&self) -> bool {
        self.build("new");
        let [old, new] = ["old", "new"].map(|name| fs::read(self.folder.path().join(name)).unwrap());
        old == new
    }
}

/// Removed and changed papers by their numbers, the shift of the new papers' digests, and the new papers.
type Round = (Vec<prop::sample::Index>, Vec<prop::sample::Index>, u32, Vec<Sample>);

fn round() -> impl Strategy<Value = Round> {
    let some = || prop::collection::vec(any::<prop::sample::Index>(), 0..8);
    (some(), some(), 0u32..3, samples()).prop_map(|(removed, changed, moved, mut new)| {
        new.truncate(20);
        (removed, changed, moved, new)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn an_extended_index_equals_a_built_one(
        samples in samples(),
        rounds in prop::collection::vec(round(), 1..5),
    ) {
        let mut library = LibraryFolder::new(samples.into_iter().map(|sample| (sample.row, sample)).collect());
        for (removed, changed, moved, mut new) in rounds {
            let rows: Vec<i64> = library.papers.keys().copied().collect();
            let some = |places: &[prop::sample::Index]| -> BTreeSet<i64> {
                if rows.is_empty() { BTreeSet::new() } else { places.iter().map(|place| *place.get(&rows)).collect() }
            };
            let mut removed: Vec<i64> = some(&removed).into_iter().collect();
            // A removed row id may be used again for another paper.
            let highest = rows.last().copied().unwrap_or(0);
            let free = some(&changed).into_iter().chain(highest + 1..);
            for (sample, row) in new.iter_mut().zip(free) {
                sample.row = row;
                sample.key = format!("arxiv:25{:02}.{row:05}", row % 12 + 1);
                sample.digests.iter_mut().for_each(|(digest, _)| *digest += moved);
            }
            removed.push(highest + 1000);
            let papers = library.change(&removed, new).unwrap().papers;
            prop_assert_eq!(papers, library.papers.len());
            prop_assert!(library.is_as_built());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_damaged_index_makes_another_and_does_no_worse(
        samples in samples(),
        more in samples(),
        damage in prop::collection::vec((0usize..1 << 20, 0u8..8), 1..9),
    ) {
        let library = LibraryFolder::new(samples.into_iter().map(|sample| (sample.row, sample)).collect());
        let bytes = damaged(fs::read(library.folder.path().join("old")).unwrap(), IndexFileKind::Index, &damage);
        // An index with damaged tables cannot be opened.
        if let Some(old) = Index::from_bytes(bytes) {
            let path = library.folder.path().join("new");
            let more: PapersByRow = more.into_iter().take(20).map(|sample| (sample.row * 3, sample)).collect();
            let mut builder = IndexBuilder::new(&path, old.digest_table(), 1).unwrap();
            more.values().for_each(|sample| builder.push(&sample.doc()).unwrap());
            builder.extend(&old, &[1, 2, 5]).unwrap();
        }
    }
}

fn titled(row: i64, title: &str) -> Sample {
    Sample { key: format!("title:{row}"), ..Sample::titled(row, title) }
}

#[test]
fn acronyms_of_a_large_library_come_and_go() {
    let words = ["Quiet", "Vectors", "Zoom", "of", "Nets", "and", "Trees"];
    let title = |row: i64| {
        let word = |step: i64| words[((row / step) % words.len() as i64) as usize];
        format!("{} {} {}", word(1), word(7), word(49))
    };
    let mut library = LibraryFolder::new((1..9_990).map(|row| (row, titled(row, &title(row)))).collect());
    let new = |rows: std::ops::Range<i64>| rows.map(|row| titled(row, &title(row))).collect::<Vec<_>>();
    assert!(library.change(&[], new(9_990..10_050)).is_some());
    assert!(library.is_as_built(), "a large index without acronyms has no initialisms");
    assert!(library.change(&[3], vec![titled(20_000, "QVZ for all"), titled(20_001, "Quiet Volume Zero")]).is_some());
    assert!(library.is_as_built(), "a new acronym brings the initialisms of old titles");
    assert!(library.change(&[], vec![titled(20_002, "Quick Visual Zebras")]).is_some());
    assert!(library.is_as_built());
    assert!(library.change(&[20_000], vec![]).is_some());
    assert!(library.is_as_built(), "no title has the acronym any more");
    let removed: Vec<i64> = (1..100).collect();
    assert!(library.change(&removed, vec![]).is_none(), "a small index holds all initialisms");
}

#[test]
fn a_changed_day_of_a_digest_needs_all_papers() {
    let mut sample = titled(1, "Seen");
    sample.digests = vec![(1, Some(2))];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old");
    builder(&path, &digests(), [sample].into_iter()).finish().unwrap();
    let old = Index::open(&path).unwrap().unwrap();
    let before = fs::read(&path).unwrap();
    let mut other = digests();
    other[1].day = Some("2025-03-15".parse().unwrap());
    let extend = |table: &[DigestRow], removed: &[i64]| {
        IndexBuilder::new(&path, table, 9).unwrap().extend(&old, removed).unwrap()
    };
    assert!(extend(&other, &[]).is_none());
    assert!(extend(&other[..1], &[]).is_none(), "a digest that papers were seen in is missing");
    assert_eq!(fs::read(&path).unwrap(), before, "nothing was written");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    other = digests();
    other[1].label = "Pi Day".into();
    assert!(extend(&other, &[]).is_some());
    let renamed = Index::open(&path).unwrap().unwrap();
    assert_eq!((renamed.digest_table(), renamed.revision(), renamed.papers_revision()), (other.as_slice(), 9, 9));
    assert!(renamed.verify());
    assert_eq!(extend(&[], &[1]).map(|built| built.papers), Some(0));
}
