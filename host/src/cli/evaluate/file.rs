//! A file that the command line names.

use std::io::Read;
use std::path::Path;

use crate::cli::CommandError;

/// The file's own name, without its folder.
pub(in crate::cli) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The whole file; `-` is standard input.
pub(super) fn bytes_of(path: &Path) -> Result<Vec<u8>, CommandError> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        return read.map(|_| bytes).map_err(|error| format!("cannot read standard input: {error}"));
    }
    std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}
