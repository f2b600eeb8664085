//! Other names for the words of a query: an acronym stands for its long forms and these for the acronym, as abstracts of the library define them
//! (`moe`, `mixture of experts`). A paper with the other name belongs to the result, but not to the papers with the words in title and authors.

use super::adjacent_words;
use super::evaluate::{Evaluation, FreeWords};
use super::word_search::WordField;
use crate::domain::query::{Filter, How, Term};
use crate::index::format::sets::DocSet;
use crate::index::text::definitions::ACRONYM;
use crate::index::text::signs::SignedText;
use crate::index::text::tokens;

/// Most words of a long form.
const MOST_WORDS: usize = 10;

impl Evaluation<'_> {
    /// For each clause of an AND, in the order of the query: the papers that have it by another name. None when cancelled. Nothing under a NOT, which
    /// leaves out no paper for a word that it does not have.
    pub(super) fn by_other_names(&mut self, clauses: &[&Filter]) -> Option<Vec<DocSet>> {
        let papers = self.len();
        let mut named = vec![DocSet::empty(); clauses.len()];
        if self.free_words == FreeWords::InTitles || self.not_depth > 0 || !self.view.abstracts.are_indexed() {
            return Some(named);
        }
        let words: Vec<Vec<String>> = clauses.iter().map(|clause| words_of(clause)).collect();
        for (words, named) in words.iter().zip(&mut named) {
            let [word] = words.as_slice() else { continue };
            if ACRONYM.contains(&word.len()) && word.is_ascii() {
                for long_form in self.view.abstracts.long_forms(word)? {
                    *named = std::mem::replace(named, DocSet::empty()).or(self.with_name(&long_form)?, papers);
                }
            }
        }
        let runs = runs(&words);
        let texts: Vec<String> = runs.iter().map(|(_, text)| text.clone()).collect();
        for (place, acronym) in self.view.abstracts.acronyms(&texts)? {
            let Some((clauses, _)) = runs.get(place) else { continue };
            let plural = format!("{acronym}s");
            let docs = self.with_name(&acronym)?.or(self.with_name(&plural)?, papers);
            for named in named.get_mut(clauses.clone()).unwrap_or_default() {
                *named = std::mem::replace(named, DocSet::empty()).or(docs.clone(), papers);
            }
        }
        Some(named)
    }

    /// The papers with folded words next to each other in title or abstract.
    fn with_name(&mut self, name: &str) -> Option<DocSet> {
        let words = tokens::parts(name).parts;
        let titles = adjacent_words::find(self.view, self.cache, (&words, false), WordField::Title)?;
        let docs = titles.or(self.view.abstracts.phrase(name)?.0, self.len());
        if !docs.is_empty() && !self.matches.names.iter().any(|other| other == name) {
            self.matches.names.push(name.to_owned());
        }
        Some(docs)
    }
}

/// The folded words of a clause that is a free word as typed; none of any other.
fn words_of(clause: &Filter) -> Vec<String> {
    match clause {
        Filter::Term(Term::Word(word)) if word.how == How::Fuzzy && SignedText::of(&word.text).is_none() => {
            tokens::parts(&word.text).parts
        }
        Filter::Term(_) | Filter::And(_) | Filter::Or(_) | Filter::Not(_) | Filter::All | Filter::Nothing => Vec::new(),
    }
}

/// The texts of two words and more that clauses behind each other make, each with the places of its clauses.
fn runs(words: &[Vec<String>]) -> Vec<(std::ops::Range<usize>, String)> {
    let mut runs = Vec::new();
    for start in 0..words.len() {
        let mut text: Vec<&str> = Vec::new();
        for (at, words) in words.iter().enumerate().skip(start) {
            text.extend(words.iter().map(String::as_str));
            if words.is_empty() || text.len() > MOST_WORDS {
                break;
            }
            if text.len() > 1 {
                runs.push((start..at + 1, text.join(" ")));
            }
        }
    }
    runs
}
