//! Pasted text: into the open text box as one line, and never run as keys. Several lines may be something to import: what they hold is read
//! in the background, and the user is asked.

use tui_input::Input;

use super::super::command::Action;
use super::super::effect::{Effect, Paste, PastePlace, Request, Work};
use super::super::flow::counted;
use super::super::model::{Model, Tone, TypedAhead};
use super::super::overlay::{Overlay, PromptKind, Question, QuestionKind};
use super::search_box;
use super::text_input::{self, PROMPT_LIMIT, SEARCH_LIMIT};
use crate::domain::clean::Clean;
use crate::error::{Error, Result};
use crate::library::import::{ImportRequest, NamedText, TextContents};

pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    model.drafts.count_input();
    if model.typed_ahead.is_empty() {
        return insert(model, text);
    }
    model.typed_ahead.push_back(TypedAhead::Paste(text.to_owned()));
    Vec::new()
}

/// Pastes a text that nothing typed before it waits for.
pub(super) fn insert(model: &mut Model, text: &str) -> Vec<Effect> {
    let lines = may_be_imported(text);
    let (cut, effects) = match &mut model.overlay {
        Some(Overlay::Prompt(prompt)) if lines && prompt.kind == PromptKind::Argument(Action::Import) => {
            return examine(model, text, PastePlace::ImportPrompt);
        }
        Some(Overlay::Prompt(prompt)) => (text_input::insert(&mut prompt.input, text, PROMPT_LIMIT), Vec::new()),
        Some(Overlay::Picker(picker)) => {
            let cut = text_input::insert(&mut picker.input, text, SEARCH_LIMIT);
            picker.narrow();
            (cut, Vec::new())
        }
        Some(Overlay::Page(_) | Overlay::Question(_)) => (None, Vec::new()),
        None if model.search.open => {
            let input = &mut model.search.input;
            let before = PastePlace::Search(input.value().to_owned(), input.cursor());
            let cut = text_input::insert(input, text, SEARCH_LIMIT);
            let mut effects = search_box::typed(model);
            if lines {
                effects.extend(examine(model, text, before));
            }
            (cut, effects)
        }
        None if lines => (None, examine(model, text, PastePlace::Pane)),
        None => {
            let search = model.key_for(Action::Search);
            model.say(Tone::Info, format!("open the search ({search}) to paste text into it"));
            (None, Vec::new())
        }
    };
    if let Some(notice) = cut {
        model.say(Tone::Error, notice);
    }
    effects
}

/// Whether a text has several lines that are not blank.
fn may_be_imported(text: &str) -> bool {
    text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).nth(1).is_some()
}

/// Has it read what a text holds. Terminals send carriage returns where lines end.
fn examine(model: &Model, text: &str, place: PastePlace) -> Vec<Effect> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").into();
    vec![Request::ExaminePaste(Paste { text, place, inputs: model.drafts.inputs() }).into()]
}

/// What a pasted text holds is known: asks whether to import it, where nothing was typed since.
pub(super) fn examined(model: &mut Model, paste: Paste, found: Result<TextContents>) -> Vec<Effect> {
    let is_waiting = paste.inputs == model.drafts.inputs();
    match (found, paste.place) {
        // Words to search for may stand on several lines, and so may a title.
        (Ok(contents), PastePlace::Search(..)) if !contents.is_certain => Vec::new(),
        (Err(_), PastePlace::Search(..)) => Vec::new(),
        (Ok(contents), _) if !is_waiting => {
            let papers = counted(contents.papers, "paper");
            model.say(Tone::Info, format!("what you pasted holds {papers}; paste it again to import them"));
            Vec::new()
        }
        (Ok(contents), place) => {
            let mut effects = Vec::new();
            if let PastePlace::Search(text, cursor) = place {
                model.search.input = Input::new(text).with_cursor(cursor);
                effects = search_box::typed(model);
            }
            let request = ImportRequest { texts: vec![NamedText::pasted(paste.text)], ..ImportRequest::default() };
            let (text, work) = (question(&contents), Work::Import(Box::new(request)));
            model.notice = None;
            model.overlay = Some(Overlay::Question(Question { text, work, kind: QuestionKind::Import }));
            effects
        }
        (Err(error), place) => {
            if is_waiting {
                refuse(model, &error, &place);
            }
            Vec::new()
        }
    }
}

/// `Import 65 papers of 12 Mar 2025?`
fn question(contents: &TextContents) -> String {
    let of = contents.digest.as_ref().map(|label| format!(" of {label}")).unwrap_or_default();
    let rejected = match contents.rejected {
        0 => String::new(),
        rejected => format!(" ({} cannot be read)", counted(rejected, "record")),
    };
    format!("Import {}{of}{rejected}?", counted(contents.papers, "paper"))
}

fn refuse(model: &mut Model, error: &Error, place: &PastePlace) {
    let why = Clean::new(&error.message);
    let search = match place {
        PastePlace::Pane => format!("; {} opens the search to paste words into", model.key_for(Action::Search)),
        PastePlace::ImportPrompt | PastePlace::Search(..) => String::new(),
    };
    model.say(Tone::Error, format!("nothing to import: {why}{search}"));
}
