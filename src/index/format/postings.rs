//! Postings: which papers hold a term. Rare terms as gaps between paper numbers (7 bits a byte), frequent ones as a bitmap, which is then
//! both smaller and faster. Reading never trusts the bytes: what makes no sense is left out.

use std::borrow::Borrow;
use std::io::{self, Seek, Write};

use super::file::{File, Section, Writer, slice_at, u32_at, u64s};
use super::sets::Bits;
use super::varint;
use crate::index::DocId;

/// A list being built, papers in ascending order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Growing {
    gaps: Vec<u8>,
    /// One past the last paper.
    end: u32,
    count: u32,
}

impl Growing {
    /// Adds a paper not below the last one; the same again changes nothing.
    pub(crate) fn push(&mut self, doc: DocId) {
        let Some(gap) = doc.checked_sub(self.end) else { return };
        varint::put(gap, &mut self.gaps);
        self.end = doc + 1;
        self.count += 1;
    }

    /// Whether this is the last paper.
    pub(crate) fn ends_with(&self, doc: DocId) -> bool {
        self.end == doc + 1
    }

    /// Adds what `parts` of a list said whose papers are numbered from `first` on, all of them above the last one here.
    pub(crate) fn append(&mut self, first: DocId, (mut gaps, end, count): (&[u8], u32, u32)) {
        let Some(gap) = varint::take(&mut gaps) else { return };
        varint::put((first + gap).saturating_sub(self.end), &mut self.gaps);
        self.gaps.extend_from_slice(gaps);
        self.end = first + end;
        self.count += count;
    }

    /// The gaps, one past the last paper, and how many papers there are.
    pub(crate) fn parts(&self) -> (&[u8], u32, u32) {
        (&self.gaps, self.end, self.count)
    }

    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    pub(crate) fn mark(&self, bits: &mut Bits) {
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

/// From this share of all papers on, a list is a bitmap.
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

/// The sections that hold one family of lists.
#[derive(Clone, Copy)]
pub(crate) struct Family {
    pub(crate) lists: Section,
    pub(crate) offsets: Section,
    pub(crate) counts: Section,
}

pub(crate) const TITLE: Family =
    Family { lists: Section::TitleLists, offsets: Section::TitleListOffsets, counts: Section::TitleListCounts };
pub(crate) const AUTHOR: Family =
    Family { lists: Section::AuthorLists, offsets: Section::AuthorListOffsets, counts: Section::AuthorListCounts };
pub(crate) const INITIALS: Family =
    Family { lists: Section::InitialLists, offsets: Section::InitialListOffsets, counts: Section::InitialListCounts };
pub(crate) const TEXT: Family =
    Family { lists: Section::TextLists, offsets: Section::TextListOffsets, counts: Section::TextListCounts };
pub(crate) const PREFIXES: Family =
    Family { lists: Section::PrefixLists, offsets: Section::PrefixListOffsets, counts: Section::PrefixListCounts };

/// One family of lists, opened.
#[derive(Clone, Copy)]
pub(crate) struct Lists<'a> {
    lists: &'a [u8],
    offsets: &'a [u8],
    counts: &'a [u8],
    papers: usize,
}

impl<'a> Lists<'a> {
    pub(crate) fn open(file: &'a File, family: Family) -> Self {
        Self {
            lists: file.section(family.lists),
            offsets: file.section(family.offsets),
            counts: file.section(family.counts),
            papers: file.papers,
        }
    }

    pub(crate) fn count(&self, list: u32) -> usize {
        u32_at(self.counts, list as usize) as usize
    }

    fn bytes(&self, list: u32) -> &'a [u8] {
        slice_at(self.lists, self.offsets, list as usize)
    }

    /// Adds the papers of a list to a bitmap, which may have stray bits beyond its end afterwards.
    pub(crate) fn mark(&self, list: u32, bits: &mut Bits) {
        let bytes = self.bytes(list);
        if is_dense(self.count(list) as u32, self.papers) {
            bits.words_mut().iter_mut().zip(u64s(bytes)).for_each(|(word, other)| *word |= other);
        } else {
            each_gap(bytes, |doc| bits.insert(doc));
        }
    }

    /// For each of these papers, in ascending order, its place in the list; those that are not in it are left out.
    pub(crate) fn ordinals(&self, list: u32, docs: &[DocId], mut visit: impl FnMut(DocId, u32)) {
        let bytes = self.bytes(list);
        let mut docs = docs.iter().copied().peekable();
        if is_dense(self.count(list) as u32, self.papers) {
            let (mut before, mut from) = (0, 0);
            let words = bytes.as_chunks::<8>().0;
            for doc in docs.filter(|doc| (*doc as usize) < self.papers) {
                let (word, bit) = (doc as usize / 64, doc % 64);
                for bits in words.get(from..word).unwrap_or_default() {
                    before += u64::from_le_bytes(*bits).count_ones();
                }
                from = word.max(from);
                let bits = words.get(word).map_or(0, |bits| u64::from_le_bytes(*bits));
                if bits >> bit & 1 == 1 {
                    visit(doc, before + (bits & ((1 << bit) - 1)).count_ones());
                }
            }
            return;
        }
        let mut gaps = bytes;
        let (mut next, mut ordinal) = (0u32, 0);
        while docs.peek().is_some() {
            let Some(gap) = varint::take(&mut gaps) else { return };
            let doc = next.wrapping_add(gap);
            while docs.next_if(|wanted| *wanted < doc).is_some() {}
            if docs.next_if_eq(&doc).is_some() {
                visit(doc, ordinal);
            }
            next = doc.wrapping_add(1);
            ordinal += 1;
        }
    }

    pub(crate) fn each(&self, list: u32, mut visit: impl FnMut(DocId)) {
        let bytes = self.bytes(list);
        if is_dense(self.count(list) as u32, self.papers) {
            Bits::from_words(u64s(bytes), self.papers).iter().for_each(visit);
        } else {
            each_gap(bytes, |doc| {
                if (doc as usize) < self.papers {
                    visit(doc);
                }
            });
        }
    }
}

/// Writes a family of lists in the order given.
pub(crate) fn write<W: Write + Seek, L: Borrow<Growing>>(
    writer: &mut Writer<W>,
    family: Family,
    lists: impl Iterator<Item = L>,
    papers: usize,
) -> io::Result<()> {
    let mut writing = Writing::begin(writer, family, papers)?;
    for list in lists {
        writing.push(list.borrow())?;
    }
    writing.finish().map(drop)
}

/// A family of lists that is being written, one after the other.
pub(crate) struct Writing<'w, W: Write + Seek> {
    writer: &'w mut Writer<W>,
    family: Family,
    papers: usize,
    offsets: Vec<u32>,
    counts: Vec<u32>,
    end: usize,
}

impl<'w, W: Write + Seek> Writing<'w, W> {
    pub(crate) fn begin(writer: &'w mut Writer<W>, family: Family, papers: usize) -> io::Result<Self> {
        writer.begin(family.lists)?;
        Ok(Self { writer, family, papers, offsets: vec![0], counts: Vec::new(), end: 0 })
    }

    pub(crate) fn push(&mut self, list: &Growing) -> io::Result<()> {
        if is_dense(list.count, self.papers) {
            let mut bits = Bits::new(self.papers);
            list.mark(&mut bits);
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

    /// How many papers each list has.
    pub(crate) fn finish(self) -> io::Result<Vec<u32>> {
        self.writer.column(self.family.offsets, self.offsets)?;
        self.writer.column(self.family.counts, self.counts.iter().copied())?;
        Ok(self.counts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lists_come_back(mut docs in prop::collection::vec(0u32..5000, 0..1500), papers in 5000usize..5100) {
            docs.sort_unstable();
            let mut growing = Growing::default();
            docs.iter().for_each(|doc| growing.push(*doc));
            docs.dedup();
            let mut writer = Writer::new(io::Cursor::new(Vec::new())).unwrap();
            write(&mut writer, TITLE, [&Growing::default(), &growing].into_iter(), papers).unwrap();
            let file = File::from_bytes(writer.finish(0, papers).unwrap().into_inner()).unwrap();
            let lists = Lists::open(&file, TITLE);
            let (mut visited, mut bits) = (Vec::new(), Bits::new(papers));
            lists.each(1, |doc| visited.push(doc));
            lists.mark(1, &mut bits);
            prop_assert_eq!(&visited, &docs);
            prop_assert_eq!(bits.iter().collect::<Vec<_>>(), docs.clone());
            prop_assert_eq!(lists.count(1), visited.len());
            lists.each(0, |_| panic!("an empty list"));
            let some: Vec<DocId> = (0..6000).step_by(3).collect();
            let mut ordinals = Vec::new();
            lists.ordinals(1, &some, |doc, ordinal| ordinals.push((doc, ordinal)));
            let expected = (0..).zip(&docs).filter(|(_, doc)| *doc % 3 == 0).map(|(ordinal, doc)| (*doc, ordinal));
            prop_assert_eq!(ordinals, expected.collect::<Vec<_>>());
        }
    }
}
