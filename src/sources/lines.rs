//! JSON lines as `export --format json` writes them: one record a line, streamed. What a record is, `domain/record` knows.

use std::ops::ControlFlow;

use super::decode::{Line, Lines};
use super::{Each, Found, Origin, Rejection};
use crate::domain::paper::{Digest, Sighting};
use crate::domain::record::Record;
use crate::error::Result;

/// Reads every line that has something in it. A record that names no digest is put in one that is named after the file.
pub(crate) fn read(origin: &Origin<'_>, mut lines: Lines<'_>, each: &mut Each<'_>) -> Result<()> {
    let stem = origin.stem();
    let digest = Digest {
        id: format!("json:{stem}"),
        source: "json".to_owned(),
        label: stem.to_owned(),
        day: origin.digest_day,
    };
    let mut rank = 0;
    while let Some((number, line)) = lines.next()? {
        let record = match line {
            // Files put together by `cat` have byte order marks between them.
            Line::Text(text) => match text.trim_start_matches('\u{feff}').trim() {
                "" => continue,
                text => Record::from_json(text),
            },
            Line::NotText(not, _) => Err(not.reason()),
        };
        let found = match record {
            Ok(mut record) => {
                rank += 1;
                if record.paper.sightings.is_empty() {
                    let digest = digest.clone();
                    record.paper.sightings.push(Sighting { digest, rank: Some(rank), votes: None });
                }
                Found::Record(Box::new(record))
            }
            Err(reason) => Found::Rejected(Rejection { line: number, reason }),
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
