//! A plugin: one component with one table of settings, ready to be called.

use std::{path::Path, sync::Arc, time::Duration};

use prometheus_client::metrics::counter::Counter;
use tokio::io::AsyncReadExt;
use wasmtime::component::InstancePre;

use super::{
    bundled,
    call::CallState,
    compile::LARGEST_COMPONENT,
    describe::Described,
    engine::Engine,
    error::LoadError,
    grant::{Grants, Secrets},
    knowledge::KnowledgeSearch,
    lane::Pace,
    literal_key,
    outgoing::Clients,
    schema::Schema,
    settings::{LimitSettings, PluginSettings},
    state::StateStore,
    tally::Tally,
    wit::{self, Description, Interface, Role},
};

/// A call longer than this is a mistake in the settings.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3600);
/// A single request needs some ten.
const HANDLES: std::ops::RangeInclusive<u32> = 16..=100_000;

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
    pub(super) engine: Arc<Engine>,
    pub(super) context: Arc<PluginContext>,
    pub(super) loaded: Loaded,
    pub(super) pace: Pace,
    pub(super) tally: Tally,
    /// The operator's configuration as it is handed to the guest.
    pub(super) config: String,
    pub(super) arguments: Arc<Schema>,
    description: Description,
}

/// What every call of a plugin needs to know.
pub(super) struct PluginContext {
    /// The plugin's name in the configuration, which is what grants and state belong to.
    pub(super) name: String,
    pub(super) grants: Grants,
    pub(super) limits: LimitSettings,
    /// `None` while a component describes itself.
    pub(super) services: Option<Services>,
    pub(super) clients: Arc<Clients>,
    /// What it asked for and was not granted.
    pub(super) denials: Counter,
}

impl PluginContext {
    /// Of a component that reaches nothing.
    pub(super) fn bare(name: &str, limits: LimitSettings, clients: &Arc<Clients>) -> Self {
        let clients = Arc::clone(clients);
        let denials = Counter::default();
        Self { name: name.to_owned(), grants: Grants::none(), limits, services: None, clients, denials }
    }
}

impl Plugin {
    /// How its calls have ended.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Loads `[plugins.<name>]`: compiles the component or finds it compiled, asks it to describe
    /// itself without any grant, and checks the settings against that.
    pub async fn load(
        engine: &Arc<Engine>,
        name: &str,
        settings: &PluginSettings,
        secrets: &Secrets,
        services: &Services,
    ) -> Result<Arc<Self>, LoadError> {
        check_limits(engine, name, &settings.limits)?;
        let loaded = Loaded::new(engine, name, component_bytes(name, &settings.component).await?).await?;
        let grants = Grants::check(name, &settings.grants, secrets)?;
        if loaded.role == Role::Formatter && !grants.is_empty() {
            return Err(LoadError::settings(
                name,
                "grants",
                "a formatter sees the answer and nothing else; remove its grants",
            ));
        }
        let described = loaded.describe(engine, name, &settings.limits).await?;
        let Described { mut description, config_schema, mut arguments_schema } = described;
        if let Some(summary) = &settings.model_summary {
            description.model_summary.clone_from(summary);
        }
        if let Some(schema) = &settings.arguments_schema {
            description.arguments_schema.clone_from(schema);
            arguments_schema = Schema::load(schema)
                .await
                .map_err(|problem| LoadError::settings(name, "arguments_schema", format!("it {problem}")))?;
        }
        let config = match &settings.config {
            Some(config) => config.clone(),
            None => serde_json::Value::Object(serde_json::Map::new()),
        };
        let checked = config_schema.check_config(&config).await;
        checked.map_err(|problem| LoadError::settings(name, "config", problem))?;
        for place in literal_key::find(&config) {
            tracing::warn!(plugin.name = %name, "plugins.{name}.{place} looks like a key, which the plugin would see: write [secrets.NAME] and grant it with `header`, `query` or `form` in [plugins.{name}.grants]");
        }
        let tally = Tally::default();
        let context = PluginContext {
            name: name.to_owned(),
            grants,
            limits: settings.limits.clone(),
            services: Some(services.clone()),
            clients: engine.clients.for_a_plugin(),
            denials: tally.denials(),
        };
        tracing::info!(plugin.name = %name, plugin.version = %description.version, "Loaded plugin `{name}`");
        Ok(Arc::new(Self {
            engine: Arc::clone(engine),
            context: Arc::new(context),
            loaded,
            pace: Pace::default(),
            tally,
            config: config.to_string(),
            arguments: arguments_schema,
            description,
        }))
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

    /// What the plugin is for.
    pub fn role(&self) -> Role {
        self.loaded.role
    }
}

/// A component compiled and linked for its role.
pub(super) struct Loaded {
    pub(super) pre: InstancePre<CallState>,
    pub(super) interface: Interface,
    pub(super) role: Role,
    pub(super) version: &'static str,
}

impl Loaded {
    pub(super) async fn new(engine: &Arc<Engine>, name: &str, bytes: Vec<u8>) -> Result<Self, LoadError> {
        let compiler = Arc::clone(engine);
        // Seconds for a large component, and all of a processor.
        let named = name.to_owned();
        let compiled = tokio::task::spawn_blocking(move || compiler.compile(&named, &bytes)).await;
        let component = compiled
            .map_err(|_| LoadError::component(name, "the compiler gave up on it"))?
            .map_err(|problem| LoadError::component(name, problem))?;
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
        Ok(Self { pre, interface, role, version })
    }
}

/// The bytes of a component: of a bundled one for `builtin:<name>`, else of the file.
pub async fn component_bytes(name: &str, component: &str) -> Result<Vec<u8>, LoadError> {
    if let Some(builtin) = component.strip_prefix("builtin:") {
        return bundled::bundled(builtin).map(<[u8]>::to_vec).ok_or_else(|| {
            let known: Vec<_> = bundled::names().collect();
            LoadError::component(
                name,
                format_args!("there is no bundled plugin `{builtin}`; there are: {}", known.join(", ")),
            )
        });
    }
    let path = Path::new(component);
    let unreadable = |error: std::io::Error| {
        LoadError::component(name, format_args!("cannot read `{}`: {error}", path.display()))
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

fn check_limits(engine: &Engine, name: &str, limits: &LimitSettings) -> Result<(), LoadError> {
    if limits.timeout.is_zero() || limits.timeout > LONGEST_TIMEOUT {
        return Err(LoadError::settings(
            name,
            "limits.timeout",
            "give a time of at most \"1h\", and more than none",
        ));
    }
    if limits.concurrent == Some(0) {
        return Err(LoadError::settings(name, "limits.concurrent", "give at least 1, or leave it out"));
    }
    if !HANDLES.contains(&limits.handles) {
        let problem = format!("give a number from {} to {}", HANDLES.start(), HANDLES.end());
        return Err(LoadError::settings(name, "limits.handles", problem));
    }
    if limits.memory.0 > engine.max_memory {
        let problem = format!(
            "this is more than engine.max_memory ({} bytes); raise that, or lower this",
            engine.max_memory
        );
        return Err(LoadError::settings(name, "limits.memory", problem));
    }
    Ok(())
}
