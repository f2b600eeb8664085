//! What other programs note of a user's reading of a paper: tags, statuses, ratings, notes. The readers of the formats pass on their fields;
//! which word means what is decided here, for all of them. Such states are taken only when the user wants them.

use super::categories::is_category;
use crate::domain::reading::{Reading, Status, Tag, is_blank_note};

/// Words that stand for a status, as tags and as values of fields, in lower case with blanks for other signs.
const STATUS_WORDS: [(Status, &[&str]); 4] = [
    (Status::Queued, &["to read", "toread", "queue", "queued", "read later", "readlater", "reading list"]),
    (Status::Reading, &["reading", "currently reading", "in progress"]),
    (Status::Read, &["read", "finished", "skimmed", "already read"]),
    (Status::Dropped, &["dropped", "not reading", "abandoned"]),
];
/// Words that say that there is nothing to note.
const NO_STATUS: [&str; 2] = ["unread", "new"];
const STAR_WORDS: [&str; 6] = ["star", "starred", "favorite", "favourite", "favorites", "favourites"];
/// Ratings go to five; from this one on the paper is starred.
const STARRED_FROM: u32 = 4;

/// A reading state as another program states it.
#[derive(Clone, Debug, Default)]
pub(super) struct StatedReading(Reading);

impl StatedReading {
    /// A tag, or a tag that stands for a status, a star or a rating.
    pub(super) fn tag(&mut self, tag: &str) {
        let tag = tag.trim();
        let is_star = |c: char| matches!(c, '★' | '⭐' | '\u{fe0f}');
        if !tag.is_empty() && tag.chars().all(is_star) {
            match tag.chars().filter(|c| *c != '\u{fe0f}').count() {
                1 => self.0.starred = true,
                stars => self.rating(u32::try_from(stars).unwrap_or(u32::MAX)),
            }
        } else if !self.status(tag) && !self.star(tag) && !is_category(tag) {
            self.0.tags.extend(Tag::new(tag));
        }
    }

    pub(super) fn tags<'a>(&mut self, tags: impl IntoIterator<Item = &'a str>) {
        tags.into_iter().for_each(|tag| self.tag(tag));
    }

    /// The value of a field for the status; false when it is none that is known. Of several the furthest counts.
    pub(super) fn status(&mut self, word: &str) -> bool {
        let word = plain_word(word);
        let status = STATUS_WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(status, _)| *status);
        self.0.status = self.0.status.max(status.unwrap_or_default());
        status.is_some() || NO_STATUS.contains(&word.as_str())
    }

    fn star(&mut self, word: &str) -> bool {
        let is_star = STAR_WORDS.contains(&plain_word(word).as_str());
        self.0.starred |= is_star;
        is_star
    }

    /// The value of a field for the star: anything but a no.
    pub(super) fn starred(&mut self, value: &str) {
        self.0.starred |= !["", "0", "no", "false"].contains(&plain_word(value).as_str());
    }

    /// A rating of one to five stars.
    pub(super) fn rating(&mut self, stars: u32) {
        if (1..=5).contains(&stars) {
            self.0.starred |= stars >= STARRED_FROM;
            self.0.tags.extend(Tag::new(&format!("rating/{stars}")));
        }
    }

    /// A note of the user, in plain text; several are one, with an empty line between them.
    pub(super) fn note(&mut self, text: &str) {
        let text = text.trim();
        if is_blank_note(text) {
            return;
        }
        if !self.0.note.is_empty() {
            self.0.note.push_str("\n\n");
        }
        self.0.note.push_str(text);
    }

    pub(super) fn into_reading(self) -> Reading {
        self.0
    }
}

/// In lower case, with one blank for each run of other signs than letters and digits: `/to_read` is `to read`.
fn plain_word(word: &str) -> String {
    let words = word.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::item::ReadItem;
    use crate::sources::tests::read_text;

    fn shown(reading: &Reading) -> String {
        let tags: Vec<_> = reading.tags.iter().map(Tag::as_str).collect();
        let star = if reading.starred { " *" } else { "" };
        format!("{}{star} {}{}", reading.status, tags.join(" "), reading.note.replace('\n', "/"))
    }

    fn read(tags: &[&str]) -> String {
        let mut stated = StatedReading::default();
        stated.tags(tags.iter().copied());
        shown(&stated.into_reading())
    }

    #[test]
    fn every_format_passes_on_what_it_states() {
        let jabref = "@article{a, title = {Kites}, groups = {wind, to read}, keywords = {glass;ropes}, readstatus = {skimmed}, \
                      ranking = {rank5}, comment = {Fly \\& rest.\n\nAgain.}, note = {12 pages}}";
        let mendeley = "@misc{a, title = {Kites}, mendeley-tags = {wind,hep-th}, annote = {{Rest}}}";
        let items = r#"[{"itemType": "preprint", "title": "Kites", "tags": [{"tag": "wind"}, {"tag": "Physics", "type": 1}, {"tag": "⭐"}],
            "extra": "Read_Status: In Progress\nRead_Status_Date: 2024-01-02", "notes": [{"note": "<p>Fly &amp; rest.</p><p>Again.</p>"}]}]"#;
        let plain = r#"[{"itemType": "preprint", "title": "Kites", "tags": ["wind"], "notes": ["Rest."]}]"#;
        let table =
            "Title,Publication Year,Manual Tags,Automatic Tags,Notes\nKites,2024,wind; to-read,Physics,<p>Rest.</p>\n";
        let own = "title,date,status,starred,tags,notes\nKites,2024,dropped,yes,wind glass,Rest.\n";
        let unmarked = "title,date,status,starred,tags\nKites,2024,Poster,no,\n";
        let rdf = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:bib=\"http://purl.org/net/biblio#\" \
                   xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:z=\"http://www.zotero.org/namespaces/export#\"><bib:Article rdf:about=\"#1\">\
                   <z:itemType>journalArticle</z:itemType><dc:title>Kites</dc:title><dc:subject>wind</dc:subject>\
                   <dc:subject><z:AutomaticTag><rdf:value>Physics</rdf:value></z:AutomaticTag></dc:subject></bib:Article></rdf:RDF>";
        for (name, text, expected) in [
            ("refs.bib", jabref, "read * glass rating/5 ropes windFly & rest.//Again."),
            ("refs.bib", mendeley, "unread windRest"),
            ("refs.json", items, "reading * windFly & rest./Again."),
            ("refs.json", plain, "unread windRest."),
            ("refs.csv", table, "queued windRest."),
            ("refs.csv", own, "dropped * glass windRest."),
            ("refs.csv", unmarked, "unread "),
            ("refs.rdf", rdf, "unread wind"),
        ] {
            let (_, found) = read_text(name, text);
            let [ReadItem::Record { record, .. }] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!(shown(&record.reading), expected, "{text}");
        }
    }

    #[test]
    fn tags_that_stand_for_a_status_or_a_star_are_told_from_others() {
        for (tags, expected) in [
            (&["wind & weather", "Kites"][..], "unread kites wind-weather"),
            (&["read", "kites"], "read kites"),
            (&["/to_read"], "queued "),
            (&["/unread", "New"], "unread "),
            (&["to-read", "Reading"], "reading "),
            (&["reading comprehension", "read-write locks"], "unread read-write-locks reading-comprehension"),
            (&["⭐"], "unread * "),
            (&["⭐️", "★★★"], "unread * rating/3"),
            (&["Favourite", "★★★★"], "unread * rating/4"),
            (&["cs.LG", "hep-th"], "unread "),
            (&["?", " "], "unread "),
        ] {
            assert_eq!(read(tags), expected, "{tags:?}");
        }
    }

    #[test]
    fn notes_are_joined_and_blank_ones_are_none() {
        let mut stated = StatedReading::default();
        for text in [" \n", "First.\n", "  ", "Second\nline."] {
            stated.note(text);
        }
        assert_eq!(stated.into_reading().note, "First.\n\nSecond\nline.");
    }
}
