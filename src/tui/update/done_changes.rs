//! What is said of a change, an undo or a redo that is done.

use super::super::command::Action;
use super::super::flow::counted;
use super::super::model::{Model, Tone};
use super::marking;
use crate::library::{ChangeDirection, ChangeReport};

/// Says what was changed; false when nothing was.
pub(super) fn show_change(model: &mut Model, done: &ChangeReport) -> bool {
    if let Some(words) = nothing_changed(done) {
        model.say(Tone::Info, words);
        return false;
    }
    if done.label != marking::SEEN {
        let (text, action, word) = match done.direction {
            ChangeDirection::Do => (format!("{} · {}", done.label, subjects(done)), Action::Undo, "undo"),
            ChangeDirection::Undo => (done.summary(), Action::Redo, "redo"),
            ChangeDirection::Redo => (done.summary(), Action::Undo, "undo"),
        };
        let key = model.key_for(action);
        model.say(Tone::Success, format!("{text} · {key} {word}"));
    }
    true
}

/// What to say of a change without an effect; None when it had one.
pub(super) fn nothing_changed(done: &ChangeReport) -> Option<String> {
    let words = match done.direction {
        ChangeDirection::Do => format!("{}: nothing to change", done.label),
        ChangeDirection::Undo => "there is nothing to undo".to_owned(),
        ChangeDirection::Redo => "there is nothing to redo".to_owned(),
    };
    (done.subjects == 0).then_some(words)
}

fn subjects(done: &ChangeReport) -> String {
    counted(done.subjects, done.kind)
}
