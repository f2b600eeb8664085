//! The file of the state columns: `index/states.bin`, derived from user.db, so that a start need not read every reading state there is. It is
//! used only beside the whole segment it was written for: which papers changed in the recent one is told by papers.db, and which states by the
//! journal, so that neither a small import nor a change of states writes it. Losing it costs a pass over user.db.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::state_aliases::StateAliases;
use super::states::{MOST_MOVED, StateColumns, StateSource};
use super::{INDEX, create_private_folder};
use crate::error::{IoContext, Result};
use crate::index::{DocId, FormerPapers, ReadingStates, SegmentedIndex};
use crate::store::JournalPosition;
use crate::temporary;

/// The last byte is the version; files of another version are ignored.
const MAGIC: [u8; 8] = *b"tsstate\x02";
/// With fewer papers that have a state, user.db is read as fast as the file.
pub(super) const WORTH_STORING: usize = 1000;

/// Begins the name of the file while it is written.
pub(super) const TEMPORARY: &str = "states.bin.tmp-";

pub(super) fn state_file(dir: &Path) -> PathBuf {
    dir.join(INDEX).join("states.bin")
}

/// Columns that were written, and which papers they are of.
struct StoredColumns {
    columns: StateColumns,
    /// None where the papers are those of the index.
    former: Option<FormerPapers>,
    /// The revision of papers.db that the papers are of, and the highest row id at that time.
    papers_revision: i64,
    highest_row: i64,
}

/// Looking up the keys of a paper that is in the index since the file was written takes as long as reading the states of so many.
const STATES_PER_MOVED_PAPER: usize = 5;

/// The columns that were written beside the whole segment of this index, brought up to date, and how many states that took. None when there are
/// none, the file is damaged, or too much changed since.
pub(super) fn read(dir: &Path, source: StateSource<'_>) -> Result<Option<(StateColumns, usize)>> {
    let Some(StoredColumns { mut columns, former, papers_revision, highest_row }) = stored(dir, source.index) else {
        return Ok(None);
    };
    let mut read = 0;
    if let Some(former) = former {
        // Beside an older index the changes since its revision are needed.
        if papers_revision > source.index.papers_revision() {
            return Ok(None);
        }
        let Some(rows) = source.papers.changes_since(papers_revision, highest_row, MOST_MOVED)? else {
            return Ok(None);
        };
        columns = columns.moved(&former, source, &rows)?;
        read = rows.len() * STATES_PER_MOVED_PAPER;
    }
    Ok(columns.catch_up(source)?.map(|changed| (columns, read + changed)))
}

fn stored(dir: &Path, index: &SegmentedIndex) -> Option<StoredColumns> {
    let path = state_file(dir);
    // Opening a pipe would wait for somebody to write into it.
    if !fs::metadata(&path).ok()?.is_file() {
        return None;
    }
    decode(&fs::read(path).ok()?, index)
}

/// Whether there is something in the place of the file that is no sound file of this version, whichever index it was written for.
pub(super) fn is_damaged(dir: &Path) -> bool {
    let path = state_file(dir);
    let Ok(found) = fs::metadata(&path) else { return false };
    let is_sound = |file: &[u8]| {
        let (magic, rest) = file.split_first_chunk::<8>()?;
        let (checksum, rest) = rest.split_first_chunk::<8>()?;
        Some(*magic == MAGIC && xxh3_64(rest) == u64::from_le_bytes(*checksum))
    };
    !found.is_file() || fs::read(path).is_ok_and(|file| is_sound(&file) != Some(true))
}

/// Removes the file, or an empty folder in its place.
///
/// # Errors
/// System, when it is still there.
pub(super) fn remove(dir: &Path) -> Result<()> {
    let path = state_file(dir);
    match fs::symlink_metadata(&path) {
        Err(_) => Ok(()),
        Ok(found) if found.is_dir() => fs::remove_dir(&path).at("remove", &path),
        Ok(_) => fs::remove_file(&path).at("remove", &path),
    }
}

/// Writes the columns for later starts. An error when the folder cannot be written.
pub(super) fn write(dir: &Path, index: &SegmentedIndex, columns: &StateColumns) -> Result<()> {
    let path = state_file(dir);
    let folder = dir.join(INDEX);
    create_private_folder(&folder)?;
    let mut file = temporary::file(&folder, TEMPORARY).at("write", &path)?;
    file.write_all(&encode(index, columns)).at("write", &path)?;
    file.persist(&path).map_err(|failed| failed.error).at("write", &path)?;
    Ok(())
}

/// Magic 8, checksum of the rest 8, checksums of the index 16, revision of papers.db 8, highest row id 8, last batch 8 and its checksum 8, the
/// papers beside the whole segment, the columns, the number of former keys 4, and of each the document id 4, its length 4 and the key; in bytes.
fn encode(index: &SegmentedIndex, columns: &StateColumns) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    let mut rest = Vec::with_capacity(index.len() + 4096);
    index.checksums().iter().for_each(|checksum| rest.extend(checksum.to_le_bytes()));
    rest.extend(index.papers_revision().to_le_bytes());
    rest.extend(index.highest_row().to_le_bytes());
    rest.extend(columns.position.batch.to_le_bytes());
    rest.extend(columns.position.checksum.to_le_bytes());
    FormerPapers::of(index).write(&mut rest);
    columns.states.write(&mut rest);
    rest.extend(number(columns.aliases.pairs().len()));
    for (doc, key) in columns.aliases.pairs() {
        rest.extend(doc.to_le_bytes());
        rest.extend(number(key.len()));
        rest.extend(key.as_bytes());
    }
    let mut file = Vec::with_capacity(rest.len() + 16);
    file.extend(MAGIC);
    file.extend(xxh3_64(&rest).to_le_bytes());
    file.extend(rest);
    file
}

fn decode(file: &[u8], index: &SegmentedIndex) -> Option<StoredColumns> {
    let (magic, file) = file.split_first_chunk::<8>()?;
    let (checksum, mut rest) = file.split_first_chunk::<8>()?;
    if *magic != MAGIC || xxh3_64(rest) != u64::from_le_bytes(*checksum) {
        return None;
    }
    let checksums = [u64::from_le_bytes(take(&mut rest)?), u64::from_le_bytes(take(&mut rest)?)];
    let [of_whole, _] = index.checksums();
    if checksums[0] != of_whole {
        return None;
    }
    let papers_revision = i64::from_le_bytes(take(&mut rest)?);
    let highest_row = i64::from_le_bytes(take(&mut rest)?);
    let batch = i64::from_le_bytes(take(&mut rest)?);
    let position = JournalPosition { batch, checksum: u64::from_le_bytes(take(&mut rest)?) };
    let former = FormerPapers::read(&mut rest, index)?;
    let states = Arc::new(ReadingStates::read(&mut rest, former.len())?);
    let mut pairs: Vec<(DocId, String)> = Vec::new();
    for _ in 0..u32::from_le_bytes(take(&mut rest)?) {
        let doc = u32::from_le_bytes(take(&mut rest)?);
        let length = usize::try_from(u32::from_le_bytes(take(&mut rest)?)).ok()?;
        let key = rest.split_off(..length)?;
        pairs.push((doc, std::str::from_utf8(key).ok()?.to_owned()));
    }
    let columns = StateColumns { states, aliases: Arc::new(StateAliases::of(pairs)), position };
    let former = Some(former).filter(|_| checksums != index.checksums());
    rest.is_empty().then_some(StoredColumns { columns, former, papers_revision, highest_row })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}
