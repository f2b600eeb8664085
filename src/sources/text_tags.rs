//! Tags and entities inside a title or an abstract, as publishers write them into records: HTML, JATS (`<jats:p>`) and MathML. A paragraph
//! stays one, sub- and superscripts become what the markup of the text has for them, everything else leaves its text. A `<` that begins
//! no tag of these is text.

use std::borrow::Cow;

use super::hf_html::unescaped;
use crate::domain::markup::Markup;
use crate::domain::tex;

/// Elements that leave their text.
const INLINE: &[&str] = &[
    "a",
    "b",
    "bold",
    "big",
    "em",
    "font",
    "i",
    "italic",
    "inf",
    "ovl",
    "roman",
    "sans-serif",
    "sc",
    "scp",
    "small",
    "span",
    "strong",
    "styled-content",
    "tt",
    "u",
    "underline",
    "monospace",
    "inline-formula",
    "tex-math",
    "ext-link",
    "xref",
    "abstracttext",
];
/// Elements that begin a paragraph.
const BLOCKS: &[&str] =
    &["p", "br", "div", "sec", "li", "ul", "ol", "list", "list-item", "title", "section", "abstract"];
/// Longest name of an element with its attributes, in bytes.
const LONGEST_TAG: usize = 512;

/// The text without tags and entities. Borrowed, where it has none.
pub(super) fn without_tags(text: &str, markup: Markup) -> Cow<'_, str> {
    if !text.contains(['<', '&']) {
        return Cow::Borrowed(text);
    }
    // Some services escape twice.
    let text = once(text, markup);
    let again = ["&lt;", "&gt;", "&amp;", "&#", "</"].iter().any(|sign| text.contains(sign));
    Cow::Owned(if again { once(&text, markup) } else { text })
}

fn once(text: &str, markup: Markup) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    // Where in the plain text a script began, and its sign.
    let mut script: Option<(usize, char)> = None;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        plain.push_str(before);
        let Some((name, is_end, after)) = element(tag) else {
            plain.push('<');
            rest = tag.get(1..).unwrap_or_default();
            continue;
        };
        rest = after;
        match name.as_str() {
            "sub" | "sup" if !is_end => script = Some((plain.len(), if name == "sub" { '_' } else { '^' })),
            "sub" | "sup" => {
                if let Some((start, sign)) = script.take() {
                    let inner = plain.split_off(start.min(plain.len()));
                    plain.push_str(&scripted(sign, inner.trim(), markup));
                }
            }
            name if BLOCKS.contains(&name) => {
                // The heading of an abstract says nothing.
                let heading = plain.trim_end();
                if is_end && name == "title" && heading.eq_ignore_ascii_case("abstract") {
                    plain.clear();
                }
                if !plain.trim().is_empty() {
                    plain.push_str("\n\n");
                }
            }
            _ => {}
        }
    }
    plain.push_str(rest);
    let plain = if markup == Markup::Tex { plain.replace("\\&amp;", "\\&") } else { plain };
    unescaped(&plain)
}

/// The name of a known element at the begin of a text, whether it is an end tag, and what follows it.
fn element(text: &str) -> Option<(String, bool, &str)> {
    let inner = text.strip_prefix('<')?;
    let window = inner.char_indices().take_while(|(at, c)| *at < LONGEST_TAG && *c != '>' && *c != '<').last();
    let end = window.map_or(0, |(at, c)| at + c.len_utf8());
    let (tag, after) = (inner.get(..end)?, inner.get(end..)?.strip_prefix('>')?);
    let (tag, is_end) = tag.strip_prefix('/').map_or((tag, false), |tag| (tag, true));
    let (name, attributes) = tag.split_at(tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len()));
    if !attributes.trim_matches(|c: char| c.is_whitespace() || c == '/').is_empty() && !attributes.contains('=') {
        return None;
    }
    let name = name.to_ascii_lowercase();
    if let Some(local) = name.strip_prefix("jats:") {
        return Some((local.to_owned(), is_end, after));
    }
    let is_known =
        ["sub", "sup"].contains(&name.as_str()) || INLINE.contains(&name.as_str()) || BLOCKS.contains(&name.as_str());
    let is_math =
        name.starts_with("mml:") || name == "math" || name.starts_with("mrow") || MATH.contains(&name.as_str());
    (is_known || is_math).then_some((name, is_end, after))
}

/// Elements of MathML without their prefix.
const MATH: &[&str] = &[
    "mi",
    "mn",
    "mo",
    "ms",
    "msub",
    "msup",
    "msubsup",
    "mtext",
    "mfrac",
    "msqrt",
    "mstyle",
    "mover",
    "munder",
    "semantics",
];

/// A script as the markup writes it.
fn scripted(sign: char, inner: &str, markup: Markup) -> String {
    if inner.is_empty() {
        return String::new();
    }
    if markup == Markup::Tex {
        return if inner.contains(['$', '\\', '{', '}']) { inner.to_owned() } else { format!("${sign}{{{inner}}}$") };
    }
    if inner.contains(['$', '\\', '{', '}', ' ']) {
        inner.to_owned()
    } else {
        tex::render(&format!("${sign}{{{inner}}}$"), Markup::Tex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_leave_their_text() {
        for (text, plain) in [
            ("<i>In vivo</i> &amp; <b>H<sub>2</sub>O</b>", "In vivo & H₂O"),
            ("10<sup>-3</sup> m", "10⁻³ m"),
            ("a < b, a<b and c>d, <unknown> x<y", "a < b, a<b and c>d, <unknown> x<y"),
            ("<jats:title>Abstract</jats:title><jats:p>One.</jats:p><jats:p>Two.</jats:p>", "One.\n\n\n\nTwo.\n\n"),
            ("&lt;p&gt;Twice &amp;amp; more&lt;/p&gt;", "Twice & more\n\n"),
            ("<mml:math><mml:mi>x</mml:mi><mml:mo>=</mml:mo></mml:math>", "x="),
            ("<span class=\"nocase\">iPod</span>", "iPod"),
            ("AT&T, R&D; &unknown; &#xe9;", "AT&T, R&D; &unknown; é"),
            ("<<i>x", "<x"),
            ("<", "<"),
        ] {
            assert_eq!(without_tags(text, Markup::Plain), plain, "{text}");
        }
        assert_eq!(without_tags("CO<sub>2</sub>, $a<b$, A \\&amp; B", Markup::Tex), "CO$_{2}$, $a<b$, A \\& B");
    }

    #[test]
    fn many_open_tags_take_linear_time() {
        let text = "<i".repeat(200_000);
        assert_eq!(without_tags(&text, Markup::Plain), text);
        let deep = "<sub>".repeat(200_000);
        assert_eq!(without_tags(&deep, Markup::Plain), "");
    }
}
