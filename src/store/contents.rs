//! Whether an open database file still holds what was written through its connections. A program that copies another file over it leaves the
//! same file with foreign contents, into which SQLite would go on writing pages of the old ones. Nothing is repaired here.
//!
//! Between two commits a file changes only by checkpoints, which copy commits from the log into it, in their order. So what it holds without
//! its log never goes back, never is ahead of what the connections read, still has the commit that it ended with before, and is all that
//! they read once the whole log was copied. SQLite's own change counter cannot tell: in a file with a log it does not grow with every commit.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, OpenFlags, Row};

use super::database_file::{DatabaseFile, Progress};
use super::ownership::immutable;

/// What the file holds without its log. The number of the schema differs also between a file and a compacted copy of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Contents {
    schema: i64,
    progress: Progress,
}

/// Length and time of the last write. The same for two writes within one tick of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileTimes {
    length: u64,
    modified: Option<SystemTime>,
    changed: (i64, i64),
}

impl FileTimes {
    /// Longer than a tick of any file system's clock.
    const TICK: Duration = Duration::from_millis(50);

    fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        Some(Self { length: found.len(), modified: found.modified().ok(), changed: change_time(&found) })
    }

    fn is_settled(&self) -> bool {
        self.modified.and_then(|time| time.elapsed().ok()).is_none_or(|age| age > Self::TICK)
    }
}

#[cfg(unix)]
fn change_time(found: &fs::Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (found.ctime(), found.ctime_nsec())
}

#[cfg(not(unix))]
fn change_time(_found: &fs::Metadata) -> (i64, i64) {
    (0, 0)
}

/// How often, and with what pauses, contents are looked at that are not those expected: a checkpoint of another process, or the copying of
/// another file, may be under way.
const LOOKS: usize = 500;
const PAUSE: Duration = Duration::from_millis(20);
/// A file that stays unchanged for so long is not being written: a disk that is busy may hold up a checkpoint for a moment.
const QUIET: Duration = Duration::from_millis(800);

/// What one look at a file finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FoundContents {
    Ours,
    /// Not those expected, but it may be that they are being written.
    Unsettled,
    Foreign,
}

/// What a connection knows of the contents of its file.
pub(super) struct ContentsGuard {
    path: PathBuf,
    file: &'static DatabaseFile,
    known: Mutex<Known>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    /// None where they were written within the last tick: the next look is not spared by them.
    times: Option<FileTimes>,
    /// Those at the last look.
    looked_at: Option<FileTimes>,
    /// What the file held, without its log, when it was last looked at.
    contents: Contents,
    /// The newest commit that the connection knows of, and the number of the schema then.
    newest: Contents,
    /// `PRAGMA data_version` of the connection then.
    data_version: i64,
    /// The times of the file when it was found to be overwritten.
    foreign: Option<FileTimes>,
    /// The times of a file whose contents are not those expected, and since when they are the same.
    unsettled: Option<(Option<FileTimes>, Instant)>,
}

/// The guards of this process.
static GUARDS: Mutex<Vec<Weak<ContentsGuard>>> = Mutex::new(Vec::new());

/// Whether a file lacks what other connections of this process know that it had, for a connection that has no guard.
pub(super) fn is_overwritten(path: &Path) -> bool {
    let guards = GUARDS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    guards.iter().filter_map(Weak::upgrade).any(|guard| guard.path == path && !guard.is_known_there())
}

impl ContentsGuard {
    /// Looks at a file that was just opened. None where that is not possible: then nothing is guarded.
    pub(super) fn new(path: &Path, file: &'static DatabaseFile, connection: &Connection) -> Option<Arc<Self>> {
        let newest = contents_of(connection, file).ok()?;
        // Where the whole log was copied, after that was read, the file holds at least that.
        let contents = match is_log_saved(connection) {
            true => newest,
            false => look(path, file, None).ok()?.0,
        };
        let known = Known {
            times: None,
            looked_at: None,
            contents,
            newest,
            data_version: data_version(connection).ok()?,
            foreign: None,
            unsettled: None,
        };
        let guard = Arc::new(Self { path: path.to_owned(), file, known: Mutex::new(known) });
        let mut guards = GUARDS.lock().unwrap_or_else(PoisonError::into_inner);
        guards.retain(|guard| guard.strong_count() > 0);
        guards.push(Arc::downgrade(&guard));
        Some(guard)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called after every commit of the connection.
    pub(super) fn note_commit(&self, connection: &Connection) {
        if let Ok(newest) = contents_of(connection, self.file) {
            self.known().newest = newest;
        }
    }

    fn is_known_there(&self) -> bool {
        let known = *self.known();
        let schemas = [known.contents.schema, known.newest.schema];
        look(&self.path, self.file, Some(known.contents.progress))
            .is_ok_and(|(found, has_known)| has_known && schemas.contains(&found.schema))
    }

    /// Whether another program wrote into the file. Costs the metadata of the file where nothing was written into it since the last call, else
    /// a fraction of a millisecond; where it finds contents that are not those expected, a second or, while it is being written, up to ten.
    pub(super) fn is_overwritten(&self, connection: &Connection) -> bool {
        for _ in 0..LOOKS {
            match self.look_once(connection) {
                FoundContents::Ours => return false,
                FoundContents::Foreign => return true,
                FoundContents::Unsettled => thread::sleep(PAUSE),
            }
        }
        let mut known = self.known();
        known.foreign = known.unsettled.and_then(|(times, _)| times);
        true
    }

    /// The same without waiting: as long as the file may still be written, it is not told.
    pub(super) fn look_once(&self, connection: &Connection) -> FoundContents {
        let times = FileTimes::of(&self.path);
        let known = *self.known();
        if times.is_some() && [known.times, known.foreign].contains(&times) {
            return if times == known.foreign { FoundContents::Foreign } else { FoundContents::Ours };
        }
        let is_expected = self.is_expected(times, connection);
        let mut known = self.known();
        if is_expected {
            known.unsettled = None;
            return FoundContents::Ours;
        }
        match known.unsettled {
            Some((seen, since)) if seen == times && since.elapsed() >= QUIET => {
                known.foreign = times;
                FoundContents::Foreign
            }
            Some((seen, _)) if seen == times => FoundContents::Unsettled,
            _ => {
                known.unsettled = Some((times, Instant::now()));
                FoundContents::Unsettled
            }
        }
    }

    /// The same directly after a commit before which `is_overwritten` was asked. A look is spared where the file is as it was then, also where
    /// another write within one tick of the clock would not show: the next call of `is_overwritten` looks.
    pub(super) fn is_overwritten_meanwhile(&self, connection: &Connection) -> bool {
        let times = FileTimes::of(&self.path);
        let is_as_before = times.is_some() && times == self.known().looked_at;
        !is_as_before && self.is_overwritten(connection)
    }

    fn is_expected(&self, times: Option<FileTimes>, connection: &Connection) -> bool {
        let mut known = self.known();
        // Unless another connection committed something, its view of the file may be one of the foreign contents.
        if let Ok(version) = data_version(connection)
            && version != known.data_version
            && let Ok(newest) = contents_of(connection, self.file)
        {
            (known.newest, known.data_version) = (newest, version);
        }
        // Asked before the look: whatever is saved meanwhile only adds to what the file holds.
        let is_log_saved = is_log_saved(connection);
        let Ok((found, has_known)) = look(&self.path, self.file, Some(known.contents.progress)) else { return false };
        let is_known_schema = [known.contents.schema, known.newest.schema].contains(&found.schema);
        let newest = known.newest.progress;
        let is_behind = found.progress.commit < newest.commit && !is_log_saved;
        let is_ours = is_known_schema && has_known && (is_behind || found.progress == newest);
        if is_ours {
            known.contents = found;
            (known.times, known.looked_at) = (times.filter(FileTimes::is_settled), times);
        }
        is_ours
    }
}

/// What the file holds without its log, and whether it has a commit. SQLite opens and closes it, which keeps the locks of this process.
fn look(path: &Path, file: &DatabaseFile, commit: Option<Progress>) -> rusqlite::Result<(Contents, bool)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(immutable(path), flags)?;
    let has_commit = match commit {
        Some(commit) => (file.has_commit)(&connection, commit)?,
        None => true,
    };
    Ok((contents_of(&connection, file)?, has_commit))
}

/// Gives, behind a number, the frames of the log and how many of them were copied into the file.
pub(super) const LOG_COUNTS: &str = "PRAGMA wal_checkpoint(NOOP)";

/// Whether the file holds everything that is in its log, unless another program wrote into it.
pub(super) fn is_log_saved(connection: &Connection) -> bool {
    let counts = |row: &Row<'_>| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
    let counts = connection.prepare_cached(LOG_COUNTS).and_then(|mut asked| asked.query_row([], counts));
    counts.is_ok_and(|(frames, saved)| frames <= saved)
}

fn contents_of(connection: &Connection, file: &DatabaseFile) -> rusqlite::Result<Contents> {
    let schema = connection.prepare_cached("PRAGMA schema_version")?.query_row([], |row| row.get(0))?;
    Ok(Contents { schema, progress: (file.progress)(connection)? })
}

fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}
