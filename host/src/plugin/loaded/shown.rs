//! What an operator is shown of a plugin: what it is, may do, and was seen to do.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::call_data::CallData;
use super::literal_key;
use super::plugin::LoadedPlugin;
use super::wit::ComponentRole;
use crate::duration::milliseconds;
use crate::plugin::process::{Denied, LimitSettings, SeenUsage, Ungranted};
use crate::redact;

/// A plugin as it is loaded, without secrets.
#[derive(Debug, Serialize)]
pub struct ShownPlugin<'a> {
    /// Its name in the configuration.
    pub name: &'a str,
    /// `builtin:<name>`, or the path of its file.
    pub component: &'a str,
    /// SHA-256 of the component, in hexadecimal.
    pub digest: &'a str,
    /// The plugin's version, in its own words.
    pub version: &'a str,
    /// The version of the plugin interface that it was built for.
    pub interface: &'static str,
    /// `contributor` or `formatter`.
    pub kind: ComponentRole,
    /// What it is for, in its own words.
    pub summary: &'a str,
    /// What a model is told of it that may call it.
    pub model_summary: &'a str,
    /// What it may reach.
    pub grants: ShownGrants<'a>,
    /// What one call may use.
    pub limits: ShownLimits,
    /// JSON Schema of its configuration.
    pub schema: &'a Value,
    /// JSON Schema of the arguments that a model may pass.
    pub arguments_schema: &'a Value,
    /// Its configuration, without what looks like a key.
    pub config: Value,
    /// What was seen of its calls.
    pub seen: SeenUsage,
}

/// What a plugin may reach, as it is written in the configuration.
#[derive(Debug, Serialize)]
pub struct ShownGrants<'a> {
    /// Knowledge bases it may search.
    pub knowledge: &'a [String],
    /// Origins it may send requests to.
    pub hosts: &'a [String],
    /// Names of the secrets that the host puts into its requests.
    pub secrets: BTreeSet<&'a str>,
}

/// What one call of a plugin may use: sizes in bytes.
#[derive(Debug, Serialize)]
pub struct ShownLimits {
    /// In milliseconds; for a formatter: of each piece.
    #[serde(rename = "timeout_ms", serialize_with = "milliseconds::serialize")]
    pub timeout: Duration,
    /// The guest's memory, with what the host holds for it, in bytes.
    pub memory: usize,
    /// Elements in all tables together.
    pub table_elements: usize,
    /// Bytes of a contribution, or of a formatter's text for one piece.
    pub output: usize,
    /// Bytes of one request.
    pub request_body: usize,
    /// Bytes of one response.
    pub response_body: usize,
    /// Requests in one call.
    pub requests: u32,
    /// Searches in one call.
    pub searches: u32,
    /// Writes to the state in one call.
    pub state_writes: u32,
    /// Calls at one time, where the operator says so.
    pub concurrent: Option<u32>,
    /// Things of the host's open at one time.
    pub handles: u32,
}

impl<C: CallData> LoadedPlugin<C> {
    /// What an operator is shown of it now. `hide` takes out of its configuration what only the file's reader knows
    /// to be nobody's to see.
    pub fn shown(&self, hide: impl FnOnce(&mut Value)) -> ShownPlugin<'_> {
        let description = self.description();
        let grants = &self.context.grants;
        ShownPlugin {
            name: self.name(),
            component: &self.component,
            digest: &self.loaded.digest,
            version: &description.version,
            interface: self.loaded.version,
            kind: self.role(),
            summary: &description.summary,
            model_summary: &description.model_summary,
            grants: ShownGrants {
                knowledge: &grants.knowledge,
                hosts: grants.host_texts(),
                secrets: grants.secret_names(),
            },
            limits: ShownLimits::of(&self.context.limits),
            schema: &description.config_schema,
            arguments_schema: &description.arguments_schema,
            config: self.shown_config(hide),
            seen: self.tally.usage().seen(self.context.in_force()),
        }
    }

    /// What calls asked for and were not granted, each with the line that grants it.
    pub fn denied(&self, ungranted: &[Ungranted]) -> Vec<Denied> {
        let mut denied: Vec<Denied> = Vec::new();
        for what in ungranted {
            let told = what.told(self.context.in_force());
            if !denied.contains(&told) {
                denied.push(told);
            }
        }
        denied
    }

    fn shown_config(&self, hide: impl FnOnce(&mut Value)) -> Value {
        let known = redact::known();
        let mut config = serde_json::from_str(&known.json(&self.config)).unwrap_or_default();
        hide(&mut config);
        literal_key::hide(&mut config);
        config
    }
}

impl ShownLimits {
    fn of(limits: &LimitSettings) -> Self {
        Self {
            timeout: limits.timeout,
            memory: limits.memory.0,
            table_elements: limits.table_elements,
            output: limits.output.0,
            request_body: limits.request_body.0,
            response_body: limits.response_body.0,
            requests: limits.requests,
            searches: limits.searches,
            state_writes: limits.state_writes,
            concurrent: limits.concurrent,
            handles: limits.handles,
        }
    }
}
