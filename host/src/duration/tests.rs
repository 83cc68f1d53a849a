use super::*;

#[test]
fn what_was_meant_is_suggested() {
    for (text, expected) in [
        ("5", "5s"),
        ("5秒", "5s"),
        ("500毫秒", "500ms"),
        ("２分钟", "2m"),
        ("1小时30分", "1h30m"),
        ("800", "800ms\" or \"800s"),
    ] {
        assert_eq!(meant(text).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(meant("很久"), None);
}

#[test]
fn bounds_are_told_as_durations_are_written() {
    let bounds = Duration::from_millis(1)..=Duration::from_secs(24 * 3600);
    let told = |text: &str| {
        let found = problem("timeout", parse(text).unwrap(), &bounds, "30s");
        found.map(|problem| problem.message)
    };
    assert_eq!(told("1ms"), None);
    let zero = "is 0s; it must be between 1ms and 24h, such as \"30s\"";
    assert_eq!(told("0ns").as_deref(), Some(zero));
    assert!(told("10days").unwrap().starts_with("is 10d; "));
    assert!(told("90000s").unwrap().starts_with("is 25h; "));
}
