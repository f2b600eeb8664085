//! Papers out of the reader and into it: links, the clipboard, exports, imports.

use super::super::command::Action;
use super::super::effect::{CopyKind, Effect, Papers, Request, Work};
use super::super::gate;
use super::super::model::{Model, Tone};
use super::super::overlay::{PromptKind, typed_path};
use super::marking;
use crate::domain::paper::LinkKind;
use crate::library::export::{FORMATS, find_format};

/// Opens a link of the current paper; None where it has neither such a page nor anything like it.
pub(super) fn open_link(model: &mut Model, kind: LinkKind) -> Option<Vec<Effect>> {
    let Some(detail) = model.loaded() else { return Some(marking::refuse_unloaded(model)) };
    match detail.paper.link(kind) {
        Some(url) => Some(open_url(model, &url)),
        None if kind == LinkKind::Code => Some(model.refuse(format!("this paper has no {} link", kind.name()))),
        None => None,
    }
}

/// Opens a URL if it is one that may be opened; names it either way.
pub(super) fn open_url(model: &mut Model, url: &str) -> Vec<Effect> {
    match gate::web_address(url) {
        Ok(url) => {
            model.say(Tone::Info, format!("opening {url}"));
            vec![Request::Open { url }.into()]
        }
        Err(why) => model.refuse(why),
    }
}

/// Copies a text of the papers to the clipboard.
pub(super) fn copy(model: &mut Model, kind: CopyKind) -> Vec<Effect> {
    match marking::targets(model) {
        Some(papers) => vec![Request::Copy { papers, kind }.into()],
        None => model.refuse("there is no paper here"),
    }
}

/// Imports a file or a folder; without a path it asks for one.
pub(super) fn import(model: &mut Model, path: Option<&str>) -> Vec<Effect> {
    let Some(path) = path else {
        model.open_prompt(PromptKind::Argument(Action::Import), "import", "");
        return Vec::new();
    };
    let path = typed_path(path, model.settings.home.as_deref());
    vec![model.jobs.start(Work::Import { paths: vec![path] })]
}

/// `export FORMAT PATH`, `export PATH` with the format taken from the file name extension, or `export FORMAT`, which asks for the path.
pub(super) fn export(model: &mut Model, rest: &str) -> Vec<Effect> {
    let (format, path) = rest.split_once(' ').map_or((rest, rest), |(format, path)| (format, path.trim()));
    let ending = path.rsplit_once('.').map_or(format, |(_, ending)| ending);
    let format = if format == path { ending } else { format };
    match find_format(format) {
        Err(error) => model.refuse(error.to_string()),
        Ok(found) => match marking::targets_or_all(model) {
            Some(papers) if path == format => {
                ask_export_path(model, papers, found.name);
                Vec::new()
            }
            Some(papers) => {
                let path = typed_path(path, model.settings.home.as_deref());
                vec![model.jobs.start(Work::Export { papers, format: found.name, path })]
            }
            None => model.refuse("there is no paper to export"),
        },
    }
}

/// Asks for the path of a file to export to.
pub(super) fn ask_export_path(model: &mut Model, papers: Papers, format: &'static str) {
    let extension = FORMATS.iter().find(|row| row.name == format).map_or(format, |row| row.extension);
    let path = format!("papers.{extension}");
    model.open_prompt(PromptKind::Export { papers, format }, "write to", &path);
}
