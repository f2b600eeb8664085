//! The words for a paper, a filter and a line of text in linear mode: first what it is, then its state, then where it stands.

use super::super::bands;
use super::super::filters::{FilterChoice, rows};
use super::super::flow::{StyledLine, TextRole, counted, grouped};
use super::super::model::Model;
use crate::domain::clean::Clean;
use crate::domain::publication_status::PublicationStatus;
use crate::domain::query::Query;
use crate::domain::reading::Status;
use crate::library::search::DocId;

/// Text of the program without the signs that a screen reader would name: `·` between parts, arrows, blanks that align columns.
pub(super) fn spoken(text: &str) -> String {
    let text = text.trim_end();
    let text = text.strip_suffix('→').map_or_else(|| text.to_owned(), |before| format!("{before}→ nothing"));
    let words = text.replace(" · ", ", ").replace(" → ", " to ").replace('…', "...");
    let words: Vec<&str> = words.split_whitespace().collect();
    words.join(" ").replace(" ,", ",")
}

/// A line of a page. Text and titles stay as their authors wrote them.
pub(super) fn page_line(line: &StyledLine) -> String {
    let is_own = |role| matches!(role, TextRole::Text | TextRole::Title | TextRole::Note | TextRole::Link);
    let text = line.text();
    let text = if line.spans.iter().all(|span| is_own(span.role)) { text } else { spoken(&text) };
    Clean::new(text.trim()).into_string()
}

/// `Title, starred, queued, tagged peft, Dettmers and others, 2023`
fn paper(model: &Model, doc: DocId, place: usize) -> String {
    let snapshot = &model.snapshot;
    let mut parts = vec![snapshot.title(doc).to_owned()];
    let mut state = |is: bool, word: &str| {
        if is {
            parts.push(word.to_owned());
        }
    };
    state(model.is_selected(doc, place), "selected");
    state(model.is_new(doc), "new");
    state(snapshot.is_starred(doc), "starred");
    let status = snapshot.status(doc);
    state(status != Status::Unread, status.name());
    state(snapshot.has_note(doc), "note");
    let status = snapshot.publication_status(doc);
    state(status.is_some(), status.map_or("", PublicationStatus::name));
    let tags = snapshot.tags_of(doc);
    if !tags.is_empty() {
        parts.push(format!("tagged {}", tags.join(" ")));
    }
    let first = snapshot.first_author(doc);
    if !first.is_empty() {
        let others = if snapshot.authors(doc).contains(',') { " and others" } else { "" };
        parts.push(format!("{first}{others}"));
    }
    parts.extend(snapshot.year(doc).map(|year| year.to_string()));
    Clean::new(&parts.join(", ")).into_string()
}

/// `12 of 492 papers`, `12 papers and 31 in abstracts`
pub(super) fn papers_found(model: &Model) -> String {
    let hits = model.results.hits.as_ref();
    let (count, elsewhere) = (model.results.count(), hits.map_or(0, |hits| hits.count - hits.in_titles()));
    if elsewhere > 0 {
        return format!("{} and {} in abstracts", counted(count - elsewhere, "paper"), grouped(elsewhere));
    }
    let lacks = hits.is_some_and(|hits| hits.lacks_abstracts);
    let lacks = if lacks { ", abstracts not indexed yet" } else { "" };
    match model.search.query == Query::default() {
        true => counted(count, "paper"),
        false => format!("{} of {} papers{lacks}", grouped(count), grouped(model.snapshot.listed())),
    }
}

/// `3 of 492`; None where there is no paper.
pub(super) fn position(model: &Model, place: usize) -> Option<String> {
    let results = &model.results;
    results.at(place)?;
    Some(match results.below_at(place) {
        _ if results.is_left_over(place) => "no longer in this search".to_owned(),
        Some((band, place, of)) => {
            let [one, _] = bands::info(band).row;
            format!("{one} {} of {of}", place + 1)
        }
        None => format!("{} of {}", grouped(results.found_row(place) + 1), grouped(results.count())),
    })
}

/// The paper in a row, why it was found, and which row it is.
pub(super) fn row(model: &Model, place: usize) -> Option<String> {
    let doc = model.results.at(place)?;
    let snippet = model.snippets.of(doc).map(|snippet| format!(", abstract: {}", Clean::new(&snippet.text)));
    let position = position(model, place)?;
    Some(format!("{}{}, {position}", paper(model, doc, place), snippet.unwrap_or_default()))
}

/// A row of a list, with the number that goes to it.
pub(super) fn numbered_row(model: &Model, doc: DocId, place: usize) -> String {
    let number = place + 1;
    let band = model.results.below_at(place).map(|(band, ..)| format!(" {}", bands::info(band).row[0]));
    format!("{number}{} {}", band.unwrap_or_default(), paper(model, doc, place))
}

/// `Unread, 411 papers, in the search, 2 of 24`
pub(super) fn filter_row(model: &Model) -> Option<String> {
    let rows = rows(model);
    let (place, count) = (model.filters.cursor.selected, rows.len());
    let row = rows.into_iter().nth(place)?;
    let mut parts = vec![row.label];
    if let FilterChoice::Heading(heading) = row.choice {
        let folded = if model.filters.folded.contains(&heading) { "heading, folded" } else { "heading" };
        parts.push(folded.to_owned());
    }
    parts.extend(row.count.map(|papers| if papers == 1 { "1 paper".to_owned() } else { grouped(papers) + " papers" }));
    if row.active {
        parts.push("in the search".to_owned());
    }
    parts.push(format!("{} of {count}", place + 1));
    Some(Clean::new(&parts.join(", ")).into_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_between_parts_become_punctuation() {
        assert_eq!(spoken("starred · 1 paper · u undo"), "starred, 1 paper, u undo");
        assert_eq!(
            spoken("  2026-01-31 14:05  marked read        unread → read"),
            "2026-01-31 14:05 marked read unread to read"
        );
        assert_eq!(spoken("star: yes →  "), "star: yes to nothing");
        assert_eq!(spoken("2023 , cs.LG , votes 12"), "2023, cs.LG, votes 12");
    }
}
