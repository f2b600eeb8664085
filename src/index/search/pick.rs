//! Narrowing a short list (commands, tags, views) by typing. For thousands of lines at most; papers go through the index.

use nucleo::pattern::{CaseMatching, Normalization, Pattern};
use nucleo::{Config, Matcher, Utf32Str};

/// Places of the texts that fit a typed pattern, best first; all of them in order when nothing is typed.
pub fn rank(typed: &str, texts: &[String]) -> Vec<usize> {
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, usize)> = Vec::new();
    for (place, text) in texts.iter().enumerate() {
        if let Some(score) = pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher) {
            scored.push((score, place));
        }
    }
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, place)| place).collect()
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
