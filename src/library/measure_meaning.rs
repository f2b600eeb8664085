//! Measures how well and how fast descriptions find papers, in a library and with queries given by the environment; never part of a normal test run:
//! `TSUNDOKU_LIBRARY=FOLDER TSUNDOKU_DESCRIPTIONS=queries.tsv cargo test --release --lib library::measure_meaning -- --ignored --nocapture`
//! A line of the file is a description, a tab and the title of its paper. Prints the shares of descriptions whose paper is first, among the
//! first five and the first twenty, by meaning and by BM25 of the words themselves; how many the one has among twenty and the other has not; times in
//! milliseconds; and the private memory that the searches took.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use super::Library;
use super::measure::private_memory;
use crate::domain::fold;
use crate::domain::query::Query;
use crate::index::PaperSet;
use crate::library::search::DocId;

fn folded(title: &str) -> String {
    fold::words(title).collect::<Vec<_>>().join(" ")
}

/// Places of the papers that were asked for; None beyond what was found.
fn report(name: &str, places: &[Option<usize>]) {
    let share = |most: usize| {
        let found = places.iter().filter(|place| place.is_some_and(|place| place < most)).count();
        found as f64 / places.len() as f64
    };
    println!(
        "{name}: {} descriptions, first {:.3}, five {:.3}, twenty {:.3}",
        places.len(),
        share(1),
        share(5),
        share(20)
    );
}

#[test]
#[ignore = "needs a library; see the head of this file"]
fn measure() {
    let folder = PathBuf::from(std::env::var("TSUNDOKU_LIBRARY").unwrap());
    let queries = fs::read_to_string(std::env::var("TSUNDOKU_DESCRIPTIONS").unwrap()).unwrap();
    let queries: Vec<(&str, String)> = queries
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(query, title)| (query, folded(title.split('\t').next().unwrap_or(title))))
        .collect();
    let mut library = Library::open(&folder).unwrap();
    let place = |library: &Library, docs: &[DocId], title: &str| {
        docs.iter().position(|doc| folded(library.snapshot().title(*doc)) == title)
    };
    // The first search opens the full text.
    library.find(&Query::parse("~robot")).unwrap();
    let before = private_memory().unwrap();
    let (mut by_meaning, mut by_words, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for (query, title) in &queries {
        let started = Instant::now();
        let hits = library.find(&Query::parse(&format!("~{query}"))).unwrap();
        times.push(started.elapsed().as_secs_f64() * 1000.0);
        by_meaning.push(place(&library, &hits.page(0, 200), title));
        let words = library
            .with_abstracts(|abstracts, papers| abstracts.by_some_words(query, &PaperSet::all(papers), 200).unwrap());
        let docs: Vec<DocId> = words.iter().map(|paper| paper.doc).collect();
        by_words.push(place(&library, &docs, title));
    }
    let after = private_memory().unwrap();
    report("by meaning", &by_meaning);
    report("by words", &by_words);
    let is_found = |place: &Option<usize>| place.is_some_and(|place| place < 20);
    let pairs = || by_meaning.iter().zip(&by_words).map(|(one, other)| (is_found(one), is_found(other)));
    let count = |pair: (bool, bool)| pairs().filter(|found| *found == pair).count();
    println!("among twenty by meaning only {}, by words only {}", count((true, false)), count((false, true)));
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("times: median {:.0}, p95 {:.0}, most {:.0} ms", at(0.5), at(0.95), at(1.0));
    println!("private memory: {before:.1} MB after the first search, {after:.1} MB after all");
}
