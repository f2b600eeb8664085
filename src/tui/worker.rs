//! The lanes that do what effects ask for: the quick lane answers searches, loads papers and keeps changes; the slow lane imports and
//! exports; two more build the index and the full text, which takes minutes for millions of papers. Each owns a library of its own. Nothing
//! here touches the model or the screen.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::fault;
use super::message::{Answer, Bulk, CopyKind, Effect, Message, Papers, Timed};
use super::model::{FULL, Part};
use super::opener;
use crate::domain::identity::PaperKey;
use crate::domain::query::Query;
use crate::domain::reading::Change;
use crate::error::{Error, Result};
use crate::export::Overwrite;
use crate::library::{self, Done, Haste, ImportRequest, Library};

/// How long papers that come in faster than an index of them is built are left alone.
const SETTLING: Duration = Duration::from_secs(5);

/// Between two words on how far a build is; one that is over sooner is not mentioned.
const BETWEEN_WORDS: Duration = Duration::from_millis(300);
/// Of so few papers an index is built before anybody could read that it is.
const SOON: usize = 20_000;

/// Hands effects to the lanes.
#[derive(Debug)]
pub struct Workers {
    quick: Sender<Effect>,
    slow: Sender<Effect>,
    indexing: Sender<Effect>,
    building: Sender<Effect>,
    signals: Arc<Signals>,
}

/// What the lanes look at while they work.
#[derive(Debug, Default)]
pub struct Signals {
    /// Generation of the newest search asked for; older ones give up.
    newest: AtomicU64,
    /// Effects of the quick lane that are not done yet.
    waiting: AtomicUsize,
    cancel_import: AtomicBool,
    /// Building the full text was asked for so often; a build that is not the last one gives up.
    builds: AtomicU64,
    /// The opener a person configured; empty is the system's.
    opener: Vec<String>,
}

impl Workers {
    /// Starts the lanes. `library` serves the quick lane; the others open their own when they are first needed.
    pub fn start(library: Library, opener: Vec<String>, answers: &Sender<Timed>) -> Self {
        let signals = Arc::new(Signals { opener, ..Signals::default() });
        let dir = library.dir().to_owned();
        let quick = lane(Box::new(|| Ok(library)), answers.clone(), Arc::clone(&signals));
        let open = || -> Opens {
            let dir = dir.clone();
            Box::new(move || Library::open_at_once(&dir))
        };
        let slow = lane(open(), answers.clone(), Arc::clone(&signals));
        let indexing = lane(open(), answers.clone(), Arc::clone(&signals));
        let building = lane(open(), answers.clone(), Arc::clone(&signals));
        Self { quick, slow, indexing, building, signals }
    }

    /// Hands an effect over. A lane that has ended takes nothing more; its end was reported when it happened.
    pub fn submit(&self, effect: Effect) {
        match &effect {
            Effect::Search { generation, .. } => self.signals.newest.store(*generation, Ordering::Relaxed),
            Effect::CancelImport => return self.signals.cancel_import.store(true, Ordering::Relaxed),
            Effect::Import { .. } => self.signals.cancel_import.store(false, Ordering::Relaxed),
            Effect::BuildFullText => drop(self.signals.builds.fetch_add(1, Ordering::Relaxed)),
            _ => {}
        }
        let lane = match lane_of(&effect) {
            Lane::Quick => {
                self.signals.waiting.fetch_add(1, Ordering::Relaxed);
                &self.quick
            }
            Lane::Slow => &self.slow,
            Lane::Indexing => &self.indexing,
            Lane::Building => &self.building,
        };
        drop(lane.send(effect));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lane {
    Quick,
    Slow,
    Indexing,
    Building,
}

fn lane_of(effect: &Effect) -> Lane {
    match effect {
        Effect::Import { .. } | Effect::Export { .. } => Lane::Slow,
        Effect::BringUpToDate | Effect::CheckIndex => Lane::Indexing,
        Effect::BuildFullText => Lane::Building,
        _ => Lane::Quick,
    }
}

type Opens = Box<dyn FnOnce() -> Result<Library> + Send>;

fn lane(open: Opens, answers: Sender<Timed>, signals: Arc<Signals>) -> Sender<Effect> {
    let (sender, effects) = channel();
    thread::spawn(move || {
        let mut answer = |answer| drop(answers.send((Instant::now(), Message::Answer(answer))));
        // The first effect opens the library: a lane that is never needed costs nothing.
        let Ok(first) = effects.recv() else { return };
        match open() {
            Ok(mut library) => work(&mut library, first, &effects, &signals, &mut answer),
            Err(error) => answer(Answer::Failed { what: "opening the library", error }),
        }
    });
    sender
}

fn work(
    library: &mut Library,
    first: Effect,
    effects: &Receiver<Effect>,
    signals: &Signals,
    answer: &mut dyn FnMut(Answer),
) {
    let mut queue = VecDeque::from([first]);
    loop {
        queue.extend(effects.try_iter());
        let Some(effect) = queue.pop_front().or_else(|| effects.recv().ok()) else { return };
        let is_quick = lane_of(&effect) == Lane::Quick;
        // A panic in here is a defect, but it must not take the screen and the keyboard with it.
        let done = catch_unwind(AssertUnwindSafe(|| {
            if !is_overtaken(&effect, &queue, signals) {
                fault::panic_on_request("worker");
                perform(library, effect, signals, answer);
            }
        }));
        if is_quick {
            signals.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        if done.is_err() {
            let error =
                Error::system("a worker stopped on a defect of the program").hint("what was marked before is kept");
            answer(Answer::Failed { what: "working", error });
        }
    }
}

/// A search is overtaken by a newer one; what is for the screen as it is, by what is for a later screen.
fn is_overtaken(effect: &Effect, queue: &VecDeque<Effect>, signals: &Signals) -> bool {
    match effect {
        Effect::Search { generation, .. } | Effect::Loose { generation, .. } => {
            *generation < signals.newest.load(Ordering::Relaxed)
        }
        Effect::Load { .. } => queue.iter().any(|later| matches!(later, Effect::Load { .. })),
        Effect::Snippets { .. } => queue.iter().any(|later| matches!(later, Effect::Snippets { .. })),
        _ => false,
    }
}

/// Does one effect and answers. The tests' way in, too: it needs no thread.
pub fn perform(library: &mut Library, effect: Effect, signals: &Signals, answer: &mut dyn FnMut(Answer)) {
    let what = name(&effect);
    let outcome = attempt(library, effect, signals, answer);
    if let Err(error) = outcome {
        answer(Answer::Failed { what, error });
    }
}

fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::Search { .. } | Effect::Loose { .. } => "searching",
        Effect::Load { .. } | Effect::Snippets { .. } => "loading",
        Effect::Import { .. } => "importing",
        Effect::Export { .. } => "exporting",
        Effect::Open { .. } => "opening",
        Effect::BringUpToDate => "building the index",
        Effect::CheckIndex => "checking the index",
        Effect::BuildFullText => "building the full text",
        _ => "not saved",
    }
}

fn attempt(library: &mut Library, effect: Effect, signals: &Signals, answer: &mut dyn FnMut(Answer)) -> Result<()> {
    // What is shown is the quick lane's picture; the others' would only be another one of the same.
    let is_shown = lane_of(&effect) == Lane::Quick;
    if (library.refresh()? || effect == Effect::Refresh) && is_shown {
        answer(Answer::Refreshed { snapshot: library.snapshot() });
    }
    if is_shown && library.is_behind()? {
        answer(Answer::Behind);
    }
    match effect {
        Effect::Search { generation, query } => {
            let cancelled = || signals.newest.load(Ordering::Relaxed) > generation;
            if let Some(hits) = library.search(&query, &cancelled) {
                let hits = Arc::new(hits);
                answer(Answer::Found { generation, hits: Arc::clone(&hits) });
                answer(Answer::Counted { generation, facets: Arc::new(library.facets(&query, &hits)) });
                if hits.count == 0 {
                    answer(Answer::Blamed { generation, parts: blame(library, &query) });
                }
            }
        }
        Effect::Loose { generation, query, found } => {
            let is_overtaken = || signals.newest.load(Ordering::Relaxed) > generation;
            // Reading every title takes long enough that a key would be felt to wait for it.
            let makes_way = || is_overtaken() || signals.waiting.load(Ordering::Relaxed) > 1;
            match library.loose(&query, &found, FULL.saturating_sub(found.len()), &makes_way) {
                Some(docs) => answer(Answer::Loose { generation, docs }),
                None if is_overtaken() => {}
                None => answer(Answer::Delayed { generation }),
            }
        }
        Effect::Snippets { epoch, docs, asked } => {
            answer(Answer::Snippets { epoch, found: library.snippets(&docs, &asked) });
        }
        Effect::Load { key } => answer(Answer::Loaded { detail: library.detail(&key)?, key }),
        Effect::Change { changes, label } => {
            let done = library.change(&changes, &label)?;
            answer(Answer::Changed { snapshot: library.snapshot(), done });
        }
        Effect::ChangeAll { papers, change, label } => {
            let keys = keys(library, papers)?;
            let changes: Vec<Change> = keys.into_iter().map(|key| one_change(&change, key)).collect();
            let done = library.change(&changes, &label)?;
            answer(Answer::Changed { snapshot: library.snapshot(), done });
        }
        Effect::Undo => {
            let done = library.undo()?.map(|done| Done { label: format!("took back: {}", done.label), ..done });
            let done = done.unwrap_or_else(|| Done { label: "undo".to_owned(), ..Done::default() });
            answer(Answer::Changed { snapshot: library.snapshot(), done });
        }
        Effect::Redo => {
            let done = library.redo()?.map(|done| Done { label: format!("did again: {}", done.label), ..done });
            let done = done.unwrap_or_else(|| Done { label: "redo".to_owned(), ..Done::default() });
            answer(Answer::Changed { snapshot: library.snapshot(), done });
        }
        Effect::Import { paths } => {
            let request = ImportRequest { paths, ..ImportRequest::default() };
            let report = library.import(&request, &mut |progress| {
                answer(Answer::Progress(progress.clone()));
                // Asked for once, it ends what is being done: the reading, or the index after it.
                if signals.cancel_import.swap(false, Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })?;
            answer(Answer::Imported(Box::new(report)));
        }
        Effect::BringUpToDate => bring_up_to_date(library, answer)?,
        Effect::CheckIndex => {
            library.check_index()?;
            if library.is_behind()? {
                answer(Answer::Behind);
            }
        }
        Effect::BuildFullText => build_full_text(library, signals, answer)?,
        Effect::Export { papers, format, path } => answer(export(library, papers, format, &path)?),
        Effect::Copy { papers, kind } => {
            let keys = keys(library, papers)?;
            let what = match (kind, keys.len()) {
                (CopyKind::Citation, 1) => "the citation".to_owned(),
                (CopyKind::Bibtex, 1) => "the BibTeX entry".to_owned(),
                (CopyKind::Url, 1) => "the address".to_owned(),
                (CopyKind::Id, 1) => "the id".to_owned(),
                (CopyKind::Title, 1) => "the title".to_owned(),
                (_, papers) => format!("{papers} papers"),
            };
            answer(Answer::Copied { text: copied(library, &keys, kind)?, what });
        }
        Effect::Open { url } => opener::open(&url, &signals.opener)?,
        Effect::ReadLog => answer(Answer::Logged(library.log(Some(1000))?)),
        Effect::ReadStatistics => answer(Answer::Counts(Box::new(library.statistics()?))),
        // The rest is the terminal's: the loop does it.
        Effect::Refresh
        | Effect::CancelImport
        | Effect::Clip { .. }
        | Effect::Edit { .. }
        | Effect::Wake { .. }
        | Effect::Mouse(_)
        | Effect::Suspend
        | Effect::Redraw
        | Effect::Quit => {}
    }
    Ok(())
}

fn bring_up_to_date(library: &mut Library, answer: &mut dyn FnMut(Answer)) -> Result<()> {
    const WHAT: &str = "index";
    if library.snapshot().index.len() > SOON {
        answer(Answer::Building { what: WHAT, percent: None });
    }
    let outcome = loop {
        match library.bring_up_to_date() {
            Ok(false) => thread::sleep(SETTLING),
            outcome => break outcome,
        }
    };
    answer(Answer::Built { what: WHAT });
    outcome?;
    answer(Answer::UpToDate);
    Ok(())
}

fn build_full_text(library: &Library, signals: &Signals, answer: &mut dyn FnMut(Answer)) -> Result<()> {
    const WHAT: &str = "full text";
    let build = signals.builds.load(Ordering::Relaxed);
    let mut said = Instant::now();
    let outcome = library.build_full_text(Haste::Beside, &mut |read, of| {
        if said.elapsed() > BETWEEN_WORDS {
            said = Instant::now();
            // The last of it is putting the pieces together.
            answer(Answer::Building { what: WHAT, percent: Some((read * 100 / of.max(1)).min(99)) });
        }
        if signals.builds.load(Ordering::Relaxed) == build { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    answer(Answer::Built { what: WHAT });
    outcome.map(drop)
}

/// What each part of a query finds alone.
fn blame(library: &mut Library, query: &Query) -> Vec<Part> {
    let mut parts = Vec::new();
    for (filter, text) in query.parts() {
        let alone = Query { filter: filter.clone(), ..Query::default() };
        let papers = library.search(&alone, &|| false).map_or(0, |hits| hits.count);
        parts.push(Part { filter, text, papers });
    }
    parts
}

fn keys(library: &mut Library, papers: Papers) -> Result<Vec<PaperKey>> {
    match papers {
        Papers::Keys(keys) => Ok(keys),
        Papers::Found(query) => match library.search(&query, &|| false) {
            Some(hits) => Ok(library.keys(&hits)),
            None => {
                Err(Error::system("the papers found cannot be told").hint("`tsundoku doctor` looks for the reason"))
            }
        },
    }
}

fn one_change(bulk: &Bulk, key: PaperKey) -> Change {
    match bulk {
        Bulk::Status(status) => Change::Status(key, *status),
        Bulk::Star(starred) => Change::Star(key, *starred),
        Bulk::Tag(tag) => Change::Tag(key, tag.clone()),
        Bulk::Untag(tag) => Change::Untag(key, tag.clone()),
    }
}

fn export(library: &mut Library, papers: Papers, format: &str, path: &Path) -> Result<Answer> {
    let keys = keys(library, papers)?;
    let format = crate::export::find_format(format)?;
    let papers = library.export_file(&keys, format, path, Overwrite::Refuse)?;
    Ok(Answer::Exported { path: path.to_owned(), papers })
}

fn copied(library: &mut Library, keys: &[PaperKey], kind: CopyKind) -> Result<String> {
    if kind == CopyKind::Bibtex {
        let mut out = Vec::new();
        library.export(keys, crate::export::find_format("bibtex")?, &mut out)?;
        return Ok(String::from_utf8_lossy(&out).into_owned());
    }
    let mut lines = Vec::new();
    for record in library.records(keys)? {
        let paper = &record.paper;
        lines.push(match kind {
            CopyKind::Citation | CopyKind::Bibtex => library::citation_line(paper),
            CopyKind::Url => paper.link(crate::domain::paper::LinkKind::Abstract).unwrap_or_default(),
            CopyKind::Id => paper.arxiv.as_ref().map_or_else(|| paper.key().to_string(), ToString::to_string),
            CopyKind::Title => paper.title.line().into_string(),
        });
    }
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_for_loose_matches_makes_way() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        let mut answers = |signals: &Signals| {
            let query = Query::parse("attntn nd");
            let mut answers = Vec::new();
            let effect = Effect::Loose { generation: 3, query, found: Vec::new() };
            perform(&mut library, effect, signals, &mut |answer| answers.push(answer));
            answers
        };
        let signals = Signals::default();
        signals.waiting.store(1, Ordering::Relaxed);
        signals.newest.store(3, Ordering::Relaxed);
        assert!(
            matches!(&answers(&signals)[..], [Answer::Loose { generation: 3, docs }] if !docs.is_empty()),
            "nothing but itself waits"
        );
        signals.waiting.store(2, Ordering::Relaxed);
        assert!(matches!(answers(&signals)[..], [Answer::Delayed { generation: 3 }]), "something else goes first");
        signals.newest.store(4, Ordering::Relaxed);
        assert!(answers(&signals).is_empty(), "nobody asks any more");
    }
}
