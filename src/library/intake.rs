//! One file on its way in: read, and its abstracts packed, on a thread of its own, and handed over in batches through a short channel, so
//! that reading goes on while the library stores. It stores nothing and counts nothing but bytes.

use std::cell::Cell;
use std::io::{self, Read};
use std::mem;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use super::{ImportRequest, today};
use crate::error::Result;
use crate::sources::{self, Found, Input, Item};
use crate::store::{Packed, Packer};

/// Records handed over at once, and bytes of abstracts that end a batch early.
const RECORDS: usize = 256;
const BYTES: usize = 4 << 20;
/// Batches that wait at most. More would only take memory.
const WAITING: usize = 4;

/// What was found in a part of a file.
pub(super) struct Batch {
    pub(super) found: Vec<(Found, Option<Packed>)>,
    /// Bytes of the file, packed as it is, that were read by then.
    pub(super) bytes: u64,
}

/// Reads a file; `take` is called with its batches in their order on the caller's thread, and its Break ends the reading. `ahead` packs
/// abstracts while the flag says that it is worth while, which it is not while the library knows all that comes. Returns the format's
/// name, or why the rest of the file was not read.
pub(super) fn read(
    item: &Item,
    request: &ImportRequest,
    ahead: (&mut Packer, &AtomicBool),
    take: &mut dyn FnMut(Batch) -> ControlFlow<()>,
) -> Result<&'static str> {
    thread::scope(|scope| {
        let (sender, batches) = sync_channel(WAITING);
        let reading = scope.spawn(move || send(item, request, ahead, &sender));
        for batch in batches {
            if take(batch).is_break() {
                break;
            }
        }
        reading.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn send(
    item: &Item,
    request: &ImportRequest,
    (packer, worth): (&mut Packer, &AtomicBool),
    sender: &SyncSender<Batch>,
) -> Result<&'static str> {
    let input = item.open(today(), request.day)?;
    let count = Rc::new(Cell::new(0));
    let counted = Counted { bytes: input.bytes, count: Rc::clone(&count) };
    let (mut found, mut size) = (Vec::with_capacity(RECORDS), 0);
    let outcome = sources::read(Input { bytes: Box::new(counted), ..input }, request.format.as_deref(), &mut |one| {
        let summary = summary(&one);
        size += summary.map_or(0, str::len);
        // What cannot be packed fails where it is stored.
        let packed = summary.filter(|_| worth.load(Ordering::Relaxed)).and_then(|summary| packer.pack(summary).ok());
        found.push((one, packed));
        if found.len() < RECORDS && size < BYTES {
            return ControlFlow::Continue(());
        }
        size = 0;
        let found = mem::replace(&mut found, Vec::with_capacity(RECORDS));
        // Nobody takes it any more: the import is over.
        sender.send(Batch { found, bytes: count.get() }).map_or(ControlFlow::Break(()), ControlFlow::Continue)
    });
    if !found.is_empty() {
        drop(sender.send(Batch { found, bytes: count.get() }));
    }
    outcome
}

fn summary(found: &Found) -> Option<&str> {
    match found {
        Found::Record(record) => record.paper.summary.as_ref().map(|summary| summary.source.as_str()),
        Found::Rejected(_) | Found::Notice(_) => None,
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
