//! Prints how fast the library is on this machine. What is measured and how is in `library::measure`.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::palette::OutputRole;
use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::wording::{counted, grouped, padded};
use crate::domain::clean::Clean;
use crate::error::{IoContext, Result};
use crate::library::measure::{Benchmark, Measurement, measure};
use crate::library::measure_states::{BenchStates, measure_with_states};

/// Columns and rows of a large terminal.
const FRAME: (u16, u16) = (200, 50);

/// Measure how fast the library is on this machine.
///
/// Opens the library, types queries letter by letter, counts facets, sorts, reads abstracts and stars a paper in a copy of user.db;
/// prints how long each took. Nothing in the library changes.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku bench --json\n  tsundoku bench --states 200000 --tags 5000")]
pub(super) struct BenchArguments {
    /// Type the lines of this file, too.
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,

    /// Measure instead on a copy with this many reading states: start, command, star, bulk change, export, import.
    #[arg(long, value_name = "N", conflicts_with = "queries")]
    states: Option<usize>,

    /// Tags that these states have.
    #[arg(long, value_name = "M", default_value_t = 0, requires = "states")]
    tags: usize,

    /// As one JSON object.
    #[arg(long)]
    json: bool,
}

impl RunCommand for BenchArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let dir = session.paths()?.data;
        let first_frame = session.first_frame;
        let benchmark = match self.states {
            Some(papers) => {
                let counts = BenchStates { papers, tags: self.tags };
                measure_with_states(&dir, counts, &|dir| first_frame(dir, FRAME))?
            }
            None => measure(&dir, &self.more_queries()?, &|| first_frame(&dir, FRAME))?,
        };
        let report = BenchJson::new(&benchmark);
        if self.json {
            write_json_line(&report, &mut session.out)?;
        } else {
            report.write_table(session)?;
        }
        Ok(CommandOutcome::Done)
    }
}

impl BenchArguments {
    fn more_queries(&self) -> Result<Vec<String>> {
        let Some(path) = &self.queries else { return Ok(Vec::new()) };
        let text = fs::read_to_string(path).at("read", path)?;
        Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }
}

#[derive(Serialize)]
struct BenchJson<'a> {
    papers: usize,
    figures: Vec<FigureJson<'a>>,
    private_mb: Option<f64>,
}

#[derive(Serialize)]
struct FigureJson<'a> {
    what: &'a str,
    times: usize,
    p50_ms: f64,
    p99_ms: f64,
    worst_ms: f64,
    /// The input of the worst time; empty where the input is always the same.
    worst: &'a str,
}

impl<'a> BenchJson<'a> {
    fn new(benchmark: &'a Benchmark) -> Self {
        Self {
            papers: benchmark.papers,
            figures: benchmark.measurements.iter().map(FigureJson::new).collect(),
            private_mb: benchmark.private_mb.map(rounded),
        }
    }

    fn write_table(&self, session: &mut Session<'_>) -> Result<()> {
        let palette = session.palette();
        writeln!(session.out, "{}", palette.paint(OutputRole::Title, counted(self.papers, "paper")))?;
        let head = format!("{:<18}{:>7}{:>12}{:>12}{:>12}", "", "times", "p50 ms", "p99 ms", "worst ms");
        writeln!(session.out, "{}", palette.paint(OutputRole::Dim, head))?;
        for figure in &self.figures {
            let FigureJson { what, times, p50_ms, p99_ms, worst_ms, worst } = figure;
            let (what, worst) = (padded(&Clean::new(what), 18), Clean::new(worst));
            let line = format!("{what}{:>7}{p50_ms:>12.3}{p99_ms:>12.3}{worst_ms:>12.3}  {worst}", grouped(*times));
            writeln!(session.out, "{}", line.trim_end())?;
        }
        if let Some(private) = self.private_mb {
            writeln!(session.out, "private memory {private:.1} MB")?;
        }
        Ok(())
    }
}

impl<'a> FigureJson<'a> {
    fn new(measurement: &'a Measurement) -> Self {
        let (worst_ms, worst) = &measurement.worst;
        Self {
            what: measurement.operation,
            times: measurement.times.len(),
            p50_ms: rounded(measurement.percentile(50)),
            p99_ms: rounded(measurement.percentile(99)),
            worst_ms: rounded(*worst_ms),
            worst,
        }
    }
}

/// Rounded to three decimals.
fn rounded(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}
