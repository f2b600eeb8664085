//! Searches for words with signs and in scripts without blanks between words, against plain loops over the same titles.

use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use crate::domain::query::Query;
use crate::index::sample::{NoAbstracts, NoNotes, in_memory};
use crate::index::*;

/// The numbers of the titles that a query finds.
fn found(titles: &[&str], query: &str) -> Vec<usize> {
    let keys: Vec<String> = (0..titles.len()).map(|number| format!("title:{number}")).collect();
    let papers = (0..).zip(titles).zip(&keys);
    let docs = papers.map(|((row, title), key)| Doc {
        row,
        key,
        title,
        authors: &[],
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
    found
}

fn highlighted(query: &str, text: &str) -> Vec<String> {
    let ranges = highlights(&highlight_words(&Query::parse(query)), &[], text);
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
