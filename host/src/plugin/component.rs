//! A plugin: one component with one table of settings, ready to be called.

use std::{path::Path, sync::Arc, time::Duration};

use jsonschema::Validator;
use wasmtime::component::InstancePre;

use super::{
    bundled,
    call::{CallState, Guest, new_store},
    engine::Engine,
    error::LoadError,
    grant::{Grants, Secrets},
    knowledge::KnowledgeSearch,
    lane::Pace,
    literal_key,
    outgoing::Clients,
    settings::{LimitSettings, PluginSettings},
    state::StateStore,
    wit::{self, Description, Interface, RawDescription, Role},
};

/// A call longer than this is a mistake in the settings.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3600);
/// A single request needs some ten.
const HANDLES: std::ops::RangeInclusive<u32> = 16..=100_000;
/// Larger than any language's runtime.
const LARGEST_COMPONENT: u64 = 256 << 20;

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
    /// The operator's configuration as it is handed to the guest.
    pub(super) config: String,
    pub(super) arguments: Validator,
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
}

impl PluginContext {
    /// Of a component that reaches nothing.
    pub(super) fn bare(name: &str, limits: LimitSettings, clients: &Arc<Clients>) -> Self {
        let clients = Arc::clone(clients);
        Self { name: name.to_owned(), grants: Grants::none(), limits, services: None, clients }
    }
}

impl Plugin {
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
        let mut description = loaded.describe(engine, name).await?;
        if let Some(summary) = &settings.model_summary {
            description.model_summary.clone_from(summary);
        }
        if let Some(schema) = &settings.arguments_schema {
            description.arguments_schema.clone_from(schema);
        }
        let config = match &settings.config {
            Some(config) => config.clone(),
            None => serde_json::Value::Object(serde_json::Map::new()),
        };
        check_config(name, &description, &config)?;
        for place in literal_key::find(&config) {
            tracing::warn!(plugin.name = %name, "plugins.{name}.{place} looks like a key, which the plugin would see: write [secrets.NAME] and grant it with `header`, `query` or `form` in [plugins.{name}.grants]");
        }
        let arguments = validator(name, "arguments-schema", &description.arguments_schema)?;
        let context = PluginContext {
            name: name.to_owned(),
            grants,
            limits: settings.limits.clone(),
            services: Some(services.clone()),
            clients: engine.clients.for_a_plugin(),
        };
        tracing::info!(plugin.name = %name, plugin.version = %description.version, "Loaded plugin `{name}`");
        Ok(Arc::new(Self {
            engine: Arc::clone(engine),
            context: Arc::new(context),
            loaded,
            pace: Pace::default(),
            config: config.to_string(),
            arguments,
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
        let compiled = tokio::task::spawn_blocking(move || compiler.compile(&bytes)).await;
        let component = compiled
            .map_err(|_| LoadError::component(name, "the compiler gave up on it"))?
            .map_err(|error| {
                LoadError::component(
                    name,
                    format_args!("this is no component the host can compile: {error:#}"),
                )
            })?;
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
                format_args!("it asks for what a plugin does not get: {error:#}; a {role}"),
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

    /// Runs `describe` under default limits and without any grant, and checks what it says.
    pub(super) async fn describe(&self, engine: &Engine, name: &str) -> Result<Description, LoadError> {
        let limits = LimitSettings::default();
        let limit = limits.timeout;
        let context = PluginContext::bare(name, limits, &engine.clients);
        let mut store = new_store(&engine.wasm, &Arc::new(context), "");
        store.data_mut().arm(limit);
        let described = tokio::time::timeout(limit, async {
            let instance = self.pre.instantiate_async(&mut store).await?;
            self.interface.describe(&mut Guest { store: &mut store, instance }).await.map(Ok)
        })
        .await;
        let raw = store.data().settle(described, limit).map_err(|error| {
            LoadError::component(name, format_args!("it could not describe itself: {error}"))
        })?;
        check_description(name, raw)
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
    let size = tokio::fs::metadata(path).await.map_err(unreadable)?.len();
    if size > LARGEST_COMPONENT {
        return Err(LoadError::component(
            name,
            format_args!("`{}` is larger than 256 MiB; that is no plugin", path.display()),
        ));
    }
    tokio::fs::read(path).await.map_err(unreadable)
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

fn check_description(name: &str, raw: RawDescription) -> Result<Description, LoadError> {
    if raw.name.is_empty() || !raw.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        let problem = format!("it calls itself {:?}; a plugin's name is letters, digits and `-`", raw.name);
        return Err(LoadError::component(name, problem));
    }
    let schema = |which: &str, text: &str| {
        serde_json::from_str(text)
            .map_err(|error| LoadError::component(name, format_args!("its {which} is no JSON: {error}")))
    };
    Ok(Description {
        config_schema: schema("config-schema", &raw.config_schema)?,
        arguments_schema: schema("arguments-schema", &raw.arguments_schema)?,
        name: raw.name,
        version: raw.version,
        summary: raw.summary,
        model_summary: raw.model_summary,
    })
}

fn validator(name: &str, which: &str, schema: &serde_json::Value) -> Result<Validator, LoadError> {
    jsonschema::draft202012::new(schema)
        .map_err(|error| LoadError::component(name, format_args!("its {which} is no JSON Schema: {error}")))
}

fn check_config(name: &str, description: &Description, config: &serde_json::Value) -> Result<(), LoadError> {
    let validator = validator(name, "config-schema", &description.config_schema)?;
    let problems: Vec<String> = problems(&validator, config);
    if problems.is_empty() { Ok(()) } else { Err(LoadError::settings(name, "config", problems.join("; "))) }
}

/// What a schema finds wrong, one line each, with the place where there is one. Ten are enough.
pub(super) fn problems(validator: &Validator, value: &serde_json::Value) -> Vec<String> {
    validator
        .iter_errors(value)
        .take(10)
        .map(|error| match error.instance_path().to_string() {
            place if place.is_empty() => error.to_string(),
            place => format!("at {place}: {error}"),
        })
        .collect()
}
