//! The finer order of the best papers: how well and how closely together the words stand in the title, then what the reader did with the
//! paper, then recency. Scores come from nucleo. It looks at a few hundred papers at most.

use std::cmp::Reverse;

use memchr::memmem;
use nucleo::{Config, Matcher, Utf32Str};

use super::engine::View;
use super::word_search::Field;
use crate::domain::reading::Status;
use crate::index::DocId;
use crate::index::text::tokens::folded;

/// What one tier is worth against nucleo's scores (about 16 a letter).
const TIER: i64 = 48;
/// Two words of the query that follow each other in the title.
const ADJACENT: i64 = 40;
/// Most that a long title loses.
const LONG: i64 = 24;

/// Ranks papers; keeps the matcher's memory.
pub(crate) struct Ranker {
    matcher: Matcher,
    chars: [Vec<char>; 2],
}

impl Ranker {
    pub(crate) fn new() -> Self {
        Self { matcher: Matcher::new(Config::DEFAULT), chars: [Vec::new(), Vec::new()] }
    }

    /// Best first. `papers` come with the sum of the tiers of their words.
    pub(crate) fn rank(&mut self, view: &View<'_>, words: &[(String, Field)], papers: Vec<(u32, DocId)>) -> Vec<DocId> {
        let mut scored: Vec<(Reverse<i64>, DocId)> = papers
            .into_iter()
            .map(|(tiers, doc)| {
                (Reverse(i64::from(tiers) * TIER + self.text(view, words, doc) + state(view, doc)), doc)
            })
            .collect();
        scored.sort_unstable();
        scored.into_iter().map(|(_, doc)| doc).collect()
    }

    fn text(&mut self, view: &View<'_>, words: &[(String, Field)], doc: DocId) -> i64 {
        let title = folded(view.index.title(doc));
        let mut score = -i64::try_from(title.len() / 8).unwrap_or(LONG).min(LONG);
        for (word, field) in words {
            let in_title = if *field == Field::Author { None } else { self.score(word, &title) };
            score += match (in_title, field) {
                (None, Field::Any | Field::Author) => {
                    // A name counts a little less than the same word in a title.
                    self.score(word, &folded(view.index.authors(doc))).unwrap_or(0) * 3 / 4
                }
                (score, _) => score.unwrap_or(0),
            };
        }
        let pairs = words.iter().zip(words.iter().skip(1));
        score + ADJACENT * pairs.filter(|((one, _), (two, _))| follows(&title, one, two)).count() as i64
    }

    fn score(&mut self, word: &str, text: &str) -> Option<i64> {
        let [text_chars, word_chars] = &mut self.chars;
        let (text, word) = (Utf32Str::new(text, text_chars), Utf32Str::new(word, word_chars));
        // Most words stand in the text as they are, and then the cheap way gives the same score.
        self.matcher.substring_match(text, word).or_else(|| self.matcher.fuzzy_match(text, word)).map(i64::from)
    }
}

/// Whether a word that begins with `two` comes right after `one`.
fn follows(title: &str, one: &str, two: &str) -> bool {
    memmem::find_iter(title.as_bytes(), one).any(|at| {
        let after = title.get(at + one.len()..).unwrap_or_default();
        let next = after.trim_start_matches(char::is_alphanumeric).trim_start_matches(|c: char| !c.is_alphanumeric());
        next.starts_with(two)
    })
}

/// What the reader did speaks for a paper, or against it.
fn state(view: &View<'_>, doc: DocId) -> i64 {
    let status = match view.marks.status(doc) {
        Status::Reading => 16,
        Status::Queued => 12,
        Status::Unread | Status::Read => 0,
        Status::Dropped => -24,
    };
    status + if view.marks.starred(doc) { 20 } else { 0 }
}
