//! What a component is, without running a turn.

use std::sync::Arc;

use serde::Serialize;
use wasmtime::component::Component;

use super::call_data::CallData;
use super::component::LoadedComponent;
use super::wit::{ComponentRole, Description};
use crate::plugin::process::{ByteSize, Engine, LimitSettings, LoadError};

/// What a component says and needs.
#[derive(Debug, Clone, Serialize)]
pub struct Inspection {
    /// What the component says of itself.
    pub description: Description,
    /// What it is for.
    pub role: ComponentRole,
    /// The version of the plugin interface it was built for, such as `0.1`.
    pub interface: &'static str,
    /// Every interface it imports, by full name, sorted.
    pub imports: Vec<String>,
    /// The keys of `[plugins.<name>.grants]` it can make use of: `knowledge`, `hosts`.
    pub grants: Vec<&'static str>,
}

/// Compiles a component and asks it to describe itself, without any grant.
pub(in crate::plugin) async fn inspect<C: CallData>(
    engine: &Arc<Engine>,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Inspection, LoadError> {
    let loaded = LoadedComponent::<C>::new(engine, name, bytes).await?;
    // Whatever the plugin will be given: a look at it needs no limits of its own.
    let limits = LimitSettings { memory: ByteSize(engine.max_memory), ..LimitSettings::default() };
    let description = loaded.describe(engine, name, &limits).await?.description;
    let imports = import_names(loaded.pre.component());
    let grants = usable_grants(&imports);
    Ok(Inspection { description, role: loaded.role, interface: loaded.version, imports, grants })
}

/// The keys of grants that a component with these imports can make use of.
pub(super) fn usable_grants(imports: &[String]) -> Vec<&'static str> {
    let imported = |prefix: &str| imports.iter().any(|name| name.starts_with(prefix));
    let uses = [("knowledge", "qianfan:plugin/knowledge@"), ("hosts", "wasi:http/outgoing-handler@")];
    uses.into_iter().filter(|(_, prefix)| imported(prefix)).map(|(grant, _)| grant).collect()
}

/// Every interface that a component imports, by full name, sorted.
pub(super) fn import_names(component: &Component) -> Vec<String> {
    let mut names: Vec<String> =
        component.component_type().imports(component.engine()).map(|(name, _)| name.to_owned()).collect();
    names.sort();
    names
}
