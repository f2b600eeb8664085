//! The papers that a query finds, as rows for a person, lines for a program, ids, a count, or JSON.

use super::arguments::ListArguments;
use super::palette::{Palette, Role};
use super::streams::Data;
use super::wording::{grouped, many, padded};
use super::{Outcome, Session, choice};
use crate::domain::clean::Clean;
use crate::domain::reading::Status;
use crate::error::Result;
use crate::index::DocId;
use crate::library::{Library, Snapshot};

/// Papers read from the database at a time.
const PAGE: usize = 256;

pub(super) fn run(arguments: &ListArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let query = choice::sorted(choice::query(&arguments.query.words)?, arguments.sort.as_deref())?;
    let mut library = session.library()?;
    let hits = choice::search(&mut library, &query)?;
    let found = hits.count;
    if arguments.count {
        writeln!(session.out, "{}", found.min(arguments.limit.unwrap_or(usize::MAX)))?;
        return Ok(Outcome::Done);
    }
    let docs = match arguments.limit {
        Some(limit) => hits.page(0, limit),
        None => hits.complete().to_vec(),
    };
    let snapshot = library.snapshot();
    if arguments.json {
        return write_json(&library, &snapshot, &docs, &mut session.out);
    }
    let palette = session.palette();
    for doc in &docs {
        let row = Row::of(&snapshot, *doc);
        match session.ends.columns {
            _ if arguments.ids => writeln!(session.out, "{}", row.key)?,
            Some(columns) => row.write_fitted(usize::from(columns), session.ends.unicode, palette, &mut session.out)?,
            None => row.write_fields(&mut session.out)?,
        }
    }
    if found == 0 {
        session.say("no paper is found; `tsundoku list --help` explains queries");
    } else if session.ends.columns.is_some() && !arguments.ids {
        let cut = if docs.len() < found { format!("{} of ", grouped(docs.len())) } else { String::new() };
        session.say(&format!("{cut}{}", many(found, "paper")));
    }
    Ok(Outcome::Done)
}

fn write_json(library: &Library, snapshot: &Snapshot, docs: &[DocId], out: &mut Data<'_>) -> Result<Outcome> {
    for page in docs.chunks(PAGE) {
        for record in library.records(&snapshot.keys(page)?)? {
            writeln!(out, "{}", record.to_json())?;
        }
    }
    Ok(Outcome::Done)
}

/// One paper on one line.
struct Row {
    key: Clean,
    status: Status,
    starred: bool,
    date: Clean,
    author: Clean,
    title: Clean,
}

/// Columns of the narrow fields, gap included, and the width from which they have room.
const YEAR: usize = 6;
const AUTHOR: usize = 16;
const AUTHOR_FROM: usize = 60;
const ID: usize = 13;
const ID_FROM: usize = 90;

impl Row {
    fn of(snapshot: &Snapshot, doc: DocId) -> Self {
        let (index, marks) = (&snapshot.index, &snapshot.marks);
        Self {
            key: Clean::new(index.key(doc)),
            status: marks.status(doc),
            starred: marks.is_starred(doc),
            date: Clean::new(&index.date(doc).map(|date| date.to_string()).unwrap_or_default()),
            author: Clean::new(index.first_author(doc)),
            title: Clean::new(index.title(doc)),
        }
    }

    /// Fields parted by tabs, for programs: status, star, id, date, first author, title.
    fn write_fields(&self, out: &mut Data<'_>) -> Result<()> {
        let Self { key, status, starred, date, author, title } = self;
        let star = if *starred { "*" } else { "" };
        writeln!(out, "{status}\t{star}\t{key}\t{date}\t{author}\t{title}")
    }

    /// A row that fits a terminal. Narrow ones leave out the id first, then the author.
    fn write_fitted(&self, columns: usize, unicode: bool, palette: Palette, out: &mut Data<'_>) -> Result<()> {
        let author_columns = if columns < AUTHOR_FROM { 0 } else { AUTHOR };
        let id_columns = if columns < ID_FROM { 0 } else { ID };
        let title_columns = columns.saturating_sub(4 + YEAR + author_columns + id_columns).max(8);
        let star = match (self.starred, unicode) {
            (true, true) => "★",
            (true, false) => "*",
            (false, _) => " ",
        };
        let mark = palette.paint(Role::Accent, self.status.mark(unicode));
        let star = palette.paint(Role::Accent, star);
        let title = padded(&self.title.cut(title_columns), title_columns);
        let title = palette.paint(if self.status == Status::Unread { Role::Title } else { Role::Plain }, title);
        let field = |text: &Clean, columns: usize| match columns {
            0 => String::new(),
            _ => format!("  {}", padded(&text.cut(columns - 2), columns - 2)),
        };
        // Other keys are long; the papers that have them are found by their titles.
        let id = Clean::new(self.key.strip_prefix("arxiv:").unwrap_or_default());
        let year = Clean::new(self.date.split('-').next().unwrap_or_default());
        let facts = format!("{}{}{}", field(&self.author, author_columns), field(&year, YEAR), field(&id, id_columns));
        writeln!(out, "{mark} {star} {title}{}", palette.paint(Role::Dim, facts.trim_end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(title: &str) -> Row {
        Row {
            key: Clean::new("arxiv:2401.00001"),
            status: Status::Queued,
            starred: true,
            date: Clean::new("2024-01-03"),
            author: Clean::new("van der Berg-Hohenstein"),
            title: Clean::new(title),
        }
    }

    #[test]
    fn a_fitted_row_never_is_wider_than_the_terminal() {
        let plain = Palette { coloured: false };
        for title in ["A title of a usual length, with a second half that is cut", "短い題名", ""] {
            for columns in 20..140 {
                let mut out = Vec::new();
                row(title).write_fitted(columns, true, plain, &mut Data::new(&mut out)).unwrap();
                let line = String::from_utf8(out).unwrap();
                assert!(Clean::new(&line).width() <= columns, "{columns}: {line}");
                assert_eq!(line.contains("van der"), columns >= AUTHOR_FROM);
                assert_eq!(line.contains("2401.00001"), columns >= ID_FROM);
            }
        }
    }

    #[test]
    fn fields_are_parted_by_tabs() {
        let mut out = Vec::new();
        row("a\tb").write_fields(&mut Data::new(&mut out)).unwrap();
        let line = String::from_utf8(out).unwrap();
        assert_eq!(line, "queued\t*\tarxiv:2401.00001\t2024-01-03\tvan der Berg-Hohenstein\ta b\n");
    }
}
