//! Keys that wait. While the list on the screen is not that of the query yet, or it is not known which paper the cursor is on, a command
//! about papers would be for another one than the user means; while a part of the list is still to come, so would one about all of it. Such a key waits for the answer, with everything typed after it, and then
//! does what it would have done if the search had taken no time.

use crossterm::event::{KeyCode, KeyEvent};

use super::super::command::Action;
use super::super::keymap::KeyOutcome;
use super::super::model::{Model, Tone, TypedAhead};
use super::super::overlay::Overlay;

/// Whether a key cannot be run yet.
pub(super) fn must_wait(model: &Model, key: KeyEvent) -> bool {
    let is_known = model.is_list_known();
    if is_known && !model.results.is_partial() {
        return false;
    }
    match &model.overlay {
        // What was typed or chosen may be for the paper under the cursor.
        Some(Overlay::Prompt(_) | Overlay::Picker(_)) => key.code == KeyCode::Enter,
        Some(Overlay::Question(_) | Overlay::Page(_)) => false,
        None if is_known => !model.search.open && runs(model, key, needs_whole_list),
        None => !model.search.open && is_for_papers(model, key),
    }
}

/// Whether a key runs a command that needs the list.
pub(super) fn is_for_papers(model: &Model, key: KeyEvent) -> bool {
    runs(model, key, |action| !is_independent(action))
}

/// Whether a key runs such a command.
fn runs(model: &Model, key: KeyEvent, is_such: impl Fn(Action) -> bool) -> bool {
    match model.keymap.press(&mut model.pending.clone(), model.scope(), key) {
        KeyOutcome::Run(action, _) => is_such(action),
        KeyOutcome::Pending | KeyOutcome::Unbound => false,
    }
}

/// Whether a command is for more of the list than the row under the cursor and those above it.
fn needs_whole_list(action: Action) -> bool {
    use Action::{Bottom, DropAll, DropRest, Export, MarkAll, MarkRest, SelectAll};
    matches!(action, Bottom | DropAll | DropRest | Export | MarkAll | MarkRest | SelectAll)
}

/// Whether a command does the same whatever the list is. Every other command waits.
fn is_independent(action: Action) -> bool {
    Action::VIEWS.contains(&action)
        || matches!(
            action,
            Action::Search
                | Action::Back
                | Action::Quit
                | Action::QuitNow
                | Action::AllPapers
                | Action::NextDigest
                | Action::PreviousDigest
                | Action::Focus(_)
                | Action::NextPane
                | Action::PreviousPane
                | Action::PaneLeft
                | Action::PaneRight
                | Action::Density
                | Action::Narrower
                | Action::Wider
                | Action::ToggleMouse
                | Action::Redraw
                | Action::Suspend
                | Action::Help
        )
}

/// A key is pressed: true when it is not for now, because others wait. Esc drops what waits.
pub(super) fn takes(model: &mut Model, key: KeyEvent) -> bool {
    if model.typed_ahead.is_empty() {
        return false;
    }
    if key.code == KeyCode::Esc {
        model.typed_ahead.clear();
        model.say(Tone::Info, "the keys that waited for the search are dropped");
    } else {
        model.typed_ahead.push_back(TypedAhead::Key(key));
    }
    true
}

/// The next of what waits that need not wait any longer.
pub(super) fn next(model: &mut Model) -> Option<TypedAhead> {
    let is_due = match model.typed_ahead.front()? {
        TypedAhead::Key(key) => !must_wait(model, *key),
        TypedAhead::Paste(_) => true,
    };
    model.typed_ahead.pop_front_if(|_| is_due)
}

/// Something failed, and may have been what was waited for: the list on the screen is what keys are for again. What waits is dropped.
pub(super) fn give_up(model: &mut Model) {
    model.typed_ahead.clear();
    model.results.give_up();
}
