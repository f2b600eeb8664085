//! The command line: a command's name and its argument.

use super::super::command::{self, Action};
use super::super::effect::{Effect, Request, Work};
use super::super::model::Model;
use super::super::overlay::typed_path;
use super::{actions, ask_query, marking, pickers, refuse};
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::query::{Query, Term};
use crate::domain::reading::{Change, Status, Tag};

pub(super) fn run(model: &mut Model, line: &str) -> Vec<Effect> {
    let (name, argument) = line.split_once(' ').map_or((line, ""), |(name, rest)| (name, rest.trim()));
    if name.is_empty() {
        return Vec::new();
    }
    // A row number, as in pagers.
    if let Ok(row) = name.parse::<u32>() {
        return actions::run(model, Action::Top, Some(row));
    }
    let Some(command) = command::find(name) else {
        let advice = command::nearest(name).map(|near| format!("; did you mean `{}`?", near.name)).unwrap_or_default();
        return refuse(model, format!("there is no command `{}`{advice}", Clean::new(name)));
    };
    match (command.action, argument) {
        (action, "") => actions::run(model, action, None),
        (Action::SetStatus, name) => set_status(model, name),
        (Action::TagWith, tag) => set_tag(model, tag, true),
        (Action::Untag, tag) => set_tag(model, tag, false),
        (Action::Search, query) => ask_query(model, Query::parse(query)),
        (Action::Import, path) => import(model, path),
        (Action::SaveView, name) => save_view(model, name),
        (Action::Views, name) => open_view(model, name),
        (Action::Sort, keys) => sort(model, keys),
        (Action::Export, rest) => export(model, rest),
        (Action::ThemeNext, name) => theme(model, name),
        (Action::DigestDate, day) => match actions::digest_id(model) {
            Some(id) => digest_day(model, &id, day),
            None => refuse(model, "this paper is in no digest"),
        },
        (Action::Note, text) => marking::set_note(model, text),
        _ => refuse(model, format!("`{name}` takes no argument")),
    }
}

fn set_status(model: &mut Model, name: &str) -> Vec<Effect> {
    match name.parse::<Status>() {
        Ok(status) => marking::status(model, status),
        Err(why) => refuse(model, why),
    }
}

fn set_tag(model: &mut Model, text: &str, on: bool) -> Vec<Effect> {
    match Tag::new(text) {
        Some(tag) => marking::tag(model, tag, on),
        None => refuse(model, "a tag needs letters or digits"),
    }
}

pub(super) fn save_view(model: &mut Model, name: &str) -> Vec<Effect> {
    let name = Clean::new(name).into_string();
    let query = model.search.query.to_string();
    let label = format!("saved view {name}");
    vec![Request::Change { changes: vec![Change::View(name, Some(query))], label }.into()]
}

fn open_view(model: &mut Model, name: &str) -> Vec<Effect> {
    let found = model.snapshot.views.iter().find(|(known, _)| known == name).map(|(_, query)| Query::parse(query));
    match found {
        Some(query) => ask_query(model, query),
        None => refuse(model, format!("there is no view `{}`", Clean::new(name))),
    }
}

fn sort(model: &mut Model, keys: &str) -> Vec<Effect> {
    let query = Query::parse(&format!("sort:{keys}"));
    match query.mistakes.first() {
        Some(mistake) => refuse(model, mistake.message.clone()),
        None => actions::sort(model, query.sort),
    }
}

/// `export FORMAT PATH`, or `export PATH` with the format taken from the file name extension.
fn export(model: &mut Model, rest: &str) -> Vec<Effect> {
    let (format, path) = rest.split_once(' ').map_or((rest, rest), |(format, path)| (format, path.trim()));
    let ending = path.rsplit_once('.').map_or(format, |(_, ending)| ending);
    let format = if format == path { ending } else { format };
    match crate::export::find_format(format) {
        Err(error) => refuse(model, error.to_string()),
        Ok(_) if path == format => pickers::export(model),
        Ok(found) => match marking::targets_or_all(model) {
            Some(papers) => {
                let path = typed_path(path, model.settings.home.as_deref());
                vec![model.jobs.start(Work::Export { papers, format: found.name, path })]
            }
            None => refuse(model, "there is no paper to export"),
        },
    }
}

pub(super) fn import(model: &mut Model, path: &str) -> Vec<Effect> {
    let path = typed_path(path, model.settings.home.as_deref());
    vec![model.jobs.start(Work::Import { paths: vec![path] })]
}

fn theme(model: &mut Model, name: &str) -> Vec<Effect> {
    match model.themes.open(name) {
        Ok(theme) => {
            model.theme = theme;
            Vec::new()
        }
        Err(why) => refuse(model, why),
    }
}

pub(super) fn digest_day(model: &mut Model, id: &str, text: &str) -> Vec<Effect> {
    let day = match text {
        "" => None,
        text => match text.parse::<PartialDate>() {
            Ok(day) if day.day().is_some() => Some(day.to_string()),
            _ => return refuse(model, format!("`{}` is not a day like 2025-03-12", Clean::new(text))),
        },
    };
    let shown = model.search.query.digest_day();
    let was = model.snapshot.index.digest_table().iter().find(|digest| digest.id == id).and_then(|digest| digest.day);
    let label = day.as_ref().map_or_else(|| "digest day reset".to_owned(), |day| format!("digest day set to {day}"));
    let corrected = day.as_ref().and_then(|day| day.parse().ok());
    let mut effects = vec![Request::Change { changes: vec![Change::DigestDay(id.to_owned(), day)], label }.into()];
    // A search for this digest is changed to its new day.
    if let Some(day) = corrected.filter(|_| shown.is_some() && shown == was) {
        let query = model.search.query.without_digest().with(Term::digest_of(day));
        effects.extend(ask_query(model, query));
    }
    effects
}
