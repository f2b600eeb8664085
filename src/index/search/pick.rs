//! Narrows the short list of a picker (commands, tags, views) by a typed pattern. For a few thousand lines at most; papers are searched
//! through the index.

use nucleo::pattern::{CaseMatching, Normalization, Pattern};
use nucleo::{Config, Matcher, Utf32Str};

/// Indexes of the texts that match a typed pattern, best first; all of them in order when nothing is typed.
pub fn rank(typed: &str, texts: &[String]) -> Vec<usize> {
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, usize)> = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        if let Some(score) = pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher) {
            scored.push((score, at));
        }
    }
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_narrows_and_ranks() {
        let texts: Vec<String> = ["export papers", "next paper", "quit"].map(str::to_owned).to_vec();
        assert_eq!(rank("", &texts), [0, 1, 2]);
        assert_eq!(rank("pap", &texts), [0, 1]);
        assert_eq!(rank("next", &texts), [1]);
        assert!(rank("zzz", &texts).is_empty());
    }
}
