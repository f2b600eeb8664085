//! Syncs of feeds at addresses of a server on this machine.

use super::*;
use crate::domain::followed::{Followed, FollowedFeed};

const ATOM: &str = "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Kites</title>\
    <entry><id>a</id><title>On Kites</title><link href=\"https://arxiv.org/abs/2611.00001\"/></entry>\
    <entry><id>b</id><title>On Wind</title><link href=\"https://doi.org/10.1000/wind\"/></entry>\
    <entry><id>c</id><title>A walk</title><link href=\"https://example.org/walk\"/></entry></feed>";

fn request(feeds: &[(&str, String)]) -> ServiceRequest {
    let feeds = feeds.iter().map(|(name, address)| FollowedFeed { name: (*name).to_owned(), address: address.clone() });
    let followed = Followed { feeds: feeds.collect(), ..Followed::default() };
    ServiceRequest { name: "feed".to_owned(), followed, fresh: Some(-1), ..ServiceRequest::default() }
}

#[test]
fn a_feed_is_read_and_not_sent_again_while_it_is_the_same() {
    let trial = Trial::new([]);
    let server = HttpServer::start(|request, _, stream| match request.path.as_str() {
        "/kites.xml" if request.head.contains("if-modified-since: fri, 27 nov 2026 10:00:00 gmt") => {
            reply(stream, "304 Not Modified", "", b"");
        }
        "/kites.xml" => {
            reply(stream, "200 OK", "Last-Modified: Fri, 27 Nov 2026 10:00:00 GMT\r\n", ATOM.as_bytes());
        }
        "/other.xml" => reply(stream, "200 OK", "", b"<?xml version='1.0'?><opml/>"),
        _ => reply(stream, "404 Not Found", "", b"gone"),
    });
    let address = |path: &str| format!("{}/{path}", server.address());
    let feeds = [("Kites", address("kites.xml")), ("", address("other.xml")), ("Gone", address("gone.xml"))];
    let (mut library, request) = (trial.library(), request(&feeds));
    let go_on = &mut |_: &SyncProgress| ControlFlow::Continue(());
    let network = Network { contact: Some("ada@example.org".to_owned()), ..trial.network() };
    let reports = library.sync(std::slice::from_ref(&request), &network, go_on).unwrap().lists;
    let state = |report: &ListReport| (report.name.clone(), report.days[0].state, report.papers.new);
    assert_eq!(state(&reports[0]), ("feed Kites".to_owned(), DayState::Open, 2));
    assert_eq!((state(&reports[1]).1, state(&reports[2]).1), (DayState::Failed, DayState::Failed));
    let why = |report: &ListReport| report.failures[0].1.clone();
    assert!(why(&reports[1]).ends_with("/other.xml: it answered with XML that is no feed"), "{}", why(&reports[1]));
    assert!(why(&reports[2]).ends_with("/gone.xml: it answered 404 Not Found: `gone`"), "{}", why(&reports[2]));
    for key in ["arxiv:2611.00001", "doi:10.1000/wind"] {
        let paper = library.papers.get(&PaperKey::parse(key).unwrap()).unwrap().unwrap().paper;
        assert_eq!((&*paper.sightings[0].digest.id, &*paper.sightings[0].digest.label), ("feed:Kites", "Kites"));
    }
    assert!(server.received()[0].head.contains("for the terminal; ada@example.org)"), "{:?}", server.received()[0]);
    let again = library.sync(std::slice::from_ref(&request), &network, go_on).unwrap().lists;
    assert_eq!((again[0].asked, again[0].papers.read, again[0].days[0].entries), (1, 0, 3));
    let usually = ServiceRequest { fresh: None, ..request };
    assert_eq!(library.sync_status(std::slice::from_ref(&usually)).unwrap()[0].due, [], "for half an hour");
    let twice = self::request(&[("Kites", address("a")), ("Kites", address("b"))]);
    assert!(library.sync_status(&[twice]).unwrap_err().to_string().contains("two feeds are called `Kites`"));
}
