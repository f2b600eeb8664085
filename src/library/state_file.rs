//! The file of the state columns: `index/states.bin`, derived from user.db, so that a start need not read every reading state there is. It is
//! used only beside the whole segment it was written for: which papers changed in the recent one is told by papers.db, and which states by the
//! journal, so that neither a small import nor a change of states writes it. Losing it costs a pass over user.db.

use std::path::Path;
use std::sync::Arc;

use super::derived_file::{DerivedFile, take, take_number};
use super::state_aliases::StateAliases;
use super::states::{MOST_MOVED, StateColumns, StateSource};
use crate::error::Result;
use crate::index::{DocId, FormerPapers, ReadingStates, SegmentedIndex};
use crate::store::JournalPosition;

pub(super) const STATE_FILE: DerivedFile =
    DerivedFile { name: "states.bin", magic: *b"tsstate\x02", temporary: "states.bin.tmp-" };
/// With fewer papers that have a state, user.db is read as fast as the file.
pub(super) const WORTH_STORING: usize = 1000;

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
    let Some(StoredColumns { mut columns, former, papers_revision, highest_row }) =
        STATE_FILE.read(dir, |file| decode(file, source.index))
    else {
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

/// Writes the columns for later starts. An error when the folder cannot be written.
pub(super) fn write(dir: &Path, index: &SegmentedIndex, columns: &StateColumns) -> Result<()> {
    STATE_FILE.write(dir, &encode(index, columns))
}

/// Checksums of the index 16, revision of papers.db 8, highest row id 8, last batch 8 and its checksum 8, the papers beside the whole segment,
/// the columns, the number of former keys 4, and of each the document id 4, its length 4 and the key; in bytes.
fn encode(index: &SegmentedIndex, columns: &StateColumns) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    let mut file = Vec::with_capacity(index.len() + 4096);
    index.checksums().iter().for_each(|checksum| file.extend(checksum.to_le_bytes()));
    file.extend(index.papers_revision().to_le_bytes());
    file.extend(index.highest_row().to_le_bytes());
    file.extend(columns.position.batch.to_le_bytes());
    file.extend(columns.position.checksum.to_le_bytes());
    FormerPapers::of(index).write(&mut file);
    columns.states.write(&mut file);
    file.extend(number(columns.aliases.pairs().len()));
    for (doc, key) in columns.aliases.pairs() {
        file.extend(doc.to_le_bytes());
        file.extend(number(key.len()));
        file.extend(key.as_bytes());
    }
    file
}

fn decode(mut rest: &[u8], index: &SegmentedIndex) -> Option<StoredColumns> {
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
    for _ in 0..take_number(&mut rest)? {
        let doc = u32::from_le_bytes(take(&mut rest)?);
        let length = take_number(&mut rest)?;
        let key = rest.split_off(..length)?;
        pairs.push((doc, std::str::from_utf8(key).ok()?.to_owned()));
    }
    let columns = StateColumns { states, aliases: Arc::new(StateAliases::of(pairs)), position };
    let former = Some(former).filter(|_| checksums != index.checksums());
    rest.is_empty().then_some(StoredColumns { columns, former, papers_revision, highest_row })
}
