//! Whole syncs against a server on this machine that replays lists.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::domain::identity::PaperKey;
use crate::sources::sync::http_server::{HttpServer, Received, reply};
use crate::store::{LedgerDay, StoredList};

/// A service with lists of some days, which a test may change while it runs.
type Lists = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

/// The parameter of a request.
fn parameter(path: &str, name: &str) -> String {
    let pairs = path.split(['?', '&']).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next().unwrap_or_default()
}

fn replay(lists: &Lists, request: &Received, stream: &mut TcpStream) {
    let [limit, page]: [usize; 2] = ["limit", "p"].map(|name| parameter(&request.path, name).parse().unwrap());
    let rows = lists.lock().unwrap().get(&parameter(&request.path, "date")).cloned().unwrap_or_default();
    let rows: Vec<_> = rows.into_iter().skip(limit * page).take(limit).collect();
    let tag = format!("\"{}-{page}\"", rows.len());
    if request.head.contains(&format!("if-none-match: {tag}")) {
        use std::io::Write;
        let _ = stream.write_all(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
        return;
    }
    reply(stream, "200 OK", &format!("ETag: {tag}\r\n"), format!("[{}]", rows.join(",")).as_bytes());
}

fn row(id: usize, day: &str) -> String {
    format!(
        r#"{{"paper":{{"id":"2503.{id:05}","title":"Kite {id} of the Evening","summary":"We fly {id}.","upvotes":{id},
            "submittedOnDailyAt":"{day}T00:00:00.000Z","authors":[{{"name":"Ada Roe"}}]}},"title":"Kite {id}"}}"#
    )
}

fn rows(ids: std::ops::Range<usize>, day: &str) -> (String, Vec<String>) {
    (day.to_owned(), ids.map(|id| row(id, day)).collect())
}

struct Trial {
    folder: tempfile::TempDir,
    lists: Lists,
    server: HttpServer,
}

impl Trial {
    fn new(lists: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        let lists: Lists = Arc::new(Mutex::new(lists.into_iter().collect()));
        let replayed = Arc::clone(&lists);
        let server = HttpServer::start(move |request, _, stream| replay(&replayed, request, stream));
        Self { folder: tempfile::tempdir().unwrap(), lists, server }
    }

    fn library(&self) -> Library {
        Library::open(&self.folder.path().join("library")).unwrap()
    }

    fn request(&self, from: &str, to: &str) -> ServiceRequest {
        let base = Some(self.server.address().to_owned());
        ServiceRequest {
            name: "hf".to_owned(),
            base,
            from: from.parse().ok(),
            to: to.parse().ok(),
            ..ServiceRequest::default()
        }
    }

    fn network(&self) -> Network {
        let short = Duration::from_millis(10);
        let patience = Patience { retries: vec![short], request: Duration::from_secs(5), ..Patience::default() };
        Network { pace_folder: self.folder.path().join("pace"), patience, contact: None }
    }

    fn sync(&self, library: &mut Library, request: &ServiceRequest) -> ListReport {
        let go_on = &mut |_: &SyncProgress| ControlFlow::Continue(());
        let mut report = library.sync(std::slice::from_ref(request), &self.network(), go_on).unwrap();
        report.lists.remove(0)
    }
}

fn states(days: &[DayStatus]) -> Vec<&'static str> {
    days.iter().map(|day| day.state.name()).collect()
}

#[test]
fn five_days_come_in_and_are_not_asked_for_twice() {
    // 12 March 2025 is a Wednesday. A list of 230 comes in three pages, and one paper is on two days.
    let (day, mut many) = rows(100..330, "2025-03-13");
    many.push(r#"{"paper":{"id":"nonsense","title":"x"}}"#.to_owned());
    let trial = Trial::new([rows(1..4, "2025-03-12"), (day, many), rows(329..333, "2025-03-14")]);
    let mut library = trial.library();
    let before = library.papers.count().unwrap();
    let request = trial.request("2025-03-12", "2025-03-16");
    let report = trial.sync(&mut library, &request);
    assert_eq!((report.asked, report.papers.new, report.papers.rejected.count()), (5, 236, 1));
    assert_eq!(report.failures, []);
    let complete = ["complete", "complete", "complete", "nothing-announced", "nothing-announced"];
    assert_eq!(states(&report.days), complete);
    assert_eq!(
        report.days.iter().map(|day| (day.entries, day.unread)).collect::<Vec<_>>(),
        [(3, 0), (231, 1), (4, 0), (0, 0), (0, 0)]
    );
    assert_eq!(library.papers.count().unwrap() - before, 236);
    let asked: Vec<String> = trial.server.received().iter().map(|request| parameter(&request.path, "date")).collect();
    let expected = ["16", "15", "14", "13", "13", "13", "12"].map(|day| format!("2025-03-{day}"));
    assert_eq!(asked, expected, "the latest first");

    let report = trial.sync(&mut library, &request);
    assert_eq!((report.asked, states(&report.days)), (0, complete.to_vec()));
    assert_eq!(trial.server.received().len(), expected.len());

    let again = ServiceRequest { again: true, ..request };
    trial.lists.lock().unwrap().extend([rows(1..5, "2025-03-12")]);
    let report = trial.sync(&mut library, &again);
    assert_eq!((report.asked, report.papers.new, report.papers.read), (5, 1, 4 + 230 + 4));
    let paper = library.papers.get(&PaperKey::parse("arxiv:2503.00329").unwrap()).unwrap().unwrap();
    let seen: Vec<_> = paper.paper.sightings.iter().map(|it| (it.digest.id.as_str(), it.rank, it.votes)).collect();
    assert_eq!(seen, [("hf:2025-03-13", Some(230), Some(329)), ("hf:2025-03-14", Some(1), Some(329))]);
}

#[test]
fn a_day_without_an_answer_is_a_gap_until_it_has_one() {
    let trial = Trial::new([rows(1..4, "2025-03-12")]);
    let is_down = Arc::new(Mutex::new(true));
    let (down, lists) = (Arc::clone(&is_down), Arc::clone(&trial.lists));
    let server = HttpServer::start(move |request, _, stream| {
        if *down.lock().unwrap() && request.path.contains("2025-03-11") {
            reply(stream, "400 Bad Request", "", b"{\"error\":\"no \x1b[2J day\"}");
        } else {
            replay(&lists, request, stream);
        }
    });
    let mut library = trial.library();
    let request =
        ServiceRequest { base: Some(server.address().to_owned()), ..trial.request("2025-03-10", "2025-03-12") };
    let report = trial.sync(&mut library, &request);
    assert_eq!(states(&report.days), ["nothing-announced", "failed", "complete"]);
    let failure = report.days[1].failure.as_deref().unwrap();
    assert!(
        failure.ends_with("for the list of 2025-03-11: it answered 400 Bad Request: `{\"error\":\"no [2J day\"}`"),
        "{failure}"
    );
    *is_down.lock().unwrap() = false;
    let asked = server.received().len();
    let report = trial.sync(&mut library, &request);
    assert_eq!(states(&report.days), ["nothing-announced", "nothing-announced", "complete"]);
    assert_eq!(server.received().len() - asked, 1, "only the gap");
}

#[test]
fn a_service_that_is_down_is_not_asked_for_every_day() {
    let trial = Trial::new([]);
    let server = HttpServer::start(|_, _, stream| reply(stream, "503 Busy", "Retry-After: 7200\r\n", b""));
    let mut library = trial.library();
    let request =
        ServiceRequest { base: Some(server.address().to_owned()), ..trial.request("2025-03-10", "2025-03-12") };
    let report = trial.sync(&mut library, &request);
    assert_eq!(states(&report.days), ["not-asked", "not-asked", "failed"]);
    let retry = report.days[2].retry.unwrap() - now_seconds();
    assert!((7190..7202).contains(&retry), "{retry}");
    let status = library.sync_status(std::slice::from_ref(&request)).unwrap();
    assert_eq!((status[0].due.len(), status[0].retry), (3, report.days[2].retry), "it allows no more for now");
    let report = trial.sync(&mut library, &request);
    assert_eq!((states(&report.days), report.asked), (vec!["not-asked", "not-asked", "failed"], 0));
    assert_eq!(server.received().len(), 1);
}

#[test]
fn another_days_list_and_endless_ones_are_refused() {
    let trial = Trial::new([]);
    let server = HttpServer::start(|request, _, stream| {
        let rows = match parameter(&request.path, "date").as_str() {
            "2025-03-12" => vec![row(1, "2025-03-20")],
            _ => (0..100).map(|id| row(id, "2025-03-11")).collect(),
        };
        reply(stream, "200 OK", "", format!("[{}]", rows.join(",")).as_bytes());
    });
    let mut library = trial.library();
    let before = library.papers.count().unwrap();
    let request =
        ServiceRequest { base: Some(server.address().to_owned()), ..trial.request("2025-03-11", "2025-03-12") };
    let report = trial.sync(&mut library, &request);
    assert_eq!(states(&report.days), ["failed", "failed"]);
    let reasons: Vec<_> = report.failures.iter().map(|(_, why)| why.split(": ").last().unwrap()).collect();
    assert_eq!(
        reasons,
        ["it answered with the list of 2025-03-20", "page 2 of the list repeats what was on the pages before"]
    );
    assert_eq!(library.papers.count().unwrap(), before);
}

#[test]
fn a_list_that_cannot_be_read_or_became_empty_is_no_answer() {
    // 10 March 2025 is a Monday.
    let nonsense = vec![r#"{"paper":{"identifier":"2503.00001","title":"x"}}"#.to_owned(); 3];
    let trial = Trial::new([("2025-03-10".to_owned(), nonsense), rows(1..4, "2025-03-11")]);
    let mut library = trial.library();
    let request = trial.request("2025-03-10", "2025-03-11");
    let report = trial.sync(&mut library, &request);
    assert_eq!(states(&report.days), ["failed", "complete"]);
    assert!(
        report.failures[0].1.starts_with("no entry of the list of 2025-03-10 can be read: "),
        "{:?}",
        report.failures
    );
    trial.lists.lock().unwrap().remove("2025-03-11");
    let report = trial.sync(&mut library, &ServiceRequest { again: true, ..request });
    // What was stored stays proven.
    assert_eq!(states(&report.days), ["failed", "complete"]);
    assert_eq!(report.failures[0].1, "the list of 2025-03-11 is empty now; it had 3 entries before");
}

#[test]
fn a_sync_can_be_cancelled_and_goes_on() {
    let trial = Trial::new([rows(1..4, "2025-03-11"), rows(4..6, "2025-03-12")]);
    let mut library = trial.library();
    let request = trial.request("2025-03-11", "2025-03-12");
    let stop = &mut |progress: &SyncProgress| match progress.done {
        0 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    };
    let report = library.sync(std::slice::from_ref(&request), &trial.network(), stop).unwrap();
    assert!(report.cancelled);
    assert_eq!(states(&report.lists[0].days), ["not-asked", "complete"]);
    let report = trial.sync(&mut library, &request);
    assert_eq!((report.asked, report.papers.new), (1, 3));
}

#[test]
fn the_range_begins_where_the_ledger_does() {
    let trial = Trial::new([rows(1..4, "2025-03-12")]);
    let mut library = trial.library();
    let open = ServiceRequest { from: None, to: None, ..trial.request("2025-03-12", "2025-03-12") };
    let status = library.sync_status(std::slice::from_ref(&open)).unwrap();
    assert_eq!((status[0].days.len(), status[0].due.len()), (7, 7), "a week");
    trial.sync(&mut library, &trial.request("2025-03-12", "2025-03-12"));
    let status = library.sync_status(std::slice::from_ref(&open)).unwrap();
    assert_eq!(status[0].days.first().map(|day| day.day), "2025-03-12".parse().ok());
    let early = ServiceRequest { from: "1990-01-01".parse().ok(), ..open };
    let status = library.sync_status(&[early]).unwrap();
    assert_eq!(status[0].days.first().map(|day| day.day), "2023-05-04".parse().ok());
    let error = library.sync_status(&[ServiceRequest { name: "hg".to_owned(), ..ServiceRequest::default() }]);
    assert_eq!(error.unwrap_err().to_string(), "`hg` is not a service; did you mean `hf`?");
}

/// Days as people recorded them, where a folder of real files is named: right papers, ranks, votes and dates, and nothing twice.
#[test]
fn recorded_days_come_in_whole() {
    let Some(files) = std::env::var_os("TSUNDOKU_TEST_FILES") else { return };
    let mut recorded: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for folder in ["hf_json", "hf_series"] {
        for entry in std::fs::read_dir(PathBuf::from(&files).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().replace("hf_", "");
            recorded.insert(name, serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap());
        }
    }
    assert!(recorded.len() >= 8, "{}", recorded.len());
    let lists = recorded
        .iter()
        .map(|(day, rows)| (day.clone(), rows.as_array().unwrap().iter().map(ToString::to_string).collect::<Vec<_>>()));
    let trial = Trial::new(lists);
    let mut library = trial.library();
    for (day, rows) in &recorded {
        let report = trial.sync(&mut library, &trial.request(day, day));
        let rows = rows.as_array().unwrap();
        let unread = rows.iter().filter(|row| row.is_string()).count();
        let status = &report.days[0];
        // Rows in quotes, as one program saved them, cannot be read.
        if unread == rows.len() {
            assert_eq!((status.state, report.papers.read), (DayState::Failed, 0), "{day}");
            continue;
        }
        let found = (status.state, status.entries as usize, status.unread as usize);
        assert_eq!(found, (DayState::Complete, rows.len(), unread), "{day}");
        assert_eq!(report.papers.read, rows.len() - unread, "{day}");
        for (place, row) in rows.iter().enumerate().filter(|(_, row)| row.is_object()) {
            let paper = &row["paper"];
            let id = paper["id"].as_str().unwrap();
            let stored = library.papers.get(&PaperKey::parse(&format!("arxiv:{id}")).unwrap()).unwrap().unwrap().paper;
            let seen = stored.sightings.iter().find(|seen| seen.digest.id == format!("hf:{day}")).unwrap();
            let votes = paper["upvotes"].as_u64().map(|votes| u32::try_from(votes).unwrap());
            assert_eq!((seen.rank, seen.votes), (u32::try_from(place + 1).ok(), votes), "{day} {id}");
            assert_eq!(seen.digest.day.map(|day| day.to_string()).as_ref(), Some(day));
            let published = paper["publishedAt"].as_str().and_then(|day| day.get(..10)).map(str::to_owned);
            assert_eq!(stored.published.map(|day| day.to_string()), published, "{id}");
        }
    }
    let asked = trial.server.received().len();
    for (day, rows) in &recorded {
        if rows[0].is_object() {
            trial.sync(&mut library, &trial.request(day, day));
        }
    }
    assert_eq!(trial.server.received().len(), asked, "nothing is asked for twice");
}

mod arxiv;
mod feed;
mod library;
