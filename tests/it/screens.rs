//! What the screens show: golden screens in `tests/screens`, written again with `TSUNDOKU_BLESS=1`, and what must hold at every size.

use std::path::Path;
use std::{env, fs};

use ratatui::style::Style;
use tsundoku::config::Symbols;
use tsundoku::domain::reading::Status;
use tsundoku::library::{ActionLog, LoggedAction, ReadCount, Statistics};
use tsundoku::tui::effect::{Effect, Work};
use tsundoku::tui::flow::{StyledLine, StyledSpan, TextRole};
use tsundoku::tui::jobs::{JobOutcome, JobProgress};
use tsundoku::tui::message::{Answer, Message};
use tsundoku::tui::model::Tone;
use tsundoku::tui::overlay::{Overlay, PromptKind, TextPage};
use tsundoku::tui::theme::Glyphs;
use tsundoku::tui::update::say_warnings;
use unicode_width::UnicodeWidthStr;

use crate::harness::Reader;

const WIDE: (u16, u16) = (120, 36);
const USUAL: (u16, u16) = (80, 24);
const NARROW: (u16, u16) = (50, 20);
const TINY: (u16, u16) = (40, 10);

/// Compares the screen with its golden screen.
fn compare(reader: &Reader, name: &str, wrong: &mut Vec<String>) {
    let size = reader.model.size;
    let file = format!("{name}-{}x{}.txt", size.width, size.height);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens").join(&file);
    let screen = reader.text();
    if env::var_os("TSUNDOKU_BLESS").is_some() {
        fs::write(&path, &screen).unwrap();
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    if golden == screen {
        return;
    }
    wrong.push(format!("--- tests/screens/{file}"));
    let mut rows = golden.lines();
    for (row, line) in screen.lines().enumerate() {
        let before = rows.next().unwrap_or("(nothing)");
        if before != line {
            wrong.push(format!("{row:>3} was {before}\n    now {line}"));
        }
    }
}

/// Draws what the keys lead to at each size, each time from the start.
fn golden(name: &str, sizes: &[(u16, u16)], script: &str) {
    golden_after(name, sizes, script, |_| {});
}

fn golden_after(name: &str, sizes: &[(u16, u16)], script: &str, then: impl Fn(&mut Reader)) {
    let mut wrong = Vec::new();
    for &(width, height) in sizes {
        let mut reader = Reader::new(width, height);
        reader.keys(script);
        then(&mut reader);
        compare(&reader, name, &mut wrong);
    }
    assert!(wrong.is_empty(), "TSUNDOKU_BLESS=1 accepts the new screens\n{}", wrong.join("\n"));
}

#[test]
fn main_list() {
    golden("list", &[WIDE, USUAL, NARROW, TINY], "");
}

#[test]
fn main_list_on_a_large_screen() {
    golden("list", &[(200, 50)], "j j j");
}

#[test]
fn filters_focused() {
    golden("filters", &[WIDE, USUAL, NARROW], "f j j j");
}

#[test]
fn search_with_completion() {
    golden("completion", &[WIDE, USUAL, TINY], "/ tails <space> sta");
}

#[test]
fn search_with_a_mistake() {
    golden("mistake", &[WIDE, USUAL], "/ tails <space> year:soon");
}

#[test]
fn search_in_use() {
    golden("search", &[WIDE, USUAL, NARROW], "/ lora <space> tail <enter>");
}

#[test]
fn nothing_found() {
    golden("nothing", &[WIDE, USUAL, NARROW], "/ tails <space> year:1999 <enter>");
}

#[test]
fn fuzzy_matches() {
    golden("fuzzy", &[WIDE, USUAL, NARROW, TINY], "/ kts <enter> G");
    golden("fuzzy-only", &[WIDE, USUAL, NARROW, TINY], "/ grd <space> kernl <enter>");
    golden("fuzzy-two-line", &[USUAL], "Z / kts <enter> G");
}

#[test]
fn snippets_of_abstracts() {
    golden("snippets", &[WIDE, (200, 50), USUAL], "/ abs:'o <space> \"is\" <enter> j");
    golden("snippets-two-line", &[WIDE, USUAL, NARROW], "Z / abs:'o <space> \"is\" <enter> j");
    golden("similar", &[WIDE, (200, 50), USUAL], "M j");
    golden("meaning", &[WIDE, USUAL], "/ ~ e c o n o m i c a l <space> s a i l s <enter>");
}

#[test]
fn abstract_focused() {
    golden("abstract", &[WIDE, USUAL, NARROW, TINY], "<enter>");
}

#[test]
fn abstracts_in_other_scripts() {
    golden("script-han", &[USUAL], "4 j <enter>");
    golden("script-hebrew", &[USUAL], "5 j <enter>");
    golden("script-emoji", &[USUAL], "6 j <enter>");
    golden("script-marks", &[USUAL], "7 j <enter>");
    golden("script-math", &[USUAL], "8 j <enter>");
}

#[test]
fn zen() {
    golden("zen", &[WIDE, USUAL, TINY], "z");
}

#[test]
fn two_lines_each() {
    golden("two-line", &[WIDE, USUAL, NARROW], "Z j");
}

#[test]
fn a_paper_without_links() {
    golden("title-search", &[WIDE, (200, 50), USUAL, (60, 20), TINY], "/ alone <enter> o");
}

#[test]
fn help() {
    golden("help", &[WIDE, USUAL, NARROW, TINY], "?");
    golden("help-abstract", &[USUAL], "<enter> ?");
}

#[test]
fn palette_filtered() {
    golden("palette", &[WIDE, USUAL], "<ctrl-p> bibt");
}

#[test]
fn tags_picker() {
    golden("tags", &[WIDE, USUAL, NARROW], "t");
    golden("tags-new", &[USUAL], "t brandnew");
}

#[test]
fn prompts() {
    golden("note", &[WIDE, USUAL, TINY], "e");
    golden("command-line", &[USUAL], ": status <space> re");
    golden("export", &[USUAL], "E");
}

#[test]
fn statistics_page() {
    let statistics = Statistics {
        papers: 1234,
        by_status: Status::ALL.into_iter().zip([1000, 30, 4, 190, 10]).collect(),
        starred: 17,
        tagged: 40,
        noted: 5,
        absent: 1200,
        read_by_week: [("2025-02-24", 9), ("2025-03-03", 0), ("2025-03-10", 21)]
            .map(|(day, count)| (day.parse().unwrap(), count))
            .to_vec(),
        read_today: 3,
        streak: 2,
        today: "2025-03-12".parse().unwrap(),
        longest_streak: Some(("2025-01-02".parse().unwrap(), 12)),
        read_by_day: [("2024-06-03", 1), ("2024-12-31", 9), ("2025-01-01", 4), ("2025-02-24", 7), ("2025-03-12", 3)]
            .map(|(day, count)| (day.parse().unwrap(), count))
            .to_vec(),
        by_tag: vec![
            ReadCount { name: "peft".into(), read: 12, starred: 2 },
            ReadCount { name: "a tag with a long name".into(), read: 5, starred: 0 },
            ReadCount { name: "starred only".into(), read: 0, starred: 1 },
        ],
        by_source: vec![ReadCount { name: "hf".into(), read: 180, starred: 17 }],
    };
    let show = |reader: &mut Reader| reader.send(Message::Answer(Answer::Counts(Box::new(statistics.clone()))));
    golden_after("statistics", &[WIDE, USUAL, TINY], "", show);
    golden_after("statistics-map", &[WIDE, USUAL, (60, 20), TINY], "", |reader| {
        show(reader);
        reader.keys("j j j j j j j j j j j j j");
    });
    // Another size has room for another number of weeks; the latest ones stay.
    let mut reader = Reader::new(120, 36);
    show(&mut reader);
    let weeks = |reader: &Reader| {
        let Some(Overlay::Page(page)) = &reader.model.overlay else { panic!() };
        let row = page.lines.iter().map(StyledLine::text).find(|line| line.starts_with("Wed "));
        row.unwrap().chars().filter(|c| "·░▒▓█".contains(*c)).count()
    };
    assert_eq!(weeks(&reader), 52);
    assert_eq!(weeks(reader.resize(40, 10)), 30);
    assert_eq!(weeks(reader.resize(120, 36)), 52);
    // Marks tell the levels where there are no colours.
    reader.keys("<esc>");
    reader.model.glyphs = Glyphs::choose(Symbols::Ascii, &reader.model.themes.environment);
    show(&mut reader);
    let screen = reader.text();
    assert!(screen.lines().any(|line| line.contains("Tue ") && line.contains('#')), "{screen}");
    assert!(screen.contains("less .:+*# more"), "{screen}");
}

#[test]
fn builds_in_the_background() {
    let building = |reader: &mut Reader| {
        reader.holds = true;
        for (work, percents) in [(Work::BuildFullText, &[3, 34][..]), (Work::BuildIndex, &[7])] {
            let effect = reader.model.jobs.start(work);
            let Effect::Start(job, _) = effect else { panic!("{effect:?}") };
            for percent in percents {
                let progress = JobProgress::Papers { done: percent * 10, all: 1000 };
                reader.send(Message::Answer(Answer::Progress { job, progress }));
            }
        }
    };
    golden_after("building", &[WIDE, USUAL, NARROW, TINY], "", building);
    golden_after("building-done", &[USUAL, TINY], "j s", building);
    let mut reader = Reader::new(120, 36);
    let before = reader.text();
    building(&mut reader);
    assert_ne!(reader.text(), before);
    for job in reader.model.jobs.open().iter().map(|job| job.id).collect::<Vec<_>>() {
        reader.send(Message::Answer(Answer::Ended { job, outcome: JobOutcome::Cancelled }));
    }
    assert_eq!(reader.text(), before, "nothing is left of it");
}

#[test]
fn log_page() {
    let action = |label: &str, papers, titles: &[&str], note: &str, undone| LoggedAction {
        when: "2025-03-14 09:30".to_owned(),
        label: label.into(),
        papers,
        titles: titles.iter().map(|title| (*title).into()).collect(),
        note: note.into(),
        undone,
    };
    let seen = LoggedAction { when: "2025-03-14".to_owned(), ..action("seen", 2, &["Kites", "Gardens"], "", false) };
    let log = ActionLog {
        actions: vec![
            action("starred", 1, &["LoRA for Kites"], "", false),
            action("marked read", 200_000, &["Gardens", "Quantised Low-Rank Tails", "Elevators"], "", true),
            action("noted", 1, &["Tables, Tabs"], "a \u{1b}[31mnote\nof two lines", false),
            action("view `outside` saved", 0, &[], "", false),
        ],
        seen: vec![seen],
    };
    golden_after("log", &[WIDE, USUAL], "", |reader| {
        reader.send(Message::Answer(Answer::Logged(log.clone())));
    });
}

#[test]
fn a_library_that_cannot_be_written_is_called_read_only_all_the_time() {
    let mut reader = Reader::new(80, 24);
    reader.model.is_read_only = true;
    reader.model.warnings = vec!["read-only, nothing can be changed: cannot write user.db".into(), "two".into()];
    say_warnings(&mut reader.model);
    let said = "read-only, nothing can be changed: cannot write user.db (and 1 more: g j lists them)";
    assert_eq!(reader.notice(), said);
    for (width, height) in [WIDE, USUAL, NARROW, TINY] {
        reader.resize(width, height).keys("j");
        assert!(reader.text().lines().last().unwrap().contains("read-only"), "{}", reader.text());
    }
    reader.resize(120, 36).keys("g j");
    let screen = reader.text();
    assert!(screen.contains("cannot write user.db") && screen.contains("warning    two"), "{screen}");
}

#[test]
fn welcome() {
    golden("welcome", &[WIDE, USUAL, NARROW], "g w");
}

#[test]
fn selected_papers() {
    golden("selected", &[USUAL], "<space> <space> j <space>");
    golden("range", &[WIDE, USUAL], "j v j j");
}

#[test]
fn continuations_of_a_chord() {
    golden("chord", &[WIDE, USUAL, TINY], "y");
    golden("chord-views", &[WIDE, USUAL, NARROW], "g");
}

#[test]
fn a_change_is_reported_with_its_undo() {
    golden("done", &[USUAL, TINY], "j s");
}

/// Characters in the style of a match, by rows.
fn highlighted(reader: &Reader) -> Vec<String> {
    let buffer = reader.draw();
    let matched: Style = reader.model.theme.matched;
    let is_lit = |x, y| {
        let style = buffer[(x, y)].style();
        style.fg == matched.fg && style.add_modifier.contains(matched.add_modifier)
    };
    let row = |y| {
        let word = |x| if is_lit(x, y) { buffer[(x, y)].symbol().to_owned() } else { " ".to_owned() };
        (0..buffer.area.width).map(word).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    (0..buffer.area.height).map(row).filter(|row| !row.is_empty()).collect()
}

#[test]
fn matches_are_highlighted() {
    let mut reader = Reader::new(120, 36);
    assert_eq!(highlighted(&reader), Vec::<String>::new(), "without a search nothing is highlighted");
    reader.keys("/ ^low <space> ^tails <enter>");
    assert_eq!(reader.model.results.count(), 2);
    let highlighted = highlighted(&reader);
    // Two rows of the list, then the title and the abstract of the first paper, word by word.
    assert_eq!(highlighted[..2], ["Low Tails", "Low Tails"], "{highlighted:?}");
    let words: Vec<&str> = highlighted.iter().flat_map(|line| line.split(' ')).collect();
    assert!(words.len() > 6, "the abstract is highlighted, too: {highlighted:?}");
    assert!(
        words.iter().all(|word| ["low", "tail", "tails"].contains(&word.to_lowercase().as_str())),
        "{highlighted:?}"
    );
}

/// Ways to get into every kind of screen.
const STATES: [&str; 16] = [
    "",
    "f G",
    "<enter>",
    "z",
    "Z G",
    "?",
    "<ctrl-p> star",
    "t",
    "e",
    ":",
    "\\",
    "g w",
    "g l",
    "/ tails <space> year:soon",
    "/ nothing <space> like <space> this <enter>",
    "<ctrl-a>",
];

const SIDES: [u16; 20] = [0, 1, 2, 3, 5, 10, 20, 40, 59, 60, 79, 80, 99, 100, 120, 139, 140, 200, 250, 300];

#[test]
fn every_state_is_drawn_at_every_size() {
    let sizes = || {
        let all = SIDES.into_iter().flat_map(|width| SIDES.into_iter().map(move |height| (width, height)));
        // A screen of 300 by 300 takes as long as all the small ones together and shows nothing that a lower one does not.
        all.filter(|(width, height)| u32::from(*width) * u32::from(*height) <= 24_000)
    };
    for state in STATES {
        let mut reader = Reader::new(80, 24);
        reader.keys(state);
        for (width, height) in sizes() {
            reader.resize(width, height);
            reader.assert_sound();
            reader.draw();
        }
    }
}

#[test]
fn no_row_is_wider_than_the_screen_and_no_frame_is_torn() {
    for (width, height) in [(60, 18), (80, 24), (100, 30), (140, 40)] {
        let reader = Reader::new(width, height);
        for line in reader.text().lines().skip(2).take(usize::from(height) - 4) {
            let columns = line.width();
            assert!(columns == usize::from(width) || !line.starts_with('│'), "{columns} of {width}: {line}");
        }
    }
}

#[test]
fn the_same_screen_is_drawn_twice_alike() {
    let mut reader = Reader::new(120, 36);
    reader.keys("/ tails <enter> j s");
    assert_eq!(reader.draw(), reader.draw());
}

/// A letter of two columns whose second column is drawn over would push the rest of its row to the right.
#[test]
fn no_wide_letter_is_cut_in_half() {
    let mut cut = Vec::new();
    for state in ["", "?", "g w", "t", "e", "/ zzz", "f", "Z", "\\"] {
        let mut reader = Reader::new(80, 24);
        reader.keys(state);
        for width in 20..140 {
            reader.resize(width, 24);
            let buffer = reader.draw();
            for (x, y) in (0..24).flat_map(|y| (0..width).map(move |x| (x, y))) {
                let wide = buffer[(x, y)].symbol().width() > 1;
                let next = if x + 1 < width { buffer[(x + 1, y)].symbol() } else { "the edge" };
                if wide && !next.trim().is_empty() {
                    cut.push(format!("`{state}` {width} columns, row {y}, column {x}: `{next}` in a wide letter"));
                }
            }
        }
    }
    assert!(cut.is_empty(), "{} wide letters are cut\n{}", cut.len(), cut.join("\n"));
}

/// What nobody cleaned reaches no cell, whichever way it comes.
#[test]
fn unclean_text_is_drawn_clean_wherever_it_comes_from() {
    const HOSTILE: &str = "x\u{1b}]52;c;eA==\u{7}\u{9b}31m\u{202e}y\u{200b}z";
    let mut reader = Reader::new(120, 36);
    let flood = format!("e{}", "\u{301}".repeat(99));
    let all = format!("{HOSTILE} {flood}");
    let check = |reader: &Reader, what: &str| {
        let drawn = reader.draw();
        for cell in drawn.content() {
            let symbol = cell.symbol();
            let marks = symbol.chars().filter(|c| ('\u{300}'..='\u{36f}').contains(c)).count();
            let is_unclean = symbol.chars().any(|c| c.is_control() || ['\u{202e}', '\u{200b}'].contains(&c));
            assert!(!is_unclean && marks <= 8, "{what}: {}", symbol.escape_unicode());
        }
    };
    reader.model.say(Tone::Error, all.clone());
    check(&reader, "a notice");
    reader.model.notice = None;
    reader.model.search.input = tui_input::Input::new(all.clone());
    check(&reader, "the closed search box");
    reader.model.search.open = true;
    reader.model.search.candidates = vec![all.clone()];
    check(&reader, "the open search box and its completions");
    reader.model.search.open = false;
    reader.model.open_prompt(PromptKind::CommandLine, "note", &all);
    check(&reader, "a prompt");
    let lines = vec![StyledLine::of(vec![StyledSpan::new(all.clone(), TextRole::Text)])];
    reader.model.overlay = Some(Overlay::Page(TextPage { title: "A page", lines, ..TextPage::default() }));
    check(&reader, "a page");
    let mut snapshot = (*reader.model.snapshot).clone();
    snapshot.views = vec![(all.clone(), all)];
    reader.model.snapshot = std::sync::Arc::new(snapshot);
    reader.model.overlay = None;
    reader.keys("v");
    check(&reader, "saved views");
}

#[test]
fn small_footers_keep_what_matters_most() {
    let basic = ["r mark read", "s star"];
    let states: [(&str, &[&str]); 6] = [
        ("", &basic),
        ("<enter>", &["esc back", "r mark read", "s star"]),
        ("z", &["esc back", "r mark read", "s star"]),
        ("f", &["esc back"]),
        ("<space>", &["esc clear", "r mark read"]),
        ("/ lora <enter>", &basic),
    ];
    for (width, height) in [(40, 10), (60, 20), (80, 24)] {
        for (keys, hints) in states {
            let mut reader = Reader::new(width, height);
            reader.keys(keys);
            let screen = reader.text();
            let last = screen.lines().last().unwrap_or_default();
            for hint in hints {
                assert!(last.contains(hint), "{keys:?} at {width}x{height} has no `{hint}`: {last}");
            }
        }
    }
}

#[test]
fn a_position_never_covers_the_title_beside_it() {
    for width in 12..60 {
        let mut reader = Reader::new(72, 20);
        reader.model.arrangement.set_filters_width(width);
        let text = reader.keys("f G").text();
        assert!(text.lines().any(|line| line.contains(" Abstract ")), "{width}: {text}");
        reader.keys("l G f");
        let text = reader.text();
        assert!(text.lines().any(|line| line.contains(" Abstract ")), "{width}: {text}");
    }
}
