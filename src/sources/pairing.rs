//! Which lines of a page belong together as title and abstract. Usually every second one; when a line is missing or surplus, the
//! lengths tell where: titles are short, abstracts long. It sees lengths only and reads nothing.

/// Longest usual title, in characters.
pub(crate) const LONGEST_TITLE: usize = 250;
/// Shortest usual abstract, in characters.
pub(crate) const SHORTEST_ABSTRACT: usize = 200;

/// A line as pairing sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Length in characters.
    pub(crate) length: usize,
    /// Ends as a sentence or a link does; titles hardly ever do.
    pub(crate) closed: bool,
}

/// What becomes of the line at a place: it is the title of the line after it, or stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Pair(usize),
    Alone(usize),
}

const ALONE: u32 = 3;
const LONG_TITLE: u32 = 2;
const SHORT_ABSTRACT: u32 = 1;
/// A short line without a full stop, on a page that says what it is but has only short lines.
const SHORT_LINE: u32 = 5;
/// The same where it is more likely a title: dearer than leaving both lines alone.
const TWO_TITLES: u32 = 7;

/// The cheapest way to read all lines as pairs and lines alone; earlier pairs win a tie. `headed`: the page's header was there.
pub(crate) fn pair_lines(shapes: &[Shape], headed: bool) -> Vec<Part> {
    let long_lines = shapes.iter().any(|shape| shape.length >= SHORTEST_ABSTRACT);
    let short_line = if headed && !long_lines { SHORT_LINE } else { TWO_TITLES };
    // From the end: the cost of everything from a line on, and whether that line is paired.
    let (mut next, mut after_next) = (0_u64, u64::MAX);
    let mut paired: Vec<bool> = Vec::with_capacity(shapes.len());
    let mut following: Option<&Shape> = None;
    for shape in shapes.iter().rev() {
        let alone = next + u64::from(ALONE);
        let pair = following.map_or(u64::MAX, |abstract_line| {
            after_next.saturating_add(u64::from(pair_cost(shape, abstract_line, short_line)))
        });
        paired.push(pair <= alone);
        (after_next, next) = (next, pair.min(alone));
        following = Some(shape);
    }
    let mut parts = Vec::with_capacity(shapes.len().div_ceil(2));
    let mut flags = paired.into_iter().rev().enumerate();
    while let Some((place, is_pair)) = flags.next() {
        parts.push(if is_pair { Part::Pair(place) } else { Part::Alone(place) });
        if is_pair {
            flags.next();
        }
    }
    parts
}

fn pair_cost(title: &Shape, abstract_line: &Shape, short_line: u32) -> u32 {
    let title_cost = if title.length > LONGEST_TITLE { LONG_TITLE } else { 0 };
    let abstract_cost = match abstract_line {
        Shape { length: SHORTEST_ABSTRACT.., .. } => 0,
        Shape { closed: true, .. } => SHORT_ABSTRACT,
        Shape { .. } => short_line,
    };
    title_cost + abstract_cost
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `t` a title, `a` an abstract, `s` a short abstract with a full stop, `T` an overlong title. Pairs come out as two letters.
    fn paired(lines: &str, headed: bool) -> String {
        let shape = |kind| match kind {
            't' => Shape { length: 70, closed: false },
            'T' => Shape { length: 3000, closed: false },
            's' => Shape { length: 20, closed: true },
            _ => Shape { length: 1400, closed: true },
        };
        let kinds: Vec<char> = lines.chars().collect();
        let shapes: Vec<Shape> = kinds.iter().copied().map(shape).collect();
        let word = |part: Part| match part {
            Part::Pair(place) => format!("{}{}", kinds[place], kinds[place + 1]),
            Part::Alone(place) => kinds[place].to_string(),
        };
        pair_lines(&shapes, headed).into_iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_slip_is_found_where_it_happened() {
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
        ] {
            assert_eq!(paired(lines, true), expected);
        }
    }

    #[test]
    fn short_lines_alone_pair_only_under_a_header() {
        assert_eq!(paired("tttt", true), "tt tt");
        assert_eq!(paired("tttt", false), "t t t t");
        assert_eq!(paired("tsts", false), "ts ts");
    }
}
