use super::*;

fn breaker() -> Arc<Breaker> {
    Breaker::new(ServerKind::Embedder, "far")
}

/// Opened just now.
fn opened() -> Arc<Breaker> {
    let breaker = breaker();
    for _ in 0..FAILURES {
        breaker.admit().unwrap().failed(&"no answer");
    }
    breaker
}

fn later(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

#[test]
fn failures_in_a_row_open_it_and_its_refusal_says_so() {
    let breaker = breaker();
    for _ in 0..5 {
        breaker.admit().unwrap().failed(&"no answer");
        breaker.admit().unwrap().failed(&"no answer");
        breaker.admit().unwrap().answered();
    }
    assert_eq!(breaker.health(), Health::Well, "not in a row");
    let refusal = opened().admit().err().unwrap().to_string();
    assert_eq!(refusal, "the embedder `far` is not asked for 1 s since it failed: no answer");
}

#[test]
fn what_a_server_answers_by_itself_never_opens_it_and_is_seen() {
    let breaker = breaker();
    for _ in 0..20 {
        breaker.admit().unwrap().refused(&"answered 401");
    }
    assert_eq!(breaker.health(), Health::Failing("answered 401".into()));
    assert_eq!((breaker.tally.calls.get(), breaker.tally.errors.get()), (20, 20));
}

#[test]
fn after_a_pause_one_tries_and_the_pause_grows_to_its_bound() {
    let breaker = opened();
    let mut now = later(1);
    let mut pauses = Vec::new();
    for _ in 0..6 {
        let attempt = breaker.admit_at(now).unwrap();
        assert!(breaker.admit_at(now).is_err(), "only one tries");
        breaker.failed(attempt.epoch, true, "still away".into(), now);
        std::mem::forget(attempt);
        let wait = breaker.admit_at(now).err().unwrap().wait;
        pauses.push(wait.as_secs());
        now += wait;
    }
    assert_eq!(pauses, [2, 4, 8, 15, 15, 15]);
    breaker.admit_at(now).unwrap().answered();
    assert!(breaker.admit().is_ok() && breaker.admit().is_ok() && breaker.health() == Health::Well);
}

#[test]
fn a_try_that_does_not_come_back_keeps_nobody_out() {
    let breaker = opened();
    let now = later(2);
    let hangs = breaker.admit_at(now).unwrap();
    assert!(breaker.admit_at(now + Duration::from_secs(1)).is_ok(), "after the pause another tries");
    drop(hangs);
    let gives_up = opened();
    drop(gives_up.admit_at(now).unwrap());
    assert!(gives_up.admit_at(later(1)).is_ok(), "whoever gave up has learnt nothing");
}

#[test]
fn what_was_asked_before_it_opened_lengthens_no_pause() {
    let breaker = breaker();
    let old: Vec<_> = (0..50).map(|_| breaker.admit().unwrap()).collect();
    old.into_iter().for_each(|attempt| attempt.failed(&"broke off"));
    assert!(breaker.admit().err().unwrap().wait <= FIRST_PAUSE);
}

#[test]
fn whoever_waits_for_the_server_is_let_through_and_closes_it() {
    let breaker = opened();
    for _ in 0..20 {
        breaker.watch().failed(&"still away");
    }
    assert!(breaker.admit().err().unwrap().wait <= FIRST_PAUSE, "its tries lengthen no pause");
    breaker.watch().answered();
    assert_eq!(breaker.health(), Health::Well);
}
