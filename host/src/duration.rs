//! A duration as an operator writes it: `"500ms"`, `"5s"`, `"1h 30m"`.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::half_width::half_width;
use crate::problem::Problem;

/// What the configuration's schema calls it.
pub(crate) const FORMAT: &str = "duration";

/// Units as people write them in Chinese, the longer before what they begin with.
const CHINESE: [(&str, &str); 9] = [
    ("毫秒", "ms"),
    ("秒钟", "s"),
    ("秒", "s"),
    ("分钟", "m"),
    ("分", "m"),
    ("小时", "h"),
    ("时", "h"),
    ("天", "d"),
    ("日", "d"),
];

/// What a text that is not a duration was meant to be, where that can be seen.
pub(crate) fn meant(text: &str) -> Option<String> {
    let mut meant: String = text.chars().map(half_width).collect();
    for (unit, short) in CHINESE {
        meant = meant.replace(unit, short);
    }
    let meant = meant.trim().to_owned();
    if let Ok(number) = meant.parse::<u64>() {
        return Some(with_unit(number));
    }
    parse(&meant).map(|_| meant)
}

/// What a number without a unit may mean, as it stands between quotes.
pub(crate) fn with_unit(number: u64) -> String {
    /// So many seconds are rarely meant, and so many milliseconds are.
    const MANY: u64 = 100;
    if number < MANY { format!("{number}s") } else { format!("{number}ms\" or \"{number}s") }
}

/// What is wrong with a duration that has bounds; `example` is what may be written instead.
pub(crate) fn problem(
    key: &str,
    value: Duration,
    bounds: &RangeInclusive<Duration>,
    example: &str,
) -> Option<Problem> {
    let (least, most) = (shown(*bounds.start()), shown(*bounds.end()));
    let message =
        || format!("is {}; it must be between {least} and {most}, such as \"{example}\"", shown(value));
    (!bounds.contains(&value)).then(|| Problem::new(key, message()))
}

/// A duration as it can be written: days only where there are several.
pub(crate) fn shown(value: Duration) -> String {
    const DAY: u64 = 24 * 3600;
    match (value.as_secs(), value.subsec_nanos()) {
        (0, 0) => "0s".to_owned(),
        (seconds, 0) if seconds % DAY == 0 && seconds > DAY => format!("{}d", seconds / DAY),
        (seconds, 0) if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        (seconds, 0) if seconds % 60 == 0 => format!("{}m", seconds / 60),
        _ => humantime_serde::re::humantime::format_duration(value).to_string(),
    }
}

/// Reads a duration.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    humantime_serde::re::humantime::parse_duration(text).ok()
}

/// A duration as a number of milliseconds, to the microsecond: for `#[serde(with)]`.
pub(crate) mod milliseconds {
    use std::time::Duration;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64((duration.as_secs_f64() * 1e6).round() / 1e3)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let ms = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(ms / 1e3).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
