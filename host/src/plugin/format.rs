//! One answer in the hands of a formatter.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::OwnedSemaphorePermit;
use wasmtime::{Store, component::Instance};

use super::{
    call::{CallState, Guest, new_store},
    component::{Loaded, Plugin},
    error::CallError,
    report::CallReport,
    wit::{Formatter, Role},
};
use crate::message::Passage;

/// A live instance with one answer in it. Dropped with everything in it when the answer is over, or
/// has failed.
pub struct FormatSession {
    store: Store<CallState>,
    instance: Instance,
    formatter: Formatter,
    plugin: Arc<Plugin>,
    /// After a trap or a time-out nothing may enter the instance again.
    broken: Option<CallError>,
    report: CallReport,
    _place: OwnedSemaphorePermit,
}

impl Plugin {
    /// Starts an answer. `sources` are the passages the model was given, in the order of citation.
    pub async fn format(self: &Arc<Self>, sources: &[Passage]) -> Result<FormatSession, CallError> {
        if self.role() != Role::Formatter {
            let message = format!("plugin `{}` is a contributor and was called as a formatter", self.name());
            return Err(CallError::Host { message });
        }
        let asked = Instant::now();
        let place = self.engine.answers.enter().await.map_err(|_| CallError::Busy)?;
        let started = Instant::now();
        let limit = self.context.limits.timeout;
        let mut store = new_store(&self.engine.wasm, &self.context, "");
        store.data_mut().arm(limit);
        let mut instantiated = started;
        let Loaded { pre, interface, .. } = &self.loaded;
        let opened = tokio::time::timeout(limit, async {
            let instance = pre.instantiate_async(&mut store).await?;
            instantiated = Instant::now();
            let opened =
                interface.open(&mut Guest { store: &mut store, instance }, &self.config, sources).await?;
            Ok(opened.map(|formatter| (instance, formatter)))
        })
        .await;
        let (instance, formatter) = store.data().settle(opened, limit)?;
        let report = CallReport {
            wait: started - asked,
            instantiate: instantiated - started,
            duration: started.elapsed(),
            ..CallReport::default()
        };
        Ok(FormatSession {
            store,
            instance,
            formatter,
            plugin: self.clone(),
            broken: None,
            report,
            _place: place,
        })
    }
}

impl FormatSession {
    /// Hands the next piece of the answer over and returns what may go to the client now. After an
    /// error every further call gives the same error.
    pub async fn feed(&mut self, chunk: &str) -> Result<String, CallError> {
        self.step(Some(chunk)).await
    }

    /// The answer is over: what was held back, and what the whole session did.
    pub async fn finish(mut self) -> (Result<String, CallError>, CallReport) {
        let rest = self.step(None).await;
        (rest, self.into_report())
    }

    /// What the session did, for an answer that is given up before its end.
    pub fn into_report(mut self) -> CallReport {
        let CallReport { wait, instantiate, duration, .. } = self.report;
        CallReport { wait, instantiate, duration, ..self.store.data_mut().report() }
    }

    /// One call into the instance, under a time of its own.
    async fn step(&mut self, chunk: Option<&str>) -> Result<String, CallError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let started = Instant::now();
        let limit: Duration = self.plugin.context.limits.timeout;
        // Also where this future is dropped half-way: the guest is then in the middle of a call.
        self.broken = Some(CallError::Host {
            message: "the answer was given up within a call of its formatter".to_owned(),
        });
        self.store.data_mut().arm(limit);
        let mut guest = Guest { store: &mut self.store, instance: self.instance };
        let ended = tokio::time::timeout(limit, async {
            match chunk {
                Some(chunk) => self.formatter.feed(&mut guest, chunk).await,
                None => self.formatter.finish(&mut guest).await,
            }
        })
        .await;
        let call = self.store.data();
        let result = match call.settle(ended, limit) {
            Ok(text) if text.len() > self.plugin.context.limits.output.0 => Err(call.too_much()),
            result => result,
        };
        self.report.duration += started.elapsed();
        self.broken = result.as_ref().err().cloned();
        result
    }
}
