//! What an import is asked to do, and what it reports: progress, problems, counts. Types only; `mod` and `reader` fill them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::PathBuf;

use super::pasted::NamedText;
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::identity::PaperKey;
use crate::error::Error;
use crate::sources::sync::{AnsweredPapers, DigestRanks};

/// What to import, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportRequest {
    /// Files and folders; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// Texts in memory, read after the files.
    pub texts: Vec<NamedText>,
    /// Day of the digest; overrides what the files say.
    pub day: Option<PartialDate>,
    /// The digest of papers that the texts do not put in one, by their arXiv ids.
    pub listed: Option<DigestRanks>,
    /// The papers of the texts that are wanted, with their places in digests in place of those that the texts state; None is all.
    pub only: Option<AnsweredPapers>,
    /// Name of an import format; None recognises the format of each file by its content.
    pub format: Option<String>,
    /// Take the reading states that records of other programs carry, too.
    pub states: bool,
    /// Read and report, store nothing.
    pub dry_run: bool,
}

/// Progress of an import: first it reads file by file, then it builds the index of all papers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// The file that is being read.
    pub path: Clean,
    /// Its number, from 1.
    pub file: usize,
    pub files: usize,
    /// Records read from this file, or from all files of this archive so far; from all files while the index is built.
    pub read: usize,
    /// Bytes of this file that were read, compressed as it is, and its size where that is known.
    pub bytes: u64,
    pub length: Option<u64>,
    /// Papers read into the index, of how many in the library; None while files are read.
    pub indexed: Option<(usize, usize)>,
}

/// Why a record was rejected, or what is noteworthy about one that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordProblem {
    /// From 1; 0 for the whole file.
    pub line: usize,
    pub reason: Clean,
}

/// The problems of a file: all of them by their reason, and the first one by one. A file of an unknown format can have millions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordProblems {
    /// At most 1,000, and one for the file itself.
    pub first: Vec<RecordProblem>,
    /// How many others there are.
    pub more: usize,
    groups: Vec<ProblemGroup>,
    /// Places in `groups`, by reason.
    places: HashMap<String, usize>,
    /// How many problems are in no group, because there are too many reasons.
    pub ungrouped: usize,
}

/// Problems with the same reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemGroup {
    pub reason: Clean,
    pub count: usize,
    /// The first lines; none for the whole file.
    pub lines: Vec<usize>,
}

impl ProblemGroup {
    const LINES: usize = 5;

    /// `line 7`, `lines 1, 2, 3, …`; nothing for the whole file.
    pub fn places(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(ToString::to_string).collect();
        let word = if self.count == 1 { "line" } else { "lines" };
        let more = if self.count > lines.len() { ", …" } else { "" };
        if lines.is_empty() { String::new() } else { format!("{word} {}{more}", lines.join(", ")) }
    }
}

impl RecordProblems {
    const LISTED: usize = 1000;

    pub(super) fn push(&mut self, problem: RecordProblem) {
        self.group(&problem);
        if self.first.len() < Self::LISTED {
            self.first.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// A problem of the file itself: listed in any case, however many others there are.
    pub(in crate::library) fn push_of_file(&mut self, reason: String) {
        let problem = RecordProblem { line: 0, reason: Clean::new(&reason) };
        self.group(&problem);
        self.first.push(problem);
    }

    fn group(&mut self, problem: &RecordProblem) {
        let place = match self.places.get(&*problem.reason) {
            Some(place) => *place,
            None if self.groups.len() == Self::LISTED => {
                self.ungrouped += 1;
                return;
            }
            None => {
                self.places.insert(problem.reason.to_string(), self.groups.len());
                self.groups.push(ProblemGroup { reason: problem.reason.clone(), ..ProblemGroup::default() });
                self.groups.len() - 1
            }
        };
        let Some(group) = self.groups.get_mut(place) else { return };
        group.count += 1;
        if problem.line > 0 && group.lines.len() < ProblemGroup::LINES {
            group.lines.push(problem.line);
        }
    }

    /// Problems by their reason, the most frequent first.
    pub fn groups(&self) -> Vec<&ProblemGroup> {
        let mut groups: Vec<&ProblemGroup> = self.groups.iter().collect();
        groups.sort_by_key(|group| Reverse(group.count));
        groups
    }

    pub fn count(&self) -> usize {
        self.first.len() + self.more
    }
}

/// What became of the records of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileReport {
    pub path: Clean,
    /// Name of the import format; empty when the file could not be read to its end.
    pub format: String,
    pub read: usize,
    pub new: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub rejected: RecordProblems,
    /// What is noteworthy about records that were read.
    pub notices: RecordProblems,
}

impl FileReport {
    /// Nothing was read, and nothing is reported.
    pub(super) fn is_blank(&self) -> bool {
        self.read == 0 && self.rejected.count() == 0 && self.notices.count() == 0
    }

    /// `page.txt:12: why`, for equal reasons `page.txt: 346 times why, lines 12, 13, …`. Without a line when the whole file is meant, and
    /// with its path once.
    pub fn located(&self, group: &ProblemGroup) -> String {
        let (ProblemGroup { reason, count, lines }, path) = (group, &self.path);
        match (lines.as_slice(), count) {
            ([], _) if reason.contains(&**path) => reason.to_string(),
            ([], _) => format!("{path}: {reason}"),
            ([line], 1) => format!("{path}:{line}: {reason}"),
            _ => format!("{path}: {count} times {reason}, {}", group.places()),
        }
    }
}

/// A digest of a day that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndatedDigest {
    pub id: String,
    pub label: Clean,
}

/// Papers that came with an import, in its order, as long as they are so few that a reader can look at them one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPapers {
    keys: Vec<PaperKey>,
    count: usize,
}

impl NewPapers {
    /// More than a digest or a bibliography has. Of an archive, all of which is new, none are named.
    const MOST: usize = 20_000;

    pub(super) fn push(&mut self, key: &PaperKey) {
        self.count += 1;
        if self.count <= Self::MOST {
            self.keys.push(key.clone());
        } else {
            self.keys = Vec::new();
        }
    }

    /// Their keys; empty when there are more than 20,000.
    pub fn keys(&self) -> &[PaperKey] {
        &self.keys
    }
}

/// A record that is one paper with another in the library, or with an earlier record of the import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedRecord {
    /// The key that was not known to be this paper's.
    pub other: PaperKey,
    /// The key of the paper.
    pub paper: PaperKey,
}

/// Which records joined which papers: the first 1,000, and how many more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JoinedRecords {
    pub first: Vec<JoinedRecord>,
    pub more: usize,
}

impl JoinedRecords {
    const LISTED: usize = 1000;

    pub(super) fn push(&mut self, other: &PaperKey, paper: &PaperKey) {
        if self.first.len() < Self::LISTED {
            self.first.push(JoinedRecord { other: other.clone(), paper: paper.clone() });
        } else {
            self.more += 1;
        }
    }
}

/// What became of all files and records of an import.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    pub files: Vec<FileReport>,
    /// Distinct papers among all records that were read.
    pub distinct: usize,
    /// The papers that the library did not have.
    pub new_papers: NewPapers,
    /// What joined papers under keys that were not known to be theirs.
    pub joined: JoinedRecords,
    /// Digests that the library did not have, whose day no file states although each is of a day.
    pub undated: Vec<UndatedDigest>,
    /// Papers of the starter shelf that have their own abstract now.
    pub joined_starter: usize,
    /// Papers whose reading state was restored from the files, or filled from those of other programs.
    pub restored: usize,
    /// Papers with a reading state of another program, which the request does not take.
    pub states_left: usize,
    /// Files of folders that were not read: path and reason.
    pub skipped: Vec<(String, String)>,
    pub cancelled: bool,
    /// The new papers are stored but not listed yet, because building the index was cancelled or failed. The next update of the index lists
    /// them.
    pub unlisted: bool,
    /// What failed once papers were stored, and how much of what the report counts is stored.
    pub failure: Option<Error>,
    pub dry_run: bool,
    /// New papers were imported while the starter shelf is still listed.
    pub offer_to_hide_starter: bool,
}

impl ImportReport {
    /// Sums of the counts of all files; without the rejected records.
    pub fn total(&self) -> FileReport {
        let mut total = FileReport::default();
        for file in &self.files {
            total.read += file.read;
            total.new += file.new;
            total.updated += file.updated;
            total.unchanged += file.unchanged;
        }
        total
    }

    /// Why nothing came of the import, if there is one reason for it: no file was found, or the only one could not be read.
    pub fn only_failure(&self) -> Option<String> {
        let files = self.files.as_slice();
        match (files, self.skipped.as_slice()) {
            ([], []) => Some("there is no file to read".to_owned()),
            ([], [(path, reason)]) => Some(format!("{path}: {reason}")),
            ([], [(path, reason), more @ ..]) => {
                Some(format!("there is no file to read: {path}: {reason}, and {} more", more.len()))
            }
            ([file], _) => match file.rejected.groups.as_slice() {
                [group] if file.read == 0 && group.lines.is_empty() => Some(file.located(group)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Number of rejected records in all files.
    pub fn rejected(&self) -> usize {
        self.files.iter().map(|file| file.rejected.count()).sum()
    }
}
