//! Authors as exports need them: clean names, and how a short list of them reads. `domain::names` tells people from groups.

use std::borrow::Cow;

use super::entry::one_line;
use crate::domain::names::{Name, listed_authors, printed_name, read_name};
use crate::domain::paper::Paper;

/// The paper's author names, clean and without those that hold no letter. Texts that name several, stored before imports took them apart, are
/// taken apart.
pub(super) fn author_names(paper: &Paper) -> Vec<String> {
    let names = paper.authors.iter().map(|author| one_line(author.as_str()).into_string());
    let names: Vec<String> = names.filter(|name| name.contains(char::is_alphanumeric)).collect();
    listed_authors(names.iter().map(String::as_str))
}

/// The same as papers print them.
pub(super) fn printed_authors(paper: &Paper) -> Vec<String> {
    author_names(paper).iter().map(|name| printed_name(name).into_owned()).collect()
}

/// `Doe`, `Doe & van der Berg`, `Doe, van der Berg & Li`, `Dettmers, Pagnoni, et al.`; empty without authors.
pub(super) fn short_authors(paper: &Paper) -> String {
    let names = author_names(paper);
    let mut families: Vec<Cow<'_, str>> = Vec::new();
    let mut more = false;
    for name in &names {
        match read_name(name) {
            Name::Person(parts) => families.push(parts.family),
            Name::Group(name) => families.push(name.into()),
            Name::Others => more = true,
        }
    }
    match families.as_slice() {
        [] => String::new(),
        [one] if more => format!("{one} et al."),
        [one] => one.clone().into_owned(),
        [first, second] if !more => format!("{first} & {second}"),
        [first, second, third] if !more => format!("{first}, {second} & {third}"),
        [first, second, ..] => format!("{first}, {second}, et al."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lists_read_as_people_write_them() {
        let short = |names: &[&str]| {
            short_authors(&Paper { authors: names.iter().map(|&name| name.into()).collect(), ..Paper::default() })
        };
        assert_eq!(short(&[]), "");
        assert_eq!(short(&["Jane Q. Doe"]), "Doe");
        assert_eq!(short(&["Jane Q. Doe", "Ludwig van der Berg"]), "Doe & van der Berg");
        assert_eq!(short(&["A B", "C D", "E F"]), "B, D & F");
        assert_eq!(
            short(&["Tim Dettmers", "Artidoro Pagnoni", "Ari Holtzman", "Luke Zettlemoyer"]),
            "Dettmers, Pagnoni, et al."
        );
        assert_eq!(short(&["Jane Doe", "others"]), "Doe et al.");
        assert_eq!(short(&["Jane Doe et al."]), "Doe et al.");
        assert_eq!(short(&["Guy L. Steele", "Jr", "and Lei Bai"]), "Steele & Bai");
    }
}
