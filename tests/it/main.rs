//! The one integration binary: the program from outside, a module a subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "what goes wrong in a test fails it"
)]

mod architecture;
mod bands;
mod cli;
mod digest_days;
mod drafts;
mod equal_titles;
mod exports;
mod fuzz;
mod harness;
mod http_server;
mod identifiers;
mod imports;
mod jobs;
mod keys;
mod killed;
mod left_over;
mod linear;
mod long_lists;
mod module_graph;
#[cfg(unix)]
mod oversized;
mod pasting;
mod pickers;
mod prompts;
mod pty;
mod ranking;
mod readers;
mod reading_on;
#[cfg(unix)]
mod readme;
mod rebinding;
#[cfg(unix)]
mod refused_writes;
#[cfg(unix)]
mod remembering;
mod rendering;
mod screens;
mod searching;
mod selecting;
mod stale;
mod sync_states;
mod syncing;
mod title_keys;
mod together;
mod tty;
mod typed_ahead;
mod unclean;
mod versions;
mod withdrawn;
