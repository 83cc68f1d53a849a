//! Search in the knowledge bases the operator granted.

pub use crate::bindings::knowledge::{
    BaseReport, Condition, Error, Filter, Filters, Hit, Operator, Query, Results,
};
use crate::{Failure, Passage};

/// Searches several knowledge bases in one call; the host searches them side by side.
///
/// # Errors
///
/// When the search was refused altogether. One base failing is told in [`BaseReport::error`].
pub fn search(query: &Query) -> Result<Results, Error> {
    crate::bindings::knowledge::search(query)
}

impl From<Hit> for Passage {
    fn from(hit: Hit) -> Self {
        Self {
            text: hit.text,
            media_type: hit.media_type,
            title: hit.title,
            section: hit.section,
            url: hit.url,
            knowledge_base: Some(hit.knowledge_base),
            score: Some(hit.score),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(text) => Self::Denied(text),
            Error::Unavailable(text) => Self::Unavailable(text),
            Error::InvalidQuery(text) => Self::InvalidArguments(text),
        }
    }
}
