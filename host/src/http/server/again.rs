//! Polls a future again at once when it was woken during its own poll.
//!
//! hyper hands a body to whoever reads it within one task: the reader asks for more by waking the task that it runs in.
//! Left to the runtime, such a task goes behind all others, and another thread is woken that may take it up, by a
//! call of the system's and for longer than the whole request takes.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// How often in a row; after that others go first.
const MOST: usize = 4;

const IDLE: u8 = 0;
const POLLED: u8 = 1;
const WOKEN: u8 = 2;

/// Polls a future, and again where it was woken meanwhile. Lives as long as the future.
pub(super) struct RepeatedPoll {
    bell: Arc<Bell>,
    waker: Waker,
}

/// What the future wakes.
struct Bell {
    state: AtomicU8,
    task: AtomicWaker,
}

impl Default for RepeatedPoll {
    fn default() -> Self {
        let bell = Arc::new(Bell { state: AtomicU8::new(IDLE), task: AtomicWaker::new() });
        Self { waker: Waker::from(Arc::clone(&bell)), bell }
    }
}

impl RepeatedPoll {
    pub(super) fn poll<F: Future>(&self, mut future: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.bell.task.register(cx.waker());
        for _ in 0..MOST {
            self.bell.state.store(POLLED, Ordering::SeqCst);
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&self.waker)) {
                return Poll::Ready(output);
            }
            let ended = self.bell.state.compare_exchange(POLLED, IDLE, Ordering::SeqCst, Ordering::SeqCst);
            if ended.is_ok() {
                return Poll::Pending;
            }
        }
        self.bell.state.store(IDLE, Ordering::SeqCst);
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let polled = self.state.compare_exchange(POLLED, WOKEN, Ordering::SeqCst, Ordering::SeqCst);
        // One that was woken already while it is polled is polled again anyway.
        if polled.is_err_and(|state| state == IDLE) {
            self.task.wake();
        }
    }
}

#[cfg(test)]
mod tests;
