//! Titles and abstracts with LaTeX in them, as arXiv serves them and as web pages mangle them.

use tsundoku::domain::clean::Clean;
use tsundoku::domain::markup::Markup;
use tsundoku::domain::text::Text;

const MARKUPS: [Markup; 4] = [Markup::Plain, Markup::Summary, Markup::Tex, Markup::Page];

/// Every rendering is clean, has single spaces and stays as it is when cleaned again; a paragraph is never empty.
pub(crate) fn tex(input: &[u8]) {
    let source = String::from_utf8_lossy(input);
    for markup in MARKUPS {
        let text = Text::new(source.as_ref(), markup);
        let paragraphs = text.paragraphs();
        assert!(paragraphs.iter().all(|paragraph| !paragraph.is_empty()), "{source:?}");
        for line in paragraphs.into_iter().chain([text.line()]) {
            assert!(!line.contains(char::is_control), "{line:?} from {source:?}");
            assert!(!line.contains("  "), "{line:?} from {source:?}");
            assert_eq!(Clean::new(&line), line, "from {source:?}");
        }
    }
}
