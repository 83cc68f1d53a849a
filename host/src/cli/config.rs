//! `qianfan-host config`: what a configuration may hold.

use clap::Subcommand;

use super::CommandError;
use crate::config;

#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Print a commented configuration with every key and its default.
    Reference,
    /// Print the JSON Schema, with which an editor completes and checks host.toml (such as Even Better TOML).
    Schema,
}

pub(super) fn run(command: &ConfigCommand) -> Result<(), CommandError> {
    match command {
        ConfigCommand::Reference => outln!("{}", config::reference().trim_end()),
        ConfigCommand::Schema => {
            let text = serde_json::to_string_pretty(config::schema()).map_err(|error| error.to_string())?;
            outln!("{text}");
        }
    }
    Ok(())
}
