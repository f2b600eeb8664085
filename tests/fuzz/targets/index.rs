//! The index file, damaged. The input does not hold a file, which no later version would read, but edits of one that is built here: its
//! first byte chooses a query, and every five bytes after it are one edit.

use std::fs;
use std::hint::black_box;
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use tsundoku::domain::date::PartialDate;
use tsundoku::domain::query::{Pattern, Query, Word};
use tsundoku::index::{
    self, AbstractSearch, DigestRow, Doc, Index, IndexBuilder, NoteSearch, PaperFlags, PaperSet, RankedPaper,
    ReadingStates, SearchEngine, SearchView, SegmentedIndex,
};

/// Enough papers that most sections of the file are longer than those whose checksum is compared when the file is opened.
const PAPERS: usize = 20_000;

/// One for each kind of section that a search reads.
const QUERIES: [&str; 12] = [
    "",
    "attn modl",
    "'lora ^mem !survey",
    "\"low rank\"",
    "author:dao OR author:gu",
    "cat:cs.LG sort:title",
    "year:2020..2022 sort:author",
    "digest:2025-03-12",
    "source:hf has:code upvotes:>3 sort:-upvotes",
    "added:2024 NOT cat:stat.*",
    "id:2401.00007",
    "title:memory sort:digest",
];

/// A damaged file is refused or answers; no damage makes a search panic or run on.
pub(crate) fn index(input: &[u8]) {
    drop(Index::from_bytes(input.to_vec()));
    let Some((choice, edits)) = input.split_first() else { return };
    let edited = edited(file().to_vec(), edits);
    let Some(index) = Index::from_bytes(edited).map(|index| Arc::new(SegmentedIndex::from(index))) else { return };
    let sound = index.verify();
    assert!(sound || !edits.is_empty(), "a file as it was built is sound");
    search(&index, QUERIES[usize::from(*choice) % QUERIES.len()]);
}

/// An edit is a position as a fraction of the file, in four bytes, and the bits to turn over there; no bits cut the file off.
fn edited(mut bytes: Vec<u8>, edits: &[u8]) -> Vec<u8> {
    for edit in edits.as_chunks::<5>().0 {
        let [position @ .., bits] = edit;
        let position = (u64::from(u32::from_be_bytes(*position)) * bytes.len() as u64) >> 32;
        let position = position as usize;
        if *bits == 0 {
            bytes.truncate(position);
        } else if let Some(byte) = bytes.get_mut(position) {
            *byte ^= bits;
        }
    }
    bytes
}

/// Asks everything that a screen shows of a result.
fn search(index: &Arc<SegmentedIndex>, query: &str) {
    let query = Query::parse(query);
    let query = Query { sort: query.order(), ..query };
    let states = Arc::new(ReadingStates::new(index.len()));
    let view = SearchView {
        index,
        states: &states,
        abstracts: &NoAbstracts,
        notes: &NoNotes,
        today: Date::constant(2025, 3, 20),
        cancelled: &|| false,
    };
    let mut engine = SearchEngine::new();
    let hits = engine.search(&view, &query).expect("nobody cancels");
    for doc in hits.page(0, 50) {
        black_box((index.title(doc), index.authors(doc), index.first_author(doc), index.key(doc)));
        black_box((index.date(doc), index.added(doc), index.votes(doc), index.row(doc), index.flags(doc)));
        black_box((index.categories(doc).count(), index.digests(doc).count()));
        black_box(index.find(index.key(doc)));
    }
    black_box(index::facets(index, &states, &hits.papers()));
    black_box(engine.below(&view, &query, &[], 20));
}

/// The abstracts are not part of the index: none holds anything.
struct NoAbstracts;

impl AbstractSearch for NoAbstracts {
    fn phrase(&self, _phrase: &str) -> Option<PaperSet> {
        Some(PaperSet::of(Vec::new(), PAPERS))
    }

    fn word(&self, _word: &Word) -> Option<PaperSet> {
        Some(PaperSet::of(Vec::new(), PAPERS))
    }

    fn similar(&self, _name: &str) -> Option<Vec<RankedPaper>> {
        Some(Vec::new())
    }
}

/// The file of an index of made-up papers.
fn file() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("words.idx");
        let mut builder = IndexBuilder::new(&path, &digests(), 1).expect("a file in the folder");
        for number in 0..PAPERS {
            builder.push(&Paper::made_up(number).doc()).expect("a sound paper");
        }
        builder.finish().expect("an index of sound papers");
        fs::read(&path).expect("the file that was just written")
    })
}

const WORDS: [&str; 16] = [
    "Attention",
    "Model",
    "LoRA",
    "Low",
    "Rank",
    "Memory",
    "Survey",
    "Diffusion",
    "Graphs",
    "GPT-4",
    "Nyström",
    "of",
    "the",
    "нейрон",
    "学习",
    "fine-tuning",
];
const AUTHORS: [&str; 5] = ["Tri Dao", "Gu, Albert", "Évariste Nyström", "Ludwig van der Berg", "Tim Dettmers"];
const CATEGORIES: [&str; 5] = ["cs.LG", "cs.CL", "stat.ML", "math.PR", "quant-ph"];

/// A paper with texts and facts that its number decides.
struct Paper {
    number: usize,
    key: String,
    title: String,
    authors: Vec<String>,
    categories: Vec<String>,
    digests: Vec<(u32, Option<u32>)>,
}

impl Paper {
    fn made_up(number: usize) -> Self {
        // Fibonacci hashing: neighbours share no words.
        let pick = |salt: usize, among: usize| (number + 1).wrapping_mul(salt).wrapping_mul(0x9E37_79B9) / 4096 % among;
        let words: Vec<&str> = (1..7).map(|place| WORDS[pick(place, WORDS.len())]).collect();
        Self {
            number,
            key: format!("arxiv:24{:02}.{number:05}", number % 12 + 1),
            title: format!("{} {number}", words.join(" ")),
            authors: (0..number % 3).map(|place| AUTHORS[pick(place + 11, AUTHORS.len())].to_owned()).collect(),
            categories: vec![CATEGORIES[pick(23, CATEGORIES.len())].to_owned()],
            digests: (0..number as u32 % 4)
                .filter(|digest| *digest < 2)
                .map(|digest| (digest, Some(digest + 1)))
                .collect(),
        }
    }

    fn doc(&self) -> Doc<'_> {
        let year = 2017 + (self.number % 9) as i16;
        Doc {
            row: self.number as i64 + 1,
            key: &self.key,
            title: &self.title,
            authors: &self.authors,
            date: PartialDate::new(year, (!self.number.is_multiple_of(5)).then_some(6), None),
            added: 1_700_000_000 + self.number as i64,
            votes: self.number.is_multiple_of(7).then_some(self.number as u32 % 40),
            flags: if self.number.is_multiple_of(2) {
                PaperFlags::CODE.with(PaperFlags::ABSTRACT)
            } else {
                PaperFlags::NONE
            },
            categories: &self.categories,
            digests: &self.digests,
        }
    }
}

fn digests() -> Vec<DigestRow> {
    let row = |day: &str| DigestRow {
        id: format!("hf:{day}"),
        source: "hf".into(),
        label: day.into(),
        day: day.parse().ok(),
    };
    vec![row("2025-03-12"), row("2025-03-13")]
}

/// Notes are not part of the index either.
struct NoNotes;

impl NoteSearch for NoNotes {
    fn notes(&self, _pattern: &Pattern) -> Option<PaperSet> {
        Some(PaperSet::of(Vec::new(), PAPERS))
    }
}
