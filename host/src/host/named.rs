//! What a configuration names, loaded and checked before anything in the data folder is opened.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::process::Machinery;
use super::warnings::{self, PluginRoles};
use crate::config::{AnswerMode, AppSettings, Config};
use crate::data_folder;
use crate::door::Door;
use crate::knowledge::EmbedderKind;
use crate::llm::Model;
use crate::plugin::{ComponentRole, Engine, LoadError, Plugin, Prepared, Secrets, Unloadable};
use crate::problem::Problem;
use crate::prompt::{Showing, Template};
use crate::turn::App;

/// The parts that could be loaded; what could not is among the problems.
pub(super) struct NamedParts {
    pub(super) door: Option<Door>,
    /// Whether there is what runs plugins.
    pub(super) has_engine: bool,
    pub(super) models: BTreeMap<String, Arc<Model>>,
    pub(super) plugins: BTreeMap<String, Prepared>,
    /// What works and will surprise.
    pub(super) warnings: Vec<Problem>,
    /// Whether there is a folder to open the rest in.
    pub(super) has_folder: bool,
}

/// What the host before has of what a configuration names.
#[derive(Clone, Copy)]
pub(super) struct PartsBefore<'a> {
    pub(super) models: &'a BTreeMap<String, Arc<Model>>,
    pub(super) plugins: &'a BTreeMap<String, Arc<Plugin>>,
}

impl NamedParts {
    /// Loads all it can, and goes on after what it cannot. What the host before has of it is taken over.
    pub(super) async fn load(
        config: &Config,
        machinery: &Machinery,
        before: Option<PartsBefore<'_>>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        data_folder::create_files_privately();
        let folder = data_folder::prepare(config.data_dir());
        let has_folder = folder.is_ok();
        if let Err(message) = folder {
            // Where something else stands in the place of the host's own, all of it is told.
            let found = data_folder::in_the_way(config.data_dir());
            let found = if found.is_empty() { vec![message] } else { found };
            problems.extend(found.into_iter().map(|message| Problem::new("server.data_dir", message)));
        }
        let engine = engine(config, machinery, has_folder, problems);
        let (plugins, roles) = match &engine {
            Some(engine) => plugins(config, engine, before, problems).await,
            None => Default::default(),
        };
        let door = Door::new(&config.door_settings()).map_err(|found| problems.extend(found)).ok();
        let mut templates = BTreeMap::new();
        for (name, app) in &config.apps {
            let template = template(name, app, problems);
            templates.extend(template.map(|template| (name.clone(), template)));
            check_app(name, app, &roles, problems);
        }
        let models = models(config, before, problems);
        let mut warnings = warnings::of(config, &roles, &templates);
        let of_plugins = plugins.values().flat_map(|plugin| plugin.warnings()).cloned().collect();
        warnings.extend(config.placed(of_plugins));
        Self { door, has_engine: engine.is_some(), models, plugins, warnings, has_folder }
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
        // A folder that cannot be used is reported once.
        settings.cache_dir.clone_from(&config.engine.cache_dir);
    }
    match machinery.engine(&settings) {
        Ok(engine) => Some(engine),
        Err(LoadError(found)) => {
            // What the host's own folder for components says begins with its key.
            let own = |problem: Problem| match problem.message.split_once(": ") {
                Some((key @ "engine.cache_dir", message)) => Problem::new(key, message),
                _ => problem.below("engine"),
            };
            problems.extend(found.into_iter().map(own));
            // A number that is wrong hides no mistake of a plugin.
            let is_misconfigured = !settings.problems().is_empty();
            is_misconfigured.then(|| machinery.engine_to_check_with(&settings)).flatten()
        }
    }
}

async fn plugins(
    config: &Config,
    engine: &Arc<Engine>,
    before: Option<PartsBefore<'_>>,
    problems: &mut Vec<Problem>,
) -> (BTreeMap<String, Prepared>, PluginRoles) {
    let (mut plugins, mut roles) = (BTreeMap::new(), PluginRoles::new());
    let secrets = Secrets::new(config.secrets.clone());
    for (name, settings) in &config.plugins {
        let before = before.and_then(|before| before.plugins.get(name));
        match Prepared::anew(engine, name, settings, &secrets, before).await {
            Ok(plugin) => {
                roles.insert(name.clone(), plugin.role());
                plugins.insert(name.clone(), plugin);
            }
            Err(Unloadable { problems: found, role }) => {
                roles.extend(role.map(|role| (name.clone(), role)));
                let table = format!("plugins.{name}");
                let own =
                    |problem: Problem| if problem.key.is_empty() { problem.below(&table) } else { problem };
                // A secret that has no table is reported where it is granted, and one whose place could not be read at that place.
                let is_told = |problem: &Problem| {
                    let secret = problem.key.strip_prefix("secrets.").filter(|secret| !secret.contains('.'));
                    secret.is_some_and(|secret| {
                        !config.secrets.contains_key(secret) || config.has_unread(&problem.key)
                    })
                };
                problems.extend(found.into_iter().map(own).filter(|problem| !is_told(problem)));
            }
        }
    }
    (plugins, roles)
}

fn models(
    config: &Config,
    before: Option<PartsBefore<'_>>,
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

/// An app's template, where it is one.
fn template(name: &str, app: &AppSettings, problems: &mut Vec<Problem>) -> Option<Template> {
    // One that is not there has been reported.
    if app.prompt.as_ref().is_some_and(|prompt| !prompt.is_file()) {
        return None;
    }
    let key = format!("apps.{name}.prompt");
    match Template::load(app.prompt.as_deref()) {
        Ok(template) => {
            let is_read = app.answer == AnswerMode::Model && !app.whole_text.is_empty();
            if is_read && template.shows().documents == Showing::Not {
                problems.push(Problem::new(key, App::NO_DOCUMENTS));
            }
            Some(template)
        }
        Err(messages) => {
            problems.extend(messages.into_iter().map(|message| Problem::new(key.clone(), message)));
            None
        }
    }
}

/// Files of embedding models that are named and are not there. Opening a base that needs one says so as well; this says it
/// where nothing is opened.
pub(super) fn missing_files(config: &Config) -> Vec<Problem> {
    let local = config.embedders.iter().filter(|(_, embedder)| embedder.kind == EmbedderKind::Local);
    let named = local.flat_map(|(name, embedder)| {
        [("model_path", &embedder.model_path), ("tokenizer_path", &embedder.tokenizer_path)]
            .map(|(key, path)| (format!("embedders.{name}.{key}"), path))
    });
    let missing = named.filter_map(|(key, path)| {
        let path = path.as_ref().filter(|path| !path.is_file())?;
        let mend = "put it there, or name another; the path is taken from the configuration's folder";
        Some(Problem::new(key, format!("{} is not a file; {mend}", path.display())))
    });
    missing.collect()
}

/// What is wrong with the places that an app gives to plugins.
fn check_app(name: &str, app: &AppSettings, roles: &PluginRoles, problems: &mut Vec<Problem>) {
    let mut expect = |key: String, plugin: &str, role: ComponentRole| {
        if let Some(is) = roles.get(plugin).filter(|is| **is != role) {
            let (is, place) = match is {
                ComponentRole::Contributor => ("adds to a turn", "[[apps.NAME.plugins]]"),
                ComponentRole::Formatter => ("is a formatter", "formatters"),
            };
            let message = format!("`{plugin}` {is} and cannot be used here; move it to {place}");
            problems.push(Problem::new(format!("apps.{name}.{key}"), message));
        }
    };
    for (index, entry) in app.plugins.iter().enumerate() {
        expect(format!("plugins[{index}].plugin"), &entry.plugin, ComponentRole::Contributor);
    }
    for (index, entry) in app.formatters.iter().enumerate() {
        expect(format!("formatters[{index}]"), &entry.plugin, ComponentRole::Formatter);
    }
}
