//! `qianfan-host plugin inspect`: what a component is, asks for and accepts.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use console::style;

use super::{CommandError, keys};
use crate::clean;
use crate::config::Config;
use crate::plugin::{self, ComponentRole, Engine, EngineSettings};

#[derive(Subcommand)]
pub(super) enum PluginCommand {
    /// Describe a component: role, imports and the grants they need, schemas.
    Inspect {
        /// A .wasm file, or builtin:NAME.
        component: String,
        /// Print as JSON, with the schemas themselves.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Path, command: &PluginCommand) -> Result<(), CommandError> {
    let PluginCommand::Inspect { component, json } = command;
    // The component gets the name that a plugin of the configuration made of it would have.
    let file = Path::new(component).file_stem().and_then(|stem| stem.to_str());
    let name = component.strip_prefix("builtin:").or(file).unwrap_or(component);
    let bytes = plugin::component_bytes(name, component).await.map_err(|error| error.to_string())?;
    let engine = Engine::new(&settings(config)).map_err(|error| error.to_string())?;
    let inspection = plugin::inspect(&engine, name, bytes).await.map_err(|error| error.to_string())?;
    if *json {
        let text = serde_json::to_string_pretty(&inspection).map_err(|error| error.to_string())?;
        outln!("{}", clean::json(&text));
        return Ok(());
    }
    let about = &inspection.description;
    let (version, summary) = (clean::line(&about.version), clean::line(&about.summary));
    outln!("{} {version}: {summary}", style(&about.name).bold());
    outln!("role: {:?}, interface {}", inspection.role, inspection.interface);
    outln!("for the model: {}", clean::line(&about.model_summary));
    let grants = if inspection.grants.is_empty() { "none".to_owned() } else { inspection.grants.join(", ") };
    outln!("grants it can use: {grants}");
    outln!("imports:");
    for import in &inspection.imports {
        outln!("  {}", clean::line(import));
    }
    heading(&format!("configuration, in [plugins.{name}.config]"));
    out!("{}", keys::table(&about.config_schema));
    if inspection.role == ComponentRole::Contributor {
        heading("arguments the model may pass");
        out!("{}", keys::table(&about.arguments_schema));
    }
    heading("example");
    out!("{}", clean::lines(&keys::example(name, component, &about.config_schema)));
    Ok(())
}

fn heading(text: &str) {
    outln!("\n{}", style(text).bold());
}

/// The engine of the configuration, so that what a server has compiled is found. Where there is none, or
/// none that can be used, compiled components are kept in the user's cache folder.
fn settings(config: &Path) -> EngineSettings {
    let settings = Config::load(config)
        .map(|config| config.engine_settings())
        .unwrap_or_else(|_| EngineSettings { cache_dir: user_cache(), ..EngineSettings::default() });
    EngineSettings { compiler: super::compiler(), ..settings }
}

fn user_cache() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where the user keeps caches is no setting of the host")]
    let absolute = |variable| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))?;
    Some(caches.join("qianfan-host/components"))
}
