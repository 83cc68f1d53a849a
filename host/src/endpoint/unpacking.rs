//! Unpacking what an endpoint sends compressed. The host asks for no compression; some gateways compress
//! all the same.

use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use crate::inflate::{Inflate, Packing};

/// Bytes unpacked in one step: no form packs more than a thousand times, so a step stays small however well
/// they are packed.
const STEP: usize = 4 << 10;
/// How a gzip stream begins.
const GZIP: &[u8] = b"\x1f\x8b";

/// The way from the bytes of one body to what they hold.
#[derive(Debug)]
pub struct Unpacking(Kind);

#[derive(Debug)]
enum Kind {
    /// The header said nothing; the bytes so far, until they tell.
    Begins(Vec<u8>),
    Plain,
    Packed(Inflate),
    Unknown(String),
}

/// A body that cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// The body is packed in a form that the host does not know.
    #[error("its body is packed as `{0}`, which the host did not ask for; switch that off there")]
    Unknown(String),
    /// It is damaged.
    #[error("its packed body cannot be read: {0}")]
    Damaged(String),
}

impl Unpacking {
    /// The unpacking of a body with these headers.
    pub fn of(headers: &HeaderMap) -> Self {
        let encoding = headers.get(CONTENT_ENCODING).map_or(&b""[..], |value| value.as_bytes().trim_ascii());
        Self(match Packing::named(encoding) {
            Some(Packing::Packed(inflate)) => Kind::Packed(inflate),
            Some(Packing::None) => Kind::Begins(Vec::new()),
            None if encoding.eq_ignore_ascii_case(b"none") => Kind::Begins(Vec::new()),
            None => Kind::Unknown(super::said::cleaned(&String::from_utf8_lossy(encoding).to_lowercase())),
        })
    }

    /// Takes the next bytes and hands on what they hold.
    pub fn feed<E: From<UnpackError>>(
        &mut self,
        bytes: &[u8],
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if let Kind::Begins(head) = &mut self.0 {
            head.extend_from_slice(bytes);
            if GZIP.starts_with(head) && head.len() < GZIP.len() {
                return Ok(());
            }
            let head = std::mem::take(head);
            let is_gzip = head.starts_with(GZIP);
            self.0 = if is_gzip { Kind::Packed(Inflate::gzip()) } else { Kind::Plain };
            return self.unpack(&head, &mut take);
        }
        self.unpack(bytes, &mut take)
    }

    fn unpack<E: From<UnpackError>>(
        &mut self,
        bytes: &[u8],
        take: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let damaged = |error: std::io::Error| UnpackError::Damaged(error.to_string());
        match &mut self.0 {
            _ if bytes.is_empty() => Ok(()),
            Kind::Begins(_) | Kind::Plain => take(bytes),
            Kind::Unknown(name) => Err(UnpackError::Unknown(name.clone()).into()),
            Kind::Packed(inflate) => {
                bytes.chunks(STEP).try_for_each(|step| take(&inflate.feed(step).map_err(damaged)?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use reqwest::header::HeaderValue;

    use super::*;

    fn unpacked(encoding: &str, pieces: &[&[u8]]) -> Result<Vec<u8>, UnpackError> {
        let mut headers = HeaderMap::new();
        if !encoding.is_empty() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_str(encoding).unwrap());
        }
        let mut unpacking = Unpacking::of(&headers);
        let mut out = Vec::new();
        for piece in pieces {
            unpacking.feed(piece, |bytes| {
                out.extend_from_slice(bytes);
                Ok::<_, UnpackError>(())
            })?;
        }
        Ok(out)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_packed_is_unpacked_whole_and_byte_by_byte() {
        let text = "data: 好\n\n".repeat(1000).into_bytes();
        let mut deflate = ZlibEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(&text).unwrap();
        let (gzip, deflate) = (gzip(&text), deflate.finish().unwrap());
        for (encoding, packed) in [
            ("gzip", &gzip),
            ("X-GZIP", &gzip),
            ("", &gzip),
            ("deflate", &deflate),
            ("identity", &text),
            ("", &text),
        ] {
            assert_eq!(unpacked(encoding, &[packed]).as_ref(), Ok(&text), "{encoding}");
            let bytes: Vec<&[u8]> = packed.chunks(1).collect();
            assert_eq!(unpacked(encoding, &bytes).as_ref(), Ok(&text), "{encoding}, byte by byte");
        }
        assert_eq!(unpacked("", &[b"\x1f", b"x"]), Ok(b"\x1fx".to_vec()));
    }

    #[test]
    fn each_event_of_a_packed_stream_comes_when_it_was_sent() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let mut unpacking = Unpacking::of(&HeaderMap::new());
        for event in ["data: 1\n\n", "data: 2\n\n"] {
            encoder.write_all(event.as_bytes()).unwrap();
            encoder.flush().unwrap();
            let mut out = Vec::new();
            let packed = std::mem::take(encoder.get_mut());
            unpacking
                .feed(&packed, |bytes| {
                    out.extend_from_slice(bytes);
                    Ok::<_, UnpackError>(())
                })
                .unwrap();
            assert_eq!(out, event.as_bytes());
        }
    }

    #[test]
    fn what_cannot_be_unpacked_is_told_and_what_unfolds_comes_in_small_steps() {
        assert!(matches!(unpacked("br", &[b"x"]), Err(UnpackError::Unknown(name)) if name == "br"));
        assert!(matches!(unpacked("gzip", &[b"no gzip at all"]), Err(UnpackError::Damaged(_))));
        let bomb = gzip(&vec![0; 64 << 20]);
        let mut largest = 0;
        let mut unpacking = Unpacking::of(&HeaderMap::new());
        unpacking
            .feed(&bomb, |bytes| {
                largest = largest.max(bytes.len());
                Ok::<_, UnpackError>(())
            })
            .unwrap();
        assert!(largest <= 8 << 20, "{largest}");
    }
}
