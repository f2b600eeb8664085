//! The list of papers: only the rows in view are built.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::bands::{self, ListLine};
use super::super::flow::{self, columns};
use super::super::layout::{Areas, lines_each};
use super::super::model::Model;
use super::super::page;
use super::super::wording::empty_list;
use super::detail::role_style;
use super::paper_row::{PaperRow, RowColumns};
use super::put;
use crate::library::search::{Band, DocId, FuzzyMatcher, Snippet};

pub(super) fn draw(buffer: &mut Buffer, area: Rect, areas: &Areas, model: &Model) {
    let results = &model.results;
    if results.hits.is_none() {
        return;
    }
    if let Some(area) = areas.empty_list(model) {
        draw_empty(buffer, area, model);
    }
    let columns = RowColumns::of(area, model);
    let lines = areas.list_lines(model);
    let mut docs = results.page(model.list.top, lines.len()).into_iter();
    // Fuzzy matches are highlighted only where some are in view.
    let is_fuzzy = |place| matches!(results.below_at(place), Some((Band::Fuzzy, ..)));
    let has_fuzzy = lines.iter().any(|(_, line)| matches!(line, ListLine::Paper(place) if is_fuzzy(*place)));
    let mut fuzzy = if has_fuzzy { FuzzyMatcher::of(&model.search.query) } else { None };
    for (y, line) in lines {
        let place = match line {
            ListLine::Paper(place) => place,
            ListLine::Title(band) => {
                draw_title(buffer, Rect { y, height: 1, ..area }, bands::info(band).title, model);
                continue;
            }
        };
        let Some(doc) = docs.next() else { break };
        let area = Rect { y, height: lines_each(model).min(area.bottom() - y), ..area };
        let (matching, opening) = match model.snippets.of(doc).filter(|_| areas.shows_snippets(model)) {
            Some(opening) if opening.highlights.is_empty() => (None, Some(opening)),
            matching => (matching, None),
        };
        let reasons = reasons(model, doc);
        // What fits by meaning rarely has the words themselves.
        let reason = match results.below_at(place) {
            Some((Band::Meaning, ..)) => reasons.as_ref().or(matching),
            _ => matching.or(reasons.as_ref()),
        };
        let fuzzy = fuzzy.as_mut().filter(|_| is_fuzzy(place));
        PaperRow { doc, place, reason, opening, columns: &columns, model }.draw(buffer, area, fuzzy);
    }
}

/// The words that say why a paper was found.
fn reasons(model: &Model, doc: DocId) -> Option<Snippet> {
    let reasons = model.results.reasons(doc);
    let text = page::reasons(reasons, &model.glyphs);
    (!reasons.is_empty()).then_some(Snippet { text, highlights: Vec::new(), is_cut: [false, false] })
}

/// The line above a band.
fn draw_title(buffer: &mut Buffer, area: Rect, title: &str, model: &Model) {
    let line = model.glyphs.line.horizontal;
    let rest = usize::from(area.width).saturating_sub(title.len() + 5);
    let text = format!("{line}{line} {title} {}", line.repeat(rest));
    put(buffer, area.x + 1, area.y, area.width.saturating_sub(2), &text, model.theme.dim);
}

/// Nothing to list: says why, and what to do next.
fn draw_empty(buffer: &mut Buffer, area: Rect, model: &Model) {
    let left = area.x + 2;
    for (row, (text, role)) in empty_list(model).iter().enumerate().take(usize::from(area.height.saturating_sub(1))) {
        let room = area.width.saturating_sub(3);
        let text = flow::cut(text, usize::from(room), model.glyphs.ellipsis);
        put(buffer, left, area.y + 1 + row as u16, room.max(columns(&text).min(room)), &text, role_style(*role, model));
    }
}
