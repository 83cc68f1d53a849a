use super::*;

const PATIENCE: ClientPatience = ClientPatience { stall: Duration::from_secs(30), least_rate: 1000 };

/// The wait that is left to a client after this many bytes and this much waiting.
fn left(bytes: u64, waited: u64) -> Duration {
    let since = Instant::now();
    let pace = ClientPace { bytes, waited: Duration::from_secs(waited), waiting_since: Some(since) };
    pace.deadline(PATIENCE).unwrap() - since
}

#[test]
fn a_client_is_waited_for_as_long_as_its_mean_rate_is_worth_and_never_longer_than_a_stall() {
    assert_eq!(left(0, 0), Duration::from_secs(30));
    // A byte every 15 s: the third wait is the last.
    assert_eq!(left(2, 29), Duration::from_millis(1002));
    assert_eq!(left(2, 31), Duration::ZERO);
    // 100 times the least rate, for hours.
    assert_eq!(left(1_000_000_000, 10_000), Duration::from_secs(30));
    assert_eq!(ClientPace::default().deadline(PATIENCE), None, "nobody is waited for");
}

#[test]
fn without_a_least_rate_only_a_stall_ends_the_wait() {
    let since = Instant::now();
    let pace = ClientPace { bytes: 1, waited: Duration::from_secs(9999), waiting_since: Some(since) };
    let patience = ClientPatience { least_rate: 0, ..PATIENCE };
    assert_eq!(pace.deadline(patience), Some(since + Duration::from_secs(30)));
}
