//! Backups of `user.db` in `backups/`: one for each of the last seven days on which it was used, and one from before each schema step;
//! and how the newest is restored. `papers.db` can be imported again; what no import gives again is copied by `papers::history`.

use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::civil::Date;
use rusqlite::{Connection, OpenFlags};

use super::database::OpenDatabase;
use super::folder;
use super::user::damage;
use crate::error::{Error, IoContext, Result};

/// The file that is backed up.
pub(super) const FILE: &str = "user.db";

pub(super) const DAYS_KEPT: usize = 7;
pub(super) const FOLDER: &str = "backups";
const DAILY: &str = "user-day-";
const BEFORE_STEP: &str = "user-schema-";

/// A backup that was checked and found sound.
struct Backup {
    path: PathBuf,
    /// Id of its newest batch. Orders backups by what they hold: dates would depend on the clock.
    batches: i64,
    /// Unix milliseconds of that batch.
    at: i64,
    /// When the file was made.
    made: Option<SystemTime>,
}

/// Whether this day has no backup yet.
pub(super) fn is_due(dir: &Path, today: Date) -> bool {
    !daily(dir, today).exists()
}

/// Makes the backup of a day and removes the oldest.
pub(super) fn make_daily(database: &OpenDatabase, today: Date) -> Result<()> {
    let made = daily(&database.dir, today);
    copy(database, &made)?;
    let mut days: Vec<PathBuf> = copies(&database.dir).into_iter().filter(|path| has_prefix(path, DAILY)).collect();
    days.sort();
    days.retain(|path| *path != made);
    let surplus = (days.len() + 1).saturating_sub(DAYS_KEPT);
    for old in days.iter().take(surplus) {
        fs::remove_file(old).at("remove", old)?;
    }
    Ok(())
}

/// Makes the backup that is kept from before a schema step; `version` is the schema version in it.
pub(super) fn make_before_step(database: &OpenDatabase, version: i64) -> Result<()> {
    copy(database, &database.dir.join(FOLDER).join(format!("{BEFORE_STEP}{version}.db")))
}

/// Removes the copies that killed backups and restores left. Whoever makes one has the lock of the folder, as the caller must.
pub(super) fn remove_abandoned(dir: &Path) {
    folder::remove_temporary_files(dir);
    folder::remove_temporary_files(&dir.join(FOLDER));
}

/// Whether there is any backup.
pub(super) fn exists(dir: &Path) -> bool {
    !copies(dir).is_empty()
}

/// When the last sound backup was made, and how far it reaches.
pub(super) fn last_in_words(dir: &Path) -> String {
    match last(dir) {
        Some(backup) => {
            format!(
                "the last sound one was made {} and has changes until {}",
                minute_of(backup.made),
                day_of(backup.at)
            )
        }
        None => "there is no sound one".to_owned(),
    }
}

/// The last sound backup of a library and when it was made, in the system's time zone; None when there is none.
pub fn last_backup(dir: &Path) -> Option<(PathBuf, String)> {
    last(dir).map(|backup| (backup.path, minute_of(backup.made)))
}

/// The sound backup that was made last.
fn last(dir: &Path) -> Option<Backup> {
    let mut copies = copies(dir);
    copies.sort_by_key(|path| Reverse(made(path)));
    copies.into_iter().find_map(inspect)
}

fn made(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|found| found.modified()).ok()
}

/// What to do about a damaged or missing `user.db`.
pub(super) fn advice(dir: &Path) -> String {
    match newest(dir) {
        Some(backup) => format!(
            "the newest sound backup is {} (last change {}); close tsundoku elsewhere, and `tsundoku doctor --restore` puts it \
             back and keeps the present file beside it",
            backup.path.display(),
            day_of(backup.at)
        ),
        None => format!("there is no sound backup in {}", dir.join(FOLDER).display()),
    }
}

/// Replaces `user.db` by the newest sound backup, whose path is returned. The old file is kept as `user.db.damaged-<n>`, with its log.
/// No other process may have the library open.
///
/// # Errors
/// Usage when another process has the library open, or the present file is sound and has no fewer changes than the backup; Data when there is no sound backup; System when a file cannot be written or moved.
pub fn restore(dir: &Path) -> Result<PathBuf> {
    folder::prepare(dir)?;
    folder::expect_regular(&folder::lock_path(dir))?;
    let _lock = folder::lock(dir);
    let path = dir.join(FILE);
    let _unused = folder::lock_out(dir).at("restore", &path)?.ok_or_else(|| {
        Error::usage(format!("{} is open in another tsundoku", path.display()))
            .hint("close the reader and everything else that uses this library, and try again")
    })?;
    let backup = newest(dir).ok_or_else(|| {
        Error::data(format!("there is no sound backup in {}", dir.join(FOLDER).display()))
            .hint("a library gets its first backup on the day after its first change")
    })?;
    if let Some(present) = inspect(path.clone()).filter(|present| present.batches >= backup.batches) {
        let (changes, last) = (present.batches, day_of(present.at));
        return Err(Error::usage(format!(
            "{} is sound: it holds {changes} changes, the last of {last}",
            path.display()
        ))
        .hint(format!(
            "the backup holds {} changes, the last of {}; to go back to it all the same, move user.db away first",
            backup.batches,
            day_of(backup.at)
        )));
    }
    let fresh = folder::temporary_file(dir).at("write into", dir)?;
    let copied = fs::copy(&backup.path, fresh.path()).and_then(|_| folder::set_mode(fresh.path(), 0o600));
    copied.and_then(|()| fresh.as_file().sync_all()).at("restore", &path)?;
    let aside = (1..)
        .map(|number: u32| folder::beside(&path, &format!(".damaged-{number}")))
        .find(|aside| !aside.exists())
        .unwrap_or_else(|| folder::beside(&path, ".damaged"));
    // The log is moved first: SQLite would apply a log to a database that it does not belong to.
    for suffix in ["-wal", "-shm", ""] {
        let old = folder::beside(&path, suffix);
        if old.exists() {
            fs::rename(&old, folder::beside(&aside, suffix)).at("move aside", &old)?;
        }
    }
    fresh.persist(&path).map_err(|error| error.error).at("restore", &path)?;
    folder::sync(dir).at("sync", dir)?;
    Ok(backup.path)
}

/// Copies through SQLite, so that the log is included. The copy gets its name when it is complete and synced.
fn copy(database: &OpenDatabase, target: &Path) -> Result<()> {
    let backups = database.dir.join(FOLDER);
    folder::prepare(&backups)?;
    let fresh = database.copy(&backups)?;
    fresh.persist(target).map_err(|error| error.error).at("write", target)?;
    folder::sync(&backups).at("sync", &backups)
}

fn daily(dir: &Path, day: Date) -> PathBuf {
    dir.join(FOLDER).join(format!("{DAILY}{day}.db"))
}

fn has_prefix(path: &Path, prefix: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
}

fn copies(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir.join(FOLDER)) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter(|path| (has_prefix(path, DAILY) || has_prefix(path, BEFORE_STEP)) && path.is_file()).collect()
}

fn newest(dir: &Path) -> Option<Backup> {
    copies(dir).into_iter().filter_map(inspect).max_by_key(|backup| backup.batches)
}

fn inspect(path: PathBuf) -> Option<Backup> {
    let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    if !damage::is_sound(&connection).ok()? {
        return None;
    }
    let last = "SELECT id, at FROM batch ORDER BY id DESC LIMIT 1";
    let (batches, at) = connection.query_row(last, [], |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
    let made = made(&path);
    Some(Backup { path, batches, at, made })
}

fn minute_of(time: Option<SystemTime>) -> String {
    let time = time.and_then(|time| jiff::Timestamp::try_from(time).ok());
    time.map_or_else(
        || "at an unknown time".to_owned(),
        |time| time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

fn day_of(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map_or_else(|_| "unknown".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}
