//! tsundoku, the papers you acquire and mean to read: a reader for the terminal. This page is the floor plan.
//!
//! ```text
//! floor 4   main
//! floor 3   cli            tui                       two doors to the same house; they never import each other
//! floor 2   library                                  the facade both doors use; knows no terminal
//! floor 1   store   index   sources   export  config peers; they do not import each other
//! floor 0   domain   error                           pure, total, no I/O
//! ```
//!
//! Imports point only down. What is true lives in three places: `user.db` (what you did: a journal, precious), `papers.db` (what was
//! imported: can be imported again) and `index/` (derived from papers.db, memory-mapped, rebuilt at will). Reading state refers to papers
//! by a stable text key, never by a row number, so nothing that happens to the last two can lose it.

#![cfg_attr(test, allow(clippy::string_slice, clippy::indexing_slicing, reason = "a test that slices wrongly fails"))]

pub mod cli;
pub mod config;
pub mod domain;
pub mod error;
pub mod export;
pub mod index;
pub mod library;
pub mod sources;
pub mod store;
pub mod tui;
