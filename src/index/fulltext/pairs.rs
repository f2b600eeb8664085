//! Pairs of frequent terms that follow each other (`of the`): their abstracts are listed when a segment is built, because their positions are so many
//! that comparing them takes longest of all. The most frequent terms of a segment are those that more than half of its abstracts have.

use std::cmp::Reverse;
use std::io::{self, Seek, Write};

use super::run::{RunPapers, RunTerm};
use super::segment::Segment;
use crate::index::format::file::{Section, SectionWriter, u32s};
use crate::index::format::postings::{PAIRS, PostingsBuilder, PostingsReader, PostingsWriter};
use crate::index::text::tokens::is_letter;

/// Most terms whose pairs are listed.
const MOST_TERMS: usize = 48;

/// Where the runs have a term: the number of the run's first paper, and the entry.
type RunEntries<'a> = Vec<(u32, RunTerm<'a>)>;

/// Collects the frequent terms of a segment while it is written.
pub(super) struct PairsBuilder<'a> {
    /// The numbers of the terms that are frequent enough, ascending.
    wanted: Vec<u32>,
    /// Those of them that are words, and where each run has them.
    terms: Vec<(u32, RunEntries<'a>)>,
}

impl<'a> PairsBuilder<'a> {
    /// `counts`: how many papers have each term.
    pub(super) fn new(counts: &[u32], papers: usize) -> Self {
        let frequent = (0..).zip(counts).filter(|(_, count)| **count as usize > papers / 2);
        let mut frequent: Vec<(Reverse<u32>, u32)> = frequent.map(|(term, count)| (Reverse(*count), term)).collect();
        frequent.sort_unstable();
        let mut wanted: Vec<u32> = frequent.into_iter().take(MOST_TERMS).map(|(_, term)| term).collect();
        wanted.sort_unstable();
        Self { wanted, terms: Vec::new() }
    }

    /// Takes a term with its entry in each run that has it, and the number of the run's first paper; terms come in order. The form of a word with
    /// signs shares the position of the word, so it is left out.
    pub(super) fn push(&mut self, number: u32, word: &[u8], entries: &[(u32, RunTerm<'a>)]) {
        let is_word = || std::str::from_utf8(word).is_ok_and(|word| word.chars().all(is_letter));
        if self.wanted.binary_search(&number).is_ok() && is_word() {
            self.terms.push((number, entries.to_vec()));
        }
    }

    /// Writes the sections.
    pub(super) fn write<W: Write + Seek>(self, writer: &mut SectionWriter<W>, papers: usize) -> io::Result<()> {
        writer.column(Section::FrequentTerms, self.terms.iter().map(|(number, _)| *number))?;
        let mut postings = PostingsWriter::begin(writer, PAIRS, papers)?;
        self.lists().iter().try_for_each(|list| postings.push(list))?;
        postings.finish().map(drop)
    }

    /// The posting list of each pair: of the first term with all of them, then of the second one.
    fn lists(&self) -> Vec<PostingsBuilder> {
        let terms = self.terms.len();
        let mut lists = vec![PostingsBuilder::default(); terms * terms];
        let mut runs: Vec<u32> =
            self.terms.iter().flat_map(|(_, entries)| entries.iter().map(|(run, _)| *run)).collect();
        runs.sort_unstable();
        runs.dedup();
        // The place of the term at each position of one paper, from 1, and the positions that are taken.
        let (mut at, mut taken): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        for run in runs {
            let entry = |(place, (_, entries)): (usize, &(u32, RunEntries<'a>))| {
                let (_, entry) = entries.iter().find(|(first, _)| *first == run)?;
                Some((place + 1, RunPapers::new(*entry)))
            };
            let mut cursors: Vec<(usize, RunPapers<'_>)> = self.terms.iter().enumerate().filter_map(entry).collect();
            while let Some(paper) = cursors.iter().filter_map(|(_, papers)| papers.paper).min() {
                for (term, papers) in cursors.iter_mut().filter(|(_, papers)| papers.paper == Some(paper)) {
                    papers.next_positions(|position| {
                        let position = position as usize;
                        if at.len() < position + 2 {
                            at.resize(position + 2, 0);
                        }
                        at.get_mut(position).into_iter().for_each(|at| *at = *term);
                        taken.push(position);
                    });
                }
                for position in &taken {
                    let term =
                        |position: usize| at.get(position).copied().filter(|term| *term > 0).map(|term| term - 1);
                    if let (Some(one), Some(two)) = (term(*position), term(position + 1))
                        && let Some(list) = lists.get_mut(one * terms + two)
                    {
                        list.push(run + paper);
                    }
                }
                for position in taken.drain(..) {
                    at.get_mut(position).into_iter().for_each(|at| *at = 0);
                }
            }
        }
        lists
    }
}

impl Segment {
    /// The number of the posting list of two terms that follow each other; None when it is not stored.
    pub(super) fn pair(&self, one: u32, two: u32) -> Option<u32> {
        let terms = u32s(self.file.section(Section::FrequentTerms));
        let place = |asked: u32| terms.clone().position(|term| term == asked);
        let number = place(one)? * terms.len() + place(two)?;
        u32::try_from(number).ok()
    }

    /// The posting lists of pairs.
    pub(super) fn pairs(&self) -> PostingsReader<'_> {
        PostingsReader::open(&self.file, PAIRS)
    }
}
