//! Lines of bibliographies that are not UTF-8. Most are in Windows-1252; those that cannot be are reported and never guessed at.

use std::borrow::Cow;

use super::charset::Charset;
use super::decode::{InputLine, NotText};

/// The text of a line, and why it is not all of it.
pub(super) fn line_text<'l>(line: InputLine<'l>) -> (Cow<'l, str>, Option<String>) {
    match line {
        InputLine::Text(text) => (Cow::Borrowed(text), None),
        InputLine::NotText(NotText::TooLong, _) => (Cow::Borrowed(""), Some(NotText::TooLong.reason())),
        InputLine::NotText(NotText::NotUtf8(_), bytes) => {
            let decoded = is_western(bytes).then(|| Charset::WINDOWS_1252.decode(bytes).ok()).flatten();
            match decoded {
                Some(text) => (Cow::Owned(text), None),
                None => {
                    let reason = "neither in UTF-8 nor in Windows-1252; save the file as UTF-8".to_owned();
                    (String::from_utf8_lossy(bytes), Some(reason))
                }
            }
        }
    }
}

/// Whether the bytes above ASCII are letters and signs of Windows-1252 among words, and not the pairs of an Asian encoding.
fn is_western(bytes: &[u8]) -> bool {
    const UNDEFINED: [u8; 5] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];
    let is_in_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.iter().take_while(|byte| !byte.is_ascii()).count();
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let fits = match length {
            0 | 1 => true,
            2 | 3 => is_in_word(before) || is_in_word(rest.get(length)),
            _ => false,
        };
        if !fits || rest.iter().take(length).any(|byte| UNDEFINED.contains(byte)) {
            return false;
        }
        at += length.max(1);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_windows_1252_from_asian_encodings() {
        let read = |bytes| line_text(InputLine::NotText(NotText::NotUtf8(0), bytes));
        assert_eq!(read(b"Fa\xe7\xe3o \x96 \xc5se"), (Cow::Borrowed("Fação – Åse"), None));
        for bytes in [b"\xbf\xad\xc8\xf6".as_slice(), b" \xd6\xd0 ", b"x\x81"] {
            assert!(read(bytes).1.is_some_and(|reason| reason.starts_with("neither in UTF-8")));
        }
        assert_eq!(line_text(InputLine::NotText(NotText::TooLong, b"")).1.as_deref(), Some("longer than 64 MB"));
    }
}
