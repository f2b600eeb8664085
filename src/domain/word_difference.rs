//! What differs between two texts, word by word.

/// Whether words are in both texts, or in one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordsIn {
    Both,
    Old,
    New,
}

/// Words that follow each other, separated by single blanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordRun {
    pub words_in: WordsIn,
    pub text: String,
}

/// Up to so many pairs of words are compared; what differs between longer texts is shown as one replacement.
const MOST_PAIRS: usize = 4_000_000;

/// The words of both texts in order, with the longest common sequence of words as what is in both. Words that differ only in white space
/// around them are equal. Time grows with the product of the words between the equal begins and ends.
pub fn word_difference(old: &str, new: &str) -> Vec<WordRun> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_whitespace().collect(), new.split_whitespace().collect());
    let first = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (old.get(first..).unwrap_or_default(), new.get(first..).unwrap_or_default());
    let last = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let old_middle = old_rest.get(..old_rest.len() - last).unwrap_or_default();
    let new_middle = new_rest.get(..new_rest.len() - last).unwrap_or_default();
    let mut runs = Vec::new();
    let mut push = |words_in: WordsIn, words: &[&str]| {
        for word in words {
            match runs.last_mut() {
                Some(WordRun { words_in: same, text }) if *same == words_in => {
                    text.push(' ');
                    text.push_str(word);
                }
                _ => runs.push(WordRun { words_in, text: (*word).to_owned() }),
            }
        }
    };
    push(WordsIn::Both, old.get(..first).unwrap_or_default());
    match old_middle.len().saturating_mul(new_middle.len()) {
        0..=MOST_PAIRS => {
            for (words_in, word) in aligned(old_middle, new_middle) {
                push(words_in, &[word]);
            }
        }
        _ => {
            push(WordsIn::Old, old_middle);
            push(WordsIn::New, new_middle);
        }
    }
    push(WordsIn::Both, old.get(old.len() - last..).unwrap_or_default());
    runs
}

/// The words of both lists in order; between common ones those of the old list first.
fn aligned<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(WordsIn, &'a str)> {
    // The length of the longest common sequence of what follows each pair of places.
    let width = new.len() + 1;
    let mut lengths = vec![0_u16; (old.len() + 1) * width];
    let at =
        |lengths: &[u16], row: usize, column: usize| lengths.get(row * width + column).copied().unwrap_or_default();
    for (row, old_word) in old.iter().enumerate().rev() {
        for (column, new_word) in new.iter().enumerate().rev() {
            let length = if old_word == new_word {
                at(&lengths, row + 1, column + 1).saturating_add(1)
            } else {
                at(&lengths, row + 1, column).max(at(&lengths, row, column + 1))
            };
            if let Some(place) = lengths.get_mut(row * width + column) {
                *place = length;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut words = Vec::new();
    loop {
        match (old.get(row), new.get(column)) {
            (Some(word), Some(other)) if word == other => {
                words.push((WordsIn::Both, *word));
                (row, column) = (row + 1, column + 1);
            }
            (Some(word), other)
                if other.is_none() || at(&lengths, row + 1, column) >= at(&lengths, row, column + 1) =>
            {
                words.push((WordsIn::Old, *word));
                row += 1;
            }
            (_, Some(word)) => {
                words.push((WordsIn::New, *word));
                column += 1;
            }
            (_, None) => return words,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(old: &str, new: &str) -> String {
        let run = |run: WordRun| match run.words_in {
            WordsIn::Both => run.text,
            WordsIn::Old => format!("[-{}-]", run.text),
            WordsIn::New => format!("{{+{}+}}", run.text),
        };
        word_difference(old, new).into_iter().map(run).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_that_were_removed_and_added_are_told() {
        for (old, new, expected) in [
            ("", "", ""),
            ("a b", "a\n b", "a b"),
            ("", "a b", "{+a b+}"),
            ("we fly kites in wind", "we fly two kites in calm wind", "we fly {+two+} kites in {+calm+} wind"),
            ("it is 2.7 times as fast", "it is 3.1 times as fast", "it is [-2.7-] {+3.1+} times as fast"),
            ("a b c", "c b a", "[-a b-] c {+b a+}"),
        ] {
            assert_eq!(shown(old, new), expected);
        }
        let many = |word: &str| vec![word; 3000].join(" ");
        assert_eq!(word_difference(&many("a"), &many("b")).len(), 2);
    }

    proptest! {
        #[test]
        fn both_texts_are_in_the_difference(old in "([abc] ){0,12}", new in "([abc] ){0,12}") {
            let runs = word_difference(&old, &new);
            for (text, other) in [(&old, WordsIn::New), (&new, WordsIn::Old)] {
                let words = runs.iter().filter(|run| run.words_in != other).map(|run| run.text.as_str());
                prop_assert_eq!(words.collect::<Vec<_>>().join(" "), text.trim());
            }
        }
    }
}
