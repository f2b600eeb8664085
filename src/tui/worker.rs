//! The lanes that do what effects ask for: the quick lane answers searches, loads papers and keeps changes; the slow lane imports and
//! exports; the last one builds the full text, which takes minutes for millions of papers. Each owns a library of its own. Nothing here
//! touches the model or the screen.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Instant;

use super::fault;
use super::message::{Answer, Bulk, CopyKind, Effect, Message, Papers, Timed};
use super::model::Part;
use super::opener;
use crate::domain::identity::PaperKey;
use crate::domain::query::Query;
use crate::domain::reading::Change;
use crate::error::{Error, Result};
use crate::export::Overwrite;
use crate::library::{self, Done, ImportRequest, Library};

/// Hands effects to the lanes.
#[derive(Debug)]
pub struct Workers {
    quick: Sender<Effect>,
    slow: Sender<Effect>,
    building: Sender<Effect>,
    signals: Arc<Signals>,
}

/// What the lanes look at while they work.
#[derive(Debug, Default)]
pub struct Signals {
    /// Generation of the newest search asked for; older ones give up.
    newest: AtomicU64,
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
            Box::new(move || Library::open(&dir))
        };
        let slow = lane(open(), answers.clone(), Arc::clone(&signals));
        let building = lane(open(), answers.clone(), Arc::clone(&signals));
        Self { quick, slow, building, signals }
    }

    /// Hands an effect over. A lane that has ended takes nothing more; its end was reported when it happened.
    pub fn submit(&self, effect: Effect) {
        let lane = match &effect {
            Effect::Search { generation, .. } => {
                self.signals.newest.store(*generation, Ordering::Relaxed);
                &self.quick
            }
            Effect::CancelImport => return self.signals.cancel_import.store(true, Ordering::Relaxed),
            Effect::Import { .. } => {
                self.signals.cancel_import.store(false, Ordering::Relaxed);
                &self.slow
            }
            Effect::Export { .. } => &self.slow,
            Effect::BuildFullText => {
                self.signals.builds.fetch_add(1, Ordering::Relaxed);
                &self.building
            }
            _ => &self.quick,
        };
        drop(lane.send(effect));
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
        if is_overtaken(&effect, &queue, signals) {
            continue;
        }
        // A panic in here is a defect, but it must not take the screen and the keyboard with it.
        let done = catch_unwind(AssertUnwindSafe(|| {
            fault::panic_on_request("worker");
            perform(library, effect, signals, answer);
        }));
        if done.is_err() {
            let error =
                Error::system("a worker stopped on a defect of the program").hint("what was marked before is kept");
            answer(Answer::Failed { what: "working", error });
        }
    }
}

/// A search is overtaken by a newer one, a load by a later one.
fn is_overtaken(effect: &Effect, queue: &VecDeque<Effect>, signals: &Signals) -> bool {
    match effect {
        Effect::Search { generation, .. } => *generation < signals.newest.load(Ordering::Relaxed),
        Effect::Load { .. } => queue.iter().any(|later| matches!(later, Effect::Load { .. })),
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
        Effect::Search { .. } => "searching",
        Effect::Load { .. } => "loading",
        Effect::Import { .. } => "importing",
        Effect::Export { .. } => "exporting",
        Effect::Open { .. } => "opening",
        Effect::BuildFullText => "building the full text",
        _ => "not saved",
    }
}

fn attempt(library: &mut Library, effect: Effect, signals: &Signals, answer: &mut dyn FnMut(Answer)) -> Result<()> {
    if library.glance()? {
        answer(Answer::Refreshed { snapshot: library.snapshot() });
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
        Effect::Load { key } => answer(Answer::Loaded { detail: library.detail(&key)?, key }),
        Effect::Change { changes, label } => {
            let done = library.change(&changes, &label)?;
            answer(Answer::Changed { snapshot: library.snapshot(), done });
        }
        Effect::ChangeAll { papers, change, label } => {
            let keys = keys(library, papers);
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
        Effect::BuildFullText => {
            let build = signals.builds.load(Ordering::Relaxed);
            library.build_full_text(&mut |_| {
                if signals.builds.load(Ordering::Relaxed) == build {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
        }
        Effect::Export { papers, format, path } => answer(export(library, papers, format, &path)?),
        Effect::Copy { papers, kind } => {
            let keys = keys(library, papers);
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

fn keys(library: &mut Library, papers: Papers) -> Vec<PaperKey> {
    match papers {
        Papers::Keys(keys) => keys,
        Papers::Found(query) => library.search(&query, &|| false).map(|hits| library.keys(&hits)).unwrap_or_default(),
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
    let keys = keys(library, papers);
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
