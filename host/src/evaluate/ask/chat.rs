//! What chat gets of a question: of each base the first few that reach its threshold, the best first.

use super::Retrieval;
use crate::evaluate::EvaluateError;
use crate::evaluate::question::Question;
use crate::knowledge::{Hit, Query};

impl Retrieval<'_> {
    /// The hits that chat goes on with.
    pub(super) async fn in_chat(&self, question: &Question) -> Result<Vec<Hit>, EvaluateError> {
        if self.answer_thresholds.is_none() {
            return self.first_of_each(question, self.adjusted.threshold).await;
        }
        // A library that shows every answer would let every stored question pass.
        let mut hits = self.first_of_each(question, Some(0.0)).await?;
        hits.retain(|hit| {
            let threshold = self.thresholds(&hit.knowledge_base).of(hit.question.is_some());
            hit.score >= threshold || self.is_certain(hit)
        });
        Ok(hits)
    }

    /// As many hits of each base as its `top_k`, the best first, from this score on or from the base's own.
    pub(in crate::evaluate) async fn first_of_each(
        &self,
        question: &Question,
        threshold: Option<f64>,
    ) -> Result<Vec<Hit>, EvaluateError> {
        let query = Query {
            text: question.text.clone(),
            wordings: None,
            bases: self.bases.clone(),
            top_k: None,
            threshold,
            filter: self.adjusted.filter.clone(),
            context: false,
        };
        let refuse = |cause| EvaluateError::Search { place: question.place.clone(), cause };
        let results = self.library.search(&query).await.map_err(|error| refuse(error.to_string()))?;
        match results.reports.iter().find_map(|report| report.lack()) {
            Some(lack) => Err(refuse(lack.to_owned())),
            None => Ok(results.hits),
        }
    }

    /// Whether a hit is a stored question that surely is the asked one. Chat takes it whatever its score.
    pub(in crate::evaluate) fn is_certain(&self, hit: &Hit) -> bool {
        let wanted = self.answer_thresholds.as_ref().and_then(|all| all.get(&hit.knowledge_base));
        let is_same = |(same, wanted): (f64, &f64)| same >= *wanted;
        hit.question.is_some() && hit.same.zip(wanted).is_some_and(is_same)
    }
}
