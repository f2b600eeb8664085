//! The table of jobs: everything long that was started, how far it is, and how it ended. Plain data; the workers do the work and report
//! here through messages.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use super::effect::{Alarm, Effect, JobId, JobKind, TerminalEffect, Work};
use super::flow::StyledLine;
use crate::domain::clean::Clean;
use crate::error::Error;
use crate::library::sync::{SyncProgress, SyncReport};
use crate::library::{ChangeReport, Direction, ImportProgress, ImportReport};

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobProgress {
    Import(ImportProgress),
    Sync(SyncProgress),
    /// `done` of `all` papers are done.
    Papers {
        done: usize,
        all: usize,
    },
}

/// How a job ended.
#[derive(Clone, Debug)]
pub enum JobOutcome {
    Imported {
        report: Box<ImportReport>,
        /// Imports the same with the reading states of other programs, where it has some that were not taken.
        with_states: Option<Work>,
    },
    Synced(Box<SyncReport>),
    Exported {
        path: PathBuf,
        papers: usize,
    },
    /// Nothing was written: there is a file, and whether to replace it is to be asked.
    FileExists {
        path: PathBuf,
    },
    Changed(ChangeReport),
    IndexBuilt,
    FullTextBuilt,
    /// It ended early, because the user said so or something newer superseded it, and nothing came of it.
    Cancelled,
    /// `failure` is that of its policy.
    Failed {
        failure: &'static str,
        error: Error,
    },
}

/// A job that waits or runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: JobId,
    pub kind: JobKind,
    /// The file or folder it is about; empty where the kind says enough.
    pub subject: String,
    /// None until it reports for the first time.
    pub progress: Option<JobProgress>,
    /// It was cancelled and has not ended yet.
    pub is_cancelled: bool,
}

/// A job that ended, with the last of it in words.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedJob {
    pub job: Job,
    pub outcome: String,
    /// What there is to say beyond it.
    pub details: Vec<StyledLine>,
}

/// Every job, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    started: u64,
    open: Vec<Job>,
    ended: VecDeque<EndedJob>,
    /// Index builds that failed since the last one that did not.
    failed_builds: u32,
    /// An alarm is set after which the index is built again.
    is_retrying: bool,
}

/// Ended jobs that are kept to be looked at.
const HISTORY: usize = 100;
/// How long a failed index build rests; doubled by every further failure, up to the longest.
const FIRST_REST: Duration = Duration::from_secs(15);
const LONGEST_REST: Duration = Duration::from_secs(15 * 60);

impl Jobs {
    /// Enters a job into the table; the effect starts it.
    pub fn start(&mut self, work: Work) -> Effect {
        self.started += 1;
        let id = JobId(self.started);
        let subject = match &work {
            Work::Import(request) if request.paths.is_empty() => "what was pasted".to_owned(),
            Work::Import(request) => {
                request.paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
            }
            Work::Sync { services, .. } => {
                services.iter().map(|service| service.name.as_str()).collect::<Vec<_>>().join(", ")
            }
            Work::Export { path, .. } => path.display().to_string(),
            Work::Change { label, .. } => label.clone(),
            Work::Reverse(Direction::Undo) => "undo".to_owned(),
            Work::Reverse(Direction::Redo) => "redo".to_owned(),
            Work::BuildIndex | Work::BuildFullText => String::new(),
        };
        let subject = Clean::new(&subject).into_string();
        self.open.push(Job { id, kind: work.kind(), subject, progress: None, is_cancelled: false });
        Effect::Start(id, work)
    }

    /// Records the progress of an open job.
    pub fn report(&mut self, id: JobId, progress: JobProgress) {
        if let Some(job) = self.open.iter_mut().find(|job| job.id == id) {
            job.progress = Some(progress);
        }
    }

    /// Moves a job to those that ended, with its outcome in words. None when it is not open.
    pub fn end(&mut self, id: JobId, outcome: &str) -> Option<&Job> {
        let place = self.open.iter().position(|job| job.id == id)?;
        let job = self.open.remove(place);
        if self.ended.len() == HISTORY {
            self.ended.pop_front();
        }
        self.ended.push_back(EndedJob { job, outcome: outcome.to_owned(), details: Vec::new() });
        self.ended.back().map(|ended| &ended.job)
    }

    /// Adds details to a job that ended, for whoever looks at it later.
    pub fn explain(&mut self, id: JobId, details: Vec<StyledLine>) {
        if let Some(ended) = self.ended.iter_mut().find(|ended| ended.job.id == id) {
            ended.details = details;
        }
    }

    /// Jobs that wait or run, oldest first.
    pub fn open(&self) -> &[Job] {
        &self.open
    }

    /// The latest jobs that ended, oldest first.
    pub fn ended(&self) -> impl DoubleEndedIterator<Item = &EndedJob> {
        self.ended.iter()
    }

    pub fn is_open(&self, kind: JobKind) -> bool {
        self.open.iter().any(|job| job.kind == kind)
    }

    /// The oldest open job that the user started: the one that runs.
    pub fn foreground(&self) -> Option<&Job> {
        self.open.iter().find(|job| job.kind.is_foreground())
    }

    /// Cancels the oldest job of the user's that was not cancelled yet.
    pub fn cancel(&mut self) -> Option<Effect> {
        let job = self.open.iter_mut().find(|job| job.kind.is_foreground() && !job.is_cancelled)?;
        job.is_cancelled = true;
        Some(Effect::Cancel(job.id))
    }

    /// What to do about an outdated index: build it, unless a job does that already, an import is going to do it at its end, or the last
    /// build failed a moment ago.
    pub fn bring_index_up_to_date(&mut self) -> Option<Effect> {
        let is_coming = self.is_open(JobKind::Index) || self.is_open(JobKind::Import) || self.is_retrying;
        (!is_coming).then(|| self.start(Work::BuildIndex))
    }

    /// An index build ended well or was cancelled.
    pub fn index_is_built(&mut self) {
        self.failed_builds = 0;
    }

    /// An index build failed: sets the alarm after which `retry_index` may be called.
    pub fn index_build_failed(&mut self) -> Effect {
        let after = FIRST_REST.saturating_mul(1 << self.failed_builds.min(16)).min(LONGEST_REST);
        self.failed_builds = self.failed_builds.saturating_add(1);
        self.is_retrying = true;
        TerminalEffect::Wake { after, alarm: Alarm::RetryIndex }.into()
    }

    /// The alarm went off.
    pub fn retry_index(&mut self) -> Option<Effect> {
        self.is_retrying = false;
        self.bring_index_up_to_date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import() -> Work {
        let paths = vec!["a.txt".into()];
        Work::Import(Box::new(crate::library::ImportRequest { paths, ..Default::default() }))
    }

    fn id(effect: &Effect) -> JobId {
        match effect {
            Effect::Start(id, _) | Effect::Cancel(id) => *id,
            Effect::Terminal(_) | Effect::Request(_) => panic!("{effect:?} is no job"),
        }
    }

    #[test]
    fn cancelling_takes_the_oldest_job_and_never_a_later_one() {
        let mut jobs = Jobs::default();
        let first = id(&jobs.start(import()));
        assert_eq!(jobs.cancel(), Some(Effect::Cancel(first)));
        assert_eq!(jobs.cancel(), None, "it is cancelled once");
        let second = id(&jobs.start(import()));
        assert!(jobs.open().iter().any(|job| job.id == second && !job.is_cancelled));
        jobs.end(first, "cancelled");
        assert_eq!(jobs.foreground().map(|job| job.id), Some(second));
        assert_eq!(jobs.cancel(), Some(Effect::Cancel(second)));
    }

    #[test]
    fn background_work_is_not_cancelled_by_the_user() {
        let mut jobs = Jobs::default();
        jobs.start(Work::BuildIndex);
        jobs.start(Work::BuildFullText);
        assert_eq!((jobs.cancel(), jobs.foreground()), (None, None));
    }

    #[test]
    fn a_failed_index_build_rests_and_is_tried_again() {
        let mut jobs = Jobs::default();
        let mut rests = Vec::new();
        for _ in 0..9 {
            let build = id(&jobs.bring_index_up_to_date().unwrap());
            assert_eq!(jobs.bring_index_up_to_date(), None, "one at a time");
            jobs.end(build, "failed");
            let Effect::Terminal(TerminalEffect::Wake { after, alarm: Alarm::RetryIndex }) = jobs.index_build_failed()
            else {
                panic!("no alarm")
            };
            rests.push(after.as_secs());
            assert_eq!(jobs.bring_index_up_to_date(), None, "it rests");
            let again = id(&jobs.retry_index().unwrap());
            jobs.end(again, "failed");
        }
        assert_eq!(rests, [15, 30, 60, 120, 240, 480, 900, 900, 900]);
        jobs.index_is_built();
        assert!(matches!(jobs.index_build_failed(), Effect::Terminal(TerminalEffect::Wake { after: FIRST_REST, .. })));
    }

    #[test]
    fn an_import_builds_the_index_itself() {
        let mut jobs = Jobs::default();
        let import = id(&jobs.start(import()));
        assert_eq!(jobs.bring_index_up_to_date(), None);
        jobs.end(import, "read 1");
        assert!(jobs.bring_index_up_to_date().is_some());
    }

    #[test]
    fn the_history_is_bounded() {
        let mut jobs = Jobs::default();
        for _ in 0..250 {
            let job = id(&jobs.start(import()));
            jobs.end(job, "done");
        }
        assert_eq!((jobs.ended().count(), jobs.open().len()), (HISTORY, 0));
    }
}
