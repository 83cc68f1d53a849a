//! The plugin interface as a component brings it: one file for each published version, with its bindings and where a
//! component's exports are. What a call gives and takes through them is in `call/wit/`.
//!
//! A new version adds a file here and there, a variant to [`Interface`] and an arm to each `match`; a
//! component built for an older version keeps its files.
//!
//! **Later versions.** A published version never changes. The next one gets its own WIT package version and
//! its own file beside each `v0_1.rs` of `plugin/loaded/wit/` and `plugin/call/wit/`, with conversions to the
//! types of `message.rs`; the loader picks the file by the version a component exports. The rest of the host
//! knows only the newest types.

pub(in crate::plugin) mod v0_1;

use wasmtime::component::{Component, InstancePre};

use super::guest::LiveInstance;

/// What a component is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ComponentRole {
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

/// A description as the guest gave it: nothing has been checked.
pub(super) struct RawDescription {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) summary: String,
    pub(super) model_summary: String,
    pub(super) config_schema: String,
    pub(super) arguments_schema: String,
}

/// Where the exports of a component are, by the version of the interface it was built for.
pub(in crate::plugin) enum Interface {
    V0_1(v0_1::Exports),
}

/// Components that export this are plugins of the role, for the version named last.
const ROLES: [(&str, ComponentRole, &str); 2] = [
    ("qianfan:plugin/contribute@0.1.", ComponentRole::Contributor, "0.1"),
    ("qianfan:plugin/format@0.1.", ComponentRole::Formatter, "0.1"),
];

/// The role a component plays and the interface's version, from the names of its exports.
/// The error is for people.
pub(super) fn role_of(component: &Component) -> Result<(ComponentRole, &'static str), String> {
    let names = export_names(component);
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

fn export_names(component: &Component) -> Vec<String> {
    component.component_type().exports(component.engine()).map(|(name, _)| name.to_owned()).collect()
}

impl Interface {
    /// Finds the exports once, so that a call need not look names up.
    pub(super) fn new<C: 'static>(pre: &InstancePre<C>, role: ComponentRole) -> wasmtime::Result<Self> {
        v0_1::Exports::new(pre, role).map(Self::V0_1)
    }

    /// Whether the exports take and give what the interface says. Names alone are looked at before.
    pub(super) fn check<C: Send + 'static>(&self, guest: &mut LiveInstance<'_, C>) -> wasmtime::Result<()> {
        match self {
            Self::V0_1(exports) => exports.check(guest),
        }
    }

    pub(super) async fn describe<C: Send + 'static>(
        &self,
        guest: &mut LiveInstance<'_, C>,
    ) -> wasmtime::Result<RawDescription> {
        match self {
            Self::V0_1(exports) => exports.describe(guest).await,
        }
    }
}
