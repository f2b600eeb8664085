//! Writes the columns of an extended index: dates, row ids, sets, texts, keys and alphabetical ranks. Terms are in `words`.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io::{self, Seek, Write};

use super::merge::{MergedPaper, PaperMerge, PaperRange};
use crate::index::build::distinct_sets::{DistinctSets, renumbered};
use crate::index::build::draft::Draft;
use crate::index::build::sort_ranks::extended_ranks;
use crate::index::build::spool::SpooledPaper;
use crate::index::format::columns::{CATEGORIES, DIGESTS, SetColumn};
use crate::index::format::file::{Section, SectionWriter, u32_at, u64s};
use crate::index::format::key_hashes;
use crate::index::format::orders;
use crate::index::format::paper::{IndexMeta, PaperFlags};
use crate::index::format::sets::Bitmap;
use crate::index::text::alphabetical::{author_order, title_order};

impl<'a> PaperMerge<'a> {
    /// Writes the tables and all columns. `digests`: the new number of every old digest.
    pub(super) fn write_columns<W: Write + Seek>(
        &self,
        draft: Draft,
        digests: &[u32],
        writer: &mut SectionWriter<W>,
    ) -> io::Result<()> {
        let old = self.old;
        let remaining = self.remaining_counts(old.category_sets());
        let names = self.category_names(&remaining, &draft);
        let number = |name: &String| names.binary_search(name).map_or(0, |number| number as u32);
        let (old_names, new_names): (Vec<u32>, Vec<u32>) =
            (old.meta.categories.iter().map(number).collect(), draft.category_names.iter().map(number).collect());
        let rows = self.papers().map(|paper| match paper {
            MergedPaper::Old(doc) => old.row(doc),
            MergedPaper::New(new) => self.new_paper(new).map_or(i64::MIN, |(_, record)| record.row()),
        });
        let meta = IndexMeta {
            papers_revision: draft.papers_revision,
            highest_row: rows.max().unwrap_or(i64::MIN),
            digests: draft.digests,
            categories: names,
            chronological: self.papers().is_sorted_by_key(|paper| Reverse(self.date(paper))),
            whole: None,
        };
        writer.begin(Section::Meta)?;
        writer.write_all(&serde_json::to_vec(&meta)?)?;

        let mut categories = MergedSets::default();
        categories.add_old(old.category_sets(), &remaining, |members| {
            members.iter_mut().for_each(|member| *member = renumbered(&old_names, *member));
        });
        categories.add_new(&draft.category_sets, |member| renumbered(&new_names, member));
        let categories = categories.write(writer, CATEGORIES)?;
        let mut digest_sets = MergedSets::default();
        digest_sets.add_old(old.digest_sets(), &self.remaining_counts(old.digest_sets()), |members| {
            members.iter_mut().for_each(|member| *member = renumbered(digests, *member));
            members.sort_unstable();
        });
        digest_sets.add_new(&draft.digest_sets, |member| member);
        let digest_sets = digest_sets.write(writer, DIGESTS)?;

        self.write_numbers(writer, Section::Published, |record| record.numbers.date.to_le_bytes())?;
        if !meta.chronological {
            writer.column(Section::DateOrder, orders::entries(self.papers().map(|paper| self.date(paper)), 0))?;
        }
        self.write_numbers(writer, Section::Added, |record| record.numbers.added.to_le_bytes())?;
        let added = self.papers().map(|paper| match paper {
            MergedPaper::Old(doc) => old.number(Section::Added, doc),
            MergedPaper::New(new) => self.new_paper(new).map_or(0, |(_, record)| record.numbers.added),
        });
        writer.column(Section::AddedOrder, orders::entries(added, 0))?;
        self.write_numbers(writer, Section::Rows, |record| record.row().to_le_bytes())?;
        self.write_set_numbers(writer, Section::CategorySet, &categories, |record| record.numbers.category_set)?;
        self.write_set_numbers(writer, Section::DigestSet, &digest_sets, |record| record.numbers.digest_set)?;
        self.write_votes_and_ranks(digests, writer)?;
        writer.begin(Section::Flags)?;
        for flag in PaperFlags::ALL {
            let words = Bitmap::from_words(old.flag_words(flag), old.len());
            let bits = self.papers().map(|paper| match paper {
                MergedPaper::Old(doc) => words.contains(doc),
                MergedPaper::New(new) => self.new_paper(new).is_some_and(|(entry, _)| entry.flags.contains(flag)),
            });
            for word in Bitmap::collect(self.papers, bits).words() {
                writer.write_all(&word.to_le_bytes())?;
            }
        }
        self.write_texts(writer, [Section::Keys, Section::KeyOffsets], |record| record.key())?;
        let remaining = u64s(old.file.section(Section::KeyHashes))
            .filter_map(|entry| Some(entry >> 32 << 32 | u64::from(self.new_doc(entry as u32)?)));
        let added = self.new_papers().map(|(doc, record)| key_hashes::entry(record.key(), doc));
        let mut hashes: Vec<u64> = remaining.chain(added).collect();
        // The stable sort merges the two sorted sequences in one pass.
        hashes.sort();
        writer.begin(Section::KeyHashes)?;
        hashes.iter().try_for_each(|hash| writer.write_all(&hash.to_le_bytes()))?;

        let new_docs = [self.docs_of_old.as_slice(), self.docs_of_new.as_slice()];
        let new: Vec<&str> = self.new.iter().map(|(_, record)| record.title()).collect();
        let ranks = extended_ranks(old.column(Section::TitleRank), |doc| old.title(doc), &new, new_docs, title_order);
        writer.column(Section::TitleRank, ranks.iter().copied())?;
        writer.column(Section::TitleOrder, orders::entries(ranks.into_iter(), u32::MAX))?;
        let new: Vec<&str> = self.new.iter().map(|(_, record)| record.authors()).collect();
        let ranks =
            extended_ranks(old.column(Section::AuthorRank), |doc| old.authors(doc), &new, new_docs, author_order);
        writer.column(Section::AuthorRank, ranks.iter().copied())?;
        writer.column(Section::AuthorOrder, orders::entries(ranks.into_iter(), u32::MAX))?;
        self.write_texts(writer, [Section::Titles, Section::TitleOffsets], |record| record.title())?;
        self.write_texts(writer, [Section::Authors, Section::AuthorOffsets], |record| record.authors())
    }

    /// The sorted names of all categories that papers have. `remaining`: how many remaining papers have each old set.
    fn category_names(&self, remaining: &[usize], draft: &Draft) -> Vec<String> {
        let names = &self.old.meta.categories;
        let counts = self.old.category_sets().member_counts(remaining, names.len());
        let used = names.iter().zip(counts).filter(|(_, papers)| *papers > 0).map(|(name, _)| name);
        used.chain(&draft.category_names).cloned().collect::<BTreeSet<String>>().into_iter().collect()
    }

    /// Writes a column whose numbers do not change.
    fn write_numbers<const N: usize, W: Write + Seek>(
        &self,
        writer: &mut SectionWriter<W>,
        section: Section,
        new: impl Fn(&SpooledPaper<'a>) -> [u8; N],
    ) -> io::Result<()> {
        let bytes = self.old.file.section(section);
        writer.begin(section)?;
        for PaperRange { is_new, range } in &self.ranges {
            let range = range.start as usize..range.end as usize;
            if *is_new {
                for (_, record) in self.new.get(range).unwrap_or_default() {
                    writer.write_all(&new(record))?;
                }
            } else {
                writer.write_all(bytes.get(range.start * N..range.end * N).unwrap_or_default())?;
            }
        }
        Ok(())
    }

    /// Writes a column of sets. `old` and `new`: the numbers in the file of the old sets and of the draft's.
    fn write_set_numbers<W: Write + Seek>(
        &self,
        writer: &mut SectionWriter<W>,
        section: Section,
        [old, new]: &[Vec<u32>; 2],
        field: impl Fn(&SpooledPaper<'a>) -> u32,
    ) -> io::Result<()> {
        let column = self.old.file.section(section);
        let numbers = self.papers().map(|paper| match paper {
            MergedPaper::Old(doc) => renumbered(old, u32_at(column, doc as usize)),
            MergedPaper::New(number) => self.new_paper(number).map_or(0, |(_, record)| renumbered(new, field(record))),
        });
        writer.column(section, numbers)
    }

    fn write_votes_and_ranks<W: Write + Seek>(&self, digests: &[u32], writer: &mut SectionWriter<W>) -> io::Result<()> {
        let remaining = self.old.vote_pairs().filter_map(|(doc, votes)| Some([self.new_doc(doc)?, votes]));
        let added = self.new_papers().filter_map(|(doc, record)| Some([doc, record.numbers.votes?]));
        let mut votes: Vec<[u32; 2]> = remaining.chain(added).collect();
        votes.sort();
        writer.column(Section::Votes, votes.into_iter().flatten())?;
        let ranks = self.old.file.section(Section::Ranks).as_chunks::<12>().0.iter();
        let remaining = ranks.filter_map(|rank| {
            let doc = self.new_doc(u32_at(rank, 0))?;
            Some([doc, renumbered(digests, u32_at(rank, 1)), u32_at(rank, 2)])
        });
        let added =
            self.new_papers().flat_map(|(doc, record)| record.ranks().map(move |[digest, rank]| [doc, digest, rank]));
        let mut ranks: Vec<[u32; 3]> = remaining.chain(added).collect();
        ranks.sort();
        writer.column(Section::Ranks, ranks.into_iter().flatten())
    }

    fn write_texts<W: Write + Seek>(
        &self,
        writer: &mut SectionWriter<W>,
        [section, offsets]: [Section; 2],
        new: impl Fn(&SpooledPaper<'a>) -> &'a str,
    ) -> io::Result<()> {
        let (texts, old_ends) = (self.old.file.section(section), self.old.file.section(offsets));
        let (mut ends, mut end) = (Vec::with_capacity(self.papers + 1), 0);
        ends.push(0);
        writer.begin(section)?;
        for PaperRange { is_new, range } in &self.ranges {
            let range = range.start as usize..range.end as usize;
            if *is_new {
                for (_, record) in self.new.get(range).unwrap_or_default() {
                    writer.write_all(new(record).as_bytes())?;
                    end += new(record).len();
                    ends.push(end);
                }
            } else {
                let [first, last] = [range.start, range.end].map(|doc| u32_at(old_ends, doc) as usize);
                writer.write_all(texts.get(first..last).unwrap_or_default())?;
                let old_ends = (range.start + 1..=range.end).map(|doc| u32_at(old_ends, doc) as usize);
                ends.extend(old_ends.map(|old| old.saturating_sub(first) + end));
                end += last.saturating_sub(first);
            }
        }
        u32::try_from(end).map_err(|_| io::Error::other("the texts exceed 4 GB"))?;
        writer.column(offsets, ends.into_iter().map(|end| end as u32))
    }
}

/// The distinct sets of a column, and the new numbers of the old index's sets and of the draft's.
#[derive(Default)]
struct MergedSets {
    table: DistinctSets,
    numbers: [Vec<u32>; 2],
}

impl MergedSets {
    /// Adds the old sets that remaining papers have, with their members renumbered.
    fn add_old(&mut self, sets: SetColumn<'_>, remaining: &[usize], rename: impl Fn(&mut Vec<u32>)) {
        let [numbers, _] = &mut self.numbers;
        for (set, papers) in (0u32..).zip(remaining) {
            let mut number = 0;
            if *papers > 0 {
                let mut members = sets.members(set).collect();
                rename(&mut members);
                number = self.table.add(&members, *papers as u32);
            }
            numbers.push(number);
        }
    }

    /// Adds the sets of the draft, with their members renumbered.
    fn add_new(&mut self, sets: &DistinctSets, rename: impl Fn(u32) -> u32) {
        let [_, numbers] = &mut self.numbers;
        numbers.resize(sets.sets().count(), 0);
        for (members, number, papers) in sets.sets() {
            let members: Vec<u32> = members.iter().map(|member| rename(*member)).collect();
            if let Some(entry) = numbers.get_mut(number as usize) {
                *entry = self.table.add(&members, papers);
            }
        }
    }

    /// Writes the sets. Returns the numbers in the file of the old index's sets and of the draft's.
    fn write<W: Write + Seek>(
        self,
        writer: &mut SectionWriter<W>,
        sections: [Section; 4],
    ) -> io::Result<[Vec<u32>; 2]> {
        let written = self.table.write(writer, sections, |member| member)?;
        Ok(self.numbers.map(|numbers| numbers.into_iter().map(|number| renumbered(&written, number)).collect()))
    }
}
