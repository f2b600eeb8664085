//! What is asked about the insides of abstracts: phrases, words, papers like others. The full text answers where there is one that fits;
//! what it does not know yet is read. And when the full text is built, from which abstracts.

use std::cell::{Ref, RefCell};
use std::collections::VecDeque;
use std::fs;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{INDEX, Library, Snapshot, folder_of_one};
use crate::domain::fold;
use crate::domain::identity::PaperKey;
use crate::domain::query::{How, Word, glob};
use crate::domain::tex;
use crate::error::Result;
use crate::index::{DocId, FullText, FullTextBuilder, Texts, full_text_revision, holds_phrase, holds_words};
use crate::store::PaperStore;

/// Most papers like others that are found.
const SIMILAR: usize = 200;
/// So many papers are taken together where those like all of them are asked for, the newest.
const SOURCES: usize = 100;
/// Up to so many papers a full text is made in memory when there is none yet and only it can answer.
const SMALL: usize = 5_000;
/// Abstracts read between two looks at whether somebody still waits.
const BETWEEN_LOOKS: usize = 64;

/// Receives how many abstracts are in; Break ends the building, and nothing is kept.
pub type FullTextProgress<'a> = dyn FnMut(usize) -> ControlFlow<()> + 'a;

impl Library {
    /// Whether the full text is missing or older than the papers, can be built, and was not declined.
    pub fn wants_full_text(&self) -> Result<bool> {
        wanted(&self.dir, &self.papers)
    }

    /// Does without a full text from now on: nothing builds one, and what an older one does not know is read.
    pub fn decline_full_text(&self) -> Result<()> {
        folder_of_one(&home(&self.dir))?;
        Ok(fs::write(declined(&self.dir), "")?)
    }

    /// Takes back `decline_full_text`.
    pub fn accept_full_text(&self) -> Result<()> {
        match fs::remove_file(declined(&self.dir)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Builds the full text where it is wanted, in bounded memory; at 20 thousand abstracts a second or so this is no work for a thread
    /// that somebody waits for. The old one answers meanwhile. False: there was nothing to build, another process builds, or `progress`
    /// ended it.
    pub fn build_full_text(&self, progress: &mut FullTextProgress<'_>) -> Result<bool> {
        build(&self.dir, &self.papers, progress)
    }
}

pub(super) fn home(dir: &Path) -> PathBuf {
    dir.join(INDEX).join("text")
}

/// Present where no full text is wanted.
fn declined(dir: &Path) -> PathBuf {
    home(dir).join("declined")
}

fn wanted(dir: &Path, papers: &PaperStore) -> Result<bool> {
    let possible = !papers.is_read_only() && !declined(dir).exists();
    Ok(possible && full_text_revision(&home(dir)) != Some(papers.revision()?))
}

/// `Library::build_full_text` for a folder that no library is open in.
pub(super) fn build(dir: &Path, papers: &PaperStore, progress: &mut FullTextProgress<'_>) -> Result<bool> {
    if !wanted(dir, papers)? {
        return Ok(false);
    }
    let home = home(dir);
    folder_of_one(&home)?;
    let Some(mut builder) = FullTextBuilder::new(&home, papers.revision()?)? else { return Ok(false) };
    let mut read = 0;
    let mut outcome = Ok(true);
    papers.scan_summaries(i64::MIN, &mut |row, summary, markup| {
        outcome = builder.push(row, &tex::render(summary, markup)).map(|()| {
            read += 1;
            read % BETWEEN_LOOKS != 0 || progress(read).is_continue()
        });
        if matches!(outcome, Ok(true)) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    if outcome? {
        builder.finish()?;
        return Ok(true);
    }
    Ok(false)
}

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

    fn holds(&self, words: &[String]) -> bool {
        match self.how {
            Some(how) => holds_words(words, &self.words, how),
            None => holds_phrase(words, &self.words),
        }
    }
}

/// What was found by reading: the revisions of the papers and of the index, the row read after, the question, the papers.
type Reading = ([i64; 3], Question, Vec<DocId>);

/// Results of reading that are kept: filters and counts ask the same again at once.
const READINGS: usize = 8;

/// The full text as far as it is open, and what was read instead. Opened when it is first asked, and again when another one counts.
#[derive(Default)]
pub(super) struct Opened {
    text: RefCell<Option<FullText>>,
    readings: RefCell<VecDeque<Reading>>,
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
    /// What the full text answers, with what reading finds in the abstracts that are newer than it.
    fn find(&self, question: &Question) -> Option<Vec<DocId>> {
        let (index, words) = (&self.snapshot.index, &question.words);
        let revision = self.papers.revision().ok()?;
        if let Some(text) = self.opened.text(&self.home) {
            let answer = match question.how {
                Some(how) => text.words(index, words, how, self.cancelled),
                None => text.phrase(index, words, self.cancelled),
            };
            match answer {
                Some(docs) if text.revision() == Some(revision) => return Some(docs),
                Some(mut docs) => {
                    docs.extend(self.read([revision, index.revision(), text.highest_row()], question)?);
                    return Some(docs);
                }
                None if text.is_broken() => text.distrust(&self.home),
                None => return None,
            }
        }
        self.read([revision, index.revision(), i64::MIN], question)
    }

    /// Reads every abstract after a row; see `Reading`.
    fn read(&self, state: [i64; 3], question: &Question) -> Option<Vec<DocId>> {
        let mut readings = self.opened.readings.borrow_mut();
        readings.retain(|(known, _, _)| *known == state);
        if let Some((_, _, docs)) = readings.iter().find(|(_, known, _)| known == question) {
            return Some(docs.clone());
        }
        let [_, _, after] = state;
        let mut docs = Vec::new();
        let mut read = 0;
        let mut cancelled = false;
        let scan = self.papers.scan_summaries(after, &mut |row, summary, markup| {
            read += 1;
            cancelled = read % BETWEEN_LOOKS == 0 && (self.cancelled)();
            if cancelled {
                return ControlFlow::Break(());
            }
            let words: Vec<String> = fold::words(&tex::render(summary, markup)).collect();
            if question.holds(&words) {
                docs.extend(self.snapshot.index.with_row(row));
            }
            ControlFlow::Continue(())
        });
        scan.ok()?;
        if cancelled {
            return None;
        }
        readings.truncate(READINGS - 1);
        readings.push_front((state, question.clone(), docs.clone()));
        Some(docs)
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
            _ if name == "starred" => all.filter(|doc| marks.starred(*doc)).take(SOURCES).collect(),
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
            let stored = self.papers.get_row(self.snapshot.index.row(*doc)).ok().flatten();
            if let Some(summary) = stored.and_then(|stored| stored.paper.summary) {
                all.push_str(&tex::render(&summary.source, summary.markup));
                all.push('\n');
            }
        }
        all
    }

    /// A full text of a small library whose own is not built yet or cannot be written.
    fn small(&self) -> Option<FullText> {
        if self.snapshot.index.len() > SMALL {
            return None;
        }
        let mut texts = Vec::new();
        let scan = self.papers.scan_summaries(i64::MIN, &mut |row, summary, markup| {
            texts.push((row, tex::render(summary, markup)));
            ControlFlow::Continue(())
        });
        scan.ok()?;
        FullText::in_memory(texts).ok()
    }
}

impl Texts for Abstracts<'_> {
    fn phrase(&self, phrase: &str) -> Option<Vec<DocId>> {
        self.find(&Question::new(phrase, None))
    }

    fn word(&self, word: &Word) -> Option<Vec<DocId>> {
        self.find(&Question::new(&word.text, Some(word.how)))
    }

    fn similar(&self, name: &str) -> Option<Vec<(DocId, f32)>> {
        let sources = self.sources(name);
        if sources.is_empty() {
            return Some(Vec::new());
        }
        let index = &self.snapshot.index;
        let ask = |text: &FullText| text.similar(index, &self.text_of(&sources), &sources, SIMILAR);
        if let Some(text) = self.opened.text(&self.home) {
            let found = ask(&text);
            if found.is_some() {
                return found;
            }
            text.distrust(&self.home);
        }
        ask(&self.small()?)
    }
}

#[cfg(test)]
mod tests {
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
        library.keys(&hits).iter().map(|key| key.as_str().trim_start_matches("arxiv:2501.0000").to_owned()).collect()
    }

    /// What queries find, each in the order of its result.
    fn answers(library: &mut Library) -> Vec<Vec<String>> {
        let queries = ["\"low rank tail\"", "abs:wind", "abs:'in", "abs:hiv sort:title", "-abs:kite", "abs:^low-rank"];
        queries.iter().map(|query| found(library, query)).collect()
    }

    fn build(library: &Library) -> bool {
        library.build_full_text(&mut |_| ControlFlow::Continue(())).unwrap()
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
        library.bring_up_to_date().unwrap();
        assert_eq!(found(&mut library, "abs:hive").len(), 2);
        let stale = answers(&mut library);
        assert!(library.wants_full_text().unwrap() && build(&library));
        assert_eq!(answers(&mut library), stale);
    }

    #[test]
    fn a_full_text_that_is_damaged_or_gone_is_read_around_and_built_again() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), &PAPERS);
        let mut library = Library::open(folder.path()).unwrap();
        let read = answers(&mut library);
        assert!(build(&library));
        for build in std::fs::read_dir(home(folder.path())).unwrap().map(|entry| entry.unwrap().path()) {
            for file in std::fs::read_dir(build).into_iter().flatten().map(|entry| entry.unwrap().path()) {
                let length = std::fs::metadata(&file).unwrap().len() as usize;
                std::fs::write(file, vec![0xAA; length]).unwrap();
            }
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
    fn a_build_that_is_ended_keeps_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let papers: Vec<(String, String)> =
            (1..BETWEEN_LOOKS + 2).map(|n| (format!("2501.{n:05}"), format!("Title {n}"))).collect();
        let papers: Vec<_> = papers.iter().map(|(id, title)| (id.as_str(), title.as_str(), "An abstract")).collect();
        add(folder.path(), &papers);
        let library = Library::open(folder.path()).unwrap();
        assert!(!library.build_full_text(&mut |_| ControlFlow::Break(())).unwrap());
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
