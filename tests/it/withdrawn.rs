//! Papers that were withdrawn or retracted: known from the flags and texts of the services, found, and marked wherever they are shown or cited.

use std::fs;
use std::ops::ControlFlow;

use tempfile::TempDir;
use tsundoku::domain::identity::PaperKey;
use tsundoku::domain::publication_status::PublicationStatus;
use tsundoku::domain::query::Query;
use tsundoku::export::find_format;
use tsundoku::library::{ImportRequest, Library};

use crate::harness::Reader;

/// A file of each kind, with the keys of the withdrawn and of the retracted papers in it.
const FILES: [(&str, &str); 5] = [
    (
        "openalex.json",
        r#"{"results":[{"id":"https://openalex.org/W1","doi":"https://doi.org/10.1000/a1","title":"Flying Kites","authorships":[],"is_retracted":true},
           {"id":"https://openalex.org/W2","doi":"https://doi.org/10.1000/a2","title":"Sound Kites","authorships":[],"is_retracted":false}]}"#,
    ),
    (
        "crossref.json",
        r#"{"message":{"items":[
           {"DOI":"10.1000/b1","title":["Quiet Ropes"],"container-title":["Journal of Ropes"],"type":"journal-article","updated-by":[{"type":"correction","DOI":"10.1000/c1"},{"type":"retraction","DOI":"10.1000/r1"}]},
           {"DOI":"10.1000/b2","title":["Loud Ropes"],"container-title":["Journal of Ropes"],"type":"journal-article","updated-by":[{"type":"erratum","DOI":"10.1000/c2"}]},
           {"DOI":"10.1000/r1","title":["Retraction: Quiet Ropes"],"container-title":["Journal of Ropes"],"type":"journal-article","update-to":[{"type":"retraction","DOI":"10.1000/b1"}]},
           {"DOI":"10.1000/b3","title":["WITHDRAWN: Cold Ropes"],"container-title":["Journal of Ropes"],"type":"journal-article"}]}}"#,
    ),
    (
        "pubmed.xml",
        r#"<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>11</PMID><Article><ArticleTitle>Bright Lanterns.</ArticleTitle><ELocationID EIdType="doi">10.1000/d1</ELocationID><PublicationTypeList><PublicationType>Journal Article</PublicationType><PublicationType>Retracted Publication</PublicationType></PublicationTypeList></Article></MedlineCitation></PubmedArticle>
           <PubmedArticle><MedlineCitation><PMID>12</PMID><Article><ArticleTitle>Dim Lanterns.</ArticleTitle><ELocationID EIdType="doi">10.1000/d2</ELocationID></Article><CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"/></CommentsCorrectionsList></MedlineCitation></PubmedArticle></PubmedArticleSet>"#,
    ),
    (
        "papers.nbib",
        "PMID- 21\nTI  - Long Nights.\nLID - 10.1000/e1 [doi]\nPT  - Journal Article\nPT  - Retracted Publication\n\nPMID- 22\nTI  - Short Nights.\nLID - 10.1000/e2 [doi]\nPT  - Retraction of Publication\n",
    ),
    (
        "arxiv.jsonl",
        r#"{"title":"Heavy Boats","arxiv":"2401.00001","comment":"This paper has been withdrawn by the authors due to an error in Lemma 2"}
{"title":"Light Boats","arxiv":"2401.00002","comment":"Supersedes the withdrawn paper arXiv:2401.00001"}"#,
    ),
];
const RETRACTED: [&str; 4] = ["doi:10.1000/a1", "doi:10.1000/b1", "doi:10.1000/d1", "doi:10.1000/e1"];
const WITHDRAWN: [&str; 2] = ["arxiv:2401.00001", "doi:10.1000/b3"];

fn import(library: &mut Library, dir: &TempDir, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        let request = ImportRequest { paths: vec![path], ..ImportRequest::default() };
        let report = library.import(&request, &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(report.rejected(), 0, "{name}: {:?}", report.files);
    }
}

fn library() -> (TempDir, Library) {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    import(&mut library, &dir, &FILES);
    (dir, library)
}

fn found(library: &mut Library, query: &str) -> Vec<String> {
    let hits = library.search(&Query::parse(query), &|| false).unwrap();
    let snapshot = library.snapshot();
    let mut keys: Vec<String> = hits.ids().map(|doc| snapshot.key_text(doc).to_owned()).collect();
    keys.sort();
    keys
}

fn exported(library: &mut Library, key: &str, format: &str) -> String {
    let mut out = Vec::new();
    let papers = vec![PaperKey::parse(key).unwrap()];
    library
        .export(&papers.into(), find_format(format).unwrap(), &mut out, &mut |_, _| ControlFlow::Continue(()))
        .unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn flags_and_texts_of_all_sources_tell_them() {
    let (dir, mut library) = library();
    assert_eq!(found(&mut library, "is:retracted"), RETRACTED);
    assert_eq!(found(&mut library, "is:withdrawn"), WITHDRAWN);
    assert_eq!(found(&mut library, "boats is:withdrawn,retracted"), WITHDRAWN[..1]);
    // The same again changes nothing, and an older or equal copy without the flag takes none away.
    import(&mut library, &dir, &FILES);
    import(&mut library, &dir, &[("a.jsonl", r#"{"title":"Heavy Boats","arxiv":"2401.00001"}"#)]);
    assert_eq!(found(&mut library, "is:retracted").len() + found(&mut library, "is:withdrawn").len(), 6);
    // What was withdrawn is submitted again, and the version before comes once more.
    let versions = [
        r#"{"title":"Heavy Boats","arxiv":"2401.00001","version":2,"comment":"Withdrawn"}"#,
        r#"{"title":"Heavy Boats","arxiv":"2401.00001","version":3,"comment":"Lemma 2 mended"}"#,
        r#"{"title":"Heavy Boats","arxiv":"2401.00001","version":2,"comment":"Withdrawn"}"#,
    ];
    for version in versions {
        import(&mut library, &dir, &[("v.jsonl", version)]);
    }
    assert_eq!(found(&mut library, "is:withdrawn"), WITHDRAWN[1..]);
}

#[test]
fn exports_and_citations_say_it_and_are_read_again() {
    let (_dir, mut library) = library();
    for (key, status) in [(RETRACTED[0], PublicationStatus::Retracted), (WITHDRAWN[0], PublicationStatus::Withdrawn)] {
        let word = status.name();
        for format in ["bibtex", "biblatex", "csv", "markdown", "json"] {
            let text = exported(&mut library, key, format);
            assert!(text.to_lowercase().contains(word), "{format}: {text}");
            if format == "markdown" {
                continue;
            }
            let dir = tempfile::tempdir().unwrap();
            let mut other = Library::open(dir.path()).unwrap();
            let ending = find_format(format).unwrap().extension;
            import(&mut other, &dir, &[(&format!("papers.{ending}"), &text)]);
            assert_eq!(found(&mut other, &format!("is:{word}")), [key], "{format}: {text}");
        }
    }
    assert!(!exported(&mut library, "doi:10.1000/b2", "bibtex").contains("note"));
}

#[test]
fn the_list_and_the_page_of_a_paper_say_it() {
    for (width, height) in [(120, 36), (80, 24), (40, 10)] {
        let (dir, library) = library();
        drop(library);
        let mut reader = Reader::on(dir, width, height);
        reader.keys("/ heavy <enter>");
        let screen = reader.text();
        assert!(screen.contains("withdrawn Heavy"), "{screen}");
        reader.keys("<enter>");
        let screen = reader.text();
        assert!(screen.contains("Withdrawn: This paper has been"), "{screen}");
    }
}
