//! The contributor's side of the interface: the trait, and its way out of the component.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::bindings::contributing::exports::qianfan::plugin::contribute;
use crate::bindings::describing::exports::qianfan::plugin::describe;
use crate::{Contribution, Description, Failure, Turn, json};

/// A plugin that finds, calls or asks something for one chat turn.
pub trait Contributor: 'static {
    /// The operator's configuration, as it parses from JSON. Unknown keys are the host's to refuse, by
    /// the schema in [`Description::config_schema`].
    type Config: DeserializeOwned;

    /// What the plugin says of itself; must not depend on time, network or chance.
    fn describe() -> Description;

    /// Contributes to one turn, in an instance made for it.
    ///
    /// # Errors
    ///
    /// Why the plugin could not do its work; the operator reads it in the trace.
    fn contribute(turn: Turn, config: Self::Config) -> Result<Contribution, Failure>;
}

/// Exports a [`Contributor`] from the component: `export_contributor!(MyPlugin);`, once in a crate.
#[macro_export]
macro_rules! export_contributor {
    ($plugin:ty) => {
        // Also off wasm, so that a plugin that does not fit is an error there too.
        const _: fn() -> $crate::Description = <$plugin as $crate::Contributor>::describe;

        #[cfg(target_family = "wasm")]
        const _: () = {
            type ExportedContributor = $crate::exports::ExportedContributor<$plugin>;
            $crate::exports::export_describing!(
                ExportedContributor with_types_in $crate::exports::describing
            );
            $crate::exports::export_contributing!(
                ExportedContributor with_types_in $crate::exports::contributing
            );
        };
    };
}

/// Carries a [`Contributor`] to the generated bindings.
#[doc(hidden)]
#[derive(Debug)]
pub struct ExportedContributor<T>(PhantomData<T>);

impl<T: Contributor> describe::Guest for ExportedContributor<T> {
    fn describe() -> Description {
        T::describe()
    }
}

impl<T: Contributor> contribute::Guest for ExportedContributor<T> {
    fn contribute(turn: Turn, config: String) -> Result<Contribution, Failure> {
        T::contribute(turn, json::config(&config)?)
    }
}
