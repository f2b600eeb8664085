//! Questions about papers that the library has, against a server on this machine that answers as Hugging Face and arXiv do.

use std::collections::BTreeSet;

use super::*;
use crate::domain::markup::Markup;
use crate::domain::paper::{Digest, LinkKind, Paper, Sighting};
use crate::domain::reading::Change;
use crate::domain::text::Text;

/// What the services have, by arXiv id: title, and what the abstract is about.
#[derive(Default)]
struct Services {
    papers: BTreeMap<&'static str, (&'static str, &'static str)>,
    /// The versions of those that have another than the first.
    versions: BTreeMap<&'static str, u32>,
    withdrawn: BTreeSet<&'static str>,
    /// Papers that Hugging Face does not have.
    not_at_hf: BTreeSet<&'static str>,
    /// Ids to which arXiv answers with an error, alone or among others.
    refused: BTreeSet<&'static str>,
}

fn summary(about: &str) -> String {
    format!("We write about {about}, of which nobody wrote before, and measure how it turns in a weak wind at night.")
}

fn hf(services: &Services, id: &str) -> String {
    let (title, about) = services.papers[id];
    format!(
        r#"{{"id":"{id}","title":"{title}","summary":"{}","upvotes":17,"authors":[{{"name":"Ada Roe"}}],
            "publishedAt":"2024-03-01T00:00:00.000Z","submittedOnDailyAt":"2024-03-04T00:00:00.000Z",
            "githubRepo":"https://github.com/roe/kites","ai_keywords":["kites","wind"]}}"#,
        summary(about)
    )
}

fn atom(services: &Services, ids: &[&str]) -> String {
    let entry = |id: &&str| {
        let (title, about) = services.papers[id];
        let version = services.versions.get(id).copied().unwrap_or(1);
        let comment =
            if services.withdrawn.contains(id) { "This paper has been withdrawn by the author" } else { "9 pages" };
        format!(
            "<entry><id>http://arxiv.org/abs/{id}v{version}</id><title>{title}</title><published>2024-03-01T09:00:00Z</published>\
             <updated>2024-03-0{version}T10:00:00Z</updated><summary>{}</summary><author><name>Ada Roe</name></author>\
             <author><name>Bo Li</name></author><category term=\"cs.LG\"/><comment>{comment}</comment></entry>",
            summary(about)
        )
        .replace("<comment>", "<arxiv:comment xmlns:arxiv=\"http://arxiv.org/schemas/atom\">")
        .replace("</comment>", "</arxiv:comment>")
    };
    let entries: String = ids.iter().map(entry).collect();
    format!("<?xml version='1.0'?><feed xmlns=\"http://www.w3.org/2005/Atom\">{entries}</feed>")
}

fn answer(services: &Services, request: &Received, stream: &mut TcpStream) {
    let plain = request.path.replace("%2C", ",");
    let known = |id: &&str| services.papers.contains_key(*id);
    if plain.starts_with("/api/papers/search?q=") {
        // As a search does: other papers, too, the right one not always first.
        let rows: Vec<String> = services
            .papers
            .keys()
            .filter(|id| !services.not_at_hf.contains(*id))
            .map(|id| format!("{{\"paper\":{}}}", hf(services, id)))
            .collect();
        return reply(stream, "200 OK", "", format!("[{}]", rows.join(",")).as_bytes());
    }
    if let Some(id) = plain.strip_prefix("/api/papers/") {
        return match services.papers.contains_key(id) && !services.not_at_hf.contains(id) {
            true => reply(stream, "200 OK", "", hf(services, id).as_bytes()),
            false => reply(stream, "404 Not Found", "", b"{\"error\":\"Paper not found\"}"),
        };
    }
    if plain.starts_with("/api/query?search_query=ti%3A") {
        let ids: Vec<&str> = services.papers.keys().copied().collect();
        return reply(stream, "200 OK", "", atom(services, &ids).as_bytes());
    }
    let list = plain.split(['=', '&']).nth(1).unwrap_or_default();
    let ids: Vec<&str> = list.split(',').collect();
    if ids.iter().any(|id| services.refused.contains(id)) {
        return reply(stream, "400 Bad Request", "", b"<?xml version='1.0'?><feed/>");
    }
    let ids: Vec<&str> = ids.into_iter().filter(known).collect();
    reply(stream, "200 OK", "", atom(services, &ids).as_bytes());
}

struct LibraryTrial {
    folder: tempfile::TempDir,
    services: Arc<Mutex<Services>>,
    server: HttpServer,
}

impl LibraryTrial {
    fn new(services: Services) -> Self {
        let services = Arc::new(Mutex::new(services));
        let asked = Arc::clone(&services);
        let server = HttpServer::start(move |request, _, stream| answer(&asked.lock().unwrap(), request, stream));
        Self { folder: tempfile::tempdir().unwrap(), services, server }
    }

    /// A library with these papers alone.
    fn library(&self, papers: &[Paper]) -> Library {
        let mut library = Library::open(&self.folder.path().join("library")).unwrap();
        // The starter shelf is asked about, too; here it is not to be counted.
        let starter: Vec<_> = starter_keys(&library);
        for question in &crate::sources::sync::QUESTIONS {
            let found: Vec<_> = starter.iter().map(|key| (key.clone(), crate::store::AskedOutcome::Found)).collect();
            library.papers.note_asked(question.name, now_seconds(), &found).unwrap();
        }
        let mut import = library.papers.import().unwrap();
        for paper in papers {
            import.add(paper, now_seconds()).unwrap();
        }
        import.commit().unwrap();
        drop(import);
        library
    }

    fn request(&self) -> ServiceRequest {
        let mirrors = ["hf", "arxiv"].map(|name| (name.to_owned(), self.server.address().to_owned()));
        ServiceRequest { name: "library".to_owned(), mirrors: mirrors.into(), ..ServiceRequest::default() }
    }

    fn sync(&self, library: &mut Library) -> Vec<ListReport> {
        let patience = Patience { retries: Vec::new(), request: Duration::from_secs(5), ..Patience::default() };
        let network = Network { pace_folder: self.folder.path().join("pace"), patience, contact: None };
        let go_on = &mut |_: &SyncProgress| ControlFlow::Continue(());
        library.sync(&[self.request()], &network, go_on).unwrap().lists
    }

    fn asked(&self) -> usize {
        self.server.received().len()
    }
}

fn starter_keys(library: &Library) -> Vec<PaperKey> {
    let mut keys = Vec::new();
    let mut add = |outline: &crate::store::Outline<'_>| {
        keys.extend(PaperKey::from_stored(outline.key));
        true
    };
    library.papers.each_outline(&mut add).unwrap();
    keys
}

/// A paper as a pasted page has it.
fn pasted(title: &str, about: &str) -> Paper {
    let day = "2025-03-12".parse().ok();
    let digest = Digest { id: "hf:2025-03-12".into(), source: Clean::new("hf"), label: Clean::new("12 Mar 2025"), day };
    Paper {
        title: Text::new(title, Markup::Page),
        summary: Some(Text::new(summary(about), Markup::Page)),
        sightings: vec![Sighting { digest, rank: Some(3), votes: None }],
        ..Paper::default()
    }
}

fn with_id(id: &str) -> Paper {
    Paper { arxiv: crate::domain::identity::ArxivId::parse(id).map(|id| id.id), ..pasted(&format!("Paper {id}"), id) }
}

fn found(library: &Library, key: &str) -> Paper {
    library.papers.get(&PaperKey::from_stored(key).unwrap()).unwrap().unwrap().paper
}

fn counts(lists: &[ListReport]) -> Vec<(usize, usize, &'static str)> {
    lists.iter().map(|list| (list.asked, list.papers.updated, list.days[0].state.name())).collect()
}

const KITES: &str = "Kites over the Harbour of a Town";
const LOUD: &str = "Loud Kites over the Harbour at Dawn";
const LOST: &str = "A Title that is Nowhere but in this Digest";

#[test]
fn papers_known_by_title_alone_get_their_ids_and_all_the_rest() {
    let papers = BTreeMap::from([
        ("2403.00001", ("A Survey of Ropes", "ropes")),
        ("2403.00002", (KITES, "kites")),
        ("2403.00003", (LOUD, "loud kites")),
        // Of the same title, and about something else.
        ("2403.00004", (LOST, "a thing of which the digest does not speak")),
    ]);
    let trial = LibraryTrial::new(Services { papers, not_at_hf: ["2403.00003"].into(), ..Services::default() });
    let other =
        "Birds of the harbour are counted twice a year by people who know them all, and their number is growing again.";
    let lost = Paper { summary: Some(Text::new(other, Markup::Page)), ..pasted(LOST, "") };
    let titles = [pasted(KITES, "kites"), pasted(LOUD, "loud kites"), lost];
    let keys: Vec<PaperKey> = titles.iter().map(Paper::key).collect();
    let mut library = trial.library(&titles);
    library.change(&[Change::Star(keys[0].clone(), true)], "test").unwrap();
    let before = library.papers.count().unwrap();

    let lists = trial.sync(&mut library);
    // Both services are asked for the lost one. arXiv's answer about the one that it found says all that it has.
    let expected = [(3, 1, "complete"), (2, 1, "complete"), (1, 1, "complete"), (2, 0, "complete")];
    assert_eq!(counts(&lists), expected, "{lists:?}");
    assert_eq!(library.papers.count().unwrap(), before, "nothing new, nothing twice");
    let kites = found(&library, "arxiv:2403.00002");
    assert_eq!(kites.authors, ["Ada Roe", "Bo Li"]);
    assert_eq!((kites.version, kites.categories), (Some(1), vec!["cs.LG".to_owned()]));
    assert_eq!(kites.published.map(|day| day.to_string()).as_deref(), Some("2024-03-01"));
    assert_eq!(kites.summary.unwrap().markup, Markup::Tex);
    assert_eq!(kites.keywords, ["kites", "wind"]);
    assert!(kites.links.iter().any(|link| link.kind == LinkKind::Code && link.url == "https://github.com/roe/kites"));
    let seen: Vec<_> = kites.sightings.iter().map(|it| (it.digest.id.as_str(), it.rank, it.votes)).collect();
    assert_eq!(seen, [("hf:2025-03-12", Some(3), Some(17))], "its own digest has the votes, and there is no other");
    assert!(library.reading(&keys[0]).unwrap().starred, "the state follows");
    assert_eq!(found(&library, "arxiv:2403.00003").authors.len(), 2);
    assert_eq!(found(&library, keys[2].as_str()).arxiv, None, "a title alone proves nothing");

    let requests = trial.asked();
    let lists = trial.sync(&mut library);
    assert!(lists.iter().all(|list| list.asked == 0), "{lists:?}");
    assert_eq!(trial.asked(), requests, "nothing is asked for twice");
}

#[test]
fn marked_papers_are_watched_for_versions_and_withdrawals() {
    let papers =
        BTreeMap::from([("2403.00001", ("Paper 2403.00001", "2403.00001")), ("2403.00002", ("Paper", "kites"))]);
    let trial = LibraryTrial::new(Services { papers, ..Services::default() });
    let mut library = trial.library(&[with_id("2403.00001"), with_id("2403.00002")]);
    let key = PaperKey::from_stored("arxiv:2403.00001").unwrap();
    trial.sync(&mut library);
    assert_eq!(found(&library, key.as_str()).version, Some(1));
    let mut services = trial.services.lock().unwrap();
    services.versions.insert("2403.00001", 2);
    services.withdrawn.insert("2403.00001");
    drop(services);
    // A year later: the one that the user marked is asked about, the other is not.
    library.change(&[Change::Star(key.clone(), true)], "test").unwrap();
    let year_ago = now_seconds() - 366 * 24 * 60 * 60;
    let keys = ["arxiv:2403.00001", "arxiv:2403.00002"].map(|key| PaperKey::from_stored(key).unwrap());
    let found_then = keys.map(|key| (key, crate::store::AskedOutcome::Found));
    library.papers.note_asked("library arxiv", year_ago, &found_then).unwrap();
    let requests = trial.asked();
    let lists = trial.sync(&mut library);
    assert_eq!((lists[2].asked, lists[2].papers.updated), (1, 1));
    let request = &trial.server.received()[requests];
    assert!(request.path.contains("id_list=2403.00001&"), "{request:?}");
    let paper = found(&library, key.as_str());
    assert_eq!(paper.version, Some(2));
    assert!(paper.publication_status.is_some(), "{paper:?}");
}

#[test]
fn a_paper_that_a_service_refuses_costs_only_itself() {
    let ids: Vec<String> = (1..=230).map(|id| format!("2403.{id:05}")).collect();
    let papers = ids.iter().map(|id| (&*id.clone().leak(), ("Kites", "kites"))).collect();
    let trial = LibraryTrial::new(Services { papers, refused: ["2403.00017"].into(), ..Services::default() });
    let mut all: Vec<Paper> = ids.iter().map(|id| with_id(id)).collect();
    // One that arXiv does not know.
    all.push(with_id("2403.09999"));
    all.iter_mut().for_each(|paper| paper.sightings.clear());
    let mut library = trial.library(&all);
    let lists = trial.sync(&mut library);
    let list = &lists[2];
    assert_eq!((list.asked, list.papers.updated, list.failures.len()), (230, 229, 1), "{list:?}");
    assert!(list.failures[0].1.contains("about arxiv:2403.00017: it answered 400"), "{:?}", list.failures);
    let day = &list.days[0];
    assert_eq!((day.state, day.expected), (DayState::Complete, Some(day.entries)));
    assert!(day.entries >= 231, "{day:?}");
    assert!(trial.asked() < 25, "{} requests", trial.asked());
}

#[test]
fn a_service_that_is_down_keeps_what_came_and_is_asked_later() {
    let papers = BTreeMap::from([("2403.00002", (KITES, "kites"))]);
    let services = Services { papers, ..Services::default() };
    let server = HttpServer::start(move |request, number, stream| match number {
        0 => answer(&services, request, stream),
        _ => reply(stream, "503 Busy", "Retry-After: 7200\r\n", b""),
    });
    let trial = LibraryTrial::new(Services::default());
    let mut library = trial.library(&[pasted(LOST, "what was lost"), pasted(KITES, "kites"), with_id("2403.00009")]);
    let mirrors = ["hf", "arxiv"].map(|name| (name.to_owned(), server.address().to_owned()));
    let request = ServiceRequest { mirrors: mirrors.into(), ..trial.request() };
    let network = Network { pace_folder: trial.folder.path().join("pace"), ..Network::default() };
    let go_on = &mut |_: &SyncProgress| ControlFlow::Continue(());
    let report = library.sync(std::slice::from_ref(&request), &network, go_on).unwrap();
    assert_eq!(found(&library, "arxiv:2403.00002").authors, ["Ada Roe"]);
    let states: Vec<_> = report.lists.iter().map(|list| list.days[0].state).collect();
    assert_eq!(states, [DayState::Failed, DayState::Failed, DayState::NotAsked, DayState::NotAsked], "{report:?}");
    let retry = report.lists[0].days[0].retry.unwrap() - now_seconds();
    assert!((7190..7202).contains(&retry), "{retry}");
    assert_eq!(report.lists[0].gaps()[0].words.split(": ").next(), Some("0 of 1 paper asked about; failed"));
    let status = library.sync_status(&[request]).unwrap();
    assert_eq!(status.iter().map(|list| list.due_papers).collect::<Vec<_>>(), [Some(1), Some(1), Some(2), Some(1)]);
    assert_eq!(status.iter().map(|list| list.retry.is_some()).collect::<Vec<_>>(), [true, true, false, false]);
}
