//! What the user cannot do while a job writes `user.db`: only one connection writes at a time, and searches wait on the same thread as changes.

use super::super::effect::{Effect, JobKind, Request};
use super::super::model::Model;
use super::{drafts, marking};

/// Takes out what would wait until the job that writes `user.db` is done, and with it every search after it. What the user asked for is
/// refused, with what was typed for it.
pub(super) fn refuse_while_saving(model: &mut Model, effects: &mut Vec<Effect>) {
    if !model.jobs.is_open(JobKind::Change) {
        return;
    }
    let waits = |effect: &mut Effect| matches!(effect, Effect::Request(request) if request.writes());
    for effect in effects.extract_if(.., waits).collect::<Vec<Effect>>() {
        let is_silent = match &effect {
            Effect::Request(Request::Change { label, .. }) => label == marking::SEEN,
            Effect::Request(request) => matches!(request, Request::Checkpoint { .. }),
            Effect::Terminal(_) | Effect::Start(..) | Effect::Cancel(_) => true,
        };
        if !is_silent {
            let words = "not saved: the change of many papers is still being saved".to_owned();
            drafts::give_back(model, words, Some(&effect), |submitted| *submitted == effect);
        }
    }
}
