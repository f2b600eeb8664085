//! Starts other programs: the opener of web addresses and the user's editor. Never through a shell; addresses were checked by `gate`.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::error::{Error, IoContext, Result};

/// Opens an address with the configured command, or with the system's opener when none is configured. Returns at once.
pub(super) fn open(url: &str, command: &[String]) -> Result<()> {
    let Some((program, words)) = command.split_first() else {
        return open::that_detached(url).map_err(|error| {
            Error::io(format_args!("no program could open {url}"), error).hint(":copy-url copies the address instead")
        });
    };
    let child = Command::new(program)
        .args(words)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.context(&format!("cannot start `{program}`"))?;
    // A child that nothing waits for stays in the process table until the reader exits.
    std::thread::spawn(move || drop(child.wait()));
    Ok(())
}

/// Lets the user edit a text in their editor; None when it was not changed. The terminal must be in its ordinary state. The text is in a
/// file that only its owner can read, which is deleted afterwards unless the editor failed.
pub(super) fn edit(text: &str, editor: &[String]) -> Result<Option<String>> {
    let Some((program, words)) = editor.split_first() else { return Err(Error::usage("no editor is set")) };
    let file = tempfile::Builder::new().prefix("tsundoku-note-").suffix(".md").tempfile();
    let mut file = file.context("cannot make a temporary file for the note")?;
    file.write_all(text.as_bytes()).and_then(|()| file.flush()).at("write", file.path())?;
    let status = Command::new(program).args(words).arg(file.path()).status();
    let status = status.map_err(|error| {
        Error::io(format_args!("cannot start the editor `{program}`"), error)
            .hint("set $EDITOR, or `editor` in the settings")
    })?;
    if !status.success() {
        let path = file.into_temp_path();
        let shown = path.to_path_buf();
        let kept = path.keep().map_err(|error| error.error).at("keep", &shown)?;
        let error = Error::system(format!("the editor failed ({status}); the note is unchanged"));
        return Err(error.hint(format!("your text is in {}", kept.display())));
    }
    let edited = std::fs::read(file.path()).at("read", file.path())?;
    let edited = String::from_utf8_lossy(&edited).trim_end().to_owned();
    Ok((edited != text).then_some(edited))
}
