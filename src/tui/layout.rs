//! Geometry: which rectangle every part of the screen has, which rows a window shows, and what is at a place on the screen. The only owner
//! of these facts: `update` asks for page sizes and mouse hits, `view` draws into the rectangles. Pure; it neither draws nor changes
//! the model.

use ratatui::layout::{Rect, Size};

use super::bands::ListLine;
use super::cursor::Cursor;
use super::flow::{self, StyledLine};
use super::model::{Arrangement, Model};
use super::overlay::TextPage;
use super::panes::{Dock, Movement, PANES, Pane};

/// Smaller than this in either direction, the screen only says that it is too small.
const SMALLEST: Size = Size { width: 12, height: 3 };
/// Narrower than this, one pane at a time.
const ONE_PANE: u16 = 60;
/// Narrower than this, the filters fold into a strip.
const FOLDED: u16 = 100;
/// Narrower than this and tall enough, list and abstract stand one above the other.
const STACKED: u16 = 140;
/// Lower than this, list and abstract never stand one above the other.
const TALL: u16 = 18;
/// Narrowest list whose one-line rows show a snippet of the abstract beside the title.
const WITH_SNIPPET: u16 = 30;
/// Lower than this there is no room for borders.
const BORDERED: u16 = 7;
/// Widest and tallest picker, borders included.
const PICKER: Size = Size { width: 84, height: 26 };
/// What the parts of the screen have room for in linear mode: a page of ten papers, and an abstract whose paragraphs are one line each.
const LINEAR: Size = Size { width: 10_000, height: 10 };
/// Rows that pages of text and pickers are measured by there.
pub const LINEAR_SCREEN: Size = Size { width: LINEAR.width, height: 26 };
/// Columns beside a border in which the mouse takes hold of it.
const GRIP: u16 = 2;

/// Rectangles of the parts, borders not included; a part that is not shown has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// The search box, one line at the top.
    pub search: Option<Rect>,
    /// The line under the search box, for completions and mistakes; it lies over what is below.
    pub completions: Option<Rect>,
    /// One line of filters where their pane has no room.
    pub strip: Option<Rect>,
    /// The outer frame around the panes.
    pub frame: Option<Rect>,
    /// In the order of `PANES`.
    panes: [Option<Rect>; PANES.len()],
    /// Lines between panes: one column wide and as high as the frame, or one row high from border to border.
    pub rules: Vec<Rule>,
    /// The last line: what happened, what is going on, what keys do.
    pub status: Option<Rect>,
}

/// A line between two panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub line: RuleLine,
    /// What dragging it changes.
    resizes: Option<Resizes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleLine {
    /// At this column, from the top of the frame to its bottom.
    Column(u16),
    /// At row `y`, from the border at column `left` to the border at column `right`.
    Row { y: u16, left: u16, right: u16 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resizes {
    LeftDock,
    MainDock,
}

/// Whether a screen of this size is drawn at all.
pub fn is_large_enough(size: Size) -> bool {
    size.width >= SMALLEST.width && size.height >= SMALLEST.height
}

/// The rectangles of a screen of this size.
pub fn layout(size: Size, model: &Model) -> Areas {
    if model.settings.linear {
        return linear();
    }
    let mut areas = Areas::default();
    let (width, height) = (size.width, size.height);
    if width == 0 || height == 0 {
        return areas;
    }
    let mut body = Rect::new(0, 0, width, height);
    if height >= 3 {
        areas.search = Some(Rect::new(0, 0, width, 1));
        areas.completions = Some(Rect::new(0, 1, width, 1));
        areas.status = Some(Rect::new(0, height - 1, width, 1));
        body = Rect::new(0, 1, width, height - 2);
    }
    if model.arrangement.zen {
        areas.set(Pane::Abstract, body);
        return areas;
    }
    let one_pane = width < ONE_PANE;
    let with_left = !one_pane && (width >= FOLDED || model.focus.info().dock == Dock::Left);
    if !with_left && height >= 14 {
        areas.strip = Some(Rect { height: 1, ..body });
        body = Rect { y: body.y + 1, height: body.height - 1, ..body };
    }
    if body.height < BORDERED || body.width < 4 {
        areas.set(model.focus, body);
        return areas;
    }
    areas.frame = Some(body);
    let mut inner = Rect::new(body.x + 1, body.y + 1, body.width - 2, body.height - 2);
    if one_pane {
        areas.set(model.focus, inner);
        return areas;
    }
    if with_left {
        let columns = model.filters_columns().min(inner.width / 2).max(12);
        areas.fill(Dock::Left, Rect { width: columns, ..inner });
        let border = inner.x + columns;
        areas.rules.push(Rule { line: RuleLine::Column(border), resizes: Some(Resizes::LeftDock) });
        inner = Rect { x: border + 1, width: inner.width - columns - 1, ..inner };
    }
    areas.split(inner, width, model.arrangement.list_share);
    areas
}

/// Where nothing is drawn, every pane has its room, and the abstract is read line by line.
fn linear() -> Areas {
    let mut areas = Areas::default();
    let room = Rect::new(0, 0, LINEAR.width, LINEAR.height);
    areas.set(Pane::Filters, room);
    areas.set(Pane::List, room);
    areas.set(Pane::Abstract, Rect { height: 1, ..room });
    areas
}

/// Lines that a paper takes in the list.
pub fn lines_each(model: &Model) -> u16 {
    if model.arrangement.two_line && !model.settings.linear { 2 } else { 1 }
}

fn share_of(whole: u16, percent: u16) -> u16 {
    (u32::from(whole) * u32::from(percent) / 100) as u16
}

fn percent_of(part: u16, whole: u16) -> u16 {
    (u32::from(part) * 100 / u32::from(whole.max(1))) as u16
}

impl Areas {
    pub fn pane(&self, pane: Pane) -> Option<Rect> {
        self.panes.get(pane.index()).copied().flatten()
    }

    fn set(&mut self, pane: Pane, area: Rect) {
        if let Some(slot) = self.panes.get_mut(pane.index()) {
            *slot = Some(area);
        }
    }

    /// Gives the panes of a dock equal parts of it, one above the other with a rule between two.
    fn fill(&mut self, dock: Dock, area: Rect) {
        let panes: Vec<Pane> = PANES.iter().filter(|info| info.dock == dock).map(|info| info.pane).collect();
        for (pane, part) in panes.iter().zip(parts(area, panes.len())) {
            if part.y > area.y {
                let line = RuleLine::Row { y: part.y - 1, left: area.x - 1, right: area.right() };
                self.rules.push(Rule { line, resizes: None });
            }
            self.set(*pane, part);
        }
    }

    /// Divides the room between the main dock and the one beside it.
    fn split(&mut self, room: Rect, width: u16, share: u16) {
        let stacked = width < STACKED && room.height >= TALL - 4;
        let (main, beside, line) = if stacked {
            // Upright, the list needs less than half: its rows are one line, an abstract has fifteen.
            let rows = (share_of(room.height, share) * 4 / 5).clamp(3, room.height - 4);
            let y = room.y + rows;
            let beside = Rect { y: y + 1, height: room.height - rows - 1, ..room };
            (Rect { height: rows, ..room }, beside, RuleLine::Row { y, left: room.x - 1, right: room.right() })
        } else {
            let columns = share_of(room.width, share).clamp(10, room.width.saturating_sub(12).max(10));
            let x = room.x + columns;
            let beside = Rect { x: x + 1, width: room.width - columns - 1, ..room };
            (Rect { width: columns, ..room }, beside, RuleLine::Column(x))
        };
        self.fill(Dock::Main, main);
        self.rules.push(Rule { line, resizes: Some(Resizes::MainDock) });
        self.fill(Dock::Beside, beside);
    }

    /// What the arrangement becomes when the mouse drags the border near (column, row) there; None where no border is near.
    pub fn dragged(&self, arrangement: &Arrangement, (column, row): (u16, u16)) -> Option<Arrangement> {
        let (list, beside) = (self.pane(Pane::List)?, self.pane(Pane::Abstract)?);
        let is_near = |rule: &&Rule| match rule.line {
            RuleLine::Column(x) => column.abs_diff(x) <= GRIP,
            RuleLine::Row { y, .. } => row.abs_diff(y) <= GRIP,
        };
        // The rule of the main dock is the last, and wins where both are near.
        let rule = self.rules.iter().rev().filter(|rule| rule.resizes.is_some()).find(is_near)?;
        let mut dragged = arrangement.clone();
        match (rule.resizes?, rule.line) {
            (Resizes::LeftDock, _) => dragged.set_filters_width(column.saturating_sub(1)),
            (Resizes::MainDock, RuleLine::Column(_)) => {
                dragged.set_list_share(percent_of(column.saturating_sub(list.x), list.width + beside.width));
            }
            (Resizes::MainDock, RuleLine::Row { .. }) => {
                let percent = percent_of(row.saturating_sub(list.y), list.height + beside.height);
                dragged.set_list_share(percent * 5 / 4);
            }
        }
        Some(dragged)
    }

    /// Rows that a page key moves by in a pane.
    pub fn page_rows(&self, movement: Movement, model: &Model) -> usize {
        match movement {
            Movement::Filters => self.rows_of(Pane::Filters),
            Movement::Papers => self.list_rows(model),
            Movement::Text => self.rows_of(Pane::Abstract),
        }
    }

    /// Lines that a pane has.
    pub fn rows_of(&self, pane: Pane) -> usize {
        self.pane(pane).map_or(0, |area| usize::from(area.height))
    }

    /// Rows of papers the list shows at once.
    pub fn list_rows(&self, model: &Model) -> usize {
        let height = self.rows_of(Pane::List);
        let results = &model.results;
        let (head, lines) = (usize::from(self.list_head(model)), usize::from(lines_each(model)));
        let rows = |titles: usize| height.saturating_sub(head + titles) / lines;
        // The lines above bands take room: those between the first row in view and the cursor, once it is in view.
        let (titled, Cursor { top, selected }) = (results.titled_rows(), model.list);
        let in_view = |rows: usize| {
            let top = top.max((selected + 1).saturating_sub(rows)).min(selected);
            titled.iter().filter(|(row, _)| (top..=selected).contains(row)).count()
        };
        // Where nothing was found, the line of the first row stays.
        let fewest = usize::from(results.listed() == 0 && !titled.is_empty());
        let titles = (fewest..titled.len()).find(|titles| in_view(rows(*titles)) <= *titles);
        rows(titles.unwrap_or(titled.len()))
    }

    /// Whether the abstract is before the user. In linear mode it is once it was opened.
    pub fn shows_abstract(&self, model: &Model) -> bool {
        let is_open = !model.settings.linear || model.moving_pane() == Pane::Abstract;
        is_open && self.pane(Pane::Abstract).is_some()
    }

    /// Whether a row has room for a snippet of an abstract: the second of two lines, or half of one.
    pub fn shows_snippets(&self, model: &Model) -> bool {
        self.pane(Pane::List).is_some_and(|area| lines_each(model) > 1 || area.width >= WITH_SNIPPET)
    }

    /// Lines at the top of the list that say why nothing was found, where other papers follow.
    fn list_head(&self, model: &Model) -> u16 {
        let results = &model.results;
        if results.listed() > 0 || results.below.is_empty() {
            return 0;
        }
        let lines = u16::try_from(results.parts.len()).unwrap_or(u16::MAX).saturating_add(2);
        lines.min(self.pane(Pane::List).map_or(0, |area| area.height / 2))
    }

    /// Where the list says that nothing was found: all of it, or the lines above other papers.
    pub fn empty_list(&self, model: &Model) -> Option<Rect> {
        let area = self.pane(Pane::List).filter(|_| model.results.listed() == 0)?;
        let head = self.list_head(model);
        Some(if head > 0 { Rect { height: head, ..area } } else { area })
    }

    /// The list from top to bottom: where each row in the window and each line above a band begins.
    pub fn list_lines(&self, model: &Model) -> Vec<(u16, ListLine)> {
        let Some(area) = self.pane(Pane::List) else { return Vec::new() };
        let (results, top) = (&model.results, model.list.top);
        let mut lines = Vec::new();
        let mut y = area.y + self.list_head(model);
        let titles = results.titled_rows();
        for place in top..results.rows() {
            // Where nothing was found, the line of the first row stays where it is while the rows below it move.
            let stays = results.listed() == 0 && place == top;
            let title = titles.iter().rfind(|(row, _)| *row == place || (stays && *row < place));
            if let Some((_, band)) = title.filter(|_| y < area.bottom()) {
                lines.push((y, ListLine::Title(*band)));
                y += 1;
            }
            // Half a paper is not shown, unless the list has room for nothing else.
            if y >= area.bottom() || (place > top && y + lines_each(model) > area.bottom()) {
                break;
            }
            lines.push((y, ListLine::Paper(place)));
            y += lines_each(model);
        }
        lines
    }

    /// The row of the result at a row of the screen.
    pub fn paper_at(&self, model: &Model, row: u16) -> Option<usize> {
        let shows = |(y, line): (u16, ListLine)| match line {
            ListLine::Paper(place) => Some(place).filter(|_| (y..y + lines_each(model)).contains(&row)),
            ListLine::Title(_) => None,
        };
        self.list_lines(model).into_iter().find_map(shows)
    }

    /// The line of a pane's window at a row of the screen, counted from the first line of the pane's content, of which `top` is the first
    /// in view.
    pub fn line_at(&self, pane: Pane, top: usize, row: u16) -> usize {
        top + usize::from(row.saturating_sub(self.pane(pane).map_or(0, |area| area.y)))
    }

    /// Where the abstract's text stands inside its pane: at most `measure` columns, with a margin, centred in zen.
    pub fn abstract_text(&self, model: &Model) -> Rect {
        let Some(area) = self.pane(Pane::Abstract) else { return Rect::default() };
        if model.settings.linear {
            return area;
        }
        let margin = u16::from(area.width >= 30);
        let measure = u16::try_from(model.settings.measure).unwrap_or(u16::MAX);
        let width = area.width.saturating_sub(2 * margin).min(measure);
        let left = if model.arrangement.zen { (area.width - width) / 2 } else { margin };
        Rect { x: area.x + left, width, ..area }
    }

    /// The pane at a place on the screen.
    pub fn pane_at(&self, column: u16, row: u16) -> Option<Pane> {
        let is_inside = |area: Rect| area.contains((column, row).into());
        PANES.iter().map(|info| info.pane).find(|pane| self.pane(*pane).is_some_and(is_inside))
    }
}

/// An area in `count` parts of equal height, one above the other with a line between two; fewer where there is no room.
fn parts(area: Rect, count: usize) -> Vec<Rect> {
    let mut parts = Vec::new();
    let mut y = area.y;
    for left in (1..=count).rev() {
        let height = area.bottom().saturating_sub(y).saturating_add(1) / u16::try_from(left).unwrap_or(u16::MAX);
        if height > 1 {
            parts.push(Rect { y, height: height - 1, ..area });
            y += height;
        }
    }
    parts
}

/// Whole screen as a rectangle.
fn screen(size: Size) -> Rect {
    Rect::new(0, 0, size.width, size.height)
}

fn centred(screen: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(screen.width), height.min(screen.height));
    Rect::new(screen.x + (screen.width - width) / 2, screen.y + (screen.height - height) / 2, width, height)
}

/// Frame of a picker: as tall as its items, from the same top however few of them match, so that nothing moves while
/// the user types.
pub fn picker(size: Size, items: usize) -> Rect {
    let area = centred(screen(size), PICKER.width, size.height.saturating_sub(4).min(PICKER.height));
    let rows = u16::try_from(items).unwrap_or(u16::MAX).max(1);
    Rect { height: area.height.min(rows.saturating_add(3)), ..area }
}

/// Rows of items that a picker of many items shows.
pub fn picker_rows(size: Size) -> usize {
    usize::from(picker(size, usize::MAX).height.saturating_sub(3))
}

/// The line of a prompt: the last one, where its answer will stand.
pub fn prompt(size: Size) -> Rect {
    Rect { y: size.height.saturating_sub(1), height: 1, ..screen(size) }
}

/// Frame of a page of text with a title of `title_columns` columns.
pub fn page(size: Size, lines: &[StyledLine], title_columns: u16) -> Rect {
    let widest = lines.iter().map(|line| flow::columns(&line.text())).max().unwrap_or(0);
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4);
    let width = widest.max(title_columns.saturating_add(6)).saturating_add(6).max(40);
    centred(screen(size), width, height.min(size.height.saturating_sub(2)))
}

/// Columns of a page's lines on a screen of this size.
pub fn page_columns(size: Size) -> usize {
    usize::from(size.width.saturating_sub(6).max(1))
}

/// A page's lines, folded to the width of a screen of this size.
pub fn page_lines(page: &TextPage, size: Size) -> Vec<StyledLine> {
    let width = page_columns(size);
    page.lines.iter().flat_map(|line| flow::fold(line, width)).collect()
}

/// Lines of a page that a screen of this size shows at once.
pub fn page_rows(size: Size) -> usize {
    usize::from(size.height.saturating_sub(6).max(1))
}

/// The keys that can follow a pending chord: a table above the status line, filled column by column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChordTable {
    pub area: Rect,
    rows: u16,
    cell: u16,
}

impl ChordTable {
    /// For `cells` cells of `cell` columns each.
    pub fn above(status: Rect, cells: usize, cell: u16) -> Self {
        let across = (status.width.saturating_sub(1) / cell.max(1)).max(1);
        let rows = u16::try_from(cells).unwrap_or(u16::MAX).div_ceil(across).min(status.y);
        Self { area: Rect { y: status.y - rows, height: rows, ..status }, rows, cell }
    }

    /// Where a cell is; None where the table has no room for it.
    pub fn cell(&self, number: u16) -> Option<Rect> {
        let (column, row) = (number / self.rows.max(1), number % self.rows.max(1));
        let x = (self.area.x + 1).saturating_add(column.saturating_mul(self.cell));
        let cell = Rect { x, y: self.area.y + row, width: self.cell, height: 1 };
        (self.rows > 0 && x.saturating_add(self.cell) <= self.area.right() + 1).then_some(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_continuations_of_a_chord_fill_columns_above_the_status_line() {
        let status = Rect::new(0, 9, 40, 1);
        let table = ChordTable::above(status, 5, 12);
        assert_eq!(table.area, Rect::new(0, 7, 40, 2));
        let corners: Vec<_> = (0..6).map(|cell| table.cell(cell).map(|area| (area.x, area.y))).collect();
        assert_eq!(corners, [Some((1, 7)), Some((1, 8)), Some((13, 7)), Some((13, 8)), Some((25, 7)), Some((25, 8))]);
        assert_eq!(table.cell(6), None, "no room for a fourth column");
        assert_eq!(ChordTable::above(Rect::new(0, 0, 40, 1), 5, 12).cell(0), None, "nothing above the line");
    }

    #[test]
    fn panes_of_a_dock_share_it() {
        let room = Rect::new(1, 2, 20, 11);
        let heights = |count| parts(room, count).iter().map(|part| (part.y, part.height)).collect::<Vec<_>>();
        assert_eq!(heights(1), [(2, 11)]);
        assert_eq!(heights(2), [(2, 5), (8, 5)]);
        assert_eq!(heights(3), [(2, 3), (6, 3), (10, 3)]);
        assert_eq!(parts(Rect { height: 1, ..room }, 2).len(), 1, "no room for a second one");
        for info in PANES {
            let mut areas = Areas::default();
            areas.fill(info.dock, room);
            assert_eq!((areas.pane(info.pane), areas.rules.len()), (Some(room), 0));
        }
    }
}
