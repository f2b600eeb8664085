//! Compressed files and archives: gzip, zstd and xz, tar and zip, recognised by their bytes and unpacked as they are read, in bounded memory.
//! A compressed file or an archive inside an archive is not unpacked.

use std::io::{self, BufReader, Cursor, Read};
use std::ops::ControlFlow;

use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;

use super::archived::{Unpacked, VisitUnpacked, Wanted, damaged};
use super::zip_stream;

/// Endings that say how a file is packed, in lower case without the dot.
const ENDINGS: [&str; 8] = ["gz", "zst", "xz", "tar", "tgz", "tzst", "txz", "zip"];
const BUFFER: usize = 128 << 10;
/// Length of a block of a tar archive, the place of the mark in its first block, and the mark.
const TAR_BLOCK: u64 = 512;
const TAR_MARK_AT: usize = 257;
const TAR_MARK: &[u8] = b"ustar";
/// Most memory of an xz stream, in KiB: its strongest preset takes 65 MB.
const XZ_MEMORY: u32 = 128 << 10;

/// A stream without its compression, by its first bytes; any other is returned as it is.
///
/// # Errors
/// A stream that cannot be read. Damage further on is reported when it is read.
pub(crate) fn decompressed<'a>(mut bytes: Box<dyn Read + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    let mut magic = Vec::new();
    bytes.by_ref().take(6).read_to_end(&mut magic)?;
    let whole = Cursor::new(magic.clone()).chain(bytes);
    Ok(match magic.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, whole))),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            Box::new(zstd::stream::read::Decoder::with_buffer(BufReader::with_capacity(BUFFER, whole))?)
        }
        b"\xfd7zXZ\0" => Box::new(XzReader::new_mem_limit(BufReader::with_capacity(BUFFER, whole), true, XZ_MEMORY)),
        _ => Box::new(whole),
    })
}

/// Passes on the file that a stream is, without its compression, or the files of the archive that it is.
///
/// # Errors
/// A stream that cannot be read, an archive that is damaged or holds no wanted file.
pub(crate) fn each_file<'a>(
    bytes: Box<dyn Read + 'a>,
    wanted: fn(&str) -> Wanted,
    each: &mut VisitUnpacked<'_>,
) -> io::Result<()> {
    let mut bytes = decompressed(bytes)?;
    let mut head = Vec::new();
    bytes.by_ref().take(TAR_BLOCK).read_to_end(&mut head)?;
    let is_tar = head.get(TAR_MARK_AT..).is_some_and(|rest| rest.starts_with(TAR_MARK));
    let is_zip = head.starts_with(zip_stream::MAGIC);
    let mut whole = Cursor::new(head).chain(bytes);
    if !is_tar && !is_zip {
        // Nothing follows the only file.
        let _ = each(Unpacked::File { member: None, bytes: &mut whole });
        return Ok(());
    }
    let mut has_file = false;
    let mut each = |found: Unpacked<'_>| {
        has_file |= matches!(found, Unpacked::File { .. });
        each(found)
    };
    let flow = match is_tar {
        true => tar_files(&mut whole, wanted, &mut each)?,
        false => zip_stream::files(BufReader::with_capacity(BUFFER, whole), wanted, &mut each)?,
    };
    match has_file || flow.is_break() {
        true => Ok(()),
        false => Err(damaged("the archive holds no file of an import format")),
    }
}

fn tar_files(
    bytes: &mut dyn Read,
    wanted: fn(&str) -> Wanted,
    each: &mut VisitUnpacked<'_>,
) -> io::Result<ControlFlow<()>> {
    for entry in tar::Archive::new(bytes).entries()? {
        let mut entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let flow = match (entry.header().entry_type().is_file(), wanted(&name)) {
            (false, _) | (true, Wanted::Ignored) => ControlFlow::Continue(()),
            (true, Wanted::Skipped(reason)) => each(Unpacked::Skipped { member: &name, reason }),
            (true, Wanted::Read) => each(Unpacked::File { member: Some(&name), bytes: &mut entry }),
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// A file's name without the endings that say how it is packed.
pub(crate) fn without_packing(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((inner, ending)) if ENDINGS.iter().any(|packing| packing.eq_ignore_ascii_case(ending)) => {
            without_packing(inner)
        }
        _ => name,
    }
}

#[cfg(test)]
pub(crate) mod tests;
