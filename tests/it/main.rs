//! What holds for the program as a whole: one binary, so that it is linked once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test stops where something is not as it should be, its helpers, too"
)]

mod architecture;
mod harness;
mod imports;
mod keys;
#[cfg(unix)]
mod pty;
mod ranking;
mod screens;
