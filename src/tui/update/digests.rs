//! Commands about digests: stepping through them by date, correcting their day, hiding them.

use jiff::civil::Date;
use tui_input::Input;

use super::super::effect::{Effect, Request};
use super::super::model::{Model, Tone};
use super::super::overlay::PromptKind;
use super::search;
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::named_date::{DAY_EXAMPLES, WrittenDate};
use crate::domain::query::{DigestPattern, Term};
use crate::domain::reading::Change;
use crate::library::import::UndatedDigest;
use crate::library::search::DigestRow;
use crate::library::{STARTER, Snapshot, today};

/// Shows the next digest: `by` 1 is the day before, -1 the day after. Digests without a day come after the earliest day, by name.
pub(super) fn step(model: &mut Model, by: isize) -> Vec<Effect> {
    let digests = model.snapshot.digests();
    let mut days: Vec<_> = digests.iter().filter_map(|digest| digest.day).collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    days.dedup();
    let mut undated: Vec<&DigestRow> = digests.iter().filter(|digest| digest.day.is_none()).collect();
    undated.sort_unstable_by(|a, b| (&a.label, &a.id).cmp(&(&b.label, &b.id)));
    let dated = days.into_iter().map(Term::digest_of);
    let named = undated.into_iter().map(|digest| Term::Digest(DigestPattern::Named(digest.id.clone())));
    let mut stops: Vec<Term> = dated.chain(named).collect();
    let at = stops.iter().position(|term| model.search.query.holds(term)).map(|at| at as isize);
    let place = at.map_or(if by > 0 { 0 } else { -1 }, |at| at + by);
    let Some(place) = usize::try_from(place).ok().filter(|place| *place < stops.len()) else {
        return model.refuse(if by > 0 { "no earlier digest" } else { "no later digest" });
    };
    let query = model.search.query.without_digest().with(stops.swap_remove(place));
    search::run_query(model, query)
}

/// The digest that a command about digests is for: the one in the query, else the latest one of the current paper.
///
/// # Errors
/// There is none, or several that it could be: says so.
fn current_digest(model: &Model) -> Result<DigestRow, String> {
    let query = &model.search.query;
    let is_searched = |digest: &&DigestRow| {
        let named = Term::Digest(DigestPattern::Named(digest.id.clone()));
        digest.day.is_some() && digest.day == query.digest_day() || query.holds(&named)
    };
    let of_paper: Vec<&DigestRow> =
        model.current().into_iter().flat_map(|doc| model.snapshot.digests_of(doc)).collect();
    let searched: Vec<&DigestRow> = model.snapshot.digests().iter().filter(is_searched).collect();
    // Several digests may be of one day: the one that the paper is in is meant.
    let both: Vec<&DigestRow> = searched.iter().filter(|digest| of_paper.contains(digest)).copied().collect();
    match (both.as_slice(), searched.as_slice(), of_paper.as_slice()) {
        ([only], _, _) | ([], [only], _) | ([], [], [only, ..]) => Ok((*only).clone()),
        ([], [], []) => Err("this paper is in no digest".to_owned()),
        ([_, _, ..], several, _) | ([], several, _) => {
            let names: Vec<String> =
                several.iter().map(|digest| format!("digest:{}", Clean::new(&digest.id))).collect();
            Err(format!("several digests are of this day; search for one: {}", names.join(", ")))
        }
    }
}

/// Sets the day of the current digest; without an argument it asks for it.
pub(super) fn day(model: &mut Model, argument: Option<&str>) -> Vec<Effect> {
    let digest = match current_digest(model) {
        Ok(digest) => digest,
        Err(why) => return model.refuse(why),
    };
    if let Some(day) = argument {
        return set_day(model, &digest.id, day);
    }
    let day = digest.day.map(|day| day.to_string()).unwrap_or_default();
    model.open_prompt(PromptKind::DigestDay(digest.id), "day of this digest (like 2025-03-12 or yesterday)", &day);
    Vec::new()
}

/// Asks for the day of the next digest that has none; where its name holds a date, with that. None is left: asks nothing.
pub(super) fn ask_next(model: &mut Model) {
    let Some(UndatedDigest { id, label }) = model.undated.pop_front() else { return };
    let more = match model.undated.len() {
        0 => String::new(),
        more => format!(" ({more} more)"),
    };
    let day = day_in(&label).map(|day| day.to_string()).unwrap_or_default();
    let text = format!("day of `{}`{more}, or none", label.cut(22));
    model.open_prompt(PromptKind::DigestDay(id), text, &day);
}

/// The day that a name is or holds.
fn day_in(name: &str) -> Option<Date> {
    let whole = WrittenDate::read_day(name, today()).ok();
    let mut words = name.split(|c: char| !c.is_ascii_digit() && c != '-').filter_map(|word| word.parse().ok());
    let is_day = |date: &PartialDate| date.day().is_some();
    whole.filter(is_day).or_else(|| words.find(is_day)).map(PartialDate::first_day)
}

/// The prompt for the day of a digest was closed with Enter, or left: then no more days are asked for.
pub(super) fn asked(model: &mut Model, is_left: bool) {
    if is_left {
        model.undated.clear();
    }
    ask_next(model);
}

/// Sets the day of a digest; an empty text resets it to the day that was imported.
pub(super) fn set_day(model: &mut Model, id: &str, text: &str) -> Vec<Effect> {
    let known = model.snapshot.digests().iter().find(|digest| digest.id == id);
    let day = match text {
        "" if known.is_some_and(|digest| digest.day.is_none()) => {
            let label = known.map(|digest| digest.label.clone()).unwrap_or_default();
            model.say(Tone::Info, format!("`{label}` stays without a day"));
            return Vec::new();
        }
        "" => None,
        text => match WrittenDate::read_day(text, today()) {
            Ok(day) if day.day().is_some() => Some(day.to_string()),
            Ok(_) => return model.refuse(format!("`{}` is more than one day; write {DAY_EXAMPLES}", Clean::new(text))),
            Err(error) => return model.refuse(Clean::new(&error).to_string()),
        },
    };
    let label = day.as_ref().map_or_else(|| "digest day reset".to_owned(), |day| format!("digest day set to {day}"));
    vec![Request::Change { changes: vec![Change::DigestDay(id.to_owned(), day)], label }.into()]
}

/// A snapshot replaces the one before: a search for the day of a digest that has another day now is a search for that day. The digest is the
/// one of the paper under the cursor; where there is none, the day has to be left without a digest.
pub(super) fn follow(model: &mut Model, now: &Snapshot) {
    let Some(day) = model.search.query.digest_day().filter(|_| model.results.is_of_query()) else { return };
    let (paper, before) = (model.current(), &model.snapshot);
    let of_paper: Vec<&str> = paper.iter().flat_map(|doc| before.digests_of(*doc)).map(|it| it.id.as_str()).collect();
    let is_left = now.digests().iter().any(|digest| digest.day == Some(day));
    let was_meant = |digest: &&DigestRow| {
        digest.day == Some(day) && (of_paper.contains(&digest.id.as_str()) || (paper.is_none() && !is_left))
    };
    let moved = before.digests().iter().filter(was_meant).find_map(|digest| {
        let day_now = now.digests().iter().find(|other| other.id == digest.id)?.day?;
        (day_now != day).then_some(day_now)
    });
    if let Some(day) = moved {
        let query = model.search.query.without_digest().with(Term::digest_of(day));
        model.search.input = Input::new(query.to_string());
        model.search.query = query;
    }
}

/// Hides the current digest, or shows it again.
pub(super) fn toggle_hidden(model: &mut Model) -> Vec<Effect> {
    let digest = match current_digest(model) {
        Ok(digest) => digest,
        Err(why) => return model.refuse(why),
    };
    let hidden = model.snapshot.hidden_digests.contains(&digest.id);
    let label = if hidden { format!("{} shown again", digest.label) } else { format!("{} hidden", digest.label) };
    vec![Request::Change { changes: vec![Change::DigestHidden(digest.id, !hidden)], label }.into()]
}

/// Hides the starter shelf, or shows it again.
pub(super) fn toggle_starter_hidden(model: &mut Model) -> Vec<Effect> {
    let hidden = model.snapshot.hidden_digests.contains(STARTER);
    let label = if hidden { "starter shelf shown again" } else { "starter shelf hidden" };
    vec![
        Request::Change { changes: vec![Change::DigestHidden(STARTER.to_owned(), !hidden)], label: label.to_owned() }
            .into(),
    ]
}
