//! What was typed into a prompt is not lost when it cannot be saved: Enter tries again.

use std::fs;

use tsundoku::domain::reading::Change;
use tsundoku::error::Error;
use tsundoku::library::Library;
use tsundoku::tui::effect::{Effect, Request, TerminalEffect, Work};
use tsundoku::tui::jobs::JobOutcome;
use tsundoku::tui::message::{Answer, Message};
use tsundoku::tui::overlay::{Overlay, Picker};

use crate::harness::Reader;

/// A reader, and a way to let every change fail and succeed again.
struct Faulty {
    reader: Reader,
    away: tempfile::TempDir,
}

impl Faulty {
    fn new() -> Self {
        Self {
            reader: Reader::new(120, 36),
            away: tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap(),
        }
    }

    fn take_away(&self) {
        for name in ["user.db", "user.db-wal", "user.db-shm"] {
            fs::rename(self.reader.dir.path().join(name), self.away.path().join(name)).unwrap();
        }
    }

    fn bring_back(&self) {
        for name in ["user.db", "user.db-wal", "user.db-shm"] {
            fs::rename(self.away.path().join(name), self.reader.dir.path().join(name)).unwrap();
        }
    }

    fn typed(&self) -> Option<&str> {
        match &self.reader.model.overlay {
            Some(Overlay::Prompt(prompt)) => Some(prompt.input.value()),
            _ => None,
        }
    }
}

#[test]
fn a_text_that_cannot_be_saved_stays_in_its_prompt() {
    let prompts = [
        ("e", "my<space>note", "noted · 1 paper"),
        (":", "tag<space>x/y", "tagged x/y · 1 paper"),
        (":", "note<space>words", "noted · 1 paper"),
        (":", "save-view<space>name", "saved view name"),
    ];
    for (key, text, done) in prompts {
        let mut faulty = Faulty::new();
        let script = text.replace("<space>", " <space> ");
        faulty.take_away();
        faulty.reader.keys(&format!("{key} <ctrl-u> {script} <enter>"));
        let notice = faulty.reader.notice();
        assert_eq!(notice.matches("not saved").count(), 1, "{notice}");
        assert!(notice.contains("user.db was removed or emptied while it was open"), "{notice}");
        assert_eq!(faulty.typed(), Some(text.replace("<space>", " ").as_str()));
        let screen = faulty.reader.text();
        assert!(screen.contains("not saved") && screen.contains(&text.replace("<space>", " ")), "{screen}");
        faulty.reader.keys("<enter>");
        assert!(faulty.typed().is_some(), "it fails again");
        faulty.bring_back();
        faulty.reader.keys("<enter>");
        assert_eq!(faulty.typed(), None);
        assert!(faulty.reader.notice().starts_with(done), "{}", faulty.reader.notice());
    }
}

#[test]
fn tags_that_cannot_be_saved_are_in_the_picker_again() {
    let mut faulty = Faulty::new();
    faulty.take_away();
    faulty.reader.keys("t peft <space> brandnew <enter>");
    assert!(faulty.reader.notice().starts_with("not saved: "), "{}", faulty.reader.notice());
    let Some(Overlay::Picker(Picker { input, .. })) = &faulty.reader.model.overlay else { panic!("no picker") };
    assert_eq!(input.value(), "brandnew");
    faulty.bring_back();
    faulty.reader.keys("<enter>");
    let notice = faulty.reader.notice();
    assert!(notice.starts_with("tagged brandnew, untagged peft · 1 paper"), "{notice}");
    assert!(faulty.reader.model.overlay.is_none());
}

#[test]
fn a_text_that_is_refused_at_once_stays_too() {
    let mut faulty = Faulty::new();
    faulty.reader.keys("] g d");
    assert!(faulty.typed().is_some(), "{}", faulty.reader.text());
    faulty.reader.keys("<ctrl-u> never <enter>");
    assert!(faulty.reader.notice().starts_with("`never` is not a day"), "{}", faulty.reader.notice());
    assert_eq!(faulty.typed(), Some("never"));
}

#[test]
fn a_prompt_does_not_open_under_the_keys_that_were_typed_since() {
    let mut faulty = Faulty::new();
    faulty.take_away();
    faulty.reader.holds = true;
    faulty.reader.keys("e <ctrl-u> late <enter> z z");
    faulty.reader.deliver(usize::MAX);
    assert!(
        faulty.reader.notice().ends_with("; what you typed is kept for the next try"),
        "{}",
        faulty.reader.notice()
    );
    assert_eq!(faulty.typed(), None);
    faulty.bring_back();
    faulty.reader.holds = false;
    faulty.reader.keys("e");
    assert_eq!(faulty.typed(), Some("late"));
    faulty.reader.keys("<enter>");
    assert_eq!(faulty.reader.current().note, "late");
    faulty.reader.keys("e");
    assert_eq!(faulty.typed(), Some("late"), "the note itself");
}

fn asked_note(effects: &[Effect]) -> Option<&str> {
    effects.iter().find_map(|effect| match effect {
        Effect::Request(Request::Change { changes, .. }) => match changes.as_slice() {
            [Change::Note(_, text)] => Some(text.as_str()),
            _ => None,
        },
        _ => None,
    })
}

#[test]
fn a_note_from_the_editor_that_cannot_be_saved_is_opened_again() {
    let mut faulty = Faulty::new();
    let key = faulty.reader.model.current_key().unwrap();
    faulty.take_away();
    let text = "two\nlines".to_owned();
    faulty.reader.send(Message::Answer(Answer::Edited { key: key.clone(), text: Some(text.clone()) }));
    assert!(
        faulty.reader.notice().ends_with("; what you typed is kept for the next try"),
        "{}",
        faulty.reader.notice()
    );
    let asked = faulty.reader.acts("e");
    assert_eq!(asked, [TerminalEffect::Edit { key: key.clone(), text: text.clone() }.into()]);
    faulty.bring_back();
    faulty.reader.asked();
    faulty.reader.send(Message::Answer(Answer::Edited { key, text: None }));
    assert_eq!(asked_note(&faulty.reader.asked()), Some(text.as_str()), "closed as it was: saved again");
    assert_eq!(faulty.reader.current().note, text);
}

#[test]
fn a_prompt_is_back_when_its_editor_fails_or_changes_nothing() {
    let mut faulty = Faulty::new();
    let key = faulty.reader.model.current_key().unwrap();
    let asked = faulty.reader.acts("e <ctrl-u> typed <ctrl-e>");
    let edit: Effect = TerminalEffect::Edit { key: key.clone(), text: "typed".into() }.into();
    assert_eq!((asked, faulty.typed()), (vec![edit.clone()], None));
    let error = Error::system("cannot start the editor");
    let failed = Answer::Failed { failure: "note not edited", error, effect: Some(Box::new(edit)) };
    faulty.reader.send(Message::Answer(failed));
    assert_eq!((faulty.reader.notice(), faulty.typed()), ("note not edited: cannot start the editor", Some("typed")));
    faulty.reader.keys("<ctrl-e>");
    faulty.reader.send(Message::Answer(Answer::Edited { key, text: None }));
    assert_eq!(faulty.typed(), Some("typed"));
}

#[test]
fn paths_that_fail_stay_in_their_prompts() {
    let mut faulty = Faulty::new();
    let missing = faulty.reader.dir.path().join("missing/nothing.jsonl").display().to_string();
    faulty.reader.keys(&format!("I {missing} <enter>"));
    assert_eq!(faulty.typed(), Some(missing.as_str()), "{}", faulty.reader.notice());
    faulty.reader.keys(&format!("<esc> : export <space> csv <enter> <ctrl-u> {missing} <enter>"));
    assert!(faulty.reader.notice().starts_with("export failed: "), "{}", faulty.reader.notice());
    assert_eq!(faulty.typed(), Some(missing.as_str()));
}

#[test]
fn what_fails_in_the_background_does_not_hide_why_a_text_was_not_saved() {
    let mut faulty = Faulty::new();
    faulty.take_away();
    let job = faulty.reader.model.jobs.start(Work::BuildFullText);
    let Effect::Start(job, _) = job else { panic!("{job:?}") };
    faulty.reader.keys("e <ctrl-u> typed <enter>");
    let outcome = JobOutcome::Failed { failure: "full text not built", error: Error::system("no such folder") };
    faulty.reader.send(Message::Answer(Answer::Ended { job, outcome }));
    assert!(faulty.reader.notice().starts_with("not saved: "), "{}", faulty.reader.notice());
    assert!(faulty.reader.model.jobs.ended().any(|ended| ended.outcome.contains("no such folder")));
}

#[test]
fn a_text_typed_for_contents_that_were_overwritten_stays_in_its_prompt() {
    let faulty = Faulty::new();
    let other = tempfile::tempdir().unwrap();
    drop(Library::open(other.path()).unwrap());
    let mut reader = faulty.reader;
    reader.keys("s");
    reader.keys("e <ctrl-u> my <space> note");
    fs::copy(other.path().join("user.db"), reader.dir.path().join("user.db")).unwrap();
    reader.keys("<enter>");
    let notice = reader.notice();
    assert!(
        notice.starts_with("not saved") && notice.contains("user.db was overwritten by another program"),
        "{notice}"
    );
    assert!(notice.contains("user.db.unsaved-1.jsonl"), "the star is kept: {notice}");
    let typed = match &reader.model.overlay {
        Some(Overlay::Prompt(prompt)) => prompt.input.value(),
        _ => "",
    };
    assert_eq!(typed, "my note", "{}", reader.text());
    reader.keys("<enter>");
    assert!(reader.notice().starts_with("noted · 1 paper"), "{}", reader.notice());
}
