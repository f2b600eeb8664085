//! What every command does: one match over the actions. Movement, marking, pickers and text boxes have modules of their own.

use super::super::command::Action;
use super::super::effect::{CopyKind, Effect, Papers, Request, TerminalEffect};
use super::super::filters::{self, FilterChoice};
use super::super::model::{Model, Selection, Tone};
use super::super::overlay::{self, Overlay, Picker, PickerKind, Prompt, PromptKind};
use super::super::panes::Pane;
use super::super::theme::THEMES;
use super::{ask, ask_query, boxes, focus, marking, movement, pickers, refuse};
use crate::domain::paper::LinkKind;
use crate::domain::query::{Filter, Query, Term};
use crate::domain::reading::{Change, Status};
use crate::index::DigestRow;
use crate::library::STARTER;

pub(super) fn run(model: &mut Model, action: Action, count: Option<u32>) -> Vec<Effect> {
    let times = count.unwrap_or(1) as isize;
    match action {
        Action::MoveDown => movement::step_focused(model, times),
        Action::MoveUp => movement::step_focused(model, -times),
        Action::HalfPageDown => movement::step_focused(model, times * movement::page_rows(model) / 2),
        Action::HalfPageUp => movement::step_focused(model, -times * movement::page_rows(model) / 2),
        Action::PageDown => movement::step_focused(model, times * movement::page_rows(model)),
        Action::PageUp => movement::step_focused(model, -times * movement::page_rows(model)),
        Action::Top => movement::go_to(model, count, 0),
        Action::Bottom => movement::go_to(model, count, usize::MAX),
        Action::ScrollDown => movement::scroll(model, times),
        Action::ScrollUp => movement::scroll(model, -times),
        Action::PaneLeft => movement::move_focus(model, -1, false),
        Action::PaneRight => movement::move_focus(model, 1, false),
        Action::NextPane => movement::move_focus(model, 1, true),
        Action::PreviousPane => movement::move_focus(model, -1, true),
        Action::Focus(pane) => focus(model, pane),
        Action::Activate => return activate(model),
        Action::Back => return back(model),
        Action::Quit => return quit(model),
        Action::QuitNow => return vec![TerminalEffect::Quit.into()],
        Action::Search => boxes::open_search(model),
        Action::NextMatch => movement::next_match(model, 1),
        Action::PreviousMatch => movement::next_match(model, -1),
        Action::ToggleRead => return marking::toggle_read(model),
        Action::Star => return marking::toggle_star(model),
        Action::Queue => return marking::toggle_queued(model),
        Action::Drop | Action::StatusDropped => return marking::status(model, Status::Dropped),
        Action::StatusUnread => return marking::status(model, Status::Unread),
        Action::StatusQueued => return marking::status(model, Status::Queued),
        Action::StatusReading => return marking::status(model, Status::Reading),
        Action::StatusRead => return marking::status(model, Status::Read),
        Action::SetStatus => return refuse(model, "status needs one of: unread, queued, reading, read, dropped"),
        Action::Tags | Action::TagWith | Action::Untag => return pickers::tags(model),
        Action::Note => return marking::note(model),
        Action::EditNote => return marking::edit_note(model),
        Action::Select => marking::select(model),
        Action::SelectRange => marking::select_range(model),
        Action::SelectAll => marking::select_all(model),
        Action::ClearSelection => model.selection = Selection::default(),
        Action::Undo => return vec![Request::Undo.into()],
        Action::Redo => return vec![Request::Redo.into()],
        Action::OpenAbstract => return open(model, LinkKind::Abstract),
        Action::OpenPdf => return open(model, LinkKind::Pdf),
        Action::OpenCode => return open(model, LinkKind::Code),
        Action::Links => return pickers::links(model),
        Action::CopyCitation => return copy(model, CopyKind::Citation),
        Action::CopyBibtex => return copy(model, CopyKind::Bibtex),
        Action::CopyUrl => return copy(model, CopyKind::Url),
        Action::CopyId => return copy(model, CopyKind::Id),
        Action::CopyTitle => return copy(model, CopyKind::Title),
        Action::Export => return pickers::export(model),
        Action::Import => prompt(model, PromptKind::Import, "import", ""),
        Action::Sort => pickers::sort(model),
        Action::FollowAuthor => return follow_author(model),
        Action::Similar => return similar(model),
        Action::PreviousDigest => return step_digest(model, 1),
        Action::NextDigest => return step_digest(model, -1),
        Action::AllPapers => return ask_query(model, Query::default()),
        Action::View1 => return view(model, 0),
        Action::View2 => return view(model, 1),
        Action::View3 => return view(model, 2),
        Action::View4 => return view(model, 3),
        Action::View5 => return view(model, 4),
        Action::View6 => return view(model, 5),
        Action::View7 => return view(model, 6),
        Action::View8 => return view(model, 7),
        Action::View9 => return view(model, 8),
        Action::Views => return pickers::views(model),
        Action::SaveView => prompt(model, PromptKind::SaveView, "save this search as", ""),
        Action::Zen => model.arrangement.zen = !model.arrangement.zen,
        Action::Density => model.arrangement.two_line = !model.arrangement.two_line,
        Action::Narrower => movement::resize(model, -(times as i16) * 2),
        Action::Wider => movement::resize(model, times as i16 * 2),
        Action::RawText => model.detail.raw = !model.detail.raw,
        Action::Help => picker(model, PickerKind::Help, "Keys and commands"),
        Action::Palette => picker(model, PickerKind::Palette, "Run a command"),
        Action::CommandLine => prompt(model, PromptKind::CommandLine, ":", ""),
        Action::ThemeNext => next_theme(model),
        Action::ToggleMouse => return toggle_mouse(model),
        Action::Redraw => return vec![TerminalEffect::Redraw.into()],
        Action::Suspend => return vec![TerminalEffect::Suspend.into()],
        Action::Statistics => return vec![Request::ReadStatistics.into()],
        Action::Log => return vec![Request::ReadLog.into()],
        Action::DigestDate => return digest_date(model),
        Action::HideDigest => return hide_digest(model),
        Action::HideStarter => return hide_starter(model),
        Action::Welcome => model.overlay = Some(Overlay::Page(super::super::welcome::page(model))),
    }
    Vec::new()
}

pub(super) fn prompt(model: &mut Model, kind: PromptKind, label: &'static str, text: &str) {
    model.overlay = Some(Overlay::Prompt(Prompt::new(kind, label, text)));
}

fn picker(model: &mut Model, kind: PickerKind, title: &'static str) {
    model.overlay = Some(Overlay::Picker(Picker::new(kind, title, overlay::commands(&model.keymap))));
}

fn activate(model: &mut Model) -> Vec<Effect> {
    if model.moving_pane() != Pane::Filters {
        let failing = model.results.part_to_drop().filter(|_| model.current().is_none());
        if let Some(part) = failing.map(|part| part.filter.clone()) {
            let query = model.search.query.without_part(&part);
            return ask_query(model, query);
        }
        if model.current().is_some() {
            model.arrangement.zen |= model.focus == Pane::Abstract;
            model.focus = Pane::Abstract;
        }
        return Vec::new();
    }
    let Some(row) = filters::rows(model).into_iter().nth(model.filters.cursor.selected) else { return Vec::new() };
    match row.choice {
        FilterChoice::Heading(heading) => {
            let folded = &mut model.filters.folded;
            match folded.iter().position(|known| *known == heading) {
                Some(place) => drop(folded.remove(place)),
                None => folded.push(heading),
            }
            Vec::new()
        }
        FilterChoice::Everything => ask_query(model, Query::default()),
        FilterChoice::View(text) => ask_query(model, Query::parse(&text)),
        FilterChoice::Facet(term) => {
            let mut query = model.search.query.clone();
            query.toggle(term);
            ask_query(model, query)
        }
    }
}

/// Steps back: zen, range, selection, focus, search, a running job, one at a time; never leaves the program.
fn back(model: &mut Model) -> Vec<Effect> {
    if model.arrangement.zen {
        model.arrangement.zen = false;
    } else if !model.selection.is_empty() {
        model.selection = Selection::default();
    } else if model.focus != Pane::List {
        model.focus = Pane::List;
    } else if model.search.query != Query::default() || !model.search.input.value().is_empty() {
        let keep = model.current();
        let effects = ask_query(model, Query::default());
        model.results.keep = keep;
        return effects;
    } else {
        return model.jobs.cancel().into_iter().collect();
    }
    Vec::new()
}

/// One step back if there is one; otherwise quits.
fn quit(model: &mut Model) -> Vec<Effect> {
    if model.arrangement.zen || model.focus == Pane::Abstract {
        return back(model);
    }
    vec![TerminalEffect::Quit.into()]
}

fn open(model: &mut Model, kind: LinkKind) -> Vec<Effect> {
    let Some(detail) = model.loaded() else { return marking::refuse_unloaded(model) };
    match detail.paper.link(kind) {
        Some(url) => open_url(model, &url),
        None => refuse(model, format!("this paper has no {} link", kind.name())),
    }
}

/// Opens a URL if it is one that may be opened; names it either way.
pub(super) fn open_url(model: &mut Model, url: &str) -> Vec<Effect> {
    match super::super::gate::web_address(url) {
        Ok(url) => {
            model.say(Tone::Info, format!("opening {url}"));
            vec![Request::Open { url }.into()]
        }
        Err(why) => refuse(model, why),
    }
}

fn copy(model: &mut Model, kind: CopyKind) -> Vec<Effect> {
    match marking::targets(model) {
        Some(papers) => vec![Request::Copy { papers, kind }.into()],
        None => refuse(model, "there is no paper here"),
    }
}

fn follow_author(model: &mut Model) -> Vec<Effect> {
    let Some(doc) = model.current() else { return refuse(model, "there is no paper here") };
    let author = model.snapshot.index.first_author(doc).to_owned();
    if author.is_empty() {
        return refuse(model, "the authors of this paper are unknown");
    }
    ask_query(model, Query::parse(&format!("author:\"{author}\"")))
}

fn similar(model: &mut Model) -> Vec<Effect> {
    let Some(key) = model.current_key() else { return refuse(model, "there is no paper here") };
    let name = key.as_str().strip_prefix("arxiv:").unwrap_or(key.as_str()).to_owned();
    ask_query(model, Query { filter: Filter::Term(Term::Similar(name)), ..Query::default() })
}

fn view(model: &mut Model, place: usize) -> Vec<Effect> {
    match model.snapshot.views.get(place).map(|(_, text)| Query::parse(text)) {
        Some(query) => ask_query(model, query),
        None => {
            let save = model.key_for(Action::SaveView);
            refuse(model, format!("there is no view {} yet; {save} saves the current search as a view", place + 1))
        }
    }
}

/// Shows the next dated digest in time: `by` 1 is the one before, -1 the one after.
fn step_digest(model: &mut Model, by: isize) -> Vec<Effect> {
    let mut days: Vec<_> = model.snapshot.index.digest_table().iter().filter_map(|digest| digest.day).collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    days.dedup();
    let shown = model.search.query.digest_day();
    let at = shown.and_then(|day| days.iter().position(|known| *known == day)).map(|at| at as isize);
    let place = at.map_or(if by > 0 { 0 } else { -1 }, |at| at + by);
    let Some(day) = usize::try_from(place).ok().and_then(|place| days.get(place)) else {
        return refuse(model, if by > 0 { "no earlier digest" } else { "no later digest" });
    };
    let query = model.search.query.without_digest().with(Term::digest_of(*day));
    ask_query(model, query)
}

fn next_theme(model: &mut Model) {
    let at = THEMES.iter().position(|(name, _)| *name == model.theme.name).map_or(0, |at| at + 1);
    let Some((name, _)) = THEMES.get(at % THEMES.len()) else { return };
    if let Ok(theme) = model.themes.open(name) {
        model.theme = theme;
        model.say(Tone::Info, format!("theme: {}", model.theme.name));
    }
}

fn toggle_mouse(model: &mut Model) -> Vec<Effect> {
    model.arrangement.mouse = !model.arrangement.mouse;
    let on = model.arrangement.mouse;
    model.say(Tone::Info, if on { "mouse on; hold shift to select text" } else { "mouse off" });
    vec![TerminalEffect::Mouse(on).into()]
}

/// The digest that a command about digests is for: the one in the query, else the latest one of the current paper.
fn current_digest(model: &Model) -> Option<DigestRow> {
    let table = model.snapshot.index.digest_table();
    let day = model.search.query.digest_day();
    let by_filter = table.iter().find(|digest| day.is_some() && digest.day == day);
    let of_paper = || {
        let (digest, _) = model.snapshot.index.digests(model.current()?).next()?;
        table.get(digest as usize)
    };
    by_filter.or_else(of_paper).cloned()
}

/// Id of the digest that a command is for.
pub(super) fn digest_id(model: &Model) -> Option<String> {
    current_digest(model).map(|digest| digest.id)
}

fn digest_date(model: &mut Model) -> Vec<Effect> {
    let Some(digest) = current_digest(model) else { return refuse(model, "this paper is in no digest") };
    let day = digest.day.map(|day| day.to_string()).unwrap_or_default();
    prompt(model, PromptKind::DigestDay(digest.id), "day of this digest (like 2025-03-12)", &day);
    Vec::new()
}

fn hide_digest(model: &mut Model) -> Vec<Effect> {
    let Some(digest) = current_digest(model) else { return refuse(model, "this paper is in no digest") };
    let hidden = model.snapshot.hidden_digests.contains(&digest.id);
    let label = if hidden { format!("listed {} again", digest.label) } else { format!("hid {}", digest.label) };
    vec![Request::Change { changes: vec![Change::DigestHidden(digest.id, !hidden)], label }.into()]
}

fn hide_starter(model: &mut Model) -> Vec<Effect> {
    let hidden = model.snapshot.hidden_digests.contains(STARTER);
    let label = if hidden { "starter shelf listed again" } else { "starter shelf hidden" };
    vec![
        Request::Change { changes: vec![Change::DigestHidden(STARTER.to_owned(), !hidden)], label: label.to_owned() }
            .into(),
    ]
}

/// Sorts the result; replaces the query's sort keys.
pub(super) fn sort(model: &mut Model, sort: Vec<crate::domain::query::Sort>) -> Vec<Effect> {
    model.search.query.sort = sort;
    let query = model.search.query.clone();
    let keep = model.current();
    let effects = ask_query(model, query);
    model.results.keep = keep;
    effects
}

/// Searches again after the library changed, and keeps the cursor on its paper.
pub(super) fn ask_again(model: &mut Model) -> Vec<Effect> {
    // While an answer is awaited there is no current paper; the paper to keep is the one from before.
    model.results.keep = model.current().or(model.results.keep);
    ask(model)
}

pub(super) fn papers_found(model: &Model) -> Papers {
    Papers::Found(model.search.query.clone())
}
