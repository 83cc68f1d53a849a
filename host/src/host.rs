//! The host: everything that lives as long as the process.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Semaphore;

use crate::config::{Config, ConfigError, Problem, ServerSettings};
use crate::knowledge::Library;
use crate::llm::Model;
use crate::metrics::Metrics;
use crate::plugin::{Engine, Plugin, Secrets, Services, StateStore};
use crate::trace::TraceStore;
use crate::turn::App;

/// A conversation's state is forgotten when it was not written for so long.
const STATE_TTL: Duration = Duration::from_secs(7 * 24 * 3600);

/// A running host.
pub struct Host {
    /// What clients can name as `model`.
    pub apps: BTreeMap<String, Arc<App>>,
    /// The knowledge bases.
    pub library: Arc<Library>,
    /// The newest turns.
    pub traces: TraceStore,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// A permit for each turn that may be at work.
    pub turns: Arc<Semaphore>,
    /// The longest a turn may take.
    pub turn_timeout: Duration,
    /// The `[server]` table.
    pub limits: ServerSettings,
    /// Seconds since 1970.
    pub started: u64,
}

impl Host {
    /// Loads everything a configuration names. Every problem found is in the error.
    pub async fn open(config: &Config) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let refuse = |problems| ConfigError { path: config.path.clone(), problems };
        let one = |key: &str, message: String| refuse(vec![Problem::new(key, message)]);
        let data_dir = config.data_dir();
        std::fs::create_dir_all(data_dir).map_err(|error| {
            one("server.data_dir", format!("{} cannot be created: {error}", data_dir.display()))
        })?;
        let library = Library::open(data_dir, &config.knowledge, &config.embedders, &config.stores)
            .await
            .and_then(|library| library.reranked(config.rerank.as_ref()))
            .map_err(|error| one("knowledge", error.to_string()))?;
        let library = Arc::new(library);
        let mut models = BTreeMap::new();
        for (name, settings) in &config.models {
            match Model::new(name, settings) {
                Ok(model) => _ = models.insert(name.clone(), Arc::new(model)),
                Err(message) => problems.push(Problem::new(format!("models.{name}"), message)),
            }
        }
        let state = match config.plugins.is_empty() {
            true => None,
            false => Some(StateStore::open(&data_dir.join("state.db"), STATE_TTL).map_err(|error| {
                one("server.data_dir", format!("the plugins' state cannot be opened: {error}"))
            })?),
        };
        let plugins = load_plugins(config, &library, state.as_ref(), &mut problems).await?;
        let mut apps = BTreeMap::new();
        if problems.is_empty() {
            for (name, settings) in &config.apps {
                match App::new(name, settings, &models, &plugins, state.as_ref()) {
                    Ok(app) => _ = apps.insert(name.clone(), Arc::new(app)),
                    Err((key, message)) => problems.push(Problem::new(format!("apps.{name}.{key}"), message)),
                }
            }
        }
        if !problems.is_empty() {
            return Err(refuse(problems));
        }
        let traces = TraceStore::open(&data_dir.join("traces.db"), config.server.max_traces)
            .map_err(|error| one("server.data_dir", format!("traces cannot be kept: {error}")))?;
        Ok(Self {
            apps,
            library,
            traces,
            metrics: Arc::default(),
            turns: Arc::new(Semaphore::new(config.server.max_turns)),
            turn_timeout: config.server.turn_timeout,
            limits: config.server.clone(),
            started: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
        })
    }
}

async fn load_plugins(
    config: &Config,
    library: &Arc<Library>,
    state: Option<&StateStore>,
    problems: &mut Vec<Problem>,
) -> Result<BTreeMap<String, Arc<Plugin>>, ConfigError> {
    let one = |key: &str, message: String| ConfigError {
        path: config.path.clone(),
        problems: vec![Problem::new(key, message)],
    };
    let mut plugins = BTreeMap::new();
    let Some(state) = state else { return Ok(plugins) };
    let mut settings = config.engine.clone();
    settings.cache_dir.get_or_insert_with(|| config.data_dir().join("components"));
    let engine = Engine::new(&settings).map_err(|error| one("engine", error.to_string()))?;
    let secrets = Secrets::new(config.secrets.clone());
    let services = Services { library: Arc::clone(library) as Arc<_>, state: state.clone() };
    for (name, settings) in &config.plugins {
        match Plugin::load(&engine, name, settings, &secrets, &services).await {
            Ok(plugin) => _ = plugins.insert(name.clone(), plugin),
            Err(error) => problems.push(Problem::new(format!("plugins.{name}"), error.to_string())),
        }
    }
    Ok(plugins)
}
