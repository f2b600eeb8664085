//! The one integration binary: the program from outside, a module a subject.

mod cli;
#[cfg(unix)]
mod readme;
