//! The symbols and lines of the screen, in Unicode and in ASCII. Every symbol takes one column in both.

use ratatui::symbols::line;

use super::environment::TerminalEnvironment;
use crate::config::Symbols;
use crate::domain::reading::Status;

/// One set of symbols. The five statuses differ without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Which of its two symbols a status takes; None: neither.
    unicode: Option<bool>,
    pub star: &'static str,
    pub note: &'static str,
    pub votes: &'static str,
    /// Before a selected row.
    pub marked: &'static str,
    /// Before a row that an import brought.
    pub new: &'static str,
    /// Left edge of the row under the cursor.
    pub cursor: &'static str,
    pub prompt: &'static str,
    /// Between facts on one line.
    pub separator: &'static str,
    pub ellipsis: &'static str,
    pub up: &'static str,
    pub right: &'static str,
    /// Between a word and the one that stands for it.
    pub stands_for: &'static str,
    /// A bar's last cell, from an eighth full to full.
    pub bars: [&'static str; 8],
    pub line: line::Set<'static>,
}

const UNICODE: Glyphs = Glyphs {
    unicode: Some(true),
    star: "★",
    note: "✎",
    votes: "▲",
    marked: "✓",
    new: "+",
    cursor: "▌",
    prompt: "›",
    separator: "·",
    ellipsis: "…",
    up: "↑",
    right: "→",
    stands_for: "→",
    bars: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    line: line::ROUNDED,
};

const ASCII: Glyphs = Glyphs {
    unicode: Some(false),
    star: "*",
    note: "n",
    votes: "^",
    marked: "v",
    new: "+",
    cursor: ">",
    prompt: ">",
    separator: "-",
    ellipsis: "~",
    up: "^",
    right: ">",
    stands_for: ">",
    bars: [" ", " ", " ", "-", "-", "=", "=", "="],
    line: line::Set {
        vertical: "|",
        horizontal: "-",
        top_right: "+",
        top_left: "+",
        bottom_right: "+",
        bottom_left: "+",
        vertical_left: "+",
        vertical_right: "+",
        horizontal_down: "+",
        horizontal_up: "+",
        cross: "+",
    },
};

/// Words where a screen reader would read out the names of symbols, and nothing where the words beside the symbol say it.
pub const SPOKEN: Glyphs = Glyphs {
    unicode: None,
    star: "",
    note: "note:",
    votes: "votes",
    marked: "",
    new: "",
    cursor: "",
    prompt: "",
    separator: ",",
    ellipsis: "...",
    up: "",
    right: "",
    stands_for: "as",
    bars: [""; 8],
    line: ASCII.line,
};

impl Default for Glyphs {
    fn default() -> Self {
        UNICODE
    }
}

impl Glyphs {
    /// A bar of at most `columns` columns for `count` of `whole`; never empty for a count above zero.
    pub fn bar(&self, count: usize, whole: usize, columns: usize) -> String {
        let eighths = (count * columns * 8).div_ceil(whole.max(1)).min(columns * 8);
        let [.., full] = self.bars;
        let rest = (eighths % 8).checked_sub(1).and_then(|place| self.bars.get(place));
        full.repeat(eighths / 8) + rest.copied().unwrap_or_default()
    }

    /// The set named; `Auto` is Unicode where the locale uses UTF-8, except on the console of Linux, whose font has few of the symbols.
    pub fn choose(symbols: Symbols, environment: &TerminalEnvironment) -> Self {
        let locale = environment.locale.as_deref().unwrap_or_default().to_ascii_lowercase();
        let is_utf8 = locale.contains("utf-8") || locale.contains("utf8");
        match symbols {
            Symbols::Unicode => UNICODE,
            Symbols::Auto if is_utf8 && environment.term.as_deref() != Some("linux") => UNICODE,
            Symbols::Auto | Symbols::Ascii => ASCII,
        }
    }

    /// Whether marks are in Unicode rather than in ASCII; None where there are none.
    pub fn has_unicode(&self) -> Option<bool> {
        self.unicode
    }

    pub fn status(&self, status: Status) -> &'static str {
        self.unicode.map_or("", |unicode| status.mark(unicode))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    fn all(glyphs: &Glyphs) -> Vec<&'static str> {
        let g = glyphs;
        let marks = [g.star, g.note, g.votes, g.marked, g.cursor, g.prompt, g.separator, g.ellipsis, g.up, g.right];
        let l = g.line;
        let lines = [l.vertical, l.horizontal, l.top_left, l.top_right, l.bottom_left, l.bottom_right];
        let joints = [l.vertical_left, l.vertical_right, l.horizontal_down, l.cross];
        let states = Status::ALL.map(|status| g.status(status));
        let mut all = [&marks[..], &lines, &joints, &states, &g.bars].concat();
        all.push(l.horizontal_up);
        all
    }

    #[test]
    fn every_symbol_takes_one_column_and_its_twin_is_ascii() {
        assert!(all(&UNICODE).iter().all(|mark| mark.width() == 1));
        assert!(all(&ASCII).iter().all(|mark| mark.len() == 1 && mark.is_ascii()));
        for glyphs in [UNICODE, ASCII] {
            let states: std::collections::HashSet<_> = Status::ALL.map(|status| glyphs.status(status)).into();
            assert_eq!(states.len(), 5);
        }
    }

    #[test]
    fn the_first_locale_set_decides() {
        let choose = |symbols, variables: &[(&str, &str)]| {
            let read =
                |name: &str| variables.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
            Glyphs::choose(symbols, &TerminalEnvironment::read(read)) == UNICODE
        };
        assert!(choose(Symbols::Auto, &[("LANG", "de_DE.UTF-8")]));
        assert!(choose(Symbols::Auto, &[("LC_ALL", ""), ("LC_CTYPE", "en_US.utf8"), ("LANG", "C")]));
        assert!(!choose(Symbols::Auto, &[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]));
        assert!(!choose(Symbols::Auto, &[("LANG", "C.UTF-8"), ("TERM", "linux")]));
        assert!(!choose(Symbols::Ascii, &[("LANG", "C.UTF-8")]));
        assert!(choose(Symbols::Unicode, &[]));
        assert_eq!(choose(Symbols::Auto, &[]), cfg!(windows));
    }
}
