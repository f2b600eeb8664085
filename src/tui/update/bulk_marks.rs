//! One status for a part of the list: what is above the cursor, all of it, or all but the selection. Only unread papers change, so that
//! nothing that was queued, read or dropped with care is lost; each is one change, with one undo.

use std::collections::HashSet;

use super::super::command::Action;
use super::super::effect::{Bulk, Effect, LARGE_CHANGE, Papers, UnreadPart};
use super::super::model::Model;
use super::marking;
use crate::domain::reading::Status;
use crate::library::search::DocId;

/// A part of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListPart {
    /// The rows before the one under the cursor.
    Above,
    All,
    /// What is not selected.
    Rest,
}

/// Gives the unread papers of a part the status of that name.
pub(super) fn run(model: &mut Model, part: ListPart, status: &str) -> Vec<Effect> {
    let status = match status.parse::<Status>() {
        Ok(status) => status,
        Err(why) => return model.refuse(why),
    };
    if part == ListPart::Rest && model.selection.is_empty() {
        let select = model.key_for(Action::Select);
        return model.refuse(format!("nothing is selected: {select} selects what is to stay as it is"));
    }
    if let Some(why) = marking::refusal_of_all(model) {
        return model.refuse(why);
    }
    let Some(papers) = papers(model, part) else { return model.refuse(nothing(part)) };
    vec![marking::change_all(model, papers, Bulk::Status(status), format!("marked {status}"))]
}

fn nothing(part: ListPart) -> &'static str {
    match part {
        ListPart::Above => "nothing above the cursor is unread",
        ListPart::All => "nothing in this list is unread",
        ListPart::Rest => "nothing that is not selected is unread",
    }
}

/// The papers of a part, without those below the result: by key where they are few, so that they are those on the screen.
fn papers(model: &Model, part: ListPart) -> Option<Papers> {
    let found = model.found()?;
    let count = found.count();
    let above = model.results.found_row(model.list.selected).min(count);
    let rows = if part == ListPart::Above { above } else { count };
    let is_rest = part == ListPart::Rest;
    let except_found = model.selection.all.clone().filter(|_| is_rest);
    if except_found.as_ref() == Some(&found) {
        return None;
    }
    let except = marking::docs(model).filter(|_| is_rest).unwrap_or_default();
    if rows >= LARGE_CHANGE {
        let except = except.into_iter().filter_map(|doc| model.key(doc)).collect();
        return Some(Papers::Unread(Box::new(UnreadPart { found, rows, except, except_found })));
    }
    let except: HashSet<DocId> = except.into_iter().collect();
    let is_excepted = |doc| except_found.as_ref().is_some_and(|found| found.contains(&model.snapshot, doc));
    let is_unread = |doc| model.snapshot.status(doc) == Status::Unread;
    let docs = found.hits.0.page(0, rows).into_iter();
    let docs = docs.filter(|doc| is_unread(*doc) && !except.contains(doc) && !is_excepted(*doc));
    let keys: Vec<_> = docs.filter_map(|doc| model.key(doc)).collect();
    (!keys.is_empty()).then_some(Papers::Keys(keys))
}
