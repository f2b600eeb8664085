//! Which paper is it: arXiv ids, DOIs, title keys, the stable text key that reading state hangs on, and when two records are one
//! paper. It decides only; joining records and keeping aliases is the store's work, and nothing here is ever fuzzy.

use std::collections::HashSet;
use std::fmt;

use super::paper::{Markup, Paper, Text, family_name};
use super::{fold, tex};

/// An arXiv identifier without its version: `2403.03507` or `hep-th/9901001`. Only made by `ArxivId::parse`, so it is well-formed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArxivId(String);

/// An id as it was written, with the version where it had one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionedId {
    pub id: ArxivId,
    pub version: Option<u16>,
}

impl ArxivId {
    /// Reads one id in any usual shape: bare, `arXiv:...v2 [cs.LG]`, abs/pdf/html URLs of arXiv and its mirrors, `oai:arXiv.org:...`,
    /// `10.48550/arXiv....`. None unless the whole text is such an id.
    pub fn parse(text: &str) -> Option<VersionedId> {
        let text = text.trim();
        if let Some(path) = id_in_url(text) {
            return parse_exact(path);
        }
        let rest = strip_doi_prefix(text);
        if let Some(id) = strip_prefix_ignoring_case(rest, ARXIV_DOI).or_else(|| strip_prefix_ignoring_case(rest, OAI))
        {
            return parse_exact(trim_prose(id));
        }
        let bare = strip_prefix_ignoring_case(text, "arxiv:").unwrap_or(text).trim_start();
        let (id, stamp) = bare.split_once(char::is_whitespace).unwrap_or((bare, ""));
        if is_stamp(stamp) { parse_exact(id) } else { None }
    }

    /// Every id inside prose, notes or URLs, in the order of the text, each id once. The rules are those of arXiv's own scanner,
    /// plus: the id must be one that can exist, and no digit may follow it.
    pub fn scan(text: &str) -> Vec<VersionedId> {
        let mut seen = HashSet::new();
        let marks = text.match_indices(['.', '/']);
        let found = marks.filter_map(|(at, mark)| {
            let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
            if mark == "." { scan_new(before, after) } else { scan_old(before, after) }
        });
        found.filter(|versioned| seen.insert(versioned.id.clone())).collect()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn abstract_url(&self) -> String {
        format!("https://arxiv.org/abs/{}", self.0)
    }

    pub fn pdf_url(&self) -> String {
        format!("https://arxiv.org/pdf/{}", self.0)
    }

    /// The DOI that DataCite registers for every arXiv paper.
    pub fn doi(&self) -> String {
        format!("10.48550/arXiv.{}", self.0)
    }
}

impl fmt::Display for ArxivId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A publisher's DOI in its original spelling; compared in lower case through `folded`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doi(String);

impl Doi {
    /// Reads `10.x/y` with or without `doi:` or a resolver in front.
    /// Punctuation that prose puts behind it is cut. None for arXiv's own DOIs: those are arXiv ids.
    pub fn parse(text: &str) -> Option<Self> {
        let doi = trim_prose(strip_doi_prefix(text.trim()));
        let (registrant, suffix) = doi.strip_prefix("10.")?.split_once('/')?;
        let registered = (4..=9).contains(&registrant.len()) && registrant.bytes().all(|byte| byte.is_ascii_digit());
        let printable = !suffix.is_empty() && !suffix.contains(|c: char| c.is_whitespace() || c.is_control());
        let publisher = strip_prefix_ignoring_case(doi, ARXIV_DOI).is_none();
        (registered && printable && publisher).then(|| Self(doi.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    pub fn url(&self) -> String {
        format!("https://doi.org/{}", self.0)
    }
}

impl fmt::Display for Doi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The stable text key of a paper: `arxiv:2403.03507`, `doi:10.1000/x` (lower case) or `title:<folded title>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaperKey(String);

impl PaperKey {
    pub fn arxiv(id: &ArxivId) -> Self {
        Self(["arxiv:", &id.0].concat())
    }

    pub fn doi(doi: &Doi) -> Self {
        Self(["doi:", &doi.folded()].concat())
    }

    /// `folded` is what `title_key` returns.
    pub fn title(folded: &str) -> Self {
        Self(["title:", folded].concat())
    }

    /// Reads a key as `Display` prints it, and the ids people type: an arXiv id or URL, a DOI. None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(folded) = text.strip_prefix("title:") {
            let is_folded = !folded.is_empty() && folded.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase());
            return is_folded.then(|| Self::title(folded));
        }
        let arxiv = ArxivId::parse(text).map(|versioned| Self::arxiv(&versioned.id));
        arxiv.or_else(|| Doi::parse(text).map(|doi| Self::doi(&doi)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PaperKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The title as identity sees it: rendered, folded, letters and digits of any script only, `&` as `and`.
pub fn title_key(source: &str, markup: Markup) -> String {
    let rendered = tex::render(source, markup);
    let mut key = String::with_capacity(rendered.len());
    for (place, part) in rendered.split('&').enumerate() {
        if place > 0 {
            key.push_str("and");
        }
        fold::each_word(part, |word| key.push_str(word));
    }
    key
}

/// The first author as identity sees a name: last word of the family name, folded, letters and digits only. The particle is left out
/// because sources disagree on it, and so are the numbers that DBLP puts behind namesakes.
pub fn author_key(name: &str) -> String {
    let name = name.trim().trim_end_matches(|c: char| c.is_ascii_digit());
    let family = family_name(name);
    fold::words(family.split_whitespace().next_back().unwrap_or_default()).collect()
}

/// Whether two records are the same paper without doubt: equal arXiv ids or DOIs, or equal title keys backed by the first author, by
/// the year, or (when one side knows neither) by a long title, the abstract, or that
/// neither has one. Different arXiv ids never are.
pub fn same_paper(a: &Paper, b: &Paper) -> bool {
    if let (Some(a), Some(b)) = (&a.arxiv, &b.arxiv) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (&a.doi, &b.doi)
        && a.folded() == b.folded()
    {
        return true;
    }
    let key = a.title_key();
    if key.is_empty() || key != b.title_key() {
        return false;
    }
    let first_author = |paper: &Paper| paper.authors.first().map(|name| author_key(name)).filter(|key| !key.is_empty());
    let year = |paper: &Paper| paper.published.map(|date| date.year());
    let (author_a, author_b, year_a, year_b) = (first_author(a), first_author(b), year(a), year(b));
    if let (Some(a), Some(b)) = (&author_a, &author_b) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (year_a, year_b) {
        return (a - b).abs() <= 1;
    }
    let knows_neither = (author_a.is_none() && year_a.is_none()) || (author_b.is_none() && year_b.is_none());
    // Where nothing but the title is known on both sides, nothing can tell the two apart.
    let only_title = |paper: &Paper| paper.authors.is_empty() && paper.published.is_none() && paper.summary.is_none();
    let only_titles = only_title(a) && only_title(b);
    knows_neither && (key.chars().count() >= LONG_TITLE || same_abstract(a, b) || only_titles)
}

/// Whether two rendered abstracts are the same text: the first 200 letters and digits are equal, or 6 in 10 of the 8-grams of the
/// shorter one are in the other. Texts under 100 letters agree only when they are equal.
pub fn abstracts_agree(a: &str, b: &str) -> bool {
    let letters =
        |text: &str| fold::words(text).flat_map(|word| word.chars().collect::<Vec<_>>()).collect::<Vec<char>>();
    let (a, b) = (letters(a), letters(b));
    let opening = |letters: &[char]| letters.iter().take(200).collect::<String>();
    let shorter = a.len().min(b.len());
    if shorter == 0 || opening(&a) == opening(&b) {
        return shorter > 0;
    }
    let a: HashSet<&[char]> = a.windows(8).collect();
    let b: HashSet<&[char]> = b.windows(8).collect();
    shorter >= 100 && a.intersection(&b).count() * 10 >= a.len().min(b.len()) * 6
}

fn same_abstract(a: &Paper, b: &Paper) -> bool {
    let own = |text: &Option<Text>| text.as_ref().filter(|text| text.markup != Markup::Summary).map(Text::line);
    matches!((own(&a.summary), own(&b.summary)), (Some(a), Some(b)) if abstracts_agree(&a, &b))
}

/// Characters of a title key that make it unlikely to be shared by two papers.
const LONG_TITLE: usize = 20;

const ARXIV_DOI: &str = "10.48550/arxiv.";
const OAI: &str = "oai:arxiv.org:";

/// Sites whose addresses end in an arXiv id (a leading `www.` is dropped before), with the folders it may stand in.
const SITES: [(&str, &[&str]); 6] = [
    ("arxiv.org", ARXIV_FOLDERS),
    ("export.arxiv.org", ARXIV_FOLDERS),
    ("browse.arxiv.org", ARXIV_FOLDERS),
    ("huggingface.co", &["papers"]),
    ("hf.co", &["papers"]),
    ("alphaxiv.org", &["abs"]),
];
const ARXIV_FOLDERS: &[&str] = &["abs", "pdf", "html", "src", "e-print"];

/// Archives that had ids of the old form, July 1991 to March 2007.
const ARCHIVES: [&str; 34] = [
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn", "chem-ph", "cmp-lg",
    "comp-gas", "cond-mat", "cs", "dg-ga", "funct-an", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math",
    "math-ph", "mtrl-th", "nlin", "nucl-ex", "nucl-th", "patt-sol", "physics", "plasm-ph", "q-alg", "q-bio",
    "quant-ph", "solv-int", "supr-con",
];

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix) { text.get(prefix.len()..) } else { None }
}

fn strip_scheme(text: &str) -> &str {
    let rest = strip_prefix_ignoring_case(text, "https://").or_else(|| strip_prefix_ignoring_case(text, "http://"));
    rest.unwrap_or(text)
}

/// The part of a site's address where the id stands, without query, fragment and file extension.
fn id_in_url(text: &str) -> Option<&str> {
    let (host, path) = strip_scheme(text).split_once('/')?;
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let (_, folders) = SITES.iter().find(|(site, _)| *site == host)?;
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let (folder, id) = path.split_once('/')?;
    folders.contains(&folder).then_some(())?;
    Some(id.strip_suffix(".pdf").or_else(|| id.strip_suffix(".md")).unwrap_or(id))
}

/// What is left of a DOI without `doi:` and resolver, in whatever order and number they come.
fn strip_doi_prefix(text: &str) -> &str {
    let mut rest = text;
    loop {
        let inner = strip_scheme(rest);
        let after = ["doi.org/", "dx.doi.org/", "www.doi.org/", "doi:", "doi "]
            .iter()
            .find_map(|prefix| strip_prefix_ignoring_case(inner, prefix));
        match after {
            Some(after) => rest = after.trim_start(),
            None => return rest,
        }
    }
}

/// Cuts `.`, `,`, `;` and a bracket that closes nothing from the end.
fn trim_prose(text: &str) -> &str {
    let mut excess = text.matches(')').count().saturating_sub(text.matches('(').count());
    let mut rest = text.trim_end();
    loop {
        let trimmed = rest.trim_end_matches(['.', ',', ';']);
        rest = match trimmed.strip_suffix(')') {
            Some(inner) if excess > 0 => inner,
            _ => return trimmed,
        };
        excess -= 1;
    }
}

/// What may follow an id in the stamp on a paper's margin: `[cs.LG] 3 Jan 2024`, either part or nothing.
fn is_stamp(text: &str) -> bool {
    let text = text.trim();
    let date = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((category, date)) if category.chars().all(|c| c.is_ascii_alphanumeric() || ".-, ".contains(c)) => date,
        Some(_) => return false,
        None => text,
    };
    let parts: Vec<&str> = date.split_whitespace().collect();
    let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    match parts.as_slice() {
        [] => true,
        [day, month, year] => digits(day, 1..=2) && month.chars().all(char::is_alphabetic) && digits(year, 4..=4),
        _ => false,
    }
}

/// An id with nothing around it.
fn parse_exact(text: &str) -> Option<VersionedId> {
    let (body, version) = match text.rsplit_once(['v', 'V']) {
        Some((body, version)) if body.ends_with(|c: char| c.is_ascii_digit()) => (body, Some(parse_version(version)?)),
        _ => (text, None),
    };
    let id = match body.split_once('/') {
        Some((archive, number)) => old_id(archive, number),
        None => body.split_once('.').and_then(|(month, number)| new_id(month, number)),
    }?;
    Some(VersionedId { id, version })
}

fn parse_version(digits: &str) -> Option<u16> {
    let well_formed = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| digits.parse().ok()).flatten()
}

fn is_month(digits: &str) -> bool {
    ("01"..="12").contains(&digits)
}

/// `0704.0001` and later: four digits to December 2014, five from then on. Numbers count from 1.
fn new_id(month: &str, number: &str) -> Option<ArxivId> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let length = if month >= "1501" { 5 } else { 4 };
    let in_time = month.len() == 4 && digits(month) && ("0704"..="9012").contains(&month) && is_month(month.get(2..)?);
    let counted = number.len() == length && digits(number) && number.contains(|c| c != '0');
    (in_time && counted).then(|| ArxivId(format!("{month}.{number}")))
}

/// `hep-th/9901001`; a subject class (`math.GT/0309136`) is dropped.
fn old_id(archive: &str, number: &str) -> Option<ArxivId> {
    let archive = match archive.split_once('.') {
        Some((archive, class)) if class.len() == 2 && class.bytes().all(|byte| byte.is_ascii_alphabetic()) => archive,
        Some(_) => return None,
        None => archive,
    };
    let archive = archive.to_ascii_lowercase();
    let digits = number.len() == 7 && number.bytes().all(|byte| byte.is_ascii_digit());
    let month = number.get(..4)?;
    let in_time =
        (("9107"..="9912").contains(&month) || ("0001"..="0703").contains(&month)) && is_month(month.get(2..)?);
    let counted = number.get(4..)? != "000";
    let known = ARCHIVES.contains(&archive.as_str());
    (digits && in_time && counted && known).then(|| ArxivId(format!("{archive}/{number}")))
}

/// An id of the new form around a full stop.
fn scan_new(before: &str, after: &str) -> Option<VersionedId> {
    let month = before.get(before.len().checked_sub(4)?..)?;
    let left = before.get(..before.len() - 4)?;
    let inside_a_number = left.ends_with(|c: char| c.is_ascii_digit() || c == '=');
    let after_a_stop = left.ends_with('.') && !ends_with_ignoring_case(left, "arxiv.");
    let length = leading_digits(after);
    let id = new_id(month, after.get(..length)?)?;
    (!inside_a_number && !after_a_stop).then(|| VersionedId { id, version: leading_version(after.get(length..)) })
}

/// An id of the old form around a slash. The archive must be a whole word, or `docs/0112017` would be a paper in `cs`.
fn scan_old(before: &str, after: &str) -> Option<VersionedId> {
    let length = leading_digits(after);
    let number = after.get(..length).filter(|number| number.len() == 7)?;
    // The longest archive with a class and `arXiv.` in front is shorter than that.
    let word: String = before.chars().rev().take(24).take_while(|&c| c.is_alphanumeric() || ".-".contains(c)).collect();
    let archive: String = word.chars().rev().collect();
    let archive = archive.trim_start_matches(['.', '-']);
    let archive = strip_prefix_ignoring_case(archive, "arxiv.").unwrap_or(archive);
    let id = old_id(archive, number)?;
    Some(VersionedId { id, version: leading_version(after.get(length..)) })
}

fn ends_with_ignoring_case(text: &str, end: &str) -> bool {
    let tail = text.len().checked_sub(end.len()).and_then(|start| text.get(start..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The version directly behind an id in prose; one that cannot be read is no version.
fn leading_version(after: Option<&str>) -> Option<u16> {
    let digits = after?.strip_prefix('v')?;
    parse_version(digits.get(..leading_digits(digits))?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::date::PartialDate;

    fn arxiv(text: &str) -> String {
        match ArxivId::parse(text) {
            Some(VersionedId { id, version: Some(version) }) => format!("{id}|v{version}"),
            Some(VersionedId { id, version: None }) => id.to_string(),
            None => "NONE".into(),
        }
    }

    #[test]
    fn arxiv_ids_are_read_in_every_usual_shape() {
        let cases = [
            ("2401.00012", "2401.00012"),
            (" 2401.00012v13\n", "2401.00012|v13"),
            ("0704.0001", "0704.0001"),
            ("1412.9999", "1412.9999"),
            ("1501.00001", "1501.00001"),
            ("arXiv:2401.00012", "2401.00012"),
            ("ARXIV: 2401.00012v2", "2401.00012|v2"),
            ("arXiv:2401.00012v2 [cs.LG] 3 Jan 2024", "2401.00012|v2"),
            ("arXiv:2401.00012v2  [cond-mat.mes-hall]", "2401.00012|v2"),
            ("arXiv:hep-th/9901001v1 4 Jan 1999", "hep-th/9901001|v1"),
            ("hep-th/9901001", "hep-th/9901001"),
            ("solv-int/9107001v1", "solv-int/9107001|v1"),
            ("math.GT/0309136", "math/0309136"),
            ("cs/0703128", "cs/0703128"),
            ("http://arxiv.org/abs/2401.00012", "2401.00012"),
            ("https://www.arxiv.org/pdf/2401.00012v3.pdf", "2401.00012|v3"),
            ("https://export.arxiv.org/abs/math.GT/0309136v2?context=math#top", "math/0309136|v2"),
            ("https://browse.arxiv.org/html/2401.00012v1/", "2401.00012|v1"),
            ("arxiv.org/e-print/2401.00012", "2401.00012"),
            ("https://arxiv.org/src/2401.00012v1", "2401.00012|v1"),
            ("HTTPS://HuggingFace.co/papers/2401.00012?ref=x", "2401.00012"),
            ("https://hf.co/papers/2401.00012.md", "2401.00012"),
            ("https://www.alphaxiv.org/abs/2401.00012v1", "2401.00012|v1"),
            ("oai:arXiv.org:math/0309136", "math/0309136"),
            ("10.48550/arXiv.2401.00012", "2401.00012"),
            ("doi:10.48550/ARXIV.HEP-TH/9901001", "hep-th/9901001"),
            ("https://doi.org/10.48550/arxiv.2401.00012.", "2401.00012"),
        ];
        for (text, expected) in cases {
            assert_eq!(arxiv(text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_an_arxiv_id_is_none() {
        let cases = [
            "",
            "2401",
            "2401.",
            "2401.0001",
            "1412.00001",
            "1501.0001",
            "2400.00001",
            "2413.00001",
            "0703.0001",
            "9101.00001",
            "2401.00000",
            "2401.00012v0",
            "2401.00012v01",
            "2401.00012v",
            "2401.00012v99999",
            "2401.000123",
            "x2401.00012",
            "2401.00012 and more",
            "hep-th/0704001",
            "hep-th/9106001",
            "hep-th/9913001",
            "hep-th/990100",
            "hep-th/9901000",
            "no-such/9901001",
            "stat/0601001",
            "math.GTX/0309136",
            "https://arxiv.org/list/2401.00012",
            "https://example.org/abs/2401.00012",
            "https://arxiv.org/abs/",
            "10.48550/zenodo.2401.00012",
            "२४०१.०००१२",
            "2401.0001２",
            "/",
            ".",
            "arXiv:",
            "\u{0}é.é/é",
        ];
        for text in cases {
            assert_eq!(arxiv(text), "NONE", "{text}");
        }
    }

    #[test]
    fn ids_are_found_inside_prose() {
        let scan = |text: &str| {
            let shown = |found: VersionedId| match found.version {
                Some(version) => format!("{}v{version}", found.id),
                None => found.id.to_string(),
            };
            ArxivId::scan(text).into_iter().map(shown).collect::<Vec<_>>().join(" ")
        };
        let prose = "Extends arXiv:2401.00012v2 (see math.GT/0309136, hep-th/9901001v3). Code: https://arxiv.org/abs/2402.00013.";
        assert_eq!(scan(prose), "2401.00012v2 math/0309136 hep-th/9901001v3 2402.00013");
        assert_eq!(scan("doi.org/10.48550/arXiv.2401.00012, again 2401.00012v4"), "2401.00012");
        assert_eq!(scan("10.48550/arXiv.cs/0112017"), "cs/0112017");
        assert_eq!(scan("2401.00012vs baseline, 2401.00012v0"), "2401.00012");
        for text in
            ["id=2401.00012", "1.2401.00012", "12401.00012", "2401.000123", "docs/0112017", "0112017/cs", "3.14 a/b"]
        {
            assert_eq!(scan(text), "", "{text}");
        }
    }

    #[test]
    fn dois_lose_their_wrapping_and_arxiv_ones_are_not_dois() {
        let doi = |text: &str| Doi::parse(text).map(|doi| doi.to_string());
        for text in ["10.1000/Ab.c", "doi:10.1000/Ab.c", "DOI: 10.1000/Ab.c.", "https://doi.org/10.1000/Ab.c).,"] {
            assert_eq!(doi(text).as_deref(), Some("10.1000/Ab.c"), "{text}");
        }
        assert_eq!(doi("http://dx.doi.org/10.1000/S0(00)1-9(X)").as_deref(), Some("10.1000/S0(00)1-9(X)"));
        for text in [
            "10.48550/arXiv.2401.00012",
            "10.1/x",
            "10.1000/",
            "10.1000/.",
            "10.1000/a b",
            "11.1000/x",
            "10.1000/a\u{1b}b",
        ] {
            assert_eq!(doi(text), None, "{text}");
        }
    }

    #[test]
    fn keys_are_read_as_printed_and_as_typed() {
        let key = |text: &str| PaperKey::parse(text).map(|key| key.to_string());
        for text in ["arxiv:2401.00012", "arxiv:hep-th/9901001", "doi:10.1000/ab", "title:loraωtest2"] {
            assert_eq!(key(text).as_deref(), Some(text));
        }
        assert_eq!(key("https://arxiv.org/pdf/2401.00012v2").as_deref(), Some("arxiv:2401.00012"));
        assert_eq!(key("https://doi.org/10.48550/arXiv.2401.00012").as_deref(), Some("arxiv:2401.00012"));
        assert_eq!(key("10.1000/AB").as_deref(), Some("doi:10.1000/ab"));
        for text in ["title:", "title:two words", "title:Upper", "title:a-b", "lora", "doi:2401.00012", ""] {
            assert_eq!(key(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn keys_of_dois_round_trip_and_nothing_panics(text in "(doi:|https://doi.org/)?10\\.[0-9]{3,5}/[a-zA-Z(). ,;é]{0,12}|\\PC{0,30}") {
            ArxivId::scan(&text);
            ArxivId::parse(&text);
            if let Some(key) = PaperKey::parse(&text) {
                prop_assert_eq!(PaperKey::parse(key.as_str()), Some(key));
            }
        }
    }

    #[test]
    fn author_keys_agree_across_spellings() {
        for name in ["Jane Q. Doe", "Doe, J. Q.", "Jane Doe Jr.", "Doe, Jr, Jane", "Jane Doe 0002", "DOE"] {
            assert_eq!(author_key(name), "doe", "{name}");
        }
        assert_eq!(author_key("Ludwig van der Berg"), author_key("Berg, Ludwig van der"));
        assert_eq!(author_key(" "), "");
    }

    #[test]
    fn abstracts_agree_when_most_of_the_shorter_is_in_the_longer() {
        let long = (0..60).map(|n| format!("Sentence {n} says {}.", n * n * 7919)).collect::<Vec<_>>().join(" ");
        let other = (0..60).map(|n| format!("Verse {n} sings {}!", n * n * 6101 + 5)).collect::<Vec<_>>().join(" ");
        assert!(abstracts_agree(&long, &format!("{}\nAnother end", long.replace('.', " ,"))));
        assert!(abstracts_agree(&format!("A new start. {long}"), &long));
        assert!(!abstracts_agree(&long, &other));
        assert!(!abstracts_agree("", ""));
        assert!(!abstracts_agree("We study", "We study networks"));
    }

    #[test]
    fn papers_are_joined_only_without_doubt() {
        let text = |source: &str| Text::new(source, Markup::Plain);
        let bare = |title: &str| Paper { title: text(title), ..Paper::default() };
        let year = |paper: Paper, year| Paper { published: PartialDate::new(year, None, None), ..paper };
        let by = |paper: Paper, author: &str| Paper { authors: vec![author.into(), "Other One".into()], ..paper };
        let id = |paper: Paper, id: &str| Paper { arxiv: ArxivId::parse(id).map(|found| found.id), ..paper };
        let doi = |paper: Paper, doi: &str| Paper { doi: Doi::parse(doi), ..paper };
        let told = |paper: Paper, told: &str, markup| Paper { summary: Some(Text::new(told, markup)), ..paper };
        let (short, long) = ("Quiet Nets", "Quiet Gradients for Networks");

        assert!(same_paper(&id(bare("A"), "2401.00012"), &id(bare("B"), "2401.00012v2")));
        assert!(!same_paper(&by(id(bare(long), "2401.00012"), "J Doe"), &by(id(bare(long), "2401.00013"), "J Doe")));
        assert!(same_paper(&doi(bare("A"), "10.1000/AB"), &doi(bare("B"), "10.1000/ab")));
        assert!(same_paper(&by(bare(short), "Jane Doe"), &by(bare("Quiet nets."), "Doe, J.")));
        assert!(!same_paper(&year(by(bare(long), "Jane Doe"), 2024), &year(by(bare(long), "Jo Roe"), 2024)));
        assert!(same_paper(&year(by(bare(short), "Jane Doe"), 2024), &year(bare(short), 2023)));
        assert!(!same_paper(&year(by(bare(long), "Jane Doe"), 2024), &year(bare(long), 2022)));
        assert!(same_paper(&year(by(bare(long), "Jane Doe"), 2024), &bare(long)));
        assert!(!same_paper(&by(bare(long), "Jane Doe"), &year(bare(long), 2022)));
        assert!(!same_paper(&by(bare(short), "Jane Doe"), &bare(short)));
        let (plain, own) = (Markup::Plain, Markup::Summary);
        assert!(same_paper(&told(bare(short), "Nets are quiet", plain), &told(bare(short), "Nets are quiet.", plain)));
        assert!(!same_paper(&told(bare(short), "Nets are quiet", own), &told(bare(short), "Nets are quiet", own)));
        assert!(!same_paper(&bare("?!"), &bare("...")));
    }
}
