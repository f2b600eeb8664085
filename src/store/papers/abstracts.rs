//! Abstracts, compressed: each alone, so that one can be read in microseconds, with a dictionary trained on this library's own abstracts
//! once an import was large enough to train on. Each remembers its dictionary; a small library does without.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, params};
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe;

const LEVEL: i32 = 3;
/// Abstracts a dictionary is trained on, about 5 MB of them.
const SAMPLES: usize = 4000;
const DICTIONARY_BYTES: usize = 112 << 10;
/// Longest text taken apart again: what claims to be longer is damage.
pub(super) const LONGEST: usize = 16 << 20;

/// Reads abstracts; keeps the dictionaries it met.
#[derive(Default)]
pub(super) struct Abstracts {
    readers: HashMap<Option<i64>, Decompressor<'static>>,
}

impl Abstracts {
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
            _ => return Err(unreadable(io::Error::other("an abstract without a length"))),
        };
        let text = reader.decompress(packed, length).map_err(unreadable)?;
        String::from_utf8(text).map_err(|error| unreadable(io::Error::other(error)))
    }

    /// Forgets the dictionaries, one of which a rollback may have taken away.
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

/// Writes abstracts during one import.
pub(super) struct Press {
    compressor: Compressor<'static>,
    dictionary: Option<i64>,
    /// Gathered until there are enough; then empty for good.
    samples: Vec<u8>,
    lengths: Vec<usize>,
}

impl Press {
    pub(super) fn new(connection: &Connection) -> rusqlite::Result<Self> {
        let newest = "SELECT id, bytes FROM dictionary ORDER BY id DESC LIMIT 1";
        let found: Option<(i64, Vec<u8>)> =
            connection.query_row(newest, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let (dictionary, compressor) = match &found {
            Some((id, bytes)) => (Some(*id), Compressor::with_dictionary(LEVEL, bytes)),
            None => (None, Compressor::new(LEVEL)),
        };
        Ok(Self { compressor: compressor.map_err(unwritable)?, dictionary, samples: Vec::new(), lengths: Vec::new() })
    }

    pub(super) fn write(
        &mut self,
        connection: &Connection,
        paper: i64,
        text: &str,
        markup: &str,
    ) -> rusqlite::Result<()> {
        let packed = self.compressor.compress(text.as_bytes()).map_err(unwritable)?;
        connection
            .prepare_cached(
                "INSERT INTO abstract (paper, markup, dictionary, text) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET markup = excluded.markup, dictionary = excluded.dictionary, text = excluded.text",
            )?
            .execute(params![paper, markup, self.dictionary, packed])?;
        if self.dictionary.is_none() && self.lengths.len() < SAMPLES {
            self.samples.extend_from_slice(text.as_bytes());
            self.lengths.push(text.len());
            if self.lengths.len() == SAMPLES {
                self.train(connection)?;
            }
        }
        Ok(())
    }

    /// Texts too much alike to train on are no failure: they go on without a dictionary.
    fn train(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let samples = std::mem::take(&mut self.samples);
        let Ok(bytes) = zstd::dict::from_continuous(&samples, &self.lengths, DICTIONARY_BYTES) else { return Ok(()) };
        let compressor = Compressor::with_dictionary(LEVEL, &bytes).map_err(unwritable)?;
        let id = connection.prepare_cached("INSERT INTO dictionary (bytes) VALUES (?1)")?.insert([&bytes])?;
        self.compressor = compressor;
        self.dictionary = Some(id);
        Ok(())
    }
}
