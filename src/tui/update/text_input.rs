//! Editing of a line of text: one key, or pasted text.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::backend::crossterm::to_input_request;
use tui_input::{Input, InputRequest};

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

/// Inserts pasted text as one line.
pub(super) fn insert(input: &mut Input, text: &str) {
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(PASTE_LIMIT) {
        input.handle(InputRequest::InsertChar(c));
    }
}
