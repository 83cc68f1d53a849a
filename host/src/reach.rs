//! The rules of the way out: which addresses a request may go to, whoever sends it on the operator's behalf.
//!
//! A name is resolved once and the connection goes to an address that has been checked. Plugins' requests
//! (`plugin/call/outgoing`) and what is fetched from the web (`web`) go this way.

mod address;
mod names;
mod origin;
mod resolve;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};

use crate::endpoint::{KEPT_IDLE, causes};

pub(crate) use address::not_public;
pub(crate) use names::Names;
pub(crate) use origin::{HostGrant, Origin, Reach, reach};
pub(crate) use resolve::{AddressRefused, Asking, Lookup, LookupRefused};

use resolve::CheckedResolver;

/// Long enough for a slow link, and well within the usual time of whoever waits.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a name may take, waiting for a place included. Within the time for connecting, so that
/// it is told what was slow.
pub(crate) const LOOKUP_TIMEOUT: Duration = Duration::from_secs(4);
/// Bytes of a response that an HTTP/2 server may send before they are read; the host holds them in memory.
const UNREAD: u32 = 256 << 10;

/// How the host names itself to servers.
pub(crate) const USER_AGENT: &str = concat!("qianfan-host/", env!("CARGO_PKG_VERSION"));

/// A client that connects to addresses that were checked, to public ones only where that is said. Requests go out
/// within [`Asking::scope`]. It follows no redirect: that is for whoever checks each hop.
pub(crate) fn client(lookup: &Arc<dyn Lookup>, public_only: bool) -> ClientBuilder {
    #[expect(clippy::disallowed_methods, reason = "the client that connects to addresses which were checked")]
    Client::builder()
        // A proxy from the environment would connect to addresses nobody here has checked.
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(KEPT_IDLE)
        .tcp_nodelay(true)
        .http2_max_header_list_size(64 << 10)
        .http2_initial_stream_window_size(UNREAD)
        .user_agent(USER_AGENT)
        .dns_resolver(CheckedResolver { lookup: Arc::clone(lookup), public_only })
}

/// The cause of this kind within an error.
pub(crate) fn cause<'a, E: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a E> {
    causes(error).find_map(|error| {
        // An I/O error shows the source of what it wraps, not what it wraps.
        let wrapped = || error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        error.downcast_ref().or_else(|| wrapped()?.downcast_ref())
    })
}
