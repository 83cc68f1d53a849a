//! The system a guest sees: clocks, random numbers, and an error stream that ends up in messages.
//!
//! The runtimes of most languages import files, sockets and the environment whether a program uses
//! them or not. All of it is linked so that such components load, and all of it is empty: no folder
//! is open, no variable or argument is set, no address may be connected to or looked up.
//!
//! Language runtimes import `wasi:cli`, `wasi:filesystem` and `wasi:sockets` whether they use them or not.
//! They are linked, with nothing behind them: no directory, no variable, no argument, no address. A test
//! guest tries them all.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder};

use crate::clean;

/// Enough for the message of a panic and the first lines of a stack.
const MAX_STDERR: usize = 2 << 10;
/// A guest may ask for random bytes once too often; it should not make the host allocate.
const MAX_RANDOM: u64 = 64 << 10;

/// A system in which there is nothing.
pub(in crate::plugin) fn nothing(stderr: &Stderr) -> WasiCtx {
    WasiCtxBuilder::new()
        .stderr(stderr.clone())
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false)
        .max_random_size(MAX_RANDOM)
        .build()
}

/// The first bytes a guest wrote to its standard error: what a language's runtime says before it
/// gives up.
#[derive(Clone, Default)]
pub(super) struct Stderr(Arc<Mutex<Vec<u8>>>);

impl Stderr {
    /// What the guest wrote to its standard error, as one line.
    pub(in crate::plugin) fn text(&self) -> String {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&written);
        clean::line(&text).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl IsTerminal for Stderr {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Stderr {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // Only a version of WASI that this host does not link would ask for this one.
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Stderr {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MAX_STDERR.saturating_sub(written.len());
        written.extend(bytes.into_iter().take(room));
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(64 << 10)
    }
}

impl Pollable for Stderr {
    fn ready<'life, 'future>(&'life mut self) -> Pin<Box<dyn Future<Output = ()> + Send + 'future>>
    where
        'life: 'future,
        Self: 'future,
    {
        Box::pin(async {})
    }
}
