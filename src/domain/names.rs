//! Splits the names of persons by the rules of BibTeX. Works from the spelling alone and never changes it.

/// `Dettmers` from `Tim Dettmers`, `van der Berg` from `Ludwig van der Berg` or `van der Berg, Ludwig`.
pub fn family_name(name: &str) -> &str {
    split_name(name).family
}

/// The parts of a name, borrowed from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameParts<'a> {
    pub given: &'a str,
    /// With its particle: `van der Berg`.
    pub family: &'a str,
    /// `Jr`, `III`, ...
    pub suffix: &'a str,
}

const PARTICLES: [&str; 22] = [
    "van", "von", "van't", "der", "den", "de", "la", "le", "di", "da", "dos", "du", "ter", "ten", "zu", "el", "al",
    "bin", "ibn", "del", "della", "das",
];
const SUFFIXES: [&str; 9] = ["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "phd", "ph.d."];

/// Splits a name as BibTeX would: `First von Last`, `von Last, First`, `von Last, Jr, First`. A single word is a family name.
pub fn split_name(name: &str) -> NameParts<'_> {
    let name = name.trim();
    let mut commas = name.splitn(3, ',').map(str::trim);
    let first = commas.next().unwrap_or_default();
    match (commas.next(), commas.next()) {
        (Some(suffix), Some(given)) => return NameParts { given, family: first, suffix },
        (Some(given), None) if is_suffix(given) => return NameParts { suffix: given, ..split_spaced(first) },
        (Some(given), None) => return NameParts { given, family: first, suffix: "" },
        _ => {}
    }
    split_spaced(first)
}

fn is_suffix(word: &str) -> bool {
    SUFFIXES.iter().any(|suffix| suffix.eq_ignore_ascii_case(word))
}

fn split_spaced(name: &str) -> NameParts<'_> {
    let (body, suffix) = match name.rsplit_once(' ') {
        Some((body, last)) if is_suffix(last) => (body.trim_end(), last),
        _ => (name, ""),
    };
    let mut start = body.rfind(' ').map_or(0, |space| space + 1);
    // A particle belongs to the family name, and so does everything after the first particle.
    let mut offset = 0;
    for word in body.split(' ') {
        if offset > 0 && offset < start && PARTICLES.iter().any(|particle| particle.eq_ignore_ascii_case(word)) {
            start = offset;
            break;
        }
        offset += word.len() + 1;
    }
    let given = body.get(..start).unwrap_or_default().trim();
    let family = body.get(start..).unwrap_or(body);
    NameParts { given, family, suffix }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_parts_of_a_name_are_parts_of_its_text(name in "[A-Za-zé',. ]{0,40}|\\PC{0,20}") {
            let NameParts { given, family, suffix } = split_name(&name);
            for part in [given, family, suffix] {
                prop_assert!(name.contains(part) && part.trim() == part, "{:?}", part);
            }
            prop_assert_eq!(family_name(&name), family);
            // Only a name that begins with a comma, or is blank, has no family name.
            prop_assert!(!family.is_empty() || name.trim().is_empty() || name.trim().starts_with(','));
        }
    }

    #[test]
    fn names_split_as_bibtex_splits_them() {
        let parts = |name| {
            let NameParts { given, family, suffix } = split_name(name);
            (given, family, suffix)
        };
        assert_eq!(parts("Jane Q. Doe"), ("Jane Q.", "Doe", ""));
        assert_eq!(parts("Ludwig van der Berg"), ("Ludwig", "van der Berg", ""));
        assert_eq!(parts("van der Berg, Ludwig"), ("Ludwig", "van der Berg", ""));
        assert_eq!(parts("Doe, Jr, Jane"), ("Jane", "Doe", "Jr"));
        assert_eq!(parts("Jane Doe Jr."), ("Jane", "Doe", "Jr."));
        assert_eq!(parts("OpenAI"), ("", "OpenAI", ""));
        // A given name may be spelt like a particle, and so may a family name.
        assert_eq!(parts("Al Gore"), ("Al", "Gore", ""));
        assert_eq!(parts("Van Jones Jr."), ("Van", "Jones", "Jr."));
        assert_eq!(parts("Di van der Berg"), ("Di", "van der Berg", ""));
        assert_eq!(parts("Maria Del"), ("Maria", "Del", ""));
        assert_eq!(parts("El, Ana"), ("Ana", "El", ""));
        assert_eq!(parts("  "), ("", "", ""));
    }
}
