//! Acronyms and their long forms in small libraries against a loop over the texts of all papers, before and after the full text is built, and with
//! papers that came a moment ago.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use proptest::prelude::*;

use super::search::ExcerptPatterns;
use super::{IndexingPriority, Library};
use crate::domain::query::{Pattern, Query};
use crate::domain::record::Record;
use crate::index::{HighlightedText, abstract_terms, definitions, excerpt_patterns, highlights, name_patterns};
use crate::store::PaperStore;

/// Title and abstract.
type PaperText = (String, String);

fn import(dir: &Path, first: usize, papers: &[PaperText]) {
    let mut store = PaperStore::open(dir).unwrap();
    let mut import = store.import().unwrap();
    for (number, (title, text)) in (first..).zip(papers) {
        let id = format!("2401.{:05}", number + 1);
        let line = serde_json::json!({ "arxiv": id, "title": title, "abstract": text });
        import.add(&Record::from_json(&line.to_string()).unwrap().paper, 1).unwrap();
    }
    import.commit().unwrap();
}

fn build(library: &Library) {
    library.build_full_text(IndexingPriority::Foreground, &mut |_, _| ControlFlow::Continue(())).unwrap();
}

/// The numbers of the papers that a query finds, in order, those of the starter shelf left out; and how many have the words in titles.
fn found(library: &mut Library, query: &str) -> (Vec<usize>, usize) {
    let hits = library.find(&Query::parse(query)).unwrap();
    let number = |doc| library.snapshot().key_text(doc).strip_prefix("arxiv:2401.").and_then(|n| n.parse().ok());
    let all: Vec<usize> = hits.complete().into_iter().filter_map(number).map(|number: usize| number - 1).collect();
    (all, hits.in_titles())
}

fn texts(all: &[[&str; 2]]) -> Vec<PaperText> {
    all.iter().map(|[title, text]| ((*title).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn an_acronym_finds_its_long_forms_and_they_find_it() {
    let folder = tempfile::tempdir().unwrap();
    let papers = texts(&[
        ["Sparse layers", "A mixture of experts (MoE) for translation."],
        ["Dense layers", "Not a mixture of experts, but one network."],
        ["Routers", "How MoE models choose."],
        ["Polls", "The margin of error (MOE) of a poll."],
        ["Surveys", "A margin of error is given."],
        ["Experts", "A mixture of many experts."],
    ]);
    import(folder.path(), 0, &papers);
    let mut library = Library::open(folder.path()).unwrap();
    for _ in 0..2 {
        let set = |library: &mut Library, query: &str| found(library, query).0.into_iter().collect::<BTreeSet<_>>();
        let (order, in_titles) = found(&mut library, "moe");
        assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), [0, 1, 2, 3, 4].into(), "both readings");
        assert_eq!((order[3..].iter().copied().collect::<BTreeSet<_>>(), in_titles), ([1, 4].into(), 0), "{order:?}");
        assert_eq!(set(&mut library, "mixture of experts"), [0, 1, 2, 3, 5].into());
        assert_eq!(set(&mut library, "mixture-of-experts routers"), [2].into());
        assert_eq!(set(&mut library, "mixture of expert"), [0, 1, 2, 3, 5].into());
        assert_eq!(set(&mut library, "margin of error"), [0, 2, 3, 4].into());
        for (query, expected) in [
            ("\"mixture of experts\"", vec![0, 1]),
            ("'moe", vec![0, 2, 3]),
            ("abs:moe", vec![0, 2, 3]),
            ("mixture experts of", vec![0, 1, 5]),
            ("moe translation", vec![0]),
            ("poll mixture of experts", vec![3]),
        ] {
            assert_eq!(set(&mut library, query), expected.into_iter().collect(), "{query}");
        }
        assert!(
            found(&mut library, "layers -moe").0.contains(&1),
            "nothing is left out for a word that it does not have"
        );
        let hits = library.find(&Query::parse("moe")).unwrap();
        assert_eq!(
            hits.names.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            ["margin of error", "mixture of experts"].into()
        );
        let patterns: Vec<_> = name_patterns(&hits.names).collect();
        assert_eq!(
            highlights(&patterns, &[], (HighlightedText::Abstract, "Not a mixture of experts, but")),
            vec![6..24]
        );
        let patterns = ExcerptPatterns { names: hits.names.clone(), ..excerpt_patterns(&Query::parse("moe")) };
        let doc = hits.complete().into_iter().find(|doc| library.snapshot().title(*doc) == "Dense layers").unwrap();
        let snippets = library.snippets(&[doc], &patterns, false);
        let snippet = snippets[0].1.as_ref().unwrap();
        assert_eq!(&snippet.text[snippet.highlights[0].clone()], "mixture of experts");
        build(&library);
    }
    // A moment later, before the full text has them.
    import(
        folder.path(),
        6,
        &texts(&[
            ["New", "We scale a mixture of experts."],
            ["Newer", "Optimal transport (OT) of masses."],
            ["Newest", "On optimal transport."],
        ]),
    );
    library.bring_up_to_date(&mut |_, _| ControlFlow::Continue(())).unwrap();
    for _ in 0..2 {
        assert!(found(&mut library, "moe").0.contains(&6));
        assert_eq!(
            found(&mut library, "ot").0.into_iter().filter(|number| *number > 6).collect::<BTreeSet<_>>(),
            [7, 8].into()
        );
        build(&library);
    }
}

const PARTS: [&str; 9] = [
    "MoE",
    "mixture of experts",
    "mixture of experts (MoE)",
    "margin of error (MoE)",
    "margin of error",
    "a mixture",
    "MoEs",
    "experts",
    "of error",
];

fn sample() -> impl Strategy<Value = PaperText> {
    let part = || prop::sample::select(PARTS.to_vec());
    (part(), prop::collection::vec(part(), 0..4)).prop_map(|(title, text)| (title.to_owned(), text.join(" . ")))
}

/// The papers of a loop over all texts.
fn by_definition(papers: &[PaperText], words: &[&str]) -> BTreeSet<usize> {
    let defined: BTreeSet<String> = papers.iter().flat_map(|(_, text)| definitions(text)).collect();
    let terms = |text: &str| abstract_terms(text).into_iter().map(|term| term.word).collect::<Vec<_>>();
    let has_words = |text: &str, asked: &[&str]| terms(text).windows(asked.len()).any(|window| window == asked);
    let has_name = |(title, text): &PaperText, name: &str| {
        let name: Vec<&str> = name.split(' ').collect();
        has_words(title, &name) || has_words(text, &name)
    };
    let pairs: Vec<(&str, &str)> = defined.iter().filter_map(|pair| pair.split_once(' ')).collect();
    let stands = |paper: &PaperText, at: usize| {
        let word = words[at];
        let begins =
            |text: &str| terms(text).iter().any(|term| term.starts_with(word) || word.strip_suffix('s') == Some(term));
        let initials = |(title, _): &PaperText| {
            word == "moe"
                && ["mixture of experts", "margin of error"]
                    .iter()
                    .any(|long| has_words(title, &long.split(' ').collect::<Vec<_>>()))
        };
        let by_name = |(acronym, long): &(&str, &str)| {
            let is_long = words
                .windows(3)
                .enumerate()
                .any(|(from, run)| run.join(" ") == *long && (from..from + 3).contains(&at));
            (*acronym == word && has_name(paper, long))
                || (is_long && (has_name(paper, acronym) || has_name(paper, &format!("{acronym}s"))))
        };
        begins(&paper.0) || begins(&paper.1) || initials(paper) || pairs.iter().any(by_name)
    };
    (0..papers.len()).filter(|number| (0..words.len()).all(|at| stands(&papers[*number], at))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn names_find_what_a_loop_over_all_texts_finds(
        papers in prop::collection::vec(sample(), 1..10),
        more in prop::collection::vec(sample(), 0..4),
        asked in prop::sample::select(vec!["moe", "mixture of experts", "margin of error", "experts moe", "a mixture of experts", "experts mixture of experts error"]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        import(folder.path(), 0, &papers);
        let mut library = Library::open(folder.path()).unwrap();
        let words: Vec<&str> = asked.split(' ').collect();
        let set = |library: &mut Library| found(library, asked).0.into_iter().collect::<BTreeSet<_>>();
        let expected = by_definition(&papers, &words);
        prop_assert_eq!(&set(&mut library), &expected);
        build(&library);
        prop_assert_eq!(set(&mut library), expected);
        let all = [papers.clone(), more.clone()].concat();
        import(folder.path(), papers.len(), &more);
        library.bring_up_to_date(&mut |_, _| ControlFlow::Continue(())).unwrap();
        let expected = by_definition(&all, &words);
        prop_assert_eq!(&set(&mut library), &expected);
        build(&library);
        prop_assert_eq!(set(&mut library), expected);
    }
}

#[test]
fn the_words_of_a_name_are_looked_for_beside_those_of_the_query() {
    let patterns = ExcerptPatterns { names: vec!["low rank".to_owned()], ..excerpt_patterns(&Query::parse("lr")) };
    assert_eq!(patterns.words_beside("LR", ""), []);
    assert!(patterns.words_beside("Other", "").contains(&Pattern::Phrase("low rank".to_owned())));
}
