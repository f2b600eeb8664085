//! Which command a key means: the defaults of the command table with the person's own keys over them, chords and counts. Pure: it
//! runs nothing and reads no terminal.

mod key;

use std::fmt;

use crossterm::event::KeyEvent;

use super::command::{self, Action, COMMANDS, Command, Scope};
use crate::config::KeyTables;
use crate::domain::clean::Clean;
use key::{Key, chord_text, parse_chord};

/// The keys in force, for each scope in the order of `Scope::ALL` with the global ones that work there too; a person's own come
/// first. No chord in a scope begins another.
#[derive(Clone, Debug)]
pub struct Keymap([Vec<Binding>; 4]);

#[derive(Clone, Debug)]
struct Binding {
    chord: Vec<Key>,
    action: Action,
}

/// What was typed of a count and a chord so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    count: Option<u32>,
    keys: Vec<Key>,
}

/// What a key came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// The command, and the count typed before it.
    Run(Action, Option<u32>),
    /// Nothing to do yet: a count or a chord goes on, or a key only came up.
    Pending,
    /// No command; what was pending is gone.
    Unbound,
}

/// Largest count; more digits do not raise it.
const MOST: u32 = 99_999;

impl Keymap {
    /// The default keys with the person's over them: a global setting beats every default, a scope's setting beats both there. Also
    /// what is wrong with the settings, a line of text each; everything else stands.
    pub fn new(settings: &KeyTables) -> (Self, Vec<String>) {
        let mut problems = Vec::new();
        let tables = Scope::ALL.map(|scope| read(settings, scope, &mut problems));
        let [global, scoped @ ..] = &tables;
        let mut bindings = Scope::ALL.map(defaults);
        for own in &mut bindings {
            apply(own, global, Scope::Global, &mut problems);
        }
        let panes = bindings.iter_mut().zip(Scope::ALL).skip(1);
        for ((own, scope), table) in panes.zip(scoped) {
            apply(own, table, scope, &mut problems);
        }
        (Self(bindings), problems)
    }

    /// Takes a key in. Digits before a chord count, unless the digit is bound and begins no number. Esc takes back what is pending and
    /// comes to `Unbound`.
    pub fn press(&self, pending: &mut Pending, scope: Scope, event: KeyEvent) -> Press {
        let Some(key) = Key::pressed(event) else { return Press::Pending };
        if key == Key::ESC && !pending.is_empty() {
            pending.clear();
            return Press::Unbound;
        }
        if pending.keys.is_empty()
            && let Some(digit) = key.digit()
            && (pending.count.is_some() || digit > 0 && !self.goes_on(&[key], scope))
        {
            let count = pending.count.unwrap_or(0);
            pending.count = Some((count * 10 + digit).min(MOST));
            return Press::Pending;
        }
        pending.keys.push(key);
        let bound = self.bindings(scope).iter().find(|binding| binding.chord == pending.keys);
        if bound.is_none() && self.goes_on(&pending.keys, scope) {
            return Press::Pending;
        }
        let count = std::mem::take(pending).count;
        bound.map_or(Press::Unbound, |binding| Press::Run(binding.action, count))
    }

    /// What may follow the pending keys of a chord, in the order of the commands; nothing when no chord was begun.
    pub fn continuations(&self, pending: &Pending, scope: Scope) -> Vec<(String, &'static Command)> {
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

    fn goes_on(&self, keys: &[Key], scope: Scope) -> bool {
        self.bindings(scope).iter().any(|binding| binding.chord.starts_with(keys))
    }

    fn bindings(&self, scope: Scope) -> &[Binding] {
        let [global, list, filters, paper] = &self.0;
        match scope {
            Scope::Global => global,
            Scope::List => list,
            Scope::Filters => filters,
            Scope::Abstract => paper,
        }
    }
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

/// A readable line of the settings.
struct Setting {
    chord: Vec<Key>,
    /// None takes the key's command away.
    action: Option<Action>,
}

fn read(settings: &KeyTables, scope: Scope, problems: &mut Vec<String>) -> Vec<Setting> {
    let table = match scope {
        Scope::Global => &settings.global,
        Scope::List => &settings.list,
        Scope::Filters => &settings.filters,
        Scope::Abstract => &settings.r#abstract,
    };
    let mut read: Vec<Setting> = Vec::new();
    for (text, name) in table {
        match setting(text, name) {
            Ok(new) if read.iter().any(|old| old.chord == new.chord) => {
                let chord = chord_text(&new.chord);
                report(problems, scope, &format!("`{chord}` is written twice, in two ways; `{text}` does not count"));
            }
            Ok(new) => read.push(new),
            Err(problem) => report(problems, scope, &problem),
        }
    }
    read
}

fn setting(text: &str, name: &str) -> Result<Setting, String> {
    let chord = parse_chord(text)?;
    if name.is_empty() || name == "none" {
        return Ok(Setting { chord, action: None });
    }
    let Some(command) = command::find(name) else {
        let near = command::nearest(name).map(|command| format!("; did you mean `{}`?", command.name));
        return Err(format!("`{text}`: `{name}` is not a command{}", near.unwrap_or_default()));
    };
    Ok(Setting { chord, action: Some(command.action) })
}

/// Puts a table's settings over the bindings, keys taken away first so that they are free for others.
fn apply(bindings: &mut Vec<Binding>, settings: &[Setting], scope: Scope, problems: &mut Vec<String>) {
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
            report(problems, scope, &format!("{own} leaves no way to press {first}{more}: one begins the other"));
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
    use super::*;
    use crossterm::event::{KeyCode, KeyEventKind, KeyModifiers};

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

    /// Presses each character and gives what the last one came to.
    fn typed(keymap: &Keymap, scope: Scope, keys: &str) -> Press {
        let mut pending = Pending::default();
        let presses = keys.chars().map(|c| keymap.press(&mut pending, scope, event(c)));
        presses.last().unwrap()
    }

    #[test]
    fn no_default_key_is_unreadable_or_begins_another() {
        let written: usize = COMMANDS.iter().map(|command| command.keys.len()).sum();
        let read: usize = Scope::ALL.map(|scope| defaults(scope).len()).iter().sum();
        let global = defaults(Scope::Global).len();
        assert_eq!(read - 3 * global, written, "every key is read, the global ones in all four scopes");
        for scope in Scope::ALL {
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
    fn keys_chords_and_counts_come_to_commands() {
        let keymap = default_keys();
        let list = |keys| typed(&keymap, Scope::List, keys);
        assert_eq!(list("j"), Press::Run(Action::MoveDown, None));
        assert_eq!(list("10j"), Press::Run(Action::MoveDown, Some(10)));
        assert_eq!(list("120G"), Press::Run(Action::Bottom, Some(120)));
        assert_eq!(list("0"), Press::Run(Action::AllPapers, None));
        assert_eq!(list("3gg"), Press::Run(Action::Top, Some(3)));
        assert_eq!(list("g3"), Press::Run(Action::View3, None));
        assert_eq!(list("99999999999999999999j"), Press::Run(Action::MoveDown, Some(MOST)));
        assert_eq!(list("g"), Press::Pending);
        assert_eq!(list("gX"), Press::Unbound);
        assert_eq!(list("gXj"), Press::Run(Action::MoveDown, None), "an unknown chord is forgotten");
        assert_eq!(list("5g\u{1b}"), Press::Unbound);
        assert_eq!(list("5g\u{1b}j"), Press::Run(Action::MoveDown, None));
        assert_eq!(list("\u{1b}"), Press::Run(Action::Back, None));
        assert_eq!(list(" "), Press::Run(Action::Select, None));
        assert_eq!(typed(&keymap, Scope::Abstract, " "), Press::Unbound);
    }

    #[test]
    fn keys_that_come_up_leave_a_chord_alone() {
        let keymap = default_keys();
        let mut pending = Pending::default();
        keymap.press(&mut pending, Scope::List, event('2'));
        keymap.press(&mut pending, Scope::List, event('y'));
        let release = KeyEvent::new_with_kind(KeyCode::Char('y'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(keymap.press(&mut pending, Scope::List, release), Press::Pending);
        assert_eq!(pending.to_string(), "2 y");
        let next = keymap.continuations(&pending, Scope::List);
        let shown: Vec<(&str, &str)> = next.iter().map(|(key, command)| (key.as_str(), command.name)).collect();
        assert_eq!(shown.first(), Some(&("y", "copy-citation")));
        assert_eq!(shown.len(), 5);
        assert!(keymap.continuations(&Pending::default(), Scope::List).is_empty());
    }

    #[test]
    fn own_keys_beat_the_defaults_where_they_are_set() {
        let (keymap, problems) = Keymap::new(&settings(
            "[keys.global]\nspace = 'page-down'\nx = 'star'\n1 = 'view-1'\nctrl-c = 'none'\n\
             [keys.list]\nj = ''\nx = 'drop'\n'z z' = 'zen'\nz = 'none'\n",
        ));
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(typed(&keymap, Scope::List, " "), Press::Run(Action::PageDown, None), "beats the list's default");
        assert_eq!(typed(&keymap, Scope::List, "x"), Press::Run(Action::Drop, None));
        assert_eq!(typed(&keymap, Scope::Filters, "x"), Press::Run(Action::Star, None));
        assert_eq!(typed(&keymap, Scope::List, "j"), Press::Unbound);
        assert_eq!(typed(&keymap, Scope::Filters, "j"), Press::Run(Action::MoveDown, None));
        assert_eq!(typed(&keymap, Scope::List, "zz"), Press::Run(Action::Zen, None));
        assert_eq!(typed(&keymap, Scope::List, "1"), Press::Run(Action::View1, None), "a bound digit starts no count");
        assert_eq!(typed(&keymap, Scope::List, "21j"), Press::Unbound, "but goes on with one; j is taken away");
        assert_eq!(keymap.keys_of(Action::Star, Scope::Filters), ["x", "s", "b"]);
        assert_eq!(keymap.keys_of(Action::Star, Scope::List), ["s", "b"]);
        assert_eq!(keymap.keys_of(Action::QuitNow, Scope::Global), ["Q"]);
    }

    #[test]
    fn what_is_wrong_is_named_and_the_rest_stands() {
        let (keymap, problems) = Keymap::new(&settings(
            "[keys.global]\ng = 'top'\ngx = 'star'\nX = 'satr'\n'J' = 'frobnicate'\n\
             [keys.list]\nCtrl-X = 'star'\nctrl-x = 'drop'\n'j k' = 'back'\n",
        ));
        let expected = [
            "[keys.global] `J`: `frobnicate` is not a command",
            "[keys.global] `X`: `satr` is not a command; did you mean `star`?",
            "[keys.global] `gx` is not a key",
            "[keys.list] `ctrl-x` is written twice",
            "[keys.global] `g` (top) leaves no way to press `g g` (top) and ",
            "[keys.list] `j k` (back) leaves no way to press `j` (move-down): one begins the other",
        ];
        assert_eq!(problems.len(), expected.len(), "{problems:#?}");
        for (problem, start) in problems.iter().zip(expected) {
            assert!(problem.starts_with(start), "{problem}");
        }
        assert_eq!(typed(&keymap, Scope::Filters, "g"), Press::Run(Action::Top, None));
        assert_eq!(typed(&keymap, Scope::List, "jk"), Press::Run(Action::Back, None));
        assert_eq!(typed(&keymap, Scope::Filters, "J"), Press::Run(Action::ScrollDown, None));
    }
}
