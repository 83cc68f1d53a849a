//! One call's instance: the store, what the guest may touch through it, and how its end is read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::component::{ResourceTable, ResourceTableError};
use wasmtime::{PoolConcurrencyLimitError, Store, Trap, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::entries::CallEntries;
use super::limits::{LimitRefusal, Limiter};
use super::log::Log;
use super::memory::CallMemory;
use super::meter::Meter;
use super::outgoing::Outgoing;
use super::report::{CallReport, HttpReport};
use super::search::Knowledge;
use super::wasi::{self, Stderr};
use crate::plugin::loaded::{Ended, PluginContext};
use crate::plugin::process::{CallError, Failure, StateError, TrapKind, Ungranted};

/// Beginning of the message for a trap that has no name of its own.
pub(in crate::plugin) const CRASHED: &str = "the plugin crashed: ";

/// Handles of the component model for each of `limits.handles`: borrows count as well, and so do the
/// guest's own resources.
const HANDLES: usize = 10;
/// Bytes of a request's or response's header section.
const MAX_HEADERS: usize = 64 << 10;

/// Everything that lives as long as one call.
pub struct CallState {
    pub(super) context: Arc<PluginContext>,
    pub(super) log: Log,
    pub(super) state: CallEntries,
    pub(super) knowledge: Knowledge,
    /// Whether a call has begun: before that there is nobody on whose behalf anything could be asked for.
    begun: bool,
    outgoing: Outgoing,
    limiter: Limiter,
    deadline: Instant,
    meter: Arc<Meter>,
    stderr: Stderr,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
}

/// One plugin. Lives as long as the configuration it was loaded with.
pub type Plugin = crate::plugin::loaded::LoadedPlugin<CallState>;

/// The guest ran past the deadline between two host calls.
#[derive(Debug, thiserror::Error)]
#[error("the deadline has passed")]
struct DeadlinePassed;

/// The guest asked for something while its instance was made for a call that had not begun.
#[derive(Debug, thiserror::Error)]
#[error("the call has not begun")]
struct NotBegun;

/// An empty store under the plugin's limits.
pub(in crate::plugin) fn new_store(
    engine: &wasmtime::Engine,
    context: &Arc<PluginContext>,
    conversation: &str,
) -> Store<CallState> {
    let limits = &context.limits;
    let stderr = Stderr::default();
    let mut http = WasiHttpCtx::new();
    http.set_field_size_limit(MAX_HEADERS);
    let mut table = ResourceTable::new();
    let handles = limits.handles as usize;
    table.set_max_capacity(handles);
    let limiter = Limiter::new(limits);
    let state = CallState {
        log: Log::default(),
        state: CallEntries::new(Arc::clone(context), conversation.to_owned()),
        knowledge: Knowledge::new(Arc::clone(context)),
        begun: true,
        outgoing: Outgoing::new(Arc::clone(context), Arc::clone(limiter.memory())),
        limiter,
        deadline: Instant::now(),
        meter: Arc::default(),
        wasi: wasi::nothing(&stderr),
        stderr,
        http,
        table,
        context: Arc::clone(context),
    };
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.limiter);
    // A store without a deadline traps at once. Each tick interrupts the guest: a loop without any
    // host call ends here, and a long call lets go of its thread.
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|store| {
        let call = store.data();
        if Instant::now() >= call.deadline {
            return Err(DeadlinePassed.into());
        }
        if !call.meter.has_to_yield() {
            return Ok(UpdateDeadline::Continue(1));
        }
        Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now())))
    });
    // Bytes a guest may hand over at once. Twice the output, because the whole of a contribution
    // is lifted before its texts can be measured.
    store.set_hostcall_fuel(limits.output.0.saturating_mul(2).max(2 << 20));
    store.set_max_component_handles(handles.saturating_mul(HANDLES));
    store
}

impl CallState {
    /// Makes an instance wait for its call: until then it gets neither state nor knowledge nor the network.
    pub(super) fn wait(&mut self) {
        self.begun = false;
        self.outgoing.wait();
    }

    /// Begins the call of a conversation in an instance that has waited for it.
    pub(super) fn begin(&mut self, conversation: &str) {
        self.begun = true;
        self.outgoing.begin();
        self.state = CallEntries::new(Arc::clone(&self.context), conversation.to_owned());
    }

    /// Ends an instance that asks for what belongs to a call before there is one.
    pub(super) fn has_begun(&self) -> wasmtime::Result<()> {
        if self.begun { Ok(()) } else { Err(NotBegun.into()) }
    }

    /// Whether no more than so many bytes were counted.
    pub(super) fn is_light(&self, most: usize) -> bool {
        self.memory().peak() <= most
    }

    /// Whether the host holds nothing for the guest, and has sent nothing for it.
    pub(super) fn holds_nothing(&self) -> bool {
        self.table.is_empty() && self.outgoing.is_unused()
    }

    /// Starts the time of one call into the instance.
    pub(in crate::plugin) fn arm(&mut self, limit: Duration) {
        let now = Instant::now();
        self.deadline = now.checked_add(limit).unwrap_or(now);
    }

    /// What counts the call's processor time.
    pub(super) fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }

    /// Keeps what the guest wrote to its state, while there is time.
    pub(in crate::plugin) async fn commit(&mut self) -> Result<(), StateError> {
        self.state.commit(self.deadline).await
    }

    /// What the call's memory is counted in.
    pub(super) fn memory(&self) -> &Arc<CallMemory> {
        self.limiter.memory()
    }

    /// What has been recorded so far; logs and searches are taken out.
    pub(in crate::plugin) fn report(&mut self) -> CallReport {
        let (logs, logs_dropped) = self.log.take();
        let http: Vec<_> = self.outgoing.reports().into_iter().map(HttpReport::shortened).collect();
        let mut ungranted: Vec<_> =
            self.knowledge.take_ungranted().into_iter().map(Ungranted::shortened).collect();
        ungranted.extend(http.iter().filter_map(|request| request.ungranted.clone()));
        let requests = self.context.limits.requests;
        ungranted.extend(self.outgoing.is_over().then_some(Ungranted::Requests(requests)));
        CallReport {
            peak_memory: self.memory().peak(),
            logs,
            logs_dropped,
            http,
            ungranted,
            searched: self.knowledge.asked(),
            searches: self.knowledge.take_reports(),
            degraded: self.knowledge.take_degraded(),
            fees: self.knowledge.take_fees(),
            ..CallReport::default()
        }
    }

    /// Reads how a call has ended. The outer `Err` is a time-out by the wall clock.
    pub(in crate::plugin) fn settle<T>(&self, ended: Ended<T>, limit: Duration) -> Result<T, CallError> {
        match ended {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(failure))) => Err(CallError::Failed { failure: self.shortened(failure) }),
            Ok(Err(error)) if error.is::<DeadlinePassed>() => Err(CallError::Timeout { limit }),
            Ok(Err(error)) if error.is::<PoolConcurrencyLimitError>() => {
                Err(CallError::Busy { message: format!("the pool of plugin instances is used up: {error}") })
            }
            Ok(Err(error)) => Err(self.trap(&error)),
            Err(_) => Err(CallError::Timeout { limit }),
        }
    }

    fn trap(&self, error: &wasmtime::Error) -> CallError {
        let limits = &self.context.limits;
        let root = error.root_cause().to_string();
        let (cause, message) = match self.limiter.refused() {
            _ if error.downcast_ref() == Some(&Trap::StackOverflow) => {
                (TrapKind::StackOverflow, "the plugin recursed too deep: stack overflow".to_owned())
            }
            _ if root.contains(HOSTCALL_FUEL) => (TrapKind::TooMuchData, self.too_much_data()),
            _ if is_out_of_handles(error) => (
                TrapKind::TooManyHandles,
                format!(
                    "the plugin had more than {} requests, bodies, streams and other things of the host's open at one time; `limits.handles` sets how many it may have",
                    limits.handles
                ),
            ),
            Some(LimitRefusal::Memory) => (
                TrapKind::OutOfMemory,
                format!(
                    "the plugin wanted more than {} of memory, with what the host holds for it; `limits.memory` sets how much it gets",
                    limits.memory
                ),
            ),
            Some(LimitRefusal::Tables) => (
                TrapKind::OutOfMemory,
                format!(
                    "the plugin wanted more than {} table elements; `limits.table_elements` sets how many it gets",
                    limits.table_elements
                ),
            ),
            None => (TrapKind::Crash, format!("{CRASHED}{root}")),
        };
        let last_words = self.stderr.text();
        let message =
            if last_words.is_empty() { message } else { format!("{message}; it wrote: {last_words}") };
        CallError::Trap { cause, message }
    }

    /// The guest gave more than `limits.output`.
    pub(super) fn too_much(&self) -> CallError {
        CallError::Trap { cause: TrapKind::TooMuchData, message: self.too_much_data() }
    }

    fn too_much_data(&self) -> String {
        let output = self.context.limits.output;
        format!("the plugin gave more than {output} of data; `limits.output` sets how much it may give")
    }

    /// A failure's text goes to operators and models: a line, not a book.
    fn shortened(&self, failure: Failure) -> Failure {
        const LONGEST: usize = 4 << 10;
        let cut = |mut text: String| {
            text.truncate(text.floor_char_boundary(LONGEST));
            text
        };
        match failure {
            Failure::InvalidConfig(text) => Failure::InvalidConfig(cut(text)),
            Failure::InvalidArguments(text) => Failure::InvalidArguments(cut(text)),
            Failure::Denied(text) => Failure::Denied(cut(text)),
            Failure::Unavailable(text) => Failure::Unavailable(cut(text)),
            Failure::Other(text) => Failure::Other(cut(text)),
        }
    }
}

fn is_out_of_handles(error: &wasmtime::Error) -> bool {
    // Its table says so with a type, and that of the component model in words; a test holds them.
    let root = error.root_cause();
    matches!(root.downcast_ref(), Some(ResourceTableError::Full))
        || root.to_string().contains(COMPONENT_HANDLES)
}

const COMPONENT_HANDLES: &str = "store handle limit exceeded";
/// wasmtime keeps the type of this error to itself; a test holds its words.
const HOSTCALL_FUEL: &str = "fuel allocated for hostcalls has been exhausted";

impl WasiView for CallState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for CallState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.outgoing, table: &mut self.table, ctx: &mut self.http }
    }
}
