//! What all plugins share: the compiler and its cache, the memory of instances, and the places for
//! calls.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::Semaphore;
use wasmtime::component::Component;

use super::admission::{Admission, Bounds, PlaceFigures};
use super::cache::Cache;
use super::clients::Clients;
use super::compile::Compiler;
use super::error::LoadError;
use super::lane::LongLane;
use super::settings::EngineSettings;
use super::upkeep::Upkeep;
use super::wasm_config::{READERS, SPARES, allocate};

/// Runs plugins. One for the process.
pub struct Engine {
    pub(in crate::plugin) wasm: wasmtime::Engine,
    pub(in crate::plugin) calls: Admission,
    pub(in crate::plugin) answers: Admission,
    pub(in crate::plugin) long_lane: LongLane,
    pub(in crate::plugin) upkeep: Upkeep,
    /// Taken for each document that is read. Whoever imports waits here; imports are few.
    pub(in crate::plugin) readers: Semaphore,
    /// Taken for each instance that stands ready, and for what a call has left until it is cleared away.
    pub(in crate::plugin) spares: Arc<Semaphore>,
    pub(in crate::plugin) clients: Arc<Clients>,
    /// The largest `limits.memory`.
    pub(in crate::plugin) max_memory: usize,
    cache: Option<Cache>,
    compiler: Compiler,
    pooling: bool,
}

impl Engine {
    /// The places for calls of contributors, now.
    pub fn places(&self) -> PlaceFigures {
        self.calls.figures()
    }

    /// Reserves the pool, opens the cache and starts the thread that interrupts guests. That thread
    /// ends with the last plugin.
    pub fn new(settings: &EngineSettings) -> Result<Arc<Self>, LoadError> {
        check(settings)?;
        let cache = settings.cache_dir.as_deref().map(Cache::open).transpose().map_err(LoadError::host)?;
        let (wasm, pooling) = allocate(settings)?;
        let engine = Self {
            calls: Admission::new(call_bounds(settings), settings.max_waiting, settings.max_wait),
            answers: Admission::new(answer_bounds(settings), settings.max_waiting, settings.max_wait),
            long_lane: LongLane::start().map_err(|error| {
                LoadError::host(format!("cannot start the threads for long plugin calls: {error}"))
            })?,
            upkeep: Upkeep::start().map_err(|error| {
                LoadError::host(format!("cannot start the thread that makes plugin instances: {error}"))
            })?,
            readers: Semaphore::new(READERS as usize),
            spares: Arc::new(Semaphore::new(SPARES as usize)),
            clients: Arc::new(Clients::new().map_err(LoadError::host)?),
            max_memory: settings.max_memory.0,
            cache,
            compiler: Compiler::new(settings, pooling),
            pooling,
            wasm,
        };
        start_ticking(&engine.wasm, settings.tick)?;
        Ok(Arc::new(engine))
    }

    /// Whether instances come from a pool; without one they are mapped for each call.
    pub fn is_pooling(&self) -> bool {
        self.pooling
    }

    /// Compiles, or reads what was compiled before. Blocks for as long as that takes. The error is for
    /// people.
    pub(in crate::plugin) fn compile(&self, name: &str, bytes: &[u8]) -> Result<Component, String> {
        self.compiler.compile(&self.wasm, self.cache.as_ref(), name, bytes)
    }
}

fn check(settings: &EngineSettings) -> Result<(), LoadError> {
    let problems = settings.problems();
    if problems.is_empty() { Ok(()) } else { Err(LoadError(problems)) }
}

/// One plugin and one app may each hold half of the places for calls.
fn call_bounds(settings: &EngineSettings) -> Bounds {
    let whole = settings.max_concurrent_calls;
    let half = whole.div_ceil(2);
    let app = settings.max_calls_per_app.unwrap_or(half);
    Bounds { whole, plugin: half, app, key: "engine.max_concurrent_calls" }
}

/// Many apps share a formatter, and a host with one app should be able to use its places: what is
/// kept for apps that hold few is bound enough.
fn answer_bounds(settings: &EngineSettings) -> Bounds {
    let whole = settings.max_open_answers;
    Bounds { whole, plugin: whole, app: whole, key: "engine.max_open_answers" }
}

fn start_ticking(engine: &wasmtime::Engine, tick: Duration) -> Result<(), LoadError> {
    let engine = engine.weak();
    let ticking = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(tick);
        }
    };
    thread::Builder::new()
        .name("plugin-epochs".to_owned())
        .spawn(ticking)
        .map(drop)
        .map_err(|error| LoadError::host(format!("cannot start the thread that interrupts plugins: {error}")))
}
