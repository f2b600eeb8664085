//! A text that may be imported as if it were a file: what it holds, told before anything is stored.

use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::clean::Clean;
use crate::error::{Error, Result};
use crate::library::{now_seconds, today};
use crate::sources::{self, InputFile, ReadItem};

/// A text to import, with the name that it has in reports and that digests without a day take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedText {
    pub name: String,
    pub text: Arc<str>,
}

impl NamedText {
    /// Named by the time of day, so that two texts are two digests.
    pub fn pasted(text: Arc<str>) -> Self {
        let now = Timestamp::from_second(now_seconds()).unwrap_or_default().to_zoned(TimeZone::system());
        Self { name: now.strftime("pasted %-d %b %Y at %H:%M:%S").to_string(), text }
    }
}

/// What an import of a text would read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextContents {
    /// Name of the import format.
    pub format: &'static str,
    /// Records that can be read, and those that would be rejected.
    pub papers: usize,
    pub rejected: usize,
    /// The digest, where all papers are in the same one and its day is known.
    pub digest: Option<Clean>,
    /// The text is of the format by a line that only the format has, or by its abstracts. A list of titles is not, and may be anything.
    pub is_certain: bool,
}

/// Reads a text without storing anything. Takes as long as reading a file of its size.
///
/// # Errors
/// Data when it has none of the import formats, or no paper.
pub fn contents_of(text: &Arc<str>) -> Result<TextContents> {
    let file = InputFile::of_text("what was pasted", Arc::clone(text));
    let mut contents = TextContents { is_certain: sources::recognises(text), ..TextContents::default() };
    let mut is_first = true;
    let format = sources::read(file.open(today(), None)?, None, &mut |item| {
        match item {
            ReadItem::Record { record, .. } => {
                contents.papers += 1;
                contents.is_certain |= record.paper.summary.is_some();
                let digest = record.paper.sightings.first().map(|sighting| &sighting.digest);
                let label = digest.filter(|digest| digest.day.is_some()).map(|digest| &digest.label);
                if is_first {
                    contents.digest = label.cloned();
                } else if label != contents.digest.as_ref() {
                    contents.digest = None;
                }
                is_first = false;
            }
            ReadItem::Rejected(_) => contents.rejected += 1,
            ReadItem::Notice(_) => {}
        }
        ControlFlow::Continue(())
    })?;
    if contents.papers == 0 {
        return Err(Error::data("there is no paper in what was pasted"));
    }
    Ok(TextContents { format, ..contents })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../tests/fixtures/pages/blank_lines.txt");

    #[test]
    fn a_page_is_counted_and_notes_are_refused() {
        let found = contents_of(&PAGE.replace("Mar 12", "Mar 12, 2025").into()).unwrap();
        let expected = TextContents {
            format: "page",
            papers: 4,
            digest: Some("12 Mar 2025".into()),
            is_certain: true,
            ..TextContents::default()
        };
        assert_eq!(found, expected);
        let titles = "Kite Sampling: Drawing Long Sequences\nDo Small Gardens Need Large Gardeners?";
        let found = contents_of(&titles.into()).unwrap();
        assert_eq!((found.papers, found.is_certain, found.digest), (2, false, None));
        let days = "{\"title\":\"A\",\"digests\":[{\"id\":\"hf:2025-03-12\",\"source\":\"hf\",\"label\":\"12 Mar 2025\",\"day\":\"2025-03-12\"}]}\n{\"title\":\"B\"}";
        let found = contents_of(&days.into()).unwrap();
        assert_eq!((found.papers, found.is_certain, found.digest), (2, true, None));
        for text in
            ["Some notes of mine\nthat are no page\nat all", "fn main() {\n    println!();\n}\n", "%PDF-1.4\n\0"]
        {
            let error = contents_of(&text.into()).unwrap_err();
            assert!(error.message.starts_with("what was pasted "), "{error}");
        }
    }
}
