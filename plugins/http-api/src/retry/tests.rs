use super::*;

#[test]
fn a_pause_is_seconds_or_a_date() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    for (text, expected) in [
        ("2", Some(Duration::from_secs(2))),
        ("0.5", Some(Duration::from_millis(500))),
        ("Sun, 06 Nov 1994 08:49:40 GMT", Some(Duration::from_secs(3))),
        ("Sun, 06 Nov 1994 08:00:00 GMT", Some(Duration::ZERO)),
        ("-1", None),
        ("1e300", None),
        ("soon", None),
    ] {
        assert_eq!(after(text, now), expected, "{text}");
    }
}
