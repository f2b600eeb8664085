//! The lines of a mail as they were written, out of the encoding they were sent in: quoted-printable, base64, or a declared 8-bit charset. A
//! part in HTML is left out where the same mail has a part in plain text before it. Follows RFC 2045 to 2047; what a mail does not declare is
//! never guessed.

use super::charset::{Charset, base64_digit, hex};
use super::decode::{InputLine, LONGEST_LINE, NotText, Utf16Decoder};
use super::encoded_words::{decoded, may_hold_encoded_word};
use super::html_text::HtmlText;

/// Reads a mail line by line. Everything outside the encoded parts of a mail stays as it is.
#[derive(Default)]
pub(super) struct MimeReader {
    part: MimePart,
    /// While the lines are a head: what it has declared so far, and the header that a line may go on with.
    head: Option<(MimePart, String)>,
    has_begun: bool,
    /// A header that is read as a whole, with the line where it begins.
    held: Option<(usize, String)>,
    /// What separates the parts of the mails so far.
    boundaries: Vec<String>,
    /// The decoded bytes of a line that is not whole yet, and the line of the file where they begin.
    bytes: Vec<u8>,
    begins: usize,
    too_long: bool,
    /// Base64 digits of an incomplete group.
    group: Vec<u8>,
    /// For a part in UTF-16.
    utf16: Option<Utf16Decoder>,
    /// The mail has a part in plain text.
    has_plain: bool,
    html: HtmlText,
}

/// How a part of a mail is sent.
#[derive(Clone, Debug, Default)]
struct MimePart {
    transfer: Transfer,
    charset: Charset,
    is_html: bool,
    is_multipart: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Transfer {
    #[default]
    Plain,
    QuotedPrintable,
    Base64,
}

/// A line as it was written, or why it cannot be read, with its number in the file.
pub(super) type MimeLine = (usize, Result<String, String>);

/// What a line of the file is.
pub(super) enum Decoded<'a> {
    /// It is not encoded.
    Same(InputLine<'a>),
    /// It held these lines, or a part of one.
    Lines(Vec<MimeLine>),
}

impl MimeReader {
    pub(super) fn line<'a>(&mut self, number: usize, line: InputLine<'a>) -> Decoded<'a> {
        let text = match line {
            InputLine::Text(text) => text,
            InputLine::NotText(NotText::NotUtf8(_), bytes)
                if self.head.is_none() && self.part.charset != Charset::Utf8 =>
            {
                let line = (number, self.part.charset.decode(bytes));
                return Decoded::Lines(self.shown(vec![line]));
            }
            InputLine::NotText(..) => return Decoded::Same(line),
        };
        if !std::mem::replace(&mut self.has_begun, true) && (is_header(text) || text.starts_with("From ")) {
            self.head = Some(Default::default());
        }
        let is_continued = self.held.is_some() && is_continuation(text);
        if let Some((_, header)) = self.held.as_mut().filter(|_| is_continued) {
            unfold(header, text);
            self.head_line(text);
            return Decoded::Lines(Vec::new());
        }
        let Some(held) = self.end_held() else { return self.other_line(number, line, text) };
        let mut lines = vec![held];
        match self.other_line(number, line, text) {
            Decoded::Same(_) => lines.push((number, Ok(text.to_owned()))),
            Decoded::Lines(more) => lines.extend(more),
        }
        Decoded::Lines(lines)
    }

    /// A line that does not go on with a header that is held.
    fn other_line<'a>(&mut self, number: usize, line: InputLine<'a>, text: &str) -> Decoded<'a> {
        if let Some(ends) = self.boundary(text) {
            let left = self.end_part();
            self.head = (!ends).then(Default::default);
            return Decoded::Lines(left);
        }
        if self.head.is_some() {
            self.head_line(text);
            if self.head.is_some() && (starts_with(text, "subject:") || may_hold_encoded_word(text)) {
                self.held = Some((number, text.to_owned()));
                return Decoded::Lines(Vec::new());
            }
            return Decoded::Same(line);
        }
        if self.begins_head(text) {
            let mut left = self.end_part();
            self.head = Some(Default::default());
            self.has_plain = false;
            self.head_line(text);
            left.push((number, Ok(text.to_owned())));
            return Decoded::Lines(left);
        }
        match self.part.transfer {
            _ if self.part.is_html && self.has_plain => Decoded::Lines(Vec::new()),
            Transfer::Plain if self.part.charset.has_escapes() && text.contains('\u{1b}') => {
                let decoded = self.part.charset.decode(text.as_bytes());
                Decoded::Lines(self.shown(vec![(number, decoded)]))
            }
            Transfer::Plain if self.part.is_html => Decoded::Lines(self.shown(vec![(number, Ok(text.to_owned()))])),
            Transfer::Plain => Decoded::Same(line),
            Transfer::QuotedPrintable => {
                let lines = self.quoted_printable(number, text);
                Decoded::Lines(self.shown(lines))
            }
            Transfer::Base64 => {
                let lines = self.base64(number, text);
                Decoded::Lines(self.shown(lines))
            }
        }
    }

    /// The lines as they are shown: those of HTML without tags.
    fn shown(&mut self, lines: Vec<MimeLine>) -> Vec<MimeLine> {
        if !self.part.is_html {
            return lines;
        }
        let mut shown = Vec::new();
        for (number, line) in lines {
            match line {
                Ok(html) => shown.extend(self.html.lines(&html).into_iter().map(|line| (number, Ok(line)))),
                Err(reason) => shown.push((number, Err(reason))),
            }
        }
        shown
    }

    /// What the end of the file leaves of the last line.
    pub(super) fn end_of_file(&mut self) -> Vec<MimeLine> {
        let mut left: Vec<MimeLine> = self.end_held().into_iter().collect();
        left.extend(self.end_part());
        left
    }

    fn end_held(&mut self) -> Option<MimeLine> {
        self.held.take().map(|(number, header)| (number, Ok(decoded(&header))))
    }

    /// Whether a line separates parts, and whether it ends the last of them.
    fn boundary(&self, text: &str) -> Option<bool> {
        let name = text.trim_end().strip_prefix("--")?;
        let known = |name: &str| self.boundaries.iter().any(|boundary| boundary == name);
        if known(name) {
            return Some(false);
        }
        name.strip_suffix("--").filter(|name| known(name)).map(|_| true)
    }

    /// The head of a mail that follows another one without a boundary: as mail folders separate mails, or by a header of its encoding.
    fn begins_head(&self, text: &str) -> bool {
        let declares = ["mime-version:", "content-type:", "content-transfer-encoding:"];
        (text.starts_with("From ") && text.contains('@') && text.contains(':'))
            || declares.iter().any(|name| starts_with(text, name))
            || (self.part.transfer == Transfer::Base64 && is_header(text))
    }

    fn head_line(&mut self, text: &str) {
        let Some((part, header)) = &mut self.head else { return };
        if is_continuation(text) {
            unfold(header, text);
            return;
        }
        let ended = std::mem::replace(header, text.to_owned());
        self.boundaries.extend(part.declare(&ended));
        if text.trim().is_empty() || !(is_header(text) || text.starts_with("From ")) {
            self.part = std::mem::take(part);
            if self.part.transfer != Transfer::Plain
                && let Some(decoder) = self.part.charset.utf16_decoder()
            {
                (self.utf16, self.part.charset) = (Some(decoder), Charset::Utf8);
            }
            self.has_plain |= !self.part.is_html && !self.part.is_multipart;
            self.head = None;
        }
    }

    /// The lines that the part leaves, and the state between parts.
    fn end_part(&mut self) -> Vec<MimeLine> {
        let mut left = Vec::new();
        if !self.group.is_empty() {
            left.push((self.begins, Err("base64 that is cut off".to_owned())));
            self.group.clear();
        }
        let mut rest = Vec::new();
        self.utf16.take().iter_mut().for_each(|decoder| decoder.end(&mut rest));
        rest.into_iter().for_each(|byte| self.push(self.begins, byte));
        if !self.bytes.is_empty() || self.too_long {
            left.push(self.whole_line());
        }
        let is_shown = self.part.is_html && !self.has_plain;
        left = if is_shown { self.shown(left) } else { left };
        left.extend(self.html.end().map(|line| (self.begins, Ok(line))));
        self.part = MimePart::default();
        left
    }

    fn push(&mut self, number: usize, byte: u8) {
        if self.bytes.is_empty() && !self.too_long {
            self.begins = number;
        }
        if self.bytes.len() < LONGEST_LINE {
            self.bytes.push(byte);
        } else {
            self.too_long = true;
        }
    }

    fn whole_line(&mut self) -> MimeLine {
        let bytes = std::mem::take(&mut self.bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(&bytes);
        let decoded = if std::mem::take(&mut self.too_long) {
            Err(NotText::TooLong.reason())
        } else {
            self.part.charset.decode(bytes)
        };
        (self.begins, decoded)
    }

    /// Blanks at the end of a line were added on the way; `=` there joins the next one. A `=` that encodes nothing stays.
    fn quoted_printable(&mut self, number: usize, text: &str) -> Vec<MimeLine> {
        let text = text.trim_end_matches([' ', '\t', '\r']);
        let (text, goes_on) = text.strip_suffix('=').map_or((text, false), |text| (text, true));
        let (mut rest, mut found) = (text.as_bytes(), Vec::new());
        if self.bytes.is_empty() {
            self.begins = number;
        }
        while let [byte, behind @ ..] = rest {
            let escaped = match rest {
                [b'=', high, low, ..] => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
                _ => None,
            };
            rest = if escaped.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
            self.decoded(number, escaped.unwrap_or(*byte), &mut found);
        }
        if !goes_on {
            found.push(self.whole_line());
        }
        found
    }

    fn base64(&mut self, number: usize, text: &str) -> Vec<MimeLine> {
        let mut found = Vec::new();
        for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
            if byte == b'=' {
                // Padding: what the group has is all.
                let group = std::mem::take(&mut self.group);
                self.group_bytes(number, &group, &mut found);
                continue;
            }
            let Some(digit) = base64_digit(byte) else {
                self.group.clear();
                found.push((number, Err("not base64, as the head of the mail says it is".to_owned())));
                break;
            };
            self.group.push(digit);
            if self.group.len() == 4 {
                let group = std::mem::take(&mut self.group);
                self.group_bytes(number, &group, &mut found);
            }
        }
        found
    }

    /// The bytes of up to four digits, and the lines that they end.
    fn group_bytes(&mut self, number: usize, group: &[u8], found: &mut Vec<MimeLine>) {
        let bits =
            group.iter().fold(0_u32, |bits, digit| bits << 6 | u32::from(*digit)) << (6 * (4 - group.len().min(4)));
        let [_, bytes @ ..] = bits.to_be_bytes();
        for byte in bytes.into_iter().take(group.len().saturating_sub(1)) {
            self.decoded(number, byte, found);
        }
    }

    /// A byte out of the encoding that the part was sent in, and the line that it ends.
    fn decoded(&mut self, number: usize, byte: u8, found: &mut Vec<MimeLine>) {
        let mut bytes = Vec::with_capacity(4);
        match &mut self.utf16 {
            Some(decoder) => decoder.push(byte, &mut bytes),
            None => bytes.push(byte),
        }
        for byte in bytes {
            if byte == b'\n' {
                if self.bytes.is_empty() {
                    self.begins = number;
                }
                found.push(self.whole_line());
            } else {
                self.push(number, byte);
            }
        }
    }
}

impl MimePart {
    /// Reads a header that declares something about the part; the boundary of the parts inside it, where it has some.
    fn declare(&mut self, header: &str) -> Option<String> {
        let (name, value) = header.split_once(':')?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-transfer-encoding") {
            self.transfer = match value {
                _ if value.eq_ignore_ascii_case("quoted-printable") => Transfer::QuotedPrintable,
                _ if value.eq_ignore_ascii_case("base64") => Transfer::Base64,
                _ => Transfer::Plain,
            };
        }
        if !name.eq_ignore_ascii_case("content-type") {
            return None;
        }
        self.is_html = starts_with(value, "text/html");
        self.is_multipart = starts_with(value, "multipart/");
        if let Some(charset) = parameter(value, "charset") {
            self.charset = Charset::named(charset);
        }
        parameter(value, "boundary").map(str::to_owned)
    }
}

/// The value of a parameter of a header: `boundary="x"`, `charset=utf-8`.
fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    value.split(';').skip(1).find_map(|parameter| {
        let (known, value) = parameter.split_once('=')?;
        let value = value.trim();
        let value = value.strip_prefix('"').map_or(value, |quoted| quoted.split('"').next().unwrap_or_default());
        (known.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then_some(value)
    })
}

/// Whether a line goes on with the header of the line before.
fn is_continuation(text: &str) -> bool {
    text.starts_with([' ', '\t']) && !text.trim().is_empty()
}

/// Appends a line that goes on with a header. A header longer than any line may be is cut.
fn unfold(header: &mut String, text: &str) {
    if header.len() + text.len() < LONGEST_LINE {
        header.push(' ');
        header.push_str(text.trim());
    }
}

/// `Name: value`, as a line of a head begins.
fn is_header(text: &str) -> bool {
    text.split_once(':').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::paper::Paper;
    use crate::sources::tests::{papers, read_bytes, read_text, summary};

    const MAIL: &str = include_str!("../../tests/fixtures/mails/daily.txt");

    #[test]
    fn a_mail_in_html_alone_is_read() {
        let (head, body) = MAIL.split_once("\n\n").unwrap();
        let escaped = body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let html = format!(
            "{head}\nContent-Type: text/html; charset=utf-8\n\n<html><body><pre>\n{escaped}</pre></body></html>\n"
        );
        let plain = papers(&read_text("a.eml", MAIL).1).len();
        let found = read_text("a.eml", &html).1;
        assert_eq!(papers(&found).len(), plain, "{:?}", summary(&found));
        let lines = escaped.replace('\n', "<br>\n");
        let broken = format!("{head}\nContent-Type: text/html; charset=utf-8\n\n<html><body>{lines}</body></html>\n");
        let titles = |text: &str| {
            papers(&read_text("a.eml", text).1).iter().map(|paper| paper.title.clone()).collect::<Vec<_>>()
        };
        assert_eq!(titles(&html), titles(MAIL));
        assert_eq!(titles(&broken).len(), plain);
    }

    /// The head of the mail, and its body with a name that is not ASCII.
    fn head_and_body() -> (String, String) {
        let (head, body) = MAIL.split_once("\n\n").unwrap();
        (head.to_owned(), body.replace("J\\\"org Hansen", "Jörg Hansen").replace("wet ropes\n", "wet ropes = x=3D\n"))
    }

    fn quoted_printable(bytes: &[u8]) -> String {
        let (mut text, mut length) = (String::new(), 0);
        for byte in bytes {
            let sign = match byte {
                b'\n' => "\n".to_owned(),
                b'=' | 0x80.. => format!("={byte:02X}"),
                byte => char::from(*byte).to_string(),
            };
            if byte != &b'\n' && length + sign.len() > 75 {
                text.push_str("=\n");
                length = 0;
            }
            length = if *byte == b'\n' { 0 } else { length + sign.len() };
            text.push_str(&sign);
        }
        text
    }

    fn base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for (place, group) in bytes.chunks(3).enumerate() {
            let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
            for digit in 0..4 {
                let six = (bits >> (18 - 6 * digit)) & 63;
                text.push(if digit <= group.len() { char::from(DIGITS[six as usize]) } else { '=' });
            }
            if place % 19 == 18 {
                text.push('\n');
            }
        }
        text + "\n"
    }

    fn encoded(charset: &str, text: &str) -> Vec<u8> {
        encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap().encode(text).0.into_owned()
    }

    #[test]
    fn charsets_of_other_scripts_are_read() {
        let (head, body) = MAIL.split_once("\n\n").unwrap();
        for (charset, name) in
            [("koi8-r", "Йорг"), ("iso-2022-jp", "東京"), ("Shift_JIS", "東京"), ("euc-kr", "서울"), ("big5", "臺北")]
        {
            let body = body.replace("J\\\"org Hansen", name);
            let declare = |encoding: &str| {
                format!(
                    "{head}\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
                )
            };
            let bytes = encoded(charset, &body);
            for mail in [
                [declare("8bit").as_bytes(), &bytes].concat(),
                (declare("base64") + &base64(&bytes)).into_bytes(),
                (declare("quoted-printable") + &quoted_printable(&bytes)).into_bytes(),
            ] {
                let found = read_bytes("a.eml", "2025-03-20", &mail).unwrap().1;
                assert_eq!((papers(&found).len(), papers(&found)[0].authors[0].as_str()), (4, name), "{charset}");
            }
        }
    }

    fn bare(found: &[crate::sources::ReadItem]) -> Vec<Paper> {
        papers(found).into_iter().cloned().collect()
    }

    #[test]
    fn a_mail_is_the_same_in_every_encoding() {
        let (head, body) = head_and_body();
        let plain = read_text("mail.eml", &format!("{head}\n\n{body}")).1;
        assert_eq!(papers(&plain).len(), 4);
        assert_eq!(papers(&plain)[0].authors[0], "Jörg Hansen");
        let latin1: Vec<u8> = body.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let marked = format!("\u{feff}{body}");
        let declare = |encoding: &str, charset: &str| {
            format!(
                "{head}\nContent-Type: text/plain;\n charset=\"{charset}\"\nContent-Transfer-Encoding: {encoding}\n\n"
            )
        };
        let quoted = quoted_printable(body.as_bytes());
        let html = "--x1\nContent-Type: text/html; charset=utf-8\n\n<p>\\\\<br>\narXiv:2401.99901\n\n--x1--\n";
        let part = format!(
            "--x1\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: BASE64\n\n{}",
            base64(body.as_bytes())
        );
        for (name, text) in [
            ("quoted-printable", (declare("quoted-printable", "utf-8") + &quoted).into_bytes()),
            ("with CRLF", (declare("Quoted-Printable", "utf-8") + &quoted).replace('\n', "\r\n").into_bytes()),
            ("base64", (declare("base64", "utf-8") + &base64(body.as_bytes())).into_bytes()),
            (
                "base64 with CRLF",
                (declare("base64", "utf-8") + &base64(body.replace('\n', "\r\n").as_bytes())).into_bytes(),
            ),
            ("quoted latin-1", (declare("quoted-printable", "iso-8859-1") + &quoted_printable(&latin1)).into_bytes()),
            ("base64 latin-1", (declare("base64", "ISO-8859-1") + &base64(&latin1)).into_bytes()),
            ("UTF-16LE", (declare("base64", "utf-16le") + &base64(&utf16(&body, u16::to_le_bytes))).into_bytes()),
            ("UTF-16", (declare("base64", "UTF-16") + &base64(&utf16(&marked, u16::to_be_bytes))).into_bytes()),
            ("UTF-16, LE", (declare("base64", "UTF-16") + &base64(&utf16(&marked, u16::to_le_bytes))).into_bytes()),
            (
                "quoted UTF-16",
                (declare("quoted-printable", "utf-16be")
                    + &quoted_printable(&utf16(&body, u16::to_be_bytes)).replace("\n", "=0A").replace("==0A", "=\n"))
                    .into_bytes(),
            ),
            ("base64 GB18030", (declare("base64", "gb18030") + &base64(&encoded("gb18030", &body))).into_bytes()),
            ("quoted latin-9", (declare("quoted-printable", "iso-8859-15") + &quoted_printable(&latin1)).into_bytes()),
            ("8bit GB18030", [declare("8bit", "gb18030").as_bytes(), &encoded("gb18030", &body)].concat()),
            ("8bit latin-1", [declare("8bit", "windows-1252").as_bytes(), &latin1].concat()),
            (
                "parts",
                format!("{head}\nContent-Type: multipart/alternative;\n\tboundary=\"x1\"\n\nnot read\n{part}{html}")
                    .into_bytes(),
            ),
        ] {
            for file in ["mail.eml", "mail.txt"] {
                let (format, found) = read_bytes(file, "2025-03-20", &text).unwrap();
                assert_eq!((format, bare(&found)), ("arxiv-mail", bare(&plain)), "{name}");
            }
        }
    }

    #[test]
    fn mails_in_one_folder_have_their_own_encodings() {
        let (head, body) = head_and_body();
        let encoded = format!(
            "From a@example.org Fri Jan  5 01:36:02 2024\n{head}\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n{}\n",
            base64(body.as_bytes())
        );
        let other =
            format!("From a@example.org Mon Jan  8 01:36:02 2024\n{}\n\n{body}\n", head.replace("Fri,  5", "Mon,  8"));
        let found = read_text("mails.eml", &(encoded.clone() + &other + &encoded)).1;
        let lines = summary(&found);
        assert_eq!(papers(&found).len(), 12, "{lines:?}");
        assert!(lines[4].starts_with("arxiv:math.KT:2024-01-08 #1 Knots"), "{lines:?}");
        assert!(lines[8].starts_with("arxiv:math.KT:2024-01-05 #1 Knots"), "{lines:?}");
    }

    #[test]
    fn what_cannot_be_decoded_costs_its_record_and_is_told() {
        let (head, body) = head_and_body();
        let declare = |encoding: &str, charset: &str| {
            format!("{head}\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n")
        };
        let found = read_text("a.eml", &(declare("quoted-printable", "utf-7") + &quoted_printable(body.as_bytes()))).1;
        assert_eq!(papers(&found).len(), 3);
        assert!(summary(&found)[0].ends_with("in the charset `utf-7`, which is not read; save the mail as UTF-8"));
        let broken = base64(body.as_bytes());
        let broken = broken.replacen(&broken[154..231], "!!! not base64 !!!\n", 1);
        let found = read_text("a.eml", &(declare("base64", "utf-8") + &broken)).1;
        let lines = summary(&found);
        assert!(lines.iter().any(|line| line.ends_with("not base64, as the head of the mail says it is")), "{lines:?}");
        // Without the head nothing declares the encoding.
        let long = body.replace("and wait.\n", &format!("{}é and wait.\n", "and wait ".repeat(30)));
        let found = read_text("a.txt", &quoted_printable(long.as_bytes())).1;
        assert_eq!(papers(&found).len(), 3);
        assert!(summary(&found)[0].contains("quoted-printable without the head of the mail"), "{:?}", summary(&found));
        // A mail of something else is refused, whatever it is sent in.
        let head = "From: Ada <ada@example.org>\nSubject: The kite";
        let declare = |encoding: &str| format!("{head}\nContent-Transfer-Encoding: {encoding}\n\n");
        let letter = "Dear Jane,\n\nhere is the kite.\n\nYours,\nAda\n".repeat(3);
        for (encoding, text) in
            [("base64", base64(letter.as_bytes())), ("quoted-printable", quoted_printable(letter.as_bytes()))]
        {
            for name in ["a.eml", "a.txt"] {
                let error = read_bytes(name, "2025-03-20", (declare(encoding) + &text).as_bytes()).unwrap_err();
                assert!(error.message.starts_with(name), "{error}");
            }
        }
    }

    #[test]
    fn an_encoded_or_folded_subject_is_read_whole() {
        let plain = read_text("mail.eml", MAIL).1;
        for subject in [
            "Subject: =?utf-8?q?math=2EKT_daily_Subj-class?= mailing",
            "subject: =?UTF-8?B?bWF0aC5LVCBkYWlseQ==?=\n =?utf-8?q?_Subj-class_mailing?=",
            "Subject:\n math.KT daily\n\tSubj-class mailing",
            "SUBJECT: =?iso-8859-1?Q?math.KT?= daily\r\n Subj-class mailing",
            "Subject: math.KT daily Subj-class mailing\nFrom: =?utf-8?q?J=C3=B6rg?=\n <a@example.org>",
        ] {
            let mail = MAIL.replace("Subject: math.KT daily Subj-class mailing", subject);
            let found = read_text("mail.eml", &mail).1;
            assert_eq!(bare(&found), bare(&plain), "{subject}");
        }
        let end = read_text(
            "mail.eml",
            &format!("{MAIL}\nFrom a@example.org Fri Jan  5 01:36:02 2024\nSubject: =?utf-8?q?x?="),
        )
        .1;
        assert_eq!(bare(&end), bare(&plain));
    }

    #[test]
    fn a_sign_that_encodes_nothing_stays() {
        let mut mime = MimeReader::default();
        let mut text = Vec::new();
        for line in ["Content-Transfer-Encoding: quoted-printable", "", "a =ZZ b=3d c =", "d  ", "e=", ""] {
            if let Decoded::Lines(lines) = mime.line(1, InputLine::Text(line)) {
                text.extend(lines.into_iter().map(|(_, line)| line.unwrap()));
            }
        }
        assert_eq!(text, ["a =ZZ b= c d", "e"]);
    }
}
