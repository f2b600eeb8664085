//! The command line as a shell uses it: the real program, one process a command, in its own folder and with a minimal environment.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

/// A page as a browser copies it; the papers are made up.
const PAGE: &str = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nbyAK and the research community\n\nMar 12\n\n\
    Paging Memory for Patient Models\n\nWe page the memory of patient models and measure what it costs. Patience pays on long inputs, \
    and the code is at https://github.com/example/patient .\n\n\
    A Survey of Surveys on Surveying\n\nThere are many surveys. This one surveys the surveys that survey surveys, counts them, and \
    finds that none cites itself.\n\n\
    Nyström Meets Schrödinger: Low Rank at Last\n\nA low rank method of one name meets an equation of another. They get on well with \
    each other in all experiments.";

/// Exit status and output of a process.
#[derive(Debug)]
struct Answer {
    status: i32,
    out: String,
    err: String,
}

impl Answer {
    #[track_caller]
    fn done(self) -> String {
        assert_eq!(self.status, 0, "{self:?}");
        self.out
    }

    #[track_caller]
    fn failed(self, status: i32) -> String {
        assert_eq!(self.status, status, "{self:?}");
        self.err
    }
}

/// An empty home folder.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A home folder with a library that has the page.
    fn with_page() -> Self {
        let home = Self::new();
        home.write("page.txt", PAGE);
        home.run(&["import", "page.txt", "--date", "2025-03-12"]).done();
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tsundoku"));
        command.args(arguments).env_clear().current_dir(self.0.path()).stdin(Stdio::null());
        command
            .env("HOME", self.0.path())
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("TSUNDOKU_DIR", self.path("library"));
        command
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        self.run_with(arguments, "")
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Answer {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A program that does not read its input may have exited by now.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        answer(child.wait_with_output().unwrap())
    }
}

fn answer(output: std::process::Output) -> Answer {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Answer { status: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_page_is_imported_once() {
    let home = Home::new();
    home.write("page.txt", PAGE);
    let shelf: usize = home.run(&["list", "--count"]).done().trim().parse().unwrap();
    assert!(shelf > 50, "the starter shelf is there");
    let first = home.run(&["import", "page.txt", "--date", "2025-03-12"]);
    assert!(first.err.contains("digests --hide starter"), "{first:?}");
    let report = first.done();
    assert!(report.contains("in all: 3 read, 3 new, 0 updated, 0 unchanged, 0 rejected"), "{report}");
    assert!(report.contains("3 distinct papers"), "{report}");
    assert_eq!(home.run(&["list", "digest:2025-03-12", "--count"]).done(), "3\n");
    let second = home.run(&["import", "page.txt", "--date", "2025-03-12"]).done();
    assert!(second.contains("3 read, 0 new, 0 updated, 3 unchanged, 0 rejected"), "{second}");
    home.run(&["digests", "--hide", "starter"]).done();
    assert_eq!(home.run(&["list", "--count"]).done(), "3\n");
    assert_eq!(home.run(&["list", "digest:starter", "--count"]).done(), format!("{shelf}\n"));
    home.run(&["undo"]).done();
    assert_eq!(home.run(&["list", "--count"]).done(), format!("{}\n", shelf + 3));
}

/// Runs a command whose standard output takes nothing: a full disk, or a pipe that nobody reads.
#[cfg(target_os = "linux")]
fn run_unheard(home: &Home, arguments: &[&str], is_full: bool) -> Answer {
    let stdout: Stdio = if is_full {
        fs::OpenOptions::new().write(true).open("/dev/full").unwrap().into()
    } else {
        let (_, unread) = std::io::pipe().unwrap();
        unread.into()
    };
    answer(home.command(arguments).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_change_whose_message_cannot_be_written_is_no_failure() {
    let lost = "the change was saved; its message could not be written: no space left on device\n";
    for is_full in [true, false] {
        let home = Home::new();
        home.write("page.txt", PAGE);
        home.write("two.jsonl", "{\"title\":\"A Title of Its Own\"}\nno json\n");
        home.run(&["list"]).done();
        let log = |home: &Home| home.run(&["log", "-n", "1000"]).done();
        let commands: [(&[&str], i32); 10] = [
            (&["import", "page.txt", "--date", "2025-03-12"], 0),
            (&["import", "two.jsonl", "--json"], 3),
            (&["mark", "digest:2025-03-12", "--star"], 0),
            (&["undo"], 0),
            (&["redo"], 0),
            (&["views", "--save", "mine", "is:starred"], 0),
            (&["views", "--remove", "mine"], 0),
            (&["digests", "--hide", "starter"], 0),
            (&["digests", "--date", "hf:2025-03-12", "2025-03-13"], 0),
            (&["doctor", "--fix"], 0),
        ];
        for (arguments, status) in commands {
            let before = log(&home);
            let ended = run_unheard(&home, arguments, is_full);
            assert_eq!(ended.status, status, "{arguments:?} {ended:?}");
            assert_eq!(ended.err.ends_with(lost), is_full, "{arguments:?} {ended:?}");
            let is_journalled = !["import", "doctor"].contains(&arguments[0]);
            assert_eq!(log(&home) != before, is_journalled, "{arguments:?}");
        }
        assert_eq!(home.run(&["list", "digest:2025-03-13 is:starred", "--count"]).done(), "3\n");
        // Where nothing was changed, what is printed is all there is.
        for arguments in
            [&["list"][..], &["mark", "is:starred", "--unstar", "--dry-run"], &["import", "page.txt", "--dry-run"]]
        {
            let ended = run_unheard(&home, arguments, is_full);
            assert_eq!(ended.status, i32::from(is_full), "{arguments:?} {ended:?}");
            assert_eq!(ended.err.contains("cannot write the output: no space left on device"), is_full, "{ended:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_limit_of_file_sizes_is_told_with_the_path() {
    let run = |home: &Home, blocks: u32, arguments: &[&str]| {
        let program = env!("CARGO_BIN_EXE_tsundoku");
        let mut command = home.command(&[]);
        let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut limited = Command::new("/bin/sh");
        limited.args(["-c", &script, program]).args(arguments).current_dir(home.0.path()).env_clear();
        limited.envs(command.stdin(Stdio::null()).get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = limited.output().unwrap();
        assert!(output.status.code().is_some(), "ended by a signal: {output:?}");
        answer(output)
    };
    let words = "file too large: the limit of this process";
    for blocks in [0, 16, 128] {
        let home = Home::new();
        let told = run(&home, blocks, &["mark", "digest:starter", "--star"]).failed(1);
        assert!(told.contains(words) && told.contains(".db"), "{blocks}: {told}");
    }
    let home = Home::with_page();
    let size = |name: &str| fs::metadata(home.path(&format!("library/{name}"))).unwrap().len();
    let blocks = u32::try_from(size("user.db") / 512 + 16).unwrap();
    let told = run(&home, blocks, &["mark", "digest:2025-03-12", "--note", &"x".repeat(100_000)]).failed(1);
    assert!(told.contains(words) && told.contains("user.db"), "{told}");
    let told = run(&home, 1, &["export", "-o", "all.bib"]).failed(1);
    assert!(told.contains(words) && told.contains("all.bib"), "{told}");
    assert!(!home.path("all.bib").exists());
    assert_eq!(home.run(&["list", "digest:2025-03-12", "--count"]).done(), "3\n");
}

#[test]
fn a_day_is_named_as_in_queries() {
    let home = Home::new();
    home.write("page.txt", PAGE);
    home.run(&["import", "page.txt", "--date", "yesterday"]).done();
    assert_eq!(home.run(&["list", "digest:yesterday", "--count"]).done(), "3\n");
    let digest = json(home.run(&["digests", "--json"]).done().lines().find(|line| line.contains("\"hf\"")).unwrap());
    let digest = digest["id"].as_str().unwrap();
    for (day, query) in
        [("last monday", "digest:last-monday"), ("3-march-2024", "digest:2024-03-03"), ("2024-03", "digest:2024-03")]
    {
        home.run(&["digests", "--date", digest, day]).done();
        assert_eq!(home.run(&["list", query, "--count"]).done(), "3\n", "{day}");
    }
    let accepted = "write 2025-03-12, 12 mar, today, yesterday or last monday";
    let wrong = home.run(&["digests", "--date", digest, "soon"]).failed(2);
    assert!(wrong.contains(&format!("`soon` is not a day; {accepted}")), "{wrong}");
    let wrong = home.run(&["import", "page.txt", "--date", "last week"]).failed(2);
    assert!(wrong.contains(&format!("`last week` is more than one day; {accepted}")), "{wrong}");
}

#[test]
fn an_identifier_of_several_words_names_a_paper_without_quotation_marks() {
    let home = Home::new();
    home.write(
        "lines.jsonl",
        "{\"title\":\"Kites\",\"arxiv\":\"2401.00001\",\"doi\":\"https://dl.acm.org/doi/10.1145%2F1.2\"}\n",
    );
    home.run(&["import", "lines.jsonl"]).done();
    for words in
        [&["arXiv:2401.00001v2", "[cs.CL]", "1", "Jan", "2024"][..], &["DOI", "10.1145/1.2"], &["doi: 10.1145/1.2"]]
    {
        assert_eq!(home.run(&[&["list", "--ids"], words].concat()).done(), "arxiv:2401.00001\n", "{words:?}");
        assert!(home.run(&[&["show"], words].concat()).done().contains("Kites"), "{words:?}");
        home.run(&[&["mark", "--star"], words].concat()).done();
        home.run(&["undo"]).done();
    }
    let missing = home.run(&["mark", "--star", "DOI", "10.1145/3"]).failed(1);
    assert!(missing.contains("not in the library: `DOI 10.1145/3`"), "{missing}");
}

#[test]
fn a_dry_run_stores_nothing_and_standard_input_is_a_file() {
    let home = Home::new();
    let before = home.run(&["list", "--ids"]).done();
    let report = home.run_with(&["import", "-", "--dry-run"], PAGE).done();
    assert!(report.contains("3 new") && report.contains("nothing was stored"), "{report}");
    assert_eq!(home.run(&["list", "--ids"]).done(), before);
    let quiet = home.run_with(&["import", "-", "--quiet"], PAGE).done();
    assert_eq!(quiet, "");
    assert_eq!(home.run(&["list", "paging", "patient", "--count"]).done(), "1\n");
}

#[test]
fn json_reports_have_the_documented_shape() {
    let home = Home::new();
    home.write("lines.jsonl", "{\"title\":\"A Title of Its Own\",\"arxiv\":\"2401.00001\"}\n{\"title\":5}\nno json\n");
    let answer = home.run(&["import", "lines.jsonl", "--json"]);
    assert_eq!(answer.status, 3, "{answer:?}");
    let report = json(&answer.out);
    let file = &report["files"][0];
    assert_eq!(file["path"], "lines.jsonl");
    assert_eq!((&file["format"], &file["read"], &file["new"]), (&json("\"json\""), &json("1"), &json("1")));
    assert_eq!(file["rejected"][0]["line"], 2);
    assert_eq!(file["rejected"][1]["line"], 3);
    assert!(file["rejected"][0]["reason"].as_str().unwrap().contains("title"), "{report}");
    assert_eq!(report["total"], json(r#"{"read":1,"new":1,"updated":0,"unchanged":0,"rejected":2}"#));
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&report), "files states states_left total");
    assert_eq!(keys(file), "format new path read rejected unchanged updated");
}

#[test]
fn rejected_records_are_named_with_their_lines() {
    let home = Home::new();
    let bad: String = (1..=25).map(|number| format!("{{\"title\":{number}}}\n")).collect();
    home.write("lines.jsonl", &format!("{{\"title\":\"A Title of Its Own\"}}\n{bad}"));
    let err = home.run(&["import", "lines.jsonl"]).failed(3);
    assert!(err.contains("lines.jsonl:2: ") && err.contains("lines.jsonl:21: "), "{err}");
    assert!(!err.contains("lines.jsonl:22: ") && err.contains("and 5 more; --json lists them all"), "{err}");
    let equal = "{\"title\":5}\n".repeat(346);
    home.write("equal.jsonl", &format!("{{\"title\":\"Another Title of Its Own\"}}\n{equal}"));
    let err = home.run(&["import", "equal.jsonl"]).failed(3);
    assert!(err.starts_with("equal.jsonl: 346 times `title`") && err.contains("lines 2, 3, 4, 5, 6, …"), "{err}");
    let err = home.run(&["import", "no-such-file.txt"]).failed(1);
    assert_eq!(err.matches("no-such-file.txt").count(), 1, "{err}");
}

#[test]
fn changes_last_and_can_be_undone() {
    let home = Home::with_page();
    let done = home
        .run(&["mark", "paging patient", "--status", "read", "--star", "--tag", "Low Rank", "--note", "- mine"])
        .done();
    assert!(done.contains("tagged low-rank") && done.contains(": 1 paper\n"), "{done}");
    let of = |field: &str| json(&home.run(&["list", "paging", "patient", "--json"]).done())[field].clone();
    assert_eq!((of("status"), of("starred")), ("read".into(), true.into()));
    assert_eq!((of("tags"), of("note")), (json(r#"["low-rank"]"#), "- mine".into()));
    assert!(home.run(&["undo"]).done().contains("tagged low-rank"));
    assert_eq!((of("status"), of("tags")), ("unread".into(), json("[]")));
    home.run(&["redo"]).done();
    assert_eq!(of("status"), "read");
    assert!(home.run(&["redo"]).failed(1).contains("nothing to redo"));

    let log = home.run(&["log", "--limit", "1"]).done();
    assert!(log.lines().count() == 1 && log.contains("title:pagingmemory"), "{log}");
    let newest = home.run(&["log", "--json", "-n", "1"]).done();
    assert_eq!(json(&newest)["subject"], "title:pagingmemoryforpatientmodels");
    assert_eq!(home.run(&["tags"]).done().trim(), "1  low-rank");
    let statistics = json(&home.run(&["stats", "--json"]).done());
    assert_eq!(
        (&statistics["status"]["read"], &statistics["read_today"], &statistics["streak"]),
        (&1.into(), &1.into(), &1.into())
    );
    let drawn = home.run(&["stats"]).done();
    for part in [
        "█",
        "read by day",
        "less ·░▒▓█ more",
        "1 paper on 1 day of 52 weeks",
        "read by tag\n  low-rank",
        "longest: 1 day",
    ] {
        assert!(drawn.contains(part), "{part}: {drawn}");
    }
    assert_eq!(statistics["read_by_tag"], json(r#"[{"name":"low-rank","read":1,"starred":1}]"#));
    assert_eq!(statistics["read_by_day"][0]["read"], 1);
    let picture = home.path("reading.svg");
    let name = picture.to_str().unwrap();
    assert!(home.run(&["stats", "--svg", name]).failed(0).contains("the picture is written to"));
    let first = fs::read_to_string(&picture).unwrap();
    assert!(first.starts_with("<svg ") && first.ends_with("</svg>\n") && first.contains(">low-rank</text>"), "{first}");
    assert!(home.run(&["stats", "--svg", name]).failed(2).contains("--force"));
    fs::write(&picture, "mine").unwrap();
    home.run(&["stats", "--svg", name, "--force"]).done();
    assert_eq!(fs::read_to_string(&picture).unwrap(), first);
    assert_eq!(home.run(&["stats", "--svg", "-"]).done(), first);
    assert!(!home.path("-").exists());
    assert!(home.run(&["stats", "--svg", name, "--json"]).failed(2).contains("cannot be used with"));

    fs::remove_file(home.path("library/papers.db")).unwrap();
    fs::remove_dir_all(home.path("library/index")).unwrap();
    assert_eq!(home.run(&["tags"]).done().trim(), "0  low-rank  (and 1 no longer in the library)");
    assert!(home.run(&["stats"]).done().contains("\n  1 more paper that you marked is no longer in the library\n"));
    let statistics = json(&home.run(&["stats", "--json"]).done());
    let counts = ["absent", "read_today", "starred"].map(|name| statistics[name].clone());
    assert_eq!((counts, &statistics["status"]["read"]), ([1.into(), 1.into(), 0.into()], &0.into()));
    home.run(&["import", "page.txt", "--date", "2025-03-12"]).done();
    assert_eq!((of("status"), of("note")), ("read".into(), "- mine".into()), "reading states outlive the papers");
}

#[test]
fn papers_are_named_by_id_or_query() {
    let home = Home::with_page();
    let many = home.run(&["mark", "digest:2025-03-12", "--status", "queued", "--dry-run"]).done();
    assert_eq!(many, "would be marked queued: 3 papers\n");
    assert_eq!(home.run(&["list", "has:tag", "--count"]).done(), "0\n");
    let id = home.run(&["list", "survey of surveys", "--ids", "-n", "1"]).done();
    assert_eq!(home.run(&["mark", id.trim(), "2403.03507", "--star"]).done(), "starred: 2 papers\n");
    let again = home.run(&["mark", id.trim(), "--star"]);
    assert!(again.err.contains("1 paper had it already"), "{again:?}");
    assert!(home.run(&["mark", "2401.09999", "--star"]).failed(1).contains("not in the library: `2401.09999`"));
    assert!(home.run(&["mark", id.trim(), "survey", "--star"]).failed(2).contains("is an id and the rest is not"));
    assert!(home.run(&["mark", " ", "--star"]).failed(2).contains("no papers are named"));
    assert!(home.run(&["show", "digest:2025-03-12"]).failed(2).contains("finds 3 papers"));
    let page = home.run(&["show", "surveys", "on", "'surveying"]).done();
    assert!(page.starts_with("A Survey of Surveys on Surveying\n"), "{page}");
    assert!(page.contains("\nstatus      unread, starred\n") && page.contains("12 Mar 2025 (#2)"), "{page}");
    assert_eq!(json(&home.run(&["show", id.trim(), "--json"]).done())["starred"], true);
}

#[test]
fn lists_are_printed_in_every_shape() {
    let home = Home::with_page();
    let line = home.run(&["list", "nystrom"]).done();
    let fields: Vec<&str> = line.trim_end_matches('\n').split('\t').collect();
    assert_eq!(
        fields,
        [
            "unread",
            "",
            "title:nystrommeetsschrodingerlowrankatlast",
            "",
            "",
            "Nyström Meets Schrödinger: Low Rank at Last"
        ]
    );
    let titles = |arguments: &[&str]| -> Vec<String> {
        let lines = home.run(arguments).done();
        lines.lines().map(|line| line.rsplit('\t').next().unwrap().chars().take(5).collect()).collect()
    };
    assert_eq!(titles(&["list", "digest:2025-03-12", "--sort", "title"]), ["A Sur", "Nystr", "Pagin"]);
    assert_eq!(titles(&["list", "digest:2025-03-12", "--sort", "-title", "-n", "1"]), ["Pagin"]);
    assert_eq!(titles(&["list", "digest:2025-03-12", "-title:paging", "--sort=title"]), ["A Sur", "Nystr"]);
    assert_eq!(titles(&["list", "digest:2025-03-12", "NOT", "has:code", "sort:title"]), ["A Sur", "Nystr"]);
    let nothing = home.run(&["list", "title:zzzzzzzz"]);
    assert_eq!((nothing.status, nothing.out.as_str()), (0, ""));
    assert!(nothing.err.contains("no paper is found"));
    let painted = home.run(&["show", "nystrom", "--color", "always"]).done();
    assert!(painted.starts_with("\x1b[1mNyström"), "{painted:?}");
}

#[test]
fn an_exported_library_imports_as_the_same_library() {
    let home = Home::with_page();
    home.run(&["mark", "digest:2025-03-12", "--status", "reading", "--tag", "area/vision"]).done();
    home.run(&["mark", "2403.03507", "--star", "--note", "two\nlines"]).done();
    home.run(&["export", "-o", "all.jsonl"]).done();
    let other = Home::new();
    fs::copy(home.path("all.jsonl"), other.path("all.jsonl")).unwrap();
    let report = other.run(&["import", "all.jsonl"]).done();
    assert!(report.contains("0 rejected") && report.contains("reading state restored for 4 papers"), "{report}");
    assert_eq!(other.run(&["list", "--json"]).done(), home.run(&["list", "--json"]).done());
    assert_eq!(other.run(&["export", "--format", "json"]).done(), fs::read_to_string(home.path("all.jsonl")).unwrap());
}

#[test]
fn exports_choose_their_format_and_do_not_overwrite_files() {
    let home = Home::with_page();
    let bibtex = home.run(&["export", "2403.03507"]).done();
    assert!(bibtex.trim_start().starts_with('@') && bibtex.contains("eprint"), "{bibtex}");
    for standard_output in ["-", "/dev/stdout"] {
        assert_eq!(home.run(&["export", "2403.03507", "-o", standard_output]).done(), bibtex);
    }
    home.run(&["export", "nystrom", "-o", "list.md"]).done();
    assert!(fs::read_to_string(home.path("list.md")).unwrap().contains("Nyström"));
    assert!(home.run(&["export", "-o", "list.md"]).failed(2).contains("--force"));
    home.run(&["export", "-o", "list.md", "--force", "--format", "csv", "--limit", "2"]).done();
    assert_eq!(fs::read_to_string(home.path("list.md")).unwrap().lines().count(), 3, "a head and two papers");
    assert!(home.run(&["export", "-o", "list"]).failed(2).contains("--format"));
    assert!(home.run(&["export", "-o", "list.xyz"]).failed(2).contains("xyz"));
}

#[test]
fn a_citation_key_stays_after_a_bibtex_export() {
    let home = Home::new();
    let (bare, full) = ("bare.jsonl", "full.jsonl");
    home.write(bare, "{\"title\":\"Quiet Gradients in Loud Networks\",\"arxiv\":\"2403.00001\"}\n");
    home.write(
        full,
        "{\"title\":\"Quiet Gradients in Loud Networks\",\"arxiv\":\"2403.00001\",\"authors\":[\"Ann Lee\"]}\n\
         {\"title\":\"Another Thing\",\"arxiv\":\"2403.00002\",\"authors\":[\"Bo Li\"]}\n",
    );
    home.run(&["import", bare]).done();
    let key = |format: &str| {
        let text = home.run(&["export", "2403.00001", "--format", format]).done();
        text.split(['{', ',', '"', '\n']).find(|part| part.contains("QuietGradients")).unwrap_or(&text).to_owned()
    };
    let given = key("bibtex");
    assert!(given.starts_with("QuietGradients"), "{given}");
    home.run(&["import", full]).done();
    assert_eq!([key("bibtex"), key("csv")], [given.clone(), given], "although an author is known now");
    // A table gives keys, too, but does not promise them.
    let other = Home::new();
    other.write(bare, &fs::read_to_string(home.path(bare)).unwrap());
    other.write(full, &fs::read_to_string(home.path(full)).unwrap());
    other.run(&["import", bare]).done();
    other.run(&["export", "2403.00001", "--format", "csv"]).done();
    other.run(&["import", full]).done();
    assert!(other.run(&["export", "2403.00001"]).done().contains("{leeQuietGradients"));
}

#[test]
fn views_and_digests_are_corrected() {
    let home = Home::with_page();
    home.run(&["views", "--save", "to read", "status:queued", "sort:added"]).done();
    assert_eq!(home.run(&["views"]).done(), "to read\tstatus:queued sort:added\n");
    home.run(&["views", "--remove", "to read"]).done();
    assert_eq!(home.run(&["views"]).done(), "");
    home.run(&["undo"]).done();
    assert_eq!(home.run(&["views"]).done().lines().count(), 1);
    assert!(home.run(&["views", "--remove", "none"]).failed(1).contains("no view `none`"));
    assert!(home.run(&["views", "--save", "bad", "autor:dao"]).failed(2).contains("autor"));

    home.run(&["digests", "--date", "hf:2025-03-12", "2024-03-11"]).done();
    assert_eq!(home.run(&["list", "digest:2024-03-11", "--count"]).done(), "3\n");
    let digests = home.run(&["digests", "--json"]).done();
    let corrected = digests.lines().map(json).find(|digest| digest["day"] == "2024-03-11").unwrap();
    assert_eq!((&corrected["papers"], &corrected["label"]), (&3.into(), &"11 Mar 2024".into()));
    home.run(&["undo"]).done();
    assert_eq!(home.run(&["list", "digest:2025-03-12", "--count"]).done(), "3\n");
    assert!(home.run(&["digests", "--hide", "none"]).failed(1).contains("no digest `none`"));
}

#[test]
fn usage_errors_exit_with_2_and_a_hint() {
    let home = Home::new();
    for (arguments, words) in [
        (&["lst"][..], "list"),
        (&["list", "--jsn"], "--json"),
        (&["list", "--sort", "colour"], "colour"),
        (&["import"], "PATH"),
        (&["import", "x", "--date", "12.3.2025"], "2025-03-12"),
        (&["import", "x", "--from", "dvi"], "one of page, "),
        (&["mark", "2403.03507"], "--status"),
        (&["mark", "2403.03507", "--status", "done"], "queued"),
        (&["mark", "2403.03507", "--tag", " / "], "tag"),
        (&["text", "--from", "html"], "page"),
        (&["--plain", "list"], "reader"),
        (&["man", "lst"], "did you mean `list`?"),
    ] {
        let answer = home.run(arguments);
        assert_eq!((answer.status, answer.out.as_str()), (2, ""), "{arguments:?} {answer:?}");
        assert!(answer.err.contains(words), "{arguments:?} {answer:?}");
    }
    let err = home.run(&["list", "lora", "autor:dao"]).failed(2);
    let lines: Vec<&str> = err.lines().collect();
    assert_eq!(lines[1..], ["  lora autor:dao", "       ^"], "{err}");
    assert!(lines[0].contains("`author`"), "{err}");
    assert!(!home.path("library").exists(), "a usage error creates no library");
    let reader = home.run(&[]).failed(2);
    assert!(reader.contains("terminal") && reader.lines().count() == 1, "{reader}");
}

#[test]
fn control_characters_from_outside_never_reach_the_terminal() {
    let home = Home::new();
    let hostile = "\u{1b}]0;owned\u{7}\u{202e}";
    let line = serde_json::json!({ "title": format!("Plain{hostile} Title"), "arxiv": "2401.00002",
        "authors": [hostile], "abstract": hostile, "tags": ["a"], "note": format!("n{hostile}"), "venue": format!("v{hostile}"),
        "digests": [{ "id": format!("x{hostile}"), "label": format!("l{hostile}") }] });
    home.write("hostile.jsonl", &line.to_string());
    for arguments in [
        &["import", "hostile.jsonl"][..],
        &["import", &format!("none{hostile}")],
        &["list", "plain"],
        &["list", "plain", "--json"],
        &["show", "2401.00002"],
        &["show", "2401.00002", "--raw"],
        &["show", &format!("none{hostile}")],
        &["list", &format!("autor:{hostile}")],
        &["list", &format!("--{hostile}")],
        &["digests"],
        &["digests", "--json"],
        &["log"],
        &["log", "--json"],
        &["config", "--dir", &format!("d{hostile}")],
        &["doctor", "--dir", &format!("d{hostile}")],
    ] {
        let Answer { out, err, .. } = home.run(arguments);
        let foreign = |c: char| (c.is_control() && !"\n\t".contains(c)) || c == '\u{202e}';
        assert!(!out.contains(foreign) && !err.contains(foreign), "{arguments:?}: {out:?} {err:?}");
    }
}

/// Every command that writes data.
const WRITERS: [&[&str]; 16] = [
    &["list"],
    &["list", "--json"],
    &["list", "--ids"],
    &["list", "--count"],
    &["show", "2403.03507"],
    &["log"],
    &["tags"],
    &["views"],
    &["digests"],
    &["export"],
    &["export", "--format", "markdown"],
    &["stats"],
    &["doctor"],
    &["completions", "zsh"],
    &["man"],
    &["--help"],
];

/// A home folder whose library has something in each of its parts.
fn full_home() -> Home {
    let home = Home::with_page();
    home.run(&["mark", "2403.03507", "--status", "read", "--tag", "kept"]).done();
    home.run(&["views", "--save", "kept", "tag:kept"]).done();
    home
}

#[test]
fn a_closed_pipe_is_no_error() {
    let home = full_home();
    for arguments in WRITERS {
        let mut child = home.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0];
        let mut out = child.stdout.take().unwrap();
        assert_eq!(out.read(&mut first).unwrap(), first.len());
        drop(out);
        let answer = answer(child.wait_with_output().unwrap());
        assert_eq!((answer.status, answer.err.as_str()), (0, ""), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_with_a_message() {
    let home = full_home();
    for arguments in WRITERS {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = home.command(arguments).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let err = answer(output).failed(1);
        assert_eq!(err, "tsundoku: cannot write the output: no space left on device\n", "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_causes_of_an_error_are_printed_on_request() {
    let home = full_home();
    let error_of = |arguments: &[&str], backtrace: Option<&str>| {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = home.command(arguments);
        command.stdout(full).stderr(Stdio::piped()).envs(backtrace.map(|value| ("RUST_BACKTRACE", value)));
        answer(command.output().unwrap()).failed(1)
    };
    let plain = "tsundoku: cannot write the output: no space left on device\n";
    let chain = format!("{plain}  caused by: No space left on device (os error 28)\n");
    assert_eq!(error_of(&["list"], None), plain);
    assert_eq!(error_of(&["list"], Some("0")), plain);
    assert_eq!(error_of(&["list"], Some("1")), chain);
    assert_eq!(error_of(&["list", "--verbose"], None), chain);
    assert_eq!(error_of(&["-v", "list"], None), chain);
}

#[test]
fn text_is_rendered_line_by_line() {
    let home = Home::new();
    let answer = |markup: &str, input: &str| home.run_with(&["text", "--from", markup], input).done();
    assert_eq!(answer("tex", "Schr\\\"odinger\r\n\n$x^2$"), "Schrödinger\n\nx²\n");
    assert_eq!(answer("page", "Nystr\\\"om\u{1b}[2J"), "Nyström[2J\n");
    assert_eq!(answer("tex", ""), "");
    assert!(!home.path("library").exists());
}

#[test]
fn a_line_is_answered_before_the_next_is_written() {
    let home = Home::new();
    let mut command = home.command(&["text", "--from", "tex"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut input, mut out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    for word in ["one\n", "two\n"] {
        input.write_all(word.as_bytes()).unwrap();
        let mut line = [0; 4];
        out.read_exact(&mut line).unwrap();
        assert_eq!(&line, word.as_bytes());
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_missing_user_file_beside_papers_is_told() {
    for make in [|path: &Path| fs::remove_file(path).unwrap(), |path: &Path| fs::write(path, "").unwrap()] {
        let home = Home::new();
        let first = home.run(&["mark", "2403.03507", "--star"]);
        assert!(!first.err.contains("warning"), "a new library lacks nothing: {first:?}");
        drop(fs::remove_dir_all(home.path("library/backups")));
        make(&home.path("library/user.db"));
        let told = "user.db was missing or empty, and there is no backup of it";
        let report = home.run(&["doctor"]);
        assert!(report.status == 0 && report.out.contains(told), "{report:?}");
        assert!(home.run(&["doctor"]).out.contains(told), "a check begins no file");
        let listed = home.run(&["list", "--count"]);
        assert!(listed.status == 0 && listed.err.contains(told), "{listed:?}");
        assert!(!home.run(&["list", "--count"]).err.contains("warning"));
        assert_eq!(home.run(&["doctor"]).done().matches(" sound\n").count(), 4);
    }
}

#[test]
fn missing_papers_beside_what_the_user_did_are_told() {
    for make in [|path: &Path| fs::remove_file(path).unwrap(), |path: &Path| fs::write(path, "").unwrap()] {
        let home = Home::new();
        home.run(&["mark", "2403.03507", "--star"]).done();
        make(&home.path("library/papers.db"));
        let told = "papers.db was missing or empty: what you did with its papers is in user.db";
        let report = home.run(&["doctor"]);
        assert!(report.status == 0 && report.out.contains(told), "{report:?}");
        let listed = home.run(&["list", "--count"]);
        assert!(listed.status == 0 && listed.err.contains(told), "{listed:?}");
        assert!(!home.run(&["list", "--count"]).err.contains("warning"));
        assert_eq!(home.run(&["doctor"]).done().matches(" sound\n").count(), 4);
    }
}

#[test]
fn a_log_that_belongs_to_another_file_is_told_and_not_used() {
    let (home, other) = (Home::new(), Home::new());
    home.run(&["mark", "2403.03507", "--star"]).done();
    other.run(&["mark", "2403.03507", "--tag", "other"]).done();
    // The log is kept while another connection has it open.
    let open = Connection::open(home.path("library/user.db")).unwrap();
    open.query_row("SELECT count(*) FROM batch", [], |row| row.get::<_, i64>(0)).unwrap();
    home.run(&["mark", "2403.03507", "--tag", "logged"]).done();
    let log = fs::read(home.path("library/user.db-wal")).unwrap();
    drop(open);
    fs::copy(other.path("library/user.db"), home.path("library/user.db")).unwrap();
    fs::write(home.path("library/user.db-wal"), log).unwrap();
    let report = home.run(&["doctor"]).done();
    assert!(report.contains("belongs to another file") && report.contains("user.db.unsaved-1-wal"), "{report}");
    assert_eq!(home.run(&["list", "--count", "tag:other"]).done().trim(), "1");
    assert_eq!(home.run(&["list", "--count", "tag:logged"]).done().trim(), "0");
}

#[test]
fn doctor_reports_and_repairs_damage() {
    let home = Home::new();
    assert!(home.run(&["doctor"]).failed(2).contains("there is no library"));
    assert!(!home.path("library").exists(), "a check creates no library");
    home.run(&["mark", "2403.03507", "--star"]).done();
    assert_eq!(home.run(&["doctor"]).done().matches(" sound\n").count(), 4);
    let text = home.path("library/index/text/whole.idx");
    home.write("page.txt", PAGE);
    home.run(&["import", "page.txt", "--no-fulltext"]).done();
    home.run(&["doctor", "--fix"]).done();
    assert!(!text.exists());
    home.run(&["import", "page.txt"]).done();
    assert!(text.exists(), "an import without the option builds it");
    fs::write(&text, "{}").unwrap();
    let report = home.run(&["doctor"]);
    assert!(report.status == 1 && report.out.contains("full text  damaged"), "{report:?}");
    assert!(home.run(&["doctor", "--fix"]).done().contains("rebuilt the full-text index"));

    let index = home.path("library/index/words.idx");
    let mut bytes = fs::read(&index).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xff);
    fs::write(&index, &bytes).unwrap();
    let report = home.run(&["doctor"]);
    assert_eq!(report.status, 1, "{report:?}");
    assert!(report.out.contains("index      damaged") && report.out.contains("doctor --fix"), "{report:?}");
    let repaired = home.run(&["doctor", "--fix"]).done();
    assert!(repaired.contains("rebuilt the index of") && repaired.matches(" sound\n").count() == 4, "{repaired}");

    // A folder in the place of a derived file.
    let states = home.path("library/index/states.bin");
    fs::create_dir(&states).unwrap();
    fs::write(states.join("x"), "").unwrap();
    let report = home.run(&["doctor"]);
    assert!(report.status == 1 && report.out.contains("states.bin is damaged or no file"), "{report:?}");
    let report = home.run(&["doctor", "--fix"]);
    assert!(report.out.contains("cannot remove") && report.out.contains("rebuilt the index of"), "{report:?}");
    fs::remove_file(states.join("x")).unwrap();
    assert_eq!(home.run(&["doctor", "--fix"]).done().matches(" sound\n").count(), 4);

    // A bit of a title.
    let papers = home.path("library/papers.db");
    let mut bytes = fs::read(&papers).unwrap();
    let title = b"Paging Memory for";
    let place = bytes.windows(title.len()).position(|window| window == title).unwrap();
    bytes[place + 3] ^= 4;
    fs::write(&papers, &bytes).unwrap();
    let report = home.run(&["doctor"]);
    assert!(report.status == 1 && report.out.contains("1 damaged papers: "), "{report:?}");
    assert!(report.out.contains("import the files that these papers came from again"), "{report:?}");
    home.run(&["import", "page.txt"]).done();
    assert_eq!(home.run(&["doctor"]).done().matches(" sound\n").count(), 4);

    // The process after the first change made the backup of the day.
    fs::write(home.path("library/user.db"), "not a database at all").unwrap();
    drop(fs::remove_file(home.path("library/user.db-wal")));
    let report = home.run(&["doctor"]);
    assert!(report.status == 1 && report.out.contains("--restore"), "{report:?}");
    assert!(report.out.contains("\nbackup     made 20"), "{report:?}");
    let restored = home.run(&["doctor", "--restore"]).done();
    assert_eq!(restored.matches(" sound\n").count(), 4, "{restored}");
    assert_eq!(home.run(&["list", "is:starred", "--count"]).done(), "1\n");
}

#[test]
fn bench_changes_nothing() {
    let home = Home::new();
    assert!(home.run(&["bench"]).failed(2).contains("there is no library"));
    assert!(!home.path("library").exists());
    let home = Home::with_page();
    home.write("queries.txt", "my own words\n\n");
    let names = || {
        let mut names: Vec<_> =
            fs::read_dir(home.path("library")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = (fs::read(home.path("library/user.db")).unwrap(), names());
    let typed = |arguments: &[&str]| {
        let report = json(&home.run(arguments).done());
        let figures = report["figures"].as_array().unwrap();
        let what: Vec<&str> = figures.iter().map(|figure| figure["what"].as_str().unwrap()).collect();
        assert_eq!(what.len(), 11, "{report}");
        assert!(figures.iter().all(|figure| figure["p50_ms"].as_f64() <= figure["worst_ms"].as_f64()), "{report}");
        figures[2]["times"].as_u64().unwrap()
    };
    let own = "my own words".len() as u64;
    assert_eq!(typed(&["bench", "--json", "--queries", "queries.txt"]), typed(&["bench", "--json"]) + own);
    assert!(home.run(&["bench"]).done().contains("a star, durable"));
    assert!((fs::read(home.path("library/user.db")).unwrap(), names()) == before);
}

#[test]
fn help_manual_pages_completions_and_settings_are_printed() {
    let home = Home::new();
    assert_eq!(home.run(&["--version"]).done(), format!("tsundoku {}\n", env!("CARGO_PKG_VERSION")));
    assert!(home.run(&["list", "--help"]).done().contains("author:\"tri dao\""));
    assert!(home.run(&["man"]).done().contains(".TH tsundoku 1"));
    assert!(home.run(&["man", "import"]).done().contains("dry"));
    assert!(home.run(&["completions", "bash"]).done().contains("--status"));
    let settings = home.run(&["config", "--default"]).done();
    let path = home.run(&["config", "--path"]).done();
    assert!(Path::new(path.trim()).starts_with(home.path("library")), "{path}");
    fs::create_dir(home.path("library")).unwrap();
    fs::write(path.trim(), settings.replace("[screen]", "[screen]\nthem = 'dark'")).unwrap();
    let report = home.run(&["config"]);
    assert!(report.err.contains("`them`") && report.err.contains("`theme`"), "{report:?}");
}

#[test]
fn unusual_environments_get_an_answer_and_leave_no_files() {
    let home = Home::new();
    let here = home.path("here");
    fs::create_dir(&here).unwrap();
    for (name, value) in [
        ("HOME", ""),
        ("HOME", "relative"),
        ("HOME", "/nonexistent"),
        ("XDG_DATA_HOME", "relative"),
        ("TSUNDOKU_DIR", ""),
    ] {
        let mut command = home.command(&["config"]);
        command.current_dir(&here).env_remove("TSUNDOKU_DIR").env(name, value);
        let answer = answer(command.output().unwrap());
        let has_hint = answer.err.contains("--dir") && answer.err.lines().count() == 1;
        assert!(answer.status == 0 || (answer.status == 2 && has_hint), "{name}={value:?}: {answer:?}");
        assert!(fs::read_dir(&here).unwrap().next().is_none(), "{name}={value:?}");
    }
}

/// `TSUNDOKU_TEST_PAGES` names a folder of real pages, where there is one.
#[test]
fn real_pages_are_read_in_full() {
    let Some(pages) = std::env::var_os("TSUNDOKU_TEST_PAGES") else { return };
    let home = Home::new();
    let pages = pages.to_str().unwrap();
    let report = home.run(&["import", pages]).done();
    assert!(report.contains("in all: 405 read, ") && report.contains(", 0 rejected\n"), "{report}");
    assert!(
        report.contains("393 distinct papers, ") && report.contains("joined papers of the starter shelf"),
        "{report}"
    );
    let listed = home.run(&["list", "--json"]).done();
    let again = home.run(&["import", pages]).done();
    assert!(again.contains("in all: 405 read, 0 new, 0 updated, 405 unchanged, 0 rejected"), "{again}");
    assert_eq!(home.run(&["list", "--json"]).done(), listed);
}

#[test]
fn a_query_without_a_letter_is_refused_and_changes_nothing() {
    let home = Home::with_page();
    for query in ["👍", "+", "...", "\"\"", "()", "NOT", "!"] {
        for command in [&["mark", "--status", "dropped", query][..], &["list", query], &["export", query]] {
            let message = home.run(command).failed(2);
            assert!(message.contains("no letter or digit to search for"), "{command:?}: {message}");
        }
    }
    home.run(&["mark", "--status", "dropped", "tag:👍"]).failed(2);
    assert_eq!(home.run(&["list", "--count", "status:dropped"]).done(), "0\n");
}

#[test]
fn what_is_done_with_all_papers_found_refuses_a_query_that_is_not_understood_in_full() {
    let home = Home::with_page();
    let found = home.run(&["list", "--count", "memory"]).done();
    for (query, part) in [
        ("memory 👍", "`👍` has no letter"),
        ("memory ...", "`...` has no letter"),
        ("memory (", "`(` is not closed"),
        ("(memory", "`(` is not closed"),
        ("memory \"", "the quotation mark is not closed"),
        ("memory OR", "`OR` has nothing after it"),
        ("memory AND", "`AND` has nothing after it"),
        ("memory NOT", "`NOT` has nothing after it"),
        ("memory ~", "`~` has no letter"),
        ("memory !", "`!` has no letter"),
        ("memory '", "`'` has no letter"),
    ] {
        for command in [&["mark", "--star", query][..], &["mark", "--star", "--dry-run", query], &["export", query]] {
            let message = home.run(command).failed(2);
            assert!(message.contains(part), "{command:?}: {message}");
        }
        let listed = home.run(&["list", "--count", query]);
        assert!(listed.err.contains(part) && listed.out == found, "{query}: {listed:?}");
    }
    assert_eq!(home.run(&["list", "--count", "is:starred"]).done(), "0\n");
}

#[test]
fn what_stands_for_no_paper_is_an_error_negated_or_not() {
    let home = Home::with_page();
    for (query, part) in [
        ("!similar:zzz", "zzz"),
        ("memory OR similar:zzz", "zzz"),
        ("!meaning:zzzzqqq", "meaning:zzzzqqq"),
        ("!id:foo", "foo"),
        ("-2409.99999", "2409.99999"),
        ("survey !2409.99999", "2409.99999"),
        ("NOT (memory OR 10.1000/none)", "10.1000/none"),
    ] {
        let said = format!("not in the library: `{part}`");
        for command in [&["mark", "--status", "dropped", query][..], &["export", query]] {
            let message = home.run(command).failed(1);
            assert!(message.contains(&said), "{command:?}: {message}");
        }
        let listed = home.run(&["list", "--count", query]);
        assert!(listed.status == 0, "{listed:?}");
        assert!(home.run(&["list", query]).err.contains(&said), "{query}");
    }
    assert_eq!(home.run(&["list", "--count", "status:dropped"]).done(), "0\n");
}

#[test]
fn an_export_of_nothing_fails_and_writes_nothing() {
    let home = Home::with_page();
    let message = home.run(&["export", "nosuchthing"]).failed(1);
    assert!(message.contains("no paper matches `nosuchthing`; nothing was written"), "{message}");
    home.run(&["export", "nosuchthing", "-o", "refs.bib"]).failed(1);
    assert!(!home.path("refs.bib").exists());
    let page = home.run(&["export", "memory", "-o", "/proc/self/fd/1"]).done();
    assert!(page.contains("@misc") || page.contains("@article"), "{page}");
}

#[test]
fn a_key_of_a_title_with_invisible_letters_is_read_as_it_is_printed() {
    let home = Home::new();
    let titles = [
        "\u{115f} at 0x1",
        "kites\u{1160} one",
        "\u{3164}kites two",
        "kites \u{ffa0}three",
        "k\u{17b4}ites\u{17b5} four",
        "kites\u{180b}\u{180f} five",
    ];
    let lines: Vec<String> = titles.iter().map(|title| serde_json::json!({ "title": title }).to_string()).collect();
    home.write("titles.jsonl", &lines.join("\n"));
    home.run(&["import", "titles.jsonl"]).done();
    let all = home.run(&["list", "--ids"]).done();
    let keys: Vec<&str> = all.lines().filter(|key| key.starts_with("title:")).collect();
    assert!(keys.len() >= titles.len(), "{keys:?}");
    for key in keys {
        home.run(&["show", key]).done();
        home.run(&["mark", "--star", key]).done();
    }
}

#[test]
fn papers_are_named_by_any_spelling_of_their_identifier() {
    let home = Home::with_page();
    home.write("kites.jsonl", r#"{"title": "Quiet Kites", "arxiv": "2403.11111", "doi": "10.1000/Kites(1)"}"#);
    home.run(&["import", "kites.jsonl"]).done();
    for id in
        ["2403.11111v2", "https://arxiv.org/abs/2403.11111", "https://doi.org/10.1000/kites(1)", "arXiv:2403.11111"]
    {
        assert_eq!(home.run(&["list", "--ids", id]).done(), "arxiv:2403.11111\n", "{id}");
        assert!(home.run(&["show", id]).done().contains("Quiet Kites"), "{id}");
        home.run(&["mark", "--star", id]).done();
        home.run(&["mark", "--unstar", id]).done();
    }
    let message = home.run(&["mark", "9999.99999", "--star"]).failed(1);
    assert!(message.contains("no paper matches `9999.99999`; nothing was changed"), "{message}");
}

/// Every format is listed once for each use, and an import takes each name.
#[test]
fn formats_are_listed_for_people_and_programs() {
    let home = Home::new();
    let text = home.run(&["formats"]).done();
    assert!(text.lines().any(|line| line.starts_with("import  bibtex") && line.ends_with(".bib .bibtex")), "{text}");
    let json = home.run(&["formats", "--json"]).done();
    let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names = |of: &str| -> Vec<&str> {
        lines.iter().filter(|line| line["use"] == of).filter_map(|line| line["name"].as_str()).collect()
    };
    assert_eq!(names("import"), tsundoku::sources::IMPORT_FORMATS.iter().map(|format| format.name).collect::<Vec<_>>());
    assert_eq!(names("export"), tsundoku::export::FORMATS.iter().map(|format| format.name).collect::<Vec<_>>());
}

#[test]
fn sources_and_changes_of_versions_are_printed() {
    let home = Home::new();
    let entry = |version: u8, day: &str, summary: &str| {
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>http://arxiv.org/abs/2401.00001v{version}</id>\
             <title>Quiet Kites</title><published>2024-01-02T00:00:00Z</published><updated>{day}T00:00:00Z</updated>\
             <summary>{summary}</summary><author><name>Ann Lee</name></author></entry></feed>"
        )
    };
    home.write("v2.xml", &entry(2, "2024-02-03", "We fly two kites in calm wind."));
    home.write("v1.xml", &entry(1, "2024-01-02", "We fly kites in wind."));
    home.write(
        "a.bib",
        "@article{x, title={Quiet Kites}, author={Lee, Ann}, journal={J. Kites}, year=2025, doi={10.1000/k}}\n",
    );
    home.run(&["import", "v2.xml"]).done();
    assert_eq!(home.run(&["list", "has:update", "--count"]).done(), "0\n");
    assert!(home.run(&["show", "2401.00001", "--changes"]).done().is_empty());
    let tried = home.run(&["import", "a.bib", "v1.xml", "--dry-run"]).done();
    assert!(tried.contains("\ndoi:10.1000/k is arxiv:2401.00001\n"), "{tried}");
    let tried: Value = serde_json::from_str(&home.run(&["import", "a.bib", "--dry-run", "--json"]).done()).unwrap();
    assert_eq!(tried["joined"], serde_json::json!([{"key": "doi:10.1000/k", "paper": "arxiv:2401.00001"}]));
    for name in ["v1.xml", "a.bib", "v1.xml"] {
        home.run(&["import", name]).done();
    }
    assert_eq!(home.run(&["list", "has:update", "--ids"]).done(), "arxiv:2401.00001\n");
    let changes = home.run(&["show", "10.1000/k", "--changes"]).done();
    assert_eq!(changes, "v1 to v2, 2024-02-03\n\nWe fly {+two+} kites in {+calm+} wind.\n");
    let sources = home.run(&["show", "2401.00001", "--sources"]).done();
    let heads: Vec<&str> =
        sources.lines().filter_map(|line| line.split_once("  imported ")).map(|(head, _)| head).collect();
    assert_eq!(heads, ["arXiv API or feed, version 2", "arXiv API or feed, version 1", "BibTeX"], "{sources}");
    assert!(sources.contains("venue       J. Kites") && sources.contains("We fly kites in wind."), "{sources}");
    let lines = home.run(&["show", "2401.00001", "--sources", "--json"]).done();
    let records: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        records.iter().map(|record| record["from"].as_str().unwrap()).collect::<Vec<_>>(),
        ["arxiv-api", "arxiv-api", "bibtex"]
    );
    assert_eq!((&records[2]["published"], &records[2]["doi"]), (&Value::from("2025"), &Value::from("10.1000/k")));
    let page = home.run(&["show", "2401.00001"]).done();
    assert!(page.contains("2024-01-02") && page.contains("2025") && page.contains("two kites"), "{page}");
    assert!(home.run(&["export", "2401.00001", "--format", "bibtex"]).done().contains("year          = {2025}"));
}

/// States of other programs are named, taken on request and only where the user left something empty, and taken back as one change.
#[test]
fn reading_states_of_other_programs_are_taken_on_request() {
    let home = Home::new();
    let entry = |n: u32, more: &str| {
        format!("@misc{{k{n}, title = {{Kites of Glass {n}}}, doi = {{10.9999/kites.{n}}}{more}}}\n")
    };
    let entries = [
        entry(1, ", keywords = {wind, to read}, annote = {Fly.}"),
        entry(2, ", groups = {ropes}, readstatus = {read}"),
        entry(3, ""),
        // The first one again.
        entry(1, ", keywords = {glass}, annote = {Rest.}"),
    ];
    home.write("refs.bib", &entries.concat());
    let report = home.run(&["import", "refs.bib"]);
    assert!(report.err.contains("of 3 papers were not taken; --states takes them"), "{report:?}");
    assert_eq!(home.run(&["list", "has:tag", "--count"]).done(), "0\n");
    home.run(&["mark", "10.9999/kites.2", "--status", "dropped", "--tag", "mine"]).done();
    let report = home.run(&["import", "refs.bib", "--states", "--json"]).done();
    assert_eq!(
        (json(&report)["states"].as_u64(), json(&report)["states_left"].as_u64()),
        (Some(3), Some(0)),
        "{report}"
    );
    let shown = |n: u32| {
        let record = json(&home.run(&["list", &format!("10.9999/kites.{n}"), "--json"]).done());
        format!("{} {} {}", record["status"], record["tags"], record["note"])
    };
    assert_eq!(shown(1), r#""queued" ["glass","wind"] "Fly.""#);
    assert_eq!(shown(2), r#""dropped" ["mine","ropes"] """#);
    assert_eq!(shown(3), r#""unread" [] """#);
    assert_eq!(json(&home.run(&["import", "refs.bib", "--states", "--json"]).done())["states"], 0);
    home.run(&["undo"]).done();
    assert_eq!(shown(1), r#""unread" [] """#);
    assert_eq!(shown(2), r#""dropped" ["mine"] """#);
}

/// Citation keys, kinds and fields of the user's bibliography come back, and what is known from elsewhere joins them.
#[test]
fn a_bibliography_comes_back_as_it_was() {
    let home = Home::new();
    home.write(
        "refs.bib",
        "@string{press = {Glass Press}}\n\
         @book{roe:kites, title = {Kites of {Glass}}, author = {Roe, Ada}, editor = {Doe, Jane}, year = 1999, month = mar, publisher = press,\n\
         isbn = {978-3}, file = {:C\\:/kites.pdf:PDF}, note = {With a \\emph{fold} and Ångström}, series = {A \\input{/etc/passwd}}}\n\
         @online{boats, title = {Boats of Paper}, author = {Doe, Jane}, date = {2024-05-03}, eprint = {2401.99901}, eprinttype = {arxiv},\n\
         journaltitle = {Journal of Boats}, volume = {3}}\n",
    );
    home.run(&["import", "refs.bib"]).done();
    let bibtex = home.run(&["export", "kites glass", "--format", "bibtex"]).done();
    let lines = |text: &str| text.lines().map(|line| line.trim().replace("  ", "")).collect::<Vec<_>>();
    let found = lines(&bibtex);
    assert_eq!(found[0], "@book{roe:kites,", "{bibtex}");
    for expected in [
        "editor= {Doe, Jane},",
        "year= {1999},",
        "month = mar,",
        "publisher = {Glass Press},",
        "isbn= {978-3},",
        "file= {:C\\:/kites.pdf:PDF},",
        "note= {With a \\emph{fold} and {\\AA}ngstr{\\\"o}m},",
    ] {
        assert!(
            found.iter().any(|line| line.replace(" =", "=") == expected.replace(" =", "=")),
            "{expected}: {bibtex}"
        );
    }
    assert!(!bibtex.contains("\\input") && bibtex.matches("year").count() == 1, "{bibtex}");
    let biblatex = home.run(&["export", "2401.99901", "--format", "biblatex"]).done();
    for expected in
        ["@online{boats,", "date", "{2024-05-03}", "journaltitle", "{Journal of Boats}", "volume", "eprintclass"]
    {
        assert!(biblatex.contains(expected) != (expected == "eprintclass"), "{expected}: {biblatex}");
    }
    let bibtex = home.run(&["export", "2401.99901", "--format", "bibtex"]).done();
    assert!(bibtex.starts_with("@misc{boats,") && bibtex.contains("{2024}"), "{bibtex}");
    // The same file again changes nothing, JSON lines carry it, and other sources add to it.
    assert_eq!(json(&home.run(&["import", "refs.bib", "--json"]).done())["total"]["unchanged"], 2);
    let lines = home.run(&["export", "2401.99901", "--format", "json"]).done();
    assert_eq!(json(&lines)["bibtex"]["key"], "boats");
    home.write("more.jsonl", r#"{"title":"Boats of Paper","arxiv":"2401.99901","doi":"10.9999/boats","abstract":"We fold.","categories":["cs.LG"]}"#);
    home.run(&["import", "more.jsonl"]).done();
    let biblatex = home.run(&["export", "2401.99901", "--format", "biblatex"]).done();
    for expected in ["@online{boats,", "{10.9999/boats}", "{We fold.}", "{cs.LG}", "{Journal of Boats}"] {
        assert!(biblatex.contains(expected), "{expected}: {biblatex}");
    }
    let other = Home::new();
    other.write("lines.jsonl", &lines);
    other.run(&["import", "lines.jsonl"]).done();
    assert!(other.run(&["export", "2401.99901", "--format", "biblatex"]).done().starts_with("@online{boats,"));
}
