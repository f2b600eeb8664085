//! One file on its way in: read, and its records made ready, on a thread of its own, and handed over in batches through a short channel,
//! so that reading goes on while the library stores. It stores nothing and counts nothing but bytes.

use std::cell::Cell;
use std::io::{self, Read};
use std::mem;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use super::{ImportRequest, RejectedRecord, today};
use crate::domain::reading::Reading;
use crate::error::Result;
use crate::sources::{self, Input, InputFile, ReadItem};
use crate::store::{Packer, Packing, ReadyRecord};

/// Records handed over at once, and bytes of abstracts that end a batch early.
const RECORDS: usize = 256;
const BYTES: usize = 4 << 20;
/// Batches that wait at most. More would only take memory.
const WAITING: usize = 4;

/// What was found in a part of a file.
pub(super) struct Batch {
    pub(super) found: Vec<Entry>,
    /// Bytes of the file, packed as it is, that were read by then.
    pub(super) bytes: u64,
}

/// A record ready to be stored with the state it came with, or what the report says instead.
pub(super) enum Entry {
    Paper(Box<(ReadyRecord, Reading)>),
    Rejected(RejectedRecord),
    Notice(RejectedRecord),
}

/// What the two threads know of each other.
#[derive(Default)]
pub(super) struct Pace {
    /// The library knows all that comes: to pack abstracts would be in vain.
    pub(super) known: AtomicBool,
    /// Batches that wait to be stored.
    waiting: AtomicUsize,
}

impl Pace {
    /// Who has time to pack: where nothing waits, the other thread.
    fn packing(&self) -> Packing {
        match (self.known.load(Ordering::Relaxed), self.waiting.load(Ordering::Relaxed)) {
            (true, _) => Packing::IfNew,
            (false, waiting) if waiting < WAITING / 2 => Packing::Later,
            (false, _) => Packing::Now,
        }
    }
}

/// Reads a file; `take` is called with its batches in their order on the caller's thread, and its Break ends the reading. Returns the
/// format's name, or why the rest of the file was not read.
pub(super) fn read(
    item: &InputFile,
    request: &ImportRequest,
    (packer, pace): (&mut Packer, &Pace),
    take: &mut dyn FnMut(&Batch) -> ControlFlow<()>,
) -> Result<&'static str> {
    pace.waiting.store(0, Ordering::Relaxed);
    thread::scope(|scope| {
        let (sender, batches) = sync_channel(WAITING);
        let (back, done) = channel();
        let reading = scope.spawn(move || Sender { batches: sender, done, pace }.send(item, request, packer));
        for batch in batches {
            pace.waiting.fetch_sub(1, Ordering::Relaxed);
            if take(&batch).is_break() {
                break;
            }
            // Nobody frees it when the reading is over, so it is freed here.
            drop(back.send(batch));
        }
        reading.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// The reading thread's end.
struct Sender<'p> {
    batches: SyncSender<Batch>,
    /// Batches come back to be freed where they were made: two threads that free each other's memory wait for each other's locks.
    done: Receiver<Batch>,
    pace: &'p Pace,
}

impl Sender<'_> {
    fn send(self, item: &InputFile, request: &ImportRequest, packer: &mut Packer) -> Result<&'static str> {
        let input = item.open(today(), request.day)?;
        let count = Rc::new(Cell::new(0));
        let counted = Counted { bytes: input.bytes, count: Rc::clone(&count) };
        let input = Input { bytes: Box::new(counted), ..input };
        let (mut found, mut size) = (Vec::with_capacity(RECORDS), 0);
        let outcome = sources::read(input, request.format.as_deref(), &mut |one| {
            size += summary_bytes(&one);
            found.push(entry(one, packer, self.pace.packing()));
            if found.len() < RECORDS && size < BYTES {
                return ControlFlow::Continue(());
            }
            size = 0;
            let found = mem::replace(&mut found, Vec::with_capacity(RECORDS));
            self.hand_over(Batch { found, bytes: count.get() })
        });
        if !found.is_empty() {
            // The last batch: whether anybody takes it changes nothing more.
            let _ = self.hand_over(Batch { found, bytes: count.get() });
        }
        outcome
    }

    /// Break when nobody takes it any more: the import is over.
    fn hand_over(&self, batch: Batch) -> ControlFlow<()> {
        self.done.try_iter().for_each(drop);
        self.pace.waiting.fetch_add(1, Ordering::Relaxed);
        self.batches.send(batch).map_or(ControlFlow::Break(()), ControlFlow::Continue)
    }
}

fn summary_bytes(found: &ReadItem) -> usize {
    match found {
        ReadItem::Record(record) => record.paper.summary.as_ref().map_or(0, |summary| summary.source.len()),
        ReadItem::Rejected(_) | ReadItem::Notice(_) => 0,
    }
}

/// A record the store refuses costs only itself.
fn entry(found: ReadItem, packer: &mut Packer, packing: Packing) -> Entry {
    match found {
        ReadItem::Record(record) => match ReadyRecord::packed(record.paper, packer, packing) {
            Ok(ready) => Entry::Paper(Box::new((ready, record.reading))),
            Err(error) => Entry::Rejected(RejectedRecord { line: 0, reason: error.to_string() }),
        },
        ReadItem::Rejected(rejected) => {
            Entry::Rejected(RejectedRecord { line: rejected.line, reason: rejected.reason })
        }
        ReadItem::Notice(notice) => Entry::Notice(RejectedRecord { line: notice.line, reason: notice.message }),
    }
}

struct Counted<'a> {
    bytes: Box<dyn Read + 'a>,
    count: Rc<Cell<u64>>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.count.set(self.count.get() + count as u64);
        Ok(count)
    }
}
