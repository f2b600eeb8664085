//! The parts of a name: of one as it is printed, by the particles before the family name, and of one that lists the family name first.

use super::NameParts;
use super::groups::{group_and_member, is_group};
use super::marks::{is_certain_suffix, is_suffix_or_degree, is_title};

/// Lower-case words that begin a family name even where all of the name is in lower case.
const PARTICLES: &[&str] = &[
    "al", "ap", "ben", "bin", "bint", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el",
    "ibn", "la", "le", "ten", "ter", "van", "vom", "von", "zu", "zum", "zur",
];
/// Capitalised words that begin a family name, spelled exactly so.
const CAPITAL_PARTICLES: &[&str] = &[
    "Abu", "Al", "Ben", "Bin", "Da", "Dal", "Dalla", "Das", "De", "Del", "Della", "Den", "Der", "Di", "Dos", "Du",
    "El", "Ibn", "La", "Le", "Mac", "Ní", "Nic", "Ó", "St", "St.", "Ten", "Ter", "Uí", "Van", "Von", "Zu", "Zur",
];
/// Words between the two halves of one family name: `Ortega y Gasset`.
const CONJUNCTIONS: &[&str] = &["e", "i", "y"];

/// Family names beside which `Van`, `De`, `Da`, `Le`, `Bin` are given names: the frequent ones of China and Korea, in Latin letters.
const EAST_ASIAN_FAMILY_NAMES: &str = "Ahn Bae Bai Bao Cai Cao Cha Chan Chang Chen Cheng Cheung Cho Choi Chou Cui Dai Deng Ding Dong Du Duan \
    Fan Fang Feng Fu Gao Gong Gu Guo Han Hao He Hong Hou Hsieh Hsu Hu Huang Hwang Jang Jeon Jeong Jia Jiang Jin Jung Kang Kim Kong Kwok \
    Kwon Lai Lau Lee Lei Leung Li Liang Liao Lim Lin Liu Long Lu Luo Lv Ma Mao Meng Min Moon Ng Niu Noh Oh Pan Park Peng Qian Qiao Qin \
    Qiu Ren Seo Shao Shen Shi Shin Song Su Sun Tan Tang Tao Tian Tsai Wan Wang Wei Wen Wong Wu Xia Xiao Xie Xiong Xu Xue Yan Yang Yao Ye \
    Yin Yoo Yoon You Yu Yuan Zeng Zhan Zhang Zhao Zheng Zhong Zhou Zhu Zou";
/// The same of Vietnam.
const VIETNAMESE_FAMILY_NAMES: &str = "Bui Dang Dinh Do Doan Duong Hoang Huynh Le Luong Ly Ngo Nguyen Pham Phan Phung Quach Thai Thi Tran \
    Trinh Truong Vo Vu Nguyễn Trần Lê Phạm Hoàng Huỳnh Võ Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Phan";

/// `Family, Given`, `Family, Suffix, Given`, `Family, Given, Suffix`, or `Given Family, Suffix`. None for a group, and for a text that is none
/// of these.
pub(super) fn split_listed(name: &str) -> Option<NameParts<'_>> {
    let mut parts = name.split(',').map(str::trim);
    let (mut family, second, third) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let is_last = third.is_none_or(is_suffix_or_degree);
    // `Rahman, Md` is no physician.
    if is_suffix_or_degree(second) && is_last && (family.contains(' ') || is_certain_suffix(second)) {
        let (given, family, _) = split_printed(family)?;
        return Some(NameParts { given, family: family.into(), suffix: second });
    }
    let (given, mut suffix) = match third {
        None => (second, ""),
        Some(third) if is_suffix_or_degree(second) => (third, second),
        Some(third) if is_suffix_or_degree(third) => (second, third),
        Some(_) => return None,
    };
    if suffix.is_empty()
        && let Some((before, last)) = family.rsplit_once(' ')
        && is_certain_suffix(last)
    {
        (family, suffix) = (before.trim_end(), last);
    }
    if family.is_empty() || given.is_empty() || group_and_member(given).is_some() {
        return None;
    }
    // Particles are written behind the given name, too: `Berg, Ludwig van der`.
    let mut end = given.len();
    while let Some((before, word)) = given.get(..end).and_then(|given| given.trim_end().rsplit_once(' ')) {
        if !is_particle(word) {
            break;
        }
        end = before.len();
    }
    let (given, particles) = given.split_at_checked(end).unwrap_or((given, ""));
    let family = if particles.is_empty() { family.into() } else { format!("{} {family}", particles.trim()).into() };
    Some(NameParts { given: given.trim_end(), family, suffix })
}

/// Given name, family name and suffix of a printed name. None for a group and for a single word.
pub(super) fn split_printed(name: &str) -> Option<(&str, &str, &str)> {
    if is_group(name) {
        return None;
    }
    let has_parts = |name: &str| name.trim().contains(' ') || glued_word(name.trim()).is_some();
    let mut body = name;
    if let Some((title, rest)) = body.split_once(' ')
        && is_title(title)
        && has_parts(rest)
    {
        body = rest.trim_start();
    }
    // `Jane Doe 0002`: how bibliographies number people of one name.
    if let Some((rest, number)) = body.rsplit_once(' ')
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && has_parts(rest)
    {
        body = rest.trim_end();
    }
    if body.starts_with(is_east_asian) {
        return split_east_asian(body);
    }
    let (body, suffix) = match body.rsplit_once(' ') {
        Some((rest, last)) if is_suffix_or_degree(last) && has_parts(rest) => (rest.trim_end_matches([' ', ',']), last),
        // `Elizabeth II`; `Junior` is a family name, too.
        Some((_, last)) if is_certain_suffix(last) => return None,
        _ => (body, ""),
    };
    let (given, family) = body.split_at_checked(family_start(body)?)?;
    Some((given.trim_end(), family, suffix))
}

/// Chinese, Japanese and Korean names begin with the family name, except for foreign names in katakana.
fn split_east_asian(name: &str) -> Option<(&str, &str, &str)> {
    let (first, rest) = name.split_once([' ', '\u{3000}']).map(|(first, rest)| (first, rest.trim_start()))?;
    let parts = if writes_family_first(name) { (rest, first) } else { (first, rest) };
    Some((parts.0, parts.1, ""))
}

pub(super) fn writes_family_first(name: &str) -> bool {
    let katakana = |c: char| matches!(c, '\u{30A0}'..='\u{30FF}') || c.is_whitespace();
    name.chars().all(|c| is_east_asian(c) || c.is_whitespace()) && !name.chars().all(katakana)
}

/// Han, kana or Hangul.
pub fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{3005}' | '\u{3040}'..='\u{30FF}' | '\u{3130}'..='\u{318F}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Where in a word the name begins that stands behind initials without a blank: `Smith` in `A.B.Smith`, `Serre` in `J.-P.Serre`. None when
/// there are no initials, or only they.
fn glued_word(word: &str) -> Option<usize> {
    let start = word.rfind('.')? + 1;
    let mut letters = word.get(start..)?.chars();
    let is_name = letters.next().is_some_and(char::is_alphabetic)
        && letters.next().is_some_and(|second| second.is_lowercase() || matches!(second, '\'' | '’'));
    let mut initials = word.get(..start - 1)?.split('.').map(|initial| initial.trim_start_matches(['-', '‐', '‑']));
    let is_initial = |initial: &str| {
        let mut letters = initial.chars();
        let capital = letters.next().is_some_and(char::is_uppercase);
        // `Yu.`, `Ch.`; `St.` is the begin of a name.
        capital && letters.next().is_none_or(char::is_lowercase) && letters.next().is_none() && initial != "St"
    };
    (is_name && initials.all(is_initial)).then_some(start)
}

/// The byte where the family name begins: the first particle between the first and the last word, else the last word, without initials
/// that stand before it without a blank. None for one word, and for a family name alone: `van der Berg`.
fn family_start(name: &str) -> Option<usize> {
    let last = name.rfind(' ').map_or(0, |blank| blank + 1);
    let glued = name.get(last..).and_then(glued_word);
    if last == 0 {
        return glued;
    }
    let all_lower = starts_lower(name) && starts_lower(name.get(last..)?);
    if !all_lower
        && name.split(' ').next().is_some_and(|first| PARTICLES.contains(&first))
        && !has_east_asian_family_name(name)
    {
        return None;
    }
    let (mut start, mut before) = (0, 0);
    for word in name.get(..last)?.split(' ') {
        let after = start + word.len() + 1;
        // `J.van der Berg`
        if let Some(glued) = glued_word(word)
            && word.get(glued..).is_some_and(is_particle)
        {
            return Some(start + glued);
        }
        if start > 0 && !word.is_empty() {
            if CONJUNCTIONS.contains(&word) {
                return Some(if before > 0 { before } else { start });
            }
            let lower = is_particle(word) && (!all_lower || PARTICLES.contains(&word));
            if lower || is_capital_particle(word, name.get(after..).unwrap_or_default(), name) {
                return Some(start);
            }
            before = start;
        }
        start = after;
    }
    Some(last + glued.unwrap_or(0))
}

/// Whether a word inside a name begins the family name by its spelling: it begins with a small letter (`van`, `'t`, `d'Avila`; not the
/// initial `m`) or ends with an apostrophe (`O' Neill`).
fn is_particle(word: &str) -> bool {
    let apostrophe = word.contains(['\'', '’']);
    let elided = apostrophe && word.ends_with(['\'', '’']) && word.chars().count() <= 3;
    elided || starts_lower(word) && (apostrophe || word.chars().nth(1).is_some_and(char::is_alphabetic))
}

/// Whether a capitalised word begins the family name. `Van`, `Le`, `De`, ... are given names of people from China, Korea and Vietnam.
fn is_capital_particle(word: &str, after: &str, name: &str) -> bool {
    if !CAPITAL_PARTICLES.contains(&word) {
        return false;
    }
    let vietnamese =
        |text: &str| text.split(' ').any(|other| other != word && is_listed(VIETNAMESE_FAMILY_NAMES, other));
    // `Thi` and `Le` stand on either side of the given names.
    !(has_east_asian_family_name(after) || vietnamese(name))
}

fn has_east_asian_family_name(text: &str) -> bool {
    text.split(' ').any(|word| is_listed(EAST_ASIAN_FAMILY_NAMES, word))
}

fn is_listed(names: &str, word: &str) -> bool {
    names.split(' ').any(|known| known == word)
}

/// Whether the first letter is a small one.
fn starts_lower(word: &str) -> bool {
    word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase)
}
