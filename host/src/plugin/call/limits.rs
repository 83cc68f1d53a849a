//! What one store may take from the machine.

use std::sync::Arc;

use wasmtime::{Error, ResourceLimiter, Result};

use super::memory::CallMemory;
use crate::plugin::process::LimitSettings;

/// Counts the memory and tables of one store and refuses what is over the limit.
#[derive(Debug)]
pub(super) struct Limiter {
    memory: Arc<CallMemory>,
    table_limit: usize,
    tables: usize,
    tables_refused: bool,
}

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LimitRefusal {
    /// More than `limits.memory`, what the host holds for the call included.
    Memory,
    /// More table elements than `limits.table_elements`.
    Tables,
}

impl Limiter {
    pub(in crate::plugin) fn new(limits: &LimitSettings) -> Self {
        Self {
            memory: CallMemory::new(limits.memory.0),
            table_limit: limits.table_elements,
            tables: 0,
            tables_refused: false,
        }
    }

    /// What the call's memory is counted in.
    pub(in crate::plugin) fn memory(&self) -> &Arc<CallMemory> {
        &self.memory
    }

    pub(in crate::plugin) fn refused(&self) -> Option<LimitRefusal> {
        match (self.tables_refused, self.memory.is_refused()) {
            (true, _) => Some(LimitRefusal::Tables),
            (false, true) => Some(LimitRefusal::Memory),
            (false, false) => None,
        }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        Ok(self.memory.grow(desired.saturating_sub(current)))
    }

    fn memory_grow_failed(&mut self, _error: Error) -> Result<()> {
        self.memory.refuse();
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let total = self.tables.saturating_add(desired.saturating_sub(current));
        if total > self.table_limit {
            self.tables_refused = true;
            return Ok(false);
        }
        self.tables = total;
        Ok(true)
    }

    // A component of a language runtime is a handful of core modules; a hundred is a bomb.
    fn instances(&self) -> usize {
        100
    }

    fn tables(&self) -> usize {
        100
    }

    fn memories(&self) -> usize {
        20
    }
}
