//! The context of a plugin's calls: what each of them needs to know, and none of them changes.

use std::sync::Arc;

use prometheus_client::metrics::counter::Counter;

use crate::plugin::process::{Clients, Grants, GrantsInForce, LimitSettings, PlaceHolder, Services};

/// What every call of a plugin needs to know.
pub(in crate::plugin) struct PluginContext {
    /// The plugin's name in the configuration, which is what grants and state belong to.
    pub(in crate::plugin) name: Arc<str>,
    pub(in crate::plugin) grants: Arc<Grants>,
    pub(in crate::plugin) limits: LimitSettings,
    /// `None` while a component describes itself.
    pub(in crate::plugin) services: Option<Services>,
    pub(in crate::plugin) clients: Arc<Clients>,
    /// What it asked for and was not granted.
    pub(in crate::plugin) denials: Counter,
}

impl PluginContext {
    /// The context of a component that reaches nothing.
    pub(in crate::plugin) fn bare(name: &str, limits: LimitSettings, clients: &Arc<Clients>) -> Self {
        let clients = Arc::clone(clients);
        let denials = Counter::default();
        let grants = Arc::new(Grants::none());
        Self { name: Arc::from(name), grants, limits, services: None, clients, denials }
    }

    /// What the plugin may do.
    pub(super) fn in_force(&self) -> GrantsInForce<'_> {
        GrantsInForce { plugin: &self.name, grants: &self.grants, limits: &self.limits }
    }

    /// The plugin as far as places for calls go.
    pub(in crate::plugin) fn holder(&self) -> PlaceHolder {
        PlaceHolder { name: Arc::clone(&self.name), concurrent: self.limits.concurrent }
    }
}
