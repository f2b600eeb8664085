//! The words of a description that say something, and for each the words near it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::vectors::{NearWord, WordNumber, WordVectors};
use crate::index::search::view::Reason;
use crate::index::text::abstract_terms::each_abstract_word;

/// What a paper is remembered by.
pub struct Description {
    pub(super) words: Vec<DescriptionWord>,
}

/// One word of a description.
pub(super) struct DescriptionWord {
    /// Folded.
    pub(super) text: String,
    /// None for a word that the word vectors do not know.
    pub(super) number: Option<WordNumber>,
    pub(super) near: Arc<[NearWord]>,
}

impl Description {
    /// The words of a text, each once; function words are left out.
    pub fn new(text: &str) -> Self {
        let vectors = WordVectors::shipped();
        let mut words: Vec<DescriptionWord> = Vec::new();
        each_abstract_word(text, |word| {
            let number = vectors.find(word);
            let is_function_word = number.is_some_and(|number| vectors.query_weight(number) == 0.0);
            if !is_function_word && words.iter().all(|other| other.text != word) {
                let near = number.map(|number| vectors.near(number));
                words.push(DescriptionWord { text: word.to_owned(), number, near: near.unwrap_or_default() });
            }
        });
        Self { words }
    }

    /// The same without near words: papers must have the words themselves.
    pub fn of_words(text: &str) -> Self {
        let mut description = Self::new(text);
        for word in &mut description.words {
            (word.number, word.near) = Default::default();
        }
        description
    }

    /// The words of the description that a text has, as reasons.
    pub fn reasons_in(&self, text: &str) -> Vec<Reason> {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        each_abstract_word(text, |term| {
            found.extend(self.words.iter().map(|word| word.text.as_str()).find(|word| *word == term));
        });
        let words = self.words.iter().map(|word| word.text.as_str());
        words.filter(|word| found.contains(word)).map(Reason::same).collect()
    }

    /// Whether no word of it says anything.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words that the word vectors know, each with its share of the weight of all of them.
    pub(super) fn shares(&self) -> Vec<(&DescriptionWord, WordNumber, f32)> {
        let vectors = WordVectors::shipped();
        let known = || self.words.iter().filter_map(|word| Some((word, word.number?)));
        let all: f32 = known().map(|(_, number)| vectors.query_weight(number)).sum();
        known().map(|(word, number)| (word, number, vectors.query_weight(number) / all)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_and_repeated_words_are_left_out() {
        let description = Description::new("How to train the robot, a Robot that juggles?");
        let words: Vec<&str> = description.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, ["train", "robot", "juggles"]);
        assert!(Description::new("of the and").is_empty() && Description::new("👍").is_empty());
    }
}
