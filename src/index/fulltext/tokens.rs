//! What the full text holds of an abstract: its words as everything else here folds them, unstemmed and with their places, so that it
//! finds exactly what reading the abstracts would find; and the paper's row in papers.db.

use tantivy::Index;
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};

use crate::domain::fold;

const TOKENIZER: &str = "folded";
/// Name of the field with the words.
pub(super) const WORDS: &str = "words";
/// Name of the column with rows of papers.db.
pub(super) const ROW: &str = "row";

/// The schema with the field of words and the field of rows.
pub(super) fn schema() -> (Schema, Field, Field) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(TOKENIZER)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let words = builder.add_text_field(WORDS, TextOptions::default().set_indexing_options(indexing));
    let row = builder.add_i64_field(ROW, FAST);
    (builder.build(), words, row)
}

pub(super) fn register(index: &Index) {
    index.tokenizers().register(TOKENIZER, TextAnalyzer::from(Folded::default()));
}

/// The folded words of one text after another, in buffers that are used again.
#[derive(Clone, Default)]
struct Folded {
    text: String,
    ends: Vec<usize>,
}

impl Tokenizer for Folded {
    type TokenStream<'a> = Words<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Words<'a> {
        self.text.clear();
        self.ends.clear();
        fold::each_word(text, |word| {
            self.text.push_str(word);
            self.ends.push(self.text.len());
        });
        Words { folded: self, start: 0, token: Token::default() }
    }
}

struct Words<'a> {
    folded: &'a Folded,
    start: usize,
    token: Token,
}

impl TokenStream for Words<'_> {
    fn advance(&mut self) -> bool {
        let position = self.token.position.wrapping_add(1);
        let Some(end) = self.folded.ends.get(position) else { return false };
        self.token.position = position;
        self.token.text.clear();
        self.token.text.push_str(self.folded.text.get(self.start..*end).unwrap_or_default());
        self.start = *end;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
