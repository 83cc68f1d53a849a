//! `GET /livez` and `/readyz`: whether the process is there, and whether it can serve.
//!
//! It can serve while there is an app that could be answered. Whatever else is away costs some turns a
//! part of what they know, which is no reason to send them elsewhere: it is told (`degraded`) and not refused. What is
//! told beyond that one word is for the admin: names and addresses are nobody else's.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use futures_util::future::join_all;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::error::disk_is_short;
use super::said;
use crate::breaker::{Health, ServerKind};
use crate::data_folder::closed_folders;
use crate::disk::{LEAST_FILES, LEAST_FREE};
use crate::host::Host;
use crate::knowledge::{Base, Library, LocalModel, StoreError};
use crate::redact;

/// A store of which nothing was heard for so long is asked whether it is there: most hosts ask theirs only when
/// somebody chats, and a store that went away at night is to be seen before the first turn in the morning.
const OLD_WORD: Duration = Duration::from_secs(10);
/// How long that may take. Whoever asks `/readyz` waits for some seconds only.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// Whether a request to a public path comes from who runs the host.
#[derive(Debug, Clone, Copy)]
pub(super) struct FromAdmin(pub(super) bool);

/// One thing the host depends on.
#[derive(Serialize)]
struct Dependency {
    kind: &'static str,
    name: String,
    status: Status,
    /// Why it is not `ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// The server is there, as far as is known: one that was never asked is taken to be.
    Ok,
    /// A model of this process is on its way into memory; who needs it waits for that.
    Loading,
    /// Its last answer was an error, or did not come.
    Failing,
    /// The server was away, and the next request tries it.
    Trying,
    /// The server is away and not asked.
    Away,
}

/// `GET /livez`
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: 503 only where no app could be answered. The one word for everybody goes by what has been heard of each
/// dependency; the stores are asked anew, and the sources looked up, for the admin only.
pub(super) async fn ready(
    State(host): State<Arc<Host>>,
    Extension(FromAdmin(is_admin)): Extension<FromAdmin>,
) -> (StatusCode, Json<Value>) {
    let mute = !host.apps.is_empty() && host.apps.values().all(|app| app.is_mute());
    if is_admin {
        look_after_stores(&host).await;
    }
    let mut all = dependencies(&host);
    if is_admin {
        let sources = super::sources::all(&host).await.into_iter().map(|(name, trouble)| {
            let status = if trouble.is_none() { Status::Ok } else { Status::Failing };
            Dependency::new("source", &name, status, trouble)
        });
        all.extend(sources);
    }
    let is_well = all.iter().all(|one| matches!(one.status, Status::Ok | Status::Loading));
    let (status, word) = match (mute, is_well) {
        (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "unready"),
        (false, true) => (StatusCode::OK, "ready"),
        (false, false) => (StatusCode::OK, "degraded"),
    };
    let mut body = json!({"status": word});
    if is_admin {
        body["dependencies"] = json!(all);
    }
    (status, Json(said::worded(body)))
}

/// Asks each store that was not asked of late for its list, all side by side. What comes of it is heard by its breaker.
async fn look_after_stores(host: &Host) {
    let stores =
        host.servers.iter().filter(|server| server.kind() == ServerKind::Store && server.is_silent(OLD_WORD));
    let looks = stores.filter_map(|server| {
        let settings = host.config.stores.get(server.name())?;
        Some(async move {
            let attempt = server.watch();
            match timeout(LONGEST_LOOK, Library::ask_store(server.name(), settings)).await {
                Ok(answered) => attempt.settle(&answered, |_| true),
                Err(_) => attempt.failed(&format!("it did not answer within {LONGEST_LOOK:?}")),
            }
        })
    });
    join_all(looks).await;
}

fn dependencies(host: &Host) -> Vec<Dependency> {
    let servers = host.servers.iter().map(|breaker| {
        let (status, reason) = match breaker.health() {
            Health::Well => (Status::Ok, None),
            Health::Failing(reason) => (Status::Failing, Some(reason)),
            Health::Trying(reason) => (Status::Trying, Some(reason)),
            Health::Away(open) => (Status::Away, Some(open.to_string())),
        };
        Dependency::new(breaker.kind().word(), breaker.name(), status, reason)
    });
    let data = data_folder(host).err();
    let status = if data.is_none() { Status::Ok } else { Status::Failing };
    let data = Dependency::new("data_folder", &host.data_dir.to_string_lossy(), status, data);
    let closed = closed_folders(&host.data_dir).into_iter().map(|(path, error)| {
        let reason = format!("nothing can be written there: {error}");
        Dependency::new("data_folder", &path.to_string_lossy(), Status::Failing, Some(reason))
    });
    let models = host.library.models().into_iter().map(of_model);
    let bases = host.library.bases().map(|base| of_base(base));
    bases.chain(models).chain(servers).chain([data]).chain(closed).collect()
}

fn of_model(LocalModel { name, is_loaded, trouble }: LocalModel) -> Dependency {
    let status = match trouble {
        Some(_) => Status::Failing,
        None if is_loaded => Status::Ok,
        None => Status::Loading,
    };
    Dependency::new("embedder", &name, status, trouble)
}

fn of_base(base: &Base) -> Dependency {
    let (status, reason) = match base.unavailable() {
        None => match base.trouble() {
            None => (Status::Ok, None),
            trouble => (Status::Failing, trouble),
        },
        Some(StoreError::Unavailable(reason)) => (Status::Trying, Some(reason)),
        Some(StoreError::Broken(reason) | StoreError::Damaged(reason) | StoreError::Full(reason)) => {
            (Status::Failing, Some(reason))
        }
    };
    Dependency::new("knowledge_base", base.name(), status, reason)
}

/// Whether something can be written there.
fn data_folder(host: &Host) -> Result<(), String> {
    rustix::fs::access(&host.data_dir, rustix::fs::Access::WRITE_OK)
        .map_err(|error| format!("nothing can be written there: {error}"))?;
    let is_short = host.disk.is_short();
    let free = host.disk.free().map_err(|error| error.to_string())?;
    let files = host.disk.files().map_err(|error| error.to_string())?;
    if is_short || files < LEAST_FILES {
        return Err(disk_is_short(&host.disk));
    }
    if free < LEAST_FREE {
        return Err(format!("the disk has {} MiB left; free some", free >> 20));
    }
    if let Some(trouble) = host.traces.trouble() {
        return Err(format!("traces wait in memory: {trouble}"));
    }
    if let Some(trouble) = host.trouble_of_state() {
        return Err(format!("what plugins keep is unavailable: {trouble}"));
    }
    Ok(())
}

impl Dependency {
    fn new(kind: &'static str, name: &str, status: Status, reason: Option<String>) -> Self {
        let reason = reason.map(|reason| redact::known().text(&reason).into_owned());
        Self { kind, name: name.to_owned(), status, reason }
    }
}
