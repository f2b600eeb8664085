//! Measures the reader: writes a line for each key with the time to the first frame drawn after it and to the one that shows its whole
//! answer.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::domain::query::Query;
use crate::error::{IoContext, Result};

/// Writes `microseconds to the first frame <tab> microseconds to the whole answer <tab> search generation <tab> papers found <tab> query`,
/// one line a key. The second is `-` where the next key came before the whole answer.
#[derive(Debug)]
pub(super) struct Trace {
    out: BufWriter<File>,
    path: PathBuf,
    /// When the keys arrived that have no line yet.
    keys: Vec<Instant>,
    /// The frames drawn since the newest of these keys.
    frames: Option<Frames>,
}

/// What the screen answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a> {
    pub(super) generation: u64,
    pub(super) found: usize,
    pub(super) query: &'a Query,
}

#[derive(Clone, Copy, Debug)]
struct Frames {
    first: Instant,
    last: Instant,
}

impl Trace {
    /// Errors: when there is a file already, or it cannot be made.
    pub(super) fn create(path: &Path) -> Result<Self> {
        let out = BufWriter::new(File::create_new(path).at("write", path)?);
        Ok(Self { out, path: path.to_owned(), keys: Vec::new(), frames: None })
    }

    /// A key that arrived at `arrived` is about to be taken. `is_idle`: the answers to the keys before it have come.
    pub(super) fn key(&mut self, arrived: Instant, is_idle: bool, shown: Shown<'_>) -> Result<()> {
        self.settle(is_idle, shown)?;
        self.keys.push(arrived);
        Ok(())
    }

    /// Something that is neither a key nor an answer is about to be taken; what it changes on the screen answers no key.
    pub(super) fn event(&mut self, is_idle: bool, shown: Shown<'_>) -> Result<()> {
        if is_idle { self.settle(true, shown) } else { Ok(()) }
    }

    /// A frame was drawn just now. `is_idle`: it shows everything that the keys so far led to.
    pub(super) fn frame(&mut self, is_idle: bool, shown: Shown<'_>) -> Result<()> {
        if self.keys.is_empty() {
            return Ok(());
        }
        let now = Instant::now();
        let first = self.frames.map_or(now, |frames| frames.first);
        self.frames = Some(Frames { first, last: now });
        if is_idle { self.settle(true, shown) } else { Ok(()) }
    }

    /// Writes the lines of the keys after which a frame was drawn; the others share the next frame with the key that follows.
    fn settle(&mut self, is_answered: bool, shown: Shown<'_>) -> Result<()> {
        let Some(frames) = self.frames.take() else { return Ok(()) };
        let Shown { generation, found, query } = shown;
        let micros = |spent: Duration| spent.as_micros().to_string();
        let mut written = Ok(());
        for arrived in self.keys.drain(..) {
            let first = micros(frames.first.saturating_duration_since(arrived));
            let answered = micros(frames.last.saturating_duration_since(arrived));
            let answered = if is_answered { answered } else { "-".to_owned() };
            let line = writeln!(self.out, "{first}\t{answered}\t{generation}\t{found}\t{query}");
            written = written.and(line);
        }
        written.and_then(|()| self.out.flush()).at("write", &self.path)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::LazyLock;
    use std::thread::sleep;

    use super::*;

    const SHORT: Duration = Duration::from_millis(2);

    /// The lines of a trace that was written by these calls, each as its two times.
    fn lines(calls: impl FnOnce(&mut Trace)) -> Vec<(u128, Option<u128>)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace");
        calls(&mut Trace::create(&path).unwrap());
        let text = fs::read_to_string(path).unwrap();
        let line = |line: &str| {
            let fields: Vec<&str> = line.split('\t').collect();
            assert_eq!(fields[2..], ["1", "2", "lora"]);
            (fields[0].parse().unwrap(), fields[1].parse().ok())
        };
        text.lines().map(line).collect()
    }

    fn shown() -> Shown<'static> {
        static QUERY: LazyLock<Query> = LazyLock::new(|| Query::parse("lora"));
        Shown { generation: 1, found: 2, query: &QUERY }
    }

    #[test]
    fn a_key_counts_until_the_last_frame_of_its_answer() {
        let lines = lines(|trace| {
            trace.key(Instant::now(), true, shown()).unwrap();
            trace.frame(false, shown()).unwrap();
            sleep(SHORT);
            trace.frame(true, shown()).unwrap();
            // No key: none of these is counted.
            trace.event(true, shown()).unwrap();
            trace.frame(true, shown()).unwrap();
        });
        let [(first, Some(answered))] = &lines[..] else { panic!("{lines:?}") };
        assert!(*answered >= first + SHORT.as_micros(), "{lines:?}");
    }

    #[test]
    fn keys_that_share_a_frame_have_a_line_each() {
        let lines = lines(|trace| {
            trace.key(Instant::now(), true, shown()).unwrap();
            sleep(SHORT);
            trace.key(Instant::now(), false, shown()).unwrap();
            trace.frame(true, shown()).unwrap();
        });
        let [(first, Some(_)), (second, Some(_))] = &lines[..] else { panic!("{lines:?}") };
        assert!(*first >= second + SHORT.as_micros(), "{lines:?}");
    }

    #[test]
    fn a_key_before_the_whole_answer_leaves_the_one_before_without_a_time() {
        let lines = lines(|trace| {
            trace.key(Instant::now(), true, shown()).unwrap();
            trace.frame(false, shown()).unwrap();
            trace.key(Instant::now(), false, shown()).unwrap();
            trace.frame(true, shown()).unwrap();
        });
        assert!(matches!(&lines[..], [(_, None), (_, Some(_))]), "{lines:?}");
    }

    #[test]
    fn what_comes_after_the_answer_does_not_count() {
        // The answer was complete with the first frame, but the last request was still running when it was drawn.
        let lines = lines(|trace| {
            trace.key(Instant::now(), true, shown()).unwrap();
            trace.frame(false, shown()).unwrap();
            sleep(SHORT);
            trace.event(true, shown()).unwrap();
            trace.frame(true, shown()).unwrap();
        });
        let [(first, Some(answered))] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(first, answered);
    }
}
