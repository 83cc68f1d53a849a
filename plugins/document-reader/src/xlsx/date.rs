//! Dates of a sheet are numbers of days; the time is what is behind the point.

/// A day and a time of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) serial: f64,
    year: i64,
    month: u32,
    day: u32,
    /// From Sunday.
    weekday: usize,
    /// Milliseconds since the day began, and since the calendar's first day.
    millis: u64,
    all_millis: u64,
}

/// Days from the first day of both calendars that a workbook may count from.
const OF_1904: f64 = 1462.0;
/// The last day of the year 9999.
const LAST: f64 = 2_958_466.0;
const MILLIS: u64 = 86_400_000;

impl Moment {
    /// Rounded to a second, or a thousandth where `finely`. `None` where no calendar has it.
    pub(super) fn new(serial: f64, from_1904: bool, finely: bool) -> Option<Self> {
        if !(0.0..LAST).contains(&serial) {
            return None;
        }
        let unit = if finely { 1 } else { 1000 };
        let all_millis = (serial * (MILLIS / unit) as f64).round() as u64 * unit;
        let days = (all_millis / MILLIS) as i64 + if from_1904 { OF_1904 as i64 } else { 0 };
        // Day 60 is the 29th of February 1900, which there never was; before it all is one day later.
        let (year, month, day) = match days {
            60 => (1900, 2, 29),
            0 => (1900, 1, 0),
            days => civil(days - if days > 60 { 25_569 } else { 25_568 }),
        };
        let weekday = ((days + 6) % 7) as usize;
        Some(Self { serial, year, month, day, weekday, millis: all_millis % MILLIS, all_millis })
    }
}

/// Year, month and day of a day counted from the first of 1970.
fn civil(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month as u32, day as u32)
}

const WEEKDAYS: [&str; 7] = ["日", "一", "二", "三", "四", "五", "六"];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A part of a moment: `yyyy`, `m`, `n` for minutes, `[h]`, `aaaa`. `halves` is whether hours go to twelve.
pub(super) fn shown(moment: Moment, word: &str, halves: bool, is_chinese: bool, words: u8) -> String {
    let Moment { year, month, day, weekday, millis, all_millis, .. } = moment;
    let (hour, minute, second) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    let number = |value: u64, width: usize| match words {
        0 => format!("{value:0width$}"),
        _ => super::decimal::in_words(value as f64, words),
    };
    let digits = |text: String| text.chars().map(|c| super::decimal::digit(c, words)).collect::<String>();
    let name = MONTHS[(month as usize).clamp(1, 12) - 1];
    match word {
        "yy" | "y" => digits(format!("{:02}", year % 100)),
        word if word.starts_with(['y', 'e']) => digits(year.to_string()),
        "m" => number(u64::from(month), 1),
        "mm" => number(u64::from(month), 2),
        "mmm" if is_chinese => format!("{month}月"),
        "mmm" => name[..3].to_owned(),
        "mmmm" if is_chinese => format!("{}月", super::decimal::in_words(f64::from(month), 1)),
        "mmmm" => name.to_owned(),
        "mmmmm" => name[..1].to_owned(),
        "d" => number(u64::from(day), 1),
        "dd" => number(u64::from(day), 2),
        "ddd" if is_chinese => format!("周{}", WEEKDAYS[weekday]),
        "ddd" => DAYS[weekday][..3].to_owned(),
        "dddd" if is_chinese => format!("星期{}", WEEKDAYS[weekday]),
        "dddd" => DAYS[weekday].to_owned(),
        "aaa" => WEEKDAYS[weekday].to_owned(),
        "aaaa" => format!("星期{}", WEEKDAYS[weekday]),
        "h" | "hh" => {
            let hour = if halves { (hour + 11) % 12 + 1 } else { hour };
            number(hour, word.len())
        }
        "n" | "nn" => number(minute, word.len()),
        "s" | "ss" => number(second, word.len()),
        "AM/PM" | "am/pm" => (if hour < 12 { "AM" } else { "PM" }).to_owned(),
        "A/P" | "a/p" => (if hour < 12 { "A" } else { "P" }).to_owned(),
        "上午/下午" => (if hour < 12 { "上午" } else { "下午" }).to_owned(),
        word if word.starts_with('.') => {
            let places = word.len() - 1;
            let part = format!("{:03}", millis % 1000);
            format!(".{part:0<places$}")[..=places].to_owned()
        }
        word if word.starts_with('[') => {
            let width = word.len().saturating_sub(2);
            let unit = match word.as_bytes().get(1) {
                Some(b'h') => 3_600_000,
                Some(b'm' | b'n') => 60_000,
                _ => 1000,
            };
            format!("{:0width$}", all_millis / unit)
        }
        _ => String::new(),
    }
}
