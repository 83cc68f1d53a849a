//! What one store may take from the machine.

use wasmtime::{Error, ResourceLimiter, Result};

use super::settings::LimitSettings;

/// Counts the memory and tables of one store and refuses what is over the limit.
///
/// The refusal is remembered: a guest that is refused memory usually just traps on `unreachable`,
/// and the reason would be lost.
#[derive(Debug)]
pub(super) struct Limiter {
    memory_limit: usize,
    table_limit: usize,
    memory: usize,
    peak: usize,
    tables: usize,
    refused: Option<Refusal>,
}

/// The first thing that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// More linear memory than `limits.memory`.
    Memory,
    /// More table elements than `limits.table_elements`.
    Tables,
}

impl Limiter {
    pub(super) fn new(limits: &LimitSettings) -> Self {
        Self {
            memory_limit: limits.memory.0,
            table_limit: limits.table_elements,
            memory: 0,
            peak: 0,
            tables: 0,
            refused: None,
        }
    }

    /// The most linear memory held at one time, in bytes.
    pub(super) fn peak_memory(&self) -> usize {
        self.peak
    }

    pub(super) fn refused(&self) -> Option<Refusal> {
        self.refused
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let total = self.memory.saturating_add(desired.saturating_sub(current));
        if total > self.memory_limit {
            self.refused.get_or_insert(Refusal::Memory);
            return Ok(false);
        }
        self.memory = total;
        self.peak = self.peak.max(total);
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: Error) -> Result<()> {
        self.refused.get_or_insert(Refusal::Memory);
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let total = self.tables.saturating_add(desired.saturating_sub(current));
        if total > self.table_limit {
            self.refused.get_or_insert(Refusal::Tables);
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
