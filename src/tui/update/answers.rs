//! What the workers found or did, taken into the model. Answers to questions that were overtaken are dropped.

use std::sync::Arc;

use super::super::flow::{Line, Piece, Role};
use super::super::message::{Answer, Effect};
use super::super::model::{FULL, Model, Selection, Tone};
use super::super::overlay::{Overlay, Page};
use super::super::stats;
use super::super::view::grouped;
use super::{actions, ask, ask_loosely};
use crate::domain::clean::Clean;
use crate::domain::reading::Change;
use crate::index::asked_of_abstracts;
use crate::library::{Done, ImportReport, LogLine, Snapshot};

pub(super) fn answer(model: &mut Model, answer: Answer) -> Vec<Effect> {
    match answer {
        Answer::Found { generation, hits } if generation == model.results.asked => {
            let (results, filter) = (&mut model.results, &model.search.query.filter);
            // The same question asked again keeps what was found for it until there is news.
            if results.loose_for != *filter || hits.count >= FULL {
                results.loose.clear();
            }
            results.loose.retain(|doc| !hits.contains(*doc));
            results.hits = Some(hits);
            results.parts.clear();
            let kept = results.keep.take();
            if let Some(place) = kept.and_then(|doc| results.position(doc)) {
                model.list.selected = place;
            } else if kept.is_none() {
                model.list = super::super::model::Cursor::default();
            }
            // The words to mark in the text may be others now.
            model.detail.set_for = None;
            model.snippets.want(asked_of_abstracts(&model.search.query));
            ask_loosely(model)
        }
        Answer::Loose { generation, docs } if generation == model.results.asked => {
            let current = model.current();
            model.results.loose = docs;
            model.results.loose_for = model.search.query.filter.clone();
            if let Some(place) = current.and_then(|doc| model.results.position(doc)) {
                model.list.selected = place;
            }
            Vec::new()
        }
        Answer::Delayed { generation } if generation == model.results.asked => ask_loosely(model),
        Answer::Counted { generation, facets } if generation == model.results.asked => {
            model.results.facets = Some(facets);
            Vec::new()
        }
        Answer::Blamed { generation, parts } if generation == model.results.asked => {
            model.results.parts = parts;
            Vec::new()
        }
        Answer::Found { .. } | Answer::Counted { .. } | Answer::Blamed { .. } => Vec::new(),
        Answer::Loose { .. } | Answer::Delayed { .. } => Vec::new(),
        Answer::Snippets { epoch, found } => {
            model.snippets.take(epoch, found);
            Vec::new()
        }
        Answer::Loaded { key, detail } if model.detail.wanted.as_ref() == Some(&key) => {
            model.shown += 1;
            model.detail.set_for = None;
            if detail.is_none() {
                model.say(Tone::Info, "this paper is no longer in the library");
            }
            model.detail.detail = detail;
            super::marking::watch(model)
        }
        Answer::Loaded { .. } => Vec::new(),
        Answer::Changed { snapshot, done } => changed(model, snapshot, &done),
        Answer::Refreshed { snapshot } => take(model, snapshot),
        // An import builds the index at its end.
        Answer::Behind if model.catching_up || model.job.is_some() => Vec::new(),
        Answer::Behind => {
            model.catching_up = true;
            vec![Effect::BringUpToDate]
        }
        Answer::UpToDate => {
            model.catching_up = false;
            vec![Effect::Refresh, Effect::BuildFullText]
        }
        Answer::Building { what, percent } => {
            model.building.insert(what, percent);
            Vec::new()
        }
        Answer::Built { what } => {
            model.building.remove(what);
            Vec::new()
        }
        Answer::Progress(progress) => {
            let file = Clean::new(&progress.path);
            model.job = Some(match progress.indexed {
                Some((done, all)) if done < all => {
                    format!("making the index: {} of {} papers · esc ends it", grouped(done), grouped(all))
                }
                Some((_, all)) => format!("writing the index of {} papers · esc ends it", grouped(all)),
                None => {
                    let (place, files, read) = (progress.file, progress.files, progress.read);
                    format!("importing {file} ({place} of {files}) · {read} read · esc ends it")
                }
            });
            Vec::new()
        }
        Answer::Imported(report) => imported(model, &report),
        Answer::Exported { path, papers } => {
            let path = Clean::new(&path.display().to_string());
            model.say(Tone::Success, format!("wrote {papers} {} to {path}", plural(papers, "paper")));
            Vec::new()
        }
        Answer::Copied { text, what } => {
            model.say(Tone::Success, format!("sent {what} to the terminal's clipboard"));
            vec![Effect::Clip { text }]
        }
        Answer::Edited { key, text: Some(text) } => {
            vec![Effect::Change { changes: vec![Change::Note(key, text)], label: "noted".to_owned() }]
        }
        Answer::Edited { text: None, .. } => Vec::new(),
        Answer::Logged(lines) => {
            model.overlay = Some(Overlay::Page(Page { title: "What you did", lines: log_lines(&lines), top: 0 }));
            Vec::new()
        }
        Answer::Counts(statistics) => {
            let lines = stats::lines(&statistics, &model.glyphs);
            model.overlay = Some(Overlay::Page(Page { title: "What you read", lines, top: 0 }));
            Vec::new()
        }
        Answer::Failed { what, error } => {
            model.job = None;
            super::refuse(model, format!("{what}: {}", Clean::new(&error.to_string())))
        }
    }
}

fn changed(model: &mut Model, snapshot: Arc<Snapshot>, done: &Done) -> Vec<Effect> {
    if done.subjects == 0 {
        model.say(Tone::Info, format!("{}: nothing to change", done.label));
        return Vec::new();
    }
    if done.label != super::marking::SEEN {
        let way_back = if done.undid { "ctrl-r makes it again" } else { "u undoes" };
        model.say(Tone::Success, format!("{} · {} · {way_back}", done.label, subjects(done)));
        model.selection = Selection::default();
    }
    take(model, snapshot)
}

fn subjects(done: &Done) -> String {
    format!("{} {}", grouped(done.subjects), plural(done.subjects, done.kind))
}

/// Takes a new picture of the library: what is listed, and the paper that is open, may be different in it.
fn take(model: &mut Model, snapshot: Arc<Snapshot>) -> Vec<Effect> {
    let same_papers = Arc::ptr_eq(&snapshot.index, &model.snapshot.index);
    if same_papers {
        model.snapshot = snapshot;
        let mut effects = actions::ask_again(model);
        effects.extend(model.detail.wanted.clone().map(|key| Effect::Load { key }));
        return effects;
    }
    // Documents have other numbers now: what is kept is kept by key.
    let key = model.current_key();
    model.snapshot = snapshot;
    model.selection = Selection::default();
    model.results.hits = None;
    model.results.loose.clear();
    model.snippets.forget();
    model.results.facets = None;
    model.results.keep = key.as_ref().and_then(|key| model.snapshot.index.find(key.as_str()));
    let mut effects = ask(model);
    effects.extend(key.map(|key| Effect::Load { key }));
    effects
}

fn imported(model: &mut Model, report: &ImportReport) -> Vec<Effect> {
    model.job = None;
    model.catching_up = false;
    let total = report.total();
    let rejected = report.rejected();
    let ended = if report.cancelled { "ended; " } else { "" };
    let mut text = format!(
        "{ended}read {}: {} new, {} updated, {} unchanged, {rejected} rejected",
        total.read, total.new, total.updated, total.unchanged
    );
    if report.unlisted {
        text.push_str(" · they are listed when the index is made, in the background");
    }
    if report.offer_to_hide_starter {
        text.push_str(" · :hide-starter takes the starter shelf out of the list");
    }
    if rejected > 0 {
        let rejected = report.files.iter().flat_map(|file| {
            file.rejected.first.iter().map(|record| (Clean::new(&file.path), record.line, Clean::new(&record.reason)))
        });
        let lines = rejected.map(|(path, line, reason)| {
            Line::of(vec![
                Piece::new(format!("{path}:{line}: "), Role::Dim),
                Piece::new(reason.into_string(), Role::Text),
            ])
        });
        let more = report.files.iter().map(|file| file.rejected.more).sum();
        let more = (more > 0).then(|| Line::of(vec![Piece::new(format!("and {} more", grouped(more)), Role::Dim)]));
        let lines = lines.chain(more);
        model.overlay = Some(Overlay::Page(Page { title: "Rejected records", lines: lines.collect(), top: 0 }));
    }
    model.say(if rejected > 0 { Tone::Error } else { Tone::Success }, text);
    // The full text of papers that nobody lists waits for the index, which somebody else makes when the library is found behind.
    if report.unlisted { vec![Effect::Refresh] } else { vec![Effect::Refresh, Effect::BuildFullText] }
}

fn log_lines(log: &[LogLine]) -> Vec<Line> {
    let mut lines: Vec<Line> = log.iter().map(log_line).collect();
    if lines.is_empty() {
        lines.push(Line::of(vec![Piece::new("Nothing yet: s stars a paper, r marks it read, t tags it.", Role::Dim)]));
    }
    lines
}

fn log_line(entry: &LogLine) -> Line {
    let clean = |text: &str| Clean::new(text).into_string();
    let (before, after) = (clean(&entry.before), clean(&entry.after));
    let change = if before.is_empty() { after } else { format!("{before} → {after}") };
    let undone = if entry.undone { "  (undone)" } else { "" };
    Line::of(vec![
        Piece::new(format!("{}  ", entry.when), Role::Dim),
        Piece::new(format!("{:<18} ", clean(&entry.label)), Role::Heading),
        Piece::new(format!("{}  ", clean(&entry.subject)), Role::Text),
        Piece::new(format!("{}: {change}{undone}", clean(&entry.field)), Role::Dim),
    ])
}

pub(super) fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
