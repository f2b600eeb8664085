//! Finds a paper by its stable text key: sorted hashes, each with its paper in the lower half.

use xxhash_rust::xxh3::xxh3_64;

use super::file::u64s;
use super::paper::DocId;

/// An entry of `Section::KeyHashes`: the upper half of the key's hash, then the paper.
pub(crate) fn entry(key: &str, doc: DocId) -> u64 {
    hash(key) << 32 | u64::from(doc)
}

fn hash(key: &str) -> u64 {
    xxh3_64(key.as_bytes()) >> 32
}

/// The papers whose keys have the same hash as this one; nearly always one or none. `entries` are sorted.
pub(crate) fn candidates<'a>(entries: &'a [u8], key: &str) -> impl Iterator<Item = DocId> + use<'a> {
    let entries = entries.as_chunks::<8>().0;
    let hash = hash(key);
    let start = entries.partition_point(|entry| u64::from_le_bytes(*entry) >> 32 < hash);
    let same = u64s(entries.get(start..).unwrap_or_default().as_flattened());
    same.take_while(move |entry| entry >> 32 == hash).map(|entry| entry as DocId)
}
