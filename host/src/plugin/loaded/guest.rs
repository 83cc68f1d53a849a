//! A guest is a live instance of a component, borrowed for one call into it.

use wasmtime::Store;
use wasmtime::component::Instance;

/// A live instance, borrowed for one call into it. `C` is what its store holds.
pub(in crate::plugin) struct LiveInstance<'a, C: 'static> {
    pub(in crate::plugin) store: &'a mut Store<C>,
    pub(in crate::plugin) instance: Instance,
}
