//! The names of authors: which are people and which are groups, and the parts of a person's name by the rules of BibTeX. Works from the
//! spelling alone; where a source states the parts of a name, `Author` keeps them in a spelling that says so. `groups` has the names of
//! groups, `marks` what stands around a name, `parts` the order of the parts, `lists` texts that name several authors.

mod groups;
mod lists;
mod marks;
mod parts;

use std::borrow::Cow;

pub use groups::group_and_member;
use groups::{in_braces, is_split_group};
pub use lists::listed_authors;
use marks::{is_others, is_suffix_or_degree, without_marks};
pub use parts::is_east_asian;
use parts::{split_listed, split_printed, writes_family_first};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name<'a> {
    Person(NameParts<'a>),
    /// A group, or a name of one word: never split.
    Group(&'a str),
    /// `et al.`: there are more authors than the source named.
    Others,
}

/// The parts of a person's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameParts<'a> {
    pub given: &'a str,
    /// With its particles: `van der Berg`. Borrowed, unless the particles were written behind the given name: `Berg, Ludwig van der`.
    pub family: Cow<'a, str>,
    /// `Jr`, `III`, ...
    pub suffix: &'a str,
}

/// Family names of people, in the spelling of the author: `Dettmers` of `Tim Dettmers`, `van der Berg` of `Ludwig van der Berg` or
/// `van der Berg, Ludwig`; the whole name of a group; empty for `et al.`.
pub fn family_name(name: &str) -> Cow<'_, str> {
    match read_name(name) {
        Name::Person(parts) => parts.family,
        Name::Group(name) => Cow::Borrowed(name),
        Name::Others => Cow::Borrowed(""),
    }
}

/// `family_name` of a name in printed order, where it is always a part of the text.
pub fn printed_family_name(name: &str) -> &str {
    let name = without_marks(name.trim());
    match split_printed(name) {
        Some((_, family, _)) => family,
        None => name,
    }
}

/// Reads a name as it is printed (`Given Family`, `Given Family Suffix`, family first in Chinese, Japanese and Korean script), as BibTeX
/// lists it (`Family, Given`, `Family, Suffix, Given`), or in braces as a group (`{Example Workshop}`). Marks of affiliations around it,
/// such as `*`, `(1 and 2)` or a number, and titles such as `Dr.` do not belong to it. A text with other commas is never taken apart: it
/// counts as a group.
pub fn read_name(name: &str) -> Name<'_> {
    let name = name.trim();
    if let Some(group) = in_braces(name) {
        return Name::Group(group);
    }
    let name = without_marks(name);
    if is_others(name) {
        return Name::Others;
    }
    if name.contains(',') {
        return split_listed(name).map_or(Name::Group(name), Name::Person);
    }
    match split_printed(name) {
        Some((given, family, suffix)) => Name::Person(NameParts { given, family: family.into(), suffix }),
        None => Name::Group(name),
    }
}

/// The name in the order in which papers print it: `Ludwig van der Berg` of `van der Berg, Ludwig`.
pub fn printed_name(name: &str) -> Cow<'_, str> {
    if !name.contains([',', '{']) {
        return Cow::Borrowed(name.trim());
    }
    match read_name(name) {
        Name::Person(NameParts { given, family, suffix }) => Cow::Owned(in_printed_order(&family, given, suffix)),
        Name::Group(group) => Cow::Borrowed(group),
        Name::Others => Cow::Borrowed(name.trim()),
    }
}

/// The shortest spelling that `read_name` reads as these parts, the printed one where it can. An empty given name makes a group, and so do
/// the parts of a group that was split like a person: `Collaboration, The Example`.
pub fn spelled(family: &str, given: &str, suffix: &str) -> String {
    let (family, given) = (without_marks(family.trim()), without_marks(given.trim()));
    let suffix = if is_suffix_or_degree(suffix.trim()) { suffix.trim() } else { "" };
    if given.is_empty() || family.is_empty() || is_split_group(family, given) {
        let colon = |part| str::trim_end_matches(part, [':', ' ']);
        let printed = in_printed_order(colon(family), colon(given), suffix);
        return if matches!(read_name(&printed), Name::Person(_)) { format!("{{{printed}}}") } else { printed };
    }
    let printed = in_printed_order(family, given, suffix);
    let listed = if suffix.is_empty() { format!("{family}, {given}") } else { format!("{family}, {suffix}, {given}") };
    if read_name(&printed) == read_name(&listed) { printed } else { listed }
}

fn in_printed_order(family: &str, given: &str, suffix: &str) -> String {
    let family_first = !family.is_empty() && writes_family_first(family) && writes_family_first(given);
    let [first, second] = if family_first { [family, given] } else { [given, family] };
    let parts = [first, second, suffix].into_iter().filter(|part| !part.is_empty());
    let mut printed = String::with_capacity(family.len() + given.len() + suffix.len() + 2);
    for part in parts {
        if !printed.is_empty() {
            printed.push(' ');
        }
        // A comma would say that the family name comes first.
        part.split(',').for_each(|part| printed.push_str(part));
    }
    printed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(name: &str) -> (String, String, String) {
        match read_name(name) {
            Name::Person(NameParts { given, family, suffix }) => (given.into(), family.into_owned(), suffix.into()),
            other => (format!("{other:?}"), String::new(), String::new()),
        }
    }

    /// `Family, Given`, `Family, Suffix, Given`, or the group in braces.
    fn listed(name: &str) -> String {
        match read_name(name) {
            Name::Person(NameParts { given, family, suffix: "" }) => format!("{family}, {given}"),
            Name::Person(NameParts { given, family, suffix }) => format!("{family}, {suffix}, {given}"),
            Name::Group(name) => format!("{{{name}}}"),
            Name::Others => "others".into(),
        }
    }

    #[test]
    fn names_split_as_bibtex_splits_them() {
        for (name, expected) in [
            ("Jane Q. Doe", "Doe, Jane Q."),
            ("Doe, Jr, Jane", "Doe, Jr, Jane"),
            ("Doe, Jane, Jr.", "Doe, Jr., Jane"),
            ("Jane Doe Jr.", "Doe, Jr., Jane"),
            ("Jane Doe, Jr.", "Doe, Jr., Jane"),
            ("Ludwig van der Berg, Jr.", "van der Berg, Jr., Ludwig"),
            ("Ana Roe III", "Roe, III, Ana"),
            ("Bento Alves de Souza Junior", "de Souza, Junior, Bento Alves"),
            ("Plato", "{Plato}"),
            ("Elizabeth II", "{Elizabeth II}"),
            ("  ", "{}"),
            // A family name without a given one.
            ("van der Berg", "{van der Berg}"),
            ("de Broglie", "{de Broglie}"),
            ("bin Zhang", "Zhang, bin"),
            // Lower-case words are particles, whichever they are.
            ("Ludwig van der Berg", "van der Berg, Ludwig"),
            ("Berg, Ludwig van der", "van der Berg, Ludwig"),
            ("Gerard 't Hooft", "'t Hooft, Gerard"),
            ("Peter van 't Hof", "van 't Hof, Peter"),
            ("Hans vom Bruch", "vom Bruch, Hans"),
            ("Ana dal Pont", "dal Pont, Ana"),
            ("Carlo de' Medici", "de' Medici, Carlo"),
            ("Jean d'Alembert", "d'Alembert, Jean"),
            ("Artur d’Avila Garcez", "d’Avila Garcez, Artur"),
            ("Rhys ap Gwilym", "ap Gwilym, Rhys"),
            ("Yehuda ben David", "ben David, Yehuda"),
            ("Fatima bint Ali", "bint Ali, Fatima"),
            ("Abd al-Rahman ibn Khaldun", "al-Rahman ibn Khaldun, Abd"),
            ("Charles de la Vallée Poussin", "de la Vallée Poussin, Charles"),
            ("Maria das Dores e Silva", "das Dores e Silva, Maria"),
            ("José Ortega y Gasset", "Ortega y Gasset, José"),
            ("Jo e Silva", "e Silva, Jo"),
            // An initial is none, and neither are the words of a name in lower case.
            ("Ada m Roe", "Roe, Ada m"),
            ("ada maria roe", "roe, ada maria"),
            ("ada van roe", "van roe, ada"),
            // Capitalised particles.
            ("Niall Ó Briain", "Ó Briain, Niall"),
            ("Máire Ní Dhónaill", "Ní Dhónaill, Máire"),
            ("James O’ Neill", "O’ Neill, James"),
            ("Peter Van den Bossche", "Van den Bossche, Peter"),
            ("Bart Ter Haar", "Ter Haar, Bart"),
            ("Ana De la Cruz", "De la Cruz, Ana"),
            ("Luc Van Damme", "Van Damme, Luc"),
            ("Ada El Badri", "El Badri, Ada"),
            // The same words as given names.
            ("Hoang Van Nguyen", "Nguyen, Hoang Van"),
            ("Nguyen Van Thang", "Thang, Nguyen Van"),
            ("Minh Le Nguyen", "Nguyen, Minh Le"),
            ("Xu De Yang", "Yang, Xu De"),
            ("Li Da Wei", "Wei, Li Da"),
            ("Wang Bin Zhang", "Zhang, Wang Bin"),
            ("Al Gore", "Gore, Al"),
            ("Van Jones Jr.", "Jones, Jr., Van"),
            ("Di van der Berg", "van der Berg, Di"),
            ("Maria Del", "Del, Maria"),
            ("El, Ana", "El, Ana"),
            // Family first in the scripts that write it so.
            ("张 三", "张, 三"),
            ("山田 太郎", "山田, 太郎"),
            ("김 철수", "김, 철수"),
            ("ジョン スミス", "スミス, ジョン"),
            ("李明", "{李明}"),
            // Marks and titles.
            ("Jane Doe (MIT)", "Doe, Jane"),
            ("B. Jones (1 and 2)", "Jones, B."),
            ("Ada Roe (Lab (North))*", "Roe, Ada"),
            ("Jane Doe†", "Doe, Jane"),
            ("*Jane Doe", "Doe, Jane"),
            ("Jane Doe [2]", "Doe, Jane"),
            ("Jane Doe)", "Doe, Jane"),
            ("Jane Doe 0002", "Doe, Jane"),
            ("Jane (Jay) Doe", "Doe, Jane (Jay)"),
            ("Dr. Jane Doe", "Doe, Jane"),
            ("Prof. Doe", "Doe, Prof."),
            ("John Smith1", "Smith, John"),
            ("John McSmith1,2", "McSmith, John"),
            ("John Smith 1,2", "Smith, John"),
            ("Jane Doeᵃ", "Doe, Jane"),
            ("Working Group 5", "{Working Group 5}"),
            ("and Lei Bai", "Bai, Lei"),
            ("John Smith et al.", "Smith, John"),
            // Initials without a blank.
            ("A.B.Smith", "Smith, A.B."),
            ("J.-P.Serre", "Serre, J.-P."),
            ("J.K.Rowling", "Rowling, J.K."),
            ("Yu.I.Manin", "Manin, Yu.I."),
            ("B.O'Neill", "O'Neill, B."),
            ("O.J.Simpson Jr.", "Simpson, Jr., O.J."),
            ("Ivor W.Tsang", "Tsang, Ivor W."),
            ("J.R.van der Berg", "van der Berg, J.R."),
            ("Oliver St.John", "St.John, Oliver"),
            ("Booking.com", "{Booking.com}"),
            ("J.K.", "{J.K.}"),
            // Suffixes and degrees.
            ("King Jr., Martin Luther", "King, Jr., Martin Luther"),
            ("Jane Doe, M.D.", "Doe, M.D., Jane"),
            ("Doe, Jane, PhD", "Doe, PhD, Jane"),
            ("Jane Doe MD", "Doe, MD, Jane"),
            ("Jane Doe, Ph.D., M.D.", "Doe, Ph.D., Jane"),
            ("Rahman, Md", "Rahman, Md"),
            ("Silva Junior, José", "Silva Junior, José"),
            // Never shuffled.
            ("Smith, J., Doe, J.", "{Smith, J., Doe, J.}"),
            ("Smith, Jane, Doe", "{Smith, Jane, Doe}"),
            ("et al.", "others"),
            ("and others", "others"),
            ("Others", "others"),
        ] {
            assert_eq!(listed(name), expected, "{name}");
        }
    }

    #[test]
    fn groups_stay_whole() {
        for group in [
            "OpenAI",
            "The Example Team",
            "The D0 Collaboration",
            "ATLAS Collaboration",
            "Mistral AI",
            "Google DeepMind",
            "BigScience Workshop",
            "Microsoft Research Asia",
            "Meta Platforms Inc.",
            "EleutherAI Contributors",
            "GLM-4. 5 Team",
            "Example and Other Collaborations",
            "for the Example Collaboration",
            "A & B",
            "Aubert, The BABAR Collaboration: B.",
        ] {
            assert_eq!(read_name(group), Name::Group(group));
            assert_eq!(family_name(group), group);
        }
        assert_eq!(read_name("{Quiet Boats}"), Name::Group("Quiet Boats"));
        for person in ["Jane Doe", "Xin Ai", "van der Berg, Ludwig", "Jane Doe Jr.", "Jane {Jay} Doe"] {
            assert!(matches!(read_name(person), Name::Person(_)), "{person}");
        }
        let member = group_and_member("The BABAR Collaboration: B. Aubert");
        assert_eq!(member, Some(("The BABAR Collaboration", "B. Aubert")));
        assert_eq!(group_and_member("Nets: B. Aubert"), None);
    }

    #[test]
    fn stated_parts_are_spelled_so_that_they_are_read_again() {
        for (family, given, suffix, expected) in [
            ("Doe", "Jane Q.", "", "Jane Q. Doe"),
            ("'t Hooft", "Gerard", "", "Gerard 't Hooft"),
            ("Yang", "Xu De", "", "Xu De Yang"),
            ("Van Thang", "Nguyen", "", "Van Thang, Nguyen"),
            ("García Roe", "Ana", "", "García Roe, Ana"),
            ("Lab", "Jane", "", "Lab, Jane"),
            ("Bruch", "Hans vom", "", "Hans vom Bruch"),
            ("Møller", "J.", "Jr", "J. Møller Jr"),
            ("Jones", "B.", "1 and 2", "B. Jones"),
            ("Jones", "B. (1 and 2)", "", "B. Jones"),
            ("张", "三", "", "张 三"),
            ("The D0 Collaboration", "", "", "The D0 Collaboration"),
            ("Collaboration", "The D0", "", "The D0 Collaboration"),
            ("Collaboration:", "LIGO Scientific", "", "LIGO Scientific Collaboration"),
            ("The D0 Collaboration:", "", "", "The D0 Collaboration"),
            ("DeepMind", "Google", "", "Google DeepMind"),
            ("Team", "Gemini", "", "Gemini Team"),
            ("Group", "DELPHI Working", "", "DELPHI Working Group"),
            ("AI", "Mistral", "", "Mistral AI"),
            ("Company", "Joan", "", "Company, Joan"),
            ("Quiet Boats", "", "", "{Quiet Boats}"),
            ("Sudha", "", "", "Sudha"),
        ] {
            assert_eq!(spelled(family, given, suffix), expected);
        }
    }

    proptest! {
        #[test]
        fn the_parts_of_a_printed_name_are_parts_of_its_text(name in "[A-Za-zé' .]{0,40}|\\PC{0,20}") {
            if let Name::Person(NameParts { given, family, suffix }) = read_name(&name) {
                for part in [given, suffix] {
                    prop_assert!(name.contains(part) && part.trim() == part, "{:?}", part);
                }
                prop_assert!(!given.is_empty() && !family.is_empty());
                prop_assert!(name.contains(',') || name.contains(&*family));
            }
        }

        #[test]
        fn stated_parts_come_back(
            family in "(van |de |El |Ó )?[A-Z][a-z]{1,6}( [A-Z][a-z]{2,6}| Lab)?",
            given in "[A-Z][a-z]{0,6}( [A-Z]\\.| De| Van)?",
            suffix in "|Jr\\.|III",
        ) {
            // Behind a comma or a name they are read as suffixes.
            prop_assume!(!given.split(' ').chain(family.split(' ')).any(is_suffix_or_degree));
            let spelling = spelled(&family, &given, &suffix);
            prop_assert_eq!(parts(&spelling), (given, family, suffix), "{}", spelling);
        }

        #[test]
        fn the_printed_family_name_is_the_family_name(name in "[A-Za-zé'. ]{0,40}|(Ó|van|De|[A-Z][a-z]+)( (Ó|van|De|[A-Z][a-z]+)){1,4}") {
            let expected = match read_name(&name) {
                Name::Others => return Ok(()),
                _ => family_name(&name),
            };
            prop_assert_eq!(printed_family_name(&name), &*expected);
        }
    }
}
