//! What the tests start and talk to.

pub(crate) mod documents;
mod embeddings;
mod guests;
mod host;
mod qdrant;
mod service;
mod upstream;

pub(crate) use embeddings::Embeddings;
pub(crate) use guests::{build, component, hostile};
pub(crate) use host::{Chat, Host, binary, eventually, run, with_cache, within_patience};
pub(crate) use qdrant::Qdrant;
pub(crate) use service::{Reply, Service};
pub(crate) use upstream::{Script, Upstream};
