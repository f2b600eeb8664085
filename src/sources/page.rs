//! A Hugging Face papers page copied as text: titles and abstracts in turn, with or without blank lines, header and
//! votes. Such a page has no ids, authors or dates of papers; they are not guessed.

use std::collections::HashMap;

use super::decode::{FileHead, InputLine, InputLines, NotText};
use super::header::{self, Margin, PageHeader};
use super::input::Origin;
use super::item::{ImportNotice, ReadItem, Rejection, Visit};
use super::pairing::{LONGEST_TITLE, LineShape, Pairing, SHORTEST_ABSTRACT, pair_lines};
use super::urls::links_in;
use crate::domain::clean::Clean;
use crate::domain::markup::Markup;
use crate::domain::paper::{Digest, Paper, Sighting};
use crate::domain::reading::Reading;
use crate::domain::record::{Record, stored_text};
use crate::domain::text::Text;
use crate::error::{Error, Result};

/// Most memory that a page may take, in bytes; a page of a thousand papers takes about 1.5 MB.
const LARGEST_PAGE: usize = 64 << 20;

/// A line near the top that only such a page has.
pub(super) fn recognises(head: &FileHead<'_>) -> bool {
    !head.text.trim_start().starts_with('<') && head.lines().any(header::names_the_page)
}

/// Reads a whole page, then yields its papers in their order. A line that belongs to no paper is rejected alone.
pub(super) fn read(origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let page = PastedPage::take(origin, lines)?;
    let parts = pair_lines(&page.blocks.iter().map(PageBlock::shape).collect::<Vec<_>>(), page.header.seen);
    let papers = parts.iter().any(|part| matches!(part, Pairing::Pair(_)));
    if !papers && !page.header.seen && parts.len() > 1 {
        let message = format!("{} has no title with an abstract below it", origin.shown());
        return Err(Error::data(message).hint("a papers page is a title and an abstract in turn, one line each"));
    }
    let mut reader = PageReader { digest: digest(origin, &page.header), titles: HashMap::new(), rank: 0 };
    for part in parts {
        let found = match part {
            Pairing::Pair(place) => reader.pair(&page, place),
            Pairing::Alone(place) => reader.alone(&page, place),
        };
        if found.into_iter().any(|found| each(found).is_break()) {
            break;
        }
    }
    Ok(())
}

/// A line that is a title or an abstract.
struct PageBlock {
    line: usize,
    /// With replacement characters where the line is not text.
    text: String,
    not_text: Option<NotText>,
    /// Votes written between the block before and this one: the first and the last number there.
    numbers: Option<(u32, u32)>,
}

impl PageBlock {
    fn shape(&self) -> LineShape {
        let last_word = self.text.rsplit(' ').next().unwrap_or_default();
        LineShape {
            length: if self.not_text == Some(NotText::TooLong) { usize::MAX } else { self.text.chars().count() },
            closed: self.text.ends_with(['.', '…']) || last_word.contains("://"),
        }
    }
}

/// The lines of a page without blank lines, header and margins.
#[derive(Default)]
struct PastedPage {
    header: PageHeader,
    blocks: Vec<PageBlock>,
    /// Numbers after the last block.
    numbers: Option<(u32, u32)>,
}

impl PastedPage {
    fn take(origin: &Origin<'_>, mut lines: InputLines<'_>) -> Result<Self> {
        let mut page = Self::default();
        let (mut size, mut counting_else, mut name_follows) = (0, false, false);
        let mut names = Vec::new();
        while let Some((line, content)) = lines.next()? {
            let (text, not_text) = match content {
                InputLine::Text(text) => (text.into(), None),
                InputLine::NotText(why, bytes) => (String::from_utf8_lossy(bytes), Some(why)),
            };
            let text = trim(&text);
            if text.is_empty() && not_text.is_none() {
                continue;
            }
            let margin = header::margin(text).filter(|_| not_text.is_none());
            if let Some(margin) = margin {
                match margin {
                    Margin::Number(number) if !counting_else => {
                        page.numbers = Some((page.numbers.map_or(number, |(first, _)| first), number));
                    }
                    Margin::Submitter => name_follows = true,
                    Margin::Number(_) | Margin::Counter | Margin::Other => {}
                }
                counting_else = margin == Margin::Counter;
                continue;
            }
            counting_else = false;
            let text = if page.blocks.is_empty() { page.header.take(text) } else { Some(text) };
            let Some(text) = text else { continue };
            size += text.len() + size_of::<PageBlock>();
            if size > LARGEST_PAGE {
                let message = format!("{} is larger than {} MB", origin.shown(), LARGEST_PAGE >> 20);
                return Err(Error::data(message).hint("a page of a thousand papers takes about 1.5 MB"));
            }
            if std::mem::take(&mut name_follows) {
                names.push(page.blocks.len());
            }
            page.blocks.push(PageBlock { line, text: text.to_owned(), not_text, numbers: page.numbers.take() });
        }
        page.drop_names(&names);
        Ok(page)
    }

    /// Drops the lines after a bare `Submitted by`, unless the name was lost and the line is a title: an abstract follows it.
    fn drop_names(&mut self, places: &[usize]) {
        let long = |block: &PageBlock| block.shape().length >= SHORTEST_ABSTRACT;
        let is_name = |place: &usize| {
            self.blocks.get(*place).is_some_and(|block| !long(block)) && !self.blocks.get(place + 1).is_some_and(long)
        };
        let names: Vec<usize> = places.iter().copied().filter(is_name).collect();
        let mut names = names.into_iter().peekable();
        let (mut place, mut numbers) = (0, None);
        self.blocks.retain_mut(|block| {
            let is_name = names.next_if_eq(&place).is_some();
            place += 1;
            if is_name {
                numbers = block.numbers;
            } else {
                block.numbers = joined(numbers.take(), block.numbers);
            }
            !is_name
        });
        self.numbers = joined(numbers, self.numbers);
    }

    /// Votes of the pair at a place. They stand before every title or after every abstract; the first title tells.
    fn votes(&self, place: usize) -> Option<u32> {
        let numbers = |place: usize| self.blocks.get(place).map_or(self.numbers, |block| block.numbers);
        let before = numbers(0).is_some();
        let outside =
            if before { numbers(place).map(|(_, last)| last) } else { numbers(place + 2).map(|(first, _)| first) };
        numbers(place + 1).map(|(first, _)| first).or(outside)
    }
}

fn joined(one: Option<(u32, u32)>, other: Option<(u32, u32)>) -> Option<(u32, u32)> {
    match (one, other) {
        (Some((first, _)), Some((_, last))) => Some((first, last)),
        (one, other) => one.or(other),
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{200b}' || c == '\u{feff}')
}

struct PageReader {
    digest: Digest,
    /// InputLines of the titles met, by title key.
    titles: HashMap<String, usize>,
    rank: u32,
}

impl PageReader {
    fn pair(&mut self, page: &PastedPage, place: usize) -> Vec<ReadItem> {
        let (Some(title), Some(abstract_block)) = (page.blocks.get(place), page.blocks.get(place + 1)) else {
            return Vec::new();
        };
        self.rank += 1;
        if let Some(found) = [title, abstract_block].into_iter().find_map(not_text) {
            return vec![found];
        }
        let (title_length, abstract_length) = (title.shape().length, abstract_block.shape().length);
        let mut odd = Vec::new();
        if title_length > LONGEST_TITLE {
            odd.push(notice(title.line, format!("a title of {title_length} characters")));
        }
        if abstract_length < SHORTEST_ABSTRACT {
            odd.push(notice(abstract_block.line, format!("an abstract of {abstract_length} characters")));
        }
        let votes = page.votes(place);
        self.paper(title, Some(&abstract_block.text), votes, odd)
    }

    /// A page that is one title and nothing else is a paper without an abstract; beside others such a line is what a slip left over.
    fn alone(&mut self, page: &PastedPage, place: usize) -> Vec<ReadItem> {
        let Some(block) = page.blocks.get(place) else { return Vec::new() };
        if let Some(found) = not_text(block) {
            return vec![found];
        }
        let is_title = block.shape().length <= LONGEST_TITLE;
        if is_title && page.blocks.len() == 1 {
            self.rank = 1;
            let odd = vec![notice(block.line, "a title without an abstract".to_owned())];
            return self.paper(block, None, page.numbers.or(block.numbers).map(|(first, _)| first), odd);
        }
        let start = Clean::new(&block.text.chars().take(200).collect::<String>()).cut(60);
        let what = if is_title { "a title without an abstract" } else { "an abstract without a title" };
        vec![rejected(block.line, format!("{what}: {start}"))]
    }

    fn paper(
        &mut self,
        title: &PageBlock,
        summary: Option<&str>,
        votes: Option<u32>,
        mut found: Vec<ReadItem>,
    ) -> Vec<ReadItem> {
        let sighting = Sighting { digest: self.digest.clone(), rank: Some(self.rank), votes };
        let summary = summary.map(stored_text);
        let paper = Paper {
            title: Text::new(stored_text(&title.text), Markup::Page),
            links: links_in(summary.as_deref().unwrap_or_default()),
            summary: summary.map(|text| Text::new(text, Markup::Page)),
            sightings: vec![sighting],
            ..Paper::default()
        };
        let key = paper.title_key();
        if key.is_empty() {
            return vec![rejected(title.line, "a title without letters or digits".to_owned())];
        }
        if let Some(line) = self.titles.insert(key, title.line) {
            found.push(notice(title.line, format!("the same title as in line {line}")));
        }
        found.push(ReadItem::Record {
            line: title.line,
            record: Box::new(Record { paper, reading: Reading::default() }),
        });
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
fn digest(origin: &Origin<'_>, header: &PageHeader) -> Digest {
    let day = origin.digest_day.or_else(|| header.day.and_then(|line| line.resolve(origin.modified)));
    let (name, label) = match day {
        Some(day) => (day.to_string(), day.in_words()),
        None => (origin.stem().to_owned(), origin.stem().to_owned()),
    };
    Digest { id: format!("hf:{name}"), source: "hf".to_owned(), label, day }
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
        assert_eq!((digest.source.as_str(), digest.label.as_str()), ("hf", "12 Mar 2025"));
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
                member: None,
                modified: jiff::civil::Date::constant(2025, 3, 20),
                digest_day: day,
            };
            digest(&origin, &PageHeader::default())
        };
        assert_eq!(
            (digest_of("2023-01-02").id.as_str(), digest_of("2023-01-02").label.as_str()),
            ("hf:2023-01-02", "2 Jan 2023")
        );
        assert_eq!((digest_of("2023-01").id.as_str(), digest_of("2023-01").label.as_str()), ("hf:2023-01", "Jan 2023"));
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
        assert!(error.message.starts_with("notes.txt has no title with an abstract"), "{error}");
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
        assert!(error.message.starts_with("a.txt is larger than 64 MB"), "{error}");
    }
}
