//! Lists the formats that can be imported and exported.

use clap::Args;
use serde::Serialize;

use super::palette::OutputRole;
use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::wording::padded;
use crate::domain::clean::Clean;
use crate::error::Result;
use crate::library::export::FORMATS;
use crate::library::import;

/// List the formats of files that can be imported and exported.
///
/// A file to import is recognised by its content, whatever its name; in folders and archives only files with one of the endings are read.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples of each format are on the page `tsundoku help file-formats`.\n\n\
                             Example:\n  tsundoku formats --json")]
pub(super) struct FormatsArguments {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

/// A format, as one line of the list.
#[derive(Serialize)]
struct ListedFormat {
    /// `import` or `export`.
    r#use: &'static str,
    name: &'static str,
    /// Of its files, without the dot.
    endings: Vec<&'static str>,
    about: &'static str,
}

fn formats() -> impl Iterator<Item = ListedFormat> {
    let imported = import::formats().map(|format| ListedFormat {
        r#use: "import",
        name: format.name,
        endings: format.endings.to_vec(),
        about: format.doc,
    });
    imported.chain(FORMATS.iter().map(|format| ListedFormat {
        r#use: "export",
        name: format.name,
        endings: vec![format.extension],
        about: format.about,
    }))
}

impl RunCommand for FormatsArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        if self.json {
            for format in formats() {
                write_json_line(&format, &mut session.out)?;
            }
            return Ok(CommandOutcome::Done);
        }
        let palette = session.palette();
        let columns = formats().map(|format| format.name.len()).max().unwrap_or(0);
        for format in formats() {
            let endings: Vec<String> = format.endings.iter().map(|ending| format!(".{ending}")).collect();
            let endings = palette.paint(OutputRole::Dim, Clean::new(&endings.join(" ")));
            let name = padded(&Clean::new(format.name), columns);
            writeln!(session.out, "{}  {name}  {}  {endings}", format.r#use, format.about)?;
        }
        Ok(CommandOutcome::Done)
    }
}
