//! Which lines of a page belong together as title and abstract. Usually titles and abstracts alternate; where a line is missing or
//! surplus is found by the lengths: titles are short, abstracts long. Only lengths and final characters of lines are known here, no text.

/// Longest usual title, in columns: a Han character says about as much as two letters, and takes as much room.
pub(crate) const LONGEST_TITLE: usize = 250;
/// Shortest usual abstract, in columns.
pub(crate) const SHORTEST_ABSTRACT: usize = 200;

/// The properties of a line that decide how it is paired.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineShape {
    /// Length in columns.
    pub(crate) length: usize,
    /// Ends as a sentence or a link does; titles hardly ever do.
    pub(crate) closed: bool,
    /// What stands before it says that another paper begins here or later.
    pub(crate) begins_paper: bool,
}

/// What the line with this index is: the title of the line after it, or a line alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pairing {
    Pair(usize),
    Alone(usize),
}

const ALONE: u32 = 3;
const LONG_TITLE: u32 = 2;
const SHORT_ABSTRACT: u32 = 1;
/// Cost of a short line without a full stop as an abstract: more than leaving both lines alone.
const TWO_TITLES: u32 = 7;

/// The cheapest way to read all lines as pairs and lines alone; earlier pairs win a tie.
pub(crate) fn pair_lines(shapes: &[LineShape]) -> Vec<Pairing> {
    // From the end: the cost of everything from a line on, and whether that line is paired.
    let (mut next, mut after_next) = (0_u64, u64::MAX);
    let mut paired: Vec<bool> = Vec::with_capacity(shapes.len());
    let mut following: Option<&LineShape> = None;
    for shape in shapes.iter().rev() {
        let alone = next + u64::from(ALONE);
        let pair = following
            .map_or(u64::MAX, |abstract_line| after_next.saturating_add(u64::from(pair_cost(shape, abstract_line))));
        paired.push(pair <= alone);
        (after_next, next) = (next, pair.min(alone));
        following = Some(shape);
    }
    let mut pairings = Vec::with_capacity(shapes.len().div_ceil(2));
    let mut flags = paired.into_iter().rev().enumerate();
    while let Some((place, is_pair)) = flags.next() {
        pairings.push(if is_pair { Pairing::Pair(place) } else { Pairing::Alone(place) });
        if is_pair {
            flags.next();
        }
    }
    pairings
}

fn pair_cost(title: &LineShape, abstract_line: &LineShape) -> u32 {
    let title_cost = if title.length > LONGEST_TITLE { LONG_TITLE } else { 0 };
    let abstract_cost = match abstract_line {
        LineShape { begins_paper: true, .. } => TWO_TITLES,
        LineShape { length: SHORTEST_ABSTRACT.., .. } => 0,
        LineShape { closed: true, .. } => SHORT_ABSTRACT,
        LineShape { .. } => TWO_TITLES,
    };
    title_cost + abstract_cost
}

#[cfg(test)]
mod tests {
    use std::iter;

    use super::*;

    /// `t` a title, `a` an abstract, `s` a short abstract with a full stop, `T` an overlong title. Pairs come out as two letters.
    /// A line after `|` begins a paper.
    fn paired(lines: &str) -> String {
        let shape = |(kind, begins_paper)| {
            let (length, closed) = match kind {
                't' => (70, false),
                'T' => (3000, false),
                's' => (20, true),
                _ => (1400, true),
            };
            LineShape { length, closed, begins_paper }
        };
        let parts = lines.split('|').flat_map(|part| part.chars().zip(iter::once(true).chain(iter::repeat(false))));
        let marked: Vec<(char, bool)> = parts.collect();
        let kinds: Vec<char> = marked.iter().map(|(kind, _)| *kind).collect();
        let shapes: Vec<LineShape> = marked.into_iter().map(shape).collect();
        let word = |pairing: Pairing| match pairing {
            Pairing::Pair(place) => format!("{}{}", kinds[place], kinds[place + 1]),
            Pairing::Alone(place) => kinds[place].to_string(),
        };
        pair_lines(&shapes).into_iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_missing_or_surplus_line_is_found_where_it_is() {
        for (lines, expected) in [
            ("", ""),
            ("tatata", "ta ta ta"),
            ("tatatat", "ta ta ta t"),
            ("tattatata", "ta t ta ta ta"),
            ("tatttata", "ta t t ta ta"),
            ("taatata", "ta a ta ta"),
            ("atata", "a ta ta"),
            ("taTatsta", "ta Ta ts ta"),
            ("taTaTat", "ta Ta Ta t"),
            ("ttttta", "t t t t ta"),
            ("t", "t"),
            ("tttt", "t t t t"),
            ("tsts", "ts ts"),
            ("t|a", "t a"),
            ("ta|ta|t|sa", "ta ta t sa"),
        ] {
            assert_eq!(paired(lines), expected);
        }
    }
}
