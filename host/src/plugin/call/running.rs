//! Where a call runs: a short one on the thread of whoever asked, a long one on threads of their own.
//!
//! Most calls take microseconds, and going to another thread would cost as much again. A call
//! that has used up its short time is handed over in the middle, at the next tick, and its plugin's
//! next calls start there.

use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

use super::meter::Meter;
use crate::plugin::loaded::CallPace;
use crate::plugin::process::{LaneGone, LongLane, Upkeep};

type CallFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Runs a call to its end. Dropping the future ends the call.
pub(super) async fn run<T: Send + 'static>(
    lane: &LongLane,
    pace: &CallPace,
    meter: &Arc<Meter>,
    call: impl Future<Output = T> + Send + 'static,
) -> Result<T, LaneGone> {
    let mut call: CallFuture<T> = Box::pin(call);
    meter.restart();
    if !pace.is_long()
        && let Some(output) = while_short(meter, &mut call).await
    {
        pace.note(meter.used());
        return Ok(output);
    }
    // The call is noted as long now, because the caller may drop it before it ends.
    pace.remember_long();
    meter.set_long();
    let call = HandedOver { serving: Handle::current(), meter: Arc::clone(meter), call };
    match lane.take(call)?.join_next().await {
        Some(Ok(output)) => {
            pace.note(meter.used());
            Ok(output)
        }
        Some(Err(error)) if error.is_panic() => resume_unwind(error.into_panic()),
        _ => Err(LaneGone),
    }
}

/// Does behind the calls what nobody waits for.
pub(super) fn behind(upkeep: &Upkeep, serving: Handle, work: impl Future<Output = ()> + Send + 'static) {
    upkeep.later(HandedOver { serving, meter: Arc::default(), call: Box::pin(work) });
}

/// Polls the call on this thread until it is over or was found to be long.
pub(super) async fn while_short<C: Future + Unpin>(meter: &Meter, call: &mut C) -> Option<C::Output> {
    poll_fn(|context| match meter.measure(|| Pin::new(&mut *call).poll(context)) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if meter.is_long() => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// A call on a thread that does not serve.
struct HandedOver<T> {
    /// Where the host's own work for the call goes on: timers, connections, files.
    serving: Handle,
    meter: Arc<Meter>,
    call: CallFuture<T>,
}

impl<T> Future for HandedOver<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Self { serving, meter, call } = self.get_mut();
        let _serving = serving.enter();
        meter.measure(|| call.as_mut().poll(context))
    }
}

#[cfg(test)]
mod tests;
