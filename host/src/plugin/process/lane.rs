//! Threads for long calls. They are fewer than processors and yield to everything else, so guests that loop or fill
//! memory slow each other down and nobody else.
//!
//! **Neighbours.** A call begins on the thread of whoever asked, because most take microseconds; one whose
//! plugin was quick the last time runs in the turn's own task. At a tick after 5 ms of processor time it is
//! handed over in the middle, future and all, to the long lane: threads fewer than processors, at low
//! priority. State is read through connections of its own and written by one thread, apps in turns; a commit
//! is begun before the call's deadline or not at all. On whose behalf a task works is a task-local
//! (`fair::on_behalf_of`).

use std::future::Future;
use std::{io, thread};

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinSet;

/// How far the long lane's threads stand back behind others (the `nice` value): they get a
/// twentieth of a processor that others want, and all of an idle one.
#[cfg(target_os = "linux")]
const NICE: i32 = 13;

/// Threads for long calls. One for the process, in the engine.
pub(in crate::plugin) struct LongLane {
    /// `None` once it is being dropped.
    runtime: Option<Runtime>,
}

/// The call's thread went away with its engine.
#[derive(Debug)]
pub(in crate::plugin) struct LaneGone;

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

    /// Takes a call up. Dropping the set ends it.
    pub(in crate::plugin) fn take<T: Send + 'static>(
        &self,
        call: impl Future<Output = T> + Send + 'static,
    ) -> Result<JoinSet<T>, LaneGone> {
        let mut running = JoinSet::new();
        running.spawn_on(call, self.handle()?);
        Ok(running)
    }

    /// Drops what takes time to drop, such as an instance with much memory, away from the caller.
    pub(in crate::plugin) fn discard(&self, what: impl Send + 'static) {
        // A lane that is gone has dropped its argument by now.
        _ = self.handle().map(|handle| handle.spawn(async move { drop(what) }));
    }

    fn handle(&self) -> Result<&Handle, LaneGone> {
        self.runtime.as_ref().map(Runtime::handle).ok_or(LaneGone)
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

fn stand_back() {
    // On Linux this is the thread's own. Refused where the process may not: then the lane's threads
    // are only fewer.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!("Threads for long plugin calls keep their priority: {error}");
    }
}
