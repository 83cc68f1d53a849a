//! Where calls run: short ones on the thread of whoever asked, long ones on threads of their own.
//!
//! Most calls take microseconds, and going to another thread would cost as much again. A call
//! that has used up its short time is handed over in the middle, at the next tick, and its plugin's
//! next calls start there. The long lane's threads are fewer than processors and yield to everything
//! else, so guests that loop or fill memory slow each other down and nobody else.

use std::{
    future::{Future, poll_fn},
    io,
    panic::resume_unwind,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    thread,
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinSet,
};

/// Processor time of a short call. Calls of bundled plugins use a tenth of it, and an interpreter
/// starts in half of it. A call that is found long waits for others that are.
const SHORT: Duration = Duration::from_millis(5);
/// Processor time of a call that takes no longer than handing it to another thread.
const QUICK: Duration = Duration::from_micros(200);
/// Short calls that make a plugin with a long one a plugin of short calls again.
const FORGIVEN_AFTER: u8 = 8;
/// How far the long lane's threads stand back behind others (the `nice` value): they get a
/// twentieth of a processor that others want, and all of an idle one.
#[cfg(target_os = "linux")]
const NICE: i32 = 13;

type Call<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Threads for long calls. One for the process, in the engine.
pub(super) struct LongLane {
    /// `None` once it is being dropped.
    runtime: Option<Runtime>,
}

/// The call's thread went away with its engine.
#[derive(Debug)]
pub(super) struct Lost;

impl LongLane {
    /// Starts the threads.
    pub(in crate::plugin) fn start() -> io::Result<Self> {
        // One processor stays free of guests where there are several.
        let threads = thread::available_parallelism().map_or(1, |all| all.get().saturating_sub(1).max(1));
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("long-calls")
            // A call that comes, or wakes from waiting for the host, goes before those that only let
            // go of the thread for a moment; otherwise it would wait for a tick of each of them.
            .global_queue_interval(1)
            .on_thread_start(stand_back)
            .build()?;
        Ok(Self { runtime: Some(runtime) })
    }

    /// Runs a call to its end. Dropping the future ends the call.
    pub(in crate::plugin) async fn run<T: Send + 'static>(
        &self,
        pace: &Pace,
        meter: &Arc<Meter>,
        call: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Lost> {
        let mut call: Call<T> = Box::pin(call);
        meter.restart();
        if !pace.is_long()
            && let Some(output) = while_short(meter, &mut call).await
        {
            pace.note(meter);
            return Ok(output);
        }
        // From here on also where the caller drops the call before its end.
        pace.remember_long();
        meter.is_long.store(true, Ordering::Relaxed);
        let call = HandedOver { serving: Handle::current(), meter: Arc::clone(meter), call };
        let mut running = JoinSet::new();
        running.spawn_on(call, self.handle()?);
        match running.join_next().await {
            Some(Ok(output)) => {
                pace.note(meter);
                Ok(output)
            }
            Some(Err(error)) if error.is_panic() => resume_unwind(error.into_panic()),
            _ => Err(Lost),
        }
    }

    /// Drops what takes time to drop, such as an instance with much memory, away from the caller.
    pub(in crate::plugin) fn discard(&self, what: impl Send + 'static) {
        // A lane that is gone has dropped its argument by now.
        _ = self.handle().map(|handle| handle.spawn(async move { drop(what) }));
    }

    fn handle(&self) -> Result<&Handle, Lost> {
        self.runtime.as_ref().map(Runtime::handle).ok_or(Lost)
    }
}

impl Drop for LongLane {
    fn drop(&mut self) {
        // Waiting for the threads is not allowed where the engine may be dropped.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Polls the call on this thread until it is over or was found to be long.
async fn while_short<T>(meter: &Meter, call: &mut Call<T>) -> Option<T> {
    poll_fn(|context| match meter.measure(|| call.as_mut().poll(context)) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if meter.is_long.load(Ordering::Relaxed) => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// A call on a thread of the long lane.
struct HandedOver<T> {
    /// Where the host's own work for the call goes on: timers, connections, files.
    serving: Handle,
    meter: Arc<Meter>,
    call: Call<T>,
}

impl<T> Future for HandedOver<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Self { serving, meter, call } = self.get_mut();
        let _serving = serving.enter();
        meter.measure(|| call.as_mut().poll(context))
    }
}

/// How long a plugin's calls have been of late. Lives as long as the plugin.
#[derive(Debug, Default)]
pub(in crate::plugin) struct Pace {
    /// Short calls that are missing until a long one is forgiven.
    unforgiven: AtomicU8,
    /// Whether the last call was a quick one.
    is_quick: AtomicBool,
}

impl Pace {
    pub(in crate::plugin) fn is_long(&self) -> bool {
        self.unforgiven.load(Ordering::Relaxed) > 0
    }

    /// Whether the next call is likely to take a fraction of a millisecond of a processor.
    pub(in crate::plugin) fn is_quick(&self) -> bool {
        self.is_quick.load(Ordering::Relaxed) && !self.is_long()
    }

    fn remember_long(&self) {
        if !self.is_long() {
            self.unforgiven.store(FORGIVEN_AFTER, Ordering::Relaxed);
        }
    }

    fn note(&self, meter: &Meter) {
        self.is_quick.store(meter.used() < QUICK, Ordering::Relaxed);
        if meter.used() >= SHORT {
            self.unforgiven.store(FORGIVEN_AFTER, Ordering::Relaxed);
        } else if self.is_long() {
            // Two calls that end at once may count as one; it only takes longer then.
            self.unforgiven
                .store(self.unforgiven.load(Ordering::Relaxed).saturating_sub(1), Ordering::Relaxed);
        }
    }
}

/// Counts the processor time of one call.
#[derive(Debug, Default)]
pub(in crate::plugin) struct Meter {
    used: AtomicU64,
    /// The thread's clock when it took the call up.
    since: AtomicU64,
    is_long: AtomicBool,
}

impl Meter {
    /// Whether a running guest, which asks at each tick, has to let go of its thread: where its
    /// short time is over, and from then on each time.
    pub(in crate::plugin) fn has_to_yield(&self) -> bool {
        if self.is_long.load(Ordering::Relaxed) {
            return true;
        }
        let running = thread_time().saturating_sub(self.since.load(Ordering::Relaxed));
        let is_long = self.used() + Duration::from_nanos(running) >= SHORT;
        self.is_long.store(is_long, Ordering::Relaxed);
        is_long
    }

    fn used(&self) -> Duration {
        Duration::from_nanos(self.used.load(Ordering::Relaxed))
    }

    fn restart(&self) {
        self.used.store(0, Ordering::Relaxed);
        self.is_long.store(false, Ordering::Relaxed);
    }

    fn measure<T>(&self, work: impl FnOnce() -> T) -> T {
        let since = thread_time();
        self.since.store(since, Ordering::Relaxed);
        let done = work();
        self.used.fetch_add(thread_time().saturating_sub(since), Ordering::Relaxed);
        done
    }
}

/// Nanoseconds of processor time this thread has used. On the wall's clock a call would look long
/// whenever the machine is busy.
fn thread_time() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec).unwrap_or(0).saturating_mul(1_000_000_000)
        + u64::try_from(time.tv_nsec).unwrap_or(0)
}

fn stand_back() {
    // On Linux this is the thread's own. Refused where the process may not: then the lane's threads
    // are only fewer.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!("Threads for long plugin calls keep their priority: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(time: Duration) -> Meter {
        let meter = Meter::default();
        meter.used.store(u64::try_from(time.as_nanos()).unwrap(), Ordering::Relaxed);
        meter
    }

    #[test]
    fn a_long_call_is_remembered_and_forgiven_after_short_ones() {
        let pace = Pace::default();
        assert!(!pace.is_quick(), "nothing is known of it");
        pace.note(&used(Duration::from_micros(50)));
        assert!(!pace.is_long() && pace.is_quick());
        pace.note(&used(QUICK));
        assert!(!pace.is_long() && !pace.is_quick());
        pace.note(&used(SHORT));
        for _ in 0..FORGIVEN_AFTER {
            assert!(pace.is_long());
            pace.note(&used(Duration::from_micros(50)));
        }
        assert!(!pace.is_long());
    }

    #[tokio::test]
    async fn a_call_found_to_be_long_goes_on_in_the_long_lane_and_the_next_starts_there() {
        let lane = LongLane::start().unwrap();
        let (pace, meter) = (Pace::default(), Arc::new(Meter::default()));
        let here = thread::current().id();
        let threads = || {
            let meter = Arc::clone(&meter);
            async move {
                let before = thread::current().id();
                meter.is_long.store(true, Ordering::Relaxed);
                tokio::task::yield_now().await;
                // A timer needs the serving runtime; the lane has none of its own.
                tokio::time::sleep(Duration::from_millis(1)).await;
                (before, thread::current().id())
            }
        };
        let (before, after) = lane.run(&pace, &meter, threads()).await.unwrap();
        assert!(before == here && after != here);
        let (before, _) = lane.run(&pace, &meter, threads()).await.unwrap();
        assert_ne!(before, here);
    }

    #[tokio::test]
    async fn dropping_a_call_ends_it_in_the_long_lane() {
        let lane = LongLane::start().unwrap();
        let (pace, meter) = (Pace::default(), Arc::new(Meter::default()));
        pace.remember_long();
        let (alive, ended) = tokio::sync::oneshot::channel::<()>();
        let (tell, told) = tokio::sync::oneshot::channel::<()>();
        let call = async move {
            _ = tell.send(());
            std::future::pending::<()>().await;
            drop(alive);
        };
        let mut running = Box::pin(lane.run(&pace, &meter, call));
        tokio::select! {
            _ = &mut running => panic!("it never ends by itself"),
            told = told => told.unwrap(),
        }
        drop(running);
        let ended = tokio::time::timeout(Duration::from_secs(60), ended).await;
        assert!(ended.unwrap().is_err(), "what the call held was dropped");
    }
}
