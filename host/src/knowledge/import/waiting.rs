//! A document that was read and cut, and waits to be embedded.

use tokio::sync::OwnedSemaphorePermit;

use super::prepare::PreparedDocument;

/// Windows between being cut and being stored; a document with more goes alone. A window has about
/// 4 KB with its vector and terms, so this is what bounds an import's memory.
pub(super) const WINDOWS_ON_THE_WAY: u32 = 4096;

/// A document with its share of what may be on the way.
pub(super) struct WaitingDocument {
    pub(super) prepared: PreparedDocument,
    pub(super) share: OwnedSemaphorePermit,
}
