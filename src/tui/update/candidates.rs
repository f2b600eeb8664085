//! What can follow in a prompt: names of commands, values of their arguments, files. Nothing is read from the disk here. Pure.

use std::cmp::Reverse;
use std::ops::Range;

use super::super::command::{self, Argument, COMMANDS};
use super::super::completion::{CompletionCandidate, Completions, FolderList};
use super::super::filters;
use super::super::flow::counted;
use super::super::model::Model;
use super::super::theme::THEMES;
use crate::domain::named_date::DAY_EXAMPLES;
use crate::domain::query::{self, FieldName};
use crate::domain::reading::Status;
use crate::library::export::FORMATS;
use crate::library::sync::services;

/// Before sort keys in a query.
const SORT: &str = "sort:";

/// Completes the command line.
pub(super) fn of_command_line(text: &str, cursor: usize, files: Option<&FolderList>, model: &Model) -> Completions {
    let typed: String = text.chars().take(cursor).collect();
    let start = typed.chars().take_while(|c| *c == ' ').count();
    let line: String = typed.chars().skip(start).collect();
    let Some((name, argument)) = line.split_once(' ') else {
        return Completions { replace: start..cursor, candidates: commands(&line), ..Completions::default() };
    };
    let Some(kind) = command::find(name).and_then(|command| command.argument) else {
        return Completions::default();
    };
    let before = start + name.chars().count() + 1;
    let completion = of_argument(kind, argument, cursor - before, files, model);
    let Range { start, end } = completion.replace;
    Completions { replace: start + before..end + before, ..completion }
}

/// Completes the argument of a command, or a prompt for one.
pub(super) fn of_argument(
    kind: Argument,
    text: &str,
    cursor: usize,
    files: Option<&FolderList>,
    model: &Model,
) -> Completions {
    let typed: String = text.chars().take(cursor).collect();
    let start = typed.chars().take_while(|c| *c == ' ').count();
    let word: String = typed.chars().skip(start).collect();
    let whole = |all: Vec<CompletionCandidate>| Completions {
        replace: start..cursor,
        candidates: matching(all, &word),
        ..Completions::default()
    };
    match kind {
        Argument::Status => {
            whole(Status::ALL.iter().map(|status| CompletionCandidate::of(status.to_string())).collect())
        }
        Argument::Tag => whole(tags(model)),
        Argument::View | Argument::NewView => {
            whole(model.snapshot.views.iter().map(|(name, query)| CompletionCandidate::new(name, query)).collect())
        }
        Argument::Theme => {
            let own = model.themes.own.iter().map(CompletionCandidate::of);
            whole(THEMES.iter().map(|(name, _)| CompletionCandidate::of(*name)).chain(own).collect())
        }
        Argument::Day => Completions {
            about: DAY_EXAMPLES.to_owned(),
            ..whole(["today", "yesterday"].map(CompletionCandidate::of).into())
        },
        Argument::Order => {
            let completion = of_query(&format!("{SORT}{text}"), cursor + SORT.len(), model);
            let Range { start, end } = completion.replace;
            Completions { replace: start.saturating_sub(SORT.len())..end.saturating_sub(SORT.len()), ..completion }
        }
        Argument::Query => of_query(text, cursor, model),
        Argument::Service => whole(services().map(|(name, about)| CompletionCandidate::new(name, about)).collect()),
        Argument::Note => Completions::default(),
        Argument::ImportPath => of_file(&word, start, files),
        Argument::ExportFile => {
            let about = export_size(model);
            Completions { about, ..of_export(&word, start, files) }
        }
    }
}

/// Commands whose name begins with a text, then those that contain it, else the one that is spelt like it.
fn commands(typed: &str) -> Vec<CompletionCandidate> {
    if typed.is_empty() {
        return Vec::new();
    }
    let all = COMMANDS.iter().map(|command| {
        let argument = if command.argument.is_some() { " " } else { "" };
        CompletionCandidate::new(format!("{}{argument}", command.name), command.about)
    });
    let found = matching(all.collect(), typed);
    if !found.is_empty() {
        return found;
    }
    let near = command::nearest(typed).filter(|near| near.name != typed);
    near.map(|near| CompletionCandidate::new(near.name, near.about)).into_iter().collect()
}

/// Those that begin with a text, then those that contain it; case is ignored. The text itself is no candidate.
fn matching(all: Vec<CompletionCandidate>, typed: &str) -> Vec<CompletionCandidate> {
    let typed = typed.to_lowercase();
    let (beginning, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|candidate| candidate.text.to_lowercase().starts_with(&typed));
    let containing = others.into_iter().filter(|candidate| candidate.text.to_lowercase().contains(&typed));
    beginning.into_iter().chain(containing).filter(|candidate| candidate.text != typed).collect()
}

/// How many papers an export writes.
fn export_size(model: &Model) -> String {
    match model.export_count() {
        0 => "there is no paper to export".to_owned(),
        count => format!("writes {}", counted(count, "paper")),
    }
}

fn tags(model: &Model) -> Vec<CompletionCandidate> {
    let mut tags: Vec<(&str, usize)> = model.snapshot.tags().collect();
    tags.sort_by_key(|(_, count)| Reverse(*count));
    tags.into_iter().map(|(tag, count)| CompletionCandidate::new(tag, count.to_string())).collect()
}

/// Completes a query as the search box does.
fn of_query(text: &str, cursor: usize, model: &Model) -> Completions {
    let Some(at) = query::complete(text, cursor) else { return Completions::default() };
    let known = |field: FieldName| filters::known_values(model, field);
    let candidates = query::candidates(at.kind, &at.prefix, &known).into_iter().map(CompletionCandidate::of).collect();
    Completions { replace: at.replace, candidates, ..Completions::default() }
}

/// Completes `FORMAT FILE`.
fn of_export(text: &str, start: usize, files: Option<&FolderList>) -> Completions {
    let formats = FORMATS.iter().map(|format| CompletionCandidate::new(format!("{} ", format.name), format.about));
    match text.split_once(' ') {
        Some((word, rest)) if FORMATS.iter().any(|format| format.name == word || format.extension == word) => {
            let blanks = rest.chars().take_while(|c| *c == ' ').count();
            of_file(&rest.chars().skip(blanks).collect::<String>(), start + word.chars().count() + 1 + blanks, files)
        }
        _ => {
            let mut completion = of_file(text, start, files);
            let formats = formats.filter(|format| format.text.starts_with(text));
            completion.candidates = formats.chain(completion.candidates).collect();
            completion
        }
    }
}

/// Completes the name of a file, which reaches from `start` to the cursor.
fn of_file(typed: &str, start: usize, files: Option<&FolderList>) -> Completions {
    let quote = typed.chars().next().filter(|c| matches!(c, '"' | '\''));
    let quotes = usize::from(quote.is_some());
    let path: String = typed.chars().skip(quotes).collect();
    let (folder, name) = match path.rfind(std::path::is_separator) {
        Some(at) => path.split_at_checked(at + 1).unwrap_or((&path, "")),
        None => ("", path.as_str()),
    };
    let from = start + quotes + folder.chars().count();
    let replace = from..from + name.chars().count();
    let Some(files) = files.filter(|files| files.folder == folder) else {
        return Completions { replace, folder: Some(folder.to_owned()), ..Completions::default() };
    };
    let names = files.names.iter().filter(|known| known.starts_with(name) && known.as_str() != name);
    let visible = names.filter(|known| name.starts_with('.') || !known.starts_with('.'));
    let candidates = visible.map(CompletionCandidate::of).collect();
    Completions { replace, candidates, ..Completions::default() }
}
