//! The lines of a copied papers page as sections (a file may hold the pages of several days) and blocks: a block is a line that is a title
//! or an abstract, with what the lines around it say. Which of the two it is, is decided in `rhythm`.

use unicode_width::UnicodeWidthStr;

use super::decode::{InputLine, InputLines, NotText};
use super::header::{self, DayLine, PageHeader};
use super::input::Origin;
use super::marks::{LineContext, LinkTarget, Mark, is_site_link, marks, text_of};
use super::pairing::{LineShape, SHORTEST_ABSTRACT};
use crate::domain::identity::ArxivId;
use crate::error::{Error, Result};

/// Most memory that a page may take, in bytes; a page of a thousand papers takes about 1.5 MB.
const LARGEST_PAGE: usize = 64 << 20;
/// Most lines between two lines of a header.
const HEADER_GAP: usize = 12;
/// Longest name of an organisation, in columns.
const LONGEST_NAME: usize = 100;

/// What stands between a block and the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BlockGap {
    #[default]
    None,
    Blank,
    /// Votes, links, buttons.
    Mark,
    /// What stands at the end of a paper: authors, date, submitter.
    PaperEnd,
}

/// A line, or several that were joined, that is a title or an abstract.
#[derive(Default)]
pub(crate) struct PageBlock {
    pub(crate) line: usize,
    /// With replacement characters where the line is not text.
    pub(crate) text: String,
    pub(crate) not_text: Option<NotText>,
    pub(crate) gap: BlockGap,
    /// Numbers between the block before and this one: the first and the last.
    pub(crate) numbers: Option<(u32, u32)>,
    /// The paper that the link before the block leads to, and that of a link after it.
    pub(crate) login: Option<ArxivId>,
    pub(crate) link: Option<ArxivId>,
    /// A date between this block and the next.
    pub(crate) published: Option<DayLine>,
    /// Nothing but links between the block and a dot.
    pub(crate) before_dot: bool,
}

impl PageBlock {
    /// In columns.
    pub(crate) fn length(&self) -> usize {
        if self.not_text == Some(NotText::TooLong) { usize::MAX } else { columns(&self.text) }
    }

    pub(crate) fn characters(&self) -> usize {
        self.text.chars().count()
    }

    pub(crate) fn is_long(&self) -> bool {
        is_long(&self.text) || self.not_text == Some(NotText::TooLong)
    }

    /// Ends as a sentence or a link does.
    pub(crate) fn is_closed(&self) -> bool {
        let last_word = self.text.rsplit(' ').next().unwrap_or_default();
        self.text.ends_with(['.', '…', '。', '｡', '．']) || last_word.contains("://")
    }

    /// Appends a line that belongs to the same title or abstract.
    pub(crate) fn append(&mut self, between: &str, line: Self) {
        self.text.push_str(between);
        self.text.push_str(&line.text);
        self.not_text = self.not_text.or(line.not_text);
        self.link = self.link.take().or(line.link);
        self.published = self.published.or(line.published);
    }

    pub(crate) fn shape(&self, numbers_begin_papers: bool) -> LineShape {
        let begins_paper = self.gap == BlockGap::PaperEnd || (numbers_begin_papers && self.numbers.is_some());
        LineShape { length: self.length(), closed: self.is_closed(), begins_paper }
    }
}

/// The papers of one day, as far as the file tells them apart.
#[derive(Default)]
pub(crate) struct PageSection {
    pub(crate) header: PageHeader,
    pub(crate) blocks: Vec<PageBlock>,
    /// Numbers after the last block.
    pub(crate) numbers: Option<(u32, u32)>,
    /// Lines that only cards of papers have: counts of authors, dates after a dot, links to papers.
    pub(crate) card_marks: usize,
    /// A number stands below the end of a paper, so that it belongs to the next.
    votes_after_end: bool,
    /// What stands after the last block.
    end: BlockGap,
    /// Lines above the first votes that are no paper: the line of the first, and how many.
    pub(crate) above: Option<(usize, usize)>,
}

impl PageSection {
    /// Whether it is a papers page by more than the rhythm of its lines.
    pub(crate) fn is_known_page(&self) -> bool {
        self.header.names_page || self.card_marks >= 2
    }

    /// The numbers before a block, or after the last.
    pub(crate) fn numbers_before(&self, place: usize) -> Option<(u32, u32)> {
        self.blocks.get(place).map_or(self.numbers, |block| block.numbers)
    }

    /// Whether the end of a paper stands after the two blocks at a place.
    pub(crate) fn ends_paper(&self, place: usize) -> bool {
        self.blocks.get(place + 2).map_or(self.end, |block| block.gap) == BlockGap::PaperEnd
    }

    /// Votes stand before every title or after every paper; the first title tells, where the page is not cut.
    pub(crate) fn votes_come_first(&self) -> bool {
        self.votes_after_end || self.numbers_before(0).is_some()
    }
}

fn is_long(text: &str) -> bool {
    text.len() >= SHORTEST_ABSTRACT && columns(text) >= SHORTEST_ABSTRACT
}

/// The room that a text takes on one line.
pub(crate) fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// Reads a whole page. Blank lines, headers, menus and marks are gone.
///
/// # Errors
/// Data when the page is too large, System when reading fails.
pub(crate) fn sections(origin: &Origin<'_>, lines: InputLines<'_>) -> Result<Vec<PageSection>> {
    let lines = page_lines(origin, lines)?;
    let has_link_lines = lines.iter().filter(|line| is_site_link(&line.text)).count() > 1;
    let mut sections = Vec::new();
    let mut rest = lines.as_slice();
    while !rest.is_empty() {
        let (section, others) = rest.split_at(section_length(rest));
        let last = without_menu(section);
        let context = LineContext { has_link_lines, ..LineContext::default() };
        let section = SectionBuilder { context, ..SectionBuilder::default() }.build(section, last);
        sections.push(section);
        rest = others;
    }
    Ok(sections)
}

/// A line that is not blank.
struct PageLine {
    number: usize,
    text: String,
    not_text: Option<NotText>,
    after_blank: bool,
}

fn page_lines(origin: &Origin<'_>, mut lines: InputLines<'_>) -> Result<Vec<PageLine>> {
    let (mut found, mut size, mut after_blank) = (Vec::new(), 0, false);
    while let Some((number, content)) = lines.next()? {
        let (text, not_text) = match content {
            InputLine::Text(text) => (text.into(), None),
            InputLine::NotText(why, bytes) => (String::from_utf8_lossy(bytes), Some(why)),
        };
        let text = plain_spaces(&text);
        if text.is_empty() && not_text.is_none() {
            after_blank = true;
            continue;
        }
        size += text.len() + size_of::<PageBlock>();
        if size > LARGEST_PAGE {
            let message = format!("{} takes more than {} MB of memory", origin.shown, LARGEST_PAGE >> 20);
            return Err(Error::data(message).hint("a page of a thousand papers takes about 1.5 MB"));
        }
        found.push(PageLine { number, text, not_text, after_blank });
        after_blank = false;
    }
    Ok(found)
}

/// A line as another browser would have copied it: with plain spaces, none at the ends, and without characters of no width.
fn plain_spaces(text: &str) -> String {
    let is_invisible = |c: char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}');
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c));
    if trimmed.is_ascii() {
        return trimmed.to_owned();
    }
    let spaced = trimmed.chars().map(|c| if matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}') { ' ' } else { c });
    spaced.filter(|c| !is_invisible(*c)).collect()
}

/// How many lines belong to the first page of these. Another begins with its header, below papers, and with the menu above that.
fn section_length(lines: &[PageLine]) -> usize {
    let (mut has_header, mut others, mut has_papers) = (false, 0, false);
    for (place, line) in lines.iter().enumerate() {
        if header::begins_a_page(&line.text) && (has_papers || (has_header && others > 2)) {
            let above = lines.get(..place).unwrap_or_default();
            return above.iter().rposition(|line| !header::is_menu_entry(&line.text)).map_or(place, |place| place + 1);
        }
        if header::is_of_header(&line.text) {
            (has_header, others) = (true, 0);
        } else if !header::is_menu_entry(&line.text) {
            others += 1;
        }
        has_papers |= is_long(&line.text);
    }
    lines.len()
}

/// How many lines a page has without the menu below its papers, which begins with an entry and holds links and the days around it.
fn without_menu(lines: &[PageLine]) -> usize {
    let is_below = |line: &PageLine| {
        header::is_menu_entry(&line.text)
            || header::is_page_number(&line.text)
            || header::day_line(&line.text).is_some()
            || is_site_link(&line.text)
    };
    let start = lines.iter().rposition(|line| !is_below(line)).map_or(0, |place| place + 1);
    let below = lines.get(start..).unwrap_or_default();
    below.iter().position(|line| header::is_menu_entry(&line.text)).map_or(lines.len(), |place| start + place)
}

/// How many lines at the top of a page are its header and menus: up to the last line that only a header has. 0 where there is none.
fn header_length(lines: &[PageLine]) -> usize {
    let mut length = 0;
    for (place, line) in lines.iter().enumerate() {
        let is_paper = is_long(&line.text) || marks(&line.text, LineContext::default()).contains(&Mark::Authors);
        if is_paper || (length > 0 && place - length > HEADER_GAP) {
            break;
        }
        if header::is_of_header(&line.text) {
            length = place + 1;
        }
    }
    length
}

/// A section while its lines are read.
#[derive(Default)]
struct SectionBuilder {
    section: PageSection,
    context: LineContext,
    gap: BlockGap,
    login: Option<ArxivId>,
    name_follows: bool,
    /// The next number counts authors or stars.
    counts_else: bool,
    /// Nothing but links since the last block.
    at_block: bool,
}

impl SectionBuilder {
    fn build(mut self, lines: &[PageLine], end: usize) -> PageSection {
        let header_end = header_length(lines);
        for (place, line) in lines.iter().enumerate().take(end.max(header_end)) {
            if place < header_end {
                self.header_line(&line.text);
            } else {
                let next = lines.get(place + 1).map(|next| next.text.as_str());
                self.line(line, next.unwrap_or_default());
            }
        }
        self.section.end = self.gap;
        self.drop_organisations();
        self.drop_lines_above();
        self.section
    }

    /// On a page with votes above every title, what stands above the first of them is a menu or an advertisement, unless it is as long as an
    /// abstract. It may hold the day.
    fn drop_lines_above(&mut self) {
        let section = &mut self.section;
        let Some(first) = section.blocks.iter().position(|block| block.numbers.is_some()) else { return };
        let above = section.blocks.get(..first).unwrap_or_default();
        let ends_paper =
            section.blocks.get(..=first).unwrap_or_default().iter().any(|block| block.gap == BlockGap::PaperEnd);
        if section.card_marks < 2 || !section.votes_after_end || ends_paper || above.iter().any(PageBlock::is_long) {
            return;
        }
        section.above = above.first().map(|block| (block.line, first));
        for block in section.blocks.drain(..first) {
            section.header.day = section.header.day.or_else(|| header::day_line(&block.text));
        }
    }

    fn header_line(&mut self, text: &str) {
        self.section.header.names_page = true;
        self.section.header.take(text);
        for mark in marks(text, self.context) {
            self.linked_day(&mark);
        }
    }

    fn linked_day(&mut self, mark: &Mark) {
        if let Mark::Link(LinkTarget::Day(day)) = mark {
            self.section.header.linked_day = self.section.header.linked_day.or_else(|| day.parse().ok());
        }
    }

    fn line(&mut self, line: &PageLine, next: &str) {
        let found = if line.not_text.is_some() { Vec::new() } else { marks(&line.text, self.context) };
        let is_menu = self.section.header.names_page
            && (header::is_menu_entry(&line.text) || header::names_the_page(&line.text))
            && !self.section.blocks.is_empty()
            // A title may be called so: its abstract follows.
            && !is_long(next);
        if found.is_empty() && !is_menu {
            self.text(line, next);
        }
        for mark in found {
            self.mark(mark);
        }
    }

    fn mark(&mut self, mark: Mark) {
        let is_link = matches!(mark, Mark::Link(_) | Mark::Debris);
        let counts_else = matches!(mark, Mark::Authors | Mark::Button);
        let (after_dot, after_authors) = (mark == Mark::Dot, mark == Mark::Authors);
        let mut gap = BlockGap::Mark;
        self.linked_day(&mark);
        match mark {
            Mark::Number(number) => {
                self.name_follows = false;
                if !self.counts_else {
                    self.section.votes_after_end |= self.gap == BlockGap::PaperEnd;
                    let first = self.section.numbers.map_or(number, |(first, _)| first);
                    self.section.numbers = Some((first, number));
                }
            }
            Mark::Authors => {
                self.section.card_marks += 1;
                gap = BlockGap::PaperEnd;
            }
            Mark::Dot => {
                gap = BlockGap::PaperEnd;
                if let Some(last) = self.section.blocks.last_mut() {
                    last.before_dot |= self.at_block;
                }
            }
            Mark::Date(day) => {
                self.section.card_marks += 1;
                gap = BlockGap::PaperEnd;
                if let Some(last) = self.section.blocks.last_mut() {
                    last.published.get_or_insert(day);
                }
            }
            Mark::Submitter => {
                self.name_follows = true;
                gap = BlockGap::PaperEnd;
            }
            Mark::SubmittedBy | Mark::Name => gap = BlockGap::PaperEnd,
            Mark::Link(LinkTarget::Paper(id)) => {
                self.section.card_marks += 1;
                if let Some(last) = self.section.blocks.last_mut() {
                    last.link.get_or_insert(id);
                }
            }
            Mark::Link(LinkTarget::Login(id)) => self.login = Some(id),
            Mark::Link(LinkTarget::Day(_) | LinkTarget::Other) | Mark::Button | Mark::Debris => {}
        }
        if !self.section.blocks.is_empty() {
            self.gap = self.gap.max(gap);
        }
        if !is_link {
            (self.counts_else, self.at_block) = (counts_else, false);
            self.context = LineContext { after_dot, after_authors, ..self.context };
        }
    }

    fn text(&mut self, line: &PageLine, next: &str) {
        self.counts_else = false;
        self.context = LineContext { after_dot: false, after_authors: false, ..self.context };
        let is_first = self.section.blocks.is_empty();
        let text = if is_first { self.section.header.take(&line.text) } else { Some(line.text.as_str()) };
        let Some(text) = text else {
            self.section.header.names_page |= header::names_the_page(&line.text);
            return;
        };
        // The name of a submitter, unless it was lost and the line is a title: an abstract follows it.
        if std::mem::take(&mut self.name_follows) && !is_long(text) && !is_long(next) {
            return;
        }
        let (text, link) = text_of(text);
        self.section.card_marks += usize::from(link.is_some());
        let between = if line.after_blank && !is_first { BlockGap::Blank } else { BlockGap::None };
        self.section.blocks.push(PageBlock {
            line: line.number,
            text: text.into_owned(),
            not_text: line.not_text,
            gap: std::mem::take(&mut self.gap).max(between),
            numbers: self.section.numbers.take(),
            login: self.login.take(),
            link,
            ..PageBlock::default()
        });
        self.at_block = true;
    }

    /// Drops the names that stand between a paper and its date or count of authors.
    fn drop_organisations(&mut self) {
        let mut kept: Vec<PageBlock> = Vec::with_capacity(self.section.blocks.len());
        for block in std::mem::take(&mut self.section.blocks) {
            let is_name = block.before_dot
                && block.gap < BlockGap::PaperEnd
                && block.numbers.is_none()
                && !block.is_closed()
                && block.length() <= LONGEST_NAME;
            match kept.last_mut() {
                Some(paper) if is_name => {
                    if block.text.starts_with(char::is_lowercase) && !paper.is_closed() {
                        // The end of a title that is broken into lines.
                        paper.text = format!("{} {}", paper.text, block.text);
                    }
                    paper.published = paper.published.or(block.published);
                    paper.link = paper.link.take().or(block.link);
                }
                _ => kept.push(block),
            }
        }
        self.section.blocks = kept;
    }
}
