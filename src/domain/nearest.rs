//! What somebody meant who wrote a name that is none: one rule for fields, commands, settings, themes and formats.

/// The known name that `name` was most likely meant to be: few slips of the fingers away, or begun by it. The first of equals.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.to_lowercase().chars().take(64).collect();
    let allowed = 1 + name.len() / 4;
    let distances = known.into_iter().map(|candidate| {
        let letters: Vec<char> = candidate.chars().collect();
        let begun = name.len() > 1 && letters.starts_with(&name);
        (if begun { allowed } else { slips(&name, &letters) }, candidate)
    });
    distances.filter(|(distance, _)| *distance <= allowed).min_by_key(|(distance, _)| *distance).map(|(_, near)| near)
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other (optimal string alignment).
#[expect(clippy::indexing_slicing, reason = "rows have one cell more than `to` has letters; columns run over `to`")]
fn slips(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for column in 0..to.len() {
            let replaced = above[column] + usize::from(*letter != to[column]);
            let mut cheapest = replaced.min(above[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *letter == to[column - 1] && from[row - 1] == to[column] {
                cheapest = cheapest.min(before[column - 1] + 1);
            }
            current.push(cheapest);
        }
        before = std::mem::replace(&mut above, current);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_a_slip_away() {
        let known = ["toggle-read", "star", "status", "undo"];
        let near = |name| nearest(name, known);
        assert_eq!(near("satr"), Some("star"));
        assert_eq!(near("toggleread"), Some("toggle-read"));
        assert_eq!(near("UNDOO"), Some("undo"));
        assert_eq!(near("tog"), Some("toggle-read"));
        assert_eq!(near("quit"), None);
        assert_eq!(near(&"x".repeat(100_000)), None);
    }

    #[test]
    fn fields_are_found_by_a_slip() {
        let known = ["status", "source", "is", "year"];
        assert_eq!(nearest("stauts", known), Some("status"));
        assert_eq!(nearest("SOURC", known), Some("source"));
        assert_eq!(nearest("si", known), Some("is"));
        assert_eq!(nearest("bears", known), Some("year"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest(&"status".repeat(1000), known), None);
    }
}
