//! Sets of document ids: a sorted list when small, a bitmap when large, or all papers at no cost. Plain set algebra. All operations are
//! total: a document id beyond the last paper is in no set.
//!
//! Written here and not taken from a library of compressed bitmaps, because the postings of frequent terms are stored as these very words
//! and scores are summed on them 64 papers at a time; at 2.7 million papers a bitmap is 330 kB and compressing it gains nothing.

use std::sync::Arc;

use super::paper::DocId;

/// Up to one paper in so many, a list is smaller and faster than a bitmap.
pub(crate) const SPARSE: usize = 128;

/// One bit for each paper; bits beyond the last paper are 0 in every finished set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bitmap {
    words: Vec<u64>,
    papers: usize,
}

impl Bitmap {
    pub(crate) fn new(papers: usize) -> Self {
        Self { words: vec![0; papers.div_ceil(64)], papers }
    }

    pub(crate) fn full(papers: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; papers.div_ceil(64)], papers };
        bits.trim();
        bits
    }

    /// A bitmap from its words; missing words are 0.
    pub(crate) fn from_words(words: impl Iterator<Item = u64>, papers: usize) -> Self {
        let mut words: Vec<u64> = words.take(papers.div_ceil(64)).collect();
        words.resize(papers.div_ceil(64), 0);
        let mut bits = Self { words, papers };
        bits.trim();
        bits
    }

    /// The papers whose value is true, from one value for each paper.
    pub(crate) fn collect(papers: usize, mut values: impl Iterator<Item = bool>) -> Self {
        let mut bits = Self::new(papers);
        for word in &mut bits.words {
            for bit in 0..64 {
                match values.next() {
                    Some(value) => *word |= u64::from(value) << bit,
                    None => break,
                }
            }
        }
        bits.trim();
        bits
    }

    /// Clears the bits beyond the last paper.
    pub(crate) fn trim(&mut self) {
        let used = self.papers % 64;
        if used > 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << used) - 1;
        }
    }

    /// An empty set over the same papers.
    pub(crate) fn emptied(&self) -> Self {
        Self::new(self.papers)
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }

    pub(crate) fn clear(&mut self) {
        self.words.fill(0);
    }

    pub(crate) fn insert(&mut self, doc: DocId) {
        if let Some(word) = self.words.get_mut(doc as usize / 64) {
            *word |= 1 << (doc % 64);
        }
    }

    pub(crate) fn remove(&mut self, doc: DocId) {
        if let Some(word) = self.words.get_mut(doc as usize / 64) {
            *word &= !(1 << (doc % 64));
        }
    }

    pub(crate) fn contains(&self, doc: DocId) -> bool {
        self.words.get(doc as usize / 64).is_some_and(|word| word >> (doc % 64) & 1 == 1)
    }

    pub(crate) fn count(&self) -> usize {
        count(self.words.iter().copied())
    }

    /// How many papers lie in `from..to`.
    pub(crate) fn count_between(&self, from: usize, to: usize) -> usize {
        self.rank(to).saturating_sub(self.rank(from))
    }

    /// How many papers of the set have a lower id than `end`.
    pub(crate) fn rank(&self, end: usize) -> usize {
        let whole = self.words.get(..end / 64).unwrap_or(&self.words);
        let part = self.words.get(end / 64).map_or(0, |word| word & ((1 << (end % 64)) - 1));
        count(whole.iter().copied()) + part.count_ones() as usize
    }

    pub(crate) fn and(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    pub(crate) fn or(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    pub(crate) fn without(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    pub(crate) fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.trim();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Visits every paper, lowest id first; the fastest way through a large set.
    pub(crate) fn each(&self, mut visit: impl FnMut(DocId)) {
        for (start, word) in (0..).step_by(64).zip(&self.words) {
            let mut rest = *word;
            while rest != 0 {
                visit(start + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = DocId> + '_ {
        self.iter_words(0)
    }

    fn iter_words(&self, from: usize) -> impl Iterator<Item = DocId> + '_ {
        let words = self.words.iter().enumerate().skip(from);
        words.flat_map(|(at, word)| SetBits(*word).map(move |bit| at as u32 * 64 + bit))
    }

    /// The papers of the set from the `rank`-th on.
    fn iter_from(&self, rank: usize) -> impl Iterator<Item = DocId> + '_ {
        let mut skipped = 0;
        let mut word = 0;
        for bits in &self.words {
            let ones = bits.count_ones() as usize;
            if skipped + ones > rank {
                break;
            }
            skipped += ones;
            word += 1;
        }
        self.iter_words(word).skip(rank - skipped)
    }
}

/// How many bits are set.
pub(crate) fn count(words: impl Iterator<Item = u64>) -> usize {
    words.map(|word| word.count_ones() as usize).sum()
}

/// The numbers of the set bits of a word, lowest first.
pub(crate) struct SetBits(pub(crate) u64);

impl Iterator for SetBits {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

/// A set of papers for users of the index, who do not see its representation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PaperSet(pub(crate) DocSet);

impl PaperSet {
    /// `docs` in any order; those beyond the last of `papers` papers are dropped.
    pub fn of(docs: Vec<DocId>, papers: usize) -> Self {
        Self(DocSet::of(docs, papers))
    }

    /// All of so many papers.
    pub fn all(papers: usize) -> Self {
        Self(DocSet::All(papers))
    }

    pub fn contains(&self, doc: DocId) -> bool {
        self.0.contains(doc)
    }

    /// The papers in ascending order.
    pub fn ids(&self) -> impl Iterator<Item = DocId> + '_ {
        self.0.iter_from(0)
    }

    pub fn count(&self) -> usize {
        self.0.count()
    }

    #[must_use]
    pub fn without(self, others: Self, papers: usize) -> Self {
        Self(self.0.and(others.0.not(papers)))
    }

    #[must_use]
    pub fn or(self, others: Self, papers: usize) -> Self {
        Self(self.0.or(others.0, papers))
    }
}

/// A set of document ids. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) enum DocSet {
    /// All papers; how many there are.
    All(usize),
    /// Sorted, each once.
    List(Arc<Vec<DocId>>),
    Bitmap(Arc<Bitmap>),
}

impl DocSet {
    pub(crate) fn empty() -> Self {
        Self::list(Vec::new())
    }

    /// `docs` must be sorted, each once.
    pub(crate) fn list(docs: Vec<DocId>) -> Self {
        Self::List(Arc::new(docs))
    }

    /// Document ids in any order; those beyond the last paper are dropped.
    pub(crate) fn of(mut docs: Vec<DocId>, papers: usize) -> Self {
        docs.retain(|doc| (*doc as usize) < papers);
        docs.sort_unstable();
        docs.dedup();
        Self::of_sorted(docs, papers)
    }

    /// `docs` must be sorted, each once, none beyond the last paper.
    pub(crate) fn of_sorted(docs: Vec<DocId>, papers: usize) -> Self {
        if docs.len() <= papers / SPARSE {
            return Self::list(docs);
        }
        let mut bits = Bitmap::new(papers);
        docs.iter().for_each(|doc| bits.insert(*doc));
        Self::Bitmap(Arc::new(bits))
    }

    /// From a bitmap; a small one becomes a list.
    pub(crate) fn from_bitmap(bits: Bitmap) -> Self {
        Self::Bitmap(Arc::new(bits)).shrunk()
    }

    /// The same; a small bitmap becomes a list.
    pub(crate) fn shrunk(self) -> Self {
        match self {
            Self::Bitmap(bits) if bits.count() <= bits.papers / SPARSE => Self::list(bits.iter().collect()),
            other => other,
        }
    }

    pub(crate) fn count(&self) -> usize {
        match self {
            Self::All(papers) => *papers,
            Self::List(docs) => docs.len(),
            Self::Bitmap(bits) => bits.count(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::All(papers) => *papers == 0,
            Self::List(docs) => docs.is_empty(),
            Self::Bitmap(bits) => bits.is_empty(),
        }
    }

    pub(crate) fn contains(&self, doc: DocId) -> bool {
        match self {
            Self::All(papers) => (doc as usize) < *papers,
            Self::List(docs) => docs.binary_search(&doc).is_ok(),
            Self::Bitmap(bits) => bits.contains(doc),
        }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All(_), set) | (set, Self::All(_)) => set,
            (Self::Bitmap(mut one), Self::Bitmap(mut two)) => {
                if Arc::strong_count(&two) == 1 {
                    std::mem::swap(&mut one, &mut two);
                }
                Arc::make_mut(&mut one).and(&two);
                Self::Bitmap(one).shrunk()
            }
            (Self::List(list), set @ Self::Bitmap(_)) | (set @ Self::Bitmap(_), Self::List(list)) => {
                Self::list(list.iter().copied().filter(|doc| set.contains(*doc)).collect())
            }
            (Self::List(one), Self::List(two)) => {
                let (small, large) = if one.len() <= two.len() { (one, two) } else { (two, one) };
                let large = Self::List(large);
                Self::list(small.iter().copied().filter(|doc| large.contains(*doc)).collect())
            }
        }
    }

    pub(crate) fn or(self, other: Self, papers: usize) -> Self {
        match (self, other) {
            (Self::All(papers), _) | (_, Self::All(papers)) => Self::All(papers),
            (Self::Bitmap(mut one), Self::Bitmap(two)) => {
                Arc::make_mut(&mut one).or(&two);
                Self::Bitmap(one)
            }
            (Self::List(list), Self::Bitmap(mut bits)) | (Self::Bitmap(mut bits), Self::List(list)) => {
                let into = Arc::make_mut(&mut bits);
                list.iter().for_each(|doc| into.insert(*doc));
                Self::Bitmap(bits)
            }
            (Self::List(one), Self::List(two)) => Self::of(one.iter().chain(two.iter()).copied().collect(), papers),
        }
    }

    pub(crate) fn not(self, papers: usize) -> Self {
        match self {
            Self::All(_) => Self::empty(),
            Self::List(docs) if docs.is_empty() => Self::All(papers),
            other => {
                let mut bits = other.into_bitmap(papers);
                Arc::make_mut(&mut bits).invert();
                Self::Bitmap(bits).shrunk()
            }
        }
    }

    pub(crate) fn into_bitmap(self, papers: usize) -> Arc<Bitmap> {
        match self {
            Self::All(_) => Arc::new(Bitmap::full(papers)),
            Self::Bitmap(bits) => bits,
            Self::List(docs) => {
                let mut bits = Bitmap::new(papers);
                docs.iter().for_each(|doc| bits.insert(*doc));
                Arc::new(bits)
            }
        }
    }

    /// The papers of the set, lowest id (newest) first, from the `rank`-th on.
    pub(crate) fn iter_from(&self, rank: usize) -> Box<dyn Iterator<Item = DocId> + '_> {
        match self {
            Self::All(papers) => Box::new(rank as DocId..*papers as DocId),
            Self::List(docs) => Box::new(docs.iter().copied().skip(rank)),
            Self::Bitmap(bits) => Box::new(bits.iter_from(rank)),
        }
    }

    /// Visits every paper, lowest id first.
    pub(crate) fn each(&self, visit: impl FnMut(DocId)) {
        match self {
            Self::All(papers) => (0..*papers as DocId).for_each(visit),
            Self::List(docs) => docs.iter().copied().for_each(visit),
            Self::Bitmap(bits) => bits.each(visit),
        }
    }

    /// How many papers of the set have a lower id.
    pub(crate) fn rank(&self, doc: DocId) -> usize {
        match self {
            Self::All(papers) => (doc as usize).min(*papers),
            Self::List(docs) => docs.partition_point(|other| *other < doc),
            Self::Bitmap(bits) => bits.rank(doc as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn shapes(docs: &BTreeSet<DocId>, papers: usize) -> [DocSet; 2] {
        let list = DocSet::list(docs.iter().copied().collect());
        [list.clone(), DocSet::Bitmap(list.into_bitmap(papers))]
    }

    fn members(set: &DocSet) -> Vec<DocId> {
        set.iter_from(0).collect()
    }

    proptest! {
        #[test]
        fn algebra_is_the_same_in_every_shape(
            one in prop::collection::btree_set(0u32..300, 0..60),
            two in prop::collection::btree_set(0u32..300, 0..60),
            papers in 300usize..400,
        ) {
            for a in shapes(&one, papers) {
                prop_assert_eq!(members(&a.clone().not(papers)).len(), papers - one.len());
                for (rank, doc) in one.iter().enumerate() {
                    prop_assert_eq!(a.rank(*doc), rank);
                    prop_assert_eq!(a.iter_from(rank).next(), Some(*doc));
                }
                for b in shapes(&two, papers) {
                    let both: Vec<DocId> = one.intersection(&two).copied().collect();
                    let either: Vec<DocId> = one.union(&two).copied().collect();
                    prop_assert_eq!(members(&a.clone().and(b.clone())), both);
                    prop_assert_eq!(members(&a.clone().or(b.clone(), papers)), either);
                }
            }
        }
    }
}
