//! The reader on the screen.

pub mod command;
pub mod keymap;
pub mod theme;
