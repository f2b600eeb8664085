//! The reader without a terminal and without threads: an invented library, keys as a script, effects carried out at once, the screen as
//! text. What a test asks of a screen is one line: library, size, keys -> text.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;
use tempfile::TempDir;
use tsundoku::config::KeyTables;
use tsundoku::domain::identity::PaperKey;
use tsundoku::domain::query::Query;
use tsundoku::domain::reading::{Change, Reading, Status, Tag};
use tsundoku::domain::record::Record;
use tsundoku::library::Library;
use tsundoku::store::PaperStore;
use tsundoku::tui::effect::{Alarm, Effect, Lane, Request, TerminalEffect, Work};
use tsundoku::tui::filters;
use tsundoku::tui::keymap::Keymap;
use tsundoku::tui::layout::{LINEAR_SCREEN, layout};
use tsundoku::tui::message::{Answer, Message};
use tsundoku::tui::model::Model;
use tsundoku::tui::overlay::Overlay;
use tsundoku::tui::panes::Pane;
use tsundoku::tui::theme::{SPOKEN, TerminalEnvironment, Themes};
use tsundoku::tui::update::{start, update};
use tsundoku::tui::view::view;
use tsundoku::tui::worker::{TaskQueue, Workers};
use unicode_width::UnicodeWidthStr;

/// Noon of the day on which every fixture was imported.
const ADDED: i64 = 1_741_780_800;

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Fills a new data folder with the papers of a fixture, without the starter shelf, all added at one known second.
pub(crate) fn fill(dir: &Path, fixture_name: &str) {
    let mut papers = PaperStore::open(dir).unwrap();
    let mut import = papers.import().unwrap();
    for line in fs::read_to_string(fixture(fixture_name)).unwrap().lines() {
        import.add(&Record::from_json(line).unwrap().paper, ADDED).unwrap();
    }
    import.commit().unwrap();
}

/// Key of the only paper that has the words of a query in title and authors.
pub(crate) fn paper(library: &mut Library, query: &str) -> PaperKey {
    let hits = library.search(&Query::parse(query), &|| false).unwrap();
    assert_eq!(hits.in_titles(), 1, "{query}");
    library.keys(&hits).unwrap().remove(0)
}

pub(crate) fn reading(library: &Library, key: &PaperKey) -> Reading {
    library.detail(key).unwrap().unwrap().reading.clone()
}

/// Does a few things with the invented papers, so that every mark is on some screen.
fn use_library(library: &mut Library) {
    let mut key = |query: &str| paper(library, query);
    let tag = |name| Tag::new(name).unwrap();
    let changes = [
        Change::Star(key("kites tails"), true),
        Change::Tag(key("kites tails"), tag("peft")),
        Change::Tag(key("kites tails"), tag("area/outdoors")),
        Change::Note(key("kites tails"), "compare with the four-bit tails".to_owned()),
        Change::Status(key("kites tails"), Status::Reading),
        Change::Status(key("flutter"), Status::Queued),
        Change::Tag(key("flutter"), tag("peft")),
        Change::Status(key("gardens"), Status::Read),
        Change::Status(key("elevators"), Status::Dropped),
        Change::Note(key("knitting"), "ask grandmother".to_owned()),
        Change::View("outside".to_owned(), Some("tag:area/*".to_owned())),
        Change::View("queue of peft".to_owned(), Some("status:queued tag:peft".to_owned())),
    ];
    library.change(&changes, "prepared").unwrap();
}

/// A reader: the model, the library it shows, and every effect it asked for.
pub(crate) struct Reader {
    pub model: Model,
    /// The library of the interactive lane.
    pub library: Library,
    /// That of the other lanes.
    background: Option<Library>,
    pub effects: Vec<Effect>,
    /// Effects wait until they are delivered, as they do behind a busy worker; otherwise each is carried out at once.
    pub holds: bool,
    /// Imports of files outside the folder are carried out, too.
    pub imports_anything: bool,
    workers: Workers,
    queue: TaskQueue,
    /// What waits in `queue`.
    queued: VecDeque<Effect>,
    pub dir: TempDir,
}

impl Reader {
    /// On the invented library.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        // In memory where there is such a folder: thousands of changes need not wait for a disk.
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        fill(dir.path(), "library.jsonl");
        use_library(&mut Library::open(dir.path()).unwrap());
        Self::on(dir, width, height)
    }

    /// On the invented library, in linear mode.
    pub(crate) fn linear() -> Self {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        fill(dir.path(), "library.jsonl");
        use_library(&mut Library::open(dir.path()).unwrap());
        Self::prepared(dir, LINEAR_SCREEN, |model| {
            model.settings.linear = true;
            model.glyphs = SPOKEN;
        })
    }

    /// On whatever the folder holds.
    pub(crate) fn on(dir: TempDir, width: u16, height: u16) -> Self {
        Self::prepared(dir, Size { width, height }, |_| {})
    }

    fn prepared(dir: TempDir, size: Size, prepare: impl FnOnce(&mut Model)) -> Self {
        let library = Library::open_at_once(dir.path()).unwrap();
        let known = [("COLORTERM", "truecolor"), ("TERM", "xterm-256color"), ("LANG", "en_US.UTF-8")];
        let variable =
            |name: &str| known.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let themes = Themes::new(dir.path().join("themes"), TerminalEnvironment::read(variable), Some(true));
        let theme = themes.open("dark").unwrap();
        let keymap = Arc::new(Keymap::new(&KeyTables::default()).0);
        let mut model = Model::new(library.snapshot(), keymap, themes, theme);
        model.size = size;
        model.settings.measure = 76;
        prepare(&mut model);
        let (workers, queue) = Workers::queued();
        let mut reader = Self {
            model,
            library,
            background: None,
            effects: Vec::new(),
            holds: false,
            imports_anything: false,
            workers,
            queue,
            queued: VecDeque::new(),
            dir,
        };
        let first = start(&mut reader.model);
        reader.carry_out(first);
        reader
    }

    pub(crate) fn send(&mut self, message: Message) {
        let effects = update(&mut self.model, message);
        self.carry_out(effects);
    }

    /// Submits effects as the program does, and carries them out unless they are to wait.
    pub(crate) fn carry_out(&mut self, effects: Vec<Effect>) {
        self.submit(effects);
        if !self.holds {
            self.deliver(usize::MAX);
        }
    }

    fn submit(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.effects.push(effect.clone());
            if self.leaves(&effect) {
                continue;
            }
            if effect.policy().is_some() {
                self.queued.push_back(effect.clone());
            }
            // What only a terminal can do is not done here.
            drop(self.workers.submit(effect));
        }
    }

    /// Carries out up to `most` of the effects that wait, oldest first, and takes in their answers.
    pub(crate) fn deliver(&mut self, most: usize) {
        for _ in 0..most {
            let mut answers: Vec<Answer> = Vec::new();
            let (interactive, background, dir) = (&mut self.library, &mut self.background, self.dir.path());
            let library = |lane| {
                Ok(match lane {
                    Lane::Interactive => interactive,
                    Lane::Transfer | Lane::Network | Lane::Indexing | Lane::FullText => {
                        background.get_or_insert_with(|| Library::open_at_once(dir).unwrap())
                    }
                })
            };
            if !self.queue.run_next(library, &mut |answer| answers.push(answer)) {
                return;
            }
            self.queued.pop_front();
            for answer in answers {
                let effects = update(&mut self.model, Message::Answer(answer));
                self.submit(effects);
            }
        }
    }

    /// Effects that wait to be carried out, the next one first.
    pub(crate) fn queued(&self) -> impl Iterator<Item = &Effect> {
        self.queued.iter()
    }

    /// Effects that a test must not carry out: they open a browser, or touch files outside its folder.
    fn leaves(&self, effect: &Effect) -> bool {
        match effect {
            Effect::Request(Request::Open { .. }) => true,
            Effect::Start(_, Work::Import(request)) => {
                !self.imports_anything && !request.paths.iter().all(|path| path.starts_with(self.dir.path()))
            }
            // To a server of the test alone.
            Effect::Start(_, Work::Sync { network, .. }) => !network.pace_folder.starts_with(self.dir.path()),
            Effect::Start(_, Work::Export { path, .. }) => !path.starts_with(self.dir.path()),
            Effect::Start(..) | Effect::Request(_) | Effect::Terminal(_) | Effect::Cancel(_) => false,
        }
    }

    pub(crate) fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.send(Message::Key(KeyEvent::new(code, modifiers)));
    }

    /// Presses keys: `j j / lora <enter>`. Words are typed letter by letter; between `<` and `>` stands the name of a key, with `ctrl-`
    /// or `alt-` before it where those are held. Spaces only part; the key is `<space>`.
    pub(crate) fn keys(&mut self, script: &str) -> &mut Self {
        for word in script.split_whitespace() {
            match word.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
                Some(name) => {
                    let (code, modifiers) = named(name);
                    self.key(code, modifiers);
                }
                None => word.chars().for_each(|c| self.key(KeyCode::Char(c), KeyModifiers::NONE)),
            }
        }
        self
    }

    /// Effects asked for since the last call.
    pub(crate) fn asked(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Effects that the keys lead to, without the questions that follow from every movement and the checkpoint that follows from
    /// every change.
    pub(crate) fn acts(&mut self, script: &str) -> Vec<Effect> {
        self.asked();
        self.keys(script);
        self.asked().into_iter().filter(|effect| !is_question(effect) && !is_checkpoint(effect)).collect()
    }

    pub(crate) fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.send(Message::Resize(Size { width, height }));
        self
    }

    pub(crate) fn draw(&self) -> Buffer {
        let Size { width, height } = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| view(&self.model, frame)).unwrap().buffer.clone()
    }

    /// The screen, a line for each row, without the blanks at the ends.
    pub(crate) fn text(&self) -> String {
        text(&self.draw())
    }

    pub(crate) fn notice(&self) -> &str {
        self.model.notice.as_ref().map_or("", |notice| notice.text.as_str())
    }

    pub(crate) fn query(&self) -> String {
        self.model.search.query.to_string()
    }

    /// Title of the paper under the cursor.
    pub(crate) fn title(&self) -> String {
        self.model.current().map(|doc| self.model.snapshot.title(doc).to_owned()).unwrap_or_default()
    }

    /// State of the paper under the cursor, as the library has it on disk.
    pub(crate) fn current(&self) -> Reading {
        reading(&self.library, &self.model.current_key().unwrap())
    }

    /// What must hold after every message, whatever came before.
    pub(crate) fn assert_sound(&self) {
        let model = &self.model;
        let areas = layout(model.size, model);
        let window = |cursor: tsundoku::tui::cursor::Cursor, len: usize, height: usize, what: &str| {
            assert!(cursor.selected < len.max(1), "{what}: {cursor:?} of {len}");
            let inside = cursor.top <= cursor.selected && cursor.selected < cursor.top + height.max(1);
            assert!(inside, "{what}: {cursor:?} outside its {height} rows");
        };
        window(model.list, model.results.rows(), areas.list_rows(model), "list");
        window(model.filters.cursor, filters::rows(model).len(), areas.rows_of(Pane::Filters), "filters");
        assert!(model.detail.top == 0 || model.detail.top < model.detail.lines.len(), "{}", model.detail.top);
        assert_eq!(model.current_key(), model.detail.key);
        let loaded = model.detail.detail.as_ref().map(|detail| &detail.key);
        let is_settled = self.queued.is_empty();
        assert!(!is_settled || loaded == model.detail.key.as_ref(), "the pane shows {loaded:?}");
        if let Some(Overlay::Picker(picker)) = &model.overlay {
            assert!(picker.cursor.selected < picker.shown.len().max(1));
            assert!(picker.shown.iter().all(|place| *place < picker.items.len()));
        }
    }
}

/// Whether the effect follows from whatever was written.
fn is_checkpoint(effect: &Effect) -> bool {
    matches!(effect, Effect::Terminal(TerminalEffect::Wake { alarm: Alarm::Checkpoint(_), .. }))
}

fn is_question(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Request(
            Request::Search { .. }
                | Request::Complete { .. }
                | Request::Below { .. }
                | Request::Snippets { .. }
                | Request::Load { .. }
                | Request::ListFolder { .. }
        )
    )
}

fn named(name: &str) -> (KeyCode, KeyModifiers) {
    let (modifiers, name) = match (name.strip_prefix("ctrl-"), name.strip_prefix("alt-")) {
        (Some(rest), _) => (KeyModifiers::CONTROL, rest),
        (_, Some(rest)) => (KeyModifiers::ALT, rest),
        _ => (KeyModifiers::NONE, name),
    };
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "space" => KeyCode::Char(' '),
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        one => KeyCode::Char(one.chars().next().unwrap()),
    };
    (code, modifiers)
}

/// A buffer as text. A wide character takes two cells and is written once.
pub(crate) fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut line = String::new();
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += symbol.width().max(1) as u16;
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
