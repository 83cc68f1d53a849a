//! A request's body in memory, counted against what all requests together may hold.

use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use futures_util::StreamExt;
use http_body_util::BodyExt;

use super::error::ApiError;
use crate::host::Host;
use crate::share::{MemorySpent, Share};

/// A body longer than this is parsed beside the threads that serve.
const QUICK: usize = 64 << 10;

/// The request with a body that is counted as it is read.
pub(super) fn counting(share: &Share, request: Request) -> Request {
    let share = share.clone();
    request.map(|body| {
        let pieces = body.into_data_stream().map(move |piece| {
            let piece = piece?;
            share.grow(piece.len()).map_err(axum::Error::new)?;
            Ok::<_, axum::Error>(piece)
        });
        Body::from_stream(pieces)
    })
}

/// The error of a reader that met the end of a counted body: its own, or that memory was taken.
pub(super) fn explain(share: &Share, error: ApiError) -> ApiError {
    if share.was_refused() { MemorySpent.into() } else { error }
}

/// A body that was received whole.
pub(super) struct ReceivedBody {
    bytes: Vec<u8>,
    share: Share,
}

/// Receives a body of at most `most` bytes.
pub(super) async fn receive(host: &Host, body: &mut Body, most: usize) -> Result<ReceivedBody, ApiError> {
    let too_large = || {
        let raises = (most == host.limits.max_chat_bytes.0).then_some("max_chat_bytes");
        ApiError::longer_than(most, raises)
    };
    if body.size_hint().lower() > most as u64 {
        return Err(too_large());
    }
    let share = host.memory.share();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ApiError::broken_body(&error))?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > most - bytes.len() {
            return Err(too_large());
        }
        share.grow(data.len())?;
        bytes.extend_from_slice(&data);
    }
    Ok(ReceivedBody { bytes, share })
}

impl ReceivedBody {
    /// Parses the body, a large one beside the threads that serve. What was made of it keeps its
    /// share of the memory.
    pub(super) async fn parse<T: Send + 'static>(
        self,
        host: &Host,
        parse: impl FnOnce(&[u8]) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<(T, Share), ApiError> {
        let Self { bytes, share } = self;
        if bytes.len() <= QUICK {
            return Ok((parse(&bytes)?, share));
        }
        let place = Arc::clone(&host.parsers).acquire_owned().await;
        let parsing = tokio::task::spawn_blocking(move || {
            let _place = place;
            (parse(&bytes), share)
        });
        let (parsed, share) = parsing.await?;
        Ok((parsed?, share))
    }

    /// The bytes as they came, and their share of the memory.
    pub(super) fn into_parts(self) -> (Bytes, Share) {
        (self.bytes.into(), self.share)
    }
}
