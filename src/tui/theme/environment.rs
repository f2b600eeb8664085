//! What the environment and the terminal itself say about how many colours there are and whether the background is dark.

use std::time::Duration;

/// What the environment says about the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TerminalEnvironment {
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    pub colorterm: Option<String>,
    pub term: Option<String>,
    /// The first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set and not empty.
    pub locale: Option<String>,
}

impl TerminalEnvironment {
    /// Reads the variables by name; an empty one counts as not set.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        // The consoles of Windows support all of it and set no variables.
        let windows = |value: &str| cfg!(windows).then(|| value.to_owned());
        Self {
            no_color: set("NO_COLOR").is_some(),
            colorterm: set("COLORTERM").or_else(|| windows("truecolor")),
            term: set("TERM").or_else(|| windows("windows")),
            locale: set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).or_else(|| windows("UTF-8")),
        }
    }

    pub(super) fn colours(&self) -> Colours {
        let term = self.term.as_deref().unwrap_or_default();
        let colorterm = self.colorterm.as_deref().unwrap_or_default();
        if self.no_color || term == "dumb" {
            Colours::None
        } else if ["truecolor", "24bit"].contains(&colorterm) || term.contains("direct") {
            Colours::All
        } else if term.contains("256") {
            Colours::Palette
        } else {
            Colours::Sixteen
        }
    }
}

/// How many colours the terminal shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    None,
    Sixteen,
    /// The 256 of xterm.
    Palette,
    All,
}

/// Longest wait for a terminal to report its background; one that never answers must not delay the first screen.
const BACKGROUND_WAIT: Duration = Duration::from_millis(100);

/// Whether the terminal reports a dark background; None when it reports none. Asked only where the answer decides: for the theme `auto` on a
/// terminal with more than 16 colours. Must run before anything else reads from the terminal.
pub fn background(name: &str, environment: &TerminalEnvironment) -> Option<bool> {
    if name != "auto" || !matches!(environment.colours(), Colours::All | Colours::Palette) {
        return None;
    }
    let mut options = terminal_colorsaurus::QueryOptions::default();
    options.timeout = BACKGROUND_WAIT;
    let mode = terminal_colorsaurus::theme_mode(options).ok()?;
    Some(mode == terminal_colorsaurus::ThemeMode::Dark)
}
