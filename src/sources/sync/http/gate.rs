//! The pace of requests, kept by all processes of a user on this machine: one request at a time to a host, and a pause between two. A file
//! for each host: whoever holds its lock may send a request, and it says from when on. It sends nothing itself.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// Milliseconds since 1970.
pub type Clock = fn() -> i64;

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
        let mut turn = Turn { file: self.open(host)?, clock: self.clock };
        let start = Instant::now();
        loop {
            match turn.file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if is_cancelled() => return Err(NoTurn::Cancelled),
                Err(TryLockError::WouldBlock) if start.elapsed() > LONGEST_TURN => return Err(NoTurn::Busy),
                Err(TryLockError::WouldBlock) => thread::sleep(TICK),
                Err(TryLockError::Error(error)) => return Err(NoTurn::Failed(error)),
            }
        }
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

    fn open(&self, host: &str) -> io::Result<File> {
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
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
        let path = self.folder.join(format!("{}.pace", host.chars().map(safe).collect::<String>()));
        let file = options.open(&path)?;
        if !fs::metadata(&path)?.is_file() {
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
        self.file.rewind()?;
        // Always as long, so that a shorter time leaves nothing of a longer one.
        self.file.write_all(format!("{now:020} {until:020}\n").as_bytes())?;
        Ok(until)
    }

    fn not_before(&mut self) -> io::Result<i64> {
        let (now, mut text) = ((self.clock)(), String::new());
        self.file.rewind()?;
        let read = (&self.file).take(64).read_to_string(&mut text);
        let written = match (read, text.trim()) {
            (Ok(0), _) => return Ok(now),
            (Ok(_), text) => text.split_once(' ').and_then(|(at, until)| Some((at.parse().ok()?, until.parse().ok()?))),
            (Err(error), _) if error.kind() == io::ErrorKind::InvalidData => None,
            (Err(error), _) => return Err(error),
        };
        let (at, not_before): (i64, i64) = written.unwrap_or((now, now.saturating_add(milliseconds(UNKNOWN))));
        // What was written later than now was written by a clock that was wrong.
        let is_sensible = at <= now && not_before <= now.saturating_add(milliseconds(LONGEST_PAUSE));
        Ok(if is_sensible { not_before } else { now })
    }
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
}
