//! What is told of the days of a library with a hole, a held paper, a paper that is announced and not available, a holiday, weekends, a day
//! without an answer and a service that is down: in text, in JSON and on the screen.

use std::fs;
use std::net::TcpStream;
use std::process::{Command, Stdio};

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde_json::Value;
use tempfile::TempDir;

use tsundoku::domain::followed::{Followed, FollowedFeed};
use tsundoku::library::sync::ServiceRequest;

use crate::harness::Reader;
use crate::http_server::{HttpServer, Received, reply};

/// The Monday of a week that is over: its Wednesday is nine days ago or more, so that it counts as a holiday, and its Friday less than
/// fourteen, so that a paper may still come.
fn monday() -> Date {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut day = today.saturating_sub(9.days());
    while day.weekday() != Weekday::Wednesday {
        day = day.yesterday().unwrap();
    }
    day.saturating_sub(2.days())
}

fn day_of(weekday: i64) -> Date {
    monday().saturating_add(weekday.days())
}

const MONDAY: i64 = 0;
const TUESDAY: i64 = 1;
const WEDNESDAY: i64 = 2;
const THURSDAY: i64 = 3;
const FRIDAY: i64 = 4;
const SUNDAY: i64 = 6;

fn answer(request: &Received, stream: &mut TcpStream) {
    let path = &request.path;
    let is_of = |weekday: i64| path.contains(&day_of(weekday).to_string());
    if path == "/down.xml" {
        return reply(stream, "403 Forbidden", "", b"moved away");
    }
    if path.starts_with("/api/daily_papers") {
        let row = |id: u32, day: i64| {
            let (number, day) = (id + u32::try_from(day).unwrap() * 10, day_of(day));
            format!(
                "{{\"paper\":{{\"id\":\"2503.{number:05}\",\"title\":\"Kite {number} at Noon\",\"upvotes\":3,\"submittedOnDailyAt\":\"{day}T00:00:00Z\"}}}}"
            )
        };
        return match [MONDAY, THURSDAY, FRIDAY].into_iter().find(|day| is_of(*day)) {
            Some(day) => reply(stream, "200 OK", "", format!("[{},{}]", row(1, day), row(2, day)).as_bytes()),
            None if is_of(TUESDAY) => reply(stream, "400 Bad Request", "", b"{\"error\":\"try later\"}"),
            None => reply(stream, "200 OK", "", b"[]"),
        };
    }
    if path.starts_with("/catchup/cs.LG/") {
        let day: Date = path.split(['/', '?']).nth(3).unwrap().parse().unwrap();
        let ids: &[&str] = match () {
            () if is_of(MONDAY) => &["2611.00001", "2611.00002"],
            () if is_of(FRIDAY) => &["2611.00003", "2611.00004"],
            () => &[],
        };
        let items: String =
            ids.iter().map(|id| format!("<dt><a href=\"/abs/{id}\">arXiv:{id}</a></dt><dd>x</dd>")).collect();
        let (heading, count) = (day.strftime("%A, %-d %B %Y"), ids.len());
        let page = format!(
            "<!DOCTYPE html>\n<html><h1>Showing new listings for {heading}</h1>Total of {count} entries\n<dl id='articles'>\
             <h3>New submissions (showing {count} of {count} entries)</h3>{items}</dl>"
        );
        return reply(stream, "200 OK", "", page.as_bytes());
    }
    // arXiv's API: one paper was submitted long before, and one is not there yet.
    let entry = |id: &str, submitted: Date| {
        format!(
            "<entry><id>http://arxiv.org/abs/{id}v1</id><title>Kite {id} at Dawn</title><published>{submitted}T09:00:00Z</published>\
             <updated>{submitted}T09:00:00Z</updated><summary>We fly.</summary><author><name>Ada Roe</name></author></entry>"
        )
    };
    let submitted = [("2611.00001", 40), ("2611.00002", 1), ("2611.00003", 1)];
    let entries: String = submitted
        .iter()
        .filter(|(id, _)| path.contains(id))
        .map(|(id, before)| entry(id, monday().saturating_sub(i64::from(*before).days())))
        .collect();
    let feed = format!("<?xml version='1.0'?><feed xmlns=\"http://www.w3.org/2005/Atom\">{entries}</feed>");
    reply(stream, "200 OK", "", feed.as_bytes());
}

fn server() -> HttpServer {
    HttpServer::start(|request, _, stream| answer(request, stream))
}

/// What each list says of its days, without the colours.
fn expected() -> Vec<String> {
    let [tuesday, thursday, monday, friday] = [TUESDAY, THURSDAY, MONDAY, FRIDAY].map(day_of);
    vec![
        // Of Hugging Face: two days with lists, the holiday and the weekend, a failure, and a hole.
        "2 days complete (4 papers)".to_owned(),
        "3 days on which nothing was announced".to_owned(),
        format!("{tuesday}  failed: asked "),
        format!("{thursday}  not asked for"),
        // Of arXiv.
        format!("{monday}  complete, 2 papers, 1 of them held back until then"),
        format!("{friday}  1 of 2 papers; announced, but not available yet: 2611.00004"),
        // Of the feed.
        "it answered 403 Forbidden".to_owned(),
    ]
}

#[test]
fn every_state_of_a_day_is_told_apart_in_text_and_json() {
    let (folder, server): (TempDir, HttpServer) = (tempfile::tempdir().unwrap(), server());
    let library = folder.path().join("library");
    fs::create_dir(&library).unwrap();
    let address = server.address();
    let settings = format!(
        "[sync.hf]\nbase = \"{address}\"\n[sync.arxiv]\nbase = \"{address}\"\ncategories = [\"cs.LG\"]\n\
         [[sync.feed]]\nname = \"Down\"\naddress = \"{address}/down.xml\"\n"
    );
    fs::write(library.join("config.toml"), settings).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tsundoku"));
        command.env_clear().env("HOME", folder.path()).env("TZ", "UTC").arg("--dir").arg(&library).args(arguments);
        let out = command.stdin(Stdio::null()).output().unwrap();
        (out.status.code(), String::from_utf8(out.stdout).unwrap())
    };
    let [monday, wednesday, friday, sunday] = [MONDAY, WEDNESDAY, FRIDAY, SUNDAY].map(|day| day_of(day).to_string());
    run(&["sync", "--from", &monday, "--to", &wednesday]);
    run(&["sync", "--from", &friday, "--to", &sunday]);
    let asked = server.received().len();
    let (status, text) = run(&["sync", "--status", "--from", &monday, "--to", &sunday]);
    assert_eq!(status, Some(3), "{text}");
    for words in expected() {
        assert!(text.contains(&words), "{words}: {text}");
    }
    let (_, json) = run(&["sync", "--status", "--json", "--from", &monday, "--to", &sunday]);
    let lists: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let states = |name: &str| -> Vec<String> {
        let list = lists.iter().find(|list| list["list"] == name).unwrap();
        list["days"].as_array().unwrap().iter().map(|day| day["state"].as_str().unwrap().to_owned()).collect()
    };
    let [complete, nothing, failed, not_asked] = ["complete", "nothing-announced", "failed", "not-asked"];
    assert_eq!(states("hf"), [complete, failed, nothing, not_asked, complete, nothing, nothing]);
    assert_eq!(states("arxiv cs.LG"), [complete, nothing, nothing, not_asked, "incomplete", nothing, nothing]);
    assert_eq!(states("feed Down"), [failed]);
    let arxiv = lists.iter().find(|list| list["list"] == "arxiv cs.LG").unwrap();
    assert_eq!(arxiv["days"][0]["held_back"], 1);
    assert_eq!((&arxiv["days"][4]["expected"], &arxiv["days"][4]["missing"][0]), (&2.into(), &"2611.00004".into()));
    assert_eq!(server.received().len(), asked, "a status asks for nothing");
}

#[test]
fn every_state_of_a_day_is_told_apart_on_the_screen() {
    let server = server();
    let mut reader = Reader::new(120, 36);
    let feed = FollowedFeed { name: "Down".to_owned(), address: format!("{}/down.xml", server.address()) };
    let followed = Followed { categories: vec!["cs.LG".to_owned()], feeds: vec![feed], ..Followed::default() };
    let services = |from: i64, to: i64| -> Vec<ServiceRequest> {
        let service = |name: &str| ServiceRequest {
            name: name.to_owned(),
            base: Some(server.address().to_owned()),
            followed: followed.clone(),
            from: Some(day_of(from)),
            to: Some(day_of(to)),
            ..ServiceRequest::default()
        };
        ["hf", "arxiv", "feed"].map(service).into()
    };
    reader.model.settings.sync.network.pace_folder = reader.dir.path().join("pace");
    for (from, to) in [(MONDAY, WEDNESDAY), (FRIDAY, SUNDAY)] {
        reader.model.settings.sync.services = services(from, to);
        reader.keys("S");
    }
    reader.model.settings.sync.services = services(MONDAY, SUNDAY);
    reader.keys("g y");
    let screen = reader.text().split_whitespace().collect::<Vec<_>>().join(" ");
    for words in expected() {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(screen.contains(&words), "{words}: {}", reader.text());
    }
}
