use super::*;

#[test]
fn a_long_call_is_remembered_and_forgiven_after_short_ones() {
    let pace = CallPace::default();
    assert!(!pace.is_quick(), "nothing is known of it");
    pace.note(Duration::from_micros(50));
    assert!(!pace.is_long() && pace.is_quick());
    pace.note(QUICK);
    assert!(!pace.is_long() && !pace.is_quick());
    pace.note(SHORT);
    for _ in 0..FORGIVEN_AFTER {
        assert!(pace.is_long());
        pace.note(Duration::from_micros(50));
    }
    assert!(!pace.is_long());
}
