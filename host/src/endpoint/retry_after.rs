//! How long an endpoint asks to wait, from the headers of its refusal.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// No wait is longer than a day: what asks for more tells of no time when it is back.
const LONGEST: u64 = 24 * 60 * 60;

/// The wait in whole seconds, where the headers tell one: as seconds, also with a fraction, as a date, or,
/// as some services do, in milliseconds.
pub fn seconds(headers: &HeaderMap) -> Option<u64> {
    seconds_at(headers, SystemTime::now())
}

fn seconds_at(headers: &HeaderMap, now: SystemTime) -> Option<u64> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    let of_milliseconds = || Some(number(text("retry-after-ms")?)? / 1000.0);
    let of_date = |text: &str| {
        let wait = httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or(Duration::ZERO);
        Some(wait.as_secs_f64())
    };
    let said = text(RETRY_AFTER.as_str()).and_then(|text| number(text).or_else(|| of_date(text)));
    // A cast from a float stays within the integer's range.
    said.or_else(of_milliseconds).map(|wait| (wait.ceil() as u64).min(LONGEST))
}

#[cfg(test)]
mod tests;
