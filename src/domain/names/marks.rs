//! What stands around a name and does not belong to it: marks of affiliations, titles, conjunctions, `et al.`; and the suffixes and degrees
//! that follow one.

/// Generational suffixes.
const SUFFIXES: &[&str] =
    &["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "2nd", "3rd", "phd", "ph.d.", "junior", "júnior"];
/// Degrees, spelled exactly so.
const DEGREES: &[&str] = &[
    "B.Sc.", "BSc", "D.Phil.", "D.Sc.", "DPhil", "DSc", "Esq", "Esq.", "FRS", "M.B.A.", "M.D", "M.D.", "M.Sc.", "MBA",
    "MD", "MSc", "Ph.D", "PhD",
];
const TITLES: &[&str] = &["dr.", "prof.", "dr", "prof", "professor"];
/// What says that there are more authors.
const OTHERS: &[&str] = &["others", "et al", "et al."];

pub(super) fn is_one_of(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.len() == word.len() && known.eq_ignore_ascii_case(word))
}

pub(super) fn is_suffix(word: &str) -> bool {
    is_one_of(SUFFIXES, word)
}

/// Whether a word is a suffix that is nobody's family name.
pub(super) fn is_certain_suffix(word: &str) -> bool {
    is_suffix(word) && word.len() < 5
}

/// Whether a text behind a comma is a suffix or a degree.
pub(super) fn is_suffix_or_degree(text: &str) -> bool {
    is_suffix(text) || DEGREES.contains(&text)
}

pub(super) fn is_title(word: &str) -> bool {
    is_one_of(TITLES, word)
}

/// Whether a whole name is `et al.`.
pub(super) fn is_others(name: &str) -> bool {
    is_one_of(OTHERS, name)
}

/// The name before ` et al.` or ` and others`; None when neither ends it.
pub(super) fn without_others(name: &str) -> Option<&str> {
    let others = |end: &&str| name.len() > end.len() && name.is_char_boundary(name.len() - end.len());
    let found = [" et al.", " et al", " and others"].into_iter().filter(others).find_map(|end| {
        let (before, behind) = name.split_at_checked(name.len() - end.len())?;
        behind.eq_ignore_ascii_case(end).then_some(before)
    });
    found.map(|before| before.trim_end_matches([' ', ',', ';'])).filter(|before| before.contains(char::is_alphabetic))
}

/// The name without footnote marks around it, without what stands in brackets behind it, and without `and` before and `et al.` behind it.
pub(super) fn without_marks(name: &str) -> &str {
    let is_bare = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0xC3 && byte != 0xE2;
    let starts_bare = name.bytes().next().is_some_and(is_bare) && !name.starts_with("and ");
    let ends_bare = name.bytes().next_back().is_some_and(|byte| byte.is_ascii_alphabetic()) && !name.ends_with(" al");
    if starts_bare && ends_bare {
        return name;
    }
    let around = |c: char| is_mark(c) || c.is_whitespace();
    let mut rest = name.trim_matches(around).trim_end_matches([',', ';', ' ']);
    rest = rest.strip_prefix("and ").or_else(|| rest.strip_prefix("& ")).unwrap_or(rest);
    rest = without_others(rest).unwrap_or(rest);
    while let Some(last) = rest.chars().next_back().filter(|last| matches!(last, ')' | ']')) {
        let open = if last == ')' { '(' } else { '[' };
        // Brackets may hold brackets: `(Example Lab (North))`.
        let mut depth = 0_usize;
        let start = rest.char_indices().rev().find(|&(_, c)| {
            depth += usize::from(c == last);
            depth -= usize::from(c == open && depth > 0);
            depth == 0
        });
        let end = start.map_or(rest.len() - last.len_utf8(), |(start, _)| start);
        rest = rest.get(..end).unwrap_or_default().trim_matches(around);
    }
    rest = without_number(rest);
    if rest.contains(char::is_alphanumeric) { rest } else { name }
}

fn is_mark(c: char) -> bool {
    matches!(
        c,
        '*' | '†' | '‡' | '§' | '¶' | '∗' | '⁎' | '#' | '¹' | '²' | '³' | '⁰'..='⁹' | 'ᵃ' | 'ᵇ' | 'ᶜ' | 'ᵈ' | 'ᵉ'
    )
}

/// `John Smith` of `John Smith1` and `John Smith 1,2`: the numbers of affiliations directly behind a word in small letters, or several of them,
/// in a name of several words.
fn without_number(name: &str) -> &str {
    if !name.ends_with(|c: char| c.is_ascii_digit()) {
        return name;
    }
    let numbers = |c: char| c.is_ascii_digit() || c == ',';
    let mut bare = name.trim_end_matches(numbers);
    if name.get(bare.len()..).is_some_and(|numbers| numbers.contains(',')) {
        bare = bare.trim_end_matches([' ', ',']);
    }
    let is_word = bare.rsplit(' ').next().is_some_and(|word| {
        word.chars().nth(1).is_some() && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'))
    });
    if is_word && bare.ends_with(char::is_lowercase) && bare.contains(' ') { bare } else { name }
}
