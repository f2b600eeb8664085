//! The blocks of a BibTeX file: what stands between `@name{` and its closing brace. Text outside of them, and what follows a `%` there, is a
//! comment. Braces are counted as BibTeX counts them, also behind a backslash.
//!
//! A block that is never closed ends where the next one begins. Which line that is can be told only later, as a field may quote an entry:
//! the block goes on if it is closed before a second beginning is met. So no byte is read more than three times.

use std::collections::VecDeque;

use super::super::decode::InputLines;
use super::super::western::line_text;
use crate::error::Result;

/// Most bytes of a block.
const LARGEST_BLOCK: usize = 16 << 20;

/// A block as it stands in the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct BibBlock {
    /// The line of its `@`, from 1.
    pub(super) line: usize,
    /// The name behind the `@` in lower case: `article`, `string`, `comment`.
    pub(super) kind: String,
    /// What stands between the delimiters.
    pub(super) body: String,
    pub(super) is_closed: bool,
    /// Why a part of it could not be read.
    pub(super) unreadable: Option<String>,
}

/// Reads a file block by block.
pub(super) struct BibBlocks<'a> {
    lines: InputLines<'a>,
    scanner: BlockScanner,
}

impl<'a> BibBlocks<'a> {
    pub(super) fn new(lines: InputLines<'a>) -> Self {
        Self { lines, scanner: BlockScanner::default() }
    }

    /// The next block; None at the end. Errors: System, when reading fails.
    pub(super) fn next(&mut self) -> Result<Option<BibBlock>> {
        while self.scanner.ready.is_empty() {
            let Some((number, line)) = self.lines.next()? else {
                self.scanner.end();
                break;
            };
            let (text, unreadable) = line_text(line);
            self.scanner.line(number, &text, unreadable);
        }
        Ok(self.scanner.ready.pop_front())
    }
}

/// A block that is not closed yet.
#[derive(Default)]
struct OpenBlock {
    line: usize,
    kind: String,
    /// From behind the opening delimiter on.
    text: String,
    is_parenthesized: bool,
    depth: usize,
    /// Inside quotes, which matters to a closing parenthesis alone.
    is_quoted: bool,
    /// Where in the text, and in which line, a line begins like a block.
    next: Option<(usize, usize)>,
    unreadable: Option<String>,
    is_too_large: bool,
}

/// What stands before an opening delimiter.
#[derive(Default)]
enum BlockHead {
    #[default]
    None,
    /// The `@` was read, and so much of the name.
    Name { line: usize, name: String, is_ended: bool },
}

#[derive(Default)]
struct BlockScanner {
    open: Option<OpenBlock>,
    head: BlockHead,
    ready: VecDeque<BibBlock>,
}

impl BlockScanner {
    /// Reads a line, of which the reason says why it is not text.
    fn line(&mut self, number: usize, line: &str, unreadable: Option<String>) {
        // Old Macs end lines with a carriage return alone.
        for (place, part) in line.split('\r').enumerate() {
            self.part(number + place, part, unreadable.as_deref());
        }
    }

    fn part(&mut self, number: usize, line: &str, unreadable: Option<&str>) {
        if begins_block(line) && self.open.as_ref().is_some_and(|open| open.next.is_some()) {
            self.cut();
        }
        if let Some(open) = &mut self.open {
            if begins_block(line) {
                open.next = Some((open.text.len(), number));
            }
            if let Some(reason) = unreadable {
                open.unreadable.get_or_insert_with(|| reason.to_owned());
            }
        }
        let mut rest = line;
        while !rest.is_empty() {
            rest = match self.open.take() {
                Some(open) => self.inside(open, rest),
                None => self.outside(number, rest, unreadable),
            };
        }
        if let Some(open) = &mut self.open {
            open.text.push('\n');
            if open.text.len() > LARGEST_BLOCK {
                // What follows is read only for its end.
                open.is_too_large = true;
                open.text.clear();
                open.next = None;
            }
        }
    }

    /// Ends a block before the line that began like one, and reads what follows anew.
    fn cut(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        let Some((at, number)) = open.next.take() else { return };
        let rest = open.text.split_off(at.min(open.text.len()));
        let unreadable = open.unreadable.clone();
        self.ready.push_back(open.block(false));
        for (place, line) in rest.lines().enumerate() {
            self.part(number + place, line, unreadable.as_deref());
        }
    }

    /// Ends what is open at the end of the file.
    fn end(&mut self) {
        while let Some(open) = self.open.take() {
            if open.next.is_some() {
                self.open = Some(open);
                self.cut();
            } else {
                self.ready.push_back(open.block(false));
            }
        }
    }

    /// Reads text in a block; returns what follows its end.
    fn inside<'t>(&mut self, mut open: OpenBlock, text: &'t str) -> &'t str {
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'{' => open.depth += 1,
                b'}' if open.depth > 0 => open.depth -= 1,
                b'"' if open.is_parenthesized && open.depth == 0 => open.is_quoted = !open.is_quoted,
                b'}' | b')' if open.is_parenthesized == (byte == b')') && open.depth == 0 && !open.is_quoted => {
                    open.text.push_str(text.get(..at).unwrap_or_default());
                    self.ready.push_back(open.block(true));
                    return text.get(at + 1..).unwrap_or_default();
                }
                _ => {}
            }
        }
        open.text.push_str(text);
        self.open = Some(open);
        ""
    }

    /// Looks for the next block; returns what follows its opening delimiter.
    fn outside<'t>(&mut self, number: usize, text: &'t str, unreadable: Option<&str>) -> &'t str {
        for (at, c) in text.char_indices() {
            match (&mut self.head, c) {
                // The rest of the line is a comment.
                (_, '%') => return "",
                (_, '@') => self.head = BlockHead::Name { line: number, name: String::new(), is_ended: false },
                (BlockHead::None, _) => {}
                (BlockHead::Name { line, name, .. }, '{' | '(') if !name.is_empty() => {
                    let open = OpenBlock {
                        line: *line,
                        kind: name.to_ascii_lowercase(),
                        is_parenthesized: c == '(',
                        unreadable: unreadable.map(str::to_owned),
                        ..OpenBlock::default()
                    };
                    self.open = Some(open);
                    self.head = BlockHead::None;
                    return text.get(at + 1..).unwrap_or_default();
                }
                (BlockHead::Name { name, is_ended, .. }, c) if c.is_whitespace() => *is_ended |= !name.is_empty(),
                (BlockHead::Name { name, is_ended: false, .. }, c) if is_name(c) && name.len() < 64 => name.push(c),
                (BlockHead::Name { .. }, _) => self.head = BlockHead::None,
            }
        }
        if let BlockHead::Name { name, is_ended, .. } = &mut self.head {
            *is_ended |= !name.is_empty();
        }
        ""
    }
}

impl OpenBlock {
    fn block(self, is_closed: bool) -> BibBlock {
        let too_large = || self.is_too_large.then(|| format!("longer than {} MB", LARGEST_BLOCK >> 20));
        let unreadable = self.unreadable.clone().or_else(too_large);
        BibBlock { line: self.line, kind: self.kind, body: self.text, is_closed, unreadable }
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_:+*".contains(c)
}

/// Whether a line begins like a block, as in `@article{`.
pub(super) fn begins_block(line: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix('@') else { return false };
    let rest = rest.trim_start();
    let after = rest.trim_start_matches(is_name);
    after.len() < rest.len() && rest.starts_with(char::is_alphabetic) && after.trim_start().starts_with(['{', '('])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::decode::take_head;

    fn blocks(bytes: &[u8]) -> Vec<BibBlock> {
        let (_, stream) = take_head(Box::new(bytes)).unwrap();
        let mut blocks = BibBlocks::new(InputLines::new(stream, "test"));
        std::iter::from_fn(|| blocks.next().unwrap()).collect()
    }

    /// Line, kind and body of each block, with `!` where it is not closed.
    fn found(text: &str) -> Vec<String> {
        let open = |block: &BibBlock| if block.is_closed { "" } else { "!" };
        let body = |block: &BibBlock| block.body.trim().replace('\n', "/");
        blocks(text.as_bytes())
            .iter()
            .map(|block| format!("{}{} {} {}", block.line, open(block), block.kind, body(block)))
            .collect()
    }

    #[test]
    fn blocks_are_found_among_comments() {
        for (text, expected) in [
            ("Made by a tool\nfor a@b.org\n\n@Article{k, a={{x} y}}\n", vec!["4 article k, a={{x} y}"]),
            ("@misc(k, a=\"f(x) :)\", b={)})x", vec!["1 misc k, a=\"f(x) :)\", b={)}"]),
            ("%@misc{a}\n  % @misc{b}\n@misc{c} % @misc{d}", vec!["3 misc c"]),
            ("@\n %a\npreamble\n %a\n{ \"x\" }@string{a=1}", vec!["1 preamble \"x\"", "5 string a=1"]),
            ("@comment no braces\n@misc {a}\n@{b}\n@misc b{c}", vec!["2 misc a"]),
            ("@misc{a,\r x={1}\r}\r@misc{b}", vec!["1 misc a,/ x={1}", "4 misc b"]),
            ("@misc{ö}@misc{b}", vec!["1 misc ö", "1 misc b"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn a_block_that_is_not_closed_costs_only_itself() {
        for (text, expected) in [
            ("@misc{a, t={x}\n\n@misc{b}\n@misc{c}", vec!["1! misc a, t={x}", "3 misc b", "4 misc c"]),
            ("@misc{a, t={x\n@misc{b}", vec!["1! misc a, t={x", "2 misc b"]),
            ("@misc{a, {\n@misc{b, {\n@misc{c}\n", vec!["1! misc a, {", "2! misc b, {", "3 misc c"]),
            // A field that quotes an entry.
            ("@misc{a, n={cite as\n@misc{b}\n}}\n@misc{c}", vec!["1 misc a, n={cite as/@misc{b}/}", "4 misc c"]),
            ("@comment{x\n@misc{a}\n@misc{b}", vec!["1! comment x", "2 misc a", "3 misc b"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn other_encodings_are_read_or_told() {
        let western = blocks(b"@misc{a, t={Fa\xe7\xe3o \x96 \xc5se}}");
        assert_eq!(western[0].body, "a, t={Fação – Åse}");
        for bytes in [b"@misc{a, t={\xbf\xad\xc8\xf6}}".as_slice(), b"@misc{a, t={ \xd6\xd0 }}", b"@misc{a, t={x\x81}}"]
        {
            let found = blocks(&[bytes, b"\n@misc{b}"].concat());
            assert!(found[0].unreadable.as_ref().is_some_and(|reason| reason.starts_with("neither in UTF-8")));
            assert_eq!((found.len(), &found[1].unreadable), (2, &None));
        }
    }

    #[test]
    fn a_block_without_end_takes_bounded_memory() {
        let line = format!("{}\n", "x".repeat(1 << 20));
        let text = format!("@misc{{a, t={{\n{}}}}}\n@misc{{b}}", line.repeat(40));
        let found = blocks(text.as_bytes());
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].unreadable.as_deref(), Some("longer than 16 MB"));
        assert!(found[0].body.len() < 2 * LARGEST_BLOCK);
    }
}
