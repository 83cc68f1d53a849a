//! What is told of a base without a write.

use std::sync::Arc;

use super::Base;
use crate::knowledge::store::{Store, StoreError};

impl Base {
    /// What a look at the generation that serves tells, also where another process has just switched: nobody asks again.
    pub(in crate::knowledge) async fn told_by_serving<T, F>(
        &self,
        look: impl Fn(Arc<dyn Store>) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        loop {
            let (generation, store) = self.store().await?;
            let told = look(store).await?;
            if !self.has_moved(generation).await? {
                return Ok(told);
            }
        }
    }
}
