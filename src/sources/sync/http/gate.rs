//! The pace of requests, kept by all processes of a user on this machine: one request at a time to a host, and a pause between two. A file
//! for each host: whoever holds its lock may send a request, and it says from when on, and which process held it last. A process that is
//! stopped while it holds the lock is passed over: the file is replaced by another of the same content. It sends nothing itself.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// Milliseconds since 1970.
pub type Clock = fn() -> i64;

/// Bytes of a file: two times, and the process that wrote them.
const LENGTH: u64 = 80;
/// How often a process that waits looks whether it may go on.
const TICK: Duration = Duration::from_millis(20);
/// A file that cannot be read as a time (a process was killed while it wrote) stands for a request that was just sent.
const UNKNOWN: Duration = Duration::from_secs(3);
/// Others wait for so long: several processes with a request and a pause each.
const LONGEST_TURN: Duration = Duration::from_secs(5 * 60);
/// No pause is longer, whatever a host asks for. A time further ahead is of a clock that was wrong.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// Where the files are, and what time it is.
#[derive(Clone, Debug)]
pub struct Gate {
    folder: PathBuf,
    clock: Clock,
}

/// The right to send requests to a host; no other process has it until this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    file: File,
    clock: Clock,
}

/// Why there is no turn.
#[derive(Debug)]
pub(super) enum NoTurn {
    Cancelled,
    /// The host allows no request before this time, in milliseconds since 1970, which is further ahead than `patience`.
    NotBefore(i64),
    /// Another process has had the turn for longer than any request takes.
    Busy,
    /// The file cannot be used.
    Failed(io::Error),
}

impl From<io::Error> for NoTurn {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Gate {
    /// `folder` is made when it is needed.
    pub fn new(folder: PathBuf, clock: Clock) -> Self {
        Self { folder, clock }
    }

    pub(super) fn now(&self) -> i64 {
        (self.clock)()
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits until a request to `host` (with its port, if any) may be sent.
    pub(super) fn pass(&self, host: &str, patience: Duration, is_cancelled: &dyn Fn() -> bool) -> Result<Turn, NoTurn> {
        let path = self.file_of(host);
        let mut turn = Turn { file: self.open(&path)?, clock: self.clock };
        let start = Instant::now();
        loop {
            match turn.file.try_lock() {
                // While this process waited, another may have replaced the file.
                Ok(()) if is_at(&turn.file, &path)? => break,
                Ok(()) => turn.file = self.open(&path)?,
                Err(TryLockError::WouldBlock) if is_cancelled() => return Err(NoTurn::Cancelled),
                Err(TryLockError::WouldBlock) if start.elapsed() > LONGEST_TURN => return Err(NoTurn::Busy),
                Err(TryLockError::WouldBlock) => {
                    if turn.holder().is_some_and(ProcessName::is_stopped) {
                        self.pass_over(&turn.file, &path)?;
                    }
                    thread::sleep(TICK);
                    if !is_at(&turn.file, &path)? {
                        turn.file = self.open(&path)?;
                    }
                }
                Err(TryLockError::Error(error)) => return Err(NoTurn::Failed(error)),
            }
        }
        turn.sign()?;
        let not_before = turn.not_before()?;
        if not_before > self.now().saturating_add(milliseconds(patience)) {
            return Err(NoTurn::NotBefore(not_before));
        }
        while self.now() < not_before {
            if is_cancelled() {
                return Err(NoTurn::Cancelled);
            }
            thread::sleep(TICK);
        }
        Ok(turn)
    }

    fn file_of(&self, host: &str) -> PathBuf {
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
        self.folder.join(format!("{}.pace", host.chars().map(safe).collect::<String>()))
    }

    /// Puts a file of the same content in the place of one whose lock a stopped process holds. When it goes on, it ends its request and
    /// takes its next turn at the new file. One process at a time does this, so that nobody replaces the new file.
    fn pass_over(&self, held: &File, path: &Path) -> io::Result<()> {
        let guard = self.open(&self.folder.join("replacing.lock"))?;
        guard.lock()?;
        if !is_at(held, path)? {
            return Ok(());
        }
        let new = self.folder.join("replacing.new");
        fs::write(&new, fs::read(path)?)?;
        fs::rename(&new, path)
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
            builder.mode(0o700);
            options.mode(0o600).custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
        }
        builder.create(&self.folder)?;
        let file = options.open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other(format!("{} is not a regular file", path.display())));
        }
        Ok(file)
    }
}

impl Turn {
    /// From now on no request is sent for so long, at most a day. Returns until when.
    pub(super) fn pause(&mut self, pause: Duration) -> io::Result<i64> {
        let now = (self.clock)();
        let until = now.saturating_add(milliseconds(pause.min(LONGEST_PAUSE)));
        self.write(now, until)?;
        Ok(until)
    }

    /// Notes that this process has the turn; the times stay.
    fn sign(&mut self) -> io::Result<()> {
        let mut text = String::new();
        self.file.rewind()?;
        let read = (&self.file).take(LENGTH).read_to_string(&mut text);
        let times = read.ok().and_then(|_| times(&text));
        times.map_or(Ok(()), |(at, until)| self.write(at, until))
    }

    fn write(&mut self, at: i64, until: i64) -> io::Result<()> {
        let ProcessName { id, start } = ProcessName::own();
        self.file.rewind()?;
        // Always as long, so that a shorter line leaves nothing of a longer one.
        self.file.write_all(format!("{at:020} {until:020} {id:010} {start:020}\n").as_bytes())
    }

    /// The process that had the last turn, or has it.
    fn holder(&self) -> Option<ProcessName> {
        let (mut text, mut file) = (String::new(), &self.file);
        file.rewind().ok()?;
        file.take(LENGTH).read_to_string(&mut text).ok()?;
        let mut parts = text.split_whitespace().skip(2);
        Some(ProcessName { id: parts.next()?.parse().ok()?, start: parts.next()?.parse().ok()? })
    }

    fn not_before(&mut self) -> io::Result<i64> {
        let (now, mut text) = ((self.clock)(), String::new());
        self.file.rewind()?;
        let read = (&self.file).take(LENGTH).read_to_string(&mut text);
        let written = match (read, text.trim()) {
            (Ok(0), _) => return Ok(now),
            (Ok(_), text) => times(text),
            (Err(error), _) if error.kind() == io::ErrorKind::InvalidData => None,
            (Err(error), _) => return Err(error),
        };
        let (at, not_before): (i64, i64) = written.unwrap_or((now, now.saturating_add(milliseconds(UNKNOWN))));
        // What was written later than now was written by a clock that was wrong.
        let is_sensible = at <= now && not_before <= now.saturating_add(milliseconds(LONGEST_PAUSE));
        Ok(if is_sensible { not_before } else { now })
    }
}

/// When the last request was sent, and from when on the next may be.
fn times(text: &str) -> Option<(i64, i64)> {
    let mut parts = text.split_whitespace();
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Whether a path still leads to an open file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let open = file.metadata()?;
    match fs::metadata(path) {
        Ok(found) => Ok((found.dev(), found.ino()) == (open.dev(), open.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// A process of this machine: numbers are given again, the time of the start with them is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct ProcessName {
    id: u32,
    /// In the units of the system, since it began; 0 where that is not known.
    start: u64,
}

impl ProcessName {
    fn own() -> Self {
        let id = std::process::id();
        Self { id, start: process_state(id).map_or(0, |(_, start)| start) }
    }

    /// Whether it was stopped, by a signal or a debugger. False where that is not known.
    fn is_stopped(self) -> bool {
        process_state(self.id).is_some_and(|(state, start)| start == self.start && ['T', 't'].contains(&state))
    }
}

/// The letter of a process's state, and when it began.
#[cfg(target_os = "linux")]
fn process_state(id: u32) -> Option<(char, u64)> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name of the program, in brackets, may hold anything.
    let (_, rest) = text.rsplit_once(") ")?;
    let mut parts = rest.split(' ');
    Some((parts.next()?.chars().next()?, parts.nth(18)?.parse().ok()?))
}

#[cfg(not(target_os = "linux"))]
fn process_state(_id: u32) -> Option<(char, u64)> {
    None
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::SystemTime;

    use super::*;

    fn clock() -> i64 {
        i64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap()
    }

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn one_at_a_time_with_a_pause_between() {
        let folder = tempfile::tempdir().unwrap();
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let start = Instant::now();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    // As every process opens the file anew.
                    let gate = Gate::new(folder.path().join("deep"), clock);
                    for _ in 0..3 {
                        let mut turn = gate.pass("host:80", PATIENCE, &|| false).unwrap();
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        turn.pause(Duration::from_millis(30)).unwrap();
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 1);
        assert!(start.elapsed() >= Duration::from_millis(11 * 30), "{:?}", start.elapsed());
    }

    #[test]
    fn a_long_pause_is_told_and_a_senseless_one_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let gate = Gate::new(folder.path().to_owned(), clock);
        let until = gate.pass("a", PATIENCE, &|| false).unwrap().pause(Duration::MAX).unwrap();
        assert!((until - clock() - 86_400_000).abs() < 5000);
        match gate.pass("a", PATIENCE, &|| false) {
            Err(NoTurn::NotBefore(told)) => assert_eq!(told, until),
            other => panic!("{other:?}"),
        }
        let file = folder.path().join("a.pace");
        let (now, soon) = (clock(), clock() + 50_000);
        for senseless in ["-7 -7".to_owned(), format!("0 {}", i64::MAX), format!("{soon} {}", soon + 1000)] {
            fs::write(&file, &senseless).unwrap();
            gate.pass("a", Duration::ZERO, &|| false).unwrap_or_else(|error| panic!("{senseless}: {error:?}"));
        }
        for broken in ["99999999999999999999 0", "0000", "17327x 1", "\u{1b}[2J"] {
            fs::write(&file, broken).unwrap();
            let turn = gate.pass("a", Duration::ZERO, &|| false);
            assert!(matches!(turn, Err(NoTurn::NotBefore(until)) if until >= now), "{broken:?}: {turn:?}");
        }
        assert!(gate.pass("b", Duration::ZERO, &|| false).is_ok(), "another host");
    }

    #[test]
    fn a_wait_can_be_cancelled() {
        let folder = tempfile::tempdir().unwrap();
        let gate = Gate::new(folder.path().to_owned(), clock);
        gate.pass("a", PATIENCE, &|| false).unwrap().pause(Duration::from_secs(30)).unwrap();
        assert!(matches!(gate.pass("a", PATIENCE, &|| true), Err(NoTurn::Cancelled)));
        let _held = gate.pass("b", PATIENCE, &|| false).unwrap();
        assert!(matches!(gate.pass("b", PATIENCE, &|| true), Err(NoTurn::Cancelled)));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(Gate::new(file, clock).pass("a", PATIENCE, &|| false), Err(NoTurn::Failed(_))));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_stopped_process_is_passed_over() {
        use std::process::Command;
        let folder = tempfile::tempdir().unwrap();
        let gate = Gate::new(folder.path().to_owned(), clock);
        let mut turn = gate.pass("a", PATIENCE, &|| false).unwrap();
        let until = turn.pause(Duration::from_millis(300)).unwrap();
        // The lock is held here, in the name of another process.
        let mut other = Command::new("sleep").arg("60").spawn().unwrap();
        let (_, start) = process_state(other.id()).unwrap();
        let line = format!("{:020} {until:020} {:010} {start:020}\n", clock(), other.id());
        fs::write(folder.path().join("a.pace"), line).unwrap();
        let wait = Instant::now();
        let is_late = || wait.elapsed() > Duration::from_millis(100);
        assert!(matches!(gate.pass("a", PATIENCE, &is_late), Err(NoTurn::Cancelled)), "it runs");
        let signal = |name: &str| Command::new("kill").args([name, &other.id().to_string()]).status().unwrap();
        signal("-STOP");
        while process_state(other.id()).unwrap().0 != 'T' {
            thread::sleep(TICK);
        }
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut turn = gate.pass("a", PATIENCE, &|| false).unwrap();
                    assert!(clock() >= until, "the pause stays");
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "one at a time");
                    thread::sleep(Duration::from_millis(20));
                    inside.fetch_sub(1, Ordering::SeqCst);
                    turn.pause(Duration::ZERO).unwrap();
                });
            }
        });
        assert!(wait.elapsed() < Duration::from_secs(20), "{:?}", wait.elapsed());
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
