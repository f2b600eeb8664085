//! An extended index is, byte for byte, the one that all papers make: whatever came, changed and went away, round after round. So every
//! answer is the same, and nothing of it is tested here again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::index::format::file::damaged;
use crate::index::sample::{Sample, digests, samples};
use crate::index::{Builder, Built, DigestRow, Index};

/// Every digest there can be; samples are seen in the first three.
fn universe() -> Vec<DigestRow> {
    let later = |day: &str| DigestRow {
        id: format!("tw:{day}"),
        source: "tw".into(),
        label: day.into(),
        day: Some(day.parse().unwrap()),
    };
    digests().into_iter().chain([later("2025-03-13"), later("2025-04-01")]).collect()
}

/// A library as it is at some time: its papers by row.
type Papers = BTreeMap<i64, Sample>;

/// The digests papers were seen in, latest first, as the library gives them.
fn table(papers: &Papers) -> Vec<DigestRow> {
    let seen = |number: u32| papers.values().any(|sample| sample.digests.iter().any(|(digest, _)| *digest == number));
    let mut table: Vec<DigestRow> =
        (0..).zip(universe()).filter(|(number, _)| seen(*number)).map(|(_, row)| row).collect();
    table.sort_by(|one, two| two.day.cmp(&one.day).then(one.id.cmp(&two.id)));
    table
}

fn builder<'a>(path: &'a Path, table: &[DigestRow], papers: impl Iterator<Item = Sample>) -> Builder<'a> {
    let universe = universe();
    let mut builder = Builder::new(path, table, 5).unwrap().of_papers(4);
    for mut sample in papers {
        for (digest, _) in &mut sample.digests {
            let id = &universe[*digest as usize].id;
            *digest = table.iter().position(|row| row.id == *id).unwrap() as u32;
        }
        builder.push(&sample.doc()).unwrap();
    }
    builder
}

struct Room {
    folder: TempDir,
    papers: Papers,
}

impl Room {
    fn new(papers: Papers) -> Self {
        let room = Self { folder: tempfile::tempdir().unwrap(), papers };
        room.build("old");
        room
    }

    fn build(&self, name: &str) {
        // In whatever order papers come.
        let papers = self.papers.values().rev().cloned();
        builder(&self.folder.path().join(name), &table(&self.papers), papers).finish().unwrap();
    }

    /// Puts samples into rows and empties others, and extends the index by what that changes.
    fn change(&mut self, gone: &[i64], new: Vec<Sample>) -> Option<Built> {
        let mut rows = gone.to_vec();
        gone.iter().for_each(|row| drop(self.papers.remove(row)));
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

/// Removed and changed papers by place, how far the digests of new ones are moved, and new contents.
type Round = (Vec<prop::sample::Index>, Vec<prop::sample::Index>, u32, Vec<Sample>);

fn round() -> impl Strategy<Value = Round> {
    let some = || prop::collection::vec(any::<prop::sample::Index>(), 0..8);
    (some(), some(), 0u32..3, samples()).prop_map(|(gone, changed, moved, mut new)| {
        new.truncate(20);
        (gone, changed, moved, new)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn an_extended_index_is_the_one_all_papers_make(
        samples in samples(),
        rounds in prop::collection::vec(round(), 1..5),
    ) {
        let mut room = Room::new(samples.into_iter().map(|sample| (sample.row, sample)).collect());
        for (gone, changed, moved, mut new) in rounds {
            let rows: Vec<i64> = room.papers.keys().copied().collect();
            let some = |places: &[prop::sample::Index]| -> BTreeSet<i64> {
                if rows.is_empty() { BTreeSet::new() } else { places.iter().map(|place| *place.get(&rows)).collect() }
            };
            let mut gone: Vec<i64> = some(&gone).into_iter().collect();
            // A row that went away may come again as another paper.
            let highest = rows.last().copied().unwrap_or(0);
            let free = some(&changed).into_iter().chain(highest + 1..);
            for (sample, row) in new.iter_mut().zip(free) {
                sample.row = row;
                sample.key = format!("arxiv:25{:02}.{row:05}", row % 12 + 1);
                sample.digests.iter_mut().for_each(|(digest, _)| *digest += moved);
            }
            gone.push(highest + 1000);
            let papers = room.change(&gone, new).unwrap().papers;
            prop_assert_eq!(papers, room.papers.len());
            prop_assert!(room.is_as_built());
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
        let room = Room::new(samples.into_iter().map(|sample| (sample.row, sample)).collect());
        let bytes = damaged(fs::read(room.folder.path().join("old")).unwrap(), &damage);
        // Where the small tables are damaged there is nothing to extend.
        if let Some(old) = Index::from_bytes(bytes) {
            let path = room.folder.path().join("new");
            let more: Papers = more.into_iter().take(20).map(|sample| (sample.row * 3, sample)).collect();
            let mut builder = Builder::new(&path, old.digest_table(), 1).unwrap();
            more.values().for_each(|sample| builder.push(&sample.doc()).unwrap());
            builder.extend(&old, &[1, 2, 5]).unwrap();
        }
    }
}

fn titled(row: i64, title: &str) -> Sample {
    Sample { key: format!("title:{row}"), ..Sample::titled(row, title) }
}

#[test]
fn a_large_library_learns_and_forgets_acronyms() {
    let words = ["Quiet", "Vectors", "Zoom", "of", "Nets", "and", "Trees"];
    let title = |row: i64| {
        let word = |step: i64| words[((row / step) % words.len() as i64) as usize];
        format!("{} {} {}", word(1), word(7), word(49))
    };
    let mut room = Room::new((1..9_990).map(|row| (row, titled(row, &title(row)))).collect());
    let new = |rows: std::ops::Range<i64>| rows.map(|row| titled(row, &title(row))).collect::<Vec<_>>();
    assert!(room.change(&[], new(9_990..10_050)).is_some());
    assert!(room.is_as_built(), "now it is large and has no initialisms");
    assert!(room.change(&[3], vec![titled(20_000, "QVZ for all"), titled(20_001, "Quiet Volume Zero")]).is_some());
    assert!(room.is_as_built(), "an acronym is known, with the titles that always had these initials");
    assert!(room.change(&[], vec![titled(20_002, "Quick Visual Zebras")]).is_some());
    assert!(room.is_as_built());
    assert!(room.change(&[20_000], vec![]).is_some());
    assert!(room.is_as_built(), "nobody says it any more");
    let gone: Vec<i64> = (1..100).collect();
    assert!(room.change(&gone, vec![]).is_none(), "a small library has all initialisms");
}

#[test]
fn another_day_of_a_digest_takes_all_papers() {
    let mut sample = titled(1, "Seen");
    sample.digests = vec![(1, Some(2))];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old");
    builder(&path, &digests(), [sample].into_iter()).finish().unwrap();
    let old = Index::open(&path).unwrap().unwrap();
    let before = fs::read(&path).unwrap();
    let mut other = digests();
    other[1].day = Some("2025-03-15".parse().unwrap());
    let extend = |table: &[DigestRow], gone: &[i64]| Builder::new(&path, table, 9).unwrap().extend(&old, gone).unwrap();
    assert!(extend(&other, &[]).is_none());
    assert!(extend(&other[..1], &[]).is_none(), "a digest that papers were seen in is not there");
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
