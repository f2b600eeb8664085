//! Searches: asks the background for the papers of a query, and changes the query.

use std::sync::Arc;

use super::super::command::Action;
use super::super::effect::{Effect, Request, SharedHits};
use super::super::jumps::{JumpList, JumpPlace};
use super::super::model::{Model, Selection, Tone};
use super::super::panes::Pane;
use super::super::results::{LeftOver, SCREENFUL};
use super::marking;
use crate::domain::clean::Clean;
use crate::domain::query::{Filter, Query, Sort, SortBy, Term};
use crate::domain::reading::Change;
use crate::library::search::{DocId, has_fuzzy_matches};

/// Searches for the query of the search box. The answer to an earlier search is dropped when it comes.
pub(super) fn run(model: &mut Model) -> Vec<Effect> {
    model.results.generation += 1;
    let (generation, keep) = (model.results.generation, model.results.keep);
    let at_once = keep.is_some() || model.results.left_at.is_some();
    vec![Request::Search { generation, query: model.search.query.clone(), keep, at_once }.into()]
}

/// Asks for what the list still lacks: the rest of a result of which a part is shown, else, if the result leaves room, what is listed below it.
pub(super) fn run_on(model: &Model) -> Option<Effect> {
    let (generation, query) = (model.results.generation, model.search.query.clone());
    let hits = model.results.hits.as_ref()?;
    if model.results.is_partial() {
        return Some(Request::Complete { generation, query, begun: SharedHits(Arc::clone(hits)) }.into());
    }
    let leaves_room = hits.count < SCREENFUL && has_fuzzy_matches(&query);
    leaves_room.then(|| Request::Below { generation, query, found: hits.complete() }.into())
}

/// Puts a query into the search box and searches for it; the cursor goes to the top of the result.
pub(super) fn run_query(model: &mut Model, query: Query) -> Vec<Effect> {
    run_query_at(model, query, None)
}

/// The same; the cursor goes to a paper where it is found.
pub(super) fn run_query_at(model: &mut Model, query: Query, keep: Option<DocId>) -> Vec<Effect> {
    leave_for(model, &query);
    model.selection = Selection::default();
    show(model, query, keep)
}

/// Where the user is becomes a place of the jump list, unless the query is the same.
fn leave_for(model: &mut Model, query: &Query) {
    if *query != model.search.query {
        let here = model.place();
        model.jumps.leave(here);
    }
}

/// A step of the jump list: where the user was before, or after.
pub(super) fn jump(
    model: &mut Model,
    step: impl FnOnce(&mut JumpList, JumpPlace) -> Option<JumpPlace>,
    nowhere: &str,
) -> Vec<Effect> {
    let here = model.place();
    let Some(place) = step(&mut model.jumps, here) else { return model.refuse(nowhere) };
    let keep = place.paper.as_ref().and_then(|key| model.snapshot.find(key));
    model.selection = Selection::default();
    let effects = show(model, Query::parse(&place.query), keep);
    model.list.selected = place.row;
    effects
}

fn show(model: &mut Model, query: Query, keep: Option<DocId>) -> Vec<Effect> {
    model.search.input = tui_input::Input::new(query.to_string());
    model.search.query = query;
    model.results.keep = keep;
    model.results.keeps_unlisted = false;
    model.results.begin_query();
    run(model)
}

/// The cursor has left the paper that is no longer found: its row goes.
pub(super) fn drop_left_over(model: &mut Model) {
    let (list, selection) = (&mut model.list, &mut model.selection);
    let Some(LeftOver { row, .. }) = model.results.left_over.take_if(|left_over| left_over.row != list.selected) else {
        return;
    };
    for place in [&mut list.selected, &mut list.top].into_iter().chain(&mut selection.anchor) {
        *place -= usize::from(*place > row);
    }
}

/// Why the library is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// A change that the user made here.
    OwnChange,
    Other,
}

/// Whether the paper under the cursor stays even if it is not found again.
pub(super) fn keep_unlisted(model: &mut Model, cause: Cause) {
    let is_reading = model.moving_pane() == Pane::Abstract;
    model.results.keeps_unlisted |= model.results.is_of_query() && (is_reading || cause == Cause::Other);
}

/// The paper on which the cursor is to stay. While the list of the query is awaited, that is none of the list before.
pub(super) fn to_keep(model: &Model) -> Option<DocId> {
    let current = if model.results.is_of_query() { model.current() } else { None };
    current.or(model.results.keep)
}

/// Searches again after the library changed, and keeps the cursor on its paper. Where the user's own mark takes that paper out of the list, the
/// next one comes under the cursor, unless the user is reading; a paper that goes for another reason stays until the cursor leaves it.
pub(super) fn run_again(model: &mut Model, cause: Cause) -> Vec<Effect> {
    model.results.keep = to_keep(model);
    keep_unlisted(model, cause);
    run(model)
}

/// The abstracts are indexed: searches again for words that were not looked for in them.
pub(super) fn run_in_abstracts(model: &mut Model) -> Vec<Effect> {
    let lacks = model.results.hits.as_ref().is_some_and(|hits| hits.lacks_abstracts);
    if lacks { run_again(model, Cause::Other) } else { Vec::new() }
}

/// The order that the list is in.
pub(super) fn order_now(query: &Query) -> Sort {
    let by = if query.has_words() { SortBy::Relevance } else { SortBy::Date };
    query.order().first().copied().unwrap_or(Sort { by, descending: true })
}

/// Sorts the result; replaces the query's sort keys.
pub(super) fn sort(model: &mut Model, sort: Vec<Sort>) -> Vec<Effect> {
    let before = (order_now(&model.search.query), model.search.query.sort.clone());
    let is_by_match = sort.first().is_some_and(|sort| sort.by == SortBy::Relevance);
    let mut query = model.search.query.clone();
    query.sort = sort;
    let keep = model.current();
    // The selection is of papers, a range of rows that are others now.
    marking::end_range(model);
    if is_by_match && !query.has_relevance() {
        model.say(Tone::Info, "no words are searched for: the order by match is that by date");
    } else if before.0 == order_now(&query) && before.1.len() <= 1 && query.sort.len() <= 1 {
        model.say(Tone::Info, "the list is in this order already");
    }
    leave_for(model, &query);
    show(model, query, keep)
}

/// Sorts by keys as `sort:` writes them.
pub(super) fn sort_by_text(model: &mut Model, keys: &str) -> Vec<Effect> {
    let query = Query::parse(&format!("sort:{keys}"));
    match query.mistakes.first() {
        Some(mistake) => model.refuse(mistake.message.clone()),
        None => sort(model, query.sort),
    }
}

/// Shows all papers by the first author of the current one.
pub(super) fn follow_author(model: &mut Model) -> Vec<Effect> {
    let Some(doc) = model.current() else { return model.refuse("there is no paper here") };
    let author = model.snapshot.first_author(doc).to_owned();
    if author.is_empty() {
        return model.refuse("the authors of this paper are unknown");
    }
    run_query(model, Query::parse(&format!("author:\"{author}\"")))
}

/// Shows papers similar to the current one.
pub(super) fn similar(model: &mut Model) -> Vec<Effect> {
    let Some(key) = model.current_key() else { return model.refuse("there is no paper here") };
    let name = key.as_str().strip_prefix("arxiv:").unwrap_or(key.as_str()).to_owned();
    run_query(model, Query { filter: Filter::Term(Term::Similar(name)), ..Query::default() })
}

/// Shows the saved view at a place in their order, from 0.
pub(super) fn view(model: &mut Model, place: usize) -> Vec<Effect> {
    match model.snapshot.views.get(place).map(|(_, text)| Query::parse(text)) {
        Some(query) => run_query(model, query),
        None => {
            let save = model.key_for(Action::SaveView);
            model.refuse(format!("there is no view {} yet; {save} saves the current search as a view", place + 1))
        }
    }
}

/// Shows the saved view of that name.
pub(super) fn open_view(model: &mut Model, name: &str) -> Vec<Effect> {
    let found = model.snapshot.views.iter().find(|(known, _)| known == name).map(|(_, query)| Query::parse(query));
    match found {
        Some(query) => run_query(model, query),
        None => model.refuse(format!("there is no view `{}`", Clean::new(name))),
    }
}

/// Saves the query as a view.
pub(super) fn save_view(model: &mut Model, name: &str) -> Vec<Effect> {
    let name = Clean::new(name).into_string();
    let query = model.search.query.to_string();
    let label = format!("saved view {name}");
    vec![Request::Change { changes: vec![Change::View(name, Some(query))], label }.into()]
}
