//! The configuration that serves, and how the next one takes its place.
//!
//! A `Host` never changes. `Running` has the one that serves; `http/routes.rs` has the routes made for it,
//! and a request takes those once, so all it meets is of one configuration, to the last byte of its answer.
//! The next host is made beside the one that serves, by the code that makes the first, and a pointer is
//! swapped. What goes on: `Process` (traces, jobs, permits, engine, state); embedders, stores, the reranker,
//! models and breakers with equal settings; a base's open documents where its store is the same, whatever
//! else of it has changed (`knowledge/going_on.rs`), so that old and new users see each other's writes; a
//! plugin whose settings, component and secrets have one print (`plugin/loaded/print.rs`), in a shell of its
//! own where the library is another; whole texts of the same base. An old host goes with its last request.
//! Changes over HTTP make the next host of the changed text first, write then, and swap last; only a template
//! must be written before, and is taken back.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

use super::named::{NamedParts, missing_files};
use super::process::Machinery;
use super::{ConfigReport, Host};
use crate::clock;
use crate::config::{Config, ConfigError};
use crate::hex::hex;
use crate::problem::Problem;

/// Bytes of a configuration file that is shown.
const LONGEST: u64 = 4 << 20;

/// A process that serves. One configuration serves at a time; whoever has taken an earlier one keeps it.
pub struct Running {
    /// The configuration file.
    path: PathBuf,
    now: RwLock<Arc<Host>>,
    /// Held while a configuration is loaded or checked: one at a time.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// Where the process listens.
    address: OnceLock<IpAddr>,
    /// Looks after the models of the configuration that serves.
    looking: Mutex<Option<JoinHandle<()>>>,
}

/// A configuration that has taken its place.
#[derive(Debug, Clone, Serialize)]
pub struct Reloaded {
    /// Always; what is not applied is an error.
    pub applied: bool,
    /// Seconds since 1970.
    pub loaded_at: u64,
    /// Keys whose values are others than before.
    pub changed: Vec<String>,
    /// Keys whose values in the file are others than those the process was started with: a restart applies them.
    pub needs_restart: Vec<String>,
    /// What works and will surprise. Whoever answers with it words it.
    #[serde(skip)]
    pub warnings: Vec<Problem>,
}

impl Running {
    /// A process that begins with this host.
    pub fn new(host: Host) -> Self {
        Self {
            path: host.config.path.clone(),
            now: RwLock::new(Arc::new(host)),
            turn: tokio::sync::Mutex::default(),
            address: OnceLock::new(),
            looking: Mutex::default(),
        }
    }

    /// The host of this moment. To be taken once for each request.
    pub fn now(&self) -> Arc<Host> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The configuration file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Says where the process listens; refuses where strangers could connect and nothing would keep them out, now and
    /// at every reload.
    pub fn listens_at(&self, address: IpAddr) -> Result<(), String> {
        self.now().door.may_listen(address)?;
        _ = self.address.set(address);
        Ok(())
    }

    /// Loads local models and looks for other ones behind the embedders, in the background. What was loaded and looked
    /// at before is passed over.
    pub fn look_after_models(&self) {
        let library = Arc::clone(&self.now().library);
        let loading = Arc::clone(&library);
        // It ends by itself, and a load that is broken off would begin again.
        #[expect(
            clippy::disallowed_methods,
            reason = "it ends by itself, and a load that is broken off would begin again"
        )]
        tokio::spawn(async move { loading.load_models().await });
        #[expect(clippy::disallowed_methods, reason = "aborted when the next configuration serves")]
        let looking = tokio::spawn(async move { library.look_for_other_models().await });
        let mut before = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = before.replace(looking) {
            before.abort();
        }
    }

    /// Ends the looking for changes.
    pub fn stop_looking(&self) {
        if let Some(looking) = self.looking.lock().unwrap_or_else(PoisonError::into_inner).take() {
            looking.abort();
        }
    }

    /// Reads the configuration file, checks it whole, and has it serve from the next request on. Where anything is
    /// wrong with it, what serves goes on and everything that is wrong is in the error.
    pub async fn reload(&self) -> Result<Reloaded, ConfigError> {
        let _turn = self.turn.lock().await;
        let path = self.path.clone();
        let (config, problems) = blocking(move || Config::read(&path)).await?;
        Ok(self.serve(self.load(config, problems).await?))
    }

    /// Everything that can be said of a text in the configuration file's place, or of the file where there is none.
    /// Nothing in the data folder is opened for it.
    pub async fn check(&self, text: Option<Vec<u8>>) -> Result<ConfigReport, ConfigError> {
        let _turn = self.turn.lock().await;
        let path = self.path.clone();
        let read = move || match text {
            Some(text) => Ok(Config::read_text(&text, &path)),
            None => Config::read(&path),
        };
        let (mut config, mut problems) = blocking(read).await?;
        let warnings = self.look_further(&mut config, &mut problems).await;
        Ok(ConfigReport { problems: config.placed(problems), warnings })
    }

    /// Finds what is wrong with what a configuration names, and makes nothing that stays. Gives what it warns of.
    async fn look_further(&self, config: &mut Config, problems: &mut Vec<Problem>) -> Vec<Problem> {
        let host = self.now();
        host.hold(config);
        let fresh = Machinery::default();
        let machinery = if host.engine().is_some() { &host.process.machinery } else { &fresh };
        problems.extend(missing_files(config));
        NamedParts::load(config, machinery, Some(&host), problems).await.warnings
    }

    /// The host of a configuration, ready to serve.
    pub(super) async fn load(
        &self,
        mut config: Config,
        mut problems: Vec<Problem>,
    ) -> Result<Host, ConfigError> {
        if !problems.is_empty() {
            self.look_further(&mut config, &mut problems).await;
            return Err(config.refusal(problems));
        }
        if config.apps.is_empty() && !self.now().apps.is_empty() {
            let message = "there is none in the file, and those that serve would be gone; a file that is empty or cut off \
                           is not applied. Write the apps, or start the host anew without any";
            return Err(config.refusal(vec![Problem::new("apps", message)]));
        }
        let next = self.now().anew(config).await?;
        if let Some(address) = self.address.get()
            && let Err(message) = next.door.may_listen(*address)
        {
            return Err(next.config.refusal(vec![Problem::new("server", message)]));
        }
        Ok(next)
    }

    /// Puts a host in the place of the one that serves.
    pub(super) fn serve(&self, next: Host) -> Reloaded {
        let next = Arc::new(next);
        let before = {
            let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *now, Arc::clone(&next))
        };
        let changed = next.changed_since(&before);
        if !Arc::ptr_eq(&next.library, &before.library) {
            self.look_after_models();
        }
        tracing::info!(
            "Serving by {} as it is now; changed: {}",
            self.path.display(),
            if changed.is_empty() { "nothing".to_owned() } else { changed.join(", ") }
        );
        if !next.needs_restart.is_empty() {
            tracing::warn!("Only a restart applies {}", next.needs_restart.join(", "));
        }
        let needs_restart = next.needs_restart.clone();
        let warnings = next.warnings.clone();
        Reloaded { applied: true, loaded_at: next.loaded_at, changed, needs_restart, warnings }
    }

    /// The file's text as it is on the disk; `None` where it cannot be read, or is longer than a configuration is.
    pub async fn text(&self) -> Option<String> {
        let path = self.path.clone();
        blocking(move || {
            let is_short = std::fs::metadata(&path).is_ok_and(|file| file.len() <= LONGEST);
            let bytes = is_short.then(|| std::fs::read(&path).ok()).flatten()?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        })
        .await
    }

    /// When the file, or a template it names, was changed on the disk to something else than what serves, in
    /// seconds since 1970.
    pub async fn changed_on_disk(&self) -> Option<u64> {
        let host = self.now();
        blocking(move || {
            let config = &host.config;
            let templates = config.apps.iter().filter_map(|(name, app)| {
                Some((app.prompt.clone()?, host.apps.get(name)?.template().source()))
            });
            let files = std::iter::once((config.path.clone(), config.text())).chain(templates);
            let changed = files.filter(|(path, text)| {
                std::fs::read(path).map_or(true, |bytes| String::from_utf8_lossy(&bytes) != *text)
            });
            let at = changed.map(|(path, _)| {
                let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
                modified.map_or_else(clock::seconds, |at| clock::since_1970(at).as_secs())
            });
            at.max()
        })
        .await
    }
}

impl Host {
    /// Keys of the configuration, and files that it names, that are others than in the host before.
    fn changed_since(&self, before: &Self) -> Vec<String> {
        let mut changed = self.config.changed_since(&before.config);
        let has = |changed: &[String], table: &str| {
            changed
                .iter()
                .any(|key| key == table || key.strip_prefix(table).is_some_and(|rest| rest.starts_with('.')))
        };
        for (name, app) in &self.apps {
            let source = before.apps.get(name).map(|before| before.template().source());
            let key = format!("apps.{name}.prompt");
            if source.is_some_and(|source| source != app.template().source()) && !has(&changed, &key) {
                changed.push(key);
            }
        }
        for (name, plugin) in &self.plugins {
            let is_anew = before.plugins.get(name).is_some_and(|before| plugin.is_loaded_anew(before));
            let table = format!("plugins.{name}");
            // Its component, or a secret that it is granted.
            if is_anew && !has(&changed, &table) {
                changed.push(table);
            }
        }
        changed.sort();
        changed
    }
}

/// Tells one text of a file from another.
pub fn digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// Reads a disk, which may be slow, beside the threads that serve.
pub(super) async fn blocking<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(read).await {
        Ok(read) => read,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The process ends.
        Err(_) => std::future::pending().await,
    }
}
