//! What a sequence of terminal input means: a key, the mouse, a paste, or nothing. Covers what crossterm's own reader covers: the keys of
//! xterm, rxvt and the Linux console, kitty's keyboard protocol, xterm's modifyOtherKeys, and three encodings of the mouse. Every other
//! sequence is a terminal's reply or noise and means nothing.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MediaKeyCode, ModifierKeyCode, MouseButton,
    MouseEvent, MouseEventKind,
};

use super::sequences::Sequence;

/// The event that a sequence stands for; None when it is none.
pub(super) fn event(sequence: Sequence) -> Option<Event> {
    match sequence {
        Sequence::Escape => Some(Event::Key(KeyCode::Esc.into())),
        Sequence::Char(c) => Some(Event::Key(typed(c))),
        Sequence::Escaped(c) => {
            let mut key = typed(c);
            key.modifiers |= KeyModifiers::ALT;
            Some(Event::Key(key))
        }
        Sequence::Control(parameters, last) => control(&parameters, last),
        Sequence::Shift(parameters, last) => letter_key(last).map(|code| {
            let modifiers = Modifiers::of(number(&parameters));
            Event::Key(modifiers.key(code, KeyEventState::NONE))
        }),
        Sequence::ConsoleFunction(last @ b'A'..=b'E') => Some(Event::Key(KeyCode::F(1 + last - b'A').into())),
        Sequence::ConsoleFunction(_) => None,
        Sequence::Mouse([buttons, x, y]) => {
            let place = |byte: u8| u32::from(byte.saturating_sub(32));
            mouse(u32::from(buttons).checked_sub(32)?, place(x), place(y)).map(Event::Mouse)
        }
        Sequence::Paste(text) => Some(Event::Paste(text)),
    }
}

/// A key that sends a character, as terminals have sent it since the teletype.
fn typed(c: char) -> KeyEvent {
    let held = |c: u8, modifiers| KeyEvent::new(KeyCode::Char(char::from(c)), modifiers);
    match c {
        '\r' => KeyCode::Enter.into(),
        '\t' => KeyCode::Tab.into(),
        '\u{7f}' => KeyCode::Backspace.into(),
        '\0' => held(b' ', KeyModifiers::CONTROL),
        '\u{1}'..='\u{1a}' => held(c as u8 - 1 + b'a', KeyModifiers::CONTROL),
        '\u{1c}'..='\u{1f}' => held(c as u8 - 0x1c + b'4', KeyModifiers::CONTROL),
        _ if c.is_uppercase() => KeyEvent::new(KeyCode::Char(c), KeyModifiers::SHIFT),
        _ => KeyCode::Char(c).into(),
    }
}

/// A control sequence: its parameters (numbers parted by `;`, their parts by `:`) and its final byte.
fn control(parameters: &[u8], last: u8) -> Option<Event> {
    let (parameters, is_sgr) = match parameters.strip_prefix(b"<") {
        Some(rest) => (rest, true),
        None => (parameters, false),
    };
    if !parameters.iter().all(|byte| byte.is_ascii_digit() || b":;".contains(byte)) {
        return None;
    }
    let fields: Vec<Vec<Option<u32>>> = parameters
        .split(|byte| *byte == b';')
        .map(|field| field.split(|byte| *byte == b':').map(number).collect())
        .collect();
    let field = |place: usize| fields.get(place)?.first().copied().flatten();
    let modifiers = || Modifiers {
        mask: field(1).unwrap_or(1),
        kind: match fields.get(1).and_then(|parts| parts.get(1).copied().flatten()) {
            Some(2) => KeyEventKind::Repeat,
            Some(3) => KeyEventKind::Release,
            _ => KeyEventKind::Press,
        },
    };
    match (last, is_sgr) {
        (b'M' | b'm', true) => {
            let mut event = mouse(field(0)?, field(1)?, field(2)?)?;
            if let (b'm', MouseEventKind::Down(button)) = (last, event.kind) {
                event.kind = MouseEventKind::Up(button);
            }
            Some(Event::Mouse(event))
        }
        (_, true) => None,
        (b'M', false) => mouse(field(0)?.checked_sub(32)?, field(1)?, field(2)?).map(Event::Mouse),
        (b'Z', false) => {
            let mut key = modifiers().key(KeyCode::BackTab, KeyEventState::NONE);
            key.modifiers |= KeyModifiers::SHIFT;
            Some(Event::Key(key))
        }
        (b'~', false) => match field(0)? {
            // modifyOtherKeys
            27 => Some(Event::Key(coded_key(&[field(2)], &modifiers())?)),
            number => {
                let modifiers = modifiers();
                Some(Event::Key(modifiers.key(numbered_key(number)?, modifiers.locks())))
            }
        },
        (b'u', false) => Some(Event::Key(coded_key(fields.first()?, &modifiers())?)),
        // A cursor position report looks like F3 with modifiers.
        (b'R', false) => None,
        _ => {
            // With a single parameter it is the modifiers.
            let modifiers =
                if fields.len() == 1 { Modifiers::of(field(0).map(|number| number % 10)) } else { modifiers() };
            Some(Event::Key(modifiers.key(letter_key(last)?, KeyEventState::NONE)))
        }
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The modifiers of a key as sequences give them: one more than the sum of their bits.
struct Modifiers {
    mask: u32,
    kind: KeyEventKind,
}

const MODIFIER_BITS: [KeyModifiers; 6] = [
    KeyModifiers::SHIFT,
    KeyModifiers::ALT,
    KeyModifiers::CONTROL,
    KeyModifiers::SUPER,
    KeyModifiers::HYPER,
    KeyModifiers::META,
];

impl Modifiers {
    fn of(mask: Option<u32>) -> Self {
        Self { mask: mask.unwrap_or(1), kind: KeyEventKind::Press }
    }

    fn bits(&self) -> u32 {
        self.mask.saturating_sub(1)
    }

    fn held(&self) -> KeyModifiers {
        let bits = MODIFIER_BITS.into_iter().enumerate();
        bits.filter(|(bit, _)| self.bits() >> bit & 1 == 1).map(|(_, modifier)| modifier).collect()
    }

    fn locks(&self) -> KeyEventState {
        let mut state = KeyEventState::NONE;
        state.set(KeyEventState::CAPS_LOCK, self.bits() >> 6 & 1 == 1);
        state.set(KeyEventState::NUM_LOCK, self.bits() >> 7 & 1 == 1);
        state
    }

    fn key(&self, code: KeyCode, state: KeyEventState) -> KeyEvent {
        KeyEvent::new_with_kind_and_state(code, self.held(), self.kind, state)
    }
}

/// Keys of sequences that end in a letter.
fn letter_key(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(1 + last - b'P'),
        _ => return None,
    })
}

/// Keys of `CSI number ~`.
fn numbered_key(number: u32) -> Option<KeyCode> {
    let function = |base: u32| u8::try_from(number - base).ok().map(KeyCode::F);
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(10),
        17..=21 => function(11),
        23..=26 => function(12),
        28..=29 => function(15),
        31..=34 => function(17),
        _ => None,
    }
}

/// A key of kitty's keyboard protocol: its character, and what it is with Shift.
fn coded_key(characters: &[Option<u32>], modifiers: &Modifiers) -> Option<KeyEvent> {
    let code = characters.first().copied().flatten()?;
    let state = modifiers.locks();
    if let Some((code, own_state)) = functional_key(code) {
        let mut key = modifiers.key(code, state | own_state);
        if let KeyCode::Modifier(modifier) = code {
            key.modifiers |= held_by(modifier);
        }
        return Some(key);
    }
    let held = modifiers.held();
    let code = match char::from_u32(code)? {
        '\u{1b}' => KeyCode::Esc,
        '\r' => KeyCode::Enter,
        '\t' if held.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        '\t' => KeyCode::Tab,
        '\u{7f}' => KeyCode::Backspace,
        c => KeyCode::Char(c),
    };
    let mut key = modifiers.key(code, state);
    let shifted = characters.get(1).copied().flatten().and_then(char::from_u32);
    if let Some(shifted) = shifted.filter(|_| held.contains(KeyModifiers::SHIFT)) {
        key.code = KeyCode::Char(shifted);
        key.modifiers.remove(KeyModifiers::SHIFT);
    }
    Some(key)
}

/// Keys without a character in kitty's keyboard protocol, from the first of their numbers on; the protocol's own order.
const FIRST_KEY: u32 = 57358;
const KEYS: [KeyCode; 6] =
    [KeyCode::CapsLock, KeyCode::ScrollLock, KeyCode::NumLock, KeyCode::PrintScreen, KeyCode::Pause, KeyCode::Menu];
const FIRST_KEYPAD_KEY: u32 = 57399;
const KEYPAD: [KeyCode; 29] = [
    KeyCode::Char('0'),
    KeyCode::Char('1'),
    KeyCode::Char('2'),
    KeyCode::Char('3'),
    KeyCode::Char('4'),
    KeyCode::Char('5'),
    KeyCode::Char('6'),
    KeyCode::Char('7'),
    KeyCode::Char('8'),
    KeyCode::Char('9'),
    KeyCode::Char('.'),
    KeyCode::Char('/'),
    KeyCode::Char('*'),
    KeyCode::Char('-'),
    KeyCode::Char('+'),
    KeyCode::Enter,
    KeyCode::Char('='),
    KeyCode::Char(','),
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::Insert,
    KeyCode::Delete,
    KeyCode::KeypadBegin,
];
const FIRST_MEDIA_KEY: u32 = 57428;
const MEDIA: [MediaKeyCode; 13] = [
    MediaKeyCode::Play,
    MediaKeyCode::Pause,
    MediaKeyCode::PlayPause,
    MediaKeyCode::Reverse,
    MediaKeyCode::Stop,
    MediaKeyCode::FastForward,
    MediaKeyCode::Rewind,
    MediaKeyCode::TrackNext,
    MediaKeyCode::TrackPrevious,
    MediaKeyCode::Record,
    MediaKeyCode::LowerVolume,
    MediaKeyCode::RaiseVolume,
    MediaKeyCode::MuteVolume,
];
const FIRST_MODIFIER: u32 = 57441;
const MODIFIERS: [ModifierKeyCode; 14] = [
    ModifierKeyCode::LeftShift,
    ModifierKeyCode::LeftControl,
    ModifierKeyCode::LeftAlt,
    ModifierKeyCode::LeftSuper,
    ModifierKeyCode::LeftHyper,
    ModifierKeyCode::LeftMeta,
    ModifierKeyCode::RightShift,
    ModifierKeyCode::RightControl,
    ModifierKeyCode::RightAlt,
    ModifierKeyCode::RightSuper,
    ModifierKeyCode::RightHyper,
    ModifierKeyCode::RightMeta,
    ModifierKeyCode::IsoLevel3Shift,
    ModifierKeyCode::IsoLevel5Shift,
];

fn functional_key(number: u32) -> Option<(KeyCode, KeyEventState)> {
    fn row<T: Copy>(table: &[T], first: u32, number: u32) -> Option<T> {
        table.get(usize::try_from(number.checked_sub(first)?).ok()?).copied()
    }
    if let Some(code) = row(&KEYPAD, FIRST_KEYPAD_KEY, number) {
        return Some((code, KeyEventState::KEYPAD));
    }
    // F13 to F35
    let function = (57376..=57398).contains(&number).then(|| u8::try_from(number - 57376 + 13).map(KeyCode::F).ok());
    let code = row(&KEYS, FIRST_KEY, number)
        .or_else(|| function.flatten())
        .or_else(|| row(&MEDIA, FIRST_MEDIA_KEY, number).map(KeyCode::Media))
        .or_else(|| row(&MODIFIERS, FIRST_MODIFIER, number).map(KeyCode::Modifier))?;
    Some((code, KeyEventState::NONE))
}

/// The modifier that a modifier key holds while it is down.
fn held_by(key: ModifierKeyCode) -> KeyModifiers {
    match key {
        ModifierKeyCode::LeftShift | ModifierKeyCode::RightShift => KeyModifiers::SHIFT,
        ModifierKeyCode::LeftControl | ModifierKeyCode::RightControl => KeyModifiers::CONTROL,
        ModifierKeyCode::LeftAlt | ModifierKeyCode::RightAlt => KeyModifiers::ALT,
        ModifierKeyCode::LeftSuper | ModifierKeyCode::RightSuper => KeyModifiers::SUPER,
        ModifierKeyCode::LeftHyper | ModifierKeyCode::RightHyper => KeyModifiers::HYPER,
        ModifierKeyCode::LeftMeta | ModifierKeyCode::RightMeta => KeyModifiers::META,
        ModifierKeyCode::IsoLevel3Shift | ModifierKeyCode::IsoLevel5Shift => KeyModifiers::NONE,
    }
}

/// A report of the mouse: buttons and modifiers, column and row from 1. None when no mouse can have sent it.
fn mouse(report: u32, column: u32, row: u32) -> Option<MouseEvent> {
    let is_drag = report & 0x20 != 0;
    let kind = match ((report & 3) | (report & 0xc0) >> 4, is_drag) {
        (0, false) => MouseEventKind::Down(MouseButton::Left),
        (1, false) => MouseEventKind::Down(MouseButton::Middle),
        (2, false) => MouseEventKind::Down(MouseButton::Right),
        (0, true) => MouseEventKind::Drag(MouseButton::Left),
        (1, true) => MouseEventKind::Drag(MouseButton::Middle),
        (2, true) => MouseEventKind::Drag(MouseButton::Right),
        (3, false) => MouseEventKind::Up(MouseButton::Left),
        (3..=5, true) => MouseEventKind::Moved,
        (4, false) => MouseEventKind::ScrollUp,
        (5, false) => MouseEventKind::ScrollDown,
        (6, false) => MouseEventKind::ScrollLeft,
        (7, false) => MouseEventKind::ScrollRight,
        _ => return None,
    };
    if report > 0xff {
        return None;
    }
    let held = [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)];
    let modifiers = held.into_iter().filter(|(bit, _)| report & bit != 0).map(|(_, modifier)| modifier).collect();
    let place = |number: u32| u16::try_from(number.checked_sub(1)?).ok();
    Some(MouseEvent { kind, column: place(column)?, row: place(row)?, modifiers })
}

#[cfg(test)]
mod tests {
    use super::super::sequences::SequenceReader;
    use super::*;

    fn events(bytes: &[u8]) -> Vec<Event> {
        let mut found = Vec::new();
        let mut reader = SequenceReader::new();
        reader.read(bytes, &mut |sequence| found.extend(event(sequence)));
        reader.give_up(&mut |sequence| found.extend(event(sequence)));
        found
    }

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(code, modifiers))
    }

    const NONE: KeyModifiers = KeyModifiers::NONE;
    const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
    const ALT: KeyModifiers = KeyModifiers::ALT;
    const CONTROL: KeyModifiers = KeyModifiers::CONTROL;

    #[test]
    fn keys_of_the_terminals_in_use() {
        let cases: &[(&str, KeyCode, KeyModifiers)] = &[
            ("a", KeyCode::Char('a'), NONE),
            ("A", KeyCode::Char('A'), SHIFT),
            ("é", KeyCode::Char('é'), NONE),
            ("中", KeyCode::Char('中'), NONE),
            ("\r", KeyCode::Enter, NONE),
            ("\n", KeyCode::Char('j'), CONTROL),
            ("\t", KeyCode::Tab, NONE),
            ("\x7f", KeyCode::Backspace, NONE),
            ("\x08", KeyCode::Char('h'), CONTROL),
            ("\0", KeyCode::Char(' '), CONTROL),
            ("\x03", KeyCode::Char('c'), CONTROL),
            ("\x1a", KeyCode::Char('z'), CONTROL),
            ("\x1c", KeyCode::Char('4'), CONTROL),
            ("\x1f", KeyCode::Char('7'), CONTROL),
            ("\x1b", KeyCode::Esc, NONE),
            ("\x1ba", KeyCode::Char('a'), ALT),
            ("\x1bA", KeyCode::Char('A'), ALT.union(SHIFT)),
            ("\x1b\r", KeyCode::Enter, ALT),
            ("\x1b\x7f", KeyCode::Backspace, ALT),
            ("\x1b\x03", KeyCode::Char('c'), ALT.union(CONTROL)),
            ("\x1b[", KeyCode::Char('['), ALT),
            ("\x1b\\", KeyCode::Char('\\'), ALT),
            ("\x1b[A", KeyCode::Up, NONE),
            ("\x1b[B", KeyCode::Down, NONE),
            ("\x1b[C", KeyCode::Right, NONE),
            ("\x1b[D", KeyCode::Left, NONE),
            ("\x1b[H", KeyCode::Home, NONE),
            ("\x1b[F", KeyCode::End, NONE),
            ("\u{9b}A", KeyCode::Up, NONE),
            ("\x1bOA", KeyCode::Up, NONE),
            ("\x1bOH", KeyCode::Home, NONE),
            ("\x1bOP", KeyCode::F(1), NONE),
            ("\x1bOR", KeyCode::F(3), NONE),
            ("\x1bO5S", KeyCode::F(4), CONTROL),
            ("\x1b[P", KeyCode::F(1), NONE),
            ("\x1b[S", KeyCode::F(4), NONE),
            ("\x1b[[A", KeyCode::F(1), NONE),
            ("\x1b[[E", KeyCode::F(5), NONE),
            ("\x1b[Z", KeyCode::BackTab, SHIFT),
            ("\x1b[1;5A", KeyCode::Up, CONTROL),
            ("\x1b[1;2D", KeyCode::Left, SHIFT),
            ("\x1b[1;3P", KeyCode::F(1), ALT),
            ("\x1b[;5C", KeyCode::Right, CONTROL),
            ("\x1b[5C", KeyCode::Right, CONTROL),
            ("\x1b[1;8H", KeyCode::Home, SHIFT.union(ALT).union(CONTROL)),
            ("\x1b[1~", KeyCode::Home, NONE),
            ("\x1b[2~", KeyCode::Insert, NONE),
            ("\x1b[3~", KeyCode::Delete, NONE),
            ("\x1b[4~", KeyCode::End, NONE),
            ("\x1b[5~", KeyCode::PageUp, NONE),
            ("\x1b[6;5~", KeyCode::PageDown, CONTROL),
            ("\x1b[7~", KeyCode::Home, NONE),
            ("\x1b[8~", KeyCode::End, NONE),
            ("\x1b[11~", KeyCode::F(1), NONE),
            ("\x1b[15~", KeyCode::F(5), NONE),
            ("\x1b[17~", KeyCode::F(6), NONE),
            ("\x1b[21~", KeyCode::F(10), NONE),
            ("\x1b[23~", KeyCode::F(11), NONE),
            ("\x1b[24;2~", KeyCode::F(12), SHIFT),
            ("\x1b[26~", KeyCode::F(14), NONE),
            ("\x1b[29~", KeyCode::F(14), NONE),
            ("\x1b[34~", KeyCode::F(17), NONE),
            // modifyOtherKeys
            ("\x1b[27;5;105~", KeyCode::Char('i'), CONTROL),
            ("\x1b[27;2;13~", KeyCode::Enter, SHIFT),
            // kitty
            ("\x1b[97u", KeyCode::Char('a'), NONE),
            ("\x1b[97;5u", KeyCode::Char('a'), CONTROL),
            ("\x1b[97:65;2u", KeyCode::Char('A'), NONE),
            ("\x1b[97;9;97u", KeyCode::Char('a'), KeyModifiers::SUPER),
            ("\x1b[27u", KeyCode::Esc, NONE),
            ("\x1b[13;2u", KeyCode::Enter, SHIFT),
            ("\x1b[9;2u", KeyCode::BackTab, SHIFT),
            ("\x1b[127u", KeyCode::Backspace, NONE),
            ("\x1b[57358u", KeyCode::CapsLock, NONE),
            ("\x1b[57363u", KeyCode::Menu, NONE),
            ("\x1b[57376u", KeyCode::F(13), NONE),
            ("\x1b[57398u", KeyCode::F(35), NONE),
            ("\x1b[57428u", KeyCode::Media(MediaKeyCode::Play), NONE),
            ("\x1b[57440u", KeyCode::Media(MediaKeyCode::MuteVolume), NONE),
            ("\x1b[57442u", KeyCode::Modifier(ModifierKeyCode::LeftControl), CONTROL),
            ("\x1b[57454u", KeyCode::Modifier(ModifierKeyCode::IsoLevel5Shift), NONE),
        ];
        for (bytes, code, modifiers) in cases {
            assert_eq!(events(bytes.as_bytes()), [key(*code, *modifiers)], "{}", bytes.escape_debug());
        }
    }

    #[test]
    fn kitty_tells_what_kind_of_press_it_was() {
        let event = |code, modifiers, kind, state| {
            [Event::Key(KeyEvent::new_with_kind_and_state(code, modifiers, kind, state))]
        };
        let none = KeyEventState::NONE;
        assert_eq!(events(b"\x1b[97;1:2u"), event(KeyCode::Char('a'), NONE, KeyEventKind::Repeat, none));
        assert_eq!(events(b"\x1b[1;5:3A"), event(KeyCode::Up, CONTROL, KeyEventKind::Release, none));
        assert_eq!(events(b"\x1b[3;1:3~"), event(KeyCode::Delete, NONE, KeyEventKind::Release, none));
        let locked = KeyEventState::CAPS_LOCK.union(KeyEventState::NUM_LOCK);
        assert_eq!(events(b"\x1b[97;193u"), event(KeyCode::Char('a'), NONE, KeyEventKind::Press, locked));
        let pad = KeyEventState::KEYPAD;
        assert_eq!(events(b"\x1b[57399u"), event(KeyCode::Char('0'), NONE, KeyEventKind::Press, pad));
        assert_eq!(events(b"\x1b[57427u"), event(KeyCode::KeypadBegin, NONE, KeyEventKind::Press, pad));
    }

    #[test]
    fn the_mouse_in_three_encodings() {
        let at = |kind, column, row, modifiers| [Event::Mouse(MouseEvent { kind, column, row, modifiers })];
        let left = MouseButton::Left;
        assert_eq!(events(b"\x1b[<0;20;10M"), at(MouseEventKind::Down(left), 19, 9, NONE));
        assert_eq!(events(b"\x1b[<0;20;10m"), at(MouseEventKind::Up(left), 19, 9, NONE));
        assert_eq!(events(b"\x1b[<32;1;300M"), at(MouseEventKind::Drag(left), 0, 299, NONE));
        assert_eq!(events(b"\x1b[<20;1;1M"), at(MouseEventKind::Down(left), 0, 0, SHIFT | CONTROL));
        assert_eq!(events(b"\x1b[<64;5;6M"), at(MouseEventKind::ScrollUp, 4, 5, NONE));
        assert_eq!(events(b"\x1b[<65;5;6M"), at(MouseEventKind::ScrollDown, 4, 5, NONE));
        assert_eq!(events(b"\x1b[<35;5;6M"), at(MouseEventKind::Moved, 4, 5, NONE));
        assert_eq!(events(b"\x1b[32;30;40M"), at(MouseEventKind::Down(left), 29, 39, NONE));
        assert_eq!(events(b"\x1b[35;30;40M"), at(MouseEventKind::Up(left), 29, 39, NONE));
        assert_eq!(events(b"\x1b[M0`!"), at(MouseEventKind::Down(left), 63, 0, CONTROL));
    }

    #[test]
    fn replies_and_noise_are_no_events() {
        for bytes in [
            &b"\x1b[?62;22c"[..],
            b"\x1b[>1;10;0c",
            b"\x1b[=1c",
            b"\x1b[c",
            b"\x1b[12;40R",
            b"\x1b[1;2R",
            b"\x1b[?12;40;1R",
            b"\x1b[0n",
            b"\x1b[?2026;2$y",
            b"\x1b[4;1$y",
            b"\x1b[?1u",
            b"\x1b[?0u",
            b"\x1b[8;24;80t",
            b"\x1b[4;480;640t",
            b"\x1b[?1;0;256S",
            b"\x1b[2;1;1;112;112;1;0x",
            b"\x1b[I",
            b"\x1b[O",
            b"\x1b[201~",
            b"\x1b[99~",
            b"\x1b[~",
            b"\x1b[99999999999u",
            b"\x1b[1114112u",
            b"\x1b[u",
            b"\x1b[<0;0;0M",
            b"\x1b[<0;5M",
            b"\x1b[<300;5;5M",
            b"\x1b[<0;70000;5M",
            b"\x1b[<c",
            b"\x1b[32;0;0M",
            b"\x1b[1;1;1M",
            b"\x1b[M   ",
            b"\x1b[[Z",
            b"\x1bOz",
            b"\x1b]11;rgb:1111/1111/1111\x1b\\",
            b"\x1bP1+r544e=787465726d\x1b\\",
            b"\x1b_Gi=1;OK\x1b\\",
        ] {
            assert_eq!(events(bytes), [], "{}", bytes.escape_ascii());
        }
    }
}
