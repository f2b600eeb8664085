//! Linear mode: the reader for those who hear the screen or feel it. The model is the one that the screen shows; here it becomes lines. A
//! transcript remembers what was told and tells what has changed since, so that a new command needs nothing here. It draws nothing in
//! place and uses no symbol as decoration.

mod hints;
mod overlays;
mod screen;
mod words;

use std::ops::Not;

use super::bands;
use super::command::{self, Action};
use super::effect::JobId;
use super::flow::grouped;
use super::job_page;
use super::model::Model;
use super::overlay::Overlay;
use super::panes::Pane;
use super::results::Results;
use super::wording::{empty_list, order, selection};
use crate::domain::clean::clean_row;
use crate::domain::identity::PaperKey;
use overlays::{ToldCandidates, ToldInput, ToldPage, ToldPicker};
pub(super) use screen::LinearScreen;
use words::{filter_row, numbered_row, page_line, papers_found, row, spoken};

/// Papers listed at once.
const PAGE: usize = 10;
/// From so many rows on, a movement lists the papers from there.
const FAR: usize = 5;

/// When something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// No answer is awaited.
    pub is_idle: bool,
    /// No key was pressed for a while.
    pub is_paused: bool,
}

/// What may still be told although nothing happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// What a key led to, once no answer is awaited.
    Idle,
    /// Which keys or words can follow, once the user hesitates.
    Pause,
}

/// What was told so far.
#[derive(Debug)]
pub struct Transcript {
    /// What is typed is not shown by the terminal, and so is shown here.
    echoes: bool,
    told: Told,
    has_begun: bool,
    /// A key was pressed of which nothing has come yet.
    unanswered: bool,
    awaited: Option<Awaited>,
    /// The last line is one that is being typed.
    in_line: bool,
}

/// The parts of the model that were told.
#[derive(Debug, Default)]
struct Told {
    said: u64,
    inputs: u64,
    jobs: Vec<JobId>,
    background: Vec<JobId>,
    selection: Option<String>,
    page: Option<ToldPage>,
    picker: Option<ToldPicker>,
    has_overlay: bool,
    input: Option<ToldInput>,
    /// None: no result yet.
    query: Option<String>,
    has_below: bool,
    focus: Pane,
    filter: Option<String>,
    /// The current paper and its row.
    paper: Option<PaperKey>,
    place: usize,
    /// The abstract that was read out, and whether its source was.
    read: Option<(PaperKey, bool)>,
    zen: bool,
    /// First line of the abstract in view.
    top: usize,
    /// The keys and the text for which was told what can follow.
    hinted: String,
    /// Something that was open is closed, and where the user is now is to be told unless an answer says what came of it.
    place_awaited: bool,
    /// The candidates that were listed, and the text for which.
    candidates: Option<ToldCandidates>,
}

impl Transcript {
    /// `echoes`: keys come one by one, and nothing else shows what is typed.
    pub fn new(echoes: bool) -> Self {
        Self { echoes, told: Told::default(), has_begun: false, unanswered: false, awaited: None, in_line: false }
    }

    /// Tells everything again.
    pub fn forget(&mut self) {
        let Told { said, inputs, jobs, background, .. } = std::mem::take(&mut self.told);
        self.told = Told { said, inputs, jobs, background, ..Told::default() };
    }

    /// What may still be told about the model as it was told last.
    pub fn awaited(&self) -> Option<Awaited> {
        self.awaited
    }

    /// The text to write: whole lines, and at the end maybe one that is being typed.
    pub fn tell(&mut self, model: &Model, moment: Moment) -> String {
        let mut lines = Vec::new();
        if self.told.inputs != model.drafts.inputs() {
            self.told.inputs = model.drafts.inputs();
            self.unanswered = true;
        }
        let is_first = std::mem::replace(&mut self.has_begun, true).not();
        self.tell_jobs(model, &mut lines);
        self.tell_notice(model, &mut lines);
        self.tell_overlay(model, &mut lines);
        if model.overlay.is_none() {
            self.tell_panes(model, moment, &mut lines);
        }
        self.tell_selection(model, &mut lines);
        if is_first {
            // The shortest, because ctrl-c is no line.
            let quit = model.keymap.keys_of(Action::QuitNow, model.scope()).into_iter().min_by_key(String::len);
            let (help, quit) = (model.key_for(Action::Help), quit.unwrap_or_else(|| ":quit".to_owned()));
            let lines_help = if self.echoes { "" } else { "; an empty line is enter, . leaves a question" };
            lines.push(format!("{help} lists the keys, {quit} quits{lines_help}"));
        }
        let candidates_awaited = self.tell_candidates(model, moment, &mut lines);
        let typing = self.typing(model);
        if !lines.is_empty() || typing != Typing::None {
            self.unanswered = false;
        }
        self.awaited = (candidates_awaited || self.told.place_awaited).then_some(Awaited::Idle);
        if !model.pending.is_empty() || self.told.input.is_some() {
            self.unanswered = false;
            self.tell_what_can_follow(model, moment, &mut lines);
        }
        if self.unanswered && moment.is_idle {
            self.unanswered = false;
            lines.extend(nothing_changed(model));
        }
        if self.unanswered {
            self.awaited = Some(Awaited::Idle);
        }
        self.written(&lines, typing)
    }

    /// The lines, and the line that is being typed, as they are to be written.
    fn written(&mut self, lines: &[String], typing: Typing) -> String {
        let mut text = String::new();
        if self.in_line && (!lines.is_empty() || matches!(typing, Typing::Anew | Typing::Opened | Typing::Closed)) {
            text.push('\n');
            self.in_line = false;
        }
        for line in lines {
            // The one place that every line passes.
            text.push_str(&clean_row(line));
            text.push('\n');
        }
        let Some(input) = &self.told.input else { return text };
        match typing {
            Typing::More(more) if self.in_line => text.push_str(&more),
            _ if self.echoes && !self.in_line => {
                text.push_str(&input.line());
                self.in_line = true;
            }
            Typing::Opened => {
                text.push_str(&input.line());
                text.push('\n');
            }
            Typing::None | Typing::More(_) | Typing::Anew | Typing::Closed => {}
        }
        text
    }

    /// Work that takes a while: its begin. Its end is a notice, and that of background work is told here.
    fn tell_jobs(&mut self, model: &Model, lines: &mut Vec<String>) {
        let open = model.jobs.open();
        for job in open.iter().filter(|job| job.kind.is_foreground()) {
            if !self.told.jobs.contains(&job.id) {
                self.told.jobs.push(job.id);
                lines.push(spoken(&format!("{}, {} cancels", job_page::progress(job), model.key_for(Action::Back))));
            }
        }
        // Background work is worth a line once it turns out to be work.
        for job in open.iter().filter(|job| !job.kind.is_foreground() && job.progress.is_some()) {
            if !self.told.background.contains(&job.id) {
                self.told.background.push(job.id);
                lines.push(spoken(&job_page::progress(job)));
            }
        }
        let ended = self.told.background.extract_if(.., |id| open.iter().all(|job| job.id != *id));
        for id in ended {
            if let Some(job) = model.jobs.ended().find(|ended| ended.job.id == id) {
                lines.push(spoken(&format!("{}: {}", job.job.kind.name(), job.outcome)));
            }
        }
        self.told.jobs.retain(|id| open.iter().any(|job| job.id == *id));
    }

    fn tell_notice(&mut self, model: &Model, lines: &mut Vec<String>) {
        if self.told.said == model.said {
            return;
        }
        self.told.said = model.said;
        lines.extend(model.notice.as_ref().map(|notice| spoken(&notice.text)));
    }

    fn tell_selection(&mut self, model: &Model, lines: &mut Vec<String>) {
        let now = selection(model);
        if now != self.told.selection {
            // A change empties the selection, and says what it was for.
            match &now {
                Some(now) => lines.insert(0, now.clone()),
                None if lines.is_empty() => lines.push("nothing selected".to_owned()),
                None => {}
            }
            self.told.selection = now;
        }
    }

    /// The result, the focused pane and the current row, as far as they have changed.
    fn tell_panes(&mut self, model: &Model, moment: Moment, lines: &mut Vec<String>) {
        let (was_open, had_overlay) = (self.told.read.is_some(), std::mem::take(&mut self.told.has_overlay));
        let listed = !model.search.open && self.tell_results(model, moment, lines);
        let is_open = model.moving_pane() == Pane::Abstract;
        let focus_moved = self.told.focus != model.focus;
        self.told.focus = model.focus;
        if is_open {
            self.tell_abstract(model, lines);
        } else {
            self.told.read = None;
            self.tell_scrolled(model, lines);
        }
        let left_abstract = was_open && !is_open;
        if !is_open && model.focus == Pane::Filters {
            self.tell_filter(model, focus_moved, lines);
        } else if !is_open {
            self.tell_row(model, listed, focus_moved || left_abstract, lines);
        }
        self.told.zen = model.arrangement.zen;
        self.told.place_awaited |= had_overlay;
        if !lines.is_empty() || model.search.open {
            self.told.place_awaited = false;
        } else if self.told.place_awaited && moment.is_idle {
            self.told.place_awaited = false;
            lines.extend(self.place(model));
        }
    }

    /// A result that is new: its size and its first papers. True when papers were listed.
    fn tell_results(&mut self, model: &Model, moment: Moment, lines: &mut Vec<String>) -> bool {
        let results = &model.results;
        let is_answered = results.hits.is_some() && results.answered == results.generation && !results.is_partial();
        let query = model.search.query.to_string();
        if !is_answered {
            return false;
        }
        if self.told.query.as_ref() == Some(&query) {
            let is_news = !self.told.has_below && !results.below.is_empty();
            self.told.has_below = !results.below.is_empty();
            if is_news {
                lines.extend(what_follows(results));
            }
            return is_news && results.count() == 0 && self.list(model, lines);
        }
        let is_empty = results.count() == 0;
        // Why nothing was found comes a moment later.
        if is_empty && results.parts.is_empty() && !moment.is_idle {
            self.awaited = Some(Awaited::Idle);
            return false;
        }
        self.told.has_below = !results.below.is_empty();
        if is_empty {
            let what = if query.is_empty() { String::new() } else { format!(": {query}") };
            let empty = empty_list(model).into_iter().map(|(text, _)| spoken(text.trim_end_matches('.')));
            lines.extend(empty.enumerate().map(|(at, line)| if at == 0 { line + &what } else { line }));
        } else {
            let what = if query.is_empty() { String::new() } else { format!(", {query}") };
            let order = spoken(&order(model));
            lines.push(format!("{}{what}, {order}", papers_found(model)));
        }
        lines.extend(what_follows(results));
        self.told.query = Some(query);
        self.list(model, lines)
    }

    /// A page of papers from the current one on.
    fn list(&mut self, model: &Model, lines: &mut Vec<String>) -> bool {
        let from = model.list.selected;
        let docs = model.results.page(from, PAGE);
        lines.extend((from..).zip(&docs).map(|(place, doc)| numbered_row(model, *doc, place)));
        self.told.paper.clone_from(&model.detail.key);
        self.told.place = from;
        !docs.is_empty()
    }

    fn tell_row(&mut self, model: &Model, listed: bool, is_entered: bool, lines: &mut Vec<String>) {
        if model.search.open {
            return;
        }
        let place = model.list.selected;
        if !listed && (is_entered || self.told.paper != model.detail.key) {
            let count = model.results.rows();
            if self.told.place.abs_diff(place) >= FAR && !is_entered && place + 1 < count {
                let last = (place + PAGE).min(count);
                lines.push(format!("{} to {} of {}", grouped(place + 1), grouped(last), grouped(count)));
                self.list(model, lines);
            } else {
                lines.extend(row(model, place));
            }
        }
        self.told.paper.clone_from(&model.detail.key);
        self.told.place = place;
    }

    fn tell_filter(&mut self, model: &Model, is_entered: bool, lines: &mut Vec<String>) {
        let now = filter_row(model);
        if is_entered {
            lines.push(Pane::Filters.info().title.to_owned());
        }
        if is_entered || self.told.filter != now {
            lines.extend(now.clone());
        }
        self.told.filter = now;
    }

    /// The whole abstract when it is opened, and its lines as it is scrolled.
    fn tell_abstract(&mut self, model: &Model, lines: &mut Vec<String>) {
        let Some(detail) = model.loaded() else {
            if model.detail.key.is_none() && self.told.read.take().is_some() {
                lines.extend(self.place(model));
            }
            return;
        };
        let now = Some((detail.key.clone(), model.detail.raw));
        let again = model.arrangement.zen && !self.told.zen;
        if self.told.read != now || again {
            self.told.read = now;
            self.told.top = model.detail.top;
            let text = model.detail.lines.iter().filter(|line| line.url.is_none());
            lines.extend(text.map(page_line).filter(|line| !line.is_empty()));
            let links = model.detail.lines.iter().filter(|line| line.url.is_some()).count();
            if links > 0 {
                let word = if links == 1 { "link" } else { "links" };
                lines.push(format!("{links} {word}, {} chooses one", model.key_for(Action::Links)));
            }
            lines.extend(words::position(model, model.list.selected));
            self.told.paper.clone_from(&model.detail.key);
            self.told.place = model.list.selected;
        }
        self.tell_scrolled(model, lines);
    }

    fn tell_scrolled(&mut self, model: &Model, lines: &mut Vec<String>) {
        let top = model.detail.top;
        if self.told.top != top && self.told.paper == model.detail.key {
            lines.extend(model.detail.lines.get(top).map(page_line).filter(|line| !line.is_empty()));
        }
        self.told.top = top;
    }

    /// Where the user is.
    fn place(&self, model: &Model) -> Vec<String> {
        match model.moving_pane() {
            Pane::Filters => filter_row(model).into_iter().collect(),
            Pane::Abstract if model.loaded().is_some() => {
                let line = model.detail.lines.get(model.detail.top).map(page_line);
                line.into_iter().chain(words::position(model, model.list.selected)).collect()
            }
            Pane::List | Pane::Abstract if model.results.rows() == 0 => {
                empty_list(model).iter().map(|(text, _)| spoken(text.trim_end_matches('.'))).collect()
            }
            Pane::List | Pane::Abstract => row(model, model.list.selected).into_iter().collect(),
        }
    }

    fn tell_overlay(&mut self, model: &Model, lines: &mut Vec<String>) {
        let (page, picker) = match &model.overlay {
            Some(Overlay::Page(page)) => (Some(ToldPage::of(page, model.size)), None),
            Some(Overlay::Picker(picker)) => (None, Some(ToldPicker::of(picker))),
            Some(Overlay::Prompt(_) | Overlay::Question(_)) | None => (None, None),
        };
        self.told.has_overlay |= model.overlay.is_some();
        if let Some(page) = &page {
            // Where lines are read, an empty one does what the key does.
            let more = if self.echoes { "space" } else { "an empty line" };
            page.tell(self.told.page.as_ref(), more, lines);
        }
        if let Some(picker) = &picker {
            picker.tell(self.told.picker.as_ref(), lines);
        }
        (self.told.page, self.told.picker) = (page, picker);
    }

    /// What became of the text that is being typed.
    fn typing(&mut self, model: &Model) -> Typing {
        let now = overlays::input(model);
        let typing = match (&self.told.input, &now) {
            (None, None) => Typing::None,
            (Some(_), None) => Typing::Closed,
            (Some(before), Some(now)) if before == now => Typing::None,
            (Some(before), Some(now)) if before.label == now.label => {
                before.typed(now).map_or(Typing::Anew, Typing::More)
            }
            (_, Some(_)) => Typing::Opened,
        };
        self.told.input = now;
        typing
    }
}

/// What became of the text that is being typed.
#[derive(Debug, PartialEq, Eq)]
enum Typing {
    None,
    Opened,
    /// Characters to append to its line.
    More(String),
    /// It is another text now, and its line is written again.
    Anew,
    Closed,
}

/// How many papers are below the result, for each band.
fn what_follows(results: &Results) -> impl Iterator<Item = String> {
    results.below.iter().map(|below| match (below.papers.len(), bands::info(below.band).row) {
        (1, [one, _]) => format!("1 {one} follows"),
        (count, [_, several]) => format!("{count} {several} follow"),
    })
}

/// The answer to a key that changed nothing that is told.
fn nothing_changed(model: &Model) -> Vec<String> {
    let Some(action) = model.ran else { return vec!["no command is on these keys".to_owned()] };
    let command = action.command();
    let name = command.name.replace('-', " ");
    if command.group == command::MOVE {
        let mut place = Transcript::new(false).place(model);
        if let Some(first) = place.first_mut() {
            first.insert_str(0, "no further: ");
        }
        return place;
    }
    vec![format!("{name}: nothing changes here")]
}
