//! arXiv ids: parsing one in any usual spelling, and finding those in prose. Accepts only ids that arXiv can have given; never looks up
//! whether it did.

use std::collections::HashSet;
use std::fmt;

use super::affixes::{
    ARXIV_DOI, Address, doi_text, narrow, strip_label, strip_prefix_ignoring_case, trim_opening, trim_prose,
};

/// An arXiv id without its version: `2403.03507` or `hep-th/9901001`. Made by `parse` and `scan` only, so it is well-formed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArxivId(String);

/// An id as it was written, with the version where it had one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionedId {
    pub id: ArxivId,
    pub version: Option<u16>,
}

impl ArxivId {
    /// Reads one id as it is pasted: bare, `arXiv:...v2 [cs.LG] 3 Jan 2024`, in an address of arXiv or of a site that shows its papers,
    /// with query and fragment, or in the part of one after the host, `oai:arXiv.org:...`, `10.48550/arXiv....`, the name of its PDF, in
    /// full-width digits; brackets, punctuation and invisible characters around it are cut off. None unless the whole text is such an id.
    pub fn parse(text: &str) -> Option<VersionedId> {
        if let Some(id) = parse_exact(text) {
            return Some(id);
        }
        let text = narrow(text);
        let text = trim_prose(trim_opening(&text));
        let (address, stamp) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
        if is_stamp(stamp)
            && let Some(id) = Address::parse(address).and_then(|address| id_in_address(&address))
        {
            return Some(id);
        }
        if let Some(doi) = doi_text(text) {
            return parse_exact(strip_prefix_ignoring_case(&doi, ARXIV_DOI)?);
        }
        if let Some(id) = strip_prefix_ignoring_case(text, OAI) {
            return parse_exact(id);
        }
        let preprint = strip_prefix_ignoring_case(text, "arxiv preprint").map_or(text, str::trim_start);
        let bare = strip_label(preprint, "arxiv")
            .or_else(|| strip_prefix_ignoring_case(preprint, "arxiv."))
            .unwrap_or(preprint);
        let (id, stamp) = bare.split_at(bare.find(|c: char| c.is_whitespace() || c == '[').unwrap_or(bare.len()));
        if is_stamp(stamp) { id_of_page(strip_folder(id, ARXIV_FOLDERS).unwrap_or(id)) } else { None }
    }

    /// Reads an id as `Display` prints it.
    pub(super) fn from_printed(text: &str) -> Option<Self> {
        parse_exact(text).filter(|versioned| versioned.id.as_str() == text).map(|versioned| versioned.id)
    }

    /// Every id inside prose, notes or URLs, in the order of the text, each id once. The rules are those of arXiv's own scanner;
    /// besides, the id must be a possible one and no digit may follow it.
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

const OAI: &str = "oai:arxiv.org:";

/// Sites whose addresses end in an arXiv id, their subdomains included, with the folders in which it may stand.
const SITES: [(&str, &[&str]); 8] = [
    ("arxiv.org", ARXIV_FOLDERS),
    ("xxx.lanl.gov", ARXIV_FOLDERS),
    ("ar5iv.org", ARXIV_FOLDERS),
    ("huggingface.co", &["papers", "api/papers"]),
    ("hf.co", &["papers"]),
    ("alphaxiv.org", &["abs", "pdf", "overview", "resources"]),
    ("arxiv-vanity.com", &["papers"]),
    ("emergentmind.com", &["papers"]),
];
const ARXIV_FOLDERS: &[&str] = &["abs", "pdf", "html", "src", "e-print", "format", "bibtex", "ps", "tb"];

/// Types of file that addresses name after an id.
const FILE_ENDINGS: [&str; 5] = [".pdf", ".md", ".html", ".ps", ".ps.gz"];

/// Archives that had ids of their own, July 1991 to March 2007.
const ARCHIVES: [&str; 34] = [
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn", "chem-ph", "cmp-lg",
    "comp-gas", "cond-mat", "cs", "dg-ga", "funct-an", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math",
    "math-ph", "mtrl-th", "nlin", "nucl-ex", "nucl-th", "patt-sol", "physics", "plasm-ph", "q-alg", "q-bio",
    "quant-ph", "solv-int", "supr-con",
];

/// Archives that never had ids of their own.
const YOUNGER_ARCHIVES: [&str; 4] = ["econ", "eess", "q-fin", "stat"];

/// The id at the end of an address: in a folder of a site that is known for it, or on any site after `arXiv:` or in a folder `arxiv`.
fn id_in_address(address: &Address<'_>) -> Option<VersionedId> {
    let path = address.path.trim_end_matches('/');
    if let Some((_, folders)) = SITES.iter().find(|(site, _)| address.is_at(site)) {
        let translated = || strip_folder(strip_language(path)?, folders);
        return strip_folder(path, folders).or_else(translated).and_then(id_of_page);
    }
    let starts = std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1));
    let mut named =
        starts.filter_map(|at| strip_prefix_ignoring_case(path.get(at..)?, "arxiv")?.strip_prefix(['/', ':', '.']));
    // A page of the site may follow the id.
    named.next_back().and_then(|rest| id_of_page(rest).or_else(|| id_of_page(rest.rsplit_once('/')?.0)))
}

/// What follows one of the folders at the beginning of a path.
fn strip_folder<'a>(path: &'a str, folders: &[&str]) -> Option<&'a str> {
    let path = path.trim_start_matches('/');
    folders.iter().find_map(|folder| path.strip_prefix(folder)?.strip_prefix('/'))
}

/// What follows the folder of a language at the beginning of a path: `ko/`, `pt-BR/`.
fn strip_language(path: &str) -> Option<&str> {
    let (language, rest) = path.split_once('/')?;
    let (name, region) = language.split_once('-').unwrap_or((language, "xx"));
    [name, region]
        .iter()
        .all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .then_some(rest)
}

/// The id that a page or a file is named after: with the label or the type of file that some have.
fn id_of_page(name: &str) -> Option<VersionedId> {
    let name = trim_prose(name);
    let name = FILE_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    parse_exact(strip_prefix_ignoring_case(name, "arxiv:").unwrap_or(name))
}

/// Whether a text may follow an id in the stamp on a paper's margin: `[cs.LG] 3 Jan 2024`, either part or nothing; or on its page: `(cs)`.
fn is_stamp(text: &str) -> bool {
    let text = text.trim();
    if let Some(archive) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let archive = archive.split_once('.').map_or(archive, |(archive, _class)| archive);
        return ARCHIVES.contains(&archive) || YOUNGER_ARCHIVES.contains(&archive);
    }
    let date = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        // A number in brackets is that of a reference.
        Some((category, date))
            if category.starts_with(|c: char| c.is_ascii_alphabetic())
                && category.chars().all(|c| c.is_ascii_alphanumeric() || ".-, ".contains(c)) =>
        {
            date
        }
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
    let is_month_of_scheme =
        month.len() == 4 && digits(month) && ("0704"..="9012").contains(&month) && is_month(month.get(2..)?);
    let is_counted = number.len() == length && digits(number) && number.contains(|c| c != '0');
    (is_month_of_scheme && is_counted).then(|| ArxivId(format!("{month}.{number}")))
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
    let is_month_of_scheme =
        (("9107"..="9912").contains(&month) || ("0001"..="0703").contains(&month)) && is_month(month.get(2..)?);
    let is_counted = number.get(4..)? != "000";
    let is_archive = ARCHIVES.contains(&archive.as_str());
    (digits && is_month_of_scheme && is_counted && is_archive).then(|| ArxivId(format!("{archive}/{number}")))
}

/// An id of the form since 2007 around a full stop.
fn scan_new(before: &str, after: &str) -> Option<VersionedId> {
    let month = before.get(before.len().checked_sub(4)?..)?;
    let left = before.get(..before.len() - 4)?;
    let inside_a_number = left.ends_with(|c: char| c.is_ascii_digit() || c == '=');
    let after_a_stop = left.ends_with('.') && !ends_with_ignoring_case(left, "arxiv.");
    let length = leading_digits(after);
    let id = new_id(month, after.get(..length)?)?;
    (!inside_a_number && !after_a_stop).then(|| VersionedId { id, version: leading_version(after.get(length..)) })
}

/// An id of the form before 2007 around a slash. The archive must be a whole word, or `docs/0112017` would be a paper in `cs`.
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

/// The version directly after an id in prose; None when it cannot be read.
fn leading_version(after: Option<&str>) -> Option<u16> {
    let digits = after?.strip_prefix('v')?;
    parse_version(digits.get(..leading_digits(digits))?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn arxiv(text: &str) -> String {
        match ArxivId::parse(text) {
            Some(VersionedId { id, version: Some(version) }) => format!("{id}|v{version}"),
            Some(VersionedId { id, version: None }) => id.to_string(),
            None => "NONE".into(),
        }
    }

    #[test]
    fn arxiv_ids_are_read_in_every_usual_spelling() {
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
            ("https://www.alphaxiv.org/overview/2401.00012", "2401.00012"),
            ("https://ar5iv.labs.arxiv.org/html/2401.00012", "2401.00012"),
            ("oai:arXiv.org:math/0309136", "math/0309136"),
            ("10.48550/arXiv.2401.00012", "2401.00012"),
            ("doi:10.48550/ARXIV.HEP-TH/9901001", "hep-th/9901001"),
            ("https://doi.org/10.48550/arxiv.2401.00012.", "2401.00012"),
            ("https://doi.org/10.48550%2FarXiv.2401.00012", "2401.00012"),
            ("https://search.datacite.org/works/10.48550/arxiv.2401.00012", "2401.00012"),
            ("arXiv:2401.00012v2 [cs.CL] 1 Mar 2024", "2401.00012|v2"),
            ("[arXiv:2401.00012v2 [cs.CL] 1 Mar 2024]", "2401.00012|v2"),
            ("2401.00012v2[cs.CL]", "2401.00012|v2"),
            ("arXiv 2401.00012", "2401.00012"),
            ("arXiv.2401.00012", "2401.00012"),
            ("arXiv preprint arXiv:2401.00012v1,", "2401.00012|v1"),
            ("(arXiv:hep-th/9901001).", "hep-th/9901001"),
            ("<https://arxiv.org/abs/2401.00012>", "2401.00012"),
            ("https://arxiv.org/pdf/2401.00012v2.pdf#page=3", "2401.00012|v2"),
            ("https://arxiv.org/pdf/2401.00012v2.pdf).", "2401.00012|v2"),
            ("https://arxiv.org/abs/hep-th%2F9901001v2", "hep-th/9901001|v2"),
            ("https://xxx.lanl.gov/abs/hep-th/9901001", "hep-th/9901001"),
            ("https://cn.arxiv.org/abs/2401.00012", "2401.00012"),
            ("https://huggingface.co/api/papers/2401.00012", "2401.00012"),
            ("https://huggingface.co/papers/2401.00012#community", "2401.00012"),
            ("https://www.alphaxiv.org/resources/2401.00012v1?tab=code", "2401.00012|v1"),
            ("https://www.arxiv-vanity.com/papers/2401.00012/", "2401.00012"),
            ("https://www.semanticscholar.org/arxiv/2401.00012", "2401.00012"),
            ("https://api.semanticscholar.org/arXiv:2401.00012", "2401.00012"),
            ("https://api.semanticscholar.org/graph/v1/paper/ARXIV:hep-th/9901001?fields=title", "hep-th/9901001"),
            ("https://ui.adsabs.harvard.edu/abs/arXiv:2401.00012/abstract", "2401.00012"),
            ("https://papers.cool/arxiv/2401.00012", "2401.00012"),
            ("2401.00012.pdf", "2401.00012"),
            ("2401.00012v2.pdf", "2401.00012|v2"),
            ("https://arxiv.org/abs/2401.00012%20", "2401.00012"),
            ("https://arxiv.org/abs/2401.00012v1%0A", "2401.00012|v1"),
            ("https://arxiv.org/abs/arXiv:2401.00012", "2401.00012"),
            ("https://arxiv.org/abs/2401.00012v2 [cs.LG]", "2401.00012|v2"),
            ("https://arxiv.org/abs/2401.00012v2 [cs.LG] 3 Jan 2024", "2401.00012|v2"),
            ("arXiv:2401.00012 (cs)", "2401.00012"),
            ("arXiv:2401.00012v1 (cond-mat.str-el)", "2401.00012|v1"),
            ("abs/2401.00012", "2401.00012"),
            ("/pdf/hep-th/9901001v2", "hep-th/9901001|v2"),
            ("https://www.alphaxiv.org/ko/overview/2401.00012", "2401.00012"),
            ("https://alphaxiv.org/zh-CN/abs/2401.00012v2", "2401.00012|v2"),
            ("https://www.emergentmind.com/papers/2401.00012", "2401.00012"),
            ("\u{feff}2401.00012", "2401.00012"),
            ("\u{200b}https://arxiv.org/abs/2401.00012\u{200b}", "2401.00012"),
            ("２４０１．０００１２", "2401.00012"),
            ("ａｒＸｉｖ：2401.00012ｖ２", "2401.00012|v2"),
            ("\"2401.00012\"", "2401.00012"),
        ];
        for (text, expected) in cases {
            assert_eq!(arxiv(text), expected, "{text}");
        }
    }

    proptest! {
        /// One id in every spelling is one id, and the id itself, its URLs and its DOI read back.
        #[test]
        fn every_spelling_of_an_id_is_that_id(
            id in "(0[7-9]|1[0-4])(0[4-9]|1[0-2])\\.[0-9]{3}[1-9]|(1[5-9]|2[0-9])(0[1-9]|1[0-2])\\.[0-9]{4}[1-9]|(hep-th|math)/9[2-9]0[1-9]00[1-9]",
            version in 1_u16..40,
        ) {
            let Some(VersionedId { id: own, version: None }) = ArxivId::parse(&id) else { panic!("{id}") };
            prop_assert_eq!(own.as_str(), &id);
            for text in [own.abstract_url(), own.pdf_url(), own.doi(), format!("https://doi.org/{}", own.doi())] {
                prop_assert_eq!(ArxivId::parse(&text), Some(VersionedId { id: own.clone(), version: None }), "{}", text);
            }
            let versioned = Some(VersionedId { id: own, version: Some(version) });
            for text in [
                format!("{id}v{version}"),
                format!("arXiv:{id}v{version} [cs.LG] 3 Jan 2024"),
                format!("https://arxiv.org/html/{id}v{version}"),
                format!("https://www.alphaxiv.org/overview/{id}v{version}"),
                format!("https://huggingface.co/papers/{id}v{version}"),
            ] {
                prop_assert_eq!(&ArxivId::parse(&text), &versioned, "{}", text);
                prop_assert_eq!(ArxivId::scan(&text), [versioned.clone().unwrap()], "{}", text);
            }
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
            "https://arxiv.org/abs/2401.00012 https://arxiv.org/abs/2401.00013",
            "https://arxiv.org/abs/2401.00012 (lora)",
            "https://arxiv.org/ko/2401.00012",
            "papers/2401.00012",
            "https://alphaxiv.org/html/2401.00012",
            "https://notarxiv.org/abs/2401.00012",
            "https://example.org/notarxiv/2401.00012",
            "2401.00012 [and more",
            "10.1000/arxiv/2401.00012",
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
}
