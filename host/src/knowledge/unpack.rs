//! An archive is many documents in one file. They are taken out one after the other and never all
//! at once, and what an archive may hold is bounded: a small one can unfold to more than any disk.
//!
//! Archives (`knowledge/unpack`) are walked in the host, one file at a time and with a bound on everything
//! they say of themselves: files, bytes, how far they unfold, headers, stretches that two files share. The
//! import's first stage (`import/read.rs`) unpacks them, so that every way in does. A document in one is an
//! ordinary document with the archive's id before its own; an archive that breaks off tells nothing of what
//! else it holds, so nothing of it is pruned.

mod names;
mod tar;
mod zip;

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::ops::ControlFlow;

use super::document::Format;
use super::metadata::Metadata;
use super::source::{Content, Source, cannot_read, file_size, too_large};

/// Most files in one archive.
const MAX_FILES: usize = 20_000;
/// Most bytes an archive may unfold to.
const MAX_BYTES: u64 = 4 << 30;
/// How many times longer files may be than what they are packed to: each by itself, and all of an
/// archive. Text packs tenfold, tables of numbers fiftyfold; a bomb packs a thousandfold.
const MAX_FOLD: u64 = 200;
/// A file shorter than this may be packed as tightly as it likes.
const FOLD_FROM: u64 = 1 << 20;
/// An archive that unpacks to less than this may be packed as tightly as it likes, too.
const ARCHIVE_FOLD_FROM: u64 = 64 << 20;

/// Why a link is not followed: what it names may be anything.
const LINK: &str = "is a link to another file; pack the file itself";

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

/// Whether a document of this name is unpacked: what it holds are the documents.
pub fn is_archive(path: &str) -> bool {
    Archive::of_path(path).is_some()
}

/// What comes out of an archive.
#[derive(Debug)]
pub(super) enum Unpacked {
    /// A document, with its bytes. Its id is the archive's, `/`, and its path within.
    Document(Source),
    /// A file that is not a document, or cannot be taken out.
    Unreadable {
        /// Its id, as far as that can be said.
        document: String,
        reason: String,
    },
}

/// Takes the documents out of an archive and gives them one by one, until there are no more or
/// `give` breaks. Folders and hidden files are passed over. The error says why the archive cannot be
/// read, or not to its end; what was given before stands. Blocks.
pub(super) fn unpack(
    archive: Source,
    kind: Archive,
    give: &mut dyn FnMut(Unpacked) -> ControlFlow<()>,
) -> Result<(), String> {
    let Source { id, url, metadata, content, .. } = archive;
    let ended = match content {
        Content::Bytes(bytes) => {
            let mut unpacking = ArchiveUnpacking::new((id, url, metadata), bytes.len() as u64, give);
            unpacking.archive(kind, Cursor::new(bytes))
        }
        Content::Refused(reason) => return Err(reason),
        Content::File(path) => {
            let size = file_size(&path)?;
            let file = File::open(&path).map_err(|error| cannot_read(&path, &error))?;
            ArchiveUnpacking::new((id, url, metadata), size, give).archive(kind, BufReader::new(file))
        }
    };
    match ended {
        Ok(()) | Err(UnpackStop::Enough) => Ok(()),
        Err(UnpackStop::Broken(reason)) => Err(reason),
    }
}

/// Why unpacking ends before the archive does.
enum UnpackStop {
    /// The caller wants no more files.
    Enough,
    Broken(String),
}

/// What a file within an archive is, as far as the archive says.
struct ArchiveEntry<'a> {
    /// The file's name as the archive has it.
    name: &'a [u8],
    /// How long it should be.
    length: u64,
    /// The bytes it is packed to, where each file is packed alone.
    packed: Option<u64>,
}

struct ArchiveUnpacking<'a> {
    id: String,
    /// What is said of the archive is said of each document in it, and where a reader finds it.
    url: Option<String>,
    metadata: Metadata,
    give: &'a mut dyn FnMut(Unpacked) -> ControlFlow<()>,
    names: HashSet<String>,
    files: usize,
    bytes: u64,
    most_bytes: u64,
}

impl<'a> ArchiveUnpacking<'a> {
    /// `length` is that of the archive.
    fn new(
        (id, url, metadata): (String, Option<String>, Metadata),
        length: u64,
        give: &'a mut dyn FnMut(Unpacked) -> ControlFlow<()>,
    ) -> Self {
        let most_bytes = length.saturating_mul(MAX_FOLD).clamp(ARCHIVE_FOLD_FROM, MAX_BYTES);
        Self { id, url, metadata, give, names: HashSet::new(), files: 0, bytes: 0, most_bytes }
    }

    fn archive<R: Read + io::Seek>(&mut self, kind: Archive, reader: R) -> Result<(), UnpackStop> {
        match kind {
            Archive::Zip => zip::walk(self, reader),
            Archive::Tar => tar::walk(self, reader),
            Archive::TarGz => tar::walk_packed(self, reader),
        }
    }

    /// Deals with one file.
    fn file(&mut self, entry: &ArchiveEntry<'_>, reader: &mut dyn Read) -> Result<(), UnpackStop> {
        let Some(name) = self.named(entry)? else { return Ok(()) };
        let document = format!("{}/{name}", self.id);
        if Archive::of_path(&name).is_some() {
            let reason = "is an archive in an archive; unpack one of the two";
            return self.unreadable(document, reason.to_owned());
        }
        let Some(format) = Format::of_path(&name) else {
            let reason = Format::unknown(&name);
            return self.unreadable(document, reason);
        };
        if !self.names.insert(name) {
            let reason = "its archive holds another file of this name; give each its own";
            return self.unreadable(document, reason.to_owned());
        }
        match self.read(entry, format.max_bytes(), reader)? {
            Ok(bytes) => {
                let (url, metadata) = (self.url.clone(), self.metadata.clone());
                self.give(Unpacked::Document(Source { url, metadata, ..Source::bytes(document, bytes) }))
            }
            Err(reason) => self.unreadable(document, reason),
        }
    }

    /// Deals with a file that has no bytes to read, for this reason.
    fn refused(&mut self, entry: &ArchiveEntry<'_>, reason: &str) -> Result<(), UnpackStop> {
        match self.named(entry)? {
            Some(name) => self.unreadable(format!("{}/{name}", self.id), reason.to_owned()),
            None => Ok(()),
        }
    }

    /// The file's path; `None` where it is dealt with.
    fn named(&mut self, entry: &ArchiveEntry<'_>) -> Result<Option<String>, UnpackStop> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(UnpackStop::Broken(format!("holds more than {MAX_FILES} files; split it")));
        }
        match names::checked(entry.name) {
            Ok(name) => Ok(name),
            Err(refusal) => {
                self.unreadable(format!("{}/{}", self.id, refusal.name), refusal.reason)?;
                Ok(None)
            }
        }
    }

    /// The bytes of a file, at most `limit`; the error within says why there are none.
    fn read(
        &mut self,
        entry: &ArchiveEntry<'_>,
        limit: u64,
        reader: &mut dyn Read,
    ) -> Result<Result<Vec<u8>, String>, UnpackStop> {
        let fold = entry.packed.map_or(u64::MAX, |packed| packed.saturating_mul(MAX_FOLD).max(FOLD_FROM));
        let most = limit.min(fold);
        let mut bytes = Vec::new();
        let read = reader.take(most + 1).read_to_end(&mut bytes);
        let length = bytes.len() as u64;
        self.bytes += length;
        if self.bytes > self.most_bytes {
            return Err(UnpackStop::Broken(self.too_much()));
        }
        if let Err(error) = read {
            return match broken(&error) {
                Some(reason) => Err(UnpackStop::Broken(reason)),
                None => Ok(Err(format!("is damaged within its archive: {error}"))),
            };
        }
        Ok(if length > limit {
            Err(too_large(entry.length.max(length), limit))
        } else if length > fold {
            Err(bomb())
        } else if length < entry.length {
            Err("is cut off; pack or send the archive anew".to_owned())
        } else {
            Ok(bytes)
        })
    }

    fn too_much(&self) -> String {
        let most = self.most_bytes >> 20;
        format!("unfolds to more than {most} MiB; an archive may unfold {MAX_FOLD}-fold, so split it")
    }

    fn unreadable(&mut self, document: String, reason: String) -> Result<(), UnpackStop> {
        self.give(Unpacked::Unreadable { document, reason })
    }

    fn give(&mut self, unpacked: Unpacked) -> Result<(), UnpackStop> {
        match (self.give)(unpacked) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(UnpackStop::Enough),
        }
    }
}

fn bomb() -> String {
    format!("unfolds more than {MAX_FOLD}-fold, as a bomb does; send it unpacked if it is none")
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
