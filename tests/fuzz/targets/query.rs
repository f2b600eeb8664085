//! Queries as they are typed.

use std::str;

use tsundoku::domain::query::{self, Query};

/// What a query prints reads back as the same query, and completion replaces characters that are there.
pub(crate) fn query(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let query = Query::parse(text);
    let printed = query.to_string();
    let again = Query::parse(&printed);
    assert_eq!((&again.filter, &again.sort), (&query.filter, &query.sort), "{printed}");
    assert_eq!(again.to_string(), printed);

    let length = text.chars().count();
    for cursor in [0, length / 2, length] {
        if let Some(completion) = query::complete(text, cursor) {
            let replaced = completion.replace;
            assert!(replaced.start <= replaced.end && replaced.end <= length, "{replaced:?} of {length}");
        }
    }
}
