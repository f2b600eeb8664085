//! One import: papers come in one by one, are recognised or new, and all of it is kept or none. Which
//! record is which paper is `recognise`'s affair; how two copies become one is `merge`'s.

use std::collections::{BTreeSet, HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::abstracts::{Packed, Packer, Press};
use super::changes::{self, REMEMBERED};
use super::merge::merge;
use super::ready::Ready;
use super::recognise::{Aliased, Known, Record, free_key, key_after, recognise};
use super::{PaperStore, Stored, digest, own_row, row};
use crate::domain::identity::PaperKey;
use crate::domain::markup::Markup;
use crate::domain::paper::{Digest, Paper, Sighting};
use crate::error::{Error, Result};
use crate::store::schema::roll_back;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    New,
    /// The library knew the paper and now knows more about it.
    Updated,
    Unchanged,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    pub row: i64,
    /// The key the paper is known by now.
    pub key: PaperKey,
    pub outcome: Outcome,
    /// The key the library knew the paper by, when this record brought another one: a paper known by its title that now has an arXiv
    /// id, or a page's title that proved to be a paper of the library.
    pub joined: Option<PaperKey>,
    /// The paper's own abstract took the place of a summary by this project.
    pub replaced_summary: bool,
}

/// Dropping an import takes back everything since its last commit.
pub struct Import<'s> {
    store: &'s mut PaperStore,
    press: Press,
    /// Digests met, by id.
    digests: HashMap<String, (i64, Digest)>,
    /// Papers more, in all and by digest, since the last commit.
    papers: i64,
    seen: HashMap<i64, i64>,
    /// What is known of the aliases in this transaction.
    aliased: Aliased,
    /// Paper and digest of the sightings this import brought.
    places: HashSet<(i64, i64)>,
    changed: bool,
    /// Rows that were there at the last commit and are others now, or gone.
    touched: BTreeSet<i64>,
    /// The first row entered since the last commit: those after it are as new.
    first_new: Option<i64>,
    /// Records since the last commit, and how many at most.
    pending: usize,
    commit_every: usize,
    commit_every_at_last: usize,
    /// The database refused something and everything since the last commit is gone.
    failed: bool,
}

/// The indexes of a large library are written all over; in a small cache every page would be written many times.
const WIDE: &str = "PRAGMA cache_size = -65536";
const NARROW: &str = "PRAGMA cache_size = -8192; PRAGMA shrink_memory";

impl<'s> Import<'s> {
    pub(super) fn begin(store: &'s mut PaperStore) -> Result<Self> {
        let connection = &store.opened.connection;
        let press = connection.execute_batch(WIDE).and_then(|()| Press::new(connection));
        let press = store.opened.done(press)?;
        Ok(Self {
            store,
            press,
            digests: HashMap::new(),
            papers: 0,
            seen: HashMap::new(),
            aliased: Aliased::default(),
            places: HashSet::new(),
            changed: false,
            touched: BTreeSet::new(),
            first_new: None,
            pending: 0,
            commit_every: usize::MAX,
            commit_every_at_last: usize::MAX,
            failed: false,
        })
    }

    /// Commits by itself after so many records. A transaction of a whole archive would need its size twice.
    #[must_use]
    pub fn commit_every(self, records: usize) -> Self {
        self.commit_more_and_more(records, records)
    }

    /// The same after `first` records, then after twice as many as before until it is `last`: a commit writes the pages of the indexes
    /// that it touched, of which there are few in the beginning.
    #[must_use]
    pub fn commit_more_and_more(mut self, first: usize, last: usize) -> Self {
        (self.commit_every, self.commit_every_at_last) = (first.max(1), last.max(1));
        self
    }

    /// Takes one record in; `now` is unix seconds. An error of kind Data concerns this record alone; after any other the import is over
    /// and what was not committed is gone.
    pub fn add(&mut self, paper: &Paper, now: i64) -> Result<Added> {
        self.put(&Ready::new(paper.clone())?, now)
    }

    /// The same for a record that was made ready before. After any error the import is over.
    pub fn put(&mut self, Ready { record, packed }: &Ready, now: i64) -> Result<Added> {
        self.usable()?;
        let added = self.start().and_then(|()| self.place(record, packed.as_ref(), now));
        let added = added.map_err(|error| self.give_up(&error))?;
        self.pending += 1;
        if self.pending >= self.commit_every {
            self.commit()?;
            self.commit_every = self.commit_every.saturating_mul(2).min(self.commit_every_at_last);
        }
        Ok(added)
    }

    /// What packs the abstracts of this import ahead of `put`.
    pub fn packer(&self) -> Result<Packer> {
        self.store.opened.done(Packer::new(self.connection()))
    }

    /// Keeps everything so far. The import can go on.
    pub fn commit(&mut self) -> Result<()> {
        self.usable()?;
        self.finish().map_err(|error| self.give_up(&error))
    }

    fn usable(&self) -> Result<()> {
        if self.failed {
            return Err(
                Error::system("the import was given up and what it had not committed is not kept").hint("import again")
            );
        }
        Ok(())
    }

    fn give_up(&mut self, error: &rusqlite::Error) -> Error {
        self.failed = true;
        roll_back(self.connection());
        self.store.opened.failed(error)
    }

    fn connection(&self) -> &Connection {
        &self.store.opened.connection
    }

    /// The lock is only taken when there is something to write for, so that a long download between two records blocks nobody.
    fn start(&mut self) -> rusqlite::Result<()> {
        if self.connection().is_autocommit() {
            self.connection().execute_batch("BEGIN IMMEDIATE")?;
            self.aliased = Aliased::of(self.connection())?;
        }
        Ok(())
    }

    fn finish(&mut self) -> rusqlite::Result<()> {
        let connection = &self.store.opened.connection;
        if connection.is_autocommit() {
            return Ok(());
        }
        if self.changed {
            connection.execute("UPDATE tally SET revision = revision + 1, papers = papers + ?1", [self.papers])?;
            let mut count = connection.prepare_cached("UPDATE digest SET papers = papers + ?2 WHERE id = ?1")?;
            for (digest, more) in &self.seen {
                count.execute([digest, more])?;
            }
            changes::tell(connection, &self.touched, REMEMBERED)?;
        }
        connection.execute_batch("COMMIT")?;
        self.papers = 0;
        self.seen.clear();
        self.changed = false;
        self.touched.clear();
        self.first_new = None;
        self.pending = 0;
        Ok(())
    }

    fn place(&mut self, record: &Record, packed: Option<&Packed>, now: i64) -> rusqlite::Result<Added> {
        match recognise(self.store, record, self.aliased)? {
            None => self.enter(record, packed, now),
            Some(Known { paper, also: None }) => self.join(&paper, record, packed, now),
            Some(Known { paper, also: Some(other) }) => {
                let whole = self.absorb(paper, &other)?;
                let joined = Some(other.key);
                Ok(Added { outcome: Outcome::Updated, joined, ..self.join(&whole, record, packed, now)? })
            }
        }
    }

    fn enter(&mut self, record: &Record, packed: Option<&Packed>, now: i64) -> rusqlite::Result<Added> {
        let connection = self.connection();
        let key = free_key(connection, record)?;
        let row = row::insert(connection, &record.paper, &key, record.title_hash, now)?;
        self.papers += 1;
        self.changed = true;
        self.first_new.get_or_insert(row);
        self.write_summary(row, &record.paper, packed, true)?;
        if let Some(doi) = record.paper.doi.as_ref().map(PaperKey::doi).filter(|doi| *doi != key) {
            self.know_also(row, &doi)?;
        }
        for sighting in &record.paper.sightings {
            self.see(row, None, sighting, now)?;
        }
        Ok(Added { row, key, outcome: Outcome::New, joined: None, replaced_summary: false })
    }

    fn join(&mut self, known: &Stored, record: &Record, packed: Option<&Packed>, now: i64) -> rusqlite::Result<Added> {
        let merged = merge(&known.paper, &record.paper);
        let key = key_after(self.connection(), known, &merged)?;
        let rekeyed = key != known.key;
        let mut changed = rekeyed;
        if rekeyed || !same_row(&known.paper, &merged) {
            let folded = merged.title_key();
            row::update(self.connection(), &merged, &key, row::title_hash(&folded), known.row)?;
            changed = true;
        }
        if merged.summary != known.paper.summary {
            let packed = packed.filter(|_| merged.summary == record.paper.summary);
            self.write_summary(known.row, &merged, packed, false)?;
            changed = true;
        }
        for sighting in &merged.sightings {
            let before = known.paper.sightings.iter().find(|seen| seen.digest.id == sighting.digest.id);
            let told = record.paper.sightings.iter().find(|seen| seen.digest.id == sighting.digest.id);
            if let Some(told) = told {
                let sighting = Sighting { digest: told.digest.clone(), ..sighting.clone() };
                changed |= self.see(known.row, before, &sighting, now)?;
            }
        }
        if rekeyed {
            self.connection().prepare_cached("DELETE FROM alias WHERE key = ?1")?.execute([key.as_str()])?;
            self.know_also(known.row, &known.key)?;
        }
        let mut learned = false;
        if record.key != key {
            learned = self.know_also(known.row, &record.key)?;
        }
        for doi in [&merged.doi, &record.paper.doi].into_iter().flatten().map(PaperKey::doi) {
            if doi != key && doi != record.key {
                changed |= self.know_also(known.row, &doi)?;
            }
        }
        changed |= learned;
        if changed {
            self.changed = true;
            self.touch(known.row);
        }
        let joined = (rekeyed || learned).then(|| known.key.clone());
        let outcome = if changed { Outcome::Updated } else { Outcome::Unchanged };
        let is_summary = |paper: &Paper| paper.summary.as_ref().is_some_and(|text| text.markup == Markup::Summary);
        let replaced_summary = is_summary(&known.paper) && !is_summary(&merged);
        Ok(Added { row: known.row, key, outcome, joined, replaced_summary })
    }

    /// Two rows proved to be one paper: an arXiv paper and a paper known by a DOI. Everything of the second goes to the first.
    fn absorb(&mut self, known: Stored, other: &Stored) -> rusqlite::Result<Stored> {
        let connection = self.connection();
        let both =
            "SELECT digest FROM sighting WHERE paper = ?1 AND digest IN (SELECT digest FROM sighting WHERE paper = ?2)";
        let twice: Vec<i64> = connection
            .prepare(both)?
            .query_map([other.row, known.row], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for step in [
            "UPDATE OR IGNORE sighting SET paper = ?2 WHERE paper = ?1",
            "DELETE FROM sighting WHERE paper = ?1 AND paper <> ?2",
            "UPDATE vote SET paper = ?2 WHERE paper = ?1",
            "UPDATE alias SET paper = ?2 WHERE paper = ?1",
            "DELETE FROM abstract WHERE paper = ?1 AND paper <> ?2",
            "DELETE FROM paper WHERE id = ?1 AND id <> ?2",
        ] {
            connection.execute(step, [other.row, known.row])?;
        }
        let merged = merge(&known.paper, &other.paper);
        row::update(connection, &merged, &known.key, row::title_hash(&merged.title_key()), known.row)?;
        for digest in twice {
            *self.seen.entry(digest).or_default() -= 1;
        }
        self.papers -= 1;
        self.changed = true;
        self.touch(known.row);
        self.touch(other.row);
        self.write_summary(known.row, &merged, None, false)?;
        self.know_also(known.row, &other.key)?;
        Ok(Stored { paper: merged, ..known })
    }

    /// A row that came since the last commit is known to nobody yet, so nobody has to be told that it changed.
    fn touch(&mut self, row: i64) {
        if self.first_new.is_none_or(|first| row < first) {
            self.touched.insert(row);
        }
    }

    fn write_summary(&mut self, row: i64, paper: &Paper, packed: Option<&Packed>, new: bool) -> rusqlite::Result<()> {
        match &paper.summary {
            Some(summary) => self.press.write(&self.store.opened.connection, (row, new), summary, packed),
            None => Ok(()),
        }
    }

    /// Remembers a key for a paper, unless it is another paper's. True when it is news.
    fn know_also(&mut self, row: i64, key: &PaperKey) -> rusqlite::Result<bool> {
        let connection = &self.store.opened.connection;
        if own_row(connection, key)?.is_some() {
            return Ok(false);
        }
        let insert = "INSERT OR IGNORE INTO alias (key, paper) VALUES (?1, ?2)";
        let news = connection.prepare_cached(insert)?.execute(params![key.as_str(), row])? > 0;
        self.aliased.note(key);
        Ok(news)
    }

    /// Writes where a paper was seen, and the vote count when it is another one. True when anything is news.
    fn see(&mut self, row: i64, before: Option<&Sighting>, now_seen: &Sighting, now: i64) -> rusqlite::Result<bool> {
        let (digest, news) = self.digest_row(&now_seen.digest)?;
        let Sighting { rank, votes, .. } = now_seen;
        // The first place on a page is the one a reader saw; without this a page that lists a paper twice would never be unchanged.
        if !self.places.insert((row, digest)) {
            return Ok(news);
        }
        if before.is_some_and(|before| before.rank == *rank && before.votes == *votes) {
            return Ok(news);
        }
        let connection = &self.store.opened.connection;
        let write = "INSERT INTO sighting (paper, digest, rank, votes) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET rank = excluded.rank, votes = excluded.votes";
        connection.prepare_cached(write)?.execute(params![row, digest, rank, votes])?;
        if votes.is_some() && before.is_none_or(|before| before.votes != *votes) {
            let note = "INSERT INTO vote (paper, digest, at, votes) VALUES (?1, ?2, ?3, ?4)";
            connection.prepare_cached(note)?.execute(params![row, digest, now, votes])?;
        }
        if before.is_none() {
            *self.seen.entry(digest).or_default() += 1;
        }
        Ok(true)
    }

    /// The digest's row, written or corrected when need be, and whether it was.
    fn digest_row(&mut self, wanted: &Digest) -> rusqlite::Result<(i64, bool)> {
        if let Some((row, _)) = self.digests.get(&wanted.id).filter(|(_, known)| same_digest(known, wanted)) {
            return Ok((*row, false));
        }
        let connection = &self.store.opened.connection;
        let select = "SELECT name, source, label, day, id FROM digest WHERE name = ?1";
        let found: Option<(i64, Digest)> = connection
            .prepare_cached(select)?
            .query_row([&wanted.id], |row| Ok((row.get(4)?, digest(row)?)))
            .optional()?;
        let (row, kept, news) = match found {
            Some((row, known)) if same_digest(&known, wanted) => (row, known, false),
            Some((row, known)) => {
                let kept = corrected(&known, wanted);
                let update = "UPDATE digest SET source = ?2, label = ?3, day = ?4 WHERE id = ?1";
                connection.execute(update, params![row, kept.source, kept.label, row::packed(kept.day)])?;
                (row, kept, true)
            }
            None => {
                let insert = "INSERT INTO digest (name, source, label, day) VALUES (?1, ?2, ?3, ?4)";
                let Digest { id, source, label, day } = wanted;
                let row = connection.prepare_cached(insert)?.insert(params![id, source, label, row::packed(*day)])?;
                (row, wanted.clone(), true)
            }
        };
        self.digests.insert(wanted.id.clone(), (row, kept));
        Ok((row, news))
    }
}

impl Drop for Import<'_> {
    fn drop(&mut self) {
        roll_back(self.connection());
        self.store.abstracts.borrow_mut().forget();
        // Only memory is at stake.
        drop(self.connection().execute_batch(NARROW));
    }
}

/// Whether two papers make the same row of the paper table.
fn same_row(one: &Paper, other: &Paper) -> bool {
    let row = |paper: &Paper| Paper { summary: None, sightings: Vec::new(), ..paper.clone() };
    row(one) == row(other)
}

fn same_digest(known: &Digest, wanted: &Digest) -> bool {
    corrected(known, wanted) == *known
}

/// What the last import says about a digest; what it does not say stays.
fn corrected(known: &Digest, wanted: &Digest) -> Digest {
    let text = |new: &String, old: &String| if new.is_empty() { old.clone() } else { new.clone() };
    Digest {
        id: known.id.clone(),
        source: text(&wanted.source, &known.source),
        label: text(&wanted.label, &known.label),
        day: wanted.day.or(known.day),
    }
}
