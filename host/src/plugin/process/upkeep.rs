//! Upkeep is what nobody waits for: clearing away what short calls leave, and making what the next ones need. It has a
//! thread of its own beside those that serve.
//!
//! On the long lane, which stands back behind everything else, it would be done when nothing is to do, and a busy host
//! would find nothing ready.

use std::future::Future;
use std::io;

use tokio::runtime::{Builder, Runtime};

/// The thread that keeps instances up. One for the process, in the engine.
pub(in crate::plugin) struct Upkeep {
    /// `None` once it is being dropped.
    runtime: Option<Runtime>,
}

impl Upkeep {
    /// Starts the thread.
    pub(in crate::plugin) fn start() -> io::Result<Self> {
        // Some fifty microseconds for each call, which leaves one thread room for more than a host serves.
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("upkeep").build()?;
        Ok(Self { runtime: Some(runtime) })
    }

    /// Does short work when it comes to it.
    pub(in crate::plugin) fn later(&self, work: impl Future<Output = ()> + Send + 'static) {
        // A thread that has ended drops it.
        _ = self.runtime.as_ref().map(|runtime| runtime.spawn(work));
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        // Waiting for the thread is not allowed where the engine may be dropped.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
