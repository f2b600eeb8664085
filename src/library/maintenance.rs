//! Checks and repairs the files of a library. Works on a folder, because a library with a damaged file cannot be opened.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::fulltext_build::{IndexingPriority, build_full_text, full_text_folder};
use super::index_sync::open_current_index;
use super::notes::{self, NOTE_FILE};
use super::state_file::STATE_FILE;
use super::states::StateSource;
use super::{device_name, index_file, no_papers_file, no_user_file, remove_if_present, state_file};
use crate::domain::clean::Clean;
use crate::error::{Error, Result};
use crate::index::{FullText, SegmentedIndex};
use crate::store::{self, PaperStore, RestoredHistory, UserStore};

/// One part of a library and what is wrong with it. Without problems it is sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `user.db`, `papers.db`, `index` or `full text`.
    pub part: &'static str,
    pub problems: Vec<Clean>,
    /// What is no fault of the files and may be one of the user's.
    pub notices: Vec<Clean>,
}

/// Reads every file completely and returns the findings of each part. A usage error when there is no library in the folder.
pub fn check(dir: &Path) -> Result<Vec<Finding>> {
    expect_library(dir)?;
    let set_aside = store::set_foreign_logs_aside(dir)?;
    // Not opened then, which would begin an empty one.
    let lacks_user_file = store::lacks_user_file(dir);
    let (mut refusal, mut has_history) = (None, false);
    let user = if lacks_user_file {
        Ok(Vec::new())
    } else {
        UserStore::open(dir, &device_name()).and_then(|user| {
            refusal = user.refusal().map(|why| format!("sound, but read-only: {why}"));
            has_history = user.has_history()?;
            user.check()
        })
    };
    let refusal = refusal.filter(|_| user.as_ref().is_ok_and(Vec::is_empty));
    let papers = PaperStore::open(dir);
    let lacks_papers = has_history && papers.as_ref().is_ok_and(|papers| papers.count().is_ok_and(|count| count == 0));
    let papers = papers.and_then(|papers| papers.check()).map_err(|error| match error.hint {
        None => error.hint("move papers.db away and import again; your reading states are in user.db"),
        Some(_) => error,
    });
    let finding = |part, checked: Result<Vec<String>>| Finding {
        part,
        problems: clean(checked.unwrap_or_else(|error| vec![error.to_string()])),
        notices: Vec::new(),
    };
    let notices = clean(set_aside.into_iter().chain(lacks_user_file.then(|| no_user_file(dir))).chain(refusal));
    let papers_notices = clean(lacks_papers.then(|| no_papers_file(dir)));
    Ok(vec![
        Finding { notices, ..finding("user.db", user) },
        Finding { notices: papers_notices, ..finding("papers.db", papers) },
        finding("index", check_index(dir).and_then(|problems| Ok([problems, check_states(dir)?].concat()))),
        finding("full text", Ok(check_full_text(dir))),
    ])
}

fn clean(lines: impl IntoIterator<Item = String>) -> Vec<Clean> {
    lines.into_iter().map(Clean::from).collect()
}

/// The last sound backup of `user.db` and when it was made; None when there is none.
pub fn last_backup(dir: &Path) -> Option<(PathBuf, String)> {
    store::last_backup(dir)
}

const DAMAGED: &str = "damaged, or written by another version; `tsundoku doctor --fix` rebuilds it";

/// The reading states are read from user.db then.
const STATES_DAMAGED: &str = "damaged or no file; every start takes longer until `tsundoku doctor --fix` removes it";

/// A missing or outdated index is no problem: it is built when the library is opened next.
fn check_index(dir: &Path) -> Result<Vec<String>> {
    let path = index_file(dir);
    let sound = match SegmentedIndex::open(&path, None)? {
        None => !path.exists(),
        Some(index) => index.verify(),
    };
    Ok(if sound { Vec::new() } else { vec![DAMAGED.to_owned()] })
}

/// The reading states beside the index must be those of user.db. A missing or outdated file of them is no problem.
fn check_states(dir: &Path) -> Result<Vec<String>> {
    let Some(index) = SegmentedIndex::open(&index_file(dir), None).unwrap_or_default() else { return Ok(Vec::new()) };
    let damaged: Vec<String> = [&STATE_FILE, &NOTE_FILE]
        .into_iter()
        .filter(|file| file.is_damaged(dir))
        .map(|file| format!("{} is {STATES_DAMAGED}", file.path(dir).display()))
        .collect();
    if !damaged.is_empty() {
        return Ok(damaged);
    }
    if store::lacks_user_file(dir) {
        return Ok(Vec::new());
    }
    let (Ok(user), Ok(papers)) = (UserStore::open(dir, &device_name()), PaperStore::open(dir)) else {
        // They have findings of their own.
        return Ok(Vec::new());
    };
    let source = StateSource { index: &index, papers: &papers, user: &user };
    // At once: another process may write between.
    let is_sound = user.at_once(|| {
        let have_same_states = match state_file::read(dir, source)? {
            Some((stored, _)) => stored.states.has_same_states(&source.read_all()?.states),
            None => true,
        };
        Ok(have_same_states && notes::are_right(dir, &user)?)
    })?;
    if is_sound {
        return Ok(Vec::new());
    }
    Ok(vec!["the reading states beside it differ from user.db; `tsundoku doctor --fix` reads them again".to_owned()])
}

/// A missing or outdated full-text index is no problem either: searches read the abstracts that it lacks.
fn check_full_text(dir: &Path) -> Vec<String> {
    if FullText::is_intact(&full_text_folder(dir)) { Vec::new() } else { vec![DAMAGED.to_owned()] }
}

/// Releases unused disk space, removes damaged rows of papers.db that an import writes again, and rebuilds the index and the full-text index.
/// What is derived and cannot be stored is told among what was done. Returns what was done, one line each. A usage error when
/// there is no library in the folder.
pub fn repair(dir: &Path) -> Result<Vec<Clean>> {
    expect_library(dir)?;
    let mut steps = store::set_foreign_logs_aside(dir)?;
    let mut user = UserStore::open(dir, &device_name())?;
    let mut papers = PaperStore::open(dir)?;
    user.vacuum()?;
    // First: it makes the indexes of the tables anew.
    papers.vacuum()?;
    steps.push("released unused disk space".to_owned());
    steps.extend(user.mend()?);
    steps.extend(papers.mend()?);
    // Where it cannot be replaced, that is said below.
    drop(remove_if_present(&index_file(dir)));
    for file in [&STATE_FILE, &NOTE_FILE] {
        steps.extend(file.remove(dir).err().map(|error| error.to_string()));
    }
    let index = open_current_index(dir, &papers, &user.state()?)?;
    FullText::delete(&full_text_folder(dir));
    steps.push(match index.why_in_memory() {
        None => format!("rebuilt the index of {} papers", index.len()),
        Some(why) => format!("the index was not stored: {why}"),
    });
    let priority = IndexingPriority::Foreground;
    match build_full_text(dir, &papers, &index, priority, &mut |_, _| ControlFlow::Continue(())) {
        Ok(true) => steps.push("rebuilt the full-text index".to_owned()),
        Ok(false) => {}
        Err(error) => steps.push(format!("the full-text index was not stored: {error}")),
    }
    Ok(clean(steps))
}

/// Adds to `papers.db` what its daily copies have of votes, places in digests and the ledger, of the papers that are here. A usage error when
/// there is no library in the folder, or no copy.
pub fn restore_history(dir: &Path) -> Result<RestoredHistory> {
    expect_library(dir)?;
    let restored = PaperStore::open(dir)?.restore_history()?;
    match restored.copies + restored.unreadable.len() {
        0 => Err(Error::usage(format!(
            "there is no copy of the history of papers.db in {}",
            dir.join("backups").display()
        ))
        .hint("the first is made by the first import or sync of a later day")),
        _ => Ok(restored),
    }
}

/// The day of the last copy of the history of `papers.db`; None when there is none.
pub fn last_history_copy(dir: &Path) -> Option<PathBuf> {
    store::history_copies(dir).into_iter().next()
}

/// Replaces `user.db` by its newest intact backup; the present file is kept under another name. Returns the path of the backup. No other
/// process may have the library open. A usage error when there is no library in the folder.
pub fn restore(dir: &Path) -> Result<PathBuf> {
    expect_library(dir)?;
    let backup = store::restore(dir)?;
    // They were read from the file that was replaced. Where they cannot be removed, they are found to be none of this journal.
    for file in [&STATE_FILE, &NOTE_FILE] {
        drop(file.remove(dir));
    }
    Ok(backup)
}

/// A usage error when there is no library in the folder. Opening a store would create one.
pub(super) fn expect_library(dir: &Path) -> Result<()> {
    if ["user.db", "papers.db", "backups"].iter().any(|name| dir.join(name).exists()) {
        return Ok(());
    }
    Err(Error::usage(format!("there is no library in {}", dir.display())).hint("name its folder with --dir"))
}
