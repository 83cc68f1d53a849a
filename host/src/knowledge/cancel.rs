//! A wish to end a long piece of work early.

use std::sync::Arc;

use tokio::sync::watch;

/// Clones share the wish. What is at work looks at it between two steps, and leaves whole things
/// behind.
#[derive(Debug, Clone)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Cancel {
    /// Asks for the end.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether the end was asked for.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Resolves when the end is asked for.
    pub async fn cancelled(&self) {
        // The sender is held by `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|&cancelled| cancelled).await;
    }
}
