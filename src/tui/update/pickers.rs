//! Pickers: what is in them, their keys, and what a choice does.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::super::command::Action;
use super::super::effect::{Bulk, Effect, Papers};
use super::super::layout::picker_rows;
use super::super::model::Model;
use super::super::overlay::{Overlay, Picker, PickerChoice, PickerItem, PickerKind, command_items};
use super::super::theme::{AUTO, THEMES};
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
    // Letters are commands until something is typed in a short list, and after Esc.
    let command = match key.code {
        KeyCode::Char(c) if !picker.is_typing && key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => Some(c),
        _ => None,
    };
    match (key.code, command) {
        // One thing at a time: what was typed, then the list.
        (KeyCode::Esc, _) if picker.is_typing && !picker.input.value().is_empty() => picker.is_typing = false,
        (KeyCode::Esc, _) | (_, Some('q')) => {
            cancel(model, picker);
            return Next::nothing();
        }
        (KeyCode::Enter, _) => return choose(model, picker),
        (KeyCode::Char(' '), _) if matches!(picker.kind, PickerKind::Tags(_)) => toggle(&mut picker),
        (KeyCode::Down, _) | (_, Some('j')) => picker.cursor.step(1, count),
        (KeyCode::Up, _) | (_, Some('k')) => picker.cursor.step(-1, count),
        (KeyCode::PageDown, _) => picker.cursor.step(page, count),
        (KeyCode::PageUp, _) => picker.cursor.step(-page, count),
        (KeyCode::Home, _) | (_, Some('g')) => picker.cursor.selected = 0,
        (KeyCode::End, _) | (_, Some('G')) => picker.cursor.selected = count.saturating_sub(1),
        (_, Some('/')) => picker.is_typing = true,
        _ if ctrl('n') || ctrl('j') => picker.cursor.step(1, count),
        _ if ctrl('p') => picker.cursor.step(-1, count),
        // The key that opened the list goes on to the next one.
        _ if ctrl('t') && matches!(picker.kind, PickerKind::Themes(_)) => {
            picker.cursor.selected = (picker.cursor.selected + 1) % count.max(1);
        }
        _ if text_input::edit(&mut picker.input, key) => {
            picker.is_typing = true;
            picker.narrow();
        }
        _ => {}
    }
    let count = picker.shown.len();
    picker.cursor.clamp(count, page as usize);
    preview(model, &picker);
    model.overlay = Some(Overlay::Picker(picker));
    Next::nothing()
}

/// Closes it, and shows the theme from before.
pub(super) fn cancel(model: &mut Model, picker: Picker) {
    if let PickerKind::Themes(before) = picker.kind {
        model.theme = *before;
    }
}

/// Shows the theme under the cursor.
fn preview(model: &mut Model, picker: &Picker) {
    if let Some(PickerItem { choice: PickerChoice::Theme(name), .. }) = picker.chosen()
        && let Ok(theme) = model.themes.open(name)
    {
        model.theme = theme;
    }
}

fn choose(model: &mut Model, picker: Picker) -> Next {
    if let PickerKind::Tags(papers) = picker.kind.clone() {
        return Next::Effects(apply_tags(model, picker, papers));
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
        (PickerChoice::Theme(name), kind) => {
            if let PickerKind::Themes(before) = kind {
                model.theme = *before;
            }
            Next::Run(Invocation::with(Action::Themes, &name))
        }
        (PickerChoice::Format(format), PickerKind::Export(papers)) => {
            transfer::ask_export_path(model, papers, format);
            Next::nothing()
        }
        (PickerChoice::Format(_) | PickerChoice::Tag { .. } | PickerChoice::NewTag, _) => Next::nothing(),
    }
}

/// Ticks or unticks the tag under the cursor; what was typed for it is done with.
fn toggle(picker: &mut Picker) {
    let Some(item) = picker.chosen_mut() else { return };
    item.ticked = Some(item.ticked != Some(true));
    if item.choice == PickerChoice::NewTag
        && let Some(tag) = Tag::new(&item.label)
    {
        item.about.clear();
        item.choice = PickerChoice::Tag { tag, had: false };
    }
    let label = item.label.clone();
    if !picker.input.value().is_empty() {
        picker.input.reset();
        picker.narrow();
        let place = picker.shown.iter().position(|place| picker.items.get(*place).is_some_and(|it| it.label == label));
        picker.cursor.selected = place.unwrap_or_default();
    }
}

/// Adds what was ticked and removes what was unticked, as one change. The tag under the cursor is added where it was typed, or nothing
/// else was ticked; Enter never removes one.
fn apply_tags(model: &mut Model, mut picker: Picker, papers: Papers) -> Vec<Effect> {
    let differs = |item: &PickerItem| match &item.choice {
        PickerChoice::Tag { tag, had } if item.ticked != Some(*had) => Some((tag.clone(), !had)),
        _ => None,
    };
    let mut changes: Vec<(Tag, bool)> = picker.items.iter().filter_map(differs).collect();
    let is_typed = !picker.input.value().trim().is_empty();
    let under_cursor = picker.chosen().filter(|_| is_typed || changes.is_empty()).and_then(|item| match &item.choice {
        PickerChoice::NewTag => Tag::new(&item.label),
        PickerChoice::Tag { tag, .. } => Some(tag.clone()),
        _ => None,
    });
    if let Some(tag) = &under_cursor
        && !changes.iter().any(|(changed, _)| changed == tag)
    {
        changes.push((tag.clone(), true));
    }
    if changes.is_empty() {
        picker.is_typing = true;
        model.overlay = Some(Overlay::Picker(picker));
        return model.refuse("type the name of a tag");
    }
    let words = |on: bool, word: &str| {
        let tags: Vec<&str> = changes.iter().filter(|change| change.1 == on).map(|(tag, _)| tag.as_str()).collect();
        (!tags.is_empty()).then(|| format!("{word} {}", tags.join(", ")))
    };
    let label = [words(true, "tagged"), words(false, "untagged")].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let change = match changes.as_slice() {
        [(tag, true)] => Bulk::Tag(tag.clone()),
        [(tag, false)] => Bulk::Untag(tag.clone()),
        _ => Bulk::Tags(changes),
    };
    let effects = vec![marking::change_all(model, papers, change, label)];
    model.drafts.submit(Overlay::Picker(picker), &effects);
    effects
}

/// Papers whose tags are looked at one by one to tell which all of them have.
const LOOKED_AT: usize = 1000;

pub(super) fn tags(model: &mut Model) -> Vec<Effect> {
    marking::end_range(model);
    let papers = match marking::targets(model) {
        Ok(papers) => papers,
        Err(why) => return model.refuse(why),
    };
    let docs: Vec<_> = match &papers {
        Papers::Keys(keys) if keys.len() <= LOOKED_AT => {
            keys.iter().filter_map(|key| model.snapshot.find(key)).collect()
        }
        Papers::Keys(_) | Papers::Found(_) | Papers::Unread(_) => Vec::new(),
    };
    let mut on: BTreeMap<String, usize> = BTreeMap::new();
    for tag in docs.iter().flat_map(|doc| model.snapshot.tags_of(*doc)) {
        *on.entry(tag.to_string()).or_default() += 1;
    }
    let mut counts: Vec<_> = model.snapshot.tags().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let items = counts.into_iter().filter_map(|(name, count)| {
        let (tag, papers) = (Tag::new(name)?, on.get(name).copied().unwrap_or_default());
        let had = papers > 0 && papers == docs.len();
        let about = if had || papers == 0 { String::new() } else { format!("on {papers} of {}", docs.len()) };
        let choice = PickerChoice::Tag { tag, had };
        Some(PickerItem { label: name.to_owned(), about, side: count.to_string(), ticked: Some(had), choice })
    });
    let items = items.collect();
    show(model, Picker::new(PickerKind::Tags(papers), "Tags: type to find or create one", items))
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

/// Starts on the present order.
pub(super) fn sort(model: &mut Model) {
    let now = search::order_now(&model.search.query);
    let items = SORTS.map(|(label, by, descending)| PickerItem {
        label: label.to_owned(),
        about: String::new(),
        side: String::new(),
        ticked: Some(now == Sort { by, descending }),
        choice: PickerChoice::Sort(vec![Sort { by, descending }]),
    });
    let place = items.iter().position(|item| item.ticked == Some(true)).unwrap_or_default();
    show::<Effect>(model, Picker::new(PickerKind::Sort, "Sort the list", items.to_vec()).starting_at(place));
}

/// Starts on the theme after the present one, which is shown at once.
pub(super) fn themes(model: &mut Model) {
    let own = model.themes.own.iter().map(|name| (name.clone(), "your own"));
    let shipped = THEMES.iter().map(|(name, _)| ((*name).to_owned(), ""));
    let is_auto = model.theme_name == AUTO;
    let items: Vec<PickerItem> = shipped
        .chain(own)
        .chain([(AUTO.to_owned(), "what fits the terminal")])
        .map(|(name, about)| PickerItem {
            ticked: Some(if is_auto { name == AUTO } else { name == model.theme.name }),
            label: name.clone(),
            about: about.to_owned(),
            side: String::new(),
            choice: PickerChoice::Theme(name),
        })
        .collect();
    let present = items.iter().position(|item| item.label == model.theme.name);
    let next = present.map_or(0, |place| (place + 1) % items.len().max(1));
    let before = Box::new(model.theme.clone());
    let picker = Picker::new(PickerKind::Themes(before), "Theme", items).starting_at(next);
    preview(model, &picker);
    show::<Effect>(model, picker);
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
    let papers = match marking::targets_or_all(model) {
        Ok(papers) => papers,
        Err(why) => return model.refuse(why),
    };
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
