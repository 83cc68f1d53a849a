//! Figures of what the host keeps: jobs and knowledge bases.

use std::collections::BTreeMap;
use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::gauge::ConstGauge;

use super::family;
use crate::job::{JobState, Jobs};

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

/// Figures that were taken just before they are written.
#[derive(Debug)]
pub(super) struct Storage {
    pub(super) jobs: Jobs,
    pub(super) bases: Vec<BaseFigures>,
}

impl Collector for Storage {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut jobs: BTreeMap<&str, i64> = STATES.iter().map(|(_, word)| (*word, 0)).collect();
        for job in self.jobs.list() {
            let word = STATES.iter().find(|(state, _)| *state == job.state).map(|(_, word)| *word);
            *jobs.entry(word.unwrap_or("interrupted")).or_default() += 1;
        }
        let jobs = jobs.into_iter().map(|(state, count)| ([("state", state)], ConstGauge::new(count)));
        family(&mut encoder, ("jobs", "Imports and re-embeddings that are known, by state"), jobs)?;
        let gauge = |figure: u64| ConstGauge::<i64>::new(i64::try_from(figure).unwrap_or(i64::MAX));
        let sized =
            || self.bases.iter().filter_map(|base| Some(([("knowledge_base", &*base.name)], base.size?)));
        let documents = sized().map(|(labels, (documents, _))| (labels, gauge(documents)));
        family(&mut encoder, ("knowledge_documents", "Documents in a knowledge base"), documents)?;
        let windows = sized().map(|(labels, (_, windows))| (labels, gauge(windows)));
        family(&mut encoder, ("knowledge_windows", "Windows in a knowledge base"), windows)?;
        let searchable =
            self.bases.iter().map(|base| ([("knowledge_base", &*base.name)], gauge(base.searchable.into())));
        family(&mut encoder, ("knowledge_searchable", "1 where a knowledge base can be searched"), searchable)
    }
}

const STATES: [(JobState, &str); 7] = [
    (JobState::Queued, "queued"),
    (JobState::Running, "running"),
    (JobState::Waiting, "waiting"),
    (JobState::Done, "done"),
    (JobState::Failed, "failed"),
    (JobState::Cancelled, "cancelled"),
    (JobState::Interrupted, "interrupted"),
];
