//! Text as the index sees it: its tokens, how a query word matches one of them, and what of a text is highlighted. It opens no index.

pub(crate) mod highlight;
pub(crate) mod snippet;
pub(crate) mod tokens;
pub(crate) mod word_match;
