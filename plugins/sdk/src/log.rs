//! Lines for the turn's trace and the host's log. Off wasm they go nowhere.

use crate::bindings::log::{Level, write};

/// For the author of the plugin.
pub fn debug(message: &str) {
    line(Level::Debug, message);
}

/// For the operator: what happened.
pub fn info(message: &str) {
    line(Level::Info, message);
}

/// For the operator: something to look at.
pub fn warn(message: &str) {
    line(Level::Warn, message);
}

/// For the operator: something is broken.
pub fn error(message: &str) {
    line(Level::Error, message);
}

fn line(level: Level, message: &str) {
    // Unit tests run without a host; a log line must not stop them.
    if cfg!(target_family = "wasm") {
        write(level, message);
    }
}
