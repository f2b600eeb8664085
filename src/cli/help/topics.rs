//! The pages of documentation that the program carries. A new topic is a page in `assets/docs` and a row here.

/// One page of documentation.
pub(super) struct HelpTopic {
    /// What `help` and `man` call it; no command has the same name.
    pub(super) name: &'static str,
    /// One line, no final period.
    pub(super) about: &'static str,
    /// Markdown as `markdown` reads it.
    pub(super) page: &'static str,
}

macro_rules! topic {
    ($name:literal, $about:literal) => {
        HelpTopic { name: $name, about: $about, page: include_str!(concat!("../../../assets/docs/", $name, ".md")) }
    };
}

/// Every page, in the order in which lists name them.
pub(super) const TOPICS: [HelpTopic; 9] = [
    topic!("searching", "what a query can say, and what it finds"),
    topic!("file-formats", "what can be imported and exported"),
    topic!("fetching", "how papers arrive by themselves, day by day"),
    topic!("command-line", "the commands by example, and their exit status"),
    topic!("keys", "every key of the reader and the command it runs"),
    topic!("linear", "the reader in lines, for screen readers and braille"),
    topic!("settings", "the settings file, keys and themes of your own"),
    topic!("data", "where the library is, its guarantees, damage and backups"),
    topic!("performance", "how fast it is, and how to measure that"),
];
