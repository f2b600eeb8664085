//! An index made from an older one and the papers that changed since: each section is read once, from end to end, and written with the
//! papers that went away left out and the new ones in their places. What is written is, byte for byte, what a build from all papers
//! would write. It decides nothing about papers: order, sets and terms are those of `build`, `alphabet` and `vocabulary`.

mod columns;
#[cfg(test)]
mod tests;
mod words;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::{self, Seek, Write};
use std::ops::Range;

use super::acronyms::EXHAUSTIVE;
use super::builder::{Draft, MOST_PAPERS};
use super::spool::{Entry, Order, Record, Tie, latest, order};
use crate::domain::date::PartialDate;
use crate::index::format::columns::SetColumn;
use crate::index::format::file::{Section, Writer};
use crate::index::{DigestRow, DocId, Index};

/// Where a paper goes that is not there any more.
const GONE: DocId = DocId::MAX;

/// A paper of the index to be.
#[derive(Clone, Copy)]
enum Paper {
    /// By its place in the old index.
    Old(DocId),
    /// By its place among the new ones.
    New(usize),
}

/// Papers of one kind that follow each other.
struct Run {
    new: bool,
    range: Range<u32>,
}

/// The papers of the old index that stay and the new ones, in the order of the index to be.
struct Merge<'a> {
    old: &'a Index,
    /// Old papers that go, ascending.
    gone: Vec<DocId>,
    new: Vec<(Entry, Record<'a>)>,
    runs: Vec<Run>,
    /// Where the old papers go, and the new ones.
    places: Vec<DocId>,
    new_places: Vec<DocId>,
    papers: usize,
}

/// Writes the index of the papers of `old`, without those of the rows in `gone`, and of those in the draft, and says how many they are.
/// None: that takes all papers, and nothing was written.
pub(super) fn write<W: Write + Seek>(
    old: &Index,
    gone: &[i64],
    mut draft: Draft,
    spool: &[u8],
    out: W,
) -> io::Result<Option<(W, usize)>> {
    draft.sort(spool);
    let merge = Merge::new(old, gone, &draft, spool);
    if merge.papers > MOST_PAPERS {
        return Err(io::Error::other("more papers than an index can hold"));
    }
    // A large index knows not all initialisms that a small one has.
    if merge.papers <= EXHAUSTIVE && old.len() > EXHAUSTIVE {
        return Ok(None);
    }
    let Some(digests) = merge.digest_numbers(&draft.digests) else { return Ok(None) };
    let mut writer = Writer::new(out)?;
    let acronyms = merge.acronyms(&draft.acronyms);
    let (revision, papers) = (draft.revision, merge.papers);
    merge.write_columns(draft, &digests, &mut writer)?;
    merge.write_words(&acronyms, &mut writer)?;
    Ok(Some((writer.finish(revision, papers)?, papers)))
}

impl<'a> Merge<'a> {
    fn new(old: &'a Index, gone: &[i64], draft: &Draft, spool: &'a [u8]) -> Self {
        let mut gone: Vec<DocId> = gone.iter().filter_map(|row| old.with_row(*row)).collect();
        gone.sort_unstable();
        gone.dedup();
        let read = |entry: &Entry| Some((*entry, Record::read(spool, entry)?));
        let new: Vec<(Entry, Record<'a>)> = draft.entries.iter().filter_map(read).collect();
        let (mut runs, mut done, mut leaving) = (Vec::new(), 0, gone.iter().copied().peekable());
        let mut stay_until = |end: DocId, runs: &mut Vec<Run>| {
            while let Some(gone) = leaving.next_if(|gone| *gone < end) {
                runs.push(Run { new: false, range: done..gone });
                done = gone + 1;
            }
            runs.push(Run { new: false, range: done..end });
            done = end;
        };
        let mut place = 0;
        for (number, (entry, record)) in (0..).zip(&new) {
            place = first_after(old, place, (entry.order(), record.tie()));
            stay_until(place, &mut runs);
            runs.push(Run { new: true, range: number..number + 1 });
        }
        stay_until(old.len() as DocId, &mut runs);
        runs.retain(|run| !run.range.is_empty());

        let (mut places, mut new_places, mut next) = (vec![GONE; old.len()], Vec::with_capacity(new.len()), 0);
        for run in &runs {
            let papers = run.range.len() as DocId;
            if run.new {
                new_places.extend(next..next + papers);
            } else if let Some(places) = places.get_mut(run.range.start as usize..run.range.end as usize) {
                places.iter_mut().zip(next..).for_each(|(place, doc)| *place = doc);
            }
            next += papers;
        }
        Self { old, gone, new, runs, places, new_places, papers: next as usize }
    }

    fn papers(&self) -> impl Iterator<Item = Paper> + Clone + '_ {
        self.runs.iter().flat_map(|run| {
            let new = run.new;
            run.range.clone().map(move |doc| if new { Paper::New(doc as usize) } else { Paper::Old(doc) })
        })
    }

    /// Where an old paper goes; None when it goes away.
    fn place(&self, doc: DocId) -> Option<DocId> {
        self.places.get(doc as usize).copied().filter(|place| *place != GONE)
    }

    /// The new papers and where they go.
    fn placed(&self) -> impl Iterator<Item = (DocId, &Record<'a>)> {
        self.new_places.iter().copied().zip(self.new.iter().map(|(_, record)| record))
    }

    fn entry(&self, new: usize) -> Option<&(Entry, Record<'a>)> {
        self.new.get(new)
    }

    fn title(&self, paper: Paper) -> &'a str {
        match paper {
            Paper::Old(doc) => self.old.title(doc),
            Paper::New(new) => self.entry(new).map_or("", |(_, record)| record.title()),
        }
    }

    fn date(&self, paper: Paper) -> u32 {
        match paper {
            Paper::Old(doc) => self.old.number(Section::Published, doc),
            Paper::New(new) => self.entry(new).map_or(0, |(entry, _)| entry.date),
        }
    }

    /// How many papers that stay have each set of a column, by the old numbers of sets.
    fn staying(&self, sets: SetColumn<'_>) -> Vec<usize> {
        let mut counts: Vec<usize> = sets.counts().collect();
        for doc in &self.gone {
            if let Some(count) = counts.get_mut(sets.of(*doc) as usize) {
                *count = count.saturating_sub(1);
            }
        }
        counts
    }

    /// The new number of every digest of the old index. None when the day of one is another, which moves papers without a date, or when
    /// one went away that papers were seen in.
    fn digest_numbers(&self, table: &[DigestRow]) -> Option<Vec<u32>> {
        let known: HashMap<&str, (u32, Option<PartialDate>)> =
            (0..).zip(table).map(|(number, row)| (row.id.as_str(), (number, row.day))).collect();
        let before = self.old.digest_table();
        let sets = self.old.digest_sets();
        let used = sets.member_counts(&self.staying(sets), before.len());
        let numbers = before.iter().zip(used).map(|(row, used)| match known.get(row.id.as_str()) {
            Some((number, day)) => (*day == row.day).then_some(*number),
            None => (used == 0).then_some(0),
        });
        numbers.collect()
    }
}

/// The first place from `from` on whose paper does not come before one of this order.
fn first_after(old: &Index, from: DocId, wanted: (Order, Tie<'_>)) -> DocId {
    let (mut low, mut high) = (from, old.len() as DocId);
    while low < high {
        let middle = low + (high - low) / 2;
        let date = old.number(Section::Published, middle);
        let order = order(date, latest(old.digests(middle), old.digest_table()));
        let tie = || (old.title(middle), Reverse(date), Reverse(old.row(middle)));
        if order < wanted.0 || order == wanted.0 && tie() < wanted.1 {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
