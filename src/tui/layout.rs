//! Geometry: which rectangle every part of the screen has, for a size and a model. The only owner of that fact; `update` asks it for
//! page sizes and mouse hits, `view` draws into it.

use ratatui::layout::{Rect, Size};

use super::model::{Model, Pane};

/// Rectangles of the parts, borders not included; a part that is not shown has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// The search box, one line at the top.
    pub search: Option<Rect>,
    /// One line of filter chips where the filters pane has no room.
    pub strip: Option<Rect>,
    /// The outer frame around the panes.
    pub frame: Option<Rect>,
    pub filters: Option<Rect>,
    pub list: Option<Rect>,
    pub detail: Option<Rect>,
    /// Column of the border between filters and list.
    pub filters_border: Option<u16>,
    pub divider: Option<Divider>,
    /// What is shown, what happened, what keys do: one line at the bottom.
    pub status: Option<Rect>,
}

/// The border between list and abstract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Divider {
    /// At this column, from the top of the frame to its bottom.
    Column(u16),
    /// At this row, from the left border of the list to the right border of the frame.
    Row(u16),
}

/// Narrower than this, one pane at a time.
const ONE_PANE: u16 = 60;
/// Narrower than this, the filters fold into a strip.
const FOLDED: u16 = 100;
/// Narrower than this and tall enough, list and abstract stand one above the other.
const STACKED: u16 = 140;
/// Lower than this, list and abstract never stand one above the other.
const TALL: u16 = 18;
/// Narrowest list whose rows of one line show a piece of the abstract beside the title.
const WITH_SNIPPET: u16 = 88;
/// Lower than this there is no room for borders.
const BORDERED: u16 = 7;

pub fn layout(size: Size, model: &Model) -> Areas {
    let mut areas = Areas::default();
    let (width, height) = (size.width, size.height);
    if width == 0 || height == 0 {
        return areas;
    }
    let mut body = Rect::new(0, 0, width, height);
    if height >= 3 {
        areas.search = Some(Rect::new(0, 0, width, 1));
        areas.status = Some(Rect::new(0, height - 1, width, 1));
        body = Rect::new(0, 1, width, height - 2);
    }
    if model.arrangement.zen {
        areas.detail = Some(body);
        return areas;
    }
    let one_pane = width < ONE_PANE;
    let with_filters = !one_pane && (width >= FOLDED || model.focus == Pane::Filters);
    if !with_filters && height >= 14 {
        areas.strip = Some(Rect { height: 1, ..body });
        body = Rect { y: body.y + 1, height: body.height - 1, ..body };
    }
    if body.height < BORDERED || body.width < 4 {
        *pane_slot(&mut areas, model.focus) = Some(body);
        return areas;
    }
    areas.frame = Some(body);
    let mut inner = Rect::new(body.x + 1, body.y + 1, body.width - 2, body.height - 2);
    if one_pane {
        *pane_slot(&mut areas, model.focus) = Some(inner);
        return areas;
    }
    if with_filters {
        let columns = model.arrangement.filters_width.clamp(12, inner.width / 2);
        areas.filters = Some(Rect { width: columns, ..inner });
        areas.filters_border = Some(inner.x + columns);
        inner = Rect { x: inner.x + columns + 1, width: inner.width - columns - 1, ..inner };
    }
    split(&mut areas, inner, width, model.arrangement.list_share);
    areas
}

/// Divides the room between list and abstract.
fn split(areas: &mut Areas, room: Rect, width: u16, share: u16) {
    let stacked = width < STACKED && room.height >= TALL - 4;
    let part = |whole: u16| (u32::from(whole) * u32::from(share) / 100) as u16;
    if stacked {
        // Upright, the list needs less than half: its rows are one line, an abstract has fifteen.
        let rows = (part(room.height) * 4 / 5).clamp(3, room.height - 4);
        areas.list = Some(Rect { height: rows, ..room });
        areas.divider = Some(Divider::Row(room.y + rows));
        areas.detail = Some(Rect { y: room.y + rows + 1, height: room.height - rows - 1, ..room });
    } else {
        let columns = part(room.width).clamp(10, room.width.saturating_sub(12).max(10));
        areas.list = Some(Rect { width: columns, ..room });
        areas.divider = Some(Divider::Column(room.x + columns));
        areas.detail = Some(Rect { x: room.x + columns + 1, width: room.width - columns - 1, ..room });
    }
}

/// Lines that a paper takes in the list.
pub fn lines_each(model: &Model) -> u16 {
    if model.arrangement.two_line { 2 } else { 1 }
}

fn pane_slot(areas: &mut Areas, pane: Pane) -> &mut Option<Rect> {
    match pane {
        Pane::Filters => &mut areas.filters,
        Pane::List => &mut areas.list,
        Pane::Abstract => &mut areas.detail,
    }
}

impl Areas {
    /// Rows of papers the list shows at once.
    pub fn list_rows(&self, model: &Model) -> usize {
        let height = self.list.map_or(0, |area| usize::from(area.height));
        let results = &model.results;
        // Where the list ends in loose matches, the line above them takes room.
        let taken = match (results.loose.is_empty(), results.count()) {
            (true, _) => 0,
            (false, 0) => usize::from(self.list_head(model)) + 1,
            (false, _) => usize::from(results.is_loose(model.list.selected)),
        };
        height.saturating_sub(taken) / usize::from(lines_each(model))
    }

    /// Whether a row has room for a piece of an abstract: the second of two lines, or half of a wide one.
    pub fn shows_snippets(&self, model: &Model) -> bool {
        self.list.is_some_and(|area| model.arrangement.two_line || area.width >= WITH_SNIPPET)
    }

    /// Lines at the top of the list that say why nothing was found, where loose matches follow.
    pub fn list_head(&self, model: &Model) -> u16 {
        let results = &model.results;
        if results.count() > 0 || results.loose.is_empty() {
            return 0;
        }
        let said = u16::try_from(results.parts.len()).unwrap_or(u16::MAX).saturating_add(2);
        said.min(self.list.map_or(0, |area| area.height / 2))
    }

    /// The list from line to line: where each row in the window begins, and the place in the list that it shows; no place: the line that
    /// parts hits and loose matches.
    pub fn list_lines(&self, model: &Model) -> Vec<(u16, Option<usize>)> {
        let Some(area) = self.list else { return Vec::new() };
        let (results, top) = (&model.results, model.list.top);
        let mut lines = Vec::new();
        let mut y = area.y + self.list_head(model);
        // Where nothing was found exactly, the line stays where it is while the rows below it move.
        let parted_at = if results.count() == 0 { top } else { results.count() };
        for place in top..results.rows() {
            if place == parted_at && results.is_loose(place) && y < area.bottom() {
                lines.push((y, None));
                y += 1;
            }
            // Half a paper is none, but one is shown however low the list is.
            if y >= area.bottom() || (place > top && y + lines_each(model) > area.bottom()) {
                break;
            }
            lines.push((y, Some(place)));
            y += lines_each(model);
        }
        lines
    }

    /// The place in the list that a row of the screen shows.
    pub fn list_place(&self, model: &Model, row: u16) -> Option<usize> {
        let shows = |(y, place): (u16, Option<usize>)| place.filter(|_| (y..y + lines_each(model)).contains(&row));
        self.list_lines(model).into_iter().find_map(shows)
    }

    pub fn filter_rows(&self) -> usize {
        self.filters.map_or(0, |area| usize::from(area.height))
    }

    pub fn detail_rows(&self) -> usize {
        self.detail.map_or(0, |area| usize::from(area.height))
    }

    /// Where the abstract's text stands inside its pane: at most `measure` columns, with a margin, centred in zen.
    pub fn page(&self, model: &Model) -> Rect {
        let Some(area) = self.detail else { return Rect::default() };
        let margin = u16::from(area.width >= 30);
        let measure = u16::try_from(model.settings.measure).unwrap_or(u16::MAX);
        let width = area.width.saturating_sub(2 * margin).min(measure);
        let left = if model.arrangement.zen { (area.width - width) / 2 } else { margin };
        Rect { x: area.x + left, width, ..area }
    }

    /// The pane at a place on the screen.
    pub fn pane_at(&self, column: u16, row: u16) -> Option<Pane> {
        let inside = |area: Option<Rect>| area.is_some_and(|area| area.contains((column, row).into()));
        let panes = [(Pane::Filters, self.filters), (Pane::List, self.list), (Pane::Abstract, self.detail)];
        panes.into_iter().find(|(_, area)| inside(*area)).map(|(pane, _)| pane)
    }
}
