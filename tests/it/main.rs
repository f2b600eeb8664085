//! What holds for the program as a whole: one binary, so that it is linked once.

mod architecture;
mod harness;
mod keys;
mod screens;
