//! The routes of the configuration that serves. A request takes them once and keeps them, and what is behind them, to
//! its end.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;

use super::router;
use crate::host::{Host, Running};

/// The routes of each moment.
pub(super) struct Routes {
    running: Arc<Running>,
    /// The routes that were made last, and the host they were made for.
    made: RwLock<(Arc<Host>, Router)>,
}

impl Routes {
    pub(super) fn of(running: &Arc<Running>) -> Self {
        let host = running.now();
        let router = router(Arc::clone(&host));
        Self { running: Arc::clone(running), made: RwLock::new((host, router)) }
    }

    /// What is asked to load the next configuration.
    pub(super) fn running(&self) -> &Arc<Running> {
        &self.running
    }

    /// The routes for a request that begins now.
    pub(super) fn now(&self) -> Router {
        let host = self.running.now();
        {
            let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
            if Arc::ptr_eq(&made.0, &host) {
                return made.1.clone();
            }
        }
        let router = router(Arc::clone(&host));
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *made, (host, router.clone()));
        drop(made);
        // It may be the last to have a configuration, whose files are closed with it.
        drop(before);
        router
    }
}
