//! The only writer of the model: `update(model, message)` changes it and returns what is to be done outside. No I/O, no clock, no thread.

mod actions;
mod answers;
mod boxes;
mod commands;
mod keys;
mod marking;
mod mouse;
mod movement;
mod pickers;

use super::effect::{Alarm, Effect, Request, TerminalEffect};
use super::filters;
use super::layout::layout;
use super::message::Message;
use super::model::{FULL, Model, Tone};
use super::page;
use super::panes::Pane;
use crate::domain::query::Query;
use crate::index::has_fuzzy_matches;

pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = match message {
        Message::Key(key) => keys::key(model, key),
        Message::Mouse(event) => mouse::mouse(model, event),
        Message::Paste(text) => boxes::paste(model, &text),
        Message::Resize(size) => {
            model.size = size;
            Vec::new()
        }
        Message::Woke(Alarm::Seen(shown)) => marking::seen(model, shown),
        Message::Woke(Alarm::RetryIndex) => model.jobs.retry_index().into_iter().collect(),
        Message::InputLost(_) => vec![TerminalEffect::Quit.into()],
        Message::Answer(answer) => answers::answer(model, answer),
    };
    effects.extend(settle(model));
    effects
}

/// The first effects of a new model: ask for everything there is.
pub fn start(model: &mut Model) -> Vec<Effect> {
    let mut effects = ask(model);
    effects.extend(settle(model));
    effects
}

/// Asks for what the search box says. The answer to an earlier question is dropped when it comes.
pub(super) fn ask(model: &mut Model) -> Vec<Effect> {
    model.results.asked += 1;
    vec![Request::Search { generation: model.results.asked, query: model.search.query.clone() }.into()]
}

/// Asks for loose matches where the result leaves room for them.
pub(super) fn ask_loosely(model: &Model) -> Vec<Effect> {
    let (results, query) = (&model.results, &model.search.query);
    let Some(hits) = results.hits.as_ref().filter(|hits| hits.count < FULL && has_fuzzy_matches(query)) else {
        return Vec::new();
    };
    vec![Request::Fuzzy { generation: results.asked, query: query.clone(), found: hits.complete().to_vec() }.into()]
}

/// Puts a query into the search box and asks it, from the top of its result.
pub(super) fn ask_query(model: &mut Model, query: Query) -> Vec<Effect> {
    model.search.input = tui_input::Input::new(query.to_string());
    model.search.query = query;
    model.results.keep = None;
    model.selection = super::model::Selection::default();
    ask(model)
}

/// What must hold after every message: cursors inside their windows, the paper under the cursor asked for, its page set for its width.
fn settle(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    let areas = layout(model.size, model);
    let count = model.results.rows();
    model.list.step(0, count);
    let rows = areas.list_rows(model).max(1);
    model.list.clamp(count, rows);
    let filter_rows = filters::rows(model).len();
    model.filters.cursor.clamp(filter_rows, areas.rows_of(Pane::Filters).max(1));

    let current = model.current_key();
    if current != model.detail.wanted {
        model.detail.wanted.clone_from(&current);
        model.detail.top = 0;
        match current {
            Some(key) => effects.push(Request::Load { key }.into()),
            None => model.detail.detail = None,
        }
        model.detail.set_for = None;
    }
    if areas.shows_snippets(model) {
        let in_view = model.results.page(model.list.top, areas.list_lines(model).len());
        effects.extend(model.snippets.request(in_view).map(Effect::from));
    }
    let width = usize::from(areas.abstract_text(model).width);
    if model.detail.set_for != Some((width, model.detail.raw)) {
        let detail = model.detail.detail.as_ref();
        let doc = detail.and_then(|detail| model.snapshot.index.find(detail.key.as_str()));
        let shared = model.results.hits.as_ref().zip(doc).map_or(&[][..], |(hits, doc)| hits.shared(doc));
        let (query, glyphs) = (&model.search.query, &model.glyphs);
        let setting = page::PageSettings { width, raw: model.detail.raw, query, shared, glyphs };
        let lines = detail.map(|detail| page::lines(detail, &setting));
        model.detail.lines = lines.unwrap_or_default();
        model.detail.set_for = Some((width, model.detail.raw));
    }
    let last_top = model.detail.lines.len().saturating_sub(areas.rows_of(Pane::Abstract));
    model.detail.top = model.detail.top.min(last_top);
    effects
}

pub(super) fn focus(model: &mut Model, pane: Pane) {
    model.focus = pane;
    model.arrangement.zen = false;
}

pub(super) fn refuse(model: &mut Model, why: impl Into<String>) -> Vec<Effect> {
    model.say(Tone::Error, why);
    Vec::new()
}
