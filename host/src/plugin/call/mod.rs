//! One call of a plugin: its instance, what the guest reaches through it, and what is reported of it.
//!
//! Each thing a guest may import is one file here. This room imports [`super::loaded`] and [`super::process`].

mod instance;

mod contribute;
mod format;

mod limits;
pub(super) mod log;
mod memory;
pub(super) mod outgoing;
mod report;
mod search;
mod wasi;

pub use contribute::{CallOutcome, TurnInput};
pub use format::FormatSession;
pub(super) use instance::{CRASHED, CallState, Guest, new_store};
pub use log::Level;
pub(super) use outgoing::Clients;
pub(super) use report::milliseconds;
pub use report::{CallReport, HttpReport, LogLine, SearchReport};
pub use search::{KnowledgeSearch, SearchRefusal};
