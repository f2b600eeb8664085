//! How things look: a style for each role, read from theme files, fitted to what the terminal can show. Views name roles, never
//! colours. Plain text gets no background, so that the terminal's own shows through.

mod glyphs;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::domain::clean::Clean;
use crate::domain::nearest;
use crate::error::in_plain_words;

pub use glyphs::Glyphs;

/// Declares the roles once: as fields, by name for theme files, and as a list.
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
    /// What is read: abstracts.
    text,
    /// What is decided on: titles.
    bright,
    /// What is consulted: dates, counts, hints.
    dim,
    accent,
    border,
    border_focus,
    /// The row under the cursor in the pane with the focus, laid under the row's other styles.
    selection,
    /// The same in the other panes.
    selection_unfocused,
    /// Rows selected for a common change, laid under the row's other styles.
    marked,
    /// Letters that match the search.
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
    /// Ground of what lies over the panes.
    overlay,
}

/// The themes that come with the program: name and file.
pub const THEMES: &[(&str, &str)] = &[
    ("dark", include_str!("../../../assets/themes/dark.toml")),
    ("light", include_str!("../../../assets/themes/light.toml")),
    ("contrast", include_str!("../../../assets/themes/contrast.toml")),
    ("sixteen", include_str!("../../../assets/themes/sixteen.toml")),
    ("mono", include_str!("../../../assets/themes/mono.toml")),
];

/// What the environment says about the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `NO_COLOR` is set to something.
    pub no_color: bool,
    pub colorterm: Option<String>,
    pub term: Option<String>,
    /// The first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set to something.
    pub locale: Option<String>,
}

impl Environment {
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        // The consoles of Windows understand all of it and say nothing.
        let windows = |value: &str| cfg!(windows).then(|| value.to_owned());
        Self {
            no_color: set("NO_COLOR").is_some(),
            colorterm: set("COLORTERM").or_else(|| windows("truecolor")),
            term: set("TERM").or_else(|| windows("windows")),
            locale: set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).or_else(|| windows("UTF-8")),
        }
    }

    fn colours(&self) -> Colours {
        let term = self.term.as_deref().unwrap_or_default();
        let said = self.colorterm.as_deref().unwrap_or_default();
        if self.no_color || term == "dumb" {
            Colours::None
        } else if ["truecolor", "24bit"].contains(&said) || term.contains("direct") {
            Colours::All
        } else if term.contains("256") {
            Colours::Palette
        } else {
            Colours::Sixteen
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Colours {
    None,
    Sixteen,
    /// The 256 of xterm.
    Palette,
    All,
}

impl Theme {
    /// A theme by the name in the settings. `auto` goes by the terminal's colours and background (`dark` when that is not known).
    /// Without colours it is `mono` whatever the name. A theme of more colours than the terminal has takes the nearest of 256.
    ///
    /// # Errors
    /// The name is of no theme that comes with the program: says which there are.
    pub fn choose(name: &str, environment: &Environment, dark: Option<bool>) -> Result<Self, String> {
        let colours = environment.colours();
        let name = match (name, colours) {
            (_, Colours::None) => "mono",
            ("auto", Colours::Sixteen) => "sixteen",
            ("auto", _) if dark == Some(false) => "light",
            ("auto", _) => "dark",
            (name, _) => name,
        };
        Self::shipped(name).map(|theme| theme.fitted(colours))
    }

    /// The same, and the person's own: a file `NAME.toml` in the folder `themes`, or the path of a file, where a relative one starts
    /// beside that folder.
    ///
    /// # Errors
    /// There is no such theme, or its file is wrong: says where and how.
    pub fn open(name: &str, themes: &Path, environment: &Environment, dark: Option<bool>) -> Result<Self, String> {
        let file = own_file(name, themes);
        let colours = environment.colours();
        if colours == Colours::None || THEMES.iter().any(|(theme, _)| *theme == name) || !file.exists() {
            return Self::choose(name, environment, dark);
        }
        let shown = Clean::new(&file.to_string_lossy()).into_string();
        let text = fs::read_to_string(&file).map_err(|error| format!("{shown}: {}", in_plain_words(&error)))?;
        let stem = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy();
        let theme = Self::parse(&Clean::new(&stem), &text);
        theme.map(|theme| theme.fitted(colours)).map_err(|error| Clean::new(&format!("{shown}: {error}")).into_string())
    }

    fn shipped(name: &str) -> Result<Self, String> {
        let names = || THEMES.iter().map(|(name, _)| *name);
        if let Some((name, text)) = THEMES.iter().find(|(theme, _)| *theme == name) {
            return Self::parse(name, text);
        }
        let near = nearest::nearest(name, names()).map(|near| format!("did you mean `{near}`?"));
        let near = near.unwrap_or_else(|| format!("there are auto, {}", names().collect::<Vec<_>>().join(", ")));
        Err(Clean::new(&format!("there is no theme `{name}`; {near}")).into_string())
    }

    /// Reads a theme file: `dark`, `base` (a theme of the program whose roles stand where the file is silent), a `palette` of names
    /// for colours, and `roles`.
    fn parse(name: &str, text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
            format!("line {line}: {}", error.message().trim_end())
        })?;
        let mut theme = match &file.base {
            Some(base) => Self::shipped(base)?,
            None => Self::blank(name),
        };
        theme.name = name.to_owned();
        theme.dark = file.dark.unwrap_or(theme.dark);
        for (role, look) in &file.roles {
            let Some(style) = ROLES.iter().find(|name| written(name) == *role).and_then(|name| theme.role_mut(name))
            else {
                let names: Vec<String> = ROLES.iter().map(|name| written(name)).collect();
                let near = nearest::nearest(role, names.iter().map(String::as_str));
                let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                return Err(format!("there is no role `{role}`{near}"));
            };
            *style = parse_style(look, &file.palette).map_err(|error| format!("role `{role}`: {error}"))?;
        }
        let missing = ROLES.iter().map(|name| written(name)).find(|role| !file.roles.contains_key(role));
        match missing {
            Some(role) if file.base.is_none() => {
                Err(format!("the role `{role}` is missing; a line like base = \"dark\" fills the gaps"))
            }
            _ => Ok(theme),
        }
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

/// A role's name as theme files write it.
fn written(role: &str) -> String {
    role.replace('_', "-")
}

fn own_file(name: &str, themes: &Path) -> PathBuf {
    let is_path = name.ends_with(".toml") || name.contains(std::path::is_separator);
    if is_path { themes.with_file_name(name) } else { themes.join(format!("{name}.toml")) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dark: Option<bool>,
    base: Option<String>,
    #[serde(default)]
    palette: BTreeMap<String, String>,
    roles: BTreeMap<String, String>,
}

const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
    ("strike", Modifier::CROSSED_OUT),
];

/// Reads `blue bold`, `ink on #1f2226`, `reverse`, or nothing for the terminal's own. A colour is a name of the palette, `#rrggbb`, a
/// number from 0 to 255, or the name of one of the 16; the palette's names come first.
fn parse_style(look: &str, palette: &BTreeMap<String, String>) -> Result<Style, String> {
    let colour = |word: &str| {
        let value = palette.get(word).map_or(word, String::as_str);
        value.parse::<Color>().map_err(|_| format!("`{value}` is not a colour"))
    };
    let mut style = Style::new();
    let mut words = look.split_whitespace();
    while let Some(word) = words.next() {
        let modifier = MODIFIERS.iter().find(|(name, _)| *name == word && !palette.contains_key(word));
        match (word, modifier) {
            ("on", _) => style.bg = Some(colour(words.next().ok_or("a colour must follow `on`")?)?),
            (_, Some((_, modifier))) => style = style.add_modifier(*modifier),
            _ => style.fg = Some(colour(word)?),
        }
    }
    Ok(style)
}

/// The nearest colour of xterm's 256 that no terminal lets its user redefine: the cube of 16 to 231 and the greys above.
fn nearest_of_palette(colour: Color) -> Color {
    let Color::Rgb(red, green, blue) = colour else { return colour };
    let level = |value: u8| match value {
        0..48 => 0,
        48..115 => 1,
        _ => (value - 35) / 40,
    };
    let (r, g, b) = (level(red), level(green), level(blue));
    let mean = (u16::from(red) + u16::from(green) + u16::from(blue)) / 3;
    let grey = mean.saturating_sub(3).min(235) / 10;
    let candidates = [16 + 36 * r + 6 * g + b, 232 + u8::try_from(grey).unwrap_or(0)];
    let distance = |index: &u8| {
        let (r, g, b) = of_palette(*index);
        [(r, red), (g, green), (b, blue)].map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).iter().sum::<u32>()
    };
    Color::Indexed(candidates.into_iter().min_by_key(distance).unwrap_or(16))
}

/// Red, green and blue of a colour from 16 to 255, by xterm's formula.
fn of_palette(index: u8) -> (u8, u8, u8) {
    let step = |level: u8| if level == 0 { 0 } else { 55 + 40 * level };
    match index.saturating_sub(16) {
        cube @ 0..216 => (step(cube / 36), step(cube / 6 % 6), step(cube % 6)),
        grey => {
            let value = 8 + 10 * (grey - 216);
            (value, value, value)
        }
    }
}

/// Where themes come from, for as long as the reader runs.
#[derive(Clone, Debug, Default)]
pub struct Themes {
    /// The person's own.
    pub folder: PathBuf,
    pub environment: Environment,
    /// What the terminal said of its background.
    pub dark: Option<bool>,
}

impl Themes {
    /// A theme by name, or what is wrong with the name or its file.
    pub fn open(&self, name: &str) -> Result<Theme, String> {
        Theme::open(name, &self.folder, &self.environment, self.dark)
    }
}

/// Longest wait for a terminal to say what its background is; one that never answers must not hold the first screen up.
const BACKGROUND_WAIT: Duration = Duration::from_millis(100);

/// Whether the terminal's background is dark, as it says itself; None when it does not say. Asked only where the answer decides: `auto`
/// on a terminal of many colours. Must come before anything else reads the terminal.
pub fn background(name: &str, environment: &Environment) -> Option<bool> {
    if name != "auto" || !matches!(environment.colours(), Colours::All | Colours::Palette) {
        return None;
    }
    let mut options = terminal_colorsaurus::QueryOptions::default();
    options.timeout = BACKGROUND_WAIT;
    let mode = terminal_colorsaurus::theme_mode(options).ok()?;
    Some(mode == terminal_colorsaurus::ThemeMode::Dark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(colorterm: &str, term: &str) -> Environment {
        Environment::read(|name| match name {
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
    fn every_theme_sets_every_role_and_no_ground_under_text() {
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
    fn text_of_every_weight_is_legible_on_the_ground_and_on_every_row() {
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
        let no_color = Environment { no_color: true, ..with("truecolor", "xterm-256color") };
        let mono = Theme::choose("light", &no_color, Some(false)).unwrap();
        assert_eq!(mono.name, "mono");
        assert!(styles(&mono).iter().all(|(_, style)| style.fg.is_none() && style.bg.is_none()));
        let palette = Theme::choose("contrast", &with("", "xterm-256color"), None).unwrap();
        let colours = styles(&palette).into_iter().flat_map(|(_, style)| [style.fg, style.bg]).flatten();
        assert!(colours.into_iter().all(|colour| matches!(colour, Color::Indexed(16..))));
    }

    #[test]
    fn the_theme_is_chosen_by_the_terminal_unless_named() {
        let name =
            |name, environment: Environment, dark| Theme::choose(name, &environment, dark).map(|theme| theme.name);
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
    fn own_themes_are_files_and_may_stand_on_another() {
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

    #[test]
    fn colours_go_to_the_nearest_of_the_palette() {
        let near = |r, g, b| nearest_of_palette(Color::Rgb(r, g, b));
        assert_eq!(near(0, 0, 0), Color::Indexed(16));
        assert_eq!(near(255, 255, 255), Color::Indexed(231));
        assert_eq!(near(255, 0, 0), Color::Indexed(196));
        assert_eq!(near(0x12, 0x12, 0x12), Color::Indexed(233));
        assert_eq!(near(0x5f, 0x87, 0xaf), Color::Indexed(67));
        for index in 16..=255 {
            let (r, g, b) = of_palette(index);
            let Color::Indexed(found) = near(r, g, b) else { panic!() };
            assert_eq!(of_palette(found), (r, g, b));
        }
    }
}
