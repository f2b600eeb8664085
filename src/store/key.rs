//! Paper keys as the two databases hold them.

use crate::domain::identity::PaperKey;

/// The key that a database column holds; None when the text is no paper key, which only damage or another program can cause.
pub(super) fn stored_key(text: &str) -> Option<PaperKey> {
    match text.strip_prefix("title:") {
        Some(folded) => Some(PaperKey::title(folded)),
        None => PaperKey::parse(text).filter(|key| key.as_str() == text),
    }
}
