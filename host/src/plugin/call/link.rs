//! What loading a component has to know of calls: what a guest may import, and how it is asked before it is a plugin.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::Store;
use wasmtime::component::Linker;

use super::instance::{CallState, new_store};
use super::{outgoing, wit};
use crate::plugin::loaded::{CallData, ComponentRole, Ended, PluginContext};
use crate::plugin::process::{CallError, Engine, LimitSettings};

impl CallData for CallState {
    /// All of WASI 0.2 for both roles (see [`super::wasi`] for what is behind it), HTTP and the plugin
    /// interface as the role allows.
    fn link(linker: &mut Linker<Self>, role: ComponentRole) -> wasmtime::Result<()> {
        wasmtime_wasi::p2::add_to_linker_async(linker)?;
        if role == ComponentRole::Contributor {
            outgoing::add_to_linker(linker)?;
        }
        wit::add_to_linker(linker, role)
    }

    fn bare_store(engine: &Engine, name: &str, limits: &LimitSettings) -> Store<Self> {
        let context = PluginContext::bare(name, limits.clone(), &engine.clients);
        let mut store = new_store(&engine.wasm, &Arc::new(context), "");
        store.data_mut().arm(limits.timeout);
        store
    }

    fn settle<T>(&self, ended: Ended<T>, limit: Duration) -> Result<T, CallError> {
        self.settle(ended, limit)
    }
}
