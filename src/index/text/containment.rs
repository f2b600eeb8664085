//! Whether the words of an abstract contain a phrase or words: the one definition that the full text answers by, that reading abstracts one
//! by one answers by, and that snippets are cut by.

use crate::domain::query::How;

/// Whether words stand next to each other among an abstract's words: what `FullText::phrase` finds. An empty phrase stands nowhere.
pub fn holds_phrase(words: &[String], phrase: &[String]) -> bool {
    !phrase.is_empty() && words.windows(phrase.len()).any(|window| window == phrase)
}

/// Whether an abstract's words contain each of `parts`, as the prefix of a word or, for `How::Exact`, anywhere in a word: what
/// `FullText::words` finds. With no parts: whether the abstract has any words.
pub fn holds_words(words: &[String], parts: &[String], how: How) -> bool {
    !words.is_empty()
        && parts.iter().all(|part| {
            words.iter().any(|word| match how {
                How::Exact => word.contains(part.as_str()),
                How::Fuzzy | How::Prefix => word.starts_with(part.as_str()),
            })
        })
}
