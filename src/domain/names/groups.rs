//! Which names are those of groups: by words such as `Collaboration`, and by a list of companies and laboratories.

use super::marks::is_one_of;

/// Words that make a name a group's.
const GROUP_WORDS: &[&str] = &[
    "academy",
    "agency",
    "alliance",
    "association",
    "authors",
    "center",
    "centre",
    "collaboration",
    "collaborations",
    "committee",
    "community",
    "company",
    "consortium",
    "contributors",
    "corp",
    "corporation",
    "council",
    "department",
    "experiment",
    "foundation",
    "gmbh",
    "group",
    "hospital",
    "inc",
    "initiative",
    "institute",
    "lab",
    "laboratories",
    "laboratory",
    "labs",
    "llc",
    "ltd",
    "network",
    "organization",
    "project",
    "research",
    "society",
    "team",
    "university",
    "workshop",
];
/// Group words that are family names, too.
const FAMILY_NAMES: &[&str] = &["center", "centre", "company", "lab", "labs"];
/// Companies and laboratories, spelled exactly so.
const ORGANIZATIONS: &[&str] = &[
    "Alibaba",
    "Anthropic",
    "Baidu",
    "BigCode",
    "BigScience",
    "ByteDance",
    "DeepMind",
    "DeepSeek",
    "Google",
    "Huawei",
    "IBM",
    "LAION",
    "Microsoft",
    "NVIDIA",
    "Nvidia",
    "OpenAI",
    "Samsung",
    "Tencent",
    "Xiaomi",
];

/// Whether a name as it is printed is a group's.
pub(super) fn is_group(name: &str) -> bool {
    name.split(' ').any(|word| {
        // Two names in one text are not split here either.
        word == "&" || word.eq_ignore_ascii_case("and") || is_group_word(word.trim_end_matches(['.', ',', ':']))
    })
}

/// Whether a family name and a given name that a source states are a group that was split like a person: `Collaboration, The Example`,
/// `DeepMind, Google`.
pub(super) fn is_split_group(family: &str, given: &str) -> bool {
    let words = [family, given].into_iter().flat_map(|part| part.split(' '));
    let mut words = words.map(|word| word.trim_end_matches(['.', ',', ':']));
    words.any(|word| is_group_word(word) && !is_one_of(FAMILY_NAMES, word))
}

fn is_group_word(word: &str) -> bool {
    // `AI`, `EleutherAI`; `Ai` is a family name.
    let ai = word.strip_suffix("AI").is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_uppercase()));
    ai || is_one_of(GROUP_WORDS, word) || ORGANIZATIONS.contains(&word)
}

/// The group and the person of `The Example Collaboration: J. Doe`.
pub fn group_and_member(name: &str) -> Option<(&str, &str)> {
    let (group, member) = name.split_once(':')?;
    let (group, member) = (group.trim(), member.trim());
    (is_group(group) && member.contains(char::is_alphabetic)).then_some((group, member))
}

/// The name of a group in braces.
pub(super) fn in_braces(name: &str) -> Option<&str> {
    let inner = name.strip_prefix('{')?.strip_suffix('}')?.trim();
    (!inner.is_empty() && !inner.contains(['{', '}'])).then_some(inner)
}
