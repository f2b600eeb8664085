//! One key press, as the settings write it and as a terminal reports it: the ways in which terminals report the same key become one value.
//! Which command it runs is not decided here.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// A key with its modifiers. Shift is part of a character (`G`, `?`), except together with ctrl, where a letter is always lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct KeyPress {
    code: KeyCode,
    held: KeyModifiers,
}

/// Names of the keys that type no character; where a key has two names, the first is shown.
const NAMES: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("return", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("escape", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("del", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("ins", KeyCode::Insert),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
];

const HELD: [(&str, KeyModifiers); 3] =
    [("ctrl-", KeyModifiers::CONTROL), ("alt-", KeyModifiers::ALT), ("shift-", KeyModifiers::SHIFT)];

impl KeyPress {
    pub(super) const ESC: Self = Self { code: KeyCode::Esc, held: KeyModifiers::NONE };

    /// The key that was pressed; None for a released key, and for modifier and lock keys.
    pub(super) fn pressed(event: KeyEvent) -> Option<Self> {
        let is_modifier = matches!(
            event.code,
            KeyCode::Modifier(_) | KeyCode::CapsLock | KeyCode::NumLock | KeyCode::ScrollLock | KeyCode::Null
        );
        (event.kind != KeyEventKind::Release && !is_modifier).then(|| Self::new(event.code, event.modifiers))
    }

    /// The digit of a plain digit key.
    pub(super) fn digit(self) -> Option<u32> {
        match self.code {
            KeyCode::Char(c) if self.held.is_empty() => c.to_digit(10),
            _ => None,
        }
    }

    /// The event with which a terminal reports it.
    pub(super) fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.held)
    }

    fn new(code: KeyCode, mut held: KeyModifiers) -> Self {
        let code = match code {
            KeyCode::BackTab => {
                held.insert(KeyModifiers::SHIFT);
                KeyCode::Tab
            }
            KeyCode::Char(c) => KeyCode::Char(plain_character(c, &mut held)),
            other => other,
        };
        Self { code, held }
    }
}

fn plain_character(c: char, held: &mut KeyModifiers) -> char {
    // On Windows, AltGr arrives as ctrl and alt together with the character it typed.
    if held.contains(KeyModifiers::CONTROL | KeyModifiers::ALT) && !c.is_ascii_alphanumeric() {
        held.remove(KeyModifiers::CONTROL | KeyModifiers::ALT);
    }
    if held.contains(KeyModifiers::CONTROL) {
        // Most terminals do not report the case of a letter under ctrl; the others report shift. Caps lock is not shift.
        held.set(KeyModifiers::SHIFT, held.contains(KeyModifiers::SHIFT) && c.is_ascii_alphabetic());
        return c.to_ascii_lowercase();
    }
    let shifted = held.contains(KeyModifiers::SHIFT);
    held.remove(KeyModifiers::SHIFT);
    if shifted { c.to_ascii_uppercase() } else { c }
}

impl fmt::Display for KeyPress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, modifier) in HELD {
            if self.held.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, KeyCode::F(number)) => write!(f, "f{number}"),
            (None, other) => write!(f, "{other}"),
        }
    }
}

impl FromStr for KeyPress {
    type Err = String;

    /// Reads `j`, `G`, `?`, `ctrl-d`, `shift-tab`, `alt-left`, `f1`, `space`; names without regard to case.
    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase();
        let mut held = KeyModifiers::NONE;
        let mut name = text;
        let mut lower_name = lower.as_str();
        // What is left of `ctrl--` is the key `-`.
        while let Some((prefix, modifier)) =
            HELD.into_iter().find(|(prefix, _)| lower_name.len() > prefix.len() && lower_name.starts_with(prefix))
        {
            held.insert(modifier);
            (_, name) = name.split_at(prefix.len());
            (_, lower_name) = lower_name.split_at(prefix.len());
        }
        let mut letters = name.chars();
        if let (Some(c), None) = (letters.next(), letters.next()) {
            // What shift makes of other characters depends on the keyboard, so only the result can be bound.
            let depends_on_keyboard = held.contains(KeyModifiers::SHIFT) && !c.is_alphabetic();
            return if c.is_control() || depends_on_keyboard {
                Err(unreadable(text))
            } else {
                Ok(Self::new(KeyCode::Char(c), held))
            };
        }
        if let Some((_, code)) = NAMES.iter().find(|(name, _)| *name == lower_name) {
            return Ok(Self::new(*code, held));
        }
        let number = lower_name.strip_prefix('f').and_then(|digits| digits.parse().ok());
        match number {
            Some(number @ 1..=24) => Ok(Self::new(KeyCode::F(number), held)),
            _ => Err(unreadable(text)),
        }
    }
}

fn unreadable(text: &str) -> String {
    format!(
        "`{text}` is not a key; keys are like j, G, ctrl-d, shift-tab, space, f1, and the keys of a chord are separated by a space: g g"
    )
}

/// Reads a chord: one key or several, separated by spaces.
pub(super) fn parse_chord(text: &str) -> Result<Vec<KeyPress>, String> {
    let keys: Vec<KeyPress> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    match keys.as_slice() {
        [] => Err(unreadable(text)),
        [_, ..] if keys.len() > 1 && keys.contains(&KeyPress::ESC) => {
            Err(format!("`{text}` can never be pressed: esc cancels a chord"))
        }
        _ => Ok(keys),
    }
}

/// Writes a chord as `parse_chord` reads it.
pub(super) fn chord_text(keys: &[KeyPress]) -> String {
    keys.iter().map(KeyPress::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: KeyModifiers = KeyModifiers::NONE;
    const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
    const ALT: KeyModifiers = KeyModifiers::ALT;
    const SHIFT: KeyModifiers = KeyModifiers::SHIFT;

    #[test]
    fn a_key_equals_the_event_that_terminals_send_for_it() {
        for (text, code, held) in [
            ("j", KeyCode::Char('j'), NONE),
            ("G", KeyCode::Char('G'), SHIFT),
            ("G", KeyCode::Char('G'), NONE),
            ("G", KeyCode::Char('g'), SHIFT),
            ("?", KeyCode::Char('?'), SHIFT),
            ("é", KeyCode::Char('é'), NONE),
            ("ctrl-d", KeyCode::Char('d'), CONTROL),
            ("ctrl-d", KeyCode::Char('D'), CONTROL),
            ("Ctrl-D", KeyCode::Char('d'), CONTROL),
            ("ctrl-shift-d", KeyCode::Char('D'), CONTROL | SHIFT),
            ("alt-b", KeyCode::Char('b'), ALT),
            ("alt-B", KeyCode::Char('B'), ALT | SHIFT),
            ("ctrl-alt-b", KeyCode::Char('b'), ALT | CONTROL),
            ("[", KeyCode::Char('['), ALT | CONTROL),
            ("@", KeyCode::Char('@'), ALT | CONTROL),
            ("-", KeyCode::Char('-'), NONE),
            ("ctrl--", KeyCode::Char('-'), CONTROL),
            ("space", KeyCode::Char(' '), NONE),
            ("ctrl-space", KeyCode::Char(' '), CONTROL),
            ("shift-tab", KeyCode::BackTab, SHIFT),
            ("shift-tab", KeyCode::BackTab, NONE),
            ("Enter", KeyCode::Enter, NONE),
            ("escape", KeyCode::Esc, NONE),
            ("shift-f12", KeyCode::F(12), SHIFT),
            ("f", KeyCode::Char('f'), NONE),
        ] {
            assert_eq!(text.parse(), Ok(KeyPress::pressed(KeyEvent::new(code, held)).unwrap()), "{text}");
        }
    }

    #[test]
    fn a_written_key_reads_back() {
        let named = NAMES.iter().map(|(name, _)| (*name).to_owned());
        let single = ('!'..='~').map(String::from);
        for text in named.chain(single).chain((1..=24).map(|number| format!("f{number}"))) {
            for held in ["", "ctrl-", "alt-", "shift-", "ctrl-alt-", "ctrl-shift-", "ctrl-alt-shift-"] {
                let Ok(key) = format!("{held}{text}").parse::<KeyPress>() else { continue };
                assert_eq!(key.to_string().parse(), Ok(key), "{held}{text}");
            }
        }
    }

    #[test]
    fn what_is_not_a_key_is_rejected() {
        for text in [
            "",
            " ",
            "gg",
            "f0",
            "f25",
            "f",
            "ctrl",
            "ctrl-",
            "shift-5",
            "hyper-x",
            "esc esc",
            "g esc",
            "\u{7}",
            "ctrl-\u{1b}",
        ] {
            assert_eq!(parse_chord(text).is_ok(), text == "f", "{text:?}");
        }
        assert_eq!(parse_chord(" g  G ").map(|keys| chord_text(&keys)), Ok("g G".to_owned()));
    }

    #[test]
    fn only_pressed_keys_count() {
        let event = |kind| KeyEvent::new_with_kind(KeyCode::Char('j'), NONE, kind);
        assert!(KeyPress::pressed(event(KeyEventKind::Press)).is_some());
        assert!(KeyPress::pressed(event(KeyEventKind::Repeat)).is_some());
        assert!(KeyPress::pressed(event(KeyEventKind::Release)).is_none());
        assert!(KeyPress::pressed(KeyEvent::new(KeyCode::CapsLock, NONE)).is_none());
    }
}
