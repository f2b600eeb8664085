//! The authors of a paper in one line: how names are joined, and where the family name of the first one begins.

use crate::domain::names::{Name, NameParts, printed_family_name, printed_name, read_name};

/// Stands before the family name of the first author where the printed name alone would not tell it. Shown as a space, and no part of a
/// word for any search.
const FAMILY_FOLLOWS: char = '\u{a0}';

/// Appends a name as papers print it: `van der Berg, Ludwig` becomes `Ludwig van der Berg`, so that commas separate names only.
pub(crate) fn join_name(line: &mut String, name: &str) {
    let is_first = line.is_empty();
    if !is_first {
        line.push_str(", ");
    }
    // Any other name is spelled as it is printed.
    if !name.contains([',', '{', FAMILY_FOLLOWS]) {
        line.push_str(name);
        return;
    }
    let name = name.replace(FAMILY_FOLLOWS, " ");
    let start = line.len();
    line.extend(printed_name(&name).chars().filter(|c| *c != ','));
    let printed = line.get(start..).unwrap_or_default();
    let family = match read_name(&name) {
        Name::Person(NameParts { family, .. }) => family,
        Name::Group(_) => printed.into(),
        Name::Others => return,
    };
    if !is_first || printed_family_name(printed) == family {
        return;
    }
    if let Some(at) = printed.find(&*family) {
        let space = start + at.saturating_sub(1)..start + at;
        line.replace_range(space, FAMILY_FOLLOWS.encode_utf8(&mut [0; 4]));
    }
}

/// The first author of a line made by `join_name`.
pub(crate) fn first_author(authors: &str) -> &str {
    authors.split(',').next().unwrap_or_default()
}

/// The family name of that author, or the whole name of a group.
pub(crate) fn first_family_name(authors: &str) -> &str {
    let first = first_author(authors);
    match first.split_once(FAMILY_FOLLOWS) {
        Some((_, family)) => family,
        None => printed_family_name(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_the_family_name_of_the_first_author() {
        for (name, printed, family) in [
            ("Ludwig van der Berg", "Ludwig van der Berg", "van der Berg"),
            ("Berg, Ludwig van der", "Ludwig van der Berg", "van der Berg"),
            ("Van Thang, Nguyen", "Nguyen\u{a0}Van Thang", "Van Thang"),
            ("Lab, Jane", "Jane\u{a0}Lab", "Lab"),
            ("{Quiet Boats}", "\u{a0}Quiet Boats", "Quiet Boats"),
            ("The D0 Collaboration", "The D0 Collaboration", "The D0 Collaboration"),
            ("张 三", "张 三", "张"),
            ("Ada\u{a0}Roe", "Ada Roe", "Roe"),
        ] {
            let mut line = String::new();
            join_name(&mut line, name);
            assert_eq!((line.as_str(), first_family_name(&line)), (printed, family), "{name}");
            join_name(&mut line, "Van Thang, Nguyen");
            assert_eq!((line, printed), (format!("{printed}, Nguyen Van Thang"), printed));
        }
        assert_eq!(first_family_name(""), "");
    }
}
