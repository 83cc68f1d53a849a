//! A plugin: one component with one table of settings, ready to be called.

use std::sync::Arc;

use super::argument::argument_left_out;
use super::call_data::CallData;
use super::component::{LoadedComponent, component_bytes};
use super::context::PluginContext;
use super::describe::CheckedDescription;
use super::inspect::{import_names, usable_grants};
use super::pace::CallPace;
use super::print::Print;
use super::schema::Schema;
use super::shelf::Shelf;
use super::validate;
use super::wants::Wants;
use super::wit::{ComponentRole, Description};
use crate::plugin::process::{
    ByteSize, CallTally, Engine, GrantSettings, Grants, LimitSettings, LoadError, PluginSettings, Secrets,
    Services, bundled,
};
use crate::problem::Problem;

/// A plugin that cannot be loaded as it is configured.
#[derive(Debug)]
pub struct Unloadable {
    /// Everything that is wrong with it.
    pub problems: Vec<Problem>,
    /// What it is for, where that could be seen all the same: whoever uses it is checked against that.
    pub role: Option<ComponentRole>,
}

/// One plugin. Lives as long as the configuration it was loaded with. `C` is what the store of a call holds.
pub struct LoadedPlugin<C: 'static> {
    pub(in crate::plugin) engine: Arc<Engine>,
    pub(in crate::plugin) context: Arc<PluginContext>,
    pub(in crate::plugin) loaded: Arc<LoadedComponent<C>>,
    pub(in crate::plugin) pace: Arc<CallPace>,
    /// What its next calls find ready.
    pub(in crate::plugin) shelf: Shelf<C>,
    pub(in crate::plugin) tally: Arc<CallTally>,
    /// The operator's configuration as it is handed to the guest.
    pub(in crate::plugin) config: String,
    pub(in crate::plugin) arguments: Arc<Schema>,
    /// The component's path or bundled name, as the configuration has it.
    pub(in crate::plugin) component: String,
    description: Description,
    warnings: Arc<[Problem]>,
    print: Print,
}

impl<C: CallData> LoadedPlugin<C> {
    /// How its calls have ended.
    pub fn tally(&self) -> &CallTally {
        &self.tally
    }

    /// Loads `[plugins.<name>]`; see [`PreparedPlugin::new`].
    pub async fn load(
        engine: &Arc<Engine>,
        name: &str,
        settings: &PluginSettings,
        secrets: &Secrets,
        services: &Services,
    ) -> Result<Arc<Self>, LoadError> {
        let prepared = PreparedPlugin::new(engine, name, settings, secrets).await;
        Ok(prepared.map_err(|Unloadable { problems, .. }| LoadError(problems))?.with(services))
    }

    /// The plugin's name in the configuration.
    pub fn name(&self) -> &str {
        &self.context.name
    }

    /// What the plugin says of itself.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Whether answers may rest on what it finds in knowledge bases: one is granted to it.
    pub fn searches_knowledge(&self) -> bool {
        !self.context.grants.knowledge.is_empty()
    }

    /// The knowledge bases it is granted.
    pub fn knowledge(&self) -> &[String] {
        &self.context.grants.knowledge
    }

    /// Whether its calls take so little that a task of their own would take more.
    pub fn is_quick(&self) -> bool {
        self.pace.is_quick()
    }

    /// What the plugin is for.
    pub fn role(&self) -> ComponentRole {
        self.loaded.role
    }

    /// Whether it searches in this library. What it keeps is the process's.
    fn reaches(&self, services: &Services) -> bool {
        let library = |services: &Services| Arc::as_ptr(&services.library).cast::<()>();
        self.context.services.as_ref().is_some_and(|own| library(own) == library(services))
    }

    /// Whether its component or one of its secrets is another than that of the plugin before.
    pub fn is_loaded_anew(&self, before: &Self) -> bool {
        !Arc::ptr_eq(&self.loaded, &before.loaded)
    }
}

/// A plugin that was checked, and has nothing to reach yet.
pub struct PreparedPlugin<C: 'static> {
    engine: Arc<Engine>,
    name: Arc<str>,
    loaded: Arc<LoadedComponent<C>>,
    grants: Arc<Grants>,
    limits: LimitSettings,
    config: String,
    arguments: Arc<Schema>,
    component: String,
    description: Description,
    warnings: Arc<[Problem]>,
    print: Print,
    /// The plugin of the configuration before.
    before: Option<Arc<LoadedPlugin<C>>>,
}

impl<C: CallData> PreparedPlugin<C> {
    /// What works in its configuration and may surprise.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Compiles the component or finds it compiled, asks it to describe itself without any grant, and checks
    /// the settings against that. Everything that is wrong is in the error.
    pub async fn new(
        engine: &Arc<Engine>,
        name: &str,
        settings: &PluginSettings,
        secrets: &Secrets,
    ) -> Result<Self, Unloadable> {
        let print = Print::of(settings, secrets).await;
        let table = format!("plugins.{name}");
        let limits = settings.limits.problems(ByteSize(engine.max_memory)).into_iter();
        let mut problems: Vec<Problem> =
            limits.map(|problem| problem.below(&format!("{table}.limits"))).collect();
        let grants = Grants::check(name, &settings.grants, secrets)
            .map_err(|LoadError(found)| problems.extend(found))
            .ok();
        // Limits that cannot work are not used to ask the component.
        let limits = if problems.is_empty() { settings.limits.clone() } else { LimitSettings::default() };
        let (loaded, described, is_bundled) = match describe(engine, name, settings, &limits).await {
            Ok(described) => described,
            Err(LoadError(found)) => {
                problems.extend(found);
                return Err(Unloadable { problems, role: None });
            }
        };
        if loaded.role == ComponentRole::Formatter && !settings.grants.is_empty() {
            let message = "a formatter sees the answer and nothing else; remove its grants";
            problems.push(Problem::new(format!("{table}.grants"), message));
        }
        let CheckedDescription { mut description, config_schema, mut arguments_schema } = described;
        let mut warnings = unfitting(&loaded, &description.arguments_schema, settings);
        if let Some(summary) = &settings.model_summary {
            description.model_summary.clone_from(summary);
        }
        if let Some(schema) = &settings.arguments_schema {
            description.arguments_schema.clone_from(schema);
            match Schema::load_written(schema).await {
                Ok(schema) => arguments_schema = schema,
                Err(found) => problems.extend(found.into_iter().map(|problem| {
                    Problem::new(format!("{table}.arguments_schema{}", problem.key), problem.message)
                })),
            }
        }
        let config = match &settings.config {
            Some(config) => config.clone(),
            None => serde_json::Value::Object(serde_json::Map::new()),
        };
        let mut found = config_schema.check_config(&config).await;
        if is_bundled {
            // Only bundled plugins are asked, because the question is not a part of the published interface.
            let told = validate::ask(engine, &loaded, name, &limits, &config).await;
            found.extend(told.problems);
            warnings.extend(told.warnings);
        }
        let warnings: Vec<Problem> = warnings.into_iter().map(|warning| warning.below(&table)).collect();
        let known: Vec<Problem> = found.into_iter().map(|problem| problem.below(&table)).collect();
        problems.extend(known);
        let wants = Wants::of(&description.config_schema, &config);
        problems.extend(wants.ungranted(name, &settings.grants, grants.as_ref(), is_bundled));
        let Some(grants) = grants.filter(|_| problems.is_empty()) else {
            return Err(Unloadable { problems, role: Some(loaded.role) });
        };
        Ok(Self {
            engine: Arc::clone(engine),
            name: Arc::from(name),
            loaded: Arc::new(loaded),
            grants: Arc::new(grants),
            limits,
            config: config.to_string(),
            arguments: arguments_schema,
            component: settings.component.clone(),
            description,
            warnings: warnings.into(),
            print,
            before: None,
        })
    }

    /// The same where a plugin of this name was loaded with the configuration before. Where its settings, its
    /// component and its secrets are what they were, nothing is compiled or asked anew; it counts on in any case.
    pub async fn anew(
        engine: &Arc<Engine>,
        name: &str,
        settings: &PluginSettings,
        secrets: &Secrets,
        before: Option<&Arc<LoadedPlugin<C>>>,
    ) -> Result<Self, Unloadable> {
        let Some(before) = before.filter(|before| Arc::ptr_eq(&before.engine, engine)) else {
            return Self::new(engine, name, settings, secrets).await;
        };
        if !before.print.is(&Print::of(settings, secrets).await) {
            let made = Self::new(engine, name, settings, secrets).await?;
            return Ok(Self { before: Some(Arc::clone(before)), ..made });
        }
        Ok(Self {
            engine: Arc::clone(engine),
            name: Arc::from(name),
            loaded: Arc::clone(&before.loaded),
            grants: Arc::clone(&before.context.grants),
            limits: before.context.limits.clone(),
            config: before.config.clone(),
            arguments: Arc::clone(&before.arguments),
            component: before.component.clone(),
            description: before.description.clone(),
            warnings: Arc::clone(&before.warnings),
            print: before.print.clone(),
            before: Some(Arc::clone(before)),
        })
    }

    /// What the plugin is for.
    pub fn role(&self) -> ComponentRole {
        self.loaded.role
    }

    /// The plugin, with what it may reach.
    pub fn with(self, services: &Services) -> Arc<LoadedPlugin<C>> {
        let name = self.name;
        let kept = self.before.as_ref().filter(|before| Arc::ptr_eq(&before.loaded, &self.loaded));
        if let Some(before) = kept.filter(|before| before.reaches(services)) {
            return Arc::clone(before);
        }
        let (pace, clients) = match kept {
            Some(before) => (Arc::clone(&before.pace), Arc::clone(&before.context.clients)),
            None => {
                tracing::info!(plugin.name = %name, plugin.version = %self.description.version, "Loaded plugin `{name}`");
                (Arc::default(), self.engine.clients.for_a_plugin())
            }
        };
        let tally: Arc<CallTally> = self.before.map_or_else(Arc::default, |before| Arc::clone(&before.tally));
        let context = PluginContext {
            name,
            grants: self.grants,
            limits: self.limits,
            services: Some(services.clone()),
            clients,
            denials: tally.denials(),
        };
        Arc::new(LoadedPlugin {
            engine: self.engine,
            context: Arc::new(context),
            loaded: self.loaded,
            pace,
            shelf: Shelf::default(),
            tally,
            config: self.config,
            arguments: self.arguments,
            component: self.component,
            description: self.description,
            warnings: self.warnings,
            print: self.print,
        })
    }
}

/// What a component is given that it has no use for, and what it needs and is not given. `own` is its own schema of
/// arguments.
fn unfitting<C: CallData>(
    loaded: &LoadedComponent<C>,
    own: &serde_json::Value,
    settings: &PluginSettings,
) -> Vec<Problem> {
    let usable = usable_grants(&import_names(loaded.pre.component()));
    let GrantSettings { knowledge, hosts, secrets } = &settings.grants;
    // Secrets go out with requests.
    let given = [
        ("knowledge", "knowledge", knowledge.is_empty()),
        ("hosts", "hosts", hosts.is_empty()),
        ("secrets", "hosts", secrets.is_empty()),
    ];
    let is_idle = |(_, uses, is_empty): &(&str, &str, bool)| !is_empty && !usable.contains(uses);
    let idle = given.into_iter().filter(is_idle).map(|(key, ..)| {
        let message = "has no effect: the plugin imports nothing that could use it; remove it";
        Problem::new(format!("grants.{key}"), message)
    });
    let needed = own["required"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    let written = settings.arguments_schema.as_ref();
    let left_out = needed.filter_map(|name| argument_left_out(written?, name));
    idle.chain(left_out.map(|message| Problem::new("arguments_schema", message))).collect()
}

/// The component, what it says of itself, and whether it travels in the binary.
async fn describe<C: CallData>(
    engine: &Arc<Engine>,
    name: &str,
    settings: &PluginSettings,
    limits: &LimitSettings,
) -> Result<(LoadedComponent<C>, CheckedDescription, bool), LoadError> {
    let bytes = component_bytes(name, &settings.component).await?;
    let is_bundled = bundled::is_bundled(&bytes);
    let loaded = LoadedComponent::new(engine, name, bytes).await?;
    let described = loaded.describe(engine, name, limits).await?;
    Ok((loaded, described, is_bundled))
}
