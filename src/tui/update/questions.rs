//! The keys of a question: only `y` does what cannot be undone.

use crossterm::event::{KeyCode, KeyEvent};

use super::super::effect::{Effect, Work};
use super::super::flow::counted;
use super::super::model::{Model, Tone};
use super::super::overlay::{Overlay, Prompt, Question};
use super::invocation::Next;
use super::marking;
use crate::domain::clean::Clean;
use crate::library::export::Overwrite;

pub(super) fn key(model: &mut Model, question: Question, key: KeyEvent) -> Next {
    match key.code {
        KeyCode::Char('y' | 'Y') => {
            let effects = vec![model.jobs.start(question.work)];
            model.drafts.submit(Overlay::Prompt(question.prompt), &effects);
            return Next::Effects(effects);
        }
        KeyCode::Esc | KeyCode::Char('n' | 'N') => model.overlay = Some(Overlay::Prompt(question.prompt)),
        _ => model.overlay = Some(Overlay::Question(question)),
    }
    Next::nothing()
}

/// There is a file where an export was to be written: asks whether to replace it. Where keys were pressed since, nothing is asked under
/// them, and the text is kept.
pub(super) fn replace_file(model: &mut Model, submitted: Option<(Effect, Prompt)>, path: &std::path::Path) {
    let path = Clean::new(&path.display().to_string()).into_string();
    match submitted {
        Some((Effect::Start(_, Work::Export { papers, format, path: file, .. }), prompt)) => {
            let count = counted(marking::count(model, &papers), "paper");
            let work = Work::Export { papers, format, path: file, overwrite: Overwrite::Replace };
            let text = format!("{path} exists. Replace it with {count}?");
            model.notice = None;
            model.overlay = Some(Overlay::Question(Question { text, work, prompt }));
        }
        _ => model.say(Tone::Error, format!("{path} exists, nothing was written; with --force it is replaced")),
    }
}
