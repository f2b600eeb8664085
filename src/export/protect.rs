//! Capital letters in titles: styles that write titles in lower case would change `LoRA`, `GPT-4`, `type I` and `Gaussian`, so those words
//! are put in braces. Other capitalised words are left to the style, except where a title writes only names with a capital. Nothing but
//! braces is added.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::char::canonical_combining_class;

use super::spelling::{FieldEncoding, FieldWriter};
use super::token::LatexToken;

/// Whether a part of a word, a run of letters and digits, must be protected from lower-casing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PartClass {
    /// Left to the style.
    Plain,
    /// A capital after the first letter, a capital with a digit or in a formula, a single capital, a name: braces needed.
    Spoiled,
    /// Begins with a capital, as any word of a title may.
    Capitalised,
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
pub(super) fn protected(tokens: &[LatexToken], encoding: FieldEncoding) -> String {
    let mut braces = vec![(0_usize, 0_usize); tokens.len() + 1];
    let mut brace = |start: usize, end: usize, times: usize| {
        if let Some(slot) = braces.get_mut(start) {
            slot.1 += times;
        }
        if let Some(slot) = braces.get_mut(end) {
            slot.0 += times;
        }
    };
    let words: Vec<(usize, Vec<WordPart>, &[LatexToken])> = words(tokens)
        .into_iter()
        .filter_map(|(start, end)| tokens.get(start..end).map(|word| (start, parts(word), word)))
        .collect();
    let capitals_are_names = is_sentence_case(&words);
    let texts: Vec<String> =
        words.iter().flat_map(|(_, parts, word)| parts.iter().map(|part| letters(word, part))).collect();
    let mut begins_sentence = true;
    let mut place = 0;
    for (start, mut parts, word) in words {
        let end = start + word.len();
        let is_first_word = place == 0;
        let mut after_letter = false;
        for (within, part) in parts.iter_mut().enumerate() {
            let letters = texts.get(place).map_or("", String::as_str);
            // `K-Means`: the letter is the name, not the word that it names.
            let is_name = capitals_are_names && !(begins_sentence && within == 0) && !after_letter;
            let meaning =
                || is_noun_at(&texts, place) || is_single_capital(word, part, letters) || begins_accented(letters);
            if part.class == PartClass::Capitalised && (is_name || meaning()) {
                part.class = PartClass::Spoiled;
            }
            after_letter = letters.chars().count() == 1;
            place += 1;
        }
        spoil_whole_names(word, &mut parts, is_first_word);
        if !parts.is_empty() {
            begins_sentence = ends_sentence(word);
        }
        if word.iter().any(|token| matches!(token, LatexToken::Command(_))) {
            // Braces inside such a word could cut a command from its argument, so the whole word gets them. A brace right before a
            // backslash would make it a special character, which is lower-cased all the same: hence two.
            let switched = matches!(word, [LatexToken::Open, LatexToken::Command(_), ..]) && has_capital(word);
            if switched || parts.iter().any(|part| part.class == PartClass::Spoiled) {
                brace(start, end, if matches!(word.first(), Some(LatexToken::Command(_))) { 2 } else { 1 });
            }
            continue;
        }
        for (first, last) in spoiled_runs(word, &parts) {
            brace(start + first, start + last, 1);
        }
    }
    let mut field = FieldWriter::new(encoding);
    for (index, (close, open)) in braces.into_iter().enumerate() {
        (0..close).for_each(|_| field.code("}"));
        (0..open).for_each(|_| field.code("{"));
        if let Some(token) = tokens.get(index) {
            field.token(token);
        }
    }
    field.finish()
}

/// Whether a title writes its words in lower case, so that a capital marks a name. Function words tell nothing.
fn is_sentence_case(words: &[(usize, Vec<WordPart>, &[LatexToken])]) -> bool {
    let (mut lower, mut capital) = (0_usize, 0_usize);
    let mut begins_sentence = true;
    for (_, parts, word) in words {
        let counted = parts.iter().skip(usize::from(begins_sentence));
        let classes: Vec<PartClass> =
            counted.filter(|part| tells_case(&letters(word, part), part.class)).map(|part| part.class).collect();
        // `Ko--Rado` is one name.
        capital += usize::from(classes.contains(&PartClass::Capitalised));
        lower += usize::from(classes.contains(&PartClass::Plain));
        if !parts.is_empty() {
            begins_sentence = ends_sentence(word);
        }
    }
    lower > 0 && lower >= 2 * capital.saturating_sub(1)
}

fn tells_case(letters: &str, class: PartClass) -> bool {
    match class {
        PartClass::Capitalised => letters.chars().nth(1).is_some() && !is_proper_noun(letters),
        PartClass::Plain => letters.len() > 3 && !FUNCTION_WORDS.contains(&letters),
        PartClass::Spoiled | PartClass::Number => false,
    }
}

/// Words of more than three letters that stand in lower case in every title.
const FUNCTION_WORDS: &[&str] = &[
    "about",
    "across",
    "after",
    "against",
    "along",
    "among",
    "around",
    "because",
    "before",
    "behind",
    "below",
    "beneath",
    "beside",
    "between",
    "beyond",
    "does",
    "done",
    "during",
    "from",
    "have",
    "into",
    "like",
    "near",
    "need",
    "onto",
    "over",
    "past",
    "since",
    "than",
    "that",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "through",
    "throughout",
    "toward",
    "towards",
    "under",
    "until",
    "upon",
    "versus",
    "what",
    "when",
    "where",
    "which",
    "while",
    "whose",
    "with",
    "within",
    "without",
    "your",
];

/// Whether the next word begins a sentence or a subtitle.
fn ends_sentence(word: &[LatexToken]) -> bool {
    matches!(word.last(), Some(LatexToken::Literal(':' | '.' | '?' | '!' | '—')))
}

fn has_capital(word: &[LatexToken]) -> bool {
    word.iter().any(|token| match token {
        LatexToken::Literal(c) => c.is_uppercase(),
        LatexToken::Formula(code) => code.contains(char::is_uppercase),
        _ => false,
    })
}

/// `type I`, `O(n)`, `K-Means`: any single capital but the article.
fn is_single_capital(word: &[LatexToken], part: &WordPart, letters: &str) -> bool {
    let is_article = letters == "A" && part.start == 0 && part.end == word.len();
    letters.chars().count() == 1 && !is_article
}

/// Names of one word, and of two with a low line between them: a second word in lower case only tells that the first one is a name there.
static NOUNS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("../../assets/proper_nouns.txt").split_whitespace().collect());

/// The first words of those of two.
static PAIRED: LazyLock<HashSet<&str>> =
    LazyLock::new(|| NOUNS.iter().filter_map(|noun| Some(noun.split_once('_')?.0)).collect());

fn is_proper_noun(letters: &str) -> bool {
    let name = without_possessive(letters);
    NOUNS.contains(name) || name.strip_suffix('s').is_some_and(|name| NOUNS.contains(name))
}

fn without_possessive(letters: &str) -> &str {
    letters.split_once(['\'', '’']).map_or(letters, |(name, _)| name)
}

/// Whether the word at this place is a proper noun, alone (`Galois`) or with a word beside it (`New York`, `Lie Algebra`).
fn is_noun_at(texts: &[String], place: usize) -> bool {
    let word =
        |place: Option<usize>| place.and_then(|place| texts.get(place)).map_or("", |text| without_possessive(text));
    let (before, this, after) = (word(place.checked_sub(1)), word(Some(place)), word(place.checked_add(1)));
    let pair =
        |first: &str, second: &str| PAIRED.contains(first) && NOUNS.contains(format!("{first}_{second}").as_str());
    is_proper_noun(this)
        || pair(this, after)
        || pair(before, this)
        || PAIRED.contains(this) && pair(this, &after.to_lowercase())
}

/// Whether a word begins with an accented capital. Such words are nearly always names.
fn begins_accented(letters: &str) -> bool {
    letters.starts_with(|c: char| c.is_uppercase() && matches!(c, 'À'..='ɏ' | '\u{1E00}'..='\u{1EFF}'))
}

/// Words that end the names of systems: `GPT-Bench`.
const NAME_ENDS: [&str; 7] = ["Bench", "Eval", "Gym", "Instruct", "Net", "Nets", "Nav"];

/// The rest of a hyphenated name belongs to it where the name stands alone before a colon at the begin (`MoE-Former: ...`), and where it
/// ends as names do.
fn spoil_whole_names(word: &[LatexToken], parts: &mut [WordPart], is_first_word: bool) {
    let is_title = is_first_word
        && matches!(word.last(), Some(LatexToken::Literal(':')))
        && parts.iter().any(|part| part.class == PartClass::Spoiled && !is_proper_noun(&letters(word, part)));
    let mut before: Option<WordPart> = None;
    for part in parts {
        let follows_name = before.is_some_and(|before| {
            before.class == PartClass::Spoiled
                && joined(word, before.end, part.start)
                && NAME_ENDS.contains(&letters(word, part).as_str())
        });
        if part.class == PartClass::Capitalised && (is_title || follows_name) {
            part.class = PartClass::Spoiled;
        }
        before = Some(*part);
    }
}

/// The characters of a part.
fn letters(word: &[LatexToken], part: &WordPart) -> String {
    let tokens = word.get(part.start..part.end).unwrap_or_default().iter();
    tokens.filter_map(|token| if let LatexToken::Literal(c) = token { Some(*c) } else { None }).collect()
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
            LatexToken::Verbatim(code) => code == "~",
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

/// The parts of a word outside groups. An apostrophe and a formula inside belong to their part.
fn parts(word: &[LatexToken]) -> Vec<WordPart> {
    let mut parts = Vec::new();
    let mut letters = String::new();
    let (mut start, mut depth, mut formulas) = (0, 0_usize, 0_usize);
    for (index, token) in word.iter().chain([&LatexToken::Close]).enumerate() {
        match token {
            LatexToken::Open => depth += 1,
            LatexToken::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_empty = letters.is_empty() && formulas == 0;
        // A mark without a composed form belongs to its letter.
        let inside =
            |c: char| c.is_alphanumeric() || !is_empty && (matches!(c, '\'' | '’') || canonical_combining_class(c) > 0);
        match token {
            LatexToken::Literal(c) if depth == 0 && inside(*c) => {
                if is_empty {
                    start = index;
                }
                letters.push(*c);
            }
            LatexToken::Formula(code) if depth == 0 => {
                if is_empty {
                    start = index;
                }
                formulas += 1;
                // A capital of a formula counts wherever it stands.
                letters.extend(code.chars().filter(|c| c.is_uppercase()));
            }
            LatexToken::Command(_) => {}
            _ if !is_empty => {
                let trimmed = letters.trim_end_matches(['\'', '’']);
                let end = index + trimmed.chars().count() - letters.chars().count();
                let has_capital = trimmed.contains(char::is_uppercase);
                let class = if formulas > 0 && has_capital { PartClass::Spoiled } else { class(trimmed) };
                parts.push(WordPart { start, end, class });
                letters.clear();
                formulas = 0;
            }
            _ => {}
        }
    }
    parts
}

fn class(part: &str) -> PartClass {
    let capital = part.contains(char::is_uppercase);
    let capital_inside = part.chars().skip(1).any(char::is_uppercase);
    // `R³` as well as `R3`.
    let digit = part.chars().any(char::is_numeric);
    match part.chars().next() {
        _ if capital_inside || (digit && capital) => PartClass::Spoiled,
        Some(c) if c.is_uppercase() => PartClass::Capitalised,
        Some(c) if c.is_numeric() => PartClass::Number,
        _ => PartClass::Plain,
    }
}

/// The ranges of a word that need braces, end exclusive: joined parts of which one would be spoiled, with the numbers beside them.
fn spoiled_runs(word: &[LatexToken], parts: &[WordPart]) -> Vec<(usize, usize)> {
    let mut runs: Vec<Vec<WordPart>> = Vec::new();
    for &part in parts.iter().filter(|part| matches!(part.class, PartClass::Spoiled | PartClass::Number)) {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| joined(word, last.end, part.start)) => run.push(part),
            _ => runs.push(vec![part]),
        }
    }
    let spoiled = |run: &[WordPart]| run.iter().any(|part| part.class == PartClass::Spoiled);
    let ends = |run: &Vec<WordPart>| Some((run.first()?.start, without_plural(word, run.last()?)));
    runs.iter().filter(|run| spoiled(run)).filter_map(ends).collect()
}

fn joined(word: &[LatexToken], end: usize, start: usize) -> bool {
    match word.get(end..start) {
        Some([LatexToken::Literal(c)]) => JOINERS.contains(*c),
        Some([LatexToken::Literal('-'), LatexToken::Literal('-')]) => true,
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
    use super::super::latex::{latex_tokens, plain_tokens};
    use super::super::scan::braces_balance;
    use super::super::spelling::written;
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
            ("A Plan, Boat-2, K-Means, 90% of T5", "A Plan, Boat-2, {K}-Means, 90\\% of {T5}"),
            ("Q&A on I/O by 'GPT'", "{Q\\&A} on {I/O} by '{GPT}'"),
            ("O'Neill's LLM's", "{O'Neill's} {LLM's}"),
            ("Über BÜRO", r#"{{\"U}ber} {B{\"U}RO}"#),
            ("Gradients by Émile on Öland", r#"Gradients by {{\'E}mile} on {{\"O}land}"#),
            // The rest of a hyphenated name.
            ("R³-Bench: Ropes", "{R$^{3}$-Bench}: Ropes"),
            ("MoE-Former: CLIP-Based Ropes", "{MoE-Former}: {CLIP}-Based Ropes"),
            ("A Study of R³-Bench and U-Net", "A Study of {R$^{3}$-Bench} and {U-Net}"),
            // Single capitals that mean something.
            ("Sorting in O(n) with K-Means for Type I Errors", "Sorting in {O}(n) with {K}-Means for Type {I} Errors"),
            ("Sorting in O(n) with K-Means for type I errors", "Sorting in {O}(n) with {K}-Means for type {I} errors"),
            ("Planning: A Survey of A* and a Vitamin", "Planning: A Survey of {A}* and a Vitamin"),
            ("Lines at 5000 Å", r"Lines at 5000 {{\AA}}"),
            // Proper nouns.
            ("Bayesian Optimization of Gaussians", "{Bayesian} Optimization of {Gaussians}"),
            ("Non-Gaussian Noise and Bayes' Rule", "Non-{Gaussian} Noise and {Bayes}' Rule"),
            ("Quiet Monte Carlo for Kolmogorov-Arnold Ropes", "Quiet {Monte} {Carlo} for {Kolmogorov-Arnold} Ropes"),
            (
                "Metropolis-Hastings, Johnson–Lindenstrauss, Frank-Wolfe",
                "{Metropolis-Hastings}, {Johnson--Lindenstrauss}, {Frank-Wolfe}",
            ),
            ("Ropes by Hawkes in Thai and Hough-Based Knots", "Ropes by {Hawkes} in {Thai} and {Hough}-Based Knots"),
            ("Bézier, Büchi and Matérn Ropes", r#"{B{\'e}zier}, {B{\"u}chi} and {Mat{\'e}rn} Ropes"#),
            ("On Polyak-Łojasiewicz and Lovász's Ropes", r"On {Polyak-{\L}ojasiewicz} and {Lov{\'a}sz's} Ropes"),
            ("Ropes in New York, New Knots", "Ropes in {New} {York}, New Knots"),
            ("Ropes on Lie Algebras, Lie Detection", "Ropes on {Lie} Algebras, Lie Detection"),
            ("The Galois group of a quiet Boatman field", "The {Galois} group of a quiet {Boatman} field"),
            ("Boats in harbours. Ropes and knots: Ties for all", "Boats in harbours. Ropes and knots: Ties for all"),
            ("An Erdős–Ko–Rado theorem", r"An {Erd{\H{o}}s--Ko--Rado} theorem"),
            ("Ropes You Need with Boats from Harbours", "Ropes You Need with Boats from Harbours"),
        ] {
            assert_eq!(protected(&plain_tokens(title), FieldEncoding::Ascii), expected);
        }
    }

    #[test]
    fn latex_in_titles_survives_a_change_of_case() {
        for (title, expected) in [
            (r"$\ell_1$ Noise at $O(N)$ for $k$-NN", r"$\ell_1$ Noise at {$O(N)$} for $k$-{NN}"),
            (r#"M\"obiusNet and Poincar\'e"#, r#"{M{\"o}biusNet} and {Poincar{\'e}}"#),
            (r"\'EclairNet", r"{{\'E}clairNet}"),
            (r"\textbf{A LoRA} {GPT} for {B}ERT", r"\textbf{A LoRA} {GPT} for {B}{ERT}"),
            (r"\LaTeX and LoRA~GPT", r"{{\LaTeX}}and {LoRA}~{GPT}"),
            (r"An Erd\H{o}s--Ko--Rado theorem", r"An {Erd{\H{o}}s--Ko--Rado} theorem"),
            (r"Lines at 5000 \AA\ in stars", r"Lines at 5000 {{\AA}} in stars"),
            (r"Writing \LaTeX\ well: \S 3", r"Writing {{\LaTeX}} well: {{\S}}3"),
            (r"The {\it Chandra} view of {\bf LoRA}", r"The {{\it Chandra}} view of {{\bf LoRA}}"),
            (
                r"Growth of Sr$_2$RuO$_4$ and $^{87}$Rb in YBa$_2$Cu$_3$O$_{7-\delta}$",
                r"Growth of {Sr$_2$RuO$_4$} and {$^{87}$Rb} in {YBa$_2$Cu$_3$O$_{7-\delta}$}",
            ),
            (r"E$^2$-RAG, $L_1$-Penalized", r"{E$^2$-RAG}, {$L_1$}-Penalized"),
        ] {
            assert_eq!(protected(&latex_tokens(title), FieldEncoding::Ascii), expected);
        }
    }

    #[test]
    fn proper_nouns_are_a_sorted_list_of_names() {
        let nouns: Vec<&str> = include_str!("../../assets/proper_nouns.txt").split_whitespace().collect();
        assert!(nouns.is_sorted());
        for noun in nouns {
            let (first, second) = noun.split_once('_').unwrap_or((noun, ""));
            assert!(class(first) == PartClass::Capitalised && first.chars().count() > 1, "{noun}");
            assert!(matches!(class(second), PartClass::Capitalised | PartClass::Plain), "{noun}");
        }
    }

    proptest! {
        #[test]
        fn braces_are_all_that_changes(title in r"([\\{}$A-Cb-c' \-]|\\[a-z]{1,3}|[^\x00-\x1f]){0,30}") {
            for tokens in [latex_tokens(&title), plain_tokens(&title)] {
                let out = protected(&tokens, FieldEncoding::Unicode);
                prop_assert!(braces_balance(out.chars()), "{}", out);
                let bare = |text: &str| text.replace(['{', '}', '$', ' '], "");
                prop_assert_eq!(bare(&out), bare(&written(&tokens, FieldEncoding::Unicode)));
            }
        }
    }
}
