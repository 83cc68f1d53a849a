//! JSON that the host passes as text.

use serde::de::DeserializeOwned;

use crate::{Failure, Turn};

/// Parses the operator's configuration.
///
/// # Errors
///
/// [`Failure::InvalidConfig`] with the place and the reason.
pub fn config<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::InvalidConfig(format!("the plugin's configuration: {error}")))
}

/// Parses the arguments the model chose; `None` when it was not the model that called.
///
/// # Errors
///
/// [`Failure::InvalidArguments`] with the place and the reason.
pub fn arguments<T: DeserializeOwned>(turn: &Turn) -> Result<Option<T>, Failure> {
    turn.arguments
        .as_deref()
        .map(serde_json::from_str)
        .transpose()
        .map_err(|error| Failure::InvalidArguments(format!("the arguments: {error}")))
}
