//! What a request's path names.

use std::sync::Arc;

use super::error::{ApiError, Fault};
use crate::host::Host;
use crate::knowledge::Base;

/// The knowledge base of this name, or the error that names those there are.
pub(super) fn base<'a>(host: &'a Host, name: &str) -> Result<&'a Arc<Base>, ApiError> {
    host.library.base(name).ok_or_else(|| {
        let known: Vec<&str> = host.library.names().collect();
        let message = format!("there is no knowledge base `{name}`; there are: {}", known.join(", "));
        ApiError::new(Fault::NotFound, message)
    })
}
