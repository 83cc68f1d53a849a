//! The instances of the next calls: when a call is over, its instance is cleared away and others are made, by a thread
//! that nobody waits for.

use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use wasmtime::{PoolConcurrencyLimitError, Store};

use super::instance::{CallState, Plugin, new_store};
use super::running::{behind, while_short};
use crate::plugin::loaded::{Fresh, LiveExports};
use crate::plugin::process::{HeldPlace, SPARES};

/// Bytes of memory of an instance that stands on a shelf, or that others clear away: what a plugin may take
/// beside its calls is little.
const LIGHT: usize = 8 << 20;

impl Plugin {
    /// A store for a call of this conversation, with the instance in it where one was ready.
    pub(super) fn begin(&self, conversation: &str) -> (Store<CallState>, Option<LiveExports>) {
        match self.shelf.take() {
            Some((mut store, exports)) => {
                store.data_mut().begin(conversation);
                // The instance's time begins now; ticks since it was made do not count.
                store.set_epoch_deadline(1);
                (store, Some(exports))
            }
            None => (new_store(&self.engine.wasm, &self.context, conversation), None),
        }
    }

    /// Clears away what a call has used and gives its place back. Where that can be done by others, they make the
    /// next calls' instances as well.
    pub(super) fn end(self: &Arc<Self>, store: Store<CallState>, place: HeldPlace) {
        let Some((spare, serving)) = self.may_leave_the_rest(&store) else {
            drop(store);
            drop(place);
            return;
        };
        // What the host has for the guest, such as an answer that was not read to its end, goes with the call.
        let store = Some(store).filter(|store| store.data().holds_nothing());
        // The spare place stands for the instance in the pool from here on.
        drop(place);
        let plugin = Arc::downgrade(self);
        behind(&self.engine.upkeep, serving, async move {
            drop(store);
            // A plugin that was loaded anew meanwhile has a shelf of its own.
            if let Some(plugin) = plugin.upgrade() {
                plugin.fill(spare).await;
            }
        });
    }

    /// A place for what a call leaves and for the next instance, and the runtime that serves the host; `None` where
    /// the caller clears away.
    fn may_leave_the_rest(&self, store: &Store<CallState>) -> Option<(OwnedSemaphorePermit, Handle)> {
        if !store.data().is_light(LIGHT) || self.pace.is_long() {
            return None;
        }
        // An answer may be dropped after the runtime has ended, and then no instance is made.
        let serving = Handle::try_current().ok()?;
        let spare = Arc::clone(&self.engine.spares).try_acquire_owned().ok()?;
        Some((spare, serving))
    }

    /// Makes the instances that are missing, the first in this place, and others while half of the places are free.
    async fn fill(&self, place: OwnedSemaphorePermit) {
        let mut place = Some(place);
        while let Some(place_of_one) = place.take()
            && self.shelf.begin()
        {
            self.make_ready(place_of_one).await;
            let spares = &self.engine.spares;
            if spares.available_permits() > SPARES as usize / 2 {
                place = Arc::clone(spares).try_acquire_owned().ok();
            }
        }
    }

    async fn make_ready(&self, place: OwnedSemaphorePermit) {
        let limit = self.context.limits.timeout;
        let mut store = new_store(&self.engine.wasm, &self.context, "");
        store.data_mut().wait();
        store.data_mut().arm(limit);
        let meter = store.data().meter();
        let mut making = Box::pin(async move {
            let made = tokio::time::timeout(limit, self.loaded.instantiate(&mut store)).await;
            (store, made)
        });
        // What works long while it starts does so in its call, which goes on among its like.
        let Some((store, made)) = while_short(&meter, &mut making).await else { return self.shelf.close() };
        match made {
            Ok(Ok(exports)) if store.data().is_light(LIGHT) && store.data().holds_nothing() => {
                self.shelf.put(Fresh { store, exports, made: Instant::now(), place });
            }
            // One that does more than start is made by its call, which has its grants and its limits.
            Ok(Ok(_)) => self.shelf.close(),
            Ok(Err(error)) if error.is::<PoolConcurrencyLimitError>() => self.shelf.give_up(),
            Ok(Err(error)) => {
                let name = &self.context.name;
                tracing::debug!(plugin.name = %name, "No instance of plugin `{name}` stands ready: {error:#}");
                self.shelf.close();
            }
            Err(_) => self.shelf.give_up(),
        }
    }
}
