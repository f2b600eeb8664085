//! All formats against the fixtures, and against hostile text.

use super::*;
use crate::domain::identity::Doi;
use crate::domain::markup::Markup;
use crate::domain::paper::{Author, Link, LinkKind, Paper};
use crate::domain::reading::Reading;
use crate::domain::reading::Tag;
use crate::domain::record::Record;
use crate::domain::text::Text;

const PAPERS: &str = include_str!("../../tests/fixtures/exports/papers.jsonl");

fn entries(lines: &str) -> Vec<ExportEntry> {
    let records = lines.lines().map(|line| Record::from_json(line).unwrap());
    records.map(|Record { paper, reading, .. }| ExportEntry { paper, reading, ..ExportEntry::default() }).collect()
}

fn exported(entries: &[ExportEntry], format: &str) -> String {
    let mut out = Vec::new();
    (find_format(format).unwrap().write)(&mut &*entries, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn formats_write_what_the_fixtures_say() {
    let entries = entries(PAPERS);
    for (format, expected) in [
        ("bibtex", include_str!("../../tests/fixtures/exports/papers.bib")),
        ("biblatex", include_str!("../../tests/fixtures/exports/papers.biblatex.bib")),
        ("markdown", include_str!("../../tests/fixtures/exports/papers.md")),
        // The fixture is kept with plain line ends; the table's are checked in its own tests.
        ("csv", include_str!("../../tests/fixtures/exports/papers.csv")),
    ] {
        let written = exported(&entries, format).replace("\r\n", "\n");
        assert_eq!(written, expected, "{format}:\n{written}");
    }
}

#[test]
fn json_lines_come_back_whole() {
    let entries = entries(PAPERS);
    assert_eq!(self::entries(&exported(&entries, "json")), entries);
}

#[test]
fn formats_are_found_by_name_extension_and_near_miss() {
    for (name, found) in
        [("bibtex", "bibtex"), (".BIB", "bibtex"), ("md", "markdown"), ("jsonl", "json"), (" csv ", "csv")]
    {
        assert_eq!(find_format(name).unwrap().name, found);
    }
    let error = find_format("bibtx").unwrap_err().to_string();
    assert_eq!(
        error,
        "`bibtx` is not an export format; did you mean bibtex? one of bibtex, biblatex, markdown, csv, json"
    );
    assert!(find_format("").unwrap_err().to_string().ends_with("; one of bibtex, biblatex, markdown, csv, json"));
}

#[test]
fn a_stored_key_wins_everywhere() {
    let mut entries = entries(PAPERS);
    entries[1].citation_key = Some("doe24".into());
    assert!(bibtex_entry(&entries[1]).starts_with("@article{doe24,\n"));
    assert!(exported(&entries, "bib").contains("\n@article{doe24,\n"));
    assert!(exported(&entries, "csv").contains("\n\"doe24\","));
}

/// The authors of one entry as they stand in its field.
fn author_field(authors: &[&str], format: &str) -> String {
    let mut entry = ExportEntry::default();
    entry.paper.title = Text::new("T", Markup::Plain);
    entry.paper.authors = authors.iter().map(|&name| name.into()).collect();
    field(&exported(&[entry], format), "author")
}

/// The value of a field of the first entry, without its braces.
fn field(bibliography: &str, name: &str) -> String {
    let lines = bibliography.lines().filter_map(|line| line.trim().split_once(" = "));
    let value = lines.filter(|(found, _)| found.trim() == name).map(|(_, value)| value.trim_end_matches(',')).next();
    value.and_then(|value| value.strip_prefix('{')?.strip_suffix('}')).unwrap_or_default().to_owned()
}

#[test]
fn authors_are_written_as_bibtex_reads_them() {
    for (name, ascii, unicode) in [
        ("Gerard 't Hooft", "'t Hooft, Gerard", "'t Hooft, Gerard"),
        ("J.P. Serre", "Serre, J. P.", "Serre, J. P."),
        ("J.-P. Serre", "Serre, J.-P.", "Serre, J.-P."),
        ("Åsa Öberg", r#"{\"O}berg, {\AA}sa"#, "Öberg, Åsa"),
        ("Niall Ó Briain", r"{\'O} Briain, Niall", "Ó Briain, Niall"),
        ("Doe, Jr, Jane", "Doe, Jr, Jane", "Doe, Jr, Jane"),
        ("Google DeepMind", "{Google DeepMind}", "{Google DeepMind}"),
        ("The D0 Collaboration", "{The D0 Collaboration}", "{The D0 Collaboration}"),
        ("张 三", r"{\mbox{张 三}}", "张, 三"),
        ("李明", r"{\mbox{李明}}", "{李明}"),
        ("Иван Петров", r"{\mbox{Петров}}, {\mbox{Иван}}", "Петров, Иван"),
        ("Nguyễn Thị Phương", r"{\mbox{Phương}}, Nguy{\~{\^e}}n Th{\d{i}}", "Phương, Nguyễn Thị"),
        ("José Ortega y Gasset", r"{Ortega y Gasset}, Jos{\'e}", "{Ortega y Gasset}, José"),
        ("Anders And Roe", "{Anders And Roe}", "{Anders And Roe}"),
        (r"Jakub \Lącki", r"{\L}{\k{a}}cki, Jakub", "Łącki, Jakub"),
        ("50% Cent_er", r"Cent\_er, 50\%", r"Cent\_er, 50\%"),
    ] {
        assert_eq!(author_field(&[name], "bibtex"), ascii);
        assert_eq!(author_field(&[name], "biblatex"), unicode);
    }
    assert_eq!(author_field(&["Jane Doe", "et al."], "bibtex"), "Doe, Jane and others");
}

#[test]
fn the_journal_reference_is_written() {
    let journal = "Phys.Rev.D76:013009,2007";
    for (venue, reference, expected) in [
        (None, journal, ("article", "journal")),
        (None, "Proc. of the Boat Conference (2019) 1-10", ("inproceedings", "booktitle")),
        (None, "Ropes 33 (2024) 1", ("article", "journal")),
        (Some("NeurIPS 2023"), journal, ("inproceedings", "note")),
    ] {
        let mut entry = ExportEntry::default();
        entry.paper.title = Text::new("T", Markup::Plain);
        entry.paper.venue = venue.map(str::to_owned);
        entry.paper.journal_ref = Some(reference.to_owned());
        let written = exported(&[entry], "bibtex");
        assert!(written.starts_with(&format!("@{}{{", expected.0)), "{written}");
        assert_eq!(field(&written, expected.1), reference);
    }
}

#[test]
fn a_title_is_never_empty() {
    let mut entry = ExportEntry::default();
    entry.paper.title = Text::new(r"\end{document}", Markup::Tex);
    for format in ["bibtex", "biblatex"] {
        assert_eq!(field(&exported(std::slice::from_ref(&entry), format), "title"), r"end\{document\}");
    }
}

#[test]
fn a_doi_is_never_escaped() {
    let mut entry = ExportEntry::default();
    entry.paper.title = Text::new("T", Markup::Plain);
    entry.paper.doi = Doi::parse("10.1000/a_b%20c#d<1>");
    for format in ["bibtex", "biblatex"] {
        assert_eq!(field(&exported(std::slice::from_ref(&entry), format), "doi"), "10.1000/a_b%20c#d<1>");
    }
}

proptest::proptest! {
    /// A small reader of BibTeX gives back what the names and the title say.
    #[test]
    fn an_entry_read_again_gives_names_and_title(
        family in "(van |de la )?[A-ZÅÖŁ][a-zéüñø]{1,8}",
        given in "[A-ZÉ][a-zéü]{1,7}( [A-Z]\\.)?",
        title in "[A-Z][a-zA-Zéü²&%_]{1,8}( [a-zA-ZÅø₂&%#_]{1,8}){0,6}",
    ) {
        let last = family.rsplit(' ').next().unwrap();
        // An academic title is no part of the name.
        proptest::prop_assume!(!["Dr", "Prof"].iter().any(|title| given.split(' ').next() == Some(title)));
        // Behind a given name they are read as suffixes, or as one name.
        proptest::prop_assume!(!["Ii", "Iii", "Iv", "Jr", "Sr", "Phd", "Junior"].contains(&last));
        let mut entry = ExportEntry::default();
        entry.paper.title = Text::new(title.clone(), Markup::Plain);
        entry.paper.authors = vec![format!("{given} {family}").as_str().into(), "The Boat Team".into()];
        for format in ["bibtex", "biblatex"] {
            let written = exported(std::slice::from_ref(&entry), format);
            let text = |latex: &str| crate::domain::tex::render(latex, Markup::Tex).replace(['{', '}'], "");
            let fields: Vec<String> = field(&written, "author").split(" and ").map(text).collect();
            proptest::prop_assert_eq!(&fields, &[format!("{family}, {given}"), "The Boat Team".to_owned()]);
            let rendered = text(&field(&written, "title"));
            let plain = |text: &str| crate::domain::fold::fold(text).replace(['{', '}'], "");
            proptest::prop_assert_eq!(plain(&rendered), plain(&title), "{}", written);
            proptest::prop_assert!(format == "biblatex" || written.is_ascii(), "{}", written);
        }
    }
}

/// Hostile text in every field of every format: nothing acts, nothing ends its field, and every entry is there.
#[test]
fn hostile_text_stays_text() {
    let mut texts: Vec<String> =
        ["\u{1b}]0;x\u{7}", "}\n@misc{evil,\n title={x}}", "\\", "<script>", "=1+1\r\n", "\u{202e}x\u{9b}1m"]
            .map(str::to_owned)
            .to_vec();
    if let Some(folder) = std::env::var_os("TSUNDOKU_TEST_HOSTILE") {
        for (file, field) in [("strings", "text"), ("urls", "url"), ("names", "title"), ("csv_cells", "cell")] {
            let lines = std::fs::read_to_string(std::path::Path::new(&folder).join(file).with_extension("jsonl"));
            let values = lines.unwrap();
            let values = values.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
            texts.extend(values.filter_map(|value| Some(value.get(field)?.as_str()?.to_owned())));
        }
    }
    for markup in Markup::ALL {
        let entries: Vec<ExportEntry> = texts.iter().map(|text| hostile(text, markup)).collect();
        for format in FORMATS {
            let written = exported(&entries, format.name);
            let acts = |c: char| {
                let line_end = c == '\n' || (c == '\r' && format.name == "csv");
                (c.is_control() && !line_end) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            let found = written.chars().find(|&c| acts(c));
            assert_eq!(found.map(u32::from), None, "{} {markup:?}", format.name);
            assert!(written.ends_with('\n'));
        }
        let bib = exported(&entries, "bib");
        assert!(scan::braces_balance(bib.chars()));
        assert_eq!(bib.lines().filter(|line| line.trim_start().starts_with('@')).count(), entries.len());
        let table = exported(&entries, "csv");
        let rows: Vec<_> = csv::Reader::from_reader(table.as_bytes()).records().map(|row| row.unwrap()).collect();
        assert_eq!(rows.len(), entries.len());
        let formula = |cell: &&str| cell.trim().starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
        assert_eq!(rows.iter().flatten().find(formula), None);
        assert_eq!(exported(&entries, "json").lines().count(), entries.len());
    }
}

fn hostile(text: &str, markup: Markup) -> ExportEntry {
    let paper = Paper {
        title: Text::new(text, markup),
        authors: vec![text.into(), Author::new(format!("{text} Doe"))],
        summary: Some(Text::new(format!("{text}\n\n  {text}"), markup)),
        doi: Doi::parse(&format!("10.1000/{text}")),
        venue: Some(text.to_owned()),
        categories: vec![text.to_owned()],
        links: vec![
            Link { kind: LinkKind::Abstract, url: text.to_owned() },
            Link { kind: LinkKind::Code, url: format!("https://x.org/{text}") },
        ],
        ..Paper::default()
    };
    let reading = Reading { tags: Tag::new(text).into_iter().collect(), note: text.to_owned(), ..Reading::default() };
    ExportEntry { paper, reading, citation_key: Some(text.to_owned()), ..ExportEntry::default() }
}
