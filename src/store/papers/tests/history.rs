//! The history of one paper, as its sources tell it, in every order.

use jiff::civil::Date;

use super::*;
use crate::domain::record::Record;
use crate::domain::record_source::RecordSource;
use crate::sources::{self, Input, ReadItem};
use crate::store::ReadyRecord;
use crate::store::papers::merge::PaperCopy;

/// Format and text of each source.
const HISTORY: [(&str, &str); 6] = [
    (
        "page",
        "byAK and the research community\n\nMar 12\n\nQuiet Kites: Flying with Less Wind\n\nWe study how kites that were trained in strong wind can be \
         flown with less of it, which nobody has asked for so far. The kites stay up 2.7times longer than before. \
         All strings and all knots are in the garden behind the house, where anybody can see them.\n",
    ),
    (
        "hf",
        r#"[{"paper":{"id":"2503.99901","title":"Quiet Kites: Flying with\n  Less Wind","summary":"We study how kites that were trained in strong wind can be flown with less of it, which nobody has asked for so far. The kites stay up $2.7\\times$ longer than before.","upvotes":41,
        "publishedAt":"2025-03-11T17:00:00.000Z","submittedOnDailyAt":"2025-03-12T00:00:00.000Z","githubRepo":"https://github.com/invented-lab/kites","authors":[{"name":"Jane Q. Doe"},{"name":"Bo Li"}]},
        "publishedAt":"2025-03-11T13:00:00.000Z","title":"Quiet Kites: Flying with Less Wind","numComments":2}]"#,
    ),
    (
        "feed",
        r#"<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom"><entry>
        <id>http://arxiv.org/abs/2503.99901v1</id><title>Quiet Kites: Flying with Less Wind</title>
        <updated>2025-03-11T17:20:11Z</updated><published>2025-03-11T17:20:11Z</published>
        <summary>We study how kites that were trained in strong wind can be flown with less of it, which nobody has asked for so far. The kites stay up $2.7\times$ longer than before.</summary>
        <category term="cs.LG"/><arxiv:comment>9 pages</arxiv:comment><arxiv:primary_category term="cs.LG"/>
        <author><name>Jane Q. Doe</name></author><author><name>Bo Li</name></author></entry></feed>"#,
    ),
    (
        "feed",
        r#"<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom"><entry>
        <id>http://arxiv.org/abs/2503.99901v2</id><title>Quiet Kites: Flying with Almost No Wind</title>
        <updated>2025-06-02T09:00:00Z</updated><published>2025-03-11T17:20:11Z</published>
        <summary>We study how kites can be flown with almost no wind. The kites stay up $3.1\times$ longer than before, and we say why.</summary>
        <category term="cs.LG"/><category term="stat.ML"/><arxiv:comment>12 pages</arxiv:comment><arxiv:primary_category term="cs.LG"/>
        <author><name>Jane Q. Doe</name></author><author><name>Bo Li</name></author><author><name>Ada Roe</name></author></entry></feed>"#,
    ),
    (
        "oai",
        r#"<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header>
        <identifier>oai:arXiv.org:2503.99901</identifier><datestamp>2025-06-03</datestamp></header>
        <metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2503.99901</id><created>2025-03-11</created><updated>2025-06-02</updated>
        <authors><author><keyname>Doe</keyname><forenames>Jane Q.</forenames></author><author><keyname>Li</keyname><forenames>Bo</forenames></author><author><keyname>Roe</keyname><forenames>Ada</forenames></author></authors>
        <title>Quiet Kites: Flying with Almost No Wind</title><categories>cs.LG stat.ML</categories><comments>12 pages</comments>
        <license>http://creativecommons.org/licenses/by/4.0/</license><abstract>  We study how kites can be flown with almost no wind. The kites stay up $3.1\times$ longer than before, and we say why.
        </abstract></arXiv></metadata></record></ListRecords></OAI-PMH>"#,
    ),
    (
        "bibtex",
        "@article{doe2026, author = {Doe, Jane Q. and Li, Bo and Roe, Ada}, title = {Quiet Kites: Flying with Almost No Wind},
         journal = {Journal of Invented Aeronautics}, volume = 7, pages = {1--19}, year = 2026, month = feb,
         doi = {10.9999/JIA.7.1}, keywords = {kites}}",
    ),
];

fn records() -> Vec<Record> {
    let mut records = Vec::new();
    for (format, text) in HISTORY {
        let modified = Date::constant(2025, 3, 20);
        let input = Input { name: "file", modified, digest_day: None, bytes: Box::new(text.as_bytes()) };
        let before = records.len();
        let read = sources::read(input, Some(format), &mut |item| {
            if let ReadItem::Record { record, .. } = item {
                records.push(*record);
            }
            std::ops::ControlFlow::Continue(())
        });
        assert_eq!(read.unwrap(), format);
        assert_eq!(records.len(), before + 1, "{format}");
    }
    records
}

/// Every order of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let insert = |order: Vec<usize>| {
        (0..=order.len()).map(move |place| {
            let mut order = order.clone();
            order.insert(place, count - 1);
            order
        })
    };
    orders(count - 1).into_iter().flat_map(insert).collect()
}

/// All that is stored of the only paper.
#[derive(Debug, PartialEq)]
struct StoredHistory {
    key: PaperKey,
    paper: Paper,
    aliases: Vec<String>,
    copies: Vec<PaperCopy>,
    votes: usize,
}

fn history(store: &PaperStore) -> StoredHistory {
    let connection = &store.database.connection;
    let row: i64 = connection.query_row("SELECT id FROM paper", [], |row| row.get(0)).unwrap();
    let stored = store.get_row(row).unwrap().unwrap();
    let mut aliases = connection.prepare("SELECT key FROM alias WHERE paper = ?1 ORDER BY key").unwrap();
    let aliases = aliases.query_map([row], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut copies = store.copies(row).unwrap();
    copies.sort_by_key(|copy| (copy.source, copy.paper.version));
    let votes = store.vote_history(&stored.key).unwrap().len();
    StoredHistory { key: stored.key, paper: stored.paper, aliases, copies, votes }
}

#[test]
fn the_history_of_a_paper_is_the_same_row_in_every_order() {
    let records = records();
    let ready = || {
        let ready = records.iter().map(|record| ReadyRecord::new(record.paper.clone(), record.source).unwrap());
        ready.collect::<Vec<_>>()
    };
    let ready = ready();
    let room = room();
    let mut store = open(&room);
    let mut expected: Option<StoredHistory> = None;
    let orders = orders(records.len());
    assert_eq!(orders.len(), 720);
    for order in &orders {
        // Dropped at the end, so that each order begins with no paper.
        let mut import = store.import().unwrap();
        for place in order {
            import.put(&ready[*place], 1000).unwrap();
        }
        let papers: i64 =
            import.store.database.connection.query_row("SELECT count(*) FROM paper", [], |row| row.get(0)).unwrap();
        assert_eq!(papers, 1, "{order:?}");
        let found = history(import.store);
        assert_eq!(&found, expected.get_or_insert_with(|| history(import.store)), "{order:?}");
        for (place, record) in ready.iter().enumerate() {
            assert_eq!(import.put(record, 2000).unwrap().outcome, ImportOutcome::Unchanged, "{order:?}, again {place}");
        }
    }
    let StoredHistory { key, paper, copies, .. } = expected.unwrap();
    assert_eq!(key.as_str(), "arxiv:2503.99901");
    assert_eq!((paper.version, copies.len()), (Some(2), 6));
    assert_eq!(paper.title.source, "Quiet Kites: Flying with Almost No Wind");
    let dates = [paper.published, paper.issued, paper.updated].map(|date| date.unwrap().to_string());
    assert_eq!(dates, ["2025-03-11", "2026-02", "2025-06-02"]);
    assert_eq!(paper.venue.as_deref(), Some("Journal of Invented Aeronautics"));
    assert_eq!(paper.doi.unwrap().as_str(), "10.9999/JIA.7.1");
    assert_eq!(
        paper.authors.iter().map(|author| author.printed()).collect::<Vec<_>>(),
        ["Jane Q. Doe", "Bo Li", "Ada Roe"]
    );
    assert!(paper.summary.unwrap().source.contains("almost no wind"));
    assert_eq!(paper.sightings.len(), 1);
    let sources = copies.iter().map(|copy| copy.source).collect::<Vec<_>>();
    use RecordSource::{ArxivFeed, ArxivOai, Bibtex, HuggingFace, Page};
    assert_eq!(sources, [Page, HuggingFace, ArxivFeed, ArxivFeed, ArxivOai, Bibtex]);
    // And as files that are imported one after the other.
    for order in orders.iter().step_by(97) {
        let room = super::room();
        let mut store = open(&room);
        let mut keys = Vec::new();
        for place in order {
            let mut import = store.import().unwrap();
            keys.push(import.put(&ready[*place], 1000).unwrap().key);
            import.commit().unwrap();
        }
        for known in keys {
            assert_eq!(store.resolve(&known).unwrap().as_ref(), Some(&key), "{order:?}");
        }
        assert_sound(&store);
    }
}
