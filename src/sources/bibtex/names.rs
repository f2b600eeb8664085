//! The names in an `author` field, by the rules of BibTeX and with the names of biblatex that state their parts.

use std::ops::Range;

use super::super::snapshot::rendered;
use crate::domain::paper::Author;

/// The authors of a field, as Unicode.
pub(super) fn authors(field: &str) -> Vec<Author> {
    let mut names = separated(field, is_and);
    // Braces around the whole list, where they do not keep one name together.
    if let [one] = names.as_slice()
        && let Some(inner) = in_braces(one)
        && separated(inner, is_and).len() > 1
        && separated(inner, is_and).iter().all(|name| separated(name, is_comma).len() == 2)
    {
        names = separated(inner, is_and);
    }
    names.into_iter().flat_map(author).collect()
}

/// The authors of one name: none for a blank one, several where commas separate them.
fn author(name: &str) -> Vec<Author> {
    let name = name.trim().trim_end_matches(',').trim_end();
    if name.is_empty() {
        return Vec::new();
    }
    if name == "others" {
        return vec![Author::new("et al.")];
    }
    if let Some(group) = in_braces(name) {
        return Author::stated(&rendered(group), "", "").collect();
    }
    let parts = separated(name, is_comma);
    if let Some(author) = with_named_parts(&parts) {
        return author;
    }
    match parts.as_slice() {
        [_] => printed(name),
        [family, given] => Author::stated(&rendered(family), &rendered(given), "").collect(),
        [family, suffix, given] if !suffix.trim().contains(' ') => {
            Author::stated(&rendered(family), &rendered(given), &rendered(suffix)).collect()
        }
        _ => Author::list([rendered(name).as_str()]),
    }
}

/// `Jane Q. Doe`, or with a family name that braces keep together: `Jane {García Roe}`.
fn printed(name: &str) -> Vec<Author> {
    let words = separated(name, is_blank);
    if let [given @ .., last] = words.as_slice()
        && !given.is_empty()
        && in_braces(last).is_some_and(|family| family.contains(char::is_whitespace))
    {
        return Author::stated(&rendered(last), &rendered(&given.join(" ")), "").collect();
    }
    Author::list([rendered(name).as_str()])
}

/// `family=Berg, given=Ludwig, prefix=van der`
fn with_named_parts(parts: &[&str]) -> Option<Vec<Author>> {
    let part = |name: &str| {
        let mut values = parts.iter().filter_map(|part| part.trim().trim_matches('"').split_once('='));
        values.find(|(found, _)| found.trim() == name).map(|(_, value)| rendered(value.trim().trim_matches('"')))
    };
    let (family, prefix) = (part("family")?, part("prefix").unwrap_or_default());
    let family = if prefix.is_empty() { family } else { format!("{prefix} {family}") };
    let (given, suffix) = (part("given").unwrap_or_default(), part("suffix").unwrap_or_default());
    Some(Author::stated(&family, &given, &suffix).collect())
}

/// The parts of a text between what separates them outside of braces.
fn separated(text: &str, separator: fn(&str, usize) -> Option<Range<usize>>) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0
            && at >= start
            && let Some(range) = separator(text, at)
        {
            parts.push(text.get(start..range.start).unwrap_or_default());
            start = range.end;
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// The word `and` with a blank on each side of it.
fn is_and(text: &str, at: usize) -> Option<Range<usize>> {
    let is_blank = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_whitespace);
    let word = text.get(at..at + 3)?;
    let ends = |at: usize| at == 0 || is_blank(at - 1);
    (word.eq_ignore_ascii_case("and") && ends(at) && (is_blank(at + 3) || at + 3 == text.len())).then_some(at..at + 3)
}

fn is_comma(text: &str, at: usize) -> Option<Range<usize>> {
    (text.as_bytes().get(at) == Some(&b',')).then_some(at..at + 1)
}

fn is_blank(text: &str, at: usize) -> Option<Range<usize>> {
    text.as_bytes().get(at).filter(|byte| byte.is_ascii_whitespace() || **byte == b'~').map(|_| at..at + 1)
}

/// What one pair of braces holds, where it is around the whole text.
fn in_braces(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut depth = 0_isize;
    let balances = inner.bytes().all(|byte| {
        depth += isize::from(byte == b'{') - isize::from(byte == b'}');
        depth >= 0
    });
    (balances && depth == 0).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_bibtex_reads_them() {
        for (field, expected) in [
            ("Jane Q. Doe and Ludwig van der Berg", vec!["Jane Q. Doe", "Ludwig van der Berg"]),
            (
                "Doe, Jane Q.  and\n      van der Berg, Ludwig AND Roe,\n  Ada",
                vec!["Jane Q. Doe", "Ludwig van der Berg", "Ada Roe"],
            ),
            ("Berg, Ludwig van der and Doe, Jr, Jane", vec!["Ludwig van der Berg", "Jane Doe Jr"]),
            ("Doe, Jane and others", vec!["Jane Doe", "et al."]),
            ("{The Quiet Boats} and {Barnes and Noble, Inc.}", vec!["{The Quiet Boats}", "Barnes and Noble Inc."]),
            ("{{The Example Team}}", vec!["The Example Team"]),
            ("{Doe, Jane and Roe, Ada}", vec!["Jane Doe", "Ada Roe"]),
            ("M{\\\"u}ller, J{\\\"o}rg and G{\\'e}rard {\\'A}vila", vec!["Jörg Müller", "Gérard Ávila"]),
            ("{\\'A}lvarez and Brand\\~{a}o, Ana", vec!["Álvarez", "Ana Brandão"]),
            ("Jane {Garc{\\'\\i}a Roe}", vec!["García Roe, Jane"]),
            ("De, Soham and Hu, Edward~J", vec!["Soham De", "Edward J Hu"]),
            (
                "family=Berg, given=W., prefix=van, useprefix=true and family=Roe, given=Ada",
                vec!["W. van Berg", "Ada Roe"],
            ),
            ("Jane Doe, Li Wei, Ada Roe", vec!["Jane Doe", "Li Wei", "Ada Roe"]),
            ("Wei Wang 0001 and Band, Andrew", vec!["Wei Wang 0001", "Andrew Band"]),
            ("凯撒 and 张, 三", vec!["凯撒", "张 三"]),
            (" and and , and", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(authors(field).iter().map(Author::as_str).collect::<Vec<_>>(), expected, "{field}");
        }
    }
}
