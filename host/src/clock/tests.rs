use super::*;

#[test]
fn days_are_counted_over_leap_years() {
    for (day, expected) in [
        ((1970, 1, 1), 0),
        ((1970, 3, 1), 59),
        ((1969, 12, 31), -1),
        ((2000, 2, 29), 11_016),
        ((2100, 3, 1), 47_541),
    ] {
        let (year, month, day) = day;
        assert_eq!(days_since_1970(year, month, day), expected, "{year}-{month}-{day}");
    }
}

#[test]
fn a_moment_that_no_library_prints_is_the_last_that_is_printed() {
    assert_eq!(since_1970(moment(u64::MAX)).as_secs(), LAST);
    assert_eq!(since_1970(moment(5)), Duration::from_secs(5));
    assert_eq!(since_1970(UNIX_EPOCH - Duration::from_secs(1)), Duration::ZERO);
}
