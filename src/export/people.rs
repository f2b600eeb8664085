//! Authors as exports need them: which names are people, which are groups, and how a short list of authors reads. `domain::names` splits
//! a name into its parts.

use super::entry::one_line;
use crate::domain::names::{NameParts, split_name};
use crate::domain::paper::Paper;

/// Words by which a name is a group's, in lower case. `AI` is tested apart, because `Ai` is a family name.
const GROUP_WORDS: [&str; 20] = [
    "team",
    "collaboration",
    "group",
    "consortium",
    "lab",
    "labs",
    "laboratory",
    "project",
    "initiative",
    "community",
    "foundation",
    "institute",
    "university",
    "network",
    "inc",
    "inc.",
    "committee",
    "alliance",
    "association",
    "research",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name<'a> {
    Person(NameParts<'a>),
    /// A group, or a name of one word: written whole.
    Group(&'a str),
    /// "and others": there are more authors than the source named.
    Others,
}

pub(super) fn read_name(name: &str) -> Name<'_> {
    let name = name.trim();
    if ["others", "and others", "et al", "et al."].contains(&name.to_lowercase().as_str()) {
        return Name::Others;
    }
    let mut words = name.split_whitespace();
    let group = words.any(|word| word == "AI" || GROUP_WORDS.contains(&word.to_lowercase().as_str()));
    let parts = split_name(name);
    if group || parts.given.is_empty() || parts.family.is_empty() { Name::Group(name) } else { Name::Person(parts) }
}

/// The paper's author names, clean and without those that hold no letter.
pub(super) fn author_names(paper: &Paper) -> Vec<String> {
    let names = paper.authors.iter().map(|name| one_line(name).into_string());
    names.filter(|name| name.contains(char::is_alphanumeric)).collect()
}

/// `Doe`, `Doe & van der Berg`, `Doe, van der Berg & Li`, `Dettmers, Pagnoni, et al.`; empty without authors.
pub(super) fn short_authors(paper: &Paper) -> String {
    let names = author_names(paper);
    let mut families: Vec<&str> = Vec::new();
    let mut more = false;
    for name in &names {
        match read_name(name) {
            Name::Person(parts) => families.push(parts.family),
            Name::Group(name) => families.push(name),
            Name::Others => more = true,
        }
    }
    match families.as_slice() {
        [] => String::new(),
        [one] if more => format!("{one} et al."),
        [one] => (*one).to_owned(),
        [first, second] if !more => format!("{first} & {second}"),
        [first, second, third] if !more => format!("{first}, {second} & {third}"),
        [first, second, ..] => format!("{first}, {second}, et al."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_told_from_people() {
        for group in ["OpenAI", "The Example Team", "ATLAS Collaboration", "Mistral AI", "王小明"] {
            assert_eq!(read_name(group), Name::Group(group));
        }
        for person in ["Jane Doe", "Xin Ai", "van der Berg, Ludwig", "Jane Doe Jr."] {
            assert!(matches!(read_name(person), Name::Person(_)), "{person}");
        }
        assert_eq!(read_name("et al."), Name::Others);
    }

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
    }
}
