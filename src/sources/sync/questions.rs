//! What services are asked about single papers that the library has, by their ids or their titles. The answers are texts of import formats;
//! which papers are asked about, and when again, is decided by whoever asks.

use super::answers::PaperAnswers;
use super::http::{Failure, FailureKind};
use super::{FetchError, HostAccess, arxiv, fetch_error, hf_papers, unusable_address};
use crate::domain::paper::Paper;

/// A question about papers, several of them in one request where the service allows that.
pub struct PaperQuestion {
    /// For reports and the ledger.
    pub name: &'static str,
    /// One line for people.
    pub doc: &'static str,
    /// The service that is asked, a row of SOURCES.
    pub service: &'static str,
    pub subject: QuestionSubject,
    /// Most papers of one request.
    pub batch: usize,
    /// Most papers of one sync; the others are asked about by the next.
    pub most: usize,
    ask: fn(HostAccess<'_>, &[Paper]) -> Result<PaperAnswers, Failure>,
}

/// Which papers a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionSubject {
    /// The id of a paper known by its title alone.
    Id,
    /// The record of a paper: title, authors, abstract, categories, dates, version, whether it was withdrawn.
    Record,
    /// Votes, code and keywords.
    Votes,
}

/// In the order in which they are asked: what is found by its title is asked about by its id.
pub static QUESTIONS: [PaperQuestion; 4] = [
    PaperQuestion {
        name: "library ids hf",
        doc: "ids of papers known by title alone, found by Hugging Face",
        service: "hf",
        subject: QuestionSubject::Id,
        batch: 1,
        most: 500,
        ask: hf_papers::by_title,
    },
    PaperQuestion {
        name: "library ids arxiv",
        doc: "ids of papers known by title alone, found by arXiv",
        service: "arxiv",
        subject: QuestionSubject::Id,
        batch: 1,
        most: 100,
        ask: arxiv::by_title,
    },
    PaperQuestion {
        name: "library arxiv",
        doc: "authors, abstracts, dates, categories and versions by arXiv",
        service: "arxiv",
        subject: QuestionSubject::Record,
        batch: arxiv::PAPERS_OF_ONE_REQUEST,
        most: 3000,
        ask: arxiv::by_ids,
    },
    PaperQuestion {
        name: "library hf",
        doc: "votes, code and keywords by Hugging Face",
        service: "hf",
        subject: QuestionSubject::Votes,
        batch: 1,
        most: 500,
        ask: hf_papers::by_id,
    },
];

impl PaperQuestion {
    /// Asks about at most `batch` papers.
    pub fn ask(&self, host: HostAccess<'_>, papers: &[Paper]) -> Result<PaperAnswers, FetchError> {
        if host.base.is_empty() {
            return Err(unusable_address(self.service));
        }
        (self.ask)(host, papers).map_err(|failure| {
            let about = match (papers, failure.kind) {
                ([paper], FailureKind::Request | FailureKind::Absent) => format!(" about {}", paper.key()),
                _ => String::new(),
            };
            fetch_error(failure, host.base, &about)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sync::SOURCES;

    #[test]
    fn questions_are_asked_of_services() {
        for question in &QUESTIONS {
            assert!(SOURCES.iter().any(|source| source.name == question.service && !source.base.is_empty()));
            assert!(question.name.starts_with("library ") && question.batch <= question.most);
        }
    }
}
