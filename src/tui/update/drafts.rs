//! What becomes of a typed text whose effect failed: it comes back.

use super::super::drafts::ReturnedDraft;
use super::super::effect::{Effect, TerminalEffect};
use super::super::model::{Model, Tone};
use super::super::overlay::PromptKind;
use super::marking;
use crate::domain::identity::PaperKey;

/// Says what failed and gives back what was typed for it.
pub(super) fn give_back(
    model: &mut Model,
    words: String,
    effect: Option<&Effect>,
    is_effect: impl Fn(&Effect) -> bool,
) {
    let words = match model.drafts.give_back(effect, is_effect) {
        ReturnedDraft::Overlay(overlay) => {
            model.overlay = Some(*overlay);
            words
        }
        ReturnedDraft::Kept => format!("{words}; what you typed is kept for the next try"),
        ReturnedDraft::None => words,
    };
    model.say(Tone::Error, words);
}

/// The editor was closed. A text that could not be saved before is saved again even if it was left as it was.
pub(super) fn edited(model: &mut Model, key: PaperKey, text: Option<String>) -> Vec<Effect> {
    let is_edit =
        |effect: &Effect| matches!(effect, Effect::Terminal(TerminalEffect::Edit { key: of, .. }) if *of == key);
    let unsaved = || model.drafts.get(&PromptKind::Note(key.clone())).map(str::to_owned);
    if let Some(text) = text.or_else(unsaved) {
        model.drafts.forget(is_edit);
        return vec![marking::note_change(model, key, text)];
    }
    // Back to the prompt from which the editor was opened.
    if let ReturnedDraft::Overlay(overlay) = model.drafts.give_back(None, is_edit) {
        model.overlay = Some(*overlay);
    }
    Vec::new()
}
