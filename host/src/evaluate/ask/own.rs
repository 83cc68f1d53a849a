//! The questions of a file that are one base's own.

use super::Retrieval;
use crate::evaluate::EvaluateError;
use crate::evaluate::question::Question;

impl Retrieval<'_> {
    /// The questions that the base should know, and those that nothing answers.
    pub async fn own_of(
        &self,
        base: &str,
        mut questions: Vec<Question>,
    ) -> Result<Vec<Question>, EvaluateError> {
        let (_, documents) = self.bases().await?;
        let owners = self.find_owners(&mut questions, &documents, &mut Vec::new());
        let number = self.bases.iter().position(|name| name == base);
        let is_own = |(question, owners): &(Question, Vec<usize>)| {
            question.right.is_empty() || number.is_some_and(|number| owners.contains(&number))
        };
        Ok(questions.into_iter().zip(owners).filter(is_own).map(|(question, _)| question).collect())
    }
}
