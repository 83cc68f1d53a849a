//! Blocking work goes to a thread of its own: a task that reads a file or parses a document would hold up all others.

use tokio::task::JoinError;

/// Carries out such work; `stopped` is the error where it did not come to its end.
pub(super) async fn blocking<T: Send + 'static, E: Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
    stopped: impl FnOnce(JoinError) -> E,
) -> Result<T, E> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(stopped(error)))
}
