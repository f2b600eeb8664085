//! Writes that the system refuses: what is told, and that nothing is lost. The limit of file sizes stands for every other reason, because
//! anybody may set it.

use std::path::Path;
use std::process::{Command, Output};

/// Runs the program with a limit of file sizes in blocks of 512 bytes; 0 is no file at all. Returns its messages, and whether it succeeded.
fn run_with_limit(dir: &Path, blocks: usize, arguments: &[&str]) -> (bool, String) {
    let Output { status, stderr, .. } = limited(dir, blocks, arguments);
    (status.success(), String::from_utf8(stderr).unwrap())
}

/// The same for one that fails; returns its output and its messages.
fn output_with_limit(dir: &Path, blocks: usize, arguments: &[&str]) -> (String, String) {
    let Output { status, stdout, stderr } = limited(dir, blocks, arguments);
    assert!(!status.success());
    (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn limited(dir: &Path, blocks: usize, arguments: &[&str]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -f {blocks}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_tsundoku")]);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", dir).arg("--dir").arg(dir.join("library"));
    command.args(arguments).output().unwrap()
}

fn run(dir: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tsundoku"));
    command.env_clear().env("HOME", dir).arg("--dir").arg(dir.join("library")).args(arguments);
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// The limit is named as the reason, and nothing that would make the user doubt the disk, the folder or the file.
fn assert_names_limit(told: &str) {
    assert!(told.contains("file too large") && told.contains("ulimit -f"), "{told}");
    for wrong in ["disk", "damaged", "restore", "read-only", "writable"] {
        assert!(!told.contains(wrong), "{told}");
    }
}

#[test]
fn an_import_that_fails_on_the_way_reports_what_it_stored() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), &["list", "attention"]);
    let lines: String = (1..=30_000)
        .map(|number| format!("{{\"title\":\"Kites of the kind {number} fly\",\"arxiv\":\"2401.{number:05}\"}}\n"))
        .collect();
    let papers = dir.path().join("papers.jsonl");
    std::fs::write(&papers, lines).unwrap();
    let arguments = ["import", papers.to_str().unwrap(), "--json", "--no-fulltext"];
    let (output, told) = output_with_limit(dir.path(), 4000, &arguments);
    assert_names_limit(&told);
    let (_, rest) = told.split_once("only ").unwrap();
    let committed: usize = rest.split(' ').next().unwrap().parse().unwrap();
    assert!(committed >= 2000 && rest.contains("records were stored: cannot write "), "{told}");
    let report: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert!(report["total"]["read"].as_u64().unwrap() >= committed as u64, "{report}");
    assert!(report["failure"].as_str().unwrap().contains("papers.db: file too large"), "{report}");
    assert_eq!(run(dir.path(), &["list", "kites fly", "--count"]).trim(), committed.to_string());
}

#[test]
fn a_limit_of_file_sizes_is_told_as_what_it_is() {
    for blocks in [0, 8, 32, 80] {
        let new = tempfile::tempdir().unwrap();
        let (succeeded, told) = run_with_limit(new.path(), blocks, &["mark", "attention", "--star"]);
        assert!(!succeeded);
        assert_names_limit(&told);
    }
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), &["mark", "attention", "--star"]);
    let starred = run(dir.path(), &["list", "is:starred", "--ids"]);
    assert!(!starred.is_empty());
    for blocks in [0, 8, 32] {
        let (succeeded, told) = run_with_limit(dir.path(), blocks, &["mark", "attention", "--unstar"]);
        assert!(!succeeded);
        assert_names_limit(&told);
        let (succeeded, told) = run_with_limit(dir.path(), blocks, &["list", "is:starred"]);
        assert!(succeeded, "{told}");
    }
    let papers = crate::harness::fixture("library.jsonl");
    for blocks in [8, 80, 200] {
        let (succeeded, told) = run_with_limit(dir.path(), blocks, &["import", papers.to_str().unwrap()]);
        assert!(!succeeded, "{blocks}");
        assert_names_limit(&told);
    }
    assert_eq!(run(dir.path(), &["list", "is:starred", "--ids"]), starred);
    assert!(run(dir.path(), &["doctor"]).matches("sound").count() >= 4);
}

/// A folder in which nobody can make a file.
#[cfg(target_os = "linux")]
#[test]
fn a_library_that_cannot_be_made_says_why_and_misses_nothing() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tsundoku"));
    command.env_clear().args(["--dir", "/sys/kernel", "mark", "attention", "--star"]);
    let Output { status, stderr, .. } = command.output().unwrap();
    let told = String::from_utf8(stderr).unwrap();
    assert!(!status.success() && told.contains("nothing can be stored: cannot write /sys/kernel/user.db: "), "{told}");
    assert!(!told.contains("missing or empty"), "{told}");
}
