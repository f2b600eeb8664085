//! Formats counts, and text padded to a width.

use crate::domain::clean::Clean;
pub(super) use crate::domain::counts::{counted, grouped};

/// The text followed by blanks up to `columns`.
pub(super) fn padded(text: &Clean, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_counts_columns_not_characters() {
        assert_eq!(padded(&Clean::new("字"), 4), "字  ");
        assert_eq!(padded(&Clean::new("long"), 2), "long");
    }
}
