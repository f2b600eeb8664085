//! The open search box: its keys, and the completions under it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::Input;

use super::super::effect::Effect;
use super::super::filters;
use super::super::model::{Model, Selection, Tone};
use super::{completions, search, text_input};
use crate::domain::query::{self, FieldName, Query};

pub(super) fn open(model: &mut Model) {
    model.search.open = true;
    model.search.before = model.search.input.value().to_owned();
    model.search.opened_from = Some(model.place());
    model.history.begin_again();
    complete(model);
}

pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    let ctrl = |c| key.code == KeyCode::Char(c) && key.modifiers == KeyModifiers::CONTROL;
    match key.code {
        KeyCode::Esc => {
            model.search.open = false;
            model.search.candidates.clear();
            if model.search.before == model.search.input.value() {
                return Vec::new();
            }
            model.search.input = Input::new(model.search.before.clone());
            typed(model)
        }
        KeyCode::Enter => {
            model.search.open = false;
            model.search.candidates.clear();
            entered(model);
            if let Some(part) = model.search.query.not_understood() {
                // The search goes on without a part that has no effect.
                let tone = if model.search.query.mistakes.is_empty() { Tone::Info } else { Tone::Error };
                model.say(tone, part.message.clone());
            }
            Vec::new()
        }
        KeyCode::Tab if model.settings.linear && model.search.candidates.len() != 1 && !model.search.is_listed() => {
            model.search.listed_for = Some(model.search.typed());
            Vec::new()
        }
        KeyCode::Tab => take_completion(model, 0).unwrap_or_default(),
        KeyCode::Char(_) if model.search.is_listed() => {
            let chosen = completions::chosen_by(key).and_then(|place| take_completion(model, place));
            chosen.unwrap_or_else(|| edited(model, key))
        }
        KeyCode::Up => {
            let older = model.history.older(model.search.input.value());
            recall(model, older)
        }
        KeyCode::Down => {
            let newer = model.history.newer();
            recall(model, newer)
        }
        _ if ctrl('n') => move_list(model, 1),
        _ if ctrl('p') => move_list(model, -1),
        _ => edited(model, key),
    }
}

/// A key that types, or moves in the text.
fn edited(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    if text_input::edit(&mut model.search.input, key) {
        model.history.begin_again();
        return typed(model);
    }
    complete(model);
    Vec::new()
}

/// The query is kept: for the history, and where the user comes from for the jump list.
fn entered(model: &mut Model) {
    let text = model.search.input.value().to_owned();
    let from = model.search.opened_from.take().filter(|_| text != model.search.before);
    if let Some(from) = from {
        model.history.add(&text);
        model.jumps.leave(from);
    }
}

/// Puts a query of the history into the box.
fn recall(model: &mut Model, query: Option<String>) -> Vec<Effect> {
    let Some(query) = query else { return Vec::new() };
    model.search.input = Input::new(query);
    typed(model)
}

fn move_list(model: &mut Model, by: isize) -> Vec<Effect> {
    if model.is_list_known() {
        let rows = model.results.rows();
        model.list.step(by, rows);
    } else {
        model.results.steps = model.results.steps.saturating_add(by).max(0);
    }
    Vec::new()
}

/// The text in the search box changed: searches for it.
pub(super) fn typed(model: &mut Model) -> Vec<Effect> {
    model.search.query = Query::parse(model.search.input.value());
    model.results.keep = None;
    model.results.keeps_unlisted = false;
    model.results.begin_query();
    model.selection = Selection::default();
    complete(model);
    search::run(model)
}

fn complete(model: &mut Model) {
    let search = &model.search;
    let completion = query::complete(search.input.value(), search.input.cursor());
    let known = |field: FieldName| filters::known_values(model, field);
    let candidates = completion.map(|at| query::candidates(at.kind, &at.prefix, &known)).unwrap_or_default();
    model.search.candidates = candidates;
}

/// Replaces the typed part by a candidate. None where there is none at that place.
pub(super) fn take_completion(model: &mut Model, place: usize) -> Option<Vec<Effect>> {
    let text = model.search.input.value().to_owned();
    let at = query::complete(&text, model.search.input.cursor())?;
    let first = model.search.candidates.get(place).cloned()?;
    let chars: Vec<char> = text.chars().collect();
    let head: String = chars.iter().take(at.replace.start).collect();
    let tail: String = chars.iter().skip(at.replace.end).collect();
    let cursor = at.replace.start + first.chars().count();
    model.search.input = Input::new(format!("{head}{first}{tail}")).with_cursor(cursor);
    Some(typed(model))
}
