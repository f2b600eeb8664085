//! Text input: the search box, the one-line prompts, and pasted text.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::backend::crossterm::to_input_request;
use tui_input::{Input, InputRequest};

use super::super::command::Action;
use super::super::effect::{Effect, Request, TerminalEffect, Work};
use super::super::filters;
use super::super::model::{Model, Tone};
use super::super::overlay::{Overlay, Prompt, PromptKind, typed_path};
use super::{ask, commands};
use crate::domain::query::{self, FieldName, Query};
use crate::domain::reading::Change;

/// Longest text that is taken from a paste, in characters.
const PASTE_LIMIT: usize = 65_536;

/// Applies an editing key to an input. True when the text changed.
pub(super) fn edit(input: &mut Input, key: KeyEvent) -> bool {
    let alt = key.modifiers == KeyModifiers::ALT;
    let request = match key.code {
        // `tui_input` expects Meta where terminals send Alt.
        KeyCode::Char('b') if alt => Some(InputRequest::GoToPrevWord),
        KeyCode::Char('f') if alt => Some(InputRequest::GoToNextWord),
        KeyCode::Char('d') if alt => Some(InputRequest::DeleteNextWord),
        // AltGr arrives as both modifiers with the character it types.
        KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
            Some(InputRequest::InsertChar(c))
        }
        _ => to_input_request(&Event::Key(key)),
    };
    request.and_then(|request| input.handle(request)).is_some_and(|change| change.value)
}

pub(super) fn insert(input: &mut Input, text: &str) {
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(PASTE_LIMIT) {
        input.handle(InputRequest::InsertChar(c));
    }
}

/// Pasted text goes into the open text box and is never run as keys.
pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    match &mut model.overlay {
        Some(Overlay::Prompt(prompt)) => insert(&mut prompt.input, text),
        Some(Overlay::Picker(picker)) => {
            insert(&mut picker.input, text);
            picker.narrow();
        }
        Some(Overlay::Page(_)) => {}
        None if model.search.open => {
            insert(&mut model.search.input, text);
            return search_typed(model);
        }
        None => {
            let search = model.key_for(Action::Search);
            model.say(Tone::Info, format!("open the search ({search}) to paste text into it"));
        }
    }
    Vec::new()
}

pub(super) fn open_search(model: &mut Model) {
    model.search.open = true;
    model.search.before = model.search.input.value().to_owned();
    complete(model);
}

pub(super) fn search_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    let ctrl = |c| key.code == KeyCode::Char(c) && key.modifiers == KeyModifiers::CONTROL;
    match key.code {
        KeyCode::Esc => {
            model.search.open = false;
            model.search.candidates.clear();
            if model.search.before == model.search.input.value() {
                return Vec::new();
            }
            model.search.input = Input::new(model.search.before.clone());
            search_typed(model)
        }
        KeyCode::Enter => {
            model.search.open = false;
            model.search.candidates.clear();
            if let Some(mistake) = model.search.query.mistakes.first() {
                model.say(Tone::Error, mistake.message.clone());
            }
            Vec::new()
        }
        KeyCode::Tab => take_completion(model),
        KeyCode::Down => move_list(model, 1),
        KeyCode::Up => move_list(model, -1),
        _ if ctrl('n') => move_list(model, 1),
        _ if ctrl('p') => move_list(model, -1),
        _ if edit(&mut model.search.input, key) => search_typed(model),
        _ => {
            complete(model);
            Vec::new()
        }
    }
}

fn move_list(model: &mut Model, by: isize) -> Vec<Effect> {
    let rows = model.results.rows();
    model.list.step(by, rows);
    Vec::new()
}

/// The text in the search box changed: searches for it.
fn search_typed(model: &mut Model) -> Vec<Effect> {
    model.search.query = Query::parse(model.search.input.value());
    model.results.keep = None;
    model.selection = super::super::model::Selection::default();
    complete(model);
    ask(model)
}

fn complete(model: &mut Model) {
    let search = &model.search;
    let completion = query::complete(search.input.value(), search.input.cursor());
    let known = |field: FieldName| known_values(model, field);
    let candidates = completion.map(|at| query::candidates(at.kind, &at.prefix, &known)).unwrap_or_default();
    model.search.candidates = candidates;
}

/// Values of a field to complete: tags and digests of the whole library, of every other facet what the result has.
fn known_values(model: &Model, field: FieldName) -> Vec<String> {
    let index = &model.snapshot.index;
    match (field, &model.results.facets) {
        (FieldName::Tag, _) => model.snapshot.marks.tags().map(|(tag, _)| tag.to_owned()).collect(),
        (FieldName::Digest, _) => index.digest_table().iter().map(|digest| digest.id.clone()).collect(),
        (field, Some(facets)) => filters::labels_of(field, facets, index),
        (_, None) => Vec::new(),
    }
}

/// Tab: replaces the typed part by the first candidate.
fn take_completion(model: &mut Model) -> Vec<Effect> {
    let text = model.search.input.value().to_owned();
    let at = query::complete(&text, model.search.input.cursor());
    let (Some(at), Some(first)) = (at, model.search.candidates.first().cloned()) else { return Vec::new() };
    let chars: Vec<char> = text.chars().collect();
    let head: String = chars.iter().take(at.replace.start).collect();
    let tail: String = chars.iter().skip(at.replace.end).collect();
    let cursor = at.replace.start + first.chars().count();
    model.search.input = Input::new(format!("{head}{first}{tail}")).with_cursor(cursor);
    search_typed(model)
}

pub(super) fn prompt_key(model: &mut Model, mut prompt: Prompt, key: KeyEvent) -> Vec<Effect> {
    match key.code {
        KeyCode::Esc => return Vec::new(),
        KeyCode::Enter => return submit(model, &prompt),
        KeyCode::Char('e') if key.modifiers == KeyModifiers::CONTROL => {
            if let PromptKind::Note(key) = prompt.kind {
                return vec![TerminalEffect::Edit { key, text: prompt.input.value().to_owned() }.into()];
            }
            edit(&mut prompt.input, key);
        }
        // Backspace in an empty command line closes it.
        KeyCode::Backspace if prompt.input.value().is_empty() && prompt.kind == PromptKind::CommandLine => {
            return Vec::new();
        }
        _ => drop(edit(&mut prompt.input, key)),
    }
    model.overlay = Some(Overlay::Prompt(prompt));
    Vec::new()
}

fn submit(model: &mut Model, prompt: &Prompt) -> Vec<Effect> {
    let text = prompt.input.value().trim();
    match &prompt.kind {
        PromptKind::CommandLine => commands::run(model, text),
        PromptKind::Note(key) => {
            let label = if text.is_empty() { "note removed" } else { "noted" };
            vec![
                Request::Change { changes: vec![Change::Note(key.clone(), text.to_owned())], label: label.to_owned() }
                    .into(),
            ]
        }
        PromptKind::SaveView if text.is_empty() => Vec::new(),
        PromptKind::SaveView => commands::save_view(model, text),
        PromptKind::Import if text.is_empty() => Vec::new(),
        PromptKind::Import => commands::import(model, text),
        PromptKind::Export { papers, format } => {
            let path = typed_path(text, model.settings.home.as_deref());
            vec![model.jobs.start(Work::Export { papers: papers.clone(), format, path })]
        }
        PromptKind::DigestDay(id) => commands::digest_day(model, id, text),
    }
}
