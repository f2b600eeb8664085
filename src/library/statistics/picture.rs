//! The statistics as a picture to show to others: an SVG file that needs nothing beside it, with colours for light and for dark pages.
//! Every colour also stands on a ground of its own, so that it is legible wherever the picture is put.

use std::path::Path;

use jiff::Span;

use super::super::Library;
use super::super::own_files::expect_not_own;
use super::heat_map::{HEAT_WEEKS, HeatMap, WEEKDAYS};
use super::{ReadCount, Statistics};
use crate::domain::clean::Clean;
use crate::domain::counts::{counted, grouped};
use crate::error::Result;
use crate::export::{self, Overwrite};

/// Tags and sources that have a bar.
const BARS: usize = 5;
/// Pixels of the picture.
const WIDTH: usize = 868;
const MARGIN: usize = 28;
/// Of a day: its side, and from one to the next.
const SIDE: usize = 12;
const STEP: usize = 15;
/// Left and top of the days.
const LEFT: usize = MARGIN + 32;
const TOP: usize = 116;
/// Longest bar and name of a tag or source.
const BAR: usize = 200;
const NAME_COLUMNS: usize = 20;

const STYLE: &str = "\
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:12px;fill:#59636e}\
.ground{fill:#fff;stroke:#d0d7de}.title{font-size:20px;font-weight:600;fill:#1f2328}.fact{font-size:14px;fill:#1f2328}\
.name{fill:#1f2328}.l0{fill:#ebeef2}.l1{fill:#b9d4f5}.l2{fill:#7fb0ea}.l3{fill:#3f82d2}.l4{fill:#1b4f91}\
@media(prefers-color-scheme:dark){text{fill:#9aa4b0}.ground{fill:#14171c;stroke:#30363d}\
.title,.fact,.name{fill:#e6e9ee}.l0{fill:#262c34}.l1{fill:#1d3f66}.l2{fill:#2a66a6}.l3{fill:#4b93dc}.l4{fill:#9cc8ff}}";

/// Writes the picture to a file, whole or not at all.
///
/// # Errors
/// As exports: Usage when the file exists and must not be overwritten, is none, or belongs to the library; System when it cannot be written.
pub fn write_picture(library: &Library, statistics: &Statistics, path: &Path, overwrite: Overwrite) -> Result<()> {
    expect_not_own(&library.dir, path)?;
    let picture = picture(statistics);
    export::write_file(path, overwrite, |out| out.write_all(picture.as_bytes()))
}

/// The picture as the text of an SVG file.
pub fn picture(statistics: &Statistics) -> String {
    let map = statistics.heat_map(HEAT_WEEKS);
    let (papers, days) = map.totals();
    let lists = [("Tags", &statistics.by_tag), ("Sources", &statistics.by_source)];
    let rows = lists.iter().map(|(_, counts)| read_ones(counts).count()).max().unwrap_or(0);
    let below_days = TOP + 7 * STEP;
    let height = below_days + 44 + if rows > 0 { 36 + rows * 22 } else { 0 };
    let read = format!("{} read on {}", counted(papers, "paper"), counted(days, "day"));
    let from = map.weeks.first().map_or(statistics.today, |week| week.monday);
    let period = format!("{} to {}", from.strftime("%-d %b %Y"), statistics.today.strftime("%-d %b %Y"));
    let mut out = Svg::default();
    out.line(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"title description\">"
    ));
    out.line("<title id=\"title\">Papers read, by day</title>");
    out.line(&format!("<desc id=\"description\">{} from {period}</desc>", escaped(&read)));
    out.line(&format!("<style>{STYLE}</style>"));
    out.line(&format!(
        "<rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>",
        WIDTH - 1,
        height - 1
    ));
    out.text((MARGIN, 42), "title", "start", "Papers read");
    out.text((WIDTH - MARGIN, 42), "", "end", &period);
    let mut facts = vec![read];
    if statistics.streak > 0 {
        facts.push(format!("streak {}", counted(statistics.streak, "day")));
    }
    facts.extend(statistics.longest_streak.map(|(_, longest)| format!("longest {}", counted(longest, "day"))));
    out.text((MARGIN, 70), "fact", "start", &facts.join(" \u{b7} "));
    draw_days(&mut out, &map);
    draw_legend(&mut out, below_days + 22);
    for ((name, counts), x) in lists.iter().zip([MARGIN, WIDTH / 2 + 8]) {
        draw_bars(&mut out, (x, below_days + 56), name, counts);
    }
    out.text((MARGIN, below_days + 22), "", "start", "tsundoku");
    out.line("</svg>");
    out.0
}

fn draw_days(out: &mut Svg, map: &HeatMap) {
    for (place, name) in map.months() {
        // A name at the right edge would leave the picture.
        if place + 2 <= map.weeks.len() {
            out.text((LEFT + place * STEP, TOP - 8), "", "start", &name);
        }
    }
    for (row, name) in WEEKDAYS.iter().enumerate().step_by(2) {
        out.text((LEFT - 8, TOP + row * STEP + 10), "", "end", name);
    }
    for (column, week) in map.weeks.iter().enumerate() {
        let days = week.monday.series(Span::new().days(1)).zip(week.days).enumerate();
        for (row, (day, count)) in days {
            let Some(count) = count else { continue };
            let (x, y, level) = (LEFT + column * STEP, TOP + row * STEP, map.level(count));
            let title = format!("{}: {}", day.strftime("%-d %b %Y"), counted(count, "paper"));
            out.line(&format!(
                "<rect class=\"l{level}\" x=\"{x}\" y=\"{y}\" width=\"{SIDE}\" height=\"{SIDE}\" rx=\"2\"><title>{title}</title></rect>"
            ));
        }
    }
}

fn draw_legend(out: &mut Svg, y: usize) {
    let right = LEFT + HEAT_WEEKS * STEP - (STEP - SIDE);
    let left = right - 40 - 5 * STEP;
    out.text((left - 6, y), "", "end", "less");
    for level in 0..5 {
        let x = left + level * STEP;
        out.line(&format!(
            "<rect class=\"l{level}\" x=\"{x}\" y=\"{}\" width=\"{SIDE}\" height=\"{SIDE}\" rx=\"2\"/>",
            y - 10
        ));
    }
    out.text((right, y), "", "end", "more");
}

fn read_ones(counts: &[ReadCount]) -> impl Iterator<Item = &ReadCount> {
    counts.iter().filter(|count| count.read > 0).take(BARS)
}

/// The tags or sources most read from.
fn draw_bars(out: &mut Svg, (x, y): (usize, usize), name: &str, counts: &[ReadCount]) {
    let most = read_ones(counts).map(|count| count.read).max().unwrap_or(0);
    if most == 0 {
        return;
    }
    out.text((x, y), "fact", "start", name);
    for (row, count) in read_ones(counts).enumerate() {
        let y = y + 24 + row * 22;
        out.text((x, y), "name", "start", &count.name.cut(NAME_COLUMNS));
        let width = (count.read * BAR).div_ceil(most);
        let bar = x + 140;
        out.line(&format!("<rect class=\"l3\" x=\"{bar}\" y=\"{}\" width=\"{width}\" height=\"10\" rx=\"2\"/>", y - 9));
        out.text((bar + width + 8, y), "", "start", &grouped(count.read));
    }
}

/// The lines of the file.
#[derive(Default)]
struct Svg(String);

impl Svg {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// A text whose start, middle or end (`anchor`) is at a place.
    fn text(&mut self, (x, y): (usize, usize), class: &str, anchor: &str, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let anchor = if anchor == "start" { String::new() } else { format!(" text-anchor=\"{anchor}\"") };
        self.line(&format!("<text x=\"{x}\" y=\"{y}\"{class}{anchor}>{}</text>", escaped(text)));
    }
}

/// Text between two tags. What XML cannot hold at all is not in clean text.
fn escaped(text: &str) -> String {
    let text = Clean::new(text);
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistics(names: &[&str]) -> Statistics {
        let today = "2026-01-02".parse().unwrap();
        let read = |name: &&str| ReadCount { name: (*name).into(), read: 3, starred: 1 };
        Statistics {
            today,
            streak: 1,
            longest_streak: Some((today, 2)),
            read_by_day: vec![("2025-12-31".parse().unwrap(), 4), ("2026-01-01".parse().unwrap(), 1_200)],
            by_tag: names.iter().map(read).collect(),
            by_source: vec![read(&"hf")],
            ..Statistics::default()
        }
    }

    /// Checks that tags are nested and closed, attributes are quoted, and text has no loose sign: what an XML parser asks of it.
    fn assert_is_xml(text: &str) {
        let mut open: Vec<&str> = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            let (before, tag) = rest.split_at(at);
            assert!(!before.contains('>'), "{before}");
            for (at, _) in before.match_indices('&') {
                assert!(["&amp;", "&lt;", "&gt;"].iter().any(|known| before[at..].starts_with(known)), "{before}");
            }
            let end = tag.find('>').unwrap();
            let (inside, after) = (&tag[1..end], &tag[end + 1..]);
            rest = after;
            if let Some(name) = inside.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name));
                continue;
            }
            assert_eq!(inside.matches('"').count() % 2, 0, "{inside}");
            if !inside.ends_with('/') {
                open.push(inside.split(' ').next().unwrap());
            }
        }
        assert_eq!((open.as_slice(), rest.trim()), (&[][..], ""));
    }

    #[test]
    fn the_picture_is_whole_and_holds_every_day() {
        let picture = picture(&statistics(&["peft"]));
        assert_is_xml(&picture);
        // 51 whole weeks, five days of this one, five in the legend, a bar for the tag and one for the source, and the ground.
        assert_eq!(picture.matches("<rect").count(), 51 * 7 + 5 + 5 + 2 + 1);
        for text in [
            "<title>1 Jan 2026: 1,200 papers</title>",
            "1,204 papers read on 2 days \u{b7} streak 1 day \u{b7} longest 2 days",
            "6 Jan 2025 to 2 Jan 2026",
            ">peft</text>",
            ">less</text>",
        ] {
            assert!(picture.contains(text), "{text}");
        }
        for forbidden in ["http://www.w3.org/1999", "href", "url(", "<script", "@import"] {
            assert!(!picture.contains(forbidden), "{forbidden}: it needs nothing beside it");
        }
    }

    #[test]
    fn hostile_names_cannot_leave_their_text() {
        let names = [
            "<script>&\"'</text>",
            "a\u{1b}[31m\u{202e}b\0c\u{fffe}",
            &"e\u{301}".repeat(300),
            &"m\u{300}".repeat(100),
        ];
        let picture = picture(&statistics(&names));
        assert_is_xml(&picture);
        assert!(picture.contains("&lt;script&gt;&amp;\"'&lt;/text"), "{picture}");
        assert!(picture.chars().all(|c| c == '\n' || !c.is_control()) && !picture.contains('\u{202e}'));
    }

    #[test]
    fn nothing_read_is_a_picture_too() {
        let picture = picture(&Statistics { today: "2026-01-02".parse().unwrap(), ..Statistics::default() });
        assert_is_xml(&picture);
        assert!(picture.contains("0 papers read on 0 days") && !picture.contains("class=\"l1\" x=\"60\""));
    }
}
