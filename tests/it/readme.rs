//! Checks the README and the pages in `assets/docs` against the program: their tables are generated from the program's, their settings
//! and queries are read without a warning, and their commands are run one after another in an empty home with the files that the page
//! shows. `TSUNDOKU_BLESS=1 cargo test readme` writes tables and output anew.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use tempfile::TempDir;
use tsundoku::config::Config;
use tsundoku::domain::query::{FIELDS, FieldInfo, Query, ValueKind};
use tsundoku::export::FORMATS;
use tsundoku::sources::IMPORT_FORMATS;
use tsundoku::tui::command::{COMMANDS, GROUPS, key_table};
use tsundoku::tui::keymap::Keymap;
use tsundoku::tui::theme::{THEMES, TerminalEnvironment, Theme};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tsundoku");

/// A page of documentation.
struct Page {
    /// Relative to the project, as messages name it.
    path: String,
    text: String,
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(path: &str) -> Page {
    Page { path: path.to_owned(), text: fs::read_to_string(project().join(path)).unwrap() }
}

/// The README, then every page of `assets/docs`.
fn pages() -> Vec<Page> {
    let folder = fs::read_dir(project().join("assets/docs")).unwrap();
    let mut names: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let paths = names.into_iter().map(|name| format!("assets/docs/{name}"));
    ["README.md".to_owned()].into_iter().chain(paths).map(|path| page(&path)).collect()
}

/// The page with the text between the markers of a generated part replaced, if it has that part.
fn with_part(page: &str, name: &str, part: &str) -> String {
    let (begin, end) = (format!("<!-- {name} begin -->\n"), format!("<!-- {name} end -->"));
    let Some((before, rest)) = page.split_once(&begin) else { return page.to_owned() };
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("no {end}"));
    format!("{before}{begin}\n{}\n\n{end}{after}", part.trim_end())
}

/// The parts that are generated: their names in the markers, and their text.
fn generated_parts() -> [(&'static str, String); 4] {
    [("fields", field_table()), ("keys", key_table()), ("key summary", key_summary()), ("topics", topic_list())]
}

/// The first key of every command that has one, a row for each group.
fn key_summary() -> String {
    let row = |group: &&str| {
        let commands = COMMANDS.iter().filter(|command| command.group == *group);
        let keys = commands.filter_map(|command| Some(format!("`{}` {}", command.keys.first()?, command.name)));
        format!("| {group} | {} |\n", keys.collect::<Vec<_>>().join(", "))
    };
    format!("| Group | Keys and commands |\n| --- | --- |\n{}", GROUPS.iter().map(row).collect::<String>())
}

/// The pages that the program carries, as `tsundoku help` lists them: names and what they are about.
fn topics() -> Vec<(String, String)> {
    let help = type_in(tempfile::tempdir().unwrap().path(), "tsundoku help");
    let (topics, _) = help.split_once("\n\n").unwrap();
    let row = |line: &str| {
        let (name, about) = line.trim().split_once(' ').unwrap();
        (name.to_owned(), about.trim().to_owned())
    };
    topics.lines().skip(1).map(row).collect()
}

fn topic_list() -> String {
    topics().iter().map(|(name, about)| format!("- [{name}](assets/docs/{name}.md): {about}\n")).collect()
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

/// A home folder with the page's files in it and nothing else.
fn home(page: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    for (path, content) in files(page) {
        let path = home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{content}\n")).unwrap();
    }
    home
}

/// Runs a line in a shell and returns its standard output. Fails unless it succeeds.
fn type_in(home: &Path, line: &str) -> String {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", line]).env_clear().current_dir(home).stdin(Stdio::null());
    shell.env("HOME", home).env("LANG", "C.UTF-8").env("TZ", "UTC").env("PATH", Path::new(PROGRAM).parent().unwrap());
    let output = shell.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert!(output.status.success(), "$ {line}\n{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// The page with every command of a console block run, and the output of those that show any replaced by what they printed.
fn with_output(page: &str) -> String {
    let home = home(page);
    let mut actual = String::new();
    let mut lines = page.lines().peekable();
    let mut console = false;
    while let Some(line) = lines.next() {
        actual.push_str(line);
        actual.push('\n');
        console = line == "```console" || console && line != "```";
        let Some(command) = line.strip_prefix("$ ").filter(|_| console) else { continue };
        let output = type_in(home.path(), command);
        let mut shown = false;
        while lines.next_if(|line| !line.starts_with("$ ") && *line != "```").is_some() {
            shown = true;
        }
        if shown {
            actual.push_str(&output);
        }
    }
    actual
}

#[test]
fn every_page_shows_what_the_program_does() {
    let parts = generated_parts();
    for Page { path, text } in pages() {
        let with_parts = parts.iter().fold(text.clone(), |text, (name, part)| with_part(&text, name, part));
        let actual = with_output(&with_parts);
        if env::var_os("TSUNDOKU_BLESS").is_some() {
            fs::write(project().join(path), actual).unwrap();
            continue;
        }
        for (number, (line, expected)) in text.lines().zip(actual.lines()).enumerate() {
            assert_eq!(line, expected, "{path}:{}; TSUNDOKU_BLESS=1 writes it anew", number + 1);
        }
        assert_eq!(text.len(), actual.len(), "{path}; TSUNDOKU_BLESS=1 writes it anew");
    }
}

#[test]
fn every_generated_part_is_on_a_page() {
    let pages = pages();
    for (name, part) in generated_parts() {
        let begin = format!("<!-- {name} begin -->\n");
        assert_eq!(pages.iter().filter(|page| page.text.contains(&begin)).count(), 1, "{name}");
        assert!(part.lines().count() > 5, "{part}");
    }
}

/// A page on a screen is read to its end, and is what the links of the others expect.
#[test]
fn every_page_is_a_topic_every_link_leads_to_a_file_and_the_readme_is_short() {
    let readme = page("README.md");
    assert!(readme.text.lines().count() <= 200, "the README is {} lines long", readme.text.lines().count());
    let mut names: Vec<String> = topics().into_iter().map(|(name, _)| format!("assets/docs/{name}.md")).collect();
    names.sort();
    assert_eq!(names, pages().iter().skip(1).map(|page| page.path.clone()).collect::<Vec<_>>());
    for Page { path, text } in pages() {
        let folder = project().join(&path).parent().unwrap().to_owned();
        let targets = text.split("](").skip(1).map(|rest| rest.split_once(')').unwrap().0);
        for target in targets.filter(|target| !target.starts_with("http")) {
            assert!(folder.join(target).is_file(), "{path} links to {target}");
        }
    }
}

#[test]
fn every_command_has_an_example_and_every_name_is_explained() {
    let page: String = pages().into_iter().map(|page| page.text).collect();
    let help = type_in(tempfile::tempdir().unwrap().path(), "tsundoku help");
    let (_, commands) = help.split_once("\n\n").unwrap();
    let names: Vec<&str> = commands.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"import") && names.contains(&"config"), "{help}");
    for name in names {
        assert!(
            page.contains(&format!("\n$ tsundoku {name}")) || page.contains(&format!("| tsundoku {name}")),
            "{name}"
        );
    }
    let formats = FORMATS.iter().map(|format| format!("`{}`", format.name));
    let imports = IMPORT_FORMATS.iter().map(|format| format!("**`{}`: ", format.name));
    let endings = IMPORT_FORMATS.iter().flat_map(|format| format.endings).map(|ending| format!("`.{ending}`"));
    let themes = THEMES.iter().map(|(name, _)| format!("\"{name}\""));
    for word in formats.chain(imports).chain(endings).chain(themes) {
        assert!(page.contains(&word), "{word}");
    }
}

#[test]
fn the_queries_and_settings_of_the_pages_are_read_without_a_warning() {
    let searching = page("assets/docs/searching.md").text;
    let (_, signs) = searching.split_once("| Write | Finds |\n| --- | --- |\n").unwrap();
    let rows = signs.lines().map_while(|line| line.strip_prefix("| `")?.split_once("` |"));
    let queries: Vec<&str> = rows.map(|(query, _)| query).collect();
    assert!(queries.contains(&"lora OR galore"), "{queries:?}");
    for query in queries {
        assert_eq!(Query::parse(query).mistakes, [], "{query}");
    }
    let home = home(&page("assets/docs/settings.md").text);
    let settings = home.path().join(".config/tsundoku");
    let (config, warnings) = Config::load(&settings.join("config.toml"));
    assert_eq!(warnings, Vec::<String>::new());
    assert_ne!(config, Config::default());
    assert_eq!(Keymap::new(&config.keys).1, Vec::<String>::new());
    Theme::open(&config.screen.theme, &settings.join("themes"), &TerminalEnvironment::default(), None).unwrap();
}
