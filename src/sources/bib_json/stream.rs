//! The records of a JSON document, one by one, however large it is: the elements of its list, under whichever name and in whichever wrapper
//! it stands, a single record, or one record a line. Bytes are looked at once; only one record is in memory.

use std::io::{BufRead, ErrorKind};

use super::super::decode::cannot_read;
use crate::error::Result;

/// Most bytes of a record.
const LARGEST_RECORD: usize = 16 << 20;
/// Fields of a document that hold its list.
const LISTS: [&str; 12] = [
    "items",
    "results",
    "data",
    "papers",
    "works",
    "notes",
    "entries",
    "hit",
    "records",
    "references",
    "recommendedPapers",
    "rels",
];
/// Fields of a document that hold the object with the list, or the one record.
const WRAPPERS: [&str; 5] = ["message", "data", "result", "hits", "response"];
/// Wrappers in wrappers.
const DEEPEST: usize = 4;

/// A value that may be a record, as it stands in the document.
pub(super) struct JsonRecord {
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    pub(super) json: Vec<u8>,
    /// Why it is not all there.
    pub(super) problem: Option<String>,
}

/// Receives the records; false ends the reading.
type TakeRecord<'t> = dyn FnMut(JsonRecord) -> bool + 't;

/// Reads a document byte by byte.
pub(super) struct JsonRecords<'a> {
    stream: Box<dyn BufRead + 'a>,
    shown: &'a str,
    line: usize,
    is_ended: bool,
}

impl<'a> JsonRecords<'a> {
    pub(super) fn new(stream: Box<dyn BufRead + 'a>, shown: &'a str) -> Self {
        Self { stream, shown, line: 1, is_ended: false }
    }

    /// Passes on every record. Errors: System, when reading fails.
    pub(super) fn read(&mut self, take: &mut TakeRecord<'_>) -> Result<()> {
        while !self.is_ended {
            match self.next_token()? {
                None => break,
                Some(b'[') => {
                    self.skip()?;
                    self.elements(take)?;
                }
                Some(b'{') => {
                    self.object(0, take)?;
                }
                // What stands between documents, and what is no document.
                Some(_) => self.skip()?,
            }
        }
        Ok(())
    }

    /// The next byte that is no blank, without taking it.
    fn next_token(&mut self) -> Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(byte) if byte.is_ascii_whitespace() => self.skip()?,
                other => return Ok(other),
            }
        }
    }

    fn peek(&mut self) -> Result<Option<u8>> {
        loop {
            match self.stream.fill_buf() {
                Ok(buffer) => return Ok(buffer.first().copied()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(cannot_read(self.shown, error)),
            }
        }
    }

    /// Takes the byte that was peeked.
    fn skip(&mut self) -> Result<()> {
        if self.peek()? == Some(b'\n') {
            self.line += 1;
        }
        self.stream.consume(1);
        Ok(())
    }

    /// Reads the elements of a list whose bracket was taken.
    fn elements(&mut self, take: &mut TakeRecord<'_>) -> Result<()> {
        while !self.is_ended {
            match self.next_token()? {
                None => return Ok(()),
                Some(b']') => return self.skip(),
                Some(b',' | b'}' | b':') => self.skip()?,
                Some(first) => {
                    let mut record = JsonRecord { line: self.line, json: Vec::new(), problem: None };
                    self.value(&mut record)?;
                    if first != b'n' {
                        self.is_ended |= !take(record);
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads an object: its lists and wrappers, or the record that it is.
    fn object(&mut self, depth: usize, take: &mut TakeRecord<'_>) -> Result<()> {
        let mut own = JsonRecord { line: self.line, json: b"{".to_vec(), problem: None };
        let mut has_records = false;
        self.skip()?;
        let mut is_closed = false;
        while !self.is_ended {
            match self.next_token()? {
                None => break,
                Some(b'}') => {
                    self.skip()?;
                    is_closed = true;
                    break;
                }
                Some(b'"') => {
                    let mut name = JsonRecord { line: self.line, json: Vec::new(), problem: None };
                    self.value(&mut name)?;
                    if self.next_token()? == Some(b':') {
                        self.skip()?;
                    }
                    let word = name.json.get(1..name.json.len().saturating_sub(1)).unwrap_or_default();
                    let is_one_of = |words: &[&str]| words.iter().any(|known| known.as_bytes() == word);
                    match self.next_token()? {
                        Some(b'[') if is_one_of(&LISTS) && depth <= DEEPEST && !is_record(&own.json) => {
                            self.skip()?;
                            has_records = true;
                            self.elements(take)?;
                        }
                        Some(b'{') if is_one_of(&WRAPPERS) && depth < DEEPEST => {
                            self.object(depth + 1, take)?;
                            has_records = true;
                        }
                        _ => {
                            if own.json.len() > 1 {
                                own.json.push(b',');
                            }
                            own.json.extend_from_slice(&name.json);
                            own.json.push(b':');
                            self.value(&mut own)?;
                        }
                    }
                }
                Some(_) => self.skip()?,
            }
        }
        if !is_closed && !self.is_ended {
            own.problem = Some("the file ends inside of it".to_owned());
        }
        own.json.push(b'}');
        if !has_records && !self.is_ended {
            self.is_ended |= !take(own);
        }
        Ok(())
    }

    /// Appends a value to a record: up to its last bracket, or to what ends a word or a number.
    fn value(&mut self, record: &mut JsonRecord) -> Result<()> {
        let (mut depth, mut is_quoted, mut is_escaped) = (0_usize, false, false);
        loop {
            let chunk = match self.stream.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(cannot_read(self.shown, error)),
            };
            if chunk.is_empty() {
                if depth > 0 || is_quoted {
                    record.problem = Some("the file ends inside of it".to_owned());
                }
                return Ok(());
            }
            let mut count = 0;
            let mut is_done = false;
            for byte in chunk {
                if is_quoted {
                    is_quoted = *byte != b'"' || is_escaped;
                    is_escaped = *byte == b'\\' && !is_escaped;
                    is_done = !is_quoted && depth == 0;
                } else {
                    match byte {
                        b'"' => is_quoted = true,
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' if depth <= 1 => {
                            // A bracket without a beginning ends the list around this value.
                            count += depth;
                            is_done = true;
                            break;
                        }
                        b'}' | b']' => depth -= 1,
                        b',' | b':' | b'\n' | b' ' | b'\t' | b'\r' if depth == 0 => {
                            is_done = true;
                            break;
                        }
                        _ => {}
                    }
                }
                count += 1;
                if is_done {
                    break;
                }
            }
            let taken = chunk.get(..count).unwrap_or_default();
            self.line += taken.iter().filter(|byte| **byte == b'\n').count();
            if record.json.len() + taken.len() <= LARGEST_RECORD {
                record.json.extend_from_slice(taken);
            } else {
                record.problem.get_or_insert_with(|| format!("longer than {} MB", LARGEST_RECORD >> 20));
            }
            self.stream.consume(count);
            if is_done {
                return Ok(());
            }
        }
    }
}

/// Whether an object that was begun is a paper, whose lists are its own: what it cites, what it is cited by.
fn is_record(json: &[u8]) -> bool {
    json.windows(8).any(|bytes| bytes == b"\"title\":") || json.windows(9).any(|bytes| bytes == b"\"paperId\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut records = JsonRecords::new(Box::new(text.as_bytes()), "test");
        let mut take = |record: JsonRecord| {
            let problem = record.problem.map(|problem| format!(" ({problem})")).unwrap_or_default();
            found.push(format!("{} {}{problem}", record.line, String::from_utf8(record.json).unwrap()));
            true
        };
        records.read(&mut take).unwrap();
        found
    }

    #[test]
    fn records_are_found_in_every_wrapper() {
        for (text, expected) in [
            (r#"[{"a":1}, null, {"b":"]}"}]"#, vec![r#"1 {"a":1}"#, r#"1 {"b":"]}"}"#]),
            (r#"{"a":{"b":[1]},"c":"\"}"}"#, vec![r#"1 {"a":{"b":[1]},"c":"\"}"}"#]),
            ("{\"meta\":{},\"results\":[\n{\"a\":1},\n{\"a\":2}],\"more\":1}", vec![r#"2 {"a":1}"#, r#"3 {"a":2}"#]),
            (r#"{"status":"ok","message":{"total":2,"items":[{"a":1}]}}"#, vec![r#"1 {"a":1}"#]),
            (r#"{"status":"ok","message":{"a":1}}"#, vec![r#"1 {"a":1}"#]),
            (r#"{"result":{"hits":{"@total":"1","hit":[{"a":1}]}}}"#, vec![r#"1 {"a":1}"#]),
            ("{\"a\":1}\n{\"a\":2}\n", vec![r#"1 {"a":1}"#, r#"2 {"a":2}"#]),
            (r#"{"title":"T","references":[{"a":1}]}"#, vec![r#"1 {"title":"T","references":[{"a":1}]}"#]),
            (r#"{"results":[]}"#, vec![]),
            ("[]", vec![]),
            ("", vec![]),
            ("\u{feff}[1]", vec!["1 1"]),
        ] {
            assert_eq!(records(text), expected, "{text}");
        }
    }

    #[test]
    fn a_cut_document_says_where() {
        for (text, expected) in [
            (r#"[{"a":1},{"b"#, vec![r#"1 {"a":1}"#, r#"1 {"b (the file ends inside of it)"#]),
            (r#"{"a":1,"b":"x"#, vec![r#"1 {"a":1,"b":"x} (the file ends inside of it)"#]),
            (r#"{"items":[{"a":1}"#, vec![r#"1 {"a":1}"#]),
            ("[{\"a\":1}}, {\"b\":2}]", vec![r#"1 {"a":1}"#, r#"1 {"b":2}"#]),
        ] {
            assert_eq!(records(text), expected, "{text}");
        }
    }

    #[test]
    fn a_record_that_is_too_large_costs_only_itself() {
        let text = format!("[{{\"a\":\"{}\"}},{{\"b\":1}}]", "x".repeat(LARGEST_RECORD + 10));
        let found = records(&text);
        assert_eq!(found.len(), 2);
        assert!(found[0].ends_with("(longer than 16 MB)"), "{}", &found[0][..20]);
        assert_eq!(found[1], r#"1 {"b":1}"#);
    }
}
