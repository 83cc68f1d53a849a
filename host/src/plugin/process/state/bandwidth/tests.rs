use super::*;

#[test]
fn an_app_that_writes_much_waits_and_no_other_with_it() {
    let (bandwidth, begin) = (Bandwidth::default(), Instant::now());
    assert_eq!(bandwidth.take("busy", BURST, begin), Duration::ZERO);
    assert_eq!(bandwidth.take("busy", 2 * RATE, begin), Duration::from_secs(2));
    assert_eq!(bandwidth.take("quiet", 1 << 10, begin), Duration::ZERO);
    bandwidth.give_back("busy", RATE);
    assert_eq!(bandwidth.take("busy", 0, begin), Duration::from_secs(1));
    let later = begin + Duration::from_secs(3);
    assert_eq!(bandwidth.take("busy", 2 * RATE, later), Duration::ZERO, "time gives it back");
    assert_eq!(bandwidth.take("busy", RATE, later), Duration::from_secs(1));
}
