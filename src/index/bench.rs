//! Measures building and searching on a corpus given by the environment; never part of a normal test run:
//! `TSUNDOKU_CORPUS=papers.jsonl cargo test --release --lib index::bench -- --ignored --nocapture`
//! The corpus is JSON lines in the shape of the arXiv snapshot. Prints medians, 99th percentiles and worst times in milliseconds.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use jiff::civil::date;
use serde::Deserialize;

use super::sample::{NoAbstracts, NoNotes};
use super::{
    DigestRow, Doc, DocId, HighlightedText, Hits, Index, IndexBuilder, PaperFlags, ReadingStates, SearchEngine,
    SearchView, SegmentedIndex, facets, highlight_patterns, highlights,
};
use crate::domain::date::PartialDate;
use crate::domain::query::{Filter, How, Query, Sort, SortBy, Term, Word};

#[derive(Deserialize)]
struct CorpusLine {
    id: String,
    title: String,
    categories: String,
    versions: Vec<Version>,
    authors_parsed: Vec<Vec<String>>,
}

#[derive(Deserialize)]
struct Version {
    created: String,
}

fn day(created: &str) -> Option<PartialDate> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = created.split(' ').skip(1);
    let day = parts.next()?.parse().ok()?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as u8 + 1;
    PartialDate::new(parts.next()?.parse().ok()?, Some(month), Some(day))
}

fn build(corpus: &Path, path: &Path) {
    let digest = DigestRow { id: "arxiv:snapshot".into(), source: "arxiv".into(), label: "Snapshot".into(), day: None };
    let (mut reading, mut building) = (0.0, 0.0);
    let mut clock = Instant::now();
    let mut lap = |total: &mut f64| {
        *total += clock.elapsed().as_secs_f64();
        clock = Instant::now();
    };
    let mut builder = IndexBuilder::new(path, &[digest], 1).unwrap();
    for (row, line) in (1..).zip(BufReader::with_capacity(1 << 20, fs::File::open(corpus).unwrap()).lines()) {
        let line: CorpusLine = serde_json::from_str(&line.unwrap()).unwrap();
        let name = |parts: &Vec<String>| format!("{} {}", parts[1], parts[0]).trim().to_owned();
        let authors: Vec<String> = line.authors_parsed.iter().map(name).collect();
        let categories: Vec<String> = line.categories.split(' ').map(str::to_owned).collect();
        let title = line.title.replace("\n ", "");
        let key = format!("arxiv:{}", line.id);
        lap(&mut reading);
        let doc = Doc {
            row,
            key: &key,
            title: &title,
            authors: &authors,
            date: line.versions.first().and_then(|version| day(&version.created)),
            added: 1_700_000_000 + row / 1000,
            votes: (row % 1000 == 0).then_some(row as u32 % 97),
            flags: if row % 5 == 0 { PaperFlags::CODE.with(PaperFlags::PDF) } else { PaperFlags::PDF },
            categories: &categories,
            digests: &[(0, None)],
        };
        builder.push(&doc).unwrap();
        lap(&mut building);
    }
    lap(&mut reading);
    let before = memory();
    let built = builder.finish().unwrap();
    let finish = clock.elapsed().as_secs_f64();
    println!(
        "build: {} papers, {:.1} MB, pushing {building:.2} s, finishing {finish:.2} s (reading JSON {reading:.1} s)",
        built.papers,
        built.bytes as f64 / 1e6
    );
    println!("memory before finishing {before}; after {}", memory());
}

/// Extends the index by fifty new and fifty changed papers, into another file.
fn extend(path: &Path) {
    let old = Index::open(path).unwrap().unwrap();
    let step = old.len() as DocId / 50;
    let clock = Instant::now();
    assert!(old.verify());
    let verified = clock.elapsed().as_secs_f64();
    let beside = path.with_extension("extended");
    let mut builder = IndexBuilder::new(&beside, old.digest_table(), 2).unwrap();
    let mut rows = Vec::new();
    for number in 0..50 {
        let doc = number * step;
        let authors: Vec<String> = old.authors(doc).split(", ").map(str::to_owned).collect();
        let categories: Vec<String> = old.categories(doc).map(str::to_owned).collect();
        let title = format!("{} of QZX", old.title(doc));
        let key = format!("arxiv:new{number}");
        let changed = Doc {
            row: old.row(doc),
            key: old.key(doc),
            title: old.title(doc),
            authors: &authors,
            date: old.date(doc),
            added: old.added(doc),
            votes: Some(number),
            flags: old.flags(doc),
            categories: &categories,
            digests: &[(0, Some(number))],
        };
        rows.push(changed.row);
        builder.push(&changed).unwrap();
        let row = old.highest_row() + 1 + i64::from(number);
        builder.push(&Doc { row, key: &key, title: &title, date: old.date(number % 3), ..changed }).unwrap();
    }
    let clock = Instant::now();
    let built = builder.extend(&old, &rows).unwrap().unwrap();
    let extended = clock.elapsed().as_secs_f64();
    println!(
        "extend by 50 new and 50 changed: {} papers, verifying {verified:.3} s, extending {extended:.3} s",
        built.papers
    );
    fs::remove_file(beside).unwrap();
}

/// Private and file-backed memory now, and the peak of private memory, which includes the page cache of the temporary file.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|value| value.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    format!("private {} MB, mapped {} MB, peak {} MB", field("RssAnon"), field("RssFile"), field("VmHWM"))
}

struct BenchRun<'a> {
    index: &'a Arc<SegmentedIndex>,
    states: &'a Arc<ReadingStates>,
    engine: SearchEngine,
}

impl BenchRun<'_> {
    fn search(&mut self, query: &Query) -> Hits {
        let view = SearchView {
            index: self.index,
            states: self.states,
            abstracts: &NoAbstracts,
            notes: &NoNotes,
            today: date(2026, 1, 1),
            cancelled: &|| false,
        };
        self.engine.search(&view, query).unwrap()
    }

    /// One timed search: the hits, the first screen of rows and its highlights.
    fn key(&mut self, text: &str) -> (f64, Hits) {
        let clock = Instant::now();
        let query = words(text);
        let hits = self.search(&query);
        let patterns = highlight_patterns(&query);
        for doc in hits.page(0, 50) {
            let title = (HighlightedText::Title, self.index.title(doc));
            std::hint::black_box(highlights(&patterns, &hits.approximate, title));
        }
        (clock.elapsed().as_secs_f64() * 1e3, hits)
    }
}

fn words(text: &str) -> Query {
    let word = |text: &str| Filter::Term(Term::Word(Word { text: text.into(), how: How::Fuzzy }));
    Query { filter: Filter::And(text.split_whitespace().map(word).collect()), ..Query::default() }
}

fn times(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    format!("p50 {:.2}  p99 {:.2}  worst {:.2}  ({} times)", at(0.5), at(0.99), at(1.0), times.len())
}

#[test]
#[ignore = "needs a corpus; see the head of this file"]
fn measure() {
    let corpus = PathBuf::from(std::env::var_os("TSUNDOKU_CORPUS").expect("TSUNDOKU_CORPUS names the corpus"));
    let path = corpus.with_extension("idx");
    if std::env::var_os("TSUNDOKU_KEEP").is_none() || !path.exists() {
        build(&corpus, &path);
    }
    for _ in 0..3 {
        extend(&path);
    }
    let clock = Instant::now();
    let index = Arc::new(SegmentedIndex::open(&path, None).unwrap().unwrap());
    let opened = clock.elapsed().as_secs_f64() * 1e3;
    let states = Arc::new(ReadingStates::new(index.len()));
    let mut run = BenchRun { index: &index, states: &states, engine: SearchEngine::new() };
    let first = run.search(&Query::default()).page(0, 50);
    let text: usize = first.iter().map(|doc| index.title(*doc).len()).sum();
    println!(
        "open {opened:.3} ms; and 50 newest {:.3} ms ({text} bytes); {}",
        clock.elapsed().as_secs_f64() * 1e3,
        memory()
    );
    let (time, _) = run.key("quant");
    println!("first search ever {time:.2} ms");
    let clock = Instant::now();
    index.prefault();
    let prefault = clock.elapsed().as_secs_f64() * 1e3;
    let clock = Instant::now();
    assert!(index.verify());
    println!("prefault {prefault:.0} ms, verify {:.0} ms", clock.elapsed().as_secs_f64() * 1e3);

    println!("one query, with an empty cache:");
    for text in [
        "m",
        "tr",
        "the",
        "attn",
        "models",
        "lora quant",
        "diffusion transformer",
        "speculative decoding",
        "efficient attention transformer",
        "zzqxjv",
        "mmry effcnt",
        "difusion transfomer",
        "the of and for a in",
        "wang models",
    ] {
        let mut spent = Vec::new();
        let mut count = 0;
        for _ in 0..11 {
            run.engine = SearchEngine::new();
            let (time, hits) = run.key(text);
            spent.push(time);
            count = hits.count;
        }
        println!("  {text:32} {count:8}  {}", times(spent));
    }
    println!("typing, key by key and back:");
    let mut all = Vec::new();
    let sentences = [
        "memory efficient training",
        "speculative decoding of large language models",
        "the attention is all you need",
        "zhang diffusion models",
        "low-rank adaptation",
        "graph neural networks for molecules",
    ];
    for sentence in sentences {
        let (mut spent, mut worst) = (Vec::new(), (0.0, String::new()));
        for _ in 0..5 {
            run.engine = SearchEngine::new();
            let letters = sentence.chars().count();
            for end in (1..=letters).chain((letters / 2..letters).rev()) {
                let text: String = sentence.chars().take(end).collect();
                let (time, _) = run.key(&text);
                spent.push(time);
                if time > worst.0 {
                    worst = (time, text);
                }
            }
        }
        all.extend_from_slice(&spent);
        println!("  {sentence:48} {}  worst at `{}`", times(spent), worst.1);
    }
    println!("  all sentences: {}; {}", times(all), memory());

    println!("sorts of the whole list, first screen; then the whole order:");
    for by in
        [SortBy::Date, SortBy::Added, SortBy::Title, SortBy::Author, SortBy::Votes, SortBy::Digest, SortBy::Status]
    {
        for descending in [false, true] {
            let clock = Instant::now();
            let query = Query { sort: vec![Sort { by, descending }], ..Query::default() };
            let hits = run.search(&query);
            hits.page(0, 60);
            let first = clock.elapsed().as_secs_f64() * 1e3;
            hits.complete();
            println!("  {by:?} {descending}: {first:.1} ms, {:.1} ms", clock.elapsed().as_secs_f64() * 1e3);
        }
    }
    println!("facets:");
    for text in ["", "models", "m", "training", "speculative decoding"] {
        let hits = run.search(&words(text));
        let mut spent = Vec::new();
        for _ in 0..15 {
            let clock = Instant::now();
            std::hint::black_box(facets(&index, &states, &hits.papers()));
            spent.push(clock.elapsed().as_secs_f64() * 1e3);
        }
        println!("  {text:24} {:8} of {}: {}", hits.count, index.len(), times(spent));
    }
    let clock = Instant::now();
    let hits = run.search(&words("models"));
    hits.complete();
    println!("whole order of `models`: {:.1} ms; {}", clock.elapsed().as_secs_f64() * 1e3, memory());
}
