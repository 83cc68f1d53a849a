//! Figures of the data folder: the room there is, and the traces that found none.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;

use super::{family, gauge};
use crate::damaged;
use crate::disk::Disk;
use crate::trace::TraceStore;

/// The data folder, as it is when it is asked for.
#[derive(Debug)]
pub(super) struct DataFolder {
    pub(super) disk: Arc<Disk>,
    pub(super) traces: Arc<TraceStore>,
}

impl Collector for DataFolder {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let lost = self.traces.lost();
        let lines = encoder.encode_descriptor(
            "traces_lost",
            "Traces that were never written",
            None,
            lost.metric_type(),
        )?;
        lost.encode(lines)?;
        let aside = damaged::counts()
            .into_iter()
            .map(|(file, count)| ([("file".to_owned(), file)], ConstCounter::new(count)));
        family(
            &mut encoder,
            ("damaged_files", "Files of the data folder that were damaged and put aside"),
            aside,
        )?;
        let mut line = |name: &str, help: &str, figure: u64| {
            let figure = gauge(figure);
            figure.encode(encoder.encode_descriptor(name, help, None, figure.metric_type())?)
        };
        line("traces_waiting", "Traces that wait in memory for the disk", self.traces.waiting() as u64)?;
        let is_short = self.disk.is_short();
        line("disk_short", "1 while the reserve is spent: nothing is imported then", u64::from(is_short))?;
        match self.disk.free() {
            Ok(free) => line("disk_free_bytes", "Bytes that can still be written in the data folder", free),
            Err(_) => Ok(()),
        }
    }
}
