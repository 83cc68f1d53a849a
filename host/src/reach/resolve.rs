//! From a name to addresses that have been checked. The connection goes to what is returned here:
//! nobody asks the name again between the check and the connect.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{fmt, io};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use super::address::{credentials, not_public};

/// Asks for the addresses of a name; tests answer themselves.
pub(crate) trait Lookup: Send + Sync + 'static {
    /// The look-up ends where the future is dropped.
    fn lookup(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

/// For which call names are looked up, and what it may still ask.
#[derive(Clone)]
pub(crate) struct Asking {
    /// Shared by the requests of one call.
    left: Arc<AtomicU32>,
    /// Shared by the calls of one plugin.
    places: Arc<Semaphore>,
    /// The time for each name.
    time: Duration,
}

tokio::task_local! {
    static ASKING: Asking;
}

impl Asking {
    /// For a call that may look up so many names, each within this time.
    pub(crate) fn new(names: u32, places: Arc<Semaphore>, time: Duration) -> Self {
        Self { left: Arc::new(AtomicU32::new(names)), places, time }
    }

    /// Runs a request whose names are looked up for this call.
    pub(crate) fn scope<F: Future>(self, request: F) -> impl Future<Output = F::Output> {
        ASKING.scope(self, request)
    }

    /// Looks one name up. Gives up after a time, which ends the look-up.
    pub(crate) async fn lookup(&self, lookup: &dyn Lookup, name: &str) -> Result<Vec<IpAddr>, LookupRefused> {
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .map_err(|_| LookupRefused::TooMany)?;
        let looking = async {
            let _place = self.places.acquire().await.map_err(io::Error::other)?;
            lookup.lookup(name).await
        };
        match tokio::time::timeout(self.time, looking).await {
            Ok(found) => found.map_err(|error: io::Error| LookupRefused::NotFound(error.to_string())),
            Err(_) => Err(LookupRefused::TooSlow(self.time)),
        }
    }
}

/// No addresses of a name became known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LookupRefused {
    #[error("more names were looked up in one call than `limits.requests` allows requests")]
    TooMany,
    #[error("the name was not resolved within {0:?}")]
    TooSlow(Duration),
    #[error("the name cannot be resolved: {0}")]
    NotFound(String),
    #[error("a name was looked up outside a call")]
    Unasked,
}

/// Resolves names for one client.
pub(super) struct CheckedResolver {
    pub(super) lookup: Arc<dyn Lookup>,
    /// Leave out addresses that are not public.
    pub(super) public_only: bool,
}

/// All addresses of a name were refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AddressRefused {
    pub(crate) address: IpAddr,
    pub(crate) kind: &'static str,
}

impl fmt::Display for AddressRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the address {} is {}", self.address, self.kind)
    }
}

impl std::error::Error for AddressRefused {}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = Arc::clone(&self.lookup);
        let public_only = self.public_only;
        let asking = ASKING.try_with(Clone::clone).map_err(|_| LookupRefused::Unasked);
        Box::pin(async move {
            let found = asking?.lookup(&*lookup, name.as_str()).await?;
            let allowed = allowed(found, if public_only { not_public } else { credentials })?;
            // Port 0 stands for the URL's own.
            Ok(Box::new(allowed.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

/// The addresses that may be connected to; a name that has none of them is refused.
fn allowed(
    found: Vec<IpAddr>,
    against: fn(IpAddr) -> Option<&'static str>,
) -> Result<Vec<IpAddr>, AddressRefused> {
    let mut refused = None;
    let allowed: Vec<IpAddr> = found
        .into_iter()
        .filter(|&address| match against(address) {
            None => true,
            Some(kind) => {
                refused.get_or_insert(AddressRefused { address, kind });
                false
            }
        })
        .collect();
    match refused {
        Some(refused) if allowed.is_empty() => Err(refused),
        _ => Ok(allowed),
    }
}

#[cfg(test)]
mod tests;
