use super::*;

#[test]
fn only_what_was_fetched_well_after_its_change_is_left_alone() {
    let at = |text: &str| u64::try_from(moment(text).unwrap() / 1000).unwrap();
    let fetched = at("2026-03-05T12:00:00Z");
    for (said, expected) in [
        ("2026-03-01", true),
        ("2026-03-03", true),
        // The day's end may be hours away, somewhere.
        ("2026-03-04", false),
        ("2026-03-05", false),
        ("2026-03-05T10:00:00Z", true),
        ("2026-03-05T18:00:00+08:00", true),
        ("2026-03-05T11:30:00Z", false),
        ("2026-03-05T10:00:00", false),
        ("2026-03-06", false),
        ("2099-01-01", false),
        ("2026-03", false),
        ("gestern", false),
        ("", false),
    ] {
        assert_eq!(is_older(said, fetched, fetched + DAY), expected, "{said}");
    }
    assert!(!is_older("2026-03-01", fetched, fetched + LONGEST), "a list that nobody keeps up");
    assert!(!is_older("2026-03-01", 0, fetched) && !is_older("2026-03-01", fetched, fetched - 1));
}
