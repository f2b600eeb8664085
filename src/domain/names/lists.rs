//! The authors of a list: one element that names several of them, and an element that belongs to the one before it. Splits only where the
//! text is plainly several names; never changes their order.

use super::groups::{group_and_member, in_braces, is_group};
use super::marks::{is_suffix_or_degree, without_others};
use super::parts::split_printed;
use super::{Name, read_name, spelled};

/// The authors that the elements of a list name, in its order: `and Li Wei` without the conjunction, `Jane Doe, Li Wei, and Ada Roe` as three,
/// `Jane Doe et al.` with the others apart, a group apart from its member, and `Jr` joined to the name before it.
pub fn listed_authors<'a>(elements: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut authors: Vec<String> = Vec::new();
    for element in elements {
        if is_one_name(element) {
            authors.push(element.to_owned());
            continue;
        }
        for name in names_in(element) {
            match authors.last_mut().and_then(|last| with_suffix(last, name)) {
                Some(joined) => {
                    authors.pop();
                    authors.push(joined);
                }
                None => authors.push(name.to_owned()),
            }
        }
    }
    authors
}

/// Whether nothing in an element tells of several names, of others or of a suffix, as in nearly all.
fn is_one_name(element: &str) -> bool {
    let is_plain = |byte: &u8| !matches!(byte, b',' | b';' | b':' | b'{' | b'&');
    let bytes = element.as_bytes();
    let ends = || element.starts_with([' ', 'a']) || element.ends_with([' ', '.', 's']) || element.ends_with(" al");
    bytes.contains(&b' ') && bytes.iter().all(is_plain) && !ends() && !element.contains(" and ")
}

/// The name with the suffix that follows it as an element of its own; None when that is no suffix, or no person is before it.
fn with_suffix(name: &str, suffix: &str) -> Option<String> {
    if !is_suffix_or_degree(suffix) {
        return None;
    }
    match read_name(name) {
        Name::Person(parts) if parts.suffix.is_empty() => Some(spelled(&parts.family, parts.given, suffix)),
        _ => None,
    }
}

/// The names in one element.
fn names_in(element: &str) -> Vec<&str> {
    let whole = element.trim();
    if in_braces(whole).is_some() {
        return vec![whole];
    }
    let mut rest = whole.strip_prefix("and ").or_else(|| whole.strip_prefix("& ")).unwrap_or(whole).trim();
    let others = without_others(rest);
    rest = others.unwrap_or(rest);
    let mut names = match group_and_member(rest) {
        Some((group, member)) => vec![group, member],
        None => split(rest).unwrap_or_else(|| vec![rest]),
    };
    if others.is_some() {
        names.push("et al.");
    }
    names
}

/// Several names in one text; None when it is one, or may be.
fn split(text: &str) -> Option<Vec<&str>> {
    if !text.contains([',', ';']) && !text.contains(" and ") {
        return None;
    }
    let trimmed = |part: &'_ str| part.trim_matches([' ', ',', ';']).len();
    let semicolons: Vec<&str> = text.split(';').map(str::trim).filter(|part| trimmed(part) > 0).collect();
    if semicolons.len() > 1 {
        return Some(semicolons);
    }
    let parts: Vec<&str> = text.split(" and ").flat_map(|part| part.split(',')).map(str::trim).collect();
    let parts: Vec<&str> = parts.into_iter().map(|part| part.strip_prefix("and ").unwrap_or(part)).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    initials_second(text, &parts).or_else(|| families_first(text)).or_else(|| printed(text, &parts))
}

/// `Smith, J., Doe, J. and Roe, A.`
fn initials_second<'a>(text: &'a str, parts: &[&'a str]) -> Option<Vec<&'a str>> {
    let pairs =
        parts.chunks(2).all(|pair| matches!(pair, [family, given] if !are_initials(family) && are_initials(given)));
    if parts.len() < 4 || !pairs {
        return None;
    }
    parts.chunks(2).map(|pair| between(text, pair.first()?, pair.last()?)).collect()
}

/// The part of a text from one of its parts to another.
fn between<'a>(text: &'a str, first: &str, last: &str) -> Option<&'a str> {
    let offset = |part: &str| (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
    text.get(offset(first)?..offset(last)? + last.len())
}

/// `J.`, `J. K.`, `J.-P.`, `JK`
fn are_initials(text: &str) -> bool {
    let letters = text.split(['.', ' ', '-']).filter(|letters| !letters.is_empty());
    let is_initial = |letters: &str| letters.chars().count() <= 2 && letters.starts_with(char::is_uppercase);
    let mut letters = letters.peekable();
    letters.peek().is_some() && letters.all(is_initial) && (text.contains('.') || text.chars().all(char::is_uppercase))
}

/// `Doe, Jane and Roe, Richard`: every part around an `and` has one comma, and lists the family name first.
fn families_first(text: &str) -> Option<Vec<&str>> {
    let names: Vec<&str> = text.split(" and ").map(|name| name.trim_matches([' ', ','])).collect();
    let is_listed = |name: &&str| {
        name.matches(',').count() == 1
            && name.split(',').all(|part| part.contains(char::is_alphabetic) && !is_group(part))
            && matches!(read_name(name), Name::Person(_))
            && name.split(',').any(|part| !part.trim().contains(' '))
    };
    (names.len() > 1 && names.iter().all(is_listed)).then_some(names)
}

/// `John Smith, Jane Doe, and Bob Roe`: each part is a whole name. Two around one comma may be a family name and given names of two words.
fn printed<'a>(text: &'a str, parts: &[&'a str]) -> Option<Vec<&'a str>> {
    let mut names: Vec<&str> = Vec::with_capacity(parts.len());
    for part in parts {
        if is_suffix_or_degree(part) {
            let before = names.pop()?;
            names.push(between(text, before, part)?);
        } else {
            split_printed(part)?;
            names.push(part);
        }
    }
    (names.len() > 2 || names.len() == 2 && text.contains(" and ")).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_names_in_one_element_are_split_where_it_is_plain() {
        for (elements, expected) in [
            (vec!["Jane Doe", "and Lei Bai"], vec!["Jane Doe", "Lei Bai"]),
            (vec!["Smith, J., Doe, J."], vec!["Smith, J.", "Doe, J."]),
            (vec!["Smith, J.-P., Doe, J. K. and Roe, AB"], vec!["Smith, J.-P.", "Doe, J. K.", "Roe, AB"]),
            (vec!["John Smith, Jane Doe, and Bob Roe"], vec!["John Smith", "Jane Doe", "Bob Roe"]),
            (vec!["John Smith, Jr., A.B.Doe, Bob Roe"], vec!["John Smith, Jr.", "A.B.Doe", "Bob Roe"]),
            (vec!["Robert Tyre Jones Jr. and Bob Smith"], vec!["Robert Tyre Jones Jr.", "Bob Smith"]),
            (vec!["Doe, Jane and Roe, Ada Q."], vec!["Doe, Jane", "Roe, Ada Q."]),
            (vec!["Jane Doe; Roe, Ada"], vec!["Jane Doe", "Roe, Ada"]),
            (vec!["John Smith et al."], vec!["John Smith", "et al."]),
            (vec!["John Smith, Jane Doe, Bob Roe and others"], vec!["John Smith", "Jane Doe", "Bob Roe", "et al."]),
            (vec!["The Boat Collaboration: J. Doe"], vec!["The Boat Collaboration", "J. Doe"]),
            // A suffix that was split off.
            (vec!["Guy L. Steele", "Jr", "Ada Roe"], vec!["Guy L. Steele Jr", "Ada Roe"]),
            (vec!["Steele, Guy L.", "Jr."], vec!["Guy L. Steele Jr."]),
            (vec!["Jane Doe", "M.D."], vec!["Jane Doe M.D."]),
            // One name, or not plainly several.
            (vec!["Jr", "Doe"], vec!["Jr", "Doe"]),
            (vec!["García López, José María"], vec!["García López, José María"]),
            (vec!["Doe, Jr, Jane", "Jane Doe, M.D."], vec!["Doe, Jr, Jane", "Jane Doe, M.D."]),
            (vec!["Smith, Jane, Doe"], vec!["Smith, Jane, Doe"]),
            (vec!["{John Smith, Jane Doe, Bob Roe}"], vec!["{John Smith, Jane Doe, Bob Roe}"]),
            (vec!["Boat Collaboration and Rope Collaboration"], vec!["Boat Collaboration and Rope Collaboration"]),
            (vec!["Anders And Roe", "A & B", "et al."], vec!["Anders And Roe", "A & B", "et al."]),
            (vec!["", "and"], vec!["", "and"]),
        ] {
            assert_eq!(listed_authors(elements.clone()), expected, "{elements:?}");
            assert_eq!(listed_authors(expected.iter().copied()), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_letter_is_lost_or_moved(text in "([A-Z][a-z]{0,5}\\.?|,|;|and|et al\\.|Jr)( ([A-Z][a-z]{0,5}\\.?|,|and|Jr)){0,8}|\\PC{0,20}") {
            let letters = |text: &str| text.chars().filter(|c| c.is_uppercase()).collect::<String>();
            proptest::prop_assert_eq!(letters(&listed_authors([text.as_str()]).concat()), letters(&text));
        }
    }
}
