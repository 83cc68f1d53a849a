//! The report of one request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use http::Method;
use url::Url;

use crate::plugin::call::report::HttpReport;
use crate::reach::Origin;

/// What one call's requests came to. Shared with the tasks that carry them out.
pub(super) type Reports = Arc<Mutex<Vec<HttpReport>>>;

/// The report of one request, wherever the request has got to.
pub(super) struct RequestReport {
    all: Reports,
    at: usize,
    pub(super) started: Instant,
}

impl RequestReport {
    /// `None` where the call has used up its requests.
    pub(super) fn begin(all: &Reports, method: &Method, limit: u32) -> Option<Self> {
        let mut reports = all.lock().unwrap_or_else(PoisonError::into_inner);
        if reports.len() >= limit as usize {
            return None;
        }
        let report = HttpReport::of_now(method.to_string());
        let started = report.started;
        reports.push(report);
        Some(Self { all: Arc::clone(all), at: reports.len() - 1, started })
    }

    pub(super) fn edit(&self, change: impl FnOnce(&mut HttpReport)) {
        let mut reports = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(report) = reports.get_mut(self.at) {
            change(report);
        }
    }

    pub(super) fn end(&self, change: impl FnOnce(&mut HttpReport)) {
        self.edit(|report| {
            report.duration = self.started.elapsed();
            change(report);
        });
    }
}

/// What of a URL may be written down: keys travel in user names and queries.
pub(super) fn origin_and_path(url: &Url) -> String {
    match Origin::of(url) {
        Some(origin) => format!("{origin}{}", url.path()),
        None => format!("{}:", url.scheme()),
    }
}
