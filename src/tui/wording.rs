//! What the model shows, in words that the screen and linear mode share. Pure.

use super::command::{Action, CommandInfo};
use super::flow::{TextRole, counted, grouped};
use super::model::Model;
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::query::{FieldName, Filter, Query, SortBy, Term};
use crate::library::search::Elsewhere;

/// How many papers are found, of how many; those that have free words outside title and authors apart.
pub(super) fn found(model: &Model) -> String {
    let count = grouped(model.results.count());
    let dot = model.glyphs.separator;
    match model.results.hits.as_ref().map(|hits| (hits, hits.elsewhere)) {
        Some((_, Elsewhere::Awaited)) => format!("{count} {dot} {}", model.glyphs.ellipsis),
        Some((hits, Elsewhere::Found(elsewhere))) if elsewhere > 0 => {
            format!("{} {dot} {} in abstracts", grouped(hits.in_titles()), grouped(elsewhere))
        }
        Some((hits, _)) if hits.lacks_abstracts => format!("{count} {dot} abstracts not indexed yet"),
        _ => format!("{count} of {}", grouped(model.snapshot.listed())),
    }
}

/// How the list is sorted, in words.
pub(super) fn order(model: &Model) -> String {
    let query = &model.search.query;
    let ranked = [(FieldName::Similar, "most similar first"), (FieldName::Meaning, "best match first")];
    let fields = query.narrowed_fields();
    if let Some((_, words)) = ranked.iter().find(|(field, _)| query.sort.is_empty() && fields.contains(field)) {
        return (*words).to_owned();
    }
    let order = query.order();
    let Some(sort) = order.first() else {
        return if query.has_words() { "relevance" } else { "newest" }.to_owned();
    };
    let (down, up) = match sort.by {
        SortBy::Relevance => ("relevance", "least relevant"),
        SortBy::Date => ("newest", "oldest"),
        SortBy::Added => ("latest added", "first added"),
        SortBy::Title => ("title, z to a", "title"),
        SortBy::Author => ("author, z to a", "author"),
        SortBy::Votes => ("most votes", "fewest votes"),
        SortBy::Digest => ("as in the digest", "first digest"),
        SortBy::Status => ("status, last first", "status"),
    };
    if sort.descending { down } else { up }.to_owned()
}

/// The query as the closed search box shows it: with the title of a paper that others are to be similar to, instead of its key.
pub(super) fn query(model: &Model) -> String {
    let text = model.search.input.value();
    let Some(name) = model.search.query.similar_to() else { return text.to_owned() };
    let key = PaperKey::parse(name).or_else(|| PaperKey::from_stored(name));
    let doc = key.and_then(|key| model.snapshot.find(&key));
    let Some(title) = doc.map(|doc| model.snapshot.title(doc)) else { return text.to_owned() };
    let written = Query { filter: Filter::Term(Term::Similar(name.to_owned())), ..Query::default() }.to_string();
    text.replacen(&written, &format!("similar to: {title}"), 1)
}

/// How many papers are selected; None when none are.
pub(super) fn selection(model: &Model) -> Option<String> {
    let selection = &model.selection;
    if let Some(all) = &selection.all {
        let is_listed = model.found().as_ref() == Some(all);
        return Some(format!("{}{} selected", if is_listed { "all " } else { "" }, grouped(all.count())));
    }
    if selection.anchor.is_some() {
        return Some(format!("selecting a range: {}", counted(model.selected_count(), "paper")));
    }
    let elsewhere = match model.selected_elsewhere() {
        0 => String::new(),
        elsewhere => format!(", {} not in this list", grouped(elsewhere)),
    };
    (!selection.docs.is_empty()).then(|| format!("{} selected{elsewhere}", grouped(selection.docs.len())))
}

/// Why the list has no papers, and what to do next.
pub(super) fn empty_list(model: &Model) -> Vec<(String, TextRole)> {
    let mut lines = Vec::new();
    // A search is under way.
    if model.results.hits.is_none() || model.results.is_partial() {
        return lines;
    }
    if model.snapshot.is_empty() {
        lines.push(("The library is empty.".to_owned(), TextRole::Bright));
        let import = format!("{} imports a file or a folder of files", model.key_for(Action::Import));
        lines.push((import, TextRole::Dim));
        return lines;
    }
    if model.search.query == Query::default() {
        lines.push(("Every paper here is hidden.".to_owned(), TextRole::Bright));
        let (undo, starter) = (model.key_for(Action::Undo), model.key_for(Action::HideStarter));
        lines.push((format!("{undo} undoes the hiding"), TextRole::Dim));
        lines.push((format!("{starter} hides or shows the starter shelf"), TextRole::Dim));
        let import = format!("{} imports a file or a folder of files", model.key_for(Action::Import));
        lines.push((import, TextRole::Dim));
        return lines;
    }
    lines.push(("No matches.".to_owned(), TextRole::Bright));
    for part in &model.results.parts {
        let count = match part.papers {
            0 => "no paper".to_owned(),
            1 => "1 paper".to_owned(),
            papers => format!("{} papers", grouped(papers)),
        };
        let role = if part.papers == 0 { TextRole::Warning } else { TextRole::Dim };
        lines.push((format!("{count:>14}  {}", part.text), role));
    }
    // Where other papers follow, the key opens the one under the cursor instead.
    if model.results.below.is_empty() {
        let advice = match model.results.part_to_drop() {
            Some(part) => format!("{} removes `{}` from the search", model.key_for(Action::Activate), part.text),
            None => format!("{} clears the search", model.key_for(Action::Back)),
        };
        lines.push((advice, TextRole::Dim));
    }
    lines
}

/// The keys that can follow the ones typed, each with what it does.
pub(super) fn continuations(model: &Model) -> Vec<(String, String)> {
    let next = model.keymap.continuations(&model.pending, model.scope()).into_iter();
    let words = |command: &CommandInfo| match Action::VIEWS.contains(&command.action) {
        true => view_name(model, command.action),
        false => Some(command.name.replace('-', " ")),
    };
    // A key for a view that is not saved yet leads nowhere.
    next.filter_map(|(key, command)| Some((key, words(command)?))).collect()
}

/// The name of the saved view that the action shows.
pub(super) fn view_name(model: &Model, action: Action) -> Option<String> {
    let place = Action::VIEWS.iter().position(|view| *view == action)?;
    model.snapshot.views.get(place).map(|(name, _)| Clean::new(name).into_string())
}
