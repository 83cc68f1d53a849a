//! Tar, packed or not: one stream, read from its beginning.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use tar::Archive;

use super::{
    ArchiveEntry, ArchiveUnpacking, FOLD_FROM, LINK, MAX_BYTES, MAX_FOLD, Refusal, UnpackStop, bomb, broken,
};

/// Most bytes between two files: their headers, which may hold long names. What reads them keeps
/// them in memory.
const MAX_HEADERS: u64 = 1 << 20;

pub(super) fn walk<R: Read>(unpacking: &mut ArchiveUnpacking<'_>, reader: R) -> Result<(), UnpackStop> {
    walk_gate(unpacking, LimitedReader { reader, room: Rc::default(), unpacked: 0, packed: None })
}

pub(super) fn walk_packed<R: Read>(
    unpacking: &mut ArchiveUnpacking<'_>,
    reader: R,
) -> Result<(), UnpackStop> {
    let packed = Rc::new(Cell::new(0));
    let counted = CountingReader { reader, bytes: Rc::clone(&packed) };
    let reader = MultiGzDecoder::new(BufReader::new(counted));
    walk_gate(unpacking, LimitedReader { reader, room: Rc::default(), unpacked: 0, packed: Some(packed) })
}

fn walk_gate<R: Read>(
    unpacking: &mut ArchiveUnpacking<'_>,
    gate: LimitedReader<R>,
) -> Result<(), UnpackStop> {
    let room = Rc::clone(&gate.room);
    let mut archive = Archive::new(gate);
    let damaged = |error: io::Error| {
        UnpackStop::Broken(
            broken(&error)
                .unwrap_or_else(|| format!("is not a tar archive or is damaged; pack it anew: {error}")),
        )
    };
    room.set(MAX_HEADERS);
    let mut is_empty = true;
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        is_empty = false;
        room.set(u64::MAX);
        let kind = entry.header().entry_type();
        let name = entry.path_bytes().into_owned();
        let about = ArchiveEntry { name: &name, length: entry.size(), packed: None };
        if kind.is_file() || kind.is_contiguous() {
            unpacking.file(&about, &mut entry)?;
        } else if kind.is_symlink() || kind.is_hard_link() {
            unpacking.refused(&about, LINK)?;
        } else if kind.is_gnu_sparse() {
            // A few bytes of it may stand for exabytes of zeros, which would all be read below.
            return Err(UnpackStop::Broken("holds a sparse file; pack it anew without --sparse".to_owned()));
        }
        // What was not read of it is passed over here, and not where the next header is read.
        io::copy(&mut entry, &mut io::sink()).map_err(damaged)?;
        room.set(MAX_HEADERS);
    }
    // Zeros are a tar archive of nothing, and so is an empty file.
    if is_empty {
        Err(UnpackStop::Broken("is not a tar archive, or an empty one".to_owned()))
    } else {
        Ok(())
    }
}

/// Lets through what the archive may read.
struct LimitedReader<R> {
    reader: R,
    /// Bytes that may be read before the gate is opened again.
    room: Rc<Cell<u64>>,
    unpacked: u64,
    /// What was read of the packed archive.
    packed: Option<Rc<Cell<u64>>>,
}

impl<R: Read> Read for LimitedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let refuse = |reason: String| Err(io::Error::other(Refusal(reason)));
        let room = self.room.get();
        if room == 0 {
            return refuse(format!("has file names of more than {} KiB; pack it anew", MAX_HEADERS >> 10));
        }
        let wanted = buffer.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        let read = self.reader.read(buffer.get_mut(..wanted).unwrap_or_default())?;
        self.room.set(if room == u64::MAX { room } else { room - read as u64 });
        self.unpacked += read as u64;
        if self.unpacked > MAX_BYTES {
            return refuse(format!("unfolds to more than {} GiB; split it", MAX_BYTES >> 30));
        }
        if let Some(packed) = &self.packed
            && self.unpacked > FOLD_FROM.max(packed.get().saturating_mul(MAX_FOLD))
        {
            return refuse(bomb());
        }
        Ok(read)
    }
}

/// Counts what goes through.
struct CountingReader<R> {
    reader: R,
    bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.bytes.set(self.bytes.get() + read as u64);
        Ok(read)
    }
}
