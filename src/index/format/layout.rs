//! Which sections the files of an index have, and in which order. Reading and writing them is in `file`.

/// Magic 8, version 4, section count 4, revision 8, papers 8, checksum of the rest of the head 8, in bytes.
pub(super) const HEADER: usize = 40;
/// A table entry: offset 8, length 8, checksum 8, in bytes.
pub(super) const ENTRY: usize = 24;

/// The sections of files of all kinds. Numbers are little-endian. `Offsets` sections are u32, one more than there are items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// JSON: `IndexMeta` or `SegmentMeta`.
    Meta,
    /// Texts of each paper, newest paper first.
    Titles,
    TitleOffsets,
    Authors,
    AuthorOffsets,
    Keys,
    KeyOffsets,
    /// Sorted u64: see `key_hashes`.
    KeyHashes,
    /// Row in papers.db, one i64 for each paper.
    Rows,
    /// One u32 for each paper: packed date, 0 when unknown; Unix seconds; set numbers; ranks in two alphabetical orders.
    Published,
    Added,
    CategorySet,
    DigestSet,
    TitleRank,
    AuthorRank,
    /// The papers with a value in the order of a column: see `orders`. That of dates is empty where document ids are in that order already.
    DateOrder,
    AddedOrder,
    TitleOrder,
    AuthorOrder,
    /// Sorted pairs of u32, document id and votes, of the papers whose votes are known.
    Votes,
    /// Sorted triples of u32, document id, digest and rank, of the sightings with a rank.
    Ranks,
    /// One bitmap for each flag.
    Flags,
    /// The distinct sets of categories, and of digests, that papers have: members as u32, the number of papers with each set, and the
    /// number of papers with each member.
    CategoryMembers,
    CategoryOffsets,
    CategoryCounts,
    CategoryTotals,
    DigestMembers,
    DigestOffsets,
    DigestCounts,
    DigestTotals,
    /// The dictionary: sorted folded terms of titles and authors, a u64 letter mask for each, and postings by field.
    Terms,
    TermOffsets,
    TermMasks,
    TitlePostings,
    TitlePostingOffsets,
    TitlePostingCounts,
    AuthorPostings,
    AuthorPostingOffsets,
    AuthorPostingCounts,
    /// Initialisms of consecutive title words and their postings.
    Initials,
    InitialOffsets,
    InitialPostings,
    InitialPostingOffsets,
    InitialPostingCounts,
    /// One- and two-letter prefixes of so many terms that the union of their postings is stored.
    Prefixes,
    PrefixOffsets,
    PrefixPostings,
    PrefixPostingOffsets,
    PrefixPostingCounts,
    /// Sorted acronyms written in titles and how often each occurs: they decide which initialisms a large index holds.
    Acronyms,
    AcronymOffsets,
    AcronymCounts,
    /// A full-text segment has only these beside `Meta`, `Rows` and `Terms`: postings of abstracts, positions in them, and the number of
    /// words of each abstract as u16.
    AbstractPostings,
    AbstractPostingOffsets,
    AbstractPostingCounts,
    Positions,
    PositionOffsets,
    AbstractLengths,
    /// The numbers of its most frequent terms as u32, and for each two of them the postings of the abstracts in which one follows the other.
    FrequentTerms,
    PairPostings,
    PairPostingOffsets,
    PairPostingCounts,
    /// Sorted definitions of acronyms (`moe mixture of experts`), and how many abstracts have each as u32: of the segment of all abstracts those
    /// that enough have.
    Definitions,
    DefinitionOffsets,
    DefinitionCounts,
    /// Of a recent segment, u32 each: for each paper the first one of the whole segment that it comes before, and the papers of the whole segment
    /// that are no longer in the index, sorted.
    Places,
    Replaced,
}

impl Section {
    pub(super) const COUNT: usize = Self::Replaced as usize + 1;
}

/// The kinds of files. Each has a version of its own, so that one kind stays valid when only the other one changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IndexFileKind {
    /// words.idx and the recent segment beside it.
    Index,
    /// A segment of the full text.
    FullText,
}

/// How files of a kind are laid out.
pub(super) struct FileLayout {
    pub(super) magic: [u8; 8],
    /// Raised whenever a section comes, goes or changes its contents; files of another version are rebuilt.
    pub(super) version: u32,
    /// In file order.
    pub(super) sections: &'static [Section],
}

static INDEX: FileLayout = FileLayout {
    magic: *b"tsundoku",
    version: 12,
    sections: &[
        Section::Meta,
        Section::Titles,
        Section::TitleOffsets,
        Section::Authors,
        Section::AuthorOffsets,
        Section::Keys,
        Section::KeyOffsets,
        Section::KeyHashes,
        Section::Rows,
        Section::Published,
        Section::Added,
        Section::CategorySet,
        Section::DigestSet,
        Section::TitleRank,
        Section::AuthorRank,
        Section::DateOrder,
        Section::AddedOrder,
        Section::TitleOrder,
        Section::AuthorOrder,
        Section::Votes,
        Section::Ranks,
        Section::Flags,
        Section::CategoryMembers,
        Section::CategoryOffsets,
        Section::CategoryCounts,
        Section::CategoryTotals,
        Section::DigestMembers,
        Section::DigestOffsets,
        Section::DigestCounts,
        Section::DigestTotals,
        Section::Terms,
        Section::TermOffsets,
        Section::TermMasks,
        Section::TitlePostings,
        Section::TitlePostingOffsets,
        Section::TitlePostingCounts,
        Section::AuthorPostings,
        Section::AuthorPostingOffsets,
        Section::AuthorPostingCounts,
        Section::Initials,
        Section::InitialOffsets,
        Section::InitialPostings,
        Section::InitialPostingOffsets,
        Section::InitialPostingCounts,
        Section::Prefixes,
        Section::PrefixOffsets,
        Section::PrefixPostings,
        Section::PrefixPostingOffsets,
        Section::PrefixPostingCounts,
        Section::Acronyms,
        Section::AcronymOffsets,
        Section::AcronymCounts,
        Section::Places,
        Section::Replaced,
    ],
};

static FULL_TEXT: FileLayout = FileLayout {
    magic: *b"tsuntext",
    version: 4,
    sections: &[
        Section::Meta,
        Section::Rows,
        Section::Terms,
        Section::TermOffsets,
        Section::AbstractPostings,
        Section::AbstractPostingOffsets,
        Section::AbstractPostingCounts,
        Section::Positions,
        Section::PositionOffsets,
        Section::AbstractLengths,
        Section::FrequentTerms,
        Section::PairPostings,
        Section::PairPostingOffsets,
        Section::PairPostingCounts,
        Section::Definitions,
        Section::DefinitionOffsets,
        Section::DefinitionCounts,
    ],
};

impl IndexFileKind {
    pub(super) fn layout(self) -> &'static FileLayout {
        match self {
            Self::Index => &INDEX,
            Self::FullText => &FULL_TEXT,
        }
    }

    /// Bytes of the head: the header and the table of sections.
    pub(super) fn head(self) -> usize {
        HEADER + self.layout().sections.len() * ENTRY
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_section_belongs_to_a_kind_of_file() {
        let places = |kind: IndexFileKind| kind.layout().sections.iter().map(|section| *section as usize);
        let all: BTreeSet<usize> = places(IndexFileKind::Index).chain(places(IndexFileKind::FullText)).collect();
        assert_eq!(all.len(), Section::COUNT);
    }
}
