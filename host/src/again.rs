//! Something is tried again after a while, where that may help. It knows nothing of this crate.
//!
//! The two who try again (`knowledge/embed/remote.rs`, `web/run.rs`) differ in when and for how long, so that is theirs to
//! say; a crate for it would bring back-off and jitter that neither wants, since a breaker stands before each server.

use std::time::Duration;

/// Tries once and, as long as `wait` tells a time for the error, again after it. `wait` is given each of the pauses in
/// turn; when they are used up, the last error stands.
pub(crate) async fn again<T, E, F: Future<Output = Result<T, E>>>(
    pauses: impl IntoIterator<Item = Duration>,
    wait: impl Fn(&E, Duration) -> Option<Duration>,
    mut attempt: impl FnMut() -> F,
) -> Result<T, E> {
    let mut pauses = pauses.into_iter();
    loop {
        let error = match attempt().await {
            Err(error) => error,
            done => return done,
        };
        match pauses.next().and_then(|pause| wait(&error, pause)) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
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
}
