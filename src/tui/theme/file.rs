//! Theme files: what they may say, and the theme that they make.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use super::{ROLES, Theme};
use crate::domain::nearest;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    dark: Option<bool>,
    base: Option<String>,
    #[serde(default)]
    palette: BTreeMap<String, String>,
    roles: BTreeMap<String, String>,
}

/// Reads a theme file: `dark`, `base` (a built-in theme, whose roles apply where the file sets none), a `palette` of names for colours, and
/// `roles`.
pub(super) fn parse(name: &str, text: &str) -> Result<Theme, String> {
    let file: ThemeFile = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
        format!("line {line}: {}", error.message().trim_end())
    })?;
    let mut theme = match &file.base {
        Some(base) => Theme::shipped(base)?,
        None => Theme::blank(name),
    };
    theme.name = name.to_owned();
    theme.dark = file.dark.unwrap_or(theme.dark);
    for (role, text) in &file.roles {
        let Some(style) = ROLES.iter().find(|name| written(name) == *role).and_then(|name| theme.role_mut(name)) else {
            let names: Vec<String> = ROLES.iter().map(|name| written(name)).collect();
            let near = nearest::nearest(role, names.iter().map(String::as_str));
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("there is no role `{role}`{near}"));
        };
        *style = parse_style(text, &file.palette).map_err(|error| format!("role `{role}`: {error}"))?;
    }
    // A theme without a ground leaves the terminal's own.
    let needed = ROLES.iter().filter(|name| **name != "ground").map(|name| written(name));
    let missing = needed.into_iter().find(|role| !file.roles.contains_key(role));
    match missing {
        Some(role) if file.base.is_none() => {
            Err(format!("the role `{role}` is missing; a line like base = \"dark\" sets the others"))
        }
        _ => Ok(theme),
    }
}

/// A role's name as theme files write it.
fn written(role: &str) -> String {
    role.replace('_', "-")
}

const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
    ("strike", Modifier::CROSSED_OUT),
];

/// Reads `blue bold`, `ink on #1f2226`, `reverse`, or an empty text for the terminal's own colours. A colour is a name of the palette,
/// `#rrggbb`, a number from 0 to 255, or the name of one of the first 16; the palette's names take precedence.
fn parse_style(text: &str, palette: &BTreeMap<String, String>) -> Result<Style, String> {
    let colour = |word: &str| {
        let value = palette.get(word).map_or(word, String::as_str);
        value.parse::<Color>().map_err(|_| format!("`{value}` is not a colour"))
    };
    let mut style = Style::new();
    let mut words = text.split_whitespace();
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
