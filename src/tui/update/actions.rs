//! What every command does: one match over the actions. Movement, marking, pickers and text boxes have modules of their own.

use super::super::command::Action;
use super::super::effect::{CopyKind, Effect, Request, TerminalEffect};
use super::super::filters::{self, FilterChoice};
use super::super::help_page;
use super::super::job_page;
use super::super::jumps::JumpList;
use super::super::model::{Model, Selection, Tone};
use super::super::overlay::{Overlay, PickerKind, PromptKind, TextPage};
use super::super::panes::Pane;
use super::super::theme::AUTO;
use super::super::welcome;
use super::bulk_marks::{self, ListPart};
use super::invocation::Invocation;
use super::{digests, marking, movement, pickers, read_on, search, search_box, transfer};
use crate::domain::paper::LinkKind;
use crate::domain::query::Query;
use crate::domain::reading::Status;
use crate::library::Direction;

pub(super) fn run(model: &mut Model, invocation: &Invocation) -> Vec<Effect> {
    let (count, argument) = (invocation.count, invocation.argument.as_deref());
    let times = count.unwrap_or(1) as isize;
    model.ran = Some(invocation.action);
    match invocation.action {
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
        Action::Focus(pane) => movement::focus(model, pane),
        Action::Activate => return activate(model),
        Action::Back => return back(model),
        Action::Quit => return quit(model),
        Action::QuitNow => return vec![TerminalEffect::Quit.into()],
        Action::Search => match argument {
            Some(query) => {
                model.history.add(query);
                return search::run_query(model, Query::parse(query));
            }
            None => search_box::open(model),
        },
        Action::NextMatch => return movement::next_match(model, 1),
        Action::PreviousMatch => return movement::next_match(model, -1),
        Action::NextPaper => read_on::step(model, times),
        Action::PreviousPaper => read_on::step(model, -times),
        Action::PageOn => read_on::page(model),
        Action::ReadOn => return marking::read_on(model),
        Action::ToggleRead => return marking::toggle_read(model),
        Action::Star => return marking::toggle_star(model),
        Action::Queue => return marking::toggle_queued(model),
        Action::Drop | Action::StatusDropped => return marking::status(model, Status::Dropped),
        Action::StatusUnread => return marking::status(model, Status::Unread),
        Action::StatusQueued => return marking::status(model, Status::Queued),
        Action::StatusReading => return marking::status(model, Status::Reading),
        Action::StatusRead => return marking::status(model, Status::Read),
        Action::SetStatus => return marking::status_named(model, argument.unwrap_or_default()),
        Action::MarkAbove => return bulk_marks::run(model, ListPart::Above, argument.unwrap_or(Status::Read.name())),
        Action::DropAbove => return bulk_marks::run(model, ListPart::Above, Status::Dropped.name()),
        Action::MarkAll => return bulk_marks::run(model, ListPart::All, argument.unwrap_or(Status::Read.name())),
        Action::DropAll => return bulk_marks::run(model, ListPart::All, Status::Dropped.name()),
        Action::MarkRest => return bulk_marks::run(model, ListPart::Rest, argument.unwrap_or(Status::Read.name())),
        Action::DropRest => return bulk_marks::run(model, ListPart::Rest, Status::Dropped.name()),
        Action::Tags => return pickers::tags(model),
        Action::TagWith | Action::Untag => match argument {
            Some(tag) => return marking::tag(model, tag, invocation.action == Action::TagWith),
            None => return pickers::tags(model),
        },
        Action::Note => match argument {
            Some(text) => return marking::set_note(model, text),
            None => return marking::note(model),
        },
        Action::EditNote => return marking::edit_note(model),
        Action::Select => marking::select(model),
        Action::SelectRange => marking::select_range(model),
        Action::SelectAll => return marking::select_all(model),
        Action::ClearSelection => model.selection = Selection::default(),
        Action::Undo => return vec![Request::Reverse(Direction::Undo).into()],
        Action::Redo => return vec![Request::Reverse(Direction::Redo).into()],
        Action::OpenAbstract => return open_link(model, LinkKind::Abstract),
        Action::OpenPdf => return open_link(model, LinkKind::Pdf),
        Action::OpenCode => return open_link(model, LinkKind::Code),
        Action::Links => return pickers::links(model),
        Action::Changes => match model.current_key() {
            Some(key) => return vec![Request::ReadChanges(key).into()],
            None => return model.refuse("there is no paper here"),
        },
        Action::CopyCitation => return transfer::copy(model, CopyKind::Citation),
        Action::CopyBibtex => return transfer::copy(model, CopyKind::Bibtex),
        Action::CopyUrl => return transfer::copy(model, CopyKind::Url),
        Action::CopyId => return transfer::copy(model, CopyKind::Id),
        Action::CopyTitle => return transfer::copy(model, CopyKind::Title),
        Action::Export => match argument {
            Some(target) => return transfer::export(model, target),
            None => return pickers::export(model),
        },
        Action::Import => return transfer::import(model, argument),
        Action::Sync => return transfer::sync(model, argument),
        Action::SyncStatus => return vec![Request::ReadSyncStatus(model.settings.sync.services.clone()).into()],
        Action::Sort => match argument {
            Some(keys) => return search::sort_by_text(model, keys),
            None => pickers::sort(model),
        },
        Action::FollowAuthor => return search::follow_author(model),
        Action::Similar => return search::similar(model),
        Action::JumpBack => return search::jump(model, JumpList::back, "there is nothing to go back to"),
        Action::JumpForward => return search::jump(model, JumpList::forward, "there is nothing to go forward to"),
        Action::PreviousDigest => return digests::step(model, 1),
        Action::NextDigest => return digests::step(model, -1),
        Action::AllPapers => return search::run_query(model, Query::default()),
        Action::View1 => return search::view(model, 0),
        Action::View2 => return search::view(model, 1),
        Action::View3 => return search::view(model, 2),
        Action::View4 => return search::view(model, 3),
        Action::View5 => return search::view(model, 4),
        Action::View6 => return search::view(model, 5),
        Action::View7 => return search::view(model, 6),
        Action::View8 => return search::view(model, 7),
        Action::View9 => return search::view(model, 8),
        Action::Views => match argument {
            Some(name) => return search::open_view(model, name),
            None => return pickers::views(model),
        },
        Action::SaveView => match argument {
            Some(name) => return search::save_view(model, name),
            None => model.open_prompt(PromptKind::Argument(Action::SaveView), "save this search as", ""),
        },
        Action::Zen => model.arrangement.zen = !model.arrangement.zen,
        Action::Density => model.arrangement.two_line = !model.arrangement.two_line,
        Action::Narrower => movement::resize(model, -(times as i16) * 2),
        Action::Wider => movement::resize(model, times as i16 * 2),
        Action::RawText => model.detail.raw = !model.detail.raw,
        Action::Help => model.overlay = Some(Overlay::Page(help_page::page(model))),
        Action::Palette => pickers::commands(model, PickerKind::Palette, "Run a command"),
        Action::CommandLine => model.open_prompt(PromptKind::CommandLine, ":", ""),
        Action::Themes => match argument {
            Some(name) => return switch_theme(model, name),
            None => pickers::themes(model),
        },
        Action::ToggleAdvance => {
            model.settings.advance = !model.settings.advance;
            let on = model.settings.advance;
            model.say(Tone::Info, if on { "a mark goes on to the next paper" } else { "a mark stays on its paper" });
        }
        Action::ToggleMouse => return toggle_mouse(model),
        Action::Redraw => return vec![TerminalEffect::Redraw.into()],
        Action::Suspend => return vec![TerminalEffect::Suspend.into()],
        Action::Statistics => return vec![Request::ReadStatistics.into()],
        Action::Log => return vec![Request::ReadLog.into()],
        Action::Jobs => {
            let lines = job_page::lines(&model.jobs, &model.warnings, &model.key_for(Action::Import));
            model.overlay = Some(Overlay::Page(TextPage { title: "Jobs", lines, ..TextPage::default() }));
        }
        Action::DigestDate => return digests::day(model, argument),
        Action::HideDigest => return digests::toggle_hidden(model),
        Action::HideStarter => return digests::toggle_starter_hidden(model),
        Action::Welcome => model.overlay = Some(Overlay::Page(welcome::page(model))),
    }
    Vec::new()
}

/// Opens a link of the paper, or offers what can be opened instead.
fn open_link(model: &mut Model, kind: LinkKind) -> Vec<Effect> {
    match transfer::open_link(model, kind) {
        Some(effects) => effects,
        None => pickers::links(model),
    }
}

fn activate(model: &mut Model) -> Vec<Effect> {
    if model.moving_pane() != Pane::Filters {
        let failing = model.results.part_to_drop().filter(|_| model.current().is_none());
        if let Some(part) = failing.map(|part| part.filter.clone()) {
            let query = model.search.query.without_part(&part);
            return search::run_query(model, query);
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
        FilterChoice::Everything => search::run_query(model, Query::default()),
        FilterChoice::View(text) => search::run_query(model, Query::parse(&text)),
        FilterChoice::Facet(term) => {
            let mut query = model.search.query.clone();
            query.toggle(term);
            search::run_query(model, query)
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
        return search::run_query_at(model, Query::default(), keep);
    } else {
        return model.jobs.cancel().into_iter().collect();
    }
    Vec::new()
}

/// One step back to the list, from whichever pane; quits from there.
fn quit(model: &mut Model) -> Vec<Effect> {
    if model.arrangement.zen {
        model.arrangement.zen = false;
    } else if model.focus != Pane::List {
        model.focus = Pane::List;
    } else {
        return vec![TerminalEffect::Quit.into()];
    }
    Vec::new()
}

/// Switches to the theme of that name.
fn switch_theme(model: &mut Model, name: &str) -> Vec<Effect> {
    match model.themes.open(name) {
        Ok(theme) => {
            let shown = if name == AUTO { format!("{AUTO} ({})", theme.name) } else { theme.name.clone() };
            model.say(Tone::Info, format!("theme: {shown}"));
            model.theme = theme;
            model.theme_name = name.to_owned();
            Vec::new()
        }
        Err(why) => model.refuse(why),
    }
}

fn toggle_mouse(model: &mut Model) -> Vec<Effect> {
    model.arrangement.mouse = !model.arrangement.mouse;
    let on = model.arrangement.mouse;
    let key = model.key_for(Action::ToggleMouse);
    model.say(
        Tone::Info,
        if on {
            format!("mouse on; shift or {key} selects text")
        } else {
            format!("the mouse selects text in the terminal; {key} takes it back")
        },
    );
    vec![TerminalEffect::Mouse(on).into()]
}
