//! An archive is many documents in one file. They are taken out one after the other and never all
//! at once, and what an archive may hold is bounded: a small one can unfold to more than any disk.

mod names;
mod tar;
mod zip;

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::ops::ControlFlow;

use super::document::Format;
use super::source::{Content, Source, too_large};

/// Most files in one archive, with those of archives in it.
const MAX_FILES: usize = 20_000;
/// Most bytes an archive may unfold to, with those of archives in it.
const MAX_BYTES: u64 = 4 << 30;
/// How many times longer a file may be than what it is packed to. Text packs tenfold, tables of
/// numbers fiftyfold; a bomb packs a thousandfold.
const MAX_FOLD: u64 = 200;
/// A file shorter than this may be packed as tightly as it likes.
const FOLD_FROM: u64 = 1 << 20;
/// Archives within an archive: one level, which is how people send what was sent to them.
const MAX_DEPTH: usize = 1;
/// Most bytes of an archive within an archive, which is held in memory.
const MAX_INNER: u64 = 64 << 20;

/// What a kind of archive a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Archive {
    Zip,
    Tar,
    TarGz,
}

impl Archive {
    /// What the file's name tells.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        [(".zip", Self::Zip), (".tar", Self::Tar), (".tar.gz", Self::TarGz), (".tgz", Self::TarGz)]
            .into_iter()
            .find_map(|(ending, kind)| path.ends_with(ending).then_some(kind))
    }
}

/// What comes out of an archive.
#[derive(Debug)]
pub(super) enum Unpacked {
    /// A document, with its bytes. Its id is the archive's, `/`, and its path within.
    Document(Source),
    /// A file that is no document, or cannot be taken out.
    Unreadable {
        /// Its id, as far as that can be said.
        document: String,
        reason: String,
    },
}

/// Takes the documents out of an archive and gives them one by one, until there are no more or
/// `give` breaks. Directories, links and hidden files are passed over. The error says why the
/// archive cannot be read, or not to its end; what was given before stands. Blocks.
pub(super) fn unpack(
    archive: Source,
    kind: Archive,
    give: &mut dyn FnMut(Unpacked) -> ControlFlow<()>,
) -> Result<(), String> {
    let mut unpacking = Unpacking { give, files: 0, bytes: 0, depth: 0 };
    let ended = match archive.content {
        Content::Bytes(bytes) => unpacking.archive(&archive.id, kind, Cursor::new(bytes)),
        Content::File(path) => {
            let refuse = |error: io::Error| format!("cannot read {}: {error}", path.display());
            let file = File::open(&path).map_err(refuse)?;
            if !file.metadata().map_err(refuse)?.is_file() {
                return Err(format!("{} is no file", path.display()));
            }
            unpacking.archive(&archive.id, kind, BufReader::new(file))
        }
    };
    match ended {
        Ok(()) | Err(Stop::Enough) => Ok(()),
        Err(Stop::Broken(reason)) => Err(reason),
    }
}

/// Why unpacking ends before the archive does.
enum Stop {
    /// Nobody wants more.
    Enough,
    Broken(String),
}

/// What a file within an archive is, as far as the archive says.
struct Entry<'a> {
    /// As the archive has it.
    name: &'a [u8],
    /// The bytes it is packed to, where each file is packed alone.
    packed: Option<u64>,
}

struct Unpacking<'a> {
    give: &'a mut dyn FnMut(Unpacked) -> ControlFlow<()>,
    files: usize,
    bytes: u64,
    depth: usize,
}

impl Unpacking<'_> {
    fn archive<R: Read + Seek>(&mut self, id: &str, kind: Archive, reader: R) -> Result<(), Stop> {
        match kind {
            Archive::Zip => zip::walk(self, id, reader),
            Archive::Tar => tar::walk(self, id, reader),
            Archive::TarGz => tar::walk_packed(self, id, reader),
        }
    }

    /// Deals with one file of the archive `id`.
    fn file(&mut self, id: &str, entry: &Entry<'_>, reader: &mut dyn Read) -> Result<(), Stop> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(Stop::Broken(format!("holds more than {MAX_FILES} files; split it")));
        }
        let name = match names::checked(entry.name) {
            Ok(Some(name)) => name,
            Ok(None) => return Ok(()),
            Err(refusal) => {
                return self.unreadable(format!("{id}/{}", refusal.name), refusal.reason);
            }
        };
        let document = format!("{id}/{name}");
        if let Some(kind) = Archive::of_path(&name) {
            return self.inner(document, kind, entry, reader);
        }
        let Some(format) = Format::of_path(&name) else {
            return self.unreadable(document, Format::unknown());
        };
        match self.read(entry, format.max_bytes(), reader)? {
            Ok(bytes) => self.give(Unpacked::Document(Source::bytes(document, bytes))),
            Err(reason) => self.unreadable(document, reason),
        }
    }

    fn inner(
        &mut self,
        id: String,
        kind: Archive,
        entry: &Entry<'_>,
        reader: &mut dyn Read,
    ) -> Result<(), Stop> {
        if self.depth >= MAX_DEPTH {
            let reason = "is an archive in an archive in an archive; unpack one of them".to_owned();
            return self.unreadable(id, reason);
        }
        let bytes = match self.read(entry, MAX_INNER, reader)? {
            Ok(bytes) => bytes,
            Err(reason) => return self.unreadable(id, reason),
        };
        self.depth += 1;
        let ended = self.archive(&id, kind, Cursor::new(bytes));
        self.depth -= 1;
        match ended {
            // One that is damaged does not end the archive around it, but one that is too much does.
            Err(Stop::Broken(reason)) if self.files <= MAX_FILES && self.bytes <= MAX_BYTES => {
                self.unreadable(id, reason)
            }
            ended => ended,
        }
    }

    /// The bytes of a file, at most `limit`; the error within says why there are none.
    fn read(
        &mut self,
        entry: &Entry<'_>,
        limit: u64,
        reader: &mut dyn Read,
    ) -> Result<Result<Vec<u8>, String>, Stop> {
        let fold = entry.packed.map_or(u64::MAX, |packed| packed.saturating_mul(MAX_FOLD).max(FOLD_FROM));
        let most = limit.min(fold);
        let mut bytes = Vec::new();
        let read = reader.take(most + 1).read_to_end(&mut bytes);
        self.bytes += bytes.len() as u64;
        if self.bytes > MAX_BYTES {
            return Err(Stop::Broken(format!("unfolds to more than {} GiB; split it", MAX_BYTES >> 30)));
        }
        if let Err(error) = read {
            return match broken(&error) {
                Some(reason) => Err(Stop::Broken(reason)),
                None => Ok(Err(format!("is damaged within its archive: {error}"))),
            };
        }
        Ok(match bytes.len() as u64 {
            length if length > fold => Err(format!(
                "unfolds more than {MAX_FOLD}-fold, as a zip bomb does; send it unpacked if it is none"
            )),
            length if length > limit => Err(too_large(length, limit).replacen("is ", "is over ", 1)),
            _ => Ok(bytes),
        })
    }

    fn unreadable(&mut self, document: String, reason: String) -> Result<(), Stop> {
        self.give(Unpacked::Unreadable { document, reason })
    }

    fn give(&mut self, unpacked: Unpacked) -> Result<(), Stop> {
        match (self.give)(unpacked) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Enough),
        }
    }
}

/// A reader's refusal of the whole archive, which travels as an error of input.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refusal(String);

/// What a refusal of the whole archive says; `None` where the error is another.
fn broken(error: &io::Error) -> Option<String> {
    error.get_ref().and_then(|error| error.downcast_ref::<Refusal>()).map(|refusal| refusal.0.clone())
}

#[cfg(test)]
mod tests;
