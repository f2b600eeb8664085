//! Takes what background threads found or did into the model. Stale answers are dropped, all in one place.

use std::sync::Arc;
use std::time::Duration;

use super::super::changes_page;
use super::super::command::Action;
use super::super::cursor::Cursor;
use super::super::effect::{Alarm, Effect, JobId, JobKind, Request, TerminalEffect, Work};
use super::super::filters::needed_columns;
use super::super::flow::counted;
use super::super::jobs::JobOutcome;
use super::super::log_page;
use super::super::message::Answer;
use super::super::model::{Model, Tone};
use super::super::overlay::{Overlay, TextPage};
use super::super::results::{SCREENFUL, Window};
use super::super::sync_page;
use super::arrivals::{import_summary, import_tone, imported};
use super::done_changes::{nothing_changed, show_change};
use super::search::Cause;
use super::{arrivals, completions, digests, drafts, marking, movement, pages, pastes, questions, search, typed_ahead};
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::error::Error;
use crate::library::Snapshot;
use crate::library::search::{DocId, Hits, not_in_library};
use crate::library::sync::SyncReport;

/// Whether the answer is to a question that the model has replaced by another since.
fn is_stale(model: &Model, answer: &Answer) -> bool {
    match answer {
        Answer::Found { generation, .. }
        | Answer::Counted { generation, .. }
        | Answer::Blamed { generation, .. }
        | Answer::Completed { generation, .. }
        | Answer::Below { generation, .. }
        | Answer::ReadingAbstracts { generation }
        | Answer::SearchPostponed { generation }
        | Answer::Postponed { generation, .. } => *generation != model.results.generation,
        Answer::Rows { hits, .. } | Answer::NextUnread { hits, .. } | Answer::FoundFirst { hits, .. } => {
            model.results.hits.as_ref().is_none_or(|shown| !Arc::ptr_eq(shown, &hits.0))
        }
        Answer::Loaded { key, .. } => model.detail.key.as_ref() != Some(key),
        // Excerpts carry an epoch of their own, which outlives a search.
        Answer::Snippets { .. }
        | Answer::Changed { .. }
        | Answer::TooMuchToReverse(_)
        | Answer::Refreshed { .. }
        | Answer::Written
        | Answer::CheckpointIncomplete { .. }
        | Answer::Unsettled
        | Answer::PapersUnderway
        | Answer::Outdated
        | Answer::Progress { .. }
        | Answer::Ended { .. }
        | Answer::Copied { .. }
        | Answer::Edited { .. }
        | Answer::Logged(_)
        | Answer::SyncStatus(_)
        | Answer::Versions(_)
        | Answer::Listed(_)
        | Answer::Examined { .. }
        | Answer::Counts(_)
        | Answer::Failed { .. } => false,
    }
}

pub(super) fn answer(model: &mut Model, answer: Answer) -> Vec<Effect> {
    if is_stale(model, &answer) {
        return Vec::new();
    }
    match answer {
        Answer::Found { generation, hits, row } => {
            model.results.answered = generation;
            found(model, hits, row)
        }
        Answer::Rows { from, docs, .. } => {
            model.results.window = Window { from, docs, awaited: None };
            Vec::new()
        }
        Answer::NextUnread { row, .. } => {
            model.results.unread_awaited = None;
            match row {
                Some(row) => {
                    model.results.left_over = None;
                    model.list.selected = row;
                }
                None => model.say(Tone::Info, "no more unread papers in this list"),
            }
            Vec::new()
        }
        Answer::FoundFirst { row, .. } => {
            arrivals::found(model, row);
            Vec::new()
        }
        Answer::Examined { paste, found } => pastes::examined(model, paste, found),
        Answer::Completed { hits, .. } => completed(model, hits),
        Answer::Below { bands, .. } => {
            let (current, row) = (model.current(), model.list.selected);
            let is_found = |doc: &DocId| model.results.hits.as_ref().is_some_and(|hits| hits.contains(*doc));
            let is_below = current.filter(|doc| !is_found(doc)).is_some();
            model.results.below = bands;
            model.results.below_for = model.search.query.filter.clone();
            let place = current.and_then(|doc| model.results.position_in_short_list(doc));
            match (place, current) {
                (Some(place), _) => model.list.selected = place,
                (None, Some(doc)) if is_below => model.list.selected = model.results.leave_over(doc, row),
                (None, _) => {}
            }
            Vec::new()
        }
        Answer::Postponed { request, .. } => vec![(*request).into()],
        Answer::SearchPostponed { .. } => search::run(model),
        Answer::ReadingAbstracts { .. } => {
            let is_built = model.jobs.open().iter().any(|job| job.kind == JobKind::FullText);
            let words = match is_built {
                true => "the full text is being built; until then a search in abstracts reads every one",
                false => "there is no full text: a search in abstracts reads every one",
            };
            model.say(Tone::Info, words);
            Vec::new()
        }
        Answer::Counted { facets, .. } => {
            model.filters.needed = model.filters.needed.max(needed_columns(&model.snapshot, Some(&facets)));
            model.results.facets = Some(facets);
            Vec::new()
        }
        Answer::Blamed { parts, .. } => {
            model.results.parts = parts;
            Vec::new()
        }
        Answer::Snippets { epoch, found } => {
            model.snippets.take(epoch, found);
            Vec::new()
        }
        Answer::Loaded { detail, .. } => {
            model.shown += 1;
            model.detail.laid_out_for = None;
            if detail.is_none() {
                model.say(Tone::Info, "this paper is no longer in the library");
            }
            model.detail.detail = detail;
            Vec::new()
        }
        Answer::Changed { snapshot, done } => {
            if show_change(model, &done) {
                take(model, snapshot, Cause::OwnChange)
            } else {
                Vec::new()
            }
        }
        Answer::TooMuchToReverse(direction) => vec![model.jobs.start(Work::Reverse(direction))],
        Answer::Refreshed { snapshot } => {
            let cause = match std::mem::take(&mut model.results.is_own_change_awaited) {
                true => Cause::OwnChange,
                false => Cause::Other,
            };
            let mut effects = take(model, snapshot, cause);
            // A process that was killed left what it wrote in the log.
            effects.push(checkpoint_soon(0));
            effects
        }
        Answer::Written => vec![checkpoint_soon(0)],
        Answer::CheckpointIncomplete { attempt } if attempt < CHECKPOINT_ATTEMPTS => vec![checkpoint_soon(attempt + 1)],
        Answer::CheckpointIncomplete { .. } => Vec::new(),
        Answer::Unsettled => vec![TerminalEffect::Wake { after: SETTLING, alarm: Alarm::Settled }.into()],
        Answer::PapersUnderway => vec![TerminalEffect::Wake { after: UNDERWAY, alarm: Alarm::Settled }.into()],
        Answer::Outdated => model.jobs.bring_index_up_to_date().into_iter().collect(),
        Answer::Progress { job, progress } => {
            model.jobs.report(job, progress);
            Vec::new()
        }
        Answer::Ended { job, outcome } => ended(model, job, outcome),
        Answer::Copied { text, what } => {
            model.say(Tone::Success, format!("sent {what} to the terminal's clipboard"));
            vec![TerminalEffect::Clip { text }.into()]
        }
        Answer::Edited { key, text } => drafts::edited(model, key, text),
        // Something was opened before they came: its text is not to be lost, nor to run as keys.
        Answer::Logged(_) | Answer::Counts(_) | Answer::SyncStatus(_) | Answer::Versions(_) if model.is_occupied() => {
            Vec::new()
        }
        Answer::Logged(log) => {
            let keys = [Action::Star, Action::ToggleRead, Action::Tags].map(|action| model.key_for(action));
            pages::open(model, "What you changed", log_page::lines(&log, &keys))
        }
        Answer::SyncStatus(statuses) => {
            let lines = sync_page::lines(&statuses, &model.key_for(Action::Sync));
            pages::open(model, "Sync", lines)
        }
        Answer::Versions(changes) => pages::open(model, "Versions", changes_page::lines(&changes)),
        Answer::Listed(files) => {
            completions::listed(model, files);
            Vec::new()
        }
        Answer::Counts(statistics) => {
            let lines = pages::statistics_lines(model, &statistics);
            let (title, statistics) = ("What you read", Some(statistics));
            model.overlay = Some(Overlay::Page(TextPage { title, lines, statistics, ..TextPage::default() }));
            Vec::new()
        }
        Answer::Failed { failure, error, effect } => {
            typed_ahead::give_up(model);
            let words = failed(failure, &error);
            let effect = effect.as_deref();
            drafts::give_back(model, words, effect, |submitted| Some(submitted) == effect);
            Vec::new()
        }
    }
}

/// Between the last change and the checkpoint: a burst of changes costs one, and keys that follow at once do not wait for it. Doubled by
/// every attempt that another process prevents.
const CHECKPOINT_AFTER: Duration = Duration::from_millis(500);
/// Until the next change, a process that has the file open in the middle of something for a minute is not waited for any longer.
const CHECKPOINT_ATTEMPTS: u32 = 7;

/// After the last write to papers or index, an outdated index is built here, unless somebody else replaced it meanwhile.
const SETTLING: Duration = Duration::from_secs(5);

/// Between two looks at a `papers.db` that is being overwritten.
const UNDERWAY: Duration = Duration::from_millis(300);

fn checkpoint_soon(attempt: u32) -> Effect {
    TerminalEffect::Wake { after: CHECKPOINT_AFTER * (1 << attempt), alarm: Alarm::Checkpoint(attempt) }.into()
}

fn found(model: &mut Model, hits: Arc<Hits>, row: Option<usize>) -> Vec<Effect> {
    let range = marking::range(model);
    let mut effects = list(model, hits, row);
    // A range is kept by its rows; where other papers are in them now, those that were chosen stay selected.
    if range != marking::range(model) {
        model.selection.docs.extend(range.unwrap_or_default());
        model.selection.anchor = None;
    }
    // It was looked for in the list before.
    if let Some(forward) = model.results.unread_awaited {
        effects.extend(movement::next_unread(model, forward));
    }
    effects
}

/// Lists the papers found.
fn list(model: &mut Model, hits: Arc<Hits>, row: Option<usize>) -> Vec<Effect> {
    let (results, filter) = (&mut model.results, &model.search.query.filter);
    // The same query searched again keeps what is below its result until that is found again.
    if results.below_for != *filter || hits.count >= SCREENFUL {
        results.below.clear();
    }
    results.below.iter_mut().for_each(|band| band.papers.retain(|paper| !hits.contains(paper.doc)));
    results.below.retain(|band| !band.papers.is_empty());
    // A single identifier that finds nothing may still be typed.
    let tells_missing = hits.missing.len() > usize::from(hits.count == 0);
    let missing = tells_missing.then(|| not_in_library(&hits.missing));
    results.hits = Some(hits);
    results.window = Window::default();
    results.parts.clear();
    results.left_over = None;
    let keeps_unlisted = std::mem::take(&mut results.keeps_unlisted);
    let (kept, left_at) = (results.keep.take(), results.left_at.take());
    let below = |doc| results.below().position(|paper| paper.doc == doc).map(|place| results.count() + place);
    let row = row.or_else(|| kept.and_then(below)).or(left_at.map(|cursor| cursor.selected));
    if let (None, Some(doc), true) = (row, kept, keeps_unlisted) {
        model.list.selected = results.leave_over(doc, model.list.selected);
        if model.notice.as_ref().is_none_or(|notice| notice.tone == Tone::Info) {
            model.say(Tone::Info, "this paper is no longer in the search; it stays until you go on");
        }
    } else if let Some(row) = row {
        model.list.selected = row;
        if let Some(Cursor { selected, top }) = left_at {
            model.list.top = row.saturating_sub(selected.saturating_sub(top));
        }
    } else if kept.is_none() && !keeps_unlisted {
        model.list = Cursor::default();
        model.list.step(model.results.steps, model.results.rows());
    }
    if let Some(missing) = missing {
        model.say(Tone::Info, missing);
    }
    // The words to highlight in the text may be others now.
    model.detail.laid_out_for = None;
    model.snippets.look_for(&model.search.query, model.results.names());
    let mut effects: Vec<Effect> = search::run_on(model).into_iter().collect();
    if !model.results.is_partial() {
        effects.extend(arrivals::look_for(model));
    }
    effects
}

/// Adds the rest of the result to the list, below the rows that are there.
fn completed(model: &mut Model, hits: Arc<Hits>) -> Vec<Effect> {
    // These rows are the same; an answer about rows of the part is dropped, so what is not there is asked for again.
    (model.results.hits, model.results.window.awaited) = (Some(hits), None);
    model.snippets.look_for(&model.search.query, model.results.names());
    search::run_on(model).into_iter().chain(arrivals::look_for(model)).collect()
}

fn failed(failure: &str, error: &Error) -> String {
    format!("{failure}: {}", Clean::new(&error.to_string()))
}

/// A job is over: says how, and starts what follows from it.
fn ended(model: &mut Model, job: JobId, outcome: JobOutcome) -> Vec<Effect> {
    let (words, tone) = match &outcome {
        JobOutcome::Imported { report, .. } => match report.only_failure().filter(|_| !report.cancelled) {
            Some(why) => (Clean::new(&why).into_string(), Tone::Error),
            None => (import_summary(report), import_tone(report)),
        },
        JobOutcome::Synced(report) => (report.summary(), sync_tone(report)),
        JobOutcome::Exported { path, papers } => {
            let path = Clean::new(&path.display().to_string());
            (format!("wrote {} to {path}", counted(*papers, "paper")), Tone::Success)
        }
        JobOutcome::FileExists { .. } => ("the file exists; nothing was written".to_owned(), Tone::Info),
        JobOutcome::Changed(report) => match nothing_changed(report) {
            Some(words) => (words, Tone::Info),
            None => (report.summary(), Tone::Success),
        },
        JobOutcome::IndexBuilt | JobOutcome::FullTextBuilt => ("built".to_owned(), Tone::Info),
        JobOutcome::Cancelled => ("cancelled".to_owned(), Tone::Info),
        JobOutcome::Failed { failure, error } => (failed(failure, error), Tone::Error),
    };
    let Some(ended) = model.jobs.end(job, &words) else { return Vec::new() };
    let stance = model.arrivals.end(job);
    let (kind, is_foreground) = (ended.kind, ended.kind.is_foreground());
    // Background work that ends well is not news, and one that fails does not hide the failure of what the user did.
    let is_hiding = model.notice.as_ref().is_some_and(|notice| notice.tone == Tone::Error);
    if is_foreground || (tone == Tone::Error && !is_hiding) {
        let is_cancelled = matches!(outcome, JobOutcome::Cancelled);
        model.say(tone, if is_cancelled { format!("{} cancelled", kind.name()) } else { words });
    }
    let is_job = |effect: &Effect| matches!(effect, Effect::Start(id, _) if *id == job);
    match &outcome {
        JobOutcome::FileExists { path } => {
            let submitted = model.drafts.take_submitted(is_job);
            questions::replace_file(model, submitted, path);
        }
        JobOutcome::Failed { failure, error } if is_foreground => {
            drafts::give_back(model, failed(failure, error), None, is_job);
        }
        JobOutcome::Imported { report, .. } if !report.cancelled && report.only_failure().is_some() => {
            let words = report.only_failure().map(|why| Clean::new(&why).into_string());
            drafts::give_back(model, words.unwrap_or_default(), None, is_job);
        }
        // Nothing in the files could be read; the page of what was rejected is in the place of the prompt.
        JobOutcome::Imported { report, .. } if report.total().read == 0 && report.rejected() > 0 => {
            model.drafts.keep(is_job);
        }
        _ => model.drafts.forget(is_job),
    }
    match (kind, outcome) {
        (_, JobOutcome::Imported { report, with_states }) => imported(model, job, &report, with_states, stance),
        (_, JobOutcome::Synced(report)) if report.has_papers() => {
            vec![Request::Refresh.into(), model.jobs.start(Work::BuildFullText)]
        }
        (_, JobOutcome::Changed(report)) => {
            show_change(model, &report);
            model.results.is_own_change_awaited = true;
            vec![Request::Refresh.into()]
        }
        (_, JobOutcome::IndexBuilt) => {
            model.jobs.index_is_built();
            vec![Request::Refresh.into(), model.jobs.start(Work::BuildFullText)]
        }
        (_, JobOutcome::FullTextBuilt) => search::run_in_abstracts(model),
        (JobKind::Index, JobOutcome::Failed { .. }) => vec![model.jobs.index_build_failed()],
        (
            JobKind::Import | JobKind::Sync | JobKind::Export | JobKind::Change | JobKind::FullText,
            JobOutcome::Failed { .. },
        )
        | (
            _,
            JobOutcome::Exported { .. } | JobOutcome::Synced(_) | JobOutcome::FileExists { .. } | JobOutcome::Cancelled,
        ) => Vec::new(),
    }
}

fn sync_tone(report: &SyncReport) -> Tone {
    let has_failures = report.lists.iter().any(|list| !list.failures.is_empty());
    if has_failures { Tone::Error } else { Tone::Success }
}

/// Takes a new snapshot of the library, in which the list and the open paper may be different.
fn take(model: &mut Model, snapshot: Arc<Snapshot>, cause: Cause) -> Vec<Effect> {
    digests::follow(model, &snapshot);
    let same_papers = snapshot.has_same_papers(&model.snapshot);
    model.arrivals.find_in(&snapshot);
    if same_papers {
        model.snapshot = snapshot;
        let mut effects = search::run_again(model, cause);
        effects.extend(model.detail.key.clone().map(|key| Request::Load { key }.into()));
        return effects;
    }
    // Document ids have changed: the current paper is found again by its key.
    let key = search::to_keep(model).and_then(|doc| model.key(doc));
    search::keep_unlisted(model, cause);
    marking::end_range(model);
    let selected: Vec<PaperKey> = model.selection.docs.iter().filter_map(|doc| model.key(*doc)).collect();
    model.snapshot = snapshot;
    model.selection.docs = selected.iter().filter_map(|key| model.snapshot.find(key)).collect();
    model.results.begin_query();
    model.results.hits = None;
    model.results.window = Window::default();
    model.results.below.clear();
    model.results.left_over = None;
    model.snippets.forget();
    model.results.facets = None;
    model.results.keep = key.as_ref().and_then(|key| model.snapshot.find(key));
    let mut effects = search::run(model);
    effects.extend(key.map(|key| Request::Load { key }.into()));
    effects
}
