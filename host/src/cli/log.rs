//! The host's log, on stderr: one line for each event, whatever the event quotes.

use std::fmt::Debug;

use tracing::field::Field;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::format::{Writer, debug_fn};

use crate::clean;
use crate::redact;

/// Starts the log. `QIANFAN_LOG` says what is in it.
pub(super) fn start() {
    let filter =
        EnvFilter::try_from_env("QIANFAN_LOG").unwrap_or_else(|_| EnvFilter::new("warn,qianfan_host=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Redacted(std::io::stderr()))
        .with_ansi(console::colors_enabled_stderr())
        .fmt_fields(debug_fn(write).delimited(" "))
        .init();
}

fn write(out: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> std::fmt::Result {
    let text = format!("{value:?}");
    let text = clean::line(&text);
    if field.name() == "message" { write!(out, "{text}") } else { write!(out, "{}={text}", field.name()) }
}

/// Where log lines go, each written in one piece: without the secrets the process knows.
struct Redacted<W>(W);

impl<W: std::io::Write> std::io::Write for Redacted<W> {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        // A closed stderr is no error: nobody reads the log any more, and nobody would read a report of that
        // either.
        _ = self.0.write_all(&redact::known().bytes(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        _ = self.0.flush();
        Ok(())
    }
}
