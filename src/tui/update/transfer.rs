//! Papers out of the reader and into it: links, the clipboard, exports, imports.

use std::time::Duration;

use super::super::command::Action;
use super::super::effect::{Alarm, CopyKind, Effect, JobKind, Papers, Request, TerminalEffect, Work};
use super::super::flow::counted;
use super::super::gate;
use super::super::model::{Model, Tone};
use super::super::overlay::PromptKind;
use super::super::typed_file::{self, ExportFile};
use super::marking;
use crate::domain::clean::Clean;
use crate::domain::nearest::did_you_mean;
use crate::domain::paper::LinkKind;
use crate::library::ImportRequest;
use crate::library::export::{FORMATS, Format, Overwrite};
use crate::library::sync::{ServiceRequest, services};

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
        Ok(papers) => vec![Request::Copy { papers, kind }.into()],
        Err(why) => model.refuse(why),
    }
}

/// Imports a file or a folder; without a path it asks for one.
pub(super) fn import(model: &mut Model, path: Option<&str>) -> Vec<Effect> {
    let Some(path) = path else {
        model.open_prompt(PromptKind::Argument(Action::Import), "import", "");
        return Vec::new();
    };
    let path = typed_file::path(path, model.settings.home.as_deref());
    let request = ImportRequest { paths: vec![path], ..ImportRequest::default() };
    vec![start_import(model, Work::Import(Box::new(request)))]
}

/// Time until the first sync that nobody asked for: the list comes first.
const FIRST_SYNC: Duration = Duration::from_secs(5);

/// Asks the service that is named, else those of the settings, for what may be missing.
pub(super) fn sync(model: &mut Model, name: Option<&str>) -> Vec<Effect> {
    if model.jobs.is_open(JobKind::Sync) {
        return model.refuse("a sync is running already");
    }
    let configured = &model.settings.sync.services;
    let services = match name {
        None => configured.clone(),
        Some(name) => {
            let Some((name, _)) = services().find(|(known, _)| *known == name) else {
                let advice = did_you_mean(name, services().map(|(known, _)| known));
                return model.refuse(format!("`{}` is not a service; {advice}", Clean::new(name)));
            };
            let settings = configured.iter().find(|service| service.name == name).cloned();
            // A mirror of another service is asked in its place also where this one has no settings.
            let mirrors = configured.first().map(|service| service.mirrors.clone()).unwrap_or_default();
            let request = ServiceRequest { name: name.to_owned(), mirrors, ..ServiceRequest::default() };
            vec![settings.unwrap_or(request)]
        }
    };
    if services.is_empty() {
        let words = "no service is named: `:sync hf` fetches the daily papers of Hugging Face; [sync.hf] in the settings names it for good";
        return model.refuse(words);
    }
    vec![start_sync(model, services)]
}

fn start_sync(model: &mut Model, services: Vec<ServiceRequest>) -> Effect {
    let network = model.settings.sync.network.clone();
    model.jobs.start(Work::Sync { services, network })
}

/// The alarm for the first sync that nobody asked for, where the settings want such syncs.
pub(super) fn first_sync(model: &Model) -> Option<Effect> {
    model.settings.sync.every.map(|_| TerminalEffect::Wake { after: FIRST_SYNC, alarm: Alarm::Sync }.into())
}

/// A sync that nobody asked for, unless one runs, and the alarm for the next.
pub(super) fn sync_by_itself(model: &mut Model) -> Vec<Effect> {
    let Some(every) = model.settings.sync.every else { return Vec::new() };
    let mut effects = vec![TerminalEffect::Wake { after: every, alarm: Alarm::Sync }.into()];
    if !model.jobs.is_open(JobKind::Sync) && !model.settings.sync.services.is_empty() && !model.is_read_only {
        let fresh = i64::try_from(every.as_secs()).ok();
        let services = model.settings.sync.services.iter().cloned();
        effects.push(start_sync(model, services.map(|service| ServiceRequest { fresh, ..service }).collect()));
    }
    effects
}

/// Starts an import, and remembers what the user is at.
pub(super) fn start_import(model: &mut Model, work: Work) -> Effect {
    let effect = model.jobs.start(work);
    if let Effect::Start(job, _) = &effect {
        let stance = model.stance();
        model.arrivals.begin(*job, stance);
    }
    effect
}

/// `export FORMAT FILE`, `export FILE` with the format taken from the file name extension, or `export FORMAT`, which asks for the file.
pub(super) fn export(model: &mut Model, rest: &str) -> Vec<Effect> {
    let target = match ExportFile::read(rest) {
        Ok(target) => target,
        Err(why) => return model.refuse(why),
    };
    let papers = match marking::targets_or_all(model) {
        Ok(papers) => papers,
        Err(why) => return model.refuse(why),
    };
    match (target.file, target.format) {
        ("", Some(format)) => {
            ask_export_path(model, papers, format.name);
            Vec::new()
        }
        ("", None) => model.refuse("name the file to write"),
        _ => match target.format() {
            Ok(format) => start_export(model, papers, format, &target),
            Err(why) => model.refuse(why),
        },
    }
}

/// What the prompt for the path of a file to export to leads to.
pub(super) fn export_as(model: &mut Model, papers: &Papers, format: &'static str, text: &str) -> Vec<Effect> {
    match ExportFile::read(text) {
        Ok(target) if target.file.is_empty() => model.refuse("name the file to write"),
        Ok(target) => match target.format.or_else(|| FORMATS.iter().find(|row| row.name == format)) {
            Some(format) => start_export(model, papers.clone(), format, &target),
            None => model.refuse(format!("there is no format {format}")),
        },
        Err(why) => model.refuse(why),
    }
}

fn start_export(model: &mut Model, papers: Papers, format: &Format, target: &ExportFile<'_>) -> Vec<Effect> {
    let path = typed_file::path(target.file, model.settings.home.as_deref());
    let overwrite = if target.force { Overwrite::Replace } else { Overwrite::Refuse };
    vec![model.jobs.start(Work::Export { papers, format: format.name, path, overwrite })]
}

/// Asks for the path of a file to export to.
pub(super) fn ask_export_path(model: &mut Model, papers: Papers, format: &'static str) {
    let extension = FORMATS.iter().find(|row| row.name == format).map_or(format, |row| row.extension);
    let label = format!("write {} to", counted(papers.count(), "paper"));
    model.open_prompt(PromptKind::Export { papers, format }, label, &format!("papers.{extension}"));
}
