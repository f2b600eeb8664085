//! Measures how fast a library answers on this machine: openings, searches, facet counts, sort orders, abstracts, changes of state.
//!
//! It changes nothing in the library: stars are set and removed in a copy of `user.db`. What cannot be measured is left out. Printing the
//! figures is up to the caller.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::maintenance::expect_library;
use super::search::{Elsewhere, HighlightedText, Hits, highlight_patterns, highlights};
use super::{Library, now_milliseconds};
use crate::domain::identity::PaperKey;
use crate::domain::query::{Query, Sort, SortBy};
use crate::domain::reading::Change;
use crate::error::Result;
use crate::store::UserStore;
use crate::temporary::TemporaryFolder;

/// Queries that are typed letter by letter.
const QUERIES: [&str; 12] = [
    "lora quant",
    "speculative decoding",
    "memory efficient training",
    "attention is all you need",
    "difusion transfomer",
    "graph neural networks for molecules",
    "low-rank adaptation",
    "zhang language models",
    "moe routing",
    "privacy over time",
    "dark matter halos",
    "random matrices spectrum",
];
/// Queries for the text of abstracts: rare and frequent words and phrases, and the three most frequent words of all.
const ABSTRACT_QUERIES: [&str; 16] = [
    "\"speculative decoding\"",
    "abs:diffusion abs:transformer",
    "\"dark matter\"",
    "abs:entropy",
    "abs:graph abs:molecul",
    "\"low rank\"",
    "abs:privacy -abs:federated",
    "abs:quantum abs:simulation",
    "abs:regularization",
    "\"large language models\"",
    "abs:memory abs:efficient abs:training",
    "abs:'former",
    "abs:galax",
    "\"state of the art\"",
    "abs:sparse abs:attention",
    "abs:the abs:of abs:in",
];
/// Rows of one screen.
const SCREEN_ROWS: usize = 50;
pub(super) const OPENINGS: usize = 9;
const FACET_ROUNDS: usize = 5;
const ABSTRACTS: usize = 1000;
const ABSTRACT_QUERY_ROUNDS: usize = 5;
const SIMILAR: usize = 50;
const STARS: usize = 50;
/// Begins the name of the folder with the copy of `user.db`.
pub(super) const TEMPORARY: &str = "bench.tmp-";

/// All figures of one library.
#[derive(Clone, Debug, PartialEq)]
pub struct Benchmark {
    /// Papers in the index.
    pub papers: usize,
    /// Those with at least one time.
    pub measurements: Vec<Measurement>,
    /// Memory of this process that is not backed by files, in MB (2^20 bytes); None where the system does not report it.
    pub private_mb: Option<f64>,
}

/// The times of one operation that was repeated.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    pub operation: &'static str,
    /// Milliseconds, in the order they were measured.
    pub times: Vec<f64>,
    /// The longest time in milliseconds, and its input; empty where the input is always the same.
    pub worst: (f64, String),
}

impl Measurement {
    pub(super) fn new(operation: &'static str) -> Self {
        Self { operation, times: Vec::new(), worst: (0.0, String::new()) }
    }

    /// Measures one run with this input.
    pub(super) fn time<T>(&mut self, input: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
        let clock = Instant::now();
        let result = run()?;
        let time = clock.elapsed().as_secs_f64() * 1e3;
        self.times.push(time);
        if time > self.worst.0 {
            self.worst = (time, input.to_owned());
        }
        Ok(result)
    }

    /// The smallest of the measured times that `percent` in a hundred do not exceed, in milliseconds; 0 when there are none.
    pub fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.times.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(place).copied().unwrap_or(0.0)
    }
}

/// Measures the library in a folder. `queries` are typed in addition to the built-in ones; `draw_first_frame` draws the first frame of
/// the reader on this library into memory. A usage error when there is no library in the folder.
pub fn measure(dir: &Path, queries: &[String], draw_first_frame: &dyn Fn() -> Result<()>) -> Result<Benchmark> {
    expect_library(dir)?;
    let queries: Vec<&str> = QUERIES.into_iter().chain(queries.iter().map(String::as_str)).collect();
    // Brings an outdated index up to date, so that the measured openings find a current one.
    let mut library = Library::open(dir)?;
    let papers = library.snapshot.index.len();
    let mut measurements = vec![openings(dir)?, repeated("first frame", OPENINGS, draw_first_frame)?];
    // As the reader does in the background.
    library.snapshot.index.prefault();
    measurements.extend(keys(&mut library, &queries)?);
    measurements.push(facets(&mut library, &queries)?);
    measurements.push(orders(&mut library)?);
    if !library.wants_full_text()? {
        measurements.push(abstract_queries(&mut library)?);
        measurements.push(similar(&mut library)?);
    }
    measurements.extend(abstracts(&library)?);
    measurements.push(stars(&library)?);
    measurements.retain(|measurement| !measurement.times.is_empty());
    Ok(Benchmark { papers, measurements, private_mb: private_memory() })
}

/// From opening the library to the rows of the first screen.
fn openings(dir: &Path) -> Result<Measurement> {
    repeated("open, first rows", OPENINGS, || {
        let mut library = Library::open(dir)?;
        let query = Query::default();
        let hits = library.find(&query)?;
        build_screen(&library, &query, &hits);
        Ok(())
    })
}

/// The same operation measured several times.
pub(super) fn repeated(
    operation: &'static str,
    times: usize,
    mut run: impl FnMut() -> Result<()>,
) -> Result<Measurement> {
    let mut measurement = Measurement::new(operation);
    for _ in 0..times {
        measurement.time("", &mut run)?;
    }
    Ok(measurement)
}

/// Reads what the rows of the first screen show, with the matched characters of the titles.
fn build_screen(library: &Library, query: &Query, hits: &Hits) {
    let index = &library.snapshot.index;
    let patterns = highlight_patterns(query);
    for doc in hits.page(0, SCREEN_ROWS) {
        let title = index.title(doc);
        black_box((
            highlights(&patterns, &hits.approximate, (HighlightedText::Title, title)),
            index.first_author(doc),
            index.year(doc),
            index.votes(doc),
        ));
    }
}

/// Every query typed letter by letter; after each letter the first screen, and the papers that have the words elsewhere, which follow.
fn keys(library: &mut Library, queries: &[&str]) -> Result<[Measurement; 2]> {
    let (mut first, mut whole) = (Measurement::new("a key of a query"), Measurement::new("words elsewhere"));
    for text in queries {
        let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
        for typed in ends.filter_map(|end| text.get(..end)) {
            let query = Query::parse(typed);
            let begun = first.time(typed, || {
                let begun = library.begin(&query, &|| false);
                begun.iter().for_each(|hits| build_screen(library, &query, hits));
                Ok(begun)
            })?;
            if let Some(begun) = begun.filter(|begun| begun.elsewhere == Elsewhere::Awaited) {
                whole.time(typed, || {
                    if let Some(hits) = library.complete(&query, &begun, &|| false) {
                        build_screen(library, &query, &hits);
                    }
                    Ok(())
                })?;
            }
        }
    }
    Ok([first, whole])
}

/// Counts of every facet, for all papers and for the first word of each query.
fn facets(library: &mut Library, queries: &[&str]) -> Result<Measurement> {
    let mut measurement = Measurement::new("facets");
    let words = queries.iter().filter_map(|text| text.split_whitespace().next());
    for text in [""].into_iter().chain(words) {
        let query = Query::parse(text);
        let hits = library.find(&query)?;
        for _ in 0..FACET_ROUNDS {
            measurement.time(if text.is_empty() { "all papers" } else { text }, || {
                black_box(library.facets(&query, &hits, &|| false));
                Ok(())
            })?;
        }
    }
    Ok(measurement)
}

/// The first screen of all papers in every order.
fn orders(library: &mut Library) -> Result<Measurement> {
    let mut measurement = Measurement::new("an order of all");
    for by in SortBy::ALL.into_iter().filter(|by| *by != SortBy::Relevance) {
        for (descending, sign) in [(false, ""), (true, "-")] {
            let query = Query { sort: vec![Sort { by, descending }], ..Query::default() };
            measurement.time(&format!("sort:{sign}{}", by.name()), || {
                let hits = library.find(&query)?;
                build_screen(library, &query, &hits);
                Ok(())
            })?;
        }
    }
    Ok(measurement)
}

/// Words and phrases of abstracts. Two runs of one query are far enough apart that the second is not answered from memory.
fn abstract_queries(library: &mut Library) -> Result<Measurement> {
    let mut measurement = Measurement::new("abstracts, first 50");
    for _ in 0..ABSTRACT_QUERY_ROUNDS {
        for text in ABSTRACT_QUERIES {
            measurement.time(text, || {
                let hits = library.find(&Query::parse(text))?;
                black_box(hits.page(0, SCREEN_ROWS));
                Ok(())
            })?;
        }
    }
    Ok(measurement)
}

/// Papers like one, for papers from all over the library.
fn similar(library: &mut Library) -> Result<Measurement> {
    let mut measurement = Measurement::new("papers like one");
    let index = Arc::clone(&library.snapshot.index);
    for (doc, _) in (0..).zip(0..index.len()).step_by(index.len().div_ceil(SIMILAR).max(1)) {
        let text = format!("similar:{}", index.key(doc));
        measurement.time(&text, || {
            let hits = library.find(&Query::parse(&text))?;
            black_box(hits.page(0, SCREEN_ROWS));
            Ok(())
        })?;
    }
    Ok(measurement)
}

/// Papers from all over the library, each read with its abstract; and each rendered for reading.
fn abstracts(library: &Library) -> Result<[Measurement; 2]> {
    let (mut read, mut rendered) = (Measurement::new("an abstract by id"), Measurement::new("a page, rendered"));
    let index = &library.snapshot.index;
    let step = index.len().div_ceil(ABSTRACTS).max(1);
    for (doc, _) in (0..).zip(0..index.len()).step_by(step) {
        let name = index.key(doc);
        if let Some(key) = PaperKey::from_stored(name) {
            read.time(name, || library.records(std::slice::from_ref(&key)))?;
            rendered.time(name, || library.detail(&key))?;
        }
    }
    Ok([read, rendered])
}

/// A star set and removed, each on the disk before the next, in a copy of `user.db`: beside it where the folder can be written, so that
/// the same disk is measured.
fn stars(library: &Library) -> Result<Measurement> {
    let mut measurement = Measurement::new("a star, durable");
    let index = &library.snapshot.index;
    let (dir, newest) = (library.dir(), (!index.is_empty()).then(|| PaperKey::from_stored(index.key(0))).flatten());
    let (Some(key), Ok(scratch)) = (newest, scratch_folder(dir)) else {
        return Ok(measurement);
    };
    let copy = scratch.path();
    library.user.copy_to(copy)?;
    let mut user = UserStore::open(copy, "bench")?;
    let starred = user.reading(key.as_str())?.starred;
    for _ in 0..STARS {
        for star in [!starred, starred] {
            let change = [Change::Star(key.clone(), star)];
            measurement.time("", || user.apply(&change, "measured", now_milliseconds()))?;
        }
    }
    Ok(measurement)
}

/// In a folder that cannot be written, elsewhere.
pub(super) fn scratch_folder(dir: &Path) -> std::io::Result<TemporaryFolder> {
    TemporaryFolder::new(dir, TEMPORARY).or_else(|_| TemporaryFolder::new(&std::env::temp_dir(), TEMPORARY))
}

pub(super) fn private_memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_measured_times() {
        let of = |times: Vec<f64>| Measurement { times, ..Measurement::new("") };
        let hundred = of((1..=100).rev().map(f64::from).collect());
        assert_eq!((hundred.percentile(50), hundred.percentile(99)), (50.0, 99.0));
        assert_eq!(
            (of(vec![2.0]).percentile(50), of(vec![2.0]).percentile(99), of(vec![]).percentile(99)),
            (2.0, 2.0, 0.0)
        );
    }
}
