//! The HTTP clients that send for all plugins.

use std::sync::{Arc, OnceLock};

use reqwest::Client;
use tokio::sync::Semaphore;

use crate::reach::{Lookup, Names, client};

/// Names one plugin may look up at one time. Its other calls wait, and no other plugin does.
pub(in crate::plugin) const LOOKUPS: usize = 8;

/// The clients that send for all plugins, so that connections are shared. A connection of one is
/// never used by the other.
pub(in crate::plugin) struct Clients {
    /// Connects to public addresses only.
    pub(in crate::plugin) public: Arc<Sender>,
    /// For origins the operator named exactly.
    pub(in crate::plugin) exact: Arc<Sender>,
    /// Places to look names up.
    pub(in crate::plugin) lookups: Arc<Semaphore>,
}

/// Sends requests under one rule of addresses.
pub(in crate::plugin) struct Sender {
    /// Keeps its connections between requests.
    pub(in crate::plugin) kept: Client,
    /// Keeps none: for what is sent once more because a kept one was closed. Made where it is needed first.
    afresh: OnceLock<Client>,
    lookup: Arc<dyn Lookup>,
    public_only: bool,
}

impl Sender {
    fn new(lookup: &Arc<dyn Lookup>, public_only: bool) -> Result<Self, String> {
        let lookup = Arc::clone(lookup);
        let kept = client(&lookup, public_only)
            .build()
            .map_err(|error| format!("cannot prepare the HTTP client of the plugins: {error}"))?;
        Ok(Self { kept, afresh: OnceLock::new(), lookup, public_only })
    }

    pub(in crate::plugin) fn afresh(&self) -> reqwest::Result<&Client> {
        match self.afresh.get() {
            Some(afresh) => Ok(afresh),
            None => {
                let made = client(&self.lookup, self.public_only).pool_max_idle_per_host(0).build()?;
                Ok(self.afresh.get_or_init(|| made))
            }
        }
    }
}

impl Clients {
    /// The error is for people.
    pub(in crate::plugin) fn new() -> Result<Self, String> {
        Self::with(Arc::new(Names::default()))
    }

    /// The same, with places of its own to look names up.
    pub(in crate::plugin) fn for_a_plugin(&self) -> Arc<Self> {
        let lookups = Arc::new(Semaphore::new(LOOKUPS));
        Arc::new(Self { public: Arc::clone(&self.public), exact: Arc::clone(&self.exact), lookups })
    }

    pub(in crate::plugin) fn with(lookup: Arc<dyn Lookup>) -> Result<Self, String> {
        // The program installs this at its start; a second time changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sender = |public_only| Sender::new(&lookup, public_only).map(Arc::new);
        let lookups = Arc::new(Semaphore::new(LOOKUPS));
        Ok(Self { public: sender(true)?, exact: sender(false)?, lookups })
    }
}
