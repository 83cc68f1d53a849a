//! Asking a bundled plugin what is wrong with its configuration beyond its schema, such as a template that
//! does not parse.
//!
//! How it is asked is between this host and the components in its binary; `qianfan:plugin` has no such export yet.

use super::call_data::CallData;
use super::component::LoadedComponent;
use crate::plugin::process::{Engine, LimitSettings, quoted};
use crate::problem::Problem;

/// The export, as the SDK declares it.
const INTERFACE: &str = "qianfan:bundled/validate@0.1.0";
/// What is wrong, and what works and may surprise.
const FUNCTIONS: [&str; 2] = ["validate", "warn"];

/// What a plugin says of its configuration, by the keys of its table.
#[derive(Default)]
pub(in crate::plugin) struct ToldProblems {
    /// What is wrong.
    pub(in crate::plugin) problems: Vec<Problem>,
    /// What works and may surprise.
    pub(in crate::plugin) warnings: Vec<Problem>,
}

/// Asks a plugin of its configuration. One without the export has nothing to say.
pub(in crate::plugin) async fn ask<C: CallData>(
    engine: &Engine,
    loaded: &LoadedComponent<C>,
    name: &str,
    limits: &LimitSettings,
    config: &serde_json::Value,
) -> ToldProblems {
    let asked = call(engine, loaded, name, limits, config.to_string());
    let cause = match tokio::time::timeout(limits.timeout, asked).await {
        Ok(Ok([problems, warnings])) => {
            return ToldProblems { problems: told(problems), warnings: told(warnings) };
        }
        Ok(Err(error)) => format!("cannot be checked by the plugin: {error:#}"),
        Err(_) => format!("was not checked by the plugin within {:?}", limits.timeout),
    };
    ToldProblems { problems: vec![Problem::new("config", cause)], warnings: Vec::new() }
}

type PluginProblems = Vec<(String, String)>;

fn told(said: PluginProblems) -> Vec<Problem> {
    let told = |(key, message): (String, String)| {
        let key = if key.is_empty() { "config".to_owned() } else { format!("config.{key}") };
        Problem::new(key, quoted(message))
    };
    said.into_iter().map(told).collect()
}

async fn call<C: CallData>(
    engine: &Engine,
    loaded: &LoadedComponent<C>,
    name: &str,
    limits: &LimitSettings,
    config: String,
) -> wasmtime::Result<[PluginProblems; 2]> {
    let component = loaded.pre.component();
    let mut all = [PluginProblems::new(), PluginProblems::new()];
    let Some(interface) = component.get_export_index(None, INTERFACE) else { return Ok(all) };
    for (said, function) in all.iter_mut().zip(FUNCTIONS) {
        let Some(function) = component.get_export_index(Some(&interface), function) else { continue };
        let mut store = C::bare_store(engine, name, limits);
        let instance = loaded.pre.instantiate_async(&mut store).await?;
        let function = instance.get_typed_func::<(String,), (PluginProblems,)>(&mut store, &function)?;
        (*said,) = function.call_async(&mut store, (config.clone(),)).await?;
    }
    Ok(all)
}
