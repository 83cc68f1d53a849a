//! A component, compiled and linked for its role.

use std::path::Path;
use std::sync::Arc;

use nearest::nearest;
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;
use wasmtime::component::{InstancePre, Linker};

use super::call_data::CallData;
use super::wit::{self, ComponentRole, Interface};
use crate::hex::hex;
use crate::plugin::process::{Engine, LARGEST_COMPONENT, LoadError, bundled};

/// A component compiled and linked for its role.
pub(in crate::plugin) struct LoadedComponent<C: 'static> {
    pub(in crate::plugin) pre: InstancePre<C>,
    pub(in crate::plugin) interface: Interface,
    pub(in crate::plugin) role: ComponentRole,
    pub(in crate::plugin) version: &'static str,
    /// SHA-256 of the component's bytes, in hexadecimal.
    pub(in crate::plugin) digest: String,
}

impl<C: CallData> LoadedComponent<C> {
    pub(in crate::plugin) async fn new(
        engine: &Arc<Engine>,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Self, LoadError> {
        let compiler = Arc::clone(engine);
        // Seconds for a large component, and all of a processor.
        let named = name.to_owned();
        let compiled = tokio::task::spawn_blocking(move || {
            let digest = hex(&Sha256::digest(&bytes));
            (compiler.compile(&named, &bytes), digest)
        });
        let (compiled, digest) =
            compiled.await.map_err(|_| LoadError::component(name, "the compiler gave up on it"))?;
        let component = compiled.map_err(|problem| LoadError::component(name, problem))?;
        let (role, version) =
            wit::role_of(&component).map_err(|problem| LoadError::component(name, problem))?;
        let unlinked = |error: wasmtime::Error| {
            let role = match role {
                ComponentRole::Contributor => {
                    "contributor may import knowledge, state, log, wasi:http/outgoing-handler and WASI 0.2"
                }
                ComponentRole::Formatter => "formatter may import log and WASI 0.2",
            };
            LoadError::component(
                name,
                format_args!(
                    "it was built for version {version} of the plugin interface and asks for what a plugin does not get, \
                     or for it in another form: {error:#}; a {role}"
                ),
            )
        };
        let mut linker = Linker::new(&engine.wasm);
        C::link(&mut linker, role)
            .map_err(|error| LoadError::host(format!("cannot link the plugin interface: {error:#}")))?;
        let pre = linker.instantiate_pre(&component).map_err(unlinked)?;
        let interface = Interface::new(&pre, role).map_err(|error| {
            LoadError::component(
                name,
                format_args!("it does not fit the plugin interface {version}: {error:#}"),
            )
        })?;
        Ok(Self { pre, interface, role, version, digest })
    }
}

/// The bytes of a component: of a bundled one for `builtin:<name>`, else of the file.
pub async fn component_bytes(name: &str, component: &str) -> Result<Vec<u8>, LoadError> {
    if let Some(builtin) = component.strip_prefix("builtin:") {
        return bundled::bundled(builtin).map(<[u8]>::to_vec).ok_or_else(|| {
            let known: Vec<_> = bundled::names().collect();
            let near = nearest(builtin.trim(), known.iter().copied());
            let mend = near.map_or_else(String::new, |near| format!("did you mean \"builtin:{near}\"? "));
            LoadError::component(
                name,
                format_args!("there is no bundled plugin `{builtin}`; {mend}There are: {}", known.join(", ")),
            )
        });
    }
    let path = Path::new(component);
    if component.contains("://") {
        let message = format_args!(
            "is a URL, and a plugin is loaded from a file; download it, and write the file's name"
        );
        return Err(LoadError::component(name, message));
    }
    // A bundled plugin without the word before its name is taken for a file.
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let bundled = nearest(stem, bundled::names()).map(|near| format!("did you mean \"builtin:{near}\"? Or "));
    let mend = format!(
        "{}name a .wasm file, taken from the configuration's folder, or a bundled plugin as \"builtin:NAME\"",
        bundled.unwrap_or_default()
    );
    let unreadable = |error: std::io::Error| {
        LoadError::component(name, format_args!("cannot read `{}`: {error}; {mend}", path.display()))
    };
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    if !file.metadata().await.map_err(unreadable)?.is_file() {
        return Err(LoadError::component(name, format_args!("`{}` is not a file; {mend}", path.display())));
    }
    let mut bytes = Vec::new();
    // A file may grow while it is read.
    let size = file.take(LARGEST_COMPONENT + 1).read_to_end(&mut bytes).await.map_err(unreadable)?;
    if size as u64 > LARGEST_COMPONENT {
        return Err(LoadError::component(
            name,
            format_args!(
                "`{}` is larger than 256 MiB, which no plugin is; name the component, built with `--release`",
                path.display()
            ),
        ));
    }
    match not_a_component(&bytes) {
        Some(is) => Err(LoadError::component(
            name,
            format_args!(
                "`{}` is {is}not a WebAssembly component; build it with `cargo build --release --target wasm32-wasip2`, and name the \
                 .wasm file that it makes",
                path.display()
            ),
        )),
        None => Ok(bytes),
    }
}

/// What a file is that is not a component, as far as its first bytes tell; empty where they tell nothing.
fn not_a_component(bytes: &[u8]) -> Option<&'static str> {
    /// Every WebAssembly file begins so; then follow two bytes of the version and two that tell modules from components.
    const MAGIC: &[u8] = b"\0asm";
    const MODULE: [u8; 2] = [0, 0];
    match bytes {
        [] => Some("empty, "),
        _ if bytes.starts_with(MAGIC) => {
            (bytes.get(6..8) == Some(&MODULE[..])).then_some("a WebAssembly module, ")
        }
        _ if bytes.trim_ascii_start().starts_with(b"(") => Some("the text of a component, "),
        _ if bytes.starts_with(b"\x7fELF") || bytes.starts_with(b"MZ") => Some("a program of a machine, "),
        _ if bytes.starts_with(b"PK") || bytes.starts_with(b"\x1f\x8b") => Some("an archive, "),
        _ => Some(""),
    }
}
