//! The lines a guest writes: into the trace of the turn and into the host's own log.

use serde::{Deserialize, Serialize};

use crate::clean;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For whoever wrote the plugin.
    Debug,
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warn,
    /// Broken.
    Error,
}

impl Level {
    /// As a trace has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// One line of a guest's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// The level that the guest chose.
    pub level: Level,
    /// At most 2 KiB, without control characters.
    pub message: String,
}

/// Lines of one call; the numbers are the interface's (`wit/host.wit`).
const MAX_LINES: usize = 100;
/// Bytes of one line.
const MAX_LINE: usize = 2 << 10;

/// The lines of one call.
#[derive(Debug, Default)]
pub(super) struct Log {
    lines: Vec<LogLine>,
    dropped: u32,
}

impl Log {
    pub(in crate::plugin) fn write(&mut self, plugin: &str, level: Level, message: &str) {
        if self.lines.len() >= MAX_LINES {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        let message = clean::line(&message[..message.floor_char_boundary(MAX_LINE)]).into_owned();
        match level {
            Level::Debug => tracing::debug!(plugin.name = %plugin, "Plugin `{plugin}`: {message}"),
            Level::Info => tracing::info!(plugin.name = %plugin, "Plugin `{plugin}`: {message}"),
            Level::Warn => tracing::warn!(plugin.name = %plugin, "Plugin `{plugin}`: {message}"),
            Level::Error => tracing::error!(plugin.name = %plugin, "Plugin `{plugin}`: {message}"),
        }
        self.lines.push(LogLine { level, message });
    }

    /// The lines and how many more there were; the log is empty afterwards.
    pub(in crate::plugin) fn take(&mut self) -> (Vec<LogLine>, u32) {
        (std::mem::take(&mut self.lines), std::mem::take(&mut self.dropped))
    }
}

#[cfg(test)]
mod tests;
