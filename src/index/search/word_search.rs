//! The papers that a query word finds, each with the tier of its best match: through the dictionary, then the postings of the words that
//! match. Small results are lists; large ones are bitmaps, with the tier as three bit planes, so that words are joined and scores summed 64
//! papers at a time. It knows one word, not the query.

use std::sync::Arc;

use crate::domain::query::How;
use crate::index::format::dictionary::{Lexicon, masks};
use crate::index::format::file::Section;
use crate::index::format::postings::{AUTHOR, INITIALS, Lists, PREFIXES, TITLE};
use crate::index::format::sets::{Bits, SPARSE, Set};
use crate::index::text::tokens;
use crate::index::text::word_match::{Tier, Wanted};
use crate::index::{DocId, Index};

/// Where a word is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    /// Title and authors.
    Any,
    Title,
    Author,
}

/// Postings read between two looks at whether the search was cancelled.
const BETWEEN_LOOKS: usize = 1 << 16;

/// What one word finds.
pub(crate) struct WordSet {
    pub(crate) docs: Set,
    tiers: Tiers,
}

enum Tiers {
    /// Parallel to the list of papers.
    List(Vec<u8>),
    Planes([Bits; Tier::BITS]),
}

impl WordSet {
    /// 0 for a paper the word does not find.
    pub(crate) fn tier(&self, doc: DocId) -> u8 {
        match (&self.tiers, &self.docs) {
            (Tiers::Planes(planes), _) => {
                (0..).zip(planes).map(|(bit, plane)| u8::from(plane.contains(doc)) << bit).sum()
            }
            (Tiers::List(tiers), Set::List(docs)) => {
                docs.binary_search(&doc).ok().and_then(|place| tiers.get(place).copied()).unwrap_or(0)
            }
            (Tiers::List(_), _) => 0,
        }
    }

    /// The tiers as bit planes; None where they are a list.
    pub(crate) fn planes(&self) -> Option<&[Bits; Tier::BITS]> {
        match &self.tiers {
            Tiers::Planes(planes) => Some(planes),
            Tiers::List(_) => None,
        }
    }

    /// Bytes held, roughly.
    pub(crate) fn size(&self, papers: usize) -> usize {
        match &self.tiers {
            Tiers::List(tiers) => tiers.len() * 5,
            Tiers::Planes(_) => papers / 8 * (Tier::BITS + 1),
        }
    }
}

/// The dictionary words that match, by tier.
type Matches = [Vec<u32>; Tier::Exact as usize + 1];

fn matches(index: &Index, wanted: &Wanted<'_>, cancelled: &dyn Fn() -> bool) -> Option<Matches> {
    let lexicon = Lexicon::open(&index.file, Section::Terms, Section::TermOffsets);
    let mut matches = Matches::default();
    let mut add = |number| {
        if let Some(tier) = wanted.tier(lexicon.word(number))
            && let Some(list) = matches.get_mut(tier as usize)
        {
            list.push(number);
        }
    };
    if wanted.only_beginnings() {
        lexicon.beginning(wanted.word).for_each(&mut add);
        return Some(matches);
    }
    for (number, letters) in (0u32..).zip(masks(&index.file)) {
        if wanted.may_match(letters, || lexicon.length(number)) {
            add(number);
        }
        if (number as usize).is_multiple_of(BETWEEN_LOOKS) && cancelled() {
            return None;
        }
    }
    Some(matches)
}

/// Finds the papers of a folded word; None when cancelled.
pub(crate) fn find(index: &Index, wanted: &Wanted<'_>, field: Field, cancelled: &dyn Fn() -> bool) -> Option<WordSet> {
    let matches = matches(index, wanted, cancelled)?;
    let search = Search {
        index,
        field,
        cancelled,
        titles: Lists::open(&index.file, TITLE),
        authors: Lists::open(&index.file, AUTHOR),
    };
    let initials = search.initials(wanted);
    let total: usize = matches.iter().flatten().map(|number| search.count(*number)).sum();
    if total <= index.len() / SPARSE {
        search.list(&matches, initials)
    } else {
        search.planes(&matches, initials, wanted)
    }
}

struct Search<'a> {
    index: &'a Index,
    field: Field,
    cancelled: &'a dyn Fn() -> bool,
    titles: Lists<'a>,
    authors: Lists<'a>,
}

impl<'a> Search<'a> {
    /// The families of postings of the field.
    fn families(&self) -> impl Iterator<Item = &Lists<'a>> {
        let title = (self.field != Field::Author).then_some(&self.titles);
        let author = (self.field != Field::Title).then_some(&self.authors);
        title.into_iter().chain(author)
    }

    fn count(&self, number: u32) -> usize {
        self.families().map(|lists| lists.count(number)).sum()
    }

    fn initials(&self, wanted: &Wanted<'_>) -> Option<u32> {
        let possible =
            wanted.how == How::Fuzzy && self.field != Field::Author && tokens::INITIALS.contains(&wanted.word.len());
        let lexicon = Lexicon::open(&self.index.file, Section::Initials, Section::InitialOffsets);
        possible.then(|| lexicon.find(wanted.word)).flatten()
    }

    fn list(&self, matches: &Matches, initials: Option<u32>) -> Option<WordSet> {
        // The better tier sorts first among entries of one paper.
        let mut found: Vec<u32> = Vec::new();
        let entry = |doc: DocId, tier: usize| doc << Tier::BITS | (Tier::Exact as u32 - tier as u32);
        for (tier, numbers) in matches.iter().enumerate() {
            for number in numbers {
                self.families().for_each(|lists| lists.each(*number, |doc| found.push(entry(doc, tier))));
            }
        }
        if let Some(number) = initials {
            Lists::open(&self.index.file, INITIALS).each(number, |doc| found.push(entry(doc, Tier::Initials as usize)));
        }
        if (self.cancelled)() {
            return None;
        }
        found.sort_unstable();
        found.dedup_by_key(|entry| *entry >> Tier::BITS);
        let tiers = found.iter().map(|entry| Tier::Exact as u8 - (*entry as u8 & ((1 << Tier::BITS) - 1))).collect();
        let docs = found.iter().map(|entry| entry >> Tier::BITS).collect();
        Some(WordSet { docs: Set::list(docs), tiers: Tiers::List(tiers) })
    }

    fn planes(&self, matches: &Matches, initials: Option<u32>, wanted: &Wanted<'_>) -> Option<WordSet> {
        let papers = self.index.len();
        let mut planes = [Bits::new(papers), Bits::new(papers), Bits::new(papers)];
        let mut scratch = Bits::new(papers);
        let mut read = 0;
        let ready = self.ready_prefix(wanted);
        for (tier, numbers) in matches.iter().enumerate() {
            let initials = initials.filter(|_| tier == Tier::Initials as usize);
            let ready = ready.filter(|_| tier == Tier::Prefix as usize);
            if numbers.is_empty() && initials.is_none() && ready.is_none() {
                continue;
            }
            scratch.clear();
            if let Some(number) = initials {
                Lists::open(&self.index.file, INITIALS).mark(number, &mut scratch);
            }
            if let Some(number) = ready {
                Lists::open(&self.index.file, PREFIXES).mark(number, &mut scratch);
            } else {
                for number in numbers {
                    self.families().for_each(|lists| lists.mark(*number, &mut scratch));
                    read += self.count(*number);
                    if read > BETWEEN_LOOKS {
                        read = 0;
                        if (self.cancelled)() {
                            return None;
                        }
                    }
                }
            }
            for (bit, plane) in planes.iter_mut().enumerate() {
                if tier >> bit & 1 == 1 { plane.or(&scratch) } else { plane.without(&scratch) }
            }
        }
        planes.iter_mut().for_each(Bits::trim);
        let [low, middle, high] = &planes;
        scratch.clone_from(low);
        scratch.or(middle);
        scratch.or(high);
        Some(WordSet { docs: Set::Bits(Arc::new(scratch)), tiers: Tiers::Planes(planes) })
    }

    /// The ready union of all words that begin like a short word, when the index keeps one.
    fn ready_prefix(&self, wanted: &Wanted<'_>) -> Option<u32> {
        let possible = wanted.only_beginnings() && self.field == Field::Any;
        let lexicon = Lexicon::open(&self.index.file, Section::Prefixes, Section::PrefixOffsets);
        possible.then(|| lexicon.find(wanted.word)).flatten()
    }
}

/// The papers that hold exactly this folded word.
pub(crate) fn exactly(index: &Index, word: &str, field: Field) -> Set {
    let lexicon = Lexicon::open(&index.file, Section::Terms, Section::TermOffsets);
    let Some(number) = lexicon.find(word) else { return Set::empty() };
    let family = if field == Field::Author { AUTHOR } else { TITLE };
    let mut bits = Bits::new(index.len());
    Lists::open(&index.file, family).mark(number, &mut bits);
    bits.trim();
    Set::bits(bits)
}
