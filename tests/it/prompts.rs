//! Prompts and the command line: what is refused comes back as it was typed, beside the reason.

use tsundoku::tui::command::{Argument, COMMANDS};
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
    reader.keys("/ nothing <space> here <enter> : links <enter>");
    assert_eq!((typed(&reader), reader.notice()), (None, "there is no paper here"), "nothing in it to correct");
    reader.keys(": note <space> words <enter>");
    assert_eq!((typed(&reader), reader.notice()), (Some("note words"), "there is no paper here"));
}

#[test]
fn what_cannot_be_imported_is_told_once_and_without_a_line() {
    let mut reader = Reader::new(120, 36);
    reader.imports_anything = true;
    let empty = reader.dir.path().join("nothing here");
    std::fs::create_dir(&empty).unwrap();
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
