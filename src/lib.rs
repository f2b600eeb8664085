//! tsundoku, the papers you acquire and mean to read: a reader for research papers in the terminal.
//!
//! The modules stand in layers, and imports point only down:
//!
//! ```text
//! layer 4   main
//! layer 3   cli            tui                        the two front ends; they do not import each other
//! layer 2   library                                   the facade that both front ends use; depends on no terminal
//! layer 1   store   index   sources   export  config  peers; they do not import each other
//!           signals   temporary                       how a process ends, and files that are not complete yet
//! layer 0   domain   error                            pure and total: no I/O, no clock, no panic
//! ```
//!
//! - [`domain`]: papers and their identity, reading states, the query grammar, LaTeX to Unicode, and `Clean`, the only type of text from
//!   outside that a screen, a log or a file may show
//! - [`error`]: the one error type: kind, message, hint, exit status
//! - `temporary`: files under a temporary name, and their removal when their process is ended or was killed
//! - [`signals`]: the signals that end a process, and the end that each brings by default
//! - [`config`]: paths and settings
//! - [`store`]: the two SQLite databases and their backups
//! - [`index`]: the inverted index and the columns of all papers, the full-text index of the abstracts, and the search engine; all of it this
//!   project's own, so that a rebuild is equal byte by byte, both indexes share document ids, and builds need little memory
//! - [`sources`]: the import formats, a file each
//! - [`export`]: the export formats, a file each
//! - [`library`]: every operation on a library: search, facets, import, changes with undo and redo, export, maintenance
//! - [`cli`]: the subcommands, a file each
//! - [`tui`]: the full-screen reader, and linear mode, which tells in lines what the screen would show
//!
//! Three places hold the data: `user.db` (your reading states as a journal; precious), `papers.db` (what was imported; can be imported
//! again) and `index/` (derived from `papers.db`; memory-mapped, can be rebuilt at any time). Reading states refer to papers by a stable
//! text key, never by a row number, so that replacing the last two loses nothing.

#![cfg_attr(test, allow(clippy::string_slice, clippy::indexing_slicing, reason = "a test that slices wrongly fails"))]

pub mod cli;
pub mod config;
pub mod domain;
pub mod error;
pub mod export;
pub mod index;
pub mod library;
pub mod signals;
pub mod sources;
pub mod store;
mod temporary;
pub mod tui;
