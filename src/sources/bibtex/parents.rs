//! Cross-references between entries: a paper of proceedings takes their title and year from the entry that describes them, which usually
//! comes later in the file. What is kept for that is bounded.

use std::collections::HashMap;

use super::fields::BibEntry;

/// Most bytes that are kept of parents, and of children that wait for one.
const MOST_KEPT: usize = 64 << 20;
/// What a paper may take from the volume in which it appeared. Identifiers, addresses and authors are the volume's own.
const INHERITED: [&str; 13] = [
    "journal",
    "journaltitle",
    "booktitle",
    "series",
    "volume",
    "number",
    "issue",
    "year",
    "month",
    "day",
    "date",
    "eventtitle",
    "publisher",
];

/// The entries read so far to which others may refer, by their keys in lower case, with the fields that they pass on.
#[derive(Default)]
pub(super) struct Parents {
    fields: HashMap<String, Vec<(String, String)>>,
    size: usize,
}

/// Entries that refer to one that was not read yet, by its key in lower case.
#[derive(Default)]
pub(super) struct Children {
    waiting: HashMap<String, Vec<BibEntry>>,
    size: usize,
}

impl Parents {
    /// Keeps what an entry passes on, and returns the entries that waited for it, with that.
    pub(super) fn add(&mut self, entry: &BibEntry, children: &mut Children) -> Vec<BibEntry> {
        let key = entry.key.to_lowercase();
        let is_volume = ["book", "proceedings", "collection", "reference", "periodical", "xdata", "conference"];
        let waiting = children.take(&key);
        if key.is_empty() || waiting.is_empty() && !is_volume.iter().any(|kind| entry.kind.ends_with(kind)) {
            return Vec::new();
        }
        let mut passed: Vec<(String, String)> =
            entry.fields.iter().filter(|(name, _)| INHERITED.contains(&name.as_str())).cloned().collect();
        // The title of a volume is where its papers appeared.
        if entry.kind != "xdata"
            && entry.get("booktitle").is_none()
            && let Some(title) = entry.get("title")
        {
            passed.push(("booktitle".to_owned(), title.to_owned()));
        }
        let size = key.len() + size_of(&passed);
        if self.size + size <= MOST_KEPT {
            self.size += size;
            self.fields.insert(key, passed.clone());
        }
        waiting
            .into_iter()
            .map(|mut child| {
                inherit(&mut child, &passed);
                child
            })
            .collect()
    }

    /// Adds to an entry what those pass on to which it refers. Returns the key of one that was not read yet.
    pub(super) fn inherit(&self, entry: &mut BibEntry) -> Option<String> {
        let mut missing = None;
        for parent in references(entry) {
            match self.fields.get(&parent) {
                Some(passed) => inherit(entry, passed),
                None => missing = Some(parent),
            }
        }
        missing
    }
}

impl Children {
    /// Keeps an entry until its parent is read; gives it back when too many wait already.
    pub(super) fn wait(&mut self, parent: String, entry: BibEntry) -> Result<(), BibEntry> {
        let size = size_of(&entry.fields);
        if self.size + size > MOST_KEPT {
            return Err(entry);
        }
        self.size += size;
        self.waiting.entry(parent).or_default().push(entry);
        Ok(())
    }

    fn take(&mut self, parent: &str) -> Vec<BibEntry> {
        let children = self.waiting.remove(parent).unwrap_or_default();
        self.size -= children.iter().map(|child| size_of(&child.fields)).sum::<usize>();
        children
    }

    /// All that still wait, in the order of the file.
    pub(super) fn into_all(self) -> Vec<BibEntry> {
        let mut all: Vec<BibEntry> = self.waiting.into_values().flatten().collect();
        all.sort_by_key(|entry| entry.line);
        all
    }
}

/// The keys to which an entry refers, in lower case; never its own.
fn references(entry: &BibEntry) -> Vec<String> {
    let fields = ["crossref", "xdata"].into_iter().filter_map(|name| entry.get(name));
    let keys = fields.flat_map(|keys| keys.split(',')).map(|key| key.trim().to_lowercase());
    keys.filter(|key| !key.is_empty() && *key != entry.key.to_lowercase()).collect()
}

/// About the bytes that fields take.
fn size_of(fields: &[(String, String)]) -> usize {
    fields.iter().map(|(name, value)| name.len() + value.len() + 48).sum()
}

fn inherit(entry: &mut BibEntry, passed: &[(String, String)]) {
    let has_date = ["year", "date"].iter().any(|name| entry.get(name).is_some());
    for (name, value) in passed {
        let is_date = ["year", "month", "day", "date"].contains(&name.as_str());
        if entry.get(name).is_none() && !(is_date && has_date) {
            entry.fields.push((name.clone(), value.clone()));
        }
    }
}
