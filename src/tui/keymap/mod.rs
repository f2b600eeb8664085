//! Which command a key means: the default keys of the command table with the user's own over them, chords and counts. Messages that name
//! a key take it from here. Pure: it runs nothing and reads no terminal.

mod key;

use std::collections::BTreeMap;
use std::fmt;

use crossterm::event::KeyEvent;

use super::command::{self, Action, COMMANDS, CommandInfo};
use super::panes::Scope;
use crate::config::KeyTables;
use crate::domain::clean::Clean;
use key::{KeyPress, chord_text, parse_chord};

/// The keys in force: for each scope its own and the global ones that work there too, the user's first. No chord of a scope begins another.
#[derive(Clone, Debug)]
pub struct Keymap(BTreeMap<Scope, Vec<Binding>>);

#[derive(Clone, Debug)]
struct Binding {
    chord: Vec<KeyPress>,
    action: Action,
}

/// The part of a count and a chord that was typed so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    count: Option<u32>,
    keys: Vec<KeyPress>,
}

/// What a key led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOutcome {
    /// The command, and the count typed before it.
    Run(Action, Option<u32>),
    /// Nothing to do yet: a count or a chord is not complete, or a key was only released.
    Pending,
    /// No command; pending keys are forgotten.
    Unbound,
}

/// Largest count; more digits do not raise it.
const MAX_COUNT: u32 = 99_999;

impl Keymap {
    /// The default keys with the user's over them: a global setting beats every default, a setting of a scope beats both there. Also what
    /// is wrong with the settings, a line of text each; the others apply.
    pub fn new(settings: &KeyTables) -> (Self, Vec<String>) {
        let mut problems = Vec::new();
        let tables: Vec<(Scope, Vec<KeySetting>)> =
            Scope::all().map(|scope| (scope, read(settings, scope, &mut problems))).collect();
        let mut keymap: BTreeMap<Scope, Vec<Binding>> = BTreeMap::new();
        for (scope, table) in &tables {
            let mut bindings = defaults(*scope);
            for (_, global) in tables.iter().filter(|(other, _)| *other == Scope::Global) {
                apply(&mut bindings, global, Scope::Global, &mut problems);
            }
            if *scope != Scope::Global {
                apply(&mut bindings, table, *scope, &mut problems);
            }
            keymap.insert(*scope, bindings);
        }
        (Self(keymap), problems)
    }

    /// Handles a key. Digits before a chord are a count, unless the digit is bound and begins no number. Esc forgets pending keys and
    /// leads to `Unbound`.
    pub fn press(&self, pending: &mut Pending, scope: Scope, event: KeyEvent) -> KeyOutcome {
        let Some(key) = KeyPress::pressed(event) else { return KeyOutcome::Pending };
        if key == KeyPress::ESC && !pending.is_empty() {
            pending.clear();
            return KeyOutcome::Unbound;
        }
        if pending.keys.is_empty()
            && let Some(digit) = key.digit()
            && (pending.count.is_some() || digit > 0 && !self.is_begun_by(&[key], scope))
        {
            let count = pending.count.unwrap_or(0);
            pending.count = Some((count * 10 + digit).min(MAX_COUNT));
            return KeyOutcome::Pending;
        }
        pending.keys.push(key);
        let bound = self.bindings(scope).iter().find(|binding| binding.chord == pending.keys);
        if bound.is_none() && self.is_begun_by(&pending.keys, scope) {
            return KeyOutcome::Pending;
        }
        let count = std::mem::take(pending).count;
        bound.map_or(KeyOutcome::Unbound, |binding| KeyOutcome::Run(binding.action, count))
    }

    /// What can follow the pending keys of a chord, in the order of the commands; nothing when no chord was begun.
    pub fn continuations(&self, pending: &Pending, scope: Scope) -> Vec<(String, &'static CommandInfo)> {
        if pending.keys.is_empty() {
            return Vec::new();
        }
        let rest = |binding: &Binding| binding.chord.strip_prefix(pending.keys.as_slice()).map(chord_text);
        let bindings = self.bindings(scope).iter();
        let mut next: Vec<_> = bindings.filter_map(|binding| Some((binding.action, rest(binding)?))).collect();
        next.sort();
        next.into_iter().map(|(action, keys)| (keys, action.command())).collect()
    }

    /// The chords that run an action in a scope, the one to show first.
    pub fn keys_of(&self, action: Action, scope: Scope) -> Vec<String> {
        let bindings = self.bindings(scope).iter().filter(|binding| binding.action == action);
        bindings.map(|binding| chord_text(&binding.chord)).collect()
    }

    /// How a message names the way to run an action: its first key, else the command line's `:name`.
    pub fn key_for(&self, action: Action, scope: Scope) -> String {
        let first = self.keys_of(action, scope).into_iter().next();
        first.unwrap_or_else(|| format!(":{}", action.command().name))
    }

    fn is_begun_by(&self, keys: &[KeyPress], scope: Scope) -> bool {
        self.bindings(scope).iter().any(|binding| binding.chord.starts_with(keys))
    }

    fn bindings(&self, scope: Scope) -> &[Binding] {
        self.0.get(&scope).map_or(&[], Vec::as_slice)
    }
}

/// The keys that a text names: words that the settings know (`esc`, `ctrl-d`), other words letter by letter.
pub fn read_keys(text: &str) -> Option<Vec<KeyEvent>> {
    let mut keys = Vec::new();
    for word in text.split_whitespace() {
        match word.parse::<KeyPress>() {
            Ok(key) => keys.push(key.event()),
            Err(_) => {
                let letters = word.chars().map(|c| c.to_string().parse::<KeyPress>().map(KeyPress::event));
                keys.extend(letters.collect::<Result<Vec<_>, _>>().ok()?);
            }
        }
    }
    Some(keys)
}

impl Pending {
    pub fn is_empty(&self) -> bool {
        self.count.is_none() && self.keys.is_empty()
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

/// As it was typed: `10`, `g`, `10 g`.
impl fmt::Display for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count.map(|count| count.to_string());
        let chord = (!self.keys.is_empty()).then(|| chord_text(&self.keys));
        f.write_str(&[count, chord].into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}

fn defaults(scope: Scope) -> Vec<Binding> {
    let here = COMMANDS.iter().filter(|command| command.scope == Scope::Global || command.scope == scope);
    let keys = here.flat_map(|command| command.keys.iter().map(|text| (command.action, *text)));
    keys.filter_map(|(action, text)| Some(Binding { chord: parse_chord(text).ok()?, action })).collect()
}

/// A line of the settings that could be read.
struct KeySetting {
    chord: Vec<KeyPress>,
    /// None unbinds the key.
    action: Option<Action>,
}

fn read(settings: &KeyTables, scope: Scope, problems: &mut Vec<String>) -> Vec<KeySetting> {
    let mut read: Vec<KeySetting> = Vec::new();
    for (text, name) in settings.table(scope.name()).into_iter().flatten() {
        match setting(text, name) {
            Ok(new) if read.iter().any(|old| old.chord == new.chord) => {
                let chord = chord_text(&new.chord);
                report(problems, scope, &format!("`{chord}` is bound twice, spelt in two ways; `{text}` is ignored"));
            }
            Ok(new) => read.push(new),
            Err(problem) => report(problems, scope, &problem),
        }
    }
    read
}

fn setting(text: &str, name: &str) -> Result<KeySetting, String> {
    let chord = parse_chord(text)?;
    if name.is_empty() || name == "none" {
        return Ok(KeySetting { chord, action: None });
    }
    let Some(command) = command::find(name) else {
        let near = command::nearest(name).map(|command| format!("; did you mean `{}`?", command.name));
        return Err(format!("`{text}`: `{name}` is not a command{}", near.unwrap_or_default()));
    };
    Ok(KeySetting { chord, action: Some(command.action) })
}

/// Applies a table of settings to the bindings, unbound keys first so that they are free for others.
fn apply(bindings: &mut Vec<Binding>, settings: &[KeySetting], scope: Scope, problems: &mut Vec<String>) {
    bindings.retain(|binding| settings.iter().all(|setting| setting.chord != binding.chord));
    for setting in settings.iter().rev() {
        let Some(action) = setting.action else { continue };
        let chord = &setting.chord;
        let hidden = bindings.extract_if(.., |old| old.chord.starts_with(chord) || chord.starts_with(&old.chord));
        let hidden: Vec<String> =
            hidden.map(|old| format!("`{}` ({})", chord_text(&old.chord), old.action.command().name)).collect();
        bindings.insert(0, Binding { chord: chord.clone(), action });
        if let [first, rest @ ..] = hidden.as_slice() {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            let own = format!("`{}` ({})", chord_text(chord), action.command().name);
            report(problems, scope, &format!("{own} makes {first}{more} impossible to press: one begins the other"));
        }
    }
}

fn report(problems: &mut Vec<String>, scope: Scope, problem: &str) {
    let problem = Clean::new(&format!("[keys.{}] {problem}", scope.name())).into_string();
    if !problems.contains(&problem) {
        problems.push(problem);
    }
}

#[cfg(test)]
mod tests {
    use super::super::panes::{PANES, Pane};
    use super::*;
    use crossterm::event::{KeyCode, KeyEventKind, KeyModifiers};

    const LIST: Scope = Scope::Pane(Pane::List);
    const FILTERS: Scope = Scope::Pane(Pane::Filters);
    const ABSTRACT: Scope = Scope::Pane(Pane::Abstract);

    fn default_keys() -> Keymap {
        Keymap::new(&KeyTables::default()).0
    }

    fn settings(text: &str) -> KeyTables {
        let (config, warnings) = crate::config::Config::parse(text, "config.toml");
        assert_eq!(warnings, Vec::<String>::new());
        config.keys
    }

    fn event(c: char) -> KeyEvent {
        KeyEvent::new(if c == '\u{1b}' { KeyCode::Esc } else { KeyCode::Char(c) }, KeyModifiers::NONE)
    }

    /// Presses each character and returns what the last one led to.
    fn typed(keymap: &Keymap, scope: Scope, keys: &str) -> KeyOutcome {
        let mut pending = Pending::default();
        let presses = keys.chars().map(|c| keymap.press(&mut pending, scope, event(c)));
        presses.last().unwrap()
    }

    #[test]
    fn no_default_key_is_unreadable_or_begins_another() {
        let written: usize = COMMANDS.iter().map(|command| command.keys.len()).sum();
        let read: usize = Scope::all().map(|scope| defaults(scope).len()).sum();
        let global = defaults(Scope::Global).len();
        assert_eq!(read - PANES.len() * global, written, "every key is read, the global ones in every scope");
        for scope in Scope::all() {
            let bindings = defaults(scope);
            for (at, one) in bindings.iter().enumerate() {
                assert!(one.chord.len() > 1 || one.chord[0].digit().is_none_or(|digit| digit == 0), "digits count");
                for other in bindings.iter().skip(at + 1) {
                    let clash = one.chord.starts_with(&other.chord) || other.chord.starts_with(&one.chord);
                    assert!(!clash, "{}: {:?} {:?}", chord_text(&one.chord), one.action, other.action);
                }
            }
        }
    }

    #[test]
    fn keys_chords_and_counts_lead_to_commands() {
        let keymap = default_keys();
        let list = |keys| typed(&keymap, LIST, keys);
        assert_eq!(list("j"), KeyOutcome::Run(Action::MoveDown, None));
        assert_eq!(list("10j"), KeyOutcome::Run(Action::MoveDown, Some(10)));
        assert_eq!(list("120G"), KeyOutcome::Run(Action::Bottom, Some(120)));
        assert_eq!(list("0"), KeyOutcome::Run(Action::AllPapers, None));
        assert_eq!(list("3gg"), KeyOutcome::Run(Action::Top, Some(3)));
        assert_eq!(list("g3"), KeyOutcome::Run(Action::View3, None));
        assert_eq!(list("99999999999999999999j"), KeyOutcome::Run(Action::MoveDown, Some(MAX_COUNT)));
        assert_eq!(list("g"), KeyOutcome::Pending);
        assert_eq!(list("gX"), KeyOutcome::Unbound);
        assert_eq!(list("gXj"), KeyOutcome::Run(Action::MoveDown, None), "an unknown chord is forgotten");
        assert_eq!(list("5g\u{1b}"), KeyOutcome::Unbound);
        assert_eq!(list("5g\u{1b}j"), KeyOutcome::Run(Action::MoveDown, None));
        assert_eq!(list("\u{1b}"), KeyOutcome::Run(Action::Back, None));
        assert_eq!(list(" "), KeyOutcome::Run(Action::Select, None));
        assert_eq!(typed(&keymap, ABSTRACT, " "), KeyOutcome::Run(Action::PageOn, None));
    }

    #[test]
    fn released_keys_do_not_end_a_chord() {
        let keymap = default_keys();
        let mut pending = Pending::default();
        keymap.press(&mut pending, LIST, event('2'));
        keymap.press(&mut pending, LIST, event('y'));
        let release = KeyEvent::new_with_kind(KeyCode::Char('y'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(keymap.press(&mut pending, LIST, release), KeyOutcome::Pending);
        assert_eq!(pending.to_string(), "2 y");
        let next = keymap.continuations(&pending, LIST);
        let shown: Vec<(&str, &str)> = next.iter().map(|(key, command)| (key.as_str(), command.name)).collect();
        assert_eq!(shown.first(), Some(&("y", "copy-citation")));
        assert_eq!(shown.len(), 5);
        assert!(keymap.continuations(&Pending::default(), LIST).is_empty());
    }

    #[test]
    fn own_keys_beat_the_defaults_where_they_are_set() {
        let (keymap, problems) = Keymap::new(&settings(
            "[keys.global]\nspace = 'page-down'\nx = 'star'\n1 = 'view-1'\nctrl-c = 'none'\n\
             [keys.list]\nj = ''\nx = 'drop'\n'z z' = 'zen'\nz = 'none'\n",
        ));
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(typed(&keymap, LIST, " "), KeyOutcome::Run(Action::PageDown, None), "beats the list's default");
        assert_eq!(typed(&keymap, LIST, "x"), KeyOutcome::Run(Action::Drop, None));
        assert_eq!(typed(&keymap, FILTERS, "x"), KeyOutcome::Run(Action::Star, None));
        assert_eq!(typed(&keymap, LIST, "j"), KeyOutcome::Unbound);
        assert_eq!(typed(&keymap, FILTERS, "j"), KeyOutcome::Run(Action::MoveDown, None));
        assert_eq!(typed(&keymap, LIST, "zz"), KeyOutcome::Run(Action::Zen, None));
        assert_eq!(typed(&keymap, LIST, "1"), KeyOutcome::Run(Action::View1, None), "a bound digit starts no count");
        assert_eq!(typed(&keymap, LIST, "21j"), KeyOutcome::Unbound, "but goes on with one; j is taken away");
        assert_eq!(keymap.keys_of(Action::Star, FILTERS), ["x", "s", "b"]);
        assert_eq!(keymap.keys_of(Action::Star, LIST), ["s", "b"]);
        assert_eq!(keymap.keys_of(Action::QuitNow, Scope::Global), ["Q"]);
        assert_eq!(keymap.key_for(Action::Star, FILTERS), "x");
        assert_eq!(keymap.key_for(Action::SetStatus, LIST), ":status", "no key is bound");
    }

    #[test]
    fn mistakes_are_reported_and_the_rest_applies() {
        let (keymap, problems) = Keymap::new(&settings(
            "[keys.global]\ng = 'top'\ngx = 'star'\nX = 'satr'\n'J' = 'frobnicate'\n\
             [keys.list]\nCtrl-X = 'star'\nctrl-x = 'drop'\n'j k' = 'back'\n",
        ));
        let expected = [
            "[keys.global] `J`: `frobnicate` is not a command",
            "[keys.global] `X`: `satr` is not a command; did you mean `star`?",
            "[keys.global] `gx` is not a key",
            "[keys.list] `ctrl-x` is bound twice",
            "[keys.global] `g` (top) makes `g g` (top) and ",
            "[keys.list] `j k` (back) makes `j` (move-down) impossible to press: one begins the other",
        ];
        assert_eq!(problems.len(), expected.len(), "{problems:#?}");
        for (problem, start) in problems.iter().zip(expected) {
            assert!(problem.starts_with(start), "{problem}");
        }
        assert_eq!(typed(&keymap, FILTERS, "g"), KeyOutcome::Run(Action::Top, None));
        assert_eq!(typed(&keymap, LIST, "jk"), KeyOutcome::Run(Action::Back, None));
        assert_eq!(typed(&keymap, FILTERS, "J"), KeyOutcome::Run(Action::ScrollDown, None));
    }
}
