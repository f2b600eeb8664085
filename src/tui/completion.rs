//! What can follow in a prompt, as it is offered: candidates, and the part of the text that one of them replaces. Plain data.

use std::ops::Range;

/// Something to complete to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletionCandidate {
    pub text: String,
    /// Dim text after it.
    pub about: String,
}

impl CompletionCandidate {
    pub fn new(text: impl Into<String>, about: impl Into<String>) -> Self {
        Self { text: text.into(), about: about.into() }
    }

    pub fn of(text: impl Into<String>) -> Self {
        Self::new(text, "")
    }
}

/// Candidates, best first, and what they replace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// In characters of the text.
    pub replace: Range<usize>,
    pub candidates: Vec<CompletionCandidate>,
    /// The folder whose files are needed to complete further, as typed.
    pub folder: Option<String>,
    /// What the text is for, in a few words.
    pub about: String,
}

/// The files of a folder, as a prompt needs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderList {
    /// As typed in the prompt, up to its last separator.
    pub folder: String,
    /// Names in order; a separator at the end of a folder's.
    pub names: Vec<String>,
}
