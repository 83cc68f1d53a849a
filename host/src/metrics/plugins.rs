//! Figures of the plugins.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

use super::{family, gauge};
use crate::plugin::{Engine, Plugin};

/// The plugins of the configuration, which count for themselves, and the places for their calls.
pub(super) struct PluginMetrics {
    pub(super) engine: Arc<Engine>,
    pub(super) plugins: Vec<Arc<Plugin>>,
}

impl fmt::Debug for PluginMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.plugins.iter().map(|plugin| plugin.name())).finish()
    }
}

impl Collector for PluginMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let calls = self.plugins.iter().flat_map(|plugin| {
            let counts = plugin.tally().calls();
            counts.map(|(outcome, count)| ([("plugin", plugin.name()), ("outcome", outcome)], count))
        });
        family(&mut encoder, ("plugin_calls", "Calls of plugins, by how they ended"), calls)?;
        let seconds =
            self.plugins.iter().map(|plugin| ([("plugin", plugin.name())], plugin.tally().seconds()));
        family(
            &mut encoder,
            ("plugin_seconds", "How long they took, waiting for a place included"),
            seconds,
        )?;
        let denials =
            self.plugins.iter().map(|plugin| ([("plugin", plugin.name())], plugin.tally().denials()));
        family(&mut encoder, ("plugin_denials", "What plugins asked for and were not granted"), denials)?;
        let places = self.engine.places();
        let states = [("taken", places.taken), ("waited_for", places.waiting), ("all", places.all)];
        let states = states.map(|(state, places)| ([("state", state)], gauge(places as u64)));
        family(&mut encoder, ("plugin_places", "Places for calls of plugins at the same time"), states)
    }
}
