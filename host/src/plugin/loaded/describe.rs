//! What a component says of itself, asked once and checked.

use std::sync::Arc;

use super::call_data::CallData;
use super::component::LoadedComponent;
use super::guest::LiveInstance;
use super::schema::{self, Schema};
use super::wit::{Description, RawDescription};
use crate::plugin::process::{Engine, LimitSettings, LoadError};

/// Bytes of a plugin's name, and of its version.
const LONGEST_NAME: usize = 64;
/// Bytes of a plugin's line for the operator, and of that for the model.
const LONGEST_SUMMARY: usize = 2 << 10;

/// What a component says of itself, checked.
pub(super) struct CheckedDescription {
    pub(super) description: Description,
    pub(super) config_schema: Arc<Schema>,
    pub(super) arguments_schema: Arc<Schema>,
}

impl<C: CallData> LoadedComponent<C> {
    /// Checks the form of the exports, runs `describe` under the plugin's own limits and without any
    /// grant, and checks what it says.
    pub(super) async fn describe(
        &self,
        engine: &Engine,
        name: &str,
        limits: &LimitSettings,
    ) -> Result<CheckedDescription, LoadError> {
        let limit = limits.timeout;
        let mut store = C::bare_store(engine, name, limits);
        let mut mismatch = None;
        let described = tokio::time::timeout(limit, async {
            let instance = self.pre.instantiate_async(&mut store).await?;
            let mut guest = LiveInstance { store: &mut store, instance };
            if let Err(error) = self.interface.check(&mut guest) {
                mismatch = Some(format!("{error:#}"));
                return Err(error);
            }
            self.interface.describe(&mut guest).await.map(Ok)
        })
        .await;
        if let Some(mismatch) = mismatch {
            let version = self.version;
            let problem = format!(
                "it was built for version {version} of the plugin interface, and what it exports has another form than there: \
                 {mismatch}; build it with the `wit` folder of this host"
            );
            return Err(LoadError::component(name, problem));
        }
        let raw = store.data().settle(described, limit).map_err(|error| {
            LoadError::component(name, format_args!("it could not describe itself: {error}"))
        })?;
        check_description(name, raw).await
    }
}

async fn check_description(name: &str, raw: RawDescription) -> Result<CheckedDescription, LoadError> {
    for (text, what, most) in [
        (&raw.name, "name", LONGEST_NAME),
        (&raw.version, "version", LONGEST_NAME),
        (&raw.summary, "summary", LONGEST_SUMMARY),
        (&raw.model_summary, "model-summary", LONGEST_SUMMARY),
        (&raw.config_schema, "config-schema", schema::LARGEST),
        (&raw.arguments_schema, "arguments-schema", schema::LARGEST),
    ] {
        if text.len() > most {
            let problem = format!("its {what} has {} bytes; at most {most} are taken", text.len());
            return Err(LoadError::component(name, problem));
        }
    }
    if raw.name.is_empty() || !raw.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        let problem = format!("it calls itself {:?}; a plugin's name is letters, digits and `-`", raw.name);
        return Err(LoadError::component(name, problem));
    }
    let (config_value, config_schema) = read_schema(name, "config-schema", &raw.config_schema).await?;
    let (arguments_value, arguments_schema) =
        read_schema(name, "arguments-schema", &raw.arguments_schema).await?;
    let description = Description {
        config_schema: config_value,
        arguments_schema: arguments_value,
        name: raw.name,
        version: raw.version,
        summary: raw.summary,
        model_summary: raw.model_summary,
    };
    Ok(CheckedDescription { description, config_schema, arguments_schema })
}

async fn read_schema(
    name: &str,
    which: &str,
    text: &str,
) -> Result<(serde_json::Value, Arc<Schema>), LoadError> {
    let value = serde_json::from_str(text).map_err(|error| {
        LoadError::component(name, format_args!("its {which} is not valid JSON: {error}"))
    })?;
    let schema = Schema::load(&value)
        .await
        .map_err(|problem| LoadError::component(name, format_args!("its {which} {problem}")))?;
    Ok((value, schema))
}
