//! Looking after a library's files: what is wrong with them, and what can be done about it. Works on a folder, because a library with a
//! damaged file does not open.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::fulltext::{self, Haste};
use super::upkeep::open_index;
use super::{device_name, index_file, remove};
use crate::error::{Error, Result};
use crate::index::{FullText, Index};
use crate::store::{self, PaperStore, UserStore};

/// One part of a library and what is wrong with it; no problem: it is sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `user.db`, `papers.db`, `index` or `full text`.
    pub part: &'static str,
    pub problems: Vec<String>,
}

/// Reads all of every file. A usage error when there is no library in the folder.
pub fn check(dir: &Path) -> Result<Vec<Finding>> {
    expect_library(dir)?;
    let user = UserStore::open(dir, &device_name()).and_then(|user| user.check());
    let papers = PaperStore::open(dir).and_then(|papers| papers.check()).map_err(|error| match error.hint {
        None => error.hint("move papers.db away and import again; nothing you did is in it"),
        Some(_) => error,
    });
    let finding = |part, checked: Result<Vec<String>>| Finding {
        part,
        problems: checked.unwrap_or_else(|error| vec![error.to_string()]),
    };
    Ok(vec![
        finding("user.db", user),
        finding("papers.db", papers),
        finding("index", check_index(dir)),
        finding("full text", Ok(check_full_text(dir))),
    ])
}

/// An index that is missing or older than the papers is no problem: it is built when the library is opened next.
fn check_index(dir: &Path) -> Result<Vec<String>> {
    let path = index_file(dir);
    let sound = match Index::open(&path)? {
        None => !path.exists(),
        Some(index) => index.verify(),
    };
    let damaged = "it is damaged, or of another version; `tsundoku doctor --fix` builds it again";
    Ok(if sound { Vec::new() } else { vec![damaged.to_owned()] })
}

/// A full text that is missing or older than the papers is no problem either: what it does not know is read.
fn check_full_text(dir: &Path) -> Vec<String> {
    let damaged = "it is damaged, or of another version; `tsundoku doctor --fix` builds it again";
    if FullText::is_intact(&fulltext::home(dir)) { Vec::new() } else { vec![damaged.to_owned()] }
}

/// Builds the index and the full text again and gives unused space back. Says what was done, one line each.
pub fn mend(dir: &Path) -> Result<Vec<String>> {
    expect_library(dir)?;
    let mut user = UserStore::open(dir, &device_name())?;
    let mut papers = PaperStore::open(dir)?;
    user.vacuum()?;
    papers.vacuum()?;
    remove(&index_file(dir))?;
    let index = open_index(dir, &papers, &user.state()?)?;
    FullText::delete(&fulltext::home(dir));
    let mut done = vec!["unused space is given back".to_owned()];
    done.push(format!("the index is built again, of {} papers", index.len()));
    if fulltext::build(dir, &papers, &index, Haste::All, &mut |_, _| ControlFlow::Continue(()))? {
        done.push("the full text is built again".to_owned());
    }
    Ok(done)
}

/// Puts the newest sound backup of `user.db` in its place; the present file is kept beside it. Returns the backup's path. No other
/// process may have the library open.
pub fn restore(dir: &Path) -> Result<PathBuf> {
    expect_library(dir)?;
    store::restore(dir)
}

/// Opening a store makes one; a look at it must not. A usage error when there is no library in the folder.
pub(crate) fn expect_library(dir: &Path) -> Result<()> {
    if ["user.db", "papers.db", "backups"].iter().any(|name| dir.join(name).exists()) {
        return Ok(());
    }
    Err(Error::usage(format!("there is no library in {}", dir.display())).hint("name its folder with --dir"))
}
