//! What each job does. A job reports progress a few times a second, looks at its cancellation check as often, and returns its outcome.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::super::effect::{Papers, Work};
use super::super::jobs::{JobOutcome, JobProgress};
use super::{Check, requests};
use crate::error::Result;
use crate::library::export::{Overwrite, find_format};
use crate::library::{
    ChangeDirection, ChangeOutcome, ChangeReport, Direction, ImportRequest, IndexingPriority, Library,
};

/// How long to wait for papers that come in faster than an index of them can be built.
const SETTLING: Duration = Duration::from_secs(5);
/// Between two reports of progress. A job that ends sooner is not shown.
const REPORT_INTERVAL: Duration = Duration::from_millis(300);

pub(super) fn run(
    library: &mut Library,
    work: Work,
    check: &Check<'_>,
    report: &mut dyn FnMut(JobProgress),
) -> Result<JobOutcome> {
    library.refresh()?;
    match work {
        Work::Import(request) => import(library, &request, check, report),
        Work::Sync { services, network } => {
            let mut reports = Reports::new(report);
            let synced = library.sync(&services, &network, &mut |progress| {
                reports.at_intervals(|| JobProgress::Sync(progress.clone()));
                check.flow()
            })?;
            Ok(JobOutcome::Synced(Box::new(synced)))
        }
        Work::Export { path, overwrite: Overwrite::Refuse, .. } if is_replaceable(&path) => {
            Ok(JobOutcome::FileExists { path })
        }
        Work::Export { papers, format, path, overwrite } => {
            export(library, papers, (format, path, overwrite), check, report)
        }
        Work::Change { papers, change, label } => {
            let list = requests::list_of(papers);
            let change = |key| requests::changes_of(&change, key);
            let mut reports = Reports::new(report);
            let outcome = library.change_all(&list, &change, &label, &mut |done, all| {
                reports.papers(done, all);
                check.flow()
            })?;
            Ok(changed(outcome, ChangeDirection::Do))
        }
        Work::Reverse(direction) => {
            let mut reports = Reports::new(report);
            let outcome = library.reverse(direction, &mut |done, all| {
                reports.papers(done, all);
                check.flow()
            })?;
            let nothing = match direction {
                Direction::Undo => ChangeDirection::Undo,
                Direction::Redo => ChangeDirection::Redo,
            };
            Ok(changed(outcome, nothing))
        }
        Work::BuildIndex => build_index(library, check, report),
        Work::BuildFullText => build_full_text(library, check, report),
    }
}

fn import(
    library: &mut Library,
    request: &ImportRequest,
    check: &Check<'_>,
    report: &mut dyn FnMut(JobProgress),
) -> Result<JobOutcome> {
    let imported = library.import(request, &mut |progress| {
        report(JobProgress::Import(progress.clone()));
        check.flow()
    })?;
    let with_states =
        (imported.states_left > 0).then(|| Work::Import(Box::new(ImportRequest { states: true, ..request.clone() })));
    Ok(JobOutcome::Imported { report: Box::new(imported), with_states })
}

/// Whether there is a file that an export can replace: the user is asked. Everything else in the way is an error of the export.
fn is_replaceable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file())
}

fn export(
    library: &mut Library,
    papers: Papers,
    (format, path, overwrite): (&str, PathBuf, Overwrite),
    check: &Check<'_>,
    report: &mut dyn FnMut(JobProgress),
) -> Result<JobOutcome> {
    let list = requests::list_of(papers);
    let mut reports = Reports::new(report);
    let written = library.export_file(&list, find_format(format)?, (&path, overwrite), &mut |done, all| {
        reports.papers(done, all);
        check.flow()
    })?;
    Ok(written.map_or(JobOutcome::Cancelled, |papers| JobOutcome::Exported { path, papers }))
}

/// What there was to undo may have been undone meanwhile.
fn changed(outcome: ChangeOutcome, direction: ChangeDirection) -> JobOutcome {
    match outcome {
        ChangeOutcome::Done(report) => JobOutcome::Changed(report),
        ChangeOutcome::Nothing => JobOutcome::Changed(ChangeReport { direction, ..ChangeReport::default() }),
        ChangeOutcome::Cancelled => JobOutcome::Cancelled,
    }
}

fn build_index(library: &mut Library, check: &Check<'_>, report: &mut dyn FnMut(JobProgress)) -> Result<JobOutcome> {
    let mut reports = Reports::new(report);
    loop {
        let is_built = library.bring_up_to_date(&mut |done, all| {
            reports.papers(done, all);
            check.flow()
        })?;
        if is_built {
            return Ok(JobOutcome::IndexBuilt);
        }
        if check.is_cancelled() {
            return Ok(JobOutcome::Cancelled);
        }
        thread::sleep(SETTLING);
    }
}

fn build_full_text(library: &Library, check: &Check<'_>, report: &mut dyn FnMut(JobProgress)) -> Result<JobOutcome> {
    let mut reports = Reports::new(report);
    library.build_full_text(IndexingPriority::Background, &mut |done, all| {
        reports.papers(done, all);
        check.flow()
    })?;
    Ok(if check.is_cancelled() { JobOutcome::Cancelled } else { JobOutcome::FullTextBuilt })
}

/// Passes on as many reports as a screen can show.
struct Reports<'a> {
    report: &'a mut dyn FnMut(JobProgress),
    latest: Instant,
}

impl<'a> Reports<'a> {
    fn new(report: &'a mut dyn FnMut(JobProgress)) -> Self {
        Self { report, latest: Instant::now() }
    }

    fn papers(&mut self, done: usize, all: usize) {
        self.at_intervals(|| JobProgress::Papers { done, all });
    }

    fn at_intervals(&mut self, progress: impl FnOnce() -> JobProgress) {
        if self.latest.elapsed() > REPORT_INTERVAL {
            self.latest = Instant::now();
            (self.report)(progress());
        }
    }
}
