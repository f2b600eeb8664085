//! What each request does: searches, papers, changes, copies. Every arm answers; failures go back to the caller.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::completion::FolderList;
use super::super::effect::{Bulk, CopyKind, FoundPapers, LARGE_CHANGE, Lane, Papers, Request, SharedHits, UnreadPart};
use super::super::message::Answer;
use super::super::opener;
use super::super::results::{QueryPart, SCREENFUL};
use super::{Check, folder};
use crate::domain::identity::PaperKey;
use crate::domain::paper::LinkKind;
use crate::domain::query::Query;
use crate::domain::reading::{Change, Status, Tag};
use crate::error::{Error, Result};
use crate::library::export::{citation_line, find_format};
use crate::library::import::contents_of;
use crate::library::search::{DocId, Elsewhere, Hits};
use crate::library::{ChangeDirection, ChangeReport, Direction, Library, PaperList, has_full_text};

/// Actions that the page of the log has; `tsundoku log` lists all.
const LOGGED: usize = 1000;

pub(super) fn run(
    library: &mut Library,
    lane: Lane,
    request: Request,
    check: &Check<'_>,
    answer: &mut dyn FnMut(Answer),
) -> Result<()> {
    let is_interactive = lane == Lane::Interactive;
    let has_changed = if is_interactive { library.refresh_at_once()? } else { library.refresh()? };
    if !library.awaits_papers() {
        return run_with(library, lane, (request, has_changed), check, answer);
    }
    answer(Answer::PapersUnderway);
    // What is read from a file that is half another one is no failure of this one.
    run_with(library, lane, (request, has_changed), check, answer).map_err(|error| {
        Error::system("papers.db is being overwritten by another program")
            .hint("try again in a moment")
            .caused_by(error)
    })
}

fn run_with(
    library: &mut Library,
    lane: Lane,
    (request, has_changed): (Request, bool),
    check: &Check<'_>,
    answer: &mut dyn FnMut(Answer),
) -> Result<()> {
    // The screen shows the snapshots of the interactive lane; those of the others would only repeat them.
    if lane == Lane::Interactive {
        if has_changed || request == Request::Refresh {
            answer(Answer::Refreshed { snapshot: library.snapshot() });
        }
        if !library.awaits_papers() && library.is_outdated()? {
            let may_follow = request == Request::CheckFiles { is_settled: false };
            answer(if may_follow { Answer::Unsettled } else { Answer::Outdated });
        }
    }
    if let Some(replaced) = library.take_replacement() {
        // What the user asks for was meant for what was shown.
        if request.writes() && !matches!(request, Request::Checkpoint { .. }) {
            let hint = replaced.hint.as_deref().unwrap_or_default();
            return Err(replaced.clone().hint(format!("make the change again; {hint}")));
        }
        if lane == Lane::Interactive {
            answer(Answer::Failed { failure: "library replaced", error: replaced, effect: None });
        }
    }
    match request {
        Request::Search { generation, query, keep, at_once } => {
            search(library, (generation, query, keep, at_once), check, answer);
        }
        Request::Complete { generation, query, begun } => {
            complete(library, (generation, query, begun), check, answer);
        }
        Request::Rows { hits, rows } => {
            if let Some(docs) = hits.0.page_while(rows.start, rows.len(), &|| check.is_superseded()) {
                answer(Answer::Rows { hits, from: rows.start, docs });
            }
        }
        Request::NextUnread { hits, from, forward } => {
            let snapshot = library.snapshot();
            let is_unread = |doc| snapshot.status(doc) == Status::Unread;
            if let Some(row) = hits.0.find_from(from, forward, is_unread, &|| check.is_superseded()) {
                answer(Answer::NextUnread { hits, row });
            }
        }
        Request::FindFirst { hits, docs } => {
            let is_wanted = |doc| docs.contains(&doc);
            if let Some(row) = hits.0.find_first(is_wanted, &|| check.is_superseded()) {
                answer(Answer::FoundFirst { hits, row });
            }
        }
        Request::ExaminePaste(paste) => {
            let found = contents_of(&paste.text);
            answer(Answer::Examined { paste, found });
        }
        Request::Below { generation, query, found } => {
            // Reading every title takes long enough for a key to wait noticeably.
            let is_cancelled = || check.is_superseded() || check.must_give_way();
            match library.below(&query, &found, SCREENFUL.saturating_sub(found.len()), &is_cancelled) {
                Some(bands) => answer(Answer::Below { generation, bands }),
                None if check.is_superseded() => {}
                None => {
                    let request = Box::new(Request::Below { generation, query, found });
                    answer(Answer::Postponed { generation, request });
                }
            }
        }
        Request::Snippets { epoch, docs, patterns, or_opening } => {
            answer(Answer::Snippets { epoch, found: library.snippets(&docs, &patterns, or_opening) });
        }
        Request::Load { key } => answer(Answer::Loaded { detail: library.detail(&key)?, key }),
        Request::Change { changes, label } => {
            let done = library.change(&changes, &label)?;
            answer(Answer::Changed { snapshot: library.snapshot(), done });
        }
        Request::ChangeAll { papers, change, label } => {
            let list = list_of(papers);
            let go_on = &mut |_, _| ControlFlow::Continue(());
            let outcome = library.change_all(&list, &|key| changes_of(&change, key), &label, go_on)?;
            let done = outcome.report().unwrap_or_default();
            answer(Answer::Changed { snapshot: library.snapshot(), done });
        }
        Request::Reverse(direction) => {
            if library.next_reversal(direction)?.is_some_and(|changes| changes >= LARGE_CHANGE) {
                answer(Answer::TooMuchToReverse(direction));
            } else {
                let done = reverse(library, direction)?;
                answer(Answer::Changed { snapshot: library.snapshot(), done });
            }
        }
        // Done above, as for every request.
        Request::Refresh | Request::CheckFiles { .. } => {}
        Request::Copy { papers, kind } => {
            let list = list_of(papers);
            let what = copied_thing(kind, list.len());
            answer(Answer::Copied { text: text_to_copy(library, &list, kind)?, what });
        }
        Request::Open { url } => opener::open(&url, &check.signals.opener)?,
        Request::ReadSyncStatus(services) => answer(Answer::SyncStatus(library.sync_status(&services)?)),
        Request::ReadChanges(key) => answer(Answer::Versions(library.version_changes(&key)?)),
        Request::ReadLog => answer(Answer::Logged(library.actions(Some(LOGGED))?)),
        Request::ReadStatistics => answer(Answer::Counts(Box::new(library.statistics()?))),
        Request::ListFolder { folder, path } => {
            let names = folder::names(&path, &|| check.is_superseded());
            answer(Answer::Listed(FolderList { folder, names }));
        }
        Request::Checkpoint { attempt } => {
            if !library.checkpoint()? {
                answer(Answer::CheckpointIncomplete { attempt });
            }
            library.back_up_daily()?;
        }
        Request::CheckIndex => {
            library.check_index()?;
            if library.is_outdated()? {
                answer(Answer::Outdated);
            }
        }
    }
    Ok(())
}

/// Time after which the user is told why a search takes long.
const LONG: Duration = Duration::from_millis(300);

/// A search that may read every abstract, which takes so long that a change of the user must not wait for it.
struct SlowSearch {
    dir: PathBuf,
    begun: Instant,
    /// Known once it takes long.
    is_reading: OnceCell<bool>,
}

impl SlowSearch {
    fn reads_every_abstract(&self) -> bool {
        self.begun.elapsed() > LONG && *self.is_reading.get_or_init(|| !has_full_text(&self.dir))
    }
}

/// Answers in the order in which the screen needs it. Every step ends when the next search makes this one pointless.
fn search(
    library: &mut Library,
    (generation, query, keep, at_once): (u64, Query, Option<DocId>, bool),
    check: &Check<'_>,
    answer: &mut dyn FnMut(Answer),
) {
    let cancelled = || check.is_superseded();
    let slow = SlowSearch { dir: library.dir().to_owned(), begun: Instant::now(), is_reading: OnceCell::new() };
    let (answering, gave_way) = (RefCell::new(&mut *answer), Cell::new(false));
    let ends_early = || {
        let is_told = slow.is_reading.get().is_some();
        if slow.reads_every_abstract() {
            if !is_told {
                (answering.borrow_mut())(Answer::ReadingAbstracts { generation });
            }
            gave_way.set(check.must_give_way());
        }
        gave_way.get() || cancelled()
    };
    let found = if at_once { library.search(&query, &ends_early) } else { library.begin(&query, &ends_early) };
    let Some(hits) = found.map(Arc::new) else {
        if gave_way.get() && !cancelled() {
            answer(Answer::SearchPostponed { generation });
        }
        return;
    };
    let row = keep.and_then(|doc| hits.position(doc, &cancelled));
    answer(Answer::Found { generation, hits: Arc::clone(&hits), row });
    if hits.elsewhere != Elsewhere::Awaited {
        count(library, (generation, &query, &hits), check, answer);
    }
}

/// Answers with the whole result of which a part is shown, unless something else waits to be done first.
fn complete(
    library: &mut Library,
    (generation, query, begun): (u64, Query, SharedHits),
    check: &Check<'_>,
    answer: &mut dyn FnMut(Answer),
) {
    let is_cancelled = || check.is_superseded() || check.must_give_way();
    let found = if is_cancelled() { None } else { library.complete(&query, &begun.0, &is_cancelled) };
    match found.map(Arc::new) {
        Some(hits) => {
            answer(Answer::Completed { generation, hits: Arc::clone(&hits) });
            count(library, (generation, &query, &hits), check, answer);
        }
        None if check.is_superseded() => {}
        None => {
            let request = Box::new(Request::Complete { generation, query, begun });
            answer(Answer::Postponed { generation, request });
        }
    }
}

/// Answers with the facet counts of a whole result; if it is empty, also with what each part of the query finds.
fn count(
    library: &mut Library,
    (generation, query, hits): (u64, &Query, &Hits),
    check: &Check<'_>,
    answer: &mut dyn FnMut(Answer),
) {
    let cancelled = || check.is_superseded();
    let Some(facets) = library.facets(query, hits, &cancelled) else { return };
    answer(Answer::Counted { generation, facets: Arc::new(facets) });
    if hits.count == 0
        && let Some(parts) = count_each_part(library, query, &cancelled)
    {
        answer(Answer::Blamed { generation, parts });
    }
}

fn reverse(library: &mut Library, direction: Direction) -> Result<ChangeReport> {
    let (done, nothing) = match direction {
        Direction::Undo => (library.undo()?, ChangeDirection::Undo),
        Direction::Redo => (library.redo()?, ChangeDirection::Redo),
    };
    Ok(done.unwrap_or_else(|| ChangeReport { direction: nothing, ..ChangeReport::default() }))
}

/// How many papers each part of a query finds alone. None when cancelled.
fn count_each_part(library: &mut Library, query: &Query, cancelled: &dyn Fn() -> bool) -> Option<Vec<QueryPart>> {
    let mut parts = Vec::new();
    for (filter, text) in query.parts() {
        let papers = library.count(&filter, cancelled)?;
        parts.push(QueryPart { filter, text, papers });
    }
    Some(parts)
}

/// The papers meant, in the order of the list.
pub(super) fn list_of(papers: Papers) -> PaperList {
    match papers {
        Papers::Keys(keys) => keys.into(),
        Papers::Found(FoundPapers { hits, snapshot }) => PaperList::of(snapshot, hits.0.complete()),
        Papers::Unread(part) => {
            let UnreadPart { found: FoundPapers { hits, snapshot }, rows, except, except_found } = *part;
            let except: HashSet<DocId> = except.iter().filter_map(|key| snapshot.find(key)).collect();
            let is_excepted = |doc| except_found.as_ref().is_some_and(|found| found.contains(&snapshot, doc));
            let mut docs = hits.0.page(0, rows);
            docs.retain(|doc| snapshot.status(*doc) == Status::Unread && !except.contains(doc) && !is_excepted(*doc));
            PaperList::of(snapshot, docs)
        }
    }
}

pub(super) fn changes_of(bulk: &Bulk, key: PaperKey) -> Vec<Change> {
    match bulk {
        Bulk::Status(status) => vec![Change::Status(key, *status)],
        Bulk::Star(starred) => vec![Change::Star(key, *starred)],
        Bulk::Tag(tag) => vec![Change::Tag(key, tag.clone())],
        Bulk::Untag(tag) => vec![Change::Untag(key, tag.clone())],
        Bulk::Tags(tags) => {
            let change = |(tag, on): &(Tag, bool)| match on {
                true => Change::Tag(key.clone(), tag.clone()),
                false => Change::Untag(key.clone(), tag.clone()),
            };
            tags.iter().map(change).collect()
        }
    }
}

fn copied_thing(kind: CopyKind, papers: usize) -> String {
    if papers != 1 {
        return format!("{papers} papers");
    }
    let one = match kind {
        CopyKind::Citation => "the citation",
        CopyKind::Bibtex => "the BibTeX entry",
        CopyKind::Url => "the URL",
        CopyKind::Id => "the id",
        CopyKind::Title => "the title",
    };
    one.to_owned()
}

fn text_to_copy(library: &mut Library, list: &PaperList, kind: CopyKind) -> Result<String> {
    if kind == CopyKind::Bibtex {
        let mut out = Vec::new();
        library.export(list, find_format("bibtex")?, &mut out, &mut |_, _| ControlFlow::Continue(()))?;
        return Ok(String::from_utf8_lossy(&out).into_owned());
    }
    let keys = list.keys().collect::<Result<Vec<PaperKey>>>()?;
    let mut lines = Vec::new();
    for record in library.records(&keys)? {
        let paper = &record.paper;
        lines.push(match kind {
            CopyKind::Citation | CopyKind::Bibtex => citation_line(paper),
            CopyKind::Url => paper.link(LinkKind::Abstract).unwrap_or_default(),
            CopyKind::Id => paper.arxiv.as_ref().map_or_else(|| paper.key().to_string(), ToString::to_string),
            CopyKind::Title => paper.title.line().into_string(),
        });
    }
    Ok(lines.join("\n"))
}
