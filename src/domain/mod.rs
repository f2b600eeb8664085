//! The terms of the field as types: papers, their identity, their reading state, the query grammar, and the two steps that every
//! untrusted text goes through (LaTeX to Unicode, then `Clean`). Pure and total: no I/O, no clock, no panic on any input.

pub mod bibtex_entry;
pub mod clean;
pub mod counts;
pub mod date;
pub mod fold;
pub mod followed;
pub mod identity;
mod json_text;
pub mod limits;
pub mod markup;
pub mod named_date;
pub mod names;
pub mod nearest;
pub mod paper;
pub mod publication_status;
pub mod query;
pub mod reading;
pub mod record;
pub mod record_source;
pub mod same_paper;
pub mod tex;
pub mod text;
pub mod word_difference;
pub mod wrap;
