//! Holds the source to the plan of its floors (`src/lib.rs`): imports point only down, a word has its room, a file says what it is for
//! and stays readable. Reads `src/` as text and names file and line of every breach.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::module_graph::ModuleGraph;

/// The rooms and the floor each stands on. A room may import from lower floors only.
const FLOORS: &[(&str, u8)] = &[
    ("domain", 0),
    ("error", 0),
    ("store", 1),
    ("index", 1),
    ("sources", 1),
    ("export", 1),
    ("config", 1),
    ("library", 2),
    ("cli", 3),
    ("tui", 3),
    ("main", 4),
];

/// Rooms of the lowest floor that may import each other: an error names nothing, the rest may name it.
const GROUND: [&str; 2] = ["domain", "error"];

/// A word of the source and the only places that may say it: folders (ending in `/`) and files under `src/`.
struct Room {
    words: &'static [&'static str],
    places: &'static [&'static str],
}

const ROOMS: &[Room] = &[
    Room { words: &["rusqlite"], places: &["store/"] },
    Room { words: &["zstd::"], places: &["store/", "sources/unpack.rs"] },
    Room { words: &["flate2"], places: &["sources/unpack.rs"] },
    Room { words: &["memmap2", "unsafe"], places: &["index/format/file.rs"] },
    Room { words: &["nucleo::", "nucleo_matcher"], places: &["index/search/"] },
    Room { words: &["ratatui", "crossterm", "tui_input"], places: &["tui/"] },
    Room { words: &["clap::", "clap_complete", "clap_mangen"], places: &["cli/"] },
    Room { words: &["println!", "eprintln!", "print!", "eprint!", "dbg!"], places: &[] },
    Room { words: &["process::exit"], places: &["tui/input.rs"] },
    Room { words: &["thread::spawn"], places: &["tui/worker/mod.rs", "tui/input.rs", "tui/opener.rs"] },
    Room {
        words: &["SystemTime::now", "Timestamp::now", "Zoned::now"],
        places: &["library/mod.rs", "store/user/mod.rs"],
    },
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 7] = ["util", "utils", "helper", "helpers", "manager", "common", "misc"];

/// Most lines of code (no tests, comments, blanks) that one file is read with pleasure at.
const LONGEST: usize = 400;

/// Folders whose modules are in an order, lowest first: a module takes names only from those before it. Modules side by side are independent.
const ORDERS: &[(&str, &[&[&str]])] = &[("index", &[&["format"], &["text"], &["build", "search"], &["fulltext"]])];

/// The import cycles there are; a smaller one in an entry's place is allowed, too.
const CYCLES: &[&[&str]] = &[
    // A formula holds text and text holds formulas.
    &["domain/tex/math.rs", "domain/tex/text.rs"],
    &["cli/arguments.rs", "cli/export.rs", "cli/import.rs"],
    &["library/import.rs", "library/intake.rs"],
];

/// Files that are tables more than code.
const TABLES: &[&str] = &[];

pub(crate) struct File {
    /// Under `src/`, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// Lines of code with their numbers from 1; neither comments nor tests.
    pub(crate) code: Vec<(usize, String)>,
}

impl File {
    /// The room a file belongs to: its folder, or its own name on the top.
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules a path has to leave to stand at the root: 2 for `tui/model.rs`, 1 for `tui/mod.rs`.
    fn depth(&self) -> usize {
        self.path.split('/').filter(|part| *part != "mod.rs").count()
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, found: &mut Vec<File>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root().join("src")).unwrap().to_string_lossy().replace('\\', "/");
            let code = if is_test_file(&path) { Vec::new() } else { code(&text) };
            found.push(File { path, text, code });
        }
    }
}

fn files() -> Vec<File> {
    let mut found = Vec::new();
    sources(&root().join("src"), &mut found);
    assert!(found.len() > 50, "src is not where it was");
    found
}

pub(crate) fn is_test_file(path: &str) -> bool {
    ["tests.rs", "bench.rs", "sample.rs"].contains(&path.rsplit('/').next().unwrap())
}

/// The lines that are code: what follows `#[cfg(test)]` is left out, one item of it.
fn code(text: &str) -> Vec<(usize, String)> {
    let mut code = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((place, line)) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let indent = &line[..line.len() - line.trim_start().len()];
            let closing = [format!("{indent}}}"), format!("{indent});")];
            let mut item = lines.by_ref().skip_while(|(_, line)| line.trim_start().starts_with("#["));
            let first = item.next().map_or("", |(_, line)| line);
            if !first.trim_end().ends_with([';', '}']) {
                let _ = item.find(|(_, line)| closing.iter().any(|end| *line == end));
            }
            continue;
        }
        let line = without_comment(line);
        if !line.trim().is_empty() {
            code.push((place + 1, line.to_owned()));
        }
    }
    code
}

fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with("//") {
        return "";
    }
    line.split_once(" // ").map_or(line, |(code, _)| code)
}

/// Whether the word stands in the line as a word: not as a part of a longer name.
fn says(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let starts_plain = !word.starts_with(is_part);
    let ends_plain = !word.ends_with(is_part);
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let quoted = line[..at].matches('"').count() % 2 == 1;
        !quoted && (starts_plain || !before.is_some_and(is_part)) && (ends_plain || !after.is_some_and(is_part))
    })
}

/// Names of the rooms a line imports: after `crate::`, after as many `super::` as lead to the root, inside `{}` too.
fn imported(line: &str, depth: usize) -> Vec<String> {
    let to_root = "super::".repeat(depth);
    let mut rooms = Vec::new();
    for start in ["crate::", to_root.as_str()] {
        for (at, _) in line.match_indices(start) {
            let before = &line[..at];
            if before.ends_with("super::") || before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &line[at + start.len()..];
            let group = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(group, _)| group);
            for path in group.unwrap_or(rest).split(',') {
                let name: String = path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                rooms.push(name);
                if group.is_none() {
                    break;
                }
            }
        }
    }
    rooms
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

fn report(breaches: &[String]) {
    let mut text = String::new();
    for breach in breaches {
        writeln!(text, "  {breach}").unwrap();
    }
    assert!(breaches.is_empty(), "{} breaches:\n{text}", breaches.len());
}

#[test]
fn imports_point_only_down() {
    let mut breaches = Vec::new();
    for file in files().iter().filter(|file| file.path != "lib.rs") {
        let room = file.room();
        let Some(own) = floor(room) else {
            breaches.push(format!("src/{}: the room `{room}` is on no floor of FLOORS", file.path));
            continue;
        };
        for (line, code) in &file.code {
            for other in imported(code, file.depth()).iter().filter(|other| *other != room) {
                let ground = GROUND.contains(&room) && GROUND.contains(&other.as_str());
                if floor(other).is_some_and(|other| other >= own) && !ground {
                    breaches.push(format!("src/{}:{line}: {room} must not import {other}", file.path));
                }
            }
        }
    }
    report(&breaches);
}

#[test]
fn modules_of_a_folder_keep_their_order() {
    let graph = ModuleGraph::of(&files());
    let mut breaches = Vec::new();
    for (folder, levels) in ORDERS {
        let inside = |path: &str| -> Option<String> {
            let name = path.strip_prefix(folder)?.strip_prefix('/')?.split('/').next()?;
            (name != "mod.rs").then(|| name.trim_end_matches(".rs").to_owned())
        };
        let level = |module: &str| levels.iter().position(|modules| modules.contains(&module));
        for (file, others) in &graph.imports {
            let Some(module) = inside(file) else { continue };
            let Some(own) = level(&module) else {
                breaches.push(format!("src/{file}: `{module}` is not in the order of `{folder}` in ORDERS"));
                continue;
            };
            for other in others {
                let above =
                    inside(other).filter(|other| *other != module && level(other).is_none_or(|level| level >= own));
                if above.is_some() {
                    breaches.push(format!(
                        "src/{file}: takes names from src/{other}, which does not come before `{module}`"
                    ));
                }
            }
        }
    }
    report(&breaches);
}

#[test]
fn no_files_import_each_other_in_a_cycle() {
    let cycles = ModuleGraph::of(&files()).cycles();
    let is_part = |cycle: &[String], known: &[&str]| cycle.iter().all(|file| known.contains(&file.as_str()));
    let new = cycles.iter().filter(|cycle| !CYCLES.iter().any(|known| is_part(cycle, known)));
    let mut breaches: Vec<String> = new.map(|cycle| format!("a cycle of imports: {}", cycle.join(", "))).collect();
    let gone = CYCLES.iter().filter(|known| !cycles.iter().any(|cycle| is_part(cycle, known)));
    breaches.extend(gone.map(|known| format!("there is no cycle in {}; take it out of CYCLES", known.join(", "))));
    report(&breaches);
}

#[test]
fn a_word_has_its_room() {
    let mut breaches = Vec::new();
    for file in files() {
        for (line, code) in &file.code {
            for room in ROOMS {
                let at_home = room
                    .places
                    .iter()
                    .any(|place| if place.ends_with('/') { file.path.starts_with(place) } else { file.path == *place });
                for word in room.words.iter().filter(|word| !at_home && says(code, word)) {
                    let places = if room.places.is_empty() { "nowhere".to_owned() } else { room.places.join(", ") };
                    breaches.push(format!("src/{}:{line}: `{word}` belongs in {places}", file.path));
                }
            }
        }
    }
    report(&breaches);
}

/// A permission that nobody uses any more would let the next breach pass unseen.
#[test]
fn every_permission_is_used() {
    let files = files();
    let mut breaches = Vec::new();
    for room in ROOMS {
        for place in room.places.iter().filter(|place| place.ends_with(".rs")) {
            let file = files.iter().find(|file| file.path == *place);
            let used = file
                .is_some_and(|file| file.code.iter().any(|(_, code)| room.words.iter().any(|word| says(code, word))));
            if !used {
                breaches.push(format!("src/{place}: says none of {:?}; take it out of ROOMS", room.words));
            }
        }
    }
    for place in TABLES {
        if !files.iter().any(|file| file.path == *place && file.code.len() > LONGEST) {
            breaches.push(format!("src/{place}: is not too long; take it out of TABLES"));
        }
    }
    report(&breaches);
}

#[test]
fn a_file_says_what_it_is_for_and_stays_short() {
    let mut breaches = Vec::new();
    for file in files() {
        let path = &file.path;
        let head: String = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
        if !is_test_file(path) && head.len() < 20 {
            breaches.push(format!("src/{path}:1: the file does not open with a //! head"));
        }
        if file.code.len() > LONGEST && !TABLES.contains(&path.as_str()) {
            breaches.push(format!("src/{path}: {} lines of code, more than {LONGEST}", file.code.len()));
        }
        for name in path.trim_end_matches(".rs").split('/').filter(|name| EMPTY_NAMES.contains(name)) {
            breaches.push(format!("src/{path}: `{name}` says nothing about what is inside"));
        }
        for (line, code) in &file.code {
            let module = code.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ").strip_prefix("mod ");
            let name = module.map(|rest| rest.trim_end_matches([' ', '{', ';']));
            if name.is_some_and(|name| EMPTY_NAMES.contains(&name)) {
                breaches.push(format!("src/{path}:{line}: `{code}` says nothing about what is inside"));
            }
        }
    }
    report(&breaches);
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut in_table = false;
    let mut breaches = Vec::new();
    for (place, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            in_table = line.trim_end_matches(']').ends_with("dependencies");
        } else if in_table && line.contains('=') && !line.starts_with('#') {
            let reason = line.rsplit_once(" # ").map_or("", |(_, reason)| reason.trim());
            if reason.len() < 5 {
                breaches.push(format!("Cargo.toml:{}: `{line}` has no reason", place + 1));
            }
        }
    }
    report(&breaches);
}

#[test]
fn the_rules_see_what_they_forbid() {
    assert!(says("    println!(\"x\")", "println!") && !says("    eprintln!(\"x\")", "println!"));
    assert!(says("use memmap2::Mmap;", "memmap2") && !says("unsafely()", "unsafe"));
    assert!(!says("let text = \"no unsafe\";", "unsafe"));
    assert_eq!(imported("use crate::store::PaperStore;", 2), ["store"]);
    assert_eq!(imported("use crate::{cli, tui::run};", 1), ["cli", "tui"]);
    assert_eq!(imported("let x = super::super::library::open();", 2), ["library"]);
    assert!(imported("let x = super::super::model::Model::new();", 3).is_empty());
    assert!(imported("use tsundoku_crate::store;", 1).is_empty());
    let text = "a\n#[cfg(test)]\nmod tests;\nb // c\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n    d\n}\n// e\n\nf\n";
    let kept: Vec<_> = code(text).into_iter().map(|(line, code)| format!("{line}{code}")).collect();
    assert_eq!(kept, ["1a", "4b", "12f"]);
}
