//! The facade that both front ends use: one open library, with every operation on it. It combines store, index, sources and export, and
//! depends on no terminal and no command line.
//!
//! Front ends import nothing from the layer below. What they need of it is re-exported, in `search`, `export` and `import`.

mod abstract_search;
mod change;
mod derived_file;
mod detail;
mod digests;
pub mod export;
mod file_watch;
mod fulltext_build;
#[cfg(test)]
mod growth;
pub mod import;
mod index_docs;
mod index_sync;
mod log;
pub mod maintenance;
pub mod measure;
#[cfg(test)]
mod measure_meaning;
pub mod measure_states;
mod note_table;
mod notes;
#[cfg(test)]
mod other_names;
mod own_files;
mod paper_list;
mod provenance;
pub mod search;
mod snapshot;
mod state_aliases;
mod state_file;
mod states;
mod statistics;
pub mod sync;
#[cfg(test)]
mod words_anywhere;

use std::fs;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// `Library::checkpoint` for a process whose threads have the libraries.
pub use crate::store::{PaperCopy, checkpoint_user_file};
pub use change::{ChangeDirection, ChangeOutcome, ChangeProgress, ChangeReport, Direction, label_of};
pub use detail::PaperDetail;
pub use digests::DigestInfo;
pub use file_watch::FileWatch;
pub use fulltext_build::{FullTextProgress, IndexingPriority, has_full_text};
pub use import::{FileReport, ImportProgress, ImportReport, ImportRequest, RecordProblem, RecordProblems, STARTER};
pub use log::{ActionLog, LogLine, LoggedAction};
pub use paper_list::PaperList;
pub use provenance::{VersionChange, day_of};
pub use snapshot::Snapshot;
pub use statistics::{
    HEAT_WEEKS, HeatMap, HeatWeek, ReadCount, Statistics, TagCount, WEEKDAYS, heat_weeks_in, picture, write_picture,
};

use index_docs::BuildProgress;
use index_sync::{current_index, index_revision, open_any_index, open_current_index, sync_index};
use notes::NOTE_FILE;
use state_file::STATE_FILE;
use states::{MOST_MOVED, StateColumns, StateSource};

use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::reading::Reading;
use crate::error::{Error, IoContext, Result};
use crate::index::{FormerPapers, SearchEngine, SegmentedIndex, remove_abandoned_builds};
use crate::store::{self, Following, PaperStore, UserState, UserStore};
use crate::temporary;

/// One open library. Cheap to open (files are mapped, not read); every process and every background thread opens its own.
pub struct Library {
    dir: PathBuf,
    papers: PaperStore,
    user: UserStore,
    state: UserState,
    engine: SearchEngine,
    snapshot: Arc<Snapshot>,
    full_texts: abstract_search::OpenFullTexts,
    notes: notes::NoteTexts,
    /// Version of `user.db` when `state` was read; another process may have written since.
    user_version: i64,
    is_new: bool,
    /// That `papers.db` is another one by now.
    replacement: Option<Error>,
    /// Why the `papers.db` that is at the path cannot be used.
    unusable_papers: Option<String>,
    awaits_papers: bool,
    /// What was found wrong with the files when they were opened.
    found_wrong: Vec<String>,
}

impl Library {
    /// Opens the library in a folder; creates it, with the starter shelf, when there is none. Builds the index when it is missing or
    /// damaged, and updates it when it is outdated: tens of seconds for millions of papers.
    ///
    /// An error when the folder cannot be used, or a database is damaged or of a newer version.
    pub fn open(dir: &Path) -> Result<Self> {
        Self::open_with(dir, open_current_index)
    }

    /// The same, but an outdated index is used as it is, and `is_outdated` returns true.
    pub fn open_at_once(dir: &Path) -> Result<Self> {
        Self::open_with(dir, open_any_index)
    }

    /// The same for a further thread of a process that has the library open. It makes no library where the present one was removed or moved
    /// away. `has_user_file` as the first one has it.
    pub fn open_another(dir: &Path, has_user_file: bool) -> Result<Self> {
        store::expect_files(dir, has_user_file)?;
        Self::open_at_once(dir)
    }

    fn open_with(dir: &Path, index: OpenIndex) -> Result<Self> {
        let mut found_wrong = store::set_foreign_logs_aside(dir)?;
        let mut user = UserStore::open(dir, &device_name())?;
        let mut papers = PaperStore::open(dir)?;
        found_wrong.extend(lacks_papers(&papers, &user)?.then(|| no_papers_file(dir)));
        let is_new = papers.count()? == 0 && !papers.is_read_only();
        if is_new {
            import::add_starter(&mut papers, now_seconds())?;
        }
        // Before the state is read, so that whatever another process writes from here on is noticed.
        if !user.is_read_only() {
            remove_abandoned_files(dir);
        }
        let user_version = user.data_version()?;
        let state = user.state()?;
        // An index beside a new papers.db is of other papers.
        let index = if is_new { open_current_index } else { index }(dir, &papers, &state)?;
        let columns = read_columns(dir, &index, &papers, &user)?;
        let snapshot = Arc::new(Snapshot::new(index, columns, &state));
        let engine = SearchEngine::default();
        let (full_texts, notes) = Default::default();
        let (dir, replacement, unusable_papers) = (dir.to_owned(), None, None);
        Ok(Self {
            dir,
            papers,
            user,
            state,
            engine,
            snapshot,
            full_texts,
            notes,
            user_version,
            is_new,
            replacement,
            unusable_papers,
            awaits_papers: false,
            found_wrong,
        })
    }

    /// The current snapshot. It does not change; later changes of the library make new ones.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// Reads what other processes or threads wrote since. True when the snapshot is a new one. It never builds an index: where the one on
    /// the disk is outdated, the present one stays in use and `is_outdated` returns true.
    ///
    /// It waits for a program that is writing another `papers.db` into its place.
    pub fn refresh(&mut self) -> Result<bool> {
        let followed = self.papers.follow_file();
        self.note_followed(followed);
        self.read_changes()
    }

    /// The same without waiting for `papers.db`, for the thread that answers the user: see `awaits_papers`.
    pub fn refresh_at_once(&mut self) -> Result<bool> {
        let followed = self.papers.follow_file_at_once();
        self.note_followed(followed);
        self.read_changes()
    }

    /// Whether another program may be writing into `papers.db`, or what it wrote is being copied. What is read meanwhile may be neither the old nor
    /// the new papers, so `refresh_at_once` is to be called again soon.
    pub fn awaits_papers(&self) -> bool {
        self.awaits_papers
    }

    fn read_changes(&mut self) -> Result<bool> {
        let user_version = self.user.data_version()?;
        let user_changed = user_version != self.user_version;
        if user_changed {
            self.state = self.user.state()?;
        }
        let index = match !self.awaits_papers && self.index_differs()? {
            true => current_index(&self.dir, &self.snapshot.index, &self.papers, &self.state)?,
            false => None,
        };
        let changed = user_changed || index.is_some();
        if changed {
            self.retake_snapshot(index)?;
        }
        self.user_version = user_version;
        Ok(changed)
    }

    /// Keeps what is to be told of another `papers.db`. Where it cannot be used, that is told once and the papers that were open stay.
    fn note_followed(&mut self, followed: Result<Following>) {
        self.awaits_papers = matches!(followed, Ok(Following::Underway));
        let told = match followed {
            Ok(Following::Unchanged | Following::Underway) => return,
            Ok(Following::Opened(told)) => told,
            Err(error) if self.unusable_papers.as_ref() == Some(&error.message) => return,
            Err(error) => {
                self.unusable_papers = Some(error.message.clone());
                error
            }
        };
        self.replacement = Some(told);
    }

    /// Whether the papers differ from those in the index, or its file is missing, and a new index can be built.
    pub fn is_outdated(&self) -> Result<bool> {
        Ok(!self.papers.is_read_only() && self.index_differs()?)
    }

    fn index_differs(&self) -> Result<bool> {
        let index = &self.snapshot.index;
        Ok(index_revision(&self.papers, &self.state)? != index.revision() || !index.is_at(&index_file(&self.dir)))
    }

    /// Reads the index into memory, so that the first search does not wait for the disk, and verifies its checksums. The file of a damaged
    /// index is removed and `is_outdated` returns true then; the snapshot keeps using what was mapped. Takes as long as the disk.
    pub fn check_index(&self) -> Result<()> {
        let index = &self.snapshot.index;
        index.prefault();
        if !index.verify() && index.is_at(&index_file(&self.dir)) && !self.is_read_only() {
            remove_if_present(&index_file(&self.dir))?;
        }
        Ok(())
    }

    /// Reads what changed and updates the index where it is outdated: tens of seconds for millions of papers, so call it on a background
    /// thread. False when the index is outdated still: the build was cancelled, or papers were imported meanwhile.
    ///
    /// `progress` is called now and then with how many papers were read, of how many; its Break cancels the build and keeps the old index.
    pub fn bring_up_to_date(&mut self, progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>) -> Result<bool> {
        self.index_papers(progress)?;
        Ok(!self.is_outdated()?)
    }

    /// The same with progress. False when `progress` cancelled the build; the present index stays in use.
    fn index_papers(&mut self, progress: &mut BuildProgress<'_>) -> Result<bool> {
        self.refresh()?;
        if !self.is_outdated()? {
            return Ok(true);
        }
        let known = Some(&*self.snapshot.index);
        let synced = sync_index(&self.dir, known, &self.papers, &self.state, progress)?;
        let Some((index, _)) = synced else { return Ok(false) };
        self.retake_snapshot(Some(Arc::new(index)))?;
        Ok(true)
    }

    /// Takes a new snapshot: with a new index where one is given, and with what was written to user.db since.
    fn retake_snapshot(&mut self, index: Option<Arc<SegmentedIndex>>) -> Result<()> {
        let columns = match &index {
            None => {
                let mut columns = self.snapshot.columns.clone();
                let source = self.state_source(&self.snapshot.index);
                match columns.catch_up(source)? {
                    Some(_) => columns,
                    // Whoever changed so much has written the file.
                    None => read_columns(&self.dir, &self.snapshot.index, &self.papers, &self.user)?,
                }
            }
            Some(index) => match self.moved_columns(index)? {
                Some(columns) => columns,
                None => read_columns(&self.dir, index, &self.papers, &self.user)?,
            },
        };
        let index = index.unwrap_or_else(|| Arc::clone(&self.snapshot.index));
        self.snapshot = Arc::new(Snapshot::new(index, columns, &self.state));
        Ok(())
    }

    /// The present columns beside a new index, where few papers differ. They are written for the next start where its whole segment is another,
    /// which the file would not be used beside. None where many differ.
    fn moved_columns(&self, index: &SegmentedIndex) -> Result<Option<StateColumns>> {
        let (old, columns) = (&self.snapshot.index, &self.snapshot.columns);
        let changed = self.papers.changes_since(old.papers_revision(), old.highest_row(), MOST_MOVED)?;
        let (Some(rows), source) = (changed, self.state_source(index)) else { return Ok(None) };
        let mut moved = columns.moved(&FormerPapers::of(old), source, &rows)?;
        if moved.catch_up(source)?.is_none() {
            return Ok(None);
        }
        let is_beside = old.whole().checksum() == index.whole().checksum();
        // Where there was a file, there are many states, perhaps of papers that the index does not have.
        let is_worth_it =
            moved.states.touched_count() >= state_file::WORTH_STORING || STATE_FILE.path(&self.dir).exists();
        if !is_beside && is_worth_it && !self.is_read_only() {
            drop(state_file::write(&self.dir, index, &moved));
        }
        Ok(Some(moved))
    }

    fn state_source<'a>(&'a self, index: &'a SegmentedIndex) -> StateSource<'a> {
        StateSource { index, papers: &self.papers, user: &self.user }
    }

    /// The reading state of a paper.
    fn reading(&self, key: &PaperKey) -> Result<Reading> {
        reading_of(&self.snapshot, &self.user, key)
    }

    /// Whether this library wrote reading states since the last call. They are on the disk, in the log of `user.db`; `checkpoint`, once
    /// nothing else is to be done, brings them into the file itself.
    pub fn take_written(&mut self) -> bool {
        self.user.take_written()
    }

    /// Makes the backup of the day where the library has been open since an earlier day. It takes as long as copying `user.db`, so call it
    /// when nothing else is to be done.
    pub fn back_up_daily(&mut self) -> Result<()> {
        self.user.back_up_daily()
    }

    /// Makes `user.db` alone, without its log, hold every change. False when it does not yet, because another process reads or writes at
    /// this moment.
    pub fn checkpoint(&mut self) -> Result<bool> {
        self.user.checkpoint()
    }

    /// That another program put another `user.db` or `papers.db`, or other contents, in the place of those that were open. `refresh` or a
    /// change opened them and told it here; it is told once.
    pub fn take_replacement(&mut self) -> Option<Error> {
        self.user.take_replacement().or_else(|| self.replacement.take())
    }

    /// The folder of the library.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether the folder cannot be written: everything can be read, nothing can be changed.
    pub fn is_read_only(&self) -> bool {
        self.user.is_read_only()
    }

    /// Why nothing can be changed; None when it can.
    pub fn read_only_reason(&self) -> Option<String> {
        Some(format!("read-only, nothing can be changed: {}", self.user.refusal()?))
    }

    /// Whether there is a `user.db`: not where one was missing that cannot be made.
    pub fn has_user_file(&self) -> bool {
        !(self.user.is_new() && self.is_read_only())
    }

    /// What does not work and does not stop the program, one line each: a missing file, a log that was not used, an index without a
    /// file, a backup that failed.
    pub fn warnings(&self) -> Vec<Clean> {
        // A library that could not even be made has nothing that could be missing.
        let missing = match (self.user.is_new() && !self.is_new, self.snapshot.index.is_empty()) {
            (true, false) => Some(no_user_file(&self.dir)),
            (true, true) => self.user.refusal().map(|why| format!("nothing can be stored: {why}")),
            (false, _) => None,
        };
        let why = self.snapshot.index.why_in_memory();
        let index = why.map(|why| format!("every start builds the index in memory: {why}"));
        self.found_wrong
            .iter()
            .cloned()
            .chain(missing)
            .chain(index)
            .chain(self.user.backup_failure())
            .map(Clean::from)
            .collect()
    }

    /// Whether the library had no papers before it was opened.
    pub fn is_new(&self) -> bool {
        self.is_new
    }
}

/// The reading states beside an index: from their file and what was changed since, else all of user.db. Where that took long, the file is
/// written for the next start.
fn read_columns(dir: &Path, index: &SegmentedIndex, papers: &PaperStore, user: &UserStore) -> Result<StateColumns> {
    let source = StateSource { index, papers, user };
    let (columns, read) = match state_file::read(dir, source)? {
        Some(stored) => stored,
        None => source.read_all_counted()?,
    };
    if read >= state_file::WORTH_STORING {
        // Without it the next start takes longer, and that is all.
        drop(state_file::write(dir, index, &columns));
    }
    Ok(columns)
}

/// The reading state of a paper, combined from all the keys that it has state under.
fn reading_of(snapshot: &Snapshot, user: &UserStore, key: &PaperKey) -> Result<Reading> {
    if snapshot.find(key).is_some_and(|doc| snapshot.columns.states.is_untouched(doc)) {
        return Ok(Reading::default());
    }
    states::combined(user, snapshot.state_keys(key).iter().map(PaperKey::as_str))
}

/// Whether there are no papers, but changes that the user made to some.
fn lacks_papers(papers: &PaperStore, user: &UserStore) -> Result<bool> {
    Ok(papers.count()? == 0 && user.has_history()?)
}

/// What is said then: they were lost, or are elsewhere.
fn no_papers_file(dir: &Path) -> String {
    let path = dir.join("papers.db");
    format!(
        "{} was missing or empty: what you did with its papers is in user.db, and shows again once they are imported again; then `tsundoku \
         doctor --restore-history` brings votes and places in digests back; if you have the file elsewhere, quit and put it there",
        path.display()
    )
}

/// What is said where there are papers and nothing that the user did with them: it was lost, or is elsewhere.
fn no_user_file(dir: &Path) -> String {
    let path = dir.join("user.db");
    format!(
        "{} was missing or empty, and there is no backup of it: no paper has a status, star, tag or note; if you have the file \
         elsewhere, quit and put it there",
        path.display()
    )
}

/// Folder of everything that is derived.
const INDEX: &str = "index";

fn index_file(dir: &Path) -> PathBuf {
    dir.join(INDEX).join("words.idx")
}

/// Opens the index in a folder, for these papers and reading states.
type OpenIndex = fn(&Path, &PaperStore, &UserState) -> Result<Arc<SegmentedIndex>>;

/// Removes what killed processes left in the folder of a library; what they left of `user.db` and its backups the store removes.
fn remove_abandoned_files(dir: &Path) {
    let folder = dir.join(INDEX);
    remove_abandoned_builds(&folder, &fulltext_build::full_text_folder(dir));
    for file in [&STATE_FILE, &NOTE_FILE] {
        temporary::remove_abandoned(&folder, file.temporary);
    }
    temporary::remove_abandoned(dir, measure::TEMPORARY);
}

/// Removes a file; a missing file is no error.
fn remove_if_present(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).at("remove", path),
        _ => Ok(()),
    }
}

/// Creates a folder of what is derived, which only its owner can read. The folder of the library is not made: where that was moved away,
/// a new one in its place would be in the way when it comes back.
fn create_private_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let parent = folder.parent().filter(|parent| parent.ends_with(INDEX));
    for folder in parent.into_iter().chain([folder]) {
        match builder.create(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists || !folder.is_dir() => {
                return Err(error).at("make the folder", folder);
            }
            _ => {}
        }
    }
    Ok(())
}

/// The clock, read only here in this layer. One that is set to no time that can be written as a date counts as the epoch.
fn now() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Unix milliseconds.
pub(crate) fn now_milliseconds() -> i64 {
    now().as_millisecond()
}

/// Unix seconds.
pub(crate) fn now_seconds() -> i64 {
    now().as_second()
}

/// Today in the system's time zone.
pub fn today() -> Date {
    now().to_zoned(TimeZone::system()).date()
}

/// The name of this machine in the journal.
fn device_name() -> String {
    let name = std::env::var("HOSTNAME").ok().or_else(|| fs::read_to_string("/etc/hostname").ok());
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "this-machine".to_owned())
}
