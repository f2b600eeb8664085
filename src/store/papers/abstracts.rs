//! Compressed abstracts. Each is compressed alone, so that one can be read in microseconds, with a dictionary trained on the library's
//! own abstracts once an import is large enough. Each row names its dictionary; a small library has none.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::mem;
use std::sync::Arc;

use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{self, CParameter};

use super::checksums::{Part, RowChecksums, checksum};
use crate::domain::text::Text;
use crate::store::values::{number, number_or_null, parameters, text as text_value};

const LEVEL: i32 = 3;
/// How many abstracts a dictionary is trained on: about 10 MB, which takes a second.
const SAMPLES: usize = 8000;
const DICTIONARY_BYTES: usize = 256 << 10;
/// Longest text that is stored, in bytes; a frame that claims to hold more is damaged.
pub(super) const LONGEST: usize = 16 << 20;

/// Reads abstracts; holds the dictionaries used so far.
#[derive(Default)]
pub(super) struct AbstractReader {
    readers: HashMap<Option<i64>, Decompressor<'static>>,
}

impl AbstractReader {
    pub(super) fn read(
        &mut self,
        connection: &Connection,
        dictionary: Option<i64>,
        packed: &[u8],
    ) -> rusqlite::Result<String> {
        let reader = match self.readers.entry(dictionary) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(reader(connection, dictionary)?),
        };
        let length = match zstd_safe::get_frame_content_size(packed) {
            Ok(Some(length)) if length <= LONGEST as u64 => length as usize,
            _ => return Err(unreadable(io::Error::other("the length of the abstract is missing"))),
        };
        let text = reader.decompress(packed, length).map_err(unreadable)?;
        String::from_utf8(text).map_err(|error| unreadable(io::Error::other(error)))
    }

    /// Drops the dictionaries, one of which a rollback may have removed.
    pub(super) fn forget(&mut self) {
        self.readers.clear();
    }
}

fn reader(connection: &Connection, dictionary: Option<i64>) -> rusqlite::Result<Decompressor<'static>> {
    let Some(id) = dictionary else { return Decompressor::new().map_err(unreadable) };
    let select = "SELECT bytes FROM dictionary WHERE id = ?1";
    let bytes: Vec<u8> = connection.query_row(select, [id], |row| row.get(0))?;
    Decompressor::with_dictionary(&bytes).map_err(unreadable)
}

fn unreadable(error: io::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, Box::new(error))
}

fn unwritable(error: io::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}

/// The dictionary that an abstract is compressed with.
#[derive(Clone)]
pub(super) enum Dictionary {
    None,
    Stored(i64),
    /// Trained during this import.
    Trained(Arc<[u8]>),
}

impl Dictionary {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Stored(row), Self::Stored(other)) => row == other,
            (Self::Trained(bytes), Self::Trained(other)) => Arc::ptr_eq(bytes, other),
            _ => false,
        }
    }
}

/// An abstract as it will be stored.
pub(super) struct Packed {
    /// None: still to be compressed, with this dictionary; the bytes do not depend on the thread that does it.
    bytes: Option<Vec<u8>>,
    dictionary: Dictionary,
}

/// Compresses the abstracts of one import on any thread: most of the work of storing a paper. Trains a dictionary once there are enough
/// abstracts and the library has none.
pub struct Packer {
    compressor: Compressor<'static>,
    dictionary: Dictionary,
    /// Texts to train on, one after the other, until there are enough; empty from then on.
    samples: Vec<u8>,
    lengths: Vec<usize>,
}

impl Packer {
    pub(super) fn new(connection: &Connection) -> rusqlite::Result<Self> {
        let newest = "SELECT id, bytes FROM dictionary ORDER BY id DESC LIMIT 1";
        let found: Option<(i64, Vec<u8>)> =
            connection.query_row(newest, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let (dictionary, compressor) = match &found {
            Some((id, bytes)) => (Dictionary::Stored(*id), with_dictionary(bytes)),
            None => (Dictionary::None, Compressor::new(LEVEL)),
        };
        Ok(Self { compressor: compressor.map_err(unwritable)?, dictionary, samples: Vec::new(), lengths: Vec::new() })
    }

    /// The dictionary alone, for an abstract that is compressed later; None while the dictionary may still change.
    pub(super) fn postpone(&self) -> Option<Packed> {
        let is_settled = !matches!(self.dictionary, Dictionary::None);
        is_settled.then(|| Packed { bytes: None, dictionary: self.dictionary.clone() })
    }

    pub(super) fn pack(&mut self, text: &str) -> io::Result<Packed> {
        let packed = Packed { bytes: Some(self.bytes(text)?), dictionary: self.dictionary.clone() };
        if matches!(self.dictionary, Dictionary::None) && self.lengths.len() < SAMPLES {
            self.samples.extend_from_slice(text.as_bytes());
            self.lengths.push(text.len());
            if self.lengths.len() == SAMPLES {
                self.train()?;
            }
        }
        Ok(packed)
    }

    fn bytes(&mut self, text: &str) -> io::Result<Vec<u8>> {
        self.compressor.compress(text.as_bytes())
    }

    /// Texts too similar to train on are no error: the import goes on without a dictionary.
    fn train(&mut self) -> io::Result<()> {
        let samples = mem::take(&mut self.samples);
        let Ok(bytes) = zstd::dict::from_continuous(&samples, &self.lengths, DICTIONARY_BYTES) else { return Ok(()) };
        self.compressor = with_dictionary(&bytes)?;
        self.dictionary = Dictionary::Trained(bytes.into());
        Ok(())
    }
}

/// The frames leave out the dictionary's id: the row of each abstract names it.
fn with_dictionary(bytes: &[u8]) -> io::Result<Compressor<'static>> {
    let mut compressor = Compressor::with_dictionary(LEVEL, bytes)?;
    compressor.set_parameter(CParameter::DictIdFlag(false))?;
    Ok(compressor)
}

/// Writes abstracts during one import.
pub(super) struct AbstractWriter {
    packer: Packer,
    /// Dictionaries trained in this import that are stored already, with their rows.
    stored: Vec<(Arc<[u8]>, i64)>,
}

impl AbstractWriter {
    pub(super) fn new(connection: &Connection) -> rusqlite::Result<Self> {
        Ok(Self { packer: Packer::new(connection)?, stored: Vec::new() })
    }

    /// Writes the abstract of a paper, compressed already or not; `new`: the paper has none so far. Returns the checksum of its row.
    pub(super) fn write(
        &mut self,
        (connection, checksums): (&Connection, &mut RowChecksums),
        (paper, new): (i64, bool),
        text: &Text,
        packed: Option<&Packed>,
    ) -> rusqlite::Result<i64> {
        let own;
        let packed = match packed {
            Some(packed) if packed.bytes.is_some() => packed,
            left => {
                if let Some(left) = left {
                    self.adopt(&left.dictionary).map_err(unwritable)?;
                }
                own = self.packer.pack(&text.source).map_err(unwritable)?;
                &own
            }
        };
        let dictionary = self.row(connection, checksums, &packed.dictionary)?;
        let bytes = packed.bytes.as_deref().unwrap_or_default();
        // A statement that may change several rows is slower: SQLite saves every page for a rollback of the statement alone.
        let write = match new {
            true => "INSERT INTO abstract (paper, markup, dictionary, text) VALUES (?1, ?2, ?3, ?4)",
            false => {
                "INSERT INTO abstract (paper, markup, dictionary, text) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET markup = excluded.markup, dictionary = excluded.dictionary, text = excluded.text"
            }
        };
        let values = [number(paper), text_value(text.markup.name()), number_or_null(dictionary), ValueRef::Blob(bytes)];
        connection.prepare_cached(write)?.execute(params_from_iter(parameters(&values)))?;
        Ok(checksum(Part::Abstract, values))
    }

    /// A text compressed like an abstract, and the row of its dictionary.
    pub(super) fn compressed(
        &mut self,
        (connection, checksums): (&Connection, &mut RowChecksums),
        text: &str,
    ) -> rusqlite::Result<(Option<i64>, Vec<u8>)> {
        let bytes = self.packer.bytes(text).map_err(unwritable)?;
        let dictionary = self.packer.dictionary.clone();
        Ok((self.row(connection, checksums, &dictionary)?, bytes))
    }

    /// Continues with a dictionary that another packer trained.
    fn adopt(&mut self, dictionary: &Dictionary) -> io::Result<()> {
        if let Dictionary::Trained(bytes) = dictionary
            && !self.packer.dictionary.is(dictionary)
        {
            self.packer.compressor = with_dictionary(bytes)?;
            self.packer.dictionary = dictionary.clone();
            self.packer.samples = Vec::new();
        }
        Ok(())
    }

    /// The row of a dictionary, which is inserted when it is missing.
    fn row(
        &mut self,
        connection: &Connection,
        checksums: &mut RowChecksums,
        dictionary: &Dictionary,
    ) -> rusqlite::Result<Option<i64>> {
        let bytes = match dictionary {
            Dictionary::None => return Ok(None),
            Dictionary::Stored(row) => return Ok(Some(*row)),
            Dictionary::Trained(bytes) => bytes,
        };
        if let Some((_, row)) = self.stored.iter().find(|(known, _)| Arc::ptr_eq(known, bytes)) {
            return Ok(Some(*row));
        }
        let row = connection.prepare_cached("INSERT INTO dictionary (bytes) VALUES (?1)")?.insert([&bytes[..]])?;
        let sum = checksum(Part::Dictionary, [number(row), ValueRef::Blob(bytes)]);
        checksums.set(connection, Part::Dictionary, row, sum)?;
        self.stored.push((Arc::clone(bytes), row));
        Ok(Some(row))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::ready::{Packing, ReadyRecord};
    use super::super::tests::{add_all, arxiv, assert_sound, forget_checksums, open, room};
    use super::*;
    use crate::domain::identity::PaperKey;
    use crate::domain::markup::Markup;
    use crate::domain::paper::Paper;
    use crate::domain::record_source::RecordSource;
    use crate::error::ErrorKind;

    /// Enough distinct text for a dictionary to be trained on.
    pub(in crate::store::papers) fn invented(number: usize) -> Paper {
        let words =
            ["gradient", "attention", "sparse", "robust", "kernel", "latent", "policy", "bound", "graph", "token"];
        let mut seed = number as u64;
        let mut word = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            words[(seed >> 33) as usize % words.len()]
        };
        let text = (0..60).map(|_| word()).collect::<Vec<_>>().join(" ");
        Paper {
            arxiv: arxiv(&format!("2401.{:05}", number + 1)),
            title: Text::new(format!("Paper {number}"), Markup::Tex),
            summary: Some(Text::new(text, Markup::Tex)),
            ..Paper::default()
        }
    }

    #[test]
    fn a_large_import_trains_a_dictionary_and_every_abstract_is_readable() {
        let room = room();
        let mut store = open(&room);
        let papers: Vec<Paper> = (0..8200).map(invented).collect();
        // A rollback takes the dictionary away; the next one must not be mistaken for it.
        let mut import = store.import().unwrap();
        for paper in papers.iter().rev() {
            import.add(paper, 1).unwrap();
        }
        drop(import);
        add_all(&mut store, &papers);
        let with_dictionary: i64 = store
            .database
            .connection
            .query_row("SELECT count(*) FROM abstract WHERE dictionary IS NOT NULL", [], |row| row.get(0))
            .unwrap();
        assert_eq!(with_dictionary, 200);
        for paper in &papers {
            let key = PaperKey::arxiv(paper.arxiv.as_ref().unwrap());
            assert_eq!(store.get(&key).unwrap().unwrap().paper.summary, paper.summary);
        }
        assert_sound(&store);
    }

    #[test]
    fn abstracts_packed_ahead_outlive_an_import_that_was_killed() {
        let room = room();
        let mut store = open(&room);
        let papers: Vec<Paper> = (0..8200).map(invented).collect();
        for kept in [8100, 8200] {
            let mut import = store.import().unwrap().commit_every(8100);
            let mut packer = import.packer().unwrap();
            for paper in &papers {
                let ready =
                    ReadyRecord::packed((paper.clone(), RecordSource::Unknown), &mut packer, Packing::Now).unwrap();
                import.put(&ready, 1).unwrap();
            }
            if kept == papers.len() {
                import.commit().unwrap();
            }
            drop(import);
            assert_eq!(store.count().unwrap(), kept as u32);
            assert_sound(&store);
        }
        for (paper, row) in papers.iter().zip(1..) {
            assert_eq!(store.get_row(row).unwrap().unwrap().paper.summary, paper.summary);
        }
        let dictionaries: i64 =
            store.database.connection.query_row("SELECT count(*) FROM dictionary", [], |row| row.get(0)).unwrap();
        assert_eq!(dictionaries, 1);
    }

    #[test]
    fn an_abstract_is_the_same_whoever_packs_it() {
        let packed = [[Packing::Now, Packing::Now], [Packing::Later, Packing::Later], [Packing::Now, Packing::Later]];
        let packed = packed.map(|packings| {
            let room = room();
            let mut store = open(&room);
            let mut import = store.import().unwrap();
            let mut packer = import.packer().unwrap();
            for (paper, packing) in (0..8200).map(invented).zip(packings.into_iter().cycle()) {
                import
                    .put(&ReadyRecord::packed((paper, RecordSource::Unknown), &mut packer, packing).unwrap(), 1)
                    .unwrap();
            }
            import.commit().unwrap();
            drop(import);
            assert_sound(&store);
            let mut select =
                store.database.connection.prepare("SELECT dictionary, text FROM abstract ORDER BY paper").unwrap();
            let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            rows.collect::<rusqlite::Result<Vec<(Option<i64>, Vec<u8>)>>>().unwrap()
        });
        assert_eq!(packed[0].iter().filter(|(dictionary, _)| dictionary.is_some()).count(), 200);
        assert!(packed[0] == packed[1] && packed[0] == packed[2]);
    }

    #[test]
    fn a_damaged_abstract_is_told_from_a_damaged_file() {
        let room = room();
        let mut store = open(&room);
        add_all(&mut store, &[invented(0), invented(1)]);
        store.database.connection.execute("UPDATE abstract SET text = x'00' WHERE paper = 1", []).unwrap();
        assert_eq!(store.summary(1).unwrap_err().kind, ErrorKind::Data);
        assert_eq!(store.summary(2).unwrap(), invented(1).summary);
        assert_eq!(store.summary(3).unwrap(), None);
        let problems = store.check().unwrap();
        assert!(problems.len() == 1 && problems[0].contains("arxiv:2401.00001"), "{problems:?}");
        forget_checksums(&store);
        let problems = store.check().unwrap();
        assert!(problems.len() == 1 && problems[0].contains("row 1"), "{problems:?}");
    }
}
