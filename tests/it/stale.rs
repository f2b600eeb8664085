//! Answers to questions that were superseded: each kind is dropped, and changes neither the model nor the screen nor what is asked next.

use std::ops::Range;
use std::sync::Arc;

use tsundoku::domain::query::Query;
use tsundoku::index::{Facets, Hits, Snippet};
use tsundoku::tui::effect::{Effect, Request};
use tsundoku::tui::message::{Answer, Message};

use crate::harness::Reader;

/// Papers are found by a word, and more by meaning.
const FOUND: &str = "/ learn <enter>";

fn reader(keys: &str) -> Reader {
    let mut reader = Reader::new(120, 36);
    reader.keys(keys);
    reader.asked();
    reader
}

fn everything(reader: &mut Reader) -> Arc<Hits> {
    Arc::new(reader.library.search(&Query::default(), &|| false).unwrap())
}

/// Sends an answer that must change nothing.
fn assert_dropped(reader: &mut Reader, answer: Answer) {
    let (screen, cursor) = (reader.text(), reader.model.list);
    reader.asked();
    reader.send(Message::Answer(answer));
    assert_eq!(reader.text(), screen);
    assert_eq!((reader.model.list, reader.asked()), (cursor, Vec::new()));
}

#[test]
fn papers_found_for_an_earlier_query() {
    let mut reader = reader(FOUND);
    let (generation, hits) = (reader.model.results.generation, everything(&mut reader));
    assert_ne!(reader.model.results.count(), hits.count);
    assert_dropped(&mut reader, Answer::Found { generation: generation - 1, hits: Arc::clone(&hits), row: None });
    assert!(!Arc::ptr_eq(reader.model.results.hits.as_ref().unwrap(), &hits));
    reader.send(Message::Answer(Answer::Found { generation, hits: Arc::clone(&hits), row: None }));
    assert!(Arc::ptr_eq(reader.model.results.hits.as_ref().unwrap(), &hits), "the latest query's answer is shown");
}

#[test]
fn facets_counted_for_an_earlier_query() {
    let mut reader = reader(FOUND);
    let generation = reader.model.results.generation;
    let (facets, others) = (reader.model.results.facets.clone().unwrap(), Arc::new(Facets::default()));
    assert_dropped(&mut reader, Answer::Counted { generation: generation - 1, facets: Arc::clone(&others) });
    assert!(Arc::ptr_eq(reader.model.results.facets.as_ref().unwrap(), &facets));
    reader.send(Message::Answer(Answer::Counted { generation, facets: Arc::clone(&others) }));
    assert!(Arc::ptr_eq(reader.model.results.facets.as_ref().unwrap(), &others));
}

#[test]
fn what_each_part_of_an_earlier_query_finds() {
    let mut reader = reader("/ tails <space> year:1999 <enter>");
    let (generation, parts) = (reader.model.results.generation, reader.model.results.parts.clone());
    assert_eq!(parts.len(), 2);
    assert_dropped(&mut reader, Answer::Blamed { generation: generation - 1, parts: Vec::new() });
    assert_eq!(reader.model.results.parts, parts);
    reader.send(Message::Answer(Answer::Blamed { generation, parts: Vec::new() }));
    assert_eq!(reader.model.results.parts, []);
}

#[test]
fn what_is_below_the_result_of_an_earlier_query() {
    let mut reader = reader(FOUND);
    let (generation, below) = (reader.model.results.generation, reader.model.results.below.clone());
    assert!(!below.is_empty());
    assert_dropped(&mut reader, Answer::Below { generation: generation - 1, bands: Vec::new() });
    assert_eq!(reader.model.results.below, below);
    let request = Box::new(Request::Refresh);
    assert_dropped(&mut reader, Answer::Postponed { generation: generation - 1, request });
}

#[test]
fn the_rest_of_an_earlier_result() {
    let mut reader = reader(FOUND);
    let (generation, hits) = (reader.model.results.generation, everything(&mut reader));
    assert_dropped(&mut reader, Answer::Completed { generation: generation - 1, hits: Arc::clone(&hits) });
    assert!(!Arc::ptr_eq(reader.model.results.hits.as_ref().unwrap(), &hits));
    reader.send(Message::Answer(Answer::Completed { generation, hits: Arc::clone(&hits) }));
    assert!(Arc::ptr_eq(reader.model.results.hits.as_ref().unwrap(), &hits));
}

#[test]
fn an_earlier_search_that_reads_every_abstract() {
    let mut reader = reader(FOUND);
    let generation = reader.model.results.generation;
    assert_dropped(&mut reader, Answer::ReadingAbstracts { generation: generation - 1 });
    assert_dropped(&mut reader, Answer::SearchPostponed { generation: generation - 1 });
    reader.send(Message::Answer(Answer::ReadingAbstracts { generation }));
    assert!(
        reader.text().contains("there is no full text: a search in abstracts reads every one"),
        "{}",
        reader.text()
    );
    reader.holds = true;
    reader.send(Message::Answer(Answer::SearchPostponed { generation }));
    let asked = reader.asked();
    assert!(asked.iter().any(|effect| matches!(effect, Effect::Request(Request::Search { .. }))), "asked again");
}

#[test]
fn snippets_of_an_earlier_query() {
    let mut reader = Reader::new(120, 36);
    reader.keys("/ abs:tail <enter>");
    let asked = reader.asked();
    let earlier = asked.iter().rev().find_map(|effect| match effect {
        Effect::Request(Request::Snippets { epoch, docs, .. }) => Some((*epoch, docs.clone())),
        _ => None,
    });
    let (epoch, docs) = earlier.unwrap();
    reader.keys("/ <space> abs:cloth <enter>");
    let doc = *docs.iter().find(|doc| reader.model.results.position_in_short_list(**doc).is_some()).unwrap();
    let known = reader.model.snippets.of(doc).cloned();
    let stale = Snippet {
        text: "of an earlier query".to_owned(),
        highlights: vec![Range { start: 0, end: 2 }],
        is_cut: [false, false],
    };
    assert_dropped(&mut reader, Answer::Snippets { epoch, found: vec![(doc, Some(stale))] });
    assert_eq!(reader.model.snippets.of(doc).cloned(), known);
}

#[test]
fn a_paper_that_the_cursor_has_left() {
    let mut reader = reader("j");
    let left = reader.model.current_key().unwrap();
    let detail = reader.library.detail(&left).unwrap();
    reader.keys("j");
    let (wanted, shown) = (reader.model.current_key().unwrap(), reader.model.shown);
    for detail in [detail, None] {
        assert_dropped(&mut reader, Answer::Loaded { key: left.clone(), detail });
        assert_eq!(reader.model.detail.detail.as_ref().unwrap().key, wanted);
        assert_eq!((reader.model.shown, reader.notice()), (shown, ""));
    }
    reader.send(Message::Answer(Answer::Loaded { key: wanted, detail: None }));
    assert!(reader.model.detail.detail.is_none() && reader.notice().contains("no longer in the library"));
}

#[test]
fn only_the_last_of_the_queries_typed_is_shown() {
    let mut reader = reader("");
    let before = reader.model.results.hits.clone().unwrap();
    reader.holds = true;
    reader.keys("/ tails");
    let searches = |reader: &Reader| {
        reader.queued().filter(|effect| matches!(effect, Effect::Request(Request::Search { .. }))).count()
    };
    assert_eq!(searches(&reader), 5, "one for each letter");
    while searches(&reader) > 1 {
        reader.deliver(1);
        assert!(Arc::ptr_eq(reader.model.results.hits.as_ref().unwrap(), &before));
    }
    reader.deliver(usize::MAX);
    let found = reader.library.search(&Query::parse("tails"), &|| false).unwrap();
    assert_eq!(reader.model.results.hits.as_ref().unwrap().complete(), found.complete());
}
