//! When services were asked about single papers, and which papers there are to ask about. A row that is damaged counts as none, so that the
//! service is asked again. When that makes sense is decided by whoever asks.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params_from_iter};

use super::checksums::{Part, checksum, checksum_of};
use super::row;
use super::store::PaperStore;
use crate::domain::date::PartialDate;
use crate::domain::identity::PaperKey;
use crate::error::Result;
use crate::store::transaction::WriteTransaction;
use crate::store::values::{number, parameters, text};

/// What came of a question about a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedOutcome {
    Found,
    /// The service does not have the paper.
    Absent,
    /// There was no answer that is understood.
    Failed,
}

impl AskedOutcome {
    const ALL: [Self; 3] = [Self::Found, Self::Absent, Self::Failed];

    fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Absent => "absent",
            Self::Failed => "failed",
        }
    }
}

/// Which papers a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedPapers {
    /// Those known by their titles alone that have an abstract of their own, by which a found paper can be recognised.
    TitleAlone,
    /// Those with an arXiv id. They lack something where authors, categories, date, version or abstract is missing, or the abstract is the
    /// text of a page.
    Records,
    /// Those with an arXiv id. They lack something where they are on a digest of this source without votes.
    Votes(&'static str),
}

/// A paper that a service may be asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskablePaper {
    pub key: PaperKey,
    /// Unix seconds.
    pub added: i64,
    pub published: Option<PartialDate>,
    /// Something that the service may have is missing.
    pub lacks: bool,
    /// When it was last asked about, and what came of it.
    pub asked: Option<(i64, AskedOutcome)>,
}

const COLUMNS: usize = 4;

impl PaperStore {
    /// Visits every paper that the question may be asked about, those that were added last first.
    pub fn each_askable(&self, question: &str, papers: AskedPapers, visit: &mut dyn FnMut(AskablePaper)) -> Result<()> {
        self.at_once(|| self.database.explain(each(&self.database.connection, question, papers, visit)))
    }

    /// Stores when a service was asked about papers, in place of what was known before.
    pub fn note_asked(&mut self, question: &str, at: i64, papers: &[(PaperKey, AskedOutcome)]) -> Result<()> {
        self.database.expect_writable()?;
        self.database.expect_in_place()?;
        let stored = write(&self.database.connection, question, at, papers);
        self.database.note_commit();
        self.database.explain(stored)
    }
}

fn each(
    connection: &Connection,
    question: &str,
    papers: AskedPapers,
    visit: &mut dyn FnMut(AskablePaper),
) -> rusqlite::Result<()> {
    let own_abstract = "EXISTS (SELECT 1 FROM abstract WHERE abstract.paper = paper.id AND abstract.markup NOT IN ";
    let (lacks, which) = match papers {
        AskedPapers::TitleAlone => (
            "TRUE".to_owned(),
            format!("paper.key >= 'title:' AND paper.key < 'title;' AND {own_abstract} ('summary'))"),
        ),
        AskedPapers::Records => (
            format!(
                "authors = '' OR categories = '' OR published = 0 OR version IS NULL OR NOT {own_abstract} ('summary', 'page'))"
            ),
            ARXIV.to_owned(),
        ),
        AskedPapers::Votes(source) => (
            format!(
                "EXISTS (SELECT 1 FROM sighting JOIN digest ON digest.id = sighting.digest
                 WHERE sighting.paper = paper.id AND digest.source = '{source}') AND NOT EXISTS
                (SELECT 1 FROM sighting JOIN digest ON digest.id = sighting.digest
                 WHERE sighting.paper = paper.id AND digest.source = '{source}' AND votes IS NOT NULL)"
            ),
            ARXIV.to_owned(),
        ),
    };
    let select = format!(
        "SELECT asked.question, asked.paper, asked.at, asked.outcome, asked.checksum, paper.key, added, published, {lacks}
         FROM paper LEFT JOIN asked ON asked.question = ?1 AND asked.paper = paper.key WHERE {which} ORDER BY paper.id DESC"
    );
    let mut select = connection.prepare(&select)?;
    let mut rows = select.query([question])?;
    while let Some(found) = rows.next()? {
        let Some(key) = PaperKey::from_stored(found.get_ref(5)?.as_str()?) else { continue };
        visit(AskablePaper {
            key,
            added: found.get(6)?,
            published: row::date(found.get(7)?),
            lacks: found.get(8)?,
            asked: if is_sound(found)? { outcome(found)? } else { None },
        });
    }
    Ok(())
}

const ARXIV: &str = "paper.key >= 'arxiv:' AND paper.key < 'arxiv;'";

fn outcome(row: &Row<'_>) -> rusqlite::Result<Option<(i64, AskedOutcome)>> {
    let name = row.get_ref(3)?.as_str()?;
    let outcome = AskedOutcome::ALL.into_iter().find(|outcome| outcome.name() == name);
    let at = row.get(2)?;
    Ok(outcome.map(|outcome| (at, outcome)))
}

fn write(
    connection: &Connection,
    question: &str,
    at: i64,
    papers: &[(PaperKey, AskedOutcome)],
) -> rusqlite::Result<()> {
    let transaction = WriteTransaction::begin(connection)?;
    let replace = "INSERT OR REPLACE INTO asked (question, paper, at, outcome, checksum) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut replace = connection.prepare_cached(replace)?;
    for (key, outcome) in papers {
        let mut values = vec![text(question), text(key.as_str()), number(at), text(outcome.name())];
        values.push(number(checksum(Part::Asked, values.iter().copied())));
        replace.execute(params_from_iter(parameters(&values)))?;
    }
    transaction.commit()
}

fn is_sound(row: &Row<'_>) -> rusqlite::Result<bool> {
    Ok(row.get_ref(COLUMNS)? == ValueRef::Integer(checksum_of(Part::Asked, row, COLUMNS)?))
}

/// Question and paper of every damaged row.
pub(super) fn each_damaged(
    connection: &Connection,
    visit: &mut dyn FnMut([String; 2]) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut select = connection.prepare("SELECT question, paper, at, outcome, checksum FROM asked")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        if !is_sound(row)? {
            visit([row.get(0)?, row.get(1)?])?;
        }
    }
    Ok(())
}

/// Removes damaged rows; the services are asked again. Returns how many there were.
pub(super) fn mend(connection: &Connection) -> rusqlite::Result<usize> {
    let mut damaged = Vec::new();
    each_damaged(connection, &mut |row| {
        damaged.push(row);
        Ok(())
    })?;
    for row in &damaged {
        connection.execute("DELETE FROM asked WHERE question = ?1 AND paper = ?2", params_from_iter(row))?;
    }
    Ok(damaged.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::markup::Markup;
    use crate::domain::paper::{Digest, Paper, Sighting};
    use crate::domain::text::Text;
    use crate::store::papers::tests::{add_all, arxiv, open, room};

    fn paper(title: &str, id: Option<&str>, votes: Option<u32>) -> Paper {
        let digest = Digest { id: "hf:2025-03-12".into(), source: "hf".into(), ..Digest::default() };
        Paper {
            arxiv: id.and_then(arxiv),
            title: Text::new(title, Markup::Page),
            summary: Some(Text::new(format!("{title} is what it is about."), Markup::Page)),
            sightings: vec![Sighting { digest, rank: None, votes }],
            ..Paper::default()
        }
    }

    type Told = (String, bool, Option<(i64, AskedOutcome)>);

    fn all(store: &PaperStore, question: &str, papers: AskedPapers) -> Vec<Told> {
        let mut found = Vec::new();
        store
            .each_askable(question, papers, &mut |paper| {
                found.push((paper.key.to_string(), paper.lacks, paper.asked));
            })
            .unwrap();
        found
    }

    #[test]
    fn papers_that_lack_something_are_told_and_answers_remembered() {
        let room = room();
        let mut store = open(&room);
        let whole = Paper {
            version: Some(1),
            authors: vec!["Ann Lee".into()],
            categories: vec!["cs.LG".into()],
            published: PartialDate::new(2025, Some(3), Some(2)),
            summary: Some(Text::new("In $LaTeX$.", Markup::Tex)),
            ..paper("Whole Kites over Dover", Some("2503.00002"), Some(4))
        };
        let bare = Paper { summary: None, ..paper("A Kite without a Text", None, None) };
        let papers = [paper("Kites known by Title", None, None), paper("Part", Some("2503.00001"), None), whole, bare];
        add_all(&mut store, &papers);
        let [whole, part] = ["arxiv:2503.00002", "arxiv:2503.00001"].map(str::to_owned);
        let title = PaperKey::title("kitesknownbytitle");
        assert_eq!(all(&store, "x", AskedPapers::TitleAlone), [(title.to_string(), true, None)]);
        let expected = [(whole, false, None), (part.clone(), true, None)];
        assert_eq!(all(&store, "x", AskedPapers::Records), expected);
        assert_eq!(all(&store, "x", AskedPapers::Votes("hf")), expected);
        assert!(all(&store, "x", AskedPapers::Votes("other")).iter().all(|(_, lacks, _)| !lacks));

        let key = PaperKey::from_stored(&part).unwrap();
        store.note_asked("x", 70, &[(key.clone(), AskedOutcome::Absent), (title, AskedOutcome::Failed)]).unwrap();
        store.note_asked("x", 80, &[(key, AskedOutcome::Found)]).unwrap();
        let asked = Some((80, AskedOutcome::Found));
        assert_eq!(all(&store, "x", AskedPapers::Records)[1], (part, true, asked));
        assert_eq!(all(&store, "y", AskedPapers::Records), expected, "another question");
        assert_eq!(store.check().unwrap(), [""; 0]);
        store.database.connection.execute("UPDATE asked SET at = 90 WHERE outcome = 'found'", []).unwrap();
        assert_eq!(all(&store, "x", AskedPapers::Records), expected);
        let problems = store.check().unwrap();
        assert!(matches!(&*problems, [one] if one.contains("x arxiv:2503.00001")), "{problems:?}");
        assert_eq!(store.mend().unwrap(), ["removed 1 damaged notes of questions"]);
        assert_eq!(store.check().unwrap(), [""; 0]);
    }
}
