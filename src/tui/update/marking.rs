//! Marking papers: which papers an action is for, and the changes it makes. It asks for no confirmation: everything can be undone.

use std::time::Duration;

use super::super::effect::{Alarm, Bulk, Effect, JobKind, LARGE_CHANGE, Papers, Request, TerminalEffect, Work};
use super::super::model::{Model, Selection};
use super::super::overlay::PromptKind;
use super::read_on;
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Status, Tag, is_blank_note};
use crate::library::search::{DocId, not_in_library};

/// Label of the change that a timer makes; the status line does not show it.
pub(super) const SEEN: &str = "seen";

/// The selected papers, else the one under the cursor; None when the whole result is selected.
pub(super) fn docs(model: &Model) -> Option<Vec<DocId>> {
    let selection = &model.selection;
    if selection.all.is_some() {
        return None;
    }
    let mut docs: Vec<DocId> = selection.docs.iter().copied().collect();
    if let Some(range) = range(model) {
        docs.extend(range);
        docs.sort_unstable();
        docs.dedup();
    }
    if docs.is_empty() {
        docs.extend(model.current());
    }
    Some(docs)
}

/// The papers from the row where a range began to the cursor; None where none was begun.
pub(super) fn range(model: &Model) -> Option<Vec<DocId>> {
    let anchor = model.selection.anchor?;
    let (from, to) = (anchor.min(model.list.selected), anchor.max(model.list.selected));
    Some(model.results.page_in_order(from, to - from + 1))
}

/// The whole result, as it is listed now; or why nothing is done with all of it.
fn all_found(model: &Model) -> Result<Papers, String> {
    match (refusal_of_all(model), model.found()) {
        (Some(why), _) => Err(why),
        (None, Some(found)) if found.count() > 0 => Ok(Papers::Found(found)),
        (None, _) => Err("there is no paper here".to_owned()),
    }
}

/// Why nothing is done with all papers that the query finds: a part of it is not understood, or stands for no paper. The list shows what the
/// rest finds, which may be far more than was meant.
pub(super) fn refusal_of_all(model: &Model) -> Option<String> {
    let mistake = model.search.query.not_understood().map(|mistake| mistake.message.clone());
    let missing = model.results.hits.as_ref().map(|hits| &hits.missing).filter(|missing| !missing.is_empty());
    let why = mistake.or_else(|| missing.map(|missing| not_in_library(missing)))?;
    Some(format!("{why}; correct the query first"))
}

/// The papers that an action is for, else why there are none.
pub(super) fn targets(model: &Model) -> Result<Papers, String> {
    if let Some(all) = &model.selection.all {
        return Ok(Papers::Found(all.clone()));
    }
    let docs = docs(model).unwrap_or_default();
    let keys: Vec<PaperKey> = docs.into_iter().filter_map(|doc| model.key(doc)).collect();
    if keys.is_empty() { Err("there is no paper here".to_owned()) } else { Ok(Papers::Keys(keys)) }
}

/// The papers that an export is for, the selected ones, else the whole result; or why there are none.
pub(super) fn targets_or_all(model: &Model) -> Result<Papers, String> {
    match (model.selection.is_empty(), model.results.count()) {
        (true, 0) => Err("there is no paper to export".to_owned()),
        (true, _) => all_found(model),
        (false, _) => targets(model),
    }
}

fn change(model: &mut Model, bulk: Bulk, label: &str) -> Vec<Effect> {
    let label = label.to_owned();
    // The selection stays for the next action, and no longer moves with the cursor.
    end_range(model);
    match targets(model) {
        Ok(papers) => vec![change_all(model, papers, bulk, label)],
        Err(why) => model.refuse(why),
    }
}

/// The same change of papers: at once, or as a job where they are many.
pub(super) fn change_all(model: &mut Model, papers: Papers, change: Bulk, label: String) -> Effect {
    if papers.count() < LARGE_CHANGE || model.jobs.is_open(JobKind::Change) {
        return Request::ChangeAll { papers, change, label }.into();
    }
    model.jobs.start(Work::Change { papers, change, label })
}

pub(super) fn status(model: &mut Model, status: Status) -> Vec<Effect> {
    let effects = change(model, Bulk::Status(status), &format!("marked {status}"));
    if model.settings.advance && status != Status::Unread {
        read_on::advance(model);
    }
    effects
}

/// Marks as read, and goes on to the next paper whatever the setting is.
pub(super) fn read_on(model: &mut Model) -> Vec<Effect> {
    let effects = change(model, Bulk::Status(Status::Read), &format!("marked {}", Status::Read));
    read_on::advance(model);
    effects
}

/// Sets the status of that name.
pub(super) fn status_named(model: &mut Model, name: &str) -> Vec<Effect> {
    match name.parse::<Status>() {
        Ok(named) => status(model, named),
        Err(why) => model.refuse(why),
    }
}

/// Whether all papers that the action is for satisfy `test`. False for a whole result, so that the action sets it.
fn all_are(model: &Model, test: impl Fn(&Model, DocId) -> bool) -> bool {
    docs(model).is_some_and(|docs| docs.iter().all(|doc| test(model, *doc)))
}

pub(super) fn toggle_read(model: &mut Model) -> Vec<Effect> {
    let read = all_are(model, |model, doc| model.snapshot.status(doc) == Status::Read);
    status(model, if read { Status::Unread } else { Status::Read })
}

pub(super) fn toggle_queued(model: &mut Model) -> Vec<Effect> {
    let queued = all_are(model, |model, doc| model.snapshot.status(doc) == Status::Queued);
    status(model, if queued { Status::Unread } else { Status::Queued })
}

pub(super) fn toggle_star(model: &mut Model) -> Vec<Effect> {
    let starred = all_are(model, |model, doc| model.snapshot.is_starred(doc));
    let label = if starred { "unstarred" } else { "starred" };
    change(model, Bulk::Star(!starred), label)
}

/// Adds the tag of that name, or removes it.
pub(super) fn tag(model: &mut Model, name: &str, on: bool) -> Vec<Effect> {
    let Some(tag) = Tag::new(name) else { return model.refuse("a tag needs letters or digits") };
    let label = if on { format!("tagged {tag}") } else { format!("untagged {tag}") };
    change(model, if on { Bulk::Tag(tag) } else { Bulk::Untag(tag) }, &label)
}

/// Says why an action has no paper: there is none, or it is not loaded yet. The paper still shown is the previous one.
pub(super) fn refuse_unloaded(model: &mut Model) -> Vec<Effect> {
    let loading = model.detail.key.is_some();
    model.refuse(if loading { "the paper is still loading; try again" } else { "there is no paper here" })
}

/// Opens a one-line note in a prompt, a longer one in the editor.
pub(super) fn note(model: &mut Model) -> Vec<Effect> {
    let Some(detail) = model.loaded().cloned() else { return refuse_unloaded(model) };
    let unsaved = model.drafts.get(&PromptKind::Note(detail.key.clone()));
    if unsaved.unwrap_or(&detail.reading.note).contains('\n') {
        return edit_note(model);
    }
    model.open_prompt(PromptKind::Note(detail.key.clone()), "note (ctrl-e: editor)", &detail.reading.note);
    Vec::new()
}

pub(super) fn edit_note(model: &mut Model) -> Vec<Effect> {
    match model.loaded() {
        Some(detail) => {
            let key = detail.key.clone();
            let unsaved = model.drafts.get(&PromptKind::Note(key.clone()));
            vec![TerminalEffect::Edit { key, text: unsaved.unwrap_or(&detail.reading.note).to_owned() }.into()]
        }
        None => refuse_unloaded(model),
    }
}

/// Saves a note; an empty text removes it.
pub(super) fn note_change(model: &mut Model, key: PaperKey, text: String) -> Effect {
    // Another text that could not be saved is given up for this one.
    model.drafts.take(&PromptKind::Note(key.clone()));
    let label = if is_blank_note(&text) { "note removed" } else { "noted" }.to_owned();
    Request::Change { changes: vec![Change::Note(key, text)], label }.into()
}

pub(super) fn set_note(model: &mut Model, text: &str) -> Vec<Effect> {
    match model.current_key() {
        Some(key) => {
            vec![note_change(model, key, text.to_owned())]
        }
        None => model.refuse("there is no paper here"),
    }
}

pub(super) fn select(model: &mut Model) {
    let Some(doc) = model.current() else { return };
    let docs = &mut model.selection.docs;
    if !docs.remove(&doc) {
        docs.insert(doc);
    }
    let rows = model.results.rows();
    model.list.step(1, rows);
}

/// Begins a range, or ends it: its papers stay selected.
pub(super) fn select_range(model: &mut Model) {
    match model.selection.anchor {
        None => model.selection.anchor = Some(model.list.selected),
        Some(_) => end_range(model),
    }
}

/// Ends a range where there is one: its papers stay selected.
pub(super) fn end_range(model: &mut Model) {
    if model.selection.anchor.is_some() && model.selection.all.is_none() {
        let selected = docs(model).unwrap_or_default();
        model.selection.docs.extend(selected);
    }
    model.selection.anchor = None;
}

/// Selects the whole result, or nothing.
pub(super) fn select_all(model: &mut Model) -> Vec<Effect> {
    if model.selection.all.is_some() {
        model.selection = Selection::default();
        return Vec::new();
    }
    match all_found(model) {
        Ok(Papers::Found(all)) => model.selection = Selection { all: Some(all), ..Selection::default() },
        Ok(Papers::Keys(_) | Papers::Unread(_)) => {}
        Err(why) => return model.refuse(why),
    }
    Vec::new()
}

/// Starts the timer for the paper that just came onto the screen.
pub(super) fn watch(model: &Model) -> Vec<Effect> {
    let unseen = model.detail.detail.as_ref().is_some_and(|detail| !detail.reading.seen);
    if model.settings.seen_after == 0 || !unseen {
        return Vec::new();
    }
    vec![
        TerminalEffect::Wake { after: Duration::from_secs(model.settings.seen_after), alarm: Alarm::Seen(model.shown) }
            .into(),
    ]
}

/// The timer ran out: the paper counts as seen when it is still the one on the screen.
pub(super) fn seen(model: &mut Model, shown: u64) -> Vec<Effect> {
    match &model.detail.detail {
        Some(detail) if shown == model.shown && !detail.reading.seen => {
            vec![
                Request::Change { changes: vec![Change::Seen(detail.key.clone(), true)], label: SEEN.to_owned() }
                    .into(),
            ]
        }
        _ => Vec::new(),
    }
}
