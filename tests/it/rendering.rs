//! Texts rendered by the program, against the cases that `TSUNDOKU_TEST_CASES` names, where there are any.

use std::fs;
use std::path::PathBuf;

use tsundoku::domain::markup::Markup;
use tsundoku::domain::text::Text;

fn assert_cases(name: &str, markup: Markup) {
    let Some(cases) = std::env::var_os("TSUNDOKU_TEST_CASES").map(PathBuf::from) else { return };
    let cases = fs::read_to_string(cases.join(name)).unwrap();
    let mut failures = Vec::new();
    for (input, expected) in cases.lines().skip(1).filter_map(|line| line.split_once('\t')) {
        let rendered = Text::new(input, markup).line().to_string();
        if rendered != expected {
            failures.push(format!("{input}\n  expected {expected}\n  rendered {rendered}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_shared_cases_of_page_text_come_out_right() {
    assert_cases("page.tsv", Markup::Page);
}

#[test]
fn the_shared_cases_of_latex_come_out_right() {
    assert_cases("tex.tsv", Markup::Tex);
}
