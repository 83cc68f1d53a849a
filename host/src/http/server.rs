//! The server: accepts connections, as many as there are places for, and ends them.
//!
//! Every connection has one `Activity`: new, idle, header, receiving, answering. It gives the deadline at
//! which the connection is cut; only a body has one of its own, since that is answered (408). Where all
//! places are taken, the connections that have waited longest for a request are closed: not a 503, because
//! silent connections cost an attacker nothing and would keep everybody out with 503s; and not the newest,
//! because an honest client is in the header for milliseconds only. A connection that is being answered never
//! goes. Only time spent waiting for the client counts against it, so neither a slow disk, a permit that is
//! waited for, nor a silent model cuts anybody.

mod activity;
mod again;
mod body;
mod connection;
mod open;
mod pace;
mod refusal;
mod stream;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::routes::Routes;
use crate::config::ServerSettings;
use crate::descriptors;
use crate::knowledge::Cancel;
use activity::TimeLimits;
pub(super) use body::Late;
use open::OpenConnections;
use pace::ClientPatience;

/// Most connections where the configuration names no number. Each takes some ten KB.
const MOST_CONNECTIONS: usize = 4096;
/// The share of the file descriptors that connections may take; the rest is for models, plugins,
/// knowledge bases and uploads.
const SHARE_OF_DESCRIPTORS: usize = 2;
/// The share of the connections that is closed at once when a place is wanted, so that a flood costs
/// one look at all connections for many new ones.
const SHARE_CLOSED: usize = 64;
/// How long a connection waits for a place before idle ones are looked for again.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// How long nothing is accepted after the system refused to.
const BACK_OFF: Duration = Duration::from_millis(100);
/// Warnings about one state of affairs come no closer than this.
const WARN_EVERY: Duration = Duration::from_secs(10);
/// How often a timer falls due that does nothing. Whoever sets a timer that is due before all others wakes the thread that
/// waits for them, by a call of the system's, and a turn sets several, of a second and more. Behind this one they
/// are never the first.
const BEAT: Duration = Duration::from_millis(500);
/// What connections that were cut may take to leave.
const LAST_MOMENTS: Duration = Duration::from_secs(2);

/// A server that is about to run.
pub(super) struct HttpServer {
    routes: Arc<Routes>,
    limits: TimeLimits,
    shutdown_timeout: Duration,
    places: usize,
    free: Arc<Semaphore>,
    open: Arc<OpenConnections>,
    warned: Option<Instant>,
}

impl HttpServer {
    pub(super) fn new(routes: Routes, settings: &ServerSettings) -> Self {
        let places = places(settings.max_connections, descriptors::allowed());
        let patience = ClientPatience { stall: settings.stall_timeout, least_rate: settings.min_rate.0 };
        Self {
            routes: Arc::new(routes),
            limits: TimeLimits { header: settings.header_timeout, idle: settings.idle_timeout, patience },
            shutdown_timeout: settings.shutdown_timeout,
            places,
            free: Arc::new(Semaphore::new(places)),
            open: Arc::default(),
            warned: None,
        }
    }

    /// Accepts until `stop`; then answers that have begun may end within the time for that.
    pub(super) async fn run(mut self, listener: TcpListener, stop: &Cancel) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.accept_all(&listener) => {}
            () = beat() => {}
        }
        drop(listener);
        self.open.finish();
        if timeout(self.shutdown_timeout, self.all_left()).await.is_err() {
            let cut = self.open.cut_all();
            tracing::warn!("Cut {cut} connections that had not ended within shutdown_timeout in [server]");
            _ = timeout(LAST_MOMENTS, self.all_left()).await;
        }
    }

    async fn all_left(&self) {
        let all = u32::try_from(self.places).unwrap_or(u32::MAX);
        _ = self.free.acquire_many(all).await;
    }

    /// Accepts connections, and never ends.
    async fn accept_all(&mut self, listener: &TcpListener) {
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    self.refused(&error).await;
                    continue;
                }
            };
            let Some(place) = self.place().await else { return };
            connection::prepare(&stream, self.limits.patience.stall);
            let (activity, member) = self.open.enter(self.limits);
            let routes = Arc::clone(&self.routes);
            #[expect(
                clippy::disallowed_methods,
                reason = "each connection has a task, and a place that bounds how many there are"
            )]
            tokio::spawn(async move {
                connection::serve(stream, peer, routes, activity).await;
                drop((member, place));
            });
        }
    }

    /// A place for a connection. Where all are taken, those go that have waited longest for a request:
    /// whoever is silent cannot keep out whoever asks.
    async fn place(&mut self) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(place);
        }
        loop {
            let closed = self.open.close_idle(self.places.div_ceil(SHARE_CLOSED));
            self.warn(|server| {
                format!(
                    "All {} connections are in use; {closed} that waited for a request were closed for new ones; \
                     look who keeps them, or raise max_connections in [server]",
                    server.places
                )
            });
            let place = Arc::clone(&self.free).acquire_owned();
            match timeout(LOOK_AGAIN, place).await {
                Ok(place) => return place.ok(),
                Err(_) => continue,
            }
        }
    }

    async fn refused(&mut self, error: &io::Error) {
        use rustix::io::Errno;

        match Errno::from_io_error(error) {
            // The client has left already.
            Some(Errno::CONNABORTED | Errno::CONNRESET | Errno::CONNREFUSED) => return,
            Some(Errno::MFILE | Errno::NFILE) => {
                let closed = self.open.close_idle(self.places.div_ceil(SHARE_CLOSED));
                self.warn(|_| {
                    format!(
                        "No connection can be accepted: {error}; the host may open {} files: raise the limit \
                         (LimitNOFILE= of the service, or `ulimit -n`), or lower max_connections in [server]; \
                         {closed} connections that waited for a request were closed",
                        descriptors::allowed()
                    )
                });
            }
            _ => self.warn(|_| format!("No connection can be accepted: {error}")),
        }
        sleep(BACK_OFF).await;
    }

    fn warn(&mut self, text: impl FnOnce(&Self) -> String) {
        if self.warned.is_none_or(|last| last.elapsed() >= WARN_EVERY) {
            self.warned = Some(Instant::now());
            tracing::warn!("{}", text(self));
        }
    }
}

/// Beats once in a while, and never ends.
async fn beat() {
    loop {
        sleep(BEAT).await;
    }
}

/// How many connections may be open where the process may open so many files.
fn places(configured: Option<usize>, descriptors: usize) -> usize {
    let most = (descriptors / SHARE_OF_DESCRIPTORS).clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
    match configured {
        Some(wanted) if wanted > most => {
            tracing::warn!(
                "max_connections in [server] is {wanted}, but the host may open {descriptors} files: it takes {most}; \
                 raise the limit (LimitNOFILE= of the service, or `ulimit -n`)"
            );
            most
        }
        Some(wanted) => wanted,
        None => MOST_CONNECTIONS.min(most),
    }
}

#[cfg(test)]
mod tests;
