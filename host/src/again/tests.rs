use std::cell::RefCell;
use std::future::ready;

use super::*;

#[tokio::test]
async fn it_is_tried_until_it_succeeds_the_pauses_are_used_up_or_nothing_would_help() {
    let pauses = [1, 2].map(Duration::from_micros);
    for (succeeds_at, helps, expected, waited) in [
        (1, true, Ok(1), &pauses[..0]),
        (2, true, Ok(2), &pauses[..1]),
        (9, true, Err(3), &pauses[..]),
        (9, false, Err(1), &pauses[..1]),
    ] {
        let asked = RefCell::new(Vec::new());
        let wait = |_: &i32, pause| {
            asked.borrow_mut().push(pause);
            Some(pause).filter(|_| helps)
        };
        let mut tried = 0;
        let done = again(pauses, wait, || {
            tried += 1;
            ready(if tried == succeeds_at { Ok(tried) } else { Err(tried) })
        });
        assert_eq!(done.await, expected);
        assert_eq!(asked.into_inner(), waited);
    }
}
