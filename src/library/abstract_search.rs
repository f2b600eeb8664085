//! Searches in abstracts: phrases, words, and papers like others. The full-text index answers where there is one of these papers; abstracts that
//! are newer than it are read one by one. Building it is in `fulltext_build`.

use std::cell::{Ref, RefCell};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::Snapshot;
use crate::domain::identity::PaperKey;
use crate::domain::query::{Word, glob};
use crate::domain::tex;
use crate::domain::text::Text;
use crate::error::{ErrorKind, Result};
use crate::index::{
    AbstractAccess, AbstractPattern, AbstractSearch, Candidate, DefinitionCounts, Description, DocId, FullText,
    KnownDefinitions, PaperSet, RankedPaper, SearchedWord, UnindexedAbstracts, abstract_terms, candidates, definitions,
    is_known_word, rank, relevance,
};
use crate::store::PaperStore;

/// Most papers that `similar:` finds.
const SIMILAR: usize = 200;
/// Most papers that a description finds. Ranking twice as many finds no better ones first.
const BY_MEANING: usize = 200;
/// Most papers that `similar:` compares with, the newest.
const MODELS: usize = 100;
/// How often a title counts there, because its words say more.
const TITLE_TIMES: usize = 2;
/// Largest library for which a full-text index is built in memory when there is none on the disk and only it can answer.
pub(super) const IN_MEMORY: usize = 5_000;
/// Most abstracts that are read for a search because they changed since the full-text index was built; half a second.
const READ_LIMIT: usize = 20_000;
/// Abstracts read between two cancellation checks.
const CHECK_INTERVAL: usize = 64;
/// Abstracts read between two looks whether there is a full-text index by now.
const LOOK_INTERVAL: usize = if cfg!(test) { CHECK_INTERVAL } else { 4096 };

/// A cached result: the revisions of the papers, of the index and of the full-text index; the query; the papers.
type CachedResult = ([i64; 3], AbstractPattern, PaperSet);

/// Results that are cached: filters, counts and the next letter of another word repeat a query.
const CACHED_RESULTS: usize = 16;

/// The open full-text indexes and the cached results. An index is opened by the first search that needs it, and again after it was replaced.
#[derive(Default)]
pub(super) struct OpenFullTexts {
    on_disk: RefCell<Option<FullText>>,
    /// One built in memory, and the revision of the index that has the same papers.
    in_memory: RefCell<Option<(i64, FullText)>>,
    results: RefCell<VecDeque<CachedResult>>,
    /// How far all abstracts were read for a search that was cancelled: the same search goes on there.
    unfinished: RefCell<Option<UnfinishedReading>>,
    /// The definitions of acronyms in the abstracts that are newer than the full-text index.
    definitions: RefCell<Option<([i64; 3], DefinitionCounts)>>,
}

struct UnfinishedReading {
    state: [i64; 3],
    pattern: AbstractPattern,
    /// How many rows were read, and those papers of them that match.
    read: usize,
    docs: Vec<DocId>,
}

impl OpenFullTexts {
    fn on_disk(&self, folder: &Path) -> Option<Ref<'_, FullText>> {
        let is_current = self.on_disk.borrow().as_ref().is_some_and(|text| text.is_current(folder));
        // One that is in use stays: a search sees the same full text throughout.
        if !is_current && let Ok(mut opened) = self.on_disk.try_borrow_mut() {
            *opened = FullText::open(folder);
        }
        Ref::filter_map(self.on_disk.borrow(), Option::as_ref).ok()
    }
}

/// Access to the abstracts for one search.
pub(super) struct LibraryAbstracts<'a> {
    /// Folder of the full-text index.
    pub(super) folder: PathBuf,
    pub(super) opened: &'a OpenFullTexts,
    pub(super) papers: &'a PaperStore,
    pub(super) snapshot: &'a Snapshot,
    /// Free words are looked for in abstracts even where each must be read, which takes long in a large library.
    pub(super) reads_all: bool,
    pub(super) cancelled: &'a dyn Fn() -> bool,
}

impl LibraryAbstracts<'_> {
    /// The full-text index on the disk. None when it belongs to an earlier papers.db, whose rows were other papers.
    fn full_text(&self) -> Option<Ref<'_, FullText>> {
        let text = self.opened.on_disk(&self.folder)?;
        self.papers.knows_since(text.revision()).is_ok_and(|knows| knows).then_some(text)
    }

    /// The papers whose abstracts match, by the full-text index and by reading what is newer than it. None when cancelled or when papers.db
    /// cannot be read.
    fn find(&self, pattern: AbstractPattern) -> Option<PaperSet> {
        let index = &self.snapshot.index;
        let text = self.full_text();
        let revision = self.papers.revision().ok()?;
        let of_text = text.as_ref().map_or(i64::MIN, |text| text.revision());
        let state = [revision, index.revision(), of_text];
        let mut results = self.opened.results.borrow_mut();
        results.retain(|(of_state, _, _)| *of_state == state);
        if let Some(place) = results.iter().position(|(_, cached, _)| *cached == pattern) {
            let result = results.remove(place)?;
            let papers = result.2.clone();
            results.push_front(result);
            return Some(papers);
        }
        let papers = match text {
            None => match self.read_all(state, &pattern)? {
                Some(papers) => papers,
                None => {
                    drop(results);
                    return self.find(pattern);
                }
            },
            Some(text) => self.find_in(&text, revision, &pattern)?,
        };
        results.truncate(CACHED_RESULTS - 1);
        results.push_front((state, pattern, papers.clone()));
        Some(papers)
    }

    /// The papers that a full-text index finds; abstracts that changed since are read instead. None when cancelled or when papers.db cannot
    /// be read.
    fn find_in(&self, text: &FullText, revision: i64, pattern: &AbstractPattern) -> Option<PaperSet> {
        let index = &self.snapshot.index;
        let holds = |row: i64, pattern: &AbstractPattern| self.holds(row, pattern);
        let known = text.matching(index, pattern, &AbstractAccess { holds: &holds, cancelled: self.cancelled })?;
        if text.revision() == revision {
            return Some(known);
        }
        // Where too much changed to be read, changed abstracts are found by their old wording until the full-text index is up to date.
        let Some(changed) = self.papers.changes_since(text.revision(), text.highest_row(), READ_LIMIT).ok()? else {
            return Some(known.or(self.read(&self.rows_after(text.highest_row()), pattern)?, index.len()));
        };
        let docs = changed.iter().filter_map(|row| index.with_row(*row)).collect();
        let known = known.without(PaperSet::of(docs, index.len()), index.len());
        Some(known.or(self.read(&changed, pattern)?, index.len()))
    }

    /// The papers whose abstracts match, by reading every abstract; Some(None) when there is a full-text index before all are read. None as for
    /// `find`.
    fn read_all(&self, state: [i64; 3], pattern: &AbstractPattern) -> Option<Option<PaperSet>> {
        let index = &self.snapshot.index;
        let unfinished = self.opened.unfinished.take();
        let mut reading = unfinished
            .filter(|reading| reading.state == state && reading.pattern == *pattern)
            .unwrap_or_else(|| UnfinishedReading { state, pattern: pattern.clone(), read: 0, docs: Vec::new() });
        let (rows, from) = (self.rows_after(i64::MIN), reading.read);
        for row in rows.iter().skip(from) {
            if reading.read.is_multiple_of(CHECK_INTERVAL) && (self.cancelled)() {
                self.opened.unfinished.replace(Some(reading));
                return None;
            }
            if reading.read > from && reading.read.is_multiple_of(LOOK_INTERVAL) && self.full_text().is_some() {
                return Some(None);
            }
            if self.holds(*row, pattern)? {
                reading.docs.extend(index.with_row(*row));
            }
            reading.read += 1;
        }
        Some(Some(PaperSet::of(reading.docs, index.len())))
    }

    /// The papers of these rows whose abstracts match. Reads every one. None when cancelled or when papers.db cannot be read.
    fn read(&self, rows: &[i64], pattern: &AbstractPattern) -> Option<PaperSet> {
        let mut docs = Vec::new();
        for (read, row) in rows.iter().enumerate() {
            if read % CHECK_INTERVAL == 0 && (self.cancelled)() {
                return None;
            }
            if self.holds(*row, pattern)? {
                docs.extend(self.snapshot.index.with_row(*row));
            }
        }
        Some(PaperSet::of(docs, self.snapshot.index.len()))
    }

    /// The papers whose abstracts the full text does not have as they are now: all without a full text. None when papers.db cannot be read.
    fn unindexed(&self, text: Option<&FullText>) -> Option<PaperSet> {
        let index = &self.snapshot.index;
        let Some(text) = text else { return Some(PaperSet::all(index.len())) };
        if text.revision() == self.papers.revision().ok()? {
            return Some(PaperSet::of(Vec::new(), 0));
        }
        let changed = self.papers.changes_since(text.revision(), text.highest_row(), READ_LIMIT).ok()?;
        let rows = changed.unwrap_or_else(|| self.rows_after(text.highest_row()));
        Some(PaperSet::of(rows.iter().filter_map(|row| index.with_row(*row)).collect(), index.len()))
    }

    /// What a function makes of the definitions of acronyms; abstracts that are newer than the full-text index are read for it once. None when
    /// cancelled or when papers.db cannot be read.
    fn with_definitions<T>(&self, make: impl FnOnce(&KnownDefinitions<'_>) -> T) -> Option<T> {
        let (index, text) = (&self.snapshot.index, self.full_text());
        let of_text = text.as_ref().map_or(i64::MIN, |text| text.revision());
        let state = [self.papers.revision().ok()?, index.revision(), of_text];
        let is_known = self.opened.definitions.borrow().as_ref().is_some_and(|(of_state, _)| *of_state == state);
        if !is_known {
            let mut counts = DefinitionCounts::new();
            for (read, doc) in self.unindexed(text.as_deref())?.ids().enumerate() {
                if read % CHECK_INTERVAL == 0 && (self.cancelled)() {
                    return None;
                }
                let rendered = self.rendered(index.row(doc)).ok()?.unwrap_or_default();
                definitions(&rendered).into_iter().for_each(|found| *counts.entry(found).or_default() += 1);
            }
            self.opened.definitions.replace(Some((state, counts)));
        }
        let read = self.opened.definitions.borrow();
        let (_, read) = read.as_ref()?;
        Some(make(&KnownDefinitions { text: text.as_deref(), read, papers: index.len() }))
    }

    /// The rendered abstract of a row; None when there is none. An error when papers.db cannot be read.
    fn rendered(&self, row: i64) -> Result<Option<String>> {
        let summary = readable_abstract(self.papers, row)?;
        Ok(summary.map(|summary| tex::render(&summary.source, summary.markup)))
    }

    /// Whether the abstract of a row matches; false when it has none. None when papers.db cannot be read.
    fn holds(&self, row: i64, pattern: &AbstractPattern) -> Option<bool> {
        let terms = self.rendered(row).ok()?.map(|text| abstract_terms(&text));
        Some(terms.is_some_and(|terms| pattern.is_in(&terms)))
    }

    /// The rows of the index that are greater than `row`.
    fn rows_after(&self, row: i64) -> Vec<i64> {
        let index = &self.snapshot.index;
        let rows = (0..).zip(0..index.len()).map(|(doc, _)| index.row(doc));
        rows.filter(|other| *other > row).collect()
    }

    /// The papers that `similar:` compares with: one by its key or id, all that are starred, all with a tag.
    fn models(&self, name: &str) -> Vec<DocId> {
        let (index, states) = (&self.snapshot.index, &self.snapshot.columns.states);
        let all = (0..).zip(0..index.len()).map(|(doc, _)| doc);
        let mut docs: Vec<DocId> = match name.split_once('/') {
            Some(("tag", tag)) => {
                let tagged = states.tags().filter(|(name, _)| glob(tag, name));
                tagged.flat_map(|(_, docs)| docs.iter().copied()).collect()
            }
            _ if name == "starred" => all.filter(|doc| states.is_starred(*doc)).take(MODELS).collect(),
            _ => {
                let key = PaperKey::parse(name).and_then(|key| self.papers.resolve(&key).ok().flatten());
                key.and_then(|key| index.find(key.as_str())).into_iter().collect()
            }
        };
        docs.sort_unstable();
        docs.dedup();
        docs.truncate(MODELS);
        docs
    }

    /// The titles and abstracts of papers; each title `titles` times.
    pub(super) fn text_of(&self, docs: &[DocId], titles: usize) -> String {
        let mut all = String::new();
        for doc in docs {
            for _ in 0..titles {
                all.extend([self.snapshot.index.title(*doc), "\n"]);
            }
            if let Ok(Some(summary)) = readable_abstract(self.papers, self.snapshot.index.row(*doc)) {
                all.push_str(&tex::render(&summary.source, summary.markup));
                all.push('\n');
            }
        }
        all
    }

    /// The full-text index, or one in memory for a small library that has none.
    pub(super) fn any_full_text(&self) -> Option<Ref<'_, FullText>> {
        self.full_text().or_else(|| self.in_memory())
    }

    /// A full-text index in memory, for a small library that has none on the disk; built once for these papers. None for a large library.
    fn in_memory(&self) -> Option<Ref<'_, FullText>> {
        let index = &self.snapshot.index;
        if index.len() > IN_MEMORY {
            return None;
        }
        let mut opened = self.opened.in_memory.borrow_mut();
        if opened.as_ref().is_none_or(|(revision, _)| *revision != index.revision()) {
            let text = |row: i64| Some((row, readable_abstract(self.papers, row).ok()??));
            let texts = self.rows_after(i64::MIN).into_iter().filter_map(text);
            let texts = texts.map(|(row, summary)| (row, tex::render(&summary.source, summary.markup)));
            *opened = Some((index.revision(), FullText::in_memory(texts).ok()?));
        }
        drop(opened);
        Ref::filter_map(self.opened.in_memory.borrow(), |opened| opened.as_ref().map(|(_, text)| text)).ok()
    }
}

/// The abstract of a row; None when there is none or it is damaged, which `doctor` reports.
pub(super) fn readable_abstract(papers: &PaperStore, row: i64) -> Result<Option<Text>> {
    match papers.summary(row) {
        Err(error) if error.kind == ErrorKind::Data => Ok(None),
        other => other,
    }
}

impl AbstractSearch for LibraryAbstracts<'_> {
    fn phrase(&self, phrase: &str) -> Option<PaperSet> {
        self.find(AbstractPattern::phrase(phrase))
    }

    fn word(&self, word: &Word) -> Option<PaperSet> {
        self.find(AbstractPattern::word(&word.text, word.how))
    }

    fn are_searched(&self) -> bool {
        self.reads_all || self.are_indexed()
    }

    fn are_indexed(&self) -> bool {
        self.snapshot.index.len() <= IN_MEMORY || self.full_text().is_some()
    }

    fn long_forms(&self, acronym: &str) -> Option<Vec<String>> {
        self.with_definitions(|definitions| definitions.long_forms(acronym))
    }

    fn acronyms(&self, texts: &[String]) -> Option<Vec<(usize, String)>> {
        self.with_definitions(|definitions| definitions.acronyms(texts))
    }

    fn is_known_word(&self, word: &str) -> bool {
        is_known_word(word)
    }

    fn relevance(&self, words: &[SearchedWord], papers: &PaperSet) -> Option<Vec<f32>> {
        let (index, text) = (&self.snapshot.index, self.full_text());
        let are_read = text.is_some() || self.are_searched();
        let unindexed = if are_read { self.unindexed(text.as_deref())? } else { PaperSet::of(Vec::new(), 0) };
        let read = |doc: DocId| {
            let text = || self.rendered(index.row(doc)).ok().map(Option::unwrap_or_default);
            if (self.cancelled)() { None } else { text() }
        };
        let unindexed = UnindexedAbstracts { papers: unindexed, read: &read };
        relevance(words, (index, text.as_deref()), papers, &unindexed, self.cancelled)
    }

    fn similar(&self, name: &str) -> Option<Vec<RankedPaper>> {
        let models = self.models(name);
        if models.is_empty() {
            return Some(Vec::new());
        }
        let index = &self.snapshot.index;
        let similar = |text: &FullText| text.similar(index, &self.text_of(&models, TITLE_TIMES), &models, SIMILAR);
        self.any_full_text().map(|text| similar(&text))
    }

    fn names_papers(&self, name: &str) -> bool {
        !self.models(name).is_empty()
    }

    fn by_some_words(&self, words: &str, papers: &PaperSet, most: usize) -> Option<Vec<RankedPaper>> {
        let words = Description::of_words(words);
        let text = self.any_full_text();
        let library = (&*self.snapshot.index, text.as_deref());
        let found = candidates(&words, library, most, &|doc| papers.contains(doc), self.cancelled)?;
        let ranked = found.into_iter().map(|Candidate { doc, score }| {
            let reasons = words.reasons_in(&self.text_of(&[doc], 1));
            RankedPaper { doc, score, reasons }
        });
        Some(ranked.collect())
    }

    fn by_meaning(&self, description: &str, papers: &PaperSet) -> Option<Vec<RankedPaper>> {
        let description = Description::new(description);
        let text = self.any_full_text();
        let library = (&*self.snapshot.index, text.as_deref());
        let found = candidates(&description, library, BY_MEANING, &|doc| papers.contains(doc), self.cancelled)?;
        rank(&description, &found, |doc| (!(self.cancelled)()).then(|| self.text_of(&[doc], 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Library;
    use super::super::fulltext_build::{IndexingPriority, full_text_folder};
    use std::ops::ControlFlow;

    use super::*;
    use crate::domain::query::Query;
    use crate::domain::reading::{Change, Tag};
    use crate::domain::record::Record;

    fn add(dir: &Path, papers: &[(&str, &str, &str)]) {
        let mut store = PaperStore::open(dir).unwrap();
        let mut import = store.import().unwrap();
        for (id, title, text) in papers {
            let line = serde_json::json!({ "arxiv": id, "title": title, "abstract": text }).to_string();
            import.add(&Record::from_json(&line).unwrap().paper, 1).unwrap();
        }
        import.commit().unwrap();
    }

    const PAPERS: [(&str, &str, &str); 4] = [
        ("2501.00001", "Kites with low-rank tails", "A low-rank tail steers a frozen kite in every wind."),
        ("2501.00002", "Tails of four bits", "Four bits are enough for the low-rank tail of a kite."),
        ("2501.00003", "Bees at dusk", "Bees return to the hive when the wind drops."),
        ("2501.00004", "On hives", "A hive of bees is warm."),
    ];

    fn found(library: &mut Library, query: &str) -> Vec<String> {
        let hits = library.search(&Query::parse(query), &|| false).unwrap();
        library
            .keys(&hits)
            .unwrap()
            .iter()
            .map(|key| key.as_str().trim_start_matches("arxiv:2501.0000").to_owned())
            .collect()
    }

    /// The results of some queries, each in its order.
    fn results(library: &mut Library) -> Vec<Vec<String>> {
        let queries = ["\"low rank tail\"", "abs:wind", "abs:'in", "abs:hiv sort:title", "-abs:kite", "abs:^low-rank"];
        queries.iter().map(|query| found(library, query)).collect()
    }

    fn build(library: &Library) -> bool {
        library.build_full_text(IndexingPriority::Foreground, &mut |_, _| ControlFlow::Continue(())).unwrap()
    }

    #[test]
    fn the_full_text_finds_what_reading_finds_and_newer_abstracts_are_read() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), &PAPERS[..3]);
        let mut library = Library::open(folder.path()).unwrap();
        let read = results(&mut library);
        assert_eq!(read[0].len(), 2);
        assert!(library.wants_full_text().unwrap());
        assert!(build(&library) && !build(&library), "there is nothing to build the second time");
        assert_eq!(results(&mut library), read);

        add(folder.path(), &PAPERS[3..]);
        library.bring_up_to_date(&mut |_, _| ControlFlow::Continue(())).unwrap();
        assert_eq!(found(&mut library, "abs:hive").len(), 2);
        let stale = results(&mut library);
        let whole = || std::fs::read(full_text_folder(folder.path()).join("whole.idx")).unwrap();
        let before = whole();
        assert!(library.wants_full_text().unwrap() && build(&library));
        assert_eq!(results(&mut library), stale);
        // The words of the old version no longer find the paper.
        let line =
            serde_json::json!({ "arxiv": "2501.00003v2", "title": PAPERS[2].1, "abstract": "A hive in a tree." });
        let mut store = PaperStore::open(folder.path()).unwrap();
        let mut import = store.import().unwrap();
        let mut paper = Record::from_json(&line.to_string()).unwrap().paper;
        paper.version = Some(2);
        for version in [1, 2] {
            let words = if version == 1 { PAPERS[2].2 } else { "A hive in a tree." };
            let summary = paper.summary.as_ref().map(|text| crate::domain::text::Text::new(words, text.markup));
            import.add(&crate::domain::paper::Paper { version: Some(version), summary, ..paper.clone() }, 1).unwrap();
        }
        import.commit().unwrap();
        library.bring_up_to_date(&mut |_, _| ControlFlow::Continue(())).unwrap();
        for _ in 0..2 {
            assert_eq!(found(&mut library, "abs:wind"), ["1"]);
            assert_eq!(found(&mut library, "abs:tree"), ["3"]);
            build(&library);
        }
        assert!(!library.wants_full_text().unwrap() && whole() == before, "only what changed was inverted");
    }

    #[test]
    fn words_inside_a_run_of_han_kana_or_hangul_are_found_in_abstracts() {
        let folder = tempfile::tempdir().unwrap();
        let papers = [
            ("2501.00001", "One", "本論文では投機的デコードを提案する。"),
            ("2501.00002", "Two", "我们研究深度学习，GPT-4的推理。"),
            ("2501.00003", "Three", "거대 언어모델의 추론 비용을 줄인다."),
        ];
        add(folder.path(), &papers);
        let mut library = Library::open(folder.path()).unwrap();
        for _ in 0..2 {
            for (query, expected) in [
                ("abs:投機的", vec!["1"]),
                ("abs:学习", vec!["2"]),
                ("abs:'学", vec!["2"]),
                ("abs:언어", vec!["3"]),
                ("\"4的推理\"", vec!["2"]),
                ("\"4的\"", vec!["2"]),
                ("\"언어모델의 추론\"", vec!["3"]),
                ("abs:习推", vec![]),
                ("\"学习推理\"", vec![]),
            ] {
                assert_eq!(found(&mut library, query), expected, "{query}");
            }
            build(&library);
        }
    }

    #[test]
    fn a_damaged_or_missing_full_text_is_replaced_by_reading_and_rebuilt() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), &PAPERS);
        let mut library = Library::open(folder.path()).unwrap();
        let read = results(&mut library);
        assert!(build(&library));
        for file in std::fs::read_dir(full_text_folder(folder.path())).unwrap().map(|entry| entry.unwrap().path()) {
            let length = std::fs::metadata(&file).unwrap().len() as usize;
            std::fs::write(file, vec![0xAA; length]).unwrap();
        }
        let mut library = Library::open(folder.path()).unwrap();
        assert_eq!(results(&mut library), read);
        assert!(build(&library));
        assert_eq!(results(&mut library), read);
        std::fs::remove_dir_all(full_text_folder(folder.path())).unwrap();
        assert_eq!(results(&mut library), read);
        assert!(build(&library));
    }

    #[test]
    fn a_full_text_of_an_earlier_papers_db_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), &PAPERS);
        assert!(build(&Library::open(folder.path()).unwrap()));
        for name in ["papers.db", "papers.db-wal", "papers.db-shm"] {
            drop(std::fs::remove_file(folder.path().join(name)));
        }
        let others: Vec<_> = PAPERS.iter().rev().copied().collect();
        add(folder.path(), &others);
        let mut library = Library::open(folder.path()).unwrap();
        assert_eq!(found(&mut library, "abs:wind"), ["3", "1"]);
        assert_eq!(found(&mut library, "similar:2501.00003")[0], "4");
        assert!(build(&library));
        assert_eq!(found(&mut library, "abs:wind"), ["3", "1"]);
    }

    /// Without a full text every abstract is read.
    #[test]
    fn reading_goes_on_where_it_was_cancelled_and_ends_once_there_is_a_full_text() {
        const MANY: usize = 1000;
        let folder = tempfile::tempdir().unwrap();
        let papers: Vec<(String, String)> =
            (1..=MANY).map(|n| (format!("2501.{n:05}"), format!("Title {n}"))).collect();
        let papers: Vec<_> = papers.iter().map(|(id, title)| (id.as_str(), title.as_str(), "A warm hive")).collect();
        add(folder.path(), &papers);
        let mut library = Library::open(folder.path()).unwrap();
        let count = |library: &mut Library, check: &dyn Fn(usize) -> bool| {
            let checks = std::cell::Cell::new(0);
            let cancelled = || {
                checks.set(checks.get() + 1);
                check(checks.get())
            };
            let hits = library.search(&Query::parse("abs:hive"), &cancelled);
            (hits.map(|hits| hits.count), checks.get())
        };
        let (found, all_checks) = count(&mut Library::open(folder.path()).unwrap(), &|_| false);
        assert_eq!(found, Some(MANY));
        let half = all_checks / 2;
        assert_eq!(count(&mut library, &|checks| checks == half), (None, half));
        let (found, checks) = count(&mut library, &|_| false);
        assert!(found == Some(MANY) && checks <= all_checks - half + 2, "{checks} of {all_checks}");

        let builder = Library::open(folder.path()).unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        let (found, checks) = count(&mut library, &|checks| {
            if checks == 3 {
                assert!(build(&builder));
            }
            false
        });
        assert!(found == Some(MANY) && checks < half, "{checks} of {all_checks}");
    }

    #[test]
    fn a_cancelled_build_keeps_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let papers: Vec<(String, String)> =
            (1..CHECK_INTERVAL + 2).map(|n| (format!("2501.{n:05}"), format!("Title {n}"))).collect();
        let papers: Vec<_> = papers.iter().map(|(id, title)| (id.as_str(), title.as_str(), "An abstract")).collect();
        add(folder.path(), &papers);
        let library = Library::open(folder.path()).unwrap();
        assert!(!library.build_full_text(IndexingPriority::Foreground, &mut |_, _| ControlFlow::Break(())).unwrap());
        assert!(library.wants_full_text().unwrap());
    }

    #[test]
    fn similar_papers_are_found_by_paper_by_star_and_by_tag() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), &PAPERS);
        let mut library = Library::open(folder.path()).unwrap();
        let unbuilt = found(&mut library, "similar:2501.00001");
        assert_eq!(unbuilt.first().map(String::as_str), Some("2"));
        assert!(build(&library));
        assert_eq!(found(&mut library, "similar:2501.00001"), unbuilt);
        assert_eq!(found(&mut library, "similar:2501.00003")[0], "4");
        assert!(!found(&mut library, "similar:2501.00001").contains(&"1".to_owned()));
        assert!(found(&mut library, "similar:2501.99999").is_empty());

        let key = PaperKey::parse("2501.00001").unwrap();
        let tag = Tag::new("area/kites").unwrap();
        let changes = [Change::Star(key.clone(), true), Change::Tag(key, tag)];
        assert!(found(&mut library, "similar:starred").is_empty());
        library.change(&changes, "marked").unwrap();
        assert_eq!(found(&mut library, "similar:starred"), unbuilt);
        assert_eq!(found(&mut library, "similar:tag/area/*"), unbuilt);
        let by_title = found(&mut library, "similar:2501.00001 sort:title");
        assert!(by_title.len() == unbuilt.len() && by_title.contains(&"2".to_owned()));
    }
}
