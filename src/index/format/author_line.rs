//! The authors of a paper in one line: how names are joined, and where the first one ends.

use crate::domain::names::{family_name, split_name};

/// Appends a name: `Berg, Ludwig van der` becomes `Ludwig van der Berg`, so that commas separate names only.
pub(crate) fn join_name(line: &mut String, name: &str) {
    let parts = split_name(name);
    if !line.is_empty() {
        line.push_str(", ");
    }
    let words = [parts.given, parts.family, parts.suffix];
    for (number, word) in words.into_iter().filter(|word| !word.is_empty()).enumerate() {
        if number > 0 {
            line.push(' ');
        }
        word.split(',').for_each(|part| line.push_str(part));
    }
}

/// The first author of a line made by `join_name`.
pub(crate) fn first_author(authors: &str) -> &str {
    authors.split(',').next().unwrap_or_default()
}

/// The family name of that author.
pub(crate) fn first_family_name(authors: &str) -> &str {
    family_name(first_author(authors))
}
