//! A failure is what an error of the server says to whoever has asked: that it may pass, or that an operator must act.

use super::super::StoreError;
use crate::endpoint::said;

/// What an answer with one of gRPC's numbers means: 1 cancelled, 4 deadline exceeded, 8 resource exhausted, 13 internal,
/// 14 unavailable. The client calls it internal when it cannot connect.
pub(super) fn of_answer(server: &str, code: i32, message: &str) -> StoreError {
    let told = format!("{server}: {}", said::cleaned(message));
    if says_full(message) {
        return StoreError::Full(format!(
            "{server}: there is no room on its disk: {}; free some there",
            said::cleaned(message)
        ));
    }
    match code {
        13 if message.starts_with("Failed to connect") => StoreError::Unavailable(format!(
            "{server} cannot be reached; is the server running, and is this its gRPC port?"
        )),
        14 => StoreError::Unavailable(format!("{told}; is the server running, and is this its gRPC port?")),
        1 | 4 | 8 => StoreError::Unavailable(told),
        // A connection that broke in the middle; 2 is unknown.
        2 | 13 if ["transport error", "h2 protocol error"].iter().any(|part| told.contains(part)) => {
            StoreError::Unavailable(told)
        }
        // A collection that is being made has no shards yet to be read, and says so as if it were at fault.
        13 if told.contains("read operations failed") => StoreError::Unavailable(told),
        _ => StoreError::Broken(told),
    }
}

/// Whether the server says that its disk is full. It has no code of its own for it.
fn says_full(message: &str) -> bool {
    let message = message.to_lowercase();
    ["no space left on device", "available disk space", "out of disk space", "disk quota exceeded"]
        .iter()
        .any(|words| message.contains(words))
}

#[cfg(test)]
mod tests;
