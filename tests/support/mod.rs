//! What the tests start and talk to.

mod embeddings;
mod guests;
mod host;
mod upstream;

pub(crate) use embeddings::Embeddings;
pub(crate) use guests::hostile;
pub(crate) use host::{Host, binary, run};
pub(crate) use upstream::{Script, Upstream};
