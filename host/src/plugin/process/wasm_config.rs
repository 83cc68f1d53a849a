//! How wasmtime is configured: stacks, interruption, and where instances live.

use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

use super::error::LoadError;
use super::settings::{Allocator, EngineSettings};
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
/// Elements of one pooled table; larger tables need `allocator = "on-demand"`.
const TABLE_ELEMENTS: usize = 20_000;
/// Documents that may be read at one time, besides all calls: each takes a processor.
pub(super) const READERS: u32 = 2;
/// Instances that stand ready for a call or wait to be cleared away after one, besides all calls: a plugin has one at
/// most, and few hosts have as many plugins that are called all the time.
pub(super) const SPARES: u32 = 32;

/// The engine, and whether it has a pool.
pub(super) fn allocate(settings: &EngineSettings) -> Result<(wasmtime::Engine, bool), LoadError> {
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
    let places = settings.max_concurrent_calls + settings.max_open_answers + READERS + SPARES;
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
