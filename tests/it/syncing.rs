//! `tsundoku sync` as a shell uses it, against a server on this machine: what comes in, what is told, and what other processes do meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use tsundoku::library::sync::ServiceRequest;
use tsundoku::tui::effect::{Alarm, Effect, TerminalEffect, Work};
use tsundoku::tui::message::Message;

use crate::harness::Reader;
use crate::http_server::{HttpServer, Received, reply};

/// A home folder whose settings name a server of this machine.
struct Home {
    folder: TempDir,
    server: HttpServer,
}

/// Lists of a service, by day.
type Lists = BTreeMap<String, Vec<String>>;

fn rows(day: &str, ids: std::ops::Range<usize>) -> (String, Vec<String>) {
    let row = |id| {
        format!(
            r#"{{"paper":{{"id":"2503.{id:05}","title":"Kite {id} of the Morning","summary":"We fly {id}.","upvotes":{id},
                "submittedOnDailyAt":"{day}T00:00:00.000Z"}},"title":"Kite {id}"}}"#
        )
    };
    (day.to_owned(), ids.map(row).collect())
}

fn parameter(request: &Received, name: &str) -> String {
    let pairs = request.path.split(['?', '&']).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next().unwrap()
}

fn list(lists: &Lists, request: &Received, stream: &mut TcpStream) {
    let rows = lists.get(&parameter(request, "date")).cloned().unwrap_or_default();
    reply(stream, "200 OK", "", format!("[{}]", rows.join(",")).as_bytes());
}

impl Home {
    fn new(answer: impl Fn(&Received, usize, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = HttpServer::start(answer);
        fs::create_dir(folder.path().join("library")).unwrap();
        let settings = format!("[sync.hf]\nfrom = 2025-03-10\nbase = \"{}/\"\n", server.address());
        fs::write(folder.path().join("library/config.toml"), settings).unwrap();
        Self { folder, server }
    }

    fn with_lists(lists: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        let lists: Lists = lists.into_iter().collect();
        Self::new(move |request, _, stream| list(&lists, request, stream))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tsundoku"));
        command.env_clear().env("HOME", self.folder.path()).env("TZ", "UTC").arg("--dir");
        command.arg(self.folder.path().join("library")).args(arguments).stdin(Stdio::null());
        command
    }

    /// Exit status and both outputs.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let [out, err] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (status.code().unwrap_or(-1), out, err)
    }

    fn count(&self, query: &str) -> usize {
        self.run(&["list", query, "--count"]).1.trim().parse().unwrap()
    }
}

#[test]
fn days_come_in_once_and_are_told_apart() {
    let home = Home::with_lists([rows("2025-03-11", 1..4), rows("2025-03-12", 3..9)]);
    let (status, out, err) = home.run(&["sync", "--dry-run", "--to", "2025-03-12"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(out, "hf: 3 days to ask for\n  2025-03-12\n  2025-03-11\n  2025-03-10\n");
    let (status, out, err) = home.run(&["sync", "hf", "--to", "2025-03-12"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    assert_eq!(out, "hf: 3 days, 9 papers, 8 new, 1 updated\n");
    assert!(home.server.received()[0].head.contains("user-agent: tsundoku/"));
    assert_eq!((home.count("source:hf"), home.count("digest:2025-03-12"), home.count("\"we fly 7\"")), (8, 6, 1));

    let asked = home.server.received().len();
    let (status, out, _) = home.run(&["sync", "--to", "2025-03-12"]);
    assert_eq!((status, out.as_str()), (0, "hf: 0 days, 0 papers\n"));
    assert_eq!(home.server.received().len(), asked);

    let (status, out, _) = home.run(&["sync", "--status", "--to", "2025-03-14"]);
    assert_eq!(status, 3);
    let expected = "hf  the daily papers of Hugging Face, 2025-03-10 to 2025-03-14\n  2 days complete (9 papers)\n  \
                    1 day on which nothing was announced\n  2025-03-13 to 2025-03-14  not asked for (2 days)\n";
    assert_eq!(out, expected);
    let (_, out, _) = home.run(&["sync", "--status", "--json", "--to", "2025-03-13"]);
    let status: Value = serde_json::from_str(&out).unwrap();
    let days = status["days"].as_array().unwrap();
    let states: Vec<_> = days.iter().map(|day| day["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["nothing-announced", "complete", "complete", "not-asked"]);
    assert_eq!((&days[2]["entries"], &status["due"][0]), (&Value::from(6), &Value::from("2025-03-13")));
}

#[test]
fn a_failure_says_what_was_asked_and_what_came_back() {
    let home = Home::new(|request, _, stream| match parameter(request, "date").as_str() {
        "2025-03-12" => reply(stream, "404 Not Found", "", b"\x1b]0;x\x07gone"),
        _ => list(&BTreeMap::from([rows("2025-03-11", 1..3)]), request, stream),
    });
    let (status, out, _) = home.run(&["sync", "--to", "2025-03-12"]);
    assert_eq!(status, 3);
    let address = home.server.address();
    let lines: Vec<&str> = out.lines().collect();
    let failure = format!(
        "  2025-03-12  failed: asked {address} for the list of 2025-03-12: it answered 404 Not Found: `]0;xgone`"
    );
    assert_eq!(lines, ["hf: 2 days, 2 papers, 2 new", &failure]);

    let home = Home::new(|_, _, stream| reply(stream, "200 OK", "", b"<html>please log in"));
    let (status, out, _) = home.run(&["sync", "--to", "2025-03-12"]);
    assert_eq!(status, 1);
    assert!(out.contains("with an HTML page (is this network behind a login page?) instead of JSON"), "{out}");
    assert!(out.contains("2025-03-10 to 2025-03-11  not asked for (2 days)"), "{out}");
    assert_eq!(home.server.received().len(), 1, "the next day would fail, too");
}

#[test]
fn mistakes_are_told_before_anything_is_asked() {
    let home = Home::with_lists([]);
    for (arguments, words) in [
        (&["sync", "hg"][..], "`hg` is not a service; did you mean `hf`?"),
        (&["sync", "--from", "2025-03-12", "--to", "2025-03-11"], "2025-03-12 is after 2025-03-11"),
        (&["sync", "--from", "soon"], "`soon` is not a day"),
    ] {
        let (status, _, err) = home.run(arguments);
        assert!(status == 2 && err.contains(words), "{arguments:?}: {status} {err}");
    }
    fs::write(home.folder.path().join("library/config.toml"), "").unwrap();
    let (status, _, err) = home.run(&["sync"]);
    assert!(status == 2 && err.contains("name one (`tsundoku sync hf`, `tsundoku sync arxiv`"), "{err}");
    assert_eq!(home.server.received().len(), 0);
}

#[test]
fn the_feeds_of_another_reader_are_followed() {
    let home = Home::new(|_, _, stream| {
        let feed = "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>a</id><title>On Kites</title>\
                    <link href=\"https://arxiv.org/abs/2611.00001\"/></entry></feed>";
        reply(stream, "200 OK", "", feed.as_bytes());
    });
    let (address, list) = (home.server.address().to_owned(), home.folder.path().join("feeds.opml"));
    let outline = |title: &str, path: &str| format!("<outline text=\"{title}\" xmlUrl=\"{address}/{path}\"/>");
    let [kites, twin] = [outline("Kites", "a.xml"), outline("Kites", "b.xml")];
    let file = "<outline text=\"File\" xmlUrl=\"file:///etc/passwd\"/>";
    fs::write(&list, format!("<opml version=\"2.0\"><body>{kites}{twin}{file}</body></opml>")).unwrap();
    let list = list.to_str().unwrap();
    let (status, out, err) = home.run(&["sync", "--opml", list]);
    assert!(status == 0 && out.starts_with("2 feeds more; those of "), "{out}{err}");
    assert!(err.contains("file:///etc/passwd: is no address of http or https"), "{err}");
    assert_eq!(home.server.received().len(), 0);
    let (status, out, _) = home.run(&["sync", "--opml", list]);
    assert!(status == 0 && out.starts_with("0 feeds more"), "{out}");
    let (status, out, err) = home.run(&["sync", "feed"]);
    let expected = format!("feed Kites: 1 day, 1 paper, 1 new\nfeed {address}/b.xml: 1 day, 1 paper, 1 updated\n");
    assert_eq!((status, out), (0, expected), "{err}");
    assert_eq!(home.count("source:feed"), 1);
    // Feeds of the user's own are kept.
    let kept = home.folder.path().join("library/feeds.toml");
    assert_eq!(fs::read_to_string(&kept).unwrap().matches("[[sync.feed]]").count(), 2);
    fs::write(&kept, "not [toml").unwrap();
    let (_, _, err) = home.run(&["sync", "feed"]);
    assert!(err.contains("feeds.toml:1: "), "{err}");
}

#[test]
fn votes_and_places_outlive_a_lost_papers_file() {
    let home = Home::with_lists([rows("2025-03-11", 1..4), rows("2025-03-12", 5..6)]);
    let (status, _, err) = home.run(&["doctor", "--restore-history"]);
    assert!(status == 2 && err.contains("there is no library"), "{err}");
    home.run(&["sync", "--to", "2025-03-11"]);
    // The copy of a day is made before the first import that finds something to copy, here while the first sync is at work: before it noted the
    // day in the ledger.
    home.run(&["sync", "--to", "2025-03-12"]);
    let papers = home.folder.path().join("library/papers.db");
    fs::remove_file(&papers).unwrap();
    let again = home.folder.path().join("again.jsonl");
    fs::write(&again, "{\"title\":\"Kite 2 of the Morning\",\"arxiv\":\"2503.00002\"}\n").unwrap();
    assert_eq!(home.run(&["import", again.to_str().unwrap()]).0, 0);
    assert_eq!(home.count("digest:2025-03-11"), 0);
    let (_, out, err) = home.run(&["doctor", "--restore-history"]);
    let told = "added places in digests: 1, vote counts: 1, former versions: 0, days of the ledger: 0, papers of the copies that are not here: 2";
    assert!(out.contains(told), "{out}{err}");
    assert_eq!((home.count("digest:2025-03-11"), home.count("upvotes:>1")), (1, 1));
    let (_, status, _) = home.run(&["sync", "--status", "--to", "2025-03-11"]);
    assert!(
        status.contains("2025-03-11  not asked for"),
        "without its papers a day is to be asked for again: {status}"
    );
}

#[test]
fn days_that_may_be_asked_for_later_are_told() {
    let home = Home::new(|_, _, stream| reply(stream, "503 Busy", "Retry-After: 7200\r\n", b""));
    assert_eq!(home.run(&["sync", "--to", "2025-03-11"]).0, 1);
    let (status, out, _) = home.run(&["sync", "--dry-run", "--to", "2025-03-11"]);
    assert!(status == 0 && out.starts_with("hf: 2 days to ask for; not before "), "{out}");
    let (_, out, _) = home.run(&["sync", "--dry-run", "--json", "--to", "2025-03-11"]);
    let status: Value = serde_json::from_str(&out).unwrap();
    assert!(status["retry"].is_string() && status["due"].as_array().unwrap().len() == 2, "{status}");
    assert_eq!(home.server.received().len(), 1);
}

#[test]
fn a_killed_sync_is_completed_by_the_next() {
    let days: Vec<String> = (10..25).map(|day| format!("2025-03-{day}")).collect();
    let lists: Vec<_> = days.iter().enumerate().map(|(place, day)| rows(day, place * 5 + 1..place * 5 + 8)).collect();
    let home = Home::with_lists(lists);
    let sync = ["sync", "--to", "2025-03-24"];
    let mut kills = 0;
    // Each run gets a little further; the moments are spread over starting, asking, importing and indexing.
    for attempt in 0..12 {
        let mut child = home.command(&sync).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(40 + attempt * 37));
        child.kill().unwrap();
        kills += usize::from(!child.wait().unwrap().success());
    }
    assert!(kills > 0);
    let (status, out, err) = home.run(&sync);
    assert_eq!(status, 0, "{out}{err}");
    assert_eq!(home.count("source:hf"), 14 * 5 + 7);
    assert_eq!(home.run(&["doctor"]).0, 0);
    for day in &days {
        assert_eq!(home.count(&format!("digest:{day}")), 7, "{day}");
    }
}

#[test]
fn two_syncs_at_once_ask_one_at_a_time() {
    let lists: Lists = (10..16).map(|day| rows(&format!("2025-03-{day}"), day * 10..day * 10 + 4)).collect();
    let home = Home::new(move |request, _, stream| {
        thread::sleep(Duration::from_millis(40));
        list(&lists, request, stream);
    });
    let start = Instant::now();
    let spawn = || home.command(&["sync", "--to", "2025-03-15"]).stdout(Stdio::null()).spawn().unwrap();
    let children = [spawn(), spawn()];
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert!(start.elapsed() < Duration::from_secs(60));
    let received = home.server.received();
    assert!(received.len() >= 6 && received.iter().all(|request| request.at_once == 1), "{received:?}");
    let is_paced = received.windows(2).all(|pair| pair[1].at - pair[0].at >= Duration::from_millis(200));
    assert!(is_paced, "{received:?}");
    assert_eq!(home.count("source:hf"), 24);
}

/// A reader whose settings name the service.
fn reader(server: &HttpServer) -> Reader {
    let mut reader = Reader::new(120, 36);
    let service = ServiceRequest {
        name: "hf".to_owned(),
        base: Some(server.address().to_owned()),
        from: "2025-03-11".parse().ok(),
        to: "2025-03-12".parse().ok(),
        ..ServiceRequest::default()
    };
    reader.model.settings.sync.services = vec![service];
    reader.model.settings.sync.network.pace_folder = reader.dir.path().join("pace");
    reader
}

#[test]
fn in_the_reader_papers_come_in_and_the_cursor_stays() {
    let lists = Lists::from([rows("2025-03-11", 1..4), rows("2025-03-12", 3..9)]);
    let server = HttpServer::start(move |request, _, stream| list(&lists, request, stream));
    let mut reader = reader(&server);
    reader.keys("3 j");
    let (current, before) = (reader.model.current_key(), reader.model.results.count());
    reader.keys("S");
    assert_eq!(reader.notice(), "hf: 8 new papers");
    assert_eq!((reader.model.current_key(), reader.model.results.count()), (current, before + 8));
    reader.keys("S");
    assert_eq!((reader.notice(), server.received().len()), ("hf: nothing new", 2));
    reader.keys("g y");
    let screen = reader.text();
    assert!(screen.contains("2025-03-11 to 2025-03-12") && screen.contains("2 days complete (9 papers)"), "{screen}");
    reader.keys("<esc> g j");
    assert!(reader.text().contains("hf: hf: nothing new"), "{}", reader.text());
}

#[test]
fn in_the_reader_a_failure_is_told_and_missing_days_are_listed() {
    let server = HttpServer::start(|_, _, stream| reply(stream, "200 OK", "", b"<html>log in"));
    let mut reader = reader(&server);
    reader.keys(": sync <space> hf <enter>");
    assert!(reader.notice().contains("hf: nothing new; asked http://127.0.0.1:"), "{}", reader.notice());
    reader.keys("<esc> : sync-status <enter>");
    let screen = reader.text();
    assert!(screen.contains("2025-03-11  not asked for") && screen.contains("2025-03-12  failed: asked"), "{screen}");
    reader.keys("<esc> : sync <space> arxif <enter>");
    assert!(reader.notice().contains("`arxif` is not a service"), "{}", reader.notice());
    reader.model.settings.sync.services.clear();
    reader.keys("<esc> <esc> S");
    assert!(reader.notice().contains("no service is named"), "{}", reader.notice());
}

#[test]
fn the_reader_asks_by_itself_where_the_settings_say_so() {
    let server =
        HttpServer::start(|request, _, stream| list(&Lists::from([rows("2025-03-12", 1..3)]), request, stream));
    let mut reader = reader(&server);
    reader.asked();
    reader.send(Message::Woke(Alarm::Sync));
    assert_eq!(server.received().len(), 0, "not without the setting");
    reader.model.settings.sync.every = Some(Duration::from_secs(7200));
    reader.send(Message::Woke(Alarm::Sync));
    let asked = reader.asked();
    let next = Effect::Terminal(TerminalEffect::Wake { after: Duration::from_secs(7200), alarm: Alarm::Sync });
    assert!(asked.contains(&next), "{asked:?}");
    let is_sync = |effect: &Effect| matches!(effect, Effect::Start(_, Work::Sync { .. }));
    assert_eq!((asked.iter().filter(|effect| is_sync(effect)).count(), server.received().len()), (1, 2));
}
