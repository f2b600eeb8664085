//! What groups papers: tags, saved views, digests. Lists them, and corrects the last two.

use serde::Serialize;

use super::arguments::{DigestsArguments, TagsArguments, ViewsArguments};
use super::palette::Role;
use super::wording::{grouped, padded};
use super::{Outcome, Session, choice, write_json_line};
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::reading::Change;
use crate::error::{Error, Result};
use crate::library::{DigestInfo, Library};

pub(super) fn tags(arguments: &TagsArguments, session: &mut Session<'_>) -> Result<Outcome> {
    #[derive(Serialize)]
    struct TagJson<'a> {
        tag: &'a str,
        papers: usize,
    }
    for (tag, papers) in session.library()?.tags() {
        if arguments.json {
            write_json_line(&TagJson { tag: &tag, papers }, &mut session.out)?;
        } else {
            writeln!(session.out, "{:>7}  {}", grouped(papers), Clean::new(&tag))?;
        }
    }
    Ok(Outcome::Done)
}

pub(super) fn views(arguments: &ViewsArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let mut library = session.library()?;
    if let Some(name) = &arguments.save {
        let name = view_name(name)?;
        choice::query(&arguments.query.words)?;
        let query = arguments.query.words.join(" ");
        library.change(&[Change::View(name.clone(), Some(query))], &format!("view `{name}` saved"))?;
        writeln!(session.out, "view `{name}` saved")?;
    } else if let Some(name) = &arguments.remove {
        let name = view_name(name)?;
        if !library.snapshot().views.iter().any(|(view, _)| *view == name) {
            return Err(Error::data(format!("there is no view `{name}`")).hint("`tsundoku views` lists them"));
        }
        library.change(&[Change::View(name.clone(), None)], &format!("view `{name}` removed"))?;
        writeln!(session.out, "view `{name}` removed; `tsundoku undo` brings it back")?;
    } else if let Some(word) = arguments.query.words.first() {
        let error = Error::usage(format!("it is not said what to do with `{}`", Clean::new(word)));
        return Err(error.hint("save a query with --save NAME QUERY"));
    } else {
        for (name, query) in &library.snapshot().views {
            writeln!(session.out, "{}\t{}", Clean::new(name), Clean::new(query))?;
        }
    }
    Ok(Outcome::Done)
}

/// A view's name stands on one line of lists and menus.
fn view_name(text: &str) -> Result<String> {
    let name = Clean::new(text.trim()).into_string();
    if name.is_empty() { Err(Error::usage("a view needs a name")) } else { Ok(name) }
}

pub(super) fn digests(arguments: &DigestsArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let mut library = session.library()?;
    let (change, done) = match (&arguments.hide, &arguments.show, arguments.date.as_deref()) {
        (Some(name), ..) => hide(&library, name, true)?,
        (_, Some(name), _) => hide(&library, name, false)?,
        (.., Some([name, day])) => {
            let digest = digest(&library, name)?;
            let day: PartialDate = day.parse().map_err(Error::usage)?;
            (
                Change::DigestDay(digest.id.clone(), Some(day.to_string())),
                format!("digest `{}` is of {day}", digest.label),
            )
        }
        _ => return list_digests(&library, arguments.json, session),
    };
    library.change(&[change], &done)?;
    writeln!(session.out, "{}", Clean::new(&done))?;
    Ok(Outcome::Done)
}

fn hide(library: &Library, name: &str, hidden: bool) -> Result<(Change, String)> {
    let digest = digest(library, name)?;
    let done = format!("digest `{}` {}", digest.label, if hidden { "hidden" } else { "shown" });
    Ok((Change::DigestHidden(digest.id, hidden), done))
}

/// The digest with this id or label, or the only one whose id or label begins so.
fn digest(library: &Library, name: &str) -> Result<DigestInfo> {
    let wanted = name.trim().to_lowercase();
    let digests = library.digests()?;
    let names = |digest: &DigestInfo| [digest.id.to_lowercase(), digest.label.to_lowercase()];
    if let Some(digest) = digests.iter().find(|digest| names(digest).contains(&wanted)) {
        return Ok(digest.clone());
    }
    let begins = |digest: &&DigestInfo| names(digest).iter().any(|name| name.starts_with(&wanted));
    let mut begun = digests.iter().filter(begins);
    match (begun.next(), begun.next()) {
        (Some(digest), None) if !wanted.is_empty() => Ok(digest.clone()),
        (Some(_), Some(_)) => Err(Error::usage(format!("`{}` begins several digests", Clean::new(name)))
            .hint("`tsundoku digests` lists their ids")),
        _ => {
            Err(Error::data(format!("there is no digest `{}`", Clean::new(name))).hint("`tsundoku digests` lists them"))
        }
    }
}

fn list_digests(library: &Library, json: bool, session: &mut Session<'_>) -> Result<Outcome> {
    #[derive(Serialize)]
    struct DigestJson<'a> {
        id: &'a str,
        source: &'a str,
        label: &'a str,
        day: Option<String>,
        papers: usize,
        hidden: bool,
    }
    let digests = library.digests()?;
    let ids: Vec<Clean> = digests.iter().map(|digest| Clean::new(&digest.id)).collect();
    let columns = ids.iter().map(Clean::width).max().unwrap_or(0);
    let palette = session.palette();
    for (digest, id) in digests.iter().zip(&ids) {
        let DigestInfo { id: _, source, label, day, hidden, papers } = digest;
        let day = day.map(|day| day.to_string());
        if json {
            let line = DigestJson { id: &digest.id, source, label, day, papers: *papers, hidden: *hidden };
            write_json_line(&line, &mut session.out)?;
            continue;
        }
        let day = padded(&Clean::new(&day.unwrap_or_default()), 10);
        let hidden = if *hidden { "  (hidden)" } else { "" };
        let label = palette.paint(Role::Dim, Clean::new(label));
        writeln!(session.out, "{}  {day}  {:>7}  {label}{hidden}", padded(id, columns), grouped(*papers))?;
    }
    Ok(Outcome::Done)
}
