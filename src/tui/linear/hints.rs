//! What linear mode tells of what can follow: the keys of a chord, the values of a field, the candidates of a prompt.

use super::super::flow::counted;
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::update::LIST;
use super::super::wording::continuations;
use super::overlays::ToldCandidates;
use super::{Awaited, Moment, Transcript};
use crate::domain::clean::Clean;

impl Transcript {
    /// All candidates, where the user asked for them. True while they are not known.
    pub(super) fn tell_candidates(&mut self, model: &Model, moment: Moment, lines: &mut Vec<String>) -> bool {
        let now = ToldCandidates::of(model);
        if now == self.told.candidates {
            return false;
        }
        match &now {
            Some(found) if found.is_empty() && (found.is_awaited || !moment.is_idle) => return true,
            Some(found) => found.tell(self.echoes, lines),
            None => {}
        }
        self.told.candidates = now;
        false
    }

    /// To a user who hesitates: the keys that complete a chord, the values of a field, how many candidates there are.
    pub(super) fn tell_what_can_follow(&mut self, model: &Model, moment: Moment, lines: &mut Vec<String>) {
        let Some((about, line)) = self.hint(model).filter(|(about, _)| self.told.hinted != *about) else { return };
        if !moment.is_paused {
            self.awaited = Some(Awaited::Pause);
            return;
        }
        lines.push(Clean::new(&line).into_string());
        self.told.hinted = about;
    }

    /// What it is about, and the line.
    fn hint(&self, model: &Model) -> Option<(String, String)> {
        if !model.pending.is_empty() {
            let next: Vec<String> = continuations(model).iter().map(|(key, words)| format!("{key} {words}")).collect();
            let keys = model.pending.to_string();
            let line = format!("{keys} then {}", next.join(", "));
            return (!next.is_empty()).then_some((keys, line));
        }
        let (value, offered) = (model.search.input.value(), &model.search.candidates);
        match &model.overlay {
            Some(Overlay::Prompt(prompt)) => {
                let (typed, count) = (prompt.input.value(), prompt.completion.candidates.len());
                let begins_a_word = typed.is_empty() || typed.ends_with(' ');
                let key = if self.echoes { "tab" } else { LIST };
                let line = format!("{}, {key} lists them", counted(count, "candidate"));
                let has_news = count > 0 && begins_a_word && !prompt.is_listed();
                has_news.then(|| (format!("{}: {typed}", prompt.label), line))
            }
            None if model.search.open && !offered.is_empty() && value.ends_with(':') => {
                Some((value.to_owned(), format!("{value} then {}", offered.join(", "))))
            }
            _ => None,
        }
    }
}
