//! What the tests start and talk to.

mod cluster;
mod embeddings;
mod far;
mod host;
mod qdrant;
mod service;
mod site;
mod small_disk;
mod upstream;

pub(crate) use test_fixtures::documents;
pub(crate) use test_fixtures::guests::{build, component, described, hostile, schema_bomb};

pub(crate) use cluster::Cluster;
pub(crate) use embeddings::{Embeddings, Mode};
pub(crate) use far::Far;
pub(crate) use host::{
    Chat, Host, PATIENCE, binary, end_of, ended, eventually, first_line, limit_descriptors, lines, run,
    with_cache, within_patience,
};
pub(crate) use qdrant::Qdrant;
pub(crate) use service::{Reply, Service};
pub(crate) use site::{Served, Site};
pub(crate) use small_disk::SmallDisk;
pub(crate) use upstream::{End, Script, Sent, Upstream};

/// Where `scripts/setup` puts things.
pub(crate) fn cache() -> std::path::PathBuf {
    let set =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(std::path::PathBuf::from);
    set("QIANFAN_CACHE").unwrap_or_else(|| {
        set("XDG_CACHE_HOME").unwrap_or_else(|| set("HOME").unwrap().join(".cache")).join("qianfan-host")
    })
}

/// The browser: `CHROMIUM`, or the first on the path.
pub(crate) fn chromium() -> std::path::PathBuf {
    let named = std::env::var_os("CHROMIUM").filter(|name| !name.is_empty());
    let names = named.map_or_else(|| vec!["chromium".into(), "chromium-browser".into()], |name| vec![name]);
    let path = std::env::var_os("PATH").unwrap();
    let folders: Vec<std::path::PathBuf> = std::env::split_paths(&path).collect();
    let mut found = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let found = found.find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("there is no Chromium; run: scripts/setup chromium"))
}
