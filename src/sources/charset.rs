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

/// The text of an HTML page in the charset that it declares (`<meta charset="windows-1252">`), where it is not UTF-8; replacement characters
/// stand for what cannot be read.
pub(super) fn page_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let bytes = error.as_bytes();
        let read = declared(bytes).and_then(|charset| charset.decode(bytes).ok());
        read.unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
    })
}

/// What the head of a page declares.
fn declared(page: &[u8]) -> Option<Charset> {
    const DECLARES: &str = "charset=";
    // Browsers look as far.
    let head = String::from_utf8_lossy(page.get(..1024).unwrap_or(page)).to_ascii_lowercase();
    let (_, name) = head.split_once(DECLARES)?;
    let name = name.trim_start_matches(['"', '\'']);
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(name.len());
    Some(Charset::named(name.get(..end)?))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_in_the_charset_that_it_declares() {
        for head in [
            "<meta charset=\"windows-1252\">",
            "<META http-equiv='Content-Type' content='text/html; CHARSET=iso-8859-1'>",
        ] {
            let page = [head.as_bytes(), b" Schr\xf6dinger\x92s kite"].concat();
            assert_eq!(page_text(page), format!("{head} Schr\u{f6}dinger\u{2019}s kite"));
        }
        for head in ["<meta charset=koi8-r>", "<p>", "<meta charset=utf-8>"] {
            assert_eq!(page_text([head.as_bytes(), b" \xf6"].concat()), format!("{head} \u{fffd}"));
        }
        assert_eq!(page_text("<meta charset=\"iso-8859-1\"> \u{f6}".into()), "<meta charset=\"iso-8859-1\"> \u{f6}");
    }
}
