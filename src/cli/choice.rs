//! Which papers a command line means: ids one by one, or everything that a query finds. It reads the query grammar and asks the
//! library; it changes nothing.

use super::wording::many;
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::query::{Filter, Query};
use crate::error::{Error, Result};
use crate::index::Hits;
use crate::library::Library;

/// The query that all words together are.
pub(super) fn query(words: &[String]) -> Result<Query> {
    let text = words.join(" ");
    let query = Query::parse(&text);
    let Some(mistake) = query.mistakes.first() else { return Ok(query) };
    let before: String = text.chars().take(mistake.column).collect();
    // The mark keeps a blank at the end from being taken for nothing.
    let columns = Clean::new(&format!("{before}|")).width().saturating_sub(1);
    let caret = format!("{}^", " ".repeat(columns));
    Err(Error::usage(format!("{}\n  {}\n  {caret}", mistake.message, Clean::new(&text))))
}

/// A query in another order, named as after `sort:`.
pub(super) fn sorted(query: Query, order: Option<&str>) -> Result<Query> {
    let Some(order) = order else { return Ok(query) };
    let parsed = Query::parse(&format!("sort:{order}"));
    let wrong = parsed.mistakes.first().map(|mistake| mistake.message.clone());
    match wrong {
        None if parsed.filter == Filter::All && !parsed.sort.is_empty() => Ok(Query { sort: parsed.sort, ..query }),
        _ => {
            let error = Error::usage(format!("`{}` is not an order of papers", Clean::new(order)));
            Err(error.hint(wrong.unwrap_or_else(|| "for instance date, -votes or title,-date".to_owned())))
        }
    }
}

/// What a query finds. Nobody cancels a search of the command line.
pub(super) fn search(library: &mut Library, query: &Query) -> Result<Hits> {
    library.search(query, &|| false).ok_or_else(|| Error::system("the search was cancelled"))
}

/// The papers meant: each by its id when every argument is an id, else what the arguments as one query find.
pub(super) fn papers(library: &mut Library, arguments: &[String]) -> Result<Vec<PaperKey>> {
    if arguments.iter().all(|argument| argument.trim().is_empty()) {
        return Err(Error::usage("it is not said which papers").hint("give ids or a query"));
    }
    let named = arguments.iter().map(|argument| by_id(library, argument)).collect::<Result<Vec<_>>>()?;
    if let Some(keys) = named.iter().cloned().collect() {
        return Ok(keys);
    }
    if let Some((id, _)) = arguments.iter().zip(&named).find(|(_, named)| named.is_some()) {
        let error = Error::usage(format!("`{}` is an id and the rest is not", Clean::new(id)));
        return Err(error.hint("give ids only, or one query; in a query an id is written id:2403.03507"));
    }
    let query = query(arguments)?;
    let hits = search(library, &query)?;
    library.keys(&hits)
}

/// The one paper meant, by its id or by a query that finds nothing else.
pub(super) fn paper(library: &mut Library, arguments: &[String]) -> Result<PaperKey> {
    let keys = papers(library, arguments)?;
    let asked = Clean::new(&arguments.join(" "));
    match keys.as_slice() {
        [key] => Ok(key.clone()),
        [] => Err(Error::data(format!("no paper is found by `{asked}`")).hint("`tsundoku list` shows what there is")),
        several => Err(Error::usage(format!("`{asked}` finds {}", many(several.len(), "paper")))
            .hint("name one by its id; `tsundoku list --ids` prints them")),
    }
}

/// The paper with this id. None when the text is no id, or may just as well be a query: `title:lora` is both.
fn by_id(library: &Library, text: &str) -> Result<Option<PaperKey>> {
    let Some(key) = PaperKey::parse(text) else { return Ok(None) };
    match library.resolve(text)? {
        Some(key) => Ok(Some(key)),
        None if key.as_str().starts_with("title:") => Ok(None),
        None => Err(Error::data(format!("there is no paper `{}` in the library", Clean::new(text)))
            .hint("`tsundoku list --ids` prints the ids of all papers")),
    }
}
