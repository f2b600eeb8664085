//! A command to run, with what the user gave it, and what a key in an overlay leads to. Plain data.

use super::super::command::Action;
use super::super::effect::Effect;

/// A command to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invocation {
    pub action: Action,
    /// The number typed before its key.
    pub count: Option<u32>,
    /// The text after its name on the command line, never empty.
    pub argument: Option<String>,
}

impl Invocation {
    /// Without a count and an argument.
    pub(super) fn of(action: Action) -> Self {
        Self { action, count: None, argument: None }
    }

    /// With an argument, unless the text is empty.
    pub(super) fn with(action: Action, argument: &str) -> Self {
        Self { argument: (!argument.is_empty()).then(|| argument.to_owned()), ..Self::of(action) }
    }
}

/// What a key in an overlay leads to.
pub(super) enum Next {
    Effects(Vec<Effect>),
    Run(Invocation),
    /// The overlay is closed, and the key does what it does without one.
    PassKey,
}

impl Next {
    /// The key is handled.
    pub(super) fn nothing() -> Self {
        Self::Effects(Vec::new())
    }
}
