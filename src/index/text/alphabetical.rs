//! What papers are ordered by alphabetically. The order is that of the folded texts; it follows no language's collation rules.

use std::borrow::Cow;

use super::tokens::folded;
use crate::index::format::author_line::{first_author, first_family_name};

/// What titles are ordered by: the folded title from its first letter or digit on.
pub(crate) fn title_order(title: &str, enough: usize) -> Cow<'_, str> {
    folded(cut(title.trim_start_matches(|c: char| !c.is_alphanumeric()), enough))
}

/// What authors are ordered by: the family name of the first, then the whole name; folded. The others do not count, so that further sort
/// keys order the papers of one first author.
pub(crate) fn author_order(authors: &str, enough: usize) -> Cow<'_, str> {
    match first_family_name(authors) {
        "" => Cow::Borrowed(""),
        family => Cow::Owned(folded(&[family, " ", cut(first_author(authors), enough)].concat()).into_owned()),
    }
}

/// A prefix that folds to at least so many bytes. ASCII folds byte by byte; any other text is not cut.
fn cut(text: &str, enough: usize) -> &str {
    if text.is_ascii() { text.get(..enough).unwrap_or(text) } else { text }
}
