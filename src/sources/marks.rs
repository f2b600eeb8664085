//! The lines of a copied papers page that stand beside a paper: votes, counts of authors, dates, links, buttons. A line is recognised
//! here; `page_lines` decides what it says about which paper.

use std::borrow::Cow;

use super::header::{DayLine, day_line};
use crate::domain::identity::ArxivId;

/// Longest such line, in bytes; titles and abstracts that are longer need no look.
const LONGEST: usize = 160;
/// Longest text after a dot (a date or a count in another language), in characters.
const LONGEST_AFTER_DOT: usize = 40;

/// A line, or a part of one, beside a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A number alone or with the word for votes; a dash for none.
    Number(u32),
    Authors,
    /// The dot between counts, dates and names.
    Dot,
    /// The day on which a paper was published.
    Date(DayLine),
    /// `Submitted by` without the name, which follows.
    Submitter,
    SubmittedBy,
    /// A button; a number after it counts no votes.
    Button,
    /// A link of the site, and the paper that it leads to.
    Link(LinkTarget),
    /// An organisation in one line with the date.
    Name,
    /// What a copy leaves of check boxes and brackets.
    Debris,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LinkTarget {
    Paper(ArxivId),
    /// Leads to a paper's votes, above its title.
    Login(ArxivId),
    /// The list of another day.
    Day(String),
    Other,
}

/// What stood before a line.
#[derive(Clone, Copy, Default)]
pub(crate) struct LineContext {
    /// A dot, with nothing but links after it.
    pub(crate) after_dot: bool,
    /// A count of authors.
    pub(crate) after_authors: bool,
    /// The file has links of the site on lines of their own, so that every line that is a link is one of them.
    pub(crate) has_link_lines: bool,
}

/// The marks of a line; none for a line that is a text.
pub(crate) fn marks(line: &str, context: LineContext) -> Vec<Mark> {
    if line.len() > LONGEST && !line.starts_with("http") && !line.ends_with(')') {
        return Vec::new();
    }
    let (line, target) = without_link(line);
    let mut found: Vec<Mark> = target.map(Mark::Link).into_iter().collect();
    let bare = without_box(&line).trim();
    if bare.is_empty() || matches!(bare, "[" | "]" | "|") {
        found.push(Mark::Debris);
    } else if let Some(target) = link_line(bare, context) {
        found.push(Mark::Link(target));
    } else if let Some(parts) = dotted(bare) {
        found.extend(parts);
    } else if let Some(mark) = mark(bare, context) {
        found.push(mark);
    } else {
        return Vec::new();
    }
    found
}

/// A line without the dot of a list, and the paper that its link leads to: `[Title](https://huggingface.co/papers/2403.03507)`.
pub(crate) fn text_of(line: &str) -> (Cow<'_, str>, Option<ArxivId>) {
    match without_link(line) {
        (line, Some(LinkTarget::Paper(id))) => {
            let title = line.trim_start_matches(['#', '*', '-', ' ']).trim();
            (Cow::Owned(title.to_owned()), Some(id))
        }
        _ => (Cow::Borrowed(without_bullet(line)), None),
    }
}

/// Whether the whole line is a link of the site.
pub(crate) fn is_site_link(line: &str) -> bool {
    line.starts_with("http") && !line.contains(' ') && site_path(line).is_some()
}

/// What a page says beside its papers, and where it has none.
const LABELS: [&str; 12] = [
    "ai-generated summary",
    "ai summary",
    "ai-generated",
    "video thumbnail",
    "unread notifications",
    "you have unread notifications",
    "upgrade to pro",
    "no papers found",
    "no papers found for this date",
    "no papers for this date",
    "no papers yet",
    "try another day",
];

/// Whether a line is a label or the length of a video: `0:45`.
fn is_label(lower: &str) -> bool {
    let is_length = lower.split_once(':').is_some_and(|(minutes, seconds)| {
        seconds.len() == 2 && minutes.len() <= 2 && [minutes, seconds].iter().all(|part| part.parse::<u8>().is_ok())
    });
    is_length || LABELS.contains(&lower.trim_end_matches(['.', '!']))
}

fn mark(line: &str, context: LineContext) -> Option<Mark> {
    let lower = line.to_lowercase();
    let counted = |words: [&str; 2]| {
        words
            .into_iter()
            .find_map(|word| lower.strip_prefix(word).or_else(|| lower.strip_suffix(word)))
            .map(|count| number(count.trim()))
    };
    let votes = counted(["upvotes", "upvote"]);
    if is_label(&lower) {
        return Some(Mark::Debris);
    }
    match lower.as_str() {
        "-" | "–" => return Some(Mark::Number(0)),
        "github" | "arxiv page" | "project page" | "▲" | "•" => return Some(Mark::Button),
        "submitted by" => return Some(Mark::Submitter),
        _ => {}
    }
    let published = ["published on ", "published "].into_iter().find_map(|start| lower.strip_prefix(start));
    let date = if context.after_dot || context.after_authors { day_line(line) } else { published.and_then(day_line) };
    let is_count = |word: &str| lower.strip_prefix(word).is_some_and(|count| number(count.trim()).is_some());
    match () {
        () if lower.starts_with("submitted by ") => Some(Mark::SubmittedBy),
        () if votes == Some(None) && lower.len() <= "upvotes".len() => Some(Mark::Debris),
        () if counted(["authors", "author"]).flatten().is_some() => Some(Mark::Authors),
        () if date.is_some() => date.map(Mark::Date),
        () if is_count("github") => Some(Mark::Button),
        () if let Some(number) = votes.flatten().or_else(|| number(lower.trim_start_matches('▲').trim())) => {
            Some(Mark::Number(number))
        }
        () if context.after_dot && line.chars().count() <= LONGEST_AFTER_DOT => Some(Mark::Debris),
        () => None,
    }
}

/// `· 12 authors`, `2 authors · Oct 7, 2024 · 3` and `Some Lab · Oct 7`: dots around counts and dates. A text before the first dot is
/// a name.
fn dotted(line: &str) -> Option<Vec<Mark>> {
    let mut parts = line.split('·').map(str::trim);
    let first = parts.next().filter(|_| line.contains('·'))?;
    let mut found = Vec::new();
    if !first.is_empty() {
        found.push(mark(first, LineContext::default()).unwrap_or(Mark::Name));
    }
    let mut is_name_alone = found.first() == Some(&Mark::Name);
    for part in parts {
        found.push(Mark::Dot);
        if part.is_empty() {
            continue;
        }
        let mark = mark(part, LineContext { after_dot: true, ..LineContext::default() })?;
        // Text in another language counts authors or is a date; other text may be a title after the dot of a list.
        if mark == Mark::Debris && !part.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        is_name_alone = false;
        found.push(mark);
    }
    (!is_name_alone).then_some(found)
}

/// A line that is a link, or several.
fn link_line(line: &str, context: LineContext) -> Option<LinkTarget> {
    let mut words = line.split_whitespace();
    let is_link = |word: &str| word.starts_with("http://") || word.starts_with("https://") || word.starts_with("www.");
    let first = words.next().filter(|word| is_link(word))?;
    let all = words.all(is_link) && (context.has_link_lines || site_path(first).is_some());
    all.then(|| target(first))
}

/// The line without its link, and where that leads: of `[label](address)`, and of `label](address)`, as a broken line leaves it. Only
/// links of the site: other text may have brackets of its own.
fn without_link(line: &str) -> (Cow<'_, str>, Option<LinkTarget>) {
    let link = line.strip_suffix(')').and_then(|line| line.rsplit_once("]("));
    let Some((label, address)) = link.filter(|(_, address)| site_path(address).is_some()) else {
        return (Cow::Borrowed(line), None);
    };
    (Cow::Owned(label.replacen('[', "", 1)), Some(target(address)))
}

/// The path of an address of the site.
fn site_path(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).unwrap_or(address);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let path = rest.strip_prefix("huggingface.co").or_else(|| rest.strip_prefix("hf.co"));
    match path {
        Some(path) => (path.is_empty() || path.starts_with('/')).then_some(path),
        None => address.starts_with("/papers/").then_some(address),
    }
}

fn target(address: &str) -> LinkTarget {
    let Some(path) = site_path(address) else { return LinkTarget::Other };
    let id = |text: &str| ArxivId::parse(text.split(['?', '#', '&']).next().unwrap_or_default()).map(|named| named.id);
    let day = path.strip_prefix("/papers/date/");
    if let Some(day) = day {
        return LinkTarget::Day(day.to_owned());
    }
    if let Some(id) = path.strip_prefix("/papers/").and_then(id) {
        return LinkTarget::Paper(id);
    }
    let login = path.strip_prefix("/login?next=%2Fpapers%2F").and_then(id);
    login.map_or(LinkTarget::Other, LinkTarget::Login)
}

/// The line without the check box that a copy puts before votes.
fn without_box(line: &str) -> &str {
    let boxed = ["[-]", "[ ]", "[x]", "☐", "☑"].into_iter().find_map(|mark| line.strip_prefix(mark));
    boxed.map_or(line, str::trim_start)
}

/// The line without the sign of a list. A dash alone is none.
fn without_bullet(line: &str) -> &str {
    let rest = line.strip_prefix(['•', '·', '◦', '▪', '‣', '●', '*', '-']);
    rest.filter(|rest| rest.starts_with([' ', '\t'])).map_or(line, str::trim_start)
}

/// Reads `12`, `1,204` and `1.2k`.
fn number(text: &str) -> Option<u32> {
    let digits = text.replace(',', "");
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let Some(thousands) = digits.strip_suffix('k') else { return digits.parse().ok() };
    let (whole, tenth) = thousands.split_once('.').unwrap_or((thousands, "0"));
    let tenth = tenth.parse::<u32>().ok().filter(|tenth| *tenth < 10)?;
    whole.parse::<u32>().ok()?.checked_mul(1000)?.checked_add(tenth * 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_told_from_titles() {
        let id = || ArxivId::parse("2410.99901").unwrap().id;
        let day = |line: &str| Mark::Date(day_line(line).unwrap());
        for (line, expected) in [
            ("12", vec![Mark::Number(12)]),
            ("1,204", vec![Mark::Number(1204)]),
            ("1.2k", vec![Mark::Number(1200)]),
            ("-", vec![Mark::Number(0)]),
            ("[-] -", vec![Mark::Number(0)]),
            ("[-] 19", vec![Mark::Number(19)]),
            ("▲ 7", vec![Mark::Number(7)]),
            ("Upvote 7", vec![Mark::Number(7)]),
            ("7 upvotes", vec![Mark::Number(7)]),
            ("Upvote", vec![Mark::Debris]),
            ("12 authors", vec![Mark::Authors]),
            ("·12 authors", vec![Mark::Dot, Mark::Authors]),
            ("· 1 author", vec![Mark::Dot, Mark::Authors]),
            (
                "2 authors · Oct 7, 2024 · 3",
                vec![Mark::Authors, Mark::Dot, day("Oct 7, 2024"), Mark::Dot, Mark::Number(3)],
            ),
            ("Some Lab · Oct 7", vec![Mark::Name, Mark::Dot, day("Oct 7")]),
            ("·", vec![Mark::Dot]),
            ("Submitted by", vec![Mark::Submitter]),
            ("Submitted by someone", vec![Mark::SubmittedBy]),
            ("GitHub 1.2k", vec![Mark::Button]),
            ("Published on Oct 7, 2024", vec![day("Oct 7, 2024")]),
            (
                "2 authors](https://huggingface.co/papers/2410.99901)",
                vec![Mark::Link(LinkTarget::Paper(id())), Mark::Authors],
            ),
            ("https://huggingface.co/papers/2410.99901#community", vec![Mark::Link(LinkTarget::Paper(id()))]),
            ("https://huggingface.co/login?next=%2Fpapers%2F2410.99901", vec![Mark::Link(LinkTarget::Login(id()))]),
            (
                "https://huggingface.co/papers/date/2026-03-24",
                vec![Mark::Link(LinkTarget::Day("2026-03-24".to_owned()))],
            ),
            ("https://huggingface.co/models", vec![Mark::Link(LinkTarget::Other)]),
            ("[", vec![Mark::Debris]),
        ] {
            assert_eq!(marks(line, LineContext::default()), expected, "{line}");
        }
        for line in [
            "3D Kites",
            "Authors",
            "On authors",
            "2.5 Years of Kites",
            "Upvotes in Social Networks",
            "99999999999",
            "Oct 7, 2024",
            "Mar 12",
            "[Re] A Title",
            "https://example.org/code",
            "Kites · Strings",
            "· Kites",
            "GitHub Copilot",
        ] {
            assert_eq!(marks(line, LineContext::default()), [], "{line}");
        }
    }

    #[test]
    fn after_a_dot_a_date_may_be_in_any_language() {
        let after_dot = LineContext { after_dot: true, ..LineContext::default() };
        for (line, expected) in [
            ("Oct 7", vec![Mark::Date(day_line("Oct 7").unwrap())]),
            ("7 octobre 2024", vec![Mark::Date(day_line("Oct 7, 2024").unwrap())]),
            ("2024年10月7日", vec![Mark::Date(day_line("Oct 7, 2024").unwrap())]),
            ("7. Oktober 2024", vec![Mark::Date(day_line("Oct 7, 2024").unwrap())]),
            ("12 auteurs", vec![Mark::Debris]),
        ] {
            assert_eq!(marks(line, after_dot), expected, "{line}");
        }
    }

    #[test]
    fn a_linked_title_is_its_title() {
        for line in ["[Quiet Kites](https://huggingface.co/papers/2410.99901)", "### [Quiet Kites](/papers/2410.99901)"]
        {
            let (text, id) = text_of(line);
            assert_eq!((text.as_ref(), id.map(|id| id.to_string()).as_deref()), ("Quiet Kites", Some("2410.99901")));
        }
        for (line, text) in
            [("• Quiet Kites", "Quiet Kites"), ("- Quiet", "Quiet"), ("-x", "-x"), ("[Re] Kites", "[Re] Kites")]
        {
            assert_eq!(text_of(line).0, text);
        }
    }
}
