//! Formats counts, and text padded to a width.

use crate::domain::clean::Clean;

/// `1,462`.
pub(super) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 paper`, `1,462 papers`; `noun` is the singular of a word that takes an s.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// The text followed by blanks up to `columns`.
pub(super) fn padded(text: &Clean, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1_000, 2_700_000].map(grouped), ["0", "999", "1,000", "2,700,000"]);
        assert_eq!([1, 2].map(|count| counted(count, "paper")), ["1 paper", "2 papers"]);
    }

    #[test]
    fn padding_counts_columns_not_characters() {
        assert_eq!(padded(&Clean::new("字"), 4), "字  ");
        assert_eq!(padded(&Clean::new("long"), 2), "long");
    }
}
