//! `user.db` beside other programs that remove, replace or overwrite its files while it is open: nothing is acknowledged into files that
//! are lost, no log comes to contents that it does not belong to, and what only a log holds is kept.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::thread;

use super::{BETWEEN_ATTEMPTS, UserStore};
use crate::error::{Error, Result};
use crate::store::aside::keep_changes;
use crate::store::database::OpenDatabase;
use crate::store::open_files::{FileState, has_connection, is_parted};
use crate::store::{backup, folder, write_failure};

/// How often a log is looked for that was removed beside a process that has the file open.
const LOG_ATTEMPTS: usize = 50;

/// Waits a moment where the file is open elsewhere and its log was removed, until it is saved into a new file there. A log that is begun
/// beside the removed one would part those who use the one from those who use the other.
///
/// # Errors
/// System when it is not saved: what it holds would be lost.
pub(super) fn await_log(dir: &Path, path: &Path) -> Result<()> {
    let is_log_missing = || {
        folder::has_bytes(path)
            && !folder::beside(path, "-wal").exists()
            && folder::expect_regular(&folder::lock_path(dir)).is_ok()
            && matches!(folder::lock_out(dir), Ok(None))
    };
    for _ in 0..LOG_ATTEMPTS {
        if !is_parted(path) && !is_log_missing() {
            return Ok(());
        }
        thread::sleep(BETWEEN_ATTEMPTS);
    }
    if !is_log_missing() || has_connection(path) || !uses_log(path) {
        return Ok(());
    }
    Err(Error::system(format!("the log of {} was removed while another tsundoku has the file open", path.display()))
        .hint("press a key there, or quit it, so that it saves what the log held; then try again"))
}

/// Whether a file that no connection of this process has open is one with a log; on file systems without shared memory it is not.
fn uses_log(path: &Path) -> bool {
    let mut header = [0; 20];
    let is_read = File::open(path).and_then(|mut file| file.read_exact(&mut header)).is_ok();
    is_read && header.ends_with(&[2, 2])
}

impl UserStore {
    /// Called before every write: what is written into files that were removed or replaced is lost.
    ///
    /// # Errors
    /// Data when the file was removed, replaced or overwritten. In the last two cases what is at the path is opened, so that the next write
    /// goes into it. Where only the log was removed, everything is saved into a new file and there is no error.
    pub(super) fn expect_at_path(&mut self) -> Result<()> {
        let state = self.database.file_state();
        self.expect_unchanged(state)
    }

    /// Called after every commit, for what happened since it was called before the write.
    ///
    /// # Errors
    /// As for `expect_at_path`.
    pub(super) fn expect_still_at_path(&mut self) -> Result<()> {
        let state = self.database.file_state_after_commit();
        self.expect_unchanged(state)
    }

    fn expect_unchanged(&mut self, state: FileState) -> Result<()> {
        match state {
            FileState::Unchanged => Ok(()),
            FileState::Removed => {
                write_failure::expect_readable(&self.database.path())?;
                // Where the folder is gone, too, they stay in memory.
                let kept = self.keep_unsaved().unwrap_or_default();
                let advice = backup::advice(&self.database.dir);
                Err(self.gone("was removed or emptied").hint(format!("quit and start again; {advice}{kept}")))
            }
            FileState::Replaced => {
                let kept = self.part_from_log()?;
                self.reopen()?;
                Err(self.replaced("was replaced by another file", &kept))
            }
            FileState::Overwritten => self.open_foreign_contents(),
            FileState::LogRemoved => self.save_without_log(),
            FileState::LogReplaced => {
                let kept = self.keep_unsaved()?;
                Err(self
                    .gone("lost its log (user.db-wal), in whose place is another one,")
                    .hint(format!("quit and start again{kept}")))
            }
        }
    }

    fn gone(&self, what: &str) -> Error {
        Error::data(format!("{} {what} while it was open", self.database.path().display()))
    }

    /// Once the new contents are open.
    fn replaced(&mut self, what: &str, kept: &str) -> Error {
        let told = self.gone(what).hint(format!("what is in it now is open{kept}"));
        self.replacement = Some(told);
        self.gone(what).hint(format!("make the change again; what is in it now is open{kept}"))
    }

    /// Puts a copy of foreign contents in the place of the file and opens it. A new file, because the connections of this process to the old
    /// one share its log, and because others that have it open notice.
    fn open_foreign_contents(&mut self) -> Result<()> {
        let what = "was overwritten by another program";
        let lock = folder::lock(&self.database.dir);
        // Another process that has the same file open may have done it meanwhile.
        if self.database.file_state() != FileState::Overwritten {
            drop(lock);
            return self.expect_at_path();
        }
        let kept = self.part_from_log()?;
        OpenDatabase::replace_by_copy(&self.database.dir, self.database.file).map_err(|error| {
            let advice = backup::advice(&self.database.dir);
            Error::data(format!("{}, and what is in it now cannot be used: {error}", self.gone(what).message))
                .hint(format!("put a sound file there, or quit; {advice}{kept}"))
                .caused_by(error)
        })?;
        drop(lock);
        self.reopen()?;
        Err(self.replaced(what, &kept))
    }

    /// Keeps what only the log holds, and takes the log away from the file at the path, to which it does not belong. Returns what to say.
    fn part_from_log(&mut self) -> Result<String> {
        let kept = self.keep_unsaved()?;
        self.database.part_from_log(true)?;
        Ok(kept)
    }

    /// Writes the changes that only the log holds beside the file. Returns what to say of them; nothing where there are none.
    fn keep_unsaved(&mut self) -> Result<String> {
        if self.database.is_log_saved() {
            self.unsaved.clear();
        }
        if self.unsaved.is_empty() {
            return Ok(String::new());
        }
        let kept = keep_changes(&self.database.path(), &self.unsaved)?;
        self.unsaved.clear();
        Ok(format!("; the last changes, which it did not hold yet, are listed in {}", kept.display()))
    }

    /// Saves what is in a log that was removed.
    fn save_without_log(&mut self) -> Result<()> {
        let lock = folder::lock(&self.database.dir);
        // Another process that has the same files open may have done it meanwhile.
        if self.database.file_state() != FileState::LogRemoved {
            drop(lock);
            return self.expect_at_path();
        }
        self.database.rewrite().map_err(|error| {
            let path = self.database.path();
            Error::data(format!("the log of {} was removed or cut while it was open: {error}", path.display()))
                .hint("quit and start again, and look with `tsundoku log` what is there")
                .caused_by(error)
        })?;
        drop(lock);
        self.reopen()
    }
}
