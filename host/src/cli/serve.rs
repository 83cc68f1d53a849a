//! `qianfan-host serve`.

use std::path::Path;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;

use super::{Failure, LAST_MOMENTS, load_all, open_on, prepare_data_folder, problem, signals};
use crate::data_folder::ServingLock;
use crate::descriptors;
use crate::disk::Disk;
use crate::host::Host;
use crate::http;
use crate::knowledge::Cancel;

#[derive(Args)]
pub(super) struct ServeArguments {
    /// Address and port instead of the configuration's; port 0 takes a free one.
    #[arg(long)]
    listen: Option<String>,
}

pub(super) async fn run(path: &Path, arguments: &ServeArguments) -> Result<(), Failure> {
    descriptors::raise();
    let config = load_all(path).await?;
    prepare_data_folder(&config)?;
    // Before anything in the folder is touched, and until the end: the traces of the last turns are written
    // when the host is dropped.
    let _lock = ServingLock::take(config.data_dir())
        .map_err(|message| problem(&config, "server.data_dir", message))?;
    let host = Arc::new(open_on(&config, Disk::serving(config.data_dir())).await?);
    let address = arguments.listen.as_deref().unwrap_or(&config.server.listen);
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {address}: {error}; change `listen` in [server] or --listen")
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    // Nobody is served until here: a connection would only wait.
    host.door.may_listen(address.ip())?;
    let stop = signals::watch(config.server.shutdown_timeout, 3 * LAST_MOMENTS)
        .map_err(|error| format!("cannot wait for signals: {error}"))?;
    host.jobs.resume(&host.library).await.map_err(|error| format!("jobs cannot go on: {error}"))?;
    let library = Arc::clone(&host.library);
    let looking = tokio::spawn(async move {
        tokio::join!(library.load_models(), library.look_for_other_models());
    });
    // On stdout, so that whoever asked for port 0 can read the port.
    outln!("listening on http://{address}");
    tracing::info!("Serving {} apps and {} knowledge bases", host.apps.len(), host.library.names().count());
    tokio::join!(http::serve(Arc::clone(&host), listener, &stop), stop_jobs(&host, &stop));
    looking.abort();
    settle(&host).await;
    Ok(())
}

/// Jobs end between two documents, as far as there is time for it.
async fn stop_jobs(host: &Host, stop: &Cancel) {
    stop.cancelled().await;
    _ = tokio::time::timeout(host.limits.shutdown_timeout, host.jobs.stop()).await;
}

/// Waits until the turns that were cut have left their traces: the host is dropped next, and writes
/// them.
async fn settle(host: &Host) {
    let all = u32::try_from(host.limits.max_turns).unwrap_or(u32::MAX);
    _ = tokio::time::timeout(LAST_MOMENTS, host.turns.acquire_many(all)).await;
}
