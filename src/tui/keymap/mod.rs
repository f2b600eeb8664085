//! Which command a key means: the defaults of the command table with the person's own keys over them, chords and counts. Pure: it
//! runs nothing and reads no terminal.

pub mod key;

use crossterm::event::KeyEvent;

use super::command::{self, Action, Command, Scope};
use crate::config::{KeyTable, Keys};
use crate::domain::clean::Clean;
use key::{Key, chord_text, parse_chord};

/// Largest count; more digits do not raise it.
const MOST: u32 = 99_999;

/// All keys, for each scope with the global ones that work there too.
#[derive(Clone, Debug)]
pub struct Keymap {
    global: Vec<Binding>,
    list: Vec<Binding>,
    filters: Vec<Binding>,
    r#abstract: Vec<Binding>,
}

#[derive(Clone, Debug)]
struct Binding {
    keys: Vec<Key>,
    action: Action,
}

/// What was typed of a count and a chord so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    count: Option<u32>,
    keys: Vec<Key>,
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
impl std::fmt::Display for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = self.count.map(|count| count.to_string()).unwrap_or_default();
        let chord = chord_text(&self.keys);
        let gap = if count.is_empty() || chord.is_empty() { "" } else { " " };
        write!(f, "{count}{gap}{chord}")
    }
}

/// What a key came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    Run(Action, Option<u32>),
    /// Nothing to do yet: a count or a chord goes on, or the key only came up.
    Pending,
    /// Nothing; what was pending is gone.
    Unbound,
}

impl Keymap {
    /// The commands' default keys with the person's over them: a global setting beats every default, a setting of a scope beats both
    /// there. Also what could not be done, a line of text each; everything else stands.
    pub fn new(commands: &[Command], settings: &Keys) -> (Self, Vec<String>) {
        let mut problems = Vec::new();
        let global = read(&settings.global, Scope::Global, commands, &mut problems);
        let mut merged = |scope: Scope, own: Vec<Setting>| {
            let mut bindings = defaults(commands, scope);
            for settings in [&global, &own] {
                apply(&mut bindings, settings, scope, &mut problems);
            }
            bindings
        };
        let global_only = merged(Scope::Global, Vec::new());
        let mut scoped = |scope, table| {
            let mut problems = Vec::new();
            let own = read(table, scope, commands, &mut problems);
            (merged(scope, own), problems)
        };
        let (list, in_list) = scoped(Scope::List, &settings.list);
        let (filters, in_filters) = scoped(Scope::Filters, &settings.filters);
        let (r#abstract, in_abstract) = scoped(Scope::Abstract, &settings.r#abstract);
        problems.extend([in_list, in_filters, in_abstract].into_iter().flatten());
        (Self { global: global_only, list, filters, r#abstract }, problems)
    }
}
