//! Numbers for Prometheus.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Instant;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::turn::{TurnEnd, TurnError};

type Labels = Vec<(String, String)>;

/// What the host counts.
pub struct Metrics {
    registry: Registry,
    turns: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram>,
    tokens: Family<Labels, Counter>,
    running: Gauge<i64, AtomicI64>,
    refused: Family<Labels, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("qianfan_host");
        let metrics = Self {
            turns: Family::default(),
            // 1 ms to about two minutes.
            seconds: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 18))),
            tokens: Family::default(),
            running: Gauge::default(),
            refused: Family::default(),
            registry: Registry::default(),
        };
        registry.register("turns", "Turns ended, by app and outcome", metrics.turns.clone());
        registry.register("turn_seconds", "How long turns took", metrics.seconds.clone());
        registry.register(
            "tokens",
            "Tokens the models counted, by app and direction",
            metrics.tokens.clone(),
        );
        registry.register("turns_running", "Turns at work", metrics.running.clone());
        registry.register(
            "refused_requests",
            "Requests the door did not let in, by area and reason",
            metrics.refused.clone(),
        );
        Self { registry, ..metrics }
    }
}

impl Metrics {
    /// A turn begins; the timer counts it when it ends, also when it is dropped.
    pub fn turn_started(self: &Arc<Self>, app: &str) -> TurnTimer {
        self.running.inc();
        TurnTimer {
            metrics: Arc::clone(self),
            app: app.to_owned(),
            started: Instant::now(),
            outcome: "cancelled",
        }
    }

    /// The door did not let a request in.
    pub fn refused(&self, area: &str, reason: &str) {
        let labels = vec![("area".into(), area.into()), ("reason".into(), reason.into())];
        self.refused.get_or_create(&labels).inc();
    }

    /// The OpenMetrics text.
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        _ = encode(&mut text, &self.registry);
        text
    }
}

/// Counts one turn when dropped.
pub struct TurnTimer {
    metrics: Arc<Metrics>,
    app: String,
    started: Instant,
    outcome: &'static str,
}

impl TurnTimer {
    /// The turn ended by itself.
    pub fn finish(mut self, result: &Result<TurnEnd, TurnError>) {
        self.outcome = match result {
            Ok(_) => "ok",
            Err(TurnError::ClientLeft) => "cancelled",
            Err(_) => "error",
        };
        if let Ok(end) = result {
            for (direction, count) in [("in", end.usage.prompt_tokens), ("out", end.usage.completion_tokens)]
            {
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
        self.metrics.seconds.get_or_create(&vec![app.clone()]).observe(self.started.elapsed().as_secs_f64());
        self.metrics.turns.get_or_create(&vec![app, ("outcome".into(), self.outcome.into())]).inc();
    }
}
