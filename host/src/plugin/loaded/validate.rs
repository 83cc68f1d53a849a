//! Asking a bundled plugin what is wrong with its configuration beyond its schema, such as a template that
//! does not parse.
//!
//! How it is asked is between this host and the components in its binary; `qianfan:plugin` has no such export yet.

use super::{call_data::CallData, component::Loaded};
use crate::plugin::process::{Engine, LimitSettings, quoted};
use crate::problem::Problem;

/// The export, as the SDK declares it.
const INTERFACE: &str = "qianfan:bundled/validate@0.1.0";
const FUNCTION: &str = "validate";

/// Keys of `config` and what is wrong with each. A plugin without the export has nothing to say.
pub(in crate::plugin) async fn ask<C: CallData>(
    engine: &Engine,
    loaded: &Loaded<C>,
    name: &str,
    limits: &LimitSettings,
    config: &serde_json::Value,
) -> Vec<Problem> {
    let asked = call(engine, loaded, name, limits, config.to_string());
    let told = |(key, message): (String, String)| {
        let key = if key.is_empty() { "config".to_owned() } else { format!("config.{key}") };
        Problem::new(key, quoted(message))
    };
    match tokio::time::timeout(limits.timeout, asked).await {
        Ok(Ok(problems)) => problems.into_iter().map(told).collect(),
        Ok(Err(error)) => vec![Problem::new("config", format!("cannot be checked by the plugin: {error:#}"))],
        Err(_) => {
            vec![Problem::new("config", format!("was not checked by the plugin within {:?}", limits.timeout))]
        }
    }
}

async fn call<C: CallData>(
    engine: &Engine,
    loaded: &Loaded<C>,
    name: &str,
    limits: &LimitSettings,
    config: String,
) -> wasmtime::Result<Vec<(String, String)>> {
    let component = loaded.pre.component();
    let function = component
        .get_export_index(None, INTERFACE)
        .and_then(|interface| component.get_export_index(Some(&interface), FUNCTION));
    let Some(function) = function else { return Ok(Vec::new()) };
    let mut store = C::bare_store(engine, name, limits);
    let instance = loaded.pre.instantiate_async(&mut store).await?;
    let function = instance.get_typed_func::<(String,), (Vec<(String, String)>,)>(&mut store, &function)?;
    let (problems,) = function.call_async(&mut store, (config,)).await?;
    Ok(problems)
}
