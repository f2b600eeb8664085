//! The reader in the terminal: one loop that takes messages, lets `update` change the model, hands effects out and draws once.

pub mod command;
pub mod cursor;
pub mod drafts;
pub mod effect;
mod fault;
mod files;
pub mod filters;
pub mod flow;
mod gate;
mod input;
mod job_page;
pub mod jobs;
pub mod keymap;
pub mod layout;
pub mod message;
pub mod model;
mod opener;
pub mod overlay;
mod page;
pub mod panes;
mod signals;
pub mod snippets;
mod stats;
mod terminal;
pub mod theme;
mod trace;
pub mod update;
pub mod view;
mod welcome;
pub mod worker;

use std::io::{IsTerminal, stdin, stdout};
use std::mem;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use effect::{Alarm, Effect, Request, TerminalEffect, Work};
use input::KeyReader;
use keymap::Keymap;
use message::{Answer, Message, Timed};
use model::{Model, Settings, Tone};
use overlay::Overlay;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use signal_hook::consts::SIGTSTP;
use terminal::Terminal;
pub use terminal::columns;
use theme::{Glyphs, TerminalEnvironment, Themes};
use trace::Trace;
use worker::Workers;

use crate::config::{Config, Density, OpenConfig, Paths, Symbols};
use crate::domain::query::Query;
use crate::error::{Error, IoContext, Result};
use crate::library::Library;

/// How the reader is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub dir: Option<PathBuf>,
    /// Asked at once.
    pub query: Option<String>,
    /// Beats the settings' theme.
    pub theme: Option<String>,
    /// No colours, ASCII only, nothing that moves.
    pub plain: bool,
    /// Where to write how long every frame took.
    pub trace: Option<PathBuf>,
}

/// How long a frame waits for the answer to a key, so that key and answer are drawn as one.
const ANSWER_GRACE: Duration = Duration::from_millis(4);
/// Messages taken before a frame is drawn all the same.
const BATCH: usize = 512;

pub fn run(options: &Options) -> Result<()> {
    if !stdin().is_terminal() || !stdout().is_terminal() {
        let error = Error::usage("the reader needs a terminal for its keys and its screen");
        return Err(error.hint("`tsundoku list` and the other commands work without one"));
    }
    let paths = Paths::resolve(options.dir.as_deref())?;
    let (config, mut warnings) = Config::load(&paths.config_file);
    let library = Library::open_at_once(&paths.data)?;
    let mut model = new_model(options, &paths, &config, &library, &mut warnings)?;
    if let Some(first) = warnings.first() {
        let more = if warnings.len() > 1 {
            format!(" (and {} more: tsundoku config)", warnings.len() - 1)
        } else {
            String::new()
        };
        model.say(Tone::Error, format!("{first}{more}"));
    }
    if library.is_new() {
        model.overlay = Some(Overlay::Page(welcome::page(&model)));
    }
    let (messages, inbox) = channel();
    // Before the terminal is set up, so that every signal restores it, and before its size is asked for, so that no change is missed.
    signals::watch(messages.clone(), &paths.data)?;
    let ended = read_papers(options, (paths, config), library, model, (messages, &inbox));
    if ended.is_err() && terminal::is_gone() {
        signals::end_without_terminal();
    }
    ended
}

/// Everything that the reader does in the terminal. An error may be that the terminal is gone, from the first frame on.
fn read_papers(
    options: &Options,
    (paths, config): (Paths, Config),
    mut library: Library,
    mut model: Model,
    (messages, inbox): (Sender<Timed>, &Receiver<Timed>),
) -> Result<()> {
    let mut terminal = Terminal::take(model.arrangement.mouse)?;
    model.size = terminal.size()?;
    let mut later = first_answers(&mut library, &mut model);
    terminal.draw(|frame| view::view(&model, frame))?;

    // The first screen stands; what the first search will read comes into memory meanwhile.
    later.push(Request::CheckIndex.into());
    if library.wants_full_text()? {
        later.push(model.jobs.start(Work::BuildFullText));
    }
    let workers = Workers::start(library, config.open.command_words(), &messages);
    files::watch(&paths.data, messages.clone());
    let keys = KeyReader::start(messages)?;
    let trace = options.trace.as_deref().map(Trace::create).transpose()?;
    let (dir, open) = (paths.data.clone(), config.open);
    let mut reader = Reader { model, terminal, workers, keys, trace, dir, open, alarms: Vec::new() };
    for effect in later {
        if reader.carry_out(effect)?.is_break() {
            return Ok(());
        }
    }
    let result = reader.run(inbox);
    // The threads end with the process, and do not drop their libraries.
    signals::checkpoint_now(&paths.data);
    result
}

/// The first screen is made before any thread exists: it is there at once and complete. Returns the effects that can wait.
fn first_answers(library: &mut Library, model: &mut Model) -> Vec<Effect> {
    let (workers, queue) = Workers::queued();
    let (mut effects, mut later) = (update::start(model), Vec::new());
    loop {
        for effect in effects.drain(..) {
            match effect.policy() {
                Some(policy) if !policy.deferrable => drop(workers.submit(effect)),
                Some(_) | None => later.push(effect),
            }
        }
        let mut answers = Vec::new();
        if !queue.run_next(|_| Ok(library), &mut |answer| answers.push(answer)) {
            return later;
        }
        effects = answers.into_iter().flat_map(|answer| update::update(model, Message::Answer(answer))).collect();
    }
}

/// Opens the library in a folder and draws the first frame, of `(columns, rows)`, into memory: what a start takes except for the
/// process and the terminal.
pub fn first_frame(dir: &Path, (width, height): (u16, u16)) -> Result<()> {
    let options = Options { dir: Some(dir.to_owned()), theme: Some("dark".to_owned()), ..Options::default() };
    let paths = Paths::resolve(Some(dir))?;
    let (config, mut warnings) = Config::load(&paths.config_file);
    let mut library = Library::open_at_once(&paths.data)?;
    let mut model = new_model(&options, &paths, &config, &library, &mut warnings)?;
    model.size = Size { width, height };
    first_answers(&mut library, &mut model);
    let drawn = ratatui::Terminal::new(TestBackend::new(width, height))
        .and_then(|mut terminal| terminal.draw(|frame| view::view(&model, frame)).map(drop));
    drawn.map_err(|never| match never {})
}

fn new_model(
    options: &Options,
    paths: &Paths,
    config: &Config,
    library: &Library,
    warnings: &mut Vec<String>,
) -> Result<Model> {
    warnings.extend(library.warnings());
    let (keymap, problems) = Keymap::new(&config.keys);
    warnings.extend(problems);
    let mut environment = TerminalEnvironment::read(|name| std::env::var(name).ok());
    environment.no_color |= options.plain;
    let name = options.theme.as_deref().unwrap_or(&config.screen.theme);
    let dark = theme::background(name, &environment);
    let themes = Themes { folder: paths.themes(), environment, dark };
    let theme = match themes.open(name) {
        Ok(theme) => theme,
        Err(why) if options.theme.is_some() => return Err(Error::usage(why)),
        Err(why) => {
            warnings.push(why);
            themes.open("auto").map_err(Error::usage)?
        }
    };
    let symbols = if options.plain { Symbols::Ascii } else { config.screen.symbols };
    let glyphs = Glyphs::choose(symbols, &themes.environment);
    let text = options.query.clone().unwrap_or_default();
    let query = Query::parse(&text);
    let mut model = Model::new(library.snapshot(), Arc::new(keymap), themes, theme);
    model.glyphs = glyphs;
    model.settings = Settings {
        measure: usize::from(config.screen.measure),
        seen_after: u64::from(config.screen.seen_after),
        advance: config.screen.advance,
        home: std::env::var("HOME").ok(),
    };
    model.arrangement.two_line = config.screen.density == Density::TwoLine;
    model.arrangement.mouse = config.screen.mouse;
    model.search.input = tui_input::Input::new(text);
    model.search.query = query;
    Ok(model)
}

/// Everything the loop owns.
struct Reader {
    model: Model,
    terminal: Terminal,
    workers: Workers,
    keys: KeyReader,
    trace: Option<Trace>,
    /// The folder of the library.
    dir: PathBuf,
    open: OpenConfig,
    /// When to send which `Message::Woke`; at most one of each kind.
    alarms: Vec<(Instant, Alarm)>,
}

impl Reader {
    /// Takes messages and draws, until the user quits.
    fn run(mut self, inbox: &Receiver<Timed>) -> Result<()> {
        while let Some(first) = self.wait(inbox)? {
            let arrived = first.0;
            let mut pending_since = None;
            let mut next = Some(first);
            let mut taken = 0;
            let mut is_visible = false;
            while let Some((_, message)) = next.take() {
                is_visible |= message.is_visible();
                if let Message::InputLost(why) = &message {
                    return Err(Error::system(format!("the terminal cannot be read any more: {why}")));
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
                if taken < BATCH {
                    let grace = pending_since.map(|since: Instant| ANSWER_GRACE.saturating_sub(since.elapsed()));
                    next = match grace {
                        Some(left) => inbox.recv_timeout(left).ok(),
                        None => inbox.try_recv().ok(),
                    };
                }
            }
            if !is_visible {
                continue;
            }
            fault::panic_on_request("screen");
            let model = &self.model;
            self.terminal.draw(|frame| view::view(model, frame))?;
            if let Some(trace) = &mut self.trace {
                trace.frame(arrived, &self.model)?;
            }
        }
        Ok(())
    }

    /// The next message. Blocks, without using the processor, until there is one; None when every sender is gone.
    fn wait(&mut self, inbox: &Receiver<Timed>) -> Result<Option<Timed>> {
        let next = self.alarms.iter().copied().min_by_key(|(at, _)| *at);
        let Some((at, alarm)) = next else { return Ok(inbox.recv().ok()) };
        match inbox.recv_timeout(at.saturating_duration_since(Instant::now())) {
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                self.alarms.retain(|set| *set != (at, alarm));
                Ok(Some((Instant::now(), Message::Woke(alarm))))
            }
        }
    }

    /// Does now what an alarm is set for, because none goes off while another program has the terminal.
    fn checkpoint_if_due(&mut self) {
        let before = self.alarms.len();
        self.alarms.retain(|(_, alarm)| !matches!(alarm, Alarm::Checkpoint(_)));
        if self.alarms.len() < before {
            signals::checkpoint_now(&self.dir);
        }
    }

    /// Hands an effect to its thread, or does it here when it needs the terminal. Breaks when the program is to end.
    fn carry_out(&mut self, effect: Effect) -> Result<ControlFlow<()>> {
        let Some(effect) = self.workers.submit(effect) else { return Ok(ControlFlow::Continue(())) };
        match effect {
            TerminalEffect::Quit => return Ok(ControlFlow::Break(())),
            TerminalEffect::Wake { after, alarm } => {
                self.alarms.retain(|(_, set)| mem::discriminant(set) != mem::discriminant(&alarm));
                self.alarms.push((Instant::now() + after, alarm));
            }
            TerminalEffect::Mouse(on) => self.terminal.set_mouse(on)?,
            TerminalEffect::Redraw => self.terminal.redraw()?,
            TerminalEffect::Clip { text } => {
                if let Err(error) = self.terminal.clip(&text) {
                    self.model.say(Tone::Error, error.to_string());
                }
            }
            TerminalEffect::Suspend if signals::is_ignored(SIGTSTP) => {
                self.model.say(Tone::Error, "the shell that started the reader cannot stop programs");
            }
            TerminalEffect::Suspend => {
                self.checkpoint_if_due();
                self.terminal.lend(suspend)??;
                self.model.size = self.terminal.size()?;
            }
            TerminalEffect::SetUpAgain => {
                self.terminal.set_up_again()?;
                self.model.size = self.terminal.size()?;
            }
            TerminalEffect::Edit { key, text } => {
                self.keys.pause()?;
                self.checkpoint_if_due();
                let editor = self.open.editor_words(|name| std::env::var(name).ok());
                let edited = self.terminal.lend(|| opener::edit(&text, &editor));
                self.keys.resume();
                self.model.size = self.terminal.size()?;
                let answer = match edited? {
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
}

/// Stops this process as ctrl-z stops any program; returns when the shell continues it.
fn suspend() -> Result<()> {
    signal_hook::low_level::emulate_default_handler(SIGTSTP).context("cannot stop for the shell")
}
