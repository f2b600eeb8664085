//! Searches for words with signs and in scripts without blanks between words, against plain loops over the same titles.

use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use crate::domain::query::{Pattern, Query};
use crate::index::sample::{NoAbstracts, NoNotes, in_memory};
use crate::index::text::located_terms::without_signs;
use crate::index::text::tokens::parts;
use crate::index::*;

/// The numbers of the titles that a query finds.
fn found(titles: &[&str], query: &str) -> Vec<usize> {
    let papers: Vec<(&str, &[String])> = titles.iter().map(|title| (*title, [].as_slice())).collect();
    search(&papers, query).0
}

/// The numbers of the papers, given by titles and authors, that a query finds, and the words of it that are approximate.
fn search(papers: &[(&str, &[String])], query: &str) -> (Vec<usize>, Vec<ApproximateWord>) {
    let keys: Vec<String> = (0..papers.len()).map(|number| format!("title:{number}")).collect();
    let papers = (0..).zip(papers).zip(&keys);
    let docs = papers.map(|((row, (title, authors)), key)| Doc {
        row,
        key,
        title,
        authors,
        date: None,
        added: 0,
        votes: None,
        flags: PaperFlags::NONE,
        categories: &[],
        digests: &[],
    });
    let index = in_memory(docs, &[]);
    let states = Arc::new(ReadingStates::new(index.len()));
    let today = date(2025, 4, 1);
    let view = SearchView {
        index: &index,
        states: &states,
        abstracts: &NoAbstracts,
        notes: &NoNotes,
        today,
        cancelled: &|| false,
    };
    let hits = SearchEngine::new().search(&view, &Query::parse(query)).unwrap();
    let mut found: Vec<usize> = hits.ids().map(|doc| index.row(doc) as usize).collect();
    assert_eq!(hits.count, found.len());
    found.sort_unstable();
    (found, hits.approximate)
}

fn highlighted(query: &str, text: &str) -> Vec<String> {
    let ranges = highlights(&highlight_patterns(&Query::parse(query)), &[], (HighlightedText::Title, text));
    ranges.into_iter().map(|range| text[range].to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_negation_excludes_the_same_papers_whatever_stands_beside_it(
        titles in prop::collection::vec("([abc]{1,4}[ -]?){0,6}", 1..40),
        word in "[abc]{1,2}",
        negations in prop::collection::vec("[-!]('|\\^|author:|title:)?[abc]{1,3}(-[ab])?", 1..5),
    ) {
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let mut expected = found(&titles, &word);
        for negation in &negations {
            let alone = found(&titles, negation);
            expected.retain(|number| alone.contains(number));
        }
        let query = format!("{word} {}", negations.join(" "));
        prop_assert_eq!(found(&titles, &query), expected, "{}", query);
        let query = format!("{} {word}", negations.join(" "));
        prop_assert_eq!(found(&titles, &query), found(&titles, &format!("{word} NOT (NOT ({}))", negations.join(" "))), "{}", query);
    }
}

#[test]
fn a_word_inside_a_run_is_found_and_highlighted() {
    let titles = [
        "深度学习与大语言模型",
        "機械学習入門",
        "大規模言語モデルの投機的デコード",
        "거대 언어모델의 추론 비용",
        "基于GPT-4的AI教育应用",
        "การเรียนรู้เชิงลึก",
        "Multi–modal 学习 with LLMs",
    ];
    for (query, expected, letters) in [
        ("学习", vec![0, 6], "学习"),
        ("title:入門", vec![1], "入門"),
        ("言語", vec![2], "言語"),
        ("投機的", vec![2], "投機的"),
        ("モデル", vec![2], "モデル"),
        ("언어", vec![3], "언어"),
        ("\"언어모델의 추론\"", vec![3], "언어모델의 추론"),
        ("\"模型\"", vec![0], "模型"),
        ("\"的AI教育\"", vec![4], "的AI教育"),
        ("ai", vec![4], "AI"),
        ("gpt4", vec![4], ""),
        ("'gpt 教育", vec![4], ""),
        ("เรียน", vec![5], "เรียน"),
        ("学", vec![0, 1, 6], "学"),
        ("学习 学习", vec![0, 6], "学习"),
        ("学习 -深度", vec![6], "学习"),
        ("title:\"語 模\"", vec![], ""),
        ("度习", vec![], ""),
    ] {
        assert_eq!(found(&titles, query), expected, "{query}");
        if let Some(title) = expected.first().and_then(|number| titles.get(*number)).filter(|_| !letters.is_empty()) {
            assert_eq!(highlighted(query, title), [letters], "{query}");
        }
    }
    assert_eq!(highlighted("学习", "学习如何学习"), ["学习", "学习"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_query_finds_every_title_that_contains_its_words(
        titles in prop::collection::vec("[学习度ab ，]{0,10}", 1..30),
        words in prop::collection::vec("[学习度]{1,4}", 1..3),
    ) {
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let containing = |part: &dyn Fn(&str) -> bool| -> Vec<usize> {
            (0..).zip(&titles).filter(|(_, title)| part(title)).map(|(number, _)| number).collect()
        };
        let query = words.join(" ");
        let expected = containing(&|title| words.iter().all(|word| title.contains(word.as_str())));
        prop_assert_eq!(found(&titles, &query), expected, "{}", query);
        let phrase = words.concat();
        prop_assert_eq!(found(&titles, &format!("\"{phrase}\"")), containing(&|title| title.contains(&phrase)));
        for title in &titles {
            let covered: usize = highlighted(&phrase, title).iter().map(String::len).sum();
            prop_assert!(covered >= title.matches(&phrase).count() * usize::from(title.contains(&phrase)), "{}", title);
            prop_assert_eq!(covered > 0, title.contains(&phrase));
        }
    }
}

#[test]
fn a_word_with_signs_is_found_and_highlighted_with_them() {
    let titles = [
        "Learning C++ Fast",
        "Learning C Fast",
        "C#: From Java to C#",
        "Templates (C++)",
        "ASP.NET and .NET",
        "Nets and C⁺⁺ Templates, again",
        "A* Search and A Search",
        "H∞ Control, e⁺e⁻ and Ca²⁺",
        "Typed λ-Calculus: a View",
        "C−− and C+ and ABC++",
        "Q&A at AT&T, I/O and Vision+Language",
        "Why K–Means++ Works",
        "Programming in C++17",
        "f- and g-lists of #P",
    ];
    for (query, expected, letters) in [
        ("c++", vec![0, 3, 5, 12], "C++"),
        ("C++.", vec![0, 3, 5, 12], "C++"),
        ("C++:", vec![0, 3, 5, 12], "C++"),
        ("(C++)", vec![0, 3, 5, 12], "C++"),
        ("'c++", vec![0, 3, 5, 12], "C++"),
        ("^c++", vec![0, 3, 5, 12], "C++"),
        ("title:c++", vec![0, 3, 5, 12], "C++"),
        ("\"c++\"", vec![0, 3, 5, 12], "C++"),
        ("title:\"c++.\"", vec![0, 3, 5, 12], "C++"),
        ("c+", vec![0, 3, 5, 9, 12], "C+"),
        ("\"c+\"", vec![9], ""),
        ("c++17", vec![12], "C++17"),
        ("\"c++ templates\"", vec![5], "C⁺⁺ Templates"),
        ("\"learning c++ fast\"", vec![0], "Learning C++ Fast"),
        ("c# -java", vec![], ""),
        ("c#", vec![2], ""),
        (".net", vec![4], ""),
        ("\".net\"", vec![4], ""),
        (".ne", vec![4], ""),
        ("a*", vec![6], "A*"),
        ("\"a* search\"", vec![6], "A* Search"),
        ("a∗", vec![6], "A*"),
        ("h∞", vec![7], "H∞"),
        ("e+e-", vec![7], "e⁺e⁻"),
        ("e⁺e⁻", vec![7], "e⁺e⁻"),
        ("ca2+", vec![7], "Ca²⁺"),
        ("λ-calculus", vec![8], "λ-Calculus"),
        ("c−−", vec![9], "C−−"),
        ("c--", vec![9], "C−−"),
        ("q&a", vec![10], "Q&A"),
        ("i/o", vec![10], "I/O"),
        ("vision+language", vec![10], "Vision+Language"),
        ("at&t", vec![10], ""),
        ("k-means++", vec![11], "K–Means++"),
        ("k-means", vec![11], ""),
        ("#p", vec![13], "#P"),
        ("means*", vec![11], ""),
        ("g++", vec![], ""),
    ] {
        assert_eq!(found(&titles, query), expected, "{query}");
        if let Some(title) = expected.first().and_then(|number| titles.get(*number)).filter(|_| !letters.is_empty()) {
            assert_eq!(highlighted(query, title).join(" "), letters, "{query}");
        }
    }
    assert_eq!(highlighted("c++", "Vitamin C, C+D and C+"), [""; 0]);
    assert_eq!(found(&titles, "c++ -fast").len(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_word_with_signs_finds_every_title_that_contains_it(
        titles in prop::collection::vec("[ABé+＋#* .:(]{0,12}", 1..30),
        letters in "[abe]{1,2}",
        signs in "[+#*]{1,3}",
        how in 0..4,
    ) {
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let word = letters + &signs;
        let is_in = |title: &str| {
            let title = title.to_lowercase().replace('é', "e").replace('＋', "+");
            title.match_indices(&word).any(|(at, _)| {
                let whole = title[at + word.len()..].chars().next().is_none_or(|c| !"+#*".contains(c));
                !title[..at].ends_with(char::is_alphanumeric) && (whole || how < 3)
            })
        };
        let expected: Vec<usize> =
            (0..).zip(&titles).filter(|(_, title)| is_in(title)).map(|(number, _)| number).collect();
        let query = match how {
            0 => format!("{word},"),
            1 => format!("'{word}."),
            2 => format!("title:^{word}"),
            _ => format!("\"{word}\""),
        };
        prop_assert_eq!(found(&titles, &query), expected, "{}", query);
        for title in titles.iter().filter(|title| is_in(title)) {
            let shown = highlighted(&query, title).concat().replace('＋', "+");
            prop_assert!(shown.contains(&signs), "{} in {}: {}", query, title, shown);
        }
    }
}

/// Names, hyphenated and joined words, with every kind of dash, apostrophe and quotation mark between and around them.
fn written() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "p",
        "value",
        "values",
        "pvalue",
        "t",
        "test",
        "x",
        "ray",
        "xray",
        "fine",
        "tuning",
        "Tune",
        "multi",
        "modal",
        "Multimodal",
        "modality",
        "o",
        "Neill",
        "ONeill",
        "d",
        "alembert",
        "gpt",
        "4",
        "gpt4",
        "K",
        "means",
        "é",
        "学习",
    ]);
    let joiner = prop::sample::select(vec![
        " ",
        " ",
        "-",
        "\u{2010}",
        "\u{2011}",
        "\u{2013}",
        "\u{2014}",
        "\u{2212}",
        "\u{FF0D}",
        "'",
        "\u{2019}",
        "",
        "\u{AD}",
        ", ",
        " \u{201C}",
        "\u{201D} ",
        "--",
        "/",
        ".",
        "\u{2032}",
    ]);
    prop::collection::vec((word, joiner), 1..5)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, joiner)| [word, joiner]).collect())
}

/// How a word or phrase is typed: as it is, exact, a beginning, in quotation marks, with an open one.
fn typed(text: &str, how: usize) -> String {
    let (word, phrase) =
        (text.replace(['"', '\u{201C}', '\u{201D}', ' ', ','], ""), text.replace(['"', '\u{201C}', '\u{201D}'], " "));
    match how {
        0 => word,
        1 => format!("'{word}"),
        2 => format!("^{word}"),
        3 => format!("\"{phrase}\""),
        _ => format!("\"{}", phrase.trim_end()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_a_query_finds_is_highlighted(text in written(), asked in written(), how in 0usize..5) {
        let asked = typed(&asked, how);
        let shown = |query: &Query, approximate: &[ApproximateWord], kind| -> String {
            highlights(&highlight_patterns(query), approximate, (kind, text.as_str())).into_iter().map(|range| &text[range]).collect()
        };
        for kind in [HighlightedText::Title, HighlightedText::Authors, HighlightedText::Abstract] {
            let field = match kind {
                HighlightedText::Title => "title",
                HighlightedText::Authors => "author",
                HighlightedText::Abstract => "abs",
            };
            let written = format!("{field}:{asked}");
            let query = Query::parse(&written);
            let Some(pattern) = highlight_patterns(&query).pop() else { continue };
            let names: Vec<String> = text.split(", ").map(str::to_owned).collect();
            let (is_found, approximate) = match kind {
                HighlightedText::Title => search(&[(text.as_str(), &[])], &written),
                HighlightedText::Authors => search(&[("", names.as_slice())], &written),
                HighlightedText::Abstract => {
                    let is_in = |pattern: &Pattern| AbstractPattern::new(pattern).is_in(&abstract_terms(&text));
                    let bare = without_signs(&pattern);
                    (if is_in(&pattern) || bare.is_some_and(|bare| is_in(&bare)) { vec![0] } else { Vec::new() }, Vec::new())
                }
            };
            let shown = shown(&query, &approximate, kind);
            if is_found.is_empty() {
                // The parts of a word may stand in title and names.
                let is_whole = match &pattern {
                    Pattern::Phrase(_) => true,
                    Pattern::Word(word) => {
                        let parts = parts(&word.text);
                        parts.parts.len() < 2 || parts.are_adjacent && kind != HighlightedText::Authors
                    }
                };
                prop_assert!(!is_whole || shown.is_empty(), "{} does not find {:?} but highlights {}", written, text, shown);
            } else {
                prop_assert!(!shown.is_empty(), "{} finds {:?} and highlights nothing", written, text);
            }
        }
    }
}

#[test]
fn hyphenated_and_joined_words_are_highlighted_as_they_are_found() {
    for (query, title, expected) in [
        ("'p-value", "On pvalue and p\u{2013}Values", "pvalue p\u{2013}Value"),
        ("p-value", "On pvalue", "pvalue"),
        ("^p\u{2011}value", "On pvalues", "pvalue"),
        ("pvalue", "On p\u{2212}value", "p value"),
        ("'p-value", "The value of p", ""),
        ("o'neill", "By O\u{2019}Neill and ONeill", "O\u{2019}Neill ONeill"),
        ("fine-tuning", "Finetuning is Fine\u{2014}Tuning", "Finetuning Fine\u{2014}Tuning"),
        ("\"net\"", "Networks of a Net", "Net"),
        ("\"multimodal\"", "A Multi-modal View", "Multi modal"),
        ("\"p-value\"", "On pvalue", ""),
    ] {
        assert_eq!(found(&[title], &format!("title:{query}")).is_empty(), expected.is_empty(), "{query}");
        assert_eq!(highlighted(query, title).join(" "), expected, "{query}");
    }
    let names = "J.-P. Serre, A. Tri, Dao Gu";
    let shown = |query: &str| {
        let ranges = highlights(&highlight_patterns(&Query::parse(query)), &[], (HighlightedText::Authors, names));
        ranges.into_iter().map(|range| &names[range]).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(shown("author:p-serre"), "P. Serre");
    assert_eq!(shown("author:j-serre"), "J Serre");
    assert_eq!(shown("\"tri dao\""), "", "they are two people");
    assert_eq!(shown("\"dao gu\""), "Dao Gu");
}
