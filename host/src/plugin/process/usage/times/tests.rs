use super::*;

#[test]
fn every_time_has_a_bucket_and_is_read_off_within_three_percent() {
    for micros in (0..100_000).chain([1 << 20, 999_999_999, u32::MAX - 1, u32::MAX]) {
        let place = bucket(micros);
        assert!(place < BUCKETS, "{micros}");
        let read = middle(place) as f64;
        let wrong = (read - f64::from(micros)).abs();
        assert!(wrong <= f64::from(micros) / 32.0 + 0.5, "{micros} is read as {read}");
    }
}

#[test]
fn shares_are_read_off() {
    let mut times = TimeBuckets::default();
    assert_eq!(times.at_most(0.5), None);
    for millis in 1..=100 {
        times.add(Duration::from_millis(millis));
    }
    times.add(Duration::from_secs(100 * 3600));
    let ms = |share| times.at_most(share).unwrap().as_secs_f64() * 1e3;
    assert!((ms(0.5) - 51.0).abs() < 2.0 && (ms(0.95) - 96.0).abs() < 4.0, "{} {}", ms(0.5), ms(0.95));
    assert!(ms(1.0) > 3_600_000.0, "what is longer than the last bucket stands in it");
}
