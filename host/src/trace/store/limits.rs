//! How much is kept of traces.

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceLimits {
    /// Traces, at least one.
    pub traces: usize,
    /// What the file may measure with everything beside it.
    pub bytes: usize,
}
