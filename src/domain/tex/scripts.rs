//! Writes superscripts, subscripts, roots and accents on one line of Unicode: small letters where Unicode has all of them, brackets
//! where the meaning needs them. Works on rendered text; never reads LaTeX.

use unicode_segmentation::UnicodeSegmentation;

use super::tables;

/// A rendered script: `²`, `ᵢⱼ`, `_KL`, `^(a,b)`.
pub(super) fn script(text: &str, raised: bool) -> String {
    let text = text.trim();
    if text.contains("′′") {
        return script(&text.replace("′′′′", "⁗").replace("′′′", "‴").replace("′′", "″"), raised);
    }
    let small: Option<String> = text.chars().map(|c| tables::script(c, raised)).collect();
    if let Some(small) = small {
        return small;
    }
    let sign = if raised { '^' } else { '_' };
    let short = is_one_grapheme(text) || (!raised && text.chars().all(|c| c.is_alphanumeric() && is_base(c)));
    if short || is_bracketed(text) { format!("{sign}{text}") } else { format!("{sign}({text})") }
}

/// The sign of a root of that degree: `√`, `∛`, `ⁿ√`.
pub(super) fn root_sign(degree: &str) -> String {
    match degree.trim() {
        "" | "2" => "√".to_owned(),
        "3" => "∛".to_owned(),
        "4" => "∜".to_owned(),
        other => script(other, true) + "√",
    }
}

/// The text in round brackets, unless it already is.
pub(super) fn bracketed(text: &str) -> String {
    if is_bracketed(text) { text.to_owned() } else { format!("({text})") }
}

/// Most bytes of a text that gets an accent; a longer one stays without it.
const ACCENTED_BYTES: usize = 64;

/// Adds a combining mark to each letter, after the marks that it has.
pub(super) fn accented(text: &str, mark: char) -> String {
    if text.len() > ACCENTED_BYTES {
        return text.to_owned();
    }
    let mut accented = String::with_capacity(text.len() + 4);
    let alone = is_one_grapheme(text);
    for cell in text.graphemes(true) {
        accented.push_str(cell);
        if alone || cell.chars().next().is_some_and(|c| c.is_alphanumeric() && is_base(c)) {
            accented.push(mark);
        }
    }
    accented
}

/// False for raised and lowered letters, which belong to the letter before them.
fn is_base(c: char) -> bool {
    !matches!(c, '⁰'..='ₜ' | '²' | '³' | '¹' | 'ᴬ'..='ᵪ' | 'ⱼ' | 'ⱽ' | 'ᶜ' | 'ᶠ' | 'ᶿ' | 'ᶻ' | 'ʰ'..='ʸ' | 'ˡ' | 'ˢ' | 'ˣ')
}

pub(super) fn is_one_grapheme(text: &str) -> bool {
    let mut cells = text.graphemes(true);
    cells.next().is_some() && cells.next().is_none()
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// True when the first character is a round bracket that the last one closes.
fn is_bracketed(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) else { return false };
    let mut depth = 0_usize;
    inside.chars().all(|c| match c {
        '(' => {
            depth += 1;
            true
        }
        ')' => {
            let open = depth > 0;
            depth = depth.saturating_sub(1);
            open
        }
        _ => true,
    }) && depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_small_only_when_all_of_them_can_be() {
        for (text, raised, expected) in [
            ("n+1", true, "ⁿ⁺¹"),
            ("-1", true, "⁻¹"),
            ("2/3", true, "^(2/3)"),
            ("⊤", true, "ᵀ"),
            ("*", true, "*"),
            ("′′", true, "″"),
            ("′′′", true, "‴"),
            ("Q", true, "^Q"),
            ("ij", false, "ᵢⱼ"),
            ("Q", false, "_Q"),
            ("KL", false, "_KL"),
            ("i,j", false, "_(i,j)"),
            ("iⱼ", false, "_(iⱼ)"),
            ("(Q)", true, "^(Q)"),
            ("(a)(Q)", true, "^((a)(Q))"),
            ("", true, ""),
        ] {
            assert_eq!(script(text, raised), expected);
        }
        assert_eq!(root_sign("n"), "ⁿ√");
        assert_eq!(accented("xᵢ", '\u{302}'), "x\u{302}ᵢ");
    }
}
