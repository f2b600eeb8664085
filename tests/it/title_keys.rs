//! Keys of titles are stored: a change of what they are needs another version of them, so that libraries of earlier versions are brought up
//! to date. `tests/fixtures/title_keys.tsv` has titles with their keys, and the version that they are of.

use std::{env, fs};

use tsundoku::domain::identity::{TITLE_KEY_VERSION, title_key};
use tsundoku::domain::markup::Markup;

use crate::harness::fixture;

#[test]
fn another_key_of_a_title_is_of_another_version() {
    let path = fixture("title_keys.tsv");
    let text = fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    let version: i64 = lines.next().unwrap().trim_start_matches("# version ").parse().unwrap();
    let (mut now, mut differences) = (format!("# version {TITLE_KEY_VERSION}\n"), Vec::new());
    for line in lines {
        let [markup, title, key] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let found = title_key(title, Markup::from_name(markup).unwrap());
        if found != key {
            differences.push(format!("{title}: {found}, before: {key}"));
        }
        now.push_str(&format!("{markup}\t{title}\t{found}\n"));
    }
    if env::var_os("TSUNDOKU_BLESS").is_some() && version != TITLE_KEY_VERSION {
        fs::write(&path, now).unwrap();
        return;
    }
    let raise = "raise TITLE_KEY_VERSION by one, then write them with TSUNDOKU_BLESS=1";
    assert!(differences.is_empty(), "the keys of titles changed; {raise}\n{}", differences.join("\n"));
    assert_eq!(version, TITLE_KEY_VERSION, "TSUNDOKU_BLESS=1 writes the keys of the new version");
}
