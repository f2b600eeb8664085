//! Statistics of what was read over time: counts, weeks, days, streaks, tags and sources. Days are those of the system's time zone.

mod heat_map;
mod picture;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use heat_map::{HEAT_WEEKS, HeatMap, HeatWeek, WEEKDAYS, heat_weeks_in};
pub use picture::{picture, write_picture};

use heat_map::monday;

use super::{Library, today};
use crate::domain::clean::Clean;
use crate::domain::counts::grouped;
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
    /// The longest streak: its last day and its days. None where nothing was read.
    pub longest_streak: Option<(Date, usize)>,
    pub today: Date,
    /// The days on which papers were marked read, earliest first, counted as the weeks are.
    pub read_by_day: Vec<(Date, usize)>,
    /// Of the papers in the library, by tag and by source: most read first, then by name. Those without a read or starred paper are
    /// left out.
    pub by_tag: Vec<ReadCount>,
    pub by_source: Vec<ReadCount>,
}

/// How many papers of a tag or a source were read, and how many are starred.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadCount {
    pub name: Clean,
    pub read: usize,
    pub starred: usize,
}

impl Statistics {
    /// What is told of the papers that are no longer in the library; None where there are none.
    pub fn absent_line(&self) -> Option<String> {
        match self.absent {
            0 => None,
            1 => Some("1 more paper that you marked is no longer in the library".to_owned()),
            more => Some(format!("{} more papers that you marked are no longer in the library", grouped(more))),
        }
    }

    /// What was read on each day of the last weeks.
    pub fn heat_map(&self, weeks: usize) -> HeatMap {
        HeatMap::new(&self.read_by_day, self.today, weeks)
    }
}

/// The day of a moment in Unix milliseconds.
fn local_day(at: i64, zone: &TimeZone) -> Date {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(zone.clone()).date()
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
        let zone = TimeZone::system();
        let mut read_on: HashMap<_, Date> = HashMap::new();
        for (at, key, status) in self.user.status_changes()? {
            let doc = self.snapshot.columns.doc(&self.snapshot.index, key.as_str());
            let paper = doc.map_or_else(|| JournalPaper::Absent(key), JournalPaper::Present);
            match status {
                Status::Read => drop(read_on.insert(paper, local_day(at, &zone))),
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
            longest_streak: longest_streak(&by_day),
            read_by_week: weeks(&by_day, today),
            today,
            read_by_day: by_day.into_iter().collect(),
            by_tag: self.read_by_tag(),
            by_source: self.read_by_source(),
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
    fn read_by_tag(&self) -> Vec<ReadCount> {
        let states = &self.snapshot.columns.states;
        let counts = states.tags().map(|(tag, docs)| {
            let count = |is: &dyn Fn(DocId) -> bool| docs.iter().filter(|doc| is(**doc)).count();
            let read = count(&|doc| states.status(doc) == Status::Read);
            ReadCount { name: Clean::new(tag), read, starred: count(&|doc| states.is_starred(doc)) }
        });
        most_read_first(counts)
    }

    /// A paper with several sources counts in each.
    fn read_by_source(&self) -> Vec<ReadCount> {
        let states = &self.snapshot.columns.states;
        let mut counts: BTreeMap<String, ReadCount> = BTreeMap::new();
        for doc in states.touched() {
            let (is_read, is_starred) = (states.status(doc) == Status::Read, states.is_starred(doc));
            if !is_read && !is_starred {
                continue;
            }
            let mut sources: Vec<&str> = self.snapshot.digests_of(doc).map(|digest| &*digest.source).collect();
            sources.sort_unstable();
            sources.dedup();
            for source in sources {
                let count = counts.entry(source.to_owned()).or_default();
                count.read += usize::from(is_read);
                count.starred += usize::from(is_starred);
            }
        }
        most_read_first(counts.into_iter().map(|(name, count)| ReadCount { name: Clean::new(&name), ..count }))
    }

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

fn most_read_first(counts: impl Iterator<Item = ReadCount>) -> Vec<ReadCount> {
    let mut counts: Vec<ReadCount> = counts.filter(|count| count.read + count.starred > 0).collect();
    counts.sort_by(|one, other| {
        (Reverse((one.read, one.starred)), &one.name).cmp(&(Reverse((other.read, other.starred)), &other.name))
    });
    counts
}

/// The latest of the longest runs of consecutive days: its last day and its length.
fn longest_streak(by_day: &BTreeMap<Date, usize>) -> Option<(Date, usize)> {
    let mut longest: Option<(Date, usize)> = None;
    let mut current: Option<(Date, usize)> = None;
    for day in by_day.keys() {
        let length = match current {
            Some((last, length)) if last.tomorrow().ok() == Some(*day) => length + 1,
            _ => 1,
        };
        current = Some((*day, length));
        if longest.is_none_or(|(_, most)| length >= most) {
            longest = current;
        }
    }
    longest
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

    fn days(days: &[&str]) -> BTreeMap<Date, usize> {
        days.iter().map(|day| (day.parse().unwrap(), 1)).collect()
    }

    #[test]
    fn streaks_go_over_the_end_of_a_year() {
        let read = days(&["2025-12-30", "2025-12-31", "2026-01-01", "2026-01-03"]);
        let at = |today: &str| streak(&read, today.parse().unwrap());
        assert_eq!((at("2026-01-01"), at("2026-01-02"), at("2026-01-03"), at("2026-01-05")), (3, 3, 1, 0));
        assert_eq!(longest_streak(&read), Some(("2026-01-01".parse().unwrap(), 3)));
        assert_eq!(longest_streak(&days(&["2024-02-28", "2024-02-29", "2024-03-01"])).map(|(_, days)| days), Some(3));
        assert_eq!(longest_streak(&days(&["2025-01-01", "2025-02-01"])), Some(("2025-02-01".parse().unwrap(), 1)));
        assert_eq!((streak(&days(&[]), "2026-01-01".parse().unwrap()), longest_streak(&days(&[]))), (0, None));
    }

    #[test]
    fn a_day_is_that_of_the_time_zone() {
        // Half past eleven in the evening of New Year's Eve in New York, by when the new year had begun in Berlin and in Auckland.
        let at = "2026-01-01T04:30:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let day = |zone: &str| local_day(at, &TimeZone::posix(zone).unwrap()).to_string();
        assert_eq!(day("EST5EDT,M3.2.0,M11.1.0"), "2025-12-31");
        assert_eq!(day("CET-1CEST,M3.5.0,M10.5.0/3"), "2026-01-01");
        assert_eq!(day("NZST-12NZDT,M9.5.0,M4.1.0/3"), "2026-01-01");
        // The day on which clocks go forward has 23 hours; each moment of it is on it.
        let (first, last) = ("2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z");
        for (moment, expected) in [(first, "2026-03-29"), (last, "2026-03-29"), ("2026-03-29T22:00:00Z", "2026-03-30")]
        {
            let at = moment.parse::<jiff::Timestamp>().unwrap().as_millisecond();
            let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
            assert_eq!(local_day(at, &zone).to_string(), expected, "{moment}");
        }
    }

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
        assert_eq!(statistics.read_by_day, [(statistics.today, 2)]);
        assert_eq!(statistics.longest_streak, Some((statistics.today, 1)));
        let read = |name: &str| ReadCount { name: name.into(), read: 1, starred: 1 };
        assert_eq!(statistics.by_tag, [read("peft"), read("rl")]);
        assert_eq!(statistics.by_source, [read("starter")]);
        let count = |name: &str| TagCount { tag: name.to_owned(), papers: 1, absent: 1 };
        assert_eq!(library.tags().unwrap(), [count("peft"), count("rl")]);
    }
}
