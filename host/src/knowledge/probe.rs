//! A probe is a text whose vector is kept with a base: when its embedder gives another vector for it, another
//! model answers under the same name, and its vectors say nothing beside those stored.
//!
//! What makes a vector comparable is looked at twice: `LazyEmbedder` refuses vectors of other dimensions than
//! the base's (`Now::dimensions`) before they are cached or used, and the store refuses them before they are
//! stored. Of a fingerprint that is only a name (an endpoint's model) the probe
//! (`knowledge/another_model.rs`) tells whether the same model still answers; a re-embedding that broke off
//! is gone on with only where it does.

use serde::{Deserialize, Serialize};

use super::embed::{EmbedError, LazyEmbedder};
use super::score::dot;

/// What is embedded. It never changes: vectors of it are kept.
const TEXT: &str = "平行志愿按照分数优先、遵循志愿的原则投档，录取通知书由院校寄出。";
/// Two vectors of one model for one text have a cosine above this, also where another machine or another
/// batch rounds otherwise; those of two models are far below.
const SAME: f32 = 0.98;

/// The probe's vector as a base keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Probe {
    /// The fingerprint of what made it.
    pub(super) embedder: String,
    /// The vector, which has the length 1.
    pub(super) vector: Vec<f32>,
}

impl Probe {
    /// The vector that an embedder gives now.
    pub(super) async fn of(embedder: &LazyEmbedder) -> Result<Self, EmbedError> {
        let mut vectors = embedder.documents(vec![TEXT.to_owned()], None).await?;
        let vector = vectors.pop().unwrap_or_default();
        Ok(Self { embedder: embedder.fingerprint().await?.to_owned(), vector })
    }

    /// Whether one model made both.
    pub(super) fn is_of_the_model_of(&self, other: &Self) -> bool {
        self.embedder == other.embedder
            && self.vector.len() == other.vector.len()
            && dot(&self.vector, &other.vector) >= SAME
    }
}
