//! The host: everything that lives as long as the process.

mod named;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Semaphore;

use crate::breaker::Breaker;
use crate::config::{Config, ConfigError, ServerSettings};
use crate::damaged;
use crate::disk::Disk;
use crate::door::Door;
use crate::job::{JobLimits, JobPatience, Jobs};
use crate::knowledge::{Library, OpenError, Servers};
use crate::metrics::Metrics;
use crate::plugin::{Plugin, SandboxedReader, Services, StateStore};
use crate::problem::Problem;
use crate::share::Memory;
use crate::trace::{TraceLimits, TraceStore};
use crate::turn::App;
use named::Named;

/// A conversation's state is forgotten when it was not written for so long.
const STATE_TTL: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long the start waits for knowledge bases. What is not open by then goes on in the background.
const WAIT_FOR_BASES: Duration = Duration::from_secs(5);
/// Each holds a whole upload in memory, and one alone keeps the embedder busy.
const MAX_IMPORTS: usize = 4;
/// Hit tests must not keep chat from the embedder.
const MAX_SEARCHES: usize = 32;
/// Test runs of plugins are one person's; their places are the plugins' own.
const MAX_TRIALS: usize = 4;

/// A running host.
pub struct Host {
    /// Who may come in.
    pub door: Door,
    /// What clients can name as `model`.
    pub apps: BTreeMap<String, Arc<App>>,
    /// The plugins of the configuration, by name.
    pub plugins: BTreeMap<String, Arc<Plugin>>,
    /// The knowledge bases.
    pub library: Arc<Library>,
    /// Imports and re-embeddings.
    pub jobs: Jobs,
    /// The newest turns.
    pub traces: Arc<TraceStore>,
    /// What stands before each store, embedder, reranker and model.
    pub servers: Vec<Arc<Breaker>>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// A permit for each turn that may be at work.
    pub turns: Arc<Semaphore>,
    /// What bodies and answers may hold together.
    pub memory: Memory,
    /// A permit for each large body that may be parsed at once.
    pub parsers: Arc<Semaphore>,
    /// A permit for each import whose client waits for its end; jobs have places of their own.
    pub imports: Arc<Semaphore>,
    /// A permit for each hit test.
    pub searches: Arc<Semaphore>,
    /// A permit for each test run of a plugin.
    pub trials: Semaphore,
    /// The permit for the evaluation that may be at work.
    pub evaluations: Semaphore,
    /// The longest a turn may take.
    pub turn_timeout: Duration,
    /// The `[server]` table.
    pub limits: ServerSettings,
    /// What works and will surprise: said in the log at the start, and by `check`.
    pub warnings: Vec<Problem>,
    /// The disk of the data folder.
    pub disk: Arc<Disk>,
    /// Where knowledge, state, traces and jobs are kept.
    pub data_dir: PathBuf,
    /// Seconds since 1970.
    pub started: u64,
}

impl Host {
    /// Everything that is wrong with what a configuration names. For one that cannot be used anyway: nothing in the
    /// data folder is opened.
    pub async fn mistakes(config: &Config) -> Vec<Problem> {
        let mut problems = Vec::new();
        Named::load(config, &mut problems).await;
        problems
    }

    /// Loads everything a configuration names. Every problem found is in the error.
    pub async fn open(config: &Config, disk: Disk) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let one = |key: &str, message: String| config.refusal(vec![Problem::new(key, message)]);
        let named = Named::load(config, &mut problems).await;
        if !named.has_folder {
            return Err(config.refusal(problems));
        }
        let Named { door, engine, models, plugins: prepared, .. } = named;
        let data_dir = config.data_dir();
        let disk = Arc::new(disk);
        let reader = match &engine {
            Some(engine) => SandboxedReader::on(Arc::clone(engine)),
            None => SandboxedReader::new(config.engine_settings()),
        };
        let opened = match open_library(config, reader, Some(WAIT_FOR_BASES)).await {
            Ok(library) => library.expect_embedders().await.map(|()| library),
            Err(error) => Err(error),
        };
        let library = match opened {
            Ok(library) => Some(Arc::new(library)),
            Err(error) => {
                problems.extend(error.problems());
                None
            }
        };
        let state = match &engine {
            None => None,
            Some(_) => {
                let path = data_dir.join("state.db");
                let state = damaged::or_anew(&path, || StateStore::open(&path, STATE_TTL));
                Some(state.map_err(|error| {
                    one("server.data_dir", format!("the plugins' state cannot be opened: {error}"))
                })?)
            }
        };
        let plugins: BTreeMap<String, Arc<Plugin>> = match (&library, &state) {
            (Some(library), Some(state)) => {
                let services = Services { library: Arc::clone(library) as Arc<_>, state: state.clone() };
                prepared.into_iter().map(|(name, plugin)| (name, plugin.with(&services))).collect()
            }
            _ => BTreeMap::new(),
        };
        let (mut apps, mut warnings) = (BTreeMap::new(), Vec::new());
        for (name, settings) in &config.apps {
            // What did not load has been reported; the app would only repeat it.
            let used = settings
                .plugins
                .iter()
                .map(|entry| &entry.plugin)
                .chain(settings.formatters.iter().map(|entry| &entry.plugin));
            if used.into_iter().any(|plugin| !plugins.contains_key(plugin)) {
                continue;
            }
            let Some(library) = &library else { continue };
            let whole = settings.whole_text.iter().filter_map(|base| library.base(base).cloned()).collect();
            let app = match App::new(name, settings, &models, &plugins, whole, state.as_ref()) {
                Ok(app) => app.expect_whole_text().await.map(|()| app),
                Err(problem) => Err(problem),
            };
            match app {
                Ok(app) => {
                    let warned = app.warnings(settings).into_iter();
                    warnings
                        .extend(warned.map(|(key, text)| Problem::new(format!("apps.{name}.{key}"), text)));
                    _ = apps.insert(name.clone(), Arc::new(app));
                }
                // Where nothing else is wrong with the app: `Named` has looked for all that it can see.
                Err((key, message)) => {
                    let table = format!("apps.{name}.");
                    if !problems.iter().any(|problem| problem.key.starts_with(&table)) {
                        problems.push(Problem::new(format!("{table}{key}"), message));
                    }
                }
            }
        }
        let (Some(library), Some(door), true) = (library, door, problems.is_empty()) else {
            return Err(config.refusal(problems));
        };
        let servers: Vec<_> =
            library.breakers().iter().chain(models.values().map(|model| model.breaker())).cloned().collect();
        for warning in &warnings {
            tracing::warn!("{}: {warning}", config.path.display());
        }
        let limits = TraceLimits { traces: config.server.max_traces, bytes: config.server.max_trace_bytes.0 };
        let traces = data_dir.join("traces.db");
        let traces = damaged::or_anew(&traces, || TraceStore::open(&traces, limits, &disk))
            .map_err(|error| one("server.data_dir", format!("traces cannot be kept: {error}")))?;
        let traces = Arc::new(traces);
        let limits = JobLimits {
            at_work: config.server.max_jobs,
            queued: config.server.max_queued_jobs,
            patience: JobPatience { pause: config.server.job_pause, patience: config.server.job_patience },
        };
        let jobs = Jobs::open(&data_dir.join("jobs"), limits)
            .map_err(|error| one("server.data_dir", format!("jobs cannot be kept: {error}")))?;
        Ok(Self {
            door,
            apps,
            jobs,
            metrics: Arc::new(
                Metrics::new(servers.clone(), engine, plugins.values().cloned().collect())
                    .watching(&disk, &traces)
                    .searching(&library),
            ),
            plugins,
            library,
            traces,
            warnings,
            disk,
            servers,
            turns: Arc::new(Semaphore::new(config.server.max_turns)),
            memory: Memory::of(config.server.max_body_memory.0),
            parsers: Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from))),
            imports: Arc::new(Semaphore::new(MAX_IMPORTS)),
            searches: Arc::new(Semaphore::new(MAX_SEARCHES)),
            trials: Semaphore::new(MAX_TRIALS),
            evaluations: Semaphore::new(1),
            turn_timeout: config.server.turn_timeout,
            limits: config.server.clone(),
            data_dir: data_dir.to_owned(),
            started: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
        })
    }
}

/// The knowledge bases of a configuration, whatever they were embedded with, waited for no longer than
/// `limit`.
pub async fn open_library(
    config: &Config,
    reader: SandboxedReader,
    limit: Option<Duration>,
) -> Result<Library, OpenError> {
    let servers = Servers { embedders: &config.embedders, stores: &config.stores };
    Library::open_within(limit, config.data_dir(), &config.knowledge, servers, Arc::new(reader))
        .await?
        .reranked(config.rerank.as_ref())
}
