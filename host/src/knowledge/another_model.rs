//! Whether another model answers under the name of a base's embedder, which a base's probe tells.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::base::{Base, BaseError};
use super::probe::Probe;
use super::store::StoreVisit;

/// How long the end of an import waits for the probe's vector: it can be kept at the next start as well.
const PATIENCE: Duration = Duration::from_secs(10);

impl Base {
    /// What is wrong with the base though it can be searched, and what to do; see
    /// [`Base::look_for_another_model`].
    pub fn warning(&self) -> Option<String> {
        self.model.warning.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether that look has been.
    pub(super) fn is_model_seen(&self) -> bool {
        self.model.is_seen.load(Ordering::Relaxed)
    }

    /// Compares what the embedder makes of the probe with what is kept, and keeps it where nothing is. Says
    /// so in the log, and from then on in [`Base::warning`], where another model has made the base's vectors.
    pub async fn look_for_another_model(&self) -> Result<(), BaseError> {
        let now = self.now().await?;
        if !now.embedder.may_change() || now.store.embedder(&StoreVisit::default()).await?.is_none() {
            self.model.is_seen.store(true, Ordering::Relaxed);
            return Ok(());
        }
        let probe = Probe::of(&now.embedder).await?;
        let kept = now.store.probe().await?.filter(|kept| kept.embedder == probe.embedder);
        let is_same = match &kept {
            Some(kept) => kept.is_of_the_model_of(&probe),
            // An older base has kept no probe; only the number of dimensions can be compared.
            None => now.dimensions.is_none_or(|dimensions| dimensions == probe.vector.len()),
        };
        let warning = (!is_same).then(|| {
            format!(
                "the model behind embedder `{}` is not the one that made the base's vectors, so searches find the wrong \
                 text; run `qianfan-host kb reembed {} --force`, or bring the older model back",
                now.embedder.name(),
                self.name
            )
        });
        if let Some(warning) = &warning {
            tracing::warn!(knowledge_base = %self.name, "Knowledge base `{}`: {warning}", self.name);
        } else if kept.is_none() {
            now.store.keep_probe(probe).await?;
        }
        self.model.set(warning);
        self.model.is_seen.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Keeps the probe's vector with the first documents. What fails is made up for at the next start.
    pub(super) async fn keep_probe(&self) {
        if self.model.is_kept.load(Ordering::Relaxed) || !self.embedder.may_change() {
            return;
        }
        match tokio::time::timeout(PATIENCE, self.look_for_another_model()).await {
            Ok(Ok(())) => self.model.is_kept.store(true, Ordering::Relaxed),
            Ok(Err(error)) => tracing::debug!("The probe of `{}` is not kept yet: {error}", self.name),
            Err(_) => tracing::debug!("The probe of `{}` is not kept yet: the embedder is slow", self.name),
        }
    }
}
