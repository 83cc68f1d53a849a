//! The pointer of a knowledge base in the data folder: the file `<base>.generation`, which says in which of the base's
//! database files its documents are.

use std::io;
use std::path::Path;

/// What stands behind the number of a generation that is closing.
const CLOSING: &str = "closing";

/// Where the pointer to the generation that serves stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Pointer {
    /// The generation that serves.
    pub(crate) generation: u64,
    /// Whether another is about to take over. What is written from now on may not be taken over, so nobody says that it is
    /// done before the pointer has moved or the mark is gone.
    pub(crate) is_closing: bool,
}

impl Pointer {
    /// Of a file's text; `None` where it is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let number = text.strip_suffix(CLOSING);
        let generation = number.unwrap_or(text).trim_end().parse().ok()?;
        Some(Self { generation, is_closing: number.is_some() })
    }

    /// The text of its file: `3`, or `3 closing`.
    pub(crate) fn text(self) -> String {
        let Self { generation, is_closing } = self;
        if is_closing { format!("{generation} {CLOSING}\n") } else { format!("{generation}\n") }
    }

    /// That of a base, as far as the folder of bases tells; `None` where its file cannot be read.
    pub(crate) fn of_file(folder: &Path, base: &str) -> Option<Self> {
        match std::fs::read_to_string(folder.join(pointer_name(base))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Self::default()),
            text => Self::read(&text.ok()?),
        }
    }
}

/// The name of a base's pointer in the folder of bases.
pub(crate) fn pointer_name(base: &str) -> String {
    format!("{base}.generation")
}

/// The name of a generation's file in the folder of bases.
pub(crate) fn database_name(base: &str, generation: u64) -> String {
    match generation {
        0 => format!("{base}.db"),
        _ => format!("{base}.{generation}.db"),
    }
}

#[cfg(test)]
mod tests;
