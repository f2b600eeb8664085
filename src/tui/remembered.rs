//! What the reader remembers from one start to the next: the theme and the density chosen by hand, the sizes of the panes, the query with the
//! paper under the cursor, and the histories. It is the file `state.toml` in the data folder. Losing it loses nothing the user did, so
//! one that cannot be read costs only itself, and one that cannot be written is no error.

use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tui_input::Input;

use super::cursor::Cursor;
use super::jumps::QueryHistory;
use super::model::{Arrangement, Model};
use super::{filters, signals};
use crate::config::{Config, Density};
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::query::Query;
use crate::error::in_plain_words;
use crate::temporary;

/// The file in the data folder.
const FILE: &str = "state.toml";
/// How its temporary names begin.
const TEMPORARY: &str = "state.tmp-";
/// The form of the file that this program writes; a later program may write another.
const VERSION: u32 = 1;
/// Lines of a history that are written.
const MOST_LINES: usize = 100;
/// Longest line of a history that is written, and longest query, in bytes: a pasted page is not typed again.
const LONGEST_LINE: usize = 4096;
const LONGEST_QUERY: usize = 64 * 1024;
/// Largest file that is read; what is written is smaller.
const LARGEST: u64 = 2 * 1024 * 1024;
const HEAD: &str =
    "# What the reader looks like at its next start. Written by the program; deleting it loses nothing else.\n";

/// Something chosen in the reader in place of a setting. It holds until the setting is changed: the later choice counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Choice<T> {
    chosen: T,
    /// What the setting was.
    setting: T,
}

/// The content of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Remembered {
    version: u32,
    /// As typed.
    query: String,
    /// Key of the paper under the cursor.
    paper: Option<String>,
    /// Its row, and the first row in the window.
    row: usize,
    top: usize,
    filters_width: Option<u16>,
    list_share: Option<u16>,
    /// Headings of the filters whose rows are hidden.
    folded: Vec<String>,
    /// Oldest first.
    queries: Vec<String>,
    commands: Vec<String>,
    theme: Option<Choice<String>>,
    density: Option<Choice<Density>>,
}

/// What a start remembers, and what its end writes.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    /// None: nothing is remembered.
    file: Option<PathBuf>,
    /// The settings that a choice can replace.
    theme_setting: String,
    density_setting: Density,
    before: Remembered,
    /// Names of the theme at the start, to tell whether the user chose another.
    theme_before: String,
}

impl Memory {
    /// Reads the file in a data folder. Also returns why it cannot be used, where that is so.
    pub(super) fn read(folder: &Path, config: &Config) -> (Self, Option<String>) {
        let file = folder.join(FILE);
        let (before, problem) = match Remembered::read(&file) {
            Ok(before) => (before, None),
            Err(why) => {
                let name = Clean::new(&file.to_string_lossy());
                (Remembered::default(), Some(format!("{name} {why}; the reader starts as for the first time")))
            }
        };
        (Self { file: Some(file), before, ..Self::nothing(config) }, problem)
    }

    /// Remembers nothing and writes nothing.
    pub(super) fn nothing(config: &Config) -> Self {
        Self {
            file: None,
            theme_setting: config.screen.theme.clone(),
            density_setting: config.screen.density,
            before: Remembered::default(),
            theme_before: String::new(),
        }
    }

    /// The theme chosen in the reader, unless the setting was changed since.
    pub(super) fn theme(&self) -> Option<&str> {
        in_force(self.before.theme.as_ref(), &self.theme_setting).map(String::as_str)
    }

    /// Makes a new model what it was at the end before; `with_place`: the query and the cursor, too.
    pub(super) fn restore(&mut self, model: &mut Model, with_place: bool) {
        let before = &self.before;
        self.theme_before.clone_from(&model.theme_name);
        let density = in_force(before.density.as_ref(), &self.density_setting).copied();
        model.arrangement.two_line = density.unwrap_or(self.density_setting) == Density::TwoLine;
        if let Some(columns) = before.filters_width {
            model.arrangement.set_filters_width(columns);
        }
        if let Some(percent) = before.list_share {
            model.arrangement.set_list_share(percent);
        }
        let is_folded = |heading: &&'static str| before.folded.iter().any(|folded| folded == heading);
        model.filters.folded = filters::headings().filter(is_folded).collect();
        model.history = QueryHistory::of(cleaned(&before.queries));
        model.command_history = cleaned(&before.commands).collect();
        if with_place {
            let text = Clean::new(&before.query).into_string();
            model.search.query = Query::parse(&text);
            model.search.input = Input::new(text);
            let key = before.paper.as_deref().and_then(PaperKey::from_stored);
            model.results.keep = key.and_then(|key| model.snapshot.find(&key));
            model.results.left_at = Some(Cursor { selected: before.row, top: before.top });
        }
    }

    /// Writes what to remember of a model. What another reader wrote meanwhile is kept where this one changed nothing. Waits at most a
    /// second for the disk.
    pub(super) fn keep(&self, model: &Model) {
        let Some(file) = self.file.clone() else { return };
        let (mine, before) = (self.of(model), self.before.clone());
        signals::within_a_second(move || {
            let now = Remembered::read(&file);
            let next = mine.joined(&before, now.as_ref().unwrap_or(&before));
            if now.is_err() || now.is_ok_and(|now| now != next) {
                // A failure could be told to nobody, and nothing is lost.
                drop(next.write(&file));
            }
        });
    }

    fn of(&self, model: &Model) -> Remembered {
        let usual = Arrangement::default();
        let arrangement = &model.arrangement;
        let theme = match &model.theme_name {
            same if *same == self.theme_before => {
                self.before.theme.clone().filter(|it| it.setting == self.theme_setting)
            }
            chosen => choice(chosen.clone(), self.theme_setting.clone()),
        };
        let density = if arrangement.two_line { Density::TwoLine } else { Density::OneLine };
        let search = &model.search;
        // What stands in an open box was not entered.
        let (query, paper, row) = match &search.opened_from {
            Some(from) if search.open => (search.before.as_str(), from.paper.clone(), from.row),
            _ => {
                let paper = model.current_key().or_else(|| model.detail.key.clone());
                (search.input.value(), paper, model.list.selected)
            }
        };
        Remembered {
            version: VERSION,
            query: Some(query).filter(|text| text.len() <= LONGEST_QUERY).unwrap_or_default().to_owned(),
            paper: paper.map(|key| key.as_str().to_owned()),
            row,
            top: model.list.top.min(row),
            filters_width: arrangement.filters_width,
            list_share: Some(arrangement.list_share).filter(|percent| *percent != usual.list_share),
            folded: model.filters.folded.iter().map(|heading| (*heading).to_owned()).collect(),
            queries: short(model.history.queries()),
            commands: short(&model.command_history),
            theme,
            density: choice(density, self.density_setting),
        }
    }
}

impl Remembered {
    /// The content of a file; nothing when there is none.
    ///
    /// # Errors
    /// Why it cannot be used, as the end of a sentence.
    fn read(file: &Path) -> Result<Self, String> {
        match fs::metadata(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            // To read a pipe would wait for ever.
            Ok(found) if !found.is_file() => return Err("is not a regular file".to_owned()),
            Ok(found) if found.len() > LARGEST => return Err("is larger than what the reader writes".to_owned()),
            Ok(_) | Err(_) => {}
        }
        let bytes = fs::read(file).map_err(|error| format!("cannot be read: {}", in_plain_words(&error)))?;
        let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())?;
        let read: Self = toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
            format!("is damaged at line {line}")
        })?;
        match read.version {
            VERSION => Ok(read),
            0 => Err("was not written by the reader".to_owned()),
            _ => Err("was written by a newer version".to_owned()),
        }
    }

    /// This with what `now` has in place of whatever did not change since `before`. Lines of both histories are kept.
    fn joined(self, before: &Self, now: &Self) -> Self {
        fn newer<T: PartialEq + Clone>(mine: T, before: &T, now: &T) -> T {
            if mine == *before { now.clone() } else { mine }
        }
        Self {
            filters_width: newer(self.filters_width, &before.filters_width, &now.filters_width),
            list_share: newer(self.list_share, &before.list_share, &now.list_share),
            folded: newer(self.folded, &before.folded, &now.folded),
            queries: both(&now.queries, &self.queries),
            commands: both(&now.commands, &self.commands),
            theme: newer(self.theme, &before.theme, &now.theme),
            density: newer(self.density, &before.density, &now.density),
            ..self
        }
    }

    /// Replaces the file: a reader that reads it meanwhile sees the whole of one or the other.
    fn write(&self, file: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        let folder = file.parent().unwrap_or(Path::new("."));
        temporary::remove_abandoned(folder, TEMPORARY);
        let mut new = temporary::file(folder, TEMPORARY)?;
        new.write_all(HEAD.as_bytes())?;
        new.write_all(text.as_bytes())?;
        new.as_file().sync_all()?;
        new.persist(file)?;
        Ok(())
    }
}

/// The choice, unless the setting is no longer what it replaced.
fn in_force<'a, T: PartialEq>(choice: Option<&'a Choice<T>>, setting: &T) -> Option<&'a T> {
    choice.filter(|choice| choice.setting == *setting).map(|choice| &choice.chosen)
}

/// A choice that is the setting needs no place of its own.
fn choice<T: PartialEq>(chosen: T, setting: T) -> Option<Choice<T>> {
    (chosen != setting).then_some(Choice { chosen, setting })
}

/// Lines without what a terminal could act on.
fn cleaned(lines: &[String]) -> impl Iterator<Item = String> {
    lines.iter().map(|line| Clean::new(line).into_string())
}

/// The latest lines that are short enough to keep.
fn short(lines: &[String]) -> Vec<String> {
    let lines: Vec<String> = lines.iter().filter(|line| line.len() <= LONGEST_LINE).cloned().collect();
    let surplus = lines.len().saturating_sub(MOST_LINES);
    lines.into_iter().skip(surplus).collect()
}

/// The lines of two histories, each once, in the order in which they were entered last.
fn both(earlier: &[String], later: &[String]) -> Vec<String> {
    let known: HashSet<&String> = later.iter().collect();
    let lines: Vec<String> = earlier.iter().filter(|line| !known.contains(line)).chain(later).cloned().collect();
    short(&lines)
}
