use super::*;

#[test]
fn what_breaks_off_is_no_mistake_of_the_table() {
    let (model, cause) = ("m".to_owned(), "the connection was closed".to_owned());
    assert_eq!(gravity_of_model(&ModelError::BrokenOff { model, cause }), Gravity::Fails(FAILS));
}

#[test]
fn an_endpoint_that_is_busy_or_fails_by_itself_is_there() {
    let refused = |status, meaning| {
        let (model, message) = ("m".to_owned(), "no".to_owned());
        gravity_of_model(&ModelError::Refused { model, status, message, meaning, retry_after: None })
    };
    assert_eq!(refused(429, Meaning::Busy), Gravity::MayPass(BUSY));
    assert_eq!(refused(429, Meaning::Spent), Gravity::Fails(SPENT));
    assert_eq!(refused(500, Meaning::Other), Gravity::MayPass(FAILS));
    assert_eq!(refused(502, Meaning::Away), Gravity::Fails(FAILS), "nobody is there");
    assert_eq!(refused(401, Meaning::Setup), Gravity::Fails(SETUP));
    for (status, said, gravity) in [
        (429, "rate limit reached", Some(Gravity::MayPass(BUSY))),
        (429, "You exceeded your current quota, please check your plan", Some(Gravity::Fails(SPENT))),
        (500, "worker lost", Some(Gravity::MayPass(FAILS))),
        (500, "(a web page; is this the address of the API?)", Some(Gravity::Fails(FAILS))),
        (501, "not implemented", Some(Gravity::Fails(FAILS))),
        (503, "no", Some(Gravity::Fails(FAILS))),
        (401, "no", None),
    ] {
        assert_eq!(gravity_of_refusal(status, said), gravity, "{status} {said}");
    }
    assert_eq!(short(None, PAUSE), Some(PAUSE));
    assert_eq!(short(Some(Duration::ZERO), PAUSE), Some(Duration::ZERO));
    assert_eq!(short(Some(Duration::from_secs(60)), PAUSE), None);
}
