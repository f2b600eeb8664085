//! Restores commands that lost their backslash and first letter: a program read `\t` of `\times` or `\textbf` as a tab, `\r` of `\rightarrow` as
//! a line break, `\b` of `\beta` as a backspace. What stands behind such a character decides; a blank in its place is believed only in
//! front of a rest that no English word is.

use std::borrow::Cow;

use super::tables;

/// The rests that are restored behind a blank, with the letter that is missing. Those that end in `{` need the brace.
const RESTS: [(&str, char); 13] = [
    ("extbf{", 't'),
    ("extit{", 't'),
    ("exttt{", 't'),
    ("extsc{", 't'),
    ("extsf{", 't'),
    ("extrm{", 't'),
    ("extsl{", 't'),
    ("extcolor{", 't'),
    ("imes", 't'),
    ("heta", 't'),
    ("riangle", 't'),
    ("ightarrow", 'r'),
    ("ightharpoonup", 'r'),
];

/// Control characters that no text has, each with the letter of the escape that it was.
const ESCAPES: [(char, char); 4] = [('\u{7}', 'a'), ('\u{8}', 'b'), ('\u{b}', 'v'), ('\u{c}', 'f')];

/// How a name is written that was found.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum CutNames {
    /// As the command.
    Restored,
    /// As the letters that are left of it, which is how it read before it was restored.
    Left,
}

/// The text with these names written so; borrowed when it has none.
pub(super) fn with(text: &str, how: CutNames) -> Cow<'_, str> {
    let may_have = text.contains('$') || text.contains('{') || text.contains(|c: char| escape(c).is_some());
    if !may_have || !RESTS.iter().any(|(rest, _)| text.contains(rest)) && !text.contains(|c: char| escape(c).is_some())
    {
        return Cow::Borrowed(text);
    }
    let (mut out, mut copied) = (String::new(), 0);
    let mut before = '$';
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        let found = match escape(before) {
            Some(letter) => escaped(rest, letter).map(|length| (length, letter)),
            None if before.is_whitespace() || matches!(before, '$' | '{' | '(') => blanked(rest),
            None => None,
        };
        if let Some((length, letter)) = found {
            let from = if escape(before).is_some() { at - before.len_utf8() } else { at };
            out.push_str(text.get(copied..from).unwrap_or_default());
            let name = rest.get(..length).unwrap_or_default();
            match how {
                CutNames::Restored => out.extend(['\\', letter]),
                // Braces keep the letters from being restored again.
                CutNames::Left => out.push_str("{}"),
            }
            out.push_str(name);
            copied = at + length;
        }
        before = c;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

fn escape(c: char) -> Option<char> {
    ESCAPES.iter().find(|(control, _)| *control == c).map(|(_, letter)| *letter)
}

/// The length of the letters that, with one in front, are the name of a command.
fn escaped(rest: &str, letter: char) -> Option<usize> {
    let length = rest.bytes().take(24).take_while(u8::is_ascii_alphabetic).count();
    let name = rest.get(..length).filter(|name| !name.is_empty())?;
    tables::command(&format!("{letter}{name}")).is_some().then_some(length)
}

/// The length of the letters that no English word is, and the letter that they lost.
fn blanked(rest: &str) -> Option<(usize, char)> {
    let (cut, letter) = RESTS.iter().find(|(cut, _)| rest.starts_with(cut))?;
    let length = cut.trim_end_matches('{').len();
    let ends = !rest.get(length..).is_some_and(|behind| behind.starts_with(|c: char| c.is_ascii_alphabetic()));
    ends.then_some((length, *letter))
}

#[cfg(test)]
mod tests {
    use crate::domain::identity::{earlier_title_key, title_key};
    use crate::domain::markup::Markup;
    use crate::domain::tex::render;

    #[test]
    fn names_that_lost_their_first_letter_are_restored() {
        for (text, expected) in [
            ("$10 imes$ faster, 10$ imes$ smaller", "10× faster, 10× smaller"),
            ("$384\times 384$ image", "384×384 image"),
            ("$ heta$-stable, A $\rightarrow$ B, $ ightarrow$", "θ-stable, A → B, →"),
            ("the extit{content} loss, ( extbf{HO}) and $ extit{RIoU}$", "the content loss, ( HO) and RIoU"),
            ("$\u{8}eta$ and $\u{7}lpha$, \u{c}rac{a}{b}", "β and α, a/b"),
            ("a heta imes without a formula", "a heta imes without a formula"),
            ("$x$ in times, theta extension{s} of extit texts", "x in times, theta extensions of extit texts"),
        ] {
            assert_eq!(render(text, Markup::Tex), expected, "{text:?}");
        }
        let title = "Kites extit{in} the $10 imes$ Wind";
        assert_eq!(title_key(title, Markup::Tex), "kitesinthe10×wind");
        assert_eq!(earlier_title_key(title, Markup::Tex).as_deref(), Some("kitesextitinthe10imeswind"));
    }
}
