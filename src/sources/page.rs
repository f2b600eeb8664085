//! A Hugging Face papers page copied as text: cards of papers as today's pages show them, titles and abstracts in turn, or titles alone.
//! What a page does not state about a paper (ids without links, authors) is not guessed; a file that is no such page is refused.

use std::collections::HashMap;

use jiff::civil::Date;

use super::decode::{FileHead, InputLines};
use super::header::{self, DayLine};
use super::input::Origin;
use super::item::{ImportNotice, ReadItem, Rejection, Visit};
use super::page_lines::{PageBlock, PageSection, sections};
use super::pairing::{LONGEST_TITLE, Pairing, SHORTEST_ABSTRACT};
use super::repeated;
use super::rhythm::{self, PageReading, may_be_a_title, without_numbers};
use super::urls::links_in;
use super::wrapped;
use crate::domain::clean::Clean;
use crate::domain::markup::Markup;
use crate::domain::paper::{Digest, Paper, Sighting};
use crate::domain::record::{Record, stored_text};
use crate::domain::text::Text;
use crate::error::{Error, Result};

/// A line that only such a page has.
pub(super) fn recognises(head: &FileHead<'_>) -> bool {
    !head.text.trim_start().starts_with('<') && head.lines().any(header::names_the_page)
}

/// Reads a whole page, then yields its papers in their order. A line that belongs to no paper is rejected alone, the page of a day that is
/// none with its reason; when nothing is left, the file is refused.
pub(super) fn read(origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let (mut refusals, mut found) = (Vec::new(), Vec::new());
    for mut section in sections(origin, lines)? {
        section.blocks = repeated::without(std::mem::take(&mut section.blocks));
        let reading = match wrapped::join(&mut section) {
            Ok(()) => rhythm::reading(&section),
            Err(unclear) => PageReading::Refused(format!(
                "has lines that were broken at {} columns, and no blank lines that part titles from abstracts",
                unclear.width
            )),
        };
        match reading {
            PageReading::Refused(reason) => {
                let line = section.blocks.first().map_or(1, |block| block.line);
                found.push(rejected(line, format!("the page that begins here {reason}")));
                refusals.push(reason);
            }
            PageReading::Pairs(parts) => found.extend(PageReader::new(origin, &section).pairs(&parts)),
            PageReading::Titles => found.extend(PageReader::new(origin, &section).titles()),
        }
    }
    if let (Some(reason), true) = (refusals.first(), found.len() == refusals.len()) {
        let hint = "a papers page is a title and an abstract in turn, one line each, or one title a line";
        return Err(Error::data(format!("{} {reason}", origin.shown)).hint(hint));
    }
    for item in found {
        if each(item).is_break() {
            break;
        }
    }
    Ok(())
}

/// Reads the papers of one section.
struct PageReader<'a> {
    origin: &'a Origin<'a>,
    section: &'a PageSection,
    digest: Digest,
    /// Lines of the titles met, by title key.
    titles: HashMap<String, usize>,
    rank: u32,
}

impl<'a> PageReader<'a> {
    fn new(origin: &'a Origin<'a>, section: &'a PageSection) -> Self {
        Self {
            origin,
            section,
            digest: digest(origin, section.header.day, section.header.linked_day),
            titles: HashMap::new(),
            rank: 0,
        }
    }

    fn pairs(mut self, parts: &[Pairing]) -> Vec<ReadItem> {
        let mut found = Vec::new();
        if let Some((line, count)) = self.section.above {
            let lines = if count == 1 { "line" } else { "lines" };
            found.push(notice(line, format!("{count} {lines} above the votes of the first paper")));
        }
        let strangers = self.strangers(parts);
        for part in parts {
            match *part {
                Pairing::Pair(place) if strangers.contains(&place) => self.stranger(place, &mut found),
                Pairing::Pair(place) => self.pair(place, &mut found),
                Pairing::Alone(place) => self.alone(place, &mut found),
            }
        }
        found
    }

    /// Places of pairs without votes, authors and date, on a page where all the others have some: advertisements, banners.
    fn strangers(&self, parts: &[Pairing]) -> Vec<usize> {
        let section = self.section;
        let dated = |place: usize| section.blocks.get(place).is_some_and(|block| block.published.is_some());
        let is_card = |place: usize| {
            section.ends_paper(place) || self.votes(place, 2).is_some() || dated(place) || dated(place + 1)
        };
        let pairs = parts.iter().filter_map(|part| match part {
            Pairing::Pair(place) => Some(*place),
            Pairing::Alone(_) => None,
        });
        let (cards, strangers): (Vec<usize>, Vec<usize>) = pairs.partition(|place| is_card(*place));
        let is_page_of_cards = section.card_marks >= 2 && cards.len() >= 2 && cards.len() >= 2 * strangers.len();
        if is_page_of_cards { strangers } else { Vec::new() }
    }

    fn stranger(&self, place: usize, found: &mut Vec<ReadItem>) {
        let Some(block) = self.section.blocks.get(place) else { return };
        let start = Clean::new(&block.text.chars().take(200).collect::<String>()).cut(60);
        let reason = format!("no votes, authors or date, which the papers of the page have: {start}");
        found.push(rejected(block.line, reason));
    }

    fn pair(&mut self, place: usize, found: &mut Vec<ReadItem>) {
        let blocks = &self.section.blocks;
        let (Some(title), Some(summary)) = (blocks.get(place), blocks.get(place + 1)) else { return };
        self.rank += 1;
        if let Some(bad) = [title, summary].into_iter().find_map(not_text) {
            found.push(bad);
            return;
        }
        let (title_length, abstract_length) = (title.length(), summary.length());
        if title_length > LONGEST_TITLE {
            found.push(notice(title.line, format!("a title of {} characters", title.characters())));
        }
        if abstract_length < SHORTEST_ABSTRACT {
            found.push(notice(summary.line, format!("an abstract of {} characters", summary.characters())));
        }
        let votes = self.votes(place, 2);
        found.extend(self.paper(title, &title.text, Some(summary), votes));
    }

    /// Beside papers such a line is what a slip left over. A date alone begins the list of another day.
    fn alone(&mut self, place: usize, found: &mut Vec<ReadItem>) {
        let Some(block) = self.section.blocks.get(place) else { return };
        if let Some(bad) = not_text(block) {
            found.push(bad);
            return;
        }
        if let Some(day) = header::day_line(&block.text) {
            let linked = self.section.header.linked_day;
            (self.digest, self.rank) = (digest(self.origin, Some(day), linked), 0);
            return;
        }
        let start = Clean::new(&block.text.chars().take(200).collect::<String>()).cut(60);
        let is_title = block.length() <= LONGEST_TITLE;
        let what = if is_title { "a title without an abstract" } else { "an abstract without a title" };
        found.push(rejected(block.line, format!("{what}: {start}")));
    }

    /// Every block is a title.
    fn titles(mut self) -> Vec<ReadItem> {
        let blocks = &self.section.blocks;
        let mut found = Vec::new();
        if let Some(first) = blocks.first() {
            let what = match blocks.len() {
                1 => "a title without an abstract".to_owned(),
                count => format!("{count} titles without abstracts"),
            };
            found.push(notice(first.line, what));
        }
        let titles = without_numbers(blocks.iter().map(|block| block.text.as_str()));
        for (place, (block, title)) in blocks.iter().zip(titles).enumerate() {
            self.rank += 1;
            if let Some(bad) = not_text(block) {
                found.push(bad);
            } else if may_be_a_title(title) {
                let votes = self.votes(place, 1);
                found.extend(self.paper(block, title, None, votes));
            } else {
                let start = Clean::new(&title.chars().take(200).collect::<String>()).cut(60);
                found.push(rejected(block.line, format!("not a title: {start}")));
            }
        }
        found
    }

    /// Votes of the paper that begins at a place and has this many blocks.
    fn votes(&self, place: usize, blocks: usize) -> Option<u32> {
        let section = self.section;
        let inside = (1..blocks).find_map(|block| section.numbers_before(place + block).map(|(first, _)| first));
        inside.or_else(|| {
            if section.votes_come_first() {
                section.numbers_before(place).map(|(_, last)| last)
            } else {
                section.numbers_before(place + blocks).map(|(first, _)| first)
            }
        })
    }

    /// The paper, and what is peculiar about it.
    fn paper(
        &mut self,
        block: &PageBlock,
        title: &str,
        summary: Option<&PageBlock>,
        votes: Option<u32>,
    ) -> Vec<ReadItem> {
        let text = summary.map(|summary| stored_text(&summary.text));
        let link = block.link.as_ref().or_else(|| summary?.link.as_ref()).or(block.login.as_ref());
        let published = summary.and_then(|summary| summary.published).or(block.published);
        let listed = self.digest.day.map_or(self.origin.modified, |day| day.last_day());
        let paper = Paper {
            arxiv: link.cloned(),
            title: Text::new(stored_text(title), Markup::Page),
            links: links_in(text.as_deref().unwrap_or_default()),
            summary: text.map(|text| Text::new(text, Markup::Page)),
            published: published.and_then(|day| day.resolve(listed)),
            sightings: vec![Sighting { digest: self.digest.clone(), rank: Some(self.rank), votes }],
            ..Paper::default()
        };
        let line = block.line;
        let key = paper.title_key();
        if key.is_empty() {
            return vec![rejected(line, "a title without letters or digits".to_owned())];
        }
        let mut found = Vec::with_capacity(2);
        if let Some(earlier) = self.titles.insert(key, line) {
            found.push(notice(line, format!("the same title as in line {earlier}")));
        }
        found.push(ReadItem::Record { line, record: Box::new(Record { paper, ..Record::default() }) });
        found
    }
}

fn not_text(block: &PageBlock) -> Option<ReadItem> {
    block.not_text.map(|why| rejected(block.line, why.reason()))
}

fn rejected(line: usize, reason: String) -> ReadItem {
    ReadItem::Rejected(Rejection { line, reason })
}

fn notice(line: usize, message: String) -> ReadItem {
    ReadItem::Notice(ImportNotice { line, message })
}

/// The digest of a page: its day where one is known, else the file.
fn digest(origin: &Origin<'_>, day: Option<DayLine>, linked: Option<Date>) -> Digest {
    let stated = day.and_then(|line| match linked {
        Some(linked) => line.nearest(linked),
        None => line.resolve(origin.modified),
    });
    let day = origin.digest_day.or(stated);
    let (name, label) = match day {
        Some(day) => (day.to_string(), Clean::new(&day.in_words())),
        None => (origin.stem().to_owned(), origin.words()),
    };
    Digest { id: format!("hf:{name}"), source: "hf".into(), label, day }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::paper::LinkKind;
    use crate::sources::tests::{papers, read_bytes, read_text, summary};

    const BLANK_LINES: &str = include_str!("../../tests/fixtures/pages/blank_lines.txt");
    const NO_BLANK_LINES: &str = include_str!("../../tests/fixtures/pages/no_blank_lines.txt");
    const SLOPPY: &str = include_str!("../../tests/fixtures/pages/sloppy.txt");
    const TITLES: [&str; 4] = [
        "Kite Sampling: Drawing Long Sequences from Short Strings",
        "Do Small Gardens Need Large Gardeners?",
        "L_0 Lanterns for Sparse Retrieval",
        "Quiet Rooms: Pruning Attention by Listening First",
    ];

    #[test]
    fn both_layouts_give_the_same_papers() {
        for (name, text, digest) in
            [("a.txt", BLANK_LINES, "hf:2025-03-12"), ("some/page.txt", NO_BLANK_LINES, "hf:page")]
        {
            let (format, found) = read_text(name, text);
            assert_eq!(format, "page");
            let expected = (1..).zip(TITLES).map(|(rank, title)| format!("{digest} #{rank} {title}"));
            assert_eq!(summary(&found), expected.collect::<Vec<_>>());
        }
        let (_, found) = read_text("a.txt", BLANK_LINES);
        let papers = papers(&found);
        let digest = &papers[0].sightings[0].digest;
        assert_eq!((&*digest.source, &*digest.label), ("hf", "12 Mar 2025"));
        assert_eq!(digest.day, "2025-03-12".parse().ok());
        let summary = papers[0].summary.as_ref().unwrap();
        assert_eq!((papers[0].title.markup, summary.markup), (Markup::Page, Markup::Page));
        assert!(summary.source.contains(r"12\% more"));
        let links: Vec<_> = papers.iter().flat_map(|paper| &paper.links).map(|link| (link.kind, &*link.url)).collect();
        assert_eq!(
            links,
            [
                (LinkKind::Code, "https://github.com/invented-lab/kite-sampling"),
                (LinkKind::Code, "https://github.com/invented-lab/gardens"),
                (LinkKind::Project, "https://quiet-rooms.example.org/"),
            ]
        );
    }

    #[test]
    fn a_sloppy_copy_loses_only_what_is_not_there() {
        let (_, found) = read_text("copy.txt", SLOPPY);
        let expected = [
            format!("hf:2024-03-12 #1 {} +41", TITLES[0]),
            format!("hf:2024-03-12 #2 {} +7", TITLES[1]),
            "line 28: a title without an abstract: A Title Whose Abstract".to_owned(),
            format!("hf:2024-03-12 #3 {} +19", TITLES[2]),
            "line 36: an abstract without a title: A large model that".to_owned(),
            format!("hf:2024-03-12 #4 {}", TITLES[3]),
            "(line 39: the same title as in line 11)".to_owned(),
            format!("hf:2024-03-12 #5 {}", TITLES[0]),
            "line 41: a title without an abstract: Load more papers".to_owned(),
        ];
        let found = summary(&found);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert!(found.starts_with(expected), "{found} is not {expected}");
        }
    }

    #[test]
    fn votes_may_stand_below() {
        let [one, two] = [TITLES[0], TITLES[1]].map(|title| format!("{title}\n{}\n", "word ".repeat(90)));
        let (_, found) = read_text("a.txt", &format!("{one}12\n·3 authors\n5\n{two}7"));
        let votes: Vec<_> = papers(&found).iter().map(|paper| paper.votes()).collect();
        assert_eq!(votes, [Some(12), Some(7)]);
    }

    #[test]
    fn the_given_day_goes_before_the_page() {
        let digest_of = |day: &str| {
            let day = day.parse().ok();
            let origin = Origin {
                name: "a.txt",
                shown: "a.txt",
                member: None,
                modified: jiff::civil::Date::constant(2025, 3, 20),
                digest_day: day,
            };
            digest(&origin, None, None)
        };
        assert_eq!(
            (digest_of("2023-01-02").id.as_str(), &*digest_of("2023-01-02").label),
            ("hf:2023-01-02", "2 Jan 2023")
        );
        assert_eq!((digest_of("2023-01").id.as_str(), &*digest_of("2023-01").label), ("hf:2023-01", "Jan 2023"));
        assert_eq!(digest_of("2023").label, "2023");
    }

    #[test]
    fn one_title_or_a_header_alone_is_no_error() {
        assert_eq!(
            summary(&read_text("a.txt", "Mar 12\n\nOne Title\n").1),
            ["(line 3: a title without an abstract)", "hf:2025-03-12 #1 One Title"]
        );
        assert_eq!(read_text("a.txt", "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nMar 12").1, []);
        let prose = "Some notes of mine\nthat are no page\nat all";
        let error = read_bytes("notes.txt", "2025-03-20", prose.as_bytes()).unwrap_err();
        assert!(
            error
                .message
                .starts_with("notes.txt is neither titles and abstracts in turn nor a list of titles: 3 lines of text"),
            "{error}"
        );
    }

    #[test]
    fn a_line_that_is_not_text_costs_its_paper() {
        let mut bytes = BLANK_LINES.as_bytes().to_vec();
        let place = BLANK_LINES.find("forty").unwrap();
        bytes[place] = 0xe4;
        let (_, found) = read_bytes("a.txt", "2025-03-20", &bytes).unwrap();
        assert_eq!(papers(&found).len(), 3);
        assert!(summary(&found)[1].starts_with("line 17: not UTF-8 from byte "), "{:?}", summary(&found));
        assert_eq!(papers(&found)[1].sightings[0].rank, Some(3));
    }

    #[test]
    fn a_page_has_a_largest_size() {
        let line = "x".repeat(1 << 20) + "\n";
        let error = read_bytes("a.txt", "2025-03-20", line.repeat(65).as_bytes()).unwrap_err();
        assert!(error.message.starts_with("a.txt takes more than 64 MB"), "{error}");
    }
}
