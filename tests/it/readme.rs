//! The README, held to the program: its tables are made from the program's, its settings and queries are read without a complaint,
//! and its commands are run one after another in an empty home with the files it shows. `TSUNDOKU_BLESS=1` writes tables and output anew.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use tempfile::TempDir;
use tsundoku::config::Config;
use tsundoku::domain::query::{FIELDS, FieldInfo, Query, ValueKind};
use tsundoku::export::FORMATS;
use tsundoku::sources::IMPORT_FORMATS;
use tsundoku::tui::command::key_table;
use tsundoku::tui::keymap::Keymap;
use tsundoku::tui::theme::{THEMES, TerminalEnvironment, Theme};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tsundoku");

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

fn readme() -> String {
    fs::read_to_string(path()).unwrap()
}

/// The page with what stands between the markers of a generated part replaced.
fn with_part(page: &str, name: &str, part: &str) -> String {
    let (begin, end) = (format!("<!-- {name} begin -->\n"), format!("<!-- {name} end -->"));
    let (before, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("no {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("no {end}"));
    format!("{before}{begin}\n{part}\n{end}{after}")
}

/// The fields of the grammar as a Markdown table.
fn field_table() -> String {
    let list =
        |names: &mut dyn Iterator<Item = &str>| names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ");
    let row = |field: &FieldInfo| {
        let names = list(&mut [field.name].into_iter().chain(field.aliases.iter().copied()));
        let closed = matches!(field.kind, ValueKind::Choice | ValueKind::Sort);
        let values = list(&mut field.values.iter().copied().filter(|value| closed && !value.starts_with('-')));
        let values = if closed { format!(": {values}") } else { values };
        format!("| {names} | `{}` | {}{values} |\n", field.example, field.doc)
    };
    let rows: String = FIELDS.iter().map(row).collect();
    format!("| Field | Example | Finds |\n| --- | --- | --- |\n{rows}")
}

/// The files that the page shows: path and content.
fn files(page: &str) -> Vec<(&str, &str)> {
    let marked = page.split("<!-- file: ").skip(1);
    let file = |text| {
        let (path, rest): (&str, &str) = str::split_once(text, " -->\n```").unwrap();
        let (_language, rest) = rest.split_once('\n').unwrap();
        (path, rest.split_once("\n```").unwrap().0)
    };
    marked.map(file).collect()
}

/// A person's home with the page's files in it and nothing else.
fn home(page: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    for (path, content) in files(page) {
        let path = home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{content}\n")).unwrap();
    }
    home
}

/// Runs a line as a person types it; gives its standard output. Fails unless it succeeds.
fn type_in(home: &Path, line: &str) -> String {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", line]).env_clear().current_dir(home).stdin(Stdio::null());
    shell.env("HOME", home).env("LANG", "C.UTF-8").env("TZ", "UTC").env("PATH", Path::new(PROGRAM).parent().unwrap());
    let output = shell.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert!(output.status.success(), "$ {line}\n{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// The page with every command of a console block run, and the output of those that show any as it is now.
fn with_output(page: &str) -> String {
    let home = home(page);
    let mut told = String::new();
    let mut lines = page.lines().peekable();
    let mut console = false;
    while let Some(line) = lines.next() {
        told.push_str(line);
        told.push('\n');
        console = line == "```console" || console && line != "```";
        let Some(command) = line.strip_prefix("$ ").filter(|_| console) else { continue };
        let output = type_in(home.path(), command);
        let mut shown = false;
        while lines.next_if(|line| !line.starts_with("$ ") && *line != "```").is_some() {
            shown = true;
        }
        if shown {
            told.push_str(&output);
        }
    }
    told
}

#[test]
fn the_readme_says_what_the_program_does() {
    let page = readme();
    let told = with_part(&page, "fields", &field_table());
    let told = with_part(&told, "keys", &key_table());
    let told = with_output(&told);
    if env::var_os("TSUNDOKU_BLESS").is_some() {
        fs::write(path(), told).unwrap();
        return;
    }
    for (number, (is, should)) in page.lines().zip(told.lines()).enumerate() {
        assert_eq!(is, should, "README.md:{}; TSUNDOKU_BLESS=1 writes it anew", number + 1);
    }
    assert_eq!(page.len(), told.len(), "README.md; TSUNDOKU_BLESS=1 writes it anew");
}

#[test]
fn every_command_has_an_example_and_every_name_is_there() {
    let page = readme();
    let help = type_in(tempfile::tempdir().unwrap().path(), "tsundoku --help");
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let rows = commands.lines().take_while(|line| !line.is_empty());
    let names = rows.filter_map(|line| line.strip_prefix("  ").filter(|row| !row.starts_with(' '))?.split(' ').next());
    let names: Vec<&str> = names.collect();
    assert!(names.contains(&"import") && names.contains(&"config"), "{help}");
    for name in names {
        assert!(
            page.contains(&format!("\n$ tsundoku {name}")) || page.contains(&format!("| tsundoku {name}")),
            "{name}"
        );
    }
    let formats = FORMATS.iter().map(|format| format!("`{}`", format.name));
    let sources = IMPORT_FORMATS.iter().map(|source| format!("**`{}`: ", source.name));
    let endings = IMPORT_FORMATS.iter().flat_map(|source| source.endings).map(|ending| format!("`.{ending}`"));
    let themes = THEMES.iter().map(|(name, _)| format!("\"{name}\""));
    for word in formats.chain(sources).chain(endings).chain(themes) {
        assert!(page.contains(&word), "{word}");
    }
}

#[test]
fn the_readmes_queries_and_settings_are_read_without_complaint() {
    let page = readme();
    let (_, signs) = page.split_once("| Write | Finds |\n| --- | --- |\n").unwrap();
    let rows = signs.lines().map_while(|line| line.strip_prefix("| `")?.split_once("` |"));
    let queries: Vec<&str> = rows.map(|(query, _)| query).collect();
    assert!(queries.contains(&"lora OR galore"), "{queries:?}");
    for query in queries {
        assert_eq!(Query::parse(query).mistakes, [], "{query}");
    }
    let home = home(&page);
    let settings = home.path().join(".config/tsundoku");
    let (config, warnings) = Config::load(&settings.join("config.toml"));
    assert_eq!(warnings, Vec::<String>::new());
    assert_ne!(config, Config::default());
    assert_eq!(Keymap::new(&config.keys).1, Vec::<String>::new());
    Theme::open(&config.screen.theme, &settings.join("themes"), &TerminalEnvironment::default(), None).unwrap();
}
