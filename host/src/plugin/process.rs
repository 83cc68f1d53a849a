//! What all plugins share for as long as the process lives: the engine with its compiler and cache, the places for
//! calls, what plugins keep, what was seen of their calls, and the tables of the configuration that say so.
//!
//! This room imports neither [`super::loaded`] nor [`super::call`].

mod engine;

mod admission;
pub(super) mod bundled;
mod cache;
mod clients;
mod compile;
mod counts;
mod error;
mod grant;
mod lane;
mod services;
mod settings;
mod state;
mod tally;
mod ungranted;
mod upkeep;
mod usage;
mod wasm_config;

pub use admission::PlaceFigures;
pub(super) use admission::{HeldPlace, NoPlace, PlaceHolder};
#[cfg(test)]
pub(super) use clients::LOOKUPS;
pub(super) use clients::{Clients, Sender};
pub(super) use compile::LARGEST_COMPONENT;
pub use compile::{CompileLimits, compile_component};
pub use engine::Engine;
pub(super) use error::quoted;
pub use error::{CallError, Failure, LoadError, TrapKind};
pub use grant::{GrantSettings, SecretGrantSettings, SecretSettings, Secrets};
pub(super) use grant::{Grants, Injection, SecretPlace};
pub(super) use lane::{LaneGone, LongLane};
pub use services::{KnowledgeSearch, Services};
pub use settings::{Allocator, ByteSize, EngineSettings, LimitSettings, PluginSettings};
pub(super) use state::{Changes, KeptState};
pub use state::{StateError, StateStore};
pub use tally::CallTally;
pub(super) use ungranted::GrantsInForce;
pub use ungranted::{Denied, Ungranted};
pub(super) use upkeep::Upkeep;
pub(super) use usage::CallSpent;
pub use usage::{HourUsage, SeenDenied, SeenError, SeenUsage, UsedGrants, Worst};
pub(super) use wasm_config::SPARES;
#[cfg(test)]
pub(super) use wasm_config::compiling;
