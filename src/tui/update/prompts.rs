//! One-line prompts: their keys, and what the typed line does.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::Input;

use super::super::effect::TerminalEffect;
use super::super::model::Model;
use super::super::overlay::{Overlay, Prompt, PromptKind};
use super::invocation::{Invocation, Next};
use super::{commands, completions, digests, marking, text_input, transfer};

/// Lines of the command line that are remembered.
const HISTORY: usize = 500;

pub(super) fn key(model: &mut Model, mut prompt: Prompt, key: KeyEvent) -> Next {
    match key.code {
        KeyCode::Esc => return Next::nothing(),
        KeyCode::Enter => return submit(model, &prompt),
        KeyCode::Tab => completions::tab(model, &mut prompt),
        KeyCode::Char(_)
            if prompt.is_listed()
                && completions::chosen_by(key).is_some_and(|place| completions::take(&mut prompt, place)) => {}
        KeyCode::Up if prompt.kind == PromptKind::CommandLine => recall(model, &mut prompt, 1),
        KeyCode::Down if prompt.kind == PromptKind::CommandLine => recall(model, &mut prompt, -1),
        KeyCode::Char('e') if key.modifiers == KeyModifiers::CONTROL => {
            if let PromptKind::Note(key) = prompt.kind {
                return Next::Effects(vec![TerminalEffect::Edit { key, text: prompt.input.value().to_owned() }.into()]);
            }
            text_input::edit(&mut prompt.input, key);
        }
        // Backspace in an empty command line closes it.
        KeyCode::Backspace if prompt.input.value().is_empty() && prompt.kind == PromptKind::CommandLine => {
            return Next::nothing();
        }
        _ => drop(text_input::edit(&mut prompt.input, key)),
    }
    model.overlay = Some(Overlay::Prompt(prompt));
    Next::nothing()
}

/// Goes `by` lines back in the history, or forth; after the latest line comes an empty one.
fn recall(model: &Model, prompt: &mut Prompt, by: isize) {
    let lines = &model.command_history;
    let back = prompt.line_back.map_or(0, |back| back + 1).saturating_add_signed(by).min(lines.len());
    prompt.line_back = back.checked_sub(1);
    let line = prompt.line_back.and_then(|back| lines.iter().rev().nth(back));
    prompt.input = Input::new(line.cloned().unwrap_or_default());
}

fn remember(model: &mut Model, line: &str) {
    let lines = &mut model.command_history;
    if !line.is_empty() && lines.last().is_none_or(|last| last != line) {
        lines.push(line.to_owned());
        let surplus = lines.len().saturating_sub(HISTORY);
        lines.drain(..surplus);
    }
}

fn submit(model: &mut Model, prompt: &Prompt) -> Next {
    let text = prompt.input.value().trim();
    match &prompt.kind {
        PromptKind::CommandLine => {
            remember(model, text);
            match commands::parse(model, text) {
                Ok(Some(invocation)) => Next::Run(invocation),
                Ok(None) => Next::nothing(),
                Err(why) => Next::Effects(model.refuse(why)),
            }
        }
        PromptKind::Argument(_) if text.is_empty() => Next::nothing(),
        PromptKind::Argument(action) => Next::Run(Invocation::with(*action, text)),
        PromptKind::Note(key) => {
            let key = key.clone();
            Next::Effects(vec![marking::note_change(model, key, text.to_owned())])
        }
        PromptKind::Export { papers, format } => Next::Effects(transfer::export_as(model, papers, format, text)),
        PromptKind::DigestDay(id) => Next::Effects(digests::set_day(model, id, text)),
    }
}
