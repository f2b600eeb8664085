//! The command line: which command a line means, and with what argument. Pure.

use super::super::command::{self, Action};
use super::super::model::Model;
use super::invocation::Invocation;
use crate::domain::clean::Clean;

/// Reads a line: a command's name and its argument, or a row number. None for an empty line.
///
/// # Errors
/// There is no such command, or it takes no argument: says so.
pub(super) fn parse(model: &Model, line: &str) -> Result<Option<Invocation>, String> {
    let (name, argument) = line.split_once(' ').map_or((line, ""), |(name, rest)| (name, rest.trim()));
    if name.is_empty() {
        return Ok(None);
    }
    // A row number, as in pagers.
    if let Ok(row) = name.parse::<u32>() {
        return Ok(Some(Invocation { count: Some(row), ..Invocation::of(Action::Top) }));
    }
    let Some(command) = command::find(name) else {
        let near = command::nearest(name).map(|near| format!("did you mean `{}`?", near.name));
        let advice = near.unwrap_or_else(|| format!("{} lists all", model.key_for(Action::Palette)));
        return Err(format!("there is no command `{}`; {advice}", Clean::new(name)));
    };
    if !argument.is_empty() && command.argument.is_none() {
        return Err(format!("`{name}` takes no argument"));
    }
    Ok(Some(Invocation::with(command.action, argument)))
}
