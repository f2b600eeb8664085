//! Papers like others: those whose abstracts share the most telling words. No vectors: the words that are frequent in the one and rare in
//! the library are asked for all at once, and the best score wins.

use std::collections::HashMap;

use tantivy::Term;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

use super::{FullText, tokens};
use crate::domain::fold;
use crate::index::{DocId, Index};

/// Words asked for. More find no better papers and take longer.
const WORDS: usize = 30;
/// So many of them in any case; of the others those that fit into a bound on the papers that are looked at, so that frequent words, which
/// tell the least, cannot make it slow.
const FEWEST: usize = 6;
const LOOKED_AT: u64 = 400_000;
/// A paper with less than this part of the best score shares a few words by chance.
const LEAST: f32 = 0.2;

impl FullText {
    /// Up to `most` papers whose abstracts share the most telling words of a text, best first, with their scores; `own` are the papers
    /// the text is of, which are left out. None: broken.
    pub fn similar(&self, index: &Index, text: &str, own: &[DocId], most: usize) -> Option<Vec<(DocId, f32)>> {
        let mut counts: HashMap<String, u32> = HashMap::new();
        fold::each_word(text, |word| match counts.get_mut(word) {
            Some(count) => *count += 1,
            None if tells(word) => drop(counts.insert(word.to_owned(), 1)),
            None => {}
        });
        let found = self.answer(|| {
            let papers = self.searcher.num_docs() as f32;
            let mut words = Vec::new();
            for (word, count) in counts {
                let term = Term::from_field_text(self.words, &word);
                let having = self.searcher.doc_freq(&term)?;
                // A word of the paper alone leads nowhere.
                if having > 1 {
                    let weight = 1.0 + (count as f32).ln();
                    let rarity = ((papers - having as f32 + 0.5) / (having as f32 + 0.5)).ln_1p();
                    words.push((weight * rarity, weight, term, having));
                }
            }
            words.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.2.cmp(&b.2)));
            let (mut chosen, mut looked_at) = (0, 0);
            words.retain(|(_, _, _, having)| {
                let fits = chosen < FEWEST || (chosen < WORDS && looked_at + having <= LOOKED_AT);
                if fits {
                    chosen += 1;
                    looked_at += having;
                }
                fits
            });
            let clauses = words.into_iter().map(|(_, weight, term, _)| {
                let word: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
                let weighed: Box<dyn Query> = Box::new(BoostQuery::new(word, weight));
                (Occur::Should, weighed)
            });
            let query = BooleanQuery::new(clauses.collect());
            let best = self.searcher.search(&query, &TopDocs::with_limit(most + own.len()).order_by_score())?;
            let pieces = self.searcher.segment_readers().iter();
            let rows = pieces.map(|piece| piece.fast_fields().column_first_or_default::<i64>(tokens::ROW));
            let rows = rows.collect::<tantivy::Result<Vec<_>>>()?;
            let found = best.into_iter().filter_map(|(score, at)| {
                let row = rows.get(at.segment_ord as usize)?.get_val(at.doc_id);
                Some((index.with_row(row)?, score))
            });
            Ok(found.collect::<Vec<_>>())
        })?;
        let mut others: Vec<(DocId, f32)> = found.into_iter().filter(|(doc, _)| !own.contains(doc)).collect();
        let least = others.first().map_or(0.0, |(_, score)| score * LEAST);
        others.retain(|(_, score)| *score >= least);
        others.truncate(most);
        Some(others)
    }
}

/// Single letters and plain numbers say nothing about a paper.
fn tells(word: &str) -> bool {
    word.chars().nth(1).is_some() && !word.bytes().all(|byte| byte.is_ascii_digit())
}
