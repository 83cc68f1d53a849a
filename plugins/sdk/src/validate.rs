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
}

/// How alike two words must be, 0 to 1.
const ALIKE: f64 = 0.7;

/// The known word that a mistyped one was meant to be, where one is near enough.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(&word, &known.to_lowercase());
    let scored = known.into_iter().map(|known| (likeness(known), known));
    let near = scored.filter(|(likeness, _)| *likeness >= ALIKE);
    near.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, known)| known)
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
pub struct Exported<T>(PhantomData<T>);

impl<T: Validate> validate::Guest for Exported<T> {
    fn validate(config: String) -> Vec<(String, String)> {
        // One that does not parse was refused by the schema.
        json::config(&config).map(|config| T::validate(&config)).unwrap_or_default()
    }
}
