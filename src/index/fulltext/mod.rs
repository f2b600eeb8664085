//! The full text: the words of every abstract with their places, for phrases, for words asked for in abstracts and for papers like
//! others. Its answers are exactly those that reading every abstract would give. Derived from papers.db; which abstracts go in and when it
//! is built is the library's. Nothing in it is trusted: damage that opening sees makes it no full text, to be built again; what only
//! `is_sound` sees can make answers wrong, never a crash.
//!
//! Words are kept unstemmed: a phrase means those very words, and a word typed in full or in part is looked up among the terms. One file
//! holds all abstracts, in the order of the index, so that mostly a paper's number there is its number here; a second one holds those that
//! changed since, until there are so many that all are turned around again.

mod builder;
mod folder;
mod positions;
mod run;
mod segment;
mod similar;
#[cfg(test)]
mod tests;

use std::cell::{Ref, RefCell};
use std::path::Path;

pub use self::builder::FullTextBuilder;
pub use self::run::Run;
pub use self::similar::Likeness;

use self::folder::Look;
use self::segment::Piece;
use super::format::file::{File, Section};
use super::format::sets::{Bits, PaperSet, Set};
use super::{DocId, Index};
use crate::domain::query::How;
use crate::error::Result;

/// Whether words stand next to each other in an abstract's words: what `FullText::phrase` finds. No words stand nowhere.
pub fn holds_phrase(words: &[String], phrase: &[String]) -> bool {
    !phrase.is_empty() && words.windows(phrase.len()).any(|window| window == phrase)
}

/// Whether an abstract's words hold each of these, as the beginning of a word or, where exactly these letters are asked for, anywhere in
/// one: what `FullText::words` finds. No words: whether there are any in the abstract.
pub fn holds_words(words: &[String], wanted: &[String], how: How) -> bool {
    !words.is_empty()
        && wanted.iter().all(|want| {
            words.iter().any(|have| match how {
                How::Exact => have.contains(want.as_str()),
                How::Fuzzy | How::Prefix => have.starts_with(want.as_str()),
            })
        })
}

/// An opened full text.
pub struct FullText {
    /// All abstracts, then those that changed since.
    pieces: Vec<Piece>,
    look: Look,
    fitted: RefCell<Fitted>,
}

/// Which papers of an index the papers of each piece are.
#[derive(Default)]
struct Fitted {
    /// The index's stamp; none has 0.
    index: u64,
    papers: Vec<Papers>,
}

enum Papers {
    /// The same, in the same order.
    Same,
    /// By their numbers in the piece; the largest number: none, or one whose abstract is in a later piece.
    Table(Vec<DocId>),
}

/// Asked now and then; true ends a search without an answer.
type Cancelled<'a> = &'a dyn Fn() -> bool;

impl FullText {
    /// None: there is none, or it is damaged or of another version; build it again.
    pub fn open(home: &Path) -> Option<Self> {
        let look = folder::look(home);
        let [whole, recent] = folder::files(home);
        let open = |path: &Path| Piece::open(path).ok().flatten();
        let whole = open(&whole).filter(|piece| piece.meta.base.is_none())?;
        let recent = open(&recent).filter(|piece| piece.meta.base == Some(whole.file.revision));
        let pieces = std::iter::once(whole).chain(recent).collect();
        Some(Self { pieces, look, fitted: RefCell::default() })
    }

    /// A small one, in memory.
    pub fn in_memory(texts: impl IntoIterator<Item = (i64, String)>) -> Result<Self> {
        let builder = FullTextBuilder::in_memory();
        let mut run = Run::default();
        for (row, text) in texts {
            run.push(row, &text);
        }
        builder.keep(0, run)?;
        let piece = File::from_bytes(builder.bytes()?).and_then(Piece::of);
        Ok(Self { pieces: piece.into_iter().collect(), look: Look::default(), fitted: RefCell::default() })
    }

    /// This is still the one that counts.
    pub fn is_current(&self, home: &Path) -> bool {
        folder::look(home) == self.look
    }

    /// The revision of papers.db it knows.
    pub fn revision(&self) -> i64 {
        self.pieces.last().map_or(0, |piece| piece.file.revision)
    }

    /// Abstracts of later rows of papers.db are not in it.
    pub fn highest_row(&self) -> i64 {
        self.pieces.last().map_or(i64::MIN, |piece| piece.meta.highest_row)
    }

    /// Revision and highest row of the file of all abstracts, and how many there are.
    pub fn base(&self) -> (i64, i64, usize) {
        self.pieces
            .first()
            .map_or((0, i64::MIN, 0), |piece| (piece.file.revision, piece.meta.highest_row, piece.papers()))
    }

    /// Takes the files of a folder away, so that they are built again.
    pub fn forget(home: &Path) {
        folder::forget(home);
    }

    /// Reads all of what is in a folder and compares every checksum; false: build it again.
    pub fn is_sound(home: &Path) -> bool {
        let exists = folder::files(home).iter().any(|path| path.exists());
        !exists || Self::open(home).is_some_and(|text| text.pieces.iter().all(|piece| piece.file.verify()))
    }

    /// Papers of the index whose abstract holds these folded words next to each other. None: cancelled.
    pub fn phrase(&self, index: &Index, phrase: &[String], cancelled: Cancelled<'_>) -> Option<PaperSet> {
        if phrase.is_empty() {
            return Some(PaperSet(Set::empty()));
        }
        self.union(index, |piece| piece.phrase(phrase, cancelled))
    }

    /// Papers of the index whose abstract holds each of these folded words as `how` says; no words: every paper with an abstract. None:
    /// cancelled.
    pub fn words(&self, index: &Index, wanted: &[String], how: How, cancelled: Cancelled<'_>) -> Option<PaperSet> {
        self.union(index, |piece| match wanted {
            [] => Some(piece.with_words()),
            words => words.iter().try_fold(Set::All(piece.papers()), |docs, word| {
                Some(if docs.is_empty() { docs } else { docs.and(piece.word(word, how, cancelled)?) })
            }),
        })
    }

    fn union(&self, index: &Index, find: impl Fn(&Piece) -> Option<Set>) -> Option<PaperSet> {
        let fitted = self.fitted(index);
        let mut all = Set::empty();
        for (piece, papers) in self.pieces.iter().zip(&fitted.papers) {
            all = all.or(papers.of_index(find(piece)?, index.len()), index.len());
        }
        Some(PaperSet(all))
    }

    fn fitted(&self, index: &Index) -> Ref<'_, Fitted> {
        let mut fitted = self.fitted.borrow_mut();
        if fitted.index != index.stamp {
            *fitted = fit(&self.pieces, index);
        }
        drop(fitted);
        self.fitted.borrow()
    }
}

/// Finds each piece's papers in the index; the latest piece that has a paper counts.
fn fit(pieces: &[Piece], index: &Index) -> Fitted {
    let is_same = |piece: &Piece| piece.file.section(Section::Rows) == index.file.section(Section::Rows);
    if let [only] = pieces
        && is_same(only)
    {
        return Fitted { index: index.stamp, papers: vec![Papers::Same] };
    }
    let mut taken = Bits::new(index.len());
    let mut papers: Vec<Papers> = Vec::new();
    for piece in pieces.iter().rev() {
        let table = piece.rows().map(|row| match index.with_row(row).filter(|doc| !taken.contains(*doc)) {
            Some(doc) => {
                taken.insert(doc);
                doc
            }
            None => DocId::MAX,
        });
        papers.push(Papers::Table(table.collect()));
    }
    papers.reverse();
    Fitted { index: index.stamp, papers }
}

impl Papers {
    fn doc(&self, number: DocId) -> Option<DocId> {
        match self {
            Self::Same => Some(number),
            Self::Table(table) => table.get(number as usize).copied().filter(|doc| *doc != DocId::MAX),
        }
    }

    fn of_index(&self, docs: Set, papers: usize) -> Set {
        match (self, docs) {
            (Self::Same, docs) => docs,
            (Self::Table(_), Set::List(docs)) => {
                Set::of(docs.iter().filter_map(|doc| self.doc(*doc)).collect(), papers)
            }
            (Self::Table(_), docs) => {
                let mut bits = Bits::new(papers);
                docs.each(|number| {
                    if let Some(doc) = self.doc(number) {
                        bits.insert(doc);
                    }
                });
                Set::bits(bits)
            }
        }
    }
}

/// The revision of papers.db that the full text in this folder knows; None when there is none that can be used.
pub fn full_text_revision(home: &Path) -> Option<i64> {
    FullText::open(home).map(|text| text.revision())
}
