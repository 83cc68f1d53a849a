//! How a client keeps up: the time the host has waited for it, and the bytes that came of it.

use std::time::{Duration, Instant};

/// How long the host waits for a client that sends or takes bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClientPatience {
    /// The longest wait for the next bytes, and the time until the mean rate counts.
    pub(super) stall: Duration,
    /// Bytes a second that a client must reach in the mean after that; 0 asks for none.
    pub(super) least_rate: usize,
}

impl ClientPatience {
    /// All the waiting that so many bytes are worth; `None` without end.
    fn allowed(self, bytes: u64) -> Option<Duration> {
        (self.least_rate > 0)
            .then(|| self.stall + Duration::from_millis(bytes * 1000 / self.least_rate as u64))
    }
}

/// One direction of one request. Only time in which the host waits for the client counts: a model
/// that thinks and a disk that is slow are not the client's.
#[derive(Debug, Default)]
pub(super) struct ClientPace {
    bytes: u64,
    waited: Duration,
    waiting_since: Option<Instant>,
}

impl ClientPace {
    /// Notes that the host could go on and has to wait for the client.
    pub(super) fn waits(&mut self, now: Instant) {
        self.waiting_since.get_or_insert(now);
    }

    /// Bytes have moved, so the host waits no longer.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
        if let Some(since) = self.waiting_since.take() {
            self.waited += since.elapsed();
        }
    }

    /// Since when the host has waited for the next bytes, if it does.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        self.waiting_since
    }

    /// When patience ends if nothing more moves.
    pub(super) fn deadline(&self, patience: ClientPatience) -> Option<Instant> {
        let since = self.waiting_since?;
        let left = patience.allowed(self.bytes).map(|allowed| allowed.saturating_sub(self.waited));
        Some(since + left.map_or(patience.stall, |left| left.min(patience.stall)))
    }
}

#[cfg(test)]
mod tests;
