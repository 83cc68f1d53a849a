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
pub struct BodyUnpacking(UnpackingKind);

#[derive(Debug)]
enum UnpackingKind {
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

impl BodyUnpacking {
    /// The unpacking of a body with these headers.
    pub fn of(headers: &HeaderMap) -> Self {
        let encoding = headers.get(CONTENT_ENCODING).map_or(&b""[..], |value| value.as_bytes().trim_ascii());
        Self(match Packing::named(encoding) {
            Some(Packing::Packed(inflate)) => UnpackingKind::Packed(inflate),
            Some(Packing::None) => UnpackingKind::Begins(Vec::new()),
            None if encoding.eq_ignore_ascii_case(b"none") => UnpackingKind::Begins(Vec::new()),
            None => UnpackingKind::Unknown(super::said::cleaned(
                &String::from_utf8_lossy(encoding).to_lowercase(),
            )),
        })
    }

    /// Takes the next bytes and hands on what they hold.
    pub fn feed<E: From<UnpackError>>(
        &mut self,
        bytes: &[u8],
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if let UnpackingKind::Begins(head) = &mut self.0 {
            head.extend_from_slice(bytes);
            if GZIP.starts_with(head) && head.len() < GZIP.len() {
                return Ok(());
            }
            let head = std::mem::take(head);
            let is_gzip = head.starts_with(GZIP);
            self.0 = if is_gzip { UnpackingKind::Packed(Inflate::gzip()) } else { UnpackingKind::Plain };
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
            UnpackingKind::Begins(_) | UnpackingKind::Plain => take(bytes),
            UnpackingKind::Unknown(name) => Err(UnpackError::Unknown(name.clone()).into()),
            UnpackingKind::Packed(inflate) => {
                bytes.chunks(STEP).try_for_each(|step| take(&inflate.feed(step).map_err(damaged)?))
            }
        }
    }
}

#[cfg(test)]
mod tests;
