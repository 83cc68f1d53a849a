//! What lives as long as the process, whatever configuration serves.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::clock;
use crate::config::{Config, ConfigError, ServerSettings};
use crate::damaged;
use crate::data_folder;
use crate::disk::Disk;
use crate::evaluate::KeptQuestions;
use crate::job::{JobLimits, JobPatience, Jobs};
use crate::knowledge::ReadDocument;
use crate::metrics::Metrics;
use crate::plugin::{Engine, EngineSettings, LoadError, SandboxedReader, StateStore};
use crate::problem::Problem;
use crate::share::Memory;
use crate::trace::{TraceLimits, TraceStore};
use crate::web::Web;

/// A conversation's state is forgotten when it was not written for so long.
const STATE_TTL: Duration = Duration::from_secs(7 * 24 * 3600);
/// Each holds a whole upload in memory, and one alone keeps the embedder busy.
const MAX_IMPORTS: usize = 4;
/// Hit tests must not keep chat from the embedder.
const MAX_SEARCHES: usize = 32;
/// Test runs of plugins are one person's; their places are the plugins' own.
const MAX_TRIALS: usize = 4;

/// The parts of a host that no configuration replaces.
pub struct Process {
    /// Imports and re-embeddings.
    pub jobs: Jobs,
    /// The newest turns.
    pub traces: Arc<TraceStore>,
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
    /// The evaluation set that grows by judged answers.
    pub kept_questions: KeptQuestions,
    /// A permit for each test run of a plugin.
    pub trials: Semaphore,
    /// The permit for the evaluation that may be at work.
    pub evaluations: Semaphore,
    /// The disk of the data folder.
    pub disk: Arc<Disk>,
    /// Where knowledge, state, traces and jobs are kept.
    pub data_dir: PathBuf,
    /// Seconds since 1970.
    pub started: u64,
    /// The `[server]` table it was started with.
    pub(super) server: ServerSettings,
    /// What fetches documents, by the `[fetch]` table that serves.
    pub(super) web: Arc<Web>,
    pub(super) machinery: Machinery,
}

impl Process {
    /// Opens the traces and the jobs.
    pub(super) fn begin(config: &Config, disk: Disk, machinery: Machinery) -> Result<Self, ConfigError> {
        let one = |message: String| config.refusal(vec![Problem::new("server.data_dir", message)]);
        let (data_dir, server) = (config.data_dir(), &config.server);
        let disk = Arc::new(disk);
        let traces = Arc::new(machinery.traces(config, &disk)?);
        let limits = JobLimits {
            at_work: server.max_jobs,
            queued: server.max_queued_jobs,
            patience: JobPatience { pause: server.job_pause, patience: server.job_patience },
            most_fetched: server.max_upload_bytes.0 as u64,
        };
        let web = Web::new(&config.fetch, data_dir)
            .map_err(|error| config.refusal(vec![Problem::new("fetch", error)]))?;
        let web = Arc::new(web);
        let jobs = Jobs::open(&data_dir.join("jobs"), limits, Arc::clone(&web), &disk)
            .map_err(|error| one(format!("jobs cannot be kept: {error}")))?;
        Ok(Self {
            jobs,
            metrics: Arc::new(Metrics::new().watching(&disk, &traces)),
            traces,
            disk,
            turns: Arc::new(Semaphore::new(server.max_turns)),
            memory: Memory::of(server.max_body_memory.0),
            parsers: Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from))),
            imports: Arc::new(Semaphore::new(MAX_IMPORTS)),
            searches: Arc::new(Semaphore::new(MAX_SEARCHES)),
            kept_questions: KeptQuestions::at(data_dir.join(data_folder::QUESTIONS)),
            trials: Semaphore::new(MAX_TRIALS),
            evaluations: Semaphore::new(1),
            data_dir: data_dir.to_owned(),
            started: clock::seconds(),
            server: server.clone(),
            web,
            machinery,
        })
    }
}

impl Process {
    /// Why plugins can keep nothing between turns, where that is so.
    pub fn trouble_of_state(&self) -> Option<String> {
        self.machinery.trouble_of_state()
    }

    /// What runs plugins, where there was one that needs it.
    pub fn engine(&self) -> Option<&Arc<Engine>> {
        self.machinery.engine.get().map(|(_, engine)| engine)
    }
}

/// What a configuration may be the first to need, and all after it share.
#[derive(Default)]
pub(super) struct Machinery {
    engine: OnceLock<(EngineSettings, Arc<Engine>)>,
    state: OnceLock<StateStore>,
    reader: OnceLock<Arc<SandboxedReader>>,
    /// Whether a database that is damaged stays where it is.
    leaves_damaged: bool,
}

impl Machinery {
    /// For a host that is opened to be looked at and serves nobody.
    pub(super) fn that_looks() -> Self {
        Self { leaves_damaged: true, ..Self::default() }
    }

    /// Whether it is of a host that serves nobody, where all that is wrong is told at once.
    pub(super) fn only_looks(&self) -> bool {
        self.leaves_damaged
    }

    /// Opens a database of the host's own, and begins one anew that is damaged where somebody will be told of it.
    fn database<T, E: Display>(&self, path: &Path, open: impl Fn() -> Result<T, E>) -> Result<T, String> {
        match self.leaves_damaged {
            true => damaged::or_told(path, open),
            false => damaged::or_anew(path, open).map_err(|error| error.to_string()),
        }
    }

    /// What runs plugins; made of these settings where nothing ran one before.
    pub(super) fn engine(&self, settings: &EngineSettings) -> Result<Arc<Engine>, LoadError> {
        let problems = settings.problems();
        if !problems.is_empty() {
            return Err(LoadError(problems));
        }
        if let Some((_, engine)) = self.engine.get() {
            return Ok(Arc::clone(engine));
        }
        let engine = Engine::new(settings)?;
        Ok(Arc::clone(&self.engine.get_or_init(|| (settings.clone(), engine)).1))
    }

    /// What plugins are checked with where `[engine]` is refused: the one that runs, or one of this moment that
    /// nothing else will use, with the default settings and no more time to compile than was meant.
    pub(super) fn engine_to_check_with(&self, settings: &EngineSettings) -> Option<Arc<Engine>> {
        if let Some((_, engine)) = self.engine.get() {
            return Some(Arc::clone(engine));
        }
        let others = EngineSettings::default();
        let max_compile_time =
            settings.max_compile_time.clamp(Duration::from_secs(1), others.max_compile_time);
        let cache_dir = settings.cache_dir.clone();
        Engine::new(&EngineSettings { cache_dir, max_compile_time, ..others }).ok()
    }

    /// Keys of `[engine]` whose values are others than those the engine runs with.
    pub(super) fn others_than(&self, settings: &EngineSettings) -> Vec<String> {
        self.engine.get().map(|(started, _)| settings.others_than(started)).unwrap_or_default()
    }

    /// What plugins keep between turns.
    pub(super) fn state(&self, config: &Config) -> Result<StateStore, ConfigError> {
        if let Some(state) = self.state.get() {
            return Ok(state.clone());
        }
        let path = config.data_dir().join("state.db");
        let open = || StateStore::open(&path, STATE_TTL);
        let opened = match self.leaves_damaged {
            true => damaged::or_told(&path, open),
            // It costs some turns what was kept for them, which is no reason to serve none.
            false => damaged::or_anew(&path, open)
                .or_else(|error| StateStore::to_be_opened(&path, STATE_TTL, error))
                .map_err(|error| error.to_string()),
        };
        let state = opened.map_err(|error| {
            let message = format!("the plugins' state cannot be opened: {error}");
            config.refusal(vec![Problem::new("server.data_dir", message)])
        })?;
        Ok(self.state.get_or_init(|| state).clone())
    }

    /// Why plugins can keep nothing, where that is so.
    pub(super) fn trouble_of_state(&self) -> Option<String> {
        self.state.get().and_then(StateStore::trouble)
    }

    /// What is kept of turns.
    pub(super) fn traces(&self, config: &Config, disk: &Arc<Disk>) -> Result<TraceStore, ConfigError> {
        let (path, server) = (config.data_dir().join("traces.db"), &config.server);
        let limits = TraceLimits { traces: server.max_traces, bytes: server.max_trace_bytes.0 };
        self.database(&path, || TraceStore::open(&path, limits, disk)).map_err(|error| {
            let message = format!("traces cannot be kept: {error}");
            config.refusal(vec![Problem::new("server.data_dir", message)])
        })
    }

    /// What reads documents in the sandbox.
    pub(super) fn reader(&self, config: &Config) -> Arc<dyn ReadDocument> {
        let reader = self.reader.get_or_init(|| {
            Arc::new(match self.engine.get() {
                Some((_, engine)) => SandboxedReader::on(Arc::clone(engine)),
                None => SandboxedReader::new(config.engine_settings()),
            })
        });
        Arc::clone(reader) as Arc<_>
    }
}
