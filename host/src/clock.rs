//! The wall clock and the calendar behind it. A leaf.
//!
//! These are the few lines that the host needs, and no date library: moments are kept as numbers, dates are read in the
//! three places where they are written, each with its own narrow form (`knowledge/filter.rs`, where what is not a date is
//! a text; `door/key.rs`, where TOML has read it; `web/`, where `httpdate` does), and printed by `humantime` or `httpdate`,
//! which are dependencies for other reasons. `jiff` reads and does far more, time zones included; its reading would be
//! narrowed again to what a filter may take for a moment, and each of the places would stay.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last second whose year has four digits, which is the last that the printing libraries write.
const LAST: u64 = 253_402_300_799;

/// Whole seconds since 1970.
pub(crate) fn seconds() -> u64 {
    since_1970(SystemTime::now()).as_secs()
}

/// Whole milliseconds since 1970.
pub(crate) fn milliseconds() -> u64 {
    u64::try_from(since_1970(SystemTime::now()).as_millis()).unwrap_or(u64::MAX)
}

/// The time from 1970 to a moment; none where the moment is earlier.
pub(crate) fn since_1970(moment: SystemTime) -> Duration {
    moment.duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The moment so many seconds after 1970, or the last that can be printed.
pub(crate) fn moment(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds.min(LAST))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar. The year is counted from March on, so that
/// the leap day is its last and every month's offset is the same in all years.
pub(crate) fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    /// Days from 0000-03-01 to 1970-01-01.
    const EPOCH: i64 = 719_468;
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - EPOCH
}

#[cfg(test)]
mod tests;
