//! What services answer about single papers, and whether a paper of an answer is the one that was asked about.

use std::collections::HashMap;

use crate::domain::identity::PaperKey;
use crate::domain::paper::{Paper, Sighting};
use crate::domain::same_paper::{abstracts_agree, same_paper};

/// What a service says about the papers of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaperAnswers {
    /// What is to be stored, and its import format. It may hold other papers, too.
    pub texts: Vec<String>,
    pub format: &'static str,
    /// The papers of the texts that were asked for.
    pub papers: AnsweredPapers,
    /// Whether the service has the paper, for each that was asked about, in their order.
    pub found: Vec<bool>,
}

/// Papers of texts that are to be stored, and the places of each in digests, which take the place of those that the texts state.
pub type AnsweredPapers = HashMap<PaperKey, Vec<Sighting>>;

/// The paper of an answer that is certainly the one known by its title: title and abstract agree. None where several are, or none is.
pub(super) fn agreeing(known: &Paper, found: impl Iterator<Item = Paper>) -> Option<Paper> {
    let text = |paper: &Paper| paper.summary.as_ref().map(|text| text.line().into_string()).unwrap_or_default();
    let own = text(known);
    let mut agreeing = found
        .filter(|paper| paper.title_key() == known.title_key() && abstracts_agree(&own, &text(paper)))
        .filter(|paper| paper.arxiv.is_some() && same_paper(known, paper));
    let first = agreeing.next()?;
    agreeing.all(|other| other.arxiv == first.arxiv).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::ArxivId;
    use crate::domain::markup::Markup;
    use crate::domain::text::Text;

    fn paper(id: Option<&str>, title: &str, summary: &str) -> Paper {
        Paper {
            arxiv: id.map(|id| ArxivId::parse(id).unwrap().id),
            title: Text::new(title, Markup::Tex),
            summary: Some(Text::new(summary, Markup::Tex)),
            ..Paper::default()
        }
    }

    #[test]
    fn only_title_and_abstract_together_tell_a_paper() {
        let text = "We fly kites over the sea at night, and measure how they turn when the wind is weak.";
        let other = "Of all the birds that we have seen in this harbour none stays as long as the grey one.";
        let known = paper(None, "Kites at Night", text);
        let id =
            |found: &[Paper]| agreeing(&known, found.iter().cloned()).map(|paper| paper.arxiv.unwrap().to_string());
        let right = paper(Some("2403.00001"), "Kites at night", text);
        assert_eq!(id(std::slice::from_ref(&right)).as_deref(), Some("2403.00001"));
        for wrong in [
            paper(Some("2403.00002"), "Kites at Night", other),
            paper(Some("2403.00003"), "Kites at Night and Day", text),
            paper(None, "Kites at Night", text),
        ] {
            assert_eq!(id(std::slice::from_ref(&wrong)), None, "{wrong:?}");
            assert_eq!(id(&[wrong, right.clone()]).as_deref(), Some("2403.00001"));
        }
        let twin = paper(Some("2403.00009"), "Kites at Night", text);
        assert_eq!(id(&[right.clone(), right.clone()]).as_deref(), Some("2403.00001"));
        assert_eq!(id(&[right, twin]), None, "two of them");
        let preface = paper(None, "Preface", text);
        assert_eq!(agreeing(&preface, [paper(Some("2403.00001"), "Preface", text)].into_iter()), None);
    }
}
