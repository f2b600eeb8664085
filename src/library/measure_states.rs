//! Measures a library as after years of use: on a copy with many reading states, what is done every day. Some states are of papers that
//! are not in the library, some under a title that the paper has no longer as its key.

use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use super::export::{FORMATS, Format};
use super::maintenance::expect_library;
use super::measure::{Benchmark, Measurement, OPENINGS, private_memory, repeated, scratch_folder};
use super::{INDEX, ImportRequest, Library, PaperList, now_milliseconds};
use crate::domain::identity::{PaperKey, title_key};
use crate::domain::markup::Markup;
use crate::domain::query::Query;
use crate::domain::reading::{Change, Status, Tag};
use crate::error::{Error, IoContext, Result};
use crate::index::DocId;
use crate::store::UserStore;

/// Reading states to measure with.
#[derive(Clone, Copy, Debug)]
pub struct BenchStates {
    pub papers: usize,
    pub tags: usize,
}

const SINGLE_CHANGES: usize = 100;
/// Papers of a bulk change and of an export.
const BULK: usize = 10_000;
const EXPORTED: usize = 1000;
const IMPORTS: usize = 3;
/// Papers whose states are written as one batch.
const BATCH: usize = 500;
/// One state in so many is under a title.
const BY_TITLE: usize = 10;

/// Copies the library in a folder to a temporary folder inside it, makes reading states there and measures. `draw_first_frame` draws the first
/// frame of the reader on a library into memory. A usage error when there is no library in the folder; an error when the disk has no room for
/// the copy.
pub fn measure_with_states(
    dir: &Path,
    counts: BenchStates,
    draw_first_frame: &dyn Fn(&Path) -> Result<()>,
) -> Result<Benchmark> {
    expect_library(dir)?;
    // Brings an outdated index up to date.
    let library = Library::open(dir)?;
    let papers = library.snapshot().len();
    let scratch = scratch_folder(dir).at("make a folder in", dir)?;
    let copied = scratch.path();
    copy_library(&library, copied)?;
    drop(library);
    make_states(copied, counts)?;
    // The disk would write the copies while the changes wait for it.
    sync_folder(copied)?;
    let mut measurements = Vec::new();
    let mut first = Measurement::new("first start");
    first.time("", || draw_first_frame(copied))?;
    measurements.push(first);
    measurements.push(repeated("start", OPENINGS, || draw_first_frame(copied))?);
    measurements.push(repeated("a command", OPENINGS, || {
        let mut library = Library::open(copied)?;
        library.find(&Query::parse("lora quant")).map(drop)
    })?);
    let mut library = Library::open(copied)?;
    measurements.extend(changes(&mut library)?);
    measurements.extend(exports(&mut library)?);
    measurements.push(imports(&mut library, copied)?);
    measurements.retain(|measurement| !measurement.times.is_empty());
    Ok(Benchmark { papers, measurements, private_mb: private_memory() })
}

/// The databases are copied by the store, because others may have them open; the index has files that do not change.
fn copy_library(library: &Library, to: &Path) -> Result<()> {
    library.user.copy_to(to)?;
    library.papers.copy_to(to)?;
    let index = library.dir.join(INDEX);
    if index.is_dir() { copy_folder(&index, &to.join(INDEX)) } else { Ok(()) }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to).at("make the folder", to)?;
    for entry in fs::read_dir(from).at("read", from)? {
        let entry = entry.at("read", from)?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target).at("copy", &path)?;
        }
    }
    Ok(())
}

fn sync_folder(dir: &Path) -> Result<()> {
    for entry in fs::read_dir(dir).at("read", dir)? {
        let path = entry.at("read", dir)?.path();
        if path.is_dir() {
            sync_folder(&path)?;
        } else {
            File::open(&path).and_then(|file| file.sync_all()).at("write", &path)?;
        }
    }
    Ok(())
}

/// Spreads the states over all papers of the library; those that it has no papers for are of papers that it does not have.
fn make_states(dir: &Path, counts: BenchStates) -> Result<()> {
    let library = Library::open(dir)?;
    let snapshot = library.snapshot();
    drop(library);
    let step = (snapshot.len() / counts.papers.max(1)).max(1);
    let mut user = UserStore::open(dir, "bench")?;
    for first in (0..counts.papers).step_by(BATCH) {
        let mut changes = Vec::new();
        for number in first..counts.papers.min(first + BATCH) {
            let doc = DocId::try_from(number * step).ok().filter(|doc| (*doc as usize) < snapshot.len());
            let key = match doc {
                Some(doc) if number % BY_TITLE == 0 => PaperKey::title(&title_key(snapshot.title(doc), Markup::Plain)),
                Some(doc) => snapshot.key(doc)?,
                None => PaperKey::title(&format!("nopaper{number}")),
            };
            changes.extend(state_of(number, &key, counts.tags));
        }
        user.apply(&changes, "made", now_milliseconds())?;
    }
    Ok(())
}

/// The changes that make the state of one paper: a status for all, a star, a note and tags for some.
fn state_of(number: usize, key: &PaperKey, tags: usize) -> Vec<Change> {
    let status = Status::ALL.get(1 + number % (Status::ALL.len() - 1)).copied().unwrap_or_default();
    let mut changes = vec![Change::Status(key.clone(), status)];
    if number.is_multiple_of(3) {
        changes.push(Change::Star(key.clone(), true));
    }
    if number.is_multiple_of(2) {
        changes.push(Change::Seen(key.clone(), true));
    }
    if number.is_multiple_of(20) {
        changes.push(Change::Note(key.clone(), format!("note {number}")));
    }
    // Neighbours share no tag; most papers have one, some two.
    let places = (0..2).filter(|place| tags > 0 && !(number + place).is_multiple_of(3));
    let names = places.map(|place| format!("area{}/tag{}", number % 7, (number * 7919 + place) % tags));
    changes.extend(names.filter_map(|name| Tag::new(&name)).map(|tag| Change::Tag(key.clone(), tag)));
    changes
}

/// Changes through the library, as the reader makes them: with a snapshot that is on the screen meanwhile.
fn changes(library: &mut Library) -> Result<Vec<Measurement>> {
    let shown = library.snapshot();
    let most = |papers: usize| DocId::try_from(shown.len().min(papers)).unwrap_or(DocId::MAX);
    let (mut star, mut tag) = (Measurement::new("a star"), Measurement::new("a tag"));
    let name = Tag::new("measured").ok_or_else(|| Error::data("not a tag"))?;
    for doc in 0..most(SINGLE_CHANGES) {
        let key = shown.key(doc)?;
        let is_starred = shown.is_starred(doc);
        star.time("", || library.change(&[Change::Star(key.clone(), !is_starred)], "measured"))?;
        tag.time("", || library.change(&[Change::Tag(key, name.clone())], "measured"))?;
    }
    let (mut bulk, mut undo) = (Measurement::new("star 10,000"), Measurement::new("undo of it"));
    let keys = (0..most(BULK)).map(|doc| shown.key(doc)).collect::<Result<Vec<PaperKey>>>()?;
    for star in [true, false] {
        let changes: Vec<Change> = keys.iter().map(|key| Change::Star(key.clone(), star)).collect();
        bulk.time("", || library.change(&changes, "measured"))?;
        undo.time("", || library.undo())?;
    }
    Ok(vec![star, tag, bulk, undo])
}

/// A thousand papers from all over the library in every format, into nothing.
fn exports(library: &mut Library) -> Result<Vec<Measurement>> {
    let snapshot = library.snapshot();
    let docs = (0..).zip(0..snapshot.len()).map(|(doc, _)| doc).step_by(snapshot.len().div_ceil(EXPORTED).max(1));
    let papers = PaperList::from(docs.map(|doc: DocId| snapshot.key(doc)).collect::<Result<Vec<PaperKey>>>()?);
    let mut go_on = |_: usize, _: usize| ControlFlow::Continue(());
    let mut export = |format: &Format| {
        let mut measurement = Measurement::new(match format.name {
            "json" => "1,000 as JSON",
            "csv" => "1,000 as CSV",
            "bibtex" => "1,000 as BibTeX",
            _ => return Ok(None),
        });
        for _ in 0..2 {
            measurement.time("", || library.export(&papers, format, &mut io::sink(), &mut go_on))?;
        }
        Ok(Some(measurement))
    };
    FORMATS.iter().filter_map(|format| export(format).transpose()).collect()
}

/// One more paper, until it can be found.
fn imports(library: &mut Library, dir: &Path) -> Result<Measurement> {
    let mut measurement = Measurement::new("import of one");
    for number in 0..IMPORTS {
        let path = dir.join(format!("paper{number}.jsonl"));
        let line = format!("{{\"title\":\"One paper more, number {number}\",\"arxiv\":\"2912.0000{number}\"}}\n");
        fs::write(&path, line).at("write", &path)?;
        let request = ImportRequest { paths: vec![path], ..ImportRequest::default() };
        measurement.time("", || library.import(&request, &mut |_| ControlFlow::Continue(())))?;
    }
    Ok(measurement)
}
