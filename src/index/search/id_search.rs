//! Papers by an identifier or its beginning. How identifiers are spelled otherwise (addresses, versions) is read before a query comes here.

use memchr::memmem::Finder;

use crate::index::format::file::{Section, u32s};
use crate::index::format::paper::DocId;
use crate::index::format::reader::Index;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::DocSet;

/// What may stand in front of an identifier in a key.
const KINDS: [&str; 3] = ["", "arxiv:", "doi:"];

/// The paper with this key or identifier, or all papers whose arXiv id, DOI or key begins with it.
pub(crate) fn with_id(index: &SegmentedIndex, text: &str) -> DocSet {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return DocSet::All(index.len());
    }
    match KINDS.iter().find_map(|kind| index.find(&[kind, text.as_str()].concat())) {
        Some(doc) => DocSet::list(vec![doc]),
        None => index.docs(|segment| DocSet::of_sorted(beginning_with(segment, text.as_bytes()), segment.len())),
    }
}

/// One pass over the keys, which lie one after another: several times faster than a look at each.
fn beginning_with(index: &Index, text: &[u8]) -> Vec<DocId> {
    let keys = index.file.section(Section::Keys);
    let mut ends = u32s(index.file.section(Section::KeyOffsets)).map(|end| end as usize);
    let (mut start, mut end) = (ends.next().unwrap_or(0), ends.next().unwrap_or(0));
    let finder = Finder::new(text);
    let (mut found, mut doc, mut from) = (Vec::new(), 0, 0);
    while let Some(at) = keys.get(from..).and_then(|rest| finder.find(rest)).map(|at| from + at) {
        while end <= at {
            let Some(next) = ends.next() else { return found };
            (start, end, doc) = (end, next, doc + 1);
        }
        let begins = at + text.len() <= end
            && KINDS.iter().any(|kind| keys.get(start..at).is_some_and(|before| before == kind.as_bytes()));
        // The next occurrence may overlap with this one, and begin a key.
        from = at + 1;
        if begins {
            found.push(doc);
            from = end;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::sample::{Sample, index};

    #[test]
    fn papers_are_found_by_the_beginning_of_an_identifier() {
        let keys =
            ["title:1010", "arxiv:1010.00101", "arxiv:1010.00102", "doi:10.1010/10", "title:arxiv10", "doi:10.1"];
        let samples: Vec<Sample> =
            (1..).zip(keys).map(|(row, key)| Sample { key: key.to_owned(), ..Sample::titled(row, "x") }).collect();
        let index = index(&samples);
        for text in [
            "",
            "1",
            "10",
            "1010",
            "1010.0010",
            "1010.00101",
            "10.1",
            "arxiv:10",
            "arxiv",
            "doi:",
            "title:",
            "0",
            "x",
            "ARXIV:1010.00101 ",
        ] {
            let begins = |key: &str| {
                KINDS.iter().any(|kind| key.starts_with(&[kind, text.trim().to_lowercase().as_str()].concat()))
            };
            let is = |key: &str| KINDS.iter().any(|kind| key == [kind, text.trim().to_lowercase().as_str()].concat());
            let exact: Vec<&str> =
                KINDS.iter().flat_map(|_| keys.iter().filter(|key| is(key))).copied().take(1).collect();
            let expected: Vec<&str> =
                if exact.is_empty() { keys.iter().copied().filter(|key| begins(key)).collect() } else { exact };
            let mut found: Vec<String> =
                with_id(&index, text).iter_from(0).map(|doc| index.key(doc).to_owned()).collect();
            found.sort();
            let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
            expected.sort();
            assert_eq!(found, expected, "{text}");
        }
    }
}
