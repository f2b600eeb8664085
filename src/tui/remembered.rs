//! What the reader remembers from one start to the next: the theme and the density chosen by hand, the sizes of the panes, the query with the
//! paper under the cursor, and the histories. It is the file `state.toml` in the data folder, written at the end and when nothing was
//! pressed for a while. Losing it loses nothing the user did, so one that cannot be written is no error. One that is damaged is kept
//! aside, and one of a newer version is left alone.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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
/// What is added to the name of a damaged file; a number follows where there is one already.
const DAMAGED: &str = "damaged";
/// Damaged files that are kept; the last one is replaced then.
const MOST_DAMAGED: usize = 9;
/// How long after the last key what is remembered is written. What came since is lost when the process is killed.
pub(super) const KEEP_AFTER: Duration = Duration::from_secs(2);
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
    /// The theme that was chosen no longer exists.
    is_theme_gone: bool,
    /// Writes are made one at a time, and the later one wins.
    kept: Arc<Mutex<Kept>>,
    /// What was handed out to be written last.
    handed_out: Option<Remembered>,
    writes: u64,
}

/// What was written last.
#[derive(Clone, Debug, Default)]
struct Kept {
    /// Its place in the order in which writes were begun.
    number: u64,
    /// None: what was read at the start.
    content: Option<Remembered>,
}

/// Why a file cannot be used.
#[derive(Debug)]
struct Unusable {
    /// The end of a sentence.
    why: String,
    /// It holds nothing that another program could read.
    is_damaged: bool,
}

impl Memory {
    /// Reads the file in a data folder. Also returns why it cannot be used, where that is so.
    pub(super) fn read(folder: &Path, config: &Config) -> (Self, Option<String>) {
        let file = folder.join(FILE);
        let Unusable { why, is_damaged } = match Remembered::read(&file) {
            Ok(before) => return (Self { file: Some(file), before, ..Self::nothing(config) }, None),
            Err(unusable) => unusable,
        };
        let aside = if is_damaged { set_aside(&file) } else { None };
        let becomes = match &aside {
            Some(name) => format!("it is kept as {name}"),
            None => "nothing is remembered of this session".to_owned(),
        };
        let name = Clean::new(&file.to_string_lossy());
        let problem = format!("{name} {why}; the reader starts as for the first time, and {becomes}");
        (Self { file: aside.map(|_| file), ..Self::nothing(config) }, Some(problem))
    }

    /// Remembers nothing and writes nothing.
    pub(super) fn nothing(config: &Config) -> Self {
        Self {
            file: None,
            theme_setting: config.screen.theme.clone(),
            density_setting: config.screen.density,
            before: Remembered::default(),
            theme_before: String::new(),
            is_theme_gone: false,
            kept: Arc::default(),
            handed_out: None,
            writes: 0,
        }
    }

    /// The theme chosen in the reader, unless the setting was changed since.
    pub(super) fn theme(&self) -> Option<&str> {
        let theme = in_force(self.before.theme.as_ref(), &self.theme_setting).map(String::as_str);
        theme.filter(|_| !self.is_theme_gone)
    }

    /// The theme chosen in the reader cannot be opened: the setting holds, and it is not remembered any longer.
    pub(super) fn forget_theme(&mut self) {
        self.is_theme_gone = true;
    }

    /// Whether anything is written.
    pub(super) fn is_kept(&self) -> bool {
        self.file.is_some()
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
    pub(super) fn keep(&mut self, model: &Model) {
        if let Some(write) = self.write(model) {
            signals::within_a_second(write);
        }
    }

    /// The same in the background, and only if anything is another than at the last time.
    pub(super) fn keep_in_background(&mut self, model: &Model) {
        if self.handed_out.as_ref() != Some(&self.of(model))
            && let Some(write) = self.write(model)
        {
            signals::in_background(write);
        }
    }

    /// What writes the file; None where nothing is remembered.
    fn write(&mut self, model: &Model) -> Option<impl FnOnce() + Send + 'static> {
        let file = self.file.clone()?;
        let (mine, at_start, kept) = (self.of(model), self.before.clone(), Arc::clone(&self.kept));
        self.handed_out = Some(mine.clone());
        self.writes += 1;
        let number = self.writes;
        Some(move || {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if number < kept.number {
                return;
            }
            // Another program may have written what this one cannot read.
            let Ok(now) = Remembered::read(&file) else { return };
            let before = kept.content.take().unwrap_or(at_start);
            let next = mine.clone().joined(&before, &now);
            if now != next {
                // A failure could be told to nobody, and nothing is lost.
                drop(next.write(&file));
            }
            *kept = Kept { number, content: Some(mine) };
        })
    }

    fn of(&self, model: &Model) -> Remembered {
        let usual = Arrangement::default();
        let arrangement = &model.arrangement;
        let theme = match &model.theme_name {
            _ if self.is_theme_gone && model.theme_name == self.theme_before => None,
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
            // The list on the screen is that of an earlier query.
            _ if !model.results.is_of_query() => (search.input.value(), None, 0),
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

/// The only part of the file that every version has.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// Gives a damaged file another name; None where that cannot be done.
fn set_aside(file: &Path) -> Option<String> {
    let name = |number: usize| match number {
        1 => format!("{FILE}.{DAMAGED}"),
        number => format!("{FILE}.{DAMAGED}-{number}"),
    };
    let is_free = |name: &String| file.with_file_name(name).symlink_metadata().is_err();
    let name = (1..=MOST_DAMAGED).map(name).find(is_free).unwrap_or_else(|| name(MOST_DAMAGED));
    fs::rename(file, file.with_file_name(&name)).ok().map(|()| name)
}

/// The file that is written in place of a symbolic link, there or not; any other file itself.
fn linked_file(file: &Path) -> io::Result<Cow<'_, Path>> {
    if !file.is_symlink() {
        return Ok(Cow::Borrowed(file));
    }
    fs::canonicalize(file).map(Cow::Owned).or_else(|_| {
        let target = file.with_file_name("").join(fs::read_link(file)?);
        let name = target.file_name().ok_or(ErrorKind::NotFound)?;
        Ok(Cow::Owned(fs::canonicalize(target.with_file_name(""))?.join(name)))
    })
}

impl Remembered {
    /// The content of a file; nothing when there is none.
    ///
    /// # Errors
    /// Why it cannot be used.
    fn read(file: &Path) -> Result<Self, Unusable> {
        let left_alone = |why: String| Unusable { why, is_damaged: false };
        let damaged = |why: &str| Unusable { why: why.to_owned(), is_damaged: true };
        match fs::metadata(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            // To read a pipe would wait for ever.
            Ok(found) if !found.is_file() => return Err(left_alone("is not a regular file".to_owned())),
            Ok(found) if found.len() > LARGEST => return Err(damaged("is larger than what the reader writes")),
            Ok(_) | Err(_) => {}
        }
        let cannot = |error: io::Error| left_alone(format!("cannot be read: {}", in_plain_words(&error)));
        let text = String::from_utf8(fs::read(file).map_err(cannot)?).map_err(|_| damaged("is not UTF-8 text"))?;
        // What a newer version writes may hold values that this one does not know.
        if toml::from_str::<Version>(&text).is_ok_and(|read| read.version > VERSION) {
            return Err(left_alone("was written by a newer version".to_owned()));
        }
        let read: Self = toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
            damaged(&format!("is damaged at line {line}"))
        })?;
        if read.version == VERSION { Ok(read) } else { Err(damaged("was not written by the reader")) }
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

    /// Replaces the file, or the one that a symbolic link in its place leads to: a reader that reads it meanwhile sees the whole of one or the
    /// other.
    fn write(&self, file: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        let file = &*linked_file(file)?;
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
