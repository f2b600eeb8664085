//! The fields of a BibTeX entry, and the macros that `@string` defines. Reads what BibTeX reads and what people write besides: entries
//! without a key, missing commas, quotes inside quotes, comments between fields, names of months in any form.

use std::collections::HashMap;

use super::blocks::BibBlock;
use crate::domain::clean::Clean;

/// Most bytes of a field, with its macros in place: definitions that double each other grow without bound.
const LARGEST_VALUE: usize = 1 << 20;
/// Most bytes that all macros hold.
const LARGEST_MACROS: usize = 16 << 20;

/// An entry with its fields as they are written, without outer delimiters.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct BibEntry {
    pub(super) line: usize,
    /// `article`, in lower case.
    pub(super) kind: String,
    /// Empty where there is none.
    pub(super) key: String,
    /// Names in lower case, in the order of the file; one may occur more than once.
    pub(super) fields: Vec<(String, String)>,
}

impl BibEntry {
    /// The last value of a field that is not blank.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next_back()
    }

    /// The first of these fields that is there.
    pub(super) fn first_of(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// All values of a field that are not blank.
    pub(super) fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        let fields = self.fields.iter().filter(move |(field, value)| field == name && !value.trim().is_empty());
        fields.map(|(_, value)| value.as_str())
    }

    /// Whether a value holds what looks like the next field, because its brace was closed too late.
    pub(super) fn has_swallowed_field(&self) -> bool {
        self.fields.iter().any(|(_, value)| {
            let after_commas = value.match_indices(',').filter_map(|(at, _)| value.get(at + 1..));
            let mut rests = after_commas.map(str::trim_start).filter(|rest| begins_field(rest));
            rests.any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
        })
    }

    /// The entry in a message.
    pub(super) fn named(&self) -> String {
        if self.key.is_empty() { "an entry without a key".to_owned() } else { format!("entry `{}`", shown(&self.key)) }
    }
}

/// The text in a pair of braces that is around all of it.
pub(super) fn without_outer_braces(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        let mut depth = 0_isize;
        let balances = inner.bytes().all(|byte| {
            depth += isize::from(byte == b'{') - isize::from(byte == b'}');
            depth >= 0
        });
        if !balances || depth != 0 {
            break;
        }
        text = inner.trim();
    }
    text
}

/// The elements of a list with commas or semicolons.
pub(super) fn listed(text: &str) -> Vec<String> {
    text.split([',', ';']).map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

/// A part of the file in a message.
pub(super) fn shown(text: &str) -> Clean {
    Clean::new(&text.chars().take(200).collect::<String>()).cut(40)
}

/// The macros of a file, by their names in lower case.
#[derive(Default)]
pub(super) struct BibMacros {
    values: HashMap<String, String>,
    size: usize,
}

impl BibMacros {
    /// Takes the definitions of a `@string`.
    pub(super) fn define(&mut self, body: &str) -> Result<(), String> {
        let mut reader = FieldReader { text: body, macros: self, is_closed: true };
        let mut defined = Vec::new();
        reader.fields(&mut defined)?;
        for (name, value) in defined {
            self.size += name.len() + value.len();
            if self.size > LARGEST_MACROS {
                return Err(format!("the macros of the file take more than {} MB", LARGEST_MACROS >> 20));
            }
            self.values.insert(name, value);
        }
        Ok(())
    }

    /// Reads the entry between the delimiters of a block.
    pub(super) fn entry(&self, block: &BibBlock) -> Result<BibEntry, String> {
        let mut reader = FieldReader { text: &block.body, macros: self, is_closed: block.is_closed };
        let key = reader.key();
        let mut entry = BibEntry { line: block.line, kind: block.kind.clone(), key, fields: Vec::new() };
        match reader.fields(&mut entry.fields) {
            Ok(()) => Ok(entry),
            Err(reason) => Err(format!("{}: {reason}", entry.named())),
        }
    }
}

struct FieldReader<'a> {
    text: &'a str,
    macros: &'a BibMacros,
    is_closed: bool,
}

impl<'a> FieldReader<'a> {
    fn skip(&mut self, count: usize) -> &'a str {
        let (skipped, rest) = self.text.split_at_checked(count).unwrap_or((self.text, ""));
        self.text = rest;
        skipped
    }

    /// Skips blanks, and comments between fields.
    fn blanks(&mut self) {
        loop {
            self.text = self.text.trim_start();
            if !self.text.starts_with('%') {
                return;
            }
            self.text = self.text.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    /// The citation key up to the first comma; empty where the fields begin at once.
    fn key(&mut self) -> String {
        self.blanks();
        let end = self.text.find([',', '=', '{', '"', '\n']).unwrap_or(self.text.len());
        let rest = self.text.get(end..).unwrap_or_default();
        let rest = rest.trim_start();
        // A key alone, or on a line of its own, with its comma below or without one.
        let lacks_comma = || self.text.get(..end).is_some_and(|key| !key.trim().is_empty()) && begins_field(rest);
        if !rest.is_empty() && !rest.starts_with(',') && !lacks_comma() {
            return String::new();
        }
        let key = self.skip(end).trim().to_owned();
        self.blanks();
        self.skip(usize::from(self.text.starts_with(',')));
        key
    }

    fn fields(&mut self, fields: &mut Vec<(String, String)>) -> Result<(), String> {
        loop {
            self.blanks();
            self.text = self.text.trim_start_matches([',', '}', ')', ';']);
            if self.text.trim().is_empty() {
                return Ok(());
            }
            if self.text.starts_with(|c: char| c.is_whitespace() || c == '%') {
                continue;
            }
            let name = self.skip(name_end(self.text)).trim().to_lowercase();
            self.blanks();
            if name.is_empty() || !self.text.starts_with('=') {
                let found = shown(if name.is_empty() { self.text } else { &name });
                return Err(format!("expected a field like `title = {{...}}`, found `{found}`"));
            }
            self.skip(1);
            let value = self.value(&name)?;
            fields.push((name, value));
        }
    }

    /// A value: parts joined by `#`.
    fn value(&mut self, name: &str) -> Result<String, String> {
        let mut value = String::new();
        self.blanks();
        loop {
            self.value_part(name, &mut value)?;
            if value.len() > LARGEST_VALUE {
                return Err(format!("`{}` is longer than {} MB", shown(name), LARGEST_VALUE >> 20));
            }
            let is_apart = self.text.starts_with(char::is_whitespace);
            self.blanks();
            if self.text.is_empty() || self.text.starts_with([',', '}', ';']) || begins_field(self.text) {
                return Ok(value);
            }
            // Text behind the delimiter that no `#` joins belongs to the value all the same.
            if self.text.starts_with('#') {
                self.skip(1);
                self.blanks();
            } else if is_apart && !self.is_closed {
                // What follows may be the begin of a field that was cut.
                return Ok(value);
            } else if is_apart {
                value.push(' ');
            }
        }
    }

    fn value_part(&mut self, name: &str, value: &mut String) -> Result<(), String> {
        let unclosed =
            |delimiter: char| format!("the `{delimiter}` before the text of `{}` is never closed", shown(name));
        match self.text.chars().next() {
            Some('{') => {
                // BibTeX counts a brace behind a backslash, which many do not know.
                let end = closing_brace(self.text, true).or_else(|| closing_brace(self.text, false));
                let end = end.ok_or_else(|| unclosed('{'))?;
                value.push_str(self.skip(end + 1).get(1..end).unwrap_or_default());
            }
            Some('"') => {
                let end = closing_quote(self.text).ok_or_else(|| unclosed('"'))?;
                value.push_str(self.skip(end + 1).get(1..end).unwrap_or_default());
            }
            _ => {
                let end =
                    self.text.find(|c: char| c.is_whitespace() || ",#{}\"".contains(c)).unwrap_or(self.text.len());
                let word = self.skip(end);
                // An undefined macro stands for its name, which is what it abbreviates.
                let defined = self.macros.values.get(&word.to_lowercase());
                value.push_str(defined.map_or(word, String::as_str));
            }
        }
        Ok(())
    }
}

/// Where the name of a field ends.
fn name_end(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || "={}\"(),#%'".contains(c)).unwrap_or(text.len())
}

/// Whether a text begins with a name and an equals sign.
fn begins_field(text: &str) -> bool {
    let end = name_end(text);
    end > 0 && text.get(end..).is_some_and(|rest| rest.trim_start().starts_with('='))
}

/// The place of the brace that closes the first one; with or without those behind a backslash.
fn closing_brace(text: &str, counts_escaped: bool) -> Option<usize> {
    let mut depth = 0_usize;
    let mut is_escaped = false;
    text.bytes().enumerate().find_map(|(at, byte)| {
        let counts = counts_escaped || !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        match byte {
            b'{' if counts => depth += 1,
            b'}' if counts => depth = depth.saturating_sub(1),
            _ => return None,
        }
        (byte == b'}' && depth == 0).then_some(at)
    })
}

/// The place of the quote that closes the first one: outside braces, and followed by what may follow a value. `\"` is an accent.
fn closing_quote(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = b'"';
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'"' if depth == 0 => {
                let after = text.get(at + 1..).unwrap_or_default();
                let is_accent = before == b'\\' && after.starts_with(|c: char| c.is_alphabetic() || c == '{');
                let after = after.trim_start();
                let ends = after.is_empty() || after.starts_with([',', '#', '}', '%', ';']) || begins_field(after);
                if ends && !is_accent {
                    return Some(at);
                }
            }
            _ => {}
        }
        before = byte;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(body: &str) -> BibBlock {
        BibBlock { line: 1, kind: "misc".into(), body: body.into(), is_closed: true, unreadable: None }
    }

    fn entry(body: &str) -> BibEntry {
        BibMacros::default().entry(&block(body)).unwrap_or_else(|reason| panic!("{body}: {reason}"))
    }

    fn fields(body: &str) -> String {
        let entry = entry(body);
        let fields: Vec<_> = entry.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}: {}", entry.key, fields.join("; "))
    }

    #[test]
    fn fields_are_read_as_people_write_them() {
        for (body, expected) in [
            ("k, title = {A {B} c}, Year = 2004", "k: title=A {B} c; year=2004"),
            ("k, title = \"A {\"}B{\"} c\",\n", "k: title=A {\"}B{\"} c"),
            ("k\n, author = {X}\n, title = {Y}\n", "k: author=X; title=Y"),
            ("title={Y}", ": title=Y"),
            (",\n title={Y},,", ": title=Y"),
            ("doe:2004/a b, title={Y}", "doe:2004/a b: title=Y"),
            ("k, title={Y}\n year={2004} month=jan", "k: title=Y; year=2004; month=jan"),
            ("k, % c, d\n title={100% of}, % x={y}\n year={1}% z", "k: title=100% of; year=1"),
            ("k, month = 10 # \"~\" # jan, booktitle = IEEE_J", "k: month=10~jan; booktitle=IEEE_J"),
            (
                "k, title = \"Schr\\\"odinger's \"best\" cat\", year=1",
                "k: title=Schr\\\"odinger's \"best\" cat; year=1",
            ),
            ("k, date+an = {x}, a-b:c = 1", "k: date+an=x; a-b:c=1"),
            ("k, pages = {1}--{9}, year = 2004/05 AD", "k: pages=1--9; year=2004/05 AD"),
            ("k, title = A {B} c", "k: title=A B c"),
            ("k\n title={Y}", "k: title=Y"),
            ("k, year={1} }", "k: year=1"),
            ("k", "k: "),
            ("", ": "),
        ] {
            assert_eq!(fields(body), expected, "{body}");
        }
    }

    #[test]
    fn what_is_no_field_is_named() {
        for (body, expected) in [
            ("k, title {Y}", "entry `k`: expected a field like `title = {...}`, found `title`"),
            ("k, title = {Y", "entry `k`: the `{` before the text of `title` is never closed"),
            ("title = \"Y, year=1", "an entry without a key: the `\"` before the text of `title` is never closed"),
            ("k, {x}", "entry `k`: expected a field like `title = {...}`, found `{x}`"),
        ] {
            assert_eq!(BibMacros::default().entry(&block(body)).unwrap_err(), expected);
        }
    }

    #[test]
    fn macros_are_put_in_place_and_cannot_grow_without_bound() {
        let mut macros = BibMacros::default();
        macros.define("nips = \"Advances in {NIPS}\"").unwrap();
        macros.define("Long = NIPS # { and more}").unwrap();
        let entry = macros.entry(&block("k, journal = lONG # \", \" # 3, note = {nips}")).unwrap();
        assert_eq!(entry.get("journal"), Some("Advances in {NIPS} and more, 3"));
        assert_eq!(entry.get("note"), Some("nips"));
        macros.define(&format!("a = {{{}}}", "x".repeat(1000))).unwrap();
        let outcomes: Vec<_> = (0..40).map(|_| macros.define("a = a # a")).collect();
        assert!(outcomes.last().unwrap().is_err());
        assert!(macros.size <= LARGEST_MACROS + LARGEST_VALUE, "{}", macros.size);
    }

    #[test]
    fn the_last_of_repeated_fields_counts() {
        let entry = entry("k, doi={10.1007}, doi={10.1000/a}, doi={}");
        assert_eq!(entry.get("doi"), Some("10.1000/a"));
        assert_eq!(entry.all("doi").collect::<Vec<_>>(), ["10.1007", "10.1000/a"]);
        assert_eq!(entry.first_of(&["url", "doi"]), Some("10.1000/a"));
    }
}
