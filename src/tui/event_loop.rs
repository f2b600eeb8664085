//! The loop of the reader: takes messages, lets `update` change the model, hands effects out and shows the model once.

use std::collections::VecDeque;
use std::mem;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use signal_hook::consts::SIGTSTP;

use super::effect::{Alarm, Effect, JobKind, Request, TerminalEffect};
use super::input::KeyReader;
use super::message::{Answer, Message, Timed};
use super::model::{Model, Tone};
use super::remembered::{KEEP_AFTER, Memory};
use super::screen::Screen;
use super::trace::{Shown, Trace};
use super::worker::Workers;
use super::{fault, opener, signals, update};
use crate::config::OpenConfig;
use crate::error::{Error, IoContext, Result};

/// How long a frame waits for the answer to a key, so that key and answer are drawn as one.
const ANSWER_GRACE: Duration = Duration::from_millis(4);
/// Between two looks at whether the next line may be taken.
const LINE_WAIT: Duration = Duration::from_millis(5);
/// Messages taken before a frame is drawn all the same.
const BATCH: usize = 512;

/// Everything the loop owns.
pub(super) struct Reader {
    pub(super) model: Model,
    pub(super) screen: Screen,
    pub(super) workers: Workers,
    /// None where lines are read instead.
    pub(super) keys: Option<KeyReader>,
    /// Lines that wait for the answers to those before.
    pub(super) lines: VecDeque<Message>,
    /// The lines are written beforehand: nobody sees what one leads to before the next.
    pub(super) is_script: bool,
    pub(super) trace: Option<Trace>,
    /// The folder of the library.
    pub(super) dir: PathBuf,
    pub(super) open: OpenConfig,
    /// When to send which `Message::Woke`; at most one of each kind.
    pub(super) alarms: Vec<(Instant, Alarm)>,
    pub(super) memory: Memory,
    /// Messages that came and are not taken yet.
    pub(super) received: VecDeque<Timed>,
}

impl Reader {
    /// Takes messages and draws, until the user quits.
    pub(super) fn run(&mut self, inbox: &Receiver<Timed>) -> Result<()> {
        while let Some(first) = self.wait(inbox)? {
            let mut pending_since = None;
            let mut next = Some(first);
            let mut taken = 0;
            let mut is_visible = false;
            while let Some((arrived, message)) = next.take() {
                is_visible |= message.is_visible();
                self.trace_message(arrived, &message, inbox)?;
                if let Message::InputLost(why) = &message {
                    return Err(Error::system(format!("the terminal cannot be read any more: {why}")));
                }
                match &message {
                    Message::Ending(_) => self.memory.keep(&self.model),
                    Message::Woke(Alarm::Remember) => self.memory.keep_in_background(&self.model),
                    message if message.is_key() && self.memory.is_kept() => self.set_alarm(KEEP_AFTER, Alarm::Remember),
                    _ => {}
                }
                let is_found = matches!(message, Message::Answer(Answer::Found { .. }));
                for effect in update::update(&mut self.model, message) {
                    if matches!(effect, Effect::Request(Request::Search { .. })) {
                        pending_since = Some(Instant::now());
                    }
                    if self.carry_out(effect)?.is_break() {
                        return Ok(());
                    }
                }
                if is_found {
                    pending_since = None;
                }
                taken += 1;
                if taken < if self.model.settings.linear { 1 } else { BATCH } {
                    let grace = pending_since.map(|since: Instant| ANSWER_GRACE.saturating_sub(since.elapsed()));
                    next = match (self.next_received(inbox), grace) {
                        (Some(received), _) => Some(received),
                        (None, Some(left)) => {
                            inbox.recv_timeout(left).ok().and_then(|message| self.without_lines(message))
                        }
                        (None, None) => None,
                    };
                }
            }
            if !is_visible {
                continue;
            }
            fault::panic_on_request("screen");
            let is_idle = self.model.settings.linear && self.is_idle(inbox);
            self.screen.show(&self.model, is_idle)?;
            self.trace_frame(inbox)?;
        }
        Ok(())
    }

    fn trace_message(&mut self, arrived: Instant, message: &Message, inbox: &Receiver<Timed>) -> Result<()> {
        if self.trace.is_none() || matches!(message, Message::Answer(_)) {
            return Ok(());
        }
        let is_idle = self.is_idle(inbox);
        let Some(trace) = &mut self.trace else { return Ok(()) };
        if message.is_key() {
            trace.key(arrived, is_idle, shown(&self.model))
        } else {
            trace.event(is_idle, shown(&self.model))
        }
    }

    fn trace_frame(&mut self, inbox: &Receiver<Timed>) -> Result<()> {
        if self.trace.is_none() {
            return Ok(());
        }
        let is_idle = self.is_idle(inbox);
        let Some(trace) = &mut self.trace else { return Ok(()) };
        trace.frame(is_idle, shown(&self.model))
    }

    /// The next message. Blocks, without using the processor, until there is one; None when every sender is gone.
    fn wait(&mut self, inbox: &Receiver<Timed>) -> Result<Option<Timed>> {
        loop {
            if let Some(line) = self.next_line(inbox) {
                return Ok(Some((Instant::now(), line)));
            }
            if let Some(message) = self.next_received(inbox) {
                return Ok(Some(message));
            }
            let more = self.screen.patience();
            let more = if self.lines.is_empty() { more } else { Some(LINE_WAIT) };
            let again = more.map(|after| (Instant::now() + after, Alarm::Show));
            let next = self.alarms.iter().copied().chain(again).min_by_key(|(at, _)| *at);
            let received = match next {
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some((at, _)) => inbox.recv_timeout(at.saturating_duration_since(Instant::now())),
            };
            match (received, next) {
                (Ok(message), _) => {
                    if let Some(message) = self.without_lines(message) {
                        return Ok(Some(message));
                    }
                }
                (Err(RecvTimeoutError::Timeout), Some((at, alarm))) => {
                    self.alarms.retain(|set| *set != (at, alarm));
                    return Ok(Some((Instant::now(), Message::Woke(alarm))));
                }
                (Err(_), _) => return Ok(None),
            }
        }
    }

    /// The next of the messages that came. What the user did comes before answers: it was meant for what was drawn before them.
    fn next_received(&mut self, inbox: &Receiver<Timed>) -> Option<Timed> {
        while let Ok(message) = inbox.try_recv() {
            let message = self.without_lines(message);
            self.received.extend(message);
        }
        take_next(&mut self.received)
    }

    /// Lines wait for their turn; everything else is returned.
    fn without_lines(&mut self, message: Timed) -> Option<Timed> {
        match message {
            (_, line @ (Message::Line(_) | Message::LinesEnded)) => {
                self.lines.push_back(line);
                None
            }
            other => Some(other),
        }
    }

    /// The next line that waits, once everything that the one before led to is done. A script waits for imports and exports, too, and for the
    /// index that lists what came; a user who types can cancel them.
    fn next_line(&mut self, inbox: &Receiver<Timed>) -> Option<Message> {
        let is_end = matches!(self.lines.front()?, Message::LinesEnded);
        let jobs = &self.model.jobs;
        let is_working = (is_end || self.is_script) && jobs.foreground().is_some();
        let is_listing = self.is_script && jobs.is_open(JobKind::Index);
        let is_done = !is_working && !is_listing && self.is_idle(inbox);
        self.lines.pop_front_if(|_| is_done)
    }

    /// Whether no answer is awaited: nothing is asked any more, and everything that came is taken. Answers are sent before their request
    /// counts as done, so the inbox is looked into last.
    fn is_idle(&mut self, inbox: &Receiver<Timed>) -> bool {
        while self.received.is_empty() {
            let is_done = self.workers.is_idle();
            match inbox.try_recv() {
                Ok(message) => {
                    let message = self.without_lines(message);
                    self.received.extend(message);
                }
                Err(_) => return is_done,
            }
        }
        false
    }

    /// Does now what an alarm is set for, because none goes off while another program has the terminal, and what a signal would want
    /// meanwhile.
    fn save_before_lending(&mut self) {
        self.memory.keep(&self.model);
        let before = self.alarms.len();
        self.alarms.retain(|(_, alarm)| !matches!(alarm, Alarm::Checkpoint(_)));
        if self.alarms.len() < before {
            signals::checkpoint_now(&self.dir);
        }
    }

    /// Sets an alarm in place of one of the same kind.
    fn set_alarm(&mut self, after: Duration, alarm: Alarm) {
        self.alarms.retain(|(_, set)| mem::discriminant(set) != mem::discriminant(&alarm));
        self.alarms.push((Instant::now() + after, alarm));
    }

    /// Hands an effect to its thread, or does it here when it needs the terminal. Breaks when the program is to end.
    pub(super) fn carry_out(&mut self, effect: Effect) -> Result<ControlFlow<()>> {
        let Some(effect) = self.workers.submit(effect) else { return Ok(ControlFlow::Continue(())) };
        match effect {
            TerminalEffect::Quit => return Ok(ControlFlow::Break(())),
            TerminalEffect::Wake { after, alarm } => self.set_alarm(after, alarm),
            TerminalEffect::Mouse(on) => self.screen.set_mouse(on)?,
            TerminalEffect::Redraw => self.screen.redraw()?,
            TerminalEffect::Clip { text } => {
                if let Err(error) = self.screen.clip(&text) {
                    self.model.say(Tone::Error, error.to_string());
                }
            }
            TerminalEffect::Suspend if signals::is_ignored(SIGTSTP) => {
                self.model.say(Tone::Error, "the shell that started the reader cannot stop programs");
            }
            TerminalEffect::Suspend => {
                self.save_before_lending();
                self.screen.lend(suspend)??;
                self.model.size = self.screen.size()?;
            }
            TerminalEffect::SetUpAgain => {
                self.screen.set_up_again()?;
                self.model.size = self.screen.size()?;
            }
            TerminalEffect::Edit { key, text } => {
                let edited = self.edit(&text)?;
                self.model.size = self.screen.size()?;
                let answer = match edited {
                    Ok(text) => Answer::Edited { key, text },
                    Err(error) => {
                        let effect = Some(Box::new(TerminalEffect::Edit { key, text }.into()));
                        Answer::Failed { failure: "note not edited", error, effect }
                    }
                };
                for effect in update::update(&mut self.model, Message::Answer(answer)) {
                    if self.carry_out(effect)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Lets the user edit a text in their editor.
    fn edit(&mut self, text: &str) -> Result<Result<Option<String>>> {
        let Some(keys) = &mut self.keys else {
            let error = Error::usage("an editor needs the keys that are read as lines here");
            return Ok(Err(error.hint(":note writes a note of one line")));
        };
        keys.pause()?;
        self.save_before_lending();
        let editor = self.open.editor_words(|name| std::env::var(name).ok());
        let edited = self.screen.lend(|| opener::edit(text, &editor));
        if let Some(keys) = &self.keys {
            keys.resume();
        }
        edited
    }
}

/// Takes the first message that the user made, else the first.
fn take_next(received: &mut VecDeque<Timed>) -> Option<Timed> {
    let place = received.iter().position(|(_, message)| message.is_key()).unwrap_or(0);
    received.remove(place)
}

/// What a trace says of the screen.
fn shown(model: &Model) -> Shown<'_> {
    Shown { generation: model.results.generation, found: model.results.count(), query: &model.search.query }
}

/// Stops this process as ctrl-z stops any program; returns when the shell continues it.
fn suspend() -> Result<()> {
    signal_hook::low_level::emulate_default_handler(SIGTSTP).context("cannot stop for the shell")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_did_is_taken_before_answers_that_are_not_drawn_yet() {
        let now = Instant::now();
        let line = |text: &str| (now, Message::Paste(text.to_owned()));
        let mut received: VecDeque<Timed> = [
            (now, Message::Answer(Answer::Written)),
            line("one"),
            (now, Message::Answer(Answer::Unsettled)),
            line("two"),
        ]
        .into();
        let mut taken = Vec::new();
        while let Some((_, message)) = take_next(&mut received) {
            taken.push(match message {
                Message::Paste(text) => text,
                Message::Answer(Answer::Written) => "written".to_owned(),
                Message::Answer(_) => "unsettled".to_owned(),
                _ => String::new(),
            });
        }
        assert_eq!(taken, ["one", "two", "written", "unsettled"]);
    }
}
