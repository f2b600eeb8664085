//! Headers of mails that are not ASCII: the words that RFC 2047 encodes, `=?utf-8?q?G=C3=B6del?=`, as they were written. What is no such word, or
//! cannot be decoded, stays as it is.

use super::charset::{Charset, base64_digit, hex};

/// Whether a header may hold an encoded word.
pub(super) fn may_hold_encoded_word(header: &str) -> bool {
    header.contains("=?")
}

/// An unfolded header with its encoded words decoded. Blanks between two of them were added when they were encoded.
pub(super) fn decoded(header: &str) -> String {
    let mut out = String::with_capacity(header.len());
    let mut rest = header;
    while let Some(at) = rest.find("=?") {
        let (before, from_word) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let (words, behind) = words(from_word);
        let read = from_word.get(..from_word.len() - behind.len()).unwrap_or_default();
        match text_of(words) {
            Some(text) if !read.is_empty() => {
                out.push_str(&text);
                rest = behind;
            }
            _ => {
                let read = if read.is_empty() { "=?" } else { read };
                out.push_str(read);
                rest = from_word.get(read.len()..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// A word's bytes, in the charset of this name.
struct EncodedWord<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// The encoded words at the begin of a text, and what follows the last of them.
fn words(text: &str) -> (Vec<EncodedWord<'_>>, &str) {
    let mut words = Vec::new();
    let mut behind = text;
    while let Some((word, rest)) = word(if words.is_empty() { behind } else { behind.trim_start() }) {
        words.push(word);
        behind = rest;
    }
    (words, behind)
}

fn word(text: &str) -> Option<(EncodedWord<'_>, &str)> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (encoded, rest) = rest.split_once("?=")?;
    // A language may follow the charset: `utf-8*de`.
    let charset = charset.split('*').next().unwrap_or_default();
    let bytes = match encoding {
        "q" | "Q" => quoted(encoded),
        "b" | "B" => base64(encoded),
        _ => None,
    }?;
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    (is_token(charset) && !encoded.contains(' ')).then_some((EncodedWord { charset, bytes }, rest))
}

/// Words of one charset are decoded together: some programs part them inside a character. None when a charset is not read.
fn text_of(words: Vec<EncodedWord<'_>>) -> Option<String> {
    let mut text = String::new();
    for same in words.chunk_by(|one, other| one.charset.eq_ignore_ascii_case(other.charset)) {
        let bytes: Vec<u8> = same.iter().flat_map(|word| &word.bytes).copied().collect();
        let charset = Charset::named(same.first().map_or("", |word| word.charset));
        text.push_str(&charset.decode(&bytes).ok()?);
    }
    // A header is one line.
    Some(text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}

fn quoted(encoded: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'_' => b' ',
            b'=' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            byte => byte,
        });
    }
    Some(bytes)
}

fn base64(encoded: &str) -> Option<Vec<u8>> {
    let digits = encoded.trim_end_matches('=').bytes().map(base64_digit).collect::<Option<Vec<u8>>>()?;
    let mut bytes = Vec::with_capacity(digits.len());
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0_u32, |bits, digit| bits << 6 | u32::from(*digit)) << (6 * (4 - group.len()));
        let [_, three @ ..] = bits.to_be_bytes();
        bytes.extend(three.into_iter().take(group.len() - 1));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn encoded_words_are_read_as_they_were_written() {
        for (header, expected) in [
            ("Subject: =?utf-8?q?math.KT_daily?= mailing", "Subject: math.KT daily mailing"),
            ("Subject: =?UTF-8?Q?G=C3=B6del?=", "Subject: Gödel"),
            ("Subject: =?iso-8859-1?q?G=F6del?= =?utf-8?b?4oCUIA==?= x", "Subject: Gödel—  x"),
            ("a =?utf-8?b?R8O2ZGVs?=\t =?utf-8?q?_and?= b", "a Gödel and b"),
            // Parted inside a character.
            ("=?utf-8?q?G=C3?= =?utf-8?q?=B6del?=", "Gödel"),
            ("=?utf-8*en?q?x?=", "x"),
            ("From: =?us-ascii?Q?A=0D=0ABcc:_x?=", "From: A  Bcc: x"),
            // No encoded words, or none that are read.
            ("a =? b", "a =? b"),
            ("a =?utf-8?q?b c?= d", "a =?utf-8?q?b c?= d"),
            ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
            ("=?utf-8?q?a=Zb?= =?utf-8?q?c?=", "=?utf-8?q?a=Zb?= c"),
            ("=?utf-8?b?!!!?=", "=?utf-8?b?!!!?="),
            ("=?koi8-r?q?=C1?= =?utf-16?b?BB4EQQ==?=", "аОс"),
            ("=?utf-7?q?=C1?=", "=?utf-7?q?=C1?="),
            ("=?utf-8?q?=FF?=", "=?utf-8?q?=FF?="),
            ("x = ?y?=", "x = ?y?="),
        ] {
            assert_eq!(decoded(header), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_no_word_stays(header in "([=?_ ]|utf-8|[qQbB]|[A-Za-z0-9+/]{1,3}|=[0-9A-F]{2}|.){0,30}") {
            let read = decoded(&header);
            prop_assert!(read.chars().count() <= header.chars().count());
            if !may_hold_encoded_word(&header) {
                prop_assert_eq!(read, header);
            }
        }
    }
}
