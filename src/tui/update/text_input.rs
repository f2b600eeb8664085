//! Editing of a line of text: one key, or pasted text.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::backend::crossterm::to_input_request;
use tui_input::{Input, InputRequest};

/// Most characters of a text box that a paste fills.
pub(super) const PROMPT_LIMIT: usize = 65_536;

/// The same of the search box: more than the words that a query may have.
pub(super) const SEARCH_LIMIT: usize = 4_096;

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

/// Inserts pasted text as one line, as far as the box takes it. The notice to show when the rest was left out.
pub(super) fn insert(input: &mut Input, text: &str, limit: usize) -> Option<String> {
    let room = limit.saturating_sub(input.value().chars().count());
    let mut pasted = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let taken: String = pasted.by_ref().take(room).collect();
    let cursor = input.cursor();
    let mut chars = input.value().chars();
    let before: String = chars.by_ref().take(cursor).collect();
    let whole = [&before, &taken, chars.as_str()].concat();
    *input = std::mem::take(input).with_value(whole).with_cursor(cursor + taken.chars().count());
    let left_out = pasted.count();
    (left_out > 0).then(|| format!("the text was cut to {limit} characters; {left_out} more were left out"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_goes_in_at_the_cursor_and_is_cut_with_a_notice() {
        let mut input = Input::new("ad".to_owned()).with_cursor(1);
        assert_eq!(insert(&mut input, "b\né", 100), None);
        assert_eq!((input.value(), input.cursor()), ("ab éd", 4));
        let notice = insert(&mut input, &"x".repeat(120_000), 4_096).unwrap();
        assert_eq!(notice, "the text was cut to 4096 characters; 115909 more were left out");
        assert_eq!((input.value().chars().count(), input.cursor()), (4_096, 4_095));
        assert!(insert(&mut input, "y", 4_096).is_some());
        assert!(input.value().ends_with("xd"));
    }
}
