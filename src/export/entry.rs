//! What every format writes: papers with what the user did with them, and their texts as the formats need them.

use std::io;

use crate::domain::clean::Clean;
use crate::domain::markup::Markup;
use crate::domain::paper::Paper;
use crate::domain::reading::Reading;
use crate::domain::text::Text;

/// One paper to write, with what the user did with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportEntry {
    pub paper: Paper,
    pub reading: Reading,
    /// Its key in this export, or the one that an earlier export gave it; a generated one where there is none.
    pub citation_key: Option<String>,
}

/// The papers of an export, in order. A library may have millions, so each is read when it is asked for, and none is kept.
pub trait ExportPapers {
    /// How many places there are.
    fn count(&self) -> usize;

    /// The paper at a place; None when there is no such paper any more. Fails when it cannot be read, or the export was cancelled.
    fn read(&mut self, place: usize) -> io::Result<Option<ExportEntry>>;

    /// The same without abstract and digests, which takes less time.
    fn read_head(&mut self, place: usize) -> io::Result<Option<ExportEntry>>;
}

#[cfg(test)]
impl ExportPapers for &[ExportEntry] {
    fn count(&self) -> usize {
        self.len()
    }

    fn read(&mut self, place: usize) -> io::Result<Option<ExportEntry>> {
        Ok(self.get(place).cloned())
    }

    fn read_head(&mut self, place: usize) -> io::Result<Option<ExportEntry>> {
        let mut entry = self.get(place).cloned();
        if let Some(entry) = &mut entry {
            (entry.paper.summary, entry.paper.sightings) = (None, Vec::new());
        }
        Ok(entry)
    }
}

/// Text from outside as one clean line with single spaces.
pub(super) fn one_line(text: &str) -> Clean {
    let is_line = text.bytes().fold(true, |line, byte| line & !byte.is_ascii_control());
    if is_line {
        // `Clean` makes single spaces of the others.
        return Clean::new(text);
    }
    Clean::new(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The paper's own abstract. The starter shelf's summaries are not the papers' own and are written to JSON only.
pub(super) fn own_abstract(paper: &Paper) -> Option<&Text> {
    paper.summary.as_ref().filter(|text| text.markup != Markup::Summary && !text.source.trim().is_empty())
}

/// The publisher's DOI, else the one arXiv registers.
pub(super) fn known_doi(paper: &Paper) -> Option<String> {
    let publisher = paper.doi.as_ref().map(|doi| doi.as_str().to_owned());
    publisher.or_else(|| paper.arxiv.as_ref().map(|id| id.doi()))
}

/// A text as Unicode on one line.
pub(super) fn rendered(text: &Text) -> Clean {
    let paragraphs: Vec<_> = text.paragraphs().into_iter().map(Clean::into_string).collect();
    one_line(&paragraphs.join(" "))
}
