//! Pickers: what is in them, their keys, and what a choice does.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::super::command::Action;
use super::super::effect::{Bulk, Effect, Papers, Request};
use super::super::layout::picker_rows;
use super::super::model::Model;
use super::super::overlay::{Overlay, Picker, PickerChoice, PickerItem, PickerKind, command_items};
use super::super::title_search::title_searches;
use super::invocation::{Invocation, Next};
use super::{marking, search, text_input, transfer};
use crate::domain::clean::Clean;
use crate::domain::query::{Query, Sort, SortBy};
use crate::domain::reading::Tag;
use crate::library::export::FORMATS;

/// The sort orders offered; others can be typed (`sort:-date,title`).
const SORTS: [(&str, SortBy, bool); 8] = [
    ("best match first", SortBy::Relevance, true),
    ("newest first", SortBy::Date, true),
    ("oldest first", SortBy::Date, false),
    ("added last first", SortBy::Added, true),
    ("by digest, latest first", SortBy::Digest, true),
    ("most votes first", SortBy::Votes, true),
    ("by title", SortBy::Title, false),
    ("by first author", SortBy::Author, false),
];

pub(super) fn key(model: &mut Model, mut picker: Picker, key: KeyEvent) -> Next {
    let ctrl = |c| key.code == KeyCode::Char(c) && key.modifiers == KeyModifiers::CONTROL;
    let count = picker.shown.len();
    let page = picker_rows(model.size).max(1) as isize;
    match key.code {
        KeyCode::Esc => return Next::nothing(),
        KeyCode::Enter => return choose(model, picker),
        KeyCode::Down => picker.cursor.step(1, count),
        KeyCode::Up => picker.cursor.step(-1, count),
        KeyCode::PageDown => picker.cursor.step(page, count),
        KeyCode::PageUp => picker.cursor.step(-page, count),
        _ if ctrl('n') || ctrl('j') => picker.cursor.step(1, count),
        _ if ctrl('p') => picker.cursor.step(-1, count),
        _ if text_input::edit(&mut picker.input, key) => picker.narrow(),
        _ => {}
    }
    let count = picker.shown.len();
    picker.cursor.clamp(count, page as usize);
    model.overlay = Some(Overlay::Picker(picker));
    Next::nothing()
}

fn choose(model: &mut Model, picker: Picker) -> Next {
    if let PickerKind::Tags(papers) = picker.kind.clone() {
        return Next::Effects(choose_tag(model, picker, papers));
    }
    let Some(item) = picker.chosen().cloned() else {
        model.overlay = Some(Overlay::Picker(picker));
        return Next::nothing();
    };
    match (item.choice, picker.kind) {
        (PickerChoice::Run(action), _) => Next::Run(Invocation::of(action)),
        (PickerChoice::View(text), _) => Next::Effects(search::run_query(model, Query::parse(&text))),
        (PickerChoice::Sort(sort), _) => Next::Effects(search::sort(model, sort)),
        (PickerChoice::Open(url), _) => Next::Effects(transfer::open_url(model, &url)),
        (PickerChoice::Format(format), PickerKind::Export(papers)) => {
            transfer::ask_export_path(model, papers, format);
            Next::nothing()
        }
        (PickerChoice::Format(_) | PickerChoice::Tag(_), _) => Next::nothing(),
    }
}

/// Adds or removes a tag and stays open for the next one; an unknown name makes a new tag.
fn choose_tag(model: &mut Model, mut picker: Picker, papers: Papers) -> Vec<Effect> {
    let chosen = match (picker.chosen(), picker.unknown()) {
        (None, Some(new)) => Tag::new(new).map(|tag| (tag, true)),
        (Some(item), _) => Tag::new(&item.label).map(|tag| (tag, item.ticked != Some(true))),
        (None, None) => None,
    };
    let Some((tag, on)) = chosen else {
        model.overlay = Some(Overlay::Picker(picker));
        return model.refuse("a tag needs letters or digits");
    };
    match picker.items.iter_mut().find(|item| item.label == tag.as_str()) {
        Some(item) => item.ticked = Some(on),
        None => picker.items.insert(0, tag_item(tag.as_str(), 1, true)),
    }
    picker.input.reset();
    let cursor = picker.cursor;
    picker.narrow();
    picker.cursor = cursor;
    model.overlay = Some(Overlay::Picker(picker));
    let label = if on { format!("tagged {tag}") } else { format!("untagged {tag}") };
    let change = if on { Bulk::Tag(tag) } else { Bulk::Untag(tag) };
    vec![marking::change_all(model, papers, change, label)]
}

/// A change of tags failed: the open picker shows them as they are, and Enter tries again.
pub(super) fn untick(model: &mut Model, failed: &Request) {
    let Request::ChangeAll { papers, change: Bulk::Tag(tag) | Bulk::Untag(tag), .. } = failed else { return };
    if let Some(Overlay::Picker(picker)) = &mut model.overlay
        && picker.kind == PickerKind::Tags(papers.clone())
        && let Some(item) = picker.items.iter_mut().find(|item| item.label == tag.as_str())
    {
        item.ticked = item.ticked.map(|on| !on);
    }
}

fn tag_item(tag: &str, count: usize, ticked: bool) -> PickerItem {
    PickerItem {
        label: tag.to_owned(),
        about: String::new(),
        side: count.to_string(),
        ticked: Some(ticked),
        choice: PickerChoice::Tag(tag.to_owned()),
    }
}

pub(super) fn tags(model: &mut Model) -> Vec<Effect> {
    let Some(papers) = marking::targets(model) else { return model.refuse("there is no paper here") };
    let on_paper = |tag: &str| match (&papers, model.loaded()) {
        (Papers::Keys(keys), Some(detail)) if keys.len() == 1 => {
            detail.reading.tags.iter().any(|known| known.as_str() == tag)
        }
        _ => false,
    };
    let mut counts: Vec<_> = model.snapshot.tags().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let items = counts.into_iter().map(|(tag, count)| tag_item(tag, count, on_paper(tag))).collect();
    show(model, Picker::new(PickerKind::Tags(papers.clone()), "Tags: type to find or create one", items))
}

pub(super) fn views(model: &mut Model) -> Vec<Effect> {
    if model.snapshot.views.is_empty() {
        let save = model.key_for(Action::SaveView);
        return model.refuse(format!("there are no saved views; {save} saves the current search as a view"));
    }
    let views = model.snapshot.views.iter().enumerate();
    let items = views.map(|(place, (name, query))| PickerItem {
        label: name.clone(),
        about: query.clone(),
        side: Action::VIEWS
            .get(place)
            .map(|action| model.keymap.keys_of(*action, model.scope()).join("  "))
            .unwrap_or_default(),
        ticked: None,
        choice: PickerChoice::View(query.clone()),
    });
    show(model, Picker::new(PickerKind::Views, "Saved views", items.collect()))
}

pub(super) fn sort(model: &mut Model) {
    let now = model.search.query.sort.first().copied();
    let items = SORTS.map(|(label, by, descending)| PickerItem {
        label: label.to_owned(),
        about: String::new(),
        side: String::new(),
        ticked: Some(now == Some(Sort { by, descending })),
        choice: PickerChoice::Sort(vec![Sort { by, descending }]),
    });
    show::<Effect>(model, Picker::new(PickerKind::Sort, "Sort the list", items.to_vec()));
}

pub(super) fn links(model: &mut Model) -> Vec<Effect> {
    let Some(detail) = model.loaded() else { return marking::refuse_unloaded(model) };
    let searches = title_searches(&detail.title);
    let urls: Vec<String> = model.detail.lines.iter().filter_map(|line| line.url.clone()).collect();
    let title = if urls.is_empty() { "No links: search for the title" } else { "Open a link, or search for the title" };
    let links = urls.into_iter().map(|url| link_item(Clean::new(&url).into_string(), String::new(), url));
    let searches = searches
        .into_iter()
        .map(|(site, url)| link_item(format!("search {site}"), Clean::new(&url).into_string(), url));
    let items = links.chain(searches).collect();
    show(model, Picker::new(PickerKind::Links, title, items))
}

fn link_item(label: String, about: String, url: String) -> PickerItem {
    PickerItem { label, about, side: String::new(), ticked: None, choice: PickerChoice::Open(url) }
}

pub(super) fn export(model: &mut Model) -> Vec<Effect> {
    let Some(papers) = marking::targets_or_all(model) else { return model.refuse("there is no paper to export") };
    let items = FORMATS.iter().map(|format| PickerItem {
        label: format.name.to_owned(),
        about: format.about.to_owned(),
        side: String::new(),
        ticked: None,
        choice: PickerChoice::Format(format.name),
    });
    show(model, Picker::new(PickerKind::Export(papers), "Export as", items.collect()))
}

/// Every command with its keys.
pub(super) fn commands(model: &mut Model, kind: PickerKind, title: &'static str) {
    let items = command_items(&model.keymap);
    show::<Effect>(model, Picker::new(kind, title, items));
}

fn show<T>(model: &mut Model, picker: Picker) -> Vec<T> {
    model.overlay = Some(Overlay::Picker(picker));
    Vec::new()
}
