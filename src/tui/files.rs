//! The thread that waits for other processes to write to the library. Where that is not possible, what they wrote shows with the next key.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Instant;

use super::message::{Message, Timed};
use crate::library::FileWatch;

/// Tells from now on, soon after the files of the library were written, by this process, too.
pub(super) fn watch(dir: &Path, messages: Sender<Timed>) {
    let Ok(Some(files)) = FileWatch::new(dir) else { return };
    thread::spawn(move || {
        files.run(&mut || match messages.send((Instant::now(), Message::FilesWritten)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
    });
}
