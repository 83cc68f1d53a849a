//! A family of metrics: one name, with a line for each set of labels.

use std::fmt;

use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;

/// A figure as it is now.
pub(super) fn gauge(figure: u64) -> ConstGauge<i64> {
    ConstGauge::new(i64::try_from(figure).unwrap_or(i64::MAX))
}

/// One metric with a line for each set of labels; nothing where there is none.
pub(super) fn family<L: EncodeLabelSet, M: EncodeMetric>(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): (&str, &str),
    lines: impl IntoIterator<Item = (L, M)>,
) -> fmt::Result {
    let mut lines = lines.into_iter().peekable();
    let Some((_, first)) = lines.peek() else { return Ok(()) };
    let mut written = encoder.encode_descriptor(name, help, None, first.metric_type())?;
    for (labels, metric) in lines {
        metric.encode(written.encode_family(&labels)?)?;
    }
    Ok(())
}
