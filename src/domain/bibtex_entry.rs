//! What the user's bibliography states of a paper besides the facts that `Paper` has: the kind of its entry, its citation key and the other
//! fields, as LaTeX. It is kept to be written out again as it came.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The entry of a paper in a BibTeX or biblatex file, without the fields that are read into `Paper` whole: title, authors, abstract and
/// identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BibtexEntry {
    /// `article`, in lower case.
    pub kind: String,
    /// Empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Names in lower case, each once, and values without their delimiters, macros replaced. In the order of the file.
    #[serde(default)]
    pub fields: Vec<(String, String)>,
}

/// Fields that `Paper` holds whole, that name other entries of the file, or that say where its other fields come from.
const READ_WHOLE: [&str; 15] = [
    "title",
    "subtitle",
    "author",
    "authors",
    "abstract",
    "doi",
    "eprint",
    "archiveprefix",
    "eprinttype",
    "primaryclass",
    "eprintclass",
    "arxivid",
    "crossref",
    "xdata",
    "xref",
];

impl BibtexEntry {
    /// The fields that are kept of all that an entry has; of several of one name the last. None when nothing is left but the kind.
    pub fn kept(kind: &str, key: &str, fields: &[(String, String)]) -> Option<Self> {
        let mut kept: Vec<(String, String)> = Vec::new();
        for (name, value) in fields {
            let value = value.trim();
            if READ_WHOLE.contains(&name.as_str()) || value.is_empty() || !is_field_name(name) {
                continue;
            }
            match kept.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => value.clone_into(known),
                None => kept.push((name.clone(), value.to_owned())),
            }
        }
        let key = key.trim();
        (!kept.is_empty() || !key.is_empty()).then(|| Self { kind: kind.to_owned(), key: key.to_owned(), fields: kept })
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// As one line of JSON, which is how it is stored.
    pub fn to_json(&self) -> String {
        // Writing texts and lists into memory cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// None for a text that is no entry.
    pub fn from_json(json: &str) -> Option<Self> {
        Self::checked(serde_json::from_str(json).ok()?)
    }

    /// None for a value that is no entry.
    pub fn from_value(value: &Value) -> Option<Self> {
        Self::checked(Self::deserialize(value).ok()?)
    }

    /// The entry, if its names can stand in a file. From outside they may be anything.
    fn checked(self) -> Option<Self> {
        (is_field_name(&self.kind) && self.fields.iter().all(|(name, _)| is_field_name(name))).then_some(self)
    }
}

/// Whether a text may name a field or a kind of entry.
fn is_field_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_+".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn what_the_paper_holds_is_not_kept_twice() {
        let fields = owned(&[
            ("title", "Kites"),
            ("isbn", " 1 "),
            ("editor", "Doe, Jane"),
            ("isbn", "2"),
            ("note", " "),
            ("a b", "x"),
            ("crossref", "other"),
        ]);
        let kept = BibtexEntry::kept("book", " kites ", &fields).unwrap();
        assert_eq!(
            (kept.key.as_str(), kept.fields.clone()),
            ("kites", owned(&[("isbn", "2"), ("editor", "Doe, Jane")]))
        );
        assert_eq!(BibtexEntry::from_json(&kept.to_json()), Some(kept));
        assert_eq!(BibtexEntry::kept("misc", "", &owned(&[("title", "Kites")])), None);
    }

    #[test]
    fn names_that_cannot_stand_in_a_file_are_refused() {
        for (kind, name) in [("article", "a,b"), ("article", ""), ("ar}ticle", "isbn"), ("", "isbn"), ("article", "1a")]
        {
            let entry = BibtexEntry { kind: kind.into(), key: String::new(), fields: owned(&[(name, "x")]) };
            assert_eq!(BibtexEntry::from_json(&entry.to_json()), None, "{kind} {name}");
        }
        assert_eq!(BibtexEntry::from_json("[]"), None);
    }
}
