//! Whether a paper was withdrawn by its authors or retracted by its publisher, as its sources say: in a flag, in the comment of arXiv, in an
//! abstract that is a notice, or in front of the title. A correction is neither, and the notice of a retraction is a paper of its own.

use std::fmt;

/// What became of a paper after it was published. The later one is the more serious.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicationStatus {
    Withdrawn,
    Retracted,
}

impl PublicationStatus {
    pub const ALL: [Self; 2] = [Self::Withdrawn, Self::Retracted];

    /// The word used in files, databases and queries.
    pub fn name(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Retracted => "retracted",
        }
    }

    /// As the beginning of a sentence.
    pub fn capitalized(self) -> &'static str {
        match self {
            Self::Withdrawn => "Withdrawn",
            Self::Retracted => "Retracted",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name().eq_ignore_ascii_case(name))
    }

    /// What the texts of a paper say.
    pub fn stated(title: &str, comment: Option<&str>, summary: Option<&str>) -> Option<Self> {
        let summary = || summary.map(first_sentence).and_then(notice);
        comment.and_then(notice).or_else(summary).max(before_title(title))
    }

    /// Whether a text is a notice that a paper was withdrawn, in the place of its abstract.
    pub fn is_notice(text: &str) -> bool {
        notice(first_sentence(text)).is_some()
    }
}

impl fmt::Display for PublicationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What is withdrawn.
const WORKS: [&str; 13] = [
    "paper",
    "article",
    "submission",
    "manuscript",
    "preprint",
    "work",
    "report",
    "draft",
    "thesis",
    "entry",
    "chapter",
    "letter",
    "contribution",
];
/// Words that point at the paper itself.
const POINTERS: [&str; 5] = ["this", "the", "our", "present", "arxiv"];
/// Words between a paper and what became of it.
const LINKS: [&str; 14] = [
    "has",
    "have",
    "had",
    "been",
    "is",
    "was",
    "being",
    "now",
    "temporarily",
    "hereby",
    "since",
    "formally",
    "officially",
    "voluntarily",
];
/// Words that go on with a sentence that begins with `Withdrawn`.
const GOES_ON: [&str; 16] = [
    "by",
    "due",
    "because",
    "as",
    "since",
    "for",
    "pending",
    "until",
    "at",
    "on",
    "owing",
    "temporarily",
    "after",
    "and",
    "following",
    "in",
];
/// Those who withdraw.
const PEOPLE: [&str; 7] = ["author", "authors", "we", "i", "administrators", "administration", "moderators"];

/// What a sentence of a text says of the paper that it belongs to.
fn notice(text: &str) -> Option<PublicationStatus> {
    // Nearly no text has either word.
    if !["ithdr", "etract", "ITHDR", "ETRACT"].iter().any(|part| text.contains(part)) {
        return None;
    }
    let lower = text.to_lowercase();
    lower.split(['.', ';', ':', '!', '(', ')', '[', ']']).filter_map(said).max()
}

fn said(sentence: &str) -> Option<PublicationStatus> {
    let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.iter().enumerate().find_map(|(at, word)| {
        let status = match *word {
            "withdrawn" | "withdrew" | "withdraw" | "withdraws" => PublicationStatus::Withdrawn,
            "retracted" | "retract" | "retracts" => PublicationStatus::Retracted,
            _ => return None,
        };
        let before = words.get(..at).unwrap_or_default();
        let after = words.get(at + 1..).unwrap_or_default();
        let is_passive = word.ends_with('n') || word.ends_with("ed");
        (is_passive && is_of_this(before, after) || is_done_to_this(before, after)).then_some(status)
    })
}

/// `This paper has been | withdrawn`, `paper | withdrawn`, `| withdrawn by the authors`.
fn is_of_this(before: &[&str], after: &[&str]) -> bool {
    let links = before.iter().rev().take_while(|word| LINKS.contains(word)).count();
    let before = before.get(..before.len() - links).unwrap_or_default();
    let Some((work, before)) = before.split_last() else {
        return after.first().is_none_or(|next| GOES_ON.contains(next));
    };
    let pointers = before.iter().rev().take_while(|word| POINTERS.contains(word)).count();
    let before = before.get(..before.len() - pointers).unwrap_or_default();
    if !WORKS.contains(work) {
        return false;
    }
    match before.last() {
        None => true,
        // `An earlier version of this paper was withdrawn`, `replaces the paper withdrawn`.
        Some(word) => links > 0 && pointers > 0 && !["of", "from", "in", "to", "for", "with"].contains(word),
    }
}

/// `The authors | withdraw this paper`.
fn is_done_to_this(before: &[&str], after: &[&str]) -> bool {
    let pointers = after.iter().take_while(|word| POINTERS.contains(word)).count();
    let work = after.get(pointers).is_some_and(|work| WORKS.contains(work));
    work && pointers > 0 && before.iter().any(|word| PEOPLE.contains(word))
}

/// `RETRACTED ARTICLE: Title`, `[Withdrawn] Title`, as publishers write it. `Retraction: Title` is the notice, another paper.
fn before_title(title: &str) -> Option<PublicationStatus> {
    let title = title.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = title.find([':', ']'])?;
    let mut words = title.get(..end)?.split_whitespace();
    let status = PublicationStatus::from_name(words.next()?)?;
    let rest = words.map(str::to_lowercase).collect::<Vec<_>>();
    ["", "article", "paper", "chapter", "conference paper", "manuscript"]
        .contains(&rest.join(" ").as_str())
        .then_some(status)
}

fn first_sentence(text: &str) -> &str {
    let text = text.trim_start();
    text.find(['.', '!']).and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commented(comment: &str) -> Option<PublicationStatus> {
        PublicationStatus::stated("Kites", Some(comment), None)
    }

    #[test]
    fn comments_of_withdrawn_papers_are_known() {
        for comment in [
            "This paper has been withdrawn",
            "withdrawn",
            "Withdrawn due to a gap in Lemma 3",
            "12 pages; paper withdrawn",
            "This submission has been withdrawn by arXiv administrators due to inappropriate text overlap",
            "The article is temporarily withdrawn because of an error",
            "Paper has been withdrawn by the author, see v3",
            "This paper has been withdrawn by the authors. It has been accepted elsewhere",
            "We withdraw this paper",
            "The authors have withdrawn this manuscript as its proof fails",
            "This arXiv submission is withdrawn",
        ] {
            assert_eq!(commented(comment), Some(PublicationStatus::Withdrawn), "{comment}");
        }
        assert_eq!(commented("This article has been retracted by the journal"), Some(PublicationStatus::Retracted));
        for comment in [
            "An earlier version of this paper was withdrawn",
            "Supersedes the withdrawn paper arXiv:2401.99999",
            "This paper replaces a submission that was withdrawn",
            "Section 4 withdrawn, Theorem 2 is new",
            "This paper retracts the claim of our earlier article",
            "withdrawn cash and its velocity, 12 pages",
            "The claim of Theorem 1 has been withdrawn",
            "Erratum added; corrected version of the paper",
            "12 pages, 3 figures",
        ] {
            assert_eq!(commented(comment), None, "{comment}");
        }
    }

    #[test]
    fn abstracts_and_titles_say_it_too() {
        let of = |title: &str, summary: &str| PublicationStatus::stated(title, None, Some(summary));
        assert_eq!(of("Kites", "This paper has been withdrawn by the authors.\n"), Some(PublicationStatus::Withdrawn));
        assert_eq!(of("Kites", "Money is withdrawn from banks. This paper has been withdrawn twice."), None);
        for title in
            ["RETRACTED: Kites", "Retracted Article: Kites", "[Retracted] Kites", "RETRACTED ARTICLE: On: Kites"]
        {
            assert_eq!(of(title, ""), Some(PublicationStatus::Retracted), "{title}");
        }
        assert_eq!(of("WITHDRAWN: Kites", ""), Some(PublicationStatus::Withdrawn));
        for title in [
            "Retraction: Kites",
            "Retraction notice to: Kites",
            "Erratum: Kites",
            "Retracted wings: a study",
            "Retracted",
        ] {
            assert_eq!(of(title, ""), None, "{title}");
        }
    }
}
