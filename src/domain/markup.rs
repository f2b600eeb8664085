//! The kinds of markup a source text is written in. Which rules render each is decided in `tex`.

/// What a text is written in. Decides how it is rendered, and which copy of a field is kept when two sources differ: a greater
/// variant is the better copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Markup {
    /// A summary written for this project, not the paper's own abstract.
    Summary,
    /// Copied from a web page that lost backslashes and dollar signs; formulas may be wrong.
    Page,
    /// Plain Unicode.
    #[default]
    Plain,
    /// LaTeX, as arXiv and its mirrors provide it.
    Tex,
}

impl Markup {
    pub const ALL: [Self; 4] = [Self::Summary, Self::Page, Self::Plain, Self::Tex];

    /// The word used in files and databases.
    pub fn name(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Page => "page",
            Self::Plain => "plain",
            Self::Tex => "tex",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|markup| markup.name() == name)
    }
}
