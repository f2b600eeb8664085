//! Statistics of what was read over time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Library, today};
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Status, Tag};
use crate::error::Result;
use crate::index::DocId;
use crate::store::StateField;

/// Counts of papers by reading state, and what was read when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub papers: usize,
    pub by_status: Vec<(Status, usize)>,
    pub starred: usize,
    pub tagged: usize,
    pub noted: usize,
    /// Papers with a status, star, tag or note that are no longer in the library, and in none of the counts above.
    pub absent: usize,
    /// Every week from the first with a paper to this one: its Monday, and the papers that were marked read in it, also those that
    /// are no longer in the library. A paper counts on the day it was last marked read.
    pub read_by_week: Vec<(Date, usize)>,
    pub read_today: usize,
    /// Number of consecutive days, up to today or yesterday, on which a paper was marked read.
    pub streak: usize,
}

impl Statistics {
    /// What is told of the papers that are no longer in the library; None where there are none. `grouped` writes a number.
    pub fn absent_line(&self, grouped: fn(usize) -> String) -> Option<String> {
        match self.absent {
            0 => None,
            1 => Some("1 more paper that you marked is no longer in the library".to_owned()),
            more => Some(format!("{} more papers that you marked are no longer in the library", grouped(more))),
        }
    }
}

fn local_day(at: i64) -> Date {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(TimeZone::system()).date()
}

fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(jiff::Span::new().days(back)).unwrap_or(day)
}

impl Library {
    /// Time grows with the number of states and of status changes in the journal.
    pub fn statistics(&self) -> Result<Statistics> {
        let papers = self.snapshot.index.len();
        let counts = self.count_states();
        let mut by_status: Vec<(Status, usize)> = Status::ALL.into_iter().zip(counts.by_status).collect();
        let touched: usize = by_status.iter().skip(1).map(|(_, count)| count).sum();
        if let Some(unread) = by_status.first_mut() {
            unread.1 = papers.saturating_sub(touched);
        }
        let mut read_on: HashMap<_, Date> = HashMap::new();
        for (at, key, status) in self.user.status_changes()? {
            let doc = self.snapshot.columns.doc(&self.snapshot.index, key.as_str());
            let paper = doc.map_or_else(|| JournalPaper::Absent(key), JournalPaper::Present);
            match status {
                Status::Read => drop(read_on.insert(paper, local_day(at))),
                _ => drop(read_on.remove(&paper)),
            }
        }
        let mut by_day: BTreeMap<Date, usize> = BTreeMap::new();
        for day in read_on.into_values() {
            *by_day.entry(day).or_default() += 1;
        }
        let today = today();
        Ok(Statistics {
            papers,
            by_status,
            starred: counts.starred,
            tagged: counts.tagged,
            noted: counts.noted,
            absent: self.count_absent()?,
            read_today: by_day.get(&today).copied().unwrap_or(0),
            streak: streak(&by_day, today),
            read_by_week: weeks(&by_day, today),
        })
    }
}

/// Papers of the library by their reading state, each once, under however many keys it has state.
#[derive(Default)]
struct StateCounts {
    /// In the order of `Status::ALL`.
    by_status: [usize; Status::ALL.len()],
    starred: usize,
    tagged: usize,
    noted: usize,
}

/// A tag with how many papers have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagCount {
    pub tag: String,
    /// In the library.
    pub papers: usize,
    /// Others, that are no longer in the library.
    pub absent: usize,
}

/// A paper that the journal is about.
#[derive(PartialEq, Eq, Hash)]
enum JournalPaper {
    Present(DocId),
    /// Under this key there is no paper.
    Absent(PaperKey),
}

impl Library {
    fn count_states(&self) -> StateCounts {
        let mut counts = StateCounts::default();
        let states = &self.snapshot.columns.states;
        for doc in states.touched() {
            if let Some(count) = counts.by_status.get_mut(states.status(doc) as usize) {
                *count += 1;
            }
            counts.starred += usize::from(states.is_starred(doc));
            counts.tagged += usize::from(states.has_tags(doc));
            counts.noted += usize::from(states.has_note(doc));
        }
        counts
    }

    /// Visits every field of the papers that are not in the library, those of one paper one after another.
    fn each_absent_field(&self, visit: &mut dyn FnMut(&str, StateField<'_>)) -> Result<()> {
        let (index, columns) = (&self.snapshot.index, &self.snapshot.columns);
        let mut last = (String::new(), false);
        self.user.each_field(&mut |key, field| {
            if last.0 != key {
                key.clone_into(&mut last.0);
                last.1 = columns.doc(index, key).is_none();
            }
            if last.1 {
                visit(key, field);
            }
        })
    }

    /// How many papers with a status, star, tag or note are not in the library.
    fn count_absent(&self) -> Result<usize> {
        let mut absent = 0;
        let mut last = String::new();
        self.each_absent_field(&mut |key, field| {
            if field != StateField::Seen && key != last {
                absent += 1;
                key.clone_into(&mut last);
            }
        })?;
        Ok(absent)
    }

    /// Every tag in use, most used first, then by name.
    pub fn tags(&self) -> Result<Vec<TagCount>> {
        let mut absent: BTreeMap<Tag, usize> = BTreeMap::new();
        self.each_absent_field(&mut |_, field| {
            if let StateField::Tagged(tag) = field {
                *absent.entry(tag).or_default() += 1;
            }
        })?;
        let count = |(tag, papers): (&str, usize)| TagCount { tag: tag.to_owned(), papers, absent: 0 };
        let mut tags: BTreeMap<String, TagCount> =
            self.snapshot.tags().map(|found| (found.0.to_owned(), count(found))).collect();
        for (tag, absent) in absent {
            tags.entry(tag.to_string()).or_insert_with(|| count((tag.as_str(), 0))).absent = absent;
        }
        let mut tags: Vec<TagCount> = tags.into_values().collect();
        // A stable sort: they are in the order of their names.
        tags.sort_by_key(|count| Reverse((count.papers, count.absent)));
        Ok(tags)
    }
}

fn weeks(by_day: &BTreeMap<Date, usize>, today: Date) -> Vec<(Date, usize)> {
    let mut sums: BTreeMap<Date, usize> = BTreeMap::new();
    for (day, count) in by_day {
        *sums.entry(monday(*day)).or_default() += count;
    }
    let Some(first) = sums.keys().next().copied() else { return Vec::new() };
    let week = jiff::Span::new().weeks(1);
    let mondays = std::iter::successors(Some(first), |day| day.checked_add(week).ok());
    mondays.take_while(|day| *day <= monday(today)).map(|day| (day, sums.get(&day).copied().unwrap_or(0))).collect()
}

fn streak(by_day: &BTreeMap<Date, usize>, today: Date) -> usize {
    let days_back = std::iter::successors(Some(today), |day| day.yesterday().ok());
    let skip = usize::from(!by_day.contains_key(&today));
    days_back.skip(skip).take_while(|day| by_day.contains_key(day)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::title_key;
    use crate::domain::markup::Markup;
    use crate::domain::reading::Change;
    use crate::store::UserStore;

    #[test]
    fn a_paper_with_several_keys_counts_once_and_one_that_is_gone_apart() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let (present, former) = {
            let shown = library.snapshot();
            (shown.key(0).unwrap(), PaperKey::title(&title_key(shown.title(0), Markup::Plain)))
        };
        let papers = library.statistics().unwrap().papers;
        drop(library);
        assert_ne!(present, former);
        let [gone, seen] = ["2401.00001", "2401.00002"].map(|id| PaperKey::parse(id).unwrap());
        let mut user = UserStore::open(folder.path(), "desk").unwrap();
        let now = jiff::Timestamp::now().as_millisecond();
        let tag = |name: &str| Tag::new(name).unwrap();
        for key in [former, present, gone] {
            let changes = [
                Change::Status(key.clone(), Status::Read),
                Change::Star(key.clone(), true),
                Change::Tag(key.clone(), tag("peft")),
                Change::Tag(key.clone(), tag("rl")),
                Change::Note(key, "a note".to_owned()),
            ];
            user.apply(&changes, "", now).unwrap();
        }
        user.apply(&[Change::Seen(seen, true)], "", now).unwrap();
        drop(user);
        let library = Library::open(folder.path()).unwrap();
        let statistics = library.statistics().unwrap();
        let of = |status| statistics.by_status.iter().find(|(other, _)| *other == status).unwrap().1;
        assert_eq!((of(Status::Read), of(Status::Unread)), (1, papers - 1));
        assert_eq!((statistics.starred, statistics.tagged, statistics.noted, statistics.absent), (1, 1, 1, 1));
        assert_eq!(statistics.read_today, 2, "one that is gone was read, too");
        let count = |name: &str| TagCount { tag: name.to_owned(), papers: 1, absent: 1 };
        assert_eq!(library.tags().unwrap(), [count("peft"), count("rl")]);
    }
}
