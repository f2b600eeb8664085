//! Checks the source against the rules of its structure (`src/lib.rs`): which module may import which, where a dependency may be used, what
//! a file and a type may be called, and how long a file may be. Reads `src/` as text and reports every breach with file and line.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::module_graph::ModuleGraph;

/// Every module of the crate, the lowest layer first, and the modules that it may import. No row names a later one, so there are no cycles;
/// the front ends reach the layer below `library` only through it.
const MODULES: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("domain", &[]),
    ("temporary", &[]),
    ("signals", &["temporary"]),
    ("config", &["domain", "error"]),
    ("store", &["domain", "error", "temporary"]),
    ("index", &["domain", "error", "temporary"]),
    ("sources", &["domain", "error"]),
    ("export", &["domain", "error", "temporary"]),
    ("library", &["domain", "error", "export", "index", "sources", "store", "temporary"]),
    ("cli", &["config", "domain", "error", "library"]),
    ("tui", &["config", "domain", "error", "library", "signals", "temporary"]),
    ("main", &["cli", "error", "signals", "tui"]),
];

/// Words of the source and the only places that may contain them: folders (ending in `/`) and files under `src/`.
struct Restriction {
    words: &'static [&'static str],
    places: &'static [&'static str],
}

const RESTRICTIONS: &[Restriction] = &[
    Restriction { words: &["rusqlite"], places: &["store/"] },
    Restriction { words: &["zstd::"], places: &["store/", "sources/unpack.rs", "sources/unpack/"] },
    Restriction { words: &["csv::"], places: &["sources/csv_table.rs"] },
    Restriction { words: &["quick_xml"], places: &["sources/xml/tree.rs"] },
    Restriction { words: &["flate2"], places: &["sources/unpack.rs", "sources/unpack/", "sources/zip_stream.rs"] },
    Restriction { words: &["lzma_rust2", "tar::"], places: &["sources/unpack.rs", "sources/unpack/"] },
    Restriction { words: &["ureq", "TcpStream", "TcpListener", "UdpSocket"], places: &["sources/sync/http/"] },
    Restriction { words: &["memmap2"], places: &["index/format/file.rs"] },
    Restriction { words: &["unsafe"], places: &["index/format/file.rs", "signals.rs", "tui/signals.rs"] },
    Restriction { words: &["libc::"], places: &["signals.rs", "tui/signals.rs"] },
    Restriction { words: &["nucleo::", "nucleo_matcher"], places: &["index/search/"] },
    Restriction { words: &["ratatui", "crossterm", "tui_input"], places: &["tui/"] },
    // Everything drawn passes one function, which removes what a terminal could act on.
    Restriction {
        words: &["set_string", "set_stringn", "set_span", "set_line", "set_symbol", "set_char", "render_widget"],
        places: &["tui/view/mod.rs"],
    },
    Restriction { words: &["clap::", "clap_complete", "clap_mangen"], places: &["cli/"] },
    Restriction { words: &["println!", "eprintln!", "print!", "eprint!", "dbg!"], places: &[] },
    Restriction { words: &["process::exit"], places: &["signals.rs", "tui/signals.rs"] },
    Restriction {
        words: &["thread::spawn"],
        places: &[
            "signals.rs",
            "store/papers/follow.rs",
            "tui/worker/mod.rs",
            "tui/input/mod.rs",
            "tui/input/lines.rs",
            "tui/signals.rs",
            "tui/opener.rs",
            "tui/files.rs",
        ],
    },
    Restriction {
        words: &["SystemTime::now", "Timestamp::now", "Zoned::now"],
        places: &["library/mod.rs", "store/user/mod.rs"],
    },
];

/// Module names that do not describe any content.
const VAGUE_NAMES: [&str; 7] = ["util", "utils", "helper", "helpers", "manager", "common", "misc"];

/// Most lines of code (without tests, comments and blank lines) of a file.
const MOST_LINES: usize = 400;

/// Folders whose modules are in an order, lowest first: a module takes names only from those before it. Modules side by side are independent.
const ORDERS: &[(&str, &[&[&str]])] =
    &[("index", &[&["format"], &["text"], &["build", "search"], &["fulltext"], &["meaning"]])];

/// The import cycles there are; a smaller one in an entry's place is allowed, too.
const CYCLES: &[&[&str]] = &[];

pub(crate) struct File {
    /// Under `src/`, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// Lines of code with their numbers from 1; neither comments nor tests.
    pub(crate) code: Vec<(usize, String)>,
}

impl File {
    /// The top module that a file belongs to.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many `super::` lead from the module of the file to the root of the crate: 2 for `tui/model.rs`, 1 for `tui/mod.rs`.
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
    assert!(found.len() > 50, "src/ was not found");
    found
}

pub(crate) fn is_test_file(path: &str) -> bool {
    ["index/bench.rs", "library/measure_meaning.rs"].contains(&path)
        || path.contains("/tests/")
        || ["tests.rs", "sample.rs"].contains(&path.rsplit('/').next().unwrap())
}

/// The lines that are code, without the items under `#[cfg(test)]`.
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

/// Whether the line contains the word outside of strings, and not as a part of a longer name.
fn contains_word(line: &str, word: &str) -> bool {
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

/// The top modules that a line names: after `crate::` (`tsundoku::` in `main.rs`) or as many `super::` as lead to the root; in `{}`, too.
fn imported(line: &str, depth: usize) -> Vec<String> {
    let to_root = "super::".repeat(depth);
    let mut modules = Vec::new();
    for start in ["crate::", "tsundoku::", to_root.as_str()] {
        for (at, _) in line.match_indices(start) {
            let before = &line[..at];
            if before.ends_with("super::") || before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &line[at + start.len()..];
            let group = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(group, _)| group);
            for path in group.unwrap_or(rest).split(',') {
                let name: String = path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                modules.push(name);
                if group.is_none() {
                    break;
                }
            }
        }
    }
    modules
}

fn report(breaches: &[String]) {
    let mut text = String::new();
    for breach in breaches {
        writeln!(text, "  {breach}").unwrap();
    }
    assert!(breaches.is_empty(), "{} breaches:\n{text}", breaches.len());
}

/// Every import of one top module by another: file, line, importing module, imported module.
fn imports(files: &[File]) -> Vec<(&str, usize, &str, String)> {
    let mut imports = Vec::new();
    for file in files.iter().filter(|file| file.path != "lib.rs") {
        for (line, code) in &file.code {
            let others = imported(code, file.depth()).into_iter().filter(|other| other != file.module());
            let others = others.filter(|other| MODULES.iter().any(|(name, _)| name == other));
            imports.extend(others.map(|other| (file.path.as_str(), *line, file.module(), other)));
        }
    }
    imports
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let files = files();
    let allowed = |module: &str| MODULES.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| file.path != "lib.rs" && allowed(file.module()).is_none()) {
        breaches.push(format!("src/{}: the module `{}` is not in MODULES", file.path, file.module()));
    }
    let imports = imports(&files);
    for (path, line, module, other) in &imports {
        if allowed(module).is_some_and(|allowed| !allowed.contains(&other.as_str())) {
            breaches.push(format!("src/{path}:{line}: {module} must not import {other}"));
        }
    }
    for (place, (module, allowed)) in MODULES.iter().enumerate() {
        for other in *allowed {
            if !MODULES[..place].iter().any(|(lower, _)| lower == other) {
                breaches.push(format!("MODULES: `{other}` must stand before `{module}`, which may import it"));
            }
            if !imports.iter().any(|(_, _, importing, imported)| importing == module && imported == other) {
                breaches.push(format!("MODULES: {module} does not import {other}; remove the permission"));
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
fn words_are_used_only_in_their_places() {
    let mut breaches = Vec::new();
    for file in files() {
        for (line, code) in &file.code {
            for restriction in RESTRICTIONS {
                let is_allowed = restriction
                    .places
                    .iter()
                    .any(|place| if place.ends_with('/') { file.path.starts_with(place) } else { file.path == *place });
                for word in restriction.words.iter().filter(|word| !is_allowed && contains_word(code, word)) {
                    let places = if restriction.places.is_empty() {
                        "nowhere".to_owned()
                    } else {
                        restriction.places.join(", ")
                    };
                    breaches.push(format!("src/{}:{line}: `{word}` belongs in {places}", file.path));
                }
            }
        }
    }
    report(&breaches);
}

/// An unused permission would let the next breach pass.
#[test]
fn every_permission_is_used() {
    let files = files();
    let mut breaches = Vec::new();
    for restriction in RESTRICTIONS {
        for place in restriction.places.iter().filter(|place| place.ends_with(".rs")) {
            let file = files.iter().find(|file| file.path == *place);
            let is_used = file.is_some_and(|file| {
                file.code.iter().any(|(_, code)| restriction.words.iter().any(|word| contains_word(code, word)))
            });
            if !is_used {
                breaches.push(format!(
                    "src/{place}: contains none of {:?}; remove it from RESTRICTIONS",
                    restriction.words
                ));
            }
        }
    }
    report(&breaches);
}

/// The types that a file defines: name and line. Associated types are indented and left out.
fn type_names(code: &[(usize, String)]) -> Vec<(String, usize)> {
    let mut names = Vec::new();
    let mut depth = 0usize;
    for (line, text) in code {
        let item = text.trim_start();
        let visible = item.strip_prefix("pub").map_or(item, |rest| {
            let rest = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest);
            rest.trim_start()
        });
        let visible = visible.strip_prefix("unsafe ").unwrap_or(visible);
        let is_nested_alias = depth > 0 && visible.starts_with("type ");
        let name =
            ["struct ", "enum ", "trait ", "type ", "union "].iter().find_map(|keyword| visible.strip_prefix(keyword));
        if let Some(name) = name.filter(|_| !is_nested_alias) {
            let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                names.push((name, *line));
            }
        }
        let braces = |brace: char| text.matches(brace).count();
        depth = (depth + braces('{')).saturating_sub(braces('}'));
    }
    names
}

#[test]
fn every_type_name_is_used_once() {
    let files = files();
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in &files {
        for (name, line) in type_names(&file.code) {
            places.entry(name).or_default().push(format!("src/{}:{line}", file.path));
        }
    }
    let mut breaches = Vec::new();
    for (name, places) in places.iter().filter(|(_, places)| places.len() > 1) {
        breaches.push(format!("`{name}` names several types: {}", places.join(", ")));
    }
    report(&breaches);
}

#[test]
fn every_file_has_a_head_a_name_and_a_moderate_length() {
    let mut breaches = Vec::new();
    for file in files() {
        let path = &file.path;
        let head: String = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
        if !is_test_file(path) && head.len() < 20 {
            breaches.push(format!("src/{path}:1: the file does not open with a //! head"));
        }
        if file.code.len() > MOST_LINES {
            breaches.push(format!("src/{path}: {} lines of code, more than {MOST_LINES}", file.code.len()));
        }
        for name in path.trim_end_matches(".rs").split('/').filter(|name| VAGUE_NAMES.contains(name)) {
            breaches.push(format!("src/{path}: `{name}` does not describe the content"));
        }
        for (line, code) in &file.code {
            let module = code.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ").strip_prefix("mod ");
            let name = module.map(|rest| rest.trim_end_matches([' ', '{', ';']));
            if name.is_some_and(|name| VAGUE_NAMES.contains(&name)) {
                breaches.push(format!("src/{path}:{line}: `{code}` does not describe the content"));
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
fn the_checks_find_breaches() {
    assert!(contains_word("    println!(\"x\")", "println!") && !contains_word("    eprintln!(\"x\")", "println!"));
    assert!(contains_word("use memmap2::Mmap;", "memmap2") && !contains_word("unsafely()", "unsafe"));
    assert!(!contains_word("let text = \"no unsafe\";", "unsafe"));
    assert_eq!(imported("use crate::store::PaperStore;", 2), ["store"]);
    assert_eq!(imported("use crate::{cli, tui::run};", 1), ["cli", "tui"]);
    assert_eq!(imported("let x = super::super::library::open();", 2), ["library"]);
    assert!(imported("let x = super::super::model::Model::new();", 3).is_empty());
    assert!(imported("use tsundoku_crate::store;", 1).is_empty());
    assert_eq!(imported("use tsundoku::cli::run;", 1), ["cli"]);
    let types = [
        "pub(super) struct One<T>(T);",
        "enum Two {",
        "}",
        "impl X for Two {",
        "    type Err = String;",
        "}",
        "type Three = u8;",
    ];
    let types: Vec<_> = types.iter().map(|line| (1, (*line).to_owned())).collect();
    assert_eq!(type_names(&types).into_iter().map(|(name, _)| name).collect::<Vec<_>>(), ["One", "Two", "Three"]);
    let text = "a\n#[cfg(test)]\nmod tests;\nb // c\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n    d\n}\n// e\n\nf\n";
    let kept: Vec<_> = code(text).into_iter().map(|(line, code)| format!("{line}{code}")).collect();
    assert_eq!(kept, ["1a", "4b", "12f"]);
}
