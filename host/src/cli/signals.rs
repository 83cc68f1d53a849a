//! The signals that ask a command to end: Ctrl-C (SIGINT), SIGTERM, and SIGHUP, which comes when a terminal is closed.
//! A host that serves takes any other SIGHUP for the wish to load its configuration anew.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::knowledge::Cancel;

/// What a shell adds to a signal's number for the exit status of a program that it ended.
const ENDED_BY_SIGNAL: i32 = 128;
/// The exit status of a host that could not stop in time.
const STUCK: i32 = 70;

/// Gives the wish to stop, which the first signal makes. The second ends the process at once, and so
/// does the clock where stopping takes longer than `shutdown_timeout` and `last_moments`. A thread of
/// its own waits for them: whatever keeps the workers busy, the host can be stopped. The other is the wish to load
/// the configuration anew.
pub(super) fn watch(shutdown_timeout: Duration, last_moments: Duration) -> io::Result<(Cancel, Arc<Notify>)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::new()?
    };
    if signals.hang_up.is_none() {
        tracing::info!(
            "SIGHUP is ignored here, as under nohup, and will not load the configuration anew; \
             POST /v1/config/reload does"
        );
    }
    let stop = Cancel::default();
    let (wish, reload) = (stop.clone(), Arc::new(Notify::new()));
    let (wishes, had_terminal) = (Arc::clone(&reload), has_terminal());
    let wait = async move {
        signals.next_end(had_terminal, || wishes.notify_one()).await;
        tracing::info!(
            "Stopping: turns and jobs may end within {shutdown_timeout:?} (shutdown_timeout in [server]); a second \
             signal ends the host at once"
        );
        wish.cancel();
        let longest = shutdown_timeout + last_moments;
        let status = match timeout(longest, signals.next_end(had_terminal, || ())).await {
            Ok(kind) => ENDED_BY_SIGNAL + kind.as_raw_value(),
            Err(_) => {
                tracing::error!("The host did not stop within {longest:?}, so it is ended");
                STUCK
            }
        };
        std::process::exit(status);
    };
    std::thread::Builder::new().name("signals".into()).spawn(move || runtime.block_on(wait))?;
    Ok((stop, reload))
}

/// Resolves at the first signal.
pub(super) async fn stopped() {
    match Signals::new() {
        Ok(mut signals) => _ = signals.next().await,
        // Without handlers the signals end the process, as they end any other.
        Err(_) => std::future::pending().await,
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// `None` where whoever started the host has had it ignored, as `nohup` does.
    hang_up: Option<Signal>,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let hang_up = (!ignores_hang_up()).then(|| signal(SignalKind::hangup())).transpose()?;
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up,
        })
    }

    /// The next signal that asks the process to end. `reload` is called at each SIGHUP that does not.
    async fn next_end(&mut self, had_terminal: bool, reload: impl Fn()) -> SignalKind {
        loop {
            let kind = self.next().await;
            if kind != SignalKind::hangup() || had_terminal && !has_terminal() {
                return kind;
            }
            reload();
        }
    }

    async fn next(&mut self) -> SignalKind {
        tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
            () = received(&mut self.hang_up) => SignalKind::hangup(),
        }
    }
}

async fn received(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => _ = signal.recv().await,
        None => std::future::pending().await,
    }
}

/// Whether the process belongs to a terminal that is still there.
fn has_terminal() -> bool {
    std::fs::File::open("/dev/tty").is_ok()
}

/// Whether SIGHUP was ignored when the process began. Waiting for it would undo that.
fn ignores_hang_up() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 << (SignalKind::hangup().as_raw_value() - 1) != 0)
}
