//! Places for calls: a bounded number, shared fairly between plugins and apps.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::fair::{ClaimEntry, Gate, Pass, Shares};

/// Places an app that holds few of them can have when most are taken.
const FEW: u32 = 2;

/// A held place, given back when it is dropped.
pub(in crate::plugin) type HeldPlace = Pass<Places>;

/// A bounded number of places with a bounded queue before them. Nobody gets all of them: one plugin
/// and one app have a bound of their own each, and the last quarter is kept for apps that hold
/// fewer than [`FEW`].
pub(in crate::plugin) struct Admission {
    gate: Gate<Places>,
    queue: usize,
    max_wait: Duration,
}

/// How many places there are. `plugin` and `app` say how many one of them may hold.
#[derive(Debug, Clone, Copy)]
pub(in crate::plugin) struct Bounds {
    pub(in crate::plugin) whole: u32,
    pub(in crate::plugin) plugin: u32,
    pub(in crate::plugin) app: u32,
    /// The key that sets `whole`.
    pub(in crate::plugin) key: &'static str,
}

/// Places for calls at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceFigures {
    /// How many there are.
    pub all: usize,
    /// How many are taken.
    pub taken: usize,
    /// How many calls wait for one.
    pub waiting: usize,
}

/// A plugin as far as places go.
#[derive(Debug, Clone)]
pub(in crate::plugin) struct PlaceHolder {
    /// Its name in the configuration.
    pub(in crate::plugin) name: Arc<str>,
    /// The most places it may hold, where the operator says so.
    pub(in crate::plugin) concurrent: Option<u32>,
}

/// Who wants a place.
pub(in crate::plugin) struct Claim {
    pub(in crate::plugin) app: Arc<str>,
    pub(in crate::plugin) plugin: PlaceHolder,
}

/// Who holds how many.
pub(in crate::plugin) struct Places {
    bounds: Bounds,
    taken: u32,
    by_plugin: HashMap<Arc<str>, u32>,
    by_app: HashMap<Arc<str>, u32>,
}

/// Why there was no place, for the operator: which bound was reached, and the key that sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plugin) struct NoPlace(pub(in crate::plugin) String);

impl Admission {
    pub(in crate::plugin) fn new(bounds: Bounds, queue: u32, max_wait: Duration) -> Self {
        let places = Places { bounds, taken: 0, by_plugin: HashMap::new(), by_app: HashMap::new() };
        Self { gate: Gate::new(places), queue: queue as usize, max_wait }
    }

    /// A place, held until it is dropped.
    pub(in crate::plugin) async fn enter(
        &self,
        app: &Arc<str>,
        plugin: &PlaceHolder,
    ) -> Result<HeldPlace, NoPlace> {
        let claim = || Claim { app: Arc::clone(app), plugin: plugin.clone() };
        // One app must not fill the queue either.
        let may_wait = |all: usize, own: usize| all < self.queue && own < self.queue.div_ceil(2);
        let waiting = match self.gate.knock(app, claim(), may_wait) {
            Some(ClaimEntry::In(place)) => return Ok(place),
            Some(ClaimEntry::Waits(waiting)) => tokio::time::timeout(self.max_wait, waiting).await,
            None => return Err(self.full(&claim())),
        };
        match waiting {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(self.full(&claim())),
        }
    }

    /// How many places there are, how many are taken, and how many wait for one.
    pub(super) fn figures(&self) -> PlaceFigures {
        let (all, taken) = self.gate.look(|places| (places.bounds.whole as usize, places.taken as usize));
        PlaceFigures { all, taken, waiting: self.gate.waiting() }
    }

    fn full(&self, claim: &Claim) -> NoPlace {
        self.gate.look(|places| NoPlace(places.reached(claim)))
    }
}

impl Places {
    fn held(&self, claim: &Claim) -> (u32, u32) {
        let of_plugin = self.by_plugin.get(&claim.plugin.name).copied().unwrap_or(0);
        (of_plugin, self.by_app.get(&claim.app).copied().unwrap_or(0))
    }

    /// A plugin's own `limits.concurrent` always holds; the bounds that follow from the whole give
    /// way to an app that holds few places.
    fn admits(&self, claim: &Claim) -> bool {
        let Bounds { whole, plugin, app, .. } = self.bounds;
        let (of_plugin, of_app) = self.held(claim);
        if self.taken >= whole || claim.plugin.concurrent.is_some_and(|most| of_plugin >= most) {
            return false;
        }
        let plugin = claim.plugin.concurrent.unwrap_or(plugin);
        of_app < FEW.min(app) || (self.taken < whole - whole / 4 && of_plugin < plugin && of_app < app)
    }

    /// The bound that stands in the way.
    fn reached(&self, claim: &Claim) -> String {
        let Bounds { whole, plugin, app, key } = self.bounds;
        let (of_plugin, of_app) = self.held(claim);
        let name = &claim.plugin.name;
        let plugin = claim.plugin.concurrent.unwrap_or(plugin);
        if self.taken < whole && of_plugin >= plugin {
            format!(
                "plugin `{name}` holds {of_plugin} places, as many as it may; `concurrent` in [plugins.{name}.limits] sets how many"
            )
        } else if self.taken < whole && of_app >= app {
            let app = &claim.app;
            format!(
                "app `{app}` holds {of_app} places for plugin calls, as many as it may; `engine.max_calls_per_app` sets how many"
            )
        } else if self.taken < whole {
            format!(
                "the places left for plugins are kept for apps that hold fewer than {FEW}; `{key}` sets how many there are"
            )
        } else {
            format!("all places for plugins are taken; `{key}` sets how many there are")
        }
    }
}

impl Shares for Places {
    type Claim = Claim;

    fn take(&mut self, claim: &Claim) -> bool {
        let admitted = self.admits(claim);
        if admitted {
            self.taken += 1;
            *self.by_plugin.entry(Arc::clone(&claim.plugin.name)).or_default() += 1;
            *self.by_app.entry(Arc::clone(&claim.app)).or_default() += 1;
        }
        admitted
    }

    fn give_back(&mut self, claim: &Claim) {
        // Names come from the configuration, so the maps stay as small as it is.
        let held = [self.by_plugin.get_mut(&claim.plugin.name), self.by_app.get_mut(&claim.app)];
        held.into_iter().flatten().for_each(|held| *held -= 1);
        self.taken -= 1;
    }
}

#[cfg(test)]
mod tests;
