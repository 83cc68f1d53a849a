//! `qianfan-host plugin inspect`: what a component is, asks for and accepts.

use std::path::PathBuf;

use clap::Subcommand;

use super::Failure;
use crate::plugin;

#[derive(Subcommand)]
pub(super) enum PluginCommand {
    /// Describe a component: role, imports and the grants they need, schemas.
    Inspect {
        /// A .wasm file, or builtin:<name>.
        component: PathBuf,
        /// Print as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(command: &PluginCommand) -> Result<(), Failure> {
    let PluginCommand::Inspect { component, json } = command;
    let inspection = plugin::inspect(component).await.map_err(|error| error.to_string())?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&inspection).map_err(|error| error.to_string())?);
    } else {
        println!("{inspection}");
    }
    Ok(())
}
