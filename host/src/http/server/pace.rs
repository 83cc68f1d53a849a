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
    /// The host would go on, and the client lets it wait.
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
mod tests {
    use super::*;

    const PATIENCE: ClientPatience = ClientPatience { stall: Duration::from_secs(30), least_rate: 1000 };

    /// The wait that is left to a client after this many bytes and this much waiting.
    fn left(bytes: u64, waited: u64) -> Duration {
        let since = Instant::now();
        let pace = ClientPace { bytes, waited: Duration::from_secs(waited), waiting_since: Some(since) };
        pace.deadline(PATIENCE).unwrap() - since
    }

    #[test]
    fn a_client_is_waited_for_as_long_as_its_mean_rate_is_worth_and_never_longer_than_a_stall() {
        assert_eq!(left(0, 0), Duration::from_secs(30));
        // A byte every 15 s: the third wait is the last.
        assert_eq!(left(2, 29), Duration::from_millis(1002));
        assert_eq!(left(2, 31), Duration::ZERO);
        // 100 times the least rate, for hours.
        assert_eq!(left(1_000_000_000, 10_000), Duration::from_secs(30));
        assert_eq!(ClientPace::default().deadline(PATIENCE), None, "nobody is waited for");
    }

    #[test]
    fn without_a_least_rate_only_a_stall_ends_the_wait() {
        let since = Instant::now();
        let pace = ClientPace { bytes: 1, waited: Duration::from_secs(9999), waiting_since: Some(since) };
        let patience = ClientPatience { least_rate: 0, ..PATIENCE };
        assert_eq!(pace.deadline(patience), Some(since + Duration::from_secs(30)));
    }
}
