//! The bytes of the terminal as sequences: characters, escape and control sequences, pasted text. A state machine over single bytes, so
//! that the same bytes give the same sequences however reads divide them. What a terminal says about itself (device control strings,
//! operating system commands and their like) is swallowed whole. What a sequence means is decided in `events`.

use std::time::Duration;

/// A unit of terminal input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sequence {
    /// A lone Esc.
    Escape,
    Char(char),
    /// Esc and a character: the character with Alt.
    Escaped(char),
    /// A control sequence: its parameter and intermediate bytes, and its final byte.
    Control(Vec<u8>, u8),
    /// A single shift (`ESC O`): its parameter bytes and its final byte.
    Shift(Vec<u8>, u8),
    /// A function key of the Linux console, `CSI [ A` to `CSI [ E`.
    ConsoleFunction(u8),
    /// The three bytes of a mouse report in the oldest encoding.
    Mouse([u8; 3]),
    Paste(String),
}

/// How long an Esc may wait for the rest of a sequence before it is the key.
const ESCAPE: Duration = Duration::from_millis(25);
/// How long `ESC [` and its like may wait before they are the keys Alt+[ and so on.
const INTRODUCER: Duration = Duration::from_millis(50);
/// How long anything longer may wait for its end. A paste is over then; the rest was no input.
const SILENCE: Duration = Duration::from_secs(1);

/// How long nothing may follow the end of a paste before it is the end. Text that was pasted may hold the bytes of an end; what follows them
/// in the same burst is text, too, and must not run as keys.
const PASTE_SETTLED: Duration = Duration::from_millis(25);

/// Longest parameters of a control sequence that means anything, in bytes.
const PARAMETERS: usize = 64;

const ESC: u8 = 0x1b;
/// CAN and SUB, which end any sequence.
const CANCEL: [u8; 2] = [0x18, 0x1a];
const PASTE_START: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ground,
    Escape,
    /// A character with so many bytes to come.
    Utf8(u8),
    Control,
    /// A control sequence with too many parameters.
    Overlong,
    Shift,
    ConsoleFunction,
    Mouse,
    /// A string that is swallowed, in a character of it with so many bytes to come.
    Text(u8),
    /// After an Esc in such a string.
    TextEscape,
    Paste,
}

/// Divides bytes into sequences.
#[derive(Debug)]
pub(super) struct SequenceReader {
    state: State,
    /// The bytes of the sequence so far, without what introduced it.
    bytes: Vec<u8>,
    /// The character with which an Esc introduced the sequence, while nothing else followed: it may be that character with Alt.
    introducer: Option<char>,
    /// The character being read comes after an Esc.
    escaped: bool,
    /// How many of the bytes of a paste are before the end of it that came last, with that end.
    ended_at: Option<usize>,
    /// What was taken for a key because nothing followed it in time. A slow connection may have held back the rest of a reply.
    late: Option<Late>,
}

/// The beginning of a sequence that was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Late {
    Escape,
    /// An Esc and this character.
    Introducer(u8),
}

impl Late {
    /// Whether these bytes, which were read at once, go on with a sequence that nobody types.
    fn goes_on_with(self, bytes: &[u8]) -> bool {
        let (introducer, body) = match (self, bytes) {
            (Self::Introducer(introducer), body) => (introducer, body),
            (Self::Escape, [introducer, body @ ..]) => (*introducer, body),
            (Self::Escape, []) => return false,
        };
        let [first, _, ..] = body else { return false };
        match introducer {
            b'[' => {
                let end = body.iter().position(|byte| !(0x20..=0x3f).contains(byte));
                end.is_some_and(|end| end > 0 && body.get(end).is_some_and(|last| (0x40..=0x7e).contains(last)))
            }
            b'P' => first.is_ascii_digit() || b">!$+|=".contains(first),
            b']' => first.is_ascii_digit(),
            b'X' | b'^' | b'_' => (0x20..=0x7e).contains(first),
            _ => false,
        }
    }
}

impl SequenceReader {
    pub(super) fn new() -> Self {
        Self { state: State::Ground, bytes: Vec::new(), introducer: None, escaped: false, ended_at: None, late: None }
    }

    /// Takes the next bytes and passes on every sequence that they complete.
    pub(super) fn read(&mut self, bytes: &[u8], found: &mut impl FnMut(Sequence)) {
        match self.late.take() {
            Some(late) if late.goes_on_with(bytes) => match late {
                Late::Escape => self.enter(State::Escape),
                Late::Introducer(introducer) => self.control_code(introducer + 0x40),
            },
            _ => {}
        }
        for byte in bytes {
            self.step(*byte, found);
        }
    }

    /// How long to wait for the next byte before `give_up`. None: nothing is pending.
    pub(super) fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Ground => self.late.map(|_| SILENCE),
            State::Escape => Some(ESCAPE),
            State::Paste if self.ended_at.is_some() => Some(PASTE_SETTLED),
            _ if self.introducer.is_some() => Some(INTRODUCER),
            _ => Some(SILENCE),
        }
    }

    /// Ends what is pending, because nothing followed for as long as `patience` said.
    pub(super) fn give_up(&mut self, found: &mut impl FnMut(Sequence)) {
        self.late = None;
        match (self.state, self.introducer) {
            (State::Escape, _) => {
                found(Sequence::Escape);
                self.late = Some(Late::Escape);
            }
            (State::Paste, _) => {
                let (text, rest) = self.bytes.split_at(self.ended_at.unwrap_or(self.bytes.len()));
                let (text, rest) = (pasted(text), rest.to_vec());
                found(text);
                self.enter(State::Ground);
                for byte in rest {
                    self.step(byte, found);
                }
                return;
            }
            (_, Some(introducer)) => {
                found(Sequence::Escaped(introducer));
                self.late = u8::try_from(introducer).ok().map(Late::Introducer);
            }
            _ => {}
        }
        self.enter(State::Ground);
    }

    fn step(&mut self, byte: u8, found: &mut impl FnMut(Sequence)) {
        let introducer = self.introducer.take();
        match (self.state, byte) {
            (State::Paste, _) => {
                self.bytes.push(byte);
                if self.bytes.ends_with(PASTE_END) {
                    self.ended_at = Some(self.bytes.len());
                }
            }
            (State::Text(_), 0x07) | (State::Text(0), 0x9c) | (State::TextEscape, b'\\') => self.enter(State::Ground),
            (State::Text(_) | State::TextEscape, ESC) => self.state = State::TextEscape,
            // Anything else after an Esc ends the string and begins another sequence.
            (State::TextEscape, _) => {
                self.enter(State::Escape);
                self.step(byte, found);
            }
            (State::Escape, ESC) => found(Sequence::Escape),
            (State::Escape, _) => self.after_escape(byte, found),
            (State::Shift, _) if introducer.is_some() && !(0x30..=0x7e).contains(&byte) => {
                found(Sequence::Escaped('O'));
                self.enter(State::Ground);
                self.step(byte, found);
            }
            (_, ESC) => self.enter(State::Escape),
            (state, _) if state != State::Ground && CANCEL.contains(&byte) => self.enter(State::Ground),
            (State::Text(more), _) => self.state = State::Text(bytes_to_come(more, byte)),
            (State::Ground, _) => self.ground(byte, found),
            (State::Utf8(more), 0x80..=0xbf) => {
                self.bytes.push(byte);
                self.state = State::Utf8(more - 1);
                if more == 1 {
                    self.character(found);
                }
            }
            (State::Mouse, 0x20..) => {
                self.bytes.push(byte);
                if let [buttons, x, y] = *self.bytes {
                    found(Sequence::Mouse([buttons, x, y]));
                    self.enter(State::Ground);
                }
            }
            (State::Control, b'[') if self.bytes.is_empty() => self.enter(State::ConsoleFunction),
            (State::Control, b'M') if self.bytes.is_empty() => self.enter(State::Mouse),
            (State::Control, b'~') if self.bytes == b"200" => self.enter(State::Paste),
            (State::Control | State::Shift, 0x20..=0x3f) => {
                self.bytes.push(byte);
                if self.bytes.len() > PARAMETERS {
                    self.state = State::Overlong;
                }
            }
            (State::Overlong, 0x20..=0x3f) => {}
            (State::Overlong, 0x40..=0x7e) => self.enter(State::Ground),
            (State::Control, 0x40..=0x7e) => {
                found(Sequence::Control(std::mem::take(&mut self.bytes), byte));
                self.enter(State::Ground);
            }
            (State::Shift, 0x40..=0x7e) => {
                found(Sequence::Shift(std::mem::take(&mut self.bytes), byte));
                self.enter(State::Ground);
            }
            (State::ConsoleFunction, 0x20..=0x7e) => {
                found(Sequence::ConsoleFunction(byte));
                self.enter(State::Ground);
            }
            // As in a terminal, a control character inside of a sequence acts at once and does not end it.
            (State::Control | State::Overlong, 0x00..=0x1f | 0x7f) => found(Sequence::Char(char::from(byte))),
            // A byte that cannot be here: the sequence was no input, the byte may begin the next.
            _ => {
                self.enter(State::Ground);
                self.step(byte, found);
            }
        }
    }

    fn ground(&mut self, byte: u8, found: &mut impl FnMut(Sequence)) {
        match byte {
            0x00..=0x7f => found(Sequence::Char(char::from(byte))),
            0x80..=0x9f => self.control_code(byte),
            _ => self.begin_character(byte, false),
        }
    }

    fn after_escape(&mut self, byte: u8, found: &mut impl FnMut(Sequence)) {
        match byte {
            b'[' | b'O' | b'P' | b'X' | b']' | b'^' | b'_' => {
                // An Esc and one of these letters is what the control code 64 above the letter abbreviates.
                self.control_code(byte + 0x40);
                self.introducer = Some(char::from(byte));
            }
            0x00..=0x7f => {
                self.enter(State::Ground);
                found(Sequence::Escaped(char::from(byte)));
            }
            0x80..=0x9f => self.control_code(byte),
            _ => self.begin_character(byte, true),
        }
    }

    /// A control code above ASCII: one that introduces a sequence, or nothing.
    fn control_code(&mut self, code: u8) {
        self.enter(match code {
            0x8f => State::Shift,
            0x9b => State::Control,
            // device control string, start of string, operating system command, privacy message, application program command
            0x90 | 0x98 | 0x9d | 0x9e | 0x9f => State::Text(0),
            _ => State::Ground,
        });
    }

    fn begin_character(&mut self, byte: u8, escaped: bool) {
        match bytes_to_come(0, byte) {
            0 => self.enter(State::Ground),
            more => {
                self.enter(State::Utf8(more));
                self.bytes.push(byte);
                self.escaped = escaped;
            }
        }
    }

    /// The character in `bytes` is complete. One that is not valid is no key.
    fn character(&mut self, found: &mut impl FnMut(Sequence)) {
        let character = std::str::from_utf8(&self.bytes).ok().and_then(|text| text.chars().next());
        let escaped = self.escaped;
        self.enter(State::Ground);
        match character {
            // the control codes in UTF-8
            Some(code @ '\u{80}'..='\u{9f}') => self.control_code(code as u8),
            Some(c) if escaped => found(Sequence::Escaped(c)),
            Some(c) => found(Sequence::Char(c)),
            None => {}
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.introducer = None;
        self.escaped = false;
        self.ended_at = None;
        self.bytes.clear();
        // What one long paste needed is not kept.
        self.bytes.shrink_to(PARAMETERS);
    }
}

/// A paste, without the marks in it. Several that came in one burst are one.
fn pasted(bytes: &[u8]) -> Sequence {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let marks = [PASTE_START, PASTE_END].map(String::from_utf8_lossy);
    Sequence::Paste(marks.iter().fold(text, |text, mark| text.replace(&**mark, "")))
}

/// How many bytes of a UTF-8 character are to come after this one, when `more` were before it.
fn bytes_to_come(more: u8, byte: u8) -> u8 {
    match byte {
        0x80..=0xbf => more.saturating_sub(1),
        0xc2..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xf4 => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sequences(reads: &[&[u8]]) -> Vec<Sequence> {
        let mut found = Vec::new();
        let mut reader = SequenceReader::new();
        for bytes in reads {
            reader.read(bytes, &mut |sequence| found.push(sequence));
        }
        let mut count = 0;
        while reader.patience().is_some() {
            reader.give_up(&mut |sequence| found.push(sequence));
            count += 1;
        }
        assert!(count <= 3, "given up {count} times");
        found
    }

    /// The characters that are left as keys.
    fn keys(bytes: &[u8]) -> String {
        let key = |sequence| match sequence {
            Sequence::Char(c) => c.to_string(),
            Sequence::Escape => "<esc>".to_owned(),
            Sequence::Escaped(c) => format!("<alt-{c}>"),
            other => format!("<{other:?}>"),
        };
        sequences(&[bytes]).into_iter().map(key).collect()
    }

    #[test]
    fn replies_are_swallowed_whole() {
        let strings: [&[u8]; 5] = [b"\x1bP", b"\x1b]", b"\x1b_", b"\x1b^", b"\x1bX"];
        let bodies: [&[u8]; 5] = [b"1$r0m", b"11;rgb:1111/2222/3333", b"Gi=31;OK", b"dq;sx", "l字ü👍".as_bytes()];
        for introducer in strings {
            let short = [introducer[1] + 0x40];
            let in_utf8 = [0xc2, introducer[1] + 0x40];
            for introducer in [introducer, &short, &in_utf8] {
                for end in [&b"\x1b\\"[..], b"\x07", b"\x9c", b"\x18", b"\x1a"] {
                    for body in bodies {
                        let bytes = [b"a", introducer, body, end, b"b"].concat();
                        assert_eq!(keys(&bytes), "ab", "{}", bytes.escape_ascii());
                    }
                }
                let unclosed = [b"a", introducer, b"dq"].concat();
                assert_eq!(keys(&unclosed), "a");
            }
        }
    }

    /// How many keys are made of bytes that came in two reads, a tenth of a second apart.
    fn keys_after_silence(first: &[u8], rest: &[u8]) -> usize {
        let mut keys = 0;
        let mut reader = SequenceReader::new();
        reader.read(first, &mut |_| keys += 1);
        if reader.patience().is_some_and(|patience| patience < SILENCE) {
            reader.give_up(&mut |_| keys += 1);
        }
        reader.read(rest, &mut |_| keys += 1);
        keys
    }

    #[test]
    fn a_reply_that_comes_in_two_pieces_is_no_keys() {
        let replies: [&[u8]; 6] = [
            b"\x1bP>|ssxterm(380)\x1b\\",
            b"\x1b]11;rgb:1111/2222/3333\x1b\\",
            b"\x1b_Gi=31;OK\x1b\\",
            b"\x1b^sdq\x07",
            b"\x1bXsdq\x07",
            b"\x1bP1$r0m\x1b\\",
        ];
        for reply in replies {
            for cut in 1..reply.len() {
                let (first, rest) = reply.split_at(cut);
                // The beginning alone is the key that it looks like; where the string has begun, there is none.
                let most = usize::from(cut < 3);
                let keys = keys_after_silence(first, rest);
                assert!(keys <= most, "{} at {cut}: {keys} keys", reply.escape_ascii());
            }
        }
        // The reply itself, which is one sequence without meaning.
        assert_eq!(keys_after_silence(b"\x1b", b"[?64;1;2c"), 2);
        assert_eq!(keys_after_silence(b"\x1b[", b"?64;1;2c"), 2);
    }

    #[test]
    fn what_is_typed_after_an_escape_is_keys() {
        for typed in [&b"jjk"[..], b"[", b"]", b"P", b"_", b"[j", b"]]", b"PP", b"lora"] {
            assert_eq!(keys_after_silence(b"\x1b", typed), 1 + typed.len(), "{}", typed.escape_ascii());
        }
        assert_eq!(keys_after_silence(b"\x1b]", b"j"), 2);
    }

    #[test]
    fn an_escape_ends_an_unclosed_string() {
        assert_eq!(keys(b"\x1bP1$r\x1b[200~x\x1b[201~"), "<Paste(\"x\")>");
        assert_eq!(keys(b"\x1b]0;t\x1bx"), "<alt-x>");
        assert_eq!(keys(b"\x1b]0;t\x1b"), "");
    }

    #[test]
    fn an_escape_alone_is_the_key() {
        assert_eq!(keys(b"\x1b"), "<esc>");
        assert_eq!(keys(b"\x1b\x1b"), "<esc><esc>");
        assert_eq!(keys(b"\x1bx\x1b\r"), "<alt-x><alt-\r>");
        assert_eq!(keys("\x1bé".as_bytes()), "<alt-é>");
        for introducer in ['[', 'O', 'P', 'X', ']', '^', '_'] {
            assert_eq!(keys(format!("\x1b{introducer}").as_bytes()), format!("<alt-{introducer}>"));
        }
        assert_eq!(keys(b"\x1bO\r"), "<alt-O>\r");
    }

    #[test]
    fn what_is_pending_waits_as_long_as_it_must() {
        let mut reader = SequenceReader::new();
        let mut patience = |bytes: &[u8]| {
            reader.read(bytes, &mut |_| {});
            let patience = reader.patience();
            reader.give_up(&mut |_| {});
            patience
        };
        assert_eq!(patience(b"j"), None);
        assert_eq!(patience(b"\x1b"), Some(ESCAPE));
        assert_eq!(patience(b"\x1b["), Some(INTRODUCER));
        for bytes in [&b"\x1b[1"[..], b"\x1b]1", b"\x9b", b"\x90", b"\x1b[200~", b"\x1b[M", b"\xe2\x80"] {
            assert_eq!(patience(bytes), Some(SILENCE), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_paste_ends_at_its_mark_or_in_silence() {
        assert_eq!(keys(b"\x1b[200~a\rb\x1b[31m\x1b[20\x1b[201~j"), "<Paste(\"a\\rb\\u{1b}[31m\\u{1b}[20\")>j");
        assert_eq!(keys(b"\x1b[200~abc"), "<Paste(\"abc\")>");
        assert_eq!(keys(b"\x1b[200~\xff\x1b[201~"), "<Paste(\"\u{fffd}\")>");
        let long = [b"\x1b[200~", "x".repeat(1_000_000).as_bytes(), b"\x1b[201~"].concat();
        assert!(matches!(&sequences(&[&long])[..], [Sequence::Paste(text)] if text.len() == 1_000_000));
    }

    #[test]
    fn text_after_an_end_inside_a_paste_does_not_run_as_keys() {
        let bytes = b"\x1b[200~one\x1b[201~Q\r:quit\r\x1b[200~\x1b[201~ two\x1b[201~";
        for cut in 0..bytes.len() {
            let (first, rest) = bytes.split_at(cut);
            assert_eq!(sequences(&[first, rest]), [Sequence::Paste("oneQ\r:quit\r two".to_owned())], "{cut}");
        }
        assert_eq!(keys(b"\x1b[200~a\x1b[201~\x1b[200~b\x1b[201~j\x1b[A"), "<Paste(\"ab\")>j<Control([], 65)>");
        // Keys that come later are keys.
        let mut found = Vec::new();
        let mut reader = SequenceReader::new();
        reader.read(b"\x1b[200~a\x1b[201~", &mut |sequence| found.push(sequence));
        assert_eq!((found.len(), reader.patience()), (0, Some(PASTE_SETTLED)));
        reader.give_up(&mut |sequence| found.push(sequence));
        reader.read(b"j", &mut |sequence| found.push(sequence));
        assert_eq!(found, [Sequence::Paste("a".to_owned()), Sequence::Char('j')]);
        assert_eq!(reader.patience(), None);
        // An end alone is no key.
        assert_eq!(keys(b"\x1b[201~j"), "<Control([50, 48, 49], 126)>j");
    }

    #[test]
    fn bytes_that_are_no_characters_are_no_keys() {
        assert_eq!(keys(b"\xff\xfe\x80\xbf\xc0\xaf\xc3(\xe2\x28\xf5x"), "((x");
        assert_eq!(keys(b"\xed\xa0\x80\xf4\x90\x80\x80\xe0\x80\x80"), "");
        assert_eq!(keys("é中👍".as_bytes()), "é中👍");
    }

    #[test]
    fn broken_sequences_leave_no_keys() {
        assert_eq!(keys(&[b"\x1b[", "1;".repeat(10_000).as_bytes(), b"u"].concat()), "");
        assert_eq!(keys(b"\x1b[12\x18q"), "q");
        assert_eq!(keys(b"\x1b[1\x032R"), "\x03<Control([49, 50], 82)>");
        assert_eq!(keys(b"\x1b[1\x1b[A"), "<Control([], 65)>");
        assert_eq!(keys(b"\x1b[M \x1b[A"), "<Control([], 65)>");
        assert_eq!(keys("\x1b[1é".as_bytes()), "é");
    }

    /// Bytes as terminals and line noise send them: mostly such as sequences consist of.
    fn noise() -> impl Strategy<Value = Vec<u8>> {
        let parts = prop_oneof![
            Just(vec![ESC]),
            prop::sample::select(&b"[]OPX^_\\~M;:<?$0123456789u\x07\x18\x9c\x9b\x90\x9d\xc2q"[..])
                .prop_map(|b| vec![b]),
            Just(b"\x1b[200~".to_vec()),
            Just(b"\x1b[201~".to_vec()),
            any::<char>().prop_map(|c| c.to_string().into_bytes()),
            any::<u8>().prop_map(|byte| vec![byte]),
        ];
        prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn reads_may_divide_the_bytes_anywhere(bytes in noise(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            places.extend([0, bytes.len()]);
            places.sort_unstable();
            let reads: Vec<&[u8]> = places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            let whole = sequences(&[&bytes]);
            prop_assert_eq!(&sequences(&reads), &whole);
            prop_assert_eq!(&sequences(&single), &whole);
        }

        #[test]
        fn plain_text_is_what_was_typed(text in "[ -~é中👍]{0,60}") {
            let typed: String = sequences(&[text.as_bytes()]).into_iter().map(|sequence| match sequence {
                Sequence::Char(c) => c,
                _ => '\0',
            }).collect();
            prop_assert_eq!(typed, text);
        }
    }
}
