//! The answers of Hugging Face's API of daily papers, saved as JSON: a list of a day, a list in a wrapper of whoever saved it, a search, or
//! one paper. `hf_rows` reads the papers.

use serde_json::Value;

use super::decode::{FileHead, InputLines};
use super::hf_rows;
use super::input::Origin;
use super::item::Visit;
use crate::domain::record::not_json;
use crate::error::{Error, Result};

/// JSON with the fields of a row: one object in another, under a name that no other format of papers has.
pub(super) fn recognises(head: &FileHead<'_>) -> bool {
    let compact: String = head.text.chars().filter(|c| !c.is_whitespace()).take(4096).collect();
    let is_row = ["\"paper\":{", "{'paper':{"].iter().any(|key| compact.contains(key));
    let is_paper = compact.starts_with("{\"id\":\"") && compact.contains("\"upvotes\":");
    compact.starts_with(['[', '{']) && (is_row || is_paper || compact.contains("\"dailyPapers\":["))
}

/// Reads the whole document, then yields the papers in their order.
pub(super) fn read(origin: &Origin<'_>, mut lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let document = lines.whole()?;
    let document = document.trim_start_matches('\u{feff}').trim();
    if document.is_empty() {
        return Ok(());
    }
    let shown = origin.shown;
    let data: Value =
        serde_json::from_str(document).map_err(|error| Error::data(format!("{shown} is {}", not_json(&error))))?;
    let found = hf_rows::list(origin, &data, 1);
    let found = found.ok_or_else(|| Error::data(format!("{shown} is JSON without a list of papers")))?;
    for item in found {
        if each(item).is_break() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::sources::tests::{papers, read_bytes, read_text, summary};

    const ROW: &str = r#"{"paper":{"id":"2407.99901","title":"Quiet\n  Kites","summary":"We fly.","upvotes":12,
        "submittedOnDailyAt":"2024-08-01T00:00:00.000Z","authors":[{"name":"Jane Q. Doe"},{"name":"X","hidden":true}]},
        "publishedAt":"2024-07-31T13:00:00.000Z","title":"Quiet Kites","numComments":2}"#;

    fn other(id: &str, day: &str) -> String {
        ROW.replace("2407.99901", id).replace("2024-08-01", day).replace("Quiet", "Loud").replace("12", "null")
    }

    #[test]
    fn a_list_is_read_in_every_wrapper() {
        let two = format!("[{ROW},\n{}]", other("2407.99902", "2024-08-01"));
        let expected = ["hf:2024-08-01 #1 Quiet Kites +12", "hf:2024-08-01 #2 Loud Kites"];
        for text in [
            two.clone(),
            format!("\u{feff}  {two}"),
            format!("{{\"dailyPapers\":{two},\"dateString\":\"2024-08-01\"}}"),
            format!("{{\"status\":\"ok\",\"date\":\"2024-08-01\",\"count\":2,\"data\":{two}}}"),
        ] {
            let (format, found) = read_text("a.json", &text);
            assert_eq!((format, summary(&found)), ("hf", expected.map(str::to_owned).to_vec()), "{text}");
            assert_eq!(papers(&found)[0].authors, ["Jane Q. Doe"]);
        }
    }

    #[test]
    fn one_paper_has_no_rank() {
        assert_eq!(summary(&read_text("a.json", ROW).1), ["hf:2024-08-01 - Quiet Kites +12"]);
        let bare = r#"{"id":"2407.99904","title":"Alone","upvotes":3,"submittedOnDailyAt":"2024-08-03T00:00:00.000Z"}"#;
        assert_eq!(summary(&read_text("a.json", bare).1), ["hf:2024-08-03 - Alone +3"]);
    }

    #[test]
    fn lists_of_several_days_in_one_file_are_several_digests() {
        let rows = [ROW.to_owned(), other("2407.99902", "2024-08-02"), other("2407.99903", "2024-08-02")];
        let found = read_text("a.json", &format!("[{}]", rows.join(","))).1;
        let expected =
            ["hf:2024-08-01 #1 Quiet Kites +12", "hf:2024-08-02 #1 Loud Kites", "hf:2024-08-02 #2 Loud Kites"];
        assert_eq!(summary(&found), expected);
    }

    #[test]
    fn broken_rows_cost_only_themselves() {
        let text = format!("[\"{{'paper': {{'id': '1'}}}}\",{{\"paper\":{{\"id\":7}}}},null,{ROW}]");
        assert_eq!(
            summary(&read_text("a.json", &text).1),
            [
                "line 1: paper 1 of the list: expected an object, found text",
                "line 1: paper 2 of the list: `paper.id`: expected an arXiv id, found nothing",
                "line 1: paper 3 of the list: `paper.id`: expected an arXiv id, found nothing",
                "hf:2024-08-01 #4 Quiet Kites +12",
            ]
        );
        let cut = &text[..text.len() - 9];
        let error = read_bytes("a.json", "2025-03-20", cut.as_bytes()).unwrap_err();
        assert!(error.message.starts_with("a.json is not JSON: "), "{error}");
        let error = read_bytes("a.json", "2025-03-20", b"{\"paper\":{\"title\":\"x\"}}").unwrap_err();
        assert_eq!(error.message, "a.json is JSON without a list of papers");
    }
}
