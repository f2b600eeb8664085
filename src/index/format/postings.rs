//! Posting lists: which papers hold a term. A rare term's list is stored as gaps between document ids, varint-coded; a frequent term's as
//! a bitmap, which is then smaller and faster. Readers never trust the bytes: invalid entries are left out.

use std::borrow::Borrow;
use std::io::{self, Seek, Write};

use super::file::{Section, SectionFile, SectionWriter, slice_at, u32_at, u64s};
use super::paper::DocId;
use super::sets::{Bitmap, SetBits};
use super::varint;

/// One posting list in memory, built in ascending order of document ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct PostingsBuilder {
    gaps: Vec<u8>,
    /// One past the last document id.
    end: u32,
    count: u32,
}

impl PostingsBuilder {
    /// Adds a document id that is not lower than the last one; adding the last one again changes nothing.
    pub(crate) fn push(&mut self, doc: DocId) {
        let Some(gap) = doc.checked_sub(self.end) else { return };
        varint::put(gap, &mut self.gaps);
        self.end = doc + 1;
        self.count += 1;
    }

    /// Whether this is the last document id.
    pub(crate) fn ends_with(&self, doc: DocId) -> bool {
        self.end == doc + 1
    }

    /// Appends a list whose document ids are shifted by `first`; all of them must be higher than the last one here.
    pub(crate) fn append(&mut self, first: DocId, list: RawPostings<'_>) {
        let RawPostings { mut gaps, end, count } = list;
        let Some(gap) = varint::take(&mut gaps) else { return };
        varint::put((first + gap).saturating_sub(self.end), &mut self.gaps);
        self.gaps.extend_from_slice(gaps);
        self.end = first + end;
        self.count += count;
    }

    pub(crate) fn raw(&self) -> RawPostings<'_> {
        RawPostings { gaps: &self.gaps, end: self.end, count: self.count }
    }

    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Adds the list to a bitmap.
    pub(crate) fn add_to(&self, bits: &mut Bitmap) {
        self.each(|doc| bits.insert(doc));
    }

    pub(crate) fn each(&self, visit: impl FnMut(DocId)) {
        each_gap(&self.gaps, visit);
    }

    pub(crate) fn clear(&mut self) {
        self.gaps.clear();
        self.end = 0;
        self.count = 0;
    }
}

/// The bytes of a posting list as gaps.
#[derive(Clone, Copy)]
pub(crate) struct RawPostings<'a> {
    pub(crate) gaps: &'a [u8],
    /// One past the last document id.
    pub(crate) end: u32,
    pub(crate) count: u32,
}

/// Whether a list is stored as a bitmap: more than one paper in eight has the term.
fn is_dense(count: u32, papers: usize) -> bool {
    count as usize > papers / 8
}

fn each_gap(mut gaps: &[u8], mut visit: impl FnMut(DocId)) {
    let mut next = 0u32;
    while let Some(gap) = varint::take(&mut gaps) {
        let doc = next.wrapping_add(gap);
        visit(doc);
        next = doc.wrapping_add(1);
    }
}

/// The sections of the posting lists of one field.
#[derive(Clone, Copy)]
pub(crate) struct PostingsSections {
    pub(crate) postings: Section,
    pub(crate) offsets: Section,
    pub(crate) counts: Section,
}

pub(crate) const TITLES: PostingsSections = PostingsSections {
    postings: Section::TitlePostings,
    offsets: Section::TitlePostingOffsets,
    counts: Section::TitlePostingCounts,
};
pub(crate) const AUTHORS: PostingsSections = PostingsSections {
    postings: Section::AuthorPostings,
    offsets: Section::AuthorPostingOffsets,
    counts: Section::AuthorPostingCounts,
};
pub(crate) const INITIALS: PostingsSections = PostingsSections {
    postings: Section::InitialPostings,
    offsets: Section::InitialPostingOffsets,
    counts: Section::InitialPostingCounts,
};
pub(crate) const ABSTRACTS: PostingsSections = PostingsSections {
    postings: Section::AbstractPostings,
    offsets: Section::AbstractPostingOffsets,
    counts: Section::AbstractPostingCounts,
};
pub(crate) const PAIRS: PostingsSections = PostingsSections {
    postings: Section::PairPostings,
    offsets: Section::PairPostingOffsets,
    counts: Section::PairPostingCounts,
};
pub(crate) const PREFIXES: PostingsSections = PostingsSections {
    postings: Section::PrefixPostings,
    offsets: Section::PrefixPostingOffsets,
    counts: Section::PrefixPostingCounts,
};

/// Reads the posting lists of one field; a list is named by the number of its term.
#[derive(Clone, Copy)]
pub(crate) struct PostingsReader<'a> {
    postings: &'a [u8],
    offsets: &'a [u8],
    counts: &'a [u8],
    papers: usize,
}

impl<'a> PostingsReader<'a> {
    pub(crate) fn open(file: &'a SectionFile, sections: PostingsSections) -> Self {
        Self {
            postings: file.section(sections.postings),
            offsets: file.section(sections.offsets),
            counts: file.section(sections.counts),
            papers: file.papers,
        }
    }

    /// How many papers have the term.
    pub(crate) fn count(&self, term: u32) -> usize {
        u32_at(self.counts, term as usize) as usize
    }

    fn bytes(&self, term: u32) -> &'a [u8] {
        slice_at(self.postings, self.offsets, term as usize)
    }

    /// The list of a term by itself.
    pub(crate) fn list(&self, term: u32) -> PostingList<'a> {
        PostingList { bytes: self.bytes(term), is_bitmap: is_dense(self.count(term) as u32, self.papers) }
    }

    /// Adds the list to a bitmap, which may have bits beyond its last paper set afterwards: see `Bitmap::trim`.
    pub(crate) fn add_to(&self, term: u32, bits: &mut Bitmap) {
        let bytes = self.bytes(term);
        if is_dense(self.count(term) as u32, self.papers) {
            bits.words_mut().iter_mut().zip(u64s(bytes)).for_each(|(word, other)| *word |= other);
        } else {
            each_gap(bytes, |doc| bits.insert(doc));
        }
    }

    /// Finds papers of the list and their ordinals there.
    pub(crate) fn ordinals(&self, term: u32) -> Ordinals<'a> {
        let bytes = self.bytes(term);
        if is_dense(self.count(term) as u32, self.papers) {
            let (words, _) = bytes.as_chunks();
            return Ordinals::Bitmap { words, word: 0, before: 0 };
        }
        Ordinals::Gaps { gaps: bytes, next: 0, read: 0 }
    }

    /// The papers of the list in ascending order, to be read in pieces.
    pub(crate) fn iter(&self, term: u32) -> PostingsIterator<'a> {
        let bytes = self.bytes(term);
        let papers = self.papers;
        if is_dense(self.count(term) as u32, papers) {
            let (words, _) = bytes.as_chunks();
            PostingsIterator { papers, rest: RestOfList::Bitmap { words, word: 0, start: 0 } }
        } else {
            PostingsIterator { papers, rest: RestOfList::Gaps { gaps: bytes, next: 0 } }
        }
    }

    /// Visits the papers of the list in ascending order.
    pub(crate) fn each(&self, term: u32, mut visit: impl FnMut(DocId)) {
        let bytes = self.bytes(term);
        if is_dense(self.count(term) as u32, self.papers) {
            Bitmap::from_words(u64s(bytes), self.papers).iter().for_each(visit);
        } else {
            each_gap(bytes, |doc| {
                if (doc as usize) < self.papers {
                    visit(doc);
                }
            });
        }
    }
}

/// One posting list.
#[derive(Clone, Copy)]
pub(crate) struct PostingList<'a> {
    bytes: &'a [u8],
    is_bitmap: bool,
}

impl PostingList<'_> {
    /// Visits the papers of the list in ascending order; invalid bytes give papers beyond the last one.
    pub(crate) fn each(&self, mut visit: impl FnMut(DocId)) {
        self.each_word(|at, bits| SetBits(bits).for_each(|bit| visit(at as DocId * 64 + bit)));
    }

    /// Visits the list as words of a bitmap, each with its number and the bits to be added there; a word may come several times, and bits may
    /// be beyond the last paper.
    #[inline]
    pub(crate) fn each_word(&self, mut visit: impl FnMut(usize, u64)) {
        if self.is_bitmap {
            u64s(self.bytes).enumerate().for_each(|(at, word)| visit(at, word));
        } else {
            each_gap(self.bytes, |doc| visit(doc as usize / 64, 1 << (doc % 64)));
        }
    }
}

/// The ordinals of papers in a posting list; papers are asked for in ascending order.
pub(crate) enum Ordinals<'a> {
    Bitmap {
        words: &'a [[u8; 8]],
        /// The word of the paper asked for last, and how many papers of the list are in those before it.
        word: usize,
        before: u32,
    },
    Gaps {
        gaps: &'a [u8],
        /// One past the paper read last, and how many were read.
        next: u32,
        read: u32,
    },
}

impl Ordinals<'_> {
    /// How many papers of the list come before this one, which is higher than the one asked for last; None when it is not in the list.
    #[inline]
    pub(crate) fn find(&mut self, asked: DocId) -> Option<u32> {
        match self {
            Self::Bitmap { words, word, before } => {
                let (at, bit) = (asked as usize / 64, asked % 64);
                for bits in words.get(*word..at).unwrap_or_default() {
                    *before += u64::from_le_bytes(*bits).count_ones();
                }
                *word = at.max(*word);
                let bits = words.get(at).map_or(0, |bits| u64::from_le_bytes(*bits));
                (bits >> bit & 1 == 1).then(|| *before + (bits & ((1 << bit) - 1)).count_ones())
            }
            Self::Gaps { gaps, next, read } => {
                while *next <= asked {
                    let gap = varint::take(gaps)?;
                    *next = next.saturating_add(gap).saturating_add(1);
                    *read += 1;
                }
                (*next == asked + 1).then(|| *read - 1)
            }
        }
    }
}

/// The papers of a posting list one by one.
#[derive(Clone, Copy)]
pub(crate) struct PostingsIterator<'a> {
    papers: usize,
    rest: RestOfList<'a>,
}

#[derive(Clone, Copy)]
enum RestOfList<'a> {
    Gaps {
        gaps: &'a [u8],
        /// One past the last document id.
        next: u32,
    },
    Bitmap {
        words: &'a [[u8; 8]],
        /// What is left of the word before `words`.
        word: u64,
        /// The document id of the first bit of `word`, plus 64 once a word was read.
        start: u32,
    },
}

impl Iterator for PostingsIterator<'_> {
    type Item = DocId;

    #[inline]
    fn next(&mut self) -> Option<DocId> {
        let doc = match &mut self.rest {
            RestOfList::Gaps { gaps, next } => {
                let doc = next.wrapping_add(varint::take(gaps)?);
                *next = doc.wrapping_add(1);
                doc
            }
            RestOfList::Bitmap { words, word, start } => {
                while *word == 0 {
                    let (first, others) = words.split_first()?;
                    *word = u64::from_le_bytes(*first);
                    *words = others;
                    *start += 64;
                }
                let bit = word.trailing_zeros();
                *word &= *word - 1;
                *start - 64 + bit
            }
        };
        ((doc as usize) < self.papers).then_some(doc)
    }
}

/// Writes the posting lists of one field in the order of their terms.
pub(crate) fn write<W: Write + Seek, L: Borrow<PostingsBuilder>>(
    writer: &mut SectionWriter<W>,
    sections: PostingsSections,
    lists: impl Iterator<Item = L>,
    papers: usize,
) -> io::Result<()> {
    let mut postings = PostingsWriter::begin(writer, sections, papers)?;
    for list in lists {
        postings.push(list.borrow())?;
    }
    postings.finish().map(drop)
}

/// Writes the posting lists of one field one by one.
pub(crate) struct PostingsWriter<'w, W: Write + Seek> {
    writer: &'w mut SectionWriter<W>,
    sections: PostingsSections,
    papers: usize,
    offsets: Vec<u32>,
    counts: Vec<u32>,
    end: usize,
}

impl<'w, W: Write + Seek> PostingsWriter<'w, W> {
    pub(crate) fn begin(
        writer: &'w mut SectionWriter<W>,
        sections: PostingsSections,
        papers: usize,
    ) -> io::Result<Self> {
        writer.begin(sections.postings)?;
        Ok(Self { writer, sections, papers, offsets: vec![0], counts: Vec::new(), end: 0 })
    }

    pub(crate) fn push(&mut self, list: &PostingsBuilder) -> io::Result<()> {
        if is_dense(list.count, self.papers) {
            let mut bits = Bitmap::new(self.papers);
            list.add_to(&mut bits);
            let bytes: Vec<u8> = bits.words().iter().flat_map(|word| word.to_le_bytes()).collect();
            self.writer.write_all(&bytes)?;
            self.end += bytes.len();
        } else {
            self.writer.write_all(&list.gaps)?;
            self.end += list.gaps.len();
        }
        self.offsets.push(u32::try_from(self.end).map_err(|_| io::Error::other("the postings exceed 4 GB"))?);
        self.counts.push(list.count);
        Ok(())
    }

    /// Ends the sections. Returns how many papers each list has.
    pub(crate) fn finish(self) -> io::Result<Vec<u32>> {
        self.writer.column(self.sections.offsets, self.offsets)?;
        self.writer.column(self.sections.counts, self.counts.iter().copied())?;
        Ok(self.counts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::index::format::file::IndexFileKind;

    proptest! {
        #[test]
        fn lists_are_read_as_written(mut docs in prop::collection::vec(0u32..5000, 0..1500), papers in 5000usize..5100) {
            docs.sort_unstable();
            let mut list = PostingsBuilder::default();
            docs.iter().for_each(|doc| list.push(*doc));
            docs.dedup();
            let mut writer = SectionWriter::new(io::Cursor::new(Vec::new()), IndexFileKind::Index).unwrap();
            write(&mut writer, TITLES, [&PostingsBuilder::default(), &list].into_iter(), papers).unwrap();
            let file = SectionFile::from_bytes(writer.finish(0, papers).unwrap().into_inner(), IndexFileKind::Index).unwrap();
            let postings = PostingsReader::open(&file, TITLES);
            let (mut visited, mut bits) = (Vec::new(), Bitmap::new(papers));
            postings.each(1, |doc| visited.push(doc));
            prop_assert_eq!(postings.iter(1).collect::<Vec<_>>(), docs.clone());
            postings.add_to(1, &mut bits);
            prop_assert_eq!(&visited, &docs);
            prop_assert_eq!(bits.iter().collect::<Vec<_>>(), docs.clone());
            prop_assert_eq!(postings.count(1), visited.len());
            postings.each(0, |_| panic!("an empty list"));
            let mut listed = Vec::new();
            postings.list(1).each(|doc| listed.push(doc));
            prop_assert_eq!(&listed, &docs);
            let mut list = postings.ordinals(1);
            let ordinals: Vec<(DocId, u32)> =
                (0..6000).step_by(3).filter_map(|doc| Some((doc, list.find(doc)?))).collect();
            let expected = (0..).zip(&docs).filter(|(_, doc)| *doc % 3 == 0).map(|(ordinal, doc)| (*doc, ordinal));
            prop_assert_eq!(ordinals, expected.collect::<Vec<_>>());
            prop_assert_eq!(postings.ordinals(0).find(0), None);
        }
    }
}
