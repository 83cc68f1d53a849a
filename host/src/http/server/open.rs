//! The connections that are open.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::activity::{Activity, TimeLimits};

/// All of a server's, by their numbers.
#[derive(Debug, Default)]
pub(super) struct OpenConnections(Mutex<ConnectionTable>);

#[derive(Debug, Default)]
struct ConnectionTable {
    last: u64,
    activities: BTreeMap<u64, Arc<Activity>>,
}

/// One connection's entry, which goes when it is dropped.
pub(super) struct Member {
    open: Arc<OpenConnections>,
    number: u64,
}

impl OpenConnections {
    fn members(&self) -> MutexGuard<'_, ConnectionTable> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn enter(self: &Arc<Self>, limits: TimeLimits) -> (Arc<Activity>, Member) {
        let activity = Arc::new(Activity::new(limits));
        let mut members = self.members();
        members.last += 1;
        let number = members.last;
        members.activities.insert(number, Arc::clone(&activity));
        (activity, Member { open: Arc::clone(self), number })
    }

    /// Ends all: those with an answer at hand after it.
    pub(super) fn finish(&self) {
        self.members().activities.values().for_each(|activity| activity.finish());
    }

    /// Cuts all, and gives how many.
    pub(super) fn cut_all(&self) -> usize {
        let members = self.members();
        members.activities.values().for_each(|activity| activity.cut());
        members.activities.len()
    }

    /// Cuts at most so many of those that have waited longest for a request, and gives how many.
    /// Those whose body has stalled count from where it stalled, so that a body on its way goes last.
    pub(super) fn close_idle(&self, most: usize) -> usize {
        let activities: Vec<Arc<Activity>> = self.members().activities.values().cloned().collect();
        let mut idle: Vec<_> =
            activities.iter().filter_map(|activity| Some((activity.idle_since()?, activity))).collect();
        idle.sort_by_key(|(since, _)| *since);
        idle.truncate(most);
        idle.iter().for_each(|(_, activity)| activity.cut());
        idle.len()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.open.members().activities.remove(&self.number);
    }
}
