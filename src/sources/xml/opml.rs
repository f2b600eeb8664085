//! OPML: the feeds that a feed reader exports. Only their titles and addresses are read.

use super::super::snapshot::one_line;
use super::tree::{self, XmlNode, XmlPart};
use crate::error::{Error, Result};

/// A feed of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFeed {
    /// Empty where the list has none.
    pub title: String,
    pub address: String,
}

/// The feeds of a list, each address once, in its order.
///
/// # Errors
/// Data when the text is no OPML, or breaks off.
pub fn feeds(text: &str) -> Result<Vec<ListedFeed>> {
    let (mut feeds, mut broken, mut is_opml): (Vec<ListedFeed>, Option<String>, bool) = (Vec::new(), None, false);
    tree::read(Box::new(text.as_bytes()), "the list", |name, _| name == "body", &mut |part| {
        match part {
            XmlPart::Record(_, body) => {
                is_opml = true;
                outlines(&body, &mut feeds);
            }
            XmlPart::Broken(line, reason) => broken = broken.take().or(Some(format!("line {line}: {reason}"))),
            XmlPart::Outside(_) => {}
        }
        true
    })?;
    match broken {
        Some(reason) => Err(Error::data(reason)),
        None if !is_opml => Err(Error::data("it is no OPML: it has no body with outlines")),
        None => Ok(feeds),
    }
}

fn outlines(node: &XmlNode, feeds: &mut Vec<ListedFeed>) {
    for outline in node.children("outline") {
        let address = outline.attribute("xmlUrl").trim();
        if !address.is_empty() && !feeds.iter().any(|known| known.address == address) {
            let title = [outline.attribute("title"), outline.attribute("text")].map(one_line);
            let title = title.into_iter().find(|title| !title.is_empty()).unwrap_or_default();
            feeds.push(ListedFeed { title, address: address.to_owned() });
        }
        outlines(outline, feeds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_are_found_in_all_folders() {
        let text = "<?xml version=\"1.0\"?><opml version=\"2.0\"><head><title>x</title></head><body>\
            <outline text=\"Kites\"><outline type=\"rss\" text=\"Kites &amp;\n Wind\" xmlUrl=\" https://example.org/a.xml \"/>\
            <outline xmlUrl=\"https://example.org/b.xml\"></outline></outline>\
            <outline title=\"Again\" xmlUrl=\"https://example.org/a.xml\"/><outline text=\"none\"/></body></opml>";
        let found = feeds(text).unwrap();
        let found: Vec<_> = found.iter().map(|feed| (feed.title.as_str(), feed.address.as_str())).collect();
        assert_eq!(found, [("Kites & Wind", "https://example.org/a.xml"), ("", "https://example.org/b.xml")]);
        for wrong in ["", "<rss></rss>", "feeds.txt", "<opml><body><outline xmlUrl='a'"] {
            assert!(feeds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn real_lists_are_read() {
        let Some(files) = std::env::var_os("TSUNDOKU_TEST_FILES") else { return };
        for entry in std::fs::read_dir(std::path::PathBuf::from(files).join("opml")).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let expected = text.matches("xmlUrl=\"").count();
            let found = feeds(&text).unwrap();
            assert!(!found.is_empty() && found.len() <= expected, "{path:?}: {} of {expected}", found.len());
        }
    }
}
