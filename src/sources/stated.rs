//! What a record of a bibliography or of a service states of one paper, and the paper made of it. The readers of the formats fill the
//! fields; which text is an identifier, where the paper appeared, which dates and categories there are is decided here, for all of them.

use super::categories::is_category;
use super::foreign_months;
use super::snapshot::one_line;
use super::stated_reading::StatedReading;
use super::text_tags::without_tags;
use super::urls::link_kind;
use crate::domain::bibtex_entry::BibtexEntry;
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::identity::{ArxivId, Doi, VersionedId};
use crate::domain::markup::Markup;
use crate::domain::named_date::month_named;
use crate::domain::paper::{Author, Link, LinkKind, Paper};
use crate::domain::publication_status::PublicationStatus;
use crate::domain::record::{Record, stored_text};
use crate::domain::text::Text;

/// What a record states. Texts are as the source spells them: title and abstract in `markup`, all others in plain Unicode.
#[derive(Debug, Default)]
pub(super) struct StatedPaper {
    pub(super) markup: Markup,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) authors: Vec<Author>,
    pub(super) published: Option<PartialDate>,
    pub(super) updated: Option<PartialDate>,
    /// Texts that are an arXiv id or a DOI in any spelling, the most certain first; what is neither is left out.
    pub(super) ids: Vec<String>,
    /// Addresses of pages: identifiers where they are one, links where not.
    pub(super) urls: Vec<String>,
    pub(super) links: Vec<Link>,
    pub(super) place: PublishedIn,
    /// The reference as the source itself writes it; goes before `place`.
    pub(super) journal_ref: Option<String>,
    pub(super) categories: Vec<String>,
    pub(super) keywords: Vec<String>,
    pub(super) comments: Vec<String>,
    pub(super) license: Option<String>,
    /// Where the source has a flag for it; texts are read by all imports.
    pub(super) publication_status: Option<PublicationStatus>,
    pub(super) reading: StatedReading,
    pub(super) bibtex: Option<BibtexEntry>,
}

/// Where a paper appeared: a journal with volume and pages, or a conference.
#[derive(Debug, Default)]
pub(super) struct PublishedIn {
    pub(super) venue: String,
    pub(super) volume: String,
    pub(super) number: String,
    pub(super) pages: String,
}

impl StatedPaper {
    /// The record of the paper and of its reading state, if any.
    ///
    /// # Errors
    /// A message, when nothing identifies the paper or it has no title.
    pub(super) fn record(mut self) -> Result<Box<Record>, String> {
        let reading = std::mem::take(&mut self.reading).into_reading();
        Ok(Box::new(Record { paper: self.paper()?, reading, ..Record::default() }))
    }

    fn paper(self) -> Result<Paper, String> {
        let title = one_line(&without_tags(&self.title, self.markup));
        if title.is_empty() {
            return Err("no title".to_owned());
        }
        let mut paper = Paper {
            authors: self.authors.into_iter().filter(|author| !author.as_str().trim().is_empty()).collect(),
            published: self.published,
            updated: self.updated,
            links: self.links,
            publication_status: self.publication_status,
            bibtex: self.bibtex.map(Box::new),
            license: self.license.map(|text| one_line(&text)).filter(|text| !text.is_empty()),
            ..Paper::default()
        };
        for id in &self.ids {
            identify(&mut paper, id);
        }
        for url in &self.urls {
            let url = one_line(url);
            // Addresses that an identifier stands for are derived from it.
            if !url.is_empty() && !identify(&mut paper, &url) && is_web_address(&url) && !has_link(&paper, &url) {
                paper.links.push(Link { kind: page_kind(&url), url });
            }
        }
        // Services pass on what arXiv has, with its LaTeX.
        let is_tex = |text: &str| paper.arxiv.is_some() && ["$", "\\", "--"].iter().any(|sign| text.contains(sign));
        let markup = |text: &str| if is_tex(text) { Markup::Tex } else { self.markup };
        let summary = without_tags(&self.summary, self.markup);
        let summary = stored_text(summary.trim());
        let (title_markup, summary_markup) = (markup(&title), markup(&summary));
        paper.title = Text::new(title, title_markup);
        paper.summary = (!summary.is_empty()).then(|| Text::new(summary, summary_markup));
        let has_page = paper.arxiv.is_some()
            || paper.doi.is_some()
            || paper.links.iter().any(|link| link.kind == LinkKind::Abstract);
        if let Some(link) =
            paper.links.iter_mut().find(|link| [LinkKind::Project, LinkKind::Other].contains(&link.kind) && !has_page)
        {
            link.kind = LinkKind::Abstract;
        }
        (paper.venue, paper.journal_ref) = self.place.stated(paper.published);
        paper.journal_ref = self.journal_ref.filter(|text| !text.is_empty()).or(paper.journal_ref);
        paper.categories = distinct(self.categories.iter().filter(|text| is_category(text)));
        paper.keywords = distinct(&self.keywords);
        let comments = distinct(&self.comments);
        paper.comment = (!comments.is_empty()).then(|| comments.join("; "));
        // Papers without any of these would all get the same key.
        if paper.arxiv.is_none() && paper.doi.is_none() && paper.title_key().is_empty() {
            let title = Clean::new(&paper.title.source).cut(40);
            return Err(format!("expected a title with letters or digits, found `{title}`"));
        }
        Ok(paper)
    }
}

/// The authors of one name as reference managers list it: `Family, Given`, `Family, Given, Suffix`, a printed name, or several of them.
pub(super) fn listed_author(name: &str) -> Vec<Author> {
    let parts: Vec<&str> = name.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        _ if name.contains(';') => Author::list([one_line(name).as_str()]),
        [family, given] => Author::stated(&one_line(family), &one_line(given), "").collect(),
        [family, given, suffix] if !suffix.contains(' ') => {
            Author::stated(&one_line(family), &one_line(given), &one_line(suffix)).collect()
        }
        [] => Vec::new(),
        _ => Author::list([one_line(name.trim_end_matches([',', ' '])).as_str()]),
    }
}

/// A title without the full stop behind it that PubMed and DBLP write, and without the brackets of one that PubMed translated.
pub(super) fn without_stop(title: &str) -> &str {
    let title = title.trim();
    let plain = title.strip_suffix('.').filter(|title| !title.ends_with('.')).unwrap_or(title);
    plain
        .strip_prefix('[')
        .and_then(|title| title.strip_suffix(']'))
        .filter(|title| !title.contains(['[', ']']))
        .unwrap_or(plain)
}

/// `Wei Wang` of `Wei Wang 0001`: how DBLP numbers people of one name.
pub(super) fn without_number(name: &str) -> &str {
    let number = |last: &str| last.len() == 4 && last.bytes().all(|byte| byte.is_ascii_digit());
    name.rsplit_once(' ').filter(|(_, last)| number(last)).map_or(name, |(name, _)| name)
}

/// Pages of PubMed, for its number of a paper.
pub(super) fn pubmed_link(pmid: &str) -> Option<Link> {
    let pmid = pmid.trim();
    let is_number = !pmid.is_empty() && pmid.len() <= 12 && pmid.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Link { kind: LinkKind::Other, url: format!("https://pubmed.ncbi.nlm.nih.gov/{pmid}/") })
}

/// The most precise of several dates that agree in the year with the first.
pub(super) fn best_date<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<PartialDate> {
    let parts = |date: &PartialDate| u8::from(date.month().is_some()) + u8::from(date.day().is_some());
    let texts: Vec<&str> = texts.into_iter().collect();
    let year = texts.iter().find_map(|text| date_in(text))?.year();
    // A day without its year beside a year.
    let dates = texts.iter().filter_map(|text| date_in(text).or_else(|| date_in(&format!("{text} {year}"))));
    let dates: Vec<PartialDate> = dates.collect();
    // Of dates that are as precise the first.
    dates.into_iter().filter(|date| date.year() == year).rev().max_by_key(parts)
}

/// The addresses in a field that lists them, `//host/path` with its scheme.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = String> + '_ {
    let parts = text.split(|c: char| c.is_whitespace()).flat_map(|part| part.split(";http").enumerate());
    let parts = parts.map(|(place, part)| if place == 0 { part.to_owned() } else { format!("http{part}") });
    parts.map(|part| part.trim_matches([';', '<', '>']).to_owned()).filter(|part| !part.is_empty()).map(|part| {
        match part.strip_prefix("//") {
            Some(rest) => format!("https://{rest}"),
            None => part,
        }
    })
}

/// Takes an identifier, if the text is one; true, if it was.
fn identify(paper: &mut Paper, text: &str) -> bool {
    if let Some(VersionedId { id, version }) = ArxivId::parse(text) {
        if paper.arxiv.is_none() {
            (paper.arxiv, paper.version) = (Some(id), version);
        } else if paper.arxiv.as_ref() == Some(&id) {
            paper.version = paper.version.max(version);
        }
        return true;
    }
    match Doi::parse(text) {
        Some(doi) => {
            // The address of a page that holds a DOI is worth keeping.
            let is_plain = !text.contains("://") || text.contains("doi.org/");
            paper.doi.get_or_insert(doi);
            is_plain
        }
        None => false,
    }
}

fn has_link(paper: &Paper, url: &str) -> bool {
    paper.links.iter().any(|link| link.url == url)
}

fn is_web_address(url: &str) -> bool {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://")) && !url.contains(char::is_whitespace)
}

fn page_kind(url: &str) -> LinkKind {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    if path.to_ascii_lowercase().ends_with(".pdf") { LinkKind::Pdf } else { link_kind(url) }
}

/// Texts on one line, each once, without blank ones.
fn distinct<'a>(texts: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts.into_iter().map(|text| one_line(text)) {
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

impl PublishedIn {
    /// Venue and journal reference. A preprint has neither.
    fn stated(&self, published: Option<PartialDate>) -> (Option<String>, Option<String>) {
        let [venue, volume, number, pages] = [&self.venue, &self.volume, &self.number, &self.pages]
            .map(|text| one_line(&without_tags(text, Markup::Plain)));
        if venue.is_empty() || is_preprint_server(&venue) {
            return (None, None);
        }
        if volume.is_empty() && pages.is_empty() {
            return (Some(venue), None);
        }
        let mut reference = venue.clone();
        if !volume.is_empty() {
            reference.push_str(&format!(" {volume}"));
        }
        if !number.is_empty() && !volume.is_empty() {
            reference.push_str(&format!("({number})"));
        }
        if let Some(date) = published {
            reference.push_str(&format!(" ({})", date.year()));
        }
        if !pages.is_empty() {
            reference.push_str(&format!(" {}", pages.replace("--", "–")));
        }
        (Some(venue), Some(reference))
    }
}

/// `arXiv`, `CoRR`, `arXiv preprint arXiv:2401.00001`, `arXiv:2401.00001 [cs]`, `ArXiv e-prints`
pub(super) fn is_preprint_server(venue: &str) -> bool {
    let start = venue.trim_start().get(..5).unwrap_or_default();
    start.eq_ignore_ascii_case("arxiv") || ["corr", "abs/"].iter().any(|name| venue.trim().eq_ignore_ascii_case(name))
}

/// The categories in the brackets of `arXiv:2401.00001 [cs.LG, stat]`.
pub(super) fn bracketed_categories(text: &str) -> Vec<String> {
    let inside = text.rsplit_once('[').and_then(|(_, rest)| rest.split(']').next()).unwrap_or_default();
    inside.split([',', ' ', ';']).map(str::trim).filter(|part| is_category(part)).map(str::to_owned).collect()
}

/// The arXiv id in a text that is about arXiv: `arXiv preprint arXiv:2401.00001, 2024`. None in other prose, whose numbers may look like one.
pub(super) fn arxiv_mention(text: &str) -> Option<String> {
    let start = text.trim_start();
    let is_about = ["arxiv", "corr", "abs/", "preprint", "eprint", "e-print"]
        .iter()
        .any(|word| start.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)));
    if !is_about {
        return None;
    }
    let found = ArxivId::scan(text).into_iter().next()?;
    Some(match found.version {
        Some(version) => format!("arXiv:{}v{version}", found.id),
        None => format!("arXiv:{}", found.id),
    })
}

/// A date of parts as records spell them: a year among other signs, a month by name or number, a day.
pub(super) fn date(year: &str, month: &str, day: &str) -> Option<PartialDate> {
    let year = year_in(year)?;
    let month_words: Vec<&str> = month.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let named = month_words.iter().find(|word| is_month_name(word)).and_then(|word| month_of(word));
    let month = named.or_else(|| month_words.first().and_then(|word| month_of(word)));
    // `10~jan`, `jan 10`
    let is_number = |word: &&&str| word.bytes().all(|byte| byte.is_ascii_digit());
    let in_month = || month_words.iter().find(is_number).filter(|_| named.is_some()).copied();
    let day = day.trim();
    let day = if day.is_empty() { in_month() } else { Some(day) }.and_then(|day| day.parse().ok());
    PartialDate::new(year, month, day.filter(|_| month.is_some()))
        .or_else(|| PartialDate::new(year, month, None))
        .or_else(|| PartialDate::new(year, None, None))
}

/// The first year in a text: four digits that no other digit touches.
fn year_in(text: &str) -> Option<i16> {
    let is_year = |digits: &&str| digits.len() == 4;
    let year = text.split(|c: char| !c.is_ascii_digit()).find(is_year)?;
    year.parse().ok().filter(|year| (1000..=2999).contains(year))
}

/// A month by number, name or abbreviation, in the languages of bibliographies.
fn month_of(word: &str) -> Option<u8> {
    match word.parse() {
        Ok(month) => (1..=12).contains(&month).then_some(month),
        Err(_) => month_named(word).or_else(|| foreign_months::month(word)),
    }
}

fn is_month_name(word: &str) -> bool {
    word.starts_with(char::is_alphabetic) && month_of(word).is_some()
}

/// A date in one text: `2024-01-03T10:00:00Z`, `2024/01/03/`, `2024-01-03/2024-02-01`, `2024 Jan 3`, `3 January 2024`, `c. 2024`.
pub(super) fn date_in(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    if let [year, rest @ ..] = parts.as_slice()
        && year.len() == 4
        && !rest.is_empty()
        && rest.iter().take(2).all(|part| part.bytes().all(|byte| byte.is_ascii_digit()) && part.len() <= 2)
    {
        let part = |place: usize| rest.get(place).copied().unwrap_or_default();
        return date(year, part(0), part(1));
    }
    // `8/2020`
    if let [month, year] = parts.as_slice()
        && year.len() == 4
        && month.len() <= 2
        && month.parse().is_ok_and(|month: u8| (1..=12).contains(&month))
    {
        return date(year, month, "");
    }
    let words = text.split(|c: char| !c.is_alphanumeric());
    if !words.clone().any(is_month_name) {
        return date(text, "", "");
    }
    let rest: Vec<&str> = words.filter(|word| year_in(word).is_none()).collect();
    date(text, &rest.join(" "), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(stated: StatedPaper) -> Paper {
        stated.record().unwrap().paper
    }

    #[test]
    fn identifiers_are_told_from_links() {
        let stated = |ids: &[&str], urls: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
            paper(StatedPaper { title: "T".into(), ids: owned(ids), urls: owned(urls), ..StatedPaper::default() })
        };
        let one = stated(&["10.1007", "NIHMS1", "10.1000/a", "arXiv:2401.00001v2"], &["https://doi.org/10.1000/b"]);
        assert_eq!(
            (one.doi.unwrap().as_str(), one.arxiv.unwrap().as_str(), one.version),
            ("10.1000/a", "2401.00001", Some(2))
        );
        assert_eq!(one.links, []);
        let two = stated(
            &[],
            &["http://arxiv.org/abs/2401.00001v3", "https://github.com/a/b", "file:///x", "https://x.org/p.pdf"],
        );
        assert_eq!((two.arxiv.unwrap().as_str(), two.version), ("2401.00001", Some(3)));
        let kinds: Vec<_> = two.links.iter().map(|link| link.kind).collect();
        assert_eq!(kinds, [LinkKind::Code, LinkKind::Pdf]);
        let three = stated(&[], &["https://dl.acm.org/doi/10.1145/1.2"]);
        assert_eq!((three.doi.unwrap().as_str(), three.links.len()), ("10.1145/1.2", 1));
        assert_eq!(stated(&[], &["https://example.org/paper"]).links[0].kind, LinkKind::Abstract);
    }

    #[test]
    fn a_paper_without_a_title_is_refused() {
        for (title, reason) in
            [("", "no title"), ("<i> </i>", "no title"), ("?!", "expected a title with letters or digits, found `?!`")]
        {
            let stated = StatedPaper { title: title.into(), ..StatedPaper::default() };
            assert_eq!(stated.record().unwrap_err(), reason);
        }
        let stated = StatedPaper { title: "?!".into(), ids: vec!["2401.00001".into()], ..StatedPaper::default() };
        assert!(stated.record().is_ok());
    }

    #[test]
    fn where_a_paper_appeared() {
        let place = |venue: &str, volume: &str, number: &str, pages: &str| {
            let place =
                PublishedIn { venue: venue.into(), volume: volume.into(), number: number.into(), pages: pages.into() };
            let (venue, reference) = place.stated(PartialDate::new(2024, None, None));
            format!("{} | {}", venue.unwrap_or_default(), reference.unwrap_or_default())
        };
        assert_eq!(
            place("Algebraic &amp; Topology", "3", "2", "1--9"),
            "Algebraic & Topology | Algebraic & Topology 3(2) (2024) 1–9"
        );
        assert_eq!(place("Proc. of X", "", "", "1-9"), "Proc. of X | Proc. of X (2024) 1-9");
        assert_eq!(place("Proc. of X", "", "4", ""), "Proc. of X | ");
        for preprint in ["CoRR", "arXiv preprint arXiv:2401.00001", "arXiv:2401.00001 [cs]", "ArXiv e-prints", ""] {
            assert_eq!(place(preprint, "abs/2401.00001", "", ""), " | ");
        }
    }

    #[test]
    fn dates_are_read_in_every_spelling() {
        let found = |date: Option<PartialDate>| date.map(|date| date.to_string()).unwrap_or_default();
        for (year, month, day, expected) in [
            ("2004", "jan", "", "2004-01"),
            ("{2004}", "May", "3", "2004-05-03"),
            ("2004/05", "10~jan", "", "2004-01-10"),
            ("c. 1999", "Sept.", "", "1999-09"),
            ("2018a", "12", "31", "2018-12-31"),
            ("2023", "février", "30", "2023-02"),
            ("2023", "13", "", "2023"),
            ("2023", "jan-feb", "", "2023-01"),
            ("in press", "jan", "", ""),
            ("19XX", "", "", ""),
            ("20241", "", "", ""),
        ] {
            assert_eq!(found(date(year, month, day)), expected, "{year} {month} {day}");
        }
        for (text, expected) in [
            ("2024-01-03T10:00:00Z", "2024-01-03"),
            ("2024/01/03/", "2024-01-03"),
            ("2024///", "2024"),
            ("2024/05//Spring", "2024-05"),
            ("2024-01-03/2024-02-01", "2024-01-03"),
            ("2012-13", "2012"),
            ("2019-10-00", "2019-10"),
            ("2024 Jan 3", "2024-01-03"),
            ("2024 Jan-Feb", "2024-01"),
            ("3 January 2024", "2024-01-03"),
            ("January 3, 2024", "2024-01-03"),
            ("Fri, 05 Jan 2024", "2024-01-05"),
            ("May 3 2024", "2024-05-03"),
            ("8/2020", "2020-08"),
            ("13/2020", "2020"),
            ("c. 2024", "2024"),
            ("19XXX-XX-XX", ""),
            ("", ""),
        ] {
            assert_eq!(found(date_in(text)), expected, "{text}");
        }
    }

    #[test]
    fn categories_and_mentions_of_arxiv() {
        assert_eq!(bracketed_categories("arXiv:2401.00001 [cs.LG, stat, hep-th]"), ["cs.LG", "hep-th"]);
        assert!(is_category("cond-mat.mes-hall") && !is_category("cs") && !is_category("I.2.6"));
        for (text, expected) in [
            ("arXiv preprint arXiv:2401.00001, 2024", Some("arXiv:2401.00001")),
            ("arXiv: 1406.1078 [cs, stat]", Some("arXiv:1406.1078")),
            ("abs/2401.00001v2", Some("arXiv:2401.00001v2")),
            ("Extended version of arXiv:2401.00001", None),
            ("Phys. Rev. 1234.5678", None),
        ] {
            assert_eq!(arxiv_mention(text).as_deref(), expected, "{text}");
        }
    }
}
