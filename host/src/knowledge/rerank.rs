//! Reranking: an endpoint in the shape of Qianfan's `/v2/rerankers` reads the question beside each
//! hit and orders them anew, within a deadline. Whatever goes wrong there, the fused order stands.
//!
//! **Reranking** (`knowledge/rerank.rs`) comes after the thresholds and before `top_k`: bases are asked for
//! as many hits as are sent, so that it may bring to the front what the fused order would have cut off. It is
//! tried once, within its deadline; any doubt about the answer (a document without a score, twice, or
//! unknown) leaves the fused order. A hit that equals a stored question is not reranked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::hit::Hit;
use super::settings::{MAX_RERANKED, RerankSettings};
use crate::breaker::{Breaker, ServerKind};
use crate::endpoint::{Endpoint, EndpointError, Patience, SetupError};
use crate::fee::{Fee, FeePurpose, Reported, Tokens};
use crate::weight::estimate_tokens;

/// Most bytes of an answer that are read: each result repeats its document.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// What became of the reranking of one search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RerankReport {
    /// The model asked.
    pub model: String,
    /// Hits that were sent.
    pub candidates: usize,
    /// Whether the hits stand in the order of the rerank scores.
    pub applied: bool,
    /// Why they stand in the fused order.
    pub reason: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
    /// What it cost; told with the search's other fees.
    #[serde(skip)]
    pub(super) fee: Option<Fee>,
}

/// A client for one endpoint. Lives as long as the library.
#[derive(Debug)]
pub(super) struct Reranker {
    settings: RerankSettings,
    endpoint: Endpoint,
    breaker: Arc<Breaker>,
    model: String,
    timeout: Duration,
    /// Price of 1000 tokens.
    price: Option<f64>,
    /// Hits sent at most.
    pub(super) candidates: usize,
}

#[derive(Serialize)]
struct RerankRequest<'a> {
    model: &'a str,
    query: &'a str,
    documents: &'a [String],
    top_n: usize,
}

#[derive(Deserialize)]
struct RerankResponse {
    results: Vec<RankedItem>,
    #[serde(flatten)]
    reported: Reported,
}

/// The documents' scores, in their order, with the tokens of the request.
type Reranked = (Vec<f64>, Tokens);

#[derive(Deserialize)]
struct RankedItem {
    index: usize,
    relevance_score: f64,
}

impl Reranker {
    /// Whether one that is made of these settings would do the same.
    pub(super) fn is_of(&self, settings: &RerankSettings) -> bool {
        self.settings == *settings
    }

    pub(super) fn new(settings: &RerankSettings) -> Result<Self, SetupError> {
        let patience = Patience { connect: None, whole: Some(settings.timeout) };
        let endpoint = Endpoint::new(&settings.base_url, settings.api_key_env.as_deref(), patience)?;
        Ok(Self {
            settings: settings.clone(),
            endpoint,
            breaker: Breaker::new(ServerKind::Reranker, &settings.model),
            model: settings.model.clone(),
            timeout: settings.timeout,
            price: settings.price_input,
            candidates: settings.candidates.clamp(1, MAX_RERANKED),
        })
    }

    /// Gives each hit its rerank score and its new rank, best first. On failure the hits stay as
    /// they are. The hits come in their fused order; `weight` tells a hit's base's.
    pub(super) async fn rerank(
        &self,
        question: &str,
        hits: &mut [Hit],
        weight: impl Fn(&Hit) -> f64,
    ) -> RerankReport {
        let started = Instant::now();
        let candidates = hits.len().min(self.candidates);
        let mut report = RerankReport {
            model: self.model.clone(),
            candidates,
            applied: false,
            reason: None,
            duration_ms: 0.0,
            fee: None,
        };
        if hits.first().is_some_and(|best| best.exact) {
            // The question itself is stored: nothing can be more relevant.
            report.candidates = 0;
            report.reason = Some("the best hit equals a stored question".to_owned());
            return report;
        }
        if candidates > 1 {
            let documents: Vec<String> = hits.iter().take(candidates).map(read_as).collect();
            match self.asked(question, &documents).await {
                Ok((scores, tokens)) => {
                    report.fee = Some(tokens.at(FeePurpose::Rerank, &self.model, self.price));
                    // What was not sent stays behind, in the fused order.
                    let (sent, _) = hits.split_at_mut(candidates);
                    for (hit, score) in sent.iter_mut().zip(scores) {
                        hit.rerank_score = Some(score);
                        hit.rank = score * weight(hit);
                    }
                    // Stable: what is judged alike stays in the fused order.
                    sent.sort_by(|a, b| b.rank.total_cmp(&a.rank));
                    report.applied = true;
                }
                Err(error) => {
                    tracing::warn!(error = %error, "Hits stay in their fused order");
                    report.reason = Some(error.to_string());
                }
            }
        } else {
            report.candidates = 0;
            report.reason = Some("there are not two hits to order".to_owned());
        }
        report.duration_ms = started.elapsed().as_secs_f64() * 1e3;
        report
    }

    /// What stands before its endpoint.
    pub(super) fn breaker(&self) -> &Arc<Breaker> {
        &self.breaker
    }

    /// Whether it scores a document.
    pub(super) async fn answers(&self) -> Result<(), EndpointError> {
        self.asked("你好", &["你好".to_owned()]).await.map(drop)
    }

    async fn asked(&self, question: &str, documents: &[String]) -> Result<Reranked, EndpointError> {
        let attempt = self.breaker.admit()?;
        // The client's own limit does not cover everything it does, such as reading a name.
        let asked = tokio::time::timeout(self.timeout, self.scores(question, documents)).await;
        let asked = asked.unwrap_or_else(|_| Err(self.endpoint.late(self.timeout)));
        attempt.settle(&asked, EndpointError::is_away);
        asked
    }

    /// One score between 0 and 1 for each document, in their order.
    async fn scores(&self, question: &str, documents: &[String]) -> Result<Reranked, EndpointError> {
        // The endpoint takes 1,600 characters of a question; a search has no more than 1,000.
        let request =
            RerankRequest { model: &self.model, query: question, documents, top_n: documents.len() };
        let response = self.endpoint.send(self.endpoint.post("rerankers").json(&request)).await?;
        let body = self.endpoint.body(response, MAX_ANSWER_BYTES).await?;
        let answer: RerankResponse = serde_json::from_slice(&body)
            .map_err(|error| self.endpoint.misshapen("gave no list of results", &error, &body))?;
        // The reranker reads the question once for each document, so it is counted as often.
        let question = estimate_tokens(question);
        let read = || documents.iter().map(|document| question + estimate_tokens(document)).sum();
        let tokens = Tokens::told(&answer.reported, read);
        Ok((self.in_order(&answer.results, documents.len())?, tokens))
    }

    fn in_order(&self, results: &[RankedItem], wanted: usize) -> Result<Vec<f64>, EndpointError> {
        let wrong = |what: String| self.endpoint.garbage(what);
        let mut scores = vec![None; wanted];
        for result in results {
            let score = scores.get_mut(result.index).ok_or_else(|| {
                wrong(format!("scored document {}, but only {wanted} were sent", result.index))
            })?;
            if score.replace(result.relevance_score).is_some() {
                return Err(wrong(format!("scored document {} twice", result.index)));
            }
        }
        let given = results.len();
        let mut scores: Vec<f64> = scores
            .into_iter()
            .collect::<Option<_>>()
            .ok_or_else(|| wrong(format!("scored {given} of {wanted} documents")))?;
        // Some servers give a model's bare output. Weights need a scale that begins at 0.
        if scores.iter().any(|score| !(0.0..=1.0).contains(score)) {
            scores.iter_mut().for_each(|score| *score = 1.0 / (1.0 + (-*score).exp()));
        }
        Ok(scores)
    }
}

/// A section is read under its headings: they often name what it is about.
fn read_as(hit: &Hit) -> String {
    if hit.section.is_empty() {
        hit.text.clone()
    } else {
        format!("{}\n{}", hit.section.join(" > "), hit.text)
    }
}

#[cfg(test)]
mod tests;
