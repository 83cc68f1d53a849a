//! The `[server]` table: where the host listens and keeps its data, and how much it takes on.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::duration;
use crate::plugin::ByteSize;
use crate::problem::Problem;

/// The server, as the operator wrote it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
pub struct ServerSettings {
    /// Address and port; port 0 takes a free one and prints it. Default `127.0.0.1:8080`.
    #[serde(default = "default_listen")]
    pub listen: String,
    /// Name of the environment variable that holds the admin key, of 16 characters or more. With it
    /// everything but chat, models and health needs that key. Absent: that is served without a key,
    /// to this machine only.
    pub admin_key_env: Option<String>,
    /// Names by which requests without a key may call this host, besides localhost and the addresses
    /// of loopback. Default none.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Whether everybody who reaches the host may chat without a key. Default false: where there is no
    /// `[keys.<name>]`, only this machine may.
    #[serde(default)]
    pub open: bool,
    /// Origins whose pages may chat from a browser; "*" where every chat needs a key. Default none.
    #[serde(default)]
    pub cors_origins: Vec<String>,
    /// Folder for knowledge, state, traces and compiled plugins, relative to the configuration
    /// file. Default `data`.
    #[serde(default = "default_data_dir")]
    pub data_dir: PathBuf,
    /// Largest request body of a chat. Default 4 MiB.
    #[serde(default = "default_body")]
    pub max_chat_bytes: ByteSize,
    /// Largest request body of an import. Default 64 MiB.
    #[serde(default = "default_import")]
    pub max_import_bytes: ByteSize,
    /// Largest upload of an import job; it waits in the data folder. Default 1 GiB.
    #[serde(default = "default_upload")]
    pub max_upload_bytes: ByteSize,
    /// What the request bodies of the whole process may hold in memory together. The first 64 KiB of
    /// each are free, so that large bodies never keep out ordinary ones. Default 256 MiB.
    #[serde(default = "default_body_memory")]
    pub max_body_memory: ByteSize,
    /// Import and re-embedding jobs that run at once. Default 2.
    #[serde(default = "default_jobs")]
    #[schemars(range(min = *JOBS.start(), max = *JOBS.end()))]
    pub max_jobs: usize,
    /// Jobs that may wait; more are told to come back (429). Default 16.
    #[serde(default = "default_queued_jobs")]
    #[schemars(range(min = *QUEUED_JOBS.start(), max = *QUEUED_JOBS.end()))]
    pub max_queued_jobs: usize,
    /// How long a job waits before it tries again where a store or an embedder is away or refuses for now; it
    /// doubles with each try in vain, up to 2 min. Default 2 s.
    #[serde(default = "default_job_pause", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub job_pause: Duration,
    /// How long a job tries without getting on before it has failed. Default 24 h.
    #[serde(default = "default_job_patience", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub job_patience: Duration,
    /// Turns that run at once; more are told to come back (429). Default 256.
    #[serde(default = "default_turns")]
    #[schemars(range(min = *TURNS.start(), max = *TURNS.end()))]
    pub max_turns: usize,
    /// The longest a turn may take in all. Default 5 min.
    #[serde(default = "default_turn_timeout", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub turn_timeout: Duration,
    /// The longest from a request's first byte to the end of its header, and from a new connection to
    /// its first byte. Default 10 s.
    #[serde(default = "default_header_timeout", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub header_timeout: Duration,
    /// How long a connection may stay open between two requests. Default 75 s.
    #[serde(default = "default_idle_timeout", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub idle_timeout: Duration,
    /// The longest wait for the next bytes of a body, and for a client to take the next bytes of its
    /// answer. How long a model is silent is no matter here. Default 30 s.
    #[serde(default = "default_stall_timeout", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub stall_timeout: Duration,
    /// Bytes a second at which a body must come, and an answer that is ready must be taken, in the mean
    /// once the host has waited `stall_timeout` in all; 0 asks for none. Default 16 KiB.
    #[serde(default = "default_min_rate")]
    pub min_rate: ByteSize,
    /// Connections open at once; at more, those go that have waited longest for a request. Absent: 4096,
    /// or half of the files the process may open where that is less; never more than that half.
    #[schemars(range(min = *CONNECTIONS.start(), max = *CONNECTIONS.end()), example = 4096)]
    pub max_connections: Option<usize>,
    /// How long turns and jobs may go on once the host was asked to stop. Default 30 s.
    #[serde(default = "default_shutdown_timeout", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub shutdown_timeout: Duration,
    /// Traces kept; the oldest of the app that holds the most go first. Default 10000.
    #[serde(default = "default_traces")]
    pub max_traces: usize,
    /// What all traces kept may measure on the disk, with the write-ahead log; the oldest of the app
    /// that holds the most go first. Default 1 GiB, at least 16 MiB.
    #[serde(default = "default_trace_bytes")]
    pub max_trace_bytes: ByteSize,
}

/// Jobs that may run at once; at least one must be able to.
const JOBS: RangeInclusive<u64> = 1..=64;
/// Jobs that may wait: none (0) is a wish as well.
const QUEUED_JOBS: RangeInclusive<u64> = 0..=10_000;
/// Turns that may run at once.
const TURNS: RangeInclusive<u64> = 1..=100_000;
/// Connections that may be open at once.
const CONNECTIONS: RangeInclusive<u64> = 1..=1_000_000;
/// The longest time-out of a connection; a longer one would be none.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// More memory for the bodies of requests than any machine has is a slip of the pen.
const MAX_BODY_MEMORY: usize = 1 << 40;
/// The longest that a job is tried again.
const LONGEST_PATIENCE: Duration = Duration::from_secs(366 * 24 * 3600);
/// Bytes a second that a client must take at most; a higher rate would cut off everybody.
const LARGEST_RATE: usize = 100 << 20;
/// Less on the disk would not hold the traces of a few turns.
const LEAST_TRACE_BYTES: usize = 16 << 20;

impl ServerSettings {
    /// Puts back what only a start can change: what these keys size or open lives as long as the process. Gives
    /// the keys that are others in the file.
    pub fn stay_as_started(&mut self, started: &Self) -> Vec<String> {
        let mut others = Vec::new();
        macro_rules! stay {
            ($($key:ident)*) => { $(
                if self.$key != started.$key {
                    self.$key.clone_from(&started.$key);
                    others.push(concat!("server.", stringify!($key)).to_owned());
                }
            )* };
        }
        stay!(listen data_dir max_body_memory max_jobs max_queued_jobs job_pause job_patience max_turns);
        stay!(header_timeout idle_timeout stall_timeout min_rate max_connections shutdown_timeout);
        stay!(max_traces max_trace_bytes);
        others
    }

    /// What is wrong with the values. `is_written` tells of a key whether the file has it.
    pub(super) fn problems(&self, is_written: impl Fn(&str) -> bool) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut report = |key: &str, message: String| problems.push(Problem::new(key, message));
        if self.listen.parse::<SocketAddr>().is_err() {
            let meant = listen_meant(&self.listen).unwrap_or_else(default_listen);
            report("listen", format!("`{}` is not an address and port; write \"{meant}\"", self.listen));
        }
        let sizes: [(&str, ByteSize, usize); 3] = [
            ("max_chat_bytes", self.max_chat_bytes, 1 << 30),
            ("max_import_bytes", self.max_import_bytes, 64 << 30),
            ("max_upload_bytes", self.max_upload_bytes, 1 << 40),
        ];
        // What is out of its own bounds says nothing of the memory.
        let bodies = sizes[..2].iter().filter(|(_, size, most)| (1..=*most).contains(&size.0));
        let (key, largest) = bodies
            .max_by_key(|(_, size, _)| size.0)
            .map_or(("max_chat_bytes", ByteSize(1)), |(key, size, _)| (*key, *size));
        let (memory, most) = (self.max_body_memory, ByteSize(MAX_BODY_MEMORY));
        if memory < largest && !is_written("max_body_memory") && largest <= most {
            report(
                key,
                format!(
                    "is {largest}, more than max_body_memory, which is {memory} and holds the bodies of all requests; lower it, or \
                     write max_body_memory = \"{largest}\" or more"
                ),
            );
        } else if memory < largest || memory > most {
            report(
                "max_body_memory",
                format!(
                    "is {memory}; it must be at least {largest}, the larger of max_chat_bytes and max_import_bytes, and at most {most}"
                ),
            );
        }
        if self.max_trace_bytes.0 < LEAST_TRACE_BYTES {
            let (given, least) = (self.max_trace_bytes, ByteSize(LEAST_TRACE_BYTES));
            report(
                "max_trace_bytes",
                format!("is {given}; it must be at least {least}, the write-ahead log included"),
            );
        }
        for (key, size, most) in sizes {
            if !(1..=most).contains(&size.0) {
                report(
                    key,
                    format!("is {size}; it must be between 1B and {}, such as \"4MiB\"", ByteSize(most)),
                );
            }
        }
        if self.min_rate.0 > LARGEST_RATE {
            let most = ByteSize(LARGEST_RATE);
            report(
                "min_rate",
                format!("is {} a second; it must be at most {most}, such as \"16KiB\"", self.min_rate),
            );
        }
        if let Some(most) = self.max_connections.filter(|most| !CONNECTIONS.contains(&(*most as u64))) {
            let (least, largest) = (CONNECTIONS.start(), CONNECTIONS.end());
            let message = format!(
                "is {most}; it must be between {least} and {largest}, or left out for what the file descriptors allow"
            );
            report("max_connections", message);
        }
        let numbers = [
            ("max_turns", self.max_turns, TURNS),
            ("max_jobs", self.max_jobs, JOBS),
            ("max_queued_jobs", self.max_queued_jobs, QUEUED_JOBS),
        ];
        problems.extend(
            numbers.iter().filter_map(|(key, value, bounds)| Problem::of_number(key, *value as u64, bounds)),
        );
        problems.extend(self.durations());
        problems
    }

    fn durations(&self) -> impl Iterator<Item = Problem> {
        let millisecond = Duration::from_millis(1);
        let bounded = [
            ("turn_timeout", self.turn_timeout, millisecond, "5m"),
            ("header_timeout", self.header_timeout, millisecond, "10s"),
            ("idle_timeout", self.idle_timeout, millisecond, "75s"),
            ("stall_timeout", self.stall_timeout, millisecond, "30s"),
            ("shutdown_timeout", self.shutdown_timeout, Duration::ZERO, "30s"),
            ("job_pause", self.job_pause, millisecond, "2s"),
        ];
        let patience =
            duration::problem("job_patience", self.job_patience, &(Duration::ZERO..=LONGEST_PATIENCE), "24h");
        let found = bounded.into_iter().filter_map(|(key, value, least, example)| {
            duration::problem(key, value, &(least..=LONGEST), example)
        });
        found.chain(patience)
    }
}

/// The address and port that a text was meant to be: a port alone, without one, or with a name for the address.
fn listen_meant(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("http://").unwrap_or(text).trim_end_matches('/');
    let port = text.strip_prefix(':').unwrap_or(text);
    let tried = if port.parse::<u16>().is_ok() {
        format!("127.0.0.1:{port}")
    } else if text.contains("localhost") {
        text.replace("localhost", "127.0.0.1")
    } else if text.starts_with("*:") {
        text.replacen('*', "0.0.0.0", 1)
    } else {
        text.to_owned()
    };
    [tried.clone(), format!("{tried}:8080")].into_iter().find(|text| text.parse::<SocketAddr>().is_ok())
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: default_listen(),
            admin_key_env: None,
            hosts: Vec::new(),
            open: false,
            cors_origins: Vec::new(),
            data_dir: default_data_dir(),
            max_chat_bytes: default_body(),
            max_import_bytes: default_import(),
            max_upload_bytes: default_upload(),
            max_body_memory: default_body_memory(),
            max_jobs: default_jobs(),
            max_queued_jobs: default_queued_jobs(),
            job_pause: default_job_pause(),
            job_patience: default_job_patience(),
            max_turns: default_turns(),
            turn_timeout: default_turn_timeout(),
            header_timeout: default_header_timeout(),
            idle_timeout: default_idle_timeout(),
            stall_timeout: default_stall_timeout(),
            min_rate: default_min_rate(),
            max_connections: None,
            shutdown_timeout: default_shutdown_timeout(),
            max_traces: default_traces(),
            max_trace_bytes: default_trace_bytes(),
        }
    }
}

fn default_listen() -> String {
    "127.0.0.1:8080".into()
}

fn default_job_pause() -> Duration {
    Duration::from_secs(2)
}

fn default_job_patience() -> Duration {
    Duration::from_secs(24 * 3600)
}

fn default_data_dir() -> PathBuf {
    "data".into()
}

fn default_body() -> ByteSize {
    ByteSize(4 << 20)
}

fn default_import() -> ByteSize {
    ByteSize(64 << 20)
}

fn default_upload() -> ByteSize {
    ByteSize(1 << 30)
}

fn default_body_memory() -> ByteSize {
    ByteSize(256 << 20)
}

fn default_jobs() -> usize {
    2
}

fn default_queued_jobs() -> usize {
    16
}

fn default_turns() -> usize {
    256
}

fn default_turn_timeout() -> Duration {
    Duration::from_secs(300)
}

fn default_header_timeout() -> Duration {
    Duration::from_secs(10)
}

/// Longer than the pools of usual clients and proxies keep a connection, so that they close it and no
/// request meets one that has just gone.
fn default_idle_timeout() -> Duration {
    Duration::from_secs(75)
}

fn default_stall_timeout() -> Duration {
    Duration::from_secs(30)
}

/// A sixth of what a slow line reaches; 1 GiB comes in 18 hours at it.
fn default_min_rate() -> ByteSize {
    ByteSize(16 << 10)
}

fn default_shutdown_timeout() -> Duration {
    Duration::from_secs(30)
}

fn default_traces() -> usize {
    10_000
}

fn default_trace_bytes() -> ByteSize {
    ByteSize(1 << 30)
}
