//! One plugin as one configuration has loaded it: its component, what that says of itself, and what was seen of its
//! calls.
//!
//! This room imports [`super::process`] and not [`super::call`].

mod component;

mod describe;
mod inspect;
mod literal_key;
mod print;
mod schema;
mod shown;
mod tally;
mod ungranted;
mod usage;
mod validate;
mod wants;
pub(super) mod wit;

pub(super) use component::{Loaded, PluginContext};
pub use component::{Plugin, Prepared, Services, component_bytes};
pub use inspect::{Inspection, inspect};
pub use literal_key::literal_keys;
pub use shown::{ShownGrants, ShownLimits, ShownPlugin};
pub use tally::Tally;
pub use ungranted::{Denied, Ungranted};
pub use usage::{Seen, SeenDenied, SeenError, Used, Worst};
pub(super) use wit::Formatter;
pub use wit::{Description, Role};
