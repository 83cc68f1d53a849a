use super::*;

#[test]
fn each_way_to_end_is_counted_under_its_name() {
    let tally = CallTally::default();
    let message = String::new;
    let failed = |failure| CallError::Failed { failure };
    let trap = |cause| CallError::Trap { cause, message: message() };
    let errors = [
        (failed(Failure::Other(message())), "failed"),
        (failed(Failure::InvalidArguments(message())), "invalid_arguments"),
        (CallError::Timeout { limit: Duration::ZERO }, "timeout"),
        (trap(TrapKind::Crash), "trap"),
        (trap(TrapKind::OutOfMemory), "limit"),
        (CallError::Busy { message: message() }, "busy"),
        (CallError::Host { message: message() }, "host"),
    ];
    for (error, outcome) in errors {
        tally.count(&Err(error.clone()), Duration::ZERO);
        tally.count_answer(Some(&error), Duration::ZERO);
        assert_eq!(count(&tally, outcome), 2, "{outcome}");
    }
    tally.count_answer(None, Duration::ZERO);
    tally.count(&Ok(Contribution::Nothing { reason: message() }), Duration::ZERO);
    assert_eq!((count(&tally, "ok"), count(&tally, "nothing")), (1, 1));
}

fn count(tally: &CallTally, outcome: &str) -> u64 {
    tally.calls().find(|(known, _)| *known == outcome).unwrap().1.get()
}
