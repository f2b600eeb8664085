//! Half-remembered papers: thirty queries as somebody types who read the paper once, over real digests where this machine has them.

use std::env;
use std::ops::ControlFlow;
use std::path::PathBuf;

use tsundoku::domain::query::Query;
use tsundoku::library::{ImportRequest, Library};

/// A query, and a part of the title of the paper that is meant; where two fit as well, of either.
const REMEMBERED: [(&str, &[&str]); 30] = [
    ("lora quant", &["LQ-LoRA", "QLoRA"]),
    ("fp8 stability", &["To FP8 and Back Again"]),
    ("gallore", &["GaLore: Memory-Efficient"]),
    ("welore", &["to WeLore"]),
    ("spec dec adaptive", &["SpecDec++"]),
    ("speculative without replacement", &["Recursive Speculative"]),
    ("heavy hiter", &["H2O"]),
    ("power oversubscribe cloud", &["POLCA"]),
    ("how batch size scales pretraining", &["Critical Batch Size"]),
    ("zerothorder", &["Zeroth-Order"]),
    ("not think that much", &["Overthinking of o1"]),
    ("prune now forward", &["Everybody Prune Now"]),
    ("sub 1 bit", &["QMoE"]),
    ("kv cache compresion recipe", &["GEAR"]),
    ("ftwt pruning", &["Fire Together Wire Together"]),
    ("phase spliting", &["Splitwise"]),
    ("pipeline paralel memory", &["Pipeline Parallelism with Controllable"]),
    ("mobilama", &["MobiLlama"]),
    ("splade efficiency", &["Efficiency Study for SPLADE"]),
    ("efficacious tree serch", &["LiteSearch"]),
    ("hyperfiting", &["Hyperfitting"]),
    ("rnn negative eigenvalue", &["Negative Eigenvalues"]),
    ("llm os", &["AIOS", "LLM Agent Operating System"]),
    ("fine-tuning over the internet", &["Over The Internet"]),
    ("quantised finetuning qlora", &["QLoRA"]),
    ("npo unlearning", &["Negative Preference Optimization"]),
    ("diff privacy continual", &["Differential Privacy under Continual"]),
    ("small models help large reason", &["Can Small Language Models Help"]),
    ("winner take all colum row", &["Column Row Sampling"]),
    ("zeroquant fp", &["ZeroQuant-FP"]),
];

#[test]
fn half_remembered_papers_come_first() {
    let Some(pages) = env::var_os("TSUNDOKU_TEST_PAGES").map(PathBuf::from) else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let request = ImportRequest { paths: vec![pages], ..ImportRequest::default() };
    library.import(&request, &mut |_| ControlFlow::Continue(())).unwrap();
    let snapshot = library.snapshot();
    let (mut first, mut in_five, mut late) = (0, 0, Vec::new());
    for (query, wanted) in REMEMBERED {
        let hits = library.search(&Query::parse(query), &|| false).unwrap();
        let meant = |doc: &u32| wanted.iter().any(|part| snapshot.title(*doc).contains(part));
        let place = hits.complete().iter().position(meant);
        first += usize::from(place == Some(0));
        in_five += usize::from(place.is_some_and(|place| place < 5));
        if place != Some(0) {
            let best = hits.page(0, 1).first().map_or("nothing", |doc| snapshot.title(*doc));
            let place = place.map_or_else(|| "not found".to_owned(), |place| format!("place {}", place + 1));
            late.push(format!("`{query}`: {place} of {}, after {best}", hits.count));
        }
    }
    let report = format!("{first} of 30 first, {in_five} in the first five\n  {}", late.join("\n  "));
    assert!(first >= 24 && in_five >= 29, "{report}");
    println!("{report}");
}
