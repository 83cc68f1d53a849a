//! How bundled plugins say what is wrong with their configuration before any turn. The published interface has no such
//! export yet, so only this repository's plugins use it.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::bindings::validating::exports::qianfan::bundled::validate;
use crate::json;

/// A plugin that checks its own configuration.
pub trait Validate: 'static {
    /// The plugin's configuration.
    type Config: DeserializeOwned;

    /// Keys of the configuration, and the cause and mend of what is wrong with each. What the schema refuses is
    /// reported already.
    fn validate(config: &Self::Config) -> Vec<(String, String)>;

    /// Keys of the configuration, and what works and may surprise about each.
    fn warnings(_config: &Self::Config) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Exports a [`Validate`] from the component, beside its role.
#[macro_export]
macro_rules! export_validation {
    ($plugin:ty) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            type Validated = $crate::exports::ExportedValidation<$plugin>;
            $crate::exports::export_validating!(
                Validated with_types_in $crate::exports::validating
            );
        };
    };
}

/// Carries a [`Validate`] to the generated bindings.
#[doc(hidden)]
#[derive(Debug)]
pub struct ExportedValidation<T>(PhantomData<T>);

impl<T: Validate> validate::Guest for ExportedValidation<T> {
    fn validate(config: String) -> Vec<(String, String)> {
        // One that does not parse was refused by the schema.
        json::config(&config).map(|config| T::validate(&config)).unwrap_or_default()
    }

    fn warn(config: String) -> Vec<(String, String)> {
        json::config(&config).map(|config| T::warnings(&config)).unwrap_or_default()
    }
}
