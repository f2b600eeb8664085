//! Decides whether two records are one paper: by identifiers, or by title together with first author, year or abstract. Never joins
//! records (the store does), and never compares titles approximately.

use std::collections::HashSet;

use super::fold;
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

/// Whether two records are certainly the same paper: equal arXiv ids or DOIs, or equal title keys and the same first author, or else
/// years at most one apart, or (when one record has neither author nor year) a long title, the same abstract, or nothing but a title
/// in both. Records with different arXiv ids never are.
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
    let first_author =
        |paper: &Paper| paper.authors.first().map(|author| author_key(author.as_str())).filter(|key| !key.is_empty());
    let year = |paper: &Paper| paper.published.map(|date| date.year());
    let (author_a, author_b, year_a, year_b) = (first_author(a), first_author(b), year(a), year(b));
    if let (Some(a), Some(b)) = (&author_a, &author_b) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (year_a, year_b) {
        return (a - b).abs() <= 1;
    }
    let knows_neither = (author_a.is_none() && year_a.is_none()) || (author_b.is_none() && year_b.is_none());
    // With nothing but a title in both, nothing distinguishes the two.
    let only_title = |paper: &Paper| paper.authors.is_empty() && paper.published.is_none() && paper.summary.is_none();
    let only_titles = only_title(a) && only_title(b);
    knows_neither && (key.chars().count() >= LONG_TITLE || same_abstract(a, b) || only_titles)
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

fn same_abstract(a: &Paper, b: &Paper) -> bool {
    let own = |text: &Option<Text>| text.as_ref().filter(|text| text.markup != Markup::Summary).map(Text::line);
    matches!((own(&a.summary), own(&b.summary)), (Some(a), Some(b)) if abstracts_agree(&a, &b))
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
        assert!(!same_paper(&by(bare(short), "Jane Doe"), &bare(short)));
        let (plain, own) = (Markup::Plain, Markup::Summary);
        assert!(same_paper(
            &about(bare(short), "Nets are quiet", plain),
            &about(bare(short), "Nets are quiet.", plain)
        ));
        assert!(!same_paper(&about(bare(short), "Nets are quiet", own), &about(bare(short), "Nets are quiet", own)));
        assert!(!same_paper(&bare("?!"), &bare("...")));
    }
}
