//! The files of a folder, for the completion of a typed path.

use std::fs;
use std::path::{MAIN_SEPARATOR, Path};

/// Names in order; a folder's end in a separator. What cannot be typed is left out: names that are not UTF-8. Empty when the folder
/// cannot be read, or when `is_cancelled` returned true on the way.
pub(super) fn names(path: &Path, is_cancelled: &dyn Fn() -> bool) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if is_cancelled() {
            return Vec::new();
        }
        let Ok(mut name) = entry.file_name().into_string() else { continue };
        let is_folder = match entry.file_type() {
            // What a link leads to counts.
            Ok(kind) if kind.is_symlink() => fs::metadata(entry.path()).is_ok_and(|found| found.is_dir()),
            Ok(kind) => kind.is_dir(),
            Err(_) => false,
        };
        if is_folder {
            name.push(MAIN_SEPARATOR);
        }
        names.push(name);
    }
    names.sort_by_cached_key(|name| name.to_lowercase());
    names
}
