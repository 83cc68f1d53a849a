//! The host's library of knowledge bases, as the place where guests search.

use std::future::Future;
use std::pin::Pin;

use super::knowledge::{BaseReport, Hit, KnowledgeSearch, Query, Results, SearchError};
use crate::knowledge::{self, Library};

impl KnowledgeSearch for Library {
    fn search<'a>(
        &'a self,
        query: &'a Query,
    ) -> Pin<Box<dyn Future<Output = Result<Results, SearchError>> + Send + 'a>> {
        Box::pin(async move {
            let wanted = knowledge::Query {
                text: query.text.clone(),
                bases: query.knowledge_bases.clone(),
                top_k: query.top_k.map(|top_k| top_k as usize),
                threshold: query.threshold,
            };
            let found = Library::search(self, &wanted)
                .await
                .map_err(|error| SearchError::InvalidQuery(error.to_string()))?;
            if !found.reports.is_empty() && found.reports.iter().all(|report| report.error.is_some()) {
                let causes: Vec<String> =
                    found.reports.into_iter().filter_map(|report| report.error).collect();
                return Err(SearchError::Unavailable(causes.join("; ")));
            }
            Ok(Results {
                hits: found.hits.into_iter().map(hit).collect(),
                reports: found.reports.into_iter().map(report).collect(),
            })
        })
    }
}

fn hit(hit: knowledge::Hit) -> Hit {
    Hit {
        id: hit.id,
        knowledge_base: hit.knowledge_base,
        document: hit.document,
        title: hit.title,
        section: hit.section,
        url: hit.url,
        text: hit.text,
        media_type: hit.media_type,
        score: hit.score,
        rank: hit.rank,
        standard_answer: hit.standard_answer,
    }
}

fn report(report: knowledge::BaseReport) -> BaseReport {
    BaseReport {
        knowledge_base: report.knowledge_base,
        found: u32::try_from(report.found).unwrap_or(u32::MAX),
        best_score: report.best_score,
        threshold: report.threshold,
        error: report.error,
    }
}
