//! The only writer of the model: `update(model, message)` changes it and returns what is to be done outside. No I/O, no clock, no thread.

mod actions;
mod answers;
mod arrivals;
mod bulk_marks;
mod candidates;
mod commands;
mod completions;
mod digests;
mod done_changes;
mod drafts;
mod invocation;
mod keys;
mod lines;
mod marking;
mod mouse;
mod movement;
mod pages;
mod pastes;
mod pickers;
mod prompts;
mod questions;
mod read_on;
mod saving;
mod search;
mod search_box;
mod text_input;
mod transfer;
mod typed_ahead;

pub(super) use self::lines::LIST;
use super::clusters;
use super::command::Action;
use super::effect::{Alarm, Effect, Request, SharedHits, TerminalEffect};
use super::filters;
use super::layout::{layout, lines_each};
use super::message::Message;
use super::model::{Model, Tone, TypedAhead};
use super::page;
use super::panes::Pane;

pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = take_in(model, message);
    effects.extend(settle(model));
    effects.extend(completions::settle(model));
    while let Some(typed) = typed_ahead::next(model) {
        effects.extend(match typed {
            TypedAhead::Key(key) => keys::press(model, key),
            TypedAhead::Paste(text) => pastes::insert(model, &text),
        });
        effects.extend(settle(model));
        effects.extend(completions::settle(model));
    }
    saving::refuse_while_saving(model, &mut effects);
    effects
}

fn take_in(model: &mut Model, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => keys::key(model, key),
        Message::Mouse(event) => mouse::mouse(model, event),
        Message::Paste(text) => pastes::paste(model, &text),
        Message::Resize(size) => {
            if !model.settings.linear {
                model.size = clusters::drawn(size);
                pages::resized(model);
            }
            Vec::new()
        }
        Message::Woke(Alarm::Seen(shown)) => marking::seen(model, shown),
        Message::Woke(Alarm::RetryIndex) => model.jobs.retry_index().into_iter().collect(),
        Message::Woke(Alarm::Checkpoint(attempt)) => vec![Request::Checkpoint { attempt }.into()],
        Message::Woke(Alarm::Settled) => vec![Request::CheckFiles { is_settled: true }.into()],
        Message::Woke(Alarm::Sync) => transfer::sync_by_itself(model),
        Message::Woke(Alarm::Show | Alarm::Remember) | Message::Ending(_) => Vec::new(),
        Message::Line(text) => lines::line(model, &text),
        Message::FilesWritten => vec![Request::CheckFiles { is_settled: false }.into()],
        Message::StopRequested => vec![TerminalEffect::Suspend.into()],
        Message::Continued => vec![TerminalEffect::SetUpAgain.into()],
        Message::InputLost(_) | Message::LinesEnded => vec![TerminalEffect::Quit.into()],
        Message::Answer(answer) => answers::answer(model, answer),
    }
}

/// The first effects of a new model.
pub fn start(model: &mut Model) -> Vec<Effect> {
    model.filters.needed = filters::needed_columns(&model.snapshot, None);
    model.results.begin_query();
    let mut effects = search::run(model);
    effects.extend(settle(model));
    effects.extend(transfer::first_sync(model));
    effects
}

/// Says what was wrong at the start: the first thing, and where the others are.
pub fn say_warnings(model: &mut Model) {
    let text = match model.warnings.as_slice() {
        [] => return,
        [only] => only.to_string(),
        [first, more @ ..] => {
            format!("{first} (and {} more: {} lists them)", more.len(), model.key_for(Action::Jobs))
        }
    };
    model.say(Tone::Error, text);
}

/// Restores what holds after every message: cursors are inside their windows, the paper under the cursor is requested, and its page is laid
/// out for the width of its pane.
fn settle(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    let areas = layout(model.size, model);
    search::drop_left_over(model);
    let count = model.results.rows();
    model.list.step(0, count);
    let rows = areas.list_rows(model).max(1);
    model.list.clamp(count, rows);
    let filter_rows = filters::rows(model).len();
    model.filters.cursor.clamp(filter_rows, areas.rows_of(Pane::Filters).max(1));

    let length = areas.list_lines(model).len().max(1);
    if let Some(hits) = model.results.hits.clone()
        && let Some(rows) = model.results.missing(model.list.top, length)
    {
        effects.push(Request::Rows { hits: SharedHits(hits), rows }.into());
    }
    let current = model.current_key();
    // The paper of a row that is being put in order, or of a list that is still to come, is not known yet: the one before stays until it is.
    let is_awaited = model.results.window.awaited.is_some() || model.results.hits.is_none();
    let is_awaited = current.is_none() && is_awaited;
    if current != model.detail.key && !is_awaited {
        model.detail.key.clone_from(&current);
        model.detail.top = 0;
        match current {
            Some(key) => effects.push(Request::Load { key }.into()),
            None => model.detail.detail = None,
        }
        model.detail.laid_out_for = None;
    }
    if model.watched != model.shown && model.loaded().is_some() && areas.shows_abstract(model) {
        model.watched = model.shown;
        effects.extend(marking::watch(model));
    }
    model.snippets.set_opening(lines_each(model) > 1);
    if areas.shows_snippets(model) {
        let results = &model.results;
        let docs = results.page(model.list.top, areas.list_lines(model).len());
        let in_view = docs.into_iter().zip(model.list.top..).map(|(doc, row)| (doc, results.shows_words(row)));
        effects.extend(model.snippets.request(in_view).map(Effect::from));
    }
    let width = usize::from(areas.abstract_text(model).width);
    if model.detail.laid_out_for != Some((width, model.detail.raw)) {
        let detail = model.detail.detail.as_ref();
        let doc = detail.and_then(|detail| model.snapshot.find(&detail.key));
        let reasons = doc.map_or(&[][..], |doc| model.results.reasons(doc));
        let (query, approximate, glyphs) = (&model.search.query, model.results.approximate(), &model.glyphs);
        let (raw, names) = (model.detail.raw, model.results.names());
        let settings = page::PageSettings { width, raw, query, names, approximate, reasons, glyphs };
        let lines = detail.map(|detail| page::lines(detail, &settings));
        model.detail.lines = lines.unwrap_or_default();
        model.detail.laid_out_for = Some((width, model.detail.raw));
    }
    let last_top = model.detail.lines.len().saturating_sub(areas.rows_of(Pane::Abstract));
    model.detail.top = model.detail.top.min(last_top);
    effects
}
