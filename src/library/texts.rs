//! What is asked about the insides of abstracts: phrases, words, papers like others. The full text answers where there is one that fits;
//! what it does not know yet is read. Building it is `fulltext`'s affair.

use std::cell::{Ref, RefCell};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::Snapshot;
use crate::domain::fold;
use crate::domain::identity::PaperKey;
use crate::domain::markup::Markup;
use crate::domain::query::{How, Word, glob};
use crate::domain::tex;
use crate::domain::text::Text;
use crate::error::{ErrorKind, Result};
use crate::index::{AbstractSearch, DocId, FullText, PaperSet, SimilarPaper, holds_phrase, holds_words};
use crate::store::PaperStore;

/// Most papers like others that are found.
const SIMILAR: usize = 200;
/// So many papers are taken together where those like all of them are asked for, the newest.
const SOURCES: usize = 100;
/// Up to so many papers a full text is made in memory when there is none yet and only it can answer.
const SMALL: usize = 5_000;
/// So many abstracts that changed since the full text was built are read for each question; half a second.
const READ_AT_ONCE: usize = 20_000;
/// Abstracts read between two looks at whether somebody still waits.
const BETWEEN_LOOKS: usize = 64;

/// Words that are asked for in abstracts.
#[derive(Clone, PartialEq, Eq)]
struct Question {
    words: Vec<String>,
    /// None: next to each other.
    how: Option<How>,
}

impl Question {
    fn new(text: &str, how: Option<How>) -> Self {
        Self { words: fold::words(text).collect(), how }
    }

    fn holds_in(&self, summary: &str, markup: Markup) -> bool {
        let words: Vec<String> = fold::words(&tex::render(summary, markup)).collect();
        match self.how {
            Some(how) => holds_words(&words, &self.words, how),
            None => holds_phrase(&words, &self.words),
        }
    }
}

/// What was found: the revisions of the papers, of the index and of the full text; the question; the papers.
type Answer = ([i64; 3], Question, PaperSet);

/// Answers that are kept: filters, counts and the next letter of another word ask the same again.
const ANSWERS: usize = 8;

/// The full text as far as it is open, and what was answered. Opened when it is first asked, and again when another one counts.
#[derive(Default)]
pub(super) struct Opened {
    text: RefCell<Option<FullText>>,
    /// One made in memory, and the revision of the index it is of.
    small: RefCell<Option<(i64, FullText)>>,
    answers: RefCell<VecDeque<Answer>>,
}

impl Opened {
    fn text(&self, home: &Path) -> Option<Ref<'_, FullText>> {
        let mut opened = self.text.borrow_mut();
        if opened.as_ref().is_none_or(|text| !text.is_current(home)) {
            *opened = FullText::open(home);
        }
        drop(opened);
        Ref::filter_map(self.text.borrow(), Option::as_ref).ok()
    }
}

/// One search's way into abstracts.
pub(super) struct Abstracts<'a> {
    pub(super) home: PathBuf,
    pub(super) opened: &'a Opened,
    pub(super) papers: &'a PaperStore,
    pub(super) snapshot: &'a Snapshot,
    pub(super) cancelled: &'a dyn Fn() -> bool,
}

impl Abstracts<'_> {
    /// The full text, where it is of these very papers: one of a papers.db that was here before is of other rows.
    fn text(&self) -> Option<Ref<'_, FullText>> {
        let text = self.opened.text(&self.home)?;
        self.papers.knows_since(text.revision()).is_ok_and(|knows| knows).then_some(text)
    }

    /// What the full text answers, with what reading finds in the abstracts that are newer than it. None: cancelled.
    fn find(&self, question: Question) -> Option<PaperSet> {
        let index = &self.snapshot.index;
        let text = self.text();
        let revision = self.papers.revision().ok()?;
        let of_text = text.as_ref().map_or(i64::MIN, |text| text.revision());
        let state = [revision, index.revision(), of_text];
        let mut answers = self.opened.answers.borrow_mut();
        answers.retain(|(known, _, _)| *known == state);
        if let Some(place) = answers.iter().position(|(_, known, _)| *known == question) {
            let answer = answers.remove(place)?;
            let papers = answer.2.clone();
            answers.push_front(answer);
            return Some(papers);
        }
        let papers = match text {
            None => self.read(&self.rows_after(i64::MIN), &question)?,
            Some(text) => self.completed(&text, revision, &question)?,
        };
        answers.truncate(ANSWERS - 1);
        answers.push_front((state, question, papers.clone()));
        Some(papers)
    }

    /// What a full text answers, with what changed since read instead. None: cancelled.
    fn completed(&self, text: &FullText, revision: i64, question: &Question) -> Option<PaperSet> {
        let index = &self.snapshot.index;
        let known = match question.how {
            Some(how) => text.words(index, &question.words, how, self.cancelled),
            None => text.phrase(index, &question.words, self.cancelled),
        }?;
        if text.revision() == revision {
            return Some(known);
        }
        // Where too much changed to be read while somebody waits, abstracts that had another wording before are found by that one until
        // the full text is up to date.
        let Some(changed) = self.papers.changes_since(text.revision(), text.highest_row(), READ_AT_ONCE).ok()? else {
            return Some(known.or(self.read(&self.rows_after(text.highest_row()), question)?, index.len()));
        };
        let docs = changed.iter().filter_map(|row| index.with_row(*row)).collect();
        let known = known.without(PaperSet::of(docs, index.len()), index.len());
        Some(known.or(self.read(&changed, question)?, index.len()))
    }

    /// Reads the abstracts of some rows. None: cancelled.
    fn read(&self, rows: &[i64], question: &Question) -> Option<PaperSet> {
        let mut docs = Vec::new();
        for (read, row) in rows.iter().enumerate() {
            if read % BETWEEN_LOOKS == 0 && (self.cancelled)() {
                return None;
            }
            let summary = readable(self.papers, *row).ok()?;
            if summary.is_some_and(|summary| question.holds_in(&summary.source, summary.markup)) {
                docs.extend(self.snapshot.index.with_row(*row));
            }
        }
        Some(PaperSet::of(docs, self.snapshot.index.len()))
    }

    /// The rows of the index after one.
    fn rows_after(&self, row: i64) -> Vec<i64> {
        let index = &self.snapshot.index;
        let rows = (0..).zip(0..index.len()).map(|(doc, _)| index.row(doc));
        rows.filter(|other| *other > row).collect()
    }

    /// The papers that `similar:` names: one by its key or id, all that are starred, all with a tag.
    fn sources(&self, name: &str) -> Vec<DocId> {
        let (index, marks) = (&self.snapshot.index, &self.snapshot.marks);
        let all = (0..).zip(0..index.len()).map(|(doc, _)| doc);
        let mut docs: Vec<DocId> = match name.split_once('/') {
            Some(("tag", tag)) => {
                let tagged = marks.tags().filter(|(name, _)| glob(tag, name));
                tagged.flat_map(|(_, docs)| docs.iter().copied()).collect()
            }
            _ if name == "starred" => all.filter(|doc| marks.is_starred(*doc)).take(SOURCES).collect(),
            _ => {
                let key = PaperKey::parse(name).and_then(|key| self.papers.resolve(&key).ok().flatten());
                key.and_then(|key| index.find(key.as_str())).into_iter().collect()
            }
        };
        docs.sort_unstable();
        docs.dedup();
        docs.truncate(SOURCES);
        docs
    }

    /// Titles and abstracts of papers; what a title says counts twice.
    fn text_of(&self, docs: &[DocId]) -> String {
        let mut all = String::new();
        for doc in docs {
            let title = self.snapshot.index.title(*doc);
            all.extend([title, "\n", title, "\n"]);
            if let Ok(Some(summary)) = readable(self.papers, self.snapshot.index.row(*doc)) {
                all.push_str(&tex::render(&summary.source, summary.markup));
                all.push('\n');
            }
        }
        all
    }

    /// A full text of a small library whose own is not built yet or cannot be written; made once for these papers.
    fn small(&self) -> Option<Ref<'_, FullText>> {
        let index = &self.snapshot.index;
        if index.len() > SMALL {
            return None;
        }
        let mut small = self.opened.small.borrow_mut();
        if small.as_ref().is_none_or(|(revision, _)| *revision != index.revision()) {
            let text = |row: i64| Some((row, readable(self.papers, row).ok()??));
            let texts = self.rows_after(i64::MIN).into_iter().filter_map(text);
            let texts = texts.map(|(row, summary)| (row, tex::render(&summary.source, summary.markup)));
            *small = Some((index.revision(), FullText::in_memory(texts).ok()?));
        }
        drop(small);
        Ref::filter_map(self.opened.small.borrow(), |small| small.as_ref().map(|(_, text)| text)).ok()
    }
}

/// The abstract of a row. One that is damaged costs only itself: it is as if there were none; `doctor` tells of it.
pub(super) fn readable(papers: &PaperStore, row: i64) -> Result<Option<Text>> {
    match papers.summary(row) {
        Err(error) if error.kind == ErrorKind::Data => Ok(None),
        other => other,
    }
}

impl AbstractSearch for Abstracts<'_> {
    fn phrase(&self, phrase: &str) -> Option<PaperSet> {
        self.find(Question::new(phrase, None))
    }

    fn word(&self, word: &Word) -> Option<PaperSet> {
        self.find(Question::new(&word.text, Some(word.how)))
    }

    fn similar(&self, name: &str) -> Option<Vec<SimilarPaper>> {
        let sources = self.sources(name);
        if sources.is_empty() {
            return Some(Vec::new());
        }
        let index = &self.snapshot.index;
        let ask = |text: &FullText| text.similar(index, &self.text_of(&sources), &sources, SIMILAR);
        match self.text() {
            Some(text) => Some(ask(&text)),
            None => self.small().map(|text| ask(&text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Library;
    use super::super::fulltext::{Haste, home};
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

    /// What queries find, each in the order of its result.
    fn answers(library: &mut Library) -> Vec<Vec<String>> {
        let queries = ["\"low rank tail\"", "abs:wind", "abs:'in", "abs:hiv sort:title", "-abs:kite", "abs:^low-rank"];
        queries.iter().map(|query| found(library, query)).collect()
    }

    fn build(library: &Library) -> bool {
        library.build_full_text(Haste::All, &mut |_, _| ControlFlow::Continue(())).unwrap()
    }

    #[test]
    fn the_full_text_answers_as_reading_does_and_newer_papers_are_read() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), &PAPERS[..3]);
        let mut library = Library::open(folder.path()).unwrap();
        let read = answers(&mut library);
        assert_eq!(read[0].len(), 2);
        assert!(library.wants_full_text().unwrap());
        assert!(build(&library) && !build(&library), "once is enough");
        assert_eq!(answers(&mut library), read);

        add(folder.path(), &PAPERS[3..]);
        library.bring_up_to_date(&mut |_, _| ControlFlow::Continue(())).unwrap();
        assert_eq!(found(&mut library, "abs:hive").len(), 2);
        let stale = answers(&mut library);
        let whole = || std::fs::read(home(folder.path()).join("whole.idx")).unwrap();
        let before = whole();
        assert!(library.wants_full_text().unwrap() && build(&library));
        assert_eq!(answers(&mut library), stale);
        // A later version says something else: the words of the old one find it no more.
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
        assert!(!library.wants_full_text().unwrap() && whole() == before, "only what changed was turned around");
    }

    #[test]
    fn a_full_text_that_is_damaged_or_gone_is_read_around_and_built_again() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), &PAPERS);
        let mut library = Library::open(folder.path()).unwrap();
        let read = answers(&mut library);
        assert!(build(&library));
        for file in std::fs::read_dir(home(folder.path())).unwrap().map(|entry| entry.unwrap().path()) {
            let length = std::fs::metadata(&file).unwrap().len() as usize;
            std::fs::write(file, vec![0xAA; length]).unwrap();
        }
        let mut library = Library::open(folder.path()).unwrap();
        assert_eq!(answers(&mut library), read);
        assert!(build(&library));
        assert_eq!(answers(&mut library), read);
        std::fs::remove_dir_all(home(folder.path())).unwrap();
        assert_eq!(answers(&mut library), read);
        assert!(build(&library));
    }

    #[test]
    fn a_full_text_of_a_papers_db_that_is_gone_answers_nothing() {
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

    #[test]
    fn a_build_that_is_ended_keeps_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let papers: Vec<(String, String)> =
            (1..BETWEEN_LOOKS + 2).map(|n| (format!("2501.{n:05}"), format!("Title {n}"))).collect();
        let papers: Vec<_> = papers.iter().map(|(id, title)| (id.as_str(), title.as_str(), "An abstract")).collect();
        add(folder.path(), &papers);
        let library = Library::open(folder.path()).unwrap();
        assert!(!library.build_full_text(Haste::All, &mut |_, _| ControlFlow::Break(())).unwrap());
        assert!(library.wants_full_text().unwrap());
    }

    #[test]
    fn like_papers_are_found_by_paper_by_star_and_by_tag() {
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
