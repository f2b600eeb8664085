//! Text from outside, in every place where it is shown: nothing of it acts on a terminal, turns the writing, or piles up marks. One table of
//! texts, one of places on the screen and in linear mode, one of commands.

use std::fs;
use std::process::{Command, Stdio};

use crossterm::event::{KeyCode, KeyModifiers};
use tempfile::TempDir;
use tsundoku::domain::reading::{Change, Status, Tag};
use tsundoku::library::{ImportRequest, Library};
use tsundoku::tui::linear::{Moment, Transcript};
use tsundoku::tui::message::Message;
use tsundoku::tui::model::Tone;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::harness::{Reader, paper};

/// Most combining marks that may follow one another.
const MARKS: usize = 8;

/// What is put into every text: each begins with a word that is looked for, so that the test shows the text at all.
fn hostile() -> [String; 4] {
    [
        "escape\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]52;c;eA==\u{1b}\\\u{9b}5m".to_owned(),
        "turned\u{202e}txet\u{2066}x\u{200f}".to_owned(),
        format!("marks{}", "\u{300}".repeat(100)),
        "lines\r\n\u{8}\u{b}\0\u{2028}\u{85}end".to_owned(),
    ]
}

/// What is wrong with a text; `breaks` may be in it.
fn fault(text: &str, breaks: &str) -> Option<String> {
    let mut marks = 0;
    for c in text.chars() {
        let turns =
            matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if turns || (c.is_control() && !breaks.contains(c)) {
            return Some(format!("{} in {}", c.escape_unicode(), text.escape_debug()));
        }
        marks = if c.general_category_group() == GeneralCategoryGroup::Mark { marks + 1 } else { 0 };
        if marks > MARKS {
            return Some(format!("more than {MARKS} marks in {}", text.escape_debug()));
        }
    }
    None
}

/// A library in which every text that a file or the user can bring is hostile.
fn library(text: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let line = serde_json::json!({
        "title": format!("Title {text}"), "authors": [format!("Author {text}")], "abstract": format!("Abstract {text}"),
        "venue": format!("Venue {text}"), "categories": [format!("cs.{text}")], "arxiv": "2401.00002", "note": format!("note {text}"),
        "digests": [{ "id": format!("hf:{text}"), "source": format!("hf{text}"), "label": format!("label {text}"), "votes": 3 }],
        "links": [{ "kind": "code", "url": format!("https://example.org/{text}") }],
    });
    let file = dir.path().join("page.jsonl");
    fs::write(&file, format!("{line}\n{{\"title\": \"Other {}\"}}\nbroken {text}\n", "x")).unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let request = ImportRequest { paths: vec![file], ..ImportRequest::default() };
    library.import(&request, &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    let key = paper(&mut library, "id:2401.00002");
    let mut changes = vec![
        Change::Note(key.clone(), format!("note {text}")),
        Change::Status(key.clone(), Status::Read),
        Change::View(format!("view {text}"), Some(format!("tag:\"{text}\" \"{text}\""))),
    ];
    changes.extend(Tag::new(text).map(|tag| Change::Tag(key, tag)));
    library.change(&changes, &format!("label {text}")).unwrap();
    dir
}

/// Keys that lead to every place, each from the start. `~` types the hostile text, as keys where it can be one and else as a paste.
const PLACES: [&str; 30] = [
    "",
    "f j j j j j j j j j j",
    "<enter>",
    "z",
    "Z",
    "R",
    "t",
    "w",
    "W ~ <enter>",
    "e",
    "e ~ <enter>",
    "E",
    "E bibtex <enter>",
    ";",
    "g j",
    "g l",
    "g s",
    "g d",
    "[",
    "F",
    "M",
    "/ ~",
    "/ ~ <enter>",
    "/ digest:",
    "/ cat:",
    ": ~ <enter>",
    ": tag <space> ~",
    "I ~ <enter>",
    "I ~ <enter> <esc> g j",
    "? j",
];

fn press(reader: &mut Reader, script: &str, text: &str) {
    for word in script.split(' ') {
        match word {
            "~" => reader.send(Message::Paste(text.to_owned())),
            word => {
                reader.keys(word);
            }
        }
    }
}

#[test]
fn no_place_on_the_screen_or_in_linear_mode_shows_it() {
    let mut wrong = Vec::new();
    for text in hostile() {
        let mut reader = Reader::on(library(&text), 120, 36);
        // File names, too.
        drop(fs::write(reader.dir.path().join(format!("file {}", text.replace(['\0', '/'], ""))), ""));
        reader.imports_anything = true;
        for script in PLACES {
            reader.keys("<esc> <esc> <esc> <esc> <esc> 0");
            let mut transcript = Transcript::new(true);
            press(&mut reader, script, &text);
            let told = transcript.tell(&reader.model, Moment { is_idle: true, is_paused: true });
            wrong.extend(fault(&told, "\n").map(|what| format!("{script:?} told: {what}")));
            for (width, height) in [(44, 14), (120, 36)] {
                let buffer = reader.resize(width, height).draw();
                let cells = buffer.content.iter().filter_map(|cell| fault(cell.symbol(), ""));
                wrong.extend(cells.map(|what| format!("{script:?} at {width}x{height}: {what}")));
            }
        }
        let mut reader = Reader::on(library(&text), 80, 24);
        reader.model.say(Tone::Error, format!("cannot open {text}"));
        reader.model.warnings = vec![format!("warning {text}").into()];
        reader.key(KeyCode::Null, KeyModifiers::NONE);
        reader.model.say(Tone::Error, format!("cannot open {text}"));
        wrong.extend(reader.draw().content.iter().filter_map(|cell| fault(cell.symbol(), "")));
    }
    assert!(
        wrong.is_empty(),
        "{} times:\n{}",
        wrong.len(),
        wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn no_command_prints_it() {
    let mut wrong = Vec::new();
    for text in hostile() {
        let dir = library(&text);
        let argument = text.replace('\0', "");
        let named = format!("none {argument}");
        let commands: [&[&str]; 24] = [
            &["list"],
            &["list", "--json"],
            &["list", "--ids"],
            &["list", &argument],
            &["show", "2401.00002"],
            &["show", "2401.00002", "--json"],
            &["show", &named],
            &["digests"],
            &["digests", "--json"],
            &["digests", "--hide", &named],
            &["digests", "--date", "hf", &named],
            &["tags"],
            &["views"],
            &["log"],
            &["log", "--json"],
            &["stats"],
            &["stats", "--json"],
            &["stats", "--svg", &format!("no such folder/{argument}")],
            &["mark", "2401.00002", "--tag", &named],
            &["undo"],
            &["import", &named],
            &["import", "page.jsonl"],
            &["import", "page.jsonl", "--date", &named],
            &["export", "--output", &format!("no such folder/{argument}.bib")],
        ];
        for arguments in commands {
            let output = Command::new(env!("CARGO_BIN_EXE_tsundoku"))
                .args(arguments)
                .env_clear()
                .envs([("LANG", "C.UTF-8"), ("TZ", "UTC")])
                .env("HOME", dir.path())
                .env("TSUNDOKU_DIR", dir.path())
                .current_dir(dir.path())
                .stdin(Stdio::null())
                .output()
                .unwrap();
            for stream in [output.stdout, output.stderr] {
                let printed = String::from_utf8(stream).unwrap();
                // JSON is for programs and keeps every mark.
                let is_data = arguments.contains(&"--json");
                let checked = |line: &str| if is_data { line.replace('\u{300}', "") } else { line.to_owned() };
                let found = printed.lines().find_map(|line| fault(&checked(line), "\t"));
                wrong.extend(found.map(|what| format!("{}: {what}", arguments.join(" ").escape_debug())));
            }
        }
    }
    assert!(wrong.is_empty(), "{} times:\n{}", wrong.len(), wrong.join("\n"));
}
