//! Examples beside the properties: orders of matches, phrases, hidden papers, files on disk, cancelled searches.

use super::*;

#[test]
fn better_matches_come_first() {
    let titles =
        ["Maintaining Flora", "LoRA: Low-Rank Adaptation", "Low-Rank Adaptation", "Lorax forests", "LoRA fine-tuning"];
    let samples: Vec<Sample> = (1..).zip(titles).map(|(row, title)| Sample::titled(row, title)).collect();
    let index = index(&samples);
    let found = |text: &str| -> Vec<String> {
        search(&index, &all_words(text)).complete().iter().map(|doc| index.title(*doc).to_owned()).collect()
    };
    let lora = found("lora");
    assert_eq!(
        lora.iter().skip(2).map(String::as_str).collect::<Vec<_>>(),
        ["Lorax forests", "Low-Rank Adaptation", "Maintaining Flora"]
    );
    assert!(lora[..2].iter().all(|title| title.contains("LoRA")));
    assert_eq!(found("low rank"), found("low-rank"));
    assert_eq!(found("finetuning lora"), ["LoRA fine-tuning"]);
    assert_eq!(found("lorax zzz"), [""; 0]);
    assert_eq!(search(&index, &all_words("lorax zzz")).unmatched, ["zzz"]);
}

#[test]
fn a_rare_word_may_be_a_misspelling_of_a_frequent_one() {
    let titles = ["A transfomer", "Transformers", "On the transformer", "Transformer views", "A reformer", "Bo Lee"];
    let mut samples: Vec<Sample> = (1..).zip(titles).map(|(row, title)| Sample::titled(row, title)).collect();
    let count = |samples: &[Sample], text: &str| search(&index(samples), &Query::parse(text)).count;
    assert_eq!(count(&samples, "transfomer"), 3, "the word itself first");
    let index_of = index(&samples);
    let hits = search(&index_of, &Query::parse("transfomer"));
    let titles: Vec<&str> = hits.complete().iter().map(|doc| index_of.title(*doc)).collect();
    assert_eq!(titles[0], "A transfomer");
    let by = Approximation::Spellings(["transformer".to_owned()].into());
    assert_eq!(hits.approximate, [ApproximateWord { word: "transfomer".to_owned(), by }]);
    let words = highlight_patterns(&Query::parse("transfomer"));
    assert_eq!(highlights(&words, &hits.approximate, (HighlightedText::Title, "On the transformer")), vec![7..18]);
    for (query, expected) in [
        ("'transfomer", 1),
        ("^transfomer", 1),
        ("title:transfomer", 3),
        ("-transfomer", 5),
        ("reformer", 1),
        ("transformer", 3),
    ] {
        assert_eq!(count(&samples, query), expected, "{query}");
    }
    samples[5].authors = vec!["Bo Transfomer".to_owned()];
    assert_eq!(count(&samples, "transfomer"), 2, "a name is no misspelling");
    samples[5].authors = Vec::new();
    samples[4].title = "A second transfomer".to_owned();
    assert_eq!(count(&samples, "transfomer"), 2, "nor a word that is not rare");
}

#[test]
fn phrases_stand_together() {
    let mut samples: Vec<Sample> = (1..)
        .zip(["Deep nets", "nets deep", "Very Deep Nets, again"])
        .map(|(row, title)| Sample::titled(row, title))
        .collect();
    samples[0].authors = vec!["Tri Dao".into(), "Ann Lee".into()];
    samples[1].authors = vec!["Ann Tri".into(), "Dao Lee".into()];
    let index = index(&samples);
    let found = |term| rows(&index, &search(&index, &query(Filter::Term(term))));
    assert_eq!(found(Term::Phrase("deep nets".into())), BTreeSet::from([1, 3]));
    assert_eq!(found(Term::Phrase("deep ^ne".into())), BTreeSet::from([1, 3]), "the beginning of a word");
    assert_eq!(found(Term::Phrase("deep ne".into())), BTreeSet::new());
    assert_eq!(found(Term::Phrase("^dee".into())), BTreeSet::from([1, 2, 3]));
    assert_eq!(found(Term::Author(Pattern::Phrase("tri ^da".into()))), BTreeSet::from([1]));
    assert_eq!(found(Term::Author(Pattern::Phrase("tri dao".into()))), BTreeSet::from([1]));
    assert_eq!(found(Term::Title(Pattern::Phrase("nets".into()))), BTreeSet::from([1, 2, 3]));
}

#[test]
fn hidden_papers_are_shown_only_when_asked_for() {
    let mut samples: Vec<Sample> = (1..=3).map(|row| Sample::titled(row, "deep nets")).collect();
    samples[0].digests = vec![(2, None)];
    let index = index(&samples);
    let mut states = ReadingStates::new(index.len());
    let is_hidden: Vec<bool> = index.digest_table().iter().map(|digest| digest.source == "starter").collect();
    states.hide_digests(&index, &is_hidden);
    let count = |filter| search_with(&mut SearchEngine::new(), &index, &states, &query(filter)).count;
    assert_eq!(count(Filter::All), 2);
    assert_eq!(count(word("deep")), 2);
    let shelf = Filter::Term(Term::Digest(DigestPattern::Named("shelf".into())));
    assert_eq!(count(shelf.clone()), 1);
    assert_eq!(count(Filter::Not(Box::new(shelf))), 2);
    assert_eq!(count(Filter::Term(Term::Id("title:1".into()))), 1);
    states.hide_digests(&index, &[]);
    assert_eq!(search_with(&mut SearchEngine::new(), &index, &states, &query(Filter::All)).count, 3);
}

/// One paper is similar to every other.
struct SimilarTo(DocId);

impl AbstractSearch for SimilarTo {
    fn phrase(&self, phrase: &str) -> Option<PaperSet> {
        NoAbstracts.phrase(phrase)
    }

    fn word(&self, word: &Word) -> Option<PaperSet> {
        NoAbstracts.word(word)
    }

    fn similar(&self, _name: &str) -> Option<Vec<RankedPaper>> {
        Some(vec![RankedPaper { doc: self.0, score: 1.0, reasons: Vec::new() }])
    }
}

#[test]
fn an_excluded_similar_paper_does_not_change_the_order() {
    let titles = ["Deep nets", "Very deep nets", "Nets"];
    let samples: Vec<Sample> = (1..).zip(titles).map(|(row, title)| Sample::titled(row, title)).collect();
    let index = index(&samples);
    let states = Arc::new(ReadingStates::new(index.len()));
    let similar = SimilarTo(index.find("title:3").unwrap());
    let found = |text: &str| {
        let view = SearchView {
            index: &index,
            states: &states,
            abstracts: &similar,
            notes: &NoNotes,
            today: date(2025, 4, 1),
            cancelled: &|| false,
        };
        let hits = SearchEngine::new().search(&view, &Query::parse(text)).unwrap();
        (hits.complete(), hits.ranked.len())
    };
    assert_eq!(found("similar:x"), (vec![similar.0], 1));
    let (by_rank, _) = found("very OR deep");
    assert_eq!(found("(very OR deep) -similar:x"), (by_rank, 0));
}

#[test]
fn added_days_are_days_of_the_reader() {
    let mut samples: Vec<Sample> = (1..=2).map(|row| Sample::titled(row, "deep nets")).collect();
    let noon = |day: jiff::civil::Date| {
        day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::system()).unwrap().timestamp().as_second()
    };
    samples[0].added = noon(date(2025, 4, 1));
    samples[1].added = noon(date(2025, 3, 1));
    let index = index(&samples);
    let when = Span::of(NamedDate::Within { count: 7, unit: TimeUnit::Days });
    assert_eq!(rows(&index, &search(&index, &query(Filter::Term(Term::Added(when))))), BTreeSet::from([1]));
}

fn build(path: &Path, samples: &[Sample], digests: &[DigestRow], revision: i64) -> BuiltIndex {
    let mut builder = IndexBuilder::new(path, digests, revision).unwrap();
    samples.iter().for_each(|sample| builder.push(&sample.doc()).unwrap());
    builder.finish().unwrap()
}

#[test]
fn an_index_on_disk_replaces_the_old_one_and_survives_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.idx");
    assert!(Index::open(&path).unwrap().is_none());
    let samples: Vec<Sample> = (1..=3).map(|row| Sample::titled(row, &format!("Paper {row}"))).collect();
    let built = build(&path, &samples, &digests(), 7);
    let old = Index::open(&path).unwrap().unwrap();
    assert_eq!((built.papers, old.len(), old.revision()), (3, 3, 7));
    build(&path, &samples[..1], &digests(), 8);
    assert_eq!((old.len(), old.title(2)), (3, "Paper 3"));
    assert_eq!(Index::open(&path).unwrap().unwrap().len(), 1);
    build(&path, &[], &[], 9);
    let empty = Index::open(&path).unwrap().unwrap();
    assert!(empty.is_empty() && empty.verify());
    assert_eq!(search(&Arc::new(empty.into()), &all_words("a")).count, 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    std::fs::write(&path, b"something else entirely").unwrap();
    assert!(Index::open(&path).unwrap().is_none());
}

#[test]
fn a_search_can_be_cancelled() {
    let index = index(&[Sample::titled(1, "deep nets")]);
    let states = Arc::new(ReadingStates::new(1));
    let view = SearchView {
        index: &index,
        states: &states,
        abstracts: &NoAbstracts,
        notes: &NoNotes,
        today: date(2025, 4, 1),
        cancelled: &|| true,
    };
    assert!(SearchEngine::new().search(&view, &all_words("deep")).is_none());
}
