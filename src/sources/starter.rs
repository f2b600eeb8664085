//! The starter shelf: papers that a new library has before anything is imported. They are part of the program; no file is read.

use crate::domain::paper::{Digest, Paper, Sighting};
use crate::domain::record::Record;

/// Id of the digest that holds the shelf.
pub const DIGEST: &str = "starter";
const SHELF: &str = include_str!("../../assets/starter.jsonl");

/// The papers of the starter shelf in their order, all in its digest and in no other.
pub fn papers() -> impl Iterator<Item = Paper> {
    let records = SHELF.lines().filter_map(|line| Record::from_json(line).ok());
    (1..).zip(records).map(|(rank, record)| {
        let digest =
            Digest { id: DIGEST.to_owned(), source: "starter".into(), label: "starter shelf".into(), day: None };
        let sightings = vec![Sighting { digest, rank: Some(rank), votes: None }];
        Paper { sightings, ..record.paper }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_shelf_is_a_paper() {
        for (number, line) in SHELF.lines().enumerate() {
            assert!(Record::from_json(line).is_ok(), "line {}: {:?}", number + 1, Record::from_json(line));
        }
        let ranks: Vec<_> = papers().map(|paper| paper.sightings[0].rank).collect();
        assert_eq!(ranks.len(), SHELF.lines().count());
        assert_eq!(ranks.last(), Some(&Some(ranks.len() as u32)));
    }
}
