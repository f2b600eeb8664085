//! Folders of the library, and the user's settings in `config.toml`. Keys and colours stay text here; `tui` interprets them. Never reads
//! from the working directory unless a path names it, and a mistake in the file affects only its own line.

mod sync;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use directories::ProjectDirs;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use self::sync::{ReadSetting, SERVICE_SETTINGS, text, texts};
pub use self::sync::{SERVICES, ServiceConfig, SyncConfig};
use crate::domain::clean::Clean;
use crate::domain::nearest::did_you_mean;
use crate::error::{Error, Result, in_plain_words};

/// The folders of a library. Both paths are absolute; neither needs to exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Folder of the databases, the index and the backups.
    pub data: PathBuf,
    pub config_file: PathBuf,
}

impl Paths {
    /// With `dir` (from `--dir` or `TSUNDOKU_DIR`; empty counts as not given) everything is in that folder, else in the platform's
    /// folders; environment variables that name those by relative or empty paths are ignored, as the XDG base directory specification
    /// demands. `TSUNDOKU_CONFIG` names another settings file in either case.
    ///
    /// # Errors
    /// A usage error when no folder can be determined.
    pub fn resolve(dir: Option<&Path>) -> Result<Self> {
        let settings = env::var_os("TSUNDOKU_CONFIG").map(PathBuf::from);
        let platform = ProjectDirs::from("", "", "tsundoku");
        let platform = platform.as_ref().map(|folders| (folders.data_dir(), folders.config_dir()));
        Self::decide(dir, settings.as_deref(), platform)
    }

    fn decide(dir: Option<&Path>, settings: Option<&Path>, platform: Option<(&Path, &Path)>) -> Result<Self> {
        let (data, folder) = match (given(dir)?, platform) {
            (Some(dir), _) => (dir.clone(), dir),
            (None, Some((data, folder))) if data.is_absolute() && folder.is_absolute() => (data.into(), folder.into()),
            (None, _) => {
                let error = Error::usage("no folder for the library: HOME is not set to an absolute path");
                return Err(error.hint("name one with --dir DIR or TSUNDOKU_DIR"));
            }
        };
        let config_file = given(settings)?.unwrap_or_else(|| folder.join("config.toml"));
        Ok(Self { data, config_file })
    }

    /// Folder of the files by which all processes of the user keep the pace that services ask for, whatever library they have open.
    pub fn pace(&self) -> PathBuf {
        let platform = ProjectDirs::from("", "", "tsundoku");
        // Not the runtime folder, which processes of a timer do not know.
        let folder = platform.as_ref().map(|folders| folders.cache_dir());
        folder.filter(|folder| folder.is_absolute()).unwrap_or(&self.data).join("pace")
    }

    /// Folder of the user's own themes: `themes` beside the settings file.
    pub fn themes(&self) -> PathBuf {
        self.config_file.with_file_name("themes")
    }
}

/// A path from the user, made absolute so that a later change of the working directory cannot move it.
fn given(path: Option<&Path>) -> Result<Option<PathBuf>> {
    let Some(path) = path.filter(|path| !path.as_os_str().is_empty()) else { return Ok(None) };
    let name = Clean::new(&path.to_string_lossy());
    std::path::absolute(path)
        .map(Some)
        .map_err(|error| Error::usage(format!("{name} is not a usable path: {}", in_plain_words(&error))))
}

/// A settings file with every setting at its default and explained.
pub const DEFAULT: &str = include_str!("../../assets/config.toml");

/// All settings; `DEFAULT` documents each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Config {
    pub screen: ScreenConfig,
    pub open: OpenConfig,
    pub keys: KeyTables,
    #[serde(skip_serializing_if = "SyncConfig::is_default")]
    pub sync: SyncConfig,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ScreenConfig {
    /// `auto`, the name of a theme, or the path of a theme file.
    pub theme: String,
    pub symbols: Symbols,
    pub density: Density,
    pub mouse: bool,
    /// Terminal columns of an abstract's lines, within `MEASURES`.
    pub measure: u16,
    /// Seconds until the paper of a shown abstract counts as seen; 0: never.
    pub seen_after: u32,
    /// A paper that is marked as read, dropped or queued gives way to the next one.
    pub advance: bool,
}

impl Default for ScreenConfig {
    fn default() -> Self {
        Self {
            theme: "auto".to_owned(),
            symbols: Symbols::default(),
            density: Density::default(),
            mouse: true,
            measure: 76,
            seen_after: 3,
            advance: false,
        }
    }
}

/// Terminal columns that an abstract's lines may have: shorter and longer lines are hard to read.
pub const MEASURES: std::ops::RangeInclusive<u16> = 40..=120;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbols {
    /// Unicode if the locale's character set is UTF-8.
    #[default]
    Auto,
    Unicode,
    Ascii,
}

/// What the user types in linear mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinearInput {
    /// Keys where the terminal gives them one by one, else lines.
    Auto,
    Keys,
    Lines,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Density {
    #[default]
    OneLine,
    TwoLine,
}

/// Other programs, as command lines; an empty one means the system's default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OpenConfig {
    /// Opens URLs.
    pub command: String,
    /// Edits notes.
    pub editor: String,
}

impl OpenConfig {
    /// The program and arguments that open a URL, which is added as the last argument; empty for the system's opener.
    pub fn command_words(&self) -> Vec<String> {
        words(&self.command).unwrap_or_default()
    }

    /// The program and arguments that edit a note's file, never empty: the setting, else `$VISUAL`, else `$EDITOR`, else the system's
    /// basic editor. `variable` reads the environment.
    pub fn editor_words(&self, variable: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let candidates = [Some(self.editor.clone()), variable("VISUAL"), variable("EDITOR")];
        let usable =
            candidates.into_iter().flatten().filter_map(|line| words(&line).ok()).find(|words| !words.is_empty());
        usable.unwrap_or_else(|| vec![if cfg!(windows) { "notepad" } else { "vi" }.to_owned()])
    }
}

/// Key bindings by scope: from keys (`ctrl-d`, `g g`) to the name of a command, or to an empty name or `none` to unbind them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KeyTables {
    pub global: KeyTable,
    pub list: KeyTable,
    pub filters: KeyTable,
    pub r#abstract: KeyTable,
}

pub type KeyTable = BTreeMap<String, String>;

impl KeyTables {
    /// The table of a scope by its name in the file.
    pub fn table(&self, scope: &str) -> Option<&KeyTable> {
        match scope {
            "global" => Some(&self.global),
            "list" => Some(&self.list),
            "filters" => Some(&self.filters),
            "abstract" => Some(&self.r#abstract),
            _ => None,
        }
    }
}

/// The file of the feeds that `tsundoku sync --opml` follows, beside that of the settings: it is written by this program, and may be edited.
pub fn feeds_file(settings: &Path) -> PathBuf {
    settings.with_file_name("feeds.toml")
}

impl Config {
    /// The settings of a file, with defaults for what is missing or wrong, and a message for each mistake. A missing file is no
    /// mistake.
    ///
    /// The feeds that were taken from other feed readers are added to those of the settings, each address once.
    pub fn load(file: &Path) -> (Self, Vec<String>) {
        let (mut config, mut warnings) = Self::load_file(file);
        let (more, more_warnings) = Self::load_file(&feeds_file(file));
        warnings.extend(more_warnings);
        for feed in more.sync.feeds {
            if !config.sync.feeds.iter().any(|known| known.address == feed.address) {
                config.sync.feeds.push(feed);
            }
        }
        (config, warnings)
    }

    fn load_file(file: &Path) -> (Self, Vec<String>) {
        let name = Clean::new(&file.to_string_lossy()).into_string();
        // To read a pipe would wait for ever.
        if fs::metadata(file).is_ok_and(|found| !found.is_file() && !found.is_dir()) && file != Path::new("/dev/null") {
            return (Self::default(), vec![format!("{name} is not a regular file; the defaults are used")]);
        }
        match fs::read(file).map(String::from_utf8) {
            Ok(Ok(text)) => Self::parse(&text, &name),
            Ok(Err(_)) => (Self::default(), vec![format!("{name} is not UTF-8 text; the defaults are used")]),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Self::default(), Vec::new()),
            Err(error) => (Self::default(), vec![format!("{name}: {}; the defaults are used", in_plain_words(&error))]),
        }
    }

    /// The same for a text; the warnings begin with `name` and the line.
    pub fn parse(text: &str, name: &str) -> (Self, Vec<String>) {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut reader = ConfigReader { text, config: Self::default(), broken: Vec::new(), warnings: Vec::new() };
        for error in errors {
            reader.warn(error.span().map_or(0, |span| span.start), error.message());
        }
        reader.broken = reader.warnings.iter().map(|(line, _)| *line).collect();
        for (key, value) in root.into_inner() {
            reader.table(&key, value);
        }
        reader.warnings.sort();
        let warnings = reader.warnings.into_iter();
        (reader.config, warnings.map(|(line, warning)| format!("{name}:{line}: {warning}")).collect())
    }

    /// The settings as a file that reads back to them.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_else(|error| format!("# {error}\n"))
    }
}

/// The table of a setting, its name, and the function that reads its value.
type ConfigSetting =
    (&'static str, &'static str, fn(&mut Config, ValueDeserializer<'_>) -> std::result::Result<(), String>);

const SETTINGS: &[ConfigSetting] = &[
    ("screen", "theme", |config, value| set(&mut config.screen.theme, value)),
    ("screen", "symbols", |config, value| set(&mut config.screen.symbols, value)),
    ("screen", "density", |config, value| set(&mut config.screen.density, value)),
    ("screen", "mouse", |config, value| set(&mut config.screen.mouse, value)),
    ("screen", "measure", |config, value| set_measure(&mut config.screen.measure, value)),
    ("screen", "seen-after", |config, value| set(&mut config.screen.seen_after, value)),
    ("screen", "advance", |config, value| set(&mut config.screen.advance, value)),
    ("open", "command", |config, value| set_words(&mut config.open.command, value)),
    ("open", "editor", |config, value| set_words(&mut config.open.editor, value)),
];

const TABLES: [&str; 4] = ["screen", "open", "keys", "sync"];
const SCOPES: [&str; 4] = ["global", "list", "filters", "abstract"];

fn set<T: DeserializeOwned>(place: &mut T, value: ValueDeserializer<'_>) -> std::result::Result<(), String> {
    *place = T::deserialize(value).map_err(|error| error.message().to_owned())?;
    Ok(())
}

fn set_measure(place: &mut u16, value: ValueDeserializer<'_>) -> std::result::Result<(), String> {
    let mut columns = 0;
    set(&mut columns, value)?;
    if !MEASURES.contains(&columns) {
        return Err(format!("{columns} is not between {} and {}", MEASURES.start(), MEASURES.end()));
    }
    *place = columns;
    Ok(())
}

fn set_words(place: &mut String, value: ValueDeserializer<'_>) -> std::result::Result<(), String> {
    let mut line = String::new();
    set(&mut line, value)?;
    words(&line).map_err(|error| error.message)?;
    *place = line;
    Ok(())
}

/// Reads the tables of a file, setting by setting.
struct ConfigReader<'a> {
    text: &'a str,
    config: Config,
    /// Lines that are not valid TOML; what the parser recovered from them is ignored.
    broken: Vec<usize>,
    /// Lines, from 1, with what is wrong in them.
    warnings: Vec<(usize, String)>,
}

type SpannedKey<'a> = Spanned<std::borrow::Cow<'a, str>>;

impl ConfigReader<'_> {
    fn line(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
    }

    fn is_broken(&self, offset: usize) -> bool {
        !self.broken.is_empty() && self.broken.contains(&self.line(offset))
    }

    fn warn(&mut self, offset: usize, warning: &str) {
        self.warnings.push((self.line(offset), Clean::new(warning).into_string()));
    }

    fn table(&mut self, key: &SpannedKey<'_>, value: Spanned<DeValue<'_>>) {
        let (name, at) = (key.get_ref().as_ref(), key.span().start);
        if !TABLES.contains(&name) {
            let table = SETTINGS.iter().find(|(_, setting, _)| *setting == name).map(|(table, ..)| *table);
            let advice = table.map(|table| format!("; `{name}` belongs in [{table}]"));
            let advice = advice.unwrap_or_else(|| format!("; {}", did_you_mean(name, TABLES)));
            return self.warn(at, &format!("unknown table or setting `{name}`{advice}"));
        }
        let DeValue::Table(entries) = value.into_inner() else {
            return self.warn(at, &format!("`{name}` is a table: write [{name}]"));
        };
        for (key, value) in entries {
            if name == "keys" {
                self.scope(&key, value);
            } else if name == "sync" {
                self.service(&key, value);
            } else if !self.is_broken(key.span().start) {
                self.setting(name, &key, value);
            }
        }
    }

    fn setting(&mut self, table: &str, key: &SpannedKey<'_>, value: Spanned<DeValue<'_>>) {
        let (name, at) = (key.get_ref().as_ref(), key.span().start);
        let settings = || SETTINGS.iter().filter(|(own, ..)| *own == table);
        let Some((.., read)) = settings().find(|(_, setting, _)| *setting == name) else {
            let advice = did_you_mean(name, settings().map(|(_, setting, _)| *setting));
            return self.warn(at, &format!("unknown setting `{name}` in [{table}]; {advice}"));
        };
        if let Err(error) = read(&mut self.config, value.into()) {
            self.warn(at, &format!("`{name}`: {}; the default is used", error.trim_end()));
        }
    }

    fn service(&mut self, key: &SpannedKey<'_>, value: Spanned<DeValue<'_>>) {
        let (name, at) = (key.get_ref().as_ref(), key.span().start);
        if name == "every" {
            return match value.get_ref() {
                DeValue::String(text) => match sync::interval(text) {
                    Ok(minutes) => self.config.sync.every = Some(minutes),
                    Err(error) => self.warn(at, &format!("`every`: {error}; it is left out")),
                },
                other => self.warn(at, &format!("`every`: expected text in quotes, found {}", other.type_str())),
            };
        }
        if name == "contact" {
            return match text(value.get_ref()).and_then(|text| sync::contact(&text)) {
                Ok(contact) => self.config.sync.contact = Some(contact),
                Err(error) => self.warn(at, &format!("`contact`: {error}; it is left out")),
            };
        }
        if name == sync::FEED {
            return self.feeds(at, value.get_ref());
        }
        if !SERVICES.contains(&name) {
            let advice = did_you_mean(name, SERVICES);
            return self.warn(at, &format!("unknown service `{name}` in [sync]; {advice}"));
        }
        let DeValue::Table(entries) = value.into_inner() else {
            return self.warn(at, &format!("`sync.{name}` is a table: write [sync.{name}]"));
        };
        let mut service = ServiceConfig::default();
        for (key, value) in entries {
            let (setting, at) = (key.get_ref().as_ref(), key.span().start);
            if self.is_broken(at) {
                continue;
            }
            let settings = || SERVICE_SETTINGS.iter().filter(|known| known.services.contains(&name));
            let Some(known) = settings().find(|known| known.name == setting) else {
                let advice = did_you_mean(setting, settings().map(|known| known.name));
                self.warn(at, &format!("unknown setting `{setting}` in [sync.{name}]; {advice}"));
                continue;
            };
            let read = match known.read {
                ReadSetting::Text(store) => text(value.get_ref()).and_then(|text| store(&mut service, text)),
                ReadSetting::Texts(store) => texts(value.get_ref()).map(|texts| store(&mut service, texts)),
            };
            if let Err(error) = read {
                self.warn(at, &format!("`{setting}`: {error}"));
            }
        }
        self.config.sync.services.insert(name.to_owned(), service);
    }

    fn feeds(&mut self, at: usize, value: &DeValue<'_>) {
        let DeValue::Array(feeds) = value else {
            return self.warn(at, "`sync.feed` is a table for each feed: write [[sync.feed]]");
        };
        for feed in feeds.iter() {
            let at = feed.span().start;
            match feed.get_ref() {
                DeValue::Table(entries) => match sync::feed(entries) {
                    Ok(feed) => self.config.sync.feeds.push(feed),
                    Err(error) => self.warn(at, &format!("[[sync.feed]]: {error}; this feed is not fetched")),
                },
                other => self.warn(at, &format!("[[sync.feed]]: expected a table, found {}", other.type_str())),
            }
        }
    }

    fn scope(&mut self, key: &SpannedKey<'_>, value: Spanned<DeValue<'_>>) {
        let (name, at) = (key.get_ref().as_ref(), key.span().start);
        let Some(scope) = SCOPES.into_iter().find(|scope| *scope == name) else {
            let advice = did_you_mean(name, SCOPES);
            return self.warn(at, &format!("unknown scope `{name}` in [keys]; {advice}"));
        };
        let DeValue::Table(entries) = value.into_inner() else {
            return self.warn(at, &format!("`keys.{scope}` is a table: write [keys.{scope}]"));
        };
        for (key, value) in entries {
            let (pressed, at) = (key.get_ref().as_ref(), key.span().start);
            match value.get_ref() {
                _ if self.is_broken(at) => {}
                DeValue::String(command) => {
                    let keys = &mut self.config.keys;
                    let table = match scope {
                        "list" => &mut keys.list,
                        "filters" => &mut keys.filters,
                        "abstract" => &mut keys.r#abstract,
                        _ => &mut keys.global,
                    };
                    table.insert(pressed.to_owned(), command.to_string());
                }
                other => {
                    let kind = other.type_str();
                    self.warn(at, &format!("`{pressed}`: expected the name of a command in quotes, found {kind}"));
                }
            }
        }
    }
}

/// Splits a command line into words at white space. Quotes of either kind keep white space; a backslash keeps the quote, space or
/// backslash that follows it, and is an ordinary character elsewhere (as in Windows paths) and within single quotes. Variables and
/// patterns are not expanded. Own code because the shell-splitting crates follow POSIX, where every backslash vanishes.
///
/// # Errors
/// A usage error when a quote is not closed.
pub fn words(line: &str) -> Result<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = line.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' if quote != Some('\'') => {
                let escaped = letters.next_if(|next| matches!(next, '"' | '\'' | '\\' | ' '));
                word.get_or_insert_default().push(escaped.unwrap_or('\\'));
            }
            _ if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            _ if c.is_whitespace() && quote.is_none() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    match quote {
        Some(open) => Err(Error::usage(format!("missing closing quote {open}"))),
        None => Ok(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Config, Vec<String>) {
        Config::parse(text, "config.toml")
    }

    #[test]
    fn the_documented_file_is_the_default() {
        assert_eq!(parse(DEFAULT), (Config::default(), Vec::new()));
        for (_, name, _) in SETTINGS {
            assert!(DEFAULT.contains(&format!("\n{name} = ")), "{name} is not documented");
        }
        for setting in SERVICE_SETTINGS {
            assert!(DEFAULT.contains(&format!("\n# {} = ", setting.name)), "{} is not documented", setting.name);
        }
    }

    #[test]
    fn settings_read_back() {
        let (config, warnings) = parse(
            "[screen]\ntheme = 'light'\ndensity = 'two-line'\nseen-after = 0\nmeasure = 120\nmouse = true\n\
             [open]\neditor = 'code --wait'\n[keys.abstract]\n'g \"' = 'top'\n[keys.list]\nj = ''",
        );
        assert_eq!(warnings, Vec::<String>::new());
        assert_eq!((config.screen.measure, config.screen.density), (120, Density::TwoLine));
        assert_eq!(parse(&config.to_toml()), (config, Vec::new()));
    }

    #[test]
    fn services_are_read_with_and_without_settings() {
        let (config, warnings) = parse("[sync.hf]\n");
        assert_eq!((config.sync.services.get("hf"), warnings.len()), (Some(&ServiceConfig::default()), 0));
        let (config, warnings) = parse("[sync.hf]\nfrom = 2025-03-12\nbase = 'http://127.0.0.1:8080/'\n");
        let base = Some("http://127.0.0.1:8080".to_owned());
        let service = ServiceConfig { from: "2025-03-12".parse().ok(), base, ..ServiceConfig::default() };
        assert_eq!((config.sync.services.get("hf"), warnings.len()), (Some(&service), 0));
        assert_eq!(parse(&config.to_toml()), (config, Vec::new()));
        let (config, mistakes) =
            parse("[sync]\nhf.from = 'soon'\nhf.base = 'ftp://x'\nhf.form = 1\nhf.from = 3\n[sync.hg]\n");
        let not_asked = ServiceConfig { base: Some(String::new()), ..ServiceConfig::default() };
        assert_eq!(config.sync.services.get("hf"), Some(&not_asked), "{mistakes:?}");
        for (base, read) in [
            ("HTTP://127.0.0.1:8/x/", "http://127.0.0.1:8/x"),
            ("http://u:p@host", ""),
            ("127.0.0.1:8", ""),
            ("http://a?b", ""),
        ] {
            let (config, _) = parse(&format!("[sync.hf]\nbase = '{base}'\n"));
            assert_eq!(config.sync.service("hf").base.as_deref(), Some(read));
        }
        let (config, warnings) = parse("[sync.arxiv]\ncategories = ['cs.LG', 'hep-th']\nqueries = 'ti:kites'\n");
        let arxiv = config.sync.service("arxiv").followed;
        assert_eq!(
            (arxiv.categories.join(" "), arxiv.queries, warnings.len()),
            ("cs.LG hep-th".to_owned(), vec!["ti:kites".to_owned()], 0)
        );
        let (_, warnings) = parse("[sync.hf]\ncategories = ['cs.LG']\n[sync.arxiv]\ncategories = ['cs.LG', 3]\n");
        assert!(warnings[0].contains("unknown setting `categories` in [sync.hf]"), "{warnings:?}");
        assert!(warnings[1].contains("expected a list of texts in quotes"), "{warnings:?}");
        let (config, warnings) = parse(
            "[sync]\ncontact = 'ada@example.org'\n[[sync.feed]]\naddress = 'https://example.org/a'\nname = 'Kites'\n",
        );
        assert_eq!((config.sync.contact.as_deref(), warnings.len()), (Some("ada@example.org"), 0), "{warnings:?}");
        assert_eq!(config.sync.service("feed").followed.feeds[0].name, "Kites");
        assert_eq!(config.sync.names().collect::<Vec<_>>(), ["feed"]);
        assert_eq!(parse(&config.to_toml()), (config, Vec::new()));
        let (config, warnings) = parse(
            "[sync]\ncontact = 'a b'\n[[sync.feed]]\naddress = 'file:///x'\n[[sync.feed]]\nadress = 'x'\n\
             [[sync.feed]]\naddress = 'https://example.org/b'\n",
        );
        assert_eq!(config.sync.feeds.len(), 1);
        let expected = ["`a b` is no address", "`file:///x` is no address", "did you mean `address`?"];
        assert!(expected.iter().all(|words| warnings.iter().any(|warning| warning.contains(words))), "{warnings:?}");
        let (every, warnings) = parse("[sync]\nevery = '2h'\n");
        assert_eq!((every.sync.every, warnings.len()), (Some(120), 0));
        assert_eq!(parse(&every.to_toml()), (every, Vec::new()));
        assert!(parse("[sync]\nevery = '1m'\n").1[0].contains("`1m` is less than 10m"));
        let expected =
            ["`soon` is not a day", "nothing is fetched from this service", "did you mean `from`?", "duplicate key"];
        for words in expected {
            assert!(mistakes.iter().any(|warning| warning.contains(words)), "{words}: {mistakes:?}");
        }
    }

    #[test]
    fn a_mistake_affects_its_own_line_and_is_reported() {
        let (config, warnings) = parse(
            "theme = 'dark'\n[screen]\nmeasur = 70\nmeasure = 400\nmouse = 'yes'\nsymbols = \"utf\"\nseen-after = 9\n\
             [scren]\n[keys.globl]\n[keys.list]\nx = 3\ny = 'star'\n[open]\ncommand = \"fire'fox\"\neditor = 7\n",
        );
        assert_eq!(config.screen.seen_after, 9, "valid settings still apply");
        assert_eq!(config.keys.list.get("y").map(String::as_str), Some("star"));
        assert_eq!((config.screen.measure, config.open), (76, OpenConfig::default()));
        let expected = [
            (1, "`theme` belongs in [screen]"),
            (3, "unknown setting `measur` in [screen]; did you mean `measure`?"),
            (4, "400 is not between 40 and 120"),
            (5, "`mouse`: invalid type: string \"yes\", expected a boolean"),
            (6, "expected one of `auto`, `unicode`, `ascii`"),
            (8, "did you mean `screen`?"),
            (9, "unknown scope `globl` in [keys]; did you mean `global`?"),
            (11, "`x`: expected the name of a command in quotes, found integer"),
            (14, "missing closing quote '"),
            (15, "invalid type: integer `7`"),
        ];
        assert_eq!(warnings.len(), expected.len(), "{warnings:#?}");
        for (warning, (line, part)) in warnings.iter().zip(expected) {
            assert!(warning.starts_with(&format!("config.toml:{line}: ")) && warning.contains(part), "{warning}");
        }
    }

    #[test]
    fn broken_toml_affects_only_its_line() {
        let (config, warnings) =
            parse("[screen]\nmouse = yes\nmeasure = \nseen-after = 9\n[open\n[keys.list]\n\"j\" = \"up");
        assert!(config.screen.seen_after == 9 && config.screen.mouse && config.keys == KeyTables::default());
        for line in [2, 3, 5, 7] {
            assert!(
                warnings.iter().any(|warning| warning.starts_with(&format!("config.toml:{line}: "))),
                "{warnings:?}"
            );
        }
        assert_eq!(parse("\u{feff}[screen]\r\nmouse = true\r\n").1, Vec::<String>::new());
    }

    #[cfg(unix)]
    #[test]
    fn the_given_folder_beats_the_platform_and_relative_homes_are_ignored() {
        let path = |text: &'static str| Path::new(text);
        let platform = Some((path("/home/me/data"), path("/home/me/settings")));
        let decide = |dir, settings, platform| Paths::decide(dir, settings, platform);
        let paths = decide(None, None, platform).unwrap();
        assert_eq!(
            (paths.data.as_path(), paths.themes().as_path()),
            (path("/home/me/data"), path("/home/me/settings/themes"))
        );
        let paths = decide(Some(path("/shelf")), None, platform).unwrap();
        assert_eq!((paths.data.as_path(), paths.config_file.as_path()), (path("/shelf"), path("/shelf/config.toml")));
        let paths = decide(Some(path("")), Some(path("/my.toml")), platform).unwrap();
        assert_eq!((paths.data.as_path(), paths.config_file.as_path()), (path("/home/me/data"), path("/my.toml")));
        assert!(decide(Some(path("shelf")), None, None).unwrap().data.is_absolute());
        for nowhere in [None, Some((path("data"), path("/settings"))), Some((path("/data"), path("settings")))] {
            assert_eq!(decide(None, None, nowhere).unwrap_err().exit_code(), 2);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_its_place_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("config.toml");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
        let (config, warnings) = Config::load(&pipe);
        assert_eq!(config, Config::default());
        assert!(warnings[0].ends_with("config.toml is not a regular file; the defaults are used"), "{warnings:?}");
    }

    #[test]
    fn a_missing_file_is_no_mistake_and_an_unreadable_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        assert_eq!(Config::load(&file), (Config::default(), Vec::new()));
        assert_eq!(Config::load(Path::new("/dev/null")), (Config::default(), Vec::new()));
        assert_eq!(Config::load(folder.path()).1.len(), 1);
        fs::write(&file, b"[screen]\ntheme = '\xff'").unwrap();
        assert_eq!(Config::load(&file).1.len(), 1);
    }

    #[test]
    fn command_lines_are_split_as_written() {
        let split = |line| words(line).ok();
        let list = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(split(" firefox  --new-tab "), list(&["firefox", "--new-tab"]));
        assert_eq!(split(r#""C:\Program Files\x.exe" -a ''"#), list(&[r"C:\Program Files\x.exe", "-a", ""]));
        assert_eq!(split(r#"a\ b "c \" d" '\' $HOME;ls"#), list(&["a b", "c \" d", r"\", "$HOME;ls"]));
        assert_eq!(split("open \"x"), None);
        let open = OpenConfig { command: String::new(), editor: String::new() };
        assert_eq!(open.command_words(), Vec::<String>::new());
        assert_eq!(open.editor_words(|name| (name == "EDITOR").then(|| "nano -w".into())), ["nano", "-w"]);
        assert_eq!(open.editor_words(|name| (name == "VISUAL").then(|| "  ".into())).len(), 1);
    }
}
