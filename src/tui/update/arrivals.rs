//! The end of an import: what is told of it, and how its papers come to the list. The cursor goes to the first of them, unless the user did
//! something meanwhile.

use super::super::arrivals::Stance;
use super::super::command::Action;
use super::super::effect::{Effect, JobId, Request, SharedHits, Work};
use super::super::flow::counted;
use super::super::model::{Model, Tone};
use super::super::overlay::{Overlay, Question, QuestionKind, TextPage};
use super::super::rejected_page;
use super::digests;
use crate::domain::clean::Clean;
use crate::library::ImportReport;

pub(super) fn import_tone(report: &ImportReport) -> Tone {
    if report.rejected() > 0 || report.failure.is_some() { Tone::Error } else { Tone::Success }
}

pub(super) fn import_summary(report: &ImportReport) -> String {
    let (total, rejected) = (report.total(), report.rejected());
    let cancelled = if report.cancelled { "cancelled; " } else { "" };
    let mut text = format!(
        "{cancelled}read {}: {} new, {} updated, {} unchanged, {rejected} rejected",
        total.read, total.new, total.updated, total.unchanged
    );
    if let Some(failure) = &report.failure {
        text.push_str(&format!(" · {}", Clean::new(&failure.to_string())));
    } else if report.unlisted {
        text.push_str(" · listed once the index is built, in the background");
    }
    if report.offer_to_hide_starter {
        text.push_str(" · :hide-starter hides the starter shelf");
    }
    text
}

/// Shows rejected records, asks whether to take reading states by `with_states`, and has the new papers listed. `stance` is what the user was
/// at when the import began.
pub(super) fn imported(
    model: &mut Model,
    job: JobId,
    report: &ImportReport,
    with_states: Option<Work>,
    stance: Option<Stance>,
) -> Vec<Effect> {
    let keys = report.new_papers.keys();
    let (now, day) = (model.stance(), model.key_for(Action::DigestDate));
    let stance = stance.filter(|stance| stance.is_still(&now));
    let is_still = stance.is_some();
    if !keys.is_empty() {
        model.arrivals.came(keys, stance);
    }
    if report.rejected() > 0 && report.only_failure().is_none() {
        let lines = rejected_page::lines(report);
        model.jobs.explain(job, lines.clone());
        let jobs = model.key_for(Action::Jobs);
        if !model.is_occupied() {
            model.overlay = Some(Overlay::Page(TextPage { title: "Rejected records", lines, ..TextPage::default() }));
        } else if let Some(notice) = &mut model.notice {
            notice.text.push_str(&format!(" · {jobs} shows why"));
        }
    }
    if let Some(work) = with_states.filter(|_| !report.cancelled) {
        let papers = counted(report.states_left, "paper");
        if is_still && !model.is_occupied() {
            let text = format!("Take reading states of {papers}, too?");
            model.overlay = Some(Overlay::Question(Question { text, work, kind: QuestionKind::States }));
        } else if let Some(notice) = &mut model.notice {
            notice.text.push_str(&format!(" · it has tags or statuses of {papers}; import it again to take them"));
        }
    }
    if let [digest, ..] = report.undated.as_slice() {
        if is_still && !model.is_occupied() {
            model.undated = report.undated.clone().into();
            digests::ask_next(model);
        } else if let Some(notice) = &mut model.notice {
            let label = digest.label.cut(40);
            notice.text.push_str(&format!(" · no day is known for `{label}`; {day} sets it"));
        }
    }
    let mut effects = vec![Request::Refresh.into()];
    // Without an index there is nothing to build a full text for: it follows when the outdated index was built.
    if !report.unlisted {
        effects.push(model.jobs.start(Work::BuildFullText));
    }
    effects
}

/// A result is listed: looks for the papers that came, where the cursor still has to go to them.
pub(super) fn look_for(model: &mut Model) -> Option<Effect> {
    let stance = model.stance();
    let docs = model.arrivals.due(&stance)?;
    let hits = SharedHits(model.results.hits.clone()?);
    Some(Request::FindFirst { hits, docs }.into())
}

/// The row of the first paper that came is known; None when the query finds none of them.
pub(super) fn found(model: &mut Model, row: Option<usize>) {
    let stance = model.stance();
    if model.arrivals.due(&stance).is_none() {
        return;
    }
    model.arrivals.settle();
    let all = model.key_for(Action::AllPapers);
    match (row, &mut model.notice) {
        (Some(row), _) => {
            model.results.left_over = None;
            model.list.selected = row;
        }
        (None, Some(notice)) => {
            notice.text.push_str(&format!(" · not in this search; {all} shows all papers"));
        }
        (None, None) => {}
    }
}
