//! What mails spell bytes and characters with: charsets by their names, the digits of quoted-printable and of base64.

use super::decode::NotText;

/// A charset by its name in a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Charset {
    #[default]
    Utf8,
    Latin1,
    /// One that is not read, by its name.
    Other(String),
}

impl Charset {
    pub(super) fn named(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Self::Utf8,
            "iso-8859-1" | "latin1" | "windows-1252" | "cp1252" => Self::Latin1,
            _ => Self::Other(lower),
        }
    }

    pub(super) fn decode(&self, bytes: &[u8]) -> Result<String, String> {
        match (self, std::str::from_utf8(bytes)) {
            (Self::Latin1, _) => Ok(bytes.iter().map(|byte| latin1(*byte)).collect()),
            (Self::Other(name), _) if !bytes.is_ascii() => {
                Err(format!("in the charset `{name}`, which is not read; save the mail as UTF-8"))
            }
            (_, Ok(text)) => Ok(text.to_owned()),
            (_, Err(error)) => Err(NotText::NotUtf8(error.valid_up_to()).reason()),
        }
    }
}

/// ISO 8859-1 is read as Windows-1252, which has signs where that has controls.
fn latin1(byte: u8) -> char {
    const SIGNS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let sign = byte.checked_sub(0x80).and_then(|place| SIGNS.get(usize::from(place)));
    sign.copied().unwrap_or(char::from(byte))
}

pub(super) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

pub(super) fn base64_digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}
