//! Loads WebAssembly components and calls them.
//!
//! Three rooms by how long things live: [`process`] is what all plugins share, [`loaded`] one plugin as one
//! configuration has loaded it, [`call`] one call of it. `call` imports `loaded` and `process`, `loaded` imports
//! `process`, and never the other way.
//!
//! An [`Engine`] lives as long as the process and is shared by every [`Plugin`]. A plugin is one
//! component with one table of settings, compiled and linked once. Each call gets an instance and
//! a store of its own, which are dropped after it, whatever happened. A guest reaches
//! knowledge bases, its state and its log through one small module each, and the network through
//! [`call::outgoing`] alone.

mod process;

mod loaded;

mod call;

mod read;

pub use call::{
    CallOutcome, CallReport, FormatSession, HttpReport, KnowledgeSearch, Level, LogLine, SearchRefusal,
    SearchReport, TurnInput,
};
pub use loaded::{
    Denied, Description, Inspection, Plugin, Prepared, Role, Seen, SeenDenied, SeenError, Services,
    ShownGrants, ShownLimits, ShownPlugin, Tally, Ungranted, Used, Worst, component_bytes, inspect,
    literal_keys,
};
pub use process::bundled::names as bundled_names;
pub use process::{
    Allocator, ByteSize, CallError, CompileLimits, Engine, EngineSettings, Failure, GrantSettings,
    LimitSettings, LoadError, PlaceFigures, PluginSettings, SecretGrantSettings, SecretSettings, Secrets,
    StateError, StateStore, TrapKind, compile_component,
};
pub use read::SandboxedReader;

#[cfg(test)]
mod tests;
