//! Waits for other processes to write to the files of a library, with inotify on Linux. What was written is not read here; it includes what
//! this process wrote, which whoever is told must be able to tell apart at little cost.

#[cfg(not(target_os = "linux"))]
use std::convert::Infallible as FolderWatch;
use std::ops::ControlFlow;
use std::path::Path;

#[cfg(target_os = "linux")]
use inotify::FolderWatch;

use crate::error::Result;

/// A watch on the files of a library. Waiting takes no processor time.
#[derive(Debug)]
pub struct FileWatch(FolderWatch);

#[cfg(target_os = "linux")]
impl FileWatch {
    /// Watches the library in a folder. None where the system has no way to tell.
    ///
    /// # Errors
    /// System when the folder cannot be watched: the limit of watches is reached, or it is gone.
    pub fn new(dir: &Path) -> Result<Option<Self>> {
        FolderWatch::new(dir).map(|watch| Some(Self(watch)))
    }

    /// Calls `written` soon after something was written, and now and then while writing goes on. Returns when it breaks, or when the folder
    /// cannot be watched any more.
    pub fn run(self, written: &mut dyn FnMut() -> ControlFlow<()>) {
        self.0.run(written);
    }
}

#[cfg(not(target_os = "linux"))]
impl FileWatch {
    pub fn new(_dir: &Path) -> Result<Option<Self>> {
        Ok(None)
    }

    pub fn run(self, _written: &mut dyn FnMut() -> ControlFlow<()>) {
        match self.0 {}
    }
}

#[cfg(target_os = "linux")]
mod inotify {
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::path::PathBuf;
    use std::thread;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::inotify::{CreateFlags, Event, ReadFlags, Reader, WatchFlags, add_watch, init};
    use rustix::io::{self, Errno};

    use super::super::INDEX;
    use super::{ControlFlow, Path, Result};
    use crate::error::IoContext;

    /// A change consists of several writes: it is told after so long.
    const FIRST_PAUSE: Duration = Duration::from_millis(50);
    /// The shortest and the longest pause after a change was told. It is doubled while writing goes on, so that an import does not keep the
    /// reader busy, and stays below a second.
    const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
    const LONGEST_PAUSE: Duration = Duration::from_millis(800);
    /// Files in the folder of the library whose changes are told. SQLite writes to the log first.
    const DATABASES: [&[u8]; 4] = [b"user.db", b"user.db-wal", b"papers.db", b"papers.db-wal"];
    /// Room for many events, aligned or not.
    const BUFFER: usize = 16 * 1024;

    #[derive(Debug)]
    pub(super) struct FolderWatch {
        dir: PathBuf,
        inotify: OwnedFd,
        watched: Watched,
    }

    /// The numbers that inotify gave the folders. A folder that takes the place of another gets a new one.
    #[derive(Clone, Copy, Debug)]
    struct Watched {
        dir: i32,
        /// None while there is no index.
        index: Option<i32>,
    }

    /// What an event is about.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Subject {
        Nothing,
        Files,
        /// A folder that is watched, or is to be: it was made, removed or replaced.
        Folder,
    }

    impl Watched {
        fn add(inotify: &OwnedFd, dir: &Path) -> io::Result<Self> {
            let files = WatchFlags::MODIFY
                | WatchFlags::MOVED_TO
                | WatchFlags::CREATE
                | WatchFlags::DELETE
                | WatchFlags::ONLYDIR;
            let of_dir = add_watch(inotify, dir, files | WatchFlags::DELETE_SELF | WatchFlags::MOVE_SELF)?;
            Ok(Self { dir: of_dir, index: add_watch(inotify, dir.join(INDEX), files).ok() })
        }

        fn subject(self, event: &Event<'_>) -> Subject {
            if event.events().contains(ReadFlags::QUEUE_OVERFLOW) || Some(event.wd()) == self.index {
                return Subject::Files;
            }
            match event.file_name().map(|name| name.to_bytes()) {
                _ if event.wd() != self.dir => Subject::Nothing,
                None => Subject::Folder,
                Some(name) if name == INDEX.as_bytes() => Subject::Folder,
                Some(name) if DATABASES.contains(&name) => Subject::Files,
                Some(_) => Subject::Nothing,
            }
        }
    }

    impl FolderWatch {
        pub(super) fn new(dir: &Path) -> Result<Self> {
            let inotify = init(CreateFlags::CLOEXEC).map_err(Into::into).at("watch", dir)?;
            let watched = Watched::add(&inotify, dir).map_err(Into::into).at("watch", dir)?;
            Ok(Self { dir: dir.to_owned(), inotify, watched })
        }

        pub(super) fn run(self, written: &mut dyn FnMut() -> ControlFlow<()>) {
            // The folder is gone: there is nothing to watch any more.
            let _: io::Result<()> = self.try_run(written);
        }

        fn try_run(self, written: &mut dyn FnMut() -> ControlFlow<()>) -> io::Result<()> {
            let Self { dir, inotify, mut watched } = self;
            let mut buffer = [MaybeUninit::uninit(); BUFFER];
            let mut events = Reader::new(&inotify, &mut buffer);
            let mut pause = SHORTEST_PAUSE;
            loop {
                let mut subject = next(&mut events, watched)?;
                if subject == Subject::Nothing {
                    continue;
                }
                thread::sleep(FIRST_PAUSE);
                let mut is_folder = subject == Subject::Folder;
                while !events.is_buffer_empty() || is_readable(&inotify)? {
                    subject = next(&mut events, watched)?;
                    is_folder |= subject == Subject::Folder;
                }
                if is_folder {
                    watched = Watched::add(&inotify, &dir)?;
                }
                if written().is_break() {
                    return Ok(());
                }
                thread::sleep(pause);
                pause = if is_readable(&inotify)? { LONGEST_PAUSE.min(pause * 2) } else { SHORTEST_PAUSE };
            }
        }
    }

    /// Waits for the next event.
    fn next(events: &mut Reader<'_, &OwnedFd>, watched: Watched) -> io::Result<Subject> {
        loop {
            match events.next() {
                // The process was stopped and goes on.
                Err(Errno::INTR) => {}
                event => return event.map(|event| watched.subject(&event)),
            }
        }
    }

    fn is_readable(inotify: &OwnedFd) -> io::Result<bool> {
        loop {
            match poll(&mut [PollFd::new(inotify, PollFlags::IN)], Some(&Timespec::default())) {
                Err(Errno::INTR) => {}
                count => return count.map(|count| count > 0),
            }
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::fs;
    use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
    use std::thread;
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn watch(dir: &Path) -> Receiver<()> {
        let watch = FileWatch::new(dir).unwrap().unwrap();
        let (told, tells) = channel();
        thread::spawn(move || {
            watch.run(&mut || match told.send(()) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            });
        });
        tells
    }

    #[test]
    fn what_is_written_is_told_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("library");
        fs::create_dir(&dir).unwrap();
        let tells = watch(&dir);
        fs::write(dir.join("config.toml"), "").unwrap();
        assert_eq!(tells.recv_timeout(SECOND / 2), Err(RecvTimeoutError::Timeout));
        let changes: [&dyn Fn(); 6] = [
            &|| fs::write(dir.join("user.db-wal"), "x").unwrap(),
            &|| fs::write(dir.join("papers.db"), "x").unwrap(),
            &|| fs::remove_file(dir.join("papers.db")).unwrap(),
            &|| fs::create_dir(dir.join("index")).unwrap(),
            &|| fs::write(dir.join("index/words.idx"), "x").unwrap(),
            &|| {
                // Another folder takes its place.
                fs::rename(&dir, folder.path().join("aside")).unwrap();
                fs::create_dir(&dir).unwrap();
            },
        ];
        for change in changes {
            change();
            tells.recv_timeout(SECOND).unwrap();
            while tells.recv_timeout(SECOND / 2).is_ok() {}
        }
        fs::write(dir.join("user.db"), "x").unwrap();
        tells.recv_timeout(SECOND).unwrap();
    }

    #[test]
    fn a_burst_is_told_a_few_times() {
        let folder = tempfile::tempdir().unwrap();
        let tells = watch(folder.path());
        for _ in 0..200 {
            fs::write(folder.path().join("user.db-wal"), "x").unwrap();
            thread::sleep(Duration::from_millis(10));
        }
        let mut told = 0;
        while tells.recv_timeout(SECOND).is_ok() {
            told += 1;
        }
        assert!((2..=8).contains(&told), "{told}");
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = FileWatch::new(&folder.path().join("none")).unwrap_err();
        assert!(error.message.contains("none"), "{error}");
    }
}
