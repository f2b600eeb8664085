//! How page titles were repaired when the first title keys were made, so that those keys still find their papers: which rules there were
//! for words in front of braces and for Greek letters. The rules of the past: nothing is rendered with it but keys, and nothing is added.

use super::super::tables::{self, Alphabet, TexCommand};
use super::commands::{escaped, single};
use super::names::{self, GREEK};
use super::{PageRepair, repair_with, scan};

/// The text as LaTeX with the repairs of that time; None for a text that nothing is repaired in.
pub(in super::super) fn earlier(text: &str) -> Option<String> {
    scan::may_need_repair(text).then(|| repair_with(text, true))
}

/// How many names of `GREEK` were known.
const KNOWN_GREEK: usize = 24;

impl PageRepair<'_, '_> {
    /// `url{`, `mathcal{O}` and `tilde{O}`, the commands with arguments that were known.
    pub(super) fn earlier_command(&mut self, word: &str, end: usize) -> bool {
        let Some((from, to)) = self.group(end) else { return false };
        let content = self.source.slice(from, to);
        if matches!(word, "url" | "href") {
            self.out.push('\\');
            self.out.push_str(word);
            self.raw_argument();
            return true;
        }
        let alphabets = ["mathcal", "mathscr", "mathbb", "mathbf", "mathfrak"];
        if let Some(name) = alphabets.iter().find(|name| word.ends_with(*name))
            && let Some(TexCommand::Letters(alphabet)) = tables::command(name)
        {
            self.out.push_str(word.strip_suffix(name).unwrap_or_default());
            self.earlier_letters(name, alphabet, content);
            self.at = to + 1;
            return true;
        }
        let hats = ["widetilde", "widehat", "tilde", "hat", "bar", "overline"];
        if hats.contains(&word)
            && let Some(TexCommand::Hat(mark)) = tables::command(word)
            && let Some(base) = single(content)
        {
            self.out.extend([base, mark]);
            self.at = to + 1;
            return true;
        }
        false
    }

    fn earlier_letters(&mut self, name: &str, alphabet: Alphabet, content: &str) {
        if let Some(c) = single(content).and_then(|c| tables::letter(alphabet, c)) {
            self.out.push(c);
        } else {
            self.out.push_str(name);
            self.out.push_str("\\{");
            self.out.push_str(&escaped(content));
            self.out.push_str("\\}");
        }
    }

    /// Whether a Greek name is one that is repaired only since.
    pub(super) fn is_later_symbol(&self, index: usize, start: usize, end: usize) -> bool {
        let (before, behind) = (self.before(start), self.behind(end));
        let below = self.behind(end + 1);
        let single_below = below == Some('{')
            || below.is_some_and(char::is_alphanumeric) && !self.behind(end + 2).is_some_and(char::is_alphabetic);
        let name_above = || {
            let word = self.source.slice(0, start).strip_suffix('_').unwrap_or_default();
            let word = word.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
            GREEK.iter().skip(KNOWN_GREEK).any(|(name, _)| *name == word)
                || (!self.formulas && names::symbol(word).is_some())
        };
        index >= KNOWN_GREEK
            || before.is_some_and(char::is_alphanumeric)
            || behind == Some('-')
            || (behind == Some('_') && self.scripts == 0 && !single_below)
            || (before == Some('_') && self.scripts == 0 && behind != Some('^') && name_above())
    }
}
