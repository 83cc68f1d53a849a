use super::*;

#[test]
fn a_run_that_failed_is_tried_again_before_its_time() {
    let every = |every: u64| WebSourceSettings {
        every: Some(Duration::from_secs(every)),
        ..WebSourceSettings::default()
    };
    let run = |failures| LastRun { started_at: 1000, failures, ..LastRun::default() };
    assert_eq!(run(0).next(&every(86_400)), Some(87_400));
    assert_eq!(run(1).next(&every(86_400)), Some(1300));
    assert_eq!(run(3).next(&every(86_400)), Some(2200));
    assert_eq!(run(40).next(&every(86_400)), Some(87_400));
    assert_eq!(run(1).next(&every(5)), Some(1005));
    assert_eq!(run(1).next(&WebSourceSettings::default()), None);
}

#[test]
fn failures_are_counted_until_a_run_ends_well() {
    let ended = |state, at| LastRun { state: Some(state), finished_at: Some(at), ..LastRun::default() };
    let first = ended(RunEnd::Done, 5).after(&LastRun::default());
    let second = ended(RunEnd::Failed, 6).after(&first);
    let third = ended(RunEnd::Failed, 7).after(&second);
    assert_eq!((third.succeeded_at, third.failures), (Some(5), 2));
    assert_eq!(third.clone().begun(8).failures, 2);
    let fourth = ended(RunEnd::Done, 9).after(&third);
    assert_eq!((fourth.succeeded_at, fourth.failures), (Some(9), 0));
}
