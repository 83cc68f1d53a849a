//! How long calls took: counts in buckets, each a sixteenth of its beginning wide.

use std::time::Duration;

/// Buckets for each doubling, as a power of two: what is read off is wrong by 3 % at most.
const FINE: u32 = 4;
/// The number of buckets that times up to 2^32 microseconds, more than an hour, take.
const BUCKETS: usize = ((32 - FINE as usize) + 1) << FINE;

/// Counts times; four kilobytes, however many there are.
#[derive(Debug)]
pub(super) struct TimeBuckets {
    counts: Box<[u64]>,
}

impl Default for TimeBuckets {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS].into() }
    }
}

impl TimeBuckets {
    pub(super) fn add(&mut self, time: Duration) {
        let micros = u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        if let Some(count) = self.counts.get_mut(bucket(micros)) {
            *count += 1;
        }
    }

    /// The time that this share of all took at most; `None` where there is none.
    pub(super) fn at_most(&self, share: f64) -> Option<Duration> {
        let all: u64 = self.counts.iter().sum();
        // The first for which it holds, so that of one call both shares are that call.
        let wanted = ((all as f64 * share).ceil() as u64).max(1);
        let mut so_far = 0;
        let place = self.counts.iter().position(|count| {
            so_far += count;
            so_far >= wanted
        })?;
        Some(Duration::from_micros(middle(place)))
    }
}

fn bucket(micros: u32) -> usize {
    if micros < 1 << FINE {
        return micros as usize;
    }
    let octave = micros.ilog2() - FINE;
    let part = (micros >> octave) as usize - (1 << FINE);
    ((octave as usize + 1) << FINE) + part
}

/// The middle of a bucket, in microseconds.
fn middle(bucket: usize) -> u64 {
    let (octave, part) = ((bucket >> FINE) as u32, (bucket & ((1 << FINE) - 1)) as u64);
    match octave.checked_sub(1) {
        None => part,
        Some(octave) => (((1 << FINE) + part) << octave) + (1 << octave) / 2,
    }
}

#[cfg(test)]
mod tests;
