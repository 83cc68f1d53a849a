//! Checking a base: whether what is listed can be found, as whole as it was imported.

use serde::Serialize;

use super::base::{Base, BaseError};
use super::import::embed_again;

/// What a check has found and done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Documents looked at.
    pub documents: usize,
    /// Documents that were not found by all of their text, or had vectors of other dimensions than the base's,
    /// and are whole again.
    pub mended: Vec<String>,
    /// Documents whose text was gone in part. They are deleted, and have to be imported again.
    pub lost: Vec<String>,
    /// Half-written documents of imports that were killed, which are removed.
    pub left_over: usize,
}

impl Base {
    /// Looks whether every document is whole, and mends what can be mended. Imports and searches may go
    /// on meanwhile.
    pub async fn check(&self) -> Result<CheckReport, BaseError> {
        let (_, store) = self.store().await?;
        let checked = store.check().await?;
        let mut mended = checked.mended;
        for id in checked.odd {
            let _lock = self.writes.lock(&id).await;
            let now = self.now().await?;
            let Some((info, pieces)) = now.store.pieces(&id).await? else { continue };
            let document = embed_again(info.clone(), pieces, &now.embedder, self.expects(&now)).await?;
            // Whoever has written it meanwhile has made its vectors anew as well.
            if now.store.replace_document(Some(&info), document).await? {
                mended.push(id);
            }
        }
        Ok(CheckReport {
            documents: checked.documents,
            mended,
            lost: checked.lost,
            left_over: checked.left_over,
        })
    }
}
