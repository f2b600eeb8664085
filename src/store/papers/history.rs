//! What `papers.db` holds that no import of papers gives again: places in digests, vote counts over time, former versions, and the ledger. It is
//! copied to a file of its own, and added from there to a `papers.db` that was made anew, as far as the papers are there again.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::import::{Import, ImportOutcome};
use super::ledger::{self, LedgerDay};
use super::merge::PaperCopy;
use super::provenance;
use super::ready::ReadyRecord;
use super::store::{PaperStore, digest, load_known, row_of};
use crate::domain::identity::PaperKey;
use crate::domain::paper::Sighting;
use crate::domain::record::Record;
use crate::domain::record_source::RecordSource;
use crate::error::{Error, IoContext, Result};
use crate::store::{backup, folder};

/// The tables of a copy: rows are known by keys and names, for their numbers are others in another file.
const COPY: &str = "
    CREATE TABLE history.sighting AS
        SELECT paper.key AS paper, digest.name, digest.source, digest.label, digest.day, sighting.rank, sighting.votes
        FROM main.sighting JOIN main.paper ON paper.id = sighting.paper JOIN main.digest ON digest.id = sighting.digest
        WHERE digest.source NOT IN ('json', 'starter')
        ORDER BY sighting.digest, sighting.rank;
    CREATE TABLE history.vote AS
        SELECT paper.key AS paper, digest.name, vote.at, vote.votes
        FROM main.vote JOIN main.paper ON paper.id = vote.paper JOIN main.digest ON digest.id = vote.digest ORDER BY vote.id;
    CREATE TABLE history.ledger AS SELECT * FROM main.ledger;
    CREATE TABLE history.version (paper TEXT, source TEXT, at INTEGER, record TEXT);";

/// What was added from a copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestoredHistory {
    /// Copies that were read, and why others were not; safe to show but for the paths.
    pub copies: usize,
    pub unreadable: Vec<String>,
    /// Places in digests, and vote counts.
    pub sightings: usize,
    pub votes: usize,
    /// Former versions of papers.
    pub versions: usize,
    /// Days of the ledger of which all papers are here.
    pub days: usize,
    /// Papers of the copies that are not here.
    pub absent: BTreeSet<PaperKey>,
}

impl PaperStore {
    /// Copies the history into an empty file.
    fn copy_history(&self, target: &Path) -> Result<()> {
        let name = target
            .to_str()
            .ok_or_else(|| Error::system(format!("cannot write {}: its name is not Unicode", target.display())))?;
        let connection = &self.database.connection;
        let copied = connection.execute("ATTACH ?1 AS history", [name]).and_then(|_| {
            let copied = connection.execute_batch("BEGIN").and_then(|()| self.fill_history());
            if copied.is_err() && !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK")?;
            }
            connection.execute_batch("DETACH history")?;
            copied
        });
        self.database.explain(copied)
    }

    fn fill_history(&self) -> rusqlite::Result<()> {
        let connection = &self.database.connection;
        connection.execute_batch(COPY)?;
        let mut insert = connection.prepare("INSERT INTO history.version VALUES (?1, ?2, ?3, ?4)")?;
        // Only papers with several copies have former versions, and these are few.
        let select = "SELECT provenance.paper FROM main.provenance JOIN main.paper ON paper.id = provenance.paper
                      WHERE paper.earliest IS NOT NULL";
        let mut select = connection.prepare(select)?;
        let rows = select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
        for row in rows {
            let Some(known) = load_known(connection, &self.abstracts, row)? else { continue };
            let Some((copies, _)) = provenance::read(connection, &self.abstracts, &known)? else { continue };
            let is_former = |copy: &PaperCopy| copy.paper.version.is_some() && copy.paper.version < known.paper.version;
            for copy in copies.into_iter().filter(is_former) {
                let record = Record { paper: copy.paper, ..Record::default() }.to_json();
                insert.execute(params![known.key.as_str(), copy.source.name(), copy.at, record])?;
            }
        }
        connection.execute_batch("COMMIT")
    }

    /// Makes the copy of the day where there is none yet. The oldest copies are removed, but not the largest, which may be from before a loss.
    ///
    /// # Errors
    /// System when it cannot be made.
    pub fn back_up_history(&mut self, today: Date) -> Result<()> {
        let folder = self.database.dir.join(backup::FOLDER);
        let target = folder.join(format!("{PREFIX}{today}.db"));
        if self.is_read_only() || target.exists() || !self.has_history()? {
            return Ok(());
        }
        folder::prepare(&folder)?;
        let _lock = folder::lock(&self.database.dir);
        let fresh = folder::temporary_file(&folder).at("write into", &folder)?;
        self.copy_history(fresh.path())?;
        let synced = folder::set_mode(fresh.path(), 0o600).and_then(|()| fs::File::open(fresh.path())?.sync_all());
        synced.at("write", fresh.path())?;
        fresh.persist(&target).map_err(|error| error.error).at("write", &target)?;
        folder::sync(&folder).at("sync", &folder)?;
        let copies = history_copies(&self.database.dir);
        let size = |path: &PathBuf| fs::metadata(path).map_or(0, |found| found.len());
        let largest = copies.iter().max_by_key(|path| size(path)).cloned();
        let surplus = copies.iter().skip(backup::DAYS_KEPT).filter(|path| Some(*path) != largest.as_ref());
        surplus.into_iter().try_for_each(|old| fs::remove_file(old).at("remove", old))
    }

    /// Whether there is anything that an import would not give again. JSON lines of our own carry their digests with them, and a ledger alone
    /// says only what is to be asked for.
    fn has_history(&self) -> Result<bool> {
        let select = "SELECT EXISTS (SELECT 1 FROM ledger) OR EXISTS (SELECT 1 FROM vote)
                    OR EXISTS (SELECT 1 FROM digest WHERE source NOT IN ('json', 'starter'))";
        self.database.explain(self.database.connection.query_row(select, [], |row| row.get(0)))
    }

    /// Adds what the copies have and this file has not, of the papers that are here, the latest first. A day of the ledger comes back where
    /// the papers of its digest are here: without them it is to be asked for again.
    pub fn restore_history(&mut self) -> Result<RestoredHistory> {
        let mut restored = RestoredHistory::default();
        for path in history_copies(&self.database.dir) {
            // A damaged copy is no reason to leave the others out.
            match CopiedHistory::read(&path) {
                Ok(copy) => self.restore_from(copy, &mut restored)?,
                Err(error) => restored.unreadable.push(format!("cannot read {}: {error}", path.display())),
            }
        }
        Ok(restored)
    }

    fn restore_from(&mut self, copy: CopiedHistory, restored: &mut RestoredHistory) -> Result<()> {
        restored.copies += 1;
        let CopiedHistory { sightings, votes, versions, days } = copy;
        // Of each digest of the copy: whether all of its papers are here.
        let mut digests: HashMap<String, bool> = HashMap::new();
        let mut import = self.import()?;
        for (key, sighting) in sightings {
            let is_whole = digests.entry(sighting.digest.id.clone()).or_insert(true);
            match import.restore_sighting(&key, &sighting)? {
                Some(is_new) => restored.sightings += usize::from(is_new),
                None => {
                    *is_whole = false;
                    restored.absent.insert(key);
                }
            }
        }
        for vote in votes {
            restored.votes += usize::from(import.restore_vote(&vote)?);
        }
        for (paper, record, at) in versions {
            if import.within(|import| row_of(import.connection(), &paper))?.is_some() {
                restored.versions += usize::from(import.put(&record, at)?.outcome == ImportOutcome::Updated);
            }
        }
        import.commit()?;
        drop(import);
        let mut known: HashMap<String, HashSet<Date>> = HashMap::new();
        for (list, day) in days {
            if !known.contains_key(&list) {
                let days = self.ledger(&list)?.iter().map(|row| row.day).collect();
                known.insert(list.clone(), days);
            }
            let is_known = known.get(&list).is_some_and(|days| days.contains(&day.day));
            let is_empty = day.list.as_ref().is_some_and(|list| list.entries == 0 && list.missing.is_empty());
            if !is_known && (is_empty || digests.get(&digest_of(&list, &day)).copied().unwrap_or_default()) {
                self.note_day(&list, &day)?;
                restored.days += 1;
            }
        }
        Ok(())
    }
}

/// The copies of a library, the latest day first.
pub fn history_copies(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join(backup::FOLDER)).into_iter().flatten().flatten();
    let is_copy = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
    let mut copies: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| is_copy(path) && path.is_file()).collect();
    copies.sort_unstable();
    copies.reverse();
    copies
}

const PREFIX: &str = "history-day-";

/// The digest of a day of a list: `hf:2025-03-12`, `arxiv:cs.LG:2025-03-12`. Other lists have none.
fn digest_of(list: &str, day: &LedgerDay) -> String {
    format!("{}:{}", list.replacen(' ', ":", 1), day.day)
}

/// What is in a copy.
struct CopiedHistory {
    sightings: Vec<(PaperKey, Sighting)>,
    votes: Vec<CopiedVote>,
    /// The key of the paper, the record, and when it was imported.
    versions: Vec<(PaperKey, ReadyRecord, i64)>,
    /// With the names of the lists.
    days: Vec<(String, LedgerDay)>,
}

impl CopiedHistory {
    fn read(path: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let copy = Connection::open_with_flags(path, flags)?;
        Ok(Self {
            sightings: sightings(&copy)?,
            votes: votes(&copy)?,
            versions: versions(&copy)?,
            days: ledger::all(&copy)?,
        })
    }
}

/// A vote count of a copy.
struct CopiedVote {
    paper: PaperKey,
    digest: String,
    at: i64,
    votes: u32,
}

impl Import<'_> {
    /// Adds a place in a digest where there is none. None when the paper is not here, else whether it is new.
    fn restore_sighting(&mut self, paper: &PaperKey, sighting: &Sighting) -> Result<Option<bool>> {
        self.within(|import| {
            let Some(row) = row_of(import.connection(), paper)? else { return Ok(None) };
            let known = "SELECT EXISTS (SELECT 1 FROM sighting JOIN digest ON digest.id = sighting.digest
                         WHERE sighting.paper = ?1 AND digest.name = ?2)";
            let mut known = import.connection().prepare_cached(known)?;
            if known.query_row(params![row, sighting.digest.id], |found| found.get(0))? {
                return Ok(Some(false));
            }
            drop(known);
            import.add_sighting(row, sighting)?;
            Ok(Some(true))
        })
    }

    /// Adds a vote count where there is none of that time. False when it is there, or the paper is not.
    fn restore_vote(&mut self, vote: &CopiedVote) -> Result<bool> {
        self.within(|import| {
            let CopiedVote { paper, digest, at, votes } = vote;
            let Some(row) = row_of(import.connection(), paper)? else { return Ok(false) };
            let find = "SELECT id FROM digest WHERE name = ?1";
            let found: Option<i64> = import.connection().query_row(find, [digest], |row| row.get(0)).optional()?;
            let Some(digest) = found else { return Ok(false) };
            let known =
                "SELECT EXISTS (SELECT 1 FROM vote WHERE paper = ?1 AND digest = ?2 AND at = ?3 AND votes = ?4)";
            let known: bool =
                import.connection().query_row(known, params![row, digest, at, votes], |found| found.get(0))?;
            if !known {
                import.add_vote((row, digest), *at, *votes)?;
                import.mark_changed(row);
            }
            Ok(!known)
        })
    }
}

fn sightings(copy: &Connection) -> rusqlite::Result<Vec<(PaperKey, Sighting)>> {
    let mut select = copy.prepare("SELECT name, source, label, day, rank, votes, paper FROM sighting")?;
    let rows = select.query_map([], |row| {
        let sighting = Sighting { digest: digest(row)?, rank: row.get(4)?, votes: row.get(5)? };
        Ok(PaperKey::from_stored(row.get_ref(6)?.as_str()?).map(|key| (key, sighting)))
    })?;
    rows.filter_map(rusqlite::Result::transpose).collect()
}

/// Former versions that can be read.
fn versions(copy: &Connection) -> rusqlite::Result<Vec<(PaperKey, ReadyRecord, i64)>> {
    let mut select = copy.prepare("SELECT paper, source, at, record FROM version")?;
    let rows = select.query_map([], |row| {
        let source = RecordSource::from_name(row.get_ref(1)?.as_str()?).unwrap_or_default();
        let paper = Record::from_json(row.get_ref(3)?.as_str()?).ok().map(|record| record.paper);
        let ready = paper.and_then(|paper| ReadyRecord::new(paper, source).ok());
        let (key, at) = (PaperKey::from_stored(row.get_ref(0)?.as_str()?), row.get(2)?);
        Ok(key.zip(ready).map(|(key, ready)| (key, ready, at)))
    })?;
    rows.filter_map(rusqlite::Result::transpose).collect()
}

fn votes(copy: &Connection) -> rusqlite::Result<Vec<CopiedVote>> {
    let mut select = copy.prepare("SELECT paper, name, at, votes FROM vote")?;
    let rows = select.query_map([], |row| {
        let (digest, at, votes) = (row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(PaperKey::from_stored(row.get_ref(0)?.as_str()?).map(|paper| CopiedVote { paper, digest, at, votes }))
    })?;
    rows.filter_map(rusqlite::Result::transpose).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::markup::Markup;
    use crate::domain::paper::{Digest, Paper};
    use crate::domain::text::Text;
    use crate::store::papers::ledger::StoredList;
    use crate::store::papers::tests::{arxiv, assert_sound, open, room};

    fn listed(number: u32, day: &str, votes: u32) -> Paper {
        let id = format!("hf:{day}");
        let digest = Digest { id, source: "hf".into(), label: day.into(), day: day.parse().ok() };
        Paper {
            arxiv: arxiv(&format!("2503.{number:05}")),
            title: Text::new(format!("Kite {number} of the Evening"), Markup::Tex),
            sightings: vec![Sighting { digest, rank: Some(number), votes: Some(votes) }],
            ..Paper::default()
        }
    }

    fn second(version: u16, day: &str) -> ReadyRecord {
        let summary = Some(Text::new(format!("We fly for the {version}. time."), Markup::Tex));
        let paper = Paper { version: Some(version), summary, ..listed(2, day, 5) };
        ReadyRecord::new(paper, RecordSource::ArxivFeed).unwrap()
    }

    fn complete(day: i8, entries: u32) -> LedgerDay {
        let list = Some(StoredList { at: 1_700_000_000, entries, ..StoredList::default() });
        LedgerDay { day: date(2025, 3, day), list, asked: 1_700_000_000, failure: None, retry: None }
    }

    #[test]
    fn history_comes_back_to_the_papers_that_are_there_again() {
        let room_before = room();
        let mut store = open(&room_before);
        let mut import = store.import().unwrap();
        import.add(&listed(1, "2025-03-12", 5), 100).unwrap();
        for version in [1, 2] {
            import.put(&second(version, "2025-03-12"), 100).unwrap();
        }
        import.add(&listed(3, "2025-03-13", 7), 100).unwrap();
        import.add(&listed(4, "2025-03-13", 7), 100).unwrap();
        import.commit().unwrap();
        drop(import);
        let mut import = store.import().unwrap();
        import.add(&listed(1, "2025-03-12", 9), 200).unwrap();
        import.commit().unwrap();
        drop(import);
        for day in [complete(12, 2), complete(13, 2), complete(15, 0)] {
            store.note_day("hf", &day).unwrap();
        }
        store.note_day("arxiv cs.LG changes", &complete(12, 9)).unwrap();
        let copies = |room: &tempfile::TempDir| room.path().join("backups");
        store.back_up_history(date(2025, 3, 20)).unwrap();
        store.back_up_history(date(2025, 3, 20)).unwrap();
        assert_eq!(history_copies(room_before.path()).len(), 1);

        // The papers are imported again from files that say nothing of digests; one does not come back.
        let room_after = room();
        let mut store = open(&room_after);
        let mut import = store.import().unwrap();
        for paper in [1, 3] {
            let paper = Paper { sightings: Vec::new(), ..listed(paper, "2025-03-12", 5) };
            import.add(&paper, 300).unwrap();
        }
        import.put(&second(2, "2025-03-12"), 300).unwrap();
        import.commit().unwrap();
        drop(import);
        std::fs::rename(copies(&room_before), copies(&room_after)).unwrap();
        let absent = BTreeSet::from([PaperKey::parse("arxiv:2503.00004").unwrap()]);
        let restored = store.restore_history().unwrap();
        assert_eq!(
            restored,
            RestoredHistory {
                copies: 1,
                sightings: 2,
                votes: 4,
                versions: 1,
                days: 2,
                absent: absent.clone(),
                ..RestoredHistory::default()
            }
        );
        let key = PaperKey::parse("arxiv:2503.00001").unwrap();
        let second = store.get(&PaperKey::parse("arxiv:2503.00002").unwrap()).unwrap().unwrap();
        let versions: Vec<_> = store.copies(second.row).unwrap().iter().map(|copy| copy.paper.version).collect();
        assert_eq!((second.paper.version, versions), (Some(2), vec![Some(2), Some(1)]));
        let votes: Vec<_> = store.vote_history(&key).unwrap().iter().map(|vote| (vote.at, vote.votes)).collect();
        assert_eq!(votes, [(100, 5), (200, 9)]);
        let seen = store.get(&key).unwrap().unwrap().paper.sightings;
        assert_eq!(seen, listed(1, "2025-03-12", 9).sightings);
        let days: Vec<_> = store.ledger("hf").unwrap().iter().map(|row| row.day.day()).collect();
        assert_eq!(days, [12, 15], "a day of which a paper is missing is asked for again");
        assert_eq!(store.ledger("arxiv cs.LG changes").unwrap(), []);
        assert_eq!(store.digests().unwrap().iter().map(|(_, papers)| *papers).collect::<Vec<_>>(), [1, 2]);
        assert_sound(&store);
        let again = RestoredHistory { copies: 1, absent, ..RestoredHistory::default() };
        assert_eq!(store.restore_history().unwrap(), again, "nothing twice");
        assert_sound(&store);
        // Of the many days to come the largest stays, and the last seven.
        for day in 1..=20 {
            store.back_up_history(date(2025, 4, day)).unwrap();
        }
        let left = history_copies(room_after.path());
        assert_eq!((left.len(), left.last().unwrap().ends_with("history-day-2025-03-20.db")), (8, true), "{left:?}");
        fs::write(left.first().unwrap(), "no database").unwrap();
        let restored = store.restore_history().unwrap();
        assert_eq!((restored.copies, restored.unreadable.len(), restored.sightings), (7, 1, 0), "{restored:?}");
    }
}
