//! Background threads. Each lane is a queue with a thread and a library of its own, so that a search never waits for an import. This
//! module queues effects by their policy, drops what was superseded or cancelled, and turns failures and panics into answers; what a
//! request does is in `requests`, what a job does in `long_work`. Nothing here touches the model or the screen.

mod folder;
mod long_work;
mod requests;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use super::effect::JobId;
use super::effect::{Effect, Lane, Policy, Request, Supersession, TerminalEffect, Topic, Work};
use super::fault;
use super::jobs::JobOutcome;
use super::message::{Answer, Message, Timed};
use crate::error::{Error, Result};
use crate::library::Library;

/// Hands effects to the lanes.
#[derive(Debug)]
pub struct Workers {
    queues: [Sender<Task>; Lane::ALL.len()],
    signals: Arc<Signals>,
}

/// A queue of effects for its owner to run: a thread, a test, or the program before it has threads.
#[derive(Debug)]
pub struct TaskQueue {
    tasks: Receiver<Task>,
    signals: Arc<Signals>,
}

/// A queued effect.
#[derive(Debug)]
struct Task {
    action: LaneTask,
    policy: Policy,
    /// Position in the order of everything that was queued.
    ticket: u64,
}

#[derive(Debug)]
enum LaneTask {
    Request(Request),
    Work(JobId, Work),
}

/// What all threads look at while they work.
#[derive(Debug, Default)]
struct Signals {
    tickets: AtomicU64,
    /// Ticket of the newest effect of each topic.
    newest: [AtomicU64; Topic::COUNT],
    /// Requests of the interactive lane that are not done yet, the running one included.
    interactive: AtomicUsize,
    cancelled: Mutex<BTreeSet<JobId>>,
    /// The command that opens a URL, as configured; empty is the system's.
    opener: Vec<String>,
}

impl Signals {
    fn cancelled(&self) -> MutexGuard<'_, BTreeSet<JobId>> {
        self.cancelled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The cancellation check of one effect.
struct Check<'a> {
    signals: &'a Signals,
    supersession: Supersession,
    ticket: u64,
    job: Option<JobId>,
}

impl Check<'_> {
    fn is_superseded(&self) -> bool {
        match self.supersession {
            Supersession::Never => false,
            Supersession::Older(topic) | Supersession::Newest(topic) => {
                let newest = self.signals.newest.get(topic as usize);
                newest.is_some_and(|newest| newest.load(Ordering::Relaxed) > self.ticket)
            }
        }
    }

    /// Whether the effect is to end early: it was superseded, or its job was cancelled.
    fn is_cancelled(&self) -> bool {
        self.is_superseded() || self.job.is_some_and(|job| self.signals.cancelled().contains(&job))
    }

    /// The same, as progress callbacks return it.
    fn flow(&self) -> ControlFlow<()> {
        if self.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Whether another request of the interactive lane waits behind this one.
    fn must_give_way(&self) -> bool {
        self.signals.interactive.load(Ordering::Relaxed) > 1
    }
}

impl Workers {
    /// Starts a thread for each lane. `library` serves the interactive lane; the others open their own when they are first needed.
    pub fn start(library: Library, opener: Vec<String>, answers: &Sender<Timed>) -> Self {
        let signals = Arc::new(Signals { opener, ..Signals::default() });
        let (dir, has_user_file) = (library.dir().to_owned(), library.has_user_file());
        let mut library = Some(library);
        let queues = Lane::ALL.map(|lane| {
            let (queue, tasks) = channel();
            let library = library.take_if(|_| lane == Lane::Interactive);
            let lane_library = LaneLibrary { dir: dir.clone(), has_user_file, library };
            let tasks = TaskQueue { tasks, signals: Arc::clone(&signals) };
            let answers = answers.clone();
            thread::spawn(move || tasks.run_until_closed(lane_library, &answers));
            queue
        });
        Self { queues, signals }
    }

    /// Without threads: everything that is submitted waits in one queue, in order, for the caller to run it.
    pub fn queued() -> (Self, TaskQueue) {
        let signals = Arc::new(Signals::default());
        let (queue, tasks) = channel();
        let queues = Lane::ALL.map(|_| queue.clone());
        (Self { queues, signals: Arc::clone(&signals) }, TaskQueue { tasks, signals })
    }

    /// Whether nothing that the user waits for is queued or runs.
    pub fn is_idle(&self) -> bool {
        self.signals.interactive.load(Ordering::Acquire) == 0
    }

    /// Queues an effect, or gives it back when only the loop can do it.
    pub fn submit(&self, effect: Effect) -> Option<TerminalEffect> {
        let policy = effect.policy();
        let action = match effect {
            Effect::Terminal(effect) => return Some(effect),
            Effect::Cancel(job) => {
                self.signals.cancelled().insert(job);
                return None;
            }
            Effect::Request(request) => LaneTask::Request(request),
            Effect::Start(job, work) => LaneTask::Work(job, work),
        };
        let policy = policy?;
        let ticket = self.signals.tickets.fetch_add(1, Ordering::Relaxed) + 1;
        if let Supersession::Newest(topic) = policy.supersession
            && let Some(newest) = self.signals.newest.get(topic as usize)
        {
            newest.store(ticket, Ordering::Relaxed);
        }
        if policy.lane == Lane::Interactive {
            self.signals.interactive.fetch_add(1, Ordering::Relaxed);
        }
        let queue = self.queues.get(policy.lane as usize)?;
        // A queue is closed only when its thread is gone, at the end of the program.
        drop(queue.send(Task { action, policy, ticket }));
        None
    }
}

/// The library of a lane that opens it when it is first needed: a lane that is never needed costs nothing.
struct LaneLibrary {
    dir: PathBuf,
    has_user_file: bool,
    library: Option<Library>,
}

impl LaneLibrary {
    fn get(&mut self) -> Result<&mut Library> {
        match &mut self.library {
            Some(library) => Ok(library),
            empty => Ok(empty.insert(Library::open_another(&self.dir, self.has_user_file)?)),
        }
    }
}

impl TaskQueue {
    fn run_until_closed(self, mut library: LaneLibrary, answers: &Sender<Timed>) {
        let mut answer = |answer| drop(answers.send((Instant::now(), Message::Answer(answer))));
        while let Ok(task) = self.tasks.recv() {
            run(task, || Self::open(&mut library), &self.signals, &mut answer);
        }
    }

    fn open(library: &mut LaneLibrary) -> Result<&mut Library> {
        fault::panic_on_request("worker");
        library.get()
    }

    /// Runs the oldest effect that waits; false when none does. `library` gives the library of a lane.
    pub fn run_next<'a>(
        &self,
        library: impl FnOnce(Lane) -> Result<&'a mut Library>,
        answer: &mut dyn FnMut(Answer),
    ) -> bool {
        let Ok(task) = self.tasks.try_recv() else { return false };
        let lane = task.policy.lane;
        run(task, || library(lane), &self.signals, answer);
        true
    }
}

/// Runs one effect and answers. A superseded request is not answered; a job always is.
fn run<'a>(
    task: Task,
    library: impl FnOnce() -> Result<&'a mut Library>,
    signals: &Signals,
    answer: &mut dyn FnMut(Answer),
) {
    let Policy { lane, failure, supersession, .. } = task.policy;
    let job = match &task.action {
        LaneTask::Request(_) => None,
        LaneTask::Work(job, _) => Some(*job),
    };
    let check = Check { signals, supersession, ticket: task.ticket, job };
    let effect = match &task.action {
        LaneTask::Request(request) => Some(Effect::from(request.clone())).filter(Effect::holds_text).map(Box::new),
        LaneTask::Work(..) => None,
    };
    let attempt = || {
        if check.is_cancelled() {
            return Ok(job.map(|_| JobOutcome::Cancelled));
        }
        let library = library()?;
        let result = match task.action {
            LaneTask::Request(request) => requests::run(library, lane, request, &check, answer).map(|()| None),
            LaneTask::Work(job, work) => long_work::run(library, work, &check, &mut |progress| {
                answer(Answer::Progress { job, progress });
            })
            .map(Some),
        };
        if library.take_written() {
            answer(Answer::Written);
        }
        result
    };
    // A panic in here is a defect, but it must not take the screen and the keyboard with it.
    let result = catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|_| {
        let error = Error::system("a background thread met a defect of the program");
        Err(error.hint("everything marked before is kept"))
    });
    if lane == Lane::Interactive {
        signals.interactive.fetch_sub(1, Ordering::Release);
    }
    match (job, result) {
        (None, Ok(_)) => {}
        (None, Err(error)) => answer(Answer::Failed { failure, error, effect }),
        (Some(job), result) => {
            signals.cancelled().remove(&job);
            let outcome = match result {
                Ok(outcome) => outcome.unwrap_or(JobOutcome::Cancelled),
                Err(error) => JobOutcome::Failed { failure, error },
            };
            answer(Answer::Ended { job, outcome });
        }
    }
}
