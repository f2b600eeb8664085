//! Rendering held against the cases of the fixture, properties, and hostile input.

use super::*;
use crate::domain::identity::title_key;

/// Columns: id, mode, input, expected, note.
const CASES: &str = include_str!("../../../tests/fixtures/latex_cases.tsv");

fn rendered(mode: &str, input: &str) -> Option<String> {
    Some(match mode {
        "tex" => render(input, Markup::Tex),
        "hf" => render(input, Markup::Page),
        "key" => title_key(input, Markup::Tex),
        _ => return None,
    })
}

#[test]
fn cases_of_the_fixture() {
    let mut failures = Vec::new();
    let mut count = 0;
    for line in CASES.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [id, mode, input, expected, ..] = columns[..] else { panic!("a short line: {line}") };
        let Some(actual) = rendered(mode, input) else { continue };
        count += 1;
        if actual != expected {
            failures.push(format!("{id}: {input}\n  expected {expected}\n  rendered {actual}"));
        }
    }
    assert!(count > 90);
    assert!(failures.is_empty(), "{} of {count} fail:\n{}", failures.len(), failures.join("\n"));
}
