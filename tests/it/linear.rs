//! Linear mode: what is told after each key, as text.

use std::ops::{Deref, DerefMut};

use tsundoku::tui::command::COMMANDS;
use tsundoku::tui::linear::{Moment, Transcript};
use tsundoku::tui::message::Message;
use tsundoku::tui::overlay::Overlay;

use crate::harness::Reader;
use crate::tty::{FIRST, Tty, library};

/// A reader in linear mode and what it has told.
struct Told {
    reader: Reader,
    transcript: Transcript,
}

impl Deref for Told {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl DerefMut for Told {
    fn deref_mut(&mut self) -> &mut Reader {
        &mut self.reader
    }
}

impl Told {
    fn new(echoes: bool) -> Self {
        Self { reader: Reader::linear(), transcript: Transcript::new(echoes) }
    }

    fn tell(&mut self, is_paused: bool) -> String {
        self.transcript.tell(&self.reader.model, Moment { is_idle: true, is_paused })
    }

    /// What the keys lead to, told after each.
    fn after(&mut self, script: &str) -> String {
        let told = script.split_whitespace().map(|word| {
            let keys: Vec<String> = match word.starts_with('<') {
                true => vec![word.to_owned()],
                false => word.chars().map(String::from).collect(),
            };
            let each = keys.iter().map(|key| {
                self.reader.keys(key);
                self.reader.assert_sound();
                self.tell(false)
            });
            each.collect::<String>()
        });
        told.collect()
    }

    fn line(&mut self, line: &str) -> String {
        self.reader.send(Message::Line(line.to_owned()));
        self.tell(true)
    }
}

#[test]
fn the_first_lines_say_how_many_papers_there_are_and_name_ten() {
    let mut told = Told::new(true);
    let text = told.tell(false);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "26 papers, newest");
    assert!(lines[1].starts_with("1 LoRA for Kites"), "{text}");
    assert_eq!(lines[11], "? lists the keys, Q quits");
    assert_eq!(lines.len(), 12);
}

#[test]
fn every_command_answers_in_lines_without_signs() {
    for pane in ["", "f", "<enter>"] {
        let mut told = Told::new(true);
        told.tell(false);
        for command in COMMANDS {
            told.reader.keys("<esc> <esc> <esc> <esc>").keys(pane);
            told.tell(false);
            told.reader.keys(":").keys(command.name).keys("<enter>");
            let text = told.tell(false);
            assert!(!text.trim().is_empty(), "{} after {pane:?} says nothing", command.name);
            let signs = ['·', '★', '▲', '✎', '○', '●', '→', '│', '╭', '█', '▏', '…', '\u{1b}'];
            assert!(!text.contains(signs), "{}: {text}", command.name);
            assert!(!text.contains("  "), "{}: blanks that align: {text}", command.name);
        }
    }
}

#[test]
fn movement_tells_the_paper_and_where_it_stands() {
    let mut told = Told::new(true);
    told.tell(false);
    let second = told.after("j");
    assert!(second.ends_with(", 2 of 26\n") && second.lines().count() == 1, "{second}");
    assert!(told.after("k").starts_with("LoRA for Kites: Low-Rank Tails"), "title first");
    assert!(told.after("k").starts_with("no further: LoRA for Kites"), "a key that cannot move says so");
    let page = told.after("<ctrl-f>");
    assert!(page.starts_with("11 to 20 of 26\n11 "), "{page}");
    assert_eq!(page.lines().count(), 11, "{page}");
    let last = told.after("G");
    assert!(last.ends_with(", 26 of 26\n") && last.lines().count() == 1, "{last}");
    assert!(told.after("3 g g").starts_with("3 to 12 of 26\n3 "), "numbers go to rows");
}

#[test]
fn an_abstract_is_told_as_paragraphs_and_read_on_line_by_line() {
    let mut told = Told::new(true);
    told.tell(false);
    let text = told.after("<enter>");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("LoRA for Kites"), "{text}");
    assert!(lines.contains(&"starred reading #area/outdoors #peft"), "{text}");
    assert!(lines.iter().any(|line| line.len() > 100), "a paragraph is one line: {text}");
    assert_eq!(lines.last(), Some(&"1 of 26"));
    assert!(told.after("j").starts_with(lines[1]), "the second line");
    assert!(told.after("<esc>").ends_with(", 1 of 26\n"), "back in the list");
    assert_eq!(told.after("<esc>").lines().count(), 1);
}

#[test]
fn marking_tells_what_was_done_and_selecting_how_many() {
    let mut told = Told::new(true);
    told.tell(false);
    assert_eq!(told.after("s"), "unstarred, 1 paper, u undo\n");
    assert_eq!(told.after("s"), "starred, 1 paper, u undo\n");
    assert_eq!(told.after("u"), "Undid: 1 starred, ctrl-r redo\n");
    let selected = told.after("<space>");
    assert!(selected.starts_with("1 selected\n") && selected.contains(", 2 of 26"), "{selected}");
    assert_eq!(told.after("r"), "marked read, 1 paper, u undo\n");
    assert_eq!(told.after("<space> <space> <esc>").lines().last(), Some("nothing selected"));
}

#[test]
fn a_search_is_echoed_and_told_once_it_is_entered() {
    let mut told = Told::new(true);
    told.tell(false);
    assert_eq!(told.after("/"), "search: ");
    assert_eq!(told.after("gardn"), "gardn");
    assert_eq!(told.after("<backspace>"), "\u{8} \u{8}");
    assert_eq!(told.after("en"), "en");
    let found = told.after("<enter>");
    assert!(found.starts_with("\n1 of 26 papers, garden, relevance\n1 Do Small Gardens"), "{found}");
    assert_eq!(told.after("/"), "search: garden");
    assert_eq!(told.after("<ctrl-w>"), "\u{8} \u{8}".repeat(6));
    told.after("year:1999");
    let nothing = told.after("<enter>");
    assert!(nothing.contains("No matches: year:1999\nno paper year:1999\n"), "{nothing}");
}

#[test]
fn who_hesitates_hears_what_can_follow() {
    let mut told = Told::new(true);
    told.tell(false);
    assert_eq!(told.after("g"), "", "nothing for those who know the chord");
    let told_keys = told.tell(true);
    assert!(told_keys.starts_with("g then g top, o jump forward, c open code"), "{told_keys}");
    assert_eq!(told.tell(true), "", "once");
    told.after("<esc> / status:");
    let values = told.tell(true);
    assert!(values.starts_with("\nstatus: then unread, "), "values of a field: {values}");
}

#[test]
fn pickers_are_numbered_and_prompts_say_what_stands_in_them() {
    let mut told = Told::new(true);
    told.tell(false);
    let sorts = told.after("\\");
    assert!(sorts.starts_with("Sort the list\n1 best match first"), "{sorts}");
    assert!(sorts.contains("newest first, ticked, 2 of 8"), "the present order: {sorts}");
    assert!(told.after("<down>").contains("oldest first"), "the next item");
    told.after("<esc>");
    assert!(told.after("e").contains("note (ctrl-e: editor): compare with the four-bit tails"));
}

#[test]
fn tab_lists_the_candidates_and_a_number_takes_one() {
    let mut told = Told::new(true);
    told.tell(false);
    told.after(": tag <space>");
    assert!(told.tell(true).starts_with("\n2 candidates, tab lists them"), "to those who hesitate");
    let listed = told.after("<tab>");
    assert!(listed.starts_with("\n1 peft, 2\n2 area/outdoors, 1\na number takes one, tab the first\n"), "{listed}");
    assert_eq!(told.after("2"), "area/outdoors", "what it completes is echoed");
    assert!(told.after("<enter>").starts_with("\ntagged area/outdoors: nothing to change\n"));
    // One candidate is taken at once, and no candidate is said.
    told.after(": tog");
    assert_eq!(
        told.after("<backspace> <backspace> <backspace> undo <tab>"),
        "\u{8} \u{8}".repeat(3) + "undo\nnothing completes this\n: undo"
    );
    told.after("<esc>");
    // In the search box, too; a number is a number where nothing was listed.
    told.after("/ year:");
    let years = told.after("<tab>");
    assert!(years.contains("\n3 2025\n4 2024\n"), "{years}");
    assert_eq!(told.after("3"), "2025");
    assert_eq!(told.after("1"), "1");
    told.after("<esc>");
    // Pressed twice, Tab takes the first one, as on the screen.
    told.after(": tag <space> <tab> <tab>");
    assert!(matches!(&told.model.overlay, Some(Overlay::Prompt(prompt)) if prompt.input.value() == "tag peft"));
}

#[test]
fn a_question_mark_at_the_end_of_a_line_lists_the_candidates() {
    let mut told = Told::new(false);
    told.tell(false);
    let listed = told.line("tag ?");
    assert!(listed.contains("1 peft, 2\n2 area/outdoors, 1\na number takes one\n"), "{listed}");
    assert_eq!(told.line("2"), "tag area/outdoors: an empty line enters it\n");
    assert!(told.line("").starts_with("tagged area/outdoors"));
    for line in [":tag pe\t", "tag pe ?"] {
        let listed = told.line(line);
        assert!(listed.contains("1 peft, 2\na number"), "{line:?}: {listed}");
        told.line(".");
    }
    let listed = told.line("/status:rea ?");
    assert!(listed.contains("1 reading\n2 read\n"), "{listed}");
    told.line(".");
    told.line("export");
    assert!(told.line("1").starts_with("write 26 papers to: "), "a number in a picker still chooses");
    let folder = told.reader.dir.path().display().to_string();
    std::fs::write(told.reader.dir.path().join("kites.bib"), "").unwrap();
    let listed = told.line(&format!("{folder}/kit ?"));
    assert!(listed.contains("1 kites.bib\n"), "{listed}");
    told.line(".");
    told.line("e");
    assert!(told.line("is this new ?").starts_with("noted, 1 paper"), "a note is a text");
}

#[test]
fn a_tag_is_ticked_and_unticked_by_its_number() {
    let mut told = Told::new(false);
    told.tell(false);
    let tags = told.line("t");
    assert!(tags.contains("1 peft, ticked"), "{tags}");
    assert_eq!(told.line("1"), "untagged peft, 1 paper, u undo\n");
    told.line("t");
    assert_eq!(told.line("peft"), "tagged peft, 1 paper, u undo\n");
    told.line("t");
    assert_eq!(told.line("brand new"), "tagged brand-new, 1 paper, u undo\n");
}

#[test]
fn addresses_are_listed_by_their_host() {
    let mut told = Told::new(true);
    told.tell(false);
    let links = told.after(";");
    assert!(links.contains("5 search arXiv, arxiv.org\n"), "{links}");
    assert!(told.after("<end>").contains("search Google Scholar, https://"), "the current one in full");
}

#[test]
fn what_came_of_it_is_told_in_place_of_where_one_is() {
    let mut told = Told::new(true);
    told.tell(false);
    told.after("e x");
    let marked = told.after("<enter>");
    assert_eq!(marked.trim_start().lines().count(), 1, "{marked}");
    told.after("e");
    assert!(told.after("<esc>").contains(", 1 of 26"), "nothing came of it: the place");
}

#[test]
fn a_query_is_told_clean() {
    let mut told = Told::new(true);
    told.tell(false);
    told.reader.keys("/");
    told.reader.send(Message::Paste("kites\u{202e}turned".to_owned()));
    told.reader.keys("<enter>");
    let found = told.tell(false);
    assert!(found.contains("kitesturned") && !found.contains('\u{202e}'), "{found}");
}

#[test]
fn lines_are_commands_keys_and_answers() {
    let mut told = Told::new(false);
    told.tell(false);
    assert!(told.line("3j").contains(", 4 of 26"));
    assert!(told.line("star").starts_with("starred, 1 paper"));
    assert!(told.line("tag to read").starts_with("tagged to-read, 1 paper"));
    assert!(told.line("/garden").starts_with("1 of 26 papers"));
    assert!(told.line("esc").starts_with("26 papers"));
    assert!(told.line("stra").contains("`stra` is neither a command nor its keys; did you mean `star`?"));
    assert!(told.line("g").starts_with("g then "));
    assert!(!told.line("g g").contains("neither"), "a chord begins anew");
    assert!(told.line("sort").contains("\n2 newest first"));
    assert!(told.line("most votes first").contains("most votes"), "by its name");
    told.line("sort");
    assert!(told.line("3").contains("oldest"), "by its number");
    told.line("e");
    assert!(told.line("a note").starts_with("noted, 1 paper"));
    told.line("e");
    told.line(".");
    assert!(told.reader.model.overlay.is_none());
    assert!(told.line("").lines().count() > 3, "an empty line is enter");
}

#[test]
fn a_terminal_gets_lines_and_nothing_that_moves_in_it() {
    let dir = library();
    let tty = Tty::start_with(dir.path(), &[("TSUNDOKU_LINEAR", "1")]);
    tty.until_shown("lists the keys");
    tty.send("jkG");
    tty.until_shown("26 of 26");
    tty.send("/garden\r");
    tty.until_shown("1 of 26 papers, garden, relevance");
    tty.send("s");
    tty.until_shown("starred, 1 paper");
    tty.send("Q");
    let (raw, text) = tty.given_back(0);
    let raw = String::from_utf8(raw).unwrap();
    let sequences: Vec<&str> = raw.split('\u{1b}').skip(1).map(|rest| rest.split_once(['h', 'l']).unwrap().0).collect();
    assert_eq!(sequences, ["[?2004", "[?2004"], "pasted text is marked, and nothing else is asked of the terminal");
    assert!(text.contains("search: garden"), "{text}");
    assert!(!raw.replace("\r\n", "").contains('\r'), "no line is written over");
}

#[test]
fn a_script_waits_for_its_imports_and_exports() {
    use std::fmt::Write as _;
    use std::io::Write;
    use std::process::{Command, Stdio};
    let dir = library();
    let mut records = String::new();
    for number in 0..3000 {
        writeln!(records, r#"{{"title":"Umbrella number {number}","abstract":"It folds {number} times."}}"#).unwrap();
    }
    std::fs::write(dir.path().join("more.jsonl"), records).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tsundoku"))
        .args(["--linear=lines", "--dir"])
        .arg(dir.path())
        .current_dir(dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let script = "I\nmore.jsonl\n/umbrella\n:export csv out.csv\n:export csv out.csv\n.\nstar\n/is:starred\nQ\n";
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let parts = [
        "read 3000: 3000 new",
        "3,000 of 3,026 papers, umbrella",
        "wrote 3,000 papers to out.csv",
        "out.csv exists",
        "starred, 1 paper",
        "1 of 3,026 papers, is:starred",
    ];
    let mut rest = text.as_str();
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part} does not come in {text}"));
        rest = &rest[at + part.len()..];
    }
    assert!(output.status.success());
}

#[test]
fn a_pipe_is_read_line_by_line_and_every_change_is_kept() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let dir = library();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tsundoku"))
        .args(["--linear", "--dir"])
        .arg(dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"star\nj\ntag seen here\nQ\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("starred, 1 paper") && text.contains(FIRST), "{text}");
    assert!(text.contains("tagged seen-here, 1 paper"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}
