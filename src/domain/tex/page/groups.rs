//! Tells what the brace groups of page text were: sets, arguments of deleted commands, links.

use super::PageRepair;

/// Most words of an element: a group of longer ones is prose.
const ELEMENT_WORDS: usize = 4;

/// Most bytes of what is read as a set.
const SET_BYTES: usize = 512;

impl PageRepair<'_, '_> {
    /// Whether the group at `at` is `{https://a.org{text}}`: what is left of a link that lost braces between its arguments.
    pub(super) fn holds_link(&self, at: usize) -> bool {
        let Some((from, to)) = self.group(at) else { return false };
        self.source.slice(from, to).contains('{') && self.behind(to + 1) != Some('{')
    }

    /// Whether the group at `at` is a set or a choice that lost the backslashes of its braces: `{-1, 0, 1}`, `LLaMA-{3B, 7B}`. Where the
    /// backslashes are left, a brace without one groups, and so does one behind another argument.
    pub(super) fn is_set(&self, at: usize, from: usize, to: usize) -> bool {
        let content = self.source.slice(from, to);
        let before = self.before(at);
        let in_brackets = self.source.slice(0, at).trim_end().ends_with(['[', '('])
            && self.source.slice(to + 1, self.text.len()).trim_start().starts_with([']', ')'])
            && self.in_formula;
        !self.earlier
            && at >= self.latex_end
            && !in_brackets
            && !matches!(before, Some('}' | ']' | '\\'))
            && !content.trim_start().starts_with('\\')
            && holds_elements(content)
    }
}

/// Whether something stands on both sides of a separator of elements.
fn holds_elements(content: &str) -> bool {
    // The limit keeps nested groups linear.
    if content.len() > SET_BYTES
        || content.split([',', '|']).any(|element| element.split_whitespace().count() > ELEMENT_WORDS)
    {
        return false;
    }
    [",", "…", "...", ". .", " | "].iter().any(|separator| {
        let first = content.split(*separator).next().unwrap_or_default();
        let rest = content.get(first.len() + separator.len()..).unwrap_or_default();
        !first.trim().is_empty() && !rest.trim().is_empty()
    })
}

/// True for text that was the argument of a deleted command: at least two letters or digits and no command at its beginning, or a
/// single small letter.
pub(super) fn is_argument(content: &str) -> bool {
    !content.starts_with('\\') && content.chars().take(40).filter(|c| c.is_alphanumeric()).nth(1).is_some()
        || content.len() == 1 && content.starts_with(|c: char| c.is_ascii_lowercase())
}
