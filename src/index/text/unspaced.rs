//! Scripts in which a word does not show where it begins or ends: those written without blanks (Han, kana, Thai, Lao, Khmer, Burmese) and Hangul,
//! which attaches suffixes. A run of their letters is one word of a text, and a query word is found anywhere in it. Where one of these scripts
//! meets another script a new word begins. It knows no dictionary of any language.

use unicode_normalization::char::is_combining_mark;

/// Whether a letter of a folded text is of such a script.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        // Thai and Lao, Burmese, Hangul, Khmer
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        // iteration marks and numerals, kana, Bopomofo
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{303C}' | '\u{3040}'..='\u{312F}'
        | '\u{31A0}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}'
        // Han, Hangul, and what was added to Han and kana later
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{1AFF0}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether a word that `script_runs` gives, or a part of one, is of such a script.
pub(crate) fn is_unspaced_word(word: &str) -> bool {
    !word.is_ascii() && word.chars().next().is_some_and(is_unspaced)
}

/// Splits a folded word where a script without blanks meets another one.
pub(crate) fn script_runs(word: &str) -> ScriptRuns<'_> {
    ScriptRuns(word)
}

/// The parts of a folded word, in order; none is empty.
#[derive(Clone)]
pub(crate) struct ScriptRuns<'a>(&'a str);

impl<'a> Iterator for ScriptRuns<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0;
        let is_first_unspaced = is_unspaced(rest.chars().next()?);
        let is_other = |c: char| is_unspaced(c) != is_first_unspaced && !is_combining_mark(c);
        let end = if rest.is_ascii() { None } else { rest.find(is_other) };
        let (run, rest) = rest.split_at(end.unwrap_or(rest.len()));
        self.0 = rest;
        Some(run)
    }
}

/// Whether a word of a text stands for one of the consecutive parts of a phrase. A phrase may begin and end within a run of such a script.
pub(crate) fn fits_phrase(word: &str, part: &str, is_first: bool, is_last: bool) -> bool {
    if !is_unspaced_word(part) {
        return word == part;
    }
    match (is_first, is_last) {
        (true, true) => word.contains(part),
        (true, false) => word.ends_with(part),
        (false, true) => word.starts_with(part),
        (false, false) => word == part,
    }
}

/// The terms of one part of a word, as `each_abstract_term` visits them.
pub(crate) fn terms_of_run(run: &str) -> impl Iterator<Item = &str> {
    let is_unspaced = is_unspaced_word(run);
    let starts = run.char_indices().map(|(start, _)| start);
    starts.take(if is_unspaced { usize::MAX } else { 1 }).filter_map(move |start| {
        let rest = run.get(start..)?;
        let second = rest.char_indices().nth(2).filter(|_| is_unspaced);
        rest.get(..second.map_or(rest.len(), |(end, _)| end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_where_scripts_meet() {
        let runs = |word| script_runs(word).collect::<Vec<_>>();
        assert_eq!(runs("基于gpt4的方法"), ["基于", "gpt4", "的方法"]);
        assert_eq!(runs("transformer"), ["transformer"]);
        assert_eq!(runs("нейрон"), ["нейрон"]);
        assert_eq!(runs("हिन्दी"), ["हिन्दी"]);
        assert_eq!(runs("トランスフォーマー"), ["トランスフォーマー"]);
        assert_eq!(runs("의존성parsing"), ["의존성", "parsing"]);
        assert!(runs("").is_empty());
    }
}
