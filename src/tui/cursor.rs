//! A window of rows with a current one: how the cursor moves and how the window follows it. Pure.

/// The current row and the window of rows around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    pub selected: usize,
    /// First row in the window.
    pub top: usize,
}

impl Cursor {
    /// Moves by `step` rows within `len`.
    pub fn step(&mut self, step: isize, len: usize) {
        self.selected = self.selected.saturating_add_signed(step).min(len.saturating_sub(1));
    }

    /// Moves the current row into `len`, and the window of `height` rows onto it, as little as possible.
    pub fn clamp(&mut self, len: usize, height: usize) {
        self.selected = self.selected.min(len.saturating_sub(1));
        let last_top = len.saturating_sub(height);
        let lowest = self.selected.saturating_sub(height.saturating_sub(1));
        self.top = self.top.clamp(lowest, self.selected.max(lowest)).min(last_top.max(lowest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_window_always_holds_the_selection(
            selected in 0usize..200, top in 0usize..200, len in 0usize..150, height in 0usize..40
        ) {
            let mut cursor = Cursor { selected, top };
            cursor.clamp(len, height);
            prop_assert!(cursor.selected < len.max(1));
            if height > 0 {
                prop_assert!(cursor.top <= cursor.selected && cursor.selected < cursor.top + height);
                prop_assert!(cursor.top == 0 || cursor.top + height <= len, "no empty rows below a long list");
            }
        }
    }
}
