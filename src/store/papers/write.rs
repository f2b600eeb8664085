//! Every row that an import writes, each with its checksum: papers, abstracts, aliases, sightings, vote counts, digests. What is written
//! is decided in `import`.

use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::abstracts::Packed;
use super::checksums::{Part, checksum};
use super::import::Import;
use super::merge::{PaperDamage, add_copy, combined, origin, with_sightings};
use super::row::{self, ReadChecksums, RowOrigin, StoredPaper};
use super::store::{digest, own_row};
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::paper::{Digest, Paper, Sighting};
use crate::store::values::{number, number_or_null, parameters, text};

impl Import<'_> {
    pub(super) fn set_checksum(&mut self, part: Part, row: i64, sum: i64) -> rusqlite::Result<()> {
        self.checksums.set(&self.store.database.connection, part, row, sum)
    }

    pub(super) fn damage_of(&mut self, known: &StoredPaper) -> rusqlite::Result<PaperDamage> {
        let connection = &self.store.database.connection;
        let mut differs =
            |part, read| Ok::<_, rusqlite::Error>(self.checksums.get(connection, part, known.row)? != read);
        Ok(PaperDamage {
            paper: differs(Part::Paper, known.checksums.paper)?,
            summary: differs(Part::Abstract, known.checksums.summary)?,
        })
    }

    /// Writes the row of a known paper and returns its checksum. For one that stays damaged another is stored.
    pub(super) fn update_row(
        &mut self,
        (known, origin): (&StoredPaper, RowOrigin),
        merged: &Paper,
        key: &PaperKey,
        stays_damaged: bool,
    ) -> rusqlite::Result<i64> {
        let connection = &self.store.database.connection;
        let hash = row::title_hash(&merged.title_key());
        let sum = row::update(connection, merged, (key, origin), hash, (known.row, known.added))?;
        self.set_checksum(Part::Paper, known.row, if stays_damaged { !sum } else { sum })?;
        Ok(sum)
    }

    /// Merges two rows that are one paper, an arXiv paper and a paper known by a DOI. Everything of the second moves to the first.
    pub(super) fn merge_rows(&mut self, known: StoredPaper, other: &StoredPaper) -> rusqlite::Result<StoredPaper> {
        if other.row == known.row {
            return Ok(known);
        }
        let connection = &self.store.database.connection;
        let both =
            "SELECT digest FROM sighting WHERE paper = ?1 AND digest IN (SELECT digest FROM sighting WHERE paper = ?2)";
        let twice: Vec<i64> = connection
            .prepare(both)?
            .query_map([other.row, known.row], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let damage = self.damage_of(&known)?.or(self.damage_of(other)?);
        let (mut copies, are_stored) = self.copies_of(&known)?;
        for copy in self.copies_of(other)?.0 {
            add_copy(&mut copies, copy);
        }
        self.move_rows(other.row, known.row)?;
        let sightings = with_sightings(&known.paper.sightings, &other.paper.sightings);
        let merged = Paper { sightings, ..combined(&copies) };
        let origin = origin(&copies);
        let paper = self.update_row((&known, origin), &merged, &known.key, damage.paper)?;
        self.write_copies(known.row, &merged, &copies, are_stored)?;
        for digest in twice {
            *self.seen.entry(digest).or_default() -= 1;
        }
        self.papers -= 1;
        self.changed = true;
        self.mark_changed(known.row);
        self.mark_changed(other.row);
        let summary = self.write_summary((known.row, false), &merged, None, damage.summary)?;
        self.add_alias(known.row, &other.key)?;
        let checksums = ReadChecksums { paper, summary: summary.unwrap_or(known.checksums.summary) };
        let RowOrigin { source, earliest } = origin;
        Ok(StoredPaper { paper: merged, source, earliest, checksums, ..known })
    }

    /// Moves what belongs to a paper to another, and deletes the paper.
    fn move_rows(&mut self, from: i64, to: i64) -> rusqlite::Result<()> {
        let connection = &self.store.database.connection;
        let seen: Vec<(i64, Option<u32>, Option<u32>)> = connection
            .prepare("SELECT digest, rank, votes FROM sighting WHERE paper = ?1")?
            .query_map([from], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (digest, rank, votes) in seen {
            let is_known = "SELECT EXISTS (SELECT 1 FROM sighting WHERE paper = ?1 AND digest = ?2)";
            if !connection.query_row(is_known, [to, digest], |row| row.get(0))? {
                insert_sighting(connection, (to, digest), rank, votes)?;
            }
        }
        let votes: Vec<(i64, i64, i64, i64)> = connection
            .prepare("SELECT id, digest, at, votes FROM vote WHERE paper = ?1")?
            .query_map([from], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let aliases: Vec<String> = connection
            .prepare("SELECT key FROM alias WHERE paper = ?1")?
            .query_map([from], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for key in aliases {
            let values = [text(&key), number(to)];
            let update = "UPDATE alias SET paper = ?2, checksum = ?3 WHERE key = ?1";
            connection.execute(update, params![key, to, checksum(Part::Alias, values)])?;
        }
        for table in ["sighting", "abstract", "provenance"] {
            connection.execute(&format!("DELETE FROM {table} WHERE paper = ?1"), [from])?;
        }
        connection.execute("UPDATE vote SET paper = ?2 WHERE paper = ?1", [from, to])?;
        connection.execute("DELETE FROM paper WHERE id = ?1", [from])?;
        for (id, digest, at, votes) in votes {
            let sum = vote_checksum([id, to, digest, at, votes]);
            self.set_checksum(Part::Vote, id, sum)?;
        }
        self.set_checksum(Part::Provenance, from, 0)?;
        self.set_checksum(Part::Abstract, from, 0)?;
        self.set_checksum(Part::Paper, from, 0)
    }

    /// Writes the abstract of a paper, which may be a new one, and returns its checksum; None when it has none. For one that stays damaged
    /// another checksum is stored.
    pub(super) fn write_summary(
        &mut self,
        (row, is_new): (i64, bool),
        paper: &Paper,
        packed: Option<&Packed>,
        stays_damaged: bool,
    ) -> rusqlite::Result<Option<i64>> {
        let Some(summary) = &paper.summary else { return Ok(None) };
        let target = (&self.store.database.connection, &mut self.checksums);
        let sum = self.abstracts.write(target, (row, is_new), summary, packed)?;
        self.set_checksum(Part::Abstract, row, if stays_damaged { !sum } else { sum })?;
        Ok(Some(sum))
    }

    /// Adds an alias for a paper, unless the key is another paper's. True when it is new.
    pub(super) fn add_alias(&mut self, row: i64, key: &PaperKey) -> rusqlite::Result<bool> {
        let connection = &self.store.database.connection;
        if own_row(connection, key)?.is_some() {
            return Ok(false);
        }
        let insert = "INSERT OR IGNORE INTO alias (key, paper, checksum) VALUES (?1, ?2, ?3)";
        let values = [text(key.as_str()), number(row)];
        let all = parameters(&values).chain([checksum(Part::Alias, values).into()]);
        let news = connection.prepare_cached(insert)?.execute(params_from_iter(all))? > 0;
        self.more_aliases += i64::from(news);
        self.aliased.add(key);
        Ok(news)
    }

    /// Removes the alias that a paper's own key was.
    pub(super) fn remove_alias(&mut self, key: &PaperKey) -> rusqlite::Result<()> {
        let connection = &self.store.database.connection;
        let removed = connection.prepare_cached("DELETE FROM alias WHERE key = ?1")?.execute([key.as_str()])?;
        self.more_aliases -= removed as i64;
        Ok(())
    }

    /// Writes where a paper was seen, and the vote count when it changed. True when anything is new.
    pub(super) fn write_sighting(
        &mut self,
        row: i64,
        before: Option<&Sighting>,
        now_seen: &Sighting,
        now: i64,
    ) -> rusqlite::Result<bool> {
        let (digest, news) = self.digest_row(&now_seen.digest)?;
        let Sighting { rank, votes, .. } = now_seen;
        let (mut rank, mut votes) = (rank, votes);
        // A page may list a paper twice: the first place counts, and importing the page again must change nothing. What the first does not
        // say, another file of the same day may.
        if !self.sightings.insert((row, digest)) {
            let Some(before) = before else { return Ok(news) };
            rank = if before.rank.is_some() { &before.rank } else { rank };
            votes = if before.votes.is_some() { &before.votes } else { votes };
        }
        if before.is_some_and(|before| before.rank == *rank && before.votes == *votes) {
            return Ok(news);
        }
        insert_sighting(&self.store.database.connection, (row, digest), *rank, *votes)?;
        if let Some(votes) = votes.filter(|_| before.is_none_or(|before| before.votes != *votes)) {
            self.add_vote((row, digest), now, votes)?;
        }
        if before.is_none() {
            *self.seen.entry(digest).or_default() += 1;
        }
        Ok(true)
    }

    /// Writes where a paper was seen, where that is not known, without a vote count over time.
    pub(super) fn add_sighting(&mut self, row: i64, sighting: &Sighting) -> rusqlite::Result<()> {
        let (digest, _) = self.digest_row(&sighting.digest)?;
        insert_sighting(&self.store.database.connection, (row, digest), sighting.rank, sighting.votes)?;
        *self.seen.entry(digest).or_default() += 1;
        self.mark_changed(row);
        Ok(())
    }

    /// Adds a vote count of a time, in unix seconds, to those of a paper in a digest.
    pub(super) fn add_vote(&mut self, (paper, digest): (i64, i64), at: i64, votes: u32) -> rusqlite::Result<()> {
        let note = "INSERT INTO vote (paper, digest, at, votes) VALUES (?1, ?2, ?3, ?4)";
        let values = [paper, digest, at, votes.into()];
        let id = self.store.database.connection.prepare_cached(note)?.insert(values)?;
        let [paper, digest, at, votes] = values;
        self.set_checksum(Part::Vote, id, vote_checksum([id, paper, digest, at, votes]))
    }

    /// The row of a digest, which is inserted or updated where necessary; and whether it was.
    fn digest_row(&mut self, wanted: &Digest) -> rusqlite::Result<(i64, bool)> {
        if let Some((row, _)) = self.digests.get(&wanted.id).filter(|(_, known)| same_digest(known, wanted)) {
            return Ok((*row, false));
        }
        let connection = &self.store.database.connection;
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
                connection.execute(update, params![row, &*kept.source, &*kept.label, row::packed(kept.day)])?;
                self.set_checksum(Part::Digest, row, digest_checksum(row, &kept))?;
                (row, kept, true)
            }
            None => {
                let insert = "INSERT INTO digest (name, source, label, day) VALUES (?1, ?2, ?3, ?4)";
                let Digest { id, source, label, day } = wanted;
                let row =
                    connection.prepare_cached(insert)?.insert(params![id, &**source, &**label, row::packed(*day)])?;
                self.set_checksum(Part::Digest, row, digest_checksum(row, wanted))?;
                (row, wanted.clone(), true)
            }
        };
        self.digests.insert(wanted.id.clone(), (row, kept));
        Ok((row, news))
    }
}

fn insert_sighting(
    connection: &Connection,
    (paper, digest): (i64, i64),
    rank: Option<u32>,
    votes: Option<u32>,
) -> rusqlite::Result<()> {
    let write = "INSERT INTO sighting (paper, digest, rank, votes, checksum) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET rank = excluded.rank, votes = excluded.votes, checksum = excluded.checksum";
    let values = [number(paper), number(digest), number_or_null(rank), number_or_null(votes)];
    let all = parameters(&values).chain([checksum(Part::Sighting, values).into()]);
    connection.prepare_cached(write)?.execute(params_from_iter(all)).map(drop)
}

/// Of id, paper, digest, time and count.
fn vote_checksum(vote: [i64; 5]) -> i64 {
    checksum(Part::Vote, vote.map(number))
}

fn digest_checksum(row: i64, digest: &Digest) -> i64 {
    let Digest { id, source, label, day } = digest;
    checksum(Part::Digest, [number(row), text(id), text(source), text(label), number(row::packed(*day))])
}

fn same_digest(known: &Digest, wanted: &Digest) -> bool {
    corrected(known, wanted) == *known
}

/// The digest with what the last import says about it; what it does not say stays.
fn corrected(known: &Digest, wanted: &Digest) -> Digest {
    let text = |new: &Clean, old: &Clean| if new.is_empty() { old.clone() } else { new.clone() };
    Digest {
        id: known.id.clone(),
        source: text(&wanted.source, &known.source),
        label: text(&wanted.label, &known.label),
        day: wanted.day.or(known.day),
    }
}
