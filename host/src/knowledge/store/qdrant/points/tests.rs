use super::*;

#[test]
fn a_version_comes_after_the_one_it_replaces_whatever_the_clock_says() {
    let first = version_after(None);
    let second = version_after(Some(&first));
    let ahead = uuid::Builder::from_unix_timestamp_millis(9_000_000_000_000, &[7; 10]).into_uuid();
    let after = version_after(Some(&ahead.to_string()));
    assert!(is_older(&first, &second) && !is_older(&second, &first) && !is_older(&first, &first));
    assert!(is_older(&ahead.to_string(), &after), "{ahead} {after}");
    assert!(is_older("half", &first) && !is_older(&first, "half"));
    assert!(is_left_behind("half") && !is_left_behind(&first));
}
