//! Jobs in words: how far one is, and the page that lists those that run and those that ended. Pure.

use super::effect::JobKind;
use super::flow::{StyledLine, StyledSpan, TextRole, grouped};
use super::jobs::{Job, JobProgress, Jobs};
use crate::domain::clean::Clean;

/// What a job is doing: `importing a.txt (1 of 3): 120 read`.
pub(super) fn progress(job: &Job) -> String {
    let doing = match job.kind {
        JobKind::Import => format!("importing {}", job.subject),
        JobKind::Sync => format!("fetching papers from {}", job.subject),
        JobKind::Export => format!("exporting to {}", job.subject),
        JobKind::Change => format!("saving: {}", job.subject),
        JobKind::Index | JobKind::FullText => format!("building the {}", job.kind.name()),
    };
    match &job.progress {
        None => doing,
        Some(JobProgress::Papers { done, all }) => format!("{doing}: {} of {} papers", grouped(*done), grouped(*all)),
        Some(JobProgress::Sync(progress)) => progress.in_words(),
        Some(JobProgress::Import(progress)) => match progress.indexed {
            Some((done, all)) if done < all => {
                format!("building the index: {} of {} papers", grouped(done), grouped(all))
            }
            Some((_, all)) => format!("writing the index of {} papers", grouped(all)),
            None => {
                let file = &progress.path;
                format!("importing {file} ({} of {}): {} read", progress.file, progress.files, grouped(progress.read))
            }
        },
    }
}

/// What was wrong at the start, then the jobs that wait or run, oldest first, then those that ended, latest first. `import_key` is the key
/// that imports papers.
pub(super) fn lines(jobs: &Jobs, warnings: &[Clean], import_key: &str) -> Vec<StyledLine> {
    let warned = warnings.iter().map(|warning| {
        StyledLine::of(vec![
            StyledSpan::new(format!("{:<10} ", "warning"), TextRole::Heading),
            StyledSpan::new(warning.to_string(), TextRole::Text),
        ])
        .hanging(1)
    });

    let row = |job: &Job, words: String| {
        StyledLine::of(vec![
            StyledSpan::new(format!("{:<10} ", job.kind.name()), TextRole::Heading),
            StyledSpan::new(words, TextRole::Text),
        ])
        .hanging(1)
    };
    let about = |job: &Job| if job.subject.is_empty() { String::new() } else { format!("{}: ", job.subject) };
    let open = jobs.open().iter().map(|job| row(job, progress(job)));
    let ended = jobs.ended().rev().flat_map(|ended| {
        let outcome = row(&ended.job, about(&ended.job) + &ended.outcome);
        std::iter::once(outcome).chain(ended.details.iter().cloned())
    });
    let mut lines: Vec<StyledLine> = warned.collect();
    let jobs: Vec<StyledLine> = open.chain(ended).collect();
    if !lines.is_empty() && !jobs.is_empty() {
        lines.push(StyledLine::default());
    }
    lines.extend(jobs);
    if lines.is_empty() {
        let hint = format!("Nothing runs, and nothing ended since the reader was opened: {import_key} imports papers.");
        return vec![StyledLine::of(vec![StyledSpan::new(hint, TextRole::Dim)])];
    }
    lines
}
