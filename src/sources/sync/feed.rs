//! Feeds at any address, Atom or RSS. A feed has no days: what it holds now is all there is of it.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::Duration;

use jiff::civil::date;

use super::http::{BodyKind, Failure, HttpAnswer, HttpRequest};
use super::{DayQuery, DigestRanks, Fetched, FetchedList, KnownList, ListKind, Settles, SourceList};
use crate::domain::clean::Clean;
use crate::domain::followed::{Followed, FollowedFeed};
use crate::domain::identity::PaperKey;
use crate::domain::paper::Digest;
use crate::sources::input::Origin;
use crate::sources::item::ReadItem;
use crate::sources::xml::feed;

static FEED: ListKind = ListKind {
    doc: "papers that the feed leads to",
    first_day: date(1999, 3, 15),
    publishes_on: |_| false,
    settles: Settles::Never,
    may_become_empty: true,
    patience: 0,
    reach: None,
    only_before: None,
    fresh: 1800,
    fetch,
};

/// Two feeds may be of one host.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) fn lists(followed: &Followed) -> Result<Vec<SourceList>, String> {
    if followed.feeds.is_empty() {
        return Err("no feed is followed".to_owned());
    }
    let list = |feed: &FollowedFeed| {
        let name = if feed.name.trim().is_empty() { &feed.address } else { &feed.name };
        let name = Clean::new(name);
        SourceList {
            name: format!("feed {name}"),
            subject: name.to_string(),
            address: Some(feed.address.clone()),
            kind: &FEED,
        }
    };
    let lists: Vec<SourceList> = followed.feeds.iter().map(list).collect();
    // The ledger knows them by their names.
    let mut names: Vec<&str> = lists.iter().map(|list| list.name.as_str()).collect();
    names.sort_unstable();
    match names.iter().zip(names.iter().skip(1)).find(|(one, next)| one == next) {
        Some((name, _)) => Err(format!("two feeds are called `{}`", name.trim_start_matches("feed "))),
        None => Ok(lists),
    }
}

fn fetch(query: &DayQuery<'_>) -> Result<Fetched, Failure> {
    let known = query.known.and_then(|known| known.validator.as_deref());
    let request = HttpRequest { url: query.host.base, expected: BodyKind::Xml, known, pause: PAUSE, site: None };
    let (text, validator) = match query.host.client.get(request, query.host.is_cancelled)? {
        HttpAnswer::Unchanged if known.is_some() => return Ok(Fetched::Unchanged),
        HttpAnswer::Unchanged => {
            return Err(Failure::of_request("it answered that nothing changed without being asked".to_owned()));
        }
        HttpAnswer::Body { text, validator } => (text, validator),
    };
    let origin = Origin { name: "the feed", shown: "the feed", member: None, modified: query.day, digest_day: None };
    let (mut keys, mut entries): (Vec<PaperKey>, usize) = (Vec::new(), 0);
    let read = feed::read_answer(Box::new(text.as_bytes()), &origin, &mut |item| {
        match item {
            ReadItem::Record { record, .. } => {
                entries += 1;
                keys.push(record.paper.key());
            }
            ReadItem::Rejected(_) => entries += 1,
            ReadItem::Notice(_) => {}
        }
        ControlFlow::Continue(())
    });
    read.map_err(|error| Failure::of_request(error.to_string()))?;
    if entries == 0 && !["<feed", "<rss", "RDF"].iter().any(|root| text.contains(root)) {
        return Err(Failure::of_request("it answered with XML that is no feed".to_owned()));
    }
    let name = &query.list.subject;
    let digest = Digest { id: format!("feed:{name}"), source: "feed".into(), label: Clean::new(name), day: None };
    let ranks: HashMap<PaperKey, Option<u32>> = keys.iter().map(|key| (key.clone(), None)).collect();
    let known = KnownList { entries, validator, ..KnownList::default() };
    // Entries that lead to no paper are no news.
    let texts = if keys.is_empty() { Vec::new() } else { vec![text] };
    Ok(Fetched::List(Box::new(FetchedList {
        texts,
        format: "feed",
        listed: Some(DigestRanks { digest, ranks }),
        known,
    })))
}
