//! Where a key goes: an overlay takes it first, then an open search box, then the keymap of the pane with the focus.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::super::command::Action;
use super::super::effect::Effect;
use super::super::keymap::KeyOutcome;
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::{actions, boxes, pickers};

pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    model.notice = None;
    // Quitting must work whatever is open.
    if key.code == KeyCode::Char('c') && key.modifiers == KeyModifiers::CONTROL {
        return actions::run(model, Action::QuitNow, None);
    }
    match model.overlay.take() {
        Some(Overlay::Picker(picker)) => return pickers::key(model, picker, key),
        Some(Overlay::Prompt(prompt)) => return boxes::prompt_key(model, prompt, key),
        Some(Overlay::Page(page)) => return pickers::page_key(model, page, key),
        None => {}
    }
    if model.search.open {
        return boxes::search_key(model, key);
    }
    let scope = model.scope();
    let was_pending = !model.pending.is_empty();
    let keymap = std::sync::Arc::clone(&model.keymap);
    match keymap.press(&mut model.pending, scope, key) {
        KeyOutcome::Run(action, count) => actions::run(model, action, count),
        KeyOutcome::Pending => Vec::new(),
        KeyOutcome::Unbound if was_pending => Vec::new(),
        KeyOutcome::Unbound => {
            let help = keymap.key_for(Action::Help, scope);
            super::refuse(model, format!("this key does nothing here; {help} lists the keys"))
        }
    }
}
