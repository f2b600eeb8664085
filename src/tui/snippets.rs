//! Snippets of abstracts and notes beside titles that do not show why their paper was found: which are known, which to request, and how one is cut
//! to the room of a row. Pure data; a background thread makes the snippets.

use std::collections::HashMap;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::effect::Request;
use super::flow;
use crate::domain::query::Query;
use crate::library::search::{DocId, ExcerptPatterns, Snippet, excerpt_patterns};

/// Most papers whose snippets are kept: enough for scrolling back some screens.
const MAX_KNOWN: usize = 2000;

#[derive(Clone, Debug, Default)]
pub struct Snippets {
    /// What the query looks for in abstracts and notes.
    patterns: ExcerptPatterns,
    /// Where nothing matches, the beginning of the abstract is shown. Otherwise, without any pattern no snippet is.
    or_opening: bool,
    /// Raised when all known snippets are dropped: answers to earlier requests are ignored.
    epoch: u64,
    known: HashMap<DocId, Option<Snippet>>,
    /// Papers of the last request.
    requested: Vec<DocId>,
}

impl Snippets {
    /// Sets what a query looks for in abstracts and notes, also by other names: see `Hits::names`.
    pub fn look_for(&mut self, query: &Query, names: &[String]) {
        self.set_patterns(ExcerptPatterns { names: names.to_vec(), ..excerpt_patterns(query) });
    }

    /// Sets what is looked for in abstracts and notes. Known snippets are kept while it stays the same.
    pub fn set_patterns(&mut self, patterns: ExcerptPatterns) {
        if self.patterns != patterns {
            self.forget();
            self.patterns = patterns;
        }
    }

    /// Sets whether a row without a match shows how the abstract begins.
    pub fn set_opening(&mut self, or_opening: bool) {
        if self.or_opening != or_opening {
            self.forget();
            self.or_opening = or_opening;
        }
    }

    /// Drops all known snippets: papers have other document ids or other texts now.
    pub fn forget(&mut self) {
        let (patterns, or_opening) = (std::mem::take(&mut self.patterns), self.or_opening);
        *self = Self { patterns, or_opening, epoch: self.epoch + 1, ..Self::default() };
    }

    /// Requests the snippets of those papers in view that are not known. `in_view`: each with whether its title and authors show all free
    /// words.
    pub fn request(&mut self, in_view: impl IntoIterator<Item = (DocId, bool)>) -> Option<Request> {
        if self.patterns.is_empty() && !self.or_opening {
            return None;
        }
        let has_words_only = self.patterns.has_words_only() && !self.or_opening;
        let in_view = in_view.into_iter().filter(|(_, shows_words)| !(has_words_only && *shows_words));
        let docs: Vec<DocId> = in_view.map(|(doc, _)| doc).filter(|doc| !self.known.contains_key(doc)).collect();
        if docs.is_empty() || docs == self.requested {
            return None;
        }
        self.requested.clone_from(&docs);
        let (patterns, or_opening) = (self.patterns.clone(), self.or_opening);
        Some(Request::Snippets { epoch: self.epoch, docs, patterns, or_opening })
    }

    pub fn take(&mut self, epoch: u64, found: Vec<(DocId, Option<Snippet>)>) {
        if epoch != self.epoch {
            return;
        }
        if self.known.len() + found.len() > MAX_KNOWN {
            self.known.clear();
        }
        self.known.extend(found);
    }

    pub fn of(&self, doc: DocId) -> Option<&Snippet> {
        self.known.get(&doc)?.as_ref()
    }
}

/// Cuts a snippet to `room` columns, between words and with the first match in view: the text and its highlighted byte ranges.
pub fn fit(snippet: &Snippet, room: usize, ellipsis: &str) -> (String, Vec<Range<usize>>) {
    let text = snippet.text.as_str();
    let first = snippet.highlights.first().cloned().unwrap_or(0..0);
    let whole = !snippet.is_cut[0] && !snippet.is_cut[1] && text.width() <= room;
    let lead = |from: usize| text.get(from..first.start).unwrap_or_default().width();
    // At most a quarter of the room comes before the match: start at the first word for which it does.
    let words = std::iter::once(0).chain(text.match_indices(' ').map(|(at, _)| at + 1));
    let from =
        words.take_while(|at| *at <= first.start).find(|at| whole || lead(*at) <= room / 4).unwrap_or(first.start);
    let before = if from > 0 || snippet.is_cut[0] { ellipsis } else { "" };
    let rest = text.get(from..).unwrap_or_default();
    let fits = rest.width() + before.width() + if snippet.is_cut[1] { ellipsis.width() } else { 0 } <= room;
    let kept = if fits {
        rest.len()
    } else {
        let cut = flow::cut(rest, room.saturating_sub(before.width() + ellipsis.width()), "").len();
        let splits_word = !rest.get(cut..).unwrap_or_default().starts_with(' ');
        let blank = rest.get(..cut).and_then(|rest| rest.rfind(' ')).filter(|_| splits_word);
        // The match matters more than a whole word at the end, and so does a row that is not half empty.
        let is_full = |at: usize| rest.get(..at).unwrap_or_default().width() * 3 >= room * 2;
        blank.filter(|at| from + at >= first.end && is_full(*at)).unwrap_or(cut)
    };
    let after = if kept < rest.len() || snippet.is_cut[1] { ellipsis } else { "" };
    let shown = format!("{before}{}{after}", rest.get(..kept).unwrap_or_default());
    let moved = |at: usize| at.saturating_sub(from).min(kept) + before.len();
    let highlights = snippet.highlights.iter().map(|range| moved(range.start)..moved(range.end));
    (shown, highlights.filter(|range| !range.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::query::Pattern;

    fn snippet(text: &str, highlights: Range<usize>, is_cut: [bool; 2]) -> Snippet {
        Snippet { text: text.to_owned(), highlights: vec![highlights], is_cut }
    }

    #[test]
    fn the_first_match_is_in_view_between_whole_words() {
        let fit = |snippet: &Snippet, room| {
            let (text, highlights) = fit(snippet, room, "…");
            let highlights: Vec<String> =
                highlights.into_iter().map(|range| text.get(range).unwrap().to_owned()).collect();
            (text, highlights.concat())
        };
        let whole = snippet("a low tail steers a kite", 20..24, [false, false]);
        assert_eq!(fit(&whole, 24), ("a low tail steers a kite".to_owned(), "kite".to_owned()));
        assert_eq!(fit(&whole, 23), ("…a kite".to_owned(), "kite".to_owned()));
        assert_eq!(fit(&whole, 3), ("…k…".to_owned(), "k".to_owned()));
        let early = snippet("a kite that is steered by a tail", 2..6, [true, true]);
        assert_eq!(fit(&early, 20), ("…a kite that is…".to_owned(), "kite".to_owned()));
        let long = snippet("The unconstitutionalities of tails", 0..3, [false, true]);
        assert_eq!(fit(&long, 20).0, "The unconstitutiona…", "no row is half empty");
        assert_eq!(fit(&early, 90).0, "…a kite that is steered by a tail…");
    }

    #[test]
    fn snippets_in_view_are_requested_once() {
        let mut snippets = Snippets::default();
        assert_eq!(snippets.request([(1, true), (2, true)]), None);
        let abstracts = vec![Pattern::Phrase("low rank".to_owned())];
        let patterns = ExcerptPatterns { abstracts, ..ExcerptPatterns::default() };
        snippets.set_patterns(patterns.clone());
        let Some(Request::Snippets { epoch, docs, .. }) = snippets.request([(1, true), (2, true)]) else {
            panic!("nothing is requested")
        };
        assert_eq!((docs, snippets.request([(1, true), (2, true)])), (vec![1, 2], None));
        assert!(
            matches!(snippets.request([(2, true), (3, true)]), Some(Request::Snippets { docs, .. }) if docs == [2, 3]),
            "scrolled"
        );
        snippets.take(epoch, vec![(2, None), (3, Some(snippet("x", 0..1, [false, false])))]);
        assert!(
            matches!(snippets.request([(1, true), (2, true), (3, true)]), Some(Request::Snippets { docs, .. }) if docs == [1]),
            "and back"
        );
        snippets.set_patterns(patterns);
        assert!(snippets.of(3).is_some() && snippets.of(2).is_none());
        snippets.forget();
        snippets.take(epoch, vec![(3, Some(snippet("x", 0..1, [false, false])))]);
        assert!(snippets.of(3).is_none(), "from before");
        assert!(snippets.request([(3, true)]).is_some());
        snippets.set_patterns(ExcerptPatterns::default());
        assert_eq!(snippets.request([(3, true)]), None);
        snippets.set_opening(true);
        assert!(matches!(snippets.request([(3, true)]), Some(Request::Snippets { or_opening: true, .. })));
    }

    proptest! {
        #[test]
        fn a_snippet_fits_its_room(
            text in "[ab字é\u{301} ]{1,60}", at in 0usize..60, length in 1usize..9, room in 0usize..50, cut in any::<[bool; 2]>()
        ) {
            let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let at = at.min(bounds.len() - 2);
            let highlights = bounds[at]..bounds[(at + length).min(bounds.len() - 1)];
            let (shown, highlights) = fit(&snippet(&text, highlights, cut), room, "…");
            prop_assert!(shown.width() <= room.max(2), "{shown} in {room}");
            for range in highlights {
                prop_assert!(shown.get(range).is_some_and(|text| !text.is_empty()));
            }
        }
    }
}
