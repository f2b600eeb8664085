//! Measures the library on this machine: what a reader does all day, timed. It changes nothing: the star that is given and taken back is
//! given in a copy of `user.db`. What it cannot measure it leaves out.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use super::arguments::BenchArguments;
use super::palette::Role;
use super::wording::{grouped, many, padded};
use super::{FirstFrame, Outcome, Session, choice, write_json_line};
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::query::{Query, Sort, SortBy};
use crate::domain::reading::Change;
use crate::error::{IoContext, Result};
use crate::index::{Hits, highlight_words, highlights};
use crate::library::{Library, health, now_milliseconds};
use crate::store::UserStore;

/// What is typed, letter by letter.
const SENTENCES: [&str; 12] = [
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
/// What is asked of abstracts: words and phrases, rare and frequent, and the three most frequent words that there are.
const OF_ABSTRACTS: [&str; 16] = [
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
/// Rows on a screen.
const SCREEN: usize = 50;
/// Columns and rows of a large terminal.
const FRAME: (u16, u16) = (200, 50);
const OPENINGS: usize = 9;
const FACETS: usize = 5;
const ABSTRACTS: usize = 1000;
const OF_ABSTRACTS_ROUNDS: usize = 5;
const SIMILAR: usize = 50;
const STARS: usize = 50;

/// Times of one thing that was done again and again, in milliseconds.
struct Times {
    what: &'static str,
    spent: Vec<f64>,
    /// The longest, and what it was spent on.
    worst: (f64, String),
}

impl Times {
    fn new(what: &'static str) -> Self {
        Self { what, spent: Vec::new(), worst: (0.0, String::new()) }
    }

    fn time<T>(&mut self, on: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let clock = Instant::now();
        let done = work()?;
        let spent = clock.elapsed().as_secs_f64() * 1e3;
        self.spent.push(spent);
        if spent > self.worst.0 {
            self.worst = (spent, on.to_owned());
        }
        Ok(done)
    }
}

pub(super) fn run(arguments: &BenchArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let dir = session.paths()?.data;
    health::expect_library(&dir)?;
    let mut sentences: Vec<String> = SENTENCES.map(str::to_owned).into();
    if let Some(path) = &arguments.queries {
        let text = fs::read_to_string(path).at("read", path)?;
        sentences.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
    }
    // Brings the index up to date where it is not; the openings that count come after it.
    let mut library = Library::open(&dir)?;
    let papers = library.snapshot().index.len();
    let mut measured = vec![openings(&dir)?, first_frames(&dir, session.first_frame)?];
    // As the reader does in the background.
    library.snapshot().index.prefault();
    measured.push(keys(&mut library, &sentences)?);
    measured.push(facets(&mut library, &sentences)?);
    measured.push(orders(&mut library)?);
    if !library.wants_full_text()? {
        measured.push(of_abstracts(&mut library)?);
        measured.push(similar(&mut library)?);
    }
    measured.extend(abstracts(&library)?);
    measured.push(stars(&library)?);
    measured.retain(|times| !times.spent.is_empty());
    let report = Report { papers, figures: measured.iter().map(Figure::new).collect(), private_mb: private_memory() };
    if arguments.json {
        write_json_line(&report, &mut session.out)?;
    } else {
        report.write_words(session)?;
    }
    Ok(Outcome::Done)
}

/// From nothing to the rows of the first screen.
fn openings(dir: &Path) -> Result<Times> {
    let mut times = Times::new("open, first rows");
    for _ in 0..OPENINGS {
        times.time("", || {
            let mut library = Library::open(dir)?;
            let query = Query::default();
            let hits = choice::search(&mut library, &query)?;
            screen(&library, &query, &hits);
            Ok(())
        })?;
    }
    Ok(times)
}

/// From nothing to the first frame of the reader, drawn into memory.
fn first_frames(dir: &Path, first_frame: FirstFrame) -> Result<Times> {
    let mut times = Times::new("first frame");
    for _ in 0..OPENINGS {
        times.time("", || first_frame(dir, FRAME))?;
    }
    Ok(times)
}

/// Builds the rows of the first screen, the letters searched for found.
fn screen(library: &Library, query: &Query, hits: &Hits) {
    let index = &library.snapshot().index;
    let words = highlight_words(query);
    for doc in hits.page(0, SCREEN) {
        let title = index.title(doc);
        black_box((highlights(&words, title), index.first_author(doc), index.year(doc), index.votes(doc)));
    }
}

/// Every sentence typed, a letter at a time; after each letter the first screen.
fn keys(library: &mut Library, sentences: &[String]) -> Result<Times> {
    let mut times = Times::new("a key of a query");
    for sentence in sentences {
        let ends = sentence.char_indices().map(|(at, c)| at + c.len_utf8());
        for typed in ends.filter_map(|end| sentence.get(..end)) {
            times.time(typed, || {
                let query = Query::parse(typed);
                let hits = choice::search(library, &query)?;
                screen(library, &query, &hits);
                Ok(())
            })?;
        }
    }
    Ok(times)
}

/// Counts of every facet, for all papers and for each sentence's first word.
fn facets(library: &mut Library, sentences: &[String]) -> Result<Times> {
    let mut times = Times::new("facets");
    let words = sentences.iter().filter_map(|sentence| sentence.split_whitespace().next());
    for text in [""].into_iter().chain(words) {
        let query = Query::parse(text);
        let hits = choice::search(library, &query)?;
        for _ in 0..FACETS {
            times.time(if text.is_empty() { "all papers" } else { text }, || {
                black_box(library.facets(&query, &hits));
                Ok(())
            })?;
        }
    }
    Ok(times)
}

/// The first screen of all papers in every order.
fn orders(library: &mut Library) -> Result<Times> {
    let mut times = Times::new("an order of all");
    for by in SortBy::ALL.into_iter().filter(|by| *by != SortBy::Relevance) {
        for (descending, sign) in [(false, ""), (true, "-")] {
            let query = Query { sort: vec![Sort { by, descending }], ..Query::default() };
            times.time(&format!("sort:{sign}{}", by.name()), || {
                let hits = choice::search(library, &query)?;
                screen(library, &query, &hits);
                Ok(())
            })?;
        }
    }
    Ok(times)
}

/// Words and phrases of abstracts, one query after the other, so that none is answered from what was kept.
fn of_abstracts(library: &mut Library) -> Result<Times> {
    let mut times = Times::new("abstracts, first 50");
    for _ in 0..OF_ABSTRACTS_ROUNDS {
        for text in OF_ABSTRACTS {
            times.time(text, || {
                let query = Query::parse(text);
                let hits = choice::search(library, &query)?;
                black_box(hits.page(0, SCREEN));
                Ok(())
            })?;
        }
    }
    Ok(times)
}

/// Papers like one, for papers from all over the library.
fn similar(library: &mut Library) -> Result<Times> {
    let mut times = Times::new("papers like one");
    let index = Arc::clone(&library.snapshot().index);
    for (doc, _) in (0..).zip(0..index.len()).step_by(index.len().div_ceil(SIMILAR).max(1)) {
        let text = format!("similar:{}", index.key(doc));
        times.time(&text, || {
            let hits = choice::search(library, &Query::parse(&text))?;
            black_box(hits.page(0, SCREEN));
            Ok(())
        })?;
    }
    Ok(times)
}

/// Papers from all over the library, each read with its abstract; and each made ready to be shown.
fn abstracts(library: &Library) -> Result<[Times; 2]> {
    let (mut read, mut shown) = (Times::new("an abstract by id"), Times::new("a page, rendered"));
    let index = &library.snapshot().index;
    let step = index.len().div_ceil(ABSTRACTS).max(1);
    for (doc, _) in (0..).zip(0..index.len()).step_by(step) {
        let name = index.key(doc);
        if let Some(key) = PaperKey::from_stored(name) {
            read.time(name, || library.records(std::slice::from_ref(&key)))?;
            shown.time(name, || library.detail(&key))?;
        }
    }
    Ok([read, shown])
}

/// A star given and taken, each on the disk before the next, in a copy of `user.db` that lies beside it where that can be.
fn stars(library: &Library) -> Result<Times> {
    let mut times = Times::new("a star, durable");
    let index = &library.snapshot().index;
    let (dir, newest) = (library.dir(), (!index.is_empty()).then(|| PaperKey::from_stored(index.key(0))).flatten());
    let (Some(key), Ok(scratch)) = (newest, tempfile::tempdir_in(dir).or_else(|_| tempfile::tempdir())) else {
        return Ok(times);
    };
    for name in ["user.db", "user.db-wal"] {
        if dir.join(name).exists() {
            fs::copy(dir.join(name), scratch.path().join(name)).at("copy", &dir.join(name))?;
        }
    }
    let mut user = UserStore::open(scratch.path(), "bench")?;
    let starred = user.state()?.readings.get(&key).is_some_and(|reading| reading.starred);
    for _ in 0..STARS {
        for star in [!starred, starred] {
            let change = [Change::Star(key.clone(), star)];
            times.time("", || user.apply(&change, "measured", now_milliseconds()))?;
        }
    }
    Ok(times)
}

/// Memory of this process that no file stands behind, in MB, where the system tells.
fn private_memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(rounded(kilobytes / 1024.0))
}

#[derive(Serialize)]
struct Report {
    papers: usize,
    figures: Vec<Figure>,
    private_mb: Option<f64>,
}

#[derive(Serialize)]
struct Figure {
    what: &'static str,
    times: usize,
    p50_ms: f64,
    p99_ms: f64,
    worst_ms: f64,
    /// What the worst was spent on; empty where it is always the same.
    worst: String,
}

impl Figure {
    fn new(times: &Times) -> Self {
        let mut spent = times.spent.clone();
        spent.sort_by(f64::total_cmp);
        let (worst_ms, worst) = &times.worst;
        Self {
            what: times.what,
            times: spent.len(),
            p50_ms: rounded(percentile(&spent, 50)),
            p99_ms: rounded(percentile(&spent, 99)),
            worst_ms: rounded(*worst_ms),
            worst: worst.clone(),
        }
    }
}

/// The least of the sorted times that so many in a hundred do not exceed.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or(0.0)
}

fn rounded(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

impl Report {
    fn write_words(&self, session: &mut Session<'_>) -> Result<()> {
        let palette = session.palette();
        writeln!(session.out, "{}", palette.paint(Role::Title, many(self.papers, "paper")))?;
        let head = format!("{:<18}{:>7}{:>12}{:>12}{:>12}", "", "times", "p50 ms", "p99 ms", "worst ms");
        writeln!(session.out, "{}", palette.paint(Role::Dim, head))?;
        for figure in &self.figures {
            let Figure { what, times, p50_ms, p99_ms, worst_ms, worst } = figure;
            let (what, worst) = (padded(&Clean::new(what), 18), Clean::new(worst));
            let line = format!("{what}{:>7}{p50_ms:>12.3}{p99_ms:>12.3}{worst_ms:>12.3}  {worst}", grouped(*times));
            writeln!(session.out, "{}", line.trim_end())?;
        }
        if let Some(private) = self.private_mb {
            writeln!(session.out, "private memory {private:.1} MB")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!((percentile(&hundred, 50), percentile(&hundred, 99)), (50.0, 99.0));
        assert_eq!((percentile(&[2.0], 50), percentile(&[2.0], 99), percentile(&[], 99)), (2.0, 2.0, 0.0));
    }
}
