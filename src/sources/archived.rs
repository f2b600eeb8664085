//! What is found in a packed input, and which files of an archive are wanted. Types only; `unpack` and `zip_stream` fill them.

use std::io::{self, Read};
use std::ops::ControlFlow;

/// What is found in an input: the input itself where it is no archive, else each thing in the archive, in its order.
pub(crate) enum Unpacked<'a> {
    File {
        /// Name of the file inside an archive.
        member: Option<&'a str>,
        bytes: &'a mut dyn Read,
    },
    /// A file of an archive that is left out, by its name.
    Skipped { member: &'a str, reason: &'static str },
}

/// Which files of an archive are read.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    Read,
    /// With the reason for the report.
    Skipped(&'static str),
    /// Nothing is said: folders, and what a system puts beside the files of a user.
    Ignored,
}

/// Receives what is found; Break ends the reading.
pub(crate) type VisitUnpacked<'v> = dyn FnMut(Unpacked<'_>) -> ControlFlow<()> + 'v;

/// An error of an archive that is not as it should be.
pub(super) fn damaged(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
