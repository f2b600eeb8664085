//! Tells a dollar sign of money from one that begins a formula. Looks only at the characters beside and between two dollar signs; what is
//! neither certainly money nor certainly a formula is decided where the signs are paired.

/// Words between two amounts; no formula has one of them as a word of its own.
const BETWEEN_AMOUNTS: [&str; 8] = ["and", "or", "to", "vs", "vs.", "per", "versus", "plus"];

/// True when at least one of two dollar signs is certainly one of money: `US$5 and US$6`, `$100K–$200K`, `100$/month, $5`, `A$AP and A$AP`.
/// `before` is the text before the first sign, `content` the text between, `behind` the text after the second sign.
pub(super) fn is_money(before: &str, content: &str, behind: &str) -> bool {
    if content.contains(['\\', '^', '_', '{', '=']) {
        return false;
    }
    // `7$%$`: the sign of a unit alone.
    if content.trim().chars().all(|c| matches!(c, '%' | '‰' | '°' | '′' | '″' | '\'' | '"')) {
        return false;
    }
    let ends_in_digit = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
    let starts_with_amount = |text: &str| {
        let amount = text.trim_start_matches(['-', '–', '—', '.', ' ']);
        amount.starts_with(|c: char| c.is_ascii_digit())
    };
    let only_marks = !content.contains(|c: char| c.is_alphanumeric() || matches!(c, '(' | '[' | '<' | '>' | '+' | '*'));
    let has_word_between = content.split_whitespace().any(|word| BETWEEN_AMOUNTS.contains(&word));
    if has_currency_code(before) && (starts_with_amount(content) || content.starts_with(char::is_uppercase)) {
        // `US$5 to US$6`, `A$AP`; the second sign ends no formula when it begins an amount or follows a code as well.
        return has_currency_code(content) || starts_with_amount(behind) || content.contains(char::is_whitespace);
    }
    if ends_in_digit(before) {
        // `100$/month`, `5$ and 6$`, `5$-10$`, `5$, 6$`
        let range = content.trim_start_matches(['-', '–', '—', ',', ' ', '~']);
        let amounts = range.len() < content.len() && is_amount(range);
        return amounts || only_marks || content.starts_with('/') || has_word_between;
    }
    if content.starts_with(|c: char| c.is_ascii_digit()) {
        // `$5 and $6`, `$100K–$200K`, `$1.5M/$2M`, `$5 vs. 6$`
        let amount_follows = behind.starts_with(|c: char| c.is_ascii_digit());
        let joined =
            content.ends_with(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '/' | ',' | '(' | '~'));
        return has_word_between || (amount_follows && (joined || has_currency_code(content)));
    }
    false
}

/// Digits with points and commas, and a letter for thousands, millions and so on after them.
fn is_amount(text: &str) -> bool {
    let digits = text.trim_end_matches(['K', 'k', 'M', 'B', 'T']);
    text.len() - digits.len() <= 1
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
}

/// Whether a text ends in the letters in front of the dollar sign of a currency.
fn has_currency_code(text: &str) -> bool {
    const CODES: [&str; 16] =
        ["US", "USD", "A", "AU", "AUD", "C", "CA", "CAD", "HK", "NZ", "S", "SG", "NT", "R", "MX", "TT"];
    let before = text.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let code = text.get(before.len()..).unwrap_or_default();
    !before.ends_with(char::is_alphanumeric) && CODES.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_told_from_formulas() {
        for (text, expected) in [
            ("$5 and $6", true),
            ("from $5 to 6$", true),
            ("$100K–$200K", true),
            ("$1.5M/$2M", true),
            ("US$5 and US$6", true),
            ("US$5-US$6", true),
            ("A$AP Rocky and A$AP Ferg", true),
            ("100$/month, $5", true),
            ("5$-10$ an hour", true),
            ("10$-$20", true),
            ("5K$ and 6$", false),
            ("7$%$", false),
            ("+14.0$%$ gain", false),
            ("90$°$", false),
            ("5$, 6$", true),
            ("$5$", false),
            ("$5n$", false),
            ("a $x$", false),
            ("$2 x + 1$", false),
            ("10$^{-3}$", false),
            ("2$x$", false),
            ("A$x$", false),
            ("SU$(2)$", false),
            ("S$_2$", false),
        ] {
            let mut signs = text.match_indices('$').map(|(at, _)| at);
            let (Some(open), Some(close)) = (signs.next(), signs.next()) else { panic!("{text}") };
            assert_eq!(is_money(&text[..open], &text[open + 1..close], &text[close + 1..]), expected, "{text}");
        }
    }
}
