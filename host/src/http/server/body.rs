//! The bodies of requests and answers, which tell their connection's activity how far they are.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::Sleep;

use super::activity::Activity;

/// Whether a request's body came too slowly. In the request's extensions, for the answer's wording:
/// frameworks tell only that a body broke off.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct Late(Arc<AtomicBool>);

impl Late {
    /// Whether patience has ended.
    pub(in crate::http) fn is_late(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A request's body, as far as it comes in time.
pub(super) struct RequestBody {
    body: Incoming,
    activity: Arc<Activity>,
    late: Late,
    /// Made when the host waits for the first time.
    patience: Option<Pin<Box<Sleep>>>,
}

impl RequestBody {
    pub(super) fn new(body: Incoming, activity: Arc<Activity>, late: Late) -> Self {
        activity.begins(!http_body::Body::is_end_stream(&body));
        Self { body, activity, late, patience: None }
    }

    fn is_out_of_patience(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.activity.awaits_body().map(tokio::time::Instant::from_std) else {
            return false;
        };
        let patience = self.patience.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if patience.deadline() != deadline {
            patience.as_mut().reset(deadline);
        }
        patience.as_mut().poll(cx).is_ready()
    }
}

/// Why a body ends before its end.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
struct TooSlow;

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = self.get_mut();
        if this.late.is_late() {
            return Poll::Ready(Some(Err(TooSlow.into())));
        }
        let frame = Pin::new(&mut this.body).poll_frame(cx);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                this.activity.body_came(frame.data_ref().map_or(0, Bytes::len));
                if http_body::Body::is_end_stream(&this.body) {
                    this.activity.has_request();
                }
            }
            Poll::Ready(_) => this.activity.has_request(),
            Poll::Pending if this.is_out_of_patience(cx) => {
                this.late.0.store(true, Ordering::Relaxed);
                return Poll::Ready(Some(Err(TooSlow.into())));
            }
            Poll::Pending => {}
        }
        frame.map(|frame| frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        http_body::Body::is_end_stream(&self.body)
    }

    fn size_hint(&self) -> SizeHint {
        http_body::Body::size_hint(&self.body)
    }
}

impl Drop for RequestBody {
    /// What is left of it is not wanted.
    fn drop(&mut self) {
        if !http_body::Body::is_end_stream(&self.body) {
            self.activity.leaves_unread();
        }
        self.activity.has_request();
    }
}

/// The end of an answer, told when it is dropped.
pub(super) struct AnswerEnd(pub(super) Arc<Activity>);

impl Drop for AnswerEnd {
    fn drop(&mut self) {
        self.0.has_answered();
    }
}

/// An answer's body.
pub(super) struct AnswerBody {
    pub(super) body: Body,
    pub(super) _end: AnswerEnd,
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        http_body::Body::is_end_stream(&self.body)
    }

    fn size_hint(&self) -> SizeHint {
        http_body::Body::size_hint(&self.body)
    }
}
