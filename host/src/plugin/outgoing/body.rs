//! A response's body on its way to a guest.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::Error;

use super::Report;

/// Ends with an error where more comes than allowed, or nothing for too long.
pub(super) struct CappedBody {
    inner: reqwest::Body,
    limit: usize,
    left: usize,
    idle: Option<(Duration, Pin<Box<Sleep>>)>,
    report: Report,
}

impl CappedBody {
    pub(super) fn new(inner: reqwest::Body, limit: usize, idle: Option<Duration>, report: Report) -> Self {
        let idle = idle.map(|idle| (idle, Box::pin(tokio::time::sleep(idle))));
        Self { inner, limit, left: limit, idle, report }
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

impl Body for CappedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        // A server that says how much comes need not send it first.
        if self.left == self.limit && self.inner.size_hint().lower() > self.limit as u64 {
            return Poll::Ready(Some(Err(self.over())));
        }
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some((idle, sleep)) = &mut self.idle {
                    sleep.as_mut().reset(Instant::now() + *idle);
                }
                let size = frame.data_ref().map_or(0, Bytes::len);
                let Some(left) = self.left.checked_sub(size) else {
                    return Poll::Ready(Some(Err(self.over())));
                };
                self.left = left;
                self.report.edit(|report| report.body_bytes += size as u64);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                let problem = super::causes(&error.without_url());
                self.report.edit(|report| report.error = Some(problem));
                Poll::Ready(Some(Err(Error::HttpResponseIncomplete)))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match &mut self.idle {
                Some((_, sleep)) => sleep.as_mut().poll(cx).map(|()| Some(Err(Error::ConnectionReadTimeout))),
                None => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
