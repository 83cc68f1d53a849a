//! A request's body in memory, counted against what the bodies of the whole process may hold.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::ApiError;
use crate::host::Host;

/// Bytes of each body that are not counted: the places for requests bound how many there are.
const FREE: usize = 64 << 10;
/// A body longer than this is parsed beside the threads that serve.
const QUICK: usize = 64 << 10;
/// How long the rest of a body that nobody wants is received.
const FAREWELL: Duration = Duration::from_millis(250);
/// When a client that found the memory taken may come again, in seconds.
const FULL_RETRY: u64 = 1;

/// A body's part of the memory for bodies. It grows with what is received, never ahead of it, and
/// waits for nothing, so that bodies cannot block one another. Given back with its last clone.
#[derive(Clone)]
pub(super) struct Share(Arc<Mutex<Counted>>);

struct Counted {
    budget: Arc<Semaphore>,
    bytes: usize,
    taken: Option<OwnedSemaphorePermit>,
    refused: bool,
}

impl Share {
    pub(super) fn new(host: &Host) -> Self {
        let budget = Arc::clone(&host.body_kib);
        Self(Arc::new(Mutex::new(Counted { budget, bytes: 0, taken: None, refused: false })))
    }

    /// Counts further bytes. Fails where the memory for bodies is taken.
    fn grow(&self, bytes: usize) -> Result<(), ApiError> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.bytes += bytes;
        let due = counted.bytes.saturating_sub(FREE).div_ceil(1 << 10);
        let held = counted.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = u32::try_from(due.saturating_sub(held)).unwrap_or(u32::MAX);
        if more == 0 {
            return Ok(());
        }
        let Ok(more) = Arc::clone(&counted.budget).try_acquire_many_owned(more) else {
            counted.refused = true;
            return Err(spent());
        };
        match &mut counted.taken {
            Some(taken) => taken.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }

    /// The request with a body that is counted as it is read.
    pub(super) fn counting(&self, request: Request) -> Request {
        let share = self.clone();
        request.map(|body| {
            let pieces = body.into_data_stream().map(move |piece| {
                let piece = piece?;
                share.grow(piece.len()).map_err(|_| axum::Error::new("the memory for bodies is taken"))?;
                Ok::<_, axum::Error>(piece)
            });
            Body::from_stream(pieces)
        })
    }

    /// The error of a reader that met the end of a counted body: its own, or that memory was taken.
    pub(super) fn explain(&self, error: ApiError) -> ApiError {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner).refused;
        if refused { spent() } else { error }
    }
}

fn spent() -> ApiError {
    let message = "the bodies of requests take all the memory that max_body_memory in [server] allows; try again shortly";
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).retry_after(FULL_RETRY)
}

/// A body that was received whole.
pub(super) struct Held {
    bytes: Vec<u8>,
    share: Share,
}

/// Receives a body of at most `most` bytes.
pub(super) async fn receive(host: &Host, body: &mut Body, most: usize) -> Result<Held, ApiError> {
    if body.size_hint().lower() > most as u64 {
        return Err(ApiError::body_too_large());
    }
    let received = collect(Share::new(host), body, most).await;
    if received.is_err() {
        drain(body).await;
    }
    received
}

async fn collect(share: Share, body: &mut Body, most: usize) -> Result<Held, ApiError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ApiError::broken_body(&error))?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > most - bytes.len() {
            return Err(ApiError::body_too_large());
        }
        share.grow(data.len())?;
        bytes.extend_from_slice(&data);
    }
    Ok(Held { bytes, share })
}

/// Receives for a moment what a refused client still sends, and keeps nothing of it: to a client that
/// is cut off while it sends, the answer may never come.
async fn drain(body: &mut Body) {
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    _ = tokio::time::timeout(FAREWELL, rest).await;
}

/// Turns a request away before its body was read. A client that waits to be asked for it is not asked.
pub(super) async fn turn_away(headers: &HeaderMap, body: &mut Body) {
    if !headers.contains_key(header::EXPECT) {
        drain(body).await;
    }
}

impl Held {
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
        let (parsed, share) =
            parsing.await.map_err(|error| ApiError::internal(format!("parsing stopped: {error}")))?;
        Ok((parsed?, share))
    }

    /// The bytes as they came, and their share of the memory.
    pub(super) fn into_parts(self) -> (Bytes, Share) {
        (self.bytes.into(), self.share)
    }
}
