//! Reads one input on a thread of its own and hands its records over in batches, so that reading and storing run at the same time. It stores
//! nothing and counts only bytes.

use std::cell::Cell;
use std::io::{self, Read};
use std::mem;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use super::report::{ImportRequest, RecordProblem};
use crate::domain::clean::Clean;
use crate::domain::limits::cut_to_limits;
use crate::domain::reading::Reading;
use crate::error::Result;
use crate::library::today;
use crate::sources::{self, CarriedStates, Found, ImportFormat, Input, InputFile, ReadItem, SkippedFile};
use crate::store::{Packer, Packing, ReadyRecord};

/// Most records of a batch, and bytes of abstracts that end one early.
const BATCH_RECORDS: usize = 256;
const BATCH_BYTES: usize = 4 << 20;
/// Capacity of the channel in batches. More would only take memory.
const CAPACITY: usize = 4;

/// Consecutive records of an input.
pub(super) struct ReadBatch {
    pub(super) records: Vec<ReadRecord>,
    /// Bytes of the input, compressed as it is, that were read until the end of the batch.
    pub(super) bytes: u64,
}

/// A record that can be stored with its reading state, or something else for the report.
pub(super) enum ReadRecord {
    Paper(Box<ReadPaper>),
    Rejected(RecordProblem),
    Notice(RecordProblem),
    /// The file of all records since the last one ended: its path, and its format or why its rest could not be read.
    FileEnd(Clean, Result<&'static str>),
    /// A file of an archive that is not read.
    Skipped(SkippedFile),
}

/// A record that can be stored, with the reading state that it carries.
pub(super) struct ReadPaper {
    pub(super) record: ReadyRecord,
    pub(super) reading: Reading,
    /// Whose reading state it is.
    pub(super) states: CarriedStates,
}

/// Shared by the reading and the storing thread.
#[derive(Default)]
pub(super) struct ReaderStatus {
    /// Every record of the last batch was unchanged, so that compressing abstracts is probably useless.
    pub(super) all_known: AtomicBool,
    /// Batches in the channel.
    waiting: AtomicUsize,
}

impl ReaderStatus {
    /// When to compress an abstract: on the storing thread while that one waits for batches, else on this one.
    fn packing(&self) -> Packing {
        match (self.all_known.load(Ordering::Relaxed), self.waiting.load(Ordering::Relaxed)) {
            (true, _) => Packing::IfNew,
            (false, waiting) if waiting < CAPACITY / 2 => Packing::Later,
            (false, _) => Packing::Now,
        }
    }
}

/// Reads an input: a file, or the files of an archive. `take` is called with the batches in order, on the caller's thread; its Break ends the
/// reading, and the last file has no end then. An error when the rest of the input could not be read.
pub(super) fn read(
    item: &InputFile,
    request: &ImportRequest,
    (packer, status): (&mut Packer, &ReaderStatus),
    take: &mut dyn FnMut(&ReadBatch) -> ControlFlow<()>,
) -> Result<()> {
    status.waiting.store(0, Ordering::Relaxed);
    thread::scope(|scope| {
        let (sender, batches) = sync_channel(CAPACITY);
        let (return_sender, returned) = channel();
        let reading = scope.spawn(move || BatchSender::new(sender, returned, status).send(item, request, packer));
        for batch in batches {
            status.waiting.fetch_sub(1, Ordering::Relaxed);
            if take(&batch).is_break() {
                break;
            }
            // Fails when the reading is over; the batch is freed here then.
            drop(return_sender.send(batch));
        }
        reading.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// The reading thread's end of the channel, and the batch that is being filled.
struct BatchSender<'s> {
    batches: SyncSender<ReadBatch>,
    /// Stored batches, returned to be freed on the thread that allocated them: freeing the memory of another thread waits for locks.
    returned: Receiver<ReadBatch>,
    status: &'s ReaderStatus,
    records: Vec<ReadRecord>,
    /// Bytes of the abstracts in the batch.
    abstracts: usize,
    /// Bytes of the input that were read.
    count: Rc<Cell<u64>>,
    /// The import ended, and nothing receives batches any more.
    is_over: bool,
}

impl<'s> BatchSender<'s> {
    fn new(batches: SyncSender<ReadBatch>, returned: Receiver<ReadBatch>, status: &'s ReaderStatus) -> Self {
        let records = Vec::with_capacity(BATCH_RECORDS);
        Self { batches, returned, status, records, abstracts: 0, count: Rc::default(), is_over: false }
    }

    fn send(mut self, item: &InputFile, request: &ImportRequest, packer: &mut Packer) -> Result<()> {
        let input = item.open(today(), request.day)?;
        let counted = CountedReader { bytes: input.bytes, count: Rc::clone(&self.count) };
        let input = Input { bytes: Box::new(counted), ..input };
        let outcome = sources::files_of(input, &mut |found| match found {
            Found::File(file) => {
                let path = Clean::new(file.shown());
                let format = file.recognise(request.format.as_deref()).and_then(|file| {
                    let format = file.format;
                    file.read(&mut |item| self.take(item, format, request, packer)).map(|()| format.name)
                });
                if self.is_over { ControlFlow::Break(()) } else { self.push(ReadRecord::FileEnd(path, format)) }
            }
            Found::Skipped(skipped) => self.push(ReadRecord::Skipped(skipped)),
        });
        if !self.records.is_empty() {
            // The last batch, after which a Break changes nothing.
            let _ = self.hand_over();
        }
        outcome
    }

    fn take(
        &mut self,
        mut found: ReadItem,
        format: &ImportFormat,
        request: &ImportRequest,
        packer: &mut Packer,
    ) -> ControlFlow<()> {
        if let ReadItem::Record { line, record } = &mut found {
            if let Some(only) = &request.only {
                match only.get(&record.paper.key()) {
                    Some(sightings) => record.paper.sightings.clone_from(sightings),
                    None => return ControlFlow::Continue(()),
                }
            }
            let listed = request.listed.as_ref().and_then(|listed| listed.sighting(&record.paper));
            record.paper.sightings.extend(listed);
            let problem =
                |reason: String| ReadRecord::Notice(RecordProblem { line: *line, reason: Clean::new(&reason) });
            self.records.extend(cut_to_limits(record).into_iter().map(problem));
        }
        self.abstracts += abstract_bytes(&found);
        let packing = self.status.packing();
        self.push(prepared(found, format, packer, packing))
    }

    fn push(&mut self, record: ReadRecord) -> ControlFlow<()> {
        self.records.push(record);
        if self.records.len() < BATCH_RECORDS && self.abstracts < BATCH_BYTES {
            return ControlFlow::Continue(());
        }
        self.hand_over()
    }

    /// Break when the import is over.
    fn hand_over(&mut self) -> ControlFlow<()> {
        self.abstracts = 0;
        let records = mem::replace(&mut self.records, Vec::with_capacity(BATCH_RECORDS));
        self.returned.try_iter().for_each(drop);
        self.status.waiting.fetch_add(1, Ordering::Relaxed);
        self.is_over = self.batches.send(ReadBatch { records, bytes: self.count.get() }).is_err();
        if self.is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn abstract_bytes(found: &ReadItem) -> usize {
    match found {
        ReadItem::Record { record, .. } => record.paper.summary.as_ref().map_or(0, |summary| summary.source.len()),
        ReadItem::Rejected(_) | ReadItem::Notice(_) => 0,
    }
}

/// Prepares a record for storing. One that the store refuses is rejected.
fn prepared(found: ReadItem, format: &ImportFormat, packer: &mut Packer, packing: Packing) -> ReadRecord {
    match found {
        ReadItem::Record { line, record } => {
            match ReadyRecord::packed((record.paper, record.source), packer, packing) {
                Ok(ready) => {
                    let (reading, states) = (record.reading, format.states);
                    ReadRecord::Paper(Box::new(ReadPaper { record: ready, reading, states }))
                }
                Err(error) => ReadRecord::Rejected(RecordProblem { line, reason: Clean::new(&error.to_string()) }),
            }
        }
        ReadItem::Rejected(rejected) => {
            ReadRecord::Rejected(RecordProblem { line: rejected.line, reason: Clean::new(&rejected.reason) })
        }
        ReadItem::Notice(notice) => {
            ReadRecord::Notice(RecordProblem { line: notice.line, reason: Clean::new(&notice.message) })
        }
    }
}

/// Counts the bytes that are read through it.
struct CountedReader<'a> {
    bytes: Box<dyn Read + 'a>,
    count: Rc<Cell<u64>>,
}

impl Read for CountedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.count.set(self.count.get() + count as u64);
        Ok(count)
    }
}
