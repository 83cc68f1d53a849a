//! Zip: each file is packed alone, and found by the list at the end. The list is walked, not loaded:
//! it may name millions.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use zip::ZipReadOptions;
use zip::read::Config;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::{ArchiveEntry, ArchiveUnpacking, LINK, MAX_FILES, UnpackStop};

/// Bytes between the beginning of a file's header and its name.
const HEADER: u64 = 30;

pub(super) fn walk<R: Read + Seek>(
    unpacking: &mut ArchiveUnpacking<'_>,
    reader: R,
) -> Result<(), UnpackStop> {
    let mut archive = ZipIterable::try_new(reader, Config::default()).map_err(damaged)?;
    if archive.len() > MAX_FILES {
        return Err(UnpackStop::Broken(format!(
            "holds {} files; an archive may hold {MAX_FILES}, so split it",
            archive.len()
        )));
    }
    let files = archive.files().map_err(damaged)?;
    let mut taken = Taken::default();
    while let Some(entry) = files.next() {
        let entry = entry.map_err(damaged)?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name_raw().to_vec();
        let about = ArchiveEntry { name: &name, length: entry.size(), packed: Some(entry.compressed_size()) };
        let end = [HEADER, name.len() as u64, entry.compressed_size()]
            .into_iter()
            .fold(entry.header_start(), u64::saturating_add);
        if entry.is_symlink() {
            unpacking.refused(&about, LINK)?;
        } else if entry.encrypted() {
            unpacking.refused(&about, "is encrypted; pack it without a password")?;
        } else if !taken.take(entry.header_start(), end) {
            unpacking.refused(&about, "shares its bytes with another file, as in a bomb; pack it anew")?;
        } else {
            match entry.with_reader(files.reader_mut(), ZipReadOptions::new()) {
                Ok(mut file) => unpacking.file(&about, &mut file)?,
                Err(error) => {
                    unpacking.refused(&about, &format!("cannot be unpacked; pack it anew: {error}"))?;
                }
            }
        }
    }
    Ok(())
}

fn damaged(error: ZipError) -> UnpackStop {
    UnpackStop::Broken(format!("is not a zip archive or is damaged; pack it anew: {error}"))
}

/// Stretches of the archive that belong to a file: from where each begins to where it ends.
#[derive(Default)]
struct Taken(BTreeMap<u64, u64>);

impl Taken {
    /// Whether the stretch was free.
    fn take(&mut self, start: u64, end: u64) -> bool {
        let is_free = self.0.range(..end).next_back().is_none_or(|(_, &before)| before <= start);
        if is_free {
            self.0.insert(start, end);
        }
        is_free
    }
}
