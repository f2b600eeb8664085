//! One-line prompts: their keys, and what the typed line does.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::super::effect::{Effect, TerminalEffect, Work};
use super::super::model::Model;
use super::super::overlay::{Overlay, Prompt, PromptKind, typed_path};
use super::invocation::{Invocation, Next};
use super::{commands, digests, marking, text_input};

pub(super) fn key(model: &mut Model, mut prompt: Prompt, key: KeyEvent) -> Next {
    match key.code {
        KeyCode::Esc => return Next::nothing(),
        KeyCode::Enter => return submit(model, &prompt),
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

fn submit(model: &mut Model, prompt: &Prompt) -> Next {
    let text = prompt.input.value().trim();
    match &prompt.kind {
        PromptKind::CommandLine => match commands::parse(model, text) {
            Ok(Some(invocation)) => Next::Run(invocation),
            Ok(None) => Next::nothing(),
            Err(why) => Next::Effects(model.refuse(why)),
        },
        PromptKind::Argument(_) if text.is_empty() => Next::nothing(),
        PromptKind::Argument(action) => Next::Run(Invocation::with(*action, text)),
        PromptKind::Note(key) => {
            let key = key.clone();
            Next::Effects(vec![marking::note_change(model, key, text.to_owned())])
        }
        PromptKind::Export { papers, format } => {
            let path = typed_path(text, model.settings.home.as_deref());
            let effect: Effect = model.jobs.start(Work::Export { papers: papers.clone(), format, path });
            Next::Effects(vec![effect])
        }
        PromptKind::DigestDay(id) => Next::Effects(digests::set_day(model, id, text)),
    }
}
