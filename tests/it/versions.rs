//! Versions of a preprint in the reader: what a later one changed.

use std::fs;

use tsundoku::tui::overlay::Overlay;

use crate::harness::Reader;

fn import(reader: &mut Reader, version: u8, summary: &str) {
    let path = reader.dir.path().join(format!("v{version}.jsonl"));
    let line = format!(
        r#"{{"title":"Quiet Kites of Version {version}","arxiv":"2401.99901","version":{version},"updated":"2024-0{version}-03","abstract":"{summary}"}}"#
    );
    fs::write(&path, line).unwrap();
    reader.keys(&format!("I {} <enter>", path.display()));
}

#[test]
fn what_a_later_version_changed_is_shown_word_by_word() {
    for (width, height) in [(80, 24), (40, 10)] {
        let mut reader = Reader::new(width, height);
        import(&mut reader, 1, "We fly kites in wind.");
        reader.keys("/ <ctrl-u> id:2401.99901 <enter> D");
        assert!(reader.text().contains("no two versions"), "{}", reader.text());
        reader.keys("<esc>");
        import(&mut reader, 2, "We fly two kites in calm wind.");
        reader.keys("/ <ctrl-u> has:update <enter>");
        assert_eq!(reader.model.results.count(), 1);
        reader.keys("D");
        let Some(Overlay::Page(page)) = &reader.model.overlay else { panic!("{}", reader.text()) };
        let text = page.lines.iter().map(|line| line.text()).collect::<Vec<_>>();
        assert_eq!(
            text,
            [
                "v1 to v2  2024-02-03",
                "",
                "Quiet Kites of Version [-1-] {+2+}",
                "",
                "We fly {+two+} kites in {+calm+} wind."
            ]
        );
        assert!(reader.text().contains("v1 to v2"), "{}", reader.text());
        reader.keys("<esc>");
        assert!(reader.model.overlay.is_none());
    }
    let mut reader = Reader::new(80, 24);
    reader.keys("/ <ctrl-u> zzzzqqqq <enter> D");
    assert_eq!(reader.notice(), "there is no paper here");
}
