//! What was typed into prompts and is not saved yet. A text whose effect fails comes back: in its prompt when nothing was typed since, else
//! in the next prompt of its kind. Plain data.

use std::collections::VecDeque;

use super::effect::{Effect, Request};
use super::overlay::{Overlay, Prompt, PromptKind};
use crate::domain::reading::Change;

/// Effects under way that a prompt led to. More than one at a time is rare: a change takes milliseconds.
const MOST_SUBMITTED: usize = 16;

#[derive(Clone, Debug, Default)]
pub struct Drafts {
    /// How many keys were pressed and texts pasted.
    inputs: u64,
    submitted: VecDeque<Submitted>,
    unsaved: Vec<(PromptKind, String)>,
}

/// A prompt or picker that was closed with Enter, and what it led to.
#[derive(Clone, Debug)]
struct Submitted {
    effect: Effect,
    overlay: Overlay,
    /// `inputs` when it was closed.
    inputs: u64,
}

/// What becomes of a text whose effect failed.
#[derive(Clone, Debug)]
pub enum ReturnedDraft {
    /// The prompt or picker opens again.
    Overlay(Box<Overlay>),
    /// The next prompt of its kind has it.
    Kept,
    None,
}

impl Submitted {
    /// The text for the next prompt of its kind. Commands have none: their next one is another.
    fn into_text(self) -> Option<(PromptKind, String)> {
        let Overlay::Prompt(Prompt { kind, input, .. }) = self.overlay else { return None };
        (kind != PromptKind::CommandLine).then(|| (kind, input.value().to_owned()))
    }
}

impl Drafts {
    /// A key was pressed or a text pasted.
    pub fn count_input(&mut self) {
        self.inputs += 1;
    }

    /// How many keys were pressed and texts pasted.
    pub fn inputs(&self) -> u64 {
        self.inputs
    }

    /// A prompt or picker was closed and led to these effects.
    pub fn submit(&mut self, overlay: Overlay, effects: &[Effect]) {
        let Some(effect) = effects.iter().find(|effect| effect.holds_text()).cloned() else { return };
        self.submitted.push_back(Submitted { effect, overlay, inputs: self.inputs });
        if self.submitted.len() > MOST_SUBMITTED {
            self.submitted.pop_front();
        }
    }

    /// The effect was carried out: its text is needed no more.
    pub fn forget(&mut self, is_effect: impl Fn(&Effect) -> bool) {
        self.submitted.retain(|submitted| !is_effect(&submitted.effect));
    }

    /// The effect failed.
    pub fn give_back(&mut self, effect: Option<&Effect>, is_effect: impl Fn(&Effect) -> bool) -> ReturnedDraft {
        let place = self.submitted.iter().position(|submitted| is_effect(&submitted.effect));
        let found = place.and_then(|place| self.submitted.remove(place));
        let note = effect.and_then(note_in);
        if let Some(Submitted { overlay, inputs, .. }) = &found
            && *inputs == self.inputs
            && !matches!(overlay, Overlay::Prompt(prompt) if prompt.input.value().contains('\n'))
        {
            return ReturnedDraft::Overlay(Box::new(overlay.clone()));
        }
        match note.or(found.and_then(Submitted::into_text)) {
            Some((kind, text)) => {
                self.store(kind, text);
                ReturnedDraft::Kept
            }
            None => ReturnedDraft::None,
        }
    }

    /// The effect and its prompt, if nothing was typed since; otherwise the next prompt of the kind has the text.
    pub fn take_submitted(&mut self, is_effect: impl Fn(&Effect) -> bool) -> Option<(Effect, Prompt)> {
        let place = self.submitted.iter().position(|submitted| is_effect(&submitted.effect));
        let found = place.and_then(|place| self.submitted.remove(place))?;
        if found.inputs == self.inputs
            && let Overlay::Prompt(prompt) = found.overlay
        {
            return Some((found.effect, prompt));
        }
        if let Some((kind, text)) = found.into_text() {
            self.store(kind, text);
        }
        None
    }

    /// The effect came to nothing: the next prompt of the kind has the text.
    pub fn keep(&mut self, is_effect: impl Fn(&Effect) -> bool) {
        let place = self.submitted.iter().position(|submitted| is_effect(&submitted.effect));
        let found = place.and_then(|place| self.submitted.remove(place));
        if let Some((kind, text)) = found.and_then(Submitted::into_text) {
            self.store(kind, text);
        }
    }

    fn store(&mut self, kind: PromptKind, text: String) {
        self.take(&kind);
        self.unsaved.push((kind, text));
    }

    /// The text that was not saved for a prompt of this kind.
    pub fn get(&self, kind: &PromptKind) -> Option<&str> {
        self.unsaved.iter().find(|(known, _)| known == kind).map(|(_, text)| text.as_str())
    }

    /// The same, to be typed on or saved again.
    pub fn take(&mut self, kind: &PromptKind) -> Option<String> {
        let place = self.unsaved.iter().position(|(known, _)| known == kind)?;
        Some(self.unsaved.remove(place).1)
    }
}

/// The note that a change sets, from wherever its text came.
fn note_in(effect: &Effect) -> Option<(PromptKind, String)> {
    let Effect::Request(Request::Change { changes, .. }) = effect else { return None };
    changes.iter().find_map(|change| match change {
        Change::Note(key, text) => Some((PromptKind::Note(key.clone()), text.clone())),
        _ => None,
    })
}
