//! Counts in words: digits in groups of three, and nouns in their number.

/// `1234567` as `1,234,567`.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 paper`, `1,234 papers`; `noun` is the singular of a word that takes an s.
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1_000, 2_700_000].map(grouped), ["0", "999", "1,000", "2,700,000"]);
        assert_eq!([1, 2, 1_234].map(|count| counted(count, "paper")), ["1 paper", "2 papers", "1,234 papers"]);
    }
}
