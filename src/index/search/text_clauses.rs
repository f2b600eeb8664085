//! The words and phrases of a query: where each stands, and whether it may match by its letters alone.

use std::borrow::Cow;

use super::adjacent_words;
use super::anywhere;
use super::evaluate::{Evaluation, FreeWords};
use super::signed_words;
use super::spellings;
use super::view::SearchedWord;
use super::word_cache::WordKey;
use super::word_search::WordField;
use crate::domain::query::{Pattern, Word, split_beginning};
use crate::index::format::sets::DocSet;
use crate::index::text::signs::SignedText;
use crate::index::text::tokens::{self, WordParts, folded};
use crate::index::text::word_match::ApproximateWord;

impl Evaluation<'_> {
    /// Papers with a free word: in title and authors, or anywhere, there also those that have it by another name.
    pub(super) fn free_word(&mut self, word: &Word, named: DocSet) -> Option<DocSet> {
        if self.free_words == FreeWords::InTitles && self.not_depth == 0 {
            return self.word(word, WordField::Any);
        }
        let unmatched = self.matches.unmatched.len();
        let titles = self.word(word, WordField::Any)?;
        self.matches.unmatched.truncate(unmatched);
        if let DocSet::All(_) = titles {
            return Some(titles);
        }
        let texts = anywhere::other_texts(self.view, word)?;
        let sets = [&texts.abstracts, &texts.notes, &texts.tags].into_iter().cloned();
        let docs = sets.fold(titles.clone().or(named.clone(), self.len()), |all, set| all.or(set, self.len()));
        if self.not_depth == 0 && docs.is_empty() {
            self.matches.unmatched.push(word.text.clone());
        }
        self.note_searched(word, &docs, &texts.abstracts, (vec![titles, texts.notes, texts.tags], named));
        Some(docs)
    }

    /// Papers with a free phrase: in the title, or also in abstract or note.
    pub(super) fn free_phrase(&mut self, phrase: &str) -> Option<DocSet> {
        // Signs may be left out only where they stand nowhere, whatever band is asked for.
        let bare = SignedText::of(phrase).and_then(|signed| signed.bare);
        let phrase = match bare {
            Some(bare) if self.phrase_anywhere(phrase)?.is_empty() => Cow::Owned(bare),
            _ => Cow::Borrowed(phrase),
        };
        match self.free_words {
            FreeWords::InTitles if self.not_depth == 0 => self.phrase(&phrase, WordField::Title),
            FreeWords::InTitles | FreeWords::Anywhere => self.phrase_anywhere(&phrase),
        }
    }

    fn phrase_anywhere(&mut self, phrase: &str) -> Option<DocSet> {
        let (view, papers) = (self.view, self.len());
        let titles = self.phrase(phrase, WordField::Title)?;
        let notes = view.notes.notes(&Pattern::Phrase(phrase.to_owned()))?.0;
        Some(titles.or(view.abstracts.phrase(phrase)?.0, papers).or(notes, papers))
    }

    /// Keeps a word for the ranking. `docs`: the papers that have it; `once`: those in whose texts other than the abstract it counts; `named`:
    /// those that have it by another name.
    pub(super) fn note_searched(
        &mut self,
        word: &Word,
        docs: &DocSet,
        abstracts: &DocSet,
        (mut once, named): (Vec<DocSet>, DocSet),
    ) {
        if self.not_depth == 0 {
            let counted = anywhere::counted_term(word);
            once.extend(counted.is_none().then(|| abstracts.clone()));
            self.matches.searched.push(SearchedWord { counted, once, named, papers: docs.count() });
        }
    }

    /// A word with signs of its own is in the title; a hyphenated word matches as all its parts or as one word, in a title the parts next to each
    /// other where one of them is a single letter.
    pub(super) fn word(&mut self, word: &Word, field: WordField) -> Option<DocSet> {
        let papers = self.len();
        if field != WordField::Author
            && let Some(signed) = SignedText::of(&word.text)
        {
            let docs = signed_words::word(self.view.index, &signed, self.view.cancelled)?;
            if !docs.is_empty() || signed.bare.is_none() {
                if self.not_depth == 0 {
                    self.matches.words.push((folded(&word.text).into_owned(), WordField::Title));
                    self.matches.unmatched.extend(docs.is_empty().then(|| word.text.clone()));
                }
                return Some(docs);
            }
        }
        let WordParts { parts, joined, are_adjacent } = tokens::parts(&word.text);
        if parts.is_empty() {
            return Some(DocSet::All(papers));
        }
        let all = match field {
            WordField::Any | WordField::Title if are_adjacent => {
                let titles = adjacent_words::find(self.view, self.cache, (&parts, true), WordField::Title)?;
                // Names have initials (`J.-P.`): each part begins one.
                let authors =
                    if field == WordField::Any { self.all_in_authors(&parts, word)? } else { DocSet::empty() };
                titles.or(authors, papers)
            }
            WordField::Any | WordField::Title | WordField::Author => {
                let mut all = DocSet::All(papers);
                for part in &parts {
                    all = all.and(self.part(part, word, field)?);
                }
                all
            }
        };
        let docs = match joined {
            Some(joined) => {
                let joined = self.part(&joined, word, field)?;
                all.or(joined, papers)
            }
            None => all,
        };
        if self.not_depth == 0 && docs.is_empty() {
            self.matches.unmatched.push(word.text.clone());
        }
        Some(docs)
    }

    /// Papers whose authors match all parts of a word, which do not count for the rank.
    fn all_in_authors(&mut self, parts: &[String], word: &Word) -> Option<DocSet> {
        let mut all = DocSet::All(self.len());
        for part in parts {
            let key = WordKey::strict(part, word.how, WordField::Author);
            all = all.and(self.cache.find_docs(self.view, key, &DocSet::All(self.len()))?);
        }
        Some(all)
    }

    /// Papers that match one part of a word.
    fn part(&mut self, part: &str, word: &Word, field: WordField) -> Option<DocSet> {
        let strict = WordKey::strict(part, word.how, field);
        if self.not_depth > 0 {
            // No paper is left out for a word that it does not have.
            return self.cache.find_docs(self.view, strict, &self.within);
        }
        let approximation = spellings::approximation(self.view, self.cache, (part, word.how, field))?;
        let by = approximation.clone();
        self.matches.approximate.extend(by.map(|by| ApproximateWord { word: part.to_owned(), by }));
        let set = self.cache.find(self.view, WordKey { approximation, ..strict })?;
        let docs = set.docs.clone();
        self.matches.sets.push(set);
        self.matches.words.push((part.to_owned(), field));
        Some(docs)
    }

    /// Papers whose title, or the name of one of their authors, holds the words next to each other.
    pub(super) fn phrase(&mut self, phrase: &str, field: WordField) -> Option<DocSet> {
        let index = self.view.index;
        let (words, is_beginning) = split_beginning(phrase);
        if field != WordField::Author
            && let Some(signed) = SignedText::of(&words)
        {
            return signed_words::phrase(index, &signed, phrase, self.view.cancelled);
        }
        adjacent_words::find(self.view, self.cache, (&tokens::parts(&words).parts, is_beginning), field)
    }
}
