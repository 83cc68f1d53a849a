//! What the tests start and talk to.

mod guests;
mod host;
mod upstream;


pub(crate) use host::{Host, run};
pub(crate) use upstream::{Script, Upstream};

/// The component that misbehaves as its configuration says.
pub(crate) fn hostile() -> std::path::PathBuf {
    guests::component("hostile")
}
