//! Lists the papers that a query finds: as rows for a terminal, lines for a program, ids, a count, or JSON.

use super::palette::{OutputRole, Palette};
use super::query::{self, QueryArguments};
use super::session::{CommandOutcome, RunCommand, Session};
use super::streams::DataWriter;
use super::wording::{counted, grouped, padded};
use crate::domain::clean::Clean;
use crate::domain::query::FieldName;
use crate::domain::reading::Status;
use crate::domain::record::WordPair;
use crate::error::{Error, Result};
use crate::library::search::{DocId, Hits, Reason, not_in_library};
use crate::library::{Library, Snapshot};
use clap::Args;

/// Papers read from the database at a time.
const PAGE: usize = 256;

/// List the papers that a query finds.
///
/// The whole result, by relevance where the query has free words, else newest first. On a terminal a row is fitted to its width;
/// elsewhere it is one line of tab-separated fields: status, `*` when starred, id, date, first author, title.
#[derive(Debug, Args)]
#[command(after_long_help = query::help("tsundoku list lora status:unread --limit 20"))]
pub(super) struct ListArguments {
    #[command(flatten)]
    query: QueryArguments,

    /// At most this many papers.
    #[arg(long, short = 'n', value_name = "N")]
    limit: Option<usize>,

    /// Order, as after `sort:` in a query.
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true)]
    sort: Option<String>,

    /// The best papers by meaning for the free words of the query, whether or not they have the words; as `~` before the query.
    #[arg(long)]
    meaning: bool,

    /// One JSON object a line, with everything known about the paper.
    #[arg(long, group = "shape")]
    json: bool,

    /// Only the ids.
    #[arg(long, group = "shape")]
    ids: bool,

    /// Only how many papers are found.
    #[arg(long, group = "shape")]
    count: bool,
}

impl RunCommand for ListArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let query = query::sorted(query::parse(&self.query.words)?, self.sort.as_deref())?;
        if let Some(part) = query.not_understood() {
            session.notify(&part.message);
        }
        let query = if self.meaning { query.by_meaning() } else { query };
        if self.meaning && !query.narrowed_fields().contains(&FieldName::Meaning) {
            return Err(Error::usage("words that describe a paper are missing"));
        }
        let mut library = session.library()?;
        let hits = library.find(&query)?;
        if hits.lacks_abstracts {
            let extent = match query.narrowed_fields().contains(&FieldName::Similar) {
                true => "no similar papers are known",
                false => "only titles are read",
            };
            session.notify(&format!(
                "abstracts are not indexed yet, so that {extent}; the reader or an import indexes them"
            ));
        }
        let found = hits.count;
        if self.count {
            writeln!(session.out, "{}", found.min(self.limit.unwrap_or(usize::MAX)))?;
            return Ok(CommandOutcome::Done);
        }
        let docs = match self.limit {
            Some(limit) => hits.page(0, limit),
            None => hits.complete(),
        };
        let snapshot = library.snapshot();
        if self.json {
            return write_json(&library, &hits, &docs, &mut session.out);
        }
        for doc in &docs {
            self.write_row(&ListRow::of(&snapshot, *doc), hits.reasons(*doc), session)?;
        }
        if !hits.missing.is_empty() {
            session.notify(&not_in_library(&hits.missing));
        } else if found == 0 {
            session.notify("no paper is found; `tsundoku list --help` explains queries");
        }
        if found > 0 && session.terminal.columns.is_some() && !self.ids {
            let cut = if docs.len() < found { format!("{} of ", grouped(docs.len())) } else { String::new() };
            let elsewhere = match found - hits.in_titles() {
                0 => String::new(),
                elsewhere => format!(", {} of them by abstract, note or tags", grouped(elsewhere)),
            };
            session.notify(&format!("{cut}{}{elsewhere}", counted(found, "paper")));
        }
        Ok(CommandOutcome::Done)
    }
}

impl ListArguments {
    /// Writes a row; on a terminal, below it the words that stand for others in a paper found by meaning.
    fn write_row(&self, row: &ListRow, reasons: &[Reason], session: &mut Session<'_>) -> Result<()> {
        let unicode = session.terminal.unicode;
        match session.terminal.columns.map(usize::from) {
            _ if self.ids => writeln!(session.out, "{}", row.key),
            Some(columns) => {
                let palette = session.palette();
                row.write_fitted(columns, unicode, palette, &mut session.out)?;
                let others = reasons.iter().filter(|reason| reason.word != reason.found);
                let words: Vec<String> = others.map(|reason| reason.text(if unicode { "→" } else { "->" })).collect();
                if words.is_empty() {
                    return Ok(());
                }
                let words = Clean::new(&words.join(", ")).cut(columns.saturating_sub(4));
                writeln!(session.out, "    {}", palette.paint(OutputRole::Dim, words))
            }
            None => row.write_fields(&mut session.out),
        }
    }
}

fn write_json(library: &Library, hits: &Hits, docs: &[DocId], out: &mut DataWriter<'_>) -> Result<CommandOutcome> {
    let snapshot = library.snapshot();
    for page in docs.chunks(PAGE) {
        for (doc, record) in page.iter().zip(library.records(&snapshot.keys(page)?)?) {
            let reasons = hits.reasons(*doc).iter();
            let reasons: Vec<WordPair<'_>> =
                reasons.map(|reason| WordPair { word: &reason.word, found: &reason.found }).collect();
            out.write_data(&record.to_json_with_reason(&reasons))?;
        }
    }
    Ok(CommandOutcome::Done)
}

/// One paper on one line.
struct ListRow {
    key: Clean,
    status: Status,
    starred: bool,
    date: Clean,
    author: Clean,
    title: Clean,
}

/// Columns of the narrow fields with their gaps, and the narrowest terminals that show them.
const YEAR: usize = 6;
const AUTHOR: usize = 16;
const AUTHOR_FROM: usize = 60;
const ID: usize = 13;
const ID_FROM: usize = 90;

impl ListRow {
    fn of(snapshot: &Snapshot, doc: DocId) -> Self {
        Self {
            key: Clean::new(snapshot.key_text(doc)),
            status: snapshot.status(doc),
            starred: snapshot.is_starred(doc),
            date: Clean::new(&snapshot.date(doc).map(|date| date.to_string()).unwrap_or_default()),
            author: Clean::new(snapshot.first_author(doc)),
            title: match snapshot.publication_status(doc) {
                Some(status) => Clean::new(&format!("[{status}] {}", snapshot.title(doc))),
                None => Clean::new(snapshot.title(doc)),
            },
        }
    }

    /// Fields separated by tabs, for programs: status, star, id, date, first author, title.
    fn write_fields(&self, out: &mut DataWriter<'_>) -> Result<()> {
        let Self { key, status, starred, date, author, title } = self;
        let star = if *starred { "*" } else { "" };
        writeln!(out, "{status}\t{star}\t{key}\t{date}\t{author}\t{title}")
    }

    /// A row that fits a terminal. Narrow terminals leave out the id first, then the author.
    fn write_fitted(&self, columns: usize, unicode: bool, palette: Palette, out: &mut DataWriter<'_>) -> Result<()> {
        let author_columns = if columns < AUTHOR_FROM { 0 } else { AUTHOR };
        let id_columns = if columns < ID_FROM { 0 } else { ID };
        let title_columns = columns.saturating_sub(4 + YEAR + author_columns + id_columns).max(8);
        let star = match (self.starred, unicode) {
            (true, true) => "★",
            (true, false) => "*",
            (false, _) => " ",
        };
        let mark = palette.paint(OutputRole::Accent, self.status.mark(unicode));
        let star = palette.paint(OutputRole::Accent, star);
        let title = padded(&self.title.cut(title_columns), title_columns);
        let title =
            palette.paint(if self.status == Status::Unread { OutputRole::Title } else { OutputRole::Plain }, title);
        let field = |text: &Clean, columns: usize| match columns {
            0 => String::new(),
            _ => format!("  {}", padded(&text.cut(columns - 2), columns - 2)),
        };
        // Other keys are too long for a column.
        let id = Clean::new(self.key.strip_prefix("arxiv:").unwrap_or_default());
        let year = Clean::new(self.date.split('-').next().unwrap_or_default());
        let metadata =
            format!("{}{}{}", field(&self.author, author_columns), field(&year, YEAR), field(&id, id_columns));
        writeln!(out, "{mark} {star} {title}{}", palette.paint(OutputRole::Dim, metadata.trim_end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(title: &str) -> ListRow {
        ListRow {
            key: Clean::new("arxiv:2401.00001"),
            status: Status::Queued,
            starred: true,
            date: Clean::new("2024-01-03"),
            author: Clean::new("van der Berg-Hohenstein"),
            title: Clean::new(title),
        }
    }

    #[test]
    fn a_fitted_row_is_never_wider_than_the_terminal() {
        let plain = Palette { coloured: false };
        for title in ["A title of a usual length, with a second half that is cut", "短い題名", ""] {
            for columns in 20..140 {
                let mut out = Vec::new();
                row(title).write_fitted(columns, true, plain, &mut DataWriter::new(&mut out)).unwrap();
                let line = String::from_utf8(out).unwrap();
                assert!(Clean::new(&line).width() <= columns, "{columns}: {line}");
                assert_eq!(line.contains("van der"), columns >= AUTHOR_FROM);
                assert_eq!(line.contains("2401.00001"), columns >= ID_FROM);
            }
        }
    }

    #[test]
    fn fields_are_separated_by_tabs() {
        let mut out = Vec::new();
        row("a\tb").write_fields(&mut DataWriter::new(&mut out)).unwrap();
        let line = String::from_utf8(out).unwrap();
        assert_eq!(line, "queued\t*\tarxiv:2401.00001\t2024-01-03\tvan der Berg-Hohenstein\ta b\n");
    }
}
