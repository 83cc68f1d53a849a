//! A trace that waits for the disk.

use super::summary::Summary;
use super::turn_costs::TurnCosts;

#[derive(Debug)]
pub(super) struct WaitingTrace {
    /// Its place among all that have come.
    pub(super) number: u64,
    pub(super) summary: Summary,
    pub(super) body: String,
    pub(super) spent: TurnCosts,
}
