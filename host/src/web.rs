//! The web as a place that documents come from: pages, files, and whole sites by their sitemap.
//!
//! [`Web`] lives as long as the process. A [`FetchOrder`] says what to fetch; [`Web::fetch`] asks for it by the rules of the
//! way out ([`crate::reach`]) and of each site (`robots`), and puts what came into files as the sources of an import.
//! What a run needs to know of the one before stands in the data folder ([`kept`]).
//!
//! A run (`web/run.rs`) first puts what it fetches into files, as an upload would be, and then has it
//! imported: what could not be fetched goes along as a source that is refused, so that it counts as there;
//! what is unchanged goes along as dealt with; what has gone is left out, and the import prunes. So there is
//! one path for what becomes of a document. Fetching takes long and costs little, so it has places of its own
//! beside `max_jobs`; where the embedder is away by the end, the files stay for the next try, and where the host
//! ends in between, the next start goes on with them ([`ledger`]). A validator
//! (`ETag`) is used only where the base holds what came with it, cut as documents are cut now. When a source
//! is due follows from its last run's start in the data folder, and one that has a job that has not ended is
//! not due: nothing piles up.

mod changed;
mod client;
mod error;
mod fetched;
mod halted;
mod kept;
mod ledger;
mod listing;
mod merged;
mod order;
mod pattern;
mod plan;
mod removal;
mod robots;
mod run;
mod settings;
mod sitemap;
mod still;
mod told;

pub use error::FetchError;
pub use fetched::Fetched;
pub use halted::Halted;
pub use kept::{LastRun, RunEnd};
pub use ledger::pages_fetched;
pub use order::{FetchOrder, OrderError, Page};
pub use run::Goal;
pub use settings::FetchSettings;

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use client::Client;

/// What fetches documents. Lives as long as the process.
#[derive(Debug)]
pub struct Web {
    /// A run keeps the one it began with.
    client: RwLock<Client>,
    /// What is known of earlier runs: a folder for each base, two files for each source.
    folder: PathBuf,
}

impl Web {
    /// Where a data folder has what is known of earlier runs.
    pub const FOLDER: &str = "sources";

    /// The fetching by the rules of a `[fetch]` table that was checked. The error is for people.
    pub fn new(settings: &FetchSettings, data_dir: &Path) -> Result<Self, String> {
        Ok(Self { client: RwLock::new(Client::new(settings)?), folder: data_dir.join(Self::FOLDER) })
    }

    /// Fetches by these rules from the next run on.
    pub fn apply(&self, settings: &FetchSettings) {
        self.client.write().unwrap_or_else(PoisonError::into_inner).apply(settings);
    }

    fn client(&self) -> Client {
        self.client.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
