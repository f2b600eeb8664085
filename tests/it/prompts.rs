//! Prompts and the command line: what is refused comes back as it was typed, beside the reason.

use std::fs;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use tsundoku::tui::command::{Argument, COMMANDS};
use tsundoku::tui::message::Message;
use tsundoku::tui::model::Tone;
use tsundoku::tui::overlay::{Overlay, Prompt};

use crate::harness::Reader;

fn prompt(reader: &Reader) -> Option<&Prompt> {
    match &reader.model.overlay {
        Some(Overlay::Prompt(prompt)) => Some(prompt),
        _ => None,
    }
}

fn typed(reader: &Reader) -> Option<&str> {
    prompt(reader).map(|prompt| prompt.input.value())
}

/// Types a text letter by letter.
fn type_text(reader: &mut Reader, text: &str) {
    for c in text.chars() {
        match c {
            ' ' => reader.keys("<space>"),
            c => reader.keys(&c.to_string()),
        };
    }
}

/// An argument that the command refuses, and a word of the reason. None: it takes every text.
fn refused_argument(argument: Argument) -> Option<(&'static str, &'static str)> {
    Some(match argument {
        Argument::Status => ("foo", "status"),
        Argument::Tag => ("!?", "letters or digits"),
        Argument::Day => ("someday", "is not a day"),
        Argument::Order => ("taste", "taste"),
        Argument::View => ("no such view", "no view"),
        Argument::Theme => ("foo", "no theme"),
        Argument::ExportFile => ("/tmp", "/tmp"),
        Argument::ImportPath => ("/no/such/folder", "cannot open /no/such/folder"),
        Argument::Service => ("hx", "is not a service"),
        Argument::Note | Argument::Query | Argument::NewView => return None,
    })
}

#[test]
fn every_command_gives_back_an_argument_that_it_refuses() {
    for command in COMMANDS {
        let mut reader = Reader::new(120, 36);
        // A digest, so that its day can be asked for.
        reader.keys("[");
        let line = match command.argument.map(refused_argument) {
            Some(Some((argument, _))) => format!("{} {argument}", command.name),
            Some(None) => continue,
            None => format!("{} x", command.name),
        };
        reader.keys(":");
        type_text(&mut reader, &line);
        reader.imports_anything = true;
        // The cursor is kept, too.
        reader.keys("<left> <left> <enter>");
        let notice = reader.model.notice.clone().unwrap_or_default();
        assert_eq!((typed(&reader), notice.tone), (Some(line.as_str()), Tone::Error), "{line}: {}", notice.text);
        assert_eq!(prompt(&reader).map(|prompt| prompt.input.cursor()), Some(line.chars().count() - 2), "{line}");
        let reason = command.argument.and_then(refused_argument).map_or("takes no argument", |(_, word)| word);
        assert!(notice.text.contains(reason), "{line}: {}", notice.text);
        let rows: Vec<String> = reader.text().lines().map(str::to_owned).collect();
        let [.., above, last] = rows.as_slice() else { panic!() };
        assert!(last.contains(&line), "{line}: {last}");
        assert!(above.contains(notice.text.chars().take(30).collect::<String>().as_str()), "{line}: {above}");
        reader.keys("<esc>");
        assert_eq!(typed(&reader), None, "{line}: Esc closes it");
    }
}

#[test]
fn a_command_that_does_not_exist_comes_back_with_the_nearest_one() {
    let mut reader = Reader::new(80, 24);
    for (line, reason) in [
        ("foo", "there is no command `foo`; ctrl-p lists all"),
        ("toggel-read", "there is no command `toggel-read`; did you mean `toggle-read`?"),
    ] {
        reader.keys(&format!(": {line} <enter>"));
        assert_eq!((typed(&reader), reader.notice()), (Some(line), reason));
        reader.keys("<esc>");
    }
    reader.keys(": <enter>");
    assert_eq!((typed(&reader), reader.notice()), (None, ""), "an empty line is no mistake");
    reader.keys("/ year:1999 <enter> : links <enter>");
    assert_eq!((typed(&reader), reader.notice()), (None, "there is no paper here"), "nothing in it to correct");
    reader.keys(": note <space> words <enter>");
    assert_eq!((typed(&reader), reader.notice()), (Some("note words"), "there is no paper here"));
}

#[test]
fn what_cannot_be_imported_is_told_once_and_without_a_line() {
    let mut reader = Reader::new(120, 36);
    reader.imports_anything = true;
    let empty = reader.dir.path().join("nothing here");
    fs::create_dir(&empty).unwrap();
    let missing = reader.dir.path().join("nope").display().to_string();
    for key in ["I", ": import <space>"] {
        reader.keys(key);
        type_text(&mut reader, &missing);
        let line = typed(&reader).unwrap().to_owned();
        reader.keys("<enter>");
        assert_eq!(typed(&reader), Some(line.as_str()));
        assert_eq!(reader.notice().matches(&missing).count(), 1, "{}", reader.notice());
        assert!(!reader.notice().contains(":0"), "{}", reader.notice());
        reader.keys("<esc>");
    }
    reader.keys("I <ctrl-u>");
    type_text(&mut reader, &empty.display().to_string());
    reader.keys("<enter>");
    assert_eq!(reader.notice(), "there is no file to read");
    assert!(typed(&reader).is_some());
}

/// Opens the prompt for an export of the whole result as BibTeX, and types a file name in place of the one offered.
fn export_prompt(reader: &mut Reader, file: &str) {
    reader.keys("E bibtex <enter>");
    assert_eq!(prompt(reader).map(|prompt| prompt.label.as_str()), Some("write 26 papers to"));
    reader.keys("<ctrl-u>");
    type_text(reader, file);
}

#[test]
fn an_export_asks_before_it_replaces_a_file() {
    let mut reader = Reader::new(120, 36);
    let file = reader.dir.path().join("my papers.bib");
    fs::write(&file, "mine").unwrap();
    let name = file.display().to_string();
    export_prompt(&mut reader, &name);
    reader.keys("<enter>");
    let question = format!("{name} exists. Replace it with 26 papers?");
    assert!(reader.text().lines().last().unwrap().contains(&question), "{}", reader.text());
    assert!(reader.text().contains("y replace  n back"), "{}", reader.text());
    reader.keys("<enter> q j");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine", "only y replaces it");
    assert!(matches!(reader.model.overlay, Some(Overlay::Question(_))));
    reader.keys("n");
    assert_eq!(typed(&reader), Some(name.as_str()));
    reader.keys("<enter> y");
    assert_eq!(reader.notice(), format!("wrote 26 papers to {name}"));
    assert!(fs::read_to_string(&file).unwrap().starts_with('@'));
    for line in [format!("export {name}"), format!("export \"{name}\""), format!("export csv '{name}'")] {
        fs::write(&file, "mine").unwrap();
        reader.keys(":");
        type_text(&mut reader, &line);
        reader.keys("<enter>");
        assert!(reader.text().contains(&question), "{line}: {}", reader.text());
        reader.keys("<esc>");
        assert_eq!(typed(&reader), Some(line.as_str()));
        reader.keys("<enter> y");
        assert_ne!(fs::read_to_string(&file).unwrap(), "mine", "{line}");
    }
}

#[test]
fn force_replaces_a_file_without_a_question() {
    let mut reader = Reader::new(120, 36);
    let file = reader.dir.path().join("x.bib");
    let name = file.display().to_string();
    for line in [format!("export {name} --force"), format!("export csv --force {name}")] {
        fs::write(&file, "mine").unwrap();
        reader.keys(":");
        type_text(&mut reader, &line);
        reader.keys("<enter>");
        assert_eq!(reader.notice(), format!("wrote 26 papers to {name}"));
    }
    fs::write(&file, "mine").unwrap();
    export_prompt(&mut reader, &format!("{name} --force"));
    reader.keys("<enter>");
    assert_eq!(reader.notice(), format!("wrote 26 papers to {name}"));
    let files = fs::read_dir(reader.dir.path()).unwrap().flatten();
    let odd: Vec<_> = files.filter(|file| file.file_name().to_string_lossy().contains("--")).collect();
    assert!(odd.is_empty(), "{odd:?}");
    reader.keys(": export <space> --forec <space> a.bib <enter>");
    assert!(reader.notice().starts_with("there is no option `--forec`"), "{}", reader.notice());
    assert_eq!(typed(&reader), Some("export --forec a.bib"));
}

#[test]
fn no_question_comes_under_keys_that_were_pressed_since() {
    let mut reader = Reader::new(120, 36);
    let file = reader.dir.path().join("x.bib");
    fs::write(&file, "mine").unwrap();
    let name = file.display().to_string();
    export_prompt(&mut reader, &name);
    reader.holds = true;
    reader.keys("<enter> j");
    reader.holds = false;
    reader.deliver(usize::MAX);
    assert!(reader.model.overlay.is_none());
    assert!(reader.notice().contains("exists, nothing was written"), "{}", reader.notice());
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    reader.keys("E bibtex <enter>");
    assert_eq!(typed(&reader), Some(name.as_str()), "the text is kept");
}

#[test]
fn what_cannot_be_replaced_is_no_question() {
    let mut reader = Reader::new(120, 36);
    let folder = reader.dir.path().join("folder.bib");
    fs::create_dir(&folder).unwrap();
    export_prompt(&mut reader, &folder.display().to_string());
    reader.keys("<enter>");
    assert!(reader.notice().contains("is a folder"), "{}", reader.notice());
    assert_eq!(typed(&reader), Some(folder.display().to_string().as_str()));
}

/// Presses Tab after a text in the command line.
fn completed(reader: &mut Reader, line: &str) -> String {
    reader.keys("<esc> :");
    type_text(reader, line);
    reader.keys("<tab>");
    typed(reader).unwrap().to_owned()
}

#[test]
fn commands_and_their_arguments_are_completed() {
    let mut reader = Reader::new(120, 36);
    for (line, expected) in [
        ("toggle-r", "toggle-read"),
        ("redrw", "redraw"),
        ("expo", "export "),
        ("status rea", "status reading"),
        ("tag pe", "tag peft"),
        ("untag out", "untag area/outdoors"),
        ("views out", "views outside"),
        ("theme mo", "theme mono"),
        ("sort -upv", "sort -upvotes"),
        ("search status:unr", "search status:unread"),
        ("export bibl", "export biblatex "),
        ("digest-date yes", "digest-date yesterday"),
        ("note the", "note the"),
        ("links x", "links x"),
        ("", ""),
    ] {
        assert_eq!(completed(&mut reader, line), expected, "{line}");
    }
    reader.keys("<esc> : zen");
    let screen = reader.text();
    assert!(!screen.contains("tab zen"), "nothing is left to complete: {screen}");
    reader.keys("<esc> : dens");
    assert!(reader.text().contains(" tab density  Show one line per paper, or two"), "{}", reader.text());
    reader.keys("<esc> : export <space>");
    assert!(reader.text().contains("writes 26 papers"), "{}", reader.text());
}

#[test]
fn paths_are_completed() {
    let mut reader = Reader::new(120, 36);
    let dir = reader.dir.path().to_owned();
    for name in ["digests/of march.txt", "digests/.hidden", "digests/Zebra.txt"] {
        fs::create_dir_all(dir.join("digests")).unwrap();
        fs::write(dir.join(name), "").unwrap();
    }
    let at = |rest: &str| format!("{}/{rest}", dir.display());
    for (line, expected) in [
        (format!("import {}", at("dig")), format!("import {}", at("digests/"))),
        (format!("import {}", at("digests/")), format!("import {}", at("digests/of march.txt"))),
        (format!("import {}", at("digests/.")), format!("import {}", at("digests/.hidden"))),
        (format!("import \"{}", at("digests/o")), format!("import \"{}", at("digests/of march.txt"))),
        (format!("export csv {}", at("digests/Z")), format!("export csv {}", at("digests/Zebra.txt"))),
        (format!("import {}", at("no folder/x")), format!("import {}", at("no folder/x"))),
    ] {
        assert_eq!(completed(&mut reader, &line), expected);
    }
    reader.model.settings.home = Some(dir.display().to_string());
    assert_eq!(completed(&mut reader, "import ~/digests/o"), "import ~/digests/of march.txt");
    reader.keys("<esc> I ~/dig <tab>");
    assert_eq!(typed(&reader), Some("~/digests/"));
    assert!(reader.text().contains("tab of march.txt"), "the files of the folder are offered: {}", reader.text());
    reader.keys("<esc>");
    export_prompt(&mut reader, "~/digests/o");
    reader.keys("<tab>");
    assert_eq!(typed(&reader), Some("~/digests/of march.txt"));
}

#[test]
fn earlier_commands_come_back() {
    let mut reader = Reader::new(80, 24);
    reader.keys(": 3 <enter> : zen <enter> : zen <enter> : <up>");
    assert_eq!(typed(&reader), Some("zen"));
    reader.keys("<up>");
    assert_eq!(typed(&reader), Some("3"), "a line that is repeated is there once");
    reader.keys("<up> <down>");
    assert_eq!(typed(&reader), Some("zen"));
    reader.keys("<down> <down>");
    assert_eq!(typed(&reader), Some(""));
}

#[test]
fn a_click_does_not_close_a_prompt_and_chooses_in_a_picker() {
    let mut reader = Reader::new(80, 24);
    let click = |reader: &mut Reader, column, row| {
        let kind = MouseEventKind::Down(MouseButton::Left);
        reader.send(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
    };
    reader.keys("e <ctrl-u> typed");
    click(&mut reader, 10, 10);
    assert_eq!(typed(&reader), Some("typed"));
    reader.keys("<esc> \\");
    let screen = reader.text();
    let row = screen.lines().position(|line| line.contains("by title")).unwrap();
    click(&mut reader, 20, u16::try_from(row).unwrap());
    assert_eq!(reader.query(), "sort:title");
    reader.keys("\\");
    click(&mut reader, 0, 0);
    assert!(reader.model.overlay.is_none(), "a click beside it closes it");
}
