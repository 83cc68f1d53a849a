//! How long calls took: counts in buckets, each a sixteenth of its beginning wide.

use std::time::Duration;

/// Buckets for each doubling, as a power of two: what is read off is wrong by 3 % at most.
const FINE: u32 = 4;
/// As many as it takes up to 2^32 microseconds, more than an hour.
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
mod tests {
    use super::*;

    #[test]
    fn every_time_has_a_bucket_and_is_read_off_within_three_percent() {
        for micros in (0..100_000).chain([1 << 20, 999_999_999, u32::MAX - 1, u32::MAX]) {
            let place = bucket(micros);
            assert!(place < BUCKETS, "{micros}");
            let read = middle(place) as f64;
            let wrong = (read - f64::from(micros)).abs();
            assert!(wrong <= f64::from(micros) / 32.0 + 0.5, "{micros} is read as {read}");
        }
    }

    #[test]
    fn shares_are_read_off() {
        let mut times = TimeBuckets::default();
        assert_eq!(times.at_most(0.5), None);
        for millis in 1..=100 {
            times.add(Duration::from_millis(millis));
        }
        times.add(Duration::from_secs(100 * 3600));
        let ms = |share| times.at_most(share).unwrap().as_secs_f64() * 1e3;
        assert!((ms(0.5) - 51.0).abs() < 2.0 && (ms(0.95) - 96.0).abs() < 4.0, "{} {}", ms(0.5), ms(0.95));
        assert!(ms(1.0) > 3_600_000.0, "what is longer than the last bucket stands in it");
    }
}
