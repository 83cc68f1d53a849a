//! What all plugins share: the compiler and its cache, the memory of instances, and the places for
//! calls.

use std::{sync::Arc, thread, time::Duration};

use tokio::sync::Semaphore;
use wasmtime::{
    Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig,
    component::{Component, Linker},
};

use super::{
    admission::{Admission, Bounds, PlaceFigures},
    cache::Cache,
    compile::Compiler,
    error::LoadError,
    lane::LongLane,
    settings::{Allocator, EngineSettings},
};
use crate::plugin::call::{CallState, Clients, outgoing};
use crate::plugin::loaded::{Role, wit};
use crate::problem::Problem;

/// Stack a guest may use. Enough for interpreters; an overflow is a trap of the guest.
const GUEST_STACK: usize = 512 << 10;
/// Stack of a call: the guest's, and what host functions need on top of it.
const CALL_STACK: usize = 2 << 20;
/// Tables of one component: language runtimes have up to four.
const TABLES: u32 = 4;
/// Memories of one component: its own, and that of an adapter.
const MEMORIES: u32 = 2;
/// Core instances of one component: modules, shims and adapters.
const CORE_INSTANCES: u32 = 20;
/// Documents that may be read at one time, besides all calls: each takes a processor.
const READERS: u32 = 2;
/// Elements of one pooled table; larger tables need `allocator = "on-demand"`.
const TABLE_ELEMENTS: usize = 20_000;

/// Runs plugins. One for the process.
pub struct Engine {
    pub(in crate::plugin) wasm: wasmtime::Engine,
    pub(in crate::plugin) calls: Admission,
    pub(in crate::plugin) answers: Admission,
    pub(in crate::plugin) long_lane: LongLane,
    /// Taken for each document that is read. Whoever imports waits here; imports are few.
    pub(in crate::plugin) readers: Semaphore,
    pub(in crate::plugin) clients: Arc<Clients>,
    /// The largest `limits.memory`.
    pub(in crate::plugin) max_memory: usize,
    cache: Option<Cache>,
    compiler: Compiler,
    contributor: Linker<CallState>,
    formatter: Linker<CallState>,
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
        let linker = |role| {
            let mut linker = Linker::new(&wasm);
            link(&mut linker, role)
                .map_err(|error| LoadError::host(format!("cannot link the plugin interface: {error:#}")))?;
            Ok(linker)
        };
        let engine = Self {
            calls: Admission::new(call_bounds(settings), settings.max_waiting, settings.max_wait),
            answers: Admission::new(answer_bounds(settings), settings.max_waiting, settings.max_wait),
            long_lane: LongLane::start().map_err(|error| {
                LoadError::host(format!("cannot start the threads for long plugin calls: {error}"))
            })?,
            readers: Semaphore::new(READERS as usize),
            clients: Arc::new(Clients::new().map_err(LoadError::host)?),
            max_memory: settings.max_memory.0,
            cache,
            compiler: Compiler::new(settings, pooling),
            contributor: linker(Role::Contributor)?,
            formatter: linker(Role::Formatter)?,
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

    pub(in crate::plugin) fn linker(&self, role: Role) -> &Linker<CallState> {
        match role {
            Role::Contributor => &self.contributor,
            Role::Formatter => &self.formatter,
        }
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

/// The engine, and whether it has a pool.
fn allocate(settings: &EngineSettings) -> Result<(wasmtime::Engine, bool), LoadError> {
    let host =
        |error: wasmtime::Error| LoadError::host(format!("cannot start the WebAssembly engine: {error:#}"));
    if settings.allocator == Allocator::OnDemand {
        return Ok((wasmtime::Engine::new(&on_demand()).map_err(host)?, false));
    }
    match wasmtime::Engine::new(&pooling(settings)) {
        Ok(engine) => Ok((engine, true)),
        Err(error) if settings.allocator == Allocator::Auto => {
            tracing::warn!(
                "No address space for a pool of plugin instances ({error:#}); instances are mapped for each call, which is slower. \
                 Raise the limit on virtual memory, or lower engine.max_concurrent_calls and engine.max_open_answers"
            );
            Ok((wasmtime::Engine::new(&on_demand()).map_err(host)?, false))
        }
        Err(error) => Err(LoadError(vec![Problem::new(
            "allocator",
            format!(
                "no address space for the pool ({error:#}); raise the limit on virtual memory, lower \
                 engine.max_concurrent_calls and engine.max_open_answers, or write \"auto\""
            ),
        )])),
    }
}

/// What compiles for an engine with a pool or without, and reserves nothing.
pub(in crate::plugin) fn compiling(pooling: bool) -> Config {
    if pooling { common() } else { on_demand() }
}

fn common() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .max_wasm_stack(GUEST_STACK)
        .async_stack_size(CALL_STACK)
        // A fresh instance maps its first memory instead of copying it.
        .memory_init_cow(true);
    config
}

fn pooling(settings: &EngineSettings) -> Config {
    let places = settings.max_concurrent_calls + settings.max_open_answers + READERS;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(places)
        .total_core_instances(places.saturating_mul(CORE_INSTANCES))
        .max_core_instances_per_component(CORE_INSTANCES)
        .total_memories(places.saturating_mul(MEMORIES))
        .max_memories_per_component(MEMORIES)
        .total_tables(places.saturating_mul(TABLES))
        .max_tables_per_component(TABLES)
        .total_stacks(places)
        .table_elements(TABLE_ELEMENTS)
        .max_memory_size(settings.max_memory.0)
        // What a small guest dirties is cleared by hand, which is quicker than giving the pages
        // back to the kernel and taking them again at the next call.
        .linear_memory_keep_resident(64 << 10)
        .table_keep_resident(8 << 10)
        .async_stack_keep_resident(32 << 10)
        // Where the kernel tells which pages those are, no other page is touched.
        .pagemap_scan(Enabled::Auto);
    let mut config = common();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

/// Reserves no more than an instance uses, at the price of bounds checks in the guest's code.
fn on_demand() -> Config {
    let mut config = common();
    config
        .allocation_strategy(InstanceAllocationStrategy::OnDemand)
        .memory_reservation(0)
        .memory_reservation_for_growth(1 << 20)
        .memory_guard_size(64 << 10);
    config
}

/// All of WASI 0.2 for both roles (see `call/wasi.rs` for what is behind it), HTTP and the plugin
/// interface as the role allows.
fn link(linker: &mut Linker<CallState>, role: Role) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    if role == Role::Contributor {
        outgoing::add_to_linker(linker)?;
    }
    wit::add_to_linker(linker, role)
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
