//! JSON lines as `export --format json` writes them: one record a line, streamed. `domain::record` defines the fields.

use std::ops::ControlFlow;

use super::decode::{FileHead, InputLine, InputLines};
use super::input::Origin;
use super::item::{ReadItem, Rejection, Visit};
use crate::domain::paper::{Digest, Sighting};
use crate::domain::record::Record;
use crate::error::Result;

/// By the ending, because the first line may be broken; with another ending, when the first line begins like an object.
pub(super) fn recognises(head: &FileHead<'_>) -> bool {
    let object = |line: &str| line.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']));
    head.ending == "jsonl" || head.ending == "ndjson" || head.lines().next().is_some_and(object)
}

/// Reads every line that is not blank. A record without a digest is put in one that is named after the file.
pub(super) fn read(origin: &Origin<'_>, mut lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let stem = origin.stem();
    let digest =
        Digest { id: format!("json:{stem}"), source: "json".into(), label: origin.words(), day: origin.digest_day };
    let mut rank = 0;
    while let Some((number, line)) = lines.next()? {
        let record = match line {
            // Files joined by `cat` have byte order marks inside.
            InputLine::Text(text) => match text.trim_start_matches('\u{feff}').trim() {
                "" => continue,
                text => Record::from_json(text),
            },
            InputLine::NotText(not, _) => Err(not.reason()),
        };
        let found = match record {
            Ok(mut record) => {
                rank += 1;
                if record.paper.sightings.is_empty() {
                    let digest = digest.clone();
                    record.paper.sightings.push(Sighting { digest, rank: Some(rank), votes: None });
                }
                ReadItem::Record { line: number, record: Box::new(record) }
            }
            Err(reason) => ReadItem::Rejected(Rejection { line: number, reason }),
        };
        if let ControlFlow::Break(()) = each(found) {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::sources::tests::{read_text, summary};

    #[test]
    fn a_bad_line_costs_only_itself() {
        let text = "\u{feff}{\"title\":\"One\"}\n\nnull\n{\"title\":\n\u{feff}{\"title\":\"Two\",\"digests\":[{\"id\":\"hf:x\"}]}\n{\"title\":\"Three\"}";
        let (format, found) = read_text("a/list.jsonl", text);
        assert_eq!(format, "json");
        assert_eq!(
            summary(&found),
            [
                "json:list #1 One",
                "line 3: expected a JSON object, found null",
                "line 4: not JSON: EOF while parsing a value at column 9",
                "hf:x - Two",
                "json:list #3 Three",
            ]
        );
    }
}
