//! Which texts are categories of arXiv, by their spelling.

/// Archives without subject classes, which are categories themselves.
const WHOLE_ARCHIVES: [&str; 9] =
    ["gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"];

/// Whether a text is a category of arXiv, and not only the archive that it belongs to.
pub(super) fn is_category(text: &str) -> bool {
    let is_class = |class: &str| class.len() >= 2 && class.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    let is_archive =
        |archive: &str| archive.len() >= 2 && archive.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    WHOLE_ARCHIVES.contains(&text)
        || text.split_once('.').is_some_and(|(archive, class)| is_archive(archive) && is_class(class))
}
