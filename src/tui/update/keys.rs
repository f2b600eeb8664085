//! Where keys and pasted text go: to an overlay, else to the open search box, else through the keymap of the focused pane.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::super::command::Action;
use super::super::effect::Effect;
use super::super::keymap::KeyOutcome;
use super::super::model::{Model, Tone, TypedAhead};
use super::super::overlay::{Overlay, Prompt, PromptKind};
use super::invocation::{Invocation, Next};
use super::{actions, commands, digests, pages, pickers, prompts, questions, search_box, typed_ahead};

pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    model.notice = None;
    model.ran = None;
    // Quitting must work whatever is open.
    if key.code == KeyCode::Char('c') && key.modifiers == KeyModifiers::CONTROL {
        return actions::run(model, &Invocation::of(Action::QuitNow));
    }
    model.drafts.count_input();
    if typed_ahead::takes(model, key) {
        return Vec::new();
    }
    press(model, key)
}

/// A key that nothing typed before it waits for.
pub(super) fn press(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    model.notice = None;
    model.ran = None;
    if typed_ahead::must_wait(model, key) {
        model.typed_ahead.push_front(TypedAhead::Key(key));
        return Vec::new();
    }
    let typed = match &model.overlay {
        Some(Overlay::Prompt(prompt)) => Some(prompt.clone()),
        _ => None,
    };
    let effects = run(model, key);
    if let Some(prompt) = typed.filter(|_| !matches!(model.overlay, Some(Overlay::Prompt(_)))) {
        let is_digest_day = matches!(prompt.kind, PromptKind::DigestDay(_));
        closed(model, prompt, &effects);
        if is_digest_day && model.overlay.is_none() {
            digests::asked(model, key.code == KeyCode::Esc);
        }
    }
    effects
}

/// A prompt was closed. One whose text is refused at once opens again as it was, beside the reason. A command without an argument that
/// cannot be run here stays closed: there is nothing in it to correct.
fn closed(model: &mut Model, prompt: Prompt, effects: &[Effect]) {
    let is_refused = effects.is_empty() && model.notice.as_ref().is_some_and(|notice| notice.tone == Tone::Error);
    let is_known_command = || {
        let line = prompt.input.value().trim();
        matches!(commands::parse(model, line), Ok(Some(invocation)) if invocation.argument.is_none())
    };
    if is_refused && model.overlay.is_none() && !(prompt.kind == PromptKind::CommandLine && is_known_command()) {
        model.overlay = Some(Overlay::Prompt(prompt));
    } else {
        model.drafts.submit(Overlay::Prompt(prompt), effects);
    }
}

fn run(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    let next = match model.overlay.take() {
        Some(Overlay::Picker(picker)) => pickers::key(model, picker, key),
        Some(Overlay::Prompt(prompt)) => prompts::key(model, prompt, key),
        Some(Overlay::Question(question)) => questions::key(model, question, key),
        Some(Overlay::Page(page)) => pages::key(model, page, key),
        None => Next::PassKey,
    };
    match next {
        Next::Effects(effects) => effects,
        Next::Run(invocation) => actions::run(model, &invocation),
        Next::PassKey if model.search.open => search_box::key(model, key),
        Next::PassKey => pane_key(model, key),
    }
}

/// A key that no overlay and no text box takes.
fn pane_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    // The page that was just closed by it kept no key waiting.
    if typed_ahead::must_wait(model, key) {
        model.typed_ahead.push_front(TypedAhead::Key(key));
        return Vec::new();
    }
    let scope = model.scope();
    let was_pending = !model.pending.is_empty();
    let keymap = Arc::clone(&model.keymap);
    match keymap.press(&mut model.pending, scope, key) {
        KeyOutcome::Run(action, count) => actions::run(model, &Invocation { count, ..Invocation::of(action) }),
        KeyOutcome::Pending => Vec::new(),
        KeyOutcome::Unbound if was_pending => Vec::new(),
        KeyOutcome::Unbound => {
            let help = model.key_for(Action::Help);
            model.refuse(format!("this key does nothing here; {help} lists the keys"))
        }
    }
}
