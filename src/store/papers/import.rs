//! One import: papers come in one by one, are recognised or new, and all of it is kept or none. It decides which record is which
//! paper; how two copies become one is `merge`.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::abstracts::Press;
use super::merge::{is_same, merge};
use super::{PaperStore, Stored, alias, digest, load, row, row_of, titled};
use crate::domain::fold::fold;
use crate::domain::identity::PaperKey;
use crate::domain::paper::{Digest, Paper, Sighting, family_name};
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
    changed: bool,
    /// Records since the last commit, and how many at most.
    pending: usize,
    commit_every: usize,
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
            changed: false,
            pending: 0,
            commit_every: usize::MAX,
            failed: false,
        })
    }

    /// Commits by itself after so many records. A transaction of a whole archive would need its size twice.
    #[must_use]
    pub fn commit_every(mut self, records: usize) -> Self {
        self.commit_every = records.max(1);
        self
    }

    /// Takes one record in; `now` is unix seconds. An error of kind Data concerns this record alone; after any other the import is over
    /// and what was not committed is gone.
    pub fn add(&mut self, paper: &Paper, now: i64) -> Result<Added> {
        let paper = row::tidy(paper)?;
        let record = Record::new(paper)?;
        self.usable()?;
        let added = self.start().and_then(|()| self.place(&record, now));
        let added = added.map_err(|error| self.give_up(&error))?;
        self.pending += 1;
        if self.pending >= self.commit_every {
            self.commit()?;
        }
        Ok(added)
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
    fn start(&self) -> rusqlite::Result<()> {
        if self.connection().is_autocommit() { self.connection().execute_batch("BEGIN IMMEDIATE") } else { Ok(()) }
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
        }
        connection.execute_batch("COMMIT")?;
        self.papers = 0;
        self.seen.clear();
        self.changed = false;
        self.pending = 0;
        Ok(())
    }

    fn place(&mut self, record: &Record, now: i64) -> rusqlite::Result<Added> {
        match self.recognise(record)? {
            Some((known, absorbed)) => self.join(&known, absorbed, record, now),
            None => self.enter(record, now),
        }
    }

    /// Which paper of the library the record is: by arXiv id, by DOI, by title. With it the key of a second row that proved to be the
    /// same paper and was merged into it.
    fn recognise(&mut self, record: &Record) -> rusqlite::Result<Option<(Stored, Option<PaperKey>)>> {
        let paper = &record.paper;
        let by_key = |key: PaperKey| match row_of(self.connection(), &key)? {
            Some(row) => load(self.connection(), &self.store.abstracts, row),
            None => Ok(None),
        };
        let by_arxiv = paper.arxiv.as_ref().map(PaperKey::arxiv).map(by_key).transpose()?.flatten();
        let by_doi = paper.doi.as_ref().map(PaperKey::doi).map(by_key).transpose()?.flatten();
        let by_doi = by_doi
            .filter(|known| known.paper.arxiv.is_none() || paper.arxiv.is_none() || known.paper.arxiv == paper.arxiv);
        match (by_arxiv, by_doi) {
            (Some(known), Some(other)) if other.row != known.row => {
                let key = other.key.clone();
                Ok(self.absorb(&known, &other)?.map(|known| (known, Some(key))))
            }
            (Some(known), _) | (None, Some(known)) => Ok(Some((known, None))),
            (None, None) => Ok(self.recognise_title(record)?.map(|known| (known, None))),
        }
    }

    fn recognise_title(&self, record: &Record) -> rusqlite::Result<Option<Stored>> {
        let connection = self.connection();
        let by_row = |row: i64| load(connection, &self.store.abstracts, row);
        let mut same = Vec::new();
        for candidate in titled(connection, record.title_hash)? {
            // With its abstract, which may have to tell.
            let Some(candidate) = by_row(candidate.row)? else { continue };
            if is_same(&candidate.paper, &record.paper) {
                same.push(candidate);
            }
        }
        // A paper that has another title now is still known by this one.
        if let Some(known) = alias(connection, &PaperKey::title(&record.folded))?.map(by_row).transpose()?.flatten() {
            let mut then = known.paper.clone();
            then.title = record.paper.title.clone();
            let listed = same.iter().any(|other| other.row == known.row);
            if !listed && is_same(&then, &record.paper) {
                same.push(known);
            }
        }
        // Several papers of this title: only the key decides, never a guess.
        let own = same.iter().position(|known| known.key == record.key);
        match (own, same.len()) {
            (Some(own), _) => Ok(Some(same.swap_remove(own))),
            (None, 1) => Ok(same.pop()),
            _ => Ok(None),
        }
    }

    fn enter(&mut self, record: &Record, now: i64) -> rusqlite::Result<Added> {
        let connection = self.connection();
        let key = free_key(connection, record)?;
        let row = row::insert(connection, &record.paper, &key, record.title_hash, now)?;
        self.papers += 1;
        self.changed = true;
        self.write_summary(row, &record.paper)?;
        if let Some(doi) = record.paper.doi.as_ref().map(PaperKey::doi).filter(|doi| *doi != key) {
            self.know_also(row, &doi)?;
        }
        for sighting in &record.paper.sightings {
            self.see(row, None, sighting, now)?;
        }
        Ok(Added { row, key, outcome: Outcome::New, joined: None })
    }

    fn join(
        &mut self,
        known: &Stored,
        absorbed: Option<PaperKey>,
        record: &Record,
        now: i64,
    ) -> rusqlite::Result<Added> {
        let merged = merge(&known.paper, &record.paper);
        let key = self.key_of(known, &merged)?;
        let rekeyed = key != known.key;
        let mut changed = absorbed.is_some() || rekeyed;
        if rekeyed || !same_row(&known.paper, &merged) {
            let folded = merged.title_key();
            row::update(self.connection(), &merged, &key, row::title_hash(&folded), known.row)?;
            changed = true;
        }
        if merged.summary != known.paper.summary {
            self.write_summary(known.row, &merged)?;
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
        if let Some(doi) = merged.doi.as_ref().map(PaperKey::doi).filter(|doi| *doi != key && *doi != record.key) {
            changed |= self.know_also(known.row, &doi)?;
        }
        changed |= learned;
        self.changed |= changed;
        let joined = absorbed.or_else(|| (rekeyed || learned).then(|| known.key.clone()));
        let outcome = if changed { Outcome::Updated } else { Outcome::Unchanged };
        Ok(Added { row: known.row, key, outcome, joined })
    }

    /// The key of a paper after a merge: a better one when it got an id or another title, unless that one is taken.
    fn key_of(&self, known: &Stored, merged: &Paper) -> rusqlite::Result<PaperKey> {
        let best = merged.key();
        let only_title = merged.arxiv.is_none() && merged.doi.is_none();
        // A second paper of its title keeps the longer key it was given.
        if best == known.key || only_title && known.paper.title_key() == merged.title_key() {
            return Ok(known.key.clone());
        }
        let owner = row_of(self.connection(), &best)?;
        Ok(if owner.is_none_or(|owner| owner == known.row) { best } else { known.key.clone() })
    }

    /// Two rows proved to be one paper: an arXiv paper and a paper known by a DOI. Everything of the second goes to the first.
    fn absorb(&mut self, known: &Stored, other: &Stored) -> rusqlite::Result<Option<Stored>> {
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
        self.write_summary(known.row, &merged)?;
        self.know_also(known.row, &other.key)?;
        load(self.connection(), &self.store.abstracts, known.row)
    }

    fn write_summary(&mut self, row: i64, paper: &Paper) -> rusqlite::Result<()> {
        match &paper.summary {
            Some(summary) => {
                self.press.write(&self.store.opened.connection, row, &summary.source, summary.markup.name())
            }
            None => Ok(()),
        }
    }

    /// Remembers a key for a paper, unless it is another paper's. True when it is news.
    fn know_also(&self, row: i64, key: &PaperKey) -> rusqlite::Result<bool> {
        let connection = self.connection();
        let insert = "INSERT OR IGNORE INTO alias (key, paper)
                      SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM paper WHERE key = ?1)";
        Ok(connection.prepare_cached(insert)?.execute(params![key.as_str(), row])? > 0)
    }

    /// Writes where a paper was seen, and the vote count when it is another one. True when anything is news.
    fn see(&mut self, row: i64, before: Option<&Sighting>, now_seen: &Sighting, now: i64) -> rusqlite::Result<bool> {
        let (digest, news) = self.digest_row(&now_seen.digest)?;
        let Sighting { rank, votes, .. } = now_seen;
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

/// A record with what identifies it, worked out once.
struct Record {
    paper: Paper,
    key: PaperKey,
    folded: String,
    title_hash: i64,
}

impl Record {
    fn new(paper: Paper) -> Result<Self> {
        let folded = paper.title_key();
        let key = match (&paper.arxiv, &paper.doi) {
            (Some(id), _) => PaperKey::arxiv(id),
            (None, Some(doi)) => PaperKey::doi(doi),
            (None, None) if folded.is_empty() => return Err(Error::data("a record without an id and without a title")),
            (None, None) => PaperKey::title(&folded),
        };
        let title_hash = row::title_hash(&folded);
        Ok(Self { paper, key, folded, title_hash })
    }
}

/// The record's own key; for a second paper of its title the title with the first author's family name, the year, a number.
fn free_key(connection: &Connection, record: &Record) -> rusqlite::Result<PaperKey> {
    let Record { paper, key, folded, .. } = record;
    if paper.arxiv.is_some() || row_of(connection, key)?.is_none() {
        return Ok(key.clone());
    }
    let letters = |text: &str| fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let family = paper.authors.first().map(|name| letters(family_name(name))).unwrap_or_default();
    let year = paper.published.map(|date| date.year().to_string()).unwrap_or_default();
    let longer = [format!("{folded}{family}"), format!("{folded}{family}{year}")].into_iter();
    for longer in longer.chain((2..).map(|number: u32| format!("{folded}{family}{year}{number}"))) {
        let key = PaperKey::title(&longer);
        if row_of(connection, &key)?.is_none() {
            return Ok(key);
        }
    }
    Ok(key.clone())
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
