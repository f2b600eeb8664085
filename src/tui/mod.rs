//! The reader in the terminal: how it is set up, and its first screen. The loop is in `event_loop`.

pub mod arrivals;
pub mod bands;
mod changes_page;
mod clusters;
pub mod command;
pub mod completion;
pub mod cursor;
pub mod drafts;
pub mod effect;
mod event_loop;
mod fault;
mod files;
pub mod filters;
pub mod flow;
mod gate;
mod help_page;
mod input;
mod job_page;
pub mod jobs;
pub mod jumps;
pub mod keymap;
pub mod layout;
pub mod linear;
mod log_page;
pub mod message;
pub mod model;
mod opener;
pub mod overlay;
mod page;
pub mod panes;
mod rejected_page;
mod remembered;
pub mod results;
mod screen;
mod signals;
pub mod snippets;
mod stats;
mod sync_page;
mod terminal;
pub mod theme;
pub mod title_cut;
mod title_search;
mod trace;
mod typed_file;
pub mod update;
pub mod view;
mod welcome;
mod wording;
pub mod worker;

use std::collections::VecDeque;
use std::io::{IsTerminal, stdin, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use effect::{Effect, Request, Work};
use event_loop::Reader;
use input::{KeyReader, read_lines};
use keymap::Keymap;
use message::{Message, Timed};
use model::{Model, Settings, SyncSettings};
use overlay::Overlay;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use remembered::Memory;
use screen::Screen;
use terminal::TerminalManner;
pub use terminal::columns;
use theme::{Glyphs, SPOKEN, TerminalEnvironment, Themes};
use trace::Trace;
use worker::Workers;

use crate::config::{Config, LinearInput, Paths, ServiceConfig, Symbols};
use crate::domain::clean::Clean;
use crate::domain::query::Query;
use crate::error::{Error, Result};
use crate::library::Library;
use crate::library::sync::{Network, Patience, ServiceRequest};

/// How the reader is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub dir: Option<PathBuf>,
    /// Asked at once.
    pub query: Option<String>,
    /// Name of the saved view to show, where there is no query.
    pub view: Option<String>,
    /// Beats the settings' theme.
    pub theme: Option<String>,
    /// No colours, ASCII only, nothing that moves.
    pub plain: bool,
    /// Tell in lines what the screen would show.
    pub linear: Option<LinearInput>,
    /// Where to write how long every frame took.
    pub trace: Option<PathBuf>,
}

impl Options {
    /// What to do with the terminal.
    fn manner(&self) -> TerminalManner {
        let is_dumb = || std::env::var("TERM").is_ok_and(|term| term == "dumb");
        match self.linear {
            None => TerminalManner::Screen,
            Some(LinearInput::Keys) => TerminalManner::Keys,
            Some(LinearInput::Lines) => TerminalManner::Lines,
            Some(LinearInput::Auto) if is_terminal() && !is_dumb() => TerminalManner::Keys,
            Some(LinearInput::Auto) => TerminalManner::Lines,
        }
    }
}

fn is_terminal() -> bool {
    stdin().is_terminal() && stdout().is_terminal()
}

pub fn run(options: &Options) -> Result<()> {
    let manner = options.manner();
    if manner != TerminalManner::Lines && !is_terminal() {
        let error = Error::usage("the reader needs a terminal for its keys and its screen");
        return Err(error.hint("`tsundoku --linear` and the commands, like `tsundoku list`, work without one"));
    }
    let paths = Paths::resolve(options.dir.as_deref())?;
    let (config, warnings) = Config::load(&paths.config_file);
    let library = Library::open_at_once(&paths.data)?;
    // What a script reads and writes through pipes is the same every time.
    let (memory, problem) =
        if is_terminal() { Memory::read(&paths.data, &config) } else { (Memory::nothing(&config), None) };
    let warnings = warnings.into_iter().chain(problem).collect();
    let (mut model, memory) = new_model(options, &paths, &config, memory, (&library, warnings))?;
    update::say_warnings(&mut model);
    if library.is_new() {
        model.overlay = Some(Overlay::Page(welcome::page(&model)));
    }
    let (messages, inbox) = channel();
    // Before the terminal is set up, so that every signal restores it, and before its size is asked for, so that no change is missed.
    signals::watch(messages.clone(), &paths.data)?;
    let ended = read_papers(options, (paths, config, memory), library, model, (messages, &inbox));
    if ended.is_err() && terminal::is_gone() {
        signals::end_without_terminal();
    }
    ended
}

/// Everything that the reader does in the terminal. An error may be that the terminal is gone, from the first frame on.
fn read_papers(
    options: &Options,
    (paths, config, memory): (Paths, Config, Memory),
    mut library: Library,
    mut model: Model,
    (messages, inbox): (Sender<Timed>, &Receiver<Timed>),
) -> Result<()> {
    let manner = options.manner();
    let mut screen = Screen::take(manner, model.arrangement.mouse)?;
    model.size = screen.size()?;
    let mut later = first_answers(&mut library, &mut model);
    screen.show(&model, true)?;

    // The first screen stands; what the first search will read comes into memory meanwhile.
    later.push(Request::CheckIndex.into());
    if library.wants_full_text()? {
        later.push(model.jobs.start(Work::BuildFullText));
    }
    let workers = Workers::start(library, config.open.command_words(), &messages);
    files::watch(&paths.data, messages.clone());
    let keys = match manner {
        TerminalManner::Screen | TerminalManner::Keys => Some(KeyReader::start(messages)?),
        TerminalManner::Lines => {
            read_lines(messages);
            None
        }
    };
    let trace = options.trace.as_deref().map(Trace::create).transpose()?;
    let (dir, open) = (paths.data.clone(), config.open);
    let mut reader = Reader {
        model,
        screen,
        workers,
        keys,
        lines: VecDeque::new(),
        is_script: !stdin().is_terminal(),
        trace,
        dir,
        open,
        alarms: Vec::new(),
        memory,
        received: VecDeque::new(),
    };
    for effect in later {
        if reader.carry_out(effect)?.is_break() {
            return Ok(());
        }
    }
    let result = reader.run(inbox);
    reader.memory.keep(&reader.model);
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
    let (config, warnings) = Config::load(&paths.config_file);
    let mut library = Library::open_at_once(&paths.data)?;
    let (mut model, _) = new_model(&options, &paths, &config, Memory::nothing(&config), (&library, warnings))?;
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
    mut memory: Memory,
    (library, of_settings): (&Library, Vec<String>),
) -> Result<(Model, Memory)> {
    // Those of the library first: they are about the user's data.
    let refusal = library.read_only_reason().map(Clean::from);
    let mut warnings: Vec<Clean> = refusal.into_iter().chain(library.warnings()).collect();
    warnings.extend(of_settings.into_iter().map(Clean::from));
    let (keymap, problems) = Keymap::new(&config.keys);
    warnings.extend(problems.into_iter().map(Clean::from));
    let mut environment = TerminalEnvironment::read(|name| std::env::var(name).ok());
    // Linear mode uses no colours and no symbols, and asks the terminal nothing.
    environment.no_color |= options.plain || options.linear.is_some();
    let chosen = memory.theme().map(str::to_owned);
    let mut name = options.theme.as_deref().or(chosen.as_deref()).unwrap_or(&config.screen.theme);
    let dark = theme::background(name, &environment);
    let themes = Themes::new(paths.themes(), environment, dark);
    let mut theme = themes.open(name);
    // A theme chosen in the reader is told once; one of the settings, as long as they name it.
    if let Err(why) = &theme
        && options.theme.is_none()
        && chosen.is_some()
    {
        memory.forget_theme();
        name = &config.screen.theme;
        warnings.push(Clean::new(&format!("{why}; the theme is `{name}` again")));
        theme = themes.open(name);
    }
    let theme = match theme {
        Ok(theme) => theme,
        Err(why) if options.theme.is_some() => return Err(Error::usage(why)),
        Err(why) => {
            warnings.push(Clean::from(why));
            themes.open("auto").map_err(Error::usage)?
        }
    };
    let symbols = if options.plain { Symbols::Ascii } else { config.screen.symbols };
    let glyphs = match options.linear {
        Some(_) => SPOKEN,
        None => Glyphs::choose(symbols, &themes.environment),
    };
    let view = options.view.as_deref().map(|name| view_query(library, name)).transpose()?;
    let text = options.query.clone().or(view);
    let is_asked = text.is_some();
    let text = text.unwrap_or_default();
    let query = Query::parse(&text);
    let mut model = Model::new(library.snapshot(), Arc::new(keymap), themes, theme);
    model.glyphs = glyphs;
    model.settings = Settings {
        linear: options.linear.is_some(),
        measure: usize::from(config.screen.measure),
        seen_after: u64::from(config.screen.seen_after),
        advance: config.screen.advance,
        home: std::env::var("HOME").ok(),
        sync: sync_settings(paths, config),
    };
    model.theme_name = name.to_owned();
    model.arrangement.mouse = config.screen.mouse;
    model.is_read_only = library.is_read_only();
    model.warnings = warnings;
    model.search.input = tui_input::Input::new(text);
    model.search.query = query;
    memory.restore(&mut model, !is_asked);
    Ok((model, memory))
}

/// The services with settings, and how the reader asks them.
fn sync_settings(paths: &Paths, config: &Config) -> SyncSettings {
    let request = |name: &str| {
        let ServiceConfig { from, base, followed } = config.sync.service(name);
        let mirrors = config.sync.mirrors();
        ServiceRequest { name: name.to_owned(), base, mirrors, followed, from, ..ServiceRequest::default() }
    };
    SyncSettings {
        every: config.sync.every.map(|minutes| Duration::from_secs(60 * u64::from(minutes))),
        services: config.sync.names().map(request).collect(),
        network: Network {
            pace_folder: paths.pace(),
            patience: Patience::default(),
            contact: config.sync.contact.clone(),
        },
    }
}

/// The query of the saved view of that name.
fn view_query(library: &Library, name: &str) -> Result<String> {
    let snapshot = library.snapshot();
    let found = snapshot.views.iter().find(|(known, _)| known == name);
    found.map(|(_, query)| query.clone()).ok_or_else(|| {
        let error = Error::usage(format!("there is no view `{}`", Clean::new(name)));
        error.hint("`tsundoku views` lists them")
    })
}
