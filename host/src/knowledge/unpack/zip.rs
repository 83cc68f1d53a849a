//! Zip: each file is packed alone, and found by the list at the end. The list is walked, not loaded:
//! it may name millions.

use std::io::{Read, Seek};

use zip::ZipReadOptions;
use zip::read::Config;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::{Entry, MAX_FILES, Stop, Unpacking};

pub(super) fn walk<R: Read + Seek>(unpacking: &mut Unpacking<'_>, id: &str, reader: R) -> Result<(), Stop> {
    let mut archive = ZipIterable::try_new(reader, Config::default()).map_err(damaged)?;
    if archive.len() > MAX_FILES {
        return Err(Stop::Broken(format!(
            "holds {} files; an archive may hold {MAX_FILES}, so split it",
            archive.len()
        )));
    }
    let files = archive.files().map_err(damaged)?;
    while let Some(entry) = files.next() {
        let entry = entry.map_err(damaged)?;
        if !entry.is_file() {
            continue;
        }
        let name = entry.name_raw().to_vec();
        let about = Entry { name: &name, packed: Some(entry.compressed_size()) };
        if entry.encrypted() {
            let refused = &mut Failing("is encrypted; pack it without a password".to_owned());
            unpacking.file(id, &about, refused)?;
            continue;
        }
        match entry.with_reader(files.reader_mut(), ZipReadOptions::new()) {
            Ok(mut file) => unpacking.file(id, &about, &mut file)?,
            Err(error) => unpacking.file(id, &about, &mut Failing(error.to_string()))?,
        }
    }
    Ok(())
}

fn damaged(error: ZipError) -> Stop {
    Stop::Broken(format!("is no zip archive or is damaged: {error}"))
}

/// Stands for the bytes of a file that has none: it fails when it is read, which a file that is
/// passed over is not.
struct Failing(String);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other(self.0.clone()))
    }
}
