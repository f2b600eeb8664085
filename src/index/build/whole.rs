//! Writes the papers of a draft: an index of them all, or a segment beside another.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::io::{self, Seek, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use super::acronyms::holds_initialism;
use super::distinct_sets::renumbered;
use super::draft::Draft;
use super::sort_ranks::ranks_of;
use super::spool::{SpoolEntry, SpooledPaper};
use super::vocabulary::{FieldTerms, TitleTerms, Vocabulary};
use crate::index::format::columns::{CATEGORIES, DIGESTS};
use crate::index::format::file::{IndexFileKind, Section, SectionWriter};
use crate::index::format::key_hashes;
use crate::index::format::orders;
use crate::index::format::paper::{DocId, IndexMeta, PaperFlags};
use crate::index::format::reader::Index;
use crate::index::format::sets::Bitmap;
use crate::index::text::alphabetical::{author_order, title_order};

/// Records read between two cancellation checks.
const CHECK_INTERVAL: usize = 1 << 14;

/// The whole segment that a recent one is written beside.
pub(super) struct WholeSegment<'a> {
    pub(super) index: &'a Index,
    /// For each paper of the recent segment the first paper of this one that it comes before.
    pub(super) places: Vec<DocId>,
    /// The papers of this one that are no longer in the index, sorted.
    pub(super) replaced: Vec<DocId>,
}

/// Writes the index, or the segment beside another; None when `go_on`, the cancellation check, returned false.
pub(super) fn write<W: Write + Seek>(
    mut draft: Draft,
    spool: &[u8],
    out: W,
    beside: Option<WholeSegment<'_>>,
    go_on: &mut dyn FnMut() -> bool,
) -> io::Result<Option<W>> {
    draft.sort(spool);
    let mut writer = SectionWriter::new(out, IndexFileKind::Index)?;
    let set_numbers = write_tables(&mut draft, beside.as_ref(), &mut writer)?;
    let Draft { entries, acronyms, revision, .. } = draft;
    let papers = entries.len();
    let initialisms = if beside.is_some() { None } else { acronyms.indexed(papers) };
    let was_cancelled = AtomicBool::new(false);
    let check = RefCell::new((0_usize, go_on));
    let goes_on = || {
        let (records, go_on) = &mut *check.borrow_mut();
        *records += 1;
        if records.is_multiple_of(CHECK_INTERVAL) && !go_on() {
            was_cancelled.store(true, Ordering::Relaxed);
        }
        !was_cancelled.load(Ordering::Relaxed)
    };
    let read = |entry: &SpoolEntry| SpooledPaper::read(spool, entry);
    let records = || entries.iter().take_while(|_| goes_on()).filter_map(read);
    // The terms of the titles are half of the work: they get a thread of their own.
    let (mut titles, authors) = std::thread::scope(|scope| {
        let titles = scope.spawn(|| {
            let records = entries.iter().take_while(|_| !was_cancelled.load(Ordering::Relaxed)).filter_map(read);
            TitleTerms::of(initialisms.as_ref(), (0..).zip(records.map(|record| record.title())))
        });
        write_numbers(&mut writer, &entries, records, &set_numbers)?;
        write_texts(&mut writer, records)?;
        let authors = FieldTerms::of((0..).zip(records().map(|record| record.authors())));
        let titles = titles.join().map_err(|_| io::Error::other("the words of the titles could not be read"))?;
        Ok::<_, io::Error>((titles, authors))
    })?;
    drop(entries);
    if was_cancelled.into_inner() {
        return Ok(None);
    }
    if let Some(segment) = beside {
        // An initialism is looked for in all titles or in none.
        titles.retain_initials(|letters| holds_initialism(&segment.index.file, letters));
        writer.column(Section::Places, segment.places)?;
        writer.column(Section::Replaced, segment.replaced)?;
    }
    Vocabulary { titles, authors, acronyms, papers }.write(&mut writer)?;
    writer.finish(revision, papers).map(Some)
}

/// Numbers in the file of the draft's sets of categories and digests.
struct SetNumbers {
    categories: Vec<u32>,
    digests: Vec<u32>,
}

/// Writes the digests, the names of categories and the distinct sets of both.
fn write_tables<W: Write + Seek>(
    draft: &mut Draft,
    beside: Option<&WholeSegment<'_>>,
    writer: &mut SectionWriter<W>,
) -> io::Result<SetNumbers> {
    let (categories, category_numbers) = by_name(std::mem::take(&mut draft.category_names));
    let meta = serde_json::to_vec(&IndexMeta {
        papers_revision: draft.papers_revision,
        highest_row: draft.highest_row,
        digests: std::mem::take(&mut draft.digests),
        categories,
        chronological: is_chronological(&draft.entries),
        whole: beside.map(|segment| segment.index.checksum()),
    })?;
    writer.begin(Section::Meta)?;
    writer.write_all(&meta)?;
    Ok(SetNumbers {
        categories: std::mem::take(&mut draft.category_sets)
            .write(writer, CATEGORIES, |number| renumbered(&category_numbers, number))?,
        digests: std::mem::take(&mut draft.digest_sets).write(writer, DIGESTS, |number| number)?,
    })
}

fn is_chronological(entries: &[SpoolEntry]) -> bool {
    entries.is_sorted_by_key(|entry| Reverse(entry.date))
}

/// Writes the columns of numbers.
fn write_numbers<'a, W: Write + Seek, I: Iterator<Item = SpooledPaper<'a>>>(
    writer: &mut SectionWriter<W>,
    entries: &[SpoolEntry],
    records: impl Fn() -> I,
    set_numbers: &SetNumbers,
) -> io::Result<()> {
    let numbers = || records().map(|record| record.numbers);
    let dates = || entries.iter().map(|entry| entry.date);
    writer.column(Section::Published, dates())?;
    if !is_chronological(entries) {
        writer.column(Section::DateOrder, orders::entries(dates(), 0))?;
    }
    writer.column(Section::Added, numbers().map(|numbers| numbers.added))?;
    writer.column(Section::AddedOrder, orders::entries(numbers().map(|numbers| numbers.added), 0))?;
    writer.begin(Section::Rows)?;
    for numbers in numbers() {
        writer.write_all(&numbers.row.to_le_bytes())?;
    }
    let categories = numbers().map(|numbers| renumbered(&set_numbers.categories, numbers.category_set));
    writer.column(Section::CategorySet, categories)?;
    let digests = numbers().map(|numbers| renumbered(&set_numbers.digests, numbers.digest_set));
    writer.column(Section::DigestSet, digests)?;
    let votes = (0u32..).zip(numbers()).filter_map(|(doc, numbers)| Some([doc, numbers.votes?]));
    writer.column(Section::Votes, votes.flatten())?;
    let ranks =
        (0u32..).zip(records()).flat_map(|(doc, record)| record.ranks().map(move |[digest, rank]| [doc, digest, rank]));
    writer.column(Section::Ranks, ranks.flatten())?;
    writer.begin(Section::Flags)?;
    for flag in PaperFlags::ALL {
        let bits = Bitmap::collect(entries.len(), entries.iter().map(|entry| entry.flags.contains(flag)));
        for word in bits.words() {
            writer.write_all(&word.to_le_bytes())?;
        }
    }
    Ok(())
}

/// Writes keys, titles and authors, the hashes of the keys and the alphabetical ranks.
fn write_texts<'a, W: Write + Seek, I: Iterator<Item = SpooledPaper<'a>>>(
    writer: &mut SectionWriter<W>,
    records: impl Fn() -> I,
) -> io::Result<()> {
    let titles = || records().map(|record| record.title());
    let authors = || records().map(|record| record.authors());
    let keys = || records().map(|record| record.key());
    write_column_of_texts(writer, [Section::Keys, Section::KeyOffsets], keys())?;
    let mut hashes: Vec<u64> = (0u32..).zip(keys()).map(|(doc, key)| key_hashes::entry(key, doc)).collect();
    hashes.sort_unstable();
    writer.begin(Section::KeyHashes)?;
    for hash in hashes {
        writer.write_all(&hash.to_le_bytes())?;
    }
    let ranks = ranks_of(titles(), title_order);
    writer.column(Section::TitleRank, ranks.iter().copied())?;
    writer.column(Section::TitleOrder, orders::entries(ranks.into_iter(), u32::MAX))?;
    let ranks = ranks_of(authors(), author_order);
    writer.column(Section::AuthorRank, ranks.iter().copied())?;
    writer.column(Section::AuthorOrder, orders::entries(ranks.into_iter(), u32::MAX))?;
    write_column_of_texts(writer, [Section::Titles, Section::TitleOffsets], titles())?;
    write_column_of_texts(writer, [Section::Authors, Section::AuthorOffsets], authors())
}

/// The names sorted, and the new number of each by its old one.
fn by_name(names: Vec<String>) -> (Vec<String>, Vec<u32>) {
    let mut sorted: Vec<(String, u32)> = names.into_iter().zip(0..).collect();
    sorted.sort_unstable();
    let mut numbers = vec![0; sorted.len()];
    for (new, (_, old)) in (0u32..).zip(&sorted) {
        if let Some(number) = numbers.get_mut(*old as usize) {
            *number = new;
        }
    }
    (sorted.into_iter().map(|(name, _)| name).collect(), numbers)
}

fn write_column_of_texts<'a, W: Write + Seek>(
    writer: &mut SectionWriter<W>,
    [section, offsets]: [Section; 2],
    texts: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    let (mut ends, mut end) = (vec![0], 0);
    writer.begin(section)?;
    for text in texts {
        writer.write_all(text.as_bytes())?;
        end += text.len();
        ends.push(u32::try_from(end).map_err(|_| io::Error::other("the texts exceed 4 GB"))?);
    }
    writer.column(offsets, ends)
}
