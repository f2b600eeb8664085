//! The full text: the words of every abstract with their places, for phrases, for words asked for in abstracts and for papers like
//! others. Its answers are exactly those that reading every abstract would give. Derived from papers.db; which abstracts go in and when it
//! is built is the library's. Nothing in it is trusted: what cannot be read is no answer, and marks the whole to be built again.
//!
//! Words are kept unstemmed: a phrase means those very words, and a word typed in full or in part is looked up among the terms.

mod build;
mod folder;
mod similar;
#[cfg(test)]
mod tests;
mod tokens;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use memchr::memmem::Finder;
use tantivy::index::SegmentReader;
use tantivy::postings::TermInfo;
use tantivy::query::{EnableScoring, PhraseQuery, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocSet, InvertedIndexReader, ReloadPolicy, Searcher, Term};

pub use self::build::FullTextBuilder;
use self::folder::Stamp;
use super::sets::Bits;
use super::{DocId, Index};
use crate::domain::query::How;
use crate::error::Result;

/// Whether words stand next to each other in an abstract's words: what `FullText::phrase` finds. No words stand nowhere.
pub fn holds_phrase(words: &[String], phrase: &[String]) -> bool {
    !phrase.is_empty() && words.windows(phrase.len()).any(|window| window == phrase)
}

/// Whether an abstract's words hold each of these, as the beginning of a word or, where exactly these letters are asked for, anywhere in
/// one: what `FullText::words` finds.
pub fn holds_words(words: &[String], wanted: &[String], how: How) -> bool {
    wanted.iter().all(|want| {
        words.iter().any(|have| match how {
            How::Exact => have.contains(want.as_str()),
            How::Fuzzy | How::Prefix => have.starts_with(want.as_str()),
        })
    })
}

/// The revision of papers.db that the full text in this folder was built from; None when there is none that can be used.
pub fn full_text_revision(home: &Path) -> Option<i64> {
    Stamp::read(home).filter(|stamp| stamp.is_whole(home)).map(|stamp| stamp.revision)
}

/// An opened full text.
pub struct FullText {
    searcher: Searcher,
    words: Field,
    /// None: it was made in memory.
    stamp: Option<Stamp>,
    broken: Cell<bool>,
}

/// Asked now and then; true ends a search without an answer.
type Cancelled<'a> = &'a dyn Fn() -> bool;

impl FullText {
    /// None: there is none, or it is damaged or of another version; build it again.
    pub fn open(home: &Path) -> Option<Self> {
        let stamp = Stamp::read(home).filter(|stamp| stamp.is_whole(home))?;
        let folder = home.join(&stamp.folder);
        let opened = shielded(|| Self::of(tantivy::Index::open_in_dir(folder)?));
        match opened {
            Some(opened) => Some(Self { stamp: Some(stamp), ..opened }),
            None => {
                folder::forget(home, &stamp);
                None
            }
        }
    }

    /// A small one, in memory.
    pub fn in_memory(texts: impl IntoIterator<Item = (i64, String)>) -> Result<Self> {
        let mut builder = FullTextBuilder::in_memory()?;
        for (row, text) in texts {
            builder.push(row, &text)?;
        }
        Self::of(builder.index()?).map_err(build::failed)
    }

    fn of(index: tantivy::Index) -> tantivy::Result<Self> {
        tokens::register(&index);
        let words = index.schema().get_field(tokens::WORDS)?;
        // No thread that watches the folder: the stamp says when there is another one.
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { searcher: reader.searcher(), words, stamp: None, broken: Cell::new(false) })
    }

    /// This is still the one that counts.
    pub fn is_current(&self, home: &Path) -> bool {
        !self.broken.get() && Stamp::read(home) == self.stamp
    }

    /// The revision of papers.db it was built from.
    pub fn revision(&self) -> Option<i64> {
        self.stamp.as_ref().map(|stamp| stamp.revision)
    }

    /// Abstracts of later rows of papers.db are not in it.
    pub fn highest_row(&self) -> i64 {
        self.stamp.as_ref().map_or(i64::MAX, |stamp| stamp.highest_row)
    }

    /// An answer failed on damage; it gives none any more.
    pub fn is_broken(&self) -> bool {
        self.broken.get()
    }

    /// Takes away what says that this full text can be used, so that it is built again.
    pub fn distrust(&self, home: &Path) {
        if let Some(stamp) = &self.stamp {
            folder::forget(home, stamp);
        }
    }

    /// The same for whatever is in a folder.
    pub fn forget(home: &Path) {
        folder::forget_any(home);
    }

    /// Reads all of what is in a folder and compares every checksum; false: build it again.
    pub fn is_sound(home: &Path) -> bool {
        !folder::is_stamped(home) || Self::open(home).is_some_and(|text| text.verify())
    }

    fn verify(&self) -> bool {
        shielded(|| self.searcher.index().validate_checksum()).is_some_and(|damaged| damaged.is_empty())
    }

    /// Papers of the index whose abstract holds these folded words next to each other, newest first. None: cancelled or broken.
    pub fn phrase(&self, index: &Index, phrase: &[String], cancelled: Cancelled<'_>) -> Option<Vec<DocId>> {
        let [word] = phrase else {
            if phrase.is_empty() {
                return Some(Vec::new());
            }
            let terms = phrase.iter().map(|word| Term::from_field_text(self.words, word)).collect();
            let weight =
                self.answer(|| PhraseQuery::new(terms).weight(EnableScoring::disabled_from_searcher(&self.searcher)))?;
            return self.each_piece(index, &|piece, docs| {
                let mut found = weight.scorer(piece, 1.0)?;
                let mut some = [0; COLLECT_BLOCK_BUFFER_LEN];
                loop {
                    let count = found.fill_buffer(&mut some);
                    some.iter().take(count).for_each(|doc| docs.insert(*doc));
                    if count < some.len() || cancelled() {
                        return Ok(!cancelled());
                    }
                }
            });
        };
        self.each_piece(index, &|piece, docs| {
            let terms = piece.inverted_index(self.words)?;
            if let Some(term) = terms.terms().get(word)? {
                collect(&terms, &term, docs)?;
            }
            Ok(!cancelled())
        })
    }

    /// Papers of the index whose abstract holds each of these folded words as `how` says, newest first; no words: every paper with an
    /// abstract. None: cancelled or broken.
    pub fn words(&self, index: &Index, wanted: &[String], how: How, cancelled: Cancelled<'_>) -> Option<Vec<DocId>> {
        self.each_piece(index, &|piece, docs| {
            *docs = Bits::full(piece.max_doc() as usize);
            let terms = piece.inverted_index(self.words)?;
            for word in wanted {
                let mut with_word = docs.emptied();
                let whole = match how {
                    How::Exact => holding(&terms, word, &mut with_word, cancelled)?,
                    How::Fuzzy | How::Prefix => beginning(&terms, word, &mut with_word, cancelled)?,
                };
                if !whole {
                    return Ok(false);
                }
                docs.and(&with_word);
            }
            Ok(true)
        })
    }

    /// Fills a set of each piece's papers and makes papers of the index of them. A `find` that says false was cancelled.
    fn each_piece(
        &self,
        index: &Index,
        find: &dyn Fn(&SegmentReader, &mut Bits) -> tantivy::Result<bool>,
    ) -> Option<Vec<DocId>> {
        let mut found = Bits::new(index.len());
        let whole = self.answer(|| {
            for piece in self.searcher.segment_readers() {
                let mut docs = Bits::new(piece.max_doc() as usize);
                if !find(piece, &mut docs)? {
                    return Ok(false);
                }
                let rows = piece.fast_fields().column_first_or_default::<i64>(tokens::ROW)?;
                docs.each(|doc| {
                    if let Some(doc) = index.with_row(rows.get_val(doc)) {
                        found.insert(doc);
                    }
                });
            }
            Ok(true)
        })?;
        whole.then(|| found.iter().collect())
    }

    /// What tantivy answers; None, from then on, when it fails.
    fn answer<T>(&self, ask: impl FnOnce() -> tantivy::Result<T>) -> Option<T> {
        if self.broken.get() {
            return None;
        }
        let answer = shielded(ask);
        self.broken.set(answer.is_none());
        answer
    }
}

/// Damage shows as an error or, deep inside, as a panic.
fn shielded<T>(ask: impl FnOnce() -> tantivy::Result<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(ask)).ok()?.ok()
}

/// Adds the papers that have a term.
fn collect(terms: &InvertedIndexReader, term: &TermInfo, docs: &mut Bits) -> tantivy::Result<()> {
    let mut block = terms.read_block_postings_from_terminfo(term, IndexRecordOption::Basic)?;
    while !block.docs().is_empty() {
        block.docs().iter().for_each(|doc| docs.insert(*doc));
        block.advance();
    }
    Ok(())
}

/// Terms between two looks at whether the search was cancelled.
const BETWEEN_LOOKS: usize = 256;

/// The papers with a word that begins so; false: cancelled.
fn beginning(
    terms: &InvertedIndexReader,
    prefix: &str,
    docs: &mut Bits,
    cancelled: Cancelled<'_>,
) -> tantivy::Result<bool> {
    // No letter's encoding begins with this byte.
    let end = [prefix.as_bytes(), &[0xFF]].concat();
    let mut stream = terms.terms().range().ge(prefix).lt(end).into_stream()?;
    let mut seen = 0;
    while stream.advance() {
        collect(terms, stream.value(), docs)?;
        seen += 1;
        if seen % BETWEEN_LOOKS == 0 && cancelled() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The papers with a word that has this part; false: cancelled. Reads every term.
fn holding(
    terms: &InvertedIndexReader,
    part: &str,
    docs: &mut Bits,
    cancelled: Cancelled<'_>,
) -> tantivy::Result<bool> {
    let finder = Finder::new(part);
    let mut stream = terms.terms().stream()?;
    let mut seen = 0;
    while stream.advance() {
        if finder.find(stream.key()).is_some() {
            collect(terms, stream.value(), docs)?;
        }
        seen += 1;
        if seen % BETWEEN_LOOKS == 0 && cancelled() {
            return Ok(false);
        }
    }
    Ok(true)
}
