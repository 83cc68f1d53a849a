//! The output of a command is what it prints on stdout, and whether all of that could be written.

use std::fmt::Arguments;
use std::io::{Error, ErrorKind, Write as _, stdout};
use std::sync::OnceLock;

use super::CommandError;

/// Why a part of the output could not be written: the first time that it failed.
static FAILED: OnceLock<Error> = OnceLock::new();

/// Prints a text. The command goes on where it cannot be written, since its work may not be done; [`end`] tells.
pub(super) fn print(text: Arguments<'_>) {
    heed(stdout().lock().write_fmt(text));
}

/// Keeps why something could not be written. A reader who has left has read what they wanted.
pub(super) fn heed(written: std::io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        // An error that is there already is the first.
        _ = FAILED.set(error);
    }
}

/// Writes what is still held back, such as a line without its end, and fails where a part of the output is lost.
pub(super) fn end() -> Result<(), CommandError> {
    heed(stdout().lock().flush());
    match FAILED.get() {
        None => Ok(()),
        Some(error) => {
            Err(format!("the output could not be written to stdout: {error}; what is there of it is not all"))
        }
    }
}
