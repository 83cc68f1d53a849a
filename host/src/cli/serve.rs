//! `qianfan-host serve`.

use std::path::Path;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::{
    CommandError, LAST_MOMENTS, counted, load_all, open_on, prepare_data_folder, problem, problems, signals,
};
use crate::data_folder::ServingLock;
use crate::descriptors;
use crate::disk::Disk;
use crate::host::{Host, Running};
use crate::http;
use crate::job::keep_to_schedule;
use crate::knowledge::Cancel;

#[derive(Args)]
pub(super) struct ServeArguments {
    /// Address and port instead of the configuration's; port 0 takes a free one.
    #[arg(long)]
    listen: Option<String>,
}

pub(super) async fn run(path: &Path, arguments: &ServeArguments) -> Result<(), CommandError> {
    descriptors::raise();
    let config = load_all(path).await?;
    prepare_data_folder(&config)?;
    // Before anything in the folder is touched, and until the end: the traces of the last turns are written
    // when the host is dropped.
    let _lock = ServingLock::take(config.data_dir())
        .map_err(|message| problem(&config, "server.data_dir", message))?;
    let running = Arc::new(Running::new(open_on(&config, Disk::serving(config.data_dir())).await?));
    let address = arguments.listen.as_deref().unwrap_or(&config.server.listen);
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {address}: {error}; change `listen` in [server] or --listen")
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    // Nobody is served until here: a connection would only wait.
    running.listens_at(address.ip())?;
    let (stop, wishes) = signals::watch(config.server.shutdown_timeout, 3 * LAST_MOMENTS)
        .map_err(|error| format!("cannot wait for signals: {error}"))?;
    let host = running.now();
    host.jobs.resume(&host.library).await.map_err(|error| format!("jobs cannot go on: {error}"))?;
    running.look_after_models();
    // On stdout, so that whoever asked for port 0 can read the port.
    outln!("listening on http://{address}");
    let bases = counted(host.library.names().count(), "knowledge base");
    tracing::info!("Serving {} and {bases}", counted(host.apps.len(), "app"));
    let (jobs, disk) = (host.jobs.clone(), Arc::clone(&host.disk));
    drop(host);
    #[expect(clippy::disallowed_methods, reason = "signals are heard as long as the process serves")]
    let reloading = tokio::spawn(reload_at_each(wishes, Arc::clone(&running)));
    tokio::join!(
        http::serve(&running, listener, &stop),
        keep_to_schedule(&jobs, &disk, &stop, || Arc::clone(&running.now().library)),
        stop_jobs(&running, &stop)
    );
    reloading.abort();
    _ = reloading.await;
    running.stop_looking();
    settle(&running.now()).await;
    Ok(())
}

/// Loads the configuration anew at each SIGHUP. Of several that come meanwhile one is enough.
async fn reload_at_each(wishes: Arc<Notify>, running: Arc<Running>) {
    loop {
        wishes.notified().await;
        // A configuration that was taken is logged where it is applied; only a refusal is logged here.
        if let Err(error) = running.reload().await {
            tracing::error!(
                "The configuration is not taken, and the one before serves on: {}",
                problems(&error)
            );
        }
    }
}

/// Jobs end between two documents, as far as there is time for it.
async fn stop_jobs(running: &Running, stop: &Cancel) {
    stop.cancelled().await;
    let host = running.now();
    _ = tokio::time::timeout(host.limits.shutdown_timeout, host.jobs.stop()).await;
}

/// Waits until the turns that were cut have left their traces: the host is dropped next, and writes
/// them.
async fn settle(host: &Host) {
    let all = u32::try_from(host.limits.max_turns).unwrap_or(u32::MAX);
    _ = tokio::time::timeout(LAST_MOMENTS, host.turns.acquire_many(all)).await;
}
