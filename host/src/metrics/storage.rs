//! Figures of what the host keeps: jobs and knowledge bases.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

use super::{family, gauge};
use crate::job::{JobState, Jobs};
use crate::web::LastRun;

/// What a knowledge base holds, as far as it can be asked.
#[derive(Debug, Clone)]
pub struct BaseFigures {
    /// The base's name.
    pub name: String,
    /// Documents and windows; `None` where it could not be asked.
    pub size: Option<(u64, u64)>,
    /// Whether searches find anything in it.
    pub searchable: bool,
}

/// How a source of a knowledge base went last.
#[derive(Debug, Clone)]
pub struct SourceFigures {
    /// The base's name.
    pub base: String,
    /// The source's name.
    pub name: String,
    /// Its last run.
    pub last_run: LastRun,
}

/// Figures that were taken just before they are written.
#[derive(Debug)]
pub(super) struct Storage {
    pub(super) jobs: Jobs,
    pub(super) bases: Vec<BaseFigures>,
    pub(super) sources: Vec<SourceFigures>,
}

impl Collector for Storage {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let known = self.jobs.list();
        let jobs = JobState::ALL.map(|state| {
            let count = known.iter().filter(|job| job.state == state).count();
            ([("state", state.word())], gauge(count as u64))
        });
        family(&mut encoder, ("jobs", "Imports, fetches and re-embeddings that are known, by state"), jobs)?;
        let sized =
            || self.bases.iter().filter_map(|base| Some(([("knowledge_base", &*base.name)], base.size?)));
        let documents = sized().map(|(labels, (documents, _))| (labels, gauge(documents)));
        family(&mut encoder, ("knowledge_documents", "Documents in a knowledge base"), documents)?;
        let windows = sized().map(|(labels, (_, windows))| (labels, gauge(windows)));
        family(&mut encoder, ("knowledge_windows", "Windows in a knowledge base"), windows)?;
        let searchable =
            self.bases.iter().map(|base| ([("knowledge_base", &*base.name)], gauge(base.searchable.into())));
        family(
            &mut encoder,
            ("knowledge_searchable", "1 where a knowledge base can be searched"),
            searchable,
        )?;
        let of = |source: &SourceFigures| {
            [("knowledge_base", source.base.clone()), ("source", source.name.clone())]
        };
        let well =
            self.sources.iter().filter_map(|source| Some((of(source), gauge(source.last_run.succeeded_at?))));
        let help =
            "When a source of a knowledge base was last fetched without failing, in seconds since 1970";
        family(&mut encoder, ("source_fetched_seconds", help), well)?;
        let failed = self.sources.iter().map(|source| {
            let failed = source.last_run.trouble().is_some();
            (of(source), gauge(failed.into()))
        });
        family(
            &mut encoder,
            ("source_failing", "1 where the last run of a source failed, or a page of it"),
            failed,
        )
    }
}
