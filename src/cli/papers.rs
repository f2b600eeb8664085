//! Which papers the arguments of a command mean: ids one by one, or everything that a query finds. It changes nothing.

use super::query;
use super::wording::counted;
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::query::Query;
use crate::error::{Error, Result};
use crate::library::search::{Elsewhere, not_in_library};
use crate::library::{Library, PaperList};

/// The papers meant: each by its id when every argument is an id, else what the arguments as one query find, in its order.
pub(super) fn papers(library: &mut Library, arguments: &[String]) -> Result<PaperList> {
    if arguments.iter().all(|argument| argument.trim().is_empty()) {
        return Err(Error::usage("no papers are named").hint("give ids or a query"));
    }
    // One identifier of several words, such as `DOI 10.…` or the stamp on an arXiv paper, without quotation marks.
    if arguments.len() > 1
        && let Some(key) = paper_with_id(library, &arguments.join(" "))?
    {
        return Ok(vec![key].into());
    }
    let by_id = arguments.iter().map(|argument| paper_with_id(library, argument)).collect::<Result<Vec<_>>>()?;
    if let Some(keys) = by_id.iter().cloned().collect::<Option<Vec<PaperKey>>>() {
        return Ok(keys.into());
    }
    let query = query::parse_whole(arguments)?;
    if let Some((id, _)) = arguments.iter().zip(&by_id).find(|(_, key)| key.is_some())
        && !query.filter.is_identifiers()
    {
        let error = Error::usage(format!("`{}` is an id and the rest is not", Clean::new(id)));
        return Err(error.hint("give ids only, or one query; in a query an id is written id:2403.03507"));
    }
    found(library, &query)
}

/// The papers of a query, in its order. An error when a part of it stands for no paper: negated, it would mean all of them.
pub(super) fn found(library: &mut Library, query: &Query) -> Result<PaperList> {
    let hits = library.find(query)?;
    if hits.missing.is_empty() { Ok(library.list_of(&hits)) } else { Err(missing(&hits.missing)) }
}

/// The error of a query that finds nothing.
pub(super) fn nothing_found(words: &[String], consequence: &str) -> Error {
    let query = Clean::new(&words.join(" "));
    Error::data(format!("no paper matches `{query}`; {consequence}")).hint("`tsundoku list` shows all papers")
}

/// The error of identifiers that name no paper.
fn missing(identifiers: &[String]) -> Error {
    Error::data(not_in_library(identifiers)).hint("`tsundoku list --ids` prints the ids of all papers")
}

/// The one paper meant, by its id or by a query that finds nothing else; also the only one with the words in title and authors.
pub(super) fn paper(library: &mut Library, arguments: &[String]) -> Result<PaperKey> {
    let found = papers(library, arguments)?;
    if found.len() > 1
        && let Some(begun) = library.begin(&query::parse_whole(arguments)?, &|| false)
        && let (Elsewhere::Awaited, [only]) = (begun.elsewhere, begun.page(0, 2).as_slice())
    {
        return library.snapshot().key(*only);
    }
    let given = Clean::new(&arguments.join(" "));
    match (found.len(), found.key(0)?) {
        (1, Some(key)) => Ok(key),
        (_, None) => Err(Error::data(format!("`{given}` finds no paper")).hint("`tsundoku list` shows all papers")),
        (several, Some(_)) => Err(Error::usage(format!("`{given}` finds {}", counted(several, "paper")))
            .hint("name one by its id; `tsundoku list --ids` prints them")),
    }
}

/// The paper with this id. None when the text is no id, or may just as well be a query: `title:lora` is both.
fn paper_with_id(library: &Library, text: &str) -> Result<Option<PaperKey>> {
    let Some(key) = PaperKey::parse(text) else { return Ok(None) };
    match library.resolve(text)? {
        Some(key) => Ok(Some(key)),
        None if key.as_str().starts_with("title:") => Ok(None),
        None => Err(missing(&[text.to_owned()])),
    }
}
