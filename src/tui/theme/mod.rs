//! Themes: a style for each role, read from theme files and adapted to the colours of the terminal. Views name roles, never colours. A theme
//! that follows from the terminal leaves the terminal's own background; one that the user chose paints its own.

mod environment;
mod file;
mod glyphs;
mod palette;

use std::fs;
use std::path::{Path, PathBuf};

use ratatui::style::Style;

use crate::domain::clean::Clean;
use crate::domain::nearest;
use crate::error::in_plain_words;

use environment::Colours;
pub use environment::{TerminalEnvironment, background};
pub use glyphs::{Glyphs, SPOKEN};
use palette::nearest_of_palette;

/// Declares the roles: as fields, by name for theme files, and as a list.
macro_rules! theme {
    ($($(#[$about:meta])* $role:ident),* $(,)?) => {
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Theme {
            pub name: String,
            /// Made for a dark background.
            pub dark: bool,
            $($(#[$about])* pub $role: Style,)*
        }

        /// Names of the roles, as fields.
        const ROLES: &[&str] = &[$(stringify!($role)),*];

        impl Theme {
            fn blank(name: &str) -> Self {
                Self { name: name.to_owned(), dark: true, $($role: Style::new()),* }
            }

            fn role_mut(&mut self, role: &str) -> Option<&mut Style> {
                match role {
                    $(stringify!($role) => Some(&mut self.$role),)*
                    _ => None,
                }
            }

            fn styles_mut(&mut self) -> impl Iterator<Item = &mut Style> {
                [$(&mut self.$role),*].into_iter()
            }
        }
    };
}

theme! {
    /// Text to read: abstracts.
    text,
    /// Text to decide on: titles.
    bright,
    /// Text to look up: dates, counts, hints.
    dim,
    accent,
    border,
    border_focus,
    /// The row under the cursor in the pane with the focus, under the row's other styles.
    selection,
    /// The row under the cursor in the other panes.
    selection_unfocused,
    /// Selected rows, under the row's other styles.
    marked,
    /// Characters that match the search.
    matched,
    star,
    unread,
    queued,
    reading,
    read,
    dropped,
    tag,
    link,
    /// Bars beside counts.
    bar,
    error,
    warning,
    success,
    /// The sign before a text box.
    prompt,
    status_line,
    /// Names of keys in hints.
    key,
    /// Background of overlays.
    overlay,
    /// Under everything, where the user chose the theme; an empty one leaves the terminal's own.
    ground,
}

/// The name that stands for the theme that fits the terminal.
pub const AUTO: &str = "auto";

/// The built-in themes: name and file.
pub const THEMES: &[(&str, &str)] = &[
    ("dark", include_str!("../../../assets/themes/dark.toml")),
    ("light", include_str!("../../../assets/themes/light.toml")),
    ("contrast", include_str!("../../../assets/themes/contrast.toml")),
    ("sixteen", include_str!("../../../assets/themes/sixteen.toml")),
    ("mono", include_str!("../../../assets/themes/mono.toml")),
];

impl Theme {
    /// A built-in theme by the name in the settings. `auto` depends on the terminal's colours and background (`dark` when that is not
    /// known). Without colours it is `mono` whatever the name. On a terminal without true colour the nearest of 256 colours are taken.
    ///
    /// # Errors
    /// There is no built-in theme of that name: lists them.
    pub fn choose(name: &str, environment: &TerminalEnvironment, dark: Option<bool>) -> Result<Self, String> {
        let colours = environment.colours();
        let name = match (name, colours) {
            (_, Colours::None) => "mono",
            (AUTO, Colours::Sixteen) => "sixteen",
            (AUTO, _) if dark == Some(false) => "light",
            (AUTO, _) => "dark",
            (name, _) => name,
        };
        Self::shipped(name).map(|theme| theme.fitted(colours))
    }

    /// A built-in theme, or one of the user's: a file `NAME.toml` in the folder `themes`, or the path of a file; a relative path starts
    /// beside that folder.
    ///
    /// # Errors
    /// There is no such theme, or its file has a mistake: says where and which.
    pub fn open(
        name: &str,
        themes: &Path,
        environment: &TerminalEnvironment,
        dark: Option<bool>,
    ) -> Result<Self, String> {
        let file = own_file(name, themes);
        let colours = environment.colours();
        if colours == Colours::None || THEMES.iter().any(|(theme, _)| *theme == name) || !file.exists() {
            return Self::choose(name, environment, dark);
        }
        let shown = Clean::new(&file.to_string_lossy()).into_string();
        // To read a pipe would wait for ever.
        if fs::metadata(&file).is_ok_and(|found| !found.is_file()) {
            return Err(format!("{shown} is not a regular file"));
        }
        let text = fs::read_to_string(&file).map_err(|error| format!("{shown}: {}", in_plain_words(&error)))?;
        let stem = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy();
        let theme = file::parse(&Clean::new(&stem), &text);
        theme.map(|theme| theme.fitted(colours)).map_err(|error| Clean::new(&format!("{shown}: {error}")).into_string())
    }

    fn shipped(name: &str) -> Result<Self, String> {
        let names = || THEMES.iter().map(|(name, _)| *name);
        if let Some((name, text)) = THEMES.iter().find(|(theme, _)| *theme == name) {
            return file::parse(name, text);
        }
        let near = nearest::nearest(name, names()).map(|near| format!("did you mean `{near}`?"));
        let near = near.unwrap_or_else(|| format!("there are auto, {}", names().collect::<Vec<_>>().join(", ")));
        Err(Clean::new(&format!("there is no theme `{name}`; {near}")).into_string())
    }

    /// A style on a cleared part of the screen.
    pub fn on_ground(&self, style: Style) -> Style {
        Style::reset().patch(self.ground).patch(style)
    }

    fn fitted(mut self, colours: Colours) -> Self {
        if colours != Colours::All {
            for style in self.styles_mut() {
                style.fg = style.fg.map(nearest_of_palette);
                style.bg = style.bg.map(nearest_of_palette);
            }
        }
        self
    }
}

fn own_file(name: &str, themes: &Path) -> PathBuf {
    let is_path = name.ends_with(".toml") || name.contains(std::path::is_separator);
    if is_path { themes.with_file_name(name) } else { themes.join(format!("{name}.toml")) }
}

/// Where themes come from while the reader runs.
#[derive(Clone, Debug, Default)]
pub struct Themes {
    /// Folder of the user's own.
    pub folder: PathBuf,
    /// Names of those in it.
    pub own: Vec<String>,
    pub environment: TerminalEnvironment,
    /// Whether the terminal reported a dark background.
    pub dark: Option<bool>,
}

impl Themes {
    /// Themes from a folder.
    pub fn new(folder: PathBuf, environment: TerminalEnvironment, dark: Option<bool>) -> Self {
        let files = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_theme = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "toml");
        let names = files.filter(is_theme).filter_map(|path| path.file_stem()?.to_str().map(str::to_owned));
        let mut own: Vec<String> = names.filter(|name| !THEMES.iter().any(|(theme, _)| theme == name)).collect();
        own.sort();
        Self { folder, own, environment, dark }
    }

    /// A theme by name.
    ///
    /// # Errors
    /// As `Theme::open`.
    pub fn open(&self, name: &str) -> Result<Theme, String> {
        let theme = Theme::open(name, &self.folder, &self.environment, self.dark)?;
        Ok(if name == AUTO { Theme { ground: Style::new(), ..theme } } else { theme })
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};

    use super::palette::of_palette;
    use super::*;

    fn with(colorterm: &str, term: &str) -> TerminalEnvironment {
        TerminalEnvironment::read(|name| match name {
            "COLORTERM" => Some(colorterm.to_owned()),
            "TERM" => Some(term.to_owned()),
            _ => None,
        })
    }

    fn theme(name: &str) -> Theme {
        Theme::choose(name, &with("truecolor", "xterm-256color"), None).unwrap()
    }

    fn styles(theme: &Theme) -> Vec<(&'static str, Style)> {
        let mut theme = theme.clone();
        ROLES.iter().copied().zip(theme.styles_mut().map(|style| *style)).collect()
    }

    /// Contrast ratio as WCAG 2 defines it, 1 to 21.
    fn contrast(one: Color, other: Color) -> f64 {
        let luminance = |colour| {
            let (r, g, b) = match colour {
                Color::Rgb(r, g, b) => (r, g, b),
                Color::Indexed(index @ 16..) => of_palette(index),
                other => panic!("{other} is not known"),
            };
            let linear = |value: u8| match f64::from(value) / 255.0 {
                value if value <= 0.040_45 => value / 12.92,
                value => ((value + 0.055) / 1.055).powf(2.4),
            };
            0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) + 0.05
        };
        let (one, other) = (luminance(one), luminance(other));
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_theme_sets_every_role_and_no_background_under_text() {
        for (name, _) in THEMES {
            let theme = theme(name);
            assert_eq!(theme.name, *name);
            for (role, style) in styles(&theme) {
                let has_ground = style.bg.is_some();
                assert!(
                    !(["text", "bright", "dim", "border", "unread"].contains(&role) && has_ground),
                    "{name}: {role}"
                );
            }
            for (one, other) in [
                (theme.selection, theme.selection_unfocused),
                (theme.selection, Style::new()),
                (theme.selection_unfocused, Style::new()),
                (theme.matched, theme.text),
                (theme.matched, theme.bright),
                (theme.border_focus, theme.border),
            ] {
                assert_ne!(one, other, "{name}");
            }
            assert!(theme.matched.add_modifier.contains(Modifier::UNDERLINED), "{name}: not by colour alone");
        }
    }

    #[test]
    fn text_of_every_weight_is_legible_on_every_background() {
        let paper = |name| if name == "dark" { Color::Rgb(0x16, 0x18, 0x1a) } else { Color::Rgb(255, 255, 255) };
        for name in ["dark", "light"] {
            for theme in [theme(name), theme(name).fitted(Colours::Palette)] {
                let rows = [theme.selection, theme.selection_unfocused, theme.marked, theme.overlay];
                let grounds = rows.iter().filter_map(|style| style.bg).chain([paper(name)]);
                for ground in grounds {
                    for (role, style) in styles(&theme) {
                        let Some(ink) = style.fg else { continue };
                        let least = if ["bar", "border", "border_focus"].contains(&role) { 1.3 } else { 4.5 };
                        let found = contrast(ink, ground);
                        assert!(found >= least, "{name}: {role} {ink} on {ground}: {found:.2}");
                    }
                    let weights =
                        [theme.bright, theme.text, theme.dim].map(|style| contrast(style.fg.unwrap(), ground));
                    assert!(
                        weights[0] > weights[1] + 1.0 && weights[1] > weights[2] + 1.0,
                        "three weights: {weights:?}"
                    );
                }
            }
        }
        for (role, style) in styles(&theme("contrast")) {
            match (style.fg, style.bg) {
                (None, None) => {}
                (Some(ink), Some(ground)) => assert!(contrast(ink, ground) >= 7.0, "{role}"),
                _ => panic!("{role}: a colour without the one it stands on"),
            }
            assert!(!style.add_modifier.contains(Modifier::DIM), "{role}");
        }
    }

    #[test]
    fn small_terminals_get_only_what_they_have() {
        for (_, style) in styles(&theme("sixteen")) {
            for colour in [style.fg, style.bg].into_iter().flatten() {
                assert!(matches!(colour, Color::Indexed(0..16)), "{colour}");
            }
        }
        let no_color = TerminalEnvironment { no_color: true, ..with("truecolor", "xterm-256color") };
        let mono = Theme::choose("light", &no_color, Some(false)).unwrap();
        assert_eq!(mono.name, "mono");
        assert!(styles(&mono).iter().all(|(_, style)| style.fg.is_none() && style.bg.is_none()));
        let palette = Theme::choose("contrast", &with("", "xterm-256color"), None).unwrap();
        let colours = styles(&palette).into_iter().flat_map(|(_, style)| [style.fg, style.bg]).flatten();
        assert!(colours.into_iter().all(|colour| matches!(colour, Color::Indexed(16..))));
    }

    #[test]
    fn the_theme_is_chosen_by_the_terminal_unless_named() {
        let name = |name, environment: TerminalEnvironment, dark| {
            Theme::choose(name, &environment, dark).map(|theme| theme.name)
        };
        assert_eq!(name("auto", with("truecolor", "xterm"), Some(false)).as_deref(), Ok("light"));
        assert_eq!(name("auto", with("24bit", "xterm"), None).as_deref(), Ok("dark"));
        assert_eq!(name("auto", with("", "screen-256color"), Some(false)).as_deref(), Ok("light"));
        assert_eq!(name("auto", with("", "xterm-direct"), Some(true)).as_deref(), Ok("dark"));
        assert_eq!(name("auto", with("", "linux"), Some(false)).as_deref(), Ok("sixteen"));
        assert_eq!(name("auto", with("truecolor", "dumb"), None).as_deref(), Ok("mono"));
        assert_eq!(name("light", with("", "linux"), Some(true)).as_deref(), Ok("light"));
        assert_eq!(name("drak", with("", ""), None).unwrap_err(), "there is no theme `drak`; did you mean `dark`?");
        assert!(name("solarized", with("", ""), None).unwrap_err().contains("there are auto, dark, light"));
    }

    #[test]
    fn own_themes_are_files_and_may_have_a_base() {
        let folder = tempfile::tempdir().unwrap();
        let themes = folder.path().join("themes");
        fs::create_dir(&themes).unwrap();
        let write = |name: &str, text: &str| fs::write(themes.join(name), text).unwrap();
        let open = |name: &str| Theme::open(name, &themes, &with("truecolor", ""), None);
        write("mine.toml", "base = 'light'\n[palette]\ndim = '#123456'\n[roles]\nborder-focus = 'dim on red italic'\n");
        let mine = open("mine").unwrap();
        assert_eq!((mine.name.as_str(), mine.dark, mine.text), ("mine", false, theme("light").text));
        let expected = Style::new().fg(Color::Rgb(0x12, 0x34, 0x56)).bg(Color::Red).add_modifier(Modifier::ITALIC);
        assert_eq!(mine.border_focus, expected);
        assert_eq!(open("themes/mine.toml"), Ok(mine.clone()));
        assert_eq!(open(themes.join("mine.toml").to_str().unwrap()), Ok(mine));
        for (text, part) in [
            ("base = 'dark'\n[roles]\nboarder = ''", "there is no role `boarder`; did you mean `border`?"),
            ("base = 'dark'\n[roles]\ntext = 'blu'", "role `text`: `blu` is not a colour"),
            ("base = 'dark'\n[roles]\ntext = 'red on'", "a colour must follow `on`"),
            ("[roles]\ntext = ''", "the role `bright` is missing"),
            ("base = 'dusk'\n[roles]\n", "there is no theme `dusk`"),
            ("base = 'dark'\n[roles]\ntext = 3", "line 3: invalid type"),
        ] {
            write("wrong.toml", text);
            let error = open("wrong").unwrap_err();
            assert!(error.contains("wrong.toml: ") && error.contains(part), "{error}");
        }
        assert!(open("missing").unwrap_err().contains("there is no theme `missing`"));
    }
}
