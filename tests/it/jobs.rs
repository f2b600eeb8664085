//! Long work in the reader: every job is in one table, ends exactly once, and can be cancelled without touching another.

use std::fs;

use tsundoku::domain::record::Record;
use tsundoku::error::Error;
use tsundoku::library::Direction;
use tsundoku::store::PaperStore;
use tsundoku::tui::effect::{Alarm, Bulk, Effect, JobId, JobKind, LARGE_CHANGE, Papers, Request, TerminalEffect, Work};
use tsundoku::tui::jobs::JobOutcome;
use tsundoku::tui::message::{Answer, Message};
use tsundoku::tui::overlay::Overlay;

use crate::harness::{Reader, fill};

fn reader() -> Reader {
    Reader::new(120, 36)
}

/// Writes a file of one new paper into the reader's folder and types the command that imports it.
fn import(reader: &mut Reader, name: &str) -> JobId {
    let file = reader.dir.path().join(name);
    fs::write(&file, format!(r#"{{"title": "A Paper from the File {name}"}}"#)).unwrap();
    let before = reader.effects.len();
    reader.keys(&format!("I {} <enter>", file.display()));
    let started = reader.effects[before..].iter().find_map(|effect| match effect {
        Effect::Start(job, Work::Import(_)) => Some(*job),
        _ => None,
    });
    started.expect("an import starts")
}

fn fail(reader: &mut Reader, failure: &'static str) {
    reader.send(Message::Answer(Answer::Failed {
        failure,
        error: Error::system("no space left on device"),
        effect: None,
    }));
}

fn end_with_failure(reader: &mut Reader, job: JobId, failure: &'static str) {
    let outcome = JobOutcome::Failed { failure, error: Error::system("no space left on device") };
    reader.send(Message::Answer(Answer::Ended { job, outcome }));
}

/// The outcomes in the table, oldest first.
fn outcomes(reader: &Reader) -> Vec<String> {
    reader.model.jobs.ended().map(|ended| ended.outcome.clone()).collect()
}

#[test]
fn an_import_runs_through_the_readers_own_path() {
    let mut reader = reader();
    let before = reader.model.results.count();
    import(&mut reader, "one.jsonl");
    assert!(reader.notice().starts_with("read 1: 1 new"), "{}", reader.notice());
    assert_eq!((reader.model.results.count(), reader.model.jobs.open()), (before + 1, &[][..]));
}

#[test]
fn an_export_runs_through_the_readers_own_path() {
    let mut reader = reader();
    let path = reader.dir.path().join("out.bib");
    reader.keys(&format!(": export <space> bibtex <space> {} <enter>", path.display()));
    assert!(reader.notice().starts_with("wrote "), "{}", reader.notice());
    assert!(fs::read_to_string(&path).unwrap().contains("@"));
    reader.keys(&format!(": export <space> bibtex <space> {} <enter>", path.display()));
    assert!(matches!(reader.model.overlay, Some(Overlay::Question(_))), "it exists: {}", reader.notice());
}

#[test]
fn a_failure_says_what_failed() {
    for (failure, request) in [
        (
            "copy failed",
            Request::Copy {
                papers: tsundoku::tui::effect::Papers::Keys(Vec::new()),
                kind: tsundoku::tui::effect::CopyKind::Id,
            },
        ),
        ("log not read", Request::ReadLog),
        ("statistics not read", Request::ReadStatistics),
    ] {
        let mut reader = reader();
        assert_eq!(Effect::from(request).policy().map(|policy| policy.failure), Some(failure));
        fail(&mut reader, failure);
        assert_eq!(reader.notice(), format!("{failure}: no space left on device"));
    }
}

#[test]
fn a_failure_elsewhere_leaves_a_running_import_and_its_key() {
    let mut reader = reader();
    reader.holds = true;
    let job = import(&mut reader, "one.jsonl");
    fail(&mut reader, "copy failed");
    reader.keys("j");
    assert!(reader.text().contains("importing "), "{}", reader.text());
    reader.asked();
    reader.keys("<esc>");
    assert_eq!(reader.asked(), [Effect::Cancel(job)]);
}

#[test]
fn a_failed_job_is_no_longer_shown_and_leaves_the_others() {
    let mut reader = reader();
    reader.holds = true;
    let first = import(&mut reader, "one.jsonl");
    let second = import(&mut reader, "two.jsonl");
    end_with_failure(&mut reader, first, "import failed");
    let kept = "import failed: no space left on device; what you typed is kept for the next try";
    assert_eq!(reader.notice(), kept);
    assert_eq!(reader.model.jobs.foreground().map(|job| job.id), Some(second));
    end_with_failure(&mut reader, first, "import failed");
    assert_eq!(outcomes(&reader).len(), 1, "a job ends once");
    end_with_failure(&mut reader, second, "import failed");
    reader.keys("<esc> j");
    assert!(!reader.text().contains("importing"), "{}", reader.text());
    reader.asked();
    reader.keys("<esc>");
    assert_eq!(reader.asked(), [], "nothing is left to cancel");
}

#[test]
fn an_import_queued_after_esc_is_not_cancelled_and_does_not_revive_the_first() {
    let mut reader = reader();
    let before = reader.model.results.count();
    reader.holds = true;
    import(&mut reader, "one.jsonl");
    reader.keys("<esc>");
    import(&mut reader, "two.jsonl");
    reader.holds = false;
    reader.deliver(usize::MAX);
    let outcomes = outcomes(&reader);
    assert_eq!(outcomes[0], "cancelled", "{outcomes:?}");
    assert!(outcomes[1].starts_with("read 1: 1 new"), "{outcomes:?}");
    assert_eq!(reader.model.results.count(), before + 1);
}

#[test]
fn esc_steps_back_before_it_cancels() {
    let mut reader = reader();
    reader.holds = true;
    let job = import(&mut reader, "one.jsonl");
    reader.keys("l");
    reader.asked();
    reader.keys("<esc>");
    assert_eq!(reader.asked(), [], "the focus steps back first");
    reader.keys("<esc>");
    assert_eq!(reader.asked(), [Effect::Cancel(job)]);
    assert!(reader.text().contains("cancelling the import"), "{}", reader.text());
    reader.keys("<esc>");
    assert_eq!(reader.asked(), [], "once is enough");
}

#[test]
fn a_failed_index_build_is_tried_again_in_the_same_session() {
    let mut reader = reader();
    reader.holds = true;
    reader.asked();
    let start = |reader: &mut Reader| -> Option<JobId> {
        let asked = reader.asked();
        asked.iter().find_map(|effect| match effect {
            Effect::Start(job, Work::BuildIndex) => Some(*job),
            _ => None,
        })
    };
    reader.send(Message::Answer(Answer::Outdated));
    let job = start(&mut reader).expect("an outdated index is built");
    reader.send(Message::Answer(Answer::Outdated));
    assert_eq!(start(&mut reader), None, "one at a time");
    end_with_failure(&mut reader, job, "index not built");
    assert_eq!(reader.notice(), "index not built: no space left on device");
    let alarm = reader.asked().into_iter().find_map(|effect| match effect {
        Effect::Terminal(TerminalEffect::Wake { alarm, .. }) => Some(alarm),
        _ => None,
    });
    assert_eq!(alarm, Some(Alarm::RetryIndex));
    reader.send(Message::Answer(Answer::Outdated));
    assert_eq!(start(&mut reader), None, "not with every key");
    reader.send(Message::Woke(Alarm::RetryIndex));
    assert!(start(&mut reader).is_some(), "tried again");
    assert!(reader.model.jobs.is_open(JobKind::Index));
}

#[test]
fn a_newer_full_text_build_supersedes_an_older_one() {
    let mut reader = reader();
    reader.holds = true;
    let works = [Work::BuildFullText, Work::BuildFullText];
    let effects = works.into_iter().map(|work| reader.model.jobs.start(work)).collect();
    reader.carry_out(effects);
    reader.deliver(usize::MAX);
    assert_eq!(outcomes(&reader), ["cancelled", "built"]);
    assert_eq!(reader.notice(), "", "background work that ends well is not news");
}

#[test]
fn only_the_newest_of_queued_searches_and_papers_is_answered() {
    let mut reader = reader();
    reader.holds = true;
    reader.keys("j j j / k i t e s <enter>");
    let loads = |effects: &[Effect]| {
        effects.iter().filter(|effect| matches!(effect, Effect::Request(Request::Load { .. }))).count()
    };
    assert!(loads(&reader.asked()) >= 3);
    reader.deliver(usize::MAX);
    reader.assert_sound();
}

#[test]
fn the_jobs_page_lists_what_runs_and_how_the_rest_ended() {
    let mut reader = reader();
    reader.keys("g j");
    assert!(reader.text().contains("Nothing runs"), "{}", reader.text());
    reader.keys("<esc>");
    import(&mut reader, "one.jsonl");
    reader.holds = true;
    let failed = import(&mut reader, "two.jsonl");
    end_with_failure(&mut reader, failed, "import failed");
    import(&mut reader, "three.jsonl");
    // The notices are gone with the next key; the page still has the outcomes, the latest first.
    reader.keys("j g j");
    let screen = reader.text();
    let line = |text: &str| screen.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{screen}"));
    let rows = [line("importing "), line("import failed: no space left on device"), line("read 1: 1 new")];
    assert!(rows.is_sorted(), "{screen}");
}

#[test]
fn papers_of_another_process_are_indexed_here_once_it_is_done() {
    let mut reader = reader();
    reader.asked();
    reader.send(Message::FilesWritten);
    assert_eq!(reader.asked(), [Request::CheckFiles { is_settled: false }.into()], "nothing was written");
    fill(reader.dir.path(), "hostile.jsonl");
    reader.send(Message::FilesWritten);
    let asked = reader.asked();
    let [check, Effect::Terminal(TerminalEffect::Wake { alarm, .. })] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((check, *alarm), (&Request::CheckFiles { is_settled: false }.into(), Alarm::Settled));
    let papers = reader.model.snapshot.len();
    reader.send(Message::Woke(*alarm));
    assert!(reader.asked().iter().any(|effect| matches!(effect, Effect::Start(_, Work::BuildIndex))));
    assert!(reader.model.snapshot.len() > papers);
    assert!(!reader.model.jobs.is_open(JobKind::Index));
}

/// A reader on so many papers that a change of all is a job.
fn reader_of_many() -> (Reader, usize) {
    let reader = reader();
    let mut papers = PaperStore::open(reader.dir.path()).unwrap();
    let mut import = papers.import().unwrap();
    for number in 0..LARGE_CHANGE {
        let record = Record::from_json(&format!(r#"{{"title":"Kite number {number}"}}"#)).unwrap();
        import.add(&record.paper, 1).unwrap();
    }
    import.commit().unwrap();
    let mut reader = Reader::on(reader.dir, 120, 36);
    let count = reader.keys("/ kite <enter>").model.results.count();
    assert!(count >= LARGE_CHANGE);
    (reader, count)
}

#[test]
fn a_change_of_many_papers_is_a_job_and_so_is_its_undo() {
    let (mut reader, count) = reader_of_many();
    let effects = reader.acts("<ctrl-a> r");
    assert!(matches!(&effects[0], Effect::Start(_, Work::Change { .. })), "{effects:?}");
    assert!(reader.notice().starts_with("marked read · 5,"), "{}", reader.notice());
    assert!(reader.model.selection.all.is_some() && reader.model.jobs.open().is_empty());
    let read = |reader: &mut Reader| reader.keys("/ <ctrl-u> kite <space> status:read <enter>").model.results.count();
    assert_eq!(read(&mut reader), count);
    let effects = reader.acts("u");
    let [Effect::Request(Request::Reverse(_)), Effect::Start(_, Work::Reverse(direction)), ..] = effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    assert_eq!(*direction, Direction::Undo);
    assert!(reader.notice().starts_with("Undid: 5"), "{}", reader.notice());
    assert_eq!(read(&mut reader), 0);
    reader.keys("<ctrl-r>");
    assert_eq!(read(&mut reader), count, "{}", reader.notice());
}

#[test]
fn a_part_of_many_papers_is_a_job_of_the_unread_ones() {
    let (mut reader, count) = reader_of_many();
    let read = |reader: &mut Reader| reader.keys("/ <ctrl-u> kite <space> status:read <enter>").model.results.count();
    let again = "/ <ctrl-u> kite <enter>";
    reader.keys("2G a G");
    let effects = reader.acts("m a");
    assert!(matches!(&effects[0], Effect::Start(_, Work::Change { .. })));
    // Not the last, nor the dropped one, nor what the library has marked before.
    let marked = read(&mut reader);
    assert!((count - 8..=count - 2).contains(&marked), "{marked} of {count}");
    reader.keys("u").keys(again);
    assert!(read(&mut reader) < 5);
    reader.keys(again).keys("gg <space> <space> m o");
    let rest = read(&mut reader);
    assert!((marked - 3..=marked).contains(&rest), "all but the two selected, beside {marked}: {rest}");
}

#[test]
fn nothing_waits_for_a_change_of_many_papers_and_no_text_is_lost() {
    let mut reader = reader();
    let papers = Papers::Found(reader.model.found().unwrap());
    let work = Work::Change { papers, change: Bulk::Star(true), label: "starred".to_owned() };
    let Effect::Start(job, _) = reader.model.jobs.start(work) else { panic!() };
    reader.keys("G");
    for keys in ["s", "u", "e half <space> a <space> thought <enter>"] {
        let effects = reader.acts(keys);
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Request(request) if request.writes())), "{keys}");
        assert!(reader.notice().starts_with("not saved: the change of many papers"), "{keys}: {}", reader.notice());
    }
    assert!(reader.text().contains("half a thought"), "{}", reader.text());
    reader.send(Message::Answer(Answer::Ended { job, outcome: JobOutcome::Cancelled }));
    reader.keys("<enter>");
    assert_eq!(reader.current().note, "half a thought");
}
