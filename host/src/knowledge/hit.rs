//! A hit is what a search gives for a question: a section of a document, with its score.

use std::collections::HashMap;

use serde::Serialize;

use super::store::Candidate;
use crate::message::MediaType;

/// The section around the best-matching window of a document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// Stable as long as the document does not change.
    pub id: String,
    /// The base's name.
    pub knowledge_base: String,
    /// The document's id within its base.
    pub document: String,
    /// The document's title.
    pub title: String,
    /// Headings above all of the text, outermost first.
    pub section: Vec<String>,
    /// Where a reader finds the document.
    pub url: Option<String>,
    /// What is shown: the section, or sentences around the window of a long one; of a short one also
    /// sections around it.
    pub text: String,
    /// Ids of other hits of the document, whose text is in this one's.
    pub joined: Vec<String>,
    /// How the text, and the standard answer, are to be read.
    pub media_type: MediaType,
    /// Fused relevance between 0 and 1.
    pub score: f64,
    /// The score's dense part: the cosine, not below 0; 0 where only words were searched.
    pub dense: f64,
    /// How much of the score it is: .7, down to .3 the rarer the question's words are; 0 where only words were searched.
    pub dense_share: f64,
    /// The score's lexical part: BM25 over that of a text with each term once, at most 1; mean of
    /// window and section.
    pub lexical: f64,
    /// The question equals the stored one but for width, case, script, punctuation, spaces and
    /// politeness.
    pub exact: bool,
    /// Where the hit is a stored question: how likely it means the same as the asked one, 0 to 1.
    pub same: Option<f64>,
    /// What the rerank endpoint made of it, between 0 and 1; `None` in the fused order.
    pub rerank_score: Option<f64>,
    /// `rerank_score`, in the fused order `score`, times the base's `weight`: what hits are ordered by. A correction has that
    /// of the question it corrects where it would come behind it.
    pub rank: f64,
    /// The answer byte for byte as it was imported, where the hit is a question whose `same` is
    /// at least the base's `answer_threshold`.
    pub standard_answer: Option<String>,
    /// The answer byte for byte as it was imported, where the hit is a question whose `same` is at
    /// least the base's `offer_threshold` and less than its `answer_threshold`: to be asked about,
    /// not to be given out.
    pub offered_answer: Option<String>,
    /// Where the hit is a question of a Q&A document: that question, also where one of its
    /// variants was matched. Searched for, it is found with its answer.
    pub question: Option<String>,
}

/// The candidates that hits were made of, by their bases' names and the hits' ids.
pub(super) type MadeOf = HashMap<(String, String), Candidate>;
