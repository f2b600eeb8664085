//! The real program in a real pseudo-terminal, for tests: keys go in, and the screen is what a terminal would show. Nothing here depends on
//! speed: whatever is waited for may take half a minute.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use tempfile::TempDir;
use tsundoku::library::Library;

use crate::harness::fill;

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
pub(crate) const SIZE: PtySize = PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 };

/// What the program asks a terminal, and what this one says.
const QUESTIONS: [(&[u8], &[u8]); 4] = [
    (b"\x1b]10;?", b"\x1b]10;rgb:dddd/dddd/dddd\x1b\\"),
    (b"\x1b]11;?", b"\x1b]11;rgb:1111/1111/1111\x1b\\"),
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b[c", b"\x1b[?62;22c"),
];

type Writer = Arc<Mutex<Box<dyn Write + Send>>>;

/// A terminal with the reader in it.
pub(crate) struct Tty {
    pub(crate) child: Box<dyn Child + Send + Sync>,
    pub(crate) master: Box<dyn MasterPty + Send>,
    pub(crate) slave: Option<Box<dyn SlavePty + Send>>,
    pub(crate) writer: Writer,
    pub(crate) seen: Arc<Mutex<Seen>>,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) listener: Option<JoinHandle<()>>,
    /// The terminal's modes before the program had it.
    modes: String,
}

/// What came out of the program: as it was, and as a terminal shows it.
pub(crate) struct Seen {
    pub(crate) raw: Vec<u8>,
    pub(crate) screen: vt100::Parser,
}

/// How the program ended, as the system told the process that waited for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Status(i32),
    Signal(i32),
}

impl From<i32> for Ending {
    fn from(status: i32) -> Self {
        Self::Status(status)
    }
}

impl Tty {
    pub(crate) fn start(dir: &Path) -> Self {
        Self::start_with(dir, &[])
    }

    pub(crate) fn start_with(dir: &Path, more: &[(&str, &str)]) -> Self {
        Self::start_words(dir, &[env!("CARGO_BIN_EXE_tsundoku")], more)
    }

    /// Starts the reader with arguments.
    pub(crate) fn start_given(dir: &Path, arguments: &[&str]) -> Self {
        Self::start_words(dir, &[&[env!("CARGO_BIN_EXE_tsundoku")], arguments].concat(), &[])
    }

    /// Starts the reader from a shell that has run a command before.
    pub(crate) fn start_after(dir: &Path, command: &str) -> Self {
        Self::start_words(dir, &["/bin/sh", "-c", &format!("{command}; exec {}", env!("CARGO_BIN_EXE_tsundoku"))], &[])
    }

    fn start_words(dir: &Path, words: &[&str], more: &[(&str, &str)]) -> Self {
        let pair = native_pty_system().openpty(SIZE).unwrap();
        let modes = modes(&*pair.master);
        let mut command = CommandBuilder::new(words[0]);
        command.args(&words[1..]);
        command.env_clear();
        let variables =
            [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8"), ("PATH", "/usr/bin:/bin")];
        for (name, value) in variables.iter().chain(more) {
            command.env(name, value);
        }
        command.env("HOME", dir);
        command.env("TSUNDOKU_DIR", dir);
        command.cwd(dir);
        let child = pair.slave.spawn_command(command).unwrap();
        let reader = pair.master.try_clone_reader().unwrap();
        let writer: Writer = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let seen = Arc::new(Mutex::new(Seen {
            raw: Vec::new(),
            screen: vt100::Parser::new(side(SIZE.rows), side(SIZE.cols), 0),
        }));
        let stop = Arc::new(AtomicBool::new(false));
        let listener = {
            let (seen, writer, stop) = (Arc::clone(&seen), Arc::clone(&writer), Arc::clone(&stop));
            thread::spawn(move || listen(reader, &seen, &writer, &stop))
        };
        let (master, slave) = (pair.master, Some(pair.slave));
        Self { child, master, slave, writer, seen, stop, listener: Some(listener), modes }
    }

    pub(crate) fn send(&self, keys: &str) {
        let mut writer = self.writer.lock().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    pub(crate) fn screen(&self) -> String {
        self.seen.lock().unwrap().screen.screen().contents()
    }

    /// Waits until the screen is as wanted.
    pub(crate) fn until(&self, what: &str, fits: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !fits(&self.screen()) {
            assert!(start.elapsed() < PATIENCE, "{what} did not come; the screen is\n{}", self.screen());
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn until_shown(&self, text: &str) {
        self.until(text, |screen| screen.contains(text));
    }

    /// Presses Esc and waits for what it brings: with a key right behind it, it would be that key with Alt.
    pub(crate) fn escape(&self, brings: impl Fn(&str) -> bool) {
        self.send("\x1b");
        self.until("what Esc brings", brings);
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits for the program's end.
    pub(crate) fn ended(&mut self) -> Ending {
        let start = Instant::now();
        let child: &mut dyn Child = &mut *self.child;
        // What the terminal library makes of it does not tell a signal from status 1.
        let child = child.downcast_mut::<std::process::Child>().unwrap();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status.code().map_or_else(|| Ending::Signal(status.signal().unwrap()), Ending::Status);
            }
            if start.elapsed() > PATIENCE {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the program goes on; the screen is\n{}", self.screen());
    }

    /// Waits for the program's end and for the last of what it wrote; the terminal must be as it was before.
    pub(crate) fn assert_given_back(self, ending: impl Into<Ending>) -> Vec<u8> {
        let (raw, outside) = self.given_back(ending);
        assert_eq!(outside, "", "something was written outside the alternate screen");
        raw
    }

    /// The same for an end that may say something: what was written in all, and what stands outside the alternate screen.
    pub(crate) fn given_back(mut self, ending: impl Into<Ending>) -> (Vec<u8>, String) {
        assert_eq!(self.ended(), ending.into());
        assert_eq!(modes(&*self.master), self.modes, "the terminal's modes");
        drop(self.slave.take());
        self.listener.take().unwrap().join().unwrap();
        let seen = self.seen.lock().unwrap();
        let screen = seen.screen.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "pasted text is still marked");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        (seen.raw.clone(), screen.contents().trim().to_owned())
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn side(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).unwrap()
}

fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

/// Takes in what the program writes and answers what it asks.
fn listen(mut from: Box<dyn Read + Send>, seen: &Mutex<Seen>, to: &Writer, stop: &AtomicBool) {
    let mut answered = 0;
    let mut bytes = [0; 8192];
    loop {
        let length = match from.read(&mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(length) => length,
        };
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let mut seen = seen.lock().unwrap();
        seen.raw.extend_from_slice(&bytes[..length]);
        seen.screen.process(&bytes[..length]);
        while let Some((at, question, answer)) = next_question(&seen.raw[answered..]) {
            answered += at + question.len();
            drop(to.lock().unwrap().write_all(answer));
        }
    }
}

fn next_question(raw: &[u8]) -> Option<(usize, &'static [u8], &'static [u8])> {
    let places = QUESTIONS.into_iter().filter_map(|(question, answer)| {
        let at = raw.windows(question.len()).position(|window| window == question)?;
        Some((at, question, answer))
    });
    places.min_by_key(|(at, ..)| *at)
}

/// The invented papers in a folder of their own.
pub(crate) fn library() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), "library.jsonl");
    // Papers without a user.db beside them are a reason for a notice.
    drop(Library::open(dir.path()).unwrap());
    dir
}

/// In the title of the first paper listed.
pub(crate) const FIRST: &str = "LoRA for Kites";
