//! The tokens that the text of a BibTeX field consists of, between `latex`, which reads them, and `spelling`, which writes them.

/// A token of a BibTeX field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LatexToken {
    /// A character that stands for itself; escaped when written.
    Literal(char),
    /// Characters that stand for themselves and need no escape, of which an abstract has hundreds in a row. In the tokens of a title each is a
    /// `Literal`.
    Run(String),
    /// Braces that group.
    Open,
    Close,
    /// A command of plain formatting without its arguments: `\textbf`.
    Command(String),
    /// A whole formula with its delimiters.
    Formula(String),
    /// Other LaTeX that stays as it is: a tie, a logo; also a literal brace.
    Verbatim(String),
}
