//! The real program, killed in the middle of an import: what is there afterwards is a library that can go on, and in the end the same one.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// Enough for several commits.
const LINES: usize = 12_000;

/// Lines of the arXiv snapshot; every third with a DOI, some twice with a later version, some with the title of another paper.
fn corpus() -> String {
    let mut lines = String::new();
    for place in 0..LINES {
        let number = if place % 10 == 9 { place - 5 } else { place };
        let (month, id) = (1 + number / 1000, number % 1000 + 1);
        let version = 1 + place % 10 / 9;
        let title = number % 4000;
        let doi = if number % 3 == 0 { format!(r#""10.1000/kites.{number}""#) } else { "null".to_owned() };
        let line = format!(
            r#"{{"id":"24{month:02}.{id:05}","title":"Kites of ${title}^2$ Strings","authors_parsed":[["Roe","Ada {number}",""],["Berg","Bo",""]],"abstract":"  We fly kite {number} in wind {title} for {version} days.\n","categories":"cs.LG math.OC","doi":{doi},"versions":[{{"version":"v{version}","created":"Wed, {version} Jan 2024 18:20:11 GMT"}}]}}"#
        );
        writeln!(lines, "{line}").unwrap();
    }
    lines
}

fn program(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tsundoku"));
    command.env_clear().env("HOME", dir).arg("--dir").arg(dir.join("library")).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[track_caller]
fn run(dir: &Path, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = program(dir, arguments).output().unwrap();
    assert!(status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// Every line of every paper, in the order of the list.
fn listed(dir: &Path) -> String {
    run(dir, &["list", "--json"])
}

#[test]
fn an_import_killed_again_and_again_ends_as_one_that_was_not() {
    let (whole, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = whole.path().join("snapshot.jsonl");
    fs::write(&file, corpus()).unwrap();
    let import = ["import", file.to_str().unwrap(), "--no-fulltext", "--json"];

    let first: serde_json::Value = serde_json::from_str(&run(whole.path(), &import)).unwrap();
    let expected = listed(whole.path());
    assert_eq!(first["total"]["read"], LINES);
    assert!(expected.lines().count() > LINES / 2);
    let again: serde_json::Value = serde_json::from_str(&run(whole.path(), &import)).unwrap();
    assert_eq!((&again["total"]["new"], &again["total"]["updated"]), (&0.into(), &0.into()));
    assert!(listed(whole.path()) == expected, "importing twice is importing once");

    // Whatever these moments meet: the migration, the starter shelf, a commit, the index. None of them may matter.
    for milliseconds in [3, 31, 120, 260, 390, 540, 700, 930] {
        let mut child = program(killed.path(), &import).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    run(killed.path(), &import);
    assert!(listed(killed.path()) == expected, "killed and imported again");
    let health = run(killed.path(), &["doctor"]);
    assert_eq!(health.matches("sound").count(), 4, "{health}");
}

/// Makes a file of the name in a folder, as a process left it that was killed three days ago.
fn leave(folder: &Path, name: &str) {
    fs::create_dir_all(folder).unwrap();
    let file = fs::File::create(folder.join(name)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3 * 24 * 3600)).unwrap();
}

#[test]
fn what_killed_processes_left_goes_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let library = dir.path().join("library");
    run(dir.path(), &["mark", "attention", "--star"]);
    let left = [
        ("", "user.db.tmp-restore"),
        ("backups", "user.db.tmp-backup"),
        ("index", "words.idx.tmp-1"),
        ("index", "states.bin.tmp-1"),
        ("index", "notes.bin.tmp-1"),
        ("index/text", "text.tmp-1"),
        ("bench.tmp-1", "user.db"),
    ];
    let of_the_user = [("", "user.db.old"), ("", ".tmpAbCdEf"), ("backups", "my-user.db"), ("index", "words.idx.bak")];
    for (folder, name) in left.iter().chain(&of_the_user) {
        leave(&library.join(folder), name);
    }
    fs::File::open(library.join("bench.tmp-1")).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    run(dir.path(), &["list", "attention"]);
    for (folder, name) in left {
        assert!(!library.join(folder).join(name).exists(), "{folder}/{name}");
    }
    assert!(!library.join("bench.tmp-1").exists());
    for (folder, name) in of_the_user {
        assert!(library.join(folder).join(name).exists(), "{folder}/{name}");
    }
}

#[test]
fn what_a_killed_export_left_goes_with_the_next_one_to_the_same_file() {
    let dir = tempfile::tempdir().unwrap();
    let long = format!("{}.bib", "x".repeat(240));
    for name in [".tsundoku-refs.bib-1.part", ".tsundoku-other.bib-1.part", "refs.bib.part", ".refs.bib.swp"] {
        leave(dir.path(), name);
    }
    for name in ["refs.bib", &long] {
        run(dir.path(), &["export", "attention", "-o", dir.path().join(name).to_str().unwrap()]);
    }
    let mut names: Vec<String> =
        fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, [".refs.bib.swp", ".tsundoku-other.bib-1.part", "library", "refs.bib", "refs.bib.part", &long]);
}

/// The names of temporary files and folders in a folder and those below it.
fn temporary_names(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains(".tmp-") || name.ends_with(".part") {
            found.push(name);
        } else if entry.path().is_dir() {
            found.extend(temporary_names(&entry.path()));
        }
    }
    found
}

#[cfg(unix)]
#[test]
fn a_command_that_a_signal_ends_removes_its_temporary_files() {
    use std::os::unix::process::ExitStatusExt;
    let dir = tempfile::tempdir().unwrap();
    let papers = dir.path().join("papers.json");
    fs::write(&papers, corpus()).unwrap();
    let import = ["import", papers.to_str().unwrap()];
    run(dir.path(), &import);
    let refs = dir.path().join("refs.bib");
    let index = dir.path().join("library/index");
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        for arguments in [&["export", "-o", refs.to_str().unwrap()][..], &["doctor", "--fix"]] {
            // On a busy machine a command may be done before the signal arrives.
            let mut tries = 0..50;
            let ended = tries.find_map(|_| {
                let _ = fs::remove_file(&refs);
                if arguments[0] == "doctor" {
                    fs::remove_dir_all(&index).unwrap();
                }
                let mut child = program(dir.path(), arguments).stdout(Stdio::null()).spawn().unwrap();
                while temporary_names(dir.path()).is_empty() && child.try_wait().unwrap().is_none() {}
                let _ = Command::new("kill").args(["-s", signal, &child.id().to_string()]).output().unwrap();
                child.wait().unwrap().signal()
            });
            assert_eq!(ended, Some(number), "{arguments:?}");
            assert_eq!(temporary_names(dir.path()), [""; 0], "{arguments:?} {signal}");
            assert!(!refs.exists());
        }
    }
    assert!(run(dir.path(), &["export", "-o", refs.to_str().unwrap()]).is_empty() && refs.exists());
}
