//! Bytes that come compressed, by gzip or deflate, unpacked as they come.

use std::io::{self, Write};

use flate2::write::{MultiGzDecoder, ZlibDecoder};

/// What a `Content-Encoding` that is known asks for.
#[derive(Debug)]
pub(crate) enum Packing {
    /// The bytes are what they are.
    None,
    /// Bytes that have to be unpacked.
    Packed(Inflate),
}

/// The way from packed bytes to what they hold. It holds none of either.
#[derive(Debug)]
pub(crate) struct Inflate(Box<InflateKind>);

#[derive(Debug)]
enum InflateKind {
    Gzip(MultiGzDecoder<Vec<u8>>),
    Deflate(ZlibDecoder<Vec<u8>>),
}

impl Packing {
    /// The packing that a header's value names; `None` where it is not known.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        let name = name.trim_ascii();
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        if is(b"identity") || name.is_empty() {
            Some(Self::None)
        } else if is(b"gzip") || is(b"x-gzip") {
            Some(Self::Packed(Inflate::gzip()))
        } else if is(b"deflate") {
            Some(Self::Packed(Inflate(Box::new(InflateKind::Deflate(ZlibDecoder::new(Vec::new()))))))
        } else {
            None
        }
    }
}

impl Inflate {
    /// Begins to unpack a body that is known to be gzip.
    pub(crate) fn gzip() -> Self {
        Self(Box::new(InflateKind::Gzip(MultiGzDecoder::new(Vec::new()))))
    }

    /// Takes a few bytes and gives all that can be known of what they hold: a thousand times as many bytes at most.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match &mut *self.0 {
            InflateKind::Gzip(decoder) => {
                decoder.write_all(bytes)?;
                decoder.flush()?;
                Ok(std::mem::take(decoder.get_mut()))
            }
            InflateKind::Deflate(decoder) => {
                decoder.write_all(bytes)?;
                decoder.flush()?;
                Ok(std::mem::take(decoder.get_mut()))
            }
        }
    }

    /// The end: what is left, or that it is not all.
    pub(crate) fn finish(&mut self) -> io::Result<Vec<u8>> {
        match &mut *self.0 {
            InflateKind::Gzip(decoder) => {
                decoder.try_finish()?;
                Ok(std::mem::take(decoder.get_mut()))
            }
            InflateKind::Deflate(decoder) => {
                decoder.try_finish()?;
                Ok(std::mem::take(decoder.get_mut()))
            }
        }
    }
}
