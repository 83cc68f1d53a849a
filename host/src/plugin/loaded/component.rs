//! A plugin: one component with one table of settings, ready to be called.

use std::{path::Path, sync::Arc};

use prometheus_client::metrics::counter::Counter;
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;
use wasmtime::component::InstancePre;

use super::{
    describe::Described,
    literal_key,
    print::Print,
    schema::Schema,
    tally::Tally,
    validate,
    wants::Wants,
    wit::{self, Description, Interface, Role},
};
use crate::nearest::nearest;
use crate::plugin::call::{CallState, Clients, KnowledgeSearch};
use crate::plugin::process::{
    ByteSize, Engine, Grants, LARGEST_COMPONENT, LimitSettings, LoadError, Pace, PluginSettings, Secrets,
    StateStore, bundled, quoted,
};
use crate::problem::Problem;

/// What plugins reach through the host.
#[derive(Clone)]
pub struct Services {
    /// Where they search.
    pub library: Arc<dyn KnowledgeSearch>,
    /// What they keep.
    pub state: StateStore,
}

/// One plugin. Lives as long as the configuration it was loaded with.
pub struct Plugin {
    pub(in crate::plugin) engine: Arc<Engine>,
    pub(in crate::plugin) context: Arc<PluginContext>,
    pub(in crate::plugin) loaded: Arc<Loaded>,
    pub(in crate::plugin) pace: Arc<Pace>,
    pub(in crate::plugin) tally: Arc<Tally>,
    /// The operator's configuration as it is handed to the guest.
    pub(in crate::plugin) config: String,
    pub(in crate::plugin) arguments: Arc<Schema>,
    /// As the configuration names it.
    pub(in crate::plugin) component: String,
    description: Description,
    print: Print,
}

/// What every call of a plugin needs to know.
pub(in crate::plugin) struct PluginContext {
    /// The plugin's name in the configuration, which is what grants and state belong to.
    pub(in crate::plugin) name: String,
    pub(in crate::plugin) grants: Arc<Grants>,
    pub(in crate::plugin) limits: LimitSettings,
    /// `None` while a component describes itself.
    pub(in crate::plugin) services: Option<Services>,
    pub(in crate::plugin) clients: Arc<Clients>,
    /// What it asked for and was not granted.
    pub(in crate::plugin) denials: Counter,
}

impl PluginContext {
    /// Of a component that reaches nothing.
    pub(in crate::plugin) fn bare(name: &str, limits: LimitSettings, clients: &Arc<Clients>) -> Self {
        let clients = Arc::clone(clients);
        let denials = Counter::default();
        let grants = Arc::new(Grants::none());
        Self { name: name.to_owned(), grants, limits, services: None, clients, denials }
    }
}

impl Plugin {
    /// How its calls have ended.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Loads `[plugins.<name>]`; see [`Prepared::new`].
    pub async fn load(
        engine: &Arc<Engine>,
        name: &str,
        settings: &PluginSettings,
        secrets: &Secrets,
        services: &Services,
    ) -> Result<Arc<Self>, LoadError> {
        Ok(Prepared::new(engine, name, settings, secrets).await?.with(services))
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
    pub fn role(&self) -> Role {
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
pub struct Prepared {
    engine: Arc<Engine>,
    name: String,
    loaded: Arc<Loaded>,
    grants: Arc<Grants>,
    limits: LimitSettings,
    config: String,
    arguments: Arc<Schema>,
    component: String,
    description: Description,
    print: Print,
    /// The plugin of the configuration before.
    before: Option<Arc<Plugin>>,
}

impl Prepared {
    /// Compiles the component or finds it compiled, asks it to describe itself without any grant, and checks
    /// the settings against that. Everything that is wrong is in the error.
    pub async fn new(
        engine: &Arc<Engine>,
        name: &str,
        settings: &PluginSettings,
        secrets: &Secrets,
    ) -> Result<Self, LoadError> {
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
                return Err(LoadError(problems));
            }
        };
        if loaded.role == Role::Formatter && !settings.grants.is_empty() {
            let message = "a formatter sees the answer and nothing else; remove its grants";
            problems.push(Problem::new(format!("{table}.grants"), message));
        }
        let Described { mut description, config_schema, mut arguments_schema } = described;
        if let Some(summary) = &settings.model_summary {
            description.model_summary.clone_from(summary);
        }
        if let Some(schema) = &settings.arguments_schema {
            description.arguments_schema.clone_from(schema);
            match Schema::load(schema).await {
                Ok(schema) => arguments_schema = schema,
                Err(problem) => {
                    let message = quoted(format_args!("it {problem}"));
                    problems.push(Problem::new(format!("{table}.arguments_schema"), message));
                }
            }
        }
        let config = match &settings.config {
            Some(config) => config.clone(),
            None => serde_json::Value::Object(serde_json::Map::new()),
        };
        let mut found = config_schema.check_config(&config).await;
        if is_bundled {
            // Bundled ones only: how they are asked is no part of the published interface.
            found.extend(validate::ask(engine, &loaded, name, &limits, &config).await);
        }
        let known: Vec<Problem> = found.into_iter().map(|problem| problem.below(&table)).collect();
        problems.extend(known);
        if let Some(grants) = &grants {
            let wants = Wants::of(&description.config_schema, &config);
            problems.extend(wants.ungranted(name, &settings.grants, grants, is_bundled));
        }
        let Some(grants) = grants.filter(|_| problems.is_empty()) else {
            return Err(LoadError(problems));
        };
        for place in literal_key::find(&config) {
            tracing::warn!(plugin.name = %name, "plugins.{name}.{place} looks like a key, which the plugin would see: write [secrets.NAME] and grant it with `header`, `query` or `form` in [plugins.{name}.grants]");
        }
        Ok(Self {
            engine: Arc::clone(engine),
            name: name.to_owned(),
            loaded: Arc::new(loaded),
            grants: Arc::new(grants),
            limits,
            config: config.to_string(),
            arguments: arguments_schema,
            component: settings.component.clone(),
            description,
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
        before: Option<&Arc<Plugin>>,
    ) -> Result<Self, LoadError> {
        let Some(before) = before.filter(|before| Arc::ptr_eq(&before.engine, engine)) else {
            return Self::new(engine, name, settings, secrets).await;
        };
        if !before.print.is(&Print::of(settings, secrets).await) {
            let made = Self::new(engine, name, settings, secrets).await?;
            return Ok(Self { before: Some(Arc::clone(before)), ..made });
        }
        Ok(Self {
            engine: Arc::clone(engine),
            name: name.to_owned(),
            loaded: Arc::clone(&before.loaded),
            grants: Arc::clone(&before.context.grants),
            limits: before.context.limits.clone(),
            config: before.config.clone(),
            arguments: Arc::clone(&before.arguments),
            component: before.component.clone(),
            description: before.description.clone(),
            print: before.print.clone(),
            before: Some(Arc::clone(before)),
        })
    }

    /// What the plugin is for.
    pub fn role(&self) -> Role {
        self.loaded.role
    }

    /// The plugin, with what it may reach.
    pub fn with(self, services: &Services) -> Arc<Plugin> {
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
        let tally: Arc<Tally> = self.before.map_or_else(Arc::default, |before| Arc::clone(&before.tally));
        let context = PluginContext {
            name,
            grants: self.grants,
            limits: self.limits,
            services: Some(services.clone()),
            clients,
            denials: tally.denials(),
        };
        Arc::new(Plugin {
            engine: self.engine,
            context: Arc::new(context),
            loaded: self.loaded,
            pace,
            tally,
            config: self.config,
            arguments: self.arguments,
            component: self.component,
            description: self.description,
            print: self.print,
        })
    }
}

/// The component, what it says of itself, and whether it travels in the binary.
async fn describe(
    engine: &Arc<Engine>,
    name: &str,
    settings: &PluginSettings,
    limits: &LimitSettings,
) -> Result<(Loaded, Described, bool), LoadError> {
    let bytes = component_bytes(name, &settings.component).await?;
    let is_bundled = bundled::is_bundled(&bytes);
    let loaded = Loaded::new(engine, name, bytes).await?;
    let described = loaded.describe(engine, name, limits).await?;
    Ok((loaded, described, is_bundled))
}

/// A component compiled and linked for its role.
pub(in crate::plugin) struct Loaded {
    pub(in crate::plugin) pre: InstancePre<CallState>,
    pub(in crate::plugin) interface: Interface,
    pub(in crate::plugin) role: Role,
    pub(in crate::plugin) version: &'static str,
    /// SHA-256 of the component's bytes, in hexadecimal.
    pub(in crate::plugin) digest: String,
}

impl Loaded {
    pub(in crate::plugin) async fn new(
        engine: &Arc<Engine>,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Self, LoadError> {
        let compiler = Arc::clone(engine);
        // Seconds for a large component, and all of a processor.
        let named = name.to_owned();
        let compiled = tokio::task::spawn_blocking(move || {
            let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            (compiler.compile(&named, &bytes), digest)
        });
        let (compiled, digest) =
            compiled.await.map_err(|_| LoadError::component(name, "the compiler gave up on it"))?;
        let component = compiled.map_err(|problem| LoadError::component(name, problem))?;
        let (role, version) =
            wit::role_of(&component).map_err(|problem| LoadError::component(name, problem))?;
        let unlinked = |error: wasmtime::Error| {
            let role = match role {
                Role::Contributor => {
                    "contributor may import knowledge, state, log, wasi:http/outgoing-handler and WASI 0.2"
                }
                Role::Formatter => "formatter may import log and WASI 0.2",
            };
            LoadError::component(
                name,
                format_args!(
                    "it was built for version {version} of the plugin interface and asks for what a plugin does not get, \
                     or for it in another form: {error:#}; a {role}"
                ),
            )
        };
        let pre = engine.linker(role).instantiate_pre(&component).map_err(unlinked)?;
        let interface = Interface::new(&pre, role).map_err(|error| {
            LoadError::component(
                name,
                format_args!("it does not fit the plugin interface {version}: {error:#}"),
            )
        })?;
        Ok(Self { pre, interface, role, version, digest })
    }
}

/// The bytes of a component: of a bundled one for `builtin:<name>`, else of the file.
pub async fn component_bytes(name: &str, component: &str) -> Result<Vec<u8>, LoadError> {
    if let Some(builtin) = component.strip_prefix("builtin:") {
        return bundled::bundled(builtin).map(<[u8]>::to_vec).ok_or_else(|| {
            let known: Vec<_> = bundled::names().collect();
            let near = nearest(builtin, known.iter().copied());
            let mend = near.map_or_else(String::new, |near| format!("did you mean \"builtin:{near}\"? "));
            LoadError::component(
                name,
                format_args!("there is no bundled plugin `{builtin}`; {mend}There are: {}", known.join(", ")),
            )
        });
    }
    let path = Path::new(component);
    let unreadable = |error: std::io::Error| {
        LoadError::component(
            name,
            format_args!(
                "cannot read `{}`: {error}; name a .wasm file, taken from the configuration's folder, or a bundled plugin as \"builtin:NAME\"",
                path.display()
            ),
        )
    };
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    if !file.metadata().await.map_err(unreadable)?.is_file() {
        return Err(LoadError::component(name, format_args!("`{}` is not a file", path.display())));
    }
    let mut bytes = Vec::new();
    // A file may grow while it is read.
    let size = file.take(LARGEST_COMPONENT + 1).read_to_end(&mut bytes).await.map_err(unreadable)?;
    if size as u64 > LARGEST_COMPONENT {
        return Err(LoadError::component(
            name,
            format_args!("`{}` is larger than 256 MiB; that is not a plugin", path.display()),
        ));
    }
    Ok(bytes)
}
