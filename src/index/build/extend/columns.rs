//! What the index knows of each paper, extended: dates, rows, sets, texts, keys and alphabetical places. No words.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io::{self, Seek, Write};

use super::{Merge, Paper};
use crate::index::build::builder::{Draft, at, hashed};
use crate::index::build::distinct::{CATEGORIES, DIGESTS, SetTable};
use crate::index::build::sort_ranks::{author_order, extended_ranks, title_order};
use crate::index::build::spool::Record;
use crate::index::format::columns::SetColumn;
use crate::index::format::file::{Section, Writer, u32_at, u64s};
use crate::index::format::sets::Bits;
use crate::index::{Flags, Meta};

impl<'a> Merge<'a> {
    /// `digests`: the new number of every old digest.
    pub(super) fn write_columns<W: Write + Seek>(
        &self,
        draft: Draft,
        digests: &[u32],
        writer: &mut Writer<W>,
    ) -> io::Result<()> {
        let old = self.old;
        let stay = self.staying(old.category_sets());
        let names = self.categories(&stay, &draft);
        let number = |name: &String| names.binary_search(name).map_or(0, |number| number as u32);
        let (old_names, new_names): (Vec<u32>, Vec<u32>) =
            (old.meta.categories.iter().map(number).collect(), draft.names.iter().map(number).collect());
        let rows = self.papers().map(|paper| match paper {
            Paper::Old(doc) => old.row(doc),
            Paper::New(new) => self.entry(new).map_or(i64::MIN, |(_, record)| record.row()),
        });
        let meta = Meta {
            papers_revision: draft.papers_revision,
            highest_row: rows.max().unwrap_or(i64::MIN),
            digests: draft.digests,
            categories: names,
            chronological: self.papers().is_sorted_by_key(|paper| Reverse(self.date(paper))),
        };
        writer.begin(Section::Meta)?;
        writer.write_all(&serde_json::to_vec(&meta)?)?;

        let mut categories = Sets::default();
        categories.add_old(old.category_sets(), &stay, |members| {
            members.iter_mut().for_each(|member| *member = at(&old_names, *member));
        });
        categories.add_new(&draft.categories, |member| at(&new_names, member));
        let categories = categories.write(writer, CATEGORIES)?;
        let mut seen_in = Sets::default();
        seen_in.add_old(old.digest_sets(), &self.staying(old.digest_sets()), |members| {
            members.iter_mut().for_each(|member| *member = at(digests, *member));
            members.sort_unstable();
        });
        seen_in.add_new(&draft.seen_in, |member| member);
        let seen_in = seen_in.write(writer, DIGESTS)?;

        self.write_numbers(writer, Section::Published, |record| record.fields[3].to_le_bytes())?;
        self.write_numbers(writer, Section::Added, |record| record.fields[4].to_le_bytes())?;
        self.write_numbers(writer, Section::Rows, |record| record.row().to_le_bytes())?;
        self.write_set_numbers(writer, Section::CategorySet, &categories, |record| record.fields[6])?;
        self.write_set_numbers(writer, Section::DigestSet, &seen_in, |record| record.fields[7])?;
        self.write_votes_and_ranks(digests, writer)?;
        writer.begin(Section::Flags)?;
        for flag in Flags::ALL {
            let words = Bits::from_words(old.flag_words(flag), old.len());
            let bits = self.papers().map(|paper| match paper {
                Paper::Old(doc) => words.contains(doc),
                Paper::New(new) => self.entry(new).is_some_and(|(entry, _)| entry.flags.contains(flag)),
            });
            for word in Bits::collect(self.papers, bits).words() {
                writer.write_all(&word.to_le_bytes())?;
            }
        }
        self.write_texts(writer, [Section::Keys, Section::KeyOffsets], |record| record.key())?;
        let stay = u64s(old.file.section(Section::KeyHashes)).filter_map(|hash| {
            let place = self.place(hash as u32)?;
            Some(hash >> 32 << 32 | u64::from(place))
        });
        let mut hashes: Vec<u64> = stay.chain(self.placed().map(|(doc, record)| hashed(record.key(), doc))).collect();
        // Stable, for it is two sorted rows, which that joins in one pass.
        hashes.sort();
        writer.begin(Section::KeyHashes)?;
        hashes.iter().try_for_each(|hash| writer.write_all(&hash.to_le_bytes()))?;

        let known = [self.places.as_slice(), self.new_places.as_slice()];
        let new: Vec<&str> = self.new.iter().map(|(_, record)| record.title()).collect();
        let ranks = extended_ranks(old.column(Section::TitleRank), |doc| old.title(doc), &new, known, title_order);
        writer.column(Section::TitleRank, ranks)?;
        let new: Vec<&str> = self.new.iter().map(|(_, record)| record.authors()).collect();
        let ranks = extended_ranks(old.column(Section::AuthorRank), |doc| old.authors(doc), &new, known, author_order);
        writer.column(Section::AuthorRank, ranks)?;
        self.write_texts(writer, [Section::Titles, Section::TitleOffsets], |record| record.title())?;
        self.write_texts(writer, [Section::Authors, Section::AuthorOffsets], |record| record.authors())
    }

    /// Names of all categories that papers have, sorted. `stay`: how many papers of each old set stay.
    fn categories(&self, stay: &[usize], draft: &Draft) -> Vec<String> {
        let names = &self.old.meta.categories;
        let counts = self.old.category_sets().member_counts(stay, names.len());
        let known = names.iter().zip(counts).filter(|(_, papers)| *papers > 0).map(|(name, _)| name);
        known.chain(&draft.names).cloned().collect::<BTreeSet<String>>().into_iter().collect()
    }

    /// A column whose numbers stay as they are.
    fn write_numbers<const N: usize, W: Write + Seek>(
        &self,
        writer: &mut Writer<W>,
        section: Section,
        new: impl Fn(&Record<'a>) -> [u8; N],
    ) -> io::Result<()> {
        let bytes = self.old.file.section(section);
        writer.begin(section)?;
        for run in &self.runs {
            let range = run.range.start as usize..run.range.end as usize;
            if run.new {
                for (_, record) in self.new.get(range).unwrap_or_default() {
                    writer.write_all(&new(record))?;
                }
            } else {
                writer.write_all(bytes.get(range.start * N..range.end * N).unwrap_or_default())?;
            }
        }
        Ok(())
    }

    fn write_set_numbers<W: Write + Seek>(
        &self,
        writer: &mut Writer<W>,
        section: Section,
        [old, new]: &[Vec<u32>; 2],
        field: impl Fn(&Record<'a>) -> u32,
    ) -> io::Result<()> {
        let column = self.old.file.section(section);
        let numbers = self.papers().map(|paper| match paper {
            Paper::Old(doc) => at(old, u32_at(column, doc as usize)),
            Paper::New(place) => self.entry(place).map_or(0, |(_, record)| at(new, field(record))),
        });
        writer.column(section, numbers)
    }

    fn write_votes_and_ranks<W: Write + Seek>(&self, digests: &[u32], writer: &mut Writer<W>) -> io::Result<()> {
        let stay = self.old.vote_pairs().filter_map(|(doc, votes)| Some([self.place(doc)?, votes]));
        let new = self.placed().filter(|(_, record)| record.fields[5] > 0);
        let mut votes: Vec<[u32; 2]> = stay.chain(new.map(|(doc, record)| [doc, record.fields[5] - 1])).collect();
        votes.sort();
        writer.column(Section::Votes, votes.into_iter().flatten())?;
        let ranks = self.old.file.section(Section::Ranks).as_chunks::<12>().0.iter();
        let stay = ranks.filter_map(|rank| {
            let place = self.place(u32_at(rank, 0))?;
            Some([place, at(digests, u32_at(rank, 1)), u32_at(rank, 2)])
        });
        let new = self.placed().flat_map(|(doc, record)| record.ranks().map(move |[digest, rank]| [doc, digest, rank]));
        let mut ranks: Vec<[u32; 3]> = stay.chain(new).collect();
        ranks.sort();
        writer.column(Section::Ranks, ranks.into_iter().flatten())
    }

    fn write_texts<W: Write + Seek>(
        &self,
        writer: &mut Writer<W>,
        [section, offsets]: [Section; 2],
        new: impl Fn(&Record<'a>) -> &'a str,
    ) -> io::Result<()> {
        let (texts, old_ends) = (self.old.file.section(section), self.old.file.section(offsets));
        let (mut ends, mut end) = (Vec::with_capacity(self.papers + 1), 0);
        ends.push(0);
        writer.begin(section)?;
        for run in &self.runs {
            let range = run.range.start as usize..run.range.end as usize;
            if run.new {
                for (_, record) in self.new.get(range).unwrap_or_default() {
                    writer.write_all(new(record).as_bytes())?;
                    end += new(record).len();
                    ends.push(end);
                }
            } else {
                let [first, last] = [range.start, range.end].map(|place| u32_at(old_ends, place) as usize);
                writer.write_all(texts.get(first..last).unwrap_or_default())?;
                let old_ends = (range.start + 1..=range.end).map(|place| u32_at(old_ends, place) as usize);
                ends.extend(old_ends.map(|old| old.saturating_sub(first) + end));
                end += last.saturating_sub(first);
            }
        }
        u32::try_from(end).map_err(|_| io::Error::other("the texts exceed 4 GB"))?;
        writer.column(offsets, ends.into_iter().map(|end| end as u32))
    }
}

/// The sets of a column, and what becomes of the numbers of the old ones and of the new ones.
#[derive(Default)]
struct Sets {
    table: SetTable,
    numbers: [Vec<u32>; 2],
}

impl Sets {
    /// The old sets that papers still have, their members renumbered.
    fn add_old(&mut self, sets: SetColumn<'_>, stay: &[usize], rename: impl Fn(&mut Vec<u32>)) {
        let [numbers, _] = &mut self.numbers;
        for (set, papers) in (0u32..).zip(stay) {
            let mut number = 0;
            if *papers > 0 {
                let mut members = sets.members(set).collect();
                rename(&mut members);
                number = self.table.add(&members, *papers as u32);
            }
            numbers.push(number);
        }
    }

    fn add_new(&mut self, sets: &SetTable, rename: impl Fn(u32) -> u32) {
        let [_, numbers] = &mut self.numbers;
        numbers.resize(sets.sets().count(), 0);
        for (members, number, papers) in sets.sets() {
            let members: Vec<u32> = members.iter().map(|member| rename(*member)).collect();
            if let Some(entry) = numbers.get_mut(number as usize) {
                *entry = self.table.add(&members, papers);
            }
        }
    }

    /// The numbers in the file by the old numbers, and by those of the new papers.
    fn write<W: Write + Seek>(self, writer: &mut Writer<W>, sections: [Section; 4]) -> io::Result<[Vec<u32>; 2]> {
        let written = self.table.write(writer, sections, |member| member)?;
        Ok(self.numbers.map(|numbers| numbers.into_iter().map(|number| at(&written, number)).collect()))
    }
}
