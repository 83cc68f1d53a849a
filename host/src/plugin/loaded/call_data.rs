//! What the store of a call holds, as far as a component must be loaded with it. Calls define it, above this room.

use std::time::Duration;

use tokio::time::error::Elapsed;
use wasmtime::Store;
use wasmtime::component::Linker;

use super::wit::ComponentRole;
use crate::plugin::process::{CallError, Engine, Failure, LimitSettings};

/// How a call into a guest has ended: outside the wall clock's end, then the trap, then what the guest says.
pub(in crate::plugin) type Ended<T> = Result<wasmtime::Result<Result<T, Failure>>, Elapsed>;

/// The data of a call's store.
pub trait CallData: Sized + Send + 'static {
    /// Gives a guest of this role what it may import.
    fn link(linker: &mut Linker<Self>, role: ComponentRole) -> wasmtime::Result<()>;

    /// The store of a call that is granted nothing. The call's time begins now.
    fn bare_store(engine: &Engine, name: &str, limits: &LimitSettings) -> Store<Self>;

    /// Reads the end of a call whose wall-clock time was `limit`.
    fn settle<T>(&self, ended: Ended<T>, limit: Duration) -> Result<T, CallError>;
}
