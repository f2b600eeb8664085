//! Where the user was: the jump list, of queries with the paper under the cursor, and the queries that were typed. Plain data.

use crate::domain::identity::PaperKey;

/// Places and queries that are kept.
const MOST: usize = 100;

/// A query and where the cursor was in its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JumpPlace {
    pub query: String,
    pub paper: Option<PaperKey>,
    pub row: usize,
}

/// The jump list. Going somewhere new forgets what lay ahead, as in a browser.
#[derive(Clone, Debug, Default)]
pub struct JumpList {
    earlier: Vec<JumpPlace>,
    later: Vec<JumpPlace>,
}

impl JumpList {
    /// The user leaves this place for a new one.
    pub fn leave(&mut self, place: JumpPlace) {
        self.later.clear();
        push(&mut self.earlier, place);
    }

    /// The place before, which is left for it.
    pub fn back(&mut self, here: JumpPlace) -> Option<JumpPlace> {
        step(&mut self.earlier, &mut self.later, here)
    }

    /// The place from which `back` came.
    pub fn forward(&mut self, here: JumpPlace) -> Option<JumpPlace> {
        step(&mut self.later, &mut self.earlier, here)
    }
}

fn step(from: &mut Vec<JumpPlace>, to: &mut Vec<JumpPlace>, here: JumpPlace) -> Option<JumpPlace> {
    let place = std::iter::from_fn(|| from.pop()).find(|place| *place != here)?;
    push(to, here);
    Some(place)
}

fn push(places: &mut Vec<JumpPlace>, place: JumpPlace) {
    if places.last() != Some(&place) {
        places.push(place);
    }
    if places.len() > MOST {
        places.remove(0);
    }
}

/// The queries that were typed, oldest first, and which of them is in the search box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryHistory {
    queries: Vec<String>,
    /// None while the box holds a new text.
    shown: Option<usize>,
    /// The new text, to come back to.
    typed: String,
}

impl QueryHistory {
    /// Of earlier queries, oldest first.
    pub fn of(queries: impl IntoIterator<Item = String>) -> Self {
        let mut history = Self::default();
        queries.into_iter().for_each(|query| history.add(&query));
        history
    }

    pub fn queries(&self) -> &[String] {
        &self.queries
    }

    /// A query was entered. It is kept once, as the latest.
    pub fn add(&mut self, query: &str) {
        self.shown = None;
        if query.trim().is_empty() {
            return;
        }
        self.queries.retain(|known| known != query);
        self.queries.push(query.to_owned());
        if self.queries.len() > MOST {
            self.queries.remove(0);
        }
    }

    /// The text in the box was changed by hand, or is another one.
    pub fn begin_again(&mut self) {
        self.shown = None;
    }

    /// The query before the one in the box, whose text is given. Queries equal to the text are passed over.
    pub fn older(&mut self, text: &str) -> Option<String> {
        if self.shown.is_none() {
            self.typed = text.to_owned();
        }
        let end = self.shown.unwrap_or(self.queries.len());
        let place = self.queries.get(..end)?.iter().rposition(|query| query != text)?;
        self.shown = Some(place);
        self.queries.get(place).cloned()
    }

    /// The query after the one in the box; at last the text that was typed.
    pub fn newer(&mut self) -> Option<String> {
        let next = self.shown? + 1;
        self.shown = (next < self.queries.len()).then_some(next);
        Some(self.queries.get(next).unwrap_or(&self.typed).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(row: usize) -> JumpPlace {
        JumpPlace { query: String::new(), paper: None, row }
    }

    #[test]
    fn places_are_gone_back_to_and_forward_again() {
        let mut jumps = JumpList::default();
        assert_eq!(jumps.back(place(0)), None);
        for row in [1, 2, 2, 3] {
            jumps.leave(place(row));
        }
        assert_eq!(jumps.back(place(4)), Some(place(3)));
        assert_eq!(jumps.back(place(3)), Some(place(2)));
        assert_eq!(jumps.forward(place(2)), Some(place(3)));
        assert_eq!(jumps.forward(place(3)), Some(place(4)));
        assert_eq!(jumps.forward(place(4)), None);
        jumps.back(place(4));
        jumps.leave(place(3));
        assert_eq!(jumps.forward(place(9)), None, "something new was gone to");
        (0..1000).for_each(|row| jumps.leave(place(row)));
        assert_eq!(jumps.earlier.len(), MOST);
    }

    #[test]
    fn queries_come_back_and_so_does_what_was_typed() {
        let mut history = QueryHistory::of(["a", "b", "a", "c"].map(str::to_owned));
        assert_eq!(history.queries(), ["b", "a", "c"]);
        assert_eq!(history.older("ne").as_deref(), Some("c"));
        assert_eq!(history.older("c").as_deref(), Some("a"));
        assert_eq!(history.newer().as_deref(), Some("c"));
        assert_eq!(history.newer().as_deref(), Some("ne"));
        assert_eq!(history.newer(), None);
        assert_eq!(history.older("c").as_deref(), Some("a"), "not what is in the box already");
        history.older("a");
        assert_eq!(history.older("b"), None);
        history.begin_again();
        assert_eq!(history.newer(), None);
        history.add("  ");
        assert_eq!(history.queries().len(), 3);
    }
}
