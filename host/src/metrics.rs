//! Numbers for Prometheus.

mod family;
mod folder;
mod plugins;
mod searches;
mod servers;
mod storage;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Instant;

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::breaker::Breaker;
use crate::disk::Disk;
use crate::job::Jobs;
use crate::knowledge::SearchTally;
use crate::llm::Usage;
use crate::plugin::{Engine, Plugin};
use crate::trace::TraceStore;

use folder::DataFolder;
use plugins::PluginMetrics;
use searches::Searches;
use servers::ServerMetrics;
use storage::Storage;
pub use storage::{BaseFigures, SourceFigures};

const PREFIX: &str = "qianfan_host";

type Labels = Vec<(String, String)>;

/// What is measured at the moment the figures are read: parts of the configuration that serves, and the jobs.
pub struct CurrentParts {
    /// All jobs.
    pub jobs: Jobs,
    /// What the knowledge bases hold.
    pub bases: Vec<BaseFigures>,
    /// How their sources went.
    pub sources: Vec<SourceFigures>,
    /// What stands before the servers the host asks.
    pub servers: Vec<Arc<Breaker>>,
    /// What runs plugins, where there are any.
    pub engine: Option<Arc<Engine>>,
    /// The plugins.
    pub plugins: Vec<Arc<Plugin>>,
    /// The searches in knowledge bases.
    pub searches: Arc<SearchTally>,
}

/// What the host counts.
pub struct Metrics {
    registry: Registry,
    turns: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram>,
    tokens: Family<Labels, Counter>,
    estimated: Family<Labels, Counter>,
    degraded: Family<Labels, Counter>,
    running: Gauge<i64, AtomicI64>,
    refused: Family<Labels, Counter>,
    answered: Family<Labels, Counter>,
}

impl Metrics {
    /// Nothing counted yet. What a configuration makes counts for itself; see [`CurrentParts`].
    #[expect(clippy::new_without_default, reason = "an empty one is no default of anything")]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let metrics = Self {
            turns: Family::default(),
            // 1 ms to about two minutes.
            seconds: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 18))),
            tokens: Family::default(),
            estimated: Family::default(),
            degraded: Family::default(),
            running: Gauge::default(),
            refused: Family::default(),
            answered: Family::default(),
            registry: Registry::default(),
        };
        registry.register("turns", "Turns ended, by app and outcome", metrics.turns.clone());
        registry.register("turn_seconds", "How long turns took", metrics.seconds.clone());
        registry.register(
            "tokens",
            "Tokens the models counted, or the host where they told none, by app and direction",
            metrics.tokens.clone(),
        );
        registry.register(
            "turns_estimated",
            "Turns of whose tokens some are the host's estimate, because a model told none",
            metrics.estimated.clone(),
        );
        registry.register(
            "turns_degraded",
            "Turns for which a knowledge base was not searched, or by its words only",
            metrics.degraded.clone(),
        );
        registry.register("turns_running", "Turns that are running", metrics.running.clone());
        registry.register(
            "refused_requests",
            "Requests the door did not let in, by area and reason",
            metrics.refused.clone(),
        );
        registry.register(
            "requests",
            "Requests answered, by route, status and code: `ok`, or the error's, also of one in the middle of an answer",
            metrics.answered.clone(),
        );
        Self { registry, ..metrics }
    }

    /// Counts what becomes of traces and what room the disk has, as well.
    pub fn watching(mut self, disk: &Arc<Disk>, traces: &Arc<TraceStore>) -> Self {
        self.registry
            .register_collector(Box::new(DataFolder { disk: Arc::clone(disk), traces: Arc::clone(traces) }));
        self
    }

    /// A turn begins; the timer counts it when it ends, also when it is dropped.
    pub fn turn_started(self: &Arc<Self>, app: &str) -> TurnTimer {
        self.running.inc();
        TurnTimer {
            metrics: Arc::clone(self),
            app: app.to_owned(),
            started: Instant::now(),
            outcome: TurnOutcome::Cancelled,
            is_degraded: false,
        }
    }

    /// The door did not let a request in.
    pub fn refused(&self, area: &str, reason: &str) {
        let labels = vec![("area".into(), area.into()), ("reason".into(), reason.into())];
        self.refused.get_or_create(&labels).inc();
    }

    /// A request was answered.
    pub fn answered(&self, route: &str, status: u16, code: &str) {
        let labels = [("route", route), ("status", &status.to_string()), ("code", code)];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        self.answered.get_or_create(&labels).inc();
    }

    /// The OpenMetrics text.
    pub fn render(&self, now: CurrentParts) -> String {
        let CurrentParts { jobs, bases, sources, servers, engine, plugins, searches } = now;
        let mut registry = Registry::with_prefix(PREFIX);
        registry.register_collector(Box::new(ServerMetrics(servers)));
        if let Some(engine) = engine {
            registry.register_collector(Box::new(PluginMetrics { engine, plugins }));
        }
        registry.register_collector(Box::new(Searches(searches)));
        registry.register_collector(Box::new(Storage { jobs, bases, sources }));
        let mut text = String::new();
        // Writing into a String cannot fail.
        _ = encode_registry(&mut text, &self.registry);
        _ = encode_registry(&mut text, &registry);
        _ = encode_eof(&mut text);
        text
    }
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnOutcome {
    /// Answered, with all that should be known.
    Ok,
    /// Answered, and one of its plugins had failed.
    Incomplete,
    /// Answered that what should be known is away.
    Unavailable,
    /// The client left before the end.
    Cancelled,
    /// The turn was ended by an error.
    Error,
}

impl TurnOutcome {
    /// Its name among the figures.
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Incomplete => "incomplete",
            Self::Unavailable => "unavailable",
            Self::Cancelled => "cancelled",
            Self::Error => "error",
        }
    }
}

/// Counts one turn when dropped.
pub struct TurnTimer {
    metrics: Arc<Metrics>,
    app: String,
    started: Instant,
    outcome: TurnOutcome,
    is_degraded: bool,
}

impl TurnTimer {
    /// What the turn knows of its bases was not whole.
    pub fn degraded(&mut self) {
        self.is_degraded = true;
    }

    /// The turn ended by itself; `usage` is there where it was answered.
    pub fn finish(mut self, outcome: TurnOutcome, usage: Option<&Usage>) {
        self.outcome = outcome;
        if usage.is_some_and(|usage| usage.estimated) {
            self.metrics.estimated.get_or_create(&vec![("app".to_owned(), self.app.clone())]).inc();
        }
        if let Some(usage) = usage {
            for (direction, count) in [("in", usage.prompt_tokens), ("out", usage.completion_tokens)] {
                let labels = vec![("app".into(), self.app.clone()), ("direction".into(), direction.into())];
                self.metrics.tokens.get_or_create(&labels).inc_by(count);
            }
        }
    }
}

impl Drop for TurnTimer {
    fn drop(&mut self) {
        self.metrics.running.dec();
        let app = ("app".to_owned(), self.app.clone());
        // The counter is made at 0 by an app's first turn, because a counter that first appears as 1 shows no
        // rise.
        let degraded = self.metrics.degraded.get_or_create(&vec![app.clone()]);
        degraded.inc_by(self.is_degraded.into());
        drop(degraded);
        self.metrics.seconds.get_or_create(&vec![app.clone()]).observe(self.started.elapsed().as_secs_f64());
        self.metrics.turns.get_or_create(&vec![app, ("outcome".into(), self.outcome.name().into())]).inc();
    }
}
