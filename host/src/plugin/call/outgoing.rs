//! The one way from a guest to the network.
//!
//! Each hop of a request, the first and every redirect, is checked against the plugin's grants;
//! the name is resolved once and the connection goes to an address that has been checked. Secrets
//! are added here, after the request has left the guest, and only as long as it stays on the
//! origin it started from.

mod exchange;
mod hop;

mod body;
mod cost;
mod link;
mod report;

use std::borrow::Cow;
use std::sync::{Arc, PoisonError};

use http::{HeaderName, Request, Response};
use wasmtime_wasi_http::{Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpHooks};

use self::exchange::Exchange;
use self::report::{Reports, RequestReport};
use super::memory::CallMemory;
use super::report::HttpReport;
use crate::plugin::loaded::PluginContext;
use crate::reach::{Asking, LOOKUP_TIMEOUT};
use crate::redact;

pub(super) use link::add_to_linker;

/// One call's way out.
pub(super) struct Outgoing {
    context: Arc<PluginContext>,
    reports: Reports,
    memory: Arc<CallMemory>,
    asking: Asking,
    /// Requests over the limit are told of once.
    over: bool,
    /// The call has not begun, and nothing goes out.
    waits: bool,
    /// Something was to go out, or did.
    used: bool,
}

impl Outgoing {
    pub(in crate::plugin) fn new(context: Arc<PluginContext>, memory: Arc<CallMemory>) -> Self {
        let lookups = Arc::clone(&context.clients.lookups);
        let asking = Asking::new(context.limits.requests, lookups, LOOKUP_TIMEOUT);
        Self { context, reports: Reports::default(), memory, asking, over: false, waits: false, used: false }
    }

    /// Holds back every request until the call begins: an instance that stands ready must not reach the
    /// network.
    pub(super) fn wait(&mut self) {
        self.waits = true;
    }

    /// The call begins.
    pub(super) fn begin(&mut self) {
        self.waits = false;
    }

    /// Whether no request was asked for.
    pub(super) fn is_unused(&self) -> bool {
        !self.used
    }

    /// Whether more requests were asked for than `limits.requests`.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    pub(in crate::plugin) fn reports(&self) -> Vec<HttpReport> {
        let redactor = redact::known();
        let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for report in &mut reports {
            let texts = [Some(&mut report.url), report.error.as_mut(), report.denied.as_mut()];
            for text in texts.into_iter().flatten() {
                if let Cow::Owned(clean) = redactor.text(text) {
                    *text = clean;
                }
            }
        }
        reports
    }
}

type SendResult = Result<(Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>), Error>;

impl WasiHttpHooks for Outgoing {
    fn is_forbidden_header(&mut self, name: &HeaderName) -> bool {
        (self.context.grants.forbidden)(name)
    }

    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::clone(&self.context.grants.forbidden)
    }

    /// The client names the host it was checked for.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn p2_outgoing_body_buffer_chunks(&mut self) -> usize {
        1
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        cost::BODY_PIECE
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _sent: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = SendResult> + Send> {
        self.used = true;
        if self.waits {
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        let context = Arc::clone(&self.context);
        let Some(report) = RequestReport::begin(&self.reports, request.method(), context.limits.requests)
        else {
            if !std::mem::replace(&mut self.over, true) {
                tracing::warn!(plugin.name = %context.name, "Plugin `{}` sent more than `limits.requests` requests in one call", context.name);
            }
            return Box::new(async { Err(Error::ConnectionLimitReached) });
        };
        let (memory, asking) = (Arc::clone(&self.memory), self.asking.clone());
        Box::new(async move {
            let options = options.unwrap_or_default();
            let exchange = Exchange { context, report, options, memory, asking };
            let response = exchange.run(request).await?;
            Ok((response, Box::new(async { Ok(()) }) as Box<dyn Future<Output = _> + Send>))
        })
    }
}

#[cfg(test)]
mod tests;
