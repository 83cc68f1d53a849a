//! Loads WebAssembly components and calls them.
//!
//! Three rooms by how long things live: [`process`] is what all plugins share, [`loaded`] one plugin as one
//! configuration has loaded it, [`call`] one call of it. `call` imports `loaded` and `process`, `loaded` imports
//! `process`, and never the other way (`tests/architecture.rs`).
//!
//! An [`Engine`] lives as long as the process and is shared by every [`Plugin`]. A plugin is one
//! component with one table of settings, compiled and linked once. Each call gets an instance and
//! a store of its own, which are dropped after it, whatever happened; for plugins whose calls are short the next
//! ones are made before they are wanted (`call/ready.rs`). A guest reaches
//! knowledge bases, its state and its log through one small module each, and the network through
//! `call/outgoing/` alone. Documents are read in the same sandbox by a component of the host's own ([`read`]).
//!
//! Why the interface is as it is:
//!
//! - **Two worlds.** A contributor reaches knowledge, state, log and HTTP; a formatter reaches only the log.
//!   What a world does not import cannot be misused, and a formatter with grants is refused.
//! - **One call, one value.** `contribute` returns exactly one contribution. Answers and asks end a turn, so
//!   a plugin cannot half-answer; `nothing` carries its reason, so that no plugin is silent without one.
//! - **One search for many bases.** The host embeds the question once and searches side by side; reports
//!   carry the best score below the threshold, so that nobody tunes by guessing.
//! - **Configuration is JSON in a call**, checked against the plugin's own schema when the host loads it.
//!   `describe` runs without grants and is asked once. In the schema `"x-grant": "hosts"` marks a URL that
//!   the plugin asks and `"x-grant": "knowledge"` a base that it searches, so that a missing grant is
//!   reported at load (`plugin/loaded/wants.rs`). Bundled plugins are also asked for what the schema cannot
//!   say (`plugin/loaded/validate.rs`), by an export that is not a part of the interface yet.
//! - **HTTP is `wasi:http`**, so that any language's client works. It cannot carry the text of a denial; the
//!   trace does.
//! - **Secrets are not a part of it.** The host puts them into the request after it left the guest.
//! - **A formatter is a resource** because an answer is a stream: one instance lives as long as one answer.

mod process;

mod loaded;

mod call;

mod read;

use std::sync::Arc;

pub use call::{
    CallOutcome, CallReport, FormatSession, HttpReport, Level, LogLine, Plugin, SearchRefusal, SearchReport,
    TurnInput,
};
pub use loaded::{
    ComponentRole, Description, Inspection, ShownGrants, ShownLimits, ShownPlugin, Unloadable,
    argument_left_out, component_bytes, literal_keys,
};
pub use process::bundled::names as bundled_names;
pub use process::{
    Allocator, ByteSize, CallError, CallTally, CompileLimits, Denied, Engine, EngineSettings, Failure,
    GrantSettings, HourUsage, KnowledgeSearch, LimitSettings, LoadError, PlaceFigures, PluginSettings,
    SecretGrantSettings, SecretSettings, Secrets, SeenDenied, SeenError, SeenUsage, Services, StateError,
    StateStore, TrapKind, Ungranted, UsedGrants, Worst, compile_component,
};
pub use read::SandboxedReader;

/// A plugin that was checked, and has nothing to reach yet.
pub type Prepared = loaded::PreparedPlugin<call::CallState>;

/// Compiles a component and asks it to describe itself, without any grant.
pub async fn inspect(engine: &Arc<Engine>, name: &str, bytes: Vec<u8>) -> Result<Inspection, LoadError> {
    loaded::inspect::<call::CallState>(engine, name, bytes).await
}

#[cfg(test)]
mod tests;
