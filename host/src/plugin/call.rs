//! One call of a plugin: its instance, what the guest reaches through it, and what is reported of it.
//!
//! Each thing a guest may import is one file here, and `wit/` joins it to the interface. This room imports
//! [`super::loaded`] and [`super::process`].

mod instance;

mod contribute;
mod format;
mod ready;
mod turn_input;

mod entries;
mod log;
mod outgoing;
mod search;
mod wasi;

mod link;
mod wit;

mod limits;
mod memory;
mod meter;
mod report;
mod running;

pub use contribute::CallOutcome;
pub use format::FormatSession;
pub use instance::Plugin;
pub(super) use instance::{CRASHED, CallState, new_store};
pub use log::{Level, LogLine};
pub use report::{CallReport, HttpReport, SearchReport};
pub use search::SearchRefusal;
pub use turn_input::TurnInput;
