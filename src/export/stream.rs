//! Writes millions of papers in their order: some are read while the ones before them are made into text, which takes about as long. Which
//! text is up to the format.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::citation::CitationKeys;
use super::entry::{ExportEntry, ExportPapers, PaperParts, chunks};

/// Papers read at once. Their citation keys are stored in one transaction, before any of them is written.
const READ_AT_ONCE: usize = 512;
/// How many times as many are in memory.
const MOST_AHEAD: usize = 2;

/// Appends the text of a paper.
pub(super) type Render<'a> = dyn Fn(ExportEntry, &mut Vec<u8>) + Sync + 'a;

/// Writes the text of every paper, with `separator` between two.
pub(super) fn write_all(
    papers: &mut dyn ExportPapers,
    mut keys: Option<CitationKeys>,
    separator: &str,
    render: &Render<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut read = |papers: &mut dyn ExportPapers, places: &[usize]| {
        let mut entries = papers.read(places, PaperParts::Whole)?;
        if let Some(keys) = &mut keys {
            keys.give(papers, places, &mut entries)?;
        }
        let entries: Vec<ExportEntry> = entries.into_iter().flatten().collect();
        io::Result::Ok(entries)
    };
    let mut texts = Texts { separator, is_first: true, render };
    let mut places = chunks(papers.count(), READ_AT_ONCE);
    if papers.count() <= READ_AT_ONCE {
        return places.try_for_each(|places| out.write_all(&texts.of(read(papers, &places)?)));
    }
    thread::scope(|scope| {
        let (to_render, entries) = channel();
        let (rendered, texts_in_order) = channel();
        scope.spawn(move || texts.render_all(&entries, &rendered));
        let mut ahead = 0;
        for places in places {
            let chunk = read(papers, &places)?;
            ahead += usize::from(to_render.send(chunk).is_ok());
            if ahead == MOST_AHEAD {
                write_next(&texts_in_order, out)?;
                ahead -= 1;
            }
        }
        drop(to_render);
        texts_in_order.iter().try_for_each(|text: Vec<u8>| out.write_all(&text))
    })
}

/// Where nothing comes any more, the scope of the thread tells why.
fn write_next(texts: &Receiver<Vec<u8>>, out: &mut dyn Write) -> io::Result<()> {
    texts.recv().map_or(Ok(()), |text| out.write_all(&text))
}

struct Texts<'a> {
    separator: &'a str,
    is_first: bool,
    render: &'a Render<'a>,
}

impl Texts<'_> {
    fn render_all(&mut self, entries: &Receiver<Vec<ExportEntry>>, rendered: &Sender<Vec<u8>>) {
        for entries in entries {
            // Nobody waits for it once the writing has failed.
            if rendered.send(self.of(entries)).is_err() {
                return;
            }
        }
    }

    fn of(&mut self, entries: Vec<ExportEntry>) -> Vec<u8> {
        let mut text = Vec::new();
        for entry in entries {
            if !std::mem::take(&mut self.is_first) {
                text.extend_from_slice(self.separator.as_bytes());
            }
            (self.render)(entry, &mut text);
        }
        text
    }
}
