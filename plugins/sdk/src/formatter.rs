//! The formatter's side of the interface: the trait, and its way out of the component.

use std::cell::RefCell;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::bindings::describing::exports::qianfan::plugin::describe;
use crate::bindings::formatting::exports::qianfan::plugin::format;
use crate::{Description, Failure, Passage, json};

/// A plugin that shapes one answer while it streams.
pub trait Formatter: Sized + 'static {
    /// The operator's configuration, as it parses from JSON.
    type Config: DeserializeOwned;

    /// What the plugin says of itself; must not depend on time, network or chance.
    fn describe() -> Description;

    /// Starts an answer. The first of `sources` is what the model cites as `[1]`.
    ///
    /// # Errors
    ///
    /// Why the plugin cannot format this answer.
    fn open(config: Self::Config, sources: Vec<Passage>) -> Result<Self, Failure>;

    /// Takes the next piece of the answer, cut anywhere between two characters, and returns what may go
    /// to the client now.
    ///
    /// # Errors
    ///
    /// Why formatting cannot go on.
    fn feed(&mut self, chunk: &str) -> Result<String, Failure>;

    /// Returns what was held back, and closes what the answer left open.
    ///
    /// # Errors
    ///
    /// Why the answer cannot be finished.
    fn finish(&mut self) -> Result<String, Failure>;
}

/// Exports a [`Formatter`] from the component: `export_formatter!(MyPlugin);`, once in a crate.
#[macro_export]
macro_rules! export_formatter {
    ($plugin:ty) => {
        // Also off wasm, so that a plugin that does not fit is an error there too.
        const _: fn() -> $crate::Description = <$plugin as $crate::Formatter>::describe;

        #[cfg(target_family = "wasm")]
        const _: () = {
            type ExportedFormatter = $crate::exports::ExportedFormatter<$plugin>;
            $crate::exports::export_describing!(
                ExportedFormatter with_types_in $crate::exports::describing
            );
            $crate::exports::export_formatting!(
                ExportedFormatter with_types_in $crate::exports::formatting
            );
        };
    };
}

/// Carries a [`Formatter`] to the generated bindings.
#[doc(hidden)]
#[derive(Debug)]
pub struct ExportedFormatter<T>(PhantomData<T>);

/// One open answer. The bindings hand out `&self`, and a component is never entered twice at once.
#[doc(hidden)]
#[derive(Debug)]
pub struct Open<T>(RefCell<T>);

impl<T: Formatter> describe::Guest for ExportedFormatter<T> {
    fn describe() -> Description {
        T::describe()
    }
}

impl<T: Formatter> format::Guest for ExportedFormatter<T> {
    type Formatter = Open<T>;
}

impl<T: Formatter> format::GuestFormatter for Open<T> {
    fn open(config: String, sources: Vec<Passage>) -> Result<format::Formatter, Failure> {
        let formatter = T::open(json::config(&config)?, sources)?;
        Ok(format::Formatter::new(Open(RefCell::new(formatter))))
    }

    fn feed(&self, chunk: String) -> Result<String, Failure> {
        self.0.borrow_mut().feed(&chunk)
    }

    fn finish(&self) -> Result<String, Failure> {
        self.0.borrow_mut().finish()
    }
}
