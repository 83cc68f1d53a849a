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
    let Some(text) = turn.arguments.as_deref() else { return Ok(None) };
    serde_json::from_str(text).map(Some).map_err(|error| {
        // What the parser says of another kind quotes it, and what is quoted is not told to a model.
        Failure::InvalidArguments(if text.trim_start().starts_with('{') {
            format!("the arguments: {error}")
        } else {
            "the arguments must be an object".to_owned()
        })
    })
}
