//! A response's body on its way to a guest, with the host's secrets blanked.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::Error;

use super::report::RequestReport;
use crate::plugin::call::memory::{CallMemory, HeldBytes};
use crate::redact::{self, RedactedStream};

/// Ends with an error where more comes than allowed, or nothing for too long. Trailers are left out:
/// no API needs them.
pub(super) struct GuestBody {
    inner: reqwest::Body,
    limit: usize,
    left: usize,
    idle: Option<(Duration, Pin<Box<Sleep>>)>,
    report: RequestReport,
    memory: Arc<CallMemory>,
    /// Empty after the end.
    clean: Option<RedactedStream>,
}

/// A piece of a body that counts as held until the last of it is gone: a guest may keep a byte of it
/// in a stream, which keeps the whole.
struct HeldPiece {
    bytes: Vec<u8>,
    _held: HeldBytes,
}

impl AsRef<[u8]> for HeldPiece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl GuestBody {
    pub(super) fn new(
        inner: reqwest::Body,
        limit: usize,
        idle: Option<Duration>,
        report: RequestReport,
        memory: Arc<CallMemory>,
    ) -> Self {
        let idle = idle.map(|idle| (idle, Box::pin(tokio::time::sleep(idle))));
        Self { inner, limit, left: limit, idle, report, memory, clean: Some(redact::known().stream()) }
    }

    /// What of the next piece can go on; nothing may be left of it for now.
    fn take(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let size = bytes.len();
        self.left = self.left.checked_sub(size).ok_or_else(|| self.over())?;
        self.report.edit(|report| report.body_bytes += size as u64);
        Ok(self.clean.as_mut().map(|clean| clean.feed(bytes)).unwrap_or_default())
    }

    fn counted(&self, bytes: Vec<u8>) -> Result<Frame<Bytes>, Error> {
        let Some(held) = self.memory.hold(bytes.len()) else {
            let problem = "what the host would hold of the response is over the plugin's `limits.memory`";
            self.report.edit(|report| report.error = Some(problem.to_owned()));
            return Err(Error::InternalError(Some(problem.to_owned())));
        };
        Ok(Frame::data(Bytes::from_owner(HeldPiece { bytes, _held: held })))
    }

    fn over(&self) -> Error {
        let limit = self.limit;
        self.report.edit(|report| {
            report.error =
                Some(format!("the response's body is over `limits.response_body` ({limit} bytes)"));
        });
        Error::HttpResponseBodySize(u64::try_from(limit).ok())
    }
}

impl Body for GuestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        // A body whose announced length is over the limit is refused before any of it is read.
        if self.left == self.limit && self.inner.size_hint().lower() > self.limit as u64 {
            return Poll::Ready(Some(Err(self.over())));
        }
        loop {
            match Pin::new(&mut self.inner).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some((idle, sleep)) = &mut self.idle {
                        sleep.as_mut().reset(Instant::now() + *idle);
                    }
                    let Ok(data) = frame.into_data() else { continue };
                    let clean = self.take(&data)?;
                    if !clean.is_empty() {
                        return Poll::Ready(Some(self.counted(clean)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    let problem = crate::endpoint::cause_chain(&error);
                    self.report.edit(|report| report.error = Some(problem));
                    return Poll::Ready(Some(Err(Error::HttpResponseIncomplete)));
                }
                Poll::Ready(None) => {
                    let rest = self.clean.take().map(|mut clean| clean.finish()).unwrap_or_default();
                    return Poll::Ready((!rest.is_empty()).then(|| self.counted(rest)));
                }
                Poll::Pending => {
                    return match &mut self.idle {
                        Some((_, sleep)) => {
                            sleep.as_mut().poll(cx).map(|()| Some(Err(Error::ConnectionReadTimeout)))
                        }
                        None => Poll::Pending,
                    };
                }
            }
        }
    }
}
