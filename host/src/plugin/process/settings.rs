//! The plugin engine's part of the configuration file, as it is written there.

use std::{borrow::Cow, fmt, ops::RangeInclusive, path::PathBuf, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::grant::GrantSettings;
use crate::duration;
use crate::problem::Problem;

/// The `[engine]` table.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct EngineSettings {
    /// Folder for compiled components. Created with mode 0700; a folder that others can write to is
    /// refused, because what is in it is run as machine code. Absent: nothing is kept on disk and
    /// every start compiles again.
    pub cache_dir: Option<PathBuf>,
    /// Contributor calls that may run at one time. Default 64.
    pub max_concurrent_calls: u32,
    /// Contributor calls of one app that may run at one time. Default: half of `max_concurrent_calls`.
    pub max_calls_per_app: Option<u32>,
    /// Answers that may be in the hands of a formatter at one time; each holds an instance for as
    /// long as its answer streams. Default 256.
    pub max_open_answers: u32,
    /// Calls that may wait for a place, besides those that run; one more is refused at once.
    /// Default 256.
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
            Problem::of_number("max_concurrent_calls", self.max_concurrent_calls.into(), &(1..=10_000)),
            Problem::of_number("max_open_answers", self.max_open_answers.into(), &(1..=10_000)),
            Problem::of_number("max_waiting", self.max_waiting.into(), &(0..=1_000_000)),
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
    pub concurrent: Option<u32>,
    /// Things of the host's that a call may have open at one time: requests, headers, bodies, streams,
    /// timers. Default 1000.
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
        let table = Problem::of_number("table_elements", self.table_elements as u64, &(1..=10_000_000));
        let handles = Problem::of_number("handles", self.handles.into(), &HANDLES);
        let output = self.output.problem("output", 1..=1 << 30);
        let bodies = [("request_body", self.request_body), ("response_body", self.response_body)]
            .map(|(key, size)| size.problem(key, 0..=4 << 30));
        [timeout, concurrent, memory, table, handles, output].into_iter().chain(bodies).flatten().collect()
    }
}

/// A number of bytes: `65536`, or text with a unit such as `"64MiB"`, `"512KiB"` or `"1GiB"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub usize);

impl ByteSize {
    /// What the configuration's schema calls it.
    pub const FORMAT: &str = "bytes";

    /// Reads text; the error follows the text, and says what to write.
    pub fn read(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "write such as \"64MiB\" (units: B, KiB, MiB, GiB)";
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let unit = text[digits.len()..].trim();
        let factor = match unit {
            "" | "B" => 1_usize,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => {
                let meant = match unit.to_lowercase().as_str() {
                    "k" | "kb" | "kib" => "KiB",
                    "m" | "mb" | "mib" | "兆" => "MiB",
                    "g" | "gb" | "gib" => "GiB",
                    "b" | "byte" | "bytes" | "字节" => "B",
                    _ => return Err(format!("not a size; {EXAMPLE}")),
                };
                return Err(if digits.parse::<usize>().is_ok() {
                    format!("not a size; write \"{digits}{meant}\"")
                } else {
                    format!("not a size; {EXAMPLE}")
                });
            }
        };
        let number = digits.parse::<usize>().map_err(|_| format!("not a size; {EXAMPLE}"))?;
        number.checked_mul(factor).map(Self).ok_or_else(|| "more than any machine has; write less".to_owned())
    }

    /// What is wrong with a size that has bounds.
    pub fn problem(self, key: &str, bounds: RangeInclusive<usize>) -> Option<Problem> {
        let (least, most) = (Self(*bounds.start()), Self(*bounds.end()));
        let most = if most.0 == usize::MAX { String::new() } else { format!(" and at most {most}") };
        let message = || format!("is {self}; it must be at least {least}{most}");
        (!bounds.contains(&self.0)).then(|| Problem::new(key, message()))
    }

    fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for ByteSize {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Self::FORMAT.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"], "format": Self::FORMAT })
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            n if n >= 1 << 30 && n % (1 << 30) == 0 => write!(f, "{}GiB", n >> 30),
            n if n >= 1 << 20 && n % (1 << 20) == 0 => write!(f, "{}MiB", n >> 20),
            n if n >= 1 << 10 && n % (1 << 10) == 0 => write!(f, "{}KiB", n >> 10),
            n => write!(f, "{n}B"),
        }
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = ByteSize;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of bytes or text such as \"64MiB\" (units: B, KiB, MiB, GiB)")
            }

            fn visit_u64<E: de::Error>(self, n: u64) -> Result<ByteSize, E> {
                usize::try_from(n)
                    .map(ByteSize)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(n), &self))
            }

            fn visit_i64<E: de::Error>(self, n: i64) -> Result<ByteSize, E> {
                usize::try_from(n)
                    .map(ByteSize)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(n), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ByteSize, E> {
                ByteSize::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_sizes_are_numbers_or_text_with_a_binary_unit() {
        for (text, bytes) in [("1", 1), ("64MiB", 64 << 20), ("3 KiB", 3072), ("1GiB", 1 << 30), ("7B", 7)] {
            assert_eq!(ByteSize::parse(text), Some(ByteSize(bytes)), "{text}");
        }
        for text in ["", "MiB", "1MB", "1.5MiB", "-1", "9999999999999GiB", "六"] {
            assert_eq!(ByteSize::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_empty_table_is_the_documented_defaults() {
        let plugin: PluginSettings =
            toml::from_str("component = \"builtin:search\"\n[limits]\nmemory = \"8MiB\"").unwrap();
        assert_eq!(plugin.limits.memory, ByteSize(8 << 20));
        assert_eq!(plugin.limits.timeout, Duration::from_secs(10));
        assert!(plugin.grants.hosts.is_empty() && plugin.config.is_none());
    }
}
