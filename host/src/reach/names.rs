//! Names as the machine resolves them: `/etc/hosts`, and the servers of `/etc/resolv.conf`.
//!
//! Not through the system's library, whose look-ups hold a thread for as long as a server is silent
//! and cannot be ended. A look-up here ends where its future is dropped.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::system_conf::read_system_conf;

use super::resolve::Lookup;

/// The files that say how names are looked up. Both are read again when they change, as the system's library
/// does.
const FILES: [&str; 2] = ["/etc/resolv.conf", "/etc/hosts"];
/// One try, so that a lost packet costs one more and not the whole time a name has.
const TRY: Duration = Duration::from_millis(1500);
/// Questions on their way to one server. Above what all plugins may ask at one time, since a question
/// over it is refused.
const QUESTIONS: usize = 2048;

/// The machine's resolver, as its files are now.
#[derive(Default)]
pub(crate) struct Names {
    current: Mutex<Option<(Stamp, TokioResolver)>>,
}

/// When the files were changed.
type Stamp = [Option<SystemTime>; 2];

impl Names {
    fn resolver(&self) -> io::Result<TokioResolver> {
        let stamp = FILES.map(|file| std::fs::metadata(file).and_then(|file| file.modified()).ok());
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((read, resolver)) = &*current
            && *read == stamp
        {
            return Ok(resolver.clone());
        }
        let resolver = read()?;
        *current = Some((stamp, resolver.clone()));
        Ok(resolver)
    }
}

fn read() -> io::Result<TokioResolver> {
    let (config, options) = read_system_conf().unwrap_or_else(|error| {
        tracing::warn!(
            "No name servers in {} ({error}); names are asked of 127.0.0.1, as the system does",
            FILES[0]
        );
        let server = NameServerConfig::udp_and_tcp(Ipv4Addr::LOCALHOST.into());
        (ResolverConfig::from_parts(None, Vec::new(), vec![server]), ResolverOpts::default())
    });
    resolver(config, options)
}

fn resolver(config: ResolverConfig, mut options: ResolverOpts) -> io::Result<TokioResolver> {
    options.timeout = TRY;
    options.max_active_requests = QUESTIONS;
    options.use_hosts_file = ResolveHosts::Always;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        .with_options(options)
        .build()
        .map_err(io::Error::other)
}

impl Lookup for Names {
    fn lookup(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let resolver = self.resolver();
        let name = name.to_owned();
        Box::pin(async move {
            let found = resolver?.lookup_ip(name.as_str()).await.map_err(|error| {
                // Its own text shows the question in Rust's form.
                if error.is_no_records_found() {
                    io::Error::new(io::ErrorKind::NotFound, "no name server knows an address of it")
                } else {
                    io::Error::other(error)
                }
            })?;
            Ok(found.iter().collect())
        })
    }
}
