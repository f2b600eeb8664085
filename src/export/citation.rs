//! How a paper is cited: its citation key, unique within an export, and one line for people. Keys are generated like the
//! defaults of Better BibTeX: first author's family name, three words of the title, year. No key is stored here; a stored one is part of
//! the entry.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

use super::entry::{ExportEntry, ExportPapers, PaperParts, chunks, rendered};
use super::people::{author_names, short_authors};
use crate::domain::date::PartialDate;
use crate::domain::fold::fold;
use crate::domain::identity::PaperKey;
use crate::domain::names::family_name;
use crate::domain::paper::{LinkKind, Paper};

/// Title words that are left out of a key.
const SKIPPED: &[&str] = &[
    "a ab aboard about above across after against al along amid among an and anti around as at before behind below beneath",
    "beside besides between beyond but by d da das de degli dei del dell della delle dello dem den der des despite die do",
    "down du during ein eine einem einen einer eines el en et except for from gli i il in inside into is l la las le les like lo los",
    "near nor of off on onto or over past per plus round save since so some sur than the through to toward towards un una",
    "unas under underneath une unlike uno unos until up upon van versus via von while with within without yet zu zum",
];
const TITLE_WORDS: usize = 3;
/// Longest part of a key, in characters; a title may be a whole pasted page.
const PART_CHARS: usize = 40;

/// A generated key, for instance `doeQuietGradientsTraining2024`; the same for papers that share author, title words and year.
/// ASCII letters and digits only. Where neither author nor title has any, the paper's id with `-`; where it has no id either, a
/// checksum of its title, so that papers in scripts other than Latin have keys of their own that no other paper of an export changes.
pub fn citation_key(paper: &Paper) -> String {
    let mut key = author_part(paper);
    let title = rendered(&paper.title);
    let words = title.split(|c: char| c.is_whitespace() || c == '/' || c == ':').map(plain_letters);
    for word in words.filter(|word| is_significant(word)).take(TITLE_WORDS) {
        let mut letters = word.chars().take(PART_CHARS);
        key.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        key.extend(letters);
    }
    if key.is_empty() {
        let id = paper.key();
        let id = id.as_str().trim_start_matches("title:").chars();
        key = id.map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(PART_CHARS).collect();
        key = key.trim_matches('-').to_owned();
    }
    if key.is_empty() {
        // 24 bits: among 1,000 such papers of one year it is rare that two share a key and one gets a suffix.
        key = format!("paper-{:06x}-", xxh3_64(paper.key().as_str().as_bytes()) >> 40);
    }
    if let Some(published) = paper.cited_date() {
        key.push_str(&published.year().to_string());
    }
    key.truncate(key.trim_end_matches('-').len());
    key
}

/// The key of an entry: the one that an earlier export gave it, else that of the user's bibliography, else a generated one. `CitationKeys`
/// makes it unique.
pub(super) fn key_of(entry: &ExportEntry) -> String {
    let given = entry.citation_key.as_deref().and_then(usable_key);
    given.or_else(|| own_key(&entry.paper)).unwrap_or_else(|| citation_key(&entry.paper))
}

/// The key in the user's bibliography.
fn own_key(paper: &Paper) -> Option<String> {
    usable_key(&paper.bibtex.as_ref()?.key)
}

/// A key without the characters that cannot stand in a file; None when none is left.
pub(super) fn usable_key(key: &str) -> Option<String> {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || "_:.-".contains(*c);
    let key: String = key.chars().filter(allowed).take(4 * PART_CHARS).collect();
    (!key.is_empty()).then_some(key)
}

/// Papers of which the heads are read at once.
const READ_AT_ONCE: usize = 256;

/// Keys for all papers of an export, no two of them equal, ignoring case, and none of them another paper's by an earlier export. Of the
/// papers that would have one key, it goes to one that was given it, then to one that has it in the user's bibliography, then to the earliest; the others get suffixes `a`, `b`, ... whatever
/// the order of the papers.
///
/// Takes 12 bytes for each paper, and the keys of those that would share one.
pub struct CitationKeys {
    bases: BaseKeys,
    /// By place.
    shared: HashMap<usize, String>,
    /// Keys with a suffix, and those that papers would share, in lower case.
    taken: HashSet<String>,
}

/// Where the key of a paper is from, the one with the better claim first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum KeyOrigin {
    EarlierExport,
    OwnBibliography,
    Generated,
}

/// A paper whose key another one has, too. In the order in which such papers are served.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct SharedKey {
    folded: String,
    origin: KeyOrigin,
    published: Option<PartialDate>,
    key: PaperKey,
    place: usize,
    base: String,
}

impl CitationKeys {
    /// Reads every paper once, and again those that would share a key. `visit` gets each without its abstract.
    pub fn assign(papers: &mut dyn ExportPapers, visit: &mut dyn FnMut(&ExportEntry)) -> io::Result<Self> {
        let mut bases = BaseKeys::default();
        // To grow it by halves would take twice as much.
        bases.hashes.reserve_exact(papers.count());
        let mut given_to_others = HashSet::new();
        for places in chunks(papers.count(), READ_AT_ONCE) {
            for (place, entry) in places.iter().zip(papers.read(&places, PaperParts::Head)?) {
                let Some(entry) = entry else {
                    bases.hashes.push(0);
                    continue;
                };
                let base = key_of(&entry);
                if !has_key(&entry) && papers.is_key_given(&base)? {
                    given_to_others.insert(*place);
                }
                bases.hashes.push(base_hash(&base));
                visit(&entry);
            }
        }
        bases.sort();
        let mut served = Vec::new();
        for places in bases.shared(&given_to_others).chunks(READ_AT_ONCE) {
            for (place, entry) in places.iter().zip(papers.read(places, PaperParts::Head)?) {
                let Some(entry) = entry else { continue };
                let base = key_of(&entry);
                let origin = match (has_key(&entry), own_key(&entry.paper)) {
                    (true, _) => KeyOrigin::EarlierExport,
                    (false, Some(_)) => KeyOrigin::OwnBibliography,
                    (false, None) => KeyOrigin::Generated,
                };
                let folded = base.to_lowercase();
                let key = entry.stored_key();
                served.push(SharedKey {
                    folded,
                    origin,
                    published: entry.paper.cited_date(),
                    key,
                    place: *place,
                    base,
                });
            }
        }
        served.sort();
        let mut keys = Self { bases, shared: HashMap::new(), taken: HashSet::new() };
        // All keys without a suffix come first, so that no key with a suffix can be equal to one of them.
        served.retain(|SharedKey { folded, place, base, .. }| {
            let is_owner = keys.taken.insert(folded.clone()) && !given_to_others.contains(place);
            if is_owner {
                keys.shared.insert(*place, base.clone());
            }
            !is_owner
        });
        let mut number = 0;
        let mut group = String::new();
        for SharedKey { folded, place, base, .. } in served {
            if folded != group {
                group.clone_from(&folded);
                number = 0;
            }
            let suffixed = keys.with_suffix(&base, &mut number, papers)?;
            keys.shared.insert(place, suffixed);
        }
        Ok(keys)
    }

    /// The next key with a suffix that no paper has. `number` is that of the last suffix that was tried.
    fn with_suffix(&mut self, base: &str, number: &mut usize, papers: &mut dyn ExportPapers) -> io::Result<String> {
        loop {
            *number += 1;
            let suffixed = format!("{base}{}", suffix(*number));
            let is_free = !self.bases.contains(&suffixed) && !papers.is_key_given(&suffixed)?;
            if is_free && self.taken.insert(suffixed.to_lowercase()) {
                return Ok(suffixed);
            }
        }
    }

    /// Sets the keys of papers that were read from these places, and keeps those that are new.
    pub(super) fn give(
        &mut self,
        papers: &mut dyn ExportPapers,
        places: &[usize],
        entries: &mut [Option<ExportEntry>],
    ) -> io::Result<()> {
        let mut new = Vec::new();
        for (place, entry) in places.iter().zip(entries) {
            let Some(entry) = entry else { continue };
            let is_new = !has_key(entry);
            entry.citation_key = Some(self.key(*place, entry));
            new.extend(is_new.then_some(entry));
        }
        papers.keep_keys(&mut new)?;
        // Another process gave away a key since the keys were assigned.
        new.retain(|entry| entry.citation_key.is_none());
        while !new.is_empty() {
            for entry in &mut new {
                entry.citation_key = Some(self.with_suffix(&key_of(entry), &mut 0, papers)?);
            }
            papers.keep_keys(&mut new)?;
            new.retain(|entry| entry.citation_key.is_none());
        }
        Ok(())
    }

    /// The key of the paper at a place.
    pub fn key(&self, place: usize, entry: &ExportEntry) -> String {
        self.shared.get(&place).cloned().unwrap_or_else(|| key_of(entry))
    }
}

/// Whether an earlier export gave the paper a key.
fn has_key(entry: &ExportEntry) -> bool {
    entry.citation_key.as_deref().and_then(usable_key).is_some()
}

/// The keys that papers would have if each were alone, as 64-bit hashes: millions of them fit into memory. Different keys hardly ever share a
/// hash; where they do, they are told apart when the papers are read again.
#[derive(Default)]
struct BaseKeys {
    /// By place; 0 where there is no paper.
    hashes: Vec<u64>,
    /// Places, sorted by hash and place.
    order: Vec<u32>,
}

impl BaseKeys {
    fn sort(&mut self) {
        self.order = (0..).zip(&self.hashes).map(|(place, _)| place).collect();
        let hashes = &self.hashes;
        self.order.sort_unstable_by_key(|place| (hashes.get(*place as usize), *place));
    }

    fn hash(&self, place: u32) -> u64 {
        self.hashes.get(place as usize).copied().unwrap_or(0)
    }

    /// The places of all papers whose key another one has, too, and of these, in their order.
    fn shared(&self, others: &HashSet<usize>) -> Vec<usize> {
        let groups = self.order.chunk_by(|one, other| self.hash(*one) == self.hash(*other));
        let shared =
            groups.filter(|group| group.len() > 1 && group.first().is_some_and(|place| self.hash(*place) != 0));
        let mut places: Vec<usize> =
            shared.flatten().map(|place| *place as usize).chain(others.iter().copied()).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    fn contains(&self, key: &str) -> bool {
        let hash = base_hash(key);
        self.order.binary_search_by_key(&hash, |place| self.hash(*place)).is_ok()
    }
}

/// Never 0.
fn base_hash(key: &str) -> u64 {
    xxh3_64(key.to_lowercase().as_bytes()).max(1)
}

/// `Dettmers, Pagnoni, et al. (2023). QLoRA: Efficient Finetuning of Quantized LLMs. arXiv:2305.14314`. Unknown parts are left out.
pub fn citation_line(paper: &Paper) -> String {
    let title = rendered(&paper.title);
    let status = paper.publication_status.map(|status| format!(" [{status}]")).unwrap_or_default();
    let title = format!("{}{status}", title.trim_end_matches('.'));
    let year = paper.cited_date().map(|date| format!(" ({:04})", date.year())).unwrap_or_default();
    let authors = short_authors(paper);
    let mut line = match (authors.is_empty(), year.is_empty()) {
        (true, _) => format!("{title}{year}"),
        (false, true) => format!("{}. {title}", authors.trim_end_matches('.')),
        (false, false) => format!("{authors}{year}. {title}"),
    };
    let place = match (&paper.arxiv, &paper.doi) {
        (Some(id), _) => Some(format!("arXiv:{id}")),
        (None, Some(doi)) => Some(doi.url()),
        (None, None) => paper.link(LinkKind::Abstract).and_then(|url| super::address::web_address(&url)),
    };
    if !line.ends_with(['?', '!', '.']) {
        line.push('.');
    }
    if let Some(place) = place {
        line.push(' ');
        line.push_str(&place);
    }
    line
}

/// 1 is `a`, 26 is `z`, 27 is `aa`.
fn suffix(mut number: usize) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        number -= 1;
        letters.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    letters.iter().rev().collect()
}

fn author_part(paper: &Paper) -> String {
    let names = author_names(paper);
    let family = names.iter().map(|name| family_name(name)).find(|family| !family.is_empty());
    plain_letters(&family.unwrap_or_default()).to_ascii_lowercase().chars().take(PART_CHARS).collect()
}

fn is_significant(word: &str) -> bool {
    let single_letter = word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| SKIPPED.iter().flat_map(|row| row.split(' ')).collect());
    !(word.is_empty() || single_letter || WORDS.contains(word.to_ascii_lowercase().as_str()))
}

/// The ASCII letters and digits of a text, accents folded, capitals kept.
fn plain_letters(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii() {
            out.extend(c.is_ascii_alphanumeric().then_some(c));
            continue;
        }
        let mut folded: String = fold(c.encode_utf8(&mut [0; 4])).chars().filter(char::is_ascii_alphanumeric).collect();
        if let Some(first) = folded.get_mut(..1).filter(|_| c.is_uppercase()) {
            first.make_ascii_uppercase();
        }
        out.push_str(&folded);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::ArxivId;
    use crate::domain::markup::Markup;
    use crate::domain::text::Text;

    fn paper(title: &str, authors: &[&str], published: &str) -> Paper {
        Paper {
            title: Text::new(title, Markup::Plain),
            authors: authors.iter().map(|&name| name.into()).collect(),
            published: published.parse().ok(),
            ..Paper::default()
        }
    }

    fn assign_keys(entries: &mut [ExportEntry]) {
        let keys = CitationKeys::assign(&mut &*entries, &mut |_| ()).unwrap();
        for (place, entry) in entries.iter_mut().enumerate() {
            entry.citation_key = Some(keys.key(place, entry));
        }
    }

    fn keys(entries: &[ExportEntry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.citation_key.as_deref().unwrap()).collect()
    }

    #[test]
    fn keys_are_better_bibtex_keys() {
        for (title, author, published, expected) in [
            ("Quiet Gradients: Training BERT", "Jane Q. Doe", "2024-01-03", "doeQuietGradientsTraining2024"),
            ("On the Low-Rank State of an A/B Test", "Ludwig van der Berg", "2024", "vanderbergLowRankStateTest2024"),
            ("efficient attention is all", "Paul Erdős", "1999", "erdosEfficientAttentionAll1999"),
            ("90% Less: GPT-4 3.1", "The Example Team", "", "theexampleteam90LessGPT4"),
            ("Untitled Seeds", "", "", "UntitledSeeds"),
            ("深度学习", "Wei Wang", "2024", "wang2024"),
            ("基于 BERT 的方法", "张 三", "2024", "BERT2024"),
            ("積ん読", "", "2024", "paper-63e93a-2024"),
            ("積ん読", "夏目 漱石", "", "paper-63e93a"),
        ] {
            let authors = [author];
            let key = citation_key(&paper(title, authors.as_slice(), published));
            assert_eq!(key, expected, "{title}");
            assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{key}");
        }
    }

    #[test]
    fn a_paper_without_latin_letters_keeps_its_key_whatever_else_is_exported() {
        let entry = |title: &str| ExportEntry { paper: paper(title, &["张 三"], "2024"), ..ExportEntry::default() };
        let mut all =
            ["深度学习", "强化学习", "图神经网络", "หนังสือ", "기계 학습", "Глубокое обучение", "التعلم العميق"]
                .map(entry);
        let mut one = [entry("图神经网络")];
        assign_keys(&mut all);
        assign_keys(&mut one);
        assert_eq!(keys(&all)[2], keys(&one)[0]);
        assert_eq!(keys(&all).iter().collect::<HashSet<_>>().len(), all.len());
        let with_id =
            Paper { arxiv: ArxivId::parse("2403.11111").map(|found| found.id), ..entry("深度学习").paper };
        assert_eq!(citation_key(&with_id), "arxiv-2403-111112024");
    }

    #[test]
    fn keys_are_unique_and_do_not_follow_the_order() {
        let entry = |published: &str, given: Option<&str>| ExportEntry {
            paper: paper("Quiet Gradients Training", &["Jane Doe"], published),
            citation_key: given.map(str::to_owned),
            ..ExportEntry::default()
        };
        let mut entries = [
            entry("2024-03", None),
            entry("2024-01", None),
            entry("2024-02", None),
            entry("2024-04", Some("mine")),
            entry("2024-05", Some("Mine")),
            entry("2024-06", Some("doeQuietGradientsTraining2024a")),
            entry("2024-07", Some("{} ")),
        ];
        assign_keys(&mut entries);
        let base = "doeQuietGradientsTraining2024";
        let made = |suffix| format!("{base}{suffix}");
        let expected = [made("c"), made(""), made("b"), "mine".into(), "Minea".into(), made("a"), made("d")];
        assert_eq!(keys(&entries), expected);
        let mut again = entries.clone();
        assign_keys(&mut again);
        assert_eq!(again, entries, "stable once given");
        let mut turned: Vec<ExportEntry> = vec![entry("2024-01", None), entry("2024-02", None), entry("2024-03", None)];
        assign_keys(&mut turned);
        let by_date = keys(&turned).iter().map(ToString::to_string).collect::<Vec<_>>();
        turned.reverse();
        turned.iter_mut().for_each(|entry| entry.citation_key = None);
        assign_keys(&mut turned);
        assert_eq!(keys(&turned).into_iter().rev().collect::<Vec<_>>(), by_date);
    }

    #[test]
    fn the_owner_of_a_key_that_two_papers_were_given_does_not_follow_the_order() {
        let entry = |published: &str, given: Option<&str>| ExportEntry {
            paper: paper("Quiet Gradients Training", &["Jane Doe"], published),
            citation_key: given.map(str::to_owned),
            ..ExportEntry::default()
        };
        let base = "doeQuietGradientsTraining2024";
        let later = [entry("2024-02", Some(base)), entry("2024-03", Some(base)), entry("2024-01", None)];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut entries = order.map(|place| later[place].clone());
            assign_keys(&mut entries);
            let mut found = [""; 3];
            order.into_iter().zip(keys(&entries)).for_each(|(place, key)| found[place] = key);
            assert_eq!(found, [base, &format!("{base}a"), &format!("{base}b")]);
        }
    }

    #[test]
    fn suffixes_go_on_after_z() {
        assert_eq!([1, 2, 26, 27, 52, 53, 702, 703].map(suffix), ["a", "b", "z", "aa", "az", "ba", "zz", "aaa"]);
    }

    #[test]
    fn a_line_cites_what_is_known() {
        let mut qlora = paper(
            "QLoRA: Efficient Finetuning",
            &["Tim Dettmers", "Artidoro Pagnoni", "Ari Holtzman", "Luke Zettlemoyer"],
            "2023-05",
        );
        qlora.arxiv = ArxivId::parse("2305.14314").map(|versioned| versioned.id);
        let line = "Dettmers, Pagnoni, et al. (2023). QLoRA: Efficient Finetuning. arXiv:2305.14314";
        assert_eq!(citation_line(&qlora), line);
        assert_eq!(citation_line(&paper("Why?", &["Jane Doe"], "")), "Doe. Why?");
        assert_eq!(citation_line(&paper("Seeds", &[], "2024")), "Seeds (2024).");
    }
}
