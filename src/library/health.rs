//! Looking after a library's files: what is wrong with them, and what can be done about it. Works on a folder, because a library with a
//! damaged file does not open.

use std::fs;
use std::path::{Path, PathBuf};

use super::{device_name, index_file, snapshot};
use crate::error::{Error, Result};
use crate::index::Index;
use crate::store::{self, PaperStore, UserStore};

/// One part of a library and what is wrong with it; no problem: it is sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `user.db`, `papers.db` or `index`.
    pub part: &'static str,
    pub problems: Vec<String>,
}

/// Reads all of every file. A usage error when there is no library in the folder.
pub fn check(dir: &Path) -> Result<Vec<Finding>> {
    expect_library(dir)?;
    let told = |checked: Result<Vec<String>>| checked.unwrap_or_else(|error| vec![error.to_string()]);
    let user = told(UserStore::open(dir, &device_name()).and_then(|user| user.check()));
    let papers = PaperStore::open(dir);
    let index = match &papers {
        Ok(papers) => told(check_index(dir, papers)),
        // Without papers nothing can be said of what is derived from them.
        Err(_) => Vec::new(),
    };
    let papers = told(papers.and_then(|papers| papers.check())).into_iter().map(|problem| {
        format!("{problem}; if it stays, move papers.db away and import again: nothing you did is in it")
    });
    Ok(vec![
        Finding { part: "user.db", problems: user },
        Finding { part: "papers.db", problems: papers.collect() },
        Finding { part: "index", problems: index },
    ])
}

/// An index that is missing or old is no problem: it is built when the library is opened next.
fn check_index(dir: &Path, papers: &PaperStore) -> Result<Vec<String>> {
    let path = index_file(dir);
    let problem = match Index::open(&path)? {
        None if !path.exists() => None,
        None => Some("damaged, or of another version; it is built again when the library is opened next"),
        Some(index) if index.revision() != papers.revision()? => None,
        Some(index) if index.verify() => None,
        Some(_) => Some("damaged; `tsundoku doctor --fix` builds it again"),
    };
    Ok(problem.map(str::to_owned).into_iter().collect())
}

/// Builds the index again and gives unused space back. Says what was done, one line each.
pub fn mend(dir: &Path) -> Result<Vec<String>> {
    expect_library(dir)?;
    let mut papers = PaperStore::open(dir)?;
    papers.vacuum()?;
    UserStore::open(dir, &device_name())?.vacuum()?;
    let path = index_file(dir);
    let index = snapshot::build_index(&path, &papers, papers.revision()?)?;
    Ok(vec!["unused space is given back".to_owned(), format!("the index is built again: {} papers", index.len())])
}

/// Puts the newest sound backup of `user.db` in its place; the present file is kept beside it. Returns the backup's path. No other
/// process may have the library open.
pub fn restore(dir: &Path) -> Result<PathBuf> {
    expect_library(dir)?;
    store::restore(dir)
}

/// Opening a store makes one; a check does not.
fn expect_library(dir: &Path) -> Result<()> {
    let there = ["user.db", "papers.db", "backups"].iter().any(|name| dir.join(name).exists());
    if there && fs::metadata(dir)?.is_dir() {
        return Ok(());
    }
    Err(Error::usage(format!("there is no library in {}", dir.display())).hint("name its folder with --dir"))
}
