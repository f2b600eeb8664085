//! The whole index against plain loops over the same papers: matches, order, counts, and the effect of damage.

mod examples;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use super::build::builder::bytes_in_memory;
use super::sample::{NoAbstracts, NoNotes, Sample, WORDS, digests, index, samples};
use super::text::inflections::inflections;
use super::text::tokens::{each_initialism, each_term, folded, parts, words};
use super::*;
use crate::domain::date::PartialDate;
use crate::domain::named_date::{NamedDate, TimeUnit};
use crate::domain::query::{
    DigestPattern, Filter, Has, How, Is, Pattern, Query, QueryYear, Sort, SortBy, Span, Term, Word,
};
use crate::domain::reading::Status;

fn search_with(engine: &mut SearchEngine, index: &Arc<SegmentedIndex>, states: &ReadingStates, query: &Query) -> Hits {
    let states = &Arc::new(states.clone());
    let view = SearchView {
        index,
        states,
        abstracts: &NoAbstracts,
        notes: &NoNotes,
        today: date(2025, 4, 1),
        cancelled: &|| false,
    };
    engine.search(&view, query).unwrap()
}

fn search(index: &Arc<SegmentedIndex>, query: &Query) -> Hits {
    search_with(&mut SearchEngine::new(), index, &ReadingStates::new(index.len()), query)
}

fn query(filter: Filter) -> Query {
    Query { filter, ..Query::default() }
}

fn word(text: &str) -> Filter {
    Filter::Term(Term::Word(Word { text: text.into(), how: How::Fuzzy }))
}

fn all_words(text: &str) -> Query {
    query(Filter::And(text.split(' ').map(word).collect()))
}

fn rows(index: &SegmentedIndex, hits: &Hits) -> BTreeSet<i64> {
    assert_eq!(hits.count, hits.ids().count());
    hits.ids().map(|doc| index.row(doc)).collect()
}

/// The optimal string alignment distance, where swapped neighbours count one, computed by the textbook table.
fn distance(one: &[char], two: &[char]) -> usize {
    let mut table = vec![vec![0; two.len() + 1]; one.len() + 1];
    for i in 0..=one.len() {
        for j in 0..=two.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = table[i - 1][j - 1] + usize::from(one[i - 1] != two[j - 1]);
                let mut best = change.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                if i > 1 && j > 1 && one[i - 1] == two[j - 2] && one[i - 2] == two[j - 1] {
                    best = best.min(table[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    table[one.len()][two.len()]
}

/// Whether a query word matches a word of a text, by definition; `is_unknown`: no paper has it as a word or a part of one.
fn matches(query: &str, word: &str, how: How, is_unknown: bool) -> bool {
    let (q, w): (Vec<char>, Vec<char>) = (query.chars().collect(), word.chars().collect());
    let in_order = || {
        let mut letters = w.iter();
        q.iter().all(|c| letters.any(|other| other == c))
    };
    match how {
        How::Prefix => w.starts_with(&q),
        How::Exact => word.contains(query),
        How::Fuzzy => {
            w.starts_with(&q)
                || (q.len() >= 3 && word.contains(query))
                || (is_unknown && q.len() >= 3 && q.first() == w.first() && in_order())
                || (is_unknown && matches_by_typo(query, word))
        }
    }
}

fn terms_of(text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    each_term(&folded(text), |term| {
        terms.insert(term.to_owned());
    });
    terms
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum In {
    Any,
    Title,
    Author,
}

/// The words of title and authors in which a query word is looked for.
fn terms_in(sample: &Sample, field: In) -> BTreeSet<String> {
    let names = || sample.authors.iter().flat_map(|name| terms_of(name));
    match field {
        In::Any => terms_of(&sample.title).into_iter().chain(names()).collect(),
        In::Title => terms_of(&sample.title),
        In::Author => names().collect(),
    }
}

/// What the parts of a query word also match: their letters where no paper has them, and where few have, words one typo away in the titles of
/// twice as many, unless an author is called so.
fn approximations(samples: &[Sample], (text, how, field): &(String, How, In)) -> Vec<ApproximateWord> {
    if *how != How::Fuzzy {
        return Vec::new();
    }
    let approximation = |part: &str| {
        let has_form = |sample: &Sample| *field != In::Author && has_form(&sample.title, part, *how);
        let has_part = |sample: &Sample| terms_in(sample, *field).iter().any(|term| matches(part, term, *how, false));
        let papers = samples.iter().filter(|sample| has_part(sample) || has_form(sample)).count();
        if papers == 0 || part.chars().count() < 3 {
            return (part.chars().count() >= 3).then_some(Approximation::Letters);
        }
        if *field == In::Author || samples.iter().any(|sample| terms_in(sample, In::Author).contains(part)) {
            return None;
        }
        let mut having: BTreeMap<String, usize> = BTreeMap::new();
        samples
            .iter()
            .flat_map(|sample| terms_of(&sample.title))
            .for_each(|term| *having.entry(term).or_default() += 1);
        let is_typo = |term: &str| !matches(part, term, *how, false) && matches_by_typo(part, term);
        having.retain(|term, others| is_typo(term) && *others >= 2 * papers);
        (!having.is_empty()).then(|| Approximation::Spellings(having.into_keys().collect()))
    };
    let query = parts(text);
    let parts = query.parts.into_iter().chain(query.joined);
    parts.filter_map(|word| Some(ApproximateWord { by: approximation(&word)?, word })).collect()
}

fn matches_by_typo(query: &str, word: &str) -> bool {
    let (q, w): (Vec<char>, Vec<char>) = (query.chars().collect(), word.chars().collect());
    q.len() >= 5 && distance(&q, &w) <= 1
}

/// Whether a title has another form of a word.
fn has_form(title: &str, word: &str, how: How) -> bool {
    how == How::Fuzzy && inflections(word).iter().any(|form| terms_of(title).contains(form))
}

fn holds(sample: &Sample, approximate: &[ApproximateWord], (text, how, field): &(String, How, In)) -> bool {
    let (how, field) = (*how, *field);
    let mut initials = BTreeSet::new();
    let folded_title = folded(&sample.title);
    let title_words: Vec<&str> = words(&folded_title).collect();
    each_initialism(&title_words, &mut |_| true, &mut |letters, _, _| {
        initials.insert(letters.to_owned());
    });
    let terms = terms_in(sample, field);
    let one = |part: &String| {
        let by = approximate.iter().find(|word| word.word == *part).map(|word| &word.by);
        let is_unknown = by == Some(&Approximation::Letters);
        let spellings = if let Some(Approximation::Spellings(words)) = by { &**words } else { &[] };
        let title_terms = terms_of(&sample.title);
        terms.iter().any(|term| matches(part, term, how, is_unknown))
            || spellings.iter().any(|word| title_terms.contains(word))
            || (field != In::Author && has_form(&sample.title, part, how))
            || (field != In::Author && how == How::Fuzzy && initials.contains(part))
    };
    let query = parts(text);
    if !query.are_adjacent || field == In::Author {
        return query.parts.iter().all(one) || query.joined.iter().any(one);
    }
    let (last, before) = query.parts.split_last().unwrap();
    let follow =
        |words: &[&str]| words.split_last().is_some_and(|(end, start)| end.starts_with(last) && start == before);
    let author = terms_in(sample, In::Author);
    let in_author = |part: &String| author.iter().any(|term| matches(part, term, how, false));
    title_words.windows(query.parts.len()).any(follow)
        || (field == In::Any && query.parts.iter().all(in_author))
        || query.joined.iter().any(one)
}

fn by_definition(samples: &[Sample], passes: impl Fn(&Sample) -> bool) -> BTreeSet<i64> {
    samples.iter().filter(|sample| passes(sample)).map(|sample| sample.row).collect()
}

fn query_word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(WORDS.to_vec());
    (known, 1usize..12, 0usize..12, prop::sample::select(vec!["", "", "cut", "drop", "swap", "change"])).prop_map(
        |(word, end, at, how)| {
            let mut letters: Vec<char> = word.chars().collect();
            let at = at % letters.len();
            match how {
                "cut" => letters.truncate(end.min(letters.len())),
                "drop" if letters.len() > 1 => {
                    letters.remove(at);
                }
                "swap" if at > 0 => letters.swap(at, at - 1),
                "change" => letters[at] = 'x',
                _ => {}
            }
            letters.into_iter().collect()
        },
    )
}

fn how() -> impl Strategy<Value = How> {
    prop::sample::select(vec![How::Fuzzy, How::Fuzzy, How::Exact, How::Prefix])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn words_match_as_the_definition_says(
        samples in samples(),
        queries in prop::collection::vec((query_word(), how(), prop::sample::select(vec![In::Any, In::Title, In::Author])), 1..6),
    ) {
        let index = index(&samples);
        let mut engine = SearchEngine::new();
        let states = ReadingStates::new(index.len());
        let term = |(text, how, field): &(String, How, In)| {
            let word = Word { text: text.clone(), how: *how };
            Filter::Term(match field {
                In::Any => Term::Word(word),
                In::Title => Term::Title(Pattern::Word(word)),
                In::Author => Term::Author(Pattern::Word(word)),
            })
        };
        let approximate: Vec<_> = queries.iter().map(|one| approximations(&samples, one)).collect();
        let passes = |sample: &Sample, one: &(String, How, In)| {
            let approximate = queries.iter().zip(&approximate).find(|(query, _)| *query == one).unwrap().1;
            holds(sample, approximate, one)
        };
        for one in &queries {
            let hits = search_with(&mut engine, &index, &states, &query(term(one)));
            prop_assert_eq!(rows(&index, &hits), by_definition(&samples, |sample| passes(sample, one)), "{} {:?}", one.0, one.1);
            prop_assert_eq!(hits.unmatched.len(), usize::from(hits.count == 0 && !parts(&one.0).parts.is_empty()));
            let mut expected = approximate[queries.iter().position(|other| other == one).unwrap()].clone();
            let mut found = hits.approximate.clone();
            for words in [&mut expected, &mut found] {
                words.sort_by(|a, b| a.word.cmp(&b.word));
                words.dedup();
            }
            prop_assert!(parts(&one.0).are_adjacent || found == expected, "{} {found:?} {expected:?}", one.0);
            // Under a NOT a word is searched for in another way, unless it was searched for before, and nothing matches by approximation.
            let not = query(Filter::Not(Box::new(term(one))));
            let not = search_with(&mut SearchEngine::new(), &index, &states, &not);
            prop_assert_eq!(rows(&index, &not), by_definition(&samples, |sample| !holds(sample, &[], one)), "not {} {:?}", one.0, one.1);
        }
        let filters: Vec<Filter> = queries.iter().map(term).collect();
        let and = search_with(&mut engine, &index, &states, &query(Filter::And(filters.clone())));
        prop_assert_eq!(rows(&index, &and), by_definition(&samples, |sample| queries.iter().all(|one| passes(sample, one))));
        let or = search_with(&mut engine, &index, &states, &query(Filter::Or(filters.clone())));
        prop_assert_eq!(rows(&index, &or), by_definition(&samples, |sample| queries.iter().any(|one| passes(sample, one))));
        let nor = search_with(&mut engine, &index, &states, &query(Filter::Not(Box::new(Filter::Or(filters)))));
        let has_none = |sample: &Sample| !queries.iter().any(|one| holds(sample, &[], one));
        prop_assert_eq!(rows(&index, &nor), by_definition(&samples, has_none));

        for hits in [and, or] {
            // Pages, the complete order and positions agree.
            let pages: Vec<DocId> = (0..hits.count).step_by(7).flat_map(|from| hits.page(from, 7)).collect();
            let places: Vec<Option<usize>> = pages.iter().map(|doc| hits.position(*doc, &|| false)).collect();
            prop_assert_eq!(&pages, &hits.complete());
            prop_assert_eq!(places, (0..hits.count).map(Some).collect::<Vec<_>>());
            prop_assert!(pages.iter().all(|doc| hits.contains(*doc)));
        }
    }

    #[test]
    fn column_filters_match_what_the_papers_say(samples in samples(), seed in 0usize..1000) {
        let index = index(&samples);
        let mut states = ReadingStates::new(index.len());
        for doc in 0..index.len() as DocId {
            let kind = (index.row(doc) as usize + seed) % 11;
            states.set_status(doc, Status::ALL[kind % 5]);
            states.set_starred(doc, kind == 7);
            states.set_has_note(doc, kind == 8);
            if kind > 8 {
                let tag = if kind == 9 { "area/vision" } else { "rl" };
                states.change_tags([(tag.to_owned(), vec![(doc, true)])].into());
            }
        }
        let kind = |sample: &Sample| (sample.row as usize + seed) % 11;
        let table = digests();
        let in_digest = |sample: &Sample, passes: &dyn Fn(&DigestRow) -> bool| {
            sample.digests.iter().any(|(digest, _)| passes(&table[*digest as usize]))
        };
        let day = |text: &str| text.parse::<PartialDate>().unwrap();
        let within = |sample: &Sample, from: &str, to: &str| {
            sample.date.is_some_and(|date| date.first_day() >= day(from).first_day() && date.last_day() <= day(to).last_day())
        };
        type Case<'a> = (Term, Box<dyn Fn(&Sample) -> bool + 'a>);
        let cases: Vec<Case<'_>> = vec![
            (Term::Status(vec![Status::Queued, Status::Dropped]), Box::new(|s| matches!(kind(s) % 5, 1 | 4))),
            (Term::Is(vec![Is::Starred]), Box::new(|s| kind(s) == 7)),
            (Term::Is(vec![Is::Touched]), Box::new(|s| kind(s) % 5 != 0 || kind(s) > 6)),
            (Term::Has(vec![Has::Code, Has::Note]), Box::new(|s| s.flags.contains(PaperFlags::CODE) || kind(s) == 8)),
            (
                Term::Is(vec![Is::Withdrawn, Is::Starred]),
                Box::new(|s| s.flags.contains(PaperFlags::WITHDRAWN) || kind(s) == 7),
            ),
            (Term::Is(vec![Is::Retracted]), Box::new(|s| s.flags.contains(PaperFlags::RETRACTED))),
            (Term::Has(vec![Has::Update]), Box::new(|s| s.flags.contains(PaperFlags::UPDATE))),
            (Term::Has(vec![Has::Venue]), Box::new(|s| s.flags.contains(PaperFlags::VENUE))),
            (Term::Tag(vec![]), Box::new(|s| kind(s) > 8)),
            (Term::Tag(vec!["area/*".into()]), Box::new(|s| kind(s) == 9)),
            (Term::Category(vec!["cs".into()]), Box::new(|s| s.categories.iter().any(|name| name.starts_with("cs.")))),
            (Term::Source(vec!["HF".into()]), Box::new(|s| in_digest(s, &|row| row.source == "hf"))),
            (Term::Digest(DigestPattern::Named("shelf".into())), Box::new(|s| in_digest(s, &|row| row.source == "starter"))),
            (
                Term::Digest(DigestPattern::Days(Span { from: Some(day("2025-03-13").into()), to: None })),
                Box::new(|s| in_digest(s, &|row| row.label == "14 Mar 2025")),
            ),
            (Term::Year(Span::of(QueryYear::Calendar(2024))), Box::new(|s| s.date.is_some_and(|date| date.year() == 2024))),
            (
                Term::Date(Span { from: Some(day("2024-03").into()), to: Some(day("2025-02-14").into()) }),
                Box::new(|s| within(s, "2024-03", "2025-02-14")),
            ),
            (Term::Votes(Span { from: Some(51), to: None }), Box::new(|s| s.votes.is_some_and(|votes| votes > 50))),
            (Term::Id("2403".into()), Box::new(|s| s.key.starts_with("arxiv:2403"))),
            (Term::Similar("x".into()), Box::new(|_| false)),
        ];
        let mut engine = SearchEngine::new();
        for (term, passes) in cases {
            let hits = search_with(&mut engine, &index, &states, &query(Filter::Term(term.clone())));
            prop_assert_eq!(rows(&index, &hits), by_definition(&samples, &passes), "{:?}", term);
            let counted = facets(&index, &states, &hits.papers());
            let found: Vec<&Sample> = samples.iter().filter(|sample| passes(sample)).collect();
            let count = |passes: &dyn Fn(&&&Sample) -> bool| found.iter().filter(|sample| passes(sample)).count();
            prop_assert_eq!(counted.total, found.len());
            prop_assert_eq!(counted.status, [0, 1, 2, 3, 4].map(|status| count(&|s| kind(s) % 5 == status)));
            prop_assert_eq!(counted.starred, count(&|s| kind(s) == 7));
            prop_assert_eq!(counted.has_code, count(&|s| s.flags.contains(PaperFlags::CODE)));
            for (year, papers) in &counted.years {
                prop_assert_eq!(*papers, count(&|s| s.date.is_some_and(|date| date.year() == *year)));
            }
            prop_assert_eq!(counted.years.iter().map(|(_, papers)| papers).sum::<usize>(), count(&|s| s.date.is_some()));
            for name in ["cs.LG", "math"] {
                let papers = counted.categories.iter().find(|(other, _)| other == name).map_or(0, |(_, papers)| *papers);
                let has = |s: &&&Sample| s.categories.iter().any(|other| other == name);
                prop_assert_eq!(papers, count(&has));
            }
            for (digest, papers) in &counted.digests {
                prop_assert_eq!(*papers, count(&|s| s.digests.iter().any(|(other, _)| other == digest)));
            }
            for (source, papers) in &counted.sources {
                prop_assert_eq!(*papers, count(&|s| in_digest(s, &|row| row.source == source.as_str())));
            }
            prop_assert_eq!(counted.tags.iter().map(|(_, papers)| papers).sum::<usize>(), count(&|s| kind(s) > 8));
        }
    }

    #[test]
    fn papers_are_read_as_written_and_every_sort_sorts(samples in samples()) {
        let index = index(&samples);
        let place = |row: i64| (0..index.len() as DocId).find(|doc| index.row(*doc) == row).unwrap();
        for sample in &samples {
            let doc = place(sample.row);
            prop_assert_eq!(index.title(doc), &sample.title);
            prop_assert_eq!(index.find(&sample.key), Some(doc));
            prop_assert_eq!((index.date(doc), index.votes(doc), index.added(doc)), (sample.date, sample.votes, sample.added));
            prop_assert_eq!(index.flags(doc), sample.flags);
            prop_assert_eq!(index.categories(doc).collect::<Vec<_>>(), sample.categories.iter().collect::<Vec<_>>());
            prop_assert_eq!(index.digests(doc).collect::<Vec<_>>(), sample.digests.clone());
        }
        let recency = |doc: DocId| {
            let listed = index.digests(doc).filter_map(|(digest, _)| index.digest_table()[digest as usize].day).max();
            index.date(doc).or(listed).map_or(0, PartialDate::packed)
        };
        let days: Vec<u32> = (0..index.len() as DocId).map(recency).collect();
        prop_assert!(days.is_sorted_by(|one, two| one >= two));
        let of = |doc: DocId| samples.iter().find(|sample| sample.row == index.row(doc)).unwrap();
        for descending in [false, true] {
            let sorted = |by| {
                let query = Query { sort: vec![Sort { by, descending }], ..Query::default() };
                let hits = search(&index, &query);
                assert_eq!(hits.count, samples.len());
                hits.complete()
            };
            // Known values in order, then the papers without one, newest first.
            fn check<T: PartialOrd>(docs: &[DocId], descending: bool, value: impl Fn(DocId) -> Option<T>) -> bool {
                let known = docs.iter().take_while(|doc| value(**doc).is_some()).count();
                let (known, unknown) = docs.split_at(known);
                let pairs = known.windows(2).all(|pair| {
                    let (one, two) = (value(pair[0]), value(pair[1]));
                    if descending { one >= two } else { one <= two }
                });
                pairs && unknown.is_sorted() && unknown.iter().all(|doc| value(*doc).is_none())
            }
            prop_assert!(check(&sorted(SortBy::Votes), descending, |doc| of(doc).votes));
            prop_assert!(check(&sorted(SortBy::Added), descending, |doc| Some(of(doc).added).filter(|added| *added > 0)));
            let by_date = sorted(SortBy::Date);
            if descending {
                prop_assert!(by_date.is_sorted(), "newest first is the order of the index");
            } else {
                prop_assert!(check(&by_date, descending, |doc| of(doc).date.map(PartialDate::packed)));
            }
            let title = |doc| Some(folded(&of(doc).title).into_owned()).filter(|title| !title.is_empty());
            prop_assert!(check(&sorted(SortBy::Title), descending, title));
        }
    }

    #[test]
    fn papers_in_any_order_make_one_file(samples in samples(), middle in 0usize..100) {
        let bytes = |samples: &[Sample]| bytes_in_memory(samples.iter().map(Sample::doc), &digests(), 1).unwrap();
        let good = bytes(&samples);
        let mut others = samples.clone();
        others.reverse();
        prop_assert!(bytes(&others) == good);
        others.rotate_left(middle.min(samples.len()));
        prop_assert!(bytes(&others) == good);
    }

    #[test]
    fn damage_is_found_or_harmless(samples in samples(), damage in prop::collection::vec((0usize..1 << 20, 0u8..8), 1..20), cut in 0usize..1 << 20) {
        let good = bytes_in_memory(samples.iter().map(Sample::doc), &digests(), 1).unwrap();
        let mut bytes = good.clone();
        for (at, bit) in damage {
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            exercise(bytes.clone(), bytes == good);
        }
        let mut bytes = good.clone();
        bytes.truncate(cut % good.len());
        exercise(bytes, false);
    }
}

/// Calls everything an index offers; a damaged one may answer wrongly but must not panic.
fn exercise(bytes: Vec<u8>, whole: bool) {
    let Some(index) = Index::from_bytes(bytes).map(|index| Arc::new(SegmentedIndex::from(index))) else {
        assert!(!whole);
        return;
    };
    if index.verify() {
        // Only the gaps between sections changed.
        return;
    }
    assert!(!whole);
    index.prefault();
    let states = ReadingStates::new(index.len());
    let sorts = [SortBy::Title, SortBy::Votes, SortBy::Digest, SortBy::Status];
    let sort = sorts.map(|by| Sort { by, descending: true }).to_vec();
    let mut engine = SearchEngine::new();
    for text in ["a", "at", "attn", "finetuning", "lora model", "нейрон"] {
        let hits = search_with(&mut engine, &index, &states, &all_words(text));
        facets(&index, &states, &hits.papers());
        for doc in hits.complete().iter().copied().take(50).chain([u32::MAX]) {
            let _ = (index.title(doc), index.authors(doc), index.first_author(doc), index.key(doc), index.row(doc));
            let _ =
                (index.date(doc), index.added(doc), index.votes(doc), index.flags(doc), hits.position(doc, &|| false));
            let _ = (index.categories(doc).count(), index.digests(doc).count(), index.find(index.key(doc)));
        }
        let hits = search_with(&mut engine, &index, &states, &Query { sort: sort.clone(), ..all_words(text) });
        hits.complete();
    }
    let terms = [
        Term::Category(vec!["cs".into()]),
        Term::Source(vec!["hf".into()]),
        Term::Votes(Span { from: Some(3), to: None }),
        Term::Date(Span { from: None, to: None }),
        Term::Year(Span { from: None, to: None }),
        Term::Added(Span { from: None, to: None }),
        Term::Phrase("large models".into()),
        Term::Author(Pattern::Phrase("tri dao".into())),
        Term::Id("2403".into()),
    ];
    for term in terms {
        let hits = search_with(&mut engine, &index, &states, &query(Filter::Term(term)));
        facets(&index, &states, &hits.papers());
    }
}
