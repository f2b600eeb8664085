//! Citation keys: which paper was given which, so that every later export writes the same, and no two papers ever get one key, whichever
//! process gives it. Their texts are made elsewhere.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use xxhash_rust::xxh3::xxh3_64;

use super::UserStore;
use super::checksums::of_citation;
use crate::domain::identity::PaperKey;
use crate::error::Result;
use crate::store::transaction::WriteTransaction;

/// Recent keys are moved when there are more than this. Each export reads those that remain.
const MOST_RECENT: i64 = 10_000;
/// Moved in one transaction, so that other processes do not wait long.
const MOVED_AT_ONCE: i64 = 500_000;

/// The recent keys as far as an export has read them. Its own are not among them: it knows which they are.
#[derive(Debug, Default)]
pub struct RecentKeys {
    /// The id of the last one that was read or written.
    last: i64,
    hashes: HashSet<i64>,
}

impl UserStore {
    /// The citation key that an earlier export gave a paper under this key.
    pub fn citation_key(&self, key: &PaperKey) -> Result<Option<String>> {
        self.database.explain(of_subject(&self.database.connection, key))
    }

    /// The citation keys that earlier exports gave, but for those of arXiv ids. None when there are more than `most`; reads no more then.
    pub fn citation_keys_but_of_arxiv(&self, most: usize) -> Result<Option<Vec<(PaperKey, String)>>> {
        let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
        let all = || {
            let select = "SELECT subject, citation_key FROM citation WHERE subject < 'arxiv:'
                UNION ALL SELECT subject, citation_key FROM citation WHERE subject >= 'arxiv;' LIMIT ?1";
            let mut select = self.database.connection.prepare_cached(select)?;
            let rows =
                select.query_map([limit], |row| Ok((PaperKey::from_stored(row.get_ref(0)?.as_str()?), row.get(1)?)))?;
            rows.collect::<rusqlite::Result<Vec<(Option<PaperKey>, String)>>>()
        };
        let found = self.database.explain(all())?;
        let is_all = found.len() <= most;
        Ok(is_all.then(|| found.into_iter().filter_map(|(key, given)| Some((key?, given))).collect()))
    }

    /// Makes the hashes of citation keys anew where they differ from the keys. Returns what was done, one line each.
    pub fn mend(&mut self) -> Result<Vec<String>> {
        let differ = hashes_differ(&self.database.connection);
        if !self.database.explain(differ)? {
            return Ok(Vec::new());
        }
        self.prepare_write()?;
        let mended = forget_hashes(&self.database.connection).and_then(|()| move_recent(&self.database.connection));
        self.note_failure(mended)?;
        self.expect_at_path()?;
        Ok(vec!["made anew what is remembered of the citation keys that were given".to_owned()])
    }

    /// Whether any paper was given this citation key, in whatever case.
    pub fn is_citation_key_given(&self, recent: &RecentKeys, citation_key: &str) -> Result<bool> {
        self.database.explain(is_given(&self.database.connection, recent, hash(citation_key)))
    }

    /// Reads the recent keys at the begin of an export.
    pub fn recent_citation_keys(&mut self) -> Result<RecentKeys> {
        if !self.is_read_only() {
            self.move_recent_citation_keys()?;
        }
        let mut recent = RecentKeys::default();
        self.database.explain(read_recent(&self.database.connection, &mut recent))?;
        Ok(recent)
    }

    /// Gives papers citation keys for all later exports. Returns the key that each has now: another process may have given it one; None
    /// when the key was given to another paper. The keys differ from each other.
    pub fn keep_citation_keys(
        &mut self,
        recent: &mut RecentKeys,
        wanted: &[(PaperKey, String)],
    ) -> Result<Vec<Option<String>>> {
        self.prepare_write()?;
        let kept = keep(&self.database.connection, recent, wanted);
        let kept = self.note_failure(kept)?;
        self.expect_at_path()?;
        Ok(kept)
    }

    #[cfg(test)]
    pub(crate) fn force_move_of_recent_citation_keys(&mut self) {
        move_recent(&self.database.connection).unwrap();
    }

    /// Moves the recent keys to the others when there are many. To be called at the end of an export.
    pub fn move_recent_citation_keys(&mut self) -> Result<()> {
        let is_due = is_move_due(&self.database.connection);
        if !self.database.explain(is_due)? {
            return Ok(());
        }
        self.prepare_write()?;
        let moved = move_recent(&self.database.connection);
        self.note_failure(moved)?;
        self.expect_at_path()
    }
}

/// Citation keys are ASCII and differ in more than case.
pub(super) fn hash(citation_key: &str) -> i64 {
    xxh3_64(citation_key.to_ascii_lowercase().as_bytes()).cast_signed()
}

fn of_subject(connection: &Connection, key: &PaperKey) -> rusqlite::Result<Option<String>> {
    let select = "SELECT citation_key FROM citation WHERE subject = ?1";
    connection.prepare_cached(select)?.query_row([key.as_str()], |row| row.get(0)).optional()
}

/// Different keys hardly ever share a hash; where they do, one is taken for given that is not.
fn is_given(connection: &Connection, recent: &RecentKeys, hash: i64) -> rusqlite::Result<bool> {
    if recent.hashes.contains(&hash) {
        return Ok(true);
    }
    connection.prepare_cached("SELECT 1 FROM given_key WHERE hash = ?1")?.exists([hash])
}

/// Reads the keys that were given since the last call.
fn read_recent(connection: &Connection, recent: &mut RecentKeys) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached("SELECT id, hash FROM recent_key WHERE id > ?1 ORDER BY id")?;
    let mut rows = select.query([recent.last])?;
    while let Some(row) = rows.next()? {
        recent.last = row.get(0)?;
        recent.hashes.insert(row.get(1)?);
    }
    Ok(())
}

fn keep(
    connection: &Connection,
    recent: &mut RecentKeys,
    wanted: &[(PaperKey, String)],
) -> rusqlite::Result<Vec<Option<String>>> {
    let write = WriteTransaction::begin(connection)?;
    read_recent(connection, recent)?;
    let mut give =
        connection.prepare_cached("INSERT INTO citation (subject, citation_key, checksum) VALUES (?1, ?2, ?3)")?;
    let mut note = connection.prepare_cached("INSERT INTO recent_key (hash) VALUES (?1)")?;
    let mut last = recent.last;
    let mut kept = Vec::with_capacity(wanted.len());
    for (key, citation_key) in wanted {
        let hash = hash(citation_key);
        kept.push(match of_subject(connection, key)? {
            Some(earlier) => Some(earlier),
            None if is_given(connection, recent, hash)? => None,
            None => {
                give.execute(params![key.as_str(), citation_key, of_citation(key.as_str(), citation_key)])?;
                last = note.insert([hash])?;
                Some(citation_key.clone())
            }
        });
    }
    write.commit()?;
    recent.last = last;
    Ok(kept)
}

/// Also where keys were given before hashes of them were kept.
fn is_move_due(connection: &Connection) -> rusqlite::Result<bool> {
    let recent: Option<i64> = connection.query_row("SELECT max(id) - min(id) FROM recent_key", [], |row| row.get(0))?;
    Ok(recent.is_some_and(|recent| recent >= MOST_RECENT) || are_hashes_missing(connection)?)
}

pub(super) fn are_hashes_missing(connection: &Connection) -> rusqlite::Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM citation)
        AND NOT EXISTS (SELECT 1 FROM given_key) AND NOT EXISTS (SELECT 1 FROM recent_key)";
    connection.query_row(select, [], |row| row.get(0))
}

/// Whether the hashes of citation keys are others than those of the keys that papers have. False where they are still to be made.
pub(super) fn hashes_differ(connection: &Connection) -> rusqlite::Result<bool> {
    if are_hashes_missing(connection)? {
        return Ok(false);
    }
    let sorted = |select: &str, read: fn(&Row<'_>) -> rusqlite::Result<i64>| {
        let mut select = connection.prepare(select)?;
        let mut hashes = select.query_map([], read)?.collect::<rusqlite::Result<Vec<i64>>>()?;
        hashes.sort_unstable();
        hashes.dedup();
        Ok::<_, rusqlite::Error>(hashes)
    };
    let given = sorted("SELECT hash FROM given_key UNION ALL SELECT hash FROM recent_key", |row| row.get(0))?;
    let of_papers = sorted("SELECT citation_key FROM citation", |row| Ok(hash(row.get_ref(0)?.as_str()?)))?;
    Ok(given != of_papers)
}

fn forget_hashes(connection: &Connection) -> rusqlite::Result<()> {
    let write = WriteTransaction::begin(connection)?;
    connection.execute_batch("DELETE FROM given_key; DELETE FROM recent_key")?;
    write.commit()
}

fn move_recent(connection: &Connection) -> rusqlite::Result<()> {
    loop {
        let write = WriteTransaction::begin(connection)?;
        if are_hashes_missing(connection)? {
            let mut note = connection.prepare_cached("INSERT INTO recent_key (hash) VALUES (?1)")?;
            let mut select = connection.prepare("SELECT citation_key FROM citation")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                note.execute([hash(row.get_ref(0)?.as_str()?)])?;
            }
        }
        let first: Option<i64> = connection.query_row("SELECT min(id) FROM recent_key", [], |row| row.get(0))?;
        let Some(end) = first.map(|first| first + MOVED_AT_ONCE) else { return write.commit() };
        let insert = "INSERT OR IGNORE INTO given_key SELECT hash FROM recent_key WHERE id < ?1 ORDER BY hash";
        connection.execute(insert, [end])?;
        connection.execute("DELETE FROM recent_key WHERE id < ?1", [end])?;
        write.commit()?;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{STEPS, USER, user_database};
    use super::*;
    use crate::store::database_file::DatabaseFile;

    const EARLIER_STEPS: &[&str] = &[STEPS[0]];
    static EARLIER: DatabaseFile = DatabaseFile { after_steps: |_| Ok(()), ..user_database(EARLIER_STEPS) };
    const DAY: jiff::civil::Date = jiff::civil::date(2025, 6, 1);

    fn pair(paper: usize, citation_key: &str) -> (PaperKey, String) {
        (PaperKey::parse(&format!("2401.{:05}", paper + 1)).unwrap(), citation_key.to_owned())
    }

    fn keep(store: &mut UserStore, paper: usize, citation_key: &str) -> Option<String> {
        let mut recent = store.recent_citation_keys().unwrap();
        store.keep_citation_keys(&mut recent, &[pair(paper, citation_key)]).unwrap().pop().unwrap()
    }

    fn count(store: &UserStore, table: &str) -> i64 {
        let select = format!("SELECT count(*) FROM {table}");
        store.database.connection.query_row(&select, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_key_is_given_to_one_paper_whoever_gives_it() {
        let room = tempfile::tempdir().unwrap();
        let [mut one, mut other] = [(); 2].map(|()| UserStore::open(room.path(), "desk").unwrap());
        let mut recent = other.recent_citation_keys().unwrap();
        assert_eq!(keep(&mut one, 1, "doe2024").as_deref(), Some("doe2024"));
        assert!(!other.is_citation_key_given(&recent, "doe2024").unwrap(), "it was given since");
        let wanted = [pair(2, "Doe2024"), pair(3, "roe2024"), pair(1, "poe2024")];
        let kept = other.keep_citation_keys(&mut recent, &wanted).unwrap();
        assert_eq!(kept, [None, Some("roe2024".to_owned()), Some("doe2024".to_owned())]);
        assert!(other.is_citation_key_given(&recent, "dOE2024").unwrap());
        assert_eq!(keep(&mut one, 4, "roe2024"), None);
        assert_eq!(keep(&mut one, 4, "poe2024").as_deref(), Some("poe2024"));
    }

    #[test]
    fn keys_stay_given_when_they_are_moved() {
        let room = tempfile::tempdir().unwrap();
        let mut store = UserStore::open(room.path(), "desk").unwrap();
        let many = usize::try_from(MOST_RECENT).unwrap() + 1;
        let all: Vec<_> = (0..many).map(|number| pair(number, &format!("doe{number}"))).collect();
        let mut recent = store.recent_citation_keys().unwrap();
        let mut early = UserStore::open(room.path(), "desk").unwrap();
        let mut early_recent = early.recent_citation_keys().unwrap();
        for part in all.chunks(1000) {
            assert!(store.keep_citation_keys(&mut recent, part).unwrap().iter().all(Option::is_some));
        }
        assert!(recent.hashes.is_empty(), "an export knows its own keys");
        store.move_recent_citation_keys().unwrap();
        assert_eq!((count(&store, "given_key"), count(&store, "recent_key")), (MOST_RECENT + 1, 0));
        assert_eq!(early.keep_citation_keys(&mut early_recent, &[pair(20_001, "doe7")]).unwrap(), [None]);
        for number in [0, many / 2, many - 1] {
            assert_eq!(keep(&mut store, 20_000 + number, &format!("DOE{number}")), None);
        }
        assert_eq!(keep(&mut store, 20_000, "doe").as_deref(), Some("doe"));
    }

    #[test]
    fn keys_of_earlier_versions_count_as_given() {
        let room = tempfile::tempdir().unwrap();
        let store = UserStore::open_on(room.path(), "desk", &EARLIER, DAY).unwrap();
        let old = "INSERT INTO citation VALUES ('arxiv:2401.00002', 'doe2024'), ('arxiv:2401.00003', 'doe2024')";
        store.database.connection.execute_batch(old).unwrap();
        drop(store);
        let mut store = UserStore::open_on(room.path(), "desk", &USER, DAY).unwrap();
        assert_eq!(keep(&mut store, 3, "doe2024"), None);
        let [first, second] = [1, 2].map(|paper| store.citation_key(&pair(paper, "").0).unwrap());
        assert_eq!((first.as_deref(), second.as_deref()), (Some("doe2024"), Some("doe2024")), "no paper loses one");
    }
}
