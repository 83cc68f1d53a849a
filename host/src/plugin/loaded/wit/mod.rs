//! The plugin interface as the host sees it: one file for each published version, and the one seam
//! where a version's own types become the words of [`crate::message`].
//!
//! A new version adds a file, a variant to [`Interface`] and an arm to each `match` below; a
//! component built for an older version keeps its file.

mod v0_1;

use wasmtime::component::{Component, InstancePre, Linker};

use crate::message::{Contribution, Passage};
use crate::plugin::call::{CallState, Guest, TurnInput};
use crate::plugin::process::Failure;

/// What a component is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Adds to a turn before the model is called.
    Contributor,
    /// Shapes an answer while it streams.
    Formatter,
}

/// What a plugin says of itself.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Description {
    /// Letters, digits and `-`.
    pub name: String,
    /// Semantic version, for people.
    pub version: String,
    /// One line for the operator.
    pub summary: String,
    /// One line for the model.
    pub model_summary: String,
    /// JSON Schema of the configuration.
    pub config_schema: serde_json::Value,
    /// JSON Schema of the arguments the model may pass.
    pub arguments_schema: serde_json::Value,
}

/// JSON as text, the way bindings take it.
type Json = String;

/// A description as the guest gave it: nothing has been checked.
pub(super) struct RawDescription {
    pub(in crate::plugin) name: String,
    pub(in crate::plugin) version: String,
    pub(in crate::plugin) summary: String,
    pub(in crate::plugin) model_summary: String,
    pub(super) config_schema: String,
    pub(in crate::plugin) arguments_schema: String,
}

/// Where the exports of a component are, by the version of the interface it was built for.
pub(super) enum Interface {
    V0_1(v0_1::Exports),
}

/// Components that export this are plugins of the role, for the version named last.
const ROLES: [(&str, Role, &str); 2] = [
    ("qianfan:plugin/contribute@0.1.", Role::Contributor, "0.1"),
    ("qianfan:plugin/format@0.1.", Role::Formatter, "0.1"),
];

/// The role a component plays and the interface's version, from the names of its exports.
/// The error is for people.
pub(super) fn role_of(component: &Component) -> Result<(Role, &'static str), String> {
    let names = super::inspect::export_names(component);
    let mut roles =
        names.iter().flat_map(|name| ROLES.iter().filter(|(prefix, ..)| name.starts_with(prefix)));
    match (roles.next(), roles.next()) {
        (Some((_, role, version)), None) => Ok((*role, version)),
        (Some(_), Some(_)) => {
            Err("it exports two roles; a plugin is a contributor or a formatter".to_owned())
        }
        (None, _) => Err(format!(
            "it exports neither `qianfan:plugin/contribute` nor `qianfan:plugin/format` in a version this host knows (0.1); it exports: {}",
            if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
        )),
    }
}

/// Gives a guest of `role` what it may import, in every version of the interface.
pub(in crate::plugin) fn add_to_linker(linker: &mut Linker<CallState>, role: Role) -> wasmtime::Result<()> {
    v0_1::add_to_linker(linker, role)
}

impl Interface {
    /// Finds the exports once, so that a call need not look names up.
    pub(in crate::plugin) fn new(pre: &InstancePre<CallState>, role: Role) -> wasmtime::Result<Self> {
        v0_1::Exports::new(pre, role).map(Self::V0_1)
    }

    /// Whether the exports take and give what the interface says. Names alone are looked at before.
    pub(in crate::plugin) fn check(&self, guest: &mut Guest<'_>) -> wasmtime::Result<()> {
        match self {
            Self::V0_1(exports) => exports.check(guest),
        }
    }

    pub(in crate::plugin) async fn describe(
        &self,
        guest: &mut Guest<'_>,
    ) -> wasmtime::Result<RawDescription> {
        match self {
            Self::V0_1(exports) => exports.describe(guest).await,
        }
    }

    pub(in crate::plugin) async fn contribute(
        &self,
        guest: &mut Guest<'_>,
        input: &TurnInput,
        config: &Json,
    ) -> wasmtime::Result<Result<Contribution, Failure>> {
        match self {
            Self::V0_1(exports) => exports.contribute(guest, input, config).await,
        }
    }

    pub(in crate::plugin) async fn open(
        &self,
        guest: &mut Guest<'_>,
        config: &Json,
        sources: &[Passage],
    ) -> wasmtime::Result<Result<Formatter, Failure>> {
        match self {
            Self::V0_1(exports) => Ok(exports.open(guest, config, sources).await?.map(Formatter::V0_1)),
        }
    }
}

/// A formatter within a live instance.
pub(in crate::plugin) enum Formatter {
    V0_1(v0_1::Formatter),
}

impl Formatter {
    pub(in crate::plugin) async fn feed(
        &self,
        guest: &mut Guest<'_>,
        chunk: &str,
    ) -> wasmtime::Result<Result<String, Failure>> {
        match self {
            Self::V0_1(formatter) => formatter.feed(guest, chunk).await,
        }
    }

    pub(in crate::plugin) async fn finish(
        &self,
        guest: &mut Guest<'_>,
    ) -> wasmtime::Result<Result<String, Failure>> {
        match self {
            Self::V0_1(formatter) => formatter.finish(guest).await,
        }
    }
}
