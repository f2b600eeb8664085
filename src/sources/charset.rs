//! What mails spell bytes and characters with: charsets by their names, the digits of quoted-printable and of base64.

use encoding_rs::{Encoding, REPLACEMENT, WINDOWS_1252};

use super::decode::{NotText, Utf16Decoder};

/// A charset by its name in a mail or page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Charset {
    #[default]
    Utf8,
    /// UTF-16 by this name.
    Utf16(String),
    /// ISO 8859-1 is read as Windows-1252, which has signs where that has controls, and so on, as in browsers.
    Known(&'static Encoding),
    /// One that is not read, by its name.
    Other(String),
}

impl Charset {
    pub(super) const WINDOWS_1252: Self = Self::Known(WINDOWS_1252);

    pub(super) fn named(name: &str) -> Self {
        let lower = name.trim().to_ascii_lowercase();
        if matches!(lower.as_str(), "utf-8" | "utf8" | "us-ascii" | "ascii") {
            return Self::Utf8;
        }
        if Utf16Decoder::named(&lower).is_some() {
            return Self::Utf16(lower);
        }
        match Encoding::for_label(lower.as_bytes()) {
            Some(known) if known != REPLACEMENT => Self::Known(known),
            _ => Self::Other(lower),
        }
    }

    /// Whether it spells other characters by bytes of ASCII behind an escape, as ISO-2022-JP does.
    pub(super) fn has_escapes(&self) -> bool {
        matches!(self, Self::Known(known) if !known.is_ascii_compatible())
    }

    /// For bytes of UTF-16, whose lines cannot be told before they are decoded.
    pub(super) fn utf16_decoder(&self) -> Option<Utf16Decoder> {
        if let Self::Utf16(name) = self { Utf16Decoder::named(name) } else { None }
    }

    pub(super) fn decode(&self, bytes: &[u8]) -> Result<String, String> {
        let as_utf8 = |bytes: &[u8]| match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Err(NotText::NotUtf8(error.valid_up_to()).reason()),
        };
        match self {
            Self::Other(name) if !bytes.is_ascii() => {
                Err(format!("in the charset `{name}`, which is not read; save the mail as UTF-8"))
            }
            Self::Utf8 | Self::Other(_) => as_utf8(bytes),
            Self::Utf16(name) => {
                let (mut decoder, mut decoded) = (Utf16Decoder::named(name).unwrap_or_default(), Vec::new());
                bytes.iter().for_each(|byte| decoder.push(*byte, &mut decoded));
                decoder.end(&mut decoded);
                as_utf8(&decoded)
            }
            Self::Known(known) => match known.decode_without_bom_handling_and_without_replacement(bytes) {
                Some(text) => Ok(text.into_owned()),
                None => Err(format!("not in {}, as the head says it is", known.name())),
            },
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
        let page = [b"<meta charset=koi8-r> \xf6".as_slice(), b"<meta charset=gb2312> \xd6\xd0"];
        assert_eq!(page.map(|page| page_text(page.into()).pop()), [Some('\u{416}'), Some('\u{4e2d}')]);
        for head in ["<meta charset=unknown>", "<p>", "<meta charset=utf-8>"] {
            assert_eq!(page_text([head.as_bytes(), b" \xf6"].concat()), format!("{head} \u{fffd}"));
        }
        assert_eq!(page_text("<meta charset=\"iso-8859-1\"> \u{f6}".into()), "<meta charset=\"iso-8859-1\"> \u{f6}");
    }
}
