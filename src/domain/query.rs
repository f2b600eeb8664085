//! The one query grammar: search box, saved views, bulk commands, exports and the command line all read it here, and `Display`
//! writes what `parse` reads. It says what is asked; how it is answered is the library's affair.

use jiff::civil::Date;

use super::date::PartialDate;
use super::reading::Status;

/// A parsed query. Parsing never fails: what cannot be read is taken as words, and the mistake is kept for showing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub filter: Filter,
    /// First key decides; empty means by relevance when there are free words, else newest first.
    pub sort: Vec<Sort>,
    pub mistakes: Vec<Mistake>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Filter {
    /// Every paper.
    #[default]
    All,
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Term(Term),
}

/// One condition. Lists mean any of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A free word, matched against titles and authors.
    Word(Word),
    /// Words next to each other, in title or abstract.
    Phrase(String),
    /// In one field only.
    Title(Pattern),
    Author(Pattern),
    Abstract(Pattern),
    Status(Vec<Status>),
    Is(Vec<Is>),
    Has(Vec<Has>),
    /// Tag globs: `*` stands for any run of characters; no value given in the query is the empty list: any tag.
    Tag(Vec<String>),
    /// Category globs, compared without case: `cs.LG`, `cs.*`, `cs`.
    Category(Vec<String>),
    Source(Vec<String>),
    Year(Span<i16>),
    /// First submission.
    Date(Span<PartialDate>),
    /// When the paper came into this library.
    Added(When),
    /// Digests by day, or by id or label (`digest:starter`).
    Digest(DigestPattern),
    /// Any id or key, as typed.
    Id(String),
    Votes(Span<u32>),
    /// Papers like the one with this id.
    Similar(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Word {
    pub text: String,
    pub how: How,
}

/// How a free word is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// Exact, prefix, substring, subsequence or one typo, better matches first.
    Fuzzy,
    /// `'word`: exactly this word or a part of one.
    Exact,
    /// `^word`: a word that begins so.
    Prefix,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    Word(Word),
    Phrase(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    Starred,
    Seen,
    /// Any status but unread, or a star, a tag or a note.
    Touched,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    Code,
    Note,
    Tag,
    Abstract,
    Pdf,
    Venue,
}

/// An inclusive range; an open end is None.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span<T> {
    pub from: Option<T>,
    pub to: Option<T>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// Within the last days: `7d`, `2w`, `3m` (30 days), `1y` (365 days); kept in the unit typed.
    Last {
        count: u32,
        unit: Unit,
    },
    Between(Span<PartialDate>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Days,
    Weeks,
    Months,
    Years,
}

impl When {
    /// First and last day meant, both inclusive, on the day `today`.
    pub fn days(&self, today: Date) -> (Date, Date) {
        (today, today)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum DigestPattern {
    Days(Span<PartialDate>),
    /// Part of an id or label, without case.
    Named(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub by: SortBy,
    pub descending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortBy {
    Relevance,
    /// First submission.
    Date,
    Added,
    Title,
    Author,
    Votes,
    /// Latest digest first, in the order of its page.
    Digest,
    Status,
}

/// What could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Characters before the mistake, from 0.
    pub column: usize,
    pub message: String,
}

impl Query {
    pub fn parse(_text: &str) -> Self {
        Self::default()
    }
}
