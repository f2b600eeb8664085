//! The import graph of `src/`: which file takes names from which, read from `use` declarations and paths in the code. A name that a `mod.rs`
//! re-exports counts as taken from the file that defines it. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::architecture::{File, is_test_file};

/// The files that each file takes names from, by path under `src/`.
pub(crate) struct ModuleGraph {
    pub(crate) imports: BTreeMap<String, BTreeSet<String>>,
}

impl ModuleGraph {
    pub(crate) fn of(files: &[File]) -> Self {
        let files: Vec<&File> = files.iter().filter(|file| !is_test_file(&file.path)).collect();
        let modules: BTreeMap<Vec<String>, String> =
            files.iter().map(|file| (module(&file.path), file.path.clone())).collect();
        let names: BTreeMap<Vec<String>, Names> =
            files.iter().map(|file| (module(&file.path), Names::of(file))).collect();
        let resolver = Resolver { modules: &modules, names: &names };
        let mut imports = BTreeMap::new();
        for (module, path) in &modules {
            let of_file: BTreeSet<String> =
                names[module].paths.iter().filter_map(|taken| resolver.file(module, taken, 0)).collect();
            imports.insert(path.clone(), of_file.into_iter().filter(|other| other != path).collect());
        }
        Self { imports }
    }

    /// Files that import each other, directly or through others. A file and the modules inside it do not count as a cycle: `mod.rs` names its
    /// children, and they may use what it defines.
    pub(crate) fn cycles(&self) -> Vec<Vec<String>> {
        let reachable: BTreeMap<&str, BTreeSet<&str>> =
            self.imports.keys().map(|file| (file.as_str(), self.reachable(file))).collect();
        let mut cycles: Vec<Vec<String>> = Vec::new();
        for (file, others) in &reachable {
            let cycle: Vec<String> =
                others.iter().filter(|other| reachable[*other].contains(file)).map(|file| (*file).to_owned()).collect();
            if cycle.len() > 1 && !cycles.contains(&cycle) {
                cycles.push(cycle);
            }
        }
        cycles
    }

    fn reachable(&self, file: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open = vec![file];
        while let Some(file) = open.pop() {
            let others = self.imports.get(file).into_iter().flatten();
            for other in others.filter(|other| !contains(file, other) && !contains(other, file)) {
                if found.insert(other.as_str()) {
                    open.push(other);
                }
            }
        }
        found
    }
}

/// Whether a file's module contains another: `a/mod.rs` and `a.rs` contain `a/b.rs`.
fn contains(outer: &str, inner: &str) -> bool {
    let folder = outer.strip_suffix("mod.rs").unwrap_or_else(|| outer.trim_end_matches(".rs"));
    outer == "lib.rs" || inner.strip_prefix(folder).is_some_and(|rest| folder.ends_with('/') || rest.starts_with('/'))
}

/// The module of a file: `["tui", "view"]` for `tui/view/mod.rs`.
fn module(path: &str) -> Vec<String> {
    let mut parts: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// What a file says of other modules.
struct Names {
    /// Every path to a name, as written.
    paths: Vec<Vec<String>>,
    /// The paths behind the names that `use` brings into the module.
    used: BTreeMap<String, Vec<String>>,
}

impl Names {
    fn of(file: &File) -> Self {
        let text: String = file.code.iter().flat_map(|(_, line)| [line.as_str(), "\n"]).collect();
        let tokens = tokens(&text);
        let mut names = Self { paths: Vec::new(), used: BTreeMap::new() };
        let mut at = 0;
        while at < tokens.len() {
            if tokens[at] == "use" {
                at += 1;
                names.take_tree(&tokens, &mut at, &[]);
            } else if is_name(&tokens[at]) {
                let start = at;
                let mut path = vec![tokens[at].clone()];
                while tokens.get(at + 1).is_some_and(|token| token == "::")
                    && tokens.get(at + 2).is_some_and(|name| is_name(name))
                {
                    path.push(tokens[at + 2].clone());
                    at += 2;
                }
                let continues = start > 0 && ["::", "."].contains(&tokens[start - 1].as_str());
                if path.len() > 1 && !continues {
                    names.paths.push(path);
                }
            }
            at += 1;
        }
        names
    }

    /// Reads one tree of a `use` declaration, up to the token after it.
    fn take_tree(&mut self, tokens: &[String], at: &mut usize, prefix: &[String]) {
        let mut path = prefix.to_vec();
        while let Some(token) = tokens.get(*at) {
            *at += 1;
            match token.as_str() {
                "::" => {}
                "{" => {
                    while tokens.get(*at).is_some_and(|token| token != "}") {
                        self.take_tree(tokens, at, &path);
                        if tokens.get(*at).is_some_and(|token| token == ",") {
                            *at += 1;
                        }
                    }
                    *at += 1;
                    return;
                }
                "as" => {
                    let alias = tokens[*at].clone();
                    *at += 1;
                    self.used.insert(alias, path.clone());
                    self.paths.push(path);
                    return;
                }
                "self" if !path.is_empty() => {}
                name if is_name(name) || name == "*" => path.push(name.to_owned()),
                _ => {
                    *at -= 1;
                    break;
                }
            }
        }
        if let Some(last) = path.last() {
            self.used.insert(last.clone(), path.clone());
            self.paths.push(path);
        }
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single characters; the contents of strings and characters are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if is_name(rest) {
            let name = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let after = &rest[name..];
            let hashes = after.len() - after.trim_start_matches('#').len();
            if ["r", "br"].contains(&&rest[..name]) && after[hashes..].starts_with('"') {
                let end = format!("\"{}", &after[..hashes]);
                let body = name + hashes + 1;
                rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len())
            } else {
                tokens.push(rest[..name].to_owned());
                name
            }
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else if first == '"' {
            string_length(rest)
        } else if first == '\'' {
            character_length(rest)
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// The length of a character literal, or of the quote of a lifetime.
fn character_length(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => text[3..].find('\'').map_or(1, |at| at + 4),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

struct Resolver<'a> {
    modules: &'a BTreeMap<Vec<String>, String>,
    names: &'a BTreeMap<Vec<String>, Names>,
}

impl Resolver<'_> {
    /// The file that defines the name at the end of a path; None for names of other crates.
    fn file(&self, from: &[String], path: &[String], depth: usize) -> Option<String> {
        let is_child = |name: &String| self.modules.contains_key(&[from, std::slice::from_ref(name)].concat());
        let supers = path.iter().take_while(|part| *part == "super").count();
        let (mut module, mut rest) = match path.first()?.as_str() {
            "crate" | "tsundoku" => (Vec::new(), &path[1..]),
            "self" => (from.to_vec(), &path[1..]),
            "super" => (from[..from.len().checked_sub(supers)?].to_vec(), &path[supers..]),
            _ if is_child(&path[0]) => (from.to_vec(), path),
            _ => return None,
        };
        while let Some((name, others)) = rest.split_first() {
            let inner = [module.as_slice(), std::slice::from_ref(name)].concat();
            if !self.modules.contains_key(&inner) {
                break;
            }
            (module, rest) = (inner, others);
        }
        let re_exported = rest.split_first().and_then(|(name, others)| {
            let used = self.names.get(&module)?.used.get(name).filter(|_| depth < 8)?;
            self.file(&module, &[used, others].concat(), depth + 1)
        });
        re_exported.or_else(|| self.modules.get(&module).cloned())
    }
}

#[test]
fn the_graph_sees_every_way_to_import() {
    let file = |path: &str, text: &str| File {
        path: path.to_owned(),
        text: String::new(),
        code: text.lines().enumerate().map(|(line, text)| (line, text.to_owned())).collect(),
    };
    let files = [
        file("lib.rs", "pub mod a;\nmod b;"),
        file(
            "a/mod.rs",
            "mod c;\nmod d;\npub use self::c::{self, One as Uno};\nfn f() { d::g(\"crate::b\", 'x', '\\'') }",
        ),
        file("a/c.rs", "use crate::{\n    a::d::Two,\n    b,\n};\nstruct One<'a>(&'a str);"),
        file("a/d.rs", "fn g() { super::Uno::new(); std::fs::read(); }"),
        file("b.rs", "use std::io;\nfn h() -> crate::a::Uno { x.crate_() }"),
    ];
    let graph = ModuleGraph::of(&files);
    let imports = |path: &str| graph.imports[path].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(imports("a/mod.rs"), ["a/c.rs", "a/d.rs"]);
    assert_eq!(imports("a/c.rs"), ["a/d.rs", "b.rs"]);
    assert_eq!(imports("a/d.rs"), ["a/c.rs"]);
    assert_eq!(imports("b.rs"), ["a/c.rs"]);
    assert_eq!(graph.cycles(), [["a/c.rs", "a/d.rs", "b.rs"]]);
}
