//! What linear mode tells of pages, pickers and texts that are being typed.

use ratatui::layout::Size;
use unicode_width::UnicodeWidthStr;

use super::super::completion::CompletionCandidate;
use super::super::layout::{page_lines, page_rows};
use super::super::model::Model;
use super::super::overlay::{Overlay, Picker, PickerItem, TextPage};
use super::words::{page_line, spoken};
use crate::domain::clean::{Clean, clean_row};

/// A page of text as it was told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ToldPage {
    title: &'static str,
    lines: Vec<String>,
    top: usize,
    rows: usize,
}

impl ToldPage {
    pub(super) fn of(page: &TextPage, size: Size) -> Self {
        let lines = page_lines(page, size).iter().map(page_line).collect();
        Self { title: page.title, lines, top: page.top, rows: page_rows(size) }
    }

    /// The lines that came into view.
    pub(super) fn tell(&self, before: Option<&Self>, more: &str, lines: &mut Vec<String>) {
        let end = self.top + self.rows;
        let (from, to) = match before.filter(|before| before.lines == self.lines) {
            None => {
                lines.push(self.title.to_owned());
                (self.top, end)
            }
            Some(before) if before.top == self.top => return,
            Some(before) if before.top < self.top => (self.top.max(before.top + before.rows), end),
            Some(before) => (self.top, end.min(before.top)),
        };
        let shown = self.lines.iter().skip(from).take(to.saturating_sub(from));
        lines.extend(shown.filter(|line| !line.is_empty()).cloned());
        let count = self.lines.len();
        if to >= end && end < count {
            lines.push(format!("line {end} of {count}, {more} goes on, esc closes"));
        }
    }
}

/// A picker as it was told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ToldPicker {
    title: &'static str,
    /// Every item in view, in words.
    items: Vec<String>,
    /// The same as they are listed: of an address only the host.
    short: Vec<String>,
    selected: usize,
    /// What is told where there are none.
    when_empty: &'static str,
}

impl ToldPicker {
    pub(super) fn of(picker: &Picker) -> Self {
        let shown = || picker.shown.iter().filter_map(|place| picker.items.get(*place));
        let when_empty = picker.kind.when_empty(!picker.input.value().is_empty());
        let short = shown().map(|listed| match host(&listed.about) {
            Some(host) => item(&PickerItem { about: host.to_owned(), ..listed.clone() }),
            None => item(listed),
        });
        Self {
            title: picker.title,
            items: shown().map(item).collect(),
            short: short.collect(),
            selected: picker.cursor.selected,
            when_empty,
        }
    }

    /// All items where the picker is new, else the current one where that is another.
    pub(super) fn tell(&self, before: Option<&Self>, lines: &mut Vec<String>) {
        let count = self.items.len();
        let current = |picker: &Self| picker.items.get(picker.selected).cloned();
        match before.filter(|before| before.title == self.title) {
            None => {
                lines.push(self.title.to_owned());
                if count == 0 {
                    lines.push(self.when_empty.to_owned());
                }
                lines.extend(self.short.iter().take(LISTED).enumerate().map(|(at, item)| format!("{} {item}", at + 1)));
                if count > LISTED {
                    lines.push(format!("{LISTED} of {count}, type to find others"));
                }
                let here = current(self).filter(|_| self.selected > 0);
                lines.extend(here.map(|item| format!("{item}, {} of {count}", self.selected + 1)));
            }
            Some(before) if before == self => {}
            Some(before) if current(before) == current(self) && before.items.len() == count => {}
            Some(_) => match current(self) {
                Some(item) => lines.push(format!("{item}, {} of {count}", self.selected + 1)),
                None => lines.push(self.when_empty.to_owned()),
            },
        }
    }
}

/// The candidates for what is typed, as they were listed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ToldCandidates {
    /// Text and cursor.
    typed: (String, usize),
    words: Vec<String>,
    /// What the text is for.
    about: String,
    /// They are still being looked up.
    pub(super) is_awaited: bool,
}

impl ToldCandidates {
    /// None where the user has not asked for them.
    pub(super) fn of(model: &Model) -> Option<Self> {
        match &model.overlay {
            Some(Overlay::Prompt(prompt)) if prompt.is_listed() => {
                let completion = &prompt.completion;
                let word = |candidate: &CompletionCandidate| match candidate.about.as_str() {
                    "" => candidate.text.trim().to_owned(),
                    about => format!("{}, {about}", candidate.text.trim()),
                };
                Some(Self {
                    typed: prompt.typed(),
                    words: completion.candidates.iter().map(word).collect(),
                    about: completion.about.clone(),
                    is_awaited: completion.folder.is_some(),
                })
            }
            None if model.search.open && model.search.is_listed() => {
                let (typed, words) = (model.search.typed(), model.search.candidates.clone());
                Some(Self { typed, words, about: String::new(), is_awaited: false })
            }
            _ => None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// `echoes`: keys come one by one.
    pub(super) fn tell(&self, echoes: bool, lines: &mut Vec<String>) {
        lines.extend((!self.about.is_empty()).then(|| self.about.clone()));
        let clean = |word: &String| Clean::new(&spoken(word)).into_string();
        let most = if echoes { CHOSEN_BY_DIGIT } else { LISTED };
        lines.extend(self.words.iter().take(most).enumerate().map(|(at, word)| format!("{} {}", at + 1, clean(word))));
        let count = self.words.len();
        if count > most {
            lines.push(format!("{most} of {count}, type to find others"));
        }
        match (count, echoes) {
            (0, _) if self.about.is_empty() => lines.push("nothing completes this".to_owned()),
            (0, _) => {}
            (_, true) => lines.push("a number takes one, tab the first".to_owned()),
            (_, false) => lines.push("a number takes one".to_owned()),
        }
    }
}

/// Candidates that are listed where a key chooses one.
const CHOSEN_BY_DIGIT: usize = 9;
/// Items of a picker that are listed when it opens.
const LISTED: usize = 19;

/// The host of an address of the web.
fn host(text: &str) -> Option<&str> {
    text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?.split(['/', '?']).next()
}

fn item(item: &PickerItem) -> String {
    let mut parts = vec![item.label.clone()];
    parts.extend(item.ticked.filter(|ticked| *ticked).map(|_| "ticked".to_owned()));
    parts.extend([&item.about, &item.side].into_iter().filter(|text| !text.is_empty()).cloned());
    // A count stands in a column of its own on the screen; here it needs its word.
    if let Some(count) = parts.last_mut().filter(|_| item.side.parse::<usize>().is_ok()) {
        count.push_str(if item.side == "1" { " paper" } else { " papers" });
    }
    Clean::new(&spoken(&parts.join(", "))).into_string()
}

/// A text that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ToldInput {
    pub label: String,
    value: String,
    /// In characters.
    cursor: usize,
}

/// The text that keys go into.
pub(super) fn input(model: &Model) -> Option<ToldInput> {
    let (label, input) = match &model.overlay {
        Some(Overlay::Prompt(prompt)) => (prompt.label.as_str(), &prompt.input),
        Some(Overlay::Question(question)) => {
            let keys: Vec<String> = question.kind.keys().iter().map(|(key, word)| format!("{key} {word}")).collect();
            let label = format!("{} {}", question.text, keys.join(", "));
            return Some(ToldInput { label, value: String::new(), cursor: 0 });
        }
        Some(Overlay::Picker(picker)) => ("find", &picker.input),
        Some(Overlay::Page(_)) => return None,
        None if model.search.open => ("search", &model.search.input),
        None => return None,
    };
    let label = label.trim_end_matches(':').to_owned();
    Some(ToldInput { label, value: input.value().to_owned(), cursor: input.cursor() })
}

impl ToldInput {
    /// `search: lora`, or `: star` for a command.
    pub(super) fn line(&self) -> String {
        let length = self.value.chars().count();
        let rest: String = self.value.chars().skip(self.cursor).collect();
        let at = if self.cursor < length { format!(" (cursor before {rest})") } else { String::new() };
        clean_row(&format!("{}: {}{at}", self.label, self.value)).into_owned()
    }

    /// What a terminal has to be sent so that its line shows the next text: characters, or the backspaces that remove some. None where
    /// that is not enough.
    pub(super) fn typed(&self, next: &Self) -> Option<String> {
        let is_at_end = |input: &Self| input.cursor == input.value.chars().count();
        if !is_at_end(self) || !is_at_end(next) {
            return None;
        }
        if let Some(more) = next.value.strip_prefix(&self.value) {
            return Some(clean_row(more).into_owned());
        }
        let gone = self.value.strip_prefix(&next.value)?;
        Some("\u{8} \u{8}".repeat(clean_row(gone).width()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str, cursor: usize) -> ToldInput {
        ToldInput { label: "search".to_owned(), value: value.to_owned(), cursor }
    }

    #[test]
    fn what_is_typed_is_appended_and_what_is_removed_is_erased() {
        assert_eq!(text("lo", 2).typed(&text("lora", 4)).as_deref(), Some("ra"));
        assert_eq!(text("字a", 2).typed(&text("", 0)).as_deref(), Some("\u{8} \u{8}\u{8} \u{8}\u{8} \u{8}"));
        assert_eq!(text("lora", 4).typed(&text("qlora", 5)), None);
        assert_eq!(text("lora", 4).typed(&text("lora", 3)), None);
        assert_eq!(text("lora", 3).line(), "search: lora (cursor before a)");
    }
}
