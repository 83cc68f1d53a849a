//! How much each app may write. One disk serves all: an app that fills it with ever new state would
//! have every other wait for it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Bytes an app may write in a second, on the whole. A turn's state has some hundred bytes, and at most 256 KiB.
const RATE: u64 = 2 << 20;
/// Bytes an app may write at once after it has written little.
const BURST: u64 = 8 << 20;

/// What each app has written.
#[derive(Debug, Default)]
pub(super) struct Bandwidth(Mutex<HashMap<String, UsedBandwidth>>);

/// Bytes that count against the burst, at a moment.
#[derive(Debug, Clone, Copy)]
struct UsedBandwidth {
    bytes: u64,
    at: Instant,
}

impl Bandwidth {
    /// Counts a write of an app, and gives how long it must wait before it.
    pub(super) fn take(&self, app: &str, bytes: u64, now: Instant) -> Duration {
        let mut apps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Names come from the configuration, so the map stays as small as it is.
        let used = apps.entry(app.to_owned()).or_insert(UsedBandwidth { bytes: 0, at: now });
        let since = now.saturating_duration_since(used.at);
        let over = (since.as_secs_f64() * RATE as f64) as u64;
        *used = UsedBandwidth { bytes: used.bytes.saturating_sub(over) + bytes, at: now };
        Duration::from_secs_f64(used.bytes.saturating_sub(BURST) as f64 / RATE as f64)
    }

    /// A write that did not wait so long is not made.
    pub(super) fn give_back(&self, app: &str, bytes: u64) {
        let mut apps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(used) = apps.get_mut(app) {
            used.bytes = used.bytes.saturating_sub(bytes);
        }
    }
}

#[cfg(test)]
mod tests;
