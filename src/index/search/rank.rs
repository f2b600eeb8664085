//! Ranks the best papers by their texts: how well the words match the title and how close together they stand, then the reading state, then
//! recency. Scores come from nucleo. Called for a few hundred papers at most.

use std::cmp::Reverse;

use memchr::memmem;
use nucleo::{Config, Matcher, Utf32Str};

use super::view::SearchView;
use super::word_search::WordField;
use crate::domain::reading::Status;
use crate::index::format::paper::DocId;
use crate::index::text::tokens::folded;

/// The weight of one tier against nucleo's scores, which are about 16 for each letter.
const TIER: i64 = 48;
/// Bonus for two words of the query that follow each other in the title.
const ADJACENT: i64 = 40;
/// The largest deduction for a long title.
const LENGTH_PENALTY: i64 = 24;

/// Ranks papers; reuses the matcher's memory.
pub(crate) struct Ranker {
    matcher: Matcher,
    chars: [Vec<char>; 2],
}

impl Ranker {
    pub(crate) fn new() -> Self {
        Self { matcher: Matcher::new(Config::DEFAULT), chars: [Vec::new(), Vec::new()] }
    }

    /// Best first. `papers`: each with the sum of the tiers of its words.
    pub(crate) fn rank(
        &mut self,
        view: &SearchView<'_>,
        words: &[(String, WordField)],
        papers: Vec<(u32, DocId)>,
    ) -> Vec<DocId> {
        let mut scored: Vec<(Reverse<i64>, DocId)> = papers
            .into_iter()
            .map(|(tiers, doc)| {
                (Reverse(i64::from(tiers) * TIER + self.text_score(view, words, doc) + state_score(view, doc)), doc)
            })
            .collect();
        scored.sort_unstable();
        scored.into_iter().map(|(_, doc)| doc).collect()
    }

    fn text_score(&mut self, view: &SearchView<'_>, words: &[(String, WordField)], doc: DocId) -> i64 {
        let title = folded(view.index.title(doc));
        let mut score = -i64::try_from(title.len() / 8).unwrap_or(LENGTH_PENALTY).min(LENGTH_PENALTY);
        for (word, field) in words {
            let in_title = if *field == WordField::Author { None } else { self.word_score(word, &title) };
            score += match (in_title, field) {
                (None, WordField::Any | WordField::Author) => {
                    // A match in a name counts a little less than one in a title.
                    self.word_score(word, &folded(view.index.authors(doc))).unwrap_or(0) * 3 / 4
                }
                (score, _) => score.unwrap_or(0),
            };
        }
        let pairs = words.iter().zip(words.iter().skip(1));
        score + ADJACENT * pairs.filter(|((one, _), (two, _))| follows(&title, one, two)).count() as i64
    }

    fn word_score(&mut self, word: &str, text: &str) -> Option<i64> {
        let [text_chars, word_chars] = &mut self.chars;
        let (text, word) = (Utf32Str::new(text, text_chars), Utf32Str::new(word, word_chars));
        // Most words are substrings of the text, and then the cheaper substring match gives the same score.
        self.matcher.substring_match(text, word).or_else(|| self.matcher.fuzzy_match(text, word)).map(i64::from)
    }
}

/// Whether `two` is a prefix of the word after `one`.
fn follows(title: &str, one: &str, two: &str) -> bool {
    memmem::find_iter(title.as_bytes(), one).any(|at| {
        let after = title.get(at + one.len()..).unwrap_or_default();
        let next = after.trim_start_matches(char::is_alphanumeric).trim_start_matches(|c: char| !c.is_alphanumeric());
        next.starts_with(two)
    })
}

/// The reading state raises or lowers a paper's score.
fn state_score(view: &SearchView<'_>, doc: DocId) -> i64 {
    let status = match view.states.status(doc) {
        Status::Reading => 16,
        Status::Queued => 12,
        Status::Unread | Status::Read => 0,
        Status::Dropped => -24,
    };
    status + if view.states.is_starred(doc) { 20 } else { 0 }
}
