//! Saved views: queries with a name. Lists, saves and removes them.

use clap::Args;

use super::query::{self, QueryArguments};
use super::session::{CommandOutcome, RunCommand, Session};
use crate::domain::clean::Clean;
use crate::domain::reading::Change;
use crate::error::{Error, Result};

/// List, save or remove saved views: queries with a name.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku views --save 'to read' 'status:queued sort:added'")]
pub(super) struct ViewsArguments {
    /// Save the query under this name; a view of this name is replaced.
    #[arg(long, value_name = "NAME", requires = "words", conflicts_with = "remove")]
    save: Option<String>,

    /// Remove the view of this name.
    #[arg(long, value_name = "NAME", conflicts_with = "words")]
    remove: Option<String>,

    #[command(flatten)]
    query: QueryArguments,
}

impl RunCommand for ViewsArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let mut library = session.library()?;
        if let Some(name) = &self.save {
            let name = view_name(name)?;
            query::parse_whole(&self.query.words)?;
            let text = self.query.words.join(" ");
            library.change(&[Change::View(name.clone(), Some(text))], &format!("view `{name}` saved"))?;
            session.out.saved();
            writeln!(session.out, "view `{name}` saved")?;
        } else if let Some(name) = &self.remove {
            let name = view_name(name)?;
            if !library.snapshot().views.iter().any(|(view, _)| *view == name) {
                return Err(Error::data(format!("there is no view `{name}`")).hint("`tsundoku views` lists them"));
            }
            library.change(&[Change::View(name.clone(), None)], &format!("view `{name}` removed"))?;
            session.out.saved();
            writeln!(session.out, "view `{name}` removed; `tsundoku undo` restores it")?;
        } else if let Some(word) = self.query.words.first() {
            let error = Error::usage(format!("unexpected argument `{}`", Clean::new(word)));
            return Err(error.hint("save a query with --save NAME QUERY"));
        } else {
            for (name, query) in &library.snapshot().views {
                writeln!(session.out, "{}\t{}", Clean::new(name), Clean::new(query))?;
            }
        }
        Ok(CommandOutcome::Done)
    }
}

/// A view's name as one clean line, as lists and menus show it.
fn view_name(text: &str) -> Result<String> {
    let name = Clean::new(text.trim()).into_string();
    if name.is_empty() { Err(Error::usage("a view needs a name")) } else { Ok(name) }
}
