//! A small memory of the plugin for one conversation. Writes are kept when the call succeeds.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Failure;
pub use crate::bindings::state::{Error, get, remove, set};

/// The value under `key` as JSON, or `None` where it was never set.
///
/// # Errors
///
/// [`Failure::Unavailable`] where the host's store failed, [`Failure::Other`] where what is stored is
/// not a `T`.
pub fn load<T: DeserializeOwned>(key: &str) -> Result<Option<T>, Failure> {
    get(key)?
        .map(|bytes| serde_json::from_slice(&bytes))
        .transpose()
        .map_err(|error| Failure::Other(format!("the state under `{key}`: {error}")))
}

/// Stores `value` under `key` as JSON.
///
/// # Errors
///
/// [`Failure::Unavailable`] where the host's store failed, [`Failure::Other`] where the value is too
/// large or has no JSON form.
pub fn save<T: Serialize>(key: &str, value: &T) -> Result<(), Failure> {
    let bytes = serde_json::to_vec(value)
        .map_err(|error| Failure::Other(format!("the state under `{key}`: {error}")))?;
    Ok(set(key, &bytes)?)
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::TooLarge(text) => Self::Other(text),
            Error::Unavailable(text) => Self::Unavailable(text),
        }
    }
}
