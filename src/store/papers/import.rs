//! One import: records come in one by one, each is recognised or new, and all of it is stored or nothing. `recognise` decides which
//! record is which paper, `merge` how two copies become one, `write` writes what belongs to a paper.

use std::collections::{BTreeSet, HashMap, HashSet};

use rusqlite::Connection;

use super::abstracts::{AbstractWriter, Packed, Packer};
use super::changes::{self, REMEMBERED};
use super::checksums::{Part, RowChecksums};
use super::damage;
use super::merge::{PaperCopy, PaperDamage, add_copy, combined, mend, origin, with_sightings};
use super::ready::ReadyRecord;
use super::recognise::{Aliased, IdentifiedRecord, KnownPaper, free_key, key_after, recognise};
use super::rehash;
use super::row::{self, RowOrigin, StoredPaper};
use super::store::PaperStore;
use crate::domain::identity::PaperKey;
use crate::domain::markup::Markup;
use crate::domain::paper::{Digest, Paper, Sighting};
use crate::domain::record_source::RecordSource;
use crate::domain::same_paper::is_common_title;
use crate::error::{Error, Result};
use crate::store::transaction::roll_back;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    New,
    /// The library had the paper and has more of it now.
    Updated,
    Unchanged,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedRecord {
    pub row: i64,
    /// The key the paper is known by now.
    pub key: PaperKey,
    pub outcome: ImportOutcome,
    /// The paper's earlier key, when this record brought another one: a paper known by its title now has an arXiv id, or the title of
    /// a page is that of a paper in the library.
    pub joined: Option<PaperKey>,
    /// The paper's own abstract replaced a summary of the starter shelf.
    pub replaced_summary: bool,
}

/// An import in progress. Dropping it rolls back everything since its last commit.
pub struct Import<'s> {
    pub(super) store: &'s mut PaperStore,
    pub(super) abstracts: AbstractWriter,
    /// Digests seen so far, by id: row and contents.
    pub(super) digests: HashMap<String, (i64, Digest)>,
    /// How many papers were added since the last commit: in all, and by the digest's row.
    pub(super) papers: i64,
    pub(super) seen: HashMap<i64, i64>,
    /// Which kinds of aliases there are; valid within the transaction.
    pub(super) aliased: Aliased,
    /// Paper and digest of the sightings that this import has written.
    pub(super) sightings: HashSet<(i64, i64)>,
    pub(super) changed: bool,
    pub(super) checksums: RowChecksums,
    /// How many aliases were added since the last commit.
    pub(super) more_aliases: i64,
    /// Rows from before the last commit that were changed or removed since.
    touched: BTreeSet<i64>,
    /// The first row inserted since the last commit; those after it are new, too.
    first_new: Option<i64>,
    /// Records since the last commit, how many there may be, and how many in the end.
    pending: usize,
    /// Records before the last commit.
    committed: usize,
    commit_every: usize,
    commit_every_at_last: usize,
    /// A statement failed and everything since the last commit was rolled back.
    failed: bool,
}

/// An import writes to random pages of a large index; with a small cache every page would be written many times.
const WIDE: &str = "PRAGMA cache_size = -65536";
const NARROW: &str = "PRAGMA cache_size = -8192; PRAGMA shrink_memory";

impl PaperStore {
    /// Begins an import. Nothing is stored before `Import::commit`.
    pub fn import(&mut self) -> Result<Import<'_>> {
        self.database.expect_writable()?;
        Import::begin(self)
    }
}

impl<'s> Import<'s> {
    fn begin(store: &'s mut PaperStore) -> Result<Self> {
        let connection = &store.database.connection;
        let abstracts = connection.execute_batch(WIDE).and_then(|()| AbstractWriter::new(connection));
        let abstracts = store.database.explain(abstracts)?;
        Ok(Self {
            store,
            abstracts,
            digests: HashMap::new(),
            papers: 0,
            seen: HashMap::new(),
            aliased: Aliased::default(),
            sightings: HashSet::new(),
            changed: false,
            checksums: RowChecksums::default(),
            more_aliases: 0,
            touched: BTreeSet::new(),
            first_new: None,
            pending: 0,
            committed: 0,
            commit_every: usize::MAX,
            commit_every_at_last: usize::MAX,
            failed: false,
        })
    }

    /// Commits after so many records. A transaction of a whole archive would take twice its size on disk.
    #[must_use]
    pub fn commit_every(self, records: usize) -> Self {
        self.commit_more_and_more(records, records)
    }

    /// Commits after `first` records, then each time after twice as many, up to `last`: a commit writes the index pages that changed, of
    /// which there are few in the beginning.
    #[must_use]
    pub fn commit_more_and_more(mut self, first: usize, last: usize) -> Self {
        (self.commit_every, self.commit_every_at_last) = (first.max(1), last.max(1));
        self
    }

    /// Stores one record; `now` is unix seconds. An error of kind Data concerns this record alone; after any other the import is over and
    /// what was not committed is lost.
    pub fn add(&mut self, paper: &Paper, now: i64) -> Result<ImportedRecord> {
        self.put(&ReadyRecord::new(paper.clone(), RecordSource::Unknown)?, now)
    }

    /// The same for a prepared record. After any error the import is over.
    pub fn put(&mut self, ReadyRecord { record, packed }: &ReadyRecord, now: i64) -> Result<ImportedRecord> {
        self.expect_usable()?;
        let added = self.begin_transaction().and_then(|()| self.store_record(record, packed.as_ref(), now));
        let added = added.map_err(|error| self.abort(error))?;
        self.pending += 1;
        if self.pending >= self.commit_every {
            self.commit()?;
            self.commit_every = self.commit_every.saturating_mul(2).min(self.commit_every_at_last);
        }
        Ok(added)
    }

    /// Compresses the abstracts of this import ahead of `put`.
    pub fn packer(&self) -> Result<Packer> {
        self.store.database.explain(Packer::new(self.connection()))
    }

    /// Writes something else than a record within the transaction of this import.
    pub(super) fn within<T>(&mut self, write: impl FnOnce(&mut Self) -> rusqlite::Result<T>) -> Result<T> {
        self.expect_usable()?;
        let written = self.begin_transaction().and_then(|()| write(self));
        written.map_err(|error| self.abort(error))
    }

    /// How many records were committed. The others are lost after an error.
    pub fn committed(&self) -> usize {
        self.committed
    }

    /// Commits everything so far. The import can go on.
    pub fn commit(&mut self) -> Result<()> {
        self.expect_usable()?;
        let committed = self.expect_in_place().and_then(|()| {
            self.commit_transaction().map_err(|error| self.abort(error))?;
            self.expect_in_place()
        });
        self.failed |= committed.is_err();
        committed
    }

    fn expect_in_place(&self) -> Result<()> {
        self.store.database.expect_in_place().map_err(|error| error.hint("start again and import again"))
    }

    fn expect_usable(&self) -> Result<()> {
        if self.failed {
            return Err(Error::system("the import failed and its last records were not stored").hint("import again"));
        }
        Ok(())
    }

    fn abort(&mut self, error: rusqlite::Error) -> Error {
        self.failed = true;
        self.checksums.forget();
        roll_back(self.connection());
        self.store.database.explain_error(error)
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.store.database.connection
    }

    /// Takes the write lock with the first record after a commit, so that a long pause between two records blocks no other process.
    fn begin_transaction(&mut self) -> rusqlite::Result<()> {
        if self.connection().is_autocommit() {
            self.connection().execute_batch("BEGIN IMMEDIATE")?;
            // Of a file from before there were checksums.
            if !damage::has_checksums(self.connection())? {
                damage::compute(&self.store.database.connection, &mut self.checksums)?;
            }
            // Of a file whose titles were rendered by an earlier version.
            rehash::bring_up_to_date(&self.store.database.connection, &mut self.checksums)?;
            self.aliased = Aliased::of(self.connection())?;
        }
        Ok(())
    }

    fn commit_transaction(&mut self) -> rusqlite::Result<()> {
        let connection = &self.store.database.connection;
        if connection.is_autocommit() {
            return Ok(());
        }
        if self.changed {
            let count = "UPDATE tally SET revision = revision + 1, papers = papers + ?1, aliases = aliases + ?2";
            connection.execute(count, [self.papers, self.more_aliases])?;
            let mut count = connection.prepare_cached("UPDATE digest SET papers = papers + ?2 WHERE id = ?1")?;
            for (digest, more) in &self.seen {
                count.execute([digest, more])?;
            }
            changes::record(connection, &self.touched, REMEMBERED)?;
            changes::seal(connection)?;
        }
        self.checksums.write(connection)?;
        connection.execute_batch("COMMIT")?;
        self.store.database.note_commit();
        self.papers = 0;
        self.more_aliases = 0;
        self.seen.clear();
        self.changed = false;
        self.touched.clear();
        self.first_new = None;
        self.committed += self.pending;
        self.pending = 0;
        Ok(())
    }

    fn store_record(
        &mut self,
        record: &IdentifiedRecord,
        packed: Option<&Packed>,
        now: i64,
    ) -> rusqlite::Result<ImportedRecord> {
        match recognise(self.store, record, (self.aliased, &mut self.checksums))? {
            None => self.insert_paper(record, packed, now),
            Some(KnownPaper { paper, also }) if also.is_empty() => self.update_paper(&paper, record, packed, now),
            Some(KnownPaper { paper, also }) => {
                let mut whole = paper;
                for other in &also {
                    whole = self.merge_rows(whole, other)?;
                }
                let joined = also.into_iter().next().map(|other| other.key);
                Ok(ImportedRecord {
                    outcome: ImportOutcome::Updated,
                    joined,
                    ..self.update_paper(&whole, record, packed, now)?
                })
            }
        }
    }

    fn insert_paper(
        &mut self,
        record: &IdentifiedRecord,
        packed: Option<&Packed>,
        now: i64,
    ) -> rusqlite::Result<ImportedRecord> {
        let connection = self.connection();
        let key = free_key(connection, record)?;
        let origin = RowOrigin::of_record(record.source);
        let (row, sum) = row::insert(connection, &record.paper, (&key, origin), record.title_hash, now)?;
        self.set_checksum(Part::Paper, row, sum)?;
        self.papers += 1;
        self.changed = true;
        self.first_new.get_or_insert(row);
        self.write_summary((row, true), &record.paper, packed, false)?;
        if let Some(doi) = record.paper.doi.as_ref().map(PaperKey::doi).filter(|doi| *doi != key) {
            self.add_alias(row, &doi)?;
        }
        if let Some(earlier) = &record.earlier {
            self.add_alias(row, earlier)?;
        }
        for sighting in &record.paper.sightings {
            self.write_sighting(row, None, sighting, now)?;
        }
        Ok(ImportedRecord { row, key, outcome: ImportOutcome::New, joined: None, replaced_summary: false })
    }

    fn update_paper(
        &mut self,
        known: &StoredPaper,
        record: &IdentifiedRecord,
        packed: Option<&Packed>,
        now: i64,
    ) -> rusqlite::Result<ImportedRecord> {
        let damage = self.damage_of(known)?;
        if damage == PaperDamage::default() && is_same_again(known, record) {
            let (row, key, outcome) = (known.row, known.key.clone(), ImportOutcome::Unchanged);
            return Ok(ImportedRecord { row, key, outcome, joined: None, replaced_summary: false });
        }
        let (mut copies, are_stored) = self.copies_of(known)?;
        let has_more = add_copy(&mut copies, record.copy(now));
        let mut merged = if has_more { combined(&copies) } else { known.paper.clone() };
        let mut left = damage;
        if damage != PaperDamage::default() {
            (merged, left) = mend(&known.paper, merged, &record.paper, damage);
            if left != damage {
                copies =
                    vec![PaperCopy { paper: Paper { sightings: Vec::new(), ..merged.clone() }, ..record.copy(now) }];
            }
        }
        merged.sightings = with_sightings(&known.paper.sightings, &record.paper.sightings);
        let origin = origin(&copies);
        let key = key_after(self.connection(), known, &merged)?;
        let rekeyed = key != known.key;
        let mut changed = rekeyed;
        let has_other_origin = origin != RowOrigin { source: known.source, earliest: known.earliest };
        if has_other_origin || rekeyed || damage.paper && !left.paper || !same_row(&known.paper, &merged) {
            self.update_row((known, origin), &merged, &key, left.paper)?;
            changed = true;
        }
        if damage.summary && !left.summary || merged.summary != known.paper.summary {
            let packed = packed.filter(|_| merged.summary == record.paper.summary);
            self.write_summary((known.row, false), &merged, packed, left.summary)?;
            changed = true;
        }
        if has_more || left != damage {
            self.write_copies(known.row, &merged, &copies, are_stored)?;
            changed |= self.add_titles(known.row, &key, &copies)?;
        }
        for sighting in &merged.sightings {
            let before = known.paper.sightings.iter().find(|seen| seen.digest.id == sighting.digest.id);
            let told = record.paper.sightings.iter().find(|seen| seen.digest.id == sighting.digest.id);
            if let Some(told) = told {
                let sighting = Sighting { digest: told.digest.clone(), ..sighting.clone() };
                changed |= self.write_sighting(known.row, before, &sighting, now)?;
            }
        }
        if rekeyed {
            self.remove_alias(&key)?;
            self.add_alias(known.row, &known.key)?;
        }
        let mut learned = false;
        if record.key != key {
            learned = self.add_alias(known.row, &record.key)?;
        }
        if let Some(earlier) = record.earlier.as_ref().filter(|earlier| **earlier != key) {
            changed |= self.add_alias(known.row, earlier)?;
        }
        for doi in [&merged.doi, &record.paper.doi].into_iter().flatten().map(PaperKey::doi) {
            if doi != key && doi != record.key {
                changed |= self.add_alias(known.row, &doi)?;
            }
        }
        changed |= learned;
        if changed {
            self.mark_changed(known.row);
        }
        let joined = (rekeyed || learned).then(|| known.key.clone());
        let outcome = if changed { ImportOutcome::Updated } else { ImportOutcome::Unchanged };
        let is_summary = |paper: &Paper| paper.summary.as_ref().is_some_and(|text| text.markup == Markup::Summary);
        let replaced_summary = is_summary(&known.paper) && !is_summary(&merged);
        Ok(ImportedRecord { row: known.row, key, outcome, joined, replaced_summary })
    }

    /// Makes a paper known by all titles that its copies have, where they have several. True when one is new.
    fn add_titles(&mut self, row: i64, key: &PaperKey, copies: &[PaperCopy]) -> rusqlite::Result<bool> {
        if copies.len() < 2 {
            return Ok(false);
        }
        let telling = copies.iter().filter(|copy| !is_common_title(&copy.paper.title.line()));
        let titles: BTreeSet<String> = telling.map(|copy| copy.paper.title_key()).collect();
        let mut is_new = false;
        for title in titles.iter().filter(|title| titles.len() > 1 && !title.is_empty()) {
            let title = PaperKey::title(title);
            if title != *key {
                is_new |= self.add_alias(row, &title)?;
            }
        }
        Ok(is_new)
    }

    /// Records a changed row. One inserted since the last commit is in no index yet and need not be recorded.
    pub(super) fn mark_changed(&mut self, row: i64) {
        self.changed = true;
        if self.first_new.is_none_or(|first| row < first) {
            self.touched.insert(row);
        }
    }
}

impl Drop for Import<'_> {
    fn drop(&mut self) {
        roll_back(self.connection());
        self.store.abstracts.borrow_mut().forget();
        // A failure costs only memory.
        drop(self.connection().execute_batch(NARROW));
    }
}

/// Whether two papers make the same row of the paper table; abstract and places in digests are in tables of their own. Compares without
/// copying: every record of a file that is imported again comes here.
fn same_row(one: &Paper, other: &Paper) -> bool {
    let Paper {
        arxiv,
        version,
        doi,
        title,
        authors,
        summary: _,
        published,
        issued,
        updated,
        categories,
        venue,
        journal_ref,
        comment,
        license,
        publication_status,
        keywords,
        links,
        sightings: _,
        bibtex,
    } = one;
    *arxiv == other.arxiv
        && (*version, *published, *issued, *updated) == (other.version, other.published, other.issued, other.updated)
        && *doi == other.doi
        && *title == other.title
        && *authors == other.authors
        && *categories == other.categories
        && *venue == other.venue
        && *journal_ref == other.journal_ref
        && *comment == other.comment
        && *license == other.license
        && *publication_status == other.publication_status
        && *keywords == other.keywords
        && *links == other.links
        && *bibtex == other.bibtex
}

/// Whether a record says exactly what the only copy of a paper says, and nothing of digests.
fn is_same_again(known: &StoredPaper, record: &IdentifiedRecord) -> bool {
    known.source == Some(record.source)
        && known.key == record.key
        && record.earlier.is_none()
        && record.paper.sightings.is_empty()
        && known.paper.summary == record.paper.summary
        && same_row(&known.paper, &record.paper)
}
