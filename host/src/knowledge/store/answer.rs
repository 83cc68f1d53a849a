//! What a stored question is answered with, by one of the ways to ask it.

/// The answer of one stored question.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::knowledge) struct StoredAnswer {
    /// The key of the wording: [`question_key`](crate::knowledge::terms::question_key).
    pub(in crate::knowledge) key: String,
    /// The id of the document that has the question.
    pub(in crate::knowledge) document: String,
    pub(in crate::knowledge) answer: String,
}
