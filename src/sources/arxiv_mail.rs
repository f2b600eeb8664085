//! The daily mails of arXiv: the papers announced in a category, each between lines of two backslashes. Mails may be joined, quoted or
//! copied from a web mailer. Only what a mail states is read: a replaced paper comes without its first date, often without abstract.

use std::mem;
use std::ops::ControlFlow;

use jiff::civil::{Date, Weekday};

use super::decode::{FileHead, InputLine, InputLines};
use super::input::Origin;
use super::item::{ImportNotice, ReadItem, Rejection, Visit};
use super::mime::{Decoded, MimeLine, MimeReader};
use super::snapshot::{day, names, one_line, rendered};
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::identity::{ArxivId, Doi, VersionedId};
use crate::domain::markup::Markup;
use crate::domain::paper::{Digest, Paper, Sighting};
use crate::domain::record::{Record, stored_text};
use crate::domain::text::Text;
use crate::error::{Error, Result};

/// The line around the parts of a record; a record's last one goes on with the address and the size.
const RULE: &str = r"\\";
/// Most bytes of one field that are kept, in a file that never ends a record.
const LONGEST_FIELD: usize = 1 << 20;

/// By the first line of a record: an id after a line of two backslashes.
pub(super) fn recognises(head: &FileHead<'_>) -> bool {
    let mut after_rule = false;
    let mut begins_record = |line: &str| {
        let line = unquoted(line.trim()).trim();
        !line.is_empty() && mem::replace(&mut after_rule, line == RULE) && record_id(line).is_some()
    };
    let mut mime = MimeReader::default();
    head.text.lines().any(|line| match mime.line(0, InputLine::Text(line)) {
        Decoded::Same(_) => begins_record(line),
        Decoded::Lines(lines) => lines.iter().any(|(_, line)| line.as_ref().is_ok_and(|line| begins_record(line))),
    })
}

/// Reads the records as they come. The papers of a mail are a digest, but for replacements, which only update a paper.
pub(super) fn read(origin: &Origin<'_>, mut lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let mut mails = MailReader {
        origin,
        mail: MailHead::default(),
        rank: 0,
        part: MailPart::Outside,
        quoted: false,
        is_blank: true,
        is_mail: false,
    };
    let mut mime = MimeReader::default();
    while let Some((number, line)) = lines.next()? {
        let found = match mime.line(number, line) {
            Decoded::Same(InputLine::Text(text)) => mails.line(number, text),
            Decoded::Same(InputLine::NotText(not, _)) => mails.not_text(number, not.reason()),
            Decoded::Lines(lines) => mails.decoded(lines),
        };
        if found.into_iter().any(|found| each(found).is_break()) {
            return Ok(());
        }
    }
    let mut rest = mails.decoded(mime.end_of_file());
    let is_other = !mails.is_blank && !mails.is_mail;
    rest.extend(mails.end_of_file());
    if is_other && rest.is_empty() {
        let message = format!("{} is no daily mail of arXiv", origin.shown);
        return Err(
            Error::data(message).hint(r"such a mail has records that begin with `\\` and `arXiv:` with an identifier")
        );
    }
    for found in rest {
        if let ControlFlow::Break(()) = each(found) {
            break;
        }
    }
    Ok(())
}

/// What the head of a mail says about its papers.
#[derive(Default)]
struct MailHead {
    /// When the mail was sent: the day of the announcement.
    sent: Option<PartialDate>,
    /// The last day of submissions, which are announced after it.
    received: Option<Date>,
    category: Option<String>,
}

/// Where in a mail a line stands.
enum MailPart {
    Outside,
    /// After a line of two backslashes outside a record: an id begins a record.
    AfterRule,
    Fields(Box<MailRecord>),
    Abstract(Box<MailRecord>),
}

/// A record while it is read: its fields as they stand in the mail.
struct MailRecord {
    line: usize,
    id: VersionedId,
    replaces: bool,
    /// Field names without the colon, and their values with line breaks.
    fields: Vec<(String, String)>,
    summary: String,
    /// Lines that end as quoted-printable breaks them.
    soft_breaks: usize,
    /// Why the record is rejected, with the line.
    broken: Option<(usize, String)>,
}

struct MailReader<'a> {
    origin: &'a Origin<'a>,
    mail: MailHead,
    rank: u32,
    part: MailPart,
    /// Lines begin with `>`, as a reply quotes them.
    quoted: bool,
    /// No line with anything in it so far, and whether one was a record or part of the head of such a mail.
    is_blank: bool,
    is_mail: bool,
}

impl MailReader<'_> {
    fn line(&mut self, number: usize, line: &str) -> Vec<ReadItem> {
        let bare = unquoted(line);
        if bare.trim() == RULE {
            self.quoted = bare.len() < line.len();
        }
        let line = if self.quoted { bare } else { line };
        let text = line.trim();
        self.is_blank &= text.is_empty();
        match mem::replace(&mut self.part, MailPart::Outside) {
            MailPart::Outside if text == RULE => self.part = MailPart::AfterRule,
            MailPart::AfterRule if text == RULE || text.is_empty() => self.part = MailPart::AfterRule,
            MailPart::AfterRule => match record_id(text) {
                Some(id) => {
                    self.is_mail = true;
                    self.part = MailPart::Fields(Box::new(MailRecord::new(number, id)));
                }
                None => self.head_line(text),
            },
            MailPart::Outside => self.head_line(text),
            MailPart::Fields(record) if text == RULE => self.part = MailPart::Abstract(record),
            MailPart::Fields(record) if text.starts_with(RULE) => return self.finish(*record, None),
            MailPart::Fields(record) if is_separator(text) => return self.finish(*record, Some(number)),
            MailPart::Fields(mut record) => {
                record.undeclared_encoding(number, line);
                record.field_line(line);
                self.part = MailPart::Fields(record);
            }
            MailPart::Abstract(record) if text.starts_with(RULE) => {
                if text == RULE {
                    self.part = MailPart::AfterRule;
                }
                return self.finish(*record, None);
            }
            MailPart::Abstract(record) if is_separator(text) => return self.finish(*record, Some(number)),
            MailPart::Abstract(mut record) => {
                record.undeclared_encoding(number, line);
                record.abstract_line(line);
                self.part = MailPart::Abstract(record);
            }
        }
        Vec::new()
    }

    fn decoded(&mut self, lines: Vec<MimeLine>) -> Vec<ReadItem> {
        let mut found = Vec::new();
        for (number, line) in lines {
            match line {
                Ok(text) => found.extend(self.line(number, &text)),
                Err(reason) => found.extend(self.not_text(number, reason)),
            }
        }
        found
    }

    fn not_text(&mut self, number: usize, reason: String) -> Vec<ReadItem> {
        match &mut self.part {
            MailPart::Fields(record) | MailPart::Abstract(record) => {
                record.broken.get_or_insert((number, reason));
                Vec::new()
            }
            MailPart::Outside | MailPart::AfterRule => {
                self.is_mail = true;
                vec![ReadItem::Rejected(Rejection { line: number, reason })]
            }
        }
    }

    /// A line between records. One that belongs to the head of a mail begins another digest.
    fn head_line(&mut self, text: &str) {
        let Some((name, value)) = text.split_once(':') else { return };
        if name.eq_ignore_ascii_case("date") {
            self.begin_mail().sent = mail_day(value);
        } else if name.eq_ignore_ascii_case("subject") {
            let category = value.trim_start().split(' ').next().unwrap_or_default();
            if value.contains("mailing") && !category.is_empty() {
                self.is_mail = true;
                self.begin_mail().category = Some(stored_text(category));
            }
        } else if name.trim_start().starts_with("received from") {
            self.is_mail = true;
            self.begin_mail().received = last_received(text);
        }
    }

    fn begin_mail(&mut self) -> &mut MailHead {
        if self.rank > 0 {
            (self.mail, self.rank) = (MailHead::default(), 0);
        }
        &mut self.mail
    }

    fn end_of_file(mut self) -> Vec<ReadItem> {
        match mem::replace(&mut self.part, MailPart::Outside) {
            MailPart::Outside | MailPart::AfterRule => Vec::new(),
            MailPart::Fields(record) | MailPart::Abstract(record) => {
                let line = record.line;
                self.finish(*record, Some(line))
            }
        }
    }

    /// The paper of a record, which was cut off before this line.
    fn finish(&mut self, record: MailRecord, cut_off: Option<usize>) -> Vec<ReadItem> {
        if let Some((line, reason)) = record.broken {
            return vec![ReadItem::Rejected(Rejection { line, reason })];
        }
        let (line, replaces) = (record.line, record.replaces);
        let mut paper = record.paper();
        if paper.title.source.is_empty() {
            let reason = "a record without a title".to_owned();
            return vec![ReadItem::Rejected(Rejection { line, reason })];
        }
        let mut found = Vec::new();
        if let Some(line) = cut_off {
            let message = "the record ends here without its closing line".to_owned();
            found.push(ReadItem::Notice(ImportNotice { line, message }));
        }
        if !replaces {
            self.rank += 1;
            paper.sightings = vec![Sighting { digest: self.digest(), rank: Some(self.rank), votes: None }];
        }
        let record = Box::new(Record { paper, ..Record::default() });
        found.push(ReadItem::Record { line, record });
        found
    }

    fn digest(&self) -> Digest {
        let MailHead { sent, received, category } = &self.mail;
        let announced = || received.and_then(announced_after);
        let day = self.origin.digest_day.or(*sent).or_else(announced);
        let (id, label) = match day {
            Some(day) => (day.to_string(), Clean::new(&day.in_words())),
            None => (self.origin.stem().to_owned(), self.origin.words()),
        };
        let (id, label) = match category {
            Some(category) => (format!("{category}:{id}"), Clean::new(&format!("{category}, {label}"))),
            None => (id, label),
        };
        Digest { id: format!("arxiv:{id}"), source: "arxiv".into(), label, day }
    }
}

impl MailRecord {
    fn new(line: usize, id: VersionedId) -> Self {
        Self { line, id, replaces: false, fields: Vec::new(), summary: String::new(), soft_breaks: 0, broken: None }
    }

    /// Rejects a record of a mail in quoted-printable whose head, which declares it, is not in the file.
    fn undeclared_encoding(&mut self, number: usize, line: &str) {
        // Such lines have up to 76 characters; one is cut before a word that is hardly longer than this.
        self.soft_breaks += usize::from(line.ends_with('=') && (60..=76).contains(&line.len()));
        let is_utf8 = |at: usize| {
            let code = |at: usize| line.get(at..at + 2).and_then(|code| u8::from_str_radix(code, 16).ok());
            code(at + 1).is_some_and(|byte| byte >= 0xC2)
                && line.get(at + 3..at + 4) == Some("=")
                && code(at + 4).is_some_and(|byte| (0x80..0xC0).contains(&byte))
        };
        if self.soft_breaks > 1 || line.match_indices('=').any(|(at, _)| is_utf8(at)) {
            let reason = "quoted-printable without the head of the mail that declares it; save the whole mail";
            self.broken.get_or_insert((number, reason.to_owned()));
        }
    }

    fn field_line(&mut self, line: &str) {
        let text = line.trim();
        if let Some(revised) = text.strip_prefix("replaced with revised version") {
            self.replaces = true;
            self.fields.push(("Replaced".to_owned(), revised.trim().to_owned()));
            return;
        }
        // A continued line is indented, as deep as the mail program left it.
        let field = text.split_once(':').filter(|(name, _)| is_field(name) && !line.starts_with([' ', '\t', '\u{a0}']));
        match (field, self.fields.last_mut()) {
            (Some((name, value)), _) => self.fields.push((name.to_owned(), value.trim().to_owned())),
            (None, Some((_, value))) if !text.is_empty() => append(value, ' ', text),
            (None, _) => {}
        }
    }

    /// An indent begins a paragraph.
    fn abstract_line(&mut self, line: &str) {
        let text = line.trim();
        if line.starts_with([' ', '\t', '\u{a0}']) && !self.summary.is_empty() && !text.is_empty() {
            append(&mut self.summary, '\n', &format!("  {text}"));
        } else {
            append(&mut self.summary, '\n', text);
        }
    }

    fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    fn paper(self) -> Paper {
        let days: Vec<PartialDate> = self
            .fields
            .iter()
            .filter(|(name, _)| name.starts_with("Date"))
            .filter_map(|(_, value)| mail_day(value))
            .collect();
        let replaced = self.field("Replaced").and_then(mail_day);
        let summary = stored_text(self.summary.trim());
        Paper {
            title: Text::new(self.field("Title").map(one_line).unwrap_or_default(), Markup::Tex),
            authors: self.field("Authors").or_else(|| self.field("Author")).map(names).unwrap_or_default(),
            summary: (!summary.is_empty()).then(|| Text::new(summary, Markup::Tex)),
            published: days.first().copied().filter(|_| !self.replaces),
            updated: replaced.or(days.last().copied()),
            categories: self
                .field("Categories")
                .map(|text| text.split_whitespace().map(stored_text).collect())
                .unwrap_or_default(),
            journal_ref: self.field("Journal-ref").map(rendered),
            comment: self.field("Comments").map(rendered),
            license: self.field("License").map(one_line),
            doi: self.field("DOI").and_then(|text| text.split_whitespace().find_map(Doi::parse)),
            version: self.id.version,
            arxiv: Some(self.id.id),
            ..Paper::default()
        }
    }
}

/// Adds to a field of a file that may never end it.
fn append(field: &mut String, between: char, text: &str) {
    if field.len() < LONGEST_FIELD {
        if !field.is_empty() {
            field.push(between);
        }
        field.push_str(text);
    }
}

/// `arXiv:2403.03507 (*cross-listing*)`; `Paper: hep-th/9901001` until 2007.
fn record_id(line: &str) -> Option<VersionedId> {
    let id = line.strip_prefix("arXiv:").or_else(|| line.strip_prefix("Paper:"))?;
    ArxivId::parse(id.split_whitespace().next()?)
}

/// The name of a field as it stands before the colon.
fn is_field(name: &str) -> bool {
    const FIELDS: [&str; 13] = [
        "Title",
        "Author",
        "Authors",
        "Categories",
        "Comments",
        "Journal-ref",
        "DOI",
        "Report-no",
        "MSC-class",
        "ACM-class",
        "License",
        "Proxy",
        "From",
    ];
    FIELDS.contains(&name) || name == "Date" || (name.starts_with("Date (") && name.ends_with(')'))
}

/// A line of dashes or of the signs between the parts of a mail.
fn is_separator(line: &str) -> bool {
    line.len() >= 40 && line.bytes().all(|byte| byte == b'-' || byte == b'%')
}

/// The line without the signs of a quoted mail.
fn unquoted(line: &str) -> &str {
    let mut bare = line;
    while let Some(rest) = bare.strip_prefix('>') {
        bare = rest.strip_prefix(' ').unwrap_or(rest);
    }
    bare
}

/// The day in UTC of `Wed, 1 Mar 2023 19:00:03 GMT   (5650kb,D)`.
fn mail_day(value: &str) -> Option<PartialDate> {
    day(value.split('(').next().unwrap_or_default())
}

/// The last day of `received from  Wed  1 Mar 23 19:00:00 GMT  to  Thu  2 Mar 23 19:00:00 GMT`.
fn last_received(line: &str) -> Option<Date> {
    let (_, last) = line.rsplit_once(" to ")?;
    let (_weekday, time) = last.trim().split_once(' ')?;
    mail_day(time.trim()).map(PartialDate::first_day)
}

/// The day on which what was submitted until this one is announced: the next, but for the weekend.
fn announced_after(received: Date) -> Option<PartialDate> {
    let days = if received.weekday() == Weekday::Friday { 3 } else { 1 };
    let day = received.checked_add(jiff::Span::new().days(days)).ok()?;
    PartialDate::new(day.year(), u8::try_from(day.month()).ok(), u8::try_from(day.day()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::tests::{papers, read_text, summary};

    const MAIL: &str = include_str!("../../tests/fixtures/mails/daily.txt");

    fn day(text: &str) -> Option<PartialDate> {
        text.parse().ok()
    }

    #[test]
    fn a_mail_is_read_record_by_record() {
        let (format, found) = read_text("mail.txt", MAIL);
        assert_eq!(format, "arxiv-mail");
        assert_eq!(
            summary(&found),
            [
                "arxiv:math.KT:2024-01-05 #1 Knots That Stay Tied: A Study of $\\pi$ in Wet Ropes",
                "arxiv:math.KT:2024-01-05 #2 Bowlines over {\\it finite} Fields",
                "- - Sheets and Halyards, Revisited",
                "- - A Reef Knot without an Abstract",
            ]
        );
        let papers = papers(&found);
        let first = papers[0];
        assert_eq!(first.arxiv.as_ref().map(ArxivId::as_str), Some("2401.99901"));
        assert_eq!(first.authors, ["Jörg Hansen", "Ana Solà", "Ludwig van der Berg", "Li Wei"]);
        assert_eq!(first.categories, ["math.KT", "math.GT"]);
        assert_eq!((first.published, first.updated), (day("2024-01-03"), day("2024-01-03")));
        assert_eq!(first.comment.as_deref(), Some("12 pages, 3 figures, to appear in a volume for Erdős"));
        assert_eq!(first.journal_ref.as_deref(), Some("J. Ropes 3 (2024) 1–7"));
        assert_eq!(first.doi.as_ref().map(Doi::as_str), Some("10.1000/ropes.7"));
        let text = "We tie knots in wet ropes\nand wait.\n  A second paragraph waits longer.";
        assert_eq!(first.summary, Some(Text::new(text, Markup::Tex)));
        let digest = &first.sightings[0].digest;
        assert_eq!((&*digest.label, digest.day), ("math.KT, 5 Jan 2024", day("2024-01-05")));
        // A replacement states when it was replaced, and not when it first appeared.
        assert_eq!((papers[2].published, papers[2].updated), (None, day("2024-01-04")));
        assert!(papers[2].summary.is_some() && papers[3].summary.is_none());
    }

    #[test]
    fn other_shapes_of_a_mail_are_the_same_papers() {
        let plain = read_text("mail.txt", MAIL).1;
        let quoted: String = MAIL.lines().map(|line| format!("> {line}\n")).collect();
        let one_space = MAIL.replace("\n  ", "\n ");
        let nbsp = MAIL.replace("\n  ", "\n\u{a0}");
        let crlf = MAIL.replace('\n', "\r\n");
        for text in [quoted, one_space, nbsp, crlf] {
            let (format, found) = read_text("mail.txt", &text);
            assert_eq!(format, "arxiv-mail");
            assert_eq!(papers(&found).len(), papers(&plain).len());
            for (one, other) in papers(&found).into_iter().zip(papers(&plain)) {
                let bare = |paper: &Paper| Paper { sightings: Vec::new(), ..paper.clone() };
                assert_eq!(bare(one), bare(other));
            }
        }
    }

    #[test]
    fn without_its_head_a_mail_is_of_the_day_after_the_last_submission() {
        for (to, expected) in [("Tue 13 Jun 23", "2023-06-14"), ("Fri 16 Jun 23", "2023-06-19")] {
            let record = "\\\\\narXiv:2306.99999\nTitle: Ropes\n\\\\\n Text.\n\\\\ ( x ,  1kb)\n";
            let head = format!("received from  Mon 12 Jun 23 18:00:00 GMT  to  {to} 18:00:00 GMT\n");
            let found = read_text("mail.txt", &(head + record)).1;
            assert_eq!(summary(&found), [format!("arxiv:{expected} #1 Ropes")]);
        }
    }

    #[test]
    fn joined_mails_are_digests_of_their_own() {
        let other = MAIL.replace("Fri,  5 Jan 24", "Mon,  8 Jan 24").replace("math.KT daily", "cs.LG daily");
        let found = read_text("mails.txt", &format!("{MAIL}\n{other}")).1;
        let lines = summary(&found);
        assert!(lines[4].starts_with("arxiv:cs.LG:2024-01-08 #1 Knots"), "{lines:?}");
    }

    #[test]
    fn a_cut_mail_loses_only_what_is_not_there() {
        let cut = &MAIL[..MAIL.find("and wait").unwrap()];
        let (_, found) = read_text("mail.txt", cut);
        let lines = summary(&found);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].ends_with("the record ends here without its closing line)"), "{lines:?}");
        let (_, found) = read_text("mail.txt", "\\\\\narXiv:2401.99901\nAuthors: A\n\\\\\n x\n\\\\\n");
        assert_eq!(summary(&found), ["line 2: a record without a title"]);
    }
}
