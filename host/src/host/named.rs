//! What a configuration names, loaded and checked before anything in the data folder is opened.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Host;
use super::process::Machinery;
use crate::config::{AppSettings, Config};
use crate::data_folder;
use crate::door::Door;
use crate::llm::Model;
use crate::plugin::{Engine, LoadError, Prepared, Role, Secrets};
use crate::problem::Problem;
use crate::prompt::Template;

/// The parts that could be loaded; what could not is among the problems.
pub(super) struct Named {
    pub(super) door: Option<Door>,
    /// Whether there is what runs plugins.
    pub(super) has_engine: bool,
    pub(super) models: BTreeMap<String, Arc<Model>>,
    pub(super) plugins: BTreeMap<String, Prepared>,
    /// Whether there is a folder to open the rest in.
    pub(super) has_folder: bool,
}

impl Named {
    /// Loads all it can, and goes on after what it cannot. What the host before has of it is taken over.
    pub(super) async fn load(
        config: &Config,
        machinery: &Machinery,
        before: Option<&Host>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        data_folder::create_files_privately();
        let folder = data_folder::prepare(config.data_dir());
        let has_folder = folder.is_ok();
        problems.extend(folder.err().map(|message| Problem::new("server.data_dir", message)));
        let engine = engine(config, machinery, has_folder, problems);
        let plugins = match &engine {
            Some(engine) => plugins(config, engine, before, problems).await,
            None => BTreeMap::new(),
        };
        let door = Door::new(&config.door_settings()).map_err(|found| problems.extend(found)).ok();
        for (name, app) in &config.apps {
            check_app(name, app, &plugins, problems);
        }
        let models = models(config, before, problems);
        Self { door, has_engine: engine.is_some(), models, plugins, has_folder }
    }
}

fn engine(
    config: &Config,
    machinery: &Machinery,
    has_folder: bool,
    problems: &mut Vec<Problem>,
) -> Option<Arc<Engine>> {
    if config.plugins.is_empty() {
        return None;
    }
    let mut settings = config.engine_settings();
    if !has_folder {
        // Of a folder that cannot be used is told once.
        settings.cache_dir.clone_from(&config.engine.cache_dir);
    }
    match machinery.engine(&settings) {
        Ok(engine) => Some(engine),
        Err(LoadError(found)) => {
            problems.extend(found.into_iter().map(|problem| problem.below("engine")));
            None
        }
    }
}

async fn plugins(
    config: &Config,
    engine: &Arc<Engine>,
    before: Option<&Host>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Prepared> {
    let mut plugins = BTreeMap::new();
    let secrets = Secrets::new(config.secrets.clone());
    for (name, settings) in &config.plugins {
        let before = before.and_then(|before| before.plugins.get(name));
        match Prepared::anew(engine, name, settings, &secrets, before).await {
            Ok(plugin) => _ = plugins.insert(name.clone(), plugin),
            Err(LoadError(found)) => {
                let table = format!("plugins.{name}");
                let own =
                    |problem: Problem| if problem.key.is_empty() { problem.below(&table) } else { problem };
                problems.extend(found.into_iter().map(own));
            }
        }
    }
    plugins
}

fn models(
    config: &Config,
    before: Option<&Host>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Arc<Model>> {
    let mut models = BTreeMap::new();
    for (name, settings) in &config.models {
        let before = before.and_then(|before| before.models.get(name));
        if let Some(model) = before.filter(|model| model.settings() == settings) {
            models.insert(name.clone(), Arc::clone(model));
            continue;
        }
        match Model::new(name, settings) {
            Ok(model) => _ = models.insert(name.clone(), Arc::new(model)),
            Err(error) => {
                // An address that is wrong hides no key that is missing.
                let endpoint = crate::endpoint::problems(
                    "base_url",
                    &settings.base_url,
                    settings.api_key_env.as_deref(),
                );
                let mut found = endpoint;
                if found.is_empty() {
                    found.push(Problem::new(error.key("base_url"), error.to_string()));
                }
                problems.extend(found.into_iter().map(|problem| problem.below(&format!("models.{name}"))));
            }
        }
    }
    models
}

/// What is wrong with an app's template, and with the places it gives to plugins.
fn check_app(
    name: &str,
    app: &AppSettings,
    plugins: &BTreeMap<String, Prepared>,
    problems: &mut Vec<Problem>,
) {
    let mut report =
        |key: &str, message: String| problems.push(Problem::new(format!("apps.{name}.{key}"), message));
    // One that is not there has been reported.
    if app.prompt.as_ref().is_none_or(|prompt| prompt.is_file())
        && let Err(message) = Template::load(app.prompt.as_deref())
    {
        report("prompt", message);
    }
    let mut expect = |key: String, plugin: &str, role: Role| {
        if let Some(loaded) = plugins.get(plugin).filter(|loaded| loaded.role() != role) {
            let (is, place) = match loaded.role() {
                Role::Contributor => ("adds to a turn", "[[apps.NAME.plugins]]"),
                Role::Formatter => ("is a formatter", "formatters"),
            };
            report(&key, format!("`{plugin}` {is} and cannot be used here; move it to {place}"));
        }
    };
    for (index, entry) in app.plugins.iter().enumerate() {
        expect(format!("plugins[{index}].plugin"), &entry.plugin, Role::Contributor);
    }
    for (index, entry) in app.formatters.iter().enumerate() {
        expect(format!("formatters[{index}]"), &entry.plugin, Role::Formatter);
    }
}
