//! The one query grammar of search box, saved views, bulk commands, exports and command line: `parse` reads it, `Display` writes what
//! `parse` reads back. Describes what is searched for; never searches.
//!
//! ```text
//! query   = and ("OR" and)*            and binds tighter than OR; AND, OR and NOT are operators in capitals only
//! and     = part (["AND"] part)*
//! part    = ["NOT" | "!" | "-"] ( "(" query ")" | word | 'word | ^word | "phrase" | field:value,value )
//! ```
//!
//! - `-` negates the word, quotation mark or bracket directly after it (`-3d`, `-2403.11111`, `-.net`). Alone, doubled (`--flag`), as an arrow
//!   (`->`), inside a word and directly after a quotation mark or bracket (`"GPT"-4`) it does not. `!` negates before anything but a space.
//! - A negated plain word (`!survey`, `-title:survey`) matches exactly, as in fzf; `!(survey)` negates the fuzzy word.
//! - Values in a list are alternatives: `status:unread,queued`, `author:dao,gu`. The beginning of a value is enough where the values
//!   are known (`status:un`, `added:yest`), and for a year (`year:202` is 2020 to 2029), so that the result narrows steadily while the user types.
//! - Values with spaces, commas, brackets or quotation marks stand in `"..."`; inside, `\"` and `\\` are the characters themselves.
//! - Dates are those of `WrittenDate`: of the calendar, or named and seen from the day on which the query runs (`today`, `last-week`, `march`,
//!   `12-mar`, `7d`). After `digest:` a text in quotation marks is a date only if it has a blank: `digest:"12 mar"`, but `digest:"march"` is a name.
//! - A word that is an arXiv id, a DOI or the URL of one finds that paper. Several such words, also with commas between, are alternatives:
//!   `2403.11111 2404.22222 lora` is `id:2403.11111,2404.22222 lora`, unless AND stands between them. A word without a letter or digit is ignored
//!   beside others; a query with nothing else (`👍`, `()`, `NOT`) finds nothing, which is reported as a mistake.
//!   Between identifiers and in front of them `and`, `or`, bullets, row numbers and the brackets of programs are no words.
//! - `^` before the last word of a phrase makes it the beginning of one: `"low ^ran"`.
//! - Unfinished input is no mistake: an open bracket ends with the text, an operator at the end has no effect yet, and of a phrase with an open
//!   quotation mark the last word is a beginning: `"low ran` is `"low ^ran"`, unless a blank follows it. What is ignored or unfinished is listed
//!   all the same, because a change of all papers found must not leave a part of the query out.

mod complete;
mod complete_number;
mod display;
mod edit;
mod fields;
mod glob;
mod identifiers;
mod lex;
mod parse;
mod phrase;
mod span;
mod value;

pub use self::complete::{Completion, CompletionKind, candidates, complete};
pub use self::fields::{FIELDS, FieldInfo, FieldName, ValueKind};
pub use self::glob::glob;
pub use self::phrase::split_beginning;
pub use self::span::{QueryDate, QueryYear, Span};
use super::date::PartialDate;
use super::reading::Status;

/// A parsed query. Parsing never fails: what cannot be read is taken as words, and `mistakes` says where it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub filter: Filter,
    /// Sort keys, the first one decides first; empty means by relevance when there are free words, else newest first.
    pub sort: Vec<Sort>,
    pub mistakes: Vec<Mistake>,
    /// Parts without effect beside others: signs without a letter, empty brackets. A search goes on without them; a change of all papers that
    /// are found must not.
    pub ignored: Vec<Mistake>,
    /// The same of what may still be typed: an open quotation mark or bracket, an operator at the end.
    pub unfinished: Vec<Mistake>,
}

/// Which papers match. In normal form, as `parse`, `all_of`, `any_of` and `negated` build it: no `All` or `Nothing` inside another filter, no `And`
/// directly in an `And`, no `Or` in an `Or`, no `Not` in a `Not`, and at least two parts in a list. `Display` writes a filter in normal
/// form so that it parses back to the same one.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Filter {
    /// Every paper.
    #[default]
    All,
    /// No paper: the filter of a query that has nothing to search for.
    Nothing,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Term(Term),
}

/// One condition. A list matches when any of its values does.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A free word, matched against title, authors, abstract, note and tags.
    Word(Word),
    /// Words next to each other, in title or abstract; see `split_beginning`.
    Phrase(String),
    /// In one field only.
    Title(Pattern),
    Author(Pattern),
    Abstract(Pattern),
    /// In the user's note.
    Note(Pattern),
    Status(Vec<Status>),
    Is(Vec<Is>),
    Has(Vec<Has>),
    /// Tag patterns (see `glob`); the empty list, `tag:` without a value, matches any tag.
    Tag(Vec<String>),
    /// Category patterns (see `glob`): `cs.LG`, `cs.*`, `cs`.
    Category(Vec<String>),
    Source(Vec<String>),
    Year(Span<QueryYear>),
    /// First submission.
    Date(Span<QueryDate>),
    /// When the paper came into this library.
    Added(Span<QueryDate>),
    /// Digests by day, or by id or label (`digest:starter`).
    Digest(DigestPattern),
    /// An arXiv id, DOI, URL of one or paper key, as typed.
    Id(String),
    Votes(Span<u32>),
    /// Papers like the one with this id.
    Similar(String),
    /// Papers that fit a description.
    Meaning(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Word {
    pub text: String,
    pub how: How,
}

/// How a free word is matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum How {
    /// Exact, prefix, substring, subsequence or one typo, better matches first.
    #[default]
    Fuzzy,
    /// `'word`: this word, or a word that contains it.
    Exact,
    /// `^word`: a word that begins with it.
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
    Withdrawn,
    Retracted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    Code,
    Note,
    Tag,
    Abstract,
    Pdf,
    Venue,
    /// A later version than the first that was imported.
    Update,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DigestPattern {
    Days(Span<QueryDate>),
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

/// A part of the query that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// How many characters stand before it.
    pub column: usize,
    pub message: String,
}

impl Query {
    /// The first part that does not have the effect it was typed for; None where all of the query is understood.
    pub fn not_understood(&self) -> Option<&Mistake> {
        [&self.mistakes, &self.ignored, &self.unfinished].into_iter().find_map(|noted| noted.first())
    }

    /// Words to highlight: those that are not negated, free or in title, author or abstract.
    pub fn words(&self) -> Vec<&Word> {
        self.filter.positive_terms().into_iter().filter_map(Term::word).collect()
    }

    /// Phrases to highlight: those that are not negated, free or in title, author or abstract.
    pub fn phrases(&self) -> Vec<&str> {
        self.filter.positive_terms().into_iter().filter_map(Term::phrase).collect()
    }

    /// Whether there is a free word that is not negated: then papers come by relevance unless the query says otherwise.
    pub fn has_words(&self) -> bool {
        self.filter.positive_terms().iter().any(|term| matches!(term, Term::Word(_)))
    }

    /// Whether there are words that papers can be sorted by relevance for, if the query says so.
    pub fn has_relevance(&self) -> bool {
        let ranks = |term: &&Term| matches!(term, Term::Word(_) | Term::Abstract(Pattern::Word(_)));
        self.filter.positive_terms().iter().any(ranks)
    }

    /// Whether there are words or phrases that may stand in titles and elsewhere, so that the result has bands.
    pub fn has_free_texts(&self) -> bool {
        self.filter.positive_terms().iter().any(|term| matches!(term, Term::Word(_) | Term::Phrase(_)))
    }

    /// Whether papers come by how similar they are to others, or by how well they fit a description.
    pub fn is_ranked(&self) -> bool {
        self.filter.positive_terms().iter().any(|term| matches!(term, Term::Similar(_) | Term::Meaning(_)))
    }

    /// Whether there is a free word, negated or not.
    pub fn has_free_words(&self) -> bool {
        self.filter.has_free_words()
    }
}

impl Filter {
    /// All of the parts, in normal form.
    pub fn all_of(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Self::All => {}
                Self::Nothing => return Self::Nothing,
                Self::And(inner) => all.extend(inner),
                other => all.push(other),
            }
        }
        if all.len() > 1 { Self::And(all) } else { all.pop().unwrap_or_default() }
    }

    /// Any of the parts, in normal form; without a part, every paper.
    pub fn any_of(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Vec::new();
        let mut alternative = Self::All;
        for part in parts {
            match part {
                Self::All => return Self::All,
                Self::Nothing => alternative = Self::Nothing,
                Self::Or(inner) => any.extend(inner),
                other => any.push(other),
            }
        }
        if any.len() > 1 { Self::Or(any) } else { any.pop().unwrap_or(alternative) }
    }

    /// The opposite, in normal form.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            Self::All => Self::Nothing,
            Self::Nothing => Self::All,
            other => Self::Not(Box::new(other)),
        }
    }

    /// The identifier, where the filter is only one.
    pub fn identifier(&self) -> Option<&str> {
        if let Self::Term(Term::Id(text)) = self { Some(text) } else { None }
    }

    /// Whether the filter is one identifier or a list of them.
    pub fn is_identifiers(&self) -> bool {
        match self {
            Self::Or(parts) => parts.iter().all(|part| part.identifier().is_some()),
            part => part.identifier().is_some(),
        }
    }

    /// The alternatives that the filter is: the parts of an OR, else the filter itself.
    fn into_alternatives(self) -> Vec<Self> {
        match self {
            Self::Or(parts) => parts,
            part => vec![part],
        }
    }

    fn has_free_words(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::has_free_words),
            Self::Not(part) => part.has_free_words(),
            Self::Term(term) => matches!(term, Term::Word(_)),
            Self::All | Self::Nothing => false,
        }
    }

    fn positive_terms(&self) -> Vec<&Term> {
        let (mut terms, mut open) = (Vec::new(), vec![self]);
        while let Some(filter) = open.pop() {
            match filter {
                Self::Term(term) => terms.push(term),
                Self::And(parts) | Self::Or(parts) => open.extend(parts.iter().rev()),
                Self::All | Self::Nothing | Self::Not(_) => {}
            }
        }
        terms
    }
}

impl Term {
    /// The digests of a day, month or year.
    pub fn digest_of(day: PartialDate) -> Self {
        Self::Digest(DigestPattern::Days(Span::of(day)))
    }

    /// The field of the condition; None for free words and phrases.
    pub fn field(&self) -> Option<FieldName> {
        Some(match self {
            Self::Word(_) | Self::Phrase(_) => return None,
            Self::Title(_) => FieldName::Title,
            Self::Author(_) => FieldName::Author,
            Self::Abstract(_) => FieldName::Abstract,
            Self::Note(_) => FieldName::Note,
            Self::Status(_) => FieldName::Status,
            Self::Is(_) => FieldName::Is,
            Self::Has(_) => FieldName::Has,
            Self::Tag(_) => FieldName::Tag,
            Self::Category(_) => FieldName::Category,
            Self::Source(_) => FieldName::Source,
            Self::Year(_) => FieldName::Year,
            Self::Date(_) => FieldName::Date,
            Self::Added(_) => FieldName::Added,
            Self::Digest(_) => FieldName::Digest,
            Self::Id(_) => FieldName::Id,
            Self::Votes(_) => FieldName::Votes,
            Self::Similar(_) => FieldName::Similar,
            Self::Meaning(_) => FieldName::Meaning,
        })
    }

    fn word(&self) -> Option<&Word> {
        match self {
            Self::Word(word) => Some(word),
            Self::Title(Pattern::Word(word))
            | Self::Author(Pattern::Word(word))
            | Self::Abstract(Pattern::Word(word))
            | Self::Note(Pattern::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn word_mut(&mut self) -> Option<&mut Word> {
        match self {
            Self::Word(word) => Some(word),
            Self::Title(Pattern::Word(word))
            | Self::Author(Pattern::Word(word))
            | Self::Abstract(Pattern::Word(word))
            | Self::Note(Pattern::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn phrase(&self) -> Option<&str> {
        match self {
            Self::Phrase(text) => Some(text),
            Self::Title(Pattern::Phrase(text))
            | Self::Author(Pattern::Phrase(text))
            | Self::Abstract(Pattern::Phrase(text))
            | Self::Note(Pattern::Phrase(text)) => Some(text),
            _ => None,
        }
    }
}

impl Is {
    pub const ALL: [Self; 5] = [Self::Starred, Self::Seen, Self::Touched, Self::Withdrawn, Self::Retracted];

    pub fn name(self) -> &'static str {
        match self {
            Self::Starred => "starred",
            Self::Seen => "seen",
            Self::Touched => "touched",
            Self::Withdrawn => "withdrawn",
            Self::Retracted => "retracted",
        }
    }
}

impl Has {
    pub const ALL: [Self; 7] =
        [Self::Code, Self::Note, Self::Tag, Self::Abstract, Self::Pdf, Self::Venue, Self::Update];

    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Note => "note",
            Self::Tag => "tag",
            Self::Abstract => "abstract",
            Self::Pdf => "pdf",
            Self::Venue => "venue",
            Self::Update => "update",
        }
    }
}

impl SortBy {
    pub const ALL: [Self; 8] =
        [Self::Relevance, Self::Date, Self::Added, Self::Title, Self::Author, Self::Votes, Self::Digest, Self::Status];

    pub fn name(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Date => "date",
            Self::Added => "added",
            Self::Title => "title",
            Self::Author => "author",
            Self::Votes => "upvotes",
            Self::Digest => "digest",
            Self::Status => "status",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_to_highlight_are_the_positive_ones() {
        let query = Query::parse(
            "lora !survey (title:^quant OR -(x y)) \"fine tuning\" author:\"tri dao\" -\"not this\" abs:'regret",
        );
        let words: Vec<&str> = query.words().into_iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, ["lora", "quant", "regret"]);
        assert_eq!(query.phrases(), ["fine tuning", "tri dao"]);
        assert!(query.has_words());
        assert!(!Query::parse("title:lora !survey status:read").has_words());
    }
}
