//! Compressed bodies of requests (`Content-Encoding: gzip` or `deflate`), unpacked as they come. Every bound on
//! a body counts what comes out, and little of that is ever made before it is counted.

use std::io;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use futures_util::{StreamExt, stream};

use super::error::{ApiError, Fault};
use crate::inflate::{Inflate, Packing};

/// Bytes unpacked at once: they become a thousand times as many at most.
const AT_ONCE: usize = 512;

/// The request with its body unpacked, or why its body is not read.
///
/// No middleware of its own: each keeps some KiB for as long as its request is worked on.
pub(super) fn unpack(mut request: Request) -> Result<Request, ApiError> {
    let mut encodings = request.headers().get_all(CONTENT_ENCODING).iter();
    let packing = match (encodings.next().map(HeaderValue::as_bytes), encodings.next()) {
        (None, _) => return Ok(request),
        (Some(one), None) => Packing::named(one),
        (Some(_), Some(_)) => None,
    };
    let Some(packing) = packing else {
        let message = "the body is compressed in a way that is not read; send it with `Content-Encoding: gzip`, `deflate`, or as it is";
        return Err(ApiError::new(Fault::UnsupportedEncoding, message));
    };
    request.headers_mut().remove(CONTENT_ENCODING);
    let Packing::Packed(inflate) = packing else { return Ok(request) };
    request.headers_mut().remove(CONTENT_LENGTH);
    Ok(request.map(|body| unpacked(body, inflate)))
}

struct UnpackedBody {
    packed: BodyDataStream,
    inflate: Inflate,
    /// What has come and is not unpacked yet.
    waiting: Bytes,
    /// Whether anything came at all: no body is an empty one.
    begun: bool,
    over: bool,
}

fn unpacked(body: Body, inflate: Inflate) -> Body {
    let packed = body.into_data_stream();
    let unpacking = UnpackedBody { packed, inflate, waiting: Bytes::new(), begun: false, over: false };
    Body::from_stream(stream::unfold(unpacking, async |mut it| {
        if it.over {
            return None;
        }
        let piece = it.next().await;
        it.over |= !matches!(piece, Ok(Some(_)));
        piece.transpose().map(|piece| (piece, it))
    }))
}

impl UnpackedBody {
    async fn next(&mut self) -> Result<Option<Bytes>, axum::Error> {
        loop {
            while self.waiting.is_empty() {
                match self.packed.next().await {
                    Some(piece) => self.waiting = piece?,
                    None if !self.begun => return Ok(None),
                    None => {
                        self.over = true;
                        let rest = self.inflate.finish().map_err(damaged)?;
                        return Ok((!rest.is_empty()).then(|| rest.into()));
                    }
                }
            }
            self.begun = true;
            let piece = self.waiting.split_to(self.waiting.len().min(AT_ONCE));
            let out = self.inflate.feed(&piece).map_err(damaged)?;
            if !out.is_empty() {
                return Ok(Some(out.into()));
            }
        }
    }
}

fn damaged(error: io::Error) -> axum::Error {
    axum::Error::new(io::Error::other(format!("it is compressed, and damaged or cut off: {error}")))
}
