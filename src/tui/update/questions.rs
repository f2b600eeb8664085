//! The keys of a question: only `y` does what cannot be undone, Enter does what can.

use crossterm::event::{KeyCode, KeyEvent};

use super::super::effect::{Effect, Work};
use super::super::flow::counted;
use super::super::model::{Model, Tone};
use super::super::overlay::{Overlay, Prompt, Question, QuestionKind};
use super::invocation::Next;
use super::transfer;
use crate::domain::clean::Clean;
use crate::library::export::Overwrite;

pub(super) fn key(model: &mut Model, question: Question, key: KeyEvent) -> Next {
    let is_yes = match (key.code, &question.kind) {
        (KeyCode::Char('y' | 'Y'), _) | (KeyCode::Enter, QuestionKind::Import | QuestionKind::States) => true,
        (KeyCode::Esc | KeyCode::Char('n' | 'N'), _) => false,
        _ => {
            model.overlay = Some(Overlay::Question(question));
            return Next::nothing();
        }
    };
    match (question.kind, is_yes) {
        (QuestionKind::Replace(prompt), true) => {
            let effects = vec![model.jobs.start(question.work)];
            model.drafts.submit(Overlay::Prompt(*prompt), &effects);
            Next::Effects(effects)
        }
        (QuestionKind::Replace(prompt), false) => {
            model.overlay = Some(Overlay::Prompt(*prompt));
            Next::nothing()
        }
        (QuestionKind::Import | QuestionKind::States, true) => {
            Next::Effects(vec![transfer::start_import(model, question.work)])
        }
        (QuestionKind::Import, false) => {
            model.say(Tone::Info, "nothing was imported");
            Next::nothing()
        }
        (QuestionKind::States, false) => {
            model.say(Tone::Info, "the papers are imported, without their reading states");
            Next::nothing()
        }
    }
}

/// There is a file where an export was to be written: asks whether to replace it. Where keys were pressed since, nothing is asked under
/// them, and the text is kept.
pub(super) fn replace_file(model: &mut Model, submitted: Option<(Effect, Prompt)>, path: &std::path::Path) {
    let path = Clean::new(&path.display().to_string()).into_string();
    match submitted {
        Some((Effect::Start(_, Work::Export { papers, format, path: file, .. }), prompt)) => {
            let count = counted(papers.count(), "paper");
            let work = Work::Export { papers, format, path: file, overwrite: Overwrite::Replace };
            let text = format!("{path} exists. Replace it with {count}?");
            model.notice = None;
            let kind = QuestionKind::Replace(Box::new(prompt));
            model.overlay = Some(Overlay::Question(Question { text, work, kind }));
        }
        _ => model.say(Tone::Error, format!("{path} exists, nothing was written; with --force it is replaced")),
    }
}
