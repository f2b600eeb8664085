//! Free words in small libraries against a loop over the texts of all papers: which papers are found, in which band and in which order, with
//! abstracts, notes and tags that changed a moment ago, before and after the full text and the index are built.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::search::Elsewhere;
use super::{INDEX, IndexingPriority, Library};
use crate::domain::identity::PaperKey;
use crate::domain::paper::Paper;
use crate::domain::query::{Filter, How, Query, Term, Word};
use crate::domain::reading::{Change, Tag};
use crate::domain::record::Record;
use crate::index::{AbstractPattern, RankedPaper, abstract_terms};
use crate::store::PaperStore;

/// No two of them are the initials of others.
const WORDS: [&str; 9] = ["kite", "kites", "lorax", "stitching", "stiching", "stitch", "rank", "low-rank", "数据集"];

/// One of them, and what it is a misspelling of where twice as many titles have that.
const MISSPELT: (&str, &str) = ("stiching", "stitching");

/// Words of which one is not the beginning of the other, and which are forms of one word.
const FORMS: [(&str, &str); 4] =
    [("kites", "kite"), ("stitching", "stitch"), ("stitches", "stitch"), ("stitches", "stitching")];

/// What a user may search for: also beginnings, parts and misspelt words.
const ASKED: [&str; 16] = [
    "stitching",
    "stiching",
    "'stiching",
    "stitches",
    "kit",
    "kite",
    "kites",
    "lor",
    "lorxa",
    "stitch",
    "'titch",
    "^rank",
    "low-rank",
    "数据",
    "'rax",
    "zzzz",
];

#[derive(Clone, Debug)]
struct Sample {
    number: usize,
    title: String,
    author: String,
    text: String,
    note: String,
    tag: String,
}

impl Sample {
    fn key(&self) -> PaperKey {
        PaperKey::parse(&format!("2401.{:05}", self.number + 1)).unwrap()
    }

    /// Whether a word stands in title or authors, in whole or in part.
    fn has_in_titles(&self, word: &Word) -> bool {
        let terms = |text: &str| -> Vec<String> {
            let text = text.to_lowercase();
            text.split(' ').map(|word| word.replace('-', "")).chain(text.split([' ', '-']).map(str::to_owned)).collect()
        };
        let title = terms(&self.title);
        if word.how == How::Fuzzy && title.iter().any(|term| FORMS.contains(&(word.text.as_str(), term.as_str()))) {
            return true;
        }
        let terms = [title, terms(&self.author)].concat();
        let has = |part: &str| match word.how {
            How::Fuzzy | How::Exact => terms.iter().any(|term| term.contains(part)),
            How::Prefix => terms.iter().any(|term| term.starts_with(part)),
        };
        word.text.split('-').all(has) || has(&word.text.replace('-', ""))
    }

    /// Whether a word matches in title or authors: also by its letters where no paper has it. By these, the words of one title or name at a
    /// time match as the tests of the index define it; here the index is asked for single words, so that only what is joined is tested.
    fn in_titles(&self, library: &mut Library, samples: &[Self], word: &Word) -> bool {
        if samples.iter().any(|sample| sample.has_in_titles(word) || sample.elsewhere(word)) {
            return self.has_in_titles(word) || self.is_spelt_otherwise(samples, word);
        }
        let [title, author] = [Term::Title, Term::Author].map(|field| {
            let filter = Filter::Term(field(crate::domain::query::Pattern::Word(word.clone())));
            let hits = library.find(&Query { filter, ..Query::default() }).unwrap();
            hits.contains(library.snapshot().find(&self.key()).unwrap())
        });
        title || author
    }

    /// Whether a misspelt word stands in the title as it is usually spelt.
    fn is_spelt_otherwise(&self, samples: &[Self], word: &Word) -> bool {
        let (wrong, right) = MISSPELT;
        let is_in = |text: &str| AbstractPattern::word(wrong, How::Fuzzy).is_in(&abstract_terms(text));
        let count = |has: &dyn Fn(&Self) -> bool| samples.iter().filter(|sample| has(sample)).count();
        let texts = [
            count(&|sample| sample.has_in_titles(word)),
            count(&|sample| is_in(&sample.text)),
            count(&|sample| is_in(&sample.note)),
            count(&|sample| is_in(&sample.tag)),
        ];
        let papers = texts.into_iter().max().unwrap();
        let is_frequent = count(&|sample| sample.title == right) >= 2 * papers;
        word.text == wrong && word.how == How::Fuzzy && is_frequent && self.title == right
    }

    fn elsewhere(&self, word: &Word) -> bool {
        let pattern = AbstractPattern::word(&word.text, word.how);
        [&self.text, &self.note, &self.tag].into_iter().any(|text| pattern.is_in(&abstract_terms(text)))
    }
}

fn texts(length: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..length).prop_map(|words| words.join(" "))
}

fn sample() -> impl Strategy<Value = Sample> {
    let tag = prop::sample::select(vec!["", "", "", "kite", "area/stitching"]);
    let note = prop::sample::select(vec!["", "", "see Lorax", "rank: low"]);
    let title = prop::sample::select(WORDS.to_vec());
    (title, prop::sample::select(vec!["Ada Kite", "Bo Li"]), texts(7), note, tag).prop_map(
        |(title, author, text, note, tag)| {
            let [title, author, note, tag] = [title, author, note, tag].map(str::to_owned);
            Sample { number: 0, title, author, text, note, tag }
        },
    )
}

fn query() -> impl Strategy<Value = Vec<(String, bool)>> {
    let word = || prop::sample::select(ASKED.to_vec()).prop_map(str::to_owned);
    prop::collection::vec((word(), prop::bool::weighted(0.15)), 1..4)
}

fn import(dir: &Path, samples: &[Sample], version: u16) {
    let mut store = PaperStore::open(dir).unwrap();
    let mut import = store.import().unwrap();
    for sample in samples {
        let id = sample.key();
        let line = serde_json::json!({
            "arxiv": id.as_str().trim_start_matches("arxiv:"), "title": sample.title, "authors": [sample.author],
            "abstract": sample.text,
        });
        let paper = Record::from_json(&line.to_string()).unwrap().paper;
        import.add(&Paper { version: Some(version), ..paper }, 1).unwrap();
    }
    import.commit().unwrap();
}

fn mark(library: &mut Library, samples: &[Sample]) {
    let mut changes = Vec::new();
    for sample in samples {
        changes.push(Change::Note(sample.key(), sample.note.clone()));
        changes.extend(Tag::new(&sample.tag).map(|tag| Change::Tag(sample.key(), tag)));
    }
    library.change(&changes, "marked").unwrap();
}

fn build(library: &Library) {
    library.build_full_text(IndexingPriority::Foreground, &mut |_, _| ControlFlow::Continue(())).unwrap();
}

/// BM25 of a paper for the words of a query, by counting.
fn score(library: &mut Library, samples: &[Sample], sample: &Sample, words: &[Word]) -> f64 {
    let length = |sample: &Sample| abstract_terms(&sample.text).len() as f64 + (sample.title.len() / 8) as f64;
    let all = samples.len() as f64;
    let mean_text = samples.iter().map(|sample| abstract_terms(&sample.text).len() as f64).sum::<f64>() / all;
    let mean_title = samples.iter().map(|sample| sample.title.len() as f64).sum::<f64>() / all / 8.0;
    let mean = if mean_text > 0.0 { mean_text } else { 1.0 } + mean_title;
    let of_word = |library: &mut Library, word: &Word| {
        let pattern = AbstractPattern::word(&word.text, word.how);
        let is_counted = word.how != How::Exact && word.text.is_ascii() && !word.text.contains('-');
        let once = |text: &str| if pattern.is_in(&abstract_terms(text)) { 1.0 } else { 0.0 };
        let mut times = once(&sample.note) + once(&sample.tag);
        times += if sample.in_titles(library, samples, word) { 1.0 } else { 0.0 };
        times += if is_counted {
            let words = sample.text.split(|c: char| !c.is_alphanumeric());
            let counts = |found: &str| if found == word.text { 1.0 } else { 0.5 };
            let is_form = |found: &&str| FORMS.contains(&(word.text.as_str(), *found));
            words.filter(|found| found.starts_with(&word.text) || is_form(found)).map(counts).sum::<f64>()
        } else {
            once(&sample.text)
        };
        let having = |other: &&Sample| other.in_titles(library, samples, word) || other.elsewhere(word);
        let having = samples.iter().filter(having).count() as f64;
        let rarity = ((all - having + 0.5) / (having + 0.5)).ln_1p();
        rarity * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length(sample) / mean))
    };
    words.iter().map(|word| of_word(library, word)).sum()
}

/// What is found by rank, in its order and with its scores and reasons.
fn ranked(library: &mut Library) -> Vec<Vec<(String, RankedPaper)>> {
    let queries = ["~kite stitch", "~rank kites lorax", "similar:2401.00001", "similar:2401.00002"];
    let found = queries.map(|text| {
        let hits = library.find(&Query::parse(text)).unwrap();
        let key = |paper: &RankedPaper| library.snapshot().key_text(paper.doc).to_owned();
        hits.ranked.iter().map(|paper| (key(paper), paper.clone())).collect()
    });
    found.into()
}

fn check(library: &mut Library, samples: &[Sample], asked: &[(String, bool)]) {
    let is_current = !library.wants_full_text().unwrap();
    let parts: Vec<String> =
        asked.iter().map(|(word, negated)| if *negated { format!("-({word})") } else { word.clone() }).collect();
    let text = parts.join(" ");
    let query = Query::parse(&text);
    let word = |text: &str| match Query::parse(text).filter {
        Filter::Term(Term::Word(word)) => word,
        other => panic!("{other:?}"),
    };
    let [wanted, unwanted] = [false, true].map(|negated| -> Vec<Word> {
        asked.iter().filter(|(_, is)| *is == negated).map(|(text, _)| word(text)).collect()
    });
    let (mut in_titles, mut others) = (Vec::new(), Vec::new());
    for sample in samples {
        let mut stands = |word: &Word| sample.in_titles(library, samples, word) || sample.elsewhere(word);
        let has = |word: &Word| sample.has_in_titles(word) || sample.elsewhere(word);
        if unwanted.iter().any(has) || !wanted.iter().all(&mut stands) {
            continue;
        }
        let is_first = wanted.iter().all(|word| sample.in_titles(library, samples, word));
        if is_first { in_titles.push(sample.number) } else { others.push(sample.number) }
    }
    let number = |library: &Library, doc| -> usize {
        let key = library.snapshot().key(doc).unwrap();
        samples.iter().find(|sample| sample.key() == key).unwrap().number
    };
    let hits = library.find(&query).unwrap();
    let found: Vec<usize> = hits.complete().into_iter().map(|doc| number(library, doc)).collect();
    let (first, rest) = found.split_at(in_titles.len().min(found.len()));
    let sorted = |numbers: &[usize]| {
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable();
        numbers
    };
    if wanted.is_empty() {
        assert_eq!((hits.elsewhere, sorted(&found)), (Elsewhere::NoWords, in_titles), "{text}");
        return;
    }
    assert_eq!((sorted(first), sorted(rest)), (in_titles.clone(), others.clone()), "{text}");
    assert_eq!((hits.in_titles(), hits.elsewhere), (in_titles.len(), Elsewhere::Found(others.len())), "{text}");
    let scores: Vec<f64> = rest
        .iter()
        .map(|number| score(library, samples, samples.iter().find(|other| other.number == *number).unwrap(), &wanted))
        .collect();
    // The mean length of an abstract is not known before.
    assert!(!is_current || scores.is_sorted_by(|one, next| one - next > -1e-4), "{text}: {rest:?} {scores:?}");

    // The part that a reader shows first, every page, and the same papers in another order.
    let begun = library.begin(&query, &|| false).unwrap();
    assert_eq!((begun.count, begun.elsewhere), (in_titles.len(), Elsewhere::Awaited));
    assert_eq!(begun.complete(), hits.page(0, begun.count));
    let whole = library.complete(&query, &begun, &|| false).unwrap();
    assert_eq!(whole.complete(), hits.complete());
    for from in 0..=hits.count {
        assert_eq!(whole.page(from, 2), hits.complete().iter().skip(from).take(2).copied().collect::<Vec<_>>());
    }
    for (place, doc) in hits.complete().into_iter().enumerate() {
        assert_eq!((whole.position(doc, &|| false), whole.contains(doc)), (Some(place), true));
        assert_eq!(whole.is_elsewhere(place), place >= in_titles.len());
    }
    let by_date = library.find(&Query::parse(&format!("{text} sort:-date"))).unwrap();
    assert_eq!((by_date.in_titles(), by_date.elsewhere), (hits.in_titles(), hits.elsewhere));
    assert_eq!(by_date.complete(), hits.ids().collect::<Vec<_>>());
    assert_eq!(library.count(&query.filter, &|| false), Some(hits.count));
}

#[test]
fn a_phrase_counts_to_the_first_band_in_titles_and_to_the_second_elsewhere() {
    let folder: TempDir = tempfile::tempdir().unwrap();
    let sample = |number, [title, text, note]: [&str; 3]| Sample {
        number,
        title: title.to_owned(),
        author: "Bo Li".to_owned(),
        text: text.to_owned(),
        note: note.to_owned(),
        tag: String::new(),
    };
    let texts =
        [["Low-Rank Kites", "", ""], ["Kite", "Of low rank.", ""], ["Lorax", "", "a low rank"], ["Low", "rank", ""]];
    let samples: Vec<Sample> = (0..).zip(texts).map(|(number, texts)| sample(number, texts)).collect();
    import(folder.path(), &samples, 1);
    let mut library = Library::open(folder.path()).unwrap();
    mark(&mut library, &samples);
    for _ in 0..2 {
        let mut keys = |query: &str| {
            let hits = library.find(&Query::parse(query)).unwrap();
            let own = |doc: &u32| {
                samples.iter().position(|sample| library.snapshot().key_text(*doc) == sample.key().as_str())
            };
            (hits.in_titles(), hits.complete().iter().filter_map(own).collect::<std::collections::BTreeSet<_>>())
        };
        assert_eq!(keys("\"low rank\""), (1, [0, 1, 2].into()));
        assert_eq!(keys("\"low rank\" kite"), (1, [0, 1].into()));
        assert_eq!(keys("author:li -\"low rank\"").1, [3].into());
        build(&library);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn free_words_find_what_a_loop_over_all_texts_finds(
        mut samples in prop::collection::vec(sample(), 1..14),
        changed in prop::collection::btree_map(0usize..14, sample(), 0..4),
        added in prop::collection::vec(sample(), 0..4),
        queries in prop::collection::vec(query(), 3),
    ) {
        let folder: TempDir = tempfile::tempdir().unwrap();
        (0..).zip(&mut samples).for_each(|(number, sample)| sample.number = number);
        import(folder.path(), &samples, 1);
        let mut library = Library::open(folder.path()).unwrap();
        mark(&mut library, &samples);
        let check_all = |library: &mut Library, samples: &[Sample]| {
            queries.iter().for_each(|asked| check(library, samples, asked));
        };
        check_all(&mut library, &samples);
        build(&library);
        check_all(&mut library, &samples);

        let mut changes: BTreeMap<usize, Sample> = changed.into_iter().filter(|(at, _)| *at < samples.len()).collect();
        for (at, new) in &mut changes {
            // A paper without an abstract replaces none, and a tag that was given stays.
            let old = samples.get_mut(*at).unwrap();
            if !new.text.is_empty() {
                old.text.clone_from(&new.text);
            }
            old.note.clone_from(&new.note);
            *new = old.clone();
        }
        let first = samples.len();
        samples.extend((first..).zip(added).map(|(number, sample)| Sample { number, ..sample }));
        let touched: Vec<Sample> = changes.into_values().chain(samples[first..].iter().cloned()).collect();
        import(folder.path(), &touched, 2);
        library.bring_up_to_date(&mut |_, _| ControlFlow::Continue(())).unwrap();
        mark(&mut library, &touched);
        check_all(&mut library, &samples);
        build(&library);
        check_all(&mut library, &samples);
        let grown = ranked(&mut library);
        drop(library);
        fs::remove_dir_all(folder.path().join(INDEX)).unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        build(&library);
        check_all(&mut library, &samples);
        prop_assert_eq!(ranked(&mut library), grown, "a rebuilt library ranks as one that has grown");
    }
}
