//! `qianfan-host plugin inspect`: what a component is, asks for and accepts.

use clap::Subcommand;
use console::style;

use super::Failure;
use crate::plugin::{self, Engine, EngineSettings};

#[derive(Subcommand)]
pub(super) enum PluginCommand {
    /// Describe a component: role, imports and the grants they need, schemas.
    Inspect {
        /// A .wasm file, or builtin:<name>.
        component: String,
        /// Print as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(command: &PluginCommand) -> Result<(), Failure> {
    let PluginCommand::Inspect { component, json } = command;
    let name = component.strip_prefix("builtin:").unwrap_or(component);
    let bytes = plugin::component_bytes(name, component).await.map_err(|error| error.to_string())?;
    let engine = Engine::new(&EngineSettings::default()).map_err(|error| error.to_string())?;
    let inspection = plugin::inspect(&engine, name, bytes).await.map_err(|error| error.to_string())?;
    if *json {
        outln!("{}", serde_json::to_string_pretty(&inspection).map_err(|error| error.to_string())?);
        return Ok(());
    }
    let about = &inspection.description;
    outln!("{} {}: {}", style(&about.name).bold(), about.version, about.summary);
    outln!("role: {:?}, interface {}", inspection.role, inspection.interface);
    outln!("for the model: {}", about.model_summary);
    let grants = if inspection.grants.is_empty() { "none".to_owned() } else { inspection.grants.join(", ") };
    outln!("grants it can use: {grants}");
    outln!("imports:");
    for import in &inspection.imports {
        outln!("  {import}");
    }
    outln!("configuration schema: {}", about.config_schema);
    outln!("arguments schema: {}", about.arguments_schema);
    Ok(())
}
