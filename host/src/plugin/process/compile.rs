//! Compiling components: the bundled ones here, unknown ones in a process of their own.
//!
//! A compiler works as long and takes as much memory as its input makes it. What comes from outside is
//! counted first (see [`counts`]) and then compiled by the host's own binary, started anew under limits
//! of address space and processor time: what breaks there breaks nothing here.
//!
//! **What a component says is bounded before it is believed.** Its parts are counted in one pass
//! (`plugin/process/counts.rs`; components that instantiate one another count as often as they would be
//! instantiated). Then the host's own binary, started anew as `compile-component` under `RLIMIT_AS` and
//! `RLIMIT_CPU`, compiles it from its input to its output; the parent puts the digest before it and into the
//! cache. Bundled components are compiled in the process. A JSON Schema is counted as a graph when it is
//! loaded: how many parts look at one value, for each depth. A check multiplies that by how much of the value
//! stands at each depth, and is not begun where the product is too large.

use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, setrlimit};
use wasmtime::component::Component;

use super::cache::{self, Cache};
use super::settings::{ByteSize, EngineSettings};
use super::{bundled, counts, wasm_config};
use crate::clean;

/// Larger than any language's runtime.
pub(in crate::plugin) const LARGEST_COMPONENT: u64 = 256 << 20;
/// Bytes of compiled code that are taken: several times the largest component's.
const LARGEST_CODE: u64 = 2 << 30;
/// Bytes that are kept of what a compiler says when it fails.
const LAST_WORDS: u64 = 4 << 10;
/// Threads of a compiler process. Each takes address space, and more make little quicker.
const THREADS: usize = 8;
/// How much longer than its processor time a compiler may take by the clock, on a machine that is busy.
const SLOWER: u32 = 10;
/// The compiler's name on the command line, where [`crate::cli`] has it.
const COMMAND: &str = "compile-component";

/// Compiles for one engine.
pub(super) struct Compiler {
    /// The host's own binary; `None`: everything is compiled here.
    binary: Option<PathBuf>,
    memory: ByteSize,
    time: Duration,
    pooling: bool,
}

/// What a compiler process is told.
#[derive(Debug, Clone, Copy)]
pub struct CompileLimits {
    /// Bytes of address space.
    pub memory: u64,
    /// Seconds of processor time.
    pub seconds: u64,
    /// Whether the engine that is compiled for has a pool of instances.
    pub pooling: bool,
}

impl Compiler {
    pub(in crate::plugin) fn new(settings: &EngineSettings, pooling: bool) -> Self {
        Self {
            binary: settings.compiler.clone(),
            memory: settings.max_compile_memory,
            time: settings.max_compile_time,
            pooling,
        }
    }

    /// The component, found compiled or compiled now. Blocks for as long as that takes. The error is for
    /// people.
    pub(in crate::plugin) fn compile(
        &self,
        engine: &wasmtime::Engine,
        cache: Option<&Cache>,
        name: &str,
        bytes: &[u8],
    ) -> Result<Component, String> {
        if let Some(component) = cache.and_then(|cache| cache.find(engine, bytes)) {
            return Ok(component);
        }
        let (shown, megabytes) = (clean::line(name), bytes.len() as f64 / 1e6);
        tracing::info!("Compiling `{shown}` ({megabytes:.1} MB)");
        let started = Instant::now();
        let code = if bundled::is_bundled(bytes) {
            compiled_here(engine, bytes)?
        } else {
            counts::check(bytes)?;
            match &self.binary {
                Some(binary) => self.compiled_apart(binary, bytes)?,
                None => compiled_here(engine, bytes)?,
            }
        };
        tracing::info!("Compiled `{shown}` in {:.1} s", started.elapsed().as_secs_f64());
        let file = cache::file(&code);
        let component = cache::thaw(engine, &file)
            .map_err(|error| format!("it was compiled, but the engine has no room for it: {error}"))?;
        if let Some(cache) = cache {
            cache.keep(engine, bytes, &file);
        }
        Ok(component)
    }

    fn compiled_apart(&self, binary: &Path, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut child = self.start(binary).map_err(|error| {
            format!("the compiler cannot be started: {error}; is the host's own file still where it was?")
        })?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let pid = Pid::from_child(&child);
        let (done, stopped) = mpsc::channel::<()>();
        let deadline = self.time.saturating_mul(SLOWER);
        let (code, said, late) = thread::scope(|scope| {
            // A compiler that gives up early leaves the rest of its input unread.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(bytes)));
            let said = scope.spawn(move || stderr.map(|stderr| first_of(stderr, LAST_WORDS)));
            let watch = scope.spawn(move || {
                let late = stopped.recv_timeout(deadline) == Err(mpsc::RecvTimeoutError::Timeout);
                if late {
                    // It is gone already where this fails.
                    _ = kill_process(pid, Signal::KILL);
                }
                late
            });
            let code = stdout.map(|stdout| whole(stdout, LARGEST_CODE)).transpose();
            if !matches!(code, Ok(Some(Some(_)))) {
                _ = kill_process(pid, Signal::KILL);
            }
            // Joined before the process is waited for: until then its number is nobody else's.
            drop(done);
            let late = watch.join().unwrap_or_default();
            (code, said.join().ok().flatten().unwrap_or_default(), late)
        });
        let status = child.wait().map_err(|error| format!("the compiler cannot be waited for: {error}"))?;
        match code {
            Ok(Some(Some(code))) if status.success() => Ok(code),
            Ok(Some(None)) => Err(format!("its compiled form has more than {LARGEST_CODE} bytes")),
            _ => Err(self.failure(status, late, &said)),
        }
    }

    fn start(&self, binary: &Path) -> io::Result<Child> {
        let mut command = Command::new(binary);
        command.arg(COMMAND).arg("--memory").arg(self.memory.0.to_string());
        command.arg("--seconds").arg(self.time.as_secs().max(1).to_string());
        if self.pooling {
            command.arg("--pooling");
        }
        let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS);
        // The compiler gets none of the host's environment, which may hold secrets.
        command.env_clear().env("RAYON_NUM_THREADS", threads.to_string());
        // Each of the C library's arenas takes 64 MiB of address space.
        command.env("MALLOC_ARENA_MAX", "4");
        #[expect(clippy::disallowed_methods, reason = "the compiler may need the libraries of this process")]
        command.envs(std::env::var_os("LD_LIBRARY_PATH").map(|path| ("LD_LIBRARY_PATH", path)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
    }

    /// Why a compiler gave nothing.
    fn failure(&self, status: ExitStatus, late: bool, said: &str) -> String {
        let (memory, time) = (self.memory, self.time);
        if late || status.signal() == Some(Signal::XCPU.as_raw()) {
            return format!(
                "compiling it takes more than {time:?} of processor time; `engine.max_compile_time` sets how much it gets"
            );
        }
        let said = clean::line(said.trim());
        if said.contains("memory allocation of") || said.contains("Cannot allocate memory") {
            return format!(
                "compiling it takes more than {memory} of memory; `engine.max_compile_memory` sets how much it gets"
            );
        }
        if status.code() == Some(REFUSED) {
            return format!("this is not a component the host can compile: {said}");
        }
        format!(
            "the compiler broke on it ({status}); it had {memory} of memory (`engine.max_compile_memory`) and {time:?} \
             (`engine.max_compile_time`), and said: {said}"
        )
    }
}

/// What a compiler process ends with where its input is not a component.
const REFUSED: i32 = 3;

fn compiled_here(engine: &wasmtime::Engine, bytes: &[u8]) -> Result<Vec<u8>, String> {
    engine
        .precompile_component(bytes)
        .map_err(|error| format!("this is not a component the host can compile: {error:#}"))
}

/// The compiler process: reads a component from its input and writes what it was compiled to.
pub fn compile_component(limits: CompileLimits) -> ExitCode {
    match compile_input(limits) {
        Ok(code) => match io::stdout().write_all(&code).and_then(|()| io::stdout().flush()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(error) => {
            // A failed write to stderr is ignored: nothing is left that could report it.
            _ = writeln!(io::stderr(), "{error:#}");
            ExitCode::from(u8::try_from(REFUSED).unwrap_or(1))
        }
    }
}

fn compile_input(limits: CompileLimits) -> wasmtime::Result<Vec<u8>> {
    let CompileLimits { memory, seconds, pooling } = limits;
    let limit = |resource, current: u64, maximum: u64| {
        setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) })
    };
    // Whoever started it is gone: nobody waits for the result.
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    limit(Resource::As, memory, memory)?;
    // The first signal tells that it was the time; the second could be anything.
    limit(Resource::Cpu, seconds, seconds.saturating_add(5))?;
    limit(Resource::Core, 0, 0)?;
    let mut bytes = Vec::new();
    io::stdin().take(LARGEST_COMPONENT).read_to_end(&mut bytes)?;
    wasmtime::Engine::new(&wasm_config::compiling(pooling))?.precompile_component(&bytes)
}

/// All that comes, or `None` where it is more than `most`.
fn whole(from: impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let read = from.take(most + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|_| read as u64 <= most))
}

/// The beginning of what comes; the rest is read too, so that nobody waits to be read.
fn first_of(mut from: impl Read, most: u64) -> String {
    let mut bytes = Vec::new();
    if from.by_ref().take(most).read_to_end(&mut bytes).is_ok() {
        _ = io::copy(&mut from, &mut io::sink());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
