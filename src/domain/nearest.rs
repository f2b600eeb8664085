//! What a misspelt name was meant to be: one rule for fields, commands, settings, themes and formats. Distances are strsim's; which
//! distance still counts as a typo is decided here.

/// The known name that `name` most likely stands for: within a few typos (insertions, deletions, replacements, swaps of neighbours: one,
/// and one more for every four letters), or one that it is the beginning of. The first of equally near ones; case is ignored.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // No known name is longer, and the time of a comparison grows with the length.
    let name: String = name.to_lowercase().chars().take(64).collect();
    let letters = name.chars().count();
    let allowed = 1 + letters / 4;
    let distances = known.into_iter().map(|candidate| {
        let is_beginning = letters > 1 && candidate.starts_with(&name);
        (if is_beginning { allowed } else { strsim::osa_distance(&name, candidate) }, candidate)
    });
    distances.filter(|(distance, _)| *distance <= allowed).min_by_key(|(distance, _)| *distance).map(|(_, near)| near)
}

/// For the end of a message about an unknown name: "did you mean `x`?", or "one of x, y" when no known name is near.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_a_typo_away() {
        let known = ["toggle-read", "star", "status", "undo"];
        let near = |name| nearest(name, known);
        assert_eq!(near("satr"), Some("star"));
        assert_eq!(near("toggleread"), Some("toggle-read"));
        assert_eq!(near("UNDOO"), Some("undo"));
        assert_eq!(near("tog"), Some("toggle-read"));
        assert_eq!(near("quit"), None);
        assert_eq!(near(&"x".repeat(100_000)), None);
        assert_eq!(did_you_mean("satr", known), "did you mean `star`?");
        assert_eq!(did_you_mean("quit", ["star", "undo"]), "one of star, undo");
    }

    #[test]
    fn fields_are_found_despite_a_typo() {
        let known = ["status", "source", "is", "year"];
        assert_eq!(nearest("stauts", known), Some("status"));
        assert_eq!(nearest("SOURC", known), Some("source"));
        assert_eq!(nearest("si", known), Some("is"));
        assert_eq!(nearest("bears", known), Some("year"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest(&"status".repeat(1000), known), None);
    }
}
