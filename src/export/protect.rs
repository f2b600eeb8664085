//! Capital letters in titles: styles that write titles in lower case would change `LoRA` and `GPT-4`, so those words are put in braces.
//! Plain capitalised words are left to the style. Nothing but braces is added.

use super::latex::{LatexToken, write_token};

/// Whether a part of a word, a run of letters and digits, must be protected from lower-casing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PartClass {
    /// Left to the style.
    Plain,
    /// A capital after the first letter, or a capital with a digit: braces needed.
    Spoiled,
    /// One capital letter: needs braces beside another such part or a spoiled one.
    Initial,
    /// Begins with a digit: shares the braces of its neighbour.
    Number,
}

/// A run of letters and digits inside one word; token numbers, end exclusive.
#[derive(Clone, Copy, Debug)]
struct WordPart {
    start: usize,
    end: usize,
    class: PartClass,
}

/// Characters that join the parts of one name.
const JOINERS: &str = "-\u{2010}\u{2011}\u{2013}/.&+_";

/// The title as it stands in a field, with braces around the words that need them.
pub(super) fn protected(tokens: &[LatexToken]) -> String {
    let mut braces = vec![(0_usize, 0_usize); tokens.len() + 1];
    let mut brace = |start: usize, end: usize, times: usize| {
        if let Some(slot) = braces.get_mut(start) {
            slot.1 += times;
        }
        if let Some(slot) = braces.get_mut(end) {
            slot.0 += times;
        }
    };
    for (start, end) in words(tokens) {
        let word = tokens.get(start..end).unwrap_or_default();
        let parts = parts(word);
        if word.iter().any(|token| matches!(token, LatexToken::Command(_))) {
            // Braces inside such a word could cut a command from its argument, so the whole word gets them. A brace right before a
            // backslash would make it a special character, which is lower-cased all the same: hence two.
            if parts.iter().any(|part| part.class == PartClass::Spoiled) {
                brace(start, end, if matches!(word.first(), Some(LatexToken::Command(_))) { 2 } else { 1 });
            }
            continue;
        }
        for (first, last) in spoiled_runs(word, &parts) {
            brace(start + first, start + last, 1);
        }
        for index in formulas_with_capitals(word) {
            brace(start + index, start + index + 1, 1);
        }
    }
    let mut out = String::new();
    for (index, (close, open)) in braces.into_iter().enumerate() {
        out.extend(std::iter::repeat_n('}', close).chain(std::iter::repeat_n('{', open)));
        if let Some(token) = tokens.get(index) {
            write_token(token, &mut out);
        }
    }
    out
}

/// Words between spaces outside groups; token numbers, end exclusive.
fn words(tokens: &[LatexToken]) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (index, token) in tokens.iter().enumerate() {
        let space = match token {
            LatexToken::Open => {
                depth += 1;
                false
            }
            LatexToken::Close => {
                depth = depth.saturating_sub(1);
                false
            }
            LatexToken::Literal(c) => c.is_whitespace(),
            LatexToken::Verbatim(code) => ["~", "\\ ", "\\\\"].contains(&code.as_str()),
            _ => false,
        };
        if space && depth == 0 {
            words.push((start, index));
            start = index + 1;
        }
    }
    words.push((start, tokens.len()));
    words
}

/// Formulas that need braces: BibTeX would lower-case their letters, too.
fn formulas_with_capitals(word: &[LatexToken]) -> Vec<usize> {
    let mut depth = 0_usize;
    let mut found = Vec::new();
    for (index, token) in word.iter().enumerate() {
        match token {
            LatexToken::Open => depth += 1,
            LatexToken::Close => depth = depth.saturating_sub(1),
            LatexToken::Formula(code) if depth == 0 && code.chars().any(char::is_uppercase) => found.push(index),
            _ => {}
        }
    }
    found
}

/// The parts of a word outside groups. An apostrophe inside belongs to its part.
fn parts(word: &[LatexToken]) -> Vec<WordPart> {
    let mut parts = Vec::new();
    let mut letters = String::new();
    let mut start = 0;
    let mut depth = 0_usize;
    for (index, token) in word.iter().chain([&LatexToken::Close]).enumerate() {
        match token {
            LatexToken::Open => depth += 1,
            LatexToken::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        let inside = |c: &char| c.is_alphanumeric() || (matches!(c, '\'' | '’') && !letters.is_empty());
        match token {
            LatexToken::Literal(c) if depth == 0 && inside(c) => {
                if letters.is_empty() {
                    start = index;
                }
                letters.push(*c);
            }
            // The letter a command accents belongs to the part around it.
            LatexToken::Command(_) => {}
            _ if !letters.is_empty() => {
                let trimmed = letters.trim_end_matches(['\'', '’']);
                let end = index + trimmed.chars().count() - letters.chars().count();
                parts.push(WordPart { start, end, class: class(trimmed) });
                letters.clear();
            }
            _ => {}
        }
    }
    parts
}

fn class(part: &str) -> PartClass {
    let capitals = part.chars().filter(|c| c.is_uppercase()).count();
    let capital_inside = part.chars().skip(1).any(char::is_uppercase);
    let digit = part.chars().any(|c| c.is_ascii_digit());
    match part.chars().next() {
        _ if capital_inside || (digit && capitals > 0) => PartClass::Spoiled,
        Some(c) if c.is_uppercase() && part.chars().count() == 1 => PartClass::Initial,
        Some(c) if c.is_ascii_digit() => PartClass::Number,
        _ => PartClass::Plain,
    }
}

/// The ranges of a word that need braces, end exclusive: joined parts of which one would be spoiled.
fn spoiled_runs(word: &[LatexToken], parts: &[WordPart]) -> Vec<(usize, usize)> {
    let mut runs: Vec<Vec<WordPart>> = Vec::new();
    for &part in parts.iter().filter(|part| part.class != PartClass::Plain) {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| joined(word, last.end, part.start)) => run.push(part),
            _ => runs.push(vec![part]),
        }
    }
    let spoiled = |run: &[WordPart]| {
        let count = |class| run.iter().filter(|part| part.class == class).count();
        count(PartClass::Spoiled) > 0 || count(PartClass::Initial) > 1
    };
    let ends = |run: &Vec<WordPart>| Some((run.first()?.start, without_plural(word, run.last()?)));
    runs.iter().filter(|run| spoiled(run)).filter_map(ends).collect()
}

fn joined(word: &[LatexToken], end: usize, start: usize) -> bool {
    match word.get(end..start) {
        Some([LatexToken::Literal(c)]) => JOINERS.contains(*c),
        _ => false,
    }
}

/// `{LLM}s`: the end of the part without a plural s after capitals.
fn without_plural(word: &[LatexToken], part: &WordPart) -> usize {
    let letters = word.get(part.start..part.end).unwrap_or_default();
    let capital =
        |token: &LatexToken| matches!(token, LatexToken::Literal(c) if c.is_uppercase() || c.is_ascii_digit());
    match letters.split_last() {
        Some((LatexToken::Literal('s'), stem)) if stem.len() > 1 && stem.iter().all(capital) => part.end - 1,
        _ => part.end,
    }
}

#[cfg(test)]
mod tests {
    use super::super::latex::{braces_balance, latex_tokens, plain_tokens};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_that_lower_case_would_spoil_get_braces() {
        for (title, expected) in [
            ("Quiet Gradients: Training BERT with Less", "Quiet Gradients: Training {BERT} with Less"),
            ("QLoRA: Efficient Finetuning of Quantized LLMs", "{QLoRA}: Efficient Finetuning of Quantized {LLM}s"),
            ("vAttention and GPT-4 or GPT-4o", "{vAttention} and {GPT-4} or {GPT-4o}"),
            ("The KV Cache, in 3D and 2.5D", "The {KV} Cache, in {3D} and {2.5D}"),
            (
                "Low-Rank, CLIP-Based, Pre-LN, S-LoRA, DeepSeek-V3",
                "Low-Rank, {CLIP}-Based, Pre-{LN}, {S-LoRA}, {DeepSeek-V3}",
            ),
            ("A Plan, Llama-2, K-Means, 90% of T5", "A Plan, Llama-2, K-Means, 90\\% of {T5}"),
            ("Q&A on I/O by 'GPT'", "{Q\\&A} on {I/O} by '{GPT}'"),
            ("O'Neill's LLM's", "{O'Neill's} {LLM's}"),
            ("Über BÜRO", "Über {BÜRO}"),
        ] {
            assert_eq!(protected(&plain_tokens(title)), expected);
        }
    }

    #[test]
    fn latex_in_titles_keeps_its_arguments() {
        for (title, expected) in [
            (r"$\ell_1$ Noise at $O(N)$ for $k$-NN", r"$\ell_1$ Noise at {$O(N)$} for $k$-{NN}"),
            (r#"M\"obiusNet and Poincar\'e"#, r#"{M\"obiusNet} and Poincar\'e"#),
            (r"\'EclairNet", r"{{\'EclairNet}}"),
            (r"\textbf{A LoRA} {GPT} for {B}ERT", r"\textbf{A LoRA} {GPT} for {B}{ERT}"),
            (r"\LaTeX and LoRA~GPT", r"\LaTeX and {LoRA}~{GPT}"),
        ] {
            assert_eq!(protected(&latex_tokens(title)), expected);
        }
    }

    proptest! {
        #[test]
        fn braces_are_all_that_changes(title in r"([\\{}$A-Cb-c' \-]|\\[a-z]{1,3}|[^\x00-\x1f]){0,30}") {
            for tokens in [latex_tokens(&title), plain_tokens(&title)] {
                let out = protected(&tokens);
                prop_assert!(braces_balance(out.chars()), "{}", out);
                let bare = |text: &str| text.replace(['{', '}'], "");
                prop_assert_eq!(bare(&out), bare(&super::super::latex::written(&tokens)));
            }
        }
    }
}
