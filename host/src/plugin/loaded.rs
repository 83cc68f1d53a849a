//! One plugin as one configuration has loaded it: its component, and what that says of itself.
//!
//! This room imports [`super::process`] and not [`super::call`]: what it must know of a call's store, [`CallData`] says.
//! The instance that a call borrows (`guest.rs`) stands here for the same reason: the bindings of a component are loaded
//! with it, and take an instance to call into.

mod plugin;

mod argument;
mod component;
mod context;
mod describe;
mod inspect;
mod literal_key;
mod pace;
mod print;
mod schema;
mod validate;
mod wants;
mod wit;

mod call_data;
mod guest;
mod shelf;

mod shown;

pub use argument::argument_left_out;
pub(super) use call_data::{CallData, Ended};
pub use component::component_bytes;
pub(super) use context::PluginContext;
pub use inspect::Inspection;
pub(super) use inspect::inspect;
pub use literal_key::literal_keys;
pub(super) use pace::{CallPace, SHORT};
pub use plugin::Unloadable;
pub(super) use plugin::{LoadedPlugin, PreparedPlugin};
#[cfg(test)]
pub(super) use shelf::DEPTH;
pub(super) use shelf::Fresh;
pub use shown::{ShownGrants, ShownLimits, ShownPlugin};
pub use wit::{ComponentRole, Description};
pub(super) use wit::{LiveExports, v0_1};
