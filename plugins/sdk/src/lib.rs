//! Write plugins for qianfan-host in Rust.
//!
//! A plugin is a crate of type `cdylib`, built for `wasm32-wasip2`, with one type that implements
//! [`Contributor`] or [`Formatter`] and one line that exports it:
//!
//! ```
//! use qianfan_plugin::{Contribution, Contributor, Description, Failure, NoConfig, Passage, Turn};
//!
//! struct Hello;
//!
//! impl Contributor for Hello {
//!     type Config = NoConfig;
//!
//!     fn describe() -> Description {
//!         Description::new("hello", "0.1.0", "Says what was asked")
//!     }
//!
//!     fn contribute(turn: Turn, _: NoConfig) -> Result<Contribution, Failure> {
//!         Ok(Contribution::Passages(vec![Passage::new("hello", turn.question)]))
//!     }
//! }
//!
//! qianfan_plugin::export_contributor!(Hello);
//! ```
//!
//! The crate compiles natively too, so that logic is tested with plain `cargo test`; only calls to the
//! host ([`knowledge::search`], [`state`], [`http::send`]) need the host.

mod bindings;
mod contributor;
mod formatter;
pub mod http;
pub mod json;
pub mod knowledge;
pub mod log;
pub mod state;
mod types;
mod validate;

pub use bindings::types::{
    Answer, Ask, Contribution, Description, Failure, MediaType, Message, Outcome, Passage, Role, Turn,
};
pub use contributor::Contributor;
pub use formatter::Formatter;
pub use types::NoConfig;
#[doc(hidden)]
pub use validate::Validate;

/// What the export macros expand to; no part of the public interface.
#[doc(hidden)]
pub mod exports {
    pub use crate::bindings::contributing::{self, export_contributing};
    pub use crate::bindings::describing::{self, export_describing};
    pub use crate::bindings::formatting::{self, export_formatting};
    pub use crate::bindings::validating::{self, export_validating};
    pub use crate::contributor::ExportedContributor;
    pub use crate::formatter::ExportedFormatter;
    pub use crate::validate::ExportedValidation;
}
