//! A page that lists what was announced on a day: the newest announcement of a category (`/list/CAT/new`) or that of an earlier day
//! (`/catchup/CAT/DAY`). Only the ids are read, by section, and what the page says of itself: its day, and how many entries there are.

use jiff::civil::Date;

use crate::domain::identity::ArxivId;
use crate::sources::stated::date_in;

/// The section of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ListingSection {
    New,
    Cross,
    Replaced,
}

/// By the beginnings of their headings.
const SECTIONS: [(&str, ListingSection); 4] = [
    ("New submissions", ListingSection::New),
    ("Cross submissions", ListingSection::Cross),
    ("Cross-lists", ListingSection::Cross),
    ("Replacement", ListingSection::Replaced),
];

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ListingPage {
    pub(super) day: Option<Date>,
    /// Entries of the whole list, of which this may be a part.
    pub(super) total: Option<usize>,
    /// The same for each section.
    pub(super) declared: Vec<(ListingSection, usize)>,
    /// In the order of the page.
    pub(super) entries: Vec<(ListingSection, ArxivId)>,
    /// Entries without an id.
    pub(super) unread: usize,
}

/// Reads what stands between the tags; a page that is none of arXiv's has no day.
pub(super) fn read(page: &str) -> ListingPage {
    let (mut listing, mut section, mut entry) = (ListingPage::default(), ListingSection::New, EntryPlace::Outside);
    for piece in page.split('<').skip(1) {
        let Some((tag, text)) = piece.split_once('>') else { continue };
        let name = tag.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "dt" => {
                listing.unread += usize::from(entry == EntryPlace::Open);
                entry = EntryPlace::Open;
            }
            "/dt" | "dd" => {
                listing.unread += usize::from(entry == EntryPlace::Open);
                entry = EntryPlace::Outside;
            }
            "a" if entry == EntryPlace::Open => {
                if let Some(id) = linked_id(tag) {
                    listing.entries.push((section, id));
                    entry = EntryPlace::Named;
                }
            }
            _ => {}
        }
        if entry == EntryPlace::Outside
            && let Some(found) = listing.heading(text.trim())
        {
            section = found;
        }
    }
    listing
}

/// Where in a `dt` the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EntryPlace {
    Outside,
    /// Its id is still to come.
    Open,
    Named,
}

impl ListingPage {
    /// Takes a text that may be a heading; the section that it opens.
    fn heading(&mut self, text: &str) -> Option<ListingSection> {
        let day = text.strip_prefix("Showing new listings for ");
        let earlier = text.strip_prefix("Catchup results for ").and_then(|text| text.rsplit_once(" on "));
        if let Some(day) = day.or(earlier.map(|(_, day)| day)) {
            self.day = date_in(day).filter(|day| day.day().is_some()).map(|day| day.first_day());
        }
        if let Some(rest) = text.strip_prefix("Total of ") {
            self.total = rest.split(' ').next().and_then(|number| number.parse().ok());
        }
        let (_, section) = SECTIONS.iter().find(|(start, _)| text.starts_with(start))?;
        // `(showing 83 of 83 entries)`, `(continued, showing last 5 of 300 entries )`
        let (_, bracket) = text.split_once('(')?;
        let (_, of) = bracket.rsplit_once(" of ")?;
        let count = of.split(' ').next()?.parse().ok()?;
        self.declared.push((*section, count));
        Some(*section)
    }
}

/// The id in `<a href ="/abs/2606.00001v2" title="Abstract">`.
fn linked_id(tag: &str) -> Option<ArxivId> {
    let (_, rest) = tag.split_once("/abs/")?;
    let id = rest.split(|c: char| c == '"' || c == '\'' || c == '?' || c == '#' || c.is_whitespace()).next()?;
    ArxivId::parse(id).map(|versioned| versioned.id)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn both_kinds_of_pages_are_read() {
        let newest = "<!DOCTYPE html><ul><li><a href=\"#item1\">New submissions</a></li></ul>\n\
            <h3>Showing new listings for Thursday, 3 September 2026</h3>\n<div class='paging'>Total of 4 entries </div>\n\
            <dl id='articles'><h3>New submissions (showing 2 of 2 entries)</h3>\n\
            <dt><a name='item1'>[1]</a> <a href =\"/abs/2609.00001\" title=\"Abstract\" id=\"2609.00001\"> arXiv:2609.00001 </a>\n\
            [<a href=\"/pdf/2609.00001\" title=\"Download PDF\">pdf</a>]</dt>\n\
            <dd><div class='meta'>Title: About <a href=\"/abs/1706.03762\">another</a>; New submissions (of 7 of 9 kinds)</div></dd>\n\
            <dt><a href='https://arxiv.org/abs/2609.00002v1' title='Abstract'>x</a></dt><dd></dd></dl>\n\
            <dl><h3>Cross submissions (showing 1 of 1 entries )</h3><dt><a title=\"Abstract\" href=\"/abs/hep-th/9901001\">x</a></dt><dd></dd></dl>\n\
            <h3>Replacement submissions (showing 1 of 1 entries)</h3><dl><dt><a href=\"/pdf/1\">no id</a></dt><dd>x</dd></dl>";
        let page = read(newest);
        assert_eq!((page.day, page.total, page.unread), (Some(date(2026, 9, 3)), Some(4), 1));
        assert_eq!(
            page.declared[..3],
            [(ListingSection::New, 2), (ListingSection::Cross, 1), (ListingSection::Replaced, 1)]
        );
        let ids: Vec<_> = page.entries.iter().map(|(section, id)| (*section, id.as_str())).collect();
        let expected = [
            (ListingSection::New, "2609.00001"),
            (ListingSection::New, "2609.00002"),
            (ListingSection::Cross, "hep-th/9901001"),
        ];
        assert_eq!(ids, expected);

        let earlier = "<html><h1>Catchup results for Studies on Kites on Thu, 05 Jan 2024</h1> Total of 0 entries \
            <p>No updates for Thu, 05 Jan 2024</p>";
        assert_eq!(
            read(earlier),
            ListingPage { day: Some(date(2024, 1, 5)), total: Some(0), ..ListingPage::default() }
        );
        let continued = "<html><h3>Replacement submissions (continued, showing last 5 of 300 entries)</h3>";
        assert_eq!(read(continued).declared, [(ListingSection::Replaced, 300)]);
        assert_eq!(read("<html><h1>Please log in</h1>").day, None);
    }
}
