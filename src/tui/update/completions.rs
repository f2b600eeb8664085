//! Completion in prompts: what is offered after every change of the text, and Tab, which takes the first or has all told.

use crossterm::event::{KeyCode, KeyEvent};
use tui_input::Input;

use super::super::command::Argument;
use super::super::completion::FolderList;
use super::super::effect::{Effect, Request};
use super::super::model::Model;
use super::super::overlay::{Overlay, Prompt, PromptKind};
use super::super::typed_file;
use super::candidates;

/// Offers what can follow where the text or the cursor of the open prompt changed.
pub(super) fn settle(model: &mut Model) -> Vec<Effect> {
    let is_outdated = |overlay: &mut Overlay| match overlay {
        Overlay::Prompt(Prompt { input, completed_for: Some((text, cursor)), .. }) => {
            text != input.value() || *cursor != input.cursor()
        }
        Overlay::Prompt(_) => true,
        Overlay::Picker(_) | Overlay::Question(_) | Overlay::Page(_) => false,
    };
    let Some(Overlay::Prompt(mut prompt)) = model.overlay.take_if(is_outdated) else { return Vec::new() };
    let effects = refresh(model, &mut prompt);
    prompt.completed_for = Some((prompt.input.value().to_owned(), prompt.input.cursor()));
    model.overlay = Some(Overlay::Prompt(prompt));
    effects
}

/// Asks for the files of a folder where they are needed.
fn refresh(model: &Model, prompt: &mut Prompt) -> Vec<Effect> {
    let (text, cursor, files) = (prompt.input.value(), prompt.input.cursor(), prompt.files.as_ref());
    let argument = match &prompt.kind {
        PromptKind::CommandLine => None,
        PromptKind::Argument(action) => action.command().argument,
        PromptKind::Export { .. } => Some(Argument::ImportPath),
        PromptKind::DigestDay(_) => Some(Argument::Day),
        PromptKind::Note(_) => Some(Argument::Note),
    };
    prompt.completion = match argument {
        None => candidates::of_command_line(text, cursor, files, model),
        Some(argument) => candidates::of_argument(argument, text, cursor, files, model),
    };
    let Some(folder) = prompt.completion.folder.clone() else { return Vec::new() };
    let path = match folder.as_str() {
        "" => ".".into(),
        typed => typed_file::path(typed, model.settings.home.as_deref()),
    };
    vec![Request::ListFolder { folder, path }.into()]
}

/// The files of a folder are known.
pub(super) fn listed(model: &mut Model, files: FolderList) {
    if let Some(Overlay::Prompt(prompt)) = &mut model.overlay {
        prompt.files = Some(files);
        prompt.completed_for = None;
    }
}

/// Tab: replaces the typed part by the first candidate. In linear mode, where they are not in sight, the first Tab has them told when
/// there are several.
pub(super) fn tab(model: &Model, prompt: &mut Prompt) {
    let is_told_first = prompt.completion.candidates.len() != 1 && !prompt.is_listed();
    if model.settings.linear && is_told_first {
        prompt.listed_for = Some(prompt.typed());
    } else {
        take(prompt, 0);
    }
}

/// The place of the candidate that a digit chooses after they were told.
pub(super) fn chosen_by(key: KeyEvent) -> Option<usize> {
    let KeyCode::Char(c) = key.code else { return None };
    let number = c.to_digit(10).filter(|_| key.modifiers.is_empty())?;
    usize::try_from(number).ok()?.checked_sub(1)
}

/// Replaces the typed part by a candidate; false when there is none at that place.
pub(super) fn take(prompt: &mut Prompt, place: usize) -> bool {
    let Some(first) = prompt.completion.candidates.get(place) else { return false };
    let replace = prompt.completion.replace.clone();
    let chars: Vec<char> = prompt.input.value().chars().collect();
    let head: String = chars.iter().take(replace.start).collect();
    let tail: String = chars.iter().skip(replace.end).collect();
    let cursor = replace.start + first.text.chars().count();
    prompt.input = Input::new(format!("{head}{}{tail}", first.text)).with_cursor(cursor);
    true
}
