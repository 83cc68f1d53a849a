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
mod tests;
