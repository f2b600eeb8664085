//! Copies of papers pages in many shapes: whatever a browser, an editor or a mail did to them, the papers are right or the file is refused.

use crate::sources::item::ReadItem;
use crate::sources::tests::{papers, read_bytes, read_text, summary};

const CARDS: &str = include_str!("../../tests/fixtures/pages/cards.txt");
const TITLES: [&str; 3] = [
    "Kite Sampling: Drawing Long Sequences from Short Strings",
    "Lantern_2: A Lamp for Small Rooms",
    "Soft Ropes for Hard Knots",
];

/// What is expected of the cards, whatever their copy looks like.
fn expected(votes: [&str; 3]) -> Vec<String> {
    let lines = (1..).zip(TITLES).zip(votes);
    lines.map(|((rank, title), votes)| format!("hf:2025-03-12 #{rank} {title}{votes}")).collect()
}

fn is_abstract(line: &str) -> bool {
    line.chars().count() > 200
}

/// The lines of the cards, each changed.
fn copy(change: impl Fn(&str) -> Vec<String>) -> String {
    CARDS.lines().flat_map(change).map(|line| line + "\n").collect()
}

/// A text in lines of at most this many characters, as an editor breaks it.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => *line = format!("{line} {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[test]
fn cards_are_read_with_votes_and_dates() {
    let (format, found) = read_text("cards.txt", CARDS);
    assert_eq!(format, "page");
    assert_eq!(summary(&found), expected([" +41", " +0", " +19"]));
    let papers = papers(&found);
    let days: Vec<_> = papers.iter().map(|paper| paper.published.unwrap().to_string()).collect();
    assert_eq!(days, ["2024-10-07", "2025-02-26", "2024-10-23"]);
    assert!(papers.iter().all(|paper| is_abstract(&paper.summary.as_ref().unwrap().source)));
    assert!(papers.iter().all(|paper| paper.authors.is_empty() && paper.arxiv.is_none()));
}

#[test]
fn every_copy_of_the_cards_gives_the_same_papers() {
    let plain = summary(&read_text("cards.txt", CARDS).1);
    let same = |line: &str| vec![line.to_owned()];
    for (name, text) in [
        ("blank lines", copy(|line| vec![line.to_owned(), String::new()])),
        ("CR LF", CARDS.replace('\n', "\r\n")),
        ("non-breaking blanks", copy(|line| vec![format!("\u{a0}{}\u{a0}", line.replacen(' ', "\u{a0}", 1))])),
        ("characters of no width", copy(|line| vec![format!("\u{200b}{line}\u{feff}")])),
        ("indented", copy(|line| vec![format!("\t  {line}")])),
        (
            "dots of a list",
            copy(|line| vec![if TITLES.contains(&line) { format!("• {line}") } else { line.to_owned() }]),
        ),
        (
            "check boxes",
            copy(|line| vec![if line == "41" || line == "-" { format!("[-] {line}") } else { line.to_owned() }]),
        ),
        ("abstracts wrapped", copy(|line| if is_abstract(line) { wrapped(line, 79) } else { same(line) })),
        ("abstracts wrapped narrowly", copy(|line| if is_abstract(line) { wrapped(line, 60) } else { same(line) })),
        ("footers in one line", CARDS.replace("\n·\n", " · ")),
        ("another language", CARDS.replace("2 authors", "2 auteurs").replace("6 authors", "6 auteurs")),
        ("without the header", CARDS[CARDS.find("Mar 12").unwrap()..].to_owned()),
    ] {
        assert_eq!(summary(&read_text("cards.txt", &text).1), plain, "{name}");
    }
}

#[test]
fn links_on_lines_of_their_own_name_the_papers() {
    let ids = ["2410.99901", "2502.99902", "2410.99903"];
    let linked = copy(|line| {
        let site = "https://huggingface.co";
        match TITLES.iter().position(|title| *title == line) {
            Some(place) => vec![
                format!("{site}/login?next=%2Fpapers%2F{}", ids[place]),
                line.to_owned(),
                String::new(),
                format!("{site}/papers/{}", ids[place]),
            ],
            None if line == "Mar 12" => vec![format!("{site}/papers/date/2023-03-11"), line.to_owned()],
            None if line == "Models" => vec![line.to_owned(), format!("{site}/models")],
            None if line == "2 authors" => vec!["[".to_owned(), format!("{line}]({site}/papers/{})", ids[0])],
            None => vec![line.to_owned()],
        }
    });
    let found = read_text("cards.txt", &linked).1;
    // The year is that of the link in the header.
    let plain = expected([" +41", " +0", " +19"]).iter().map(|line| line.replace("2025", "2023")).collect::<Vec<_>>();
    assert_eq!(summary(&found), plain);
    let found: Vec<_> = papers(&found).iter().map(|paper| paper.arxiv.as_ref().unwrap().to_string()).collect();
    assert_eq!(found, ids);
}

#[test]
fn a_daily_page_without_abstracts_is_a_list_of_titles() {
    let header = &CARDS[..CARDS.find("41\n").unwrap()];
    let card = |title: &str, votes: u32| format!("Submitted by\n\nsomebody\n{votes}\n{title}\n·\n12 authors\n3\n");
    let cards: String = TITLES.iter().zip([41, 7, 19]).map(|(title, votes)| card(title, votes)).collect();
    let notice = |line: usize, what: &str| format!("(line {line}: {what})");
    let mut with_notice = vec![notice(24, "3 titles without abstracts")];
    with_notice.extend(expected([" +41", " +7", " +19"]));
    assert_eq!(summary(&read_text("day.txt", &format!("{header}{cards}")).1), with_notice);
    // With an organisation, and without anything but votes.
    for (before, after) in [("", "Invented Lab\n·\n12 authors\n·\n2\n"), ("", "")] {
        let votes = [41, 7, 19];
        let cards = TITLES.iter().zip(votes).map(|(title, votes)| format!("{before}{votes}\n{title}\n{after}"));
        let found = read_text("day.txt", &(header.to_owned() + &cards.collect::<String>())).1;
        assert_eq!(summary(&found)[1..], expected([" +41", " +7", " +19"]), "{after}");
    }
    let plain = TITLES.join("\n");
    for text in [
        format!("{header}{plain}"),
        format!("{header}1. {}\n2. {}\n3. {}", TITLES[0], TITLES[1], TITLES[2]),
        format!("{header}- {}\n- {}\n- {}", TITLES[0], TITLES[1], TITLES[2]),
    ] {
        assert_eq!(summary(&read_text("day.txt", &text).1)[1..], expected(["", "", ""]), "{text}");
    }
    // A list without anything around it.
    let found = read_text("list.txt", &format!("1. {}\n2. {}\n3. {}\n", TITLES[0], TITLES[1], TITLES[2])).1;
    assert_eq!(summary(&found)[3], "hf:list #3 Soft Ropes for Hard Knots");
}

#[test]
fn the_pages_of_several_days_are_several_digests() {
    let other = CARDS.replace("Mar 12", "Mar 11");
    let found = read_text("days.txt", &format!("{CARDS}\n{other}")).1;
    let days: Vec<_> = summary(&found).iter().map(|line| line[..17].to_owned()).collect();
    assert_eq!(
        days,
        [
            ["hf:2025-03-12 #1 ", "hf:2025-03-12 #2 ", "hf:2025-03-12 #3 "],
            ["hf:2025-03-11 #1 ", "hf:2025-03-11 #2 ", "hf:2025-03-11 #3 "]
        ]
        .concat()
    );
}

#[test]
fn a_cut_page_loses_only_the_cut_paper() {
    let cards = &CARDS[CARDS.find("ties them together").unwrap()..CARDS.find("Invented Lab").unwrap()];
    let found = summary(&read_text("cut.txt", cards).1);
    assert!(found[0].starts_with("line 1: "), "{found:?}");
    assert_eq!(
        found[1..],
        ["hf:cut #1 Lantern_2: A Lamp for Small Rooms +0", "hf:cut #2 Soft Ropes for Hard Knots +19"]
    );
}

#[test]
fn wrapped_pages_are_read_by_their_blank_lines_or_refused() {
    let page = include_str!("../../tests/fixtures/pages/blank_lines.txt");
    let plain = summary(&read_text("a.txt", page).1);
    let broken = |width: usize| page.lines().map(|line| wrapped(line, width).join("\n") + "\n").collect::<String>();
    for width in [50, 72, 100] {
        assert_eq!(summary(&read_text("a.txt", &broken(width)).1), plain, "{width}");
    }
    let without_blanks: String =
        broken(72).lines().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
    let error = read_bytes("a.txt", "2025-03-20", without_blanks.as_bytes()).unwrap_err();
    assert!(error.message.starts_with("a.txt has lines that were broken at 72 columns"), "{error}");
}

#[test]
fn titles_and_abstracts_may_be_broken_at_different_columns() {
    let plain = read_text("cards.txt", CARDS).1;
    for (title, text) in [(30, 60), (40, 60), (40, 79), (60, 60), (30, 2000)] {
        let broken = copy(|line| match () {
            () if TITLES.contains(&line) => wrapped(line, title),
            () if is_abstract(line) => wrapped(line, text),
            () => vec![line.to_owned()],
        });
        let found = read_text("cards.txt", &broken).1;
        assert_eq!(summary(&found), summary(&plain), "{title} {text}");
        let texts = |found: &[ReadItem]| papers(found).iter().map(|paper| paper.summary.clone()).collect::<Vec<_>>();
        assert_eq!(texts(&found), texts(&plain), "{title} {text}");
    }
}

#[test]
fn lines_of_the_page_are_no_papers() {
    let plain = summary(&read_text("cards.txt", CARDS).1);
    let above = |label: &str| {
        copy(|line| if is_abstract(line) { vec![label.to_owned(), line.to_owned()] } else { vec![line.to_owned()] })
    };
    for label in ["AI-generated summary", "Résumé généré par une IA", "0:45", "Video thumbnail"] {
        assert_eq!(summary(&read_text("cards.txt", &above(label)).1), plain, "{label}");
    }
    let banner = "Buy Our Kites Today\nThe best kites of the town are now available for everyone with faster strings and better colours than ever.\n";
    let found = summary(&read_text("cards.txt", &CARDS.replace("41\nKite", &format!("{banner}41\nKite"))).1);
    assert_eq!(found[0], "(line 20: 2 lines above the votes of the first paper)", "{found:?}");
    assert_eq!(found[1..], plain);
    let between = CARDS.replace("-\nLantern", &format!("{banner}-\nLantern"));
    let found = summary(&read_text("cards.txt", &between).1);
    assert!(
        found
            .iter()
            .any(|line| line.contains("no votes, authors or date, which the papers of the page have: Buy Our Kites")),
        "{found:?}"
    );
    assert_eq!(found.iter().filter(|line| line.starts_with("hf:")).count(), 3, "{found:?}");
    let below = "Previous\n1\n2\n...\n100\nNext\nSystem theme\n";
    assert_eq!(summary(&read_text("cards.txt", &format!("{CARDS}{below}")).1), plain);
    // A title that is called like an entry of the menu.
    let called = CARDS.replace("Lantern_2: A Lamp for Small Rooms", "Subscribe");
    assert!(summary(&read_text("cards.txt", &called).1).contains(&"hf:2025-03-12 #2 Subscribe +0".to_owned()));
    // An empty day.
    let header = &CARDS[..CARDS.find("41\n").unwrap()];
    assert_eq!(read_text("day.txt", &format!("{header}No papers found for this date.\nTry another day.\n")).1, []);
    for message in
        ["Nothing to see here\nCome back tomorrow\n", "Nothing was found for this day.\nPlease choose another one.\n"]
    {
        let error = read_bytes("day.txt", "2025-03-20", format!("{header}{message}").as_bytes()).unwrap_err();
        assert!(error.message.starts_with("day.txt is neither titles and abstracts"), "{error}");
    }
}

#[test]
fn cards_in_other_languages_have_their_dates() {
    let french = CARDS.replace("Mar 12", "12 mars").replace("Oct 7, 2024", "7 oct. 2024").replace("authors", "auteurs");
    let (plain, found) = (read_text("cards.txt", CARDS).1, read_text("cards.txt", &french).1);
    assert_eq!(summary(&found), summary(&plain));
    assert_eq!(papers(&found)[0].published, papers(&plain)[0].published);
}

#[test]
fn an_abstract_may_have_several_paragraphs() {
    let second = "We also show many other things that were not in the first paragraph, and more.";
    let found = read_text(
        "cards.txt",
        &copy(|line| if is_abstract(line) { vec![line.to_owned(), second.to_owned()] } else { vec![line.to_owned()] }),
    )
    .1;
    let plain = read_text("cards.txt", CARDS).1;
    assert_eq!(summary(&found), summary(&plain));
    for (paper, other) in papers(&found).iter().zip(papers(&plain)) {
        assert_eq!(paper.published, other.published);
        let text = format!("{}\n\n{second}", other.summary.as_ref().unwrap().source);
        assert_eq!(paper.summary.as_ref().unwrap().source, text);
    }
}

#[test]
fn what_is_no_papers_page_is_refused() {
    let prose = "Kites need wind and a string and somebody who holds it while the others watch. ".repeat(4);
    let readme = format!(
        "# Kites\n\n{prose}\n\n## Install\n\n- get a string\n- get a kite\n\n```\nmake kite\n```\n\n{prose}\n\n{prose}\n"
    );
    let blog = format!("Why Kites\n\n{prose}\n\nWhat Next\n\n{prose}\n\nThanks\n\n{prose}\n");
    let list =
        "- [Quiet Kites](https://example.org/1)\n- [Loud Kites in Deep Water](https://example.org/2)\n".to_owned();
    let source = include_str!("marks.rs").to_owned();
    let log: String =
        (10..60).map(|n| format!("2024-01-03 10:00:{n} INFO Worker {n} Finished The Request\n")).collect();
    let csv: String = (0..9).map(|n| format!("{n},\"Quiet Kites, Part {n}\",\"{prose}\",2024\n")).collect();
    let letter = format!("Dear Jane,\n\n{prose}\n\nYours,\nAda\n");
    let shopping = "Milk\nEggs\nKites and strings\n".to_owned();
    let wrapped_prose = wrapped(&prose.repeat(9), 72).join("\n");
    for (name, text) in [
        ("README", readme),
        ("blog.txt", blog),
        ("list.txt", list),
        ("marks.txt", source),
        ("kites.log.txt", log),
        ("table.txt", csv),
        ("letter.txt", letter),
        ("shopping.txt", shopping),
        ("wrapped.txt", wrapped_prose),
        ("hello.txt", "hello world".to_owned()),
    ] {
        let answer = read_bytes(name, "2025-03-20", text.as_bytes());
        let error = answer.map(|(_, found)| summary(&found)).expect_err(name);
        assert!(error.message.starts_with(name), "{error}");
    }
}

/// Titles and abstracts without a Latin letter: Chinese, Japanese, Korean.
const EAST_ASIAN: [(&str, &str); 3] = [
    (
        "风筝采样：从短线到长序列的生成方法研究",
        "我们研究在短线上训练的生成器如何用于更长的序列，并提出一种简单的采样方法。该方法不需要重新训练，只在推理时改变线的长度。实验表明，在四个\
         公开的数据集上，所提出的方法在质量不变的情况下将速度提高了两倍，而且在更长的序列上仍然稳定。我们还分析了失败的情形，讨论了线的材料与\
         风速之间的关系，并给出了选择参数的建议。代码和数据将会公开。",
    ),
    (
        "静かな部屋における注意機構の枝刈りとその評価",
        "学習済みモデルの多くのヘッドは、ほとんどの入力に対して何も出力しない。本論文では、まず静かに耳を傾けることで不要なヘッドを見つけ出し、\
         それらを取り除く手法を提案する。提案手法は追加の学習を必要とせず、既存のモデルにそのまま適用できる。複数の公開データセットを用いた実験により、\
         精度を保ちながら計算量を半分に減らせることを示す。さらに、取り除かれたヘッドの性質についても詳しく議論する。",
    ),
    (
        "작은 정원을 위한 큰 정원사: 모형의 크기에 대한 연구",
        "작은 모형을 돌보는 큰 모형은 비용이 많이 들지만 그것이 정말 필요한지 묻는 연구는 드물었다. 우리는 여러 크기의 정원사를 비교하고, 작은 \
         정원에는 작은 정원사로 충분하다는 것을 보인다. 네 개의 공개 자료에 대한 실험에서 제안한 방법은 품질을 유지하면서 비용을 절반으로 줄였다. \
         또한 정원의 크기와 정원사의 크기 사이의 관계를 분석하고, 실제로 고를 때 도움이 되는 기준을 제시한다. 코드와 자료는 공개할 예정이다.",
    ),
];

/// Abstracts of a usual length.
fn east_asian_abstracts() -> [String; 3] {
    EAST_ASIAN.map(|(_, summary)| summary.repeat(2))
}

fn east_asian_pairs(between: &str) -> String {
    let pairs = EAST_ASIAN.iter().zip(east_asian_abstracts());
    pairs.map(|((title, _), summary)| format!("{title}{between}{summary}{between}")).collect()
}

/// A text in lines of at most this many columns, as an editor breaks one without blanks.
fn wrapped_anywhere(text: &str, width: usize) -> String {
    let (mut lines, mut room) = (String::new(), width);
    for c in text.chars() {
        let columns = 1 + usize::from(!c.is_ascii());
        if columns > room {
            lines.push('\n');
            room = width;
        }
        room -= columns;
        lines.push(c);
    }
    lines
}

#[test]
fn pages_without_a_latin_letter_are_read() {
    let titles: Vec<String> = (1..).zip(EAST_ASIAN).map(|(rank, (title, _))| format!("#{rank} {title}")).collect();
    let expected = |digest: &str| titles.iter().map(|title| format!("{digest} {title}")).collect::<Vec<_>>();
    let header = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nby AK and the research community\n\nMar 12\n\n";
    for between in ["\n\n", "\n"] {
        let pairs = east_asian_pairs(between);
        assert_eq!(summary(&read_text("a.txt", &format!("{header}{pairs}")).1), expected("hf:2025-03-12"));
        assert_eq!(summary(&read_text("a.txt", &format!("3月12日\n{pairs}")).1), expected("hf:2025-03-12"));
        let found = read_text("kites.txt", &pairs).1;
        assert_eq!(summary(&found), expected("hf:kites"));
        let abstracts: Vec<_> = papers(&found).iter().map(|paper| paper.summary.clone().unwrap().source).collect();
        assert_eq!(abstracts, east_asian_abstracts());
    }
    // Titles alone.
    let list: String = EAST_ASIAN.iter().map(|(title, _)| format!("{title}\n")).collect();
    assert_eq!(summary(&read_text("a.txt", &format!("{header}{list}")).1)[1..], expected("hf:2025-03-12"));
}

#[test]
fn wrapped_pages_without_small_letters_are_joined_or_refused() {
    for (title, text) in EAST_ASIAN {
        let papers_of = |between: &str| {
            let part = format!("{title}{between}{}{between}", wrapped_anywhere(text, 60));
            format!("Get trending papers in your email inbox!\n\nMar 12\n\n{}", part.repeat(2))
        };
        let found = read_text("a.txt", &papers_of("\n\n")).1;
        assert_eq!(papers(&found).len(), 2, "{found:?}");
        let read = papers(&found)[0].summary.clone().unwrap().source;
        if !text.contains(' ') {
            assert_eq!(read, text);
        }
        let error = read_bytes("a.txt", "2025-03-20", papers_of("\n").as_bytes()).unwrap_err();
        assert!(error.message.starts_with("a.txt has lines that were broken at 60 columns"), "{error}");
    }
}

#[test]
fn east_asian_text_that_is_no_page_is_refused() {
    let prose = EAST_ASIAN.map(|(_, text)| text);
    for (name, text) in [
        (
            "notes.txt",
            "今天的天气很好我们去放风筝\n买牛奶和鸡蛋\n给妈妈打电话问候一下\n明天早上八点开会讨论计划\n".to_owned(),
        ),
        ("list.txt", EAST_ASIAN.map(|(title, _)| title).join("\n")),
        ("novel.txt", prose.join("\n\n")),
        ("wrapped.txt", prose.map(|text| wrapped_anywhere(text, 72)).join("\n\n")),
        ("blog.txt", format!("为什么\n\n{}\n\n然后呢\n\n{}\n\n谢谢\n\n{}\n", prose[0], prose[1], prose[0])),
    ] {
        let answer = read_bytes(name, "2025-03-20", text.as_bytes());
        let error = answer.map(|(_, found)| summary(&found)).expect_err(name);
        assert!(error.message.starts_with(name), "{error}");
    }
}
