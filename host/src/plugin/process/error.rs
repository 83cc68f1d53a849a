//! What can go wrong, split by what the caller does next.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::lane::LaneGone;
use crate::problem::Problem;

/// Why a plugin could not be loaded: everything that is wrong with it. The host does not start with it.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct LoadError(pub Vec<Problem>);

impl LoadError {
    /// The component cannot be used with this host.
    pub(in crate::plugin) fn component(plugin: &str, problem: impl std::fmt::Display) -> Self {
        Self::settings(plugin, "component", problem)
    }

    /// A key of the plugin's table is wrong.
    pub(in crate::plugin) fn settings(
        plugin: &str,
        key: impl std::fmt::Display,
        problem: impl std::fmt::Display,
    ) -> Self {
        Self(vec![Problem::new(format!("plugins.{plugin}.{key}"), quoted(problem))])
    }

    /// The host itself cannot load anything: its engine or its cache.
    pub(in crate::plugin) fn host(problem: impl Into<String>) -> Self {
        Self(vec![Problem::new("", problem)])
    }
}

/// A problem on one line: it may quote the component.
pub(in crate::plugin) fn quoted(problem: impl std::fmt::Display) -> String {
    crate::clean::line(&problem.to_string()).into_owned()
}

/// Why a call gave nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CallError {
    /// The plugin itself said it cannot: the turn goes on or ends, as the app says.
    #[error("{failure}")]
    Failed {
        /// In the plugin's own words.
        failure: Failure,
    },
    /// The plugin took longer than `limits.timeout`, its host calls included.
    #[error("no result within {limit:?}; `limits.timeout` of the plugin sets the time")]
    Timeout {
        /// The limit that was passed.
        limit: Duration,
    },
    /// The plugin broke; its instance is gone.
    #[error("{message}")]
    Trap {
        /// What broke it.
        cause: TrapKind,
        /// The cause, for the operator.
        message: String,
    },
    /// No place came free: the client should try again later (503 with Retry-After).
    #[error("{message}")]
    Busy {
        /// For the operator: which bound was reached, and the key that sets it.
        message: String,
    },
    /// A fault of the host's own (500).
    #[error("{message}")]
    Host {
        /// For the operator.
        message: String,
    },
}

impl From<LaneGone> for CallError {
    fn from(LaneGone: LaneGone) -> Self {
        Self::Host { message: "the host stopped before the call was over".to_owned() }
    }
}

/// What broke a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrapKind {
    /// It wanted more than `limits.memory` or `limits.table_elements`.
    OutOfMemory,
    /// It recursed too deep.
    StackOverflow,
    /// It handed the host more than `limits.output` allows.
    TooMuchData,
    /// It had more open than `limits.handles` allows.
    TooManyHandles,
    /// Anything else: a panic, an `unreachable`, an access out of bounds.
    Crash,
}

/// What a guest says when it cannot do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "reason", content = "text", rename_all = "kebab-case")]
pub enum Failure {
    /// The configuration is valid by its schema and still cannot work.
    #[error("invalid configuration: {0}")]
    InvalidConfig(String),
    /// The model's arguments cannot work; the model is told and may try again.
    #[error("invalid arguments: {0}")]
    InvalidArguments(String),
    /// A grant is missing; the text names the line to add.
    #[error("denied: {0}")]
    Denied(String),
    /// Something the plugin depends on is away, slow or broken.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// What the guest said of it.
    pub(in crate::plugin) fn text_mut(&mut self) -> &mut String {
        match self {
            Self::InvalidConfig(text)
            | Self::InvalidArguments(text)
            | Self::Denied(text)
            | Self::Unavailable(text)
            | Self::Other(text) => text,
        }
    }
}
