//! Decides whether two records are one paper: by identifiers, or by title together with first author, year or abstract. Never joins
//! records (the store does), and never compares titles approximately.

use std::collections::HashSet;

use super::clean::Clean;
use super::fold;
use super::identity::Doi;
use super::markup::Markup;
use super::names::family_name;
use super::paper::Paper;
use super::text::Text;

/// An author's name for comparison: the last word of the family name, folded, letters and digits only. Particles are left out because
/// sources disagree on them.
pub fn author_key(name: &str) -> String {
    let family = family_name(name);
    fold::words(family.split_whitespace().next_back().unwrap_or_default()).collect()
}

/// Whether two records are certainly the same paper: equal arXiv ids or DOIs, or equal title keys and the same first author (or, with a long
/// title, nearly the same authors in another order), or else years at most one apart, or (when one record has neither author nor year) a title that is no single short word and nothing against it,
/// the same abstract, or nothing but a title in both. Records with different arXiv ids never are. Records of a title that many papers have
/// (`Preface`, `Reply to ...`) are one only when they say the same.
pub fn same_paper(a: &Paper, b: &Paper) -> bool {
    if let (Some(a), Some(b)) = (&a.arxiv, &b.arxiv) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (&a.doi, &b.doi)
        && a.folded() == b.folded()
    {
        return true;
    }
    let key = a.title_key();
    if key.is_empty() || key != b.title_key() {
        return false;
    }
    if is_common_title(&a.title.line()) {
        return says_the_same(a, b);
    }
    let year = |paper: &Paper| paper.published.map(|date| date.year());
    let (author_a, author_b, year_a, year_b) = (first_author(a), first_author(b), year(a), year(b));
    let is_long = key.chars().count() >= LONG_TITLE;
    if let (Some(first_a), Some(first_b)) = (&author_a, &author_b) {
        return first_a == first_b || are_same_people(a, b, is_long);
    }
    if let (Some(a), Some(b)) = (year_a, year_b) {
        return (a - b).abs() <= 1;
    }
    let knows_neither = (author_a.is_none() && year_a.is_none()) || (author_b.is_none() && year_b.is_none());
    // With nothing but a title in both, nothing distinguishes the two.
    let only_title = |paper: &Paper| paper.authors.is_empty() && paper.published.is_none() && paper.summary.is_none();
    let only_titles = only_title(a) && only_title(b);
    let abstracts = abstracts_of(a, b).map(|(a, b)| abstracts_agree(&a, &b));
    let differs = abstracts == Some(false) || a.doi.is_some() && b.doi.is_some();
    let is_telling = is_long || !differs && word_count(&a.title.line()) >= TELLING_WORDS;
    knows_neither && (is_telling || abstracts == Some(true) || only_titles)
}

/// None also where the authors are hidden from reviewers.
fn first_author(paper: &Paper) -> Option<String> {
    let first = paper.authors.first().map(|author| author_key(author.as_str()));
    first.filter(|key| !key.is_empty() && !["anonymous", "authors"].contains(&key.as_str()))
}

/// Whether two authors in three of the shorter list are in the other, and two at least: the order changes between a submission and its
/// publication, and so do spellings. With a title that is not long, all of them, and three at least.
fn are_same_people(a: &Paper, b: &Paper, is_long: bool) -> bool {
    let names = |paper: &Paper| paper.authors.iter().map(|author| author_key(author.as_str())).collect::<HashSet<_>>();
    let (a, b) = (names(a), names(b));
    let common = a.intersection(&b).count();
    let fewer = a.len().min(b.len());
    if is_long { common >= 2 && common * 3 >= fewer * 2 } else { common >= 3 && common == fewer }
}

/// Whether two records agree in everything that tells papers of one title apart; a fact that only one of them has parts them.
fn says_the_same(a: &Paper, b: &Paper) -> bool {
    let has_own_abstract = |paper: &Paper| own_abstract(paper).is_some();
    let abstracts = match abstracts_of(a, b) {
        Some((a, b)) => abstracts_agree(&a, &b),
        None => has_own_abstract(a) == has_own_abstract(b),
    };
    let ids = |paper: &Paper| (paper.arxiv.is_some(), paper.doi.as_ref().map(Doi::folded));
    let printed = |paper: &Paper| {
        let place = [&paper.venue, &paper.journal_ref];
        place.map(|text| text.as_deref().map(|text| fold::words(text).collect::<String>()))
    };
    let authors = |paper: &Paper| paper.authors.iter().map(|author| author_key(author.as_str())).collect::<Vec<_>>();
    abstracts && ids(a) == ids(b) && a.published == b.published && printed(a) == printed(b) && authors(a) == authors(b)
}

/// Whole titles that many papers have, folded, words separated by single blanks.
const COMMON_TITLES: [&str; 62] = [
    "abstract",
    "abstracts",
    "acknowledgements",
    "acknowledgment",
    "acknowledgments",
    "addendum",
    "announcement",
    "announcements",
    "appendix",
    "author s reply",
    "authors reply",
    "back matter",
    "bibliography",
    "book review",
    "book reviews",
    "call for papers",
    "case report",
    "comment",
    "commentary",
    "comments",
    "concluding remarks",
    "conclusion",
    "conclusions",
    "contents",
    "contributors",
    "correspondence",
    "discussion",
    "editor s note",
    "editorial board",
    "editorial note",
    "editors note",
    "einleitung",
    "epilogue",
    "expression of concern",
    "front matter",
    "glossary",
    "guest editorial",
    "guest editors introduction",
    "in memoriam",
    "in this issue",
    "index",
    "introduction",
    "introductory remarks",
    "keynote",
    "letter from the editor",
    "letter to the editor",
    "letters to the editor",
    "masthead",
    "news",
    "obituary",
    "opening remarks",
    "overview",
    "panel discussion",
    "prologue",
    "publisher s note",
    "references",
    "related work",
    "reviewers",
    "summary",
    "table of contents",
    "untitled",
    "vorwort",
];

/// Beginnings of such titles.
const COMMON_BEGINNINGS: [&str; 22] = [
    "annual report",
    "authors response",
    "comment on",
    "comments on",
    "correction to",
    "corrections to",
    "corrigendum",
    "corrigenda",
    "editorial",
    "errata",
    "erratum",
    "foreword",
    "introduction to the special",
    "introduction to this special",
    "message from the",
    "preface",
    "proceedings",
    "progress report",
    "reply to",
    "response to",
    "retraction",
    "retracted",
];

/// Whether a title says what kind of text this is, and not what it is about.
pub fn is_common_title(title: &str) -> bool {
    let words = fold::words(title).collect::<Vec<_>>().join(" ");
    let begins = |start: &&str| words.strip_prefix(*start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let corrects = matches!(words.as_str(), "correction" | "corrections" | "reply" | "response");
    corrects || COMMON_TITLES.contains(&words.as_str()) || COMMON_BEGINNINGS.iter().any(begins)
}

/// From this many words on, two papers are unlikely to have the same title.
const TELLING_WORDS: usize = 2;

/// The words of a title. Two characters of a script without blanks between words count as one.
fn word_count(title: &str) -> usize {
    let of_word = |word: String| {
        let unspaced = word.chars().filter(|c| matches!(c, '\u{E00}'..='\u{EFF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{323AF}'));
        unspaced.count().div_euclid(2).max(1)
    };
    fold::words(title).map(of_word).sum()
}

/// Whether two rendered abstracts are the same text: their first 200 letters and digits are equal, or 6 in 10 of the 8-grams of the
/// shorter one occur in the other. Texts under 100 letters agree only when all of their letters and digits are equal.
pub fn abstracts_agree(a: &str, b: &str) -> bool {
    let letters =
        |text: &str| fold::words(text).flat_map(|word| word.chars().collect::<Vec<_>>()).collect::<Vec<char>>();
    let (a, b) = (letters(a), letters(b));
    let opening = |letters: &[char]| letters.iter().take(200).collect::<String>();
    let shorter = a.len().min(b.len());
    if shorter == 0 || opening(&a) == opening(&b) {
        return shorter > 0;
    }
    let a: HashSet<&[char]> = a.windows(8).collect();
    let b: HashSet<&[char]> = b.windows(8).collect();
    shorter >= 100 && a.intersection(&b).count() * 10 >= a.len().min(b.len()) * 6
}

fn own_abstract(paper: &Paper) -> Option<Clean> {
    paper.summary.as_ref().filter(|text| text.markup != Markup::Summary).map(Text::line)
}

/// The abstracts of two records, where both have their own.
fn abstracts_of(a: &Paper, b: &Paper) -> Option<(Clean, Clean)> {
    own_abstract(a).zip(own_abstract(b))
}

/// From this many characters on, two papers are unlikely to share a title key.
const LONG_TITLE: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::date::PartialDate;
    use crate::domain::identity::{ArxivId, Doi};

    #[test]
    fn author_keys_agree_across_spellings() {
        for name in ["Jane Q. Doe", "Doe, J. Q.", "Jane Doe Jr.", "Doe, Jr, Jane", "Jane Doe 0002", "DOE"] {
            assert_eq!(author_key(name), "doe", "{name}");
        }
        assert_eq!(author_key("Ludwig van der Berg"), author_key("Berg, Ludwig van der"));
        assert_eq!(author_key(" "), "");
    }

    #[test]
    fn abstracts_agree_when_most_of_the_shorter_is_in_the_longer() {
        let long = (0..60).map(|n| format!("Sentence {n} says {}.", n * n * 7919)).collect::<Vec<_>>().join(" ");
        let other = (0..60).map(|n| format!("Verse {n} sings {}!", n * n * 6101 + 5)).collect::<Vec<_>>().join(" ");
        assert!(abstracts_agree(&long, &format!("{}\nAnother end", long.replace('.', " ,"))));
        assert!(abstracts_agree(&format!("A new start. {long}"), &long));
        assert!(!abstracts_agree(&long, &other));
        assert!(!abstracts_agree("", ""));
        assert!(!abstracts_agree("We study", "We study networks"));
    }

    #[test]
    fn abstracts_agree_from_six_in_ten_on() {
        // Letters in which no eight in a row come twice.
        let letters = |seed: u32, count: usize| -> String {
            let mut state = seed;
            let next = |_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from(b'a' + (state >> 24) as u8 % 26)
            };
            (0..count).map(next).collect()
        };
        // Texts of so many letters that have the last ones in common.
        let agree = |length: usize, common: usize| {
            let text = |seed| letters(seed, length - common) + &letters(3, common);
            abstracts_agree(&text(1), &text(2))
        };
        // 207 letters have 200 runs of eight, 127 have 120 of them.
        assert!(agree(207, 127) && !agree(207, 126));
        assert!(!agree(207, 110), "five in ten are not enough");
        assert!(agree(100, 90) && !agree(99, 90), "shorter texts would have to be equal");
        let (opening, end) = (letters(1, 200), letters(2, 500));
        assert!(abstracts_agree(&opening, &format!("{opening}{end}")), "the first 200 letters are enough");
    }

    #[test]
    fn papers_are_one_only_with_certainty() {
        let text = |source: &str| Text::new(source, Markup::Plain);
        let bare = |title: &str| Paper { title: text(title), ..Paper::default() };
        let year = |paper: Paper, year| Paper { published: PartialDate::new(year, None, None), ..paper };
        let by = |paper: Paper, author: &str| Paper { authors: vec![author.into(), "Other One".into()], ..paper };
        let id = |paper: Paper, id: &str| Paper { arxiv: ArxivId::parse(id).map(|found| found.id), ..paper };
        let doi = |paper: Paper, doi: &str| Paper { doi: Doi::parse(doi), ..paper };
        let about = |paper: Paper, text: &str, markup| Paper { summary: Some(Text::new(text, markup)), ..paper };
        let (short, long) = ("Quiet Nets", "Quiet Gradients for Networks");

        assert!(same_paper(&id(bare("A"), "2401.00012"), &id(bare("B"), "2401.00012v2")));
        assert!(!same_paper(&by(id(bare(long), "2401.00012"), "J Doe"), &by(id(bare(long), "2401.00013"), "J Doe")));
        assert!(same_paper(&doi(bare("A"), "10.1000/AB"), &doi(bare("B"), "10.1000/ab")));
        assert!(same_paper(&by(bare(short), "Jane Doe"), &by(bare("Quiet nets."), "Doe, J.")));
        assert!(!same_paper(&year(by(bare(long), "Jane Doe"), 2024), &year(by(bare(long), "Jo Roe"), 2024)));
        assert!(same_paper(&year(by(bare(short), "Jane Doe"), 2024), &year(bare(short), 2023)));
        assert!(!same_paper(&year(by(bare(long), "Jane Doe"), 2024), &year(bare(long), 2022)));
        assert!(same_paper(&year(by(bare(long), "Jane Doe"), 2024), &bare(long)));
        assert!(!same_paper(&by(bare(long), "Jane Doe"), &year(bare(long), 2022)));
        assert!(same_paper(&by(bare(short), "Jane Doe"), &bare(short)), "two words and nothing against it");
        assert!(same_paper(&by(bare("深度学习"), "Jane Doe"), &bare("深度学习")));
        assert!(!same_paper(&by(bare("Nets"), "Jane Doe"), &bare("Nets")), "one word");
        let (plain, own) = (Markup::Plain, Markup::Summary);
        assert!(same_paper(
            &about(bare(short), "Nets are quiet", plain),
            &about(bare(short), "Nets are quiet.", plain)
        ));
        let (summary, other) = (about(bare("Nets"), "Nets are quiet", own), about(bare("Nets"), "Nets are quiet", own));
        assert!(!same_paper(&summary, &other), "a summary of the starter shelf is no abstract");
        assert!(!same_paper(
            &about(by(bare(short), "Jane Doe"), "We study quiet nets.", plain),
            &about(bare(short), "Loud nets are loud.", plain)
        ));
        let by_all =
            |authors: &[&str]| Paper { authors: authors.iter().map(|&name| name.into()).collect(), ..bare(long) };
        let submitted = by_all(&["Jane Doe", "Bo Li", "Ada Roe"]);
        for (authors, is_same) in [
            (&["Bo Li", "Jane Doe", "Ada Roe"][..], true),
            (&["B. Li", "J. Doe", "A. Row", "New One"], true),
            (&["B. Li", "J. Row", "A. Coe"], false),
            (&["Ada Row", "Jane Doe", "Bo Li"], true),
            (&["Bo Li", "Cy Coe"], false),
            (&["Bo Li"], false),
        ] {
            assert_eq!(same_paper(&submitted, &by_all(authors)), is_same, "{authors:?}");
        }
        let short_title = |authors: &[&str]| Paper { title: text(short), ..by_all(authors) };
        assert!(
            !same_paper(&short_title(&["Jane Doe", "Bo Li"]), &short_title(&["Bo Li", "Jane Doe"])),
            "a short title"
        );
        let three = short_title(&["Jane Doe", "Bo Li", "Ada Roe"]);
        assert!(same_paper(&three, &short_title(&["Bo Li", "Jane Doe", "Ada Roe"])));
        assert!(!same_paper(&three, &short_title(&["Bo Li", "Jane Doe", "Ada Row"])));
        let hidden = by_all(&["Anonymous"]);
        assert!(same_paper(&year(hidden.clone(), 2018), &year(by_all(&["Jane Doe"]), 2019)));
        assert!(!same_paper(&year(hidden, 2015), &year(by_all(&["Jane Doe"]), 2019)));
        assert!(!same_paper(&bare("?!"), &bare("...")));
        for (one, other) in [("Learning C++", "Learning C"), ("A + B", "A − B"), ("Nets for C#", "Nets for C")] {
            assert!(!same_paper(&by(bare(one), "Jane Doe"), &by(bare(other), "Jane Doe")), "{one}");
        }
    }

    #[test]
    fn a_title_that_many_papers_have_is_not_enough() {
        let bare = |title: &str| Paper { title: Text::new(title, Markup::Plain), ..Paper::default() };
        for title in [
            "Preface",
            "Introduction",
            "Editorial: The Next Volume",
            "Erratum",
            "Reply to the Comment of Doe",
            "Proceedings of the Workshop",
            "Annual Report",
            "Correction",
        ] {
            let year = |year| Paper { published: PartialDate::new(year, None, None), ..bare(title) };
            let by = |author: &str| Paper { authors: vec![author.into()], ..year(2024) };
            let published_in = |venue: &str| Paper { venue: Some(venue.into()), ..by("Jane Doe") };
            let doi = |doi: &str| Paper { doi: Doi::parse(doi), ..by("Jane Doe") };
            for paper in [bare(title), year(2024), by("Jane Doe"), published_in("A Journal"), doi("10.1000/a")] {
                assert!(same_paper(&paper, &paper.clone()), "{title}");
            }
            assert!(!same_paper(&year(2024), &year(2025)), "{title}");
            let of_year = |paper: Paper, year| Paper { published: PartialDate::new(year, None, None), ..paper };
            assert!(!same_paper(&of_year(by("Jane Doe"), 2001), &of_year(by("Jane Doe"), 2005)), "{title}");
            assert!(!same_paper(&by("Jane Doe"), &year(2024)), "{title}");
            assert!(!same_paper(&by("Jane Doe"), &bare(title)), "{title}");
            assert!(!same_paper(&published_in("A Journal"), &published_in("B Journal")), "{title}");
            assert!(!same_paper(&doi("10.1000/a"), &doi("10.1000/b")), "{title}");
        }
        for title in ["Introduction to Quiet Nets", "Prefaces of Quiet Nets", "Responses to Noise"] {
            assert!(!is_common_title(title), "{title}");
        }
    }
}
