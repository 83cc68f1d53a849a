//! Loads WebAssembly components and calls them.
//!
//! An [`Engine`] lives as long as the process and is shared by every [`Plugin`]. A plugin is one
//! component with one table of settings, compiled and linked once. Each call gets an instance and
//! a store of its own ([`call`]), which are dropped after it, whatever happened. A guest reaches
//! knowledge bases, its state and its log through one small module each, and the network through
//! [`outgoing`] alone.

mod engine;
mod settings;

mod admission;
mod cache;
mod compile;
mod component;
mod counts;
mod describe;
mod lane;
mod limits;
mod memory;
mod print;
mod schema;

mod call;
mod contribute;
mod format;
mod read;
mod wasi;
mod wit;

mod grant;
mod knowledge;
mod literal_key;
mod log;
mod outgoing;
mod state;

mod bundled;
mod error;
mod inspect;
mod report;
mod shown;
mod tally;
mod ungranted;
mod usage;
mod validate;
mod wants;

pub use admission::PlaceFigures;
pub use bundled::names as bundled_names;
pub use compile::{CompileLimits, compile_component};
pub use component::{Plugin, Prepared, Services, component_bytes};
pub use contribute::{CallOutcome, TurnInput};
pub use engine::Engine;
pub use error::{CallError, Failure, LoadError, TrapKind};
pub use format::FormatSession;
pub use grant::{GrantSettings, SecretGrantSettings, SecretSettings, Secrets};
pub use inspect::{Inspection, inspect};
pub use knowledge::{KnowledgeSearch, SearchRefusal};
pub use literal_key::literal_keys;
pub use log::Level;
pub use read::SandboxedReader;
pub use report::{CallReport, HttpReport, LogLine, SearchReport};
pub use settings::{Allocator, ByteSize, EngineSettings, LimitSettings, PluginSettings};
pub use shown::{ShownGrants, ShownLimits, ShownPlugin};
pub use state::{StateError, StateStore};
pub use tally::Tally;
pub use ungranted::{Denied, Ungranted};
pub use usage::{Seen, SeenDenied, SeenError, Used, Worst};
pub use wit::{Description, Role};

#[cfg(test)]
mod tests;
