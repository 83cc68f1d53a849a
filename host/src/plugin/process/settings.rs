//! The plugin engine's part of the configuration file, as it is written there.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grant::GrantSettings;
pub use crate::byte_size::ByteSize;
use crate::duration;
use crate::problem::Problem;

/// The `[engine]` table.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct EngineSettings {
    /// Folder for compiled components. Created with mode 0700; a folder that others can write to is
    /// refused, because what is in it is run as machine code. Absent: `components` in the
    /// data folder.
    pub cache_dir: Option<PathBuf>,
    /// Contributor calls that may run at one time. Default 64.
    #[schemars(range(min = *CALLS.start(), max = *CALLS.end()))]
    pub max_concurrent_calls: u32,
    /// Contributor calls of one app that may run at one time, 1 to `max_concurrent_calls`. Default: half of
    /// them.
    #[schemars(range(min = *CALLS.start()), example = 32)]
    pub max_calls_per_app: Option<u32>,
    /// Answers that may be in the hands of a formatter at one time; each holds an instance for as
    /// long as its answer streams. Default 256.
    #[schemars(range(min = *ANSWERS.start(), max = *ANSWERS.end()))]
    pub max_open_answers: u32,
    /// Calls that may wait for a place, besides those that run; one more is refused at once.
    /// Default 256.
    #[schemars(range(min = *WAITING.start(), max = *WAITING.end()))]
    pub max_waiting: u32,
    /// How long a call waits for a place before it is refused. Default "5s".
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub max_wait: Duration,
    /// The largest `limits.memory` a plugin may be given, which sizes the pool. Default "256MiB".
    pub max_memory: ByteSize,
    /// Where instances live. Default "auto".
    pub allocator: Allocator,
    /// Memory (address space) that compiling one component may take; bundled ones are not held to it.
    /// Default "4GiB".
    pub max_compile_memory: ByteSize,
    /// Processor time that compiling one component may take, in whole seconds. Default "3m".
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub max_compile_time: Duration,
    /// The host's own binary, which compiles components that are not bundled in a process of its own.
    /// `None`: they are compiled in this one, without the two limits, as tests do.
    #[serde(skip)]
    pub compiler: Option<PathBuf>,
    /// How often running guests are interrupted to see whether their time is up, and whether they
    /// run long and must let others on their thread. Default "10ms".
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub tick: Duration,
}

/// Calls that may run at one time; each has memory of its own reserved.
const CALLS: RangeInclusive<u64> = 1..=10_000;
/// Answers that may be in the hands of a formatter; each holds an instance.
const ANSWERS: RangeInclusive<u64> = 1..=10_000;
/// Calls that may wait for a place: none (0) is a wish as well.
const WAITING: RangeInclusive<u64> = 0..=1_000_000;

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            cache_dir: None,
            max_concurrent_calls: 64,
            max_calls_per_app: None,
            max_open_answers: 256,
            max_waiting: 256,
            max_wait: Duration::from_secs(5),
            max_memory: ByteSize(256 << 20),
            allocator: Allocator::Auto,
            max_compile_memory: ByteSize(4 << 30),
            max_compile_time: Duration::from_secs(180),
            compiler: None,
            tick: Duration::from_millis(10),
        }
    }
}

impl EngineSettings {
    /// The keys whose values are others than those that the engine was started with.
    pub fn others_than(&self, started: &Self) -> Vec<String> {
        let mut others = Vec::new();
        macro_rules! compare {
            ($($key:ident)*) => { $(
                if self.$key != started.$key {
                    others.push(concat!("engine.", stringify!($key)).to_owned());
                }
            )* };
        }
        compare!(cache_dir max_concurrent_calls max_calls_per_app max_open_answers max_waiting max_wait);
        compare!(max_memory allocator max_compile_memory max_compile_time tick);
        others
    }

    /// What is wrong with the values.
    pub fn problems(&self) -> Vec<Problem> {
        let seconds = Duration::from_secs;
        let app = self.max_calls_per_app.filter(|app| *app == 0 || *app > self.max_concurrent_calls);
        let app = app.map(|app| {
            let message = format!(
                "is {app}; it must be between 1 and max_concurrent_calls = {}",
                self.max_concurrent_calls
            );
            Problem::new("max_calls_per_app", message)
        });
        let numbers = [
            Problem::of_number("max_concurrent_calls", self.max_concurrent_calls.into(), &CALLS),
            Problem::of_number("max_open_answers", self.max_open_answers.into(), &ANSWERS),
            Problem::of_number("max_waiting", self.max_waiting.into(), &WAITING),
            app,
        ];
        let durations = [
            duration::problem("max_wait", self.max_wait, &(Duration::ZERO..=seconds(3600)), "5s"),
            duration::problem("max_compile_time", self.max_compile_time, &(seconds(1)..=seconds(3600)), "3m"),
            duration::problem("tick", self.tick, &(Duration::from_millis(1)..=seconds(1)), "10ms"),
        ];
        let sizes = [
            self.max_memory.problem("max_memory", 1 << 20..=4 << 30),
            self.max_compile_memory.problem("max_compile_memory", 256 << 20..=1 << 40),
        ];
        numbers.into_iter().chain(durations).chain(sizes).flatten().collect()
    }
}

/// Where the memory of instances comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Allocator {
    /// A pool, and where the address space is too short for one, `on-demand`.
    #[default]
    Auto,
    /// Places reserved at start (address space, not memory): instances start in microseconds.
    Pooling,
    /// Mapped for each call: slower, and content with little address space.
    OnDemand,
}

/// One `[plugins.<name>]` table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct PluginSettings {
    /// `builtin:<name>` for a plugin that travels in the binary, or the path of a component file.
    #[schemars(example = "builtin:knowledge-base")]
    pub component: String,
    /// What the plugin is configured with; must be valid against its own `config-schema`.
    /// Default: an empty table.
    #[serde(default)]
    #[schemars(example = serde_json::json!({}))]
    pub config: Option<serde_json::Value>,
    /// What the model is told of the plugin where it may call it. Absent: the plugin's own words,
    /// which know nothing of its configuration.
    pub model_summary: Option<String>,
    /// JSON Schema of the arguments the model may pass. Absent: the plugin's own.
    #[schemars(example = serde_json::json!({ "type": "object" }))]
    pub arguments_schema: Option<serde_json::Value>,
    /// What the plugin may reach. Default: nothing.
    #[serde(default)]
    pub grants: GrantSettings,
    /// What one call may use.
    #[serde(default)]
    pub limits: LimitSettings,
}

impl PluginSettings {
    /// Takes a relative component path from the folder of the configuration file.
    pub fn anchor(&mut self, folder: &std::path::Path) {
        if !self.component.starts_with("builtin:") {
            self.component = folder.join(&self.component).to_string_lossy().into_owned();
        }
    }
}

/// One `[plugins.<name>.limits]` table: the bounds of one call.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LimitSettings {
    /// Wall-clock time of one call, host calls included. For a formatter: of each piece fed.
    /// Default "10s".
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub timeout: Duration,
    /// Linear memory of all instances in the component together, and what the host holds for the
    /// call: requests, their bodies and headers, responses not yet read. Default "64MiB".
    pub memory: ByteSize,
    /// Elements in all tables together. Default 20000.
    #[schemars(range(min = *TABLE_ELEMENTS.start(), max = *TABLE_ELEMENTS.end()))]
    pub table_elements: usize,
    /// What a contribution, or a formatter's text for one piece, may measure. Default "1MiB".
    pub output: ByteSize,
    /// Body of one outgoing request. Default "1MiB".
    pub request_body: ByteSize,
    /// Body of one response, as it comes over the wire. Default "4MiB".
    pub response_body: ByteSize,
    /// Outgoing requests in one call, and names looked up for them. Default 32.
    pub requests: u32,
    /// Searches in knowledge bases in one call. Default 32.
    pub searches: u32,
    /// Writes to the state, removals among them, in one call. Default 1000.
    pub state_writes: u32,
    /// Calls of the plugin that may run at one time; for a formatter, answers in its hands.
    /// Default: half of `engine.max_concurrent_calls`; a formatter has no bound of its own.
    #[schemars(range(min = *CALLS.start()), example = 32)]
    pub concurrent: Option<u32>,
    /// Things of the host's that a call may have open at one time: requests, headers, bodies, streams,
    /// timers. Default 1000.
    #[schemars(range(min = *HANDLES.start(), max = *HANDLES.end()))]
    pub handles: u32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            memory: ByteSize(64 << 20),
            table_elements: 20_000,
            output: ByteSize(1 << 20),
            request_body: ByteSize(1 << 20),
            response_body: ByteSize(4 << 20),
            requests: 32,
            searches: 32,
            state_writes: 1000,
            concurrent: None,
            handles: 1000,
        }
    }
}

/// Elements that the tables of a component may hold.
const TABLE_ELEMENTS: RangeInclusive<u64> = 1..=10_000_000;
/// A call longer than this is a mistake in the settings.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3600);
/// A single request needs some ten.
const HANDLES: RangeInclusive<u64> = 16..=100_000;
/// One page, less than which no component begins with.
const LEAST_MEMORY: usize = 64 << 10;

impl LimitSettings {
    /// What is wrong with the values, where `max_memory` is what the engine gives at most.
    pub fn problems(&self, max_memory: ByteSize) -> Vec<Problem> {
        let timeout =
            duration::problem("timeout", self.timeout, &(Duration::from_millis(1)..=LONGEST_TIMEOUT), "10s");
        let concurrent = (self.concurrent == Some(0)).then(|| {
            Problem::new("concurrent", "is 0, so no call could run; write at least 1, or remove it")
        });
        let memory = if self.memory > max_memory {
            let message = format!(
                "is {}, more than engine.max_memory ({max_memory}); raise that, or lower this",
                self.memory
            );
            Some(Problem::new("memory", message))
        } else {
            self.memory.problem("memory", LEAST_MEMORY..=usize::MAX)
        };
        let table = Problem::of_number("table_elements", self.table_elements as u64, &TABLE_ELEMENTS);
        let handles = Problem::of_number("handles", self.handles.into(), &HANDLES);
        let output = self.output.problem("output", 1..=1 << 30);
        let bodies = [("request_body", self.request_body), ("response_body", self.response_body)]
            .map(|(key, size)| size.problem(key, 0..=4 << 30));
        [timeout, concurrent, memory, table, handles, output].into_iter().chain(bodies).flatten().collect()
    }
}

#[cfg(test)]
mod tests;
