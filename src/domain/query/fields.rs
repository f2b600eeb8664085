//! The table of the grammar's fields. Parsing, help and completion read it; no other list of fields may exist.

/// A field, whichever of its names was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldName {
    Title,
    Author,
    Abstract,
    Note,
    Status,
    Is,
    Has,
    Tag,
    Category,
    Source,
    Year,
    Date,
    Added,
    Digest,
    Id,
    Votes,
    Similar,
    Meaning,
    Sort,
}

/// How the value of a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// A word with or without `'` or `^`, or a phrase.
    Words,
    /// One of the values in the table.
    Choice,
    /// A name from the library; `*` stands for any run of characters.
    Names,
    Year,
    Date,
    /// Days back from today, or dates.
    When,
    /// Days of digests, or part of a digest's name.
    Digest,
    Count,
    Id,
    /// Sort keys, `-` for descending.
    Sort,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    pub field: FieldName,
    /// As `Display` prints it.
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    /// One line for help.
    pub doc: &'static str,
    pub example: &'static str,
    pub kind: ValueKind,
    /// Values that completion offers; for `Choice` and `Sort` all that exist.
    pub values: &'static [&'static str],
}

/// In the order of `FieldName`, which is the order of help.
pub const FIELDS: &[FieldInfo] = &[
    FieldInfo {
        field: FieldName::Title,
        name: "title",
        aliases: &[],
        doc: "words or a phrase in the title",
        example: "title:lora",
        kind: ValueKind::Words,
        values: &[],
    },
    FieldInfo {
        field: FieldName::Author,
        name: "author",
        aliases: &["authors"],
        doc: "an author's name",
        example: "author:\"tri dao\"",
        kind: ValueKind::Words,
        values: &[],
    },
    FieldInfo {
        field: FieldName::Abstract,
        name: "abs",
        aliases: &["abstract"],
        doc: "words or a phrase in the abstract",
        example: "abs:regret",
        kind: ValueKind::Words,
        values: &[],
    },
    FieldInfo {
        field: FieldName::Note,
        name: "note",
        aliases: &["notes"],
        doc: "words or a phrase in your note",
        example: "note:baseline",
        kind: ValueKind::Words,
        values: &[],
    },
    FieldInfo {
        field: FieldName::Status,
        name: "status",
        aliases: &[],
        doc: "how far you are with it",
        example: "status:unread,queued",
        kind: ValueKind::Choice,
        values: &["unread", "queued", "reading", "read", "dropped"],
    },
    FieldInfo {
        field: FieldName::Is,
        name: "is",
        aliases: &[],
        doc: "starred, seen, or changed by you in any way; withdrawn by its authors or retracted",
        example: "is:starred",
        kind: ValueKind::Choice,
        values: &["starred", "seen", "touched", "withdrawn", "retracted"],
    },
    FieldInfo {
        field: FieldName::Has,
        name: "has",
        aliases: &[],
        doc: "what it has or you have added",
        example: "has:code",
        kind: ValueKind::Choice,
        values: &["code", "note", "tag", "abstract", "pdf", "venue", "update"],
    },
    FieldInfo {
        field: FieldName::Tag,
        name: "tag",
        aliases: &["tags"],
        doc: "your tags, with the tags nested under them; without a value any tag",
        example: "tag:area/*",
        kind: ValueKind::Names,
        values: &[],
    },
    FieldInfo {
        field: FieldName::Category,
        name: "cat",
        aliases: &["category", "categories"],
        doc: "arXiv categories; an archive stands for all of its categories",
        example: "cat:cs.LG,stat",
        kind: ValueKind::Names,
        values: &[],
    },
    FieldInfo {
        field: FieldName::Source,
        name: "source",
        aliases: &[],
        doc: "where it was imported from",
        example: "source:hf",
        kind: ValueKind::Names,
        values: &[],
    },
    FieldInfo {
        field: FieldName::Year,
        name: "year",
        aliases: &[],
        doc: "year of the first submission",
        example: "year:2020..2024",
        kind: ValueKind::Year,
        values: &["this", "last"],
    },
    FieldInfo {
        field: FieldName::Date,
        name: "date",
        aliases: &["published"],
        doc: "day of the first submission: dates, or named ones such as last-week, march, 7d",
        example: "date:2024-03..2024-05",
        kind: ValueKind::Date,
        values: &["this-week", "last-week", "this-month", "last-month", "this-year", "last-year"],
    },
    FieldInfo {
        field: FieldName::Added,
        name: "added",
        aliases: &[],
        doc: "when it came into your library: today, yesterday, last-week, 7d, 2w, 3m, 1y, or dates",
        example: "added:7d",
        kind: ValueKind::When,
        values: &[
            "today",
            "yesterday",
            "this-week",
            "last-week",
            "this-month",
            "last-month",
            "7d",
            "2w",
            "1m",
            "3m",
            "1y",
        ],
    },
    FieldInfo {
        field: FieldName::Digest,
        name: "digest",
        aliases: &["digests"],
        doc: "a digest it was seen in, by day (also today, march, \"12 mar\") or by part of its name",
        example: "digest:2025-03-12",
        kind: ValueKind::Digest,
        values: &["today", "yesterday", "this-week", "last-week", "this-month", "last-month"],
    },
    FieldInfo {
        field: FieldName::Id,
        name: "id",
        aliases: &["arxiv", "doi"],
        doc: "an arXiv id, a DOI, the URL of one, or a paper key",
        example: "id:2403.03507",
        kind: ValueKind::Id,
        values: &[],
    },
    FieldInfo {
        field: FieldName::Votes,
        name: "upvotes",
        aliases: &["votes"],
        doc: "most votes in any digest",
        example: "upvotes:>50",
        kind: ValueKind::Count,
        values: &[">10", ">50", ">100"],
    },
    FieldInfo {
        field: FieldName::Similar,
        name: "similar",
        aliases: &[],
        doc: "papers like the one with this id, like all starred ones, or like those with a tag",
        example: "similar:2403.03507",
        kind: ValueKind::Id,
        values: &["starred", "tag/"],
    },
    FieldInfo {
        field: FieldName::Meaning,
        name: "meaning",
        aliases: &[],
        doc: "papers that fit a description; the same as ~ before all words",
        example: "meaning:\"cheap training\"",
        kind: ValueKind::Words,
        values: &[],
    },
    FieldInfo {
        field: FieldName::Sort,
        name: "sort",
        aliases: &[],
        doc: "sort keys, the most important first; - for descending",
        example: "sort:title,-upvotes",
        kind: ValueKind::Sort,
        values: &[
            "relevance",
            "-date",
            "date",
            "-added",
            "added",
            "title",
            "-title",
            "author",
            "-author",
            "-upvotes",
            "upvotes",
            "-digest",
            "digest",
            "status",
            "-status",
        ],
    },
];

impl FieldName {
    /// The row of the table.
    #[expect(
        clippy::indexing_slicing,
        reason = "the table has a row for each field, in their order; a test compares them"
    )]
    pub fn info(self) -> &'static FieldInfo {
        &FIELDS[self as usize]
    }

    /// The field's name as it is printed.
    pub fn name(self) -> &'static str {
        self.info().name
    }
}

/// The field with a name or alias. Case is ignored.
pub(super) fn field_named(name: &str) -> Option<&'static FieldInfo> {
    FIELDS.iter().find(|info| names(info).any(|known| known.eq_ignore_ascii_case(name)))
}

/// The name first, then the aliases.
pub(super) fn names(info: &FieldInfo) -> impl Iterator<Item = &'static str> {
    std::iter::once(info.name).chain(info.aliases.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::{Has, Is, Query, SortBy};
    use crate::domain::reading::Status;

    #[test]
    fn the_table_names_each_field_and_value_once_and_its_examples_read() {
        let mut all: Vec<&str> = FIELDS.iter().flat_map(names).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        for info in FIELDS {
            assert_eq!(info.field.info().field, info.field);
            for text in
                info.values.iter().map(|value| format!("{}:{value}", info.name)).chain([info.example.to_owned()])
            {
                let query = Query::parse(&text);
                assert_eq!(query.mistakes, [], "{text}");
                assert!(query.to_string().starts_with(info.name), "{text} became {query}");
            }
        }
        assert_eq!(FieldName::Status.info().values, Status::ALL.map(Status::name));
        assert_eq!(FieldName::Is.info().values, Is::ALL.map(Is::name));
        assert_eq!(FieldName::Has.info().values, Has::ALL.map(Has::name));
        let sorts: Vec<&str> =
            FieldName::Sort.info().values.iter().map(|value| value.trim_start_matches('-')).collect();
        assert!(SortBy::ALL.into_iter().all(|by| sorts.contains(&by.name())));
    }
}
