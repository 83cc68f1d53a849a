//! The signals that ask a command to end: Ctrl-C (SIGINT) and SIGTERM.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use crate::knowledge::Cancel;

/// What a shell adds to a signal's number for the exit status of a program that it ended.
const ENDED_BY_SIGNAL: i32 = 128;
/// The exit status of a host that could not stop in time.
const STUCK: i32 = 70;

/// Gives the wish to stop, which the first signal makes. The second ends the process at once, and so
/// does the clock where stopping takes longer than `shutdown_timeout` and `last_moments`. A thread of
/// its own waits for them: whatever keeps the workers busy, the host can be stopped.
pub(super) fn watch(shutdown_timeout: Duration, last_moments: Duration) -> io::Result<Cancel> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::new()?
    };
    let stop = Cancel::default();
    let wish = stop.clone();
    let wait = async move {
        signals.next().await;
        tracing::info!(
            "Stopping: turns and jobs may end within {shutdown_timeout:?} (shutdown_timeout in [server]); a second \
             signal ends the host at once"
        );
        wish.cancel();
        let longest = shutdown_timeout + last_moments;
        let status = match timeout(longest, signals.next()).await {
            Ok(kind) => ENDED_BY_SIGNAL + kind.as_raw_value(),
            Err(_) => {
                tracing::error!("The host did not stop within {longest:?}, so it is ended");
                STUCK
            }
        };
        std::process::exit(status);
    };
    std::thread::Builder::new().name("signals".into()).spawn(move || runtime.block_on(wait))?;
    Ok(stop)
}

/// Resolves at the first signal.
pub(super) async fn stopped() {
    match Signals::new() {
        Ok(mut signals) => _ = signals.next().await,
        // Then they do what they do to a process that does not wait for them.
        Err(_) => std::future::pending().await,
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> SignalKind {
        tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
        }
    }
}
