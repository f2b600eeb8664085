//! Whole syncs of arXiv's lists against a server on this machine that answers as arXiv does: pages of announcements, the API, OAI-PMH.

use std::collections::BTreeSet;

use jiff::civil::Weekday;

use super::*;
use crate::domain::followed::Followed;
use crate::domain::identity::ArxivId;

/// What arXiv has, which a test may change while it runs.
#[derive(Default)]
struct Shelf {
    /// New submissions, cross-lists and replacements of cs.LG by day.
    announced: BTreeMap<String, [Vec<&'static str>; 3]>,
    /// Ids that the API leaves out.
    hidden: BTreeSet<&'static str>,
    /// When papers were submitted that were not submitted two days before the day of the test.
    submitted: BTreeMap<&'static str, String>,
    /// Pages of the records changed on a day.
    changed: BTreeMap<String, Vec<Vec<&'static str>>>,
    /// Tokens that have expired.
    expired: BTreeSet<String>,
    /// The number of entries that pages state besides those that they have.
    surplus: usize,
}

struct ArxivTrial {
    folder: tempfile::TempDir,
    shelf: Arc<Mutex<Shelf>>,
    server: HttpServer,
}

fn today() -> Date {
    Offset::UTC.to_datetime(now()).date()
}

/// The latest day of the week that is so many days ago or more.
fn day_before(weekday: Weekday, days: i64) -> Date {
    let mut day = today().saturating_sub(days.days());
    while day.weekday() != weekday {
        day = day.yesterday().unwrap();
    }
    day
}

fn listing(shelf: &Shelf, day: &str, heading: &str) -> String {
    let sections = shelf.announced.get(day).cloned().unwrap_or_default();
    let total = sections.iter().map(Vec::len).sum::<usize>();
    let mut page = format!("<!DOCTYPE html>\n<html><h1>{heading}</h1>Total of {} entries\n", total + shelf.surplus);
    for (name, ids) in ["New submissions", "Cross submissions", "Replacement submissions"].into_iter().zip(&sections) {
        let count = ids.len();
        page += &format!("<dl id='articles'><h3>{name} (showing {count} of {count} entries)</h3>");
        for id in ids {
            page += &format!("<dt><a href =\"/abs/{id}\" title=\"Abstract\">arXiv:{id}</a></dt><dd>About /abs/1.</dd>");
        }
        page += "</dl>";
    }
    page
}

fn entry(shelf: &Shelf, id: &str) -> String {
    let submitted = shelf.submitted.get(id).cloned().unwrap_or_else(|| today().to_string());
    format!(
        "<entry><id>http://arxiv.org/abs/{id}v2</id><title>Kite {id} at Noon</title><published>{submitted}T09:00:00Z</published>\
         <updated>{submitted}T10:00:00Z</updated><summary>We fly {id}.</summary><author><name>Ada Roe</name></author>\
         <category term=\"cs.LG\"/></entry>"
    )
}

fn feed(entries: &[String], total: usize) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><feed xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\" \
         xmlns=\"http://www.w3.org/2005/Atom\"><opensearch:totalResults>{total}</opensearch:totalResults>{}</feed>",
        entries.concat()
    )
}

fn record(id: &str) -> String {
    if let Some(deleted) = id.strip_prefix('-') {
        return format!(
            "<record><header status=\"deleted\"><identifier>oai:arXiv.org:{deleted}</identifier></header></record>"
        );
    }
    format!(
        "<record><header><identifier>oai:arXiv.org:{id}</identifier></header><metadata><arXiv xmlns=\"http://arxiv.org/OAI/arXiv/\">\
         <id>{id}</id><created>2024-01-03</created><title>Kite {id} at Dawn</title><categories>cs.LG</categories>\
         <abstract>We fly {id}.</abstract></arXiv></metadata></record>"
    )
}

/// An answer of OAI-PMH. A token is a day and the number of a page.
fn harvest(shelf: &Shelf, path: &str) -> String {
    let token = parameter(path, "resumptionToken");
    let (day, number) = match token.split_once("%7C") {
        Some((day, number)) => (day.to_owned(), number.parse().unwrap()),
        None => (parameter(path, "from"), 0),
    };
    let pages = shelf.changed.get(&day).cloned().unwrap_or_default();
    let content = match pages.get(number) {
        _ if shelf.expired.contains(&token) => "<error code='badResumptionToken'>expired</error>".to_owned(),
        None => "<error code='noRecordsMatch'/>".to_owned(),
        Some(page) => {
            let records: String = page.iter().map(|id| record(id)).collect();
            let next = if number + 1 < pages.len() { format!("{day}|{}", number + 1) } else { String::new() };
            format!("<ListRecords>{records}<resumptionToken>{next}</resumptionToken></ListRecords>")
        }
    };
    format!("<?xml version='1.0'?><OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\">{content}</OAI-PMH>")
}

fn answer(shelf: &Shelf, path: &str) -> (&'static str, String) {
    let ok = |text| ("200 OK", text);
    if let Some(rest) = path.strip_prefix("/catchup/cs.LG/") {
        let day = &rest[..10];
        let date: Date = day.parse().unwrap();
        return ok(listing(
            shelf,
            day,
            &format!("Catchup results for Studies on Kites on {}", date.strftime("%a, %d %b %Y")),
        ));
    }
    if path.starts_with("/list/cs.LG/new") {
        let newest = shelf.announced.keys().next_back().cloned().unwrap_or_default();
        let date: Date = newest.parse().unwrap_or_else(|_| today().yesterday().unwrap());
        return ok(listing(shelf, &newest, &format!("Showing new listings for {}", date.strftime("%A, %-d %B %Y"))));
    }
    if path.starts_with("/oai") {
        return ok(harvest(shelf, path));
    }
    let ids = parameter(path, "id_list");
    if !ids.is_empty() {
        let ids: Vec<&str> = ids.split("%2C").filter(|id| !shelf.hidden.contains(id)).collect();
        let entries: Vec<String> = ids.iter().map(|id| entry(shelf, id)).collect();
        return ok(feed(&entries, entries.len()));
    }
    let search = parameter(path, "search_query");
    let on_day = shelf.submitted.iter().filter(|(_, day)| search.contains(&day.replace('-', "")));
    let all: Vec<String> = on_day.map(|(id, _)| entry(shelf, id)).collect();
    let start: usize = parameter(path, "start").parse().unwrap();
    ok(feed(&all.iter().skip(start).take(100).cloned().collect::<Vec<_>>(), all.len()))
}

impl ArxivTrial {
    fn new(shelf: Shelf) -> Self {
        let shelf = Arc::new(Mutex::new(shelf));
        let shared = Arc::clone(&shelf);
        let server = HttpServer::start(move |request, _, stream| {
            let (status, text) = answer(&shared.lock().unwrap(), &request.path);
            reply(stream, status, "", text.as_bytes());
        });
        Self { folder: tempfile::tempdir().unwrap(), shelf, server }
    }

    fn library(&self) -> Library {
        Library::open(&self.folder.path().join("library")).unwrap()
    }

    fn request(&self, from: Date, to: Date) -> ServiceRequest {
        let followed = Followed { categories: vec!["cs.LG".to_owned()], ..Followed::default() };
        let base = Some(self.server.address().to_owned());
        ServiceRequest {
            name: "arxiv".to_owned(),
            base,
            followed,
            from: Some(from),
            to: Some(to),
            ..ServiceRequest::default()
        }
    }

    fn sync(&self, library: &mut Library, request: &ServiceRequest) -> Vec<ListReport> {
        let go_on = &mut |_: &SyncProgress| ControlFlow::Continue(());
        let patience = Patience { retries: Vec::new(), request: Duration::from_secs(5), ..Patience::default() };
        let network = Network { pace_folder: self.folder.path().join("pace"), patience, contact: None };
        library.sync(std::slice::from_ref(request), &network, go_on).unwrap().lists
    }

    fn paths(&self) -> Vec<String> {
        self.server.received().into_iter().map(|request| request.path).collect()
    }
}

fn stored(library: &Library, id: &str) -> Option<crate::domain::paper::Paper> {
    library.papers.get(&PaperKey::parse(&format!("arxiv:{id}")).unwrap()).unwrap().map(|found| found.paper)
}

#[test]
fn a_day_is_complete_when_every_announced_paper_came() {
    let friday = day_before(Weekday::Friday, 20);
    let [thursday, saturday] = [friday.yesterday().unwrap(), friday.tomorrow().unwrap()];
    let mut shelf = Shelf::default();
    let lists = [vec!["2611.00003", "2611.00004", "2610.00009"], vec!["2611.00001"], vec!["1706.03762"]];
    shelf.announced.insert(thursday.to_string(), lists);
    shelf.submitted.insert("2610.00009", thursday.saturating_sub(30.days()).to_string());
    shelf.hidden.insert("2611.00004");
    let trial = ArxivTrial::new(shelf);
    let mut library = trial.library();
    let request = trial.request(thursday, saturday);
    let [report] = <[ListReport; 1]>::try_from(trial.sync(&mut library, &request)).unwrap();
    assert_eq!(report.name, "arxiv cs.LG");
    // Nothing was announced on a Friday: a holiday.
    assert_eq!(states(&report.days), ["complete", "nothing-announced", "nothing-announced"]);
    let day = &report.days[0];
    assert_eq!((day.entries, day.expected, day.held, day.missing.len()), (4, Some(5), 1, 1));
    let lines: Vec<String> = library.sync_status(std::slice::from_ref(&request)).unwrap()[0]
        .lines()
        .into_iter()
        .map(|line| line.words)
        .collect();
    let words = "complete, 4 of 5 papers, 1 of them held back until then, the others were never available: 2611.00004";
    assert_eq!(lines, [words]);
    let new = stored(&library, "2611.00003").unwrap();
    assert_eq!((new.version, new.sightings[0].digest.id.clone()), (Some(2), format!("arxiv:cs.LG:{thursday}")));
    let rank = |id| stored(&library, id).unwrap().sightings.first().and_then(|seen| seen.rank);
    assert_eq!(["2611.00003", "2610.00009", "2611.00001"].map(rank), [Some(1), Some(3), Some(4)]);
    let replaced = stored(&library, "1706.03762").unwrap();
    assert!(replaced.summary.is_some() && replaced.sightings.is_empty(), "a replacement is no paper of the day");
    assert_eq!(trial.paths().len(), 5, "a page a day, the papers, and once more those that did not come");
    trial.sync(&mut library, &request);
    assert_eq!(trial.paths().len(), 5);
}

#[test]
fn papers_that_are_not_there_yet_are_asked_for_by_id() {
    let day = day_before(Weekday::Tuesday, 3);
    let mut shelf = Shelf::default();
    shelf.announced.insert(day.to_string(), [vec!["2611.00003", "2611.00004"], vec![], vec![]]);
    shelf.hidden.insert("2611.00004");
    let trial = ArxivTrial::new(shelf);
    let mut library = trial.library();
    let request = ServiceRequest { fresh: Some(-1), ..trial.request(day, day) };
    let report = trial.sync(&mut library, &request).remove(0);
    assert_eq!(states(&report.days), ["incomplete"]);
    assert_eq!(report.gaps()[0].words, "1 of 2 papers; announced, but not available yet: 2611.00004");
    let asked = trial.paths().len();
    trial.shelf.lock().unwrap().hidden.clear();
    let report = trial.sync(&mut library, &request).remove(0);
    assert_eq!((states(&report.days), report.days[0].entries, report.papers.new), (vec!["complete"], 2, 1));
    let paths = trial.paths();
    assert!(paths.len() == asked + 1 && paths[asked].contains("id_list=2611.00004&"), "{paths:?}");
    assert_eq!(stored(&library, "2611.00004").unwrap().sightings[0].rank, None);
}

#[test]
fn a_page_that_was_cut_or_is_of_another_day_proves_nothing() {
    let day = day_before(Weekday::Wednesday, 10);
    let mut shelf = Shelf { surplus: 1, ..Shelf::default() };
    shelf.announced.insert(day.to_string(), [vec!["2611.00003"], vec![], vec![]]);
    let trial = ArxivTrial::new(shelf);
    let mut library = trial.library();
    let report = trial.sync(&mut library, &trial.request(day, day)).remove(0);
    assert_eq!(states(&report.days), ["failed"]);
    assert!(report.failures[0].1.ends_with("its page says 2 entries, and 1 are there"), "{:?}", report.failures);
    assert!(stored(&library, "2611.00003").is_none());
    // The newest page is still that of an earlier day.
    trial.shelf.lock().unwrap().surplus = 0;
    let report = trial.sync(&mut library, &trial.request(today(), today())).remove(0);
    assert_eq!((states(&report.days), report.papers.read), (vec!["open"], 0));
    let portal = HttpServer::start(|_, _, stream| reply(stream, "200 OK", "", b"<html><h1>Please log in</h1></html>"));
    let request = ServiceRequest { base: Some(portal.address().to_owned()), ..trial.request(day, day) };
    let report = trial.sync(&mut library, &request).remove(0);
    assert!(report.failures[0].1.contains("is this network behind a login page?"), "{:?}", report.failures);
}

#[test]
fn days_without_lists_are_harvested_and_a_cut_goes_on() {
    let day = today().saturating_sub(200.days());
    let mut shelf = Shelf::default();
    let pages = vec![vec!["2401.00001", "2401.00002"], vec!["2401.00003", "-2401.00009"], vec!["2401.00004"]];
    shelf.changed.insert(day.to_string(), pages);
    let trial = ArxivTrial::new(shelf);
    let mut library = trial.library();
    let request = trial.request(day, day);
    // The second page is not reached at first.
    let mut asked = 0;
    let stop = &mut |_: &SyncProgress| {
        asked = trial.server.received().len();
        if asked < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let network = Network { pace_folder: trial.folder.path().join("pace"), ..Network::default() };
    let report = library.sync(std::slice::from_ref(&request), &network, stop).unwrap();
    assert!(report.cancelled);
    let status = library.sync_status(std::slice::from_ref(&request)).unwrap().remove(0);
    assert_eq!((status.name.as_str(), states(&status.days)), ("arxiv cs.LG changes", vec!["incomplete"]));
    let had = status.days[0].entries;
    let reports = trial.sync(&mut library, &request);
    assert_eq!((states(&reports[0].days), reports[0].days[0].entries), (vec!["complete"], 5), "{had}");
    assert!(reports[0].papers.notices.first[0].reason.contains("2401.00009 was deleted"), "{:?}", reports[0].papers);
    let firsts = trial.paths().iter().filter(|path| path.contains("from=")).count();
    assert_eq!(firsts, 1, "{:?}", trial.paths());
    for id in ["2401.00001", "2401.00002", "2401.00003", "2401.00004"] {
        assert!(stored(&library, id).is_some(), "{id}");
    }
    // A token of yesterday has expired: the day begins again.
    let other = day.tomorrow().unwrap();
    trial.shelf.lock().unwrap().changed.insert(other.to_string(), vec![vec!["2401.00005"], vec!["2401.00006"]]);
    let list = StoredList { at: 1, entries: 7, cursor: Some("old|1".to_owned()), ..StoredList::default() };
    let row = LedgerDay { day: other, list: Some(list), asked: 1, failure: None, retry: None };
    library.papers.note_day("arxiv cs.LG changes", &row).unwrap();
    trial.shelf.lock().unwrap().expired.insert("old%7C1".to_owned());
    let reports = trial.sync(&mut library, &trial.request(other, other));
    assert_eq!((states(&reports[0].days), reports[0].days[0].entries), (vec!["complete"], 2));
}

#[test]
fn a_saved_query_is_whole_when_all_that_it_finds_came() {
    let old = today().saturating_sub(30.days());
    let (new, ids) = (today().saturating_sub(2.days()), ["2611.00001", "2611.00002"]);
    let mut shelf = Shelf::default();
    let many: Vec<&'static str> = (1..131).map(|id| &*Box::leak(format!("2610.{id:05}").into_boxed_str())).collect();
    shelf.submitted.extend(many.iter().map(|id| (*id, old.to_string())));
    shelf.submitted.extend(ids.map(|id| (id, new.to_string())));
    let trial = ArxivTrial::new(shelf);
    let mut library = trial.library();
    let followed = Followed { queries: vec!["ti:kites".to_owned()], ..Followed::default() };
    for (day, state, entries, requests) in [(old, "complete", 130, 2), (new, "open", 2, 1)] {
        let before = trial.paths().len();
        let request = ServiceRequest { followed: followed.clone(), ..trial.request(day, day) };
        let report = trial.sync(&mut library, &request).remove(0);
        assert_eq!((states(&report.days), report.days[0].entries), (vec![state], entries), "{:?}", report.failures);
        assert_eq!(trial.paths().len() - before, requests);
    }
    assert!(trial.paths()[0].contains("search_query=%28ti%3Akites%29%20AND%20submittedDate"), "{:?}", trial.paths()[0]);
    let seen = stored(&library, "2611.00002").unwrap().sightings.remove(0);
    assert_eq!((seen.digest.id, seen.rank), (format!("arxiv:ti:kites:{new}"), Some(2)));
}

#[test]
fn what_is_not_followed_is_not_asked() {
    let trial = ArxivTrial::new(Shelf::default());
    let mut library = trial.library();
    let request = ServiceRequest { followed: Followed::default(), ..trial.request(today(), today()) };
    let error = library.sync(&[request], &Network::default(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(error.to_string().starts_with("no category of arXiv is followed, and no query; name"), "{error}");
    assert!(trial.paths().is_empty());
    let id = ArxivId::parse("2401.00001").unwrap().id;
    assert!(stored(&library, id.as_str()).is_none());
}
