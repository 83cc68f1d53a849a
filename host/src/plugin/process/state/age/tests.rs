use super::*;

#[test]
fn nothing_is_deleted_by_a_clock_that_has_just_been_set() {
    let (clock, run) = (SystemTime::now(), Instant::now());
    let after = |minutes: u64| Duration::from_secs(60 * minutes);
    let ahead = after(30 * 24 * 60);
    let mut age = Age::new(clock, run);
    assert!(!age.may_delete(clock + after(59), run + after(59)), "not soon after a start");
    assert!(age.may_delete(clock + after(60), run + after(60)));
    assert!(!age.may_delete(clock + after(61), run + after(61)), "once an hour");
    assert!(!age.may_delete(clock + ahead + after(200), run + after(200)), "a month in three hours");
    assert!(!age.may_delete(clock + ahead + after(259), run + after(259)));
    assert!(!age.may_delete(clock + after(260), run + after(260)), "and back again");
    assert!(age.may_delete(clock + after(320), run + after(320)));
}
