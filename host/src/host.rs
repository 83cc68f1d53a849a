//! The host as one configuration makes it, on what lives as long as the process.
//!
//! A [`Host`] never changes. Each request takes the one that serves at its begin ([`Running::now`]) and keeps it to
//! its end, so a turn in flight ends on the configuration it began with.

mod changing;
mod named;
mod process;
mod running;
mod warnings;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use crate::breaker::Breaker;
use crate::clock;
use crate::config::{Config, ConfigError, ServerSettings};
use crate::damaged;
use crate::disk::Disk;
use crate::door::Door;
use crate::generation_pointer::{Pointer, database_name};
use crate::knowledge::{BaseTables, Library, OpenError, Opening, ReadDocument, StoreError};
use crate::llm::Model;
use crate::plugin::{Plugin, Services, StateStore};
use crate::problem::Problem;
use crate::turn::App;
use named::{NamedParts, PartsBefore, missing_files};
use process::Machinery;

pub use changing::{ChangeMode, ChangeRefused, Changed};
pub use process::Process;
pub use running::{Reloaded, Running, digest};

/// How long the start waits for knowledge bases. What is not open by then goes on in the background.
const WAIT_FOR_BASES: Duration = Duration::from_secs(5);

/// A host under one configuration.
pub struct Host {
    process: Arc<Process>,
    /// What it was made of.
    pub config: Config,
    /// Seconds since 1970.
    pub loaded_at: u64,
    /// Who may come in.
    pub door: Door,
    /// What clients can name as `model`.
    pub apps: BTreeMap<String, Arc<App>>,
    /// The knowledge bases.
    pub library: Arc<Library>,
    /// The plugins, by name.
    pub plugins: BTreeMap<String, Arc<Plugin>>,
    models: BTreeMap<String, Arc<Model>>,
    /// What stands before each store, embedder, reranker and model.
    pub servers: Vec<Arc<Breaker>>,
    /// The longest a turn may take.
    pub turn_timeout: Duration,
    /// The `[server]` table, as far as a start has not fixed it.
    pub limits: ServerSettings,
    /// Keys whose values in the file are others than those the process was started with.
    pub needs_restart: Vec<String>,
    /// What works and will surprise, with lines of the file: said in the log at the start, by `check` and over HTTP.
    pub warnings: Vec<Problem>,
}

/// What lives longer is reached through the host that a request has taken.
impl Deref for Host {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

impl Host {
    /// What the next configuration may take over.
    fn parts(&self) -> PartsBefore<'_> {
        PartsBefore { models: &self.models, plugins: &self.plugins }
    }

    /// Reports all that can be said of what a configuration names. It is meant for one that cannot be used
    /// anyway, so it opens nothing in the data folder.
    pub async fn look_at(config: &Config) -> ConfigReport {
        let mut problems = Vec::new();
        let named = NamedParts::load(config, &Machinery::default(), None, &mut problems).await;
        problems.extend(missing_files(config));
        let listens = config.server.listen.parse::<SocketAddr>().ok();
        if let (Some(door), Some(address)) = (&named.door, listens)
            && let Err(message) = door.may_listen(address.ip())
        {
            problems.push(Problem::new("server.listen", message));
        }
        ConfigReport { problems, warnings: named.warnings }
    }

    /// Loads everything a configuration names. Every problem found is in the error.
    pub async fn open(config: &Config, disk: Disk) -> Result<Self, ConfigError> {
        Self::open_with(config, disk, Machinery::default()).await
    }

    /// The same for whoever only looks: a damaged database is a problem, and stays for the start that serves.
    pub async fn open_to_look(config: &Config, disk: Disk) -> Result<Self, ConfigError> {
        Self::open_with(config, disk, Machinery::that_looks()).await
    }

    async fn open_with(config: &Config, disk: Disk, machinery: Machinery) -> Result<Self, ConfigError> {
        let made = HostParts::of(config, &machinery, None).await?;
        let process = Arc::new(Process::begin(config, disk, machinery)?);
        Ok(Self::on(process, config.clone(), made, Vec::new()))
    }

    /// The same on what this host has; what is not changed goes on. Keys that only a start can change stay as they are.
    async fn anew(&self, mut config: Config) -> Result<Self, ConfigError> {
        let needs_restart = self.hold(&mut config);
        let made = HostParts::of(&config, &self.process.machinery, Some(self)).await?;
        Ok(Self::on(Arc::clone(&self.process), config, made, needs_restart))
    }

    /// Puts back what only a start can change, and names it.
    fn hold(&self, config: &mut Config) -> Vec<String> {
        config.engine.compiler.clone_from(&self.config.engine.compiler);
        let mut needs_restart = config.server.stay_as_started(&self.process.server);
        needs_restart.extend(self.process.machinery.others_than(&config.engine_settings()));
        needs_restart
    }

    fn on(process: Arc<Process>, config: Config, made: HostParts, needs_restart: Vec<String>) -> Self {
        let HostParts { door, apps, library, plugins, models, warnings } = made;
        let servers = library.breakers().iter().chain(models.values().map(|model| model.breaker()));
        Self {
            servers: servers.cloned().collect(),
            turn_timeout: config.server.turn_timeout,
            limits: config.server.clone(),
            loaded_at: clock::seconds(),
            process,
            config,
            door,
            apps,
            library,
            plugins,
            models,
            needs_restart,
            warnings,
        }
    }
}

/// What can be said of a configuration.
#[derive(Debug, Default)]
pub struct ConfigReport {
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// What works and will surprise.
    pub warnings: Vec<Problem>,
}

/// What a configuration makes.
struct HostParts {
    door: Door,
    apps: BTreeMap<String, Arc<App>>,
    library: Arc<Library>,
    plugins: BTreeMap<String, Arc<Plugin>>,
    models: BTreeMap<String, Arc<Model>>,
    warnings: Vec<Problem>,
}

impl HostParts {
    async fn of(config: &Config, machinery: &Machinery, before: Option<&Host>) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let named = NamedParts::load(config, machinery, before.map(Host::parts), &mut problems).await;
        if !named.has_folder {
            return Err(config.refusal(problems));
        }
        let NamedParts { door, has_engine, models, plugins: prepared, warnings, .. } = named;
        let library = match library(config, machinery, before).await {
            Ok(library) => Some(library),
            Err(error) => {
                problems.extend(error.problems());
                None
            }
        };
        let state = has_engine.then(|| machinery.state(config)).transpose().unwrap_or_else(|error| {
            problems.extend(error.problems);
            None
        });
        let plugins: BTreeMap<String, Arc<Plugin>> = match (&library, &state) {
            (Some(library), Some(state)) => {
                let services = Services { library: Arc::clone(library) as Arc<_>, state: state.clone() };
                prepared.into_iter().map(|(name, plugin)| (name, plugin.with(&services))).collect()
            }
            _ => BTreeMap::new(),
        };
        let mut apps = BTreeMap::new();
        if let Some(library) = &library {
            let parts =
                AppParts { models: &models, plugins: &plugins, library, state: state.as_ref(), before };
            apps = parts.apps(config, &mut problems).await;
        }
        if machinery.only_looks() && !problems.is_empty() {
            // What would be opened later is looked at all the same.
            let disk = Arc::new(Disk::of(config.data_dir()));
            problems
                .extend(machinery.traces(config, &disk).err().into_iter().flat_map(|error| error.problems));
            if let Some(library) = &library {
                problems.extend(unsearchable(config, library).await.0);
            }
        }
        let (Some(library), Some(door), true) = (library, door, problems.is_empty()) else {
            return Err(config.refusal(problems));
        };
        for warning in &warnings {
            tracing::warn!("{}: {warning}", config.path.display());
        }
        Ok(Self { door, apps, library, plugins, models, warnings })
    }
}

/// What apps are made of.
struct AppParts<'a> {
    models: &'a BTreeMap<String, Arc<Model>>,
    plugins: &'a BTreeMap<String, Arc<Plugin>>,
    library: &'a Library,
    state: Option<&'a StateStore>,
    before: Option<&'a Host>,
}

impl AppParts<'_> {
    async fn apps(&self, config: &Config, problems: &mut Vec<Problem>) -> BTreeMap<String, Arc<App>> {
        let mut apps = BTreeMap::new();
        for (name, settings) in &config.apps {
            // What did not load has been reported; the app would only repeat it.
            let used = settings
                .plugins
                .iter()
                .map(|entry| &entry.plugin)
                .chain(settings.formatters.iter().map(|entry| &entry.plugin));
            if used.into_iter().any(|plugin| !self.plugins.contains_key(plugin)) {
                continue;
            }
            let whole =
                settings.whole_text.iter().filter_map(|base| self.library.base(base).cloned()).collect();
            let app = match App::new(name, settings, self.models, self.plugins, whole, self.state) {
                Ok(app) => {
                    let before = self.before.and_then(|before| before.apps.get(name));
                    let app = before.into_iter().fold(app, |app, before| app.after(before));
                    app.expect_whole_text().await.map(|()| app)
                }
                Err(problem) => Err(problem),
            };
            match app {
                Ok(app) => _ = apps.insert(name.clone(), Arc::new(app)),
                // Where nothing else is wrong with the app: `NamedParts` has looked for all that it can see.
                Err((key, message)) => {
                    let table = format!("apps.{name}.");
                    if !problems.iter().any(|problem| problem.key.starts_with(&table)) {
                        problems.push(Problem::new(format!("{table}{key}"), message));
                    }
                }
            }
        }
        apps
    }
}

async fn library(
    config: &Config,
    machinery: &Machinery,
    before: Option<&Host>,
) -> Result<Arc<Library>, OpenError> {
    let before = before.map(|before| &before.library);
    let opening = Opening { limit: Some(WAIT_FOR_BASES), before: before.map(|before| &**before) };
    let library = open_library(config, machinery.reader(config), opening).await?;
    if let Some(before) = before.filter(|before| library.is_same_as(before)) {
        return Ok(Arc::clone(before));
    }
    library.expect_embedders().await?;
    Ok(Arc::new(library))
}

/// The bases that cannot be searched: those that somebody has to do something about, and those whose store is away,
/// which may be there by the time the host serves. For whoever only looks: files are read through.
pub async fn unsearchable(config: &Config, library: &Library) -> (Vec<Problem>, Vec<Problem>) {
    let (mut broken, mut away) = (Vec::new(), Vec::new());
    for base in library.bases() {
        let key = format!("knowledge.{}", base.name());
        match base.unavailable() {
            Some(StoreError::Broken(reason) | StoreError::Damaged(reason)) => {
                broken.push(Problem::new(key, format!("it cannot be searched: {reason}")));
            }
            Some(error @ (StoreError::Unavailable(_) | StoreError::Full(_))) => {
                away.push(Problem::new(key, format!("it cannot be searched now: {error}")));
            }
            None => {
                if let Err(error) = base.load_embedder().await {
                    broken.push(Problem::new(key, format!("it cannot be searched: {error}")));
                }
            }
        }
    }
    let folder = config.data_dir().join("knowledge");
    for (name, _) in config.knowledge.iter().filter(|(_, base)| !config.stores.contains_key(&base.store)) {
        let pointer = Pointer::of_file(&folder, name).unwrap_or_default();
        let (key, path) = (format!("knowledge.{name}"), folder.join(database_name(name, pointer.generation)));
        let shown = path.display().to_string();
        let is_told = broken.iter().any(|told| told.key == key && told.message.contains(&shown));
        // Opening a base reads little of its file.
        if let Some(damage) = (!is_told).then(|| damaged::damage(&path)).flatten() {
            let mend = "put the file back from a backup, or move it away and import the documents again";
            broken.push(Problem::new(key, format!("it cannot be searched: {shown}: {damage}; {mend}")));
        }
    }
    (broken, away)
}

/// The knowledge bases of a configuration, whatever they were embedded with.
pub async fn open_library(
    config: &Config,
    reader: Arc<dyn ReadDocument>,
    opening: Opening<'_>,
) -> Result<Library, OpenError> {
    let servers = BaseTables { embedders: &config.embedders, stores: &config.stores };
    Library::open_within(opening, config.data_dir(), &config.knowledge, servers, reader)
        .await?
        .reranked(config.rerank.as_ref(), opening.before)
}
