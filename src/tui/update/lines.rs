//! Lines in place of keys, where the terminal gives no keys one by one: a line is a command by its name, or the keys of one command, or the
//! text that was asked for.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::Input;

use super::super::command;
use super::super::effect::Effect;
use super::super::keymap::{KeyOutcome, read_keys};
use super::super::layout::{page_lines, page_rows};
use super::super::model::{Model, Tone};
use super::super::overlay::{Overlay, Picker, PickerKind, PromptKind, TextPage};
use super::{completions, keys, pastes, search_box};
use crate::domain::clean::Clean;

/// Ends a line that asks for what can follow.
pub(in super::super) const LIST: &str = "?";
/// A line that closes what asks for a text.
const CANCEL: &str = ".";

pub(super) fn line(model: &mut Model, line: &str) -> Vec<Effect> {
    let with_tab = line.strip_suffix('\t').map(|before| format!("{before} {LIST}"));
    let line = with_tab.as_deref().unwrap_or(line);
    let text = line.trim();
    match model.overlay.take() {
        Some(Overlay::Page(page)) => page_line(model, page, text),
        overlay => {
            let asks = overlay.is_some() || model.search.open;
            model.overlay = overlay;
            match text {
                CANCEL if asks => {
                    let mut effects = press(model, KeyCode::Esc);
                    // The first Esc only leaves what was typed to find an item.
                    if matches!(model.overlay, Some(Overlay::Picker(_))) {
                        effects.extend(press(model, KeyCode::Esc));
                    }
                    effects
                }
                _ if asks => answer(model, line),
                _ => command_or_keys(model, text),
            }
        }
    }
}

fn press(model: &mut Model, code: KeyCode) -> Vec<Effect> {
    keys::key(model, KeyEvent::new(code, KeyModifiers::NONE))
}

/// An empty line turns to the next lines of the page; every other one closes it first.
fn page_line(model: &mut Model, page: TextPage, text: &str) -> Vec<Effect> {
    let has_more = page.top + page_rows(model.size) < page_lines(&page, model.size).len();
    model.overlay = Some(Overlay::Page(page));
    match text {
        "" if has_more => press(model, KeyCode::Char(' ')),
        "" => press(model, KeyCode::Esc),
        text => {
            let mut effects = press(model, KeyCode::Esc);
            if text != CANCEL {
                effects.extend(command_or_keys(model, text));
            }
            effects
        }
    }
}

/// The text that a prompt, a picker or the search box asks for. An empty line accepts the text that stands there.
fn answer(model: &mut Model, line: &str) -> Vec<Effect> {
    if line.is_empty() {
        return press(model, KeyCode::Enter);
    }
    let text = line.trim();
    if let Some(typed) = asks_for_candidates(model, line) {
        return list_candidates(model, typed);
    }
    if let Some(effects) = text.parse().ok().and_then(|number: usize| take_candidate(model, number)) {
        return effects;
    }
    if let Some(Overlay::Question(_)) = &model.overlay {
        let is_yes = ["y", "yes"].iter().any(|yes| text.eq_ignore_ascii_case(yes));
        return press(model, if is_yes { KeyCode::Char('y') } else { KeyCode::Esc });
    }
    if let Some(Overlay::Picker(picker)) = &mut model.overlay {
        if is_chosen(picker, text) {
            // Enter alone applies what was ticked before.
            let ticks = matches!(picker.kind, PickerKind::Tags(_)) && !picker.shown.is_empty();
            let mut effects = if ticks { press(model, KeyCode::Char(' ')) } else { Vec::new() };
            effects.extend(press(model, KeyCode::Enter));
            return effects;
        }
        // The items that are left are told; a number or an empty line chooses one.
        model.drafts.count_input();
        return Vec::new();
    }
    let mut effects = Vec::new();
    match &mut model.overlay {
        Some(Overlay::Prompt(prompt)) => prompt.input = Input::default(),
        Some(_) => {}
        None => model.search.input = Input::default(),
    }
    effects.extend(pastes::paste(model, text));
    if text.is_empty() && model.search.open {
        effects.extend(search_box::typed(model));
    }
    effects.extend(press(model, KeyCode::Enter));
    effects
}

/// The text before a question mark of its own at the end of the line, where a text with candidates is asked for: they are to be
/// told.
fn asks_for_candidates<'l>(model: &Model, line: &'l str) -> Option<&'l str> {
    let has_candidates = match &model.overlay {
        Some(Overlay::Prompt(prompt)) => !matches!(prompt.kind, PromptKind::Note(_)),
        Some(_) => false,
        None => model.search.open,
    };
    let before = line.trim().strip_suffix(LIST).filter(|before| before.is_empty() || before.ends_with(' '));
    before.filter(|_| has_candidates)
}

/// Puts a text into what asks for one, unless it is empty, and has the candidates told.
fn list_candidates(model: &mut Model, typed: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    if typed.trim().is_empty() {
        model.drafts.count_input();
    } else {
        match &mut model.overlay {
            Some(Overlay::Prompt(prompt)) => prompt.input = Input::default(),
            Some(_) => {}
            None => model.search.input = Input::default(),
        }
        // After the name of a command comes its argument.
        let typed = typed.trim();
        let is_command_line = matches!(&model.overlay, Some(Overlay::Prompt(it)) if it.kind == PromptKind::CommandLine);
        let has_argument = is_command_line && command::find(typed).is_some_and(|command| command.argument.is_some());
        effects = pastes::paste(model, &format!("{typed}{}", if has_argument { " " } else { "" }));
    }
    match &mut model.overlay {
        Some(Overlay::Prompt(prompt)) => prompt.listed_for = Some(prompt.typed()),
        Some(_) => {}
        None => model.search.listed_for = Some(model.search.typed()),
    }
    effects
}

/// The number of a candidate, once they were told: it is put into the text, which an empty line then enters.
fn take_candidate(model: &mut Model, number: usize) -> Option<Vec<Effect>> {
    let place = number.checked_sub(1)?;
    let effects = match &mut model.overlay {
        Some(Overlay::Prompt(prompt)) if prompt.is_listed() => completions::take(prompt, place).then(Vec::new)?,
        None if model.search.open && model.search.is_listed() => search_box::take_completion(model, place)?,
        _ => return None,
    };
    model.drafts.count_input();
    let text = match &model.overlay {
        Some(Overlay::Prompt(prompt)) => prompt.input.value(),
        _ => model.search.input.value(),
    };
    let text = Clean::new(text);
    model.say(Tone::Info, format!("{text}: an empty line enters it"));
    Some(effects)
}

/// Whether the line decides: the number of an item, its whole name, or a text that fits at most one.
fn is_chosen(picker: &mut Picker, text: &str) -> bool {
    let is_name = picker.items.iter().any(|item| item.label == text);
    if let Some(place) = text.parse().ok().and_then(|number: usize| number.checked_sub(1)).filter(|_| !is_name)
        && place < picker.shown.len()
    {
        picker.cursor.selected = place;
        return true;
    }
    picker.input = Input::new(text.to_owned());
    picker.narrow();
    let first = picker.shown.first().and_then(|place| picker.items.get(*place));
    picker.shown.len() <= 1 || first.is_some_and(|item| item.label == text)
}

fn command_or_keys(model: &mut Model, text: &str) -> Vec<Effect> {
    if text.is_empty() {
        return press(model, KeyCode::Enter);
    }
    // What follows these keys is typed into the prompt that they open.
    for opening in [':', '/'] {
        if let Some(rest) = text.strip_prefix(opening).filter(|rest| !rest.trim().is_empty()) {
            let mut effects = press(model, KeyCode::Char(opening));
            effects.extend(answer(model, rest.trim_start()));
            return effects;
        }
    }
    let name = text.split(' ').next().unwrap_or_default();
    let is_command = name.len() > 1 && (command::find(name).is_some() || name.parse::<u32>().is_ok());
    if is_command && (name.len() == text.len() || !name.starts_with(|c: char| c.is_ascii_digit())) {
        let mut effects = press(model, KeyCode::Char(':'));
        effects.extend(answer(model, text));
        return effects;
    }
    let continued = keys_of_one_command(model, text);
    if continued.is_none() {
        model.pending.clear();
    }
    match continued.or_else(|| keys_of_one_command(model, text)) {
        Some(presses) => presses.into_iter().flat_map(|key| keys::key(model, key)).collect(),
        None => {
            model.drafts.count_input();
            model.ran = None;
            let near = command::nearest(name).map(|near| format!("; did you mean `{}`?", near.name));
            let text = Clean::new(text);
            model.refuse(format!("`{text}` is neither a command nor its keys{}", near.unwrap_or_default()))
        }
    }
}

/// The keys that a line names, if they run one command or begin its chord. A misspelt word is not pressed letter by letter.
fn keys_of_one_command(model: &Model, text: &str) -> Option<Vec<KeyEvent>> {
    let presses = read_keys(text)?;
    let mut pending = model.pending.clone();
    let last = presses.len().checked_sub(1)?;
    let scope = model.scope();
    let fits = presses.iter().enumerate().all(|(at, key)| match model.keymap.press(&mut pending, scope, *key) {
        KeyOutcome::Run(..) => at == last,
        KeyOutcome::Pending => true,
        KeyOutcome::Unbound => key.code == KeyCode::Esc,
    });
    fits.then_some(presses)
}
