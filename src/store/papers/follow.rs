//! Follows `papers.db` where another program put another file, or other contents, in its place while it was open: what is there now is opened.
//! Nothing that an import stores goes into the former file; see `OpenDatabase::expect_in_place`.

use std::path::Path;
use std::thread;

use super::store::{CopyingThread, PAPERS, PaperStore};
use crate::error::{Error, Result};
use crate::store::database::OpenDatabase;
use crate::store::folder::{self, FileNumber};
use crate::store::open_files::FileState;

/// What became of an open file.
#[derive(Debug)]
pub enum Following {
    /// It is the one that was opened.
    Unchanged,
    /// Another program may be writing into it, or what it wrote is being copied: what is read meanwhile may be neither the old nor the new.
    Underway,
    /// What is at the path is open now; what to tell the user.
    Opened(Error),
}

impl PaperStore {
    /// Opens what is at the path where that is no longer what was opened: another file, or other contents of the same one, which get a new
    /// file of their own. Takes up to ten seconds while another program writes, and the copying of the file.
    ///
    /// # Errors
    /// Data when it cannot be used; what was open stays open then.
    pub fn follow_file(&mut self) -> Result<Following> {
        if let Some(copying) = self.copying.take() {
            return self.opened_after(copying);
        }
        let number = folder::file_number(&self.database.path());
        match self.database.file_state() {
            FileState::Replaced => self.open_at_path(REPLACED),
            FileState::Overwritten => {
                copy_contents(&self.database.dir, number)?;
                self.open_at_path(OVERWRITTEN)
            }
            FileState::Unchanged | FileState::Removed | FileState::LogRemoved | FileState::LogReplaced => {
                Ok(Following::Unchanged)
            }
        }
    }

    /// The same without waiting, for a thread that answers the user: it is called until it is no longer `Underway`. The guard of this store knows
    /// what was in the file, so the copying begins only once the contents are known to be foreign.
    pub fn follow_file_at_once(&mut self) -> Result<Following> {
        if let Some(copying) = self.copying.take_if(|copying| copying.is_finished()) {
            return self.opened_after(copying);
        }
        if self.copying.is_some() {
            return Ok(Following::Underway);
        }
        let number = folder::file_number(&self.database.path());
        match self.database.file_state_at_once() {
            None => Ok(Following::Underway),
            Some(FileState::Replaced) => self.open_at_path(REPLACED),
            Some(FileState::Overwritten) => {
                let dir = self.database.dir.clone();
                self.copying = Some(thread::spawn(move || copy_contents(&dir, number)));
                Ok(Following::Underway)
            }
            Some(FileState::Unchanged | FileState::Removed | FileState::LogRemoved | FileState::LogReplaced) => {
                Ok(Following::Unchanged)
            }
        }
    }

    fn opened_after(&mut self, copying: CopyingThread) -> Result<Following> {
        let defect = |_| Err(Error::system("a background thread met a defect of the program"));
        copying.join().unwrap_or_else(defect)?;
        self.open_at_path(OVERWRITTEN)
    }

    /// `what` was done to the file.
    fn open_at_path(&mut self, what: &str) -> Result<Following> {
        let (path, dir) = (self.database.path(), self.database.dir.clone());
        let lock = folder::lock(&dir);
        self.database.part_from_log(false)?;
        drop(lock);
        *self = Self::open(&dir)?;
        let told = Error::data(format!("{} {what} while it was open", path.display()));
        Ok(Following::Opened(told.hint("what is in it now is open")))
    }
}

const REPLACED: &str = "was replaced by another file";
const OVERWRITTEN: &str = "was overwritten by another program";

/// Gives the foreign contents of the file in a folder a file of their own, with the present schema, which may take long. A new file, because
/// the connections of this process to the old one share its log. `number` is that of the file that was overwritten.
fn copy_contents(dir: &Path, number: Option<FileNumber>) -> Result<()> {
    let lock = folder::lock(dir);
    // Another process or thread that has the same file open may have done it meanwhile.
    if folder::file_number(&dir.join(PAPERS.name)) == number {
        OpenDatabase::replace_by_copy(dir, &PAPERS)?;
    }
    drop(lock);
    PaperStore::open(dir).map(drop)
}
