//! Files in the folder of the index that are read whole: what is derived from user.db and would take long to read again at every start. A
//! checksum tells a damaged one, which counts as missing. What is in them is up to their owners, `state_file` and `note_file`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::{INDEX, create_private_folder};
use crate::error::{IoContext, Result};
use crate::temporary;

/// One such file: magic 8, checksum of the rest 8, the rest.
pub(super) struct DerivedFile {
    pub(super) name: &'static str,
    /// The last byte is the version; files of another version count as missing.
    pub(super) magic: [u8; 8],
    /// Begins the name of the file while it is written.
    pub(super) temporary: &'static str,
}

impl DerivedFile {
    pub(super) fn path(&self, dir: &Path) -> PathBuf {
        dir.join(INDEX).join(self.name)
    }

    /// What `decode` makes of the rest of a sound file.
    pub(super) fn read<T>(&self, dir: &Path, decode: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let path = self.path(dir);
        // Opening a pipe would wait for somebody to write into it.
        if !fs::metadata(&path).ok()?.is_file() {
            return None;
        }
        let file = fs::read(path).ok()?;
        let (magic, rest) = file.split_first_chunk::<8>()?;
        let (checksum, rest) = rest.split_first_chunk::<8>()?;
        let is_sound = *magic == self.magic && xxh3_64(rest) == u64::from_le_bytes(*checksum);
        if is_sound { decode(rest) } else { None }
    }

    /// Whether there is something in its place that is no sound file of this version.
    pub(super) fn is_damaged(&self, dir: &Path) -> bool {
        fs::metadata(self.path(dir)).is_ok() && self.read(dir, |_| Some(())).is_none()
    }

    /// Writes it anew. An error when the folder cannot be written.
    pub(super) fn write(&self, dir: &Path, rest: &[u8]) -> Result<()> {
        let path = self.path(dir);
        let folder = dir.join(INDEX);
        create_private_folder(&folder)?;
        let mut file = temporary::file(&folder, self.temporary).at("write", &path)?;
        for part in [&self.magic, &xxh3_64(rest).to_le_bytes(), rest] {
            file.write_all(part).at("write", &path)?;
        }
        file.persist(&path).map_err(|failed| failed.error).at("write", &path)?;
        Ok(())
    }

    /// Removes the file, or an empty folder in its place.
    ///
    /// # Errors
    /// System, when it is still there.
    pub(super) fn remove(&self, dir: &Path) -> Result<()> {
        let path = self.path(dir);
        match fs::symlink_metadata(&path) {
            Err(_) => Ok(()),
            Ok(found) if found.is_dir() => fs::remove_dir(&path).at("remove", &path),
            Ok(_) => fs::remove_file(&path).at("remove", &path),
        }
    }
}

/// Removes a number of four bytes from the front.
pub(super) fn take_number(bytes: &mut &[u8]) -> Option<usize> {
    take(bytes).map(u32::from_le_bytes).and_then(|number| usize::try_from(number).ok())
}

/// Removes so many bytes from the front.
pub(super) fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}
