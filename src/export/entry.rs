//! What every format writes: papers with what the user did with them, and their texts as the formats need them.

use std::io;

use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::markup::Markup;
use crate::domain::paper::Paper;
use crate::domain::reading::Reading;
use crate::domain::text::Text;

/// One paper to write, with what the user did with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportEntry {
    /// The key that it is stored by; None for a paper of no library.
    pub key: Option<PaperKey>,
    pub paper: Paper,
    pub reading: Reading,
    /// Its key in this export, or the one that an earlier export gave it; a generated one where there is none.
    pub citation_key: Option<String>,
}

impl ExportEntry {
    pub fn stored_key(&self) -> PaperKey {
        self.key.clone().unwrap_or_else(|| self.paper.key())
    }
}

/// How much of a paper is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperParts {
    /// All but abstract and digests, which takes less time.
    Head,
    Whole,
}

/// The papers of an export, in order. A library may have millions, so they are read when they are asked for, and none is kept.
pub trait ExportPapers {
    /// How many places there are.
    fn count(&self) -> usize;

    /// The papers at these places; None for one that is not there any more. Fails when one cannot be read, or the export was cancelled.
    fn read(&mut self, places: &[usize], parts: PaperParts) -> io::Result<Vec<Option<ExportEntry>>>;

    /// Whether an earlier export gave some paper this citation key, in whatever case.
    fn is_key_given(&mut self, citation_key: &str) -> io::Result<bool>;

    /// Called before papers are written that had no citation key when they were read: gives them theirs for all later exports, where the format
    /// does so. Leaves none where the key was given to another paper since `is_key_given` was asked.
    fn keep_keys(&mut self, entries: &mut [&mut ExportEntry]) -> io::Result<()>;
}

/// All places, so many at once.
pub(super) fn chunks(count: usize, at_once: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..count).step_by(at_once).map(move |start| (start..count.min(start + at_once)).collect())
}

#[cfg(test)]
impl ExportPapers for &[ExportEntry] {
    fn count(&self) -> usize {
        self.len()
    }

    fn read(&mut self, places: &[usize], parts: PaperParts) -> io::Result<Vec<Option<ExportEntry>>> {
        let mut entries: Vec<Option<ExportEntry>> = places.iter().map(|place| self.get(*place).cloned()).collect();
        for entry in entries.iter_mut().flatten().filter(|_| parts == PaperParts::Head) {
            (entry.paper.summary, entry.paper.sightings) = (None, Vec::new());
        }
        Ok(entries)
    }

    fn is_key_given(&mut self, _citation_key: &str) -> io::Result<bool> {
        Ok(false)
    }

    fn keep_keys(&mut self, _entries: &mut [&mut ExportEntry]) -> io::Result<()> {
        Ok(())
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
