//! A LaTeX text in which brackets and dollar signs are paired in advance, in one pass, so that no renderer has to search for a partner.
//! Never renders anything.

use super::money;

/// Units of the lengths of TeX; where one begins with another, the longer first.
const LENGTH_UNITS: [&str; 16] =
    ["pt", "em", "ex", "mm", "cm", "in", "bp", "pc", "sp", "dd", "cc", "mu", "px", "filll", "fill", "fil"];

/// No partner.
const NONE: u32 = u32::MAX;

pub(super) struct TexSource<'a> {
    pub(super) text: &'a str,
    /// For each byte where `{ [ $ \( \[ \begin \verb \ifmmode \else` opens: the byte of what closes it, else `NONE`.
    partners: Vec<u32>,
}

struct Dollar {
    at: usize,
    /// The byte of the innermost brace around it; `usize::MAX` for none.
    within: usize,
    paragraph: usize,
}

impl<'a> TexSource<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut source = Self { text, partners: Vec::new() };
        if text.bytes().any(|byte| matches!(byte, b'\\' | b'{' | b'[' | b'$')) {
            source.partners = vec![NONE; text.len()];
            let dollars = source.pair_brackets();
            source.pair_dollars(&dollars);
        }
        source
    }

    /// The byte of what closes the bracket, dollar, `\(`, `\[` or `\begin` at `at`, when it is before `end`: for `\verb` the delimiter at
    /// its end, for `\ifmmode` its `\else` or `\fi`, for `\else` its `\fi`.
    pub(super) fn partner(&self, at: usize, end: usize) -> Option<usize> {
        let partner = self.partners.get(at).copied().filter(|partner| *partner != NONE)?;
        Some(partner as usize).filter(|partner| *partner < end)
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    pub(super) fn char_at(&self, at: usize, end: usize) -> Option<char> {
        if at >= end { None } else { self.text.get(at..)?.chars().next() }
    }

    pub(super) fn char_before(&self, at: usize) -> Option<char> {
        self.text.get(..at)?.chars().next_back()
    }

    /// The control sequence whose backslash is at `at`: its name (empty at the end of the text) and the byte after it.
    pub(super) fn control(&self, at: usize, end: usize) -> (&'a str, usize) {
        let start = at + 1;
        let rest = self.slice(start, end);
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let length = if letters > 0 { letters } else { rest.chars().next().map_or(0, char::len_utf8) };
        (self.slice(start, start + length), start + length)
    }

    /// The first byte from `at` on that is not white space.
    pub(super) fn skip_space(&self, at: usize, end: usize) -> usize {
        let rest = self.slice(at, end);
        end.min(at + rest.len() - rest.trim_start().len())
    }

    /// The byte range inside the brace group that opens at `at`.
    pub(super) fn group(&self, at: usize, end: usize) -> Option<(usize, usize)> {
        if self.char_at(at, end)? != '{' {
            return None;
        }
        Some((at + 1, self.partner(at, end)?))
    }

    /// The byte after a line break that ends at `at`, with its star and its length.
    pub(super) fn row_end(&self, at: usize, end: usize) -> usize {
        let at = if self.char_at(at, end) == Some('*') { at + 1 } else { at };
        match self.partner(at, end) {
            Some(close) if is_length(self.slice(at + 1, close)) => close + 1,
            _ => at,
        }
    }

    /// The length that follows a command such as `\kern`: whether it is positive, and the byte after it with its stretch and the one space
    /// that ends it. None when no length follows.
    pub(super) fn length(&self, at: usize, end: usize) -> Option<(bool, usize)> {
        let start = self.skip_space(at, end);
        let (positive, mut behind) = self.dimension(start + usize::from(self.char_at(start, end) == Some('=')), end)?;
        for word in ["plus", "minus"] {
            let stretch = self.skip_space(behind, end);
            if self.slice(stretch, end).starts_with(word)
                && let Some((_, after)) = self.dimension(stretch + word.len(), end)
            {
                behind = after;
            }
        }
        Some((positive, behind + usize::from(self.char_at(behind, end) == Some(' '))))
    }

    /// A number with a unit or a control word for a length: whether it is positive, and the byte after it.
    fn dimension(&self, at: usize, end: usize) -> Option<(bool, usize)> {
        let mut at = self.skip_space(at, end);
        let mut positive = true;
        while let Some(sign @ ('+' | '-')) = self.char_at(at, end) {
            positive ^= sign == '-';
            at = self.skip_space(at + 1, end);
        }
        let number = self.slice(at, end);
        let length = number.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')).count();
        positive &= number.bytes().take(length).any(|byte| matches!(byte, b'1'..=b'9'));
        let unit = if length > 0 { self.skip_space(at + length, end) } else { at };
        if self.char_at(unit, end) == Some('\\') {
            let (name, behind) = self.control(unit, end);
            return name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some((positive || length == 0, behind));
        }
        let rest = self.slice(unit, end);
        let name = LENGTH_UNITS.iter().find(|name| rest.starts_with(**name)).filter(|_| length > 0)?;
        Some((positive, unit + name.len()))
    }

    fn pair(&mut self, open: usize, close: usize) {
        if let (Some(slot), Ok(close)) = (self.partners.get_mut(open), u32::try_from(close)) {
            *slot = close;
        }
    }

    /// Pairs a `\verb` with the delimiter at its end, and returns the length of both with what is between; None for other commands and
    /// where the delimiter does not occur again. What is between is not LaTeX.
    fn verbatim(&mut self, at: usize, absent: &mut Vec<u8>) -> Option<usize> {
        let open = self.verbatim_start(at, self.text.len())?;
        let delimiter = self.text.as_bytes().get(open).copied().filter(|byte| !absent.contains(byte))?;
        let rest = self.text.as_bytes().get(open + 1..)?;
        let Some(length) = rest.iter().position(|byte| *byte == delimiter) else {
            absent.push(delimiter);
            return None;
        };
        let close = open + 1 + length;
        self.pair(at, close);
        Some(close + 1 - at)
    }

    /// The byte of the first delimiter of the `\verb` at `at`: any ASCII character but a letter, a space, a star or a bracket.
    pub(super) fn verbatim_start(&self, at: usize, end: usize) -> Option<usize> {
        let (name, mut open) = self.control(at, end);
        if !matches!(name, "verb" | "lstinline") {
            return None;
        }
        if self.char_at(open, end) == Some('*') {
            open += 1;
        }
        let delimiter = self.char_at(open, end)?;
        let can_delimit = delimiter.is_ascii_graphic()
            && !delimiter.is_ascii_alphabetic()
            && !matches!(delimiter, '*' | '{' | '}' | '[' | ']');
        can_delimit.then_some(open)
    }

    fn pair_brackets(&mut self) -> Vec<Dollar> {
        let bytes = self.text.as_bytes();
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
        let mut braces: Vec<usize> = Vec::new();
        // Square brackets and \begin, each with the number of braces around it.
        let mut squares: Vec<(usize, usize)> = Vec::new();
        let mut begins: Vec<(usize, usize)> = Vec::new();
        let (mut round, mut display) = (None, None);
        // `\ifmmode` or its `\else`, the innermost last.
        let mut branches: Vec<usize> = Vec::new();
        // Delimiters of `\verb` that do not occur again.
        let mut absent: Vec<u8> = Vec::new();
        let mut dollars = Vec::new();
        let mut paragraph = 0;
        let mut at = 0;
        while at < bytes.len() {
            // Nearly all bytes pair nothing.
            let pairs = |byte: &&u8| matches!(**byte, b'\\' | b'{' | b'}' | b'[' | b']' | b'$' | b'\n');
            at += bytes.get(at..).map_or(0, |rest| rest.iter().take_while(|byte| !pairs(byte)).count());
            let mut step = 1;
            match byte(at) {
                b'\\' => {
                    step = 2;
                    match byte(at + 1) {
                        b'(' => round = Some(at),
                        b'[' => display = Some(at),
                        b')' => {
                            if let Some(open) = round.take() {
                                self.pair(open, at);
                            }
                        }
                        b']' => {
                            if let Some(open) = display.take() {
                                self.pair(open, at);
                            }
                        }
                        b'b' if self.slice(at, at + 7) == "\\begin{" => begins.push((at, braces.len())),
                        b'v' | b'l' => step = self.verbatim(at, &mut absent).unwrap_or(2),
                        b'i' if self.control(at, bytes.len()).0 == "ifmmode" => branches.push(at),
                        b'e' if self.control(at, bytes.len()).0 == "else" => {
                            if let Some(open) = branches.pop() {
                                self.pair(open, at);
                                branches.push(at);
                            }
                        }
                        b'f' if self.control(at, bytes.len()).0 == "fi" => {
                            if let Some(open) = branches.pop() {
                                self.pair(open, at);
                            }
                        }
                        b'e' if self.slice(at, at + 5) == "\\end{" => {
                            if let Some((open, depth)) = begins.pop()
                                && depth == braces.len()
                            {
                                self.pair(open, at);
                            }
                        }
                        _ => {}
                    }
                }
                b'{' => braces.push(at),
                b'}' => {
                    if let Some(open) = braces.pop() {
                        self.pair(open, at);
                    }
                    while squares.last().is_some_and(|(_, depth)| *depth > braces.len()) {
                        squares.pop();
                    }
                }
                b'[' => squares.push((at, braces.len())),
                b']' => {
                    if let Some((open, _)) = squares.pop_if(|(_, depth)| *depth == braces.len()) {
                        self.pair(open, at);
                    }
                }
                b'$' => dollars.push(Dollar { at, within: braces.last().copied().unwrap_or(usize::MAX), paragraph }),
                b'\n' => {
                    let blanks =
                        bytes.iter().skip(at + 1).take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
                    if byte(at + 1 + blanks) == b'\n' {
                        paragraph += 1;
                    }
                    step = 1 + blanks;
                }
                _ => {}
            }
            at += step;
        }
        // A brace that is never closed does not surround anything.
        for dollar in &mut dollars {
            if self.partner(dollar.within, usize::MAX).is_none() {
                dollar.within = usize::MAX;
            }
        }
        // Pairs are formed within one group: a formula can contain text that contains formulas.
        dollars.sort_by_key(|dollar| (dollar.within, dollar.at));
        dollars
    }

    fn pair_dollars(&mut self, dollars: &[Dollar]) {
        // For each dollar, the next two that are adjacent.
        let mut next_double = vec![usize::MAX; dollars.len() + 1];
        for (index, pair) in dollars.windows(2).enumerate().rev() {
            let double = matches!(pair, [first, second] if second.at == first.at + 1);
            let later = next_double.get(index + 1).copied().unwrap_or(usize::MAX);
            if let Some(slot) = next_double.get_mut(index) {
                *slot = if double { index } else { later };
            }
        }
        let double_from = |index: usize| next_double.get(index).copied().unwrap_or(usize::MAX);
        let mut index = 0;
        while let Some(open) = dollars.get(index) {
            if double_from(index) == index {
                let partner = double_from(index + 2);
                match dollars.get(partner) {
                    Some(close) if self.is_formula(open, close, 2) => {
                        self.pair(open.at, close.at);
                        index = partner + 2;
                    }
                    _ => index += 2,
                }
                continue;
            }
            match dollars.get(index + 1) {
                Some(close) if self.is_formula(open, close, 1) => {
                    self.pair(open.at, close.at);
                    index += 2;
                }
                _ => index += 1,
            }
        }
    }

    /// Whether two dollars enclose a formula: same paragraph, same braces, content between them, and not an amount of money.
    fn is_formula(&self, open: &Dollar, close: &Dollar, width: usize) -> bool {
        let content = self.slice(open.at + width, close.at);
        if open.paragraph != close.paragraph || open.within != close.within || content.trim().is_empty() {
            return false;
        }
        if width == 1 && money::is_money(self.slice(0, open.at), content, self.slice(close.at + 1, self.text.len())) {
            return false;
        }
        let words = self.plain_words(open.at + width, close.at);
        let prose = words > 0 && !content.contains(['\\', '^', '_', '{', '=', '<', '>', '+', '*']);
        let open_end = content.ends_with(char::is_whitespace);
        if content.starts_with(|c: char| c.is_ascii_digit()) {
            let amount_follows = self.char_at(close.at + width, usize::MAX).is_some_and(|c| c.is_ascii_digit());
            let joined = open_end || content.ends_with(['-', '–', '/', ',', '(']);
            return !(words >= 2 || (prose && open_end) || (amount_follows && joined));
        }
        !(prose && (content.starts_with(char::is_whitespace) || (words >= 2 && open_end)))
    }

    /// The number of words of two or more letters outside braces, control words not counted.
    fn plain_words(&self, from: usize, to: usize) -> usize {
        let (mut words, mut length) = (0, 0_usize);
        let mut command = false;
        let mut at = from;
        while at < to {
            let Some(c) = self.char_at(at, to) else { break };
            if c.is_alphabetic() {
                if length == 0 {
                    command = at > from && self.char_before(at) == Some('\\');
                }
                length += 1;
            } else {
                words += usize::from(length >= 2 && !command);
                length = 0;
            }
            at = self.group(at, to).map_or(at + c.len_utf8(), |(_, close)| close + 1);
        }
        words + usize::from(length >= 2 && !command)
    }
}

/// True for a length that may follow a line break: `2pt`, `-.5ex`.
fn is_length(text: &str) -> bool {
    let text = text.trim();
    text.ends_with(['m', 't', 'x', 'n', 'p'])
        && text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_ends_where_its_stretch_does() {
        for (text, expected) in [
            (" 2pt b", Some((true, " b"))),
            ("-.5ex b", Some((false, "b"))),
            ("0pt", Some((false, ""))),
            ("= 1,5 em", Some((true, ""))),
            ("1em plus 1fil minus .5em x", Some((true, "x"))),
            ("-2\\baselineskip x", Some((false, "x"))),
            ("\\fill", Some((true, ""))),
            ("pt", None),
            ("2 apples", None),
            ("", None),
        ] {
            let source = TexSource::new(text);
            let found = source.length(0, text.len());
            let expected = expected.map(|(positive, rest)| (positive, text.len() - rest.trim_start().len()));
            let found = found.map(|(positive, behind)| (positive, source.skip_space(behind, text.len())));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_verbatim_pairs_nothing() {
        let source = TexSource::new("\\verb|$ {| and \\verb*+}+ $x$ \\verb!a \\verb!");
        let paired =
            |text: &str, at| source.text.match_indices(text).nth(at).map(|(at, _)| source.partner(at, usize::MAX));
        assert_eq!(paired("$", 0), Some(None));
        assert!(paired("$", 1).is_some_and(|partner| partner.is_some()));
        assert!(paired("\\verb", 1).is_some_and(|partner| partner.is_some()));
    }

    #[test]
    fn money_is_not_a_formula() {
        for (text, formulas) in [
            ("a $x$ b $y^2$", 2),
            ("$5 and $10 per million tokens", 0),
            ("costs $5-$10 a day", 0),
            ("$35,000 in total and $x$", 1),
            ("$50\\%$ of", 1),
            ("$3 x + 2 y$", 1),
            ("$100 million, $2$-3", 1),
            ("US$ and C$ are", 0),
            ("$$a$$ and $b$$c$", 3),
            ("$$", 0),
            ("$a\n\nb$", 0),
            ("{a $ b} c $ d", 0),
            ("\\$5 and $x$", 1),
            ("$\\text{if } a$ is", 1),
            ("$\\text{if $x$ is}\\ 1$", 2),
            ("$\\frac{a$ and $b$", 2),
        ] {
            let source = TexSource::new(text);
            let found = text.match_indices('$').filter(|(at, _)| source.partner(*at, usize::MAX).is_some()).count();
            assert_eq!(found, formulas, "{text}");
        }
    }
}
