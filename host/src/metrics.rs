//! Numbers for Prometheus.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Instant;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::breaker::{Breaker, Health};
use crate::turn::{TurnEnd, TurnError};

type Labels = Vec<(String, String)>;

/// What the host counts.
pub struct Metrics {
    registry: Registry,
    turns: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram>,
    tokens: Family<Labels, Counter>,
    degraded: Family<Labels, Counter>,
    running: Gauge<i64, AtomicI64>,
    refused: Family<Labels, Counter>,
}

impl Metrics {
    /// Nothing counted yet; `servers` are what stands before the servers the host asks, which count
    /// for themselves.
    pub fn new(servers: Vec<Arc<Breaker>>) -> Self {
        let mut registry = Registry::with_prefix("qianfan_host");
        let metrics = Self {
            turns: Family::default(),
            // 1 ms to about two minutes.
            seconds: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 18))),
            tokens: Family::default(),
            degraded: Family::default(),
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
        registry.register(
            "turns_degraded",
            "Turns for which a knowledge base was not searched, or by its words only",
            metrics.degraded.clone(),
        );
        registry.register_collector(Box::new(Servers(servers)));
        registry.register("turns_running", "Turns at work", metrics.running.clone());
        registry.register(
            "refused_requests",
            "Requests the door did not let in, by area and reason",
            metrics.refused.clone(),
        );
        Self { registry, ..metrics }
    }

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

/// The servers the host asks, counted by their breakers.
#[derive(Debug)]
struct Servers(Vec<Arc<Breaker>>);

impl Servers {
    /// One metric with a line for each server.
    fn lines<M: EncodeMetric>(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        (name, help): (&str, &str),
        of: impl Fn(&Breaker) -> M,
    ) -> fmt::Result {
        let Some(first) = self.0.first() else { return Ok(()) };
        let kind = of(first).metric_type();
        let mut lines = encoder.encode_descriptor(name, help, None, kind)?;
        for breaker in &self.0 {
            let labels = [("kind", breaker.kind().word()), ("name", breaker.name())];
            of(breaker).encode(lines.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

impl Collector for Servers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let calls = ("server_calls", "Requests to stores, embedders, rerankers and models");
        self.lines(&mut encoder, calls, |breaker| breaker.tally().calls.clone())?;
        let errors = ("server_errors", "Requests to them that gave an error");
        self.lines(&mut encoder, errors, |breaker| breaker.tally().errors.clone())?;
        let refusals = ("server_refusals", "Requests an open breaker let not through");
        self.lines(&mut encoder, refusals, |breaker| breaker.tally().refused.clone())?;
        let seconds = ("server_seconds", "How long requests to them took");
        self.lines(&mut encoder, seconds, |breaker| breaker.tally().seconds.clone())?;
        let open = ("server_breaker", "0 closed, 1 open and the next request tries, 2 open");
        self.lines(&mut encoder, open, |breaker| {
            let state = match breaker.health() {
                Health::Well | Health::Failing(_) => 0,
                Health::Trying(_) => 1,
                Health::Away(_) => 2,
            };
            ConstGauge::<i64>::new(state)
        })
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
    /// What the turn knows of its bases was not whole.
    pub fn degraded(&self) {
        self.metrics.degraded.get_or_create(&vec![("app".to_owned(), self.app.clone())]).inc();
    }

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
