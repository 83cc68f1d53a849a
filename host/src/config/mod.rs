//! The configuration: one TOML file, read once into checked settings.
//!
//! Each module owns the settings of its own table; this one puts them together, expands
//! `${NAME:-default}` in strings, refuses unknown keys, and checks what one table says of another.

mod app;
mod clear_text;
mod door;
mod edit;
mod read;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

pub use app::{
    AnswerMode, AppFormatter, AppPlugin, AppSettings, Exempt, FollowUpMode, OnFailure, RouteMode, When,
};
pub use edit::Edit;
pub use read::Problem;
pub use server::ServerSettings;

use crate::door::KeySettings;
use crate::knowledge::{BaseSettings, EmbedderSettings, Library, RerankSettings, StoreSettings};
use crate::llm::ModelSettings;
use crate::plugin::{ByteSize, EngineSettings, PluginSettings, SecretSettings};

/// More memory for the bodies of requests than any machine has is a slip of the pen.
const MAX_BODY_MEMORY: usize = 1 << 40;
/// Less on the disk would not hold the traces of a few turns.
const LEAST_TRACE_BYTES: usize = 16 << 20;

/// Everything an operator configured.
#[derive(Debug)]
pub struct Config {
    /// The file it was read from.
    pub path: PathBuf,
    /// `[server]`.
    pub server: ServerSettings,
    /// `[keys.<name>]`.
    pub keys: BTreeMap<String, KeySettings>,
    /// `[engine]`.
    pub engine: EngineSettings,
    /// `[models.<name>]`.
    pub models: BTreeMap<String, ModelSettings>,
    /// `[embedders.<name>]`.
    pub embedders: BTreeMap<String, EmbedderSettings>,
    /// `[stores.<name>]`.
    pub stores: BTreeMap<String, StoreSettings>,
    /// `[rerank]`; absent: hits stand in their fused order.
    pub rerank: Option<RerankSettings>,
    /// `[knowledge.<name>]`.
    pub knowledge: BTreeMap<String, BaseSettings>,
    /// `[secrets.<name>]`.
    pub secrets: BTreeMap<String, SecretSettings>,
    /// `[plugins.<name>]`.
    pub plugins: BTreeMap<String, PluginSettings>,
    /// `[apps.<name>]`.
    pub apps: BTreeMap<String, AppSettings>,
}

/// A configuration that cannot be used: everything that is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", path.display(), list(problems))]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// At least one.
    pub problems: Vec<Problem>,
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ")
}

impl Config {
    /// Reads and checks a configuration file. Paths in it are taken from the file's own folder.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError {
            path: path.to_owned(),
            problems: vec![Problem::new("", format!("cannot be read: {error}; name the file with --config"))],
        })?;
        Self::parse(&text, path)
    }

    /// Like [`Self::load`], from text; `path` gives the folder relative paths start from.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let refuse = |problems| ConfigError { path: path.to_owned(), problems };
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            refuse(vec![Problem::new("", format!("is not valid TOML: {}", error.to_string().trim_end()))])
        })?;
        let mut problems = Vec::new();
        let mut root = Value::Table(table);
        read::expand_environment(&mut root, "", &mut problems);
        let Value::Table(mut root) = root else {
            return Err(refuse(vec![Problem::new("", "is not a table")]));
        };
        let mut unread = Unread::default();
        let mut sections = Sections { root: &mut root, problems: &mut problems, unread: &mut unread };
        let mut config = Self {
            path: path.to_owned(),
            server: sections.one("server").unwrap_or_default(),
            keys: sections.named("keys"),
            engine: sections.one("engine").unwrap_or_default(),
            models: sections.named("models"),
            embedders: sections.named("embedders"),
            stores: sections.named("stores"),
            rerank: sections.one("rerank"),
            knowledge: sections.named("knowledge"),
            secrets: sections.named("secrets"),
            plugins: sections.named("plugins"),
            apps: sections.named("apps"),
        };
        for key in root.keys() {
            problems.push(Problem::new(
                key,
                "is not a known table; there are server, keys, engine, models, embedders, stores, rerank, knowledge, secrets, plugins and apps",
            ));
        }
        config.anchor_paths();
        config.check(&unread, &mut problems);
        if problems.is_empty() { Ok(config) } else { Err(refuse(problems)) }
    }

    /// The folder for everything the host writes.
    pub fn data_dir(&self) -> &Path {
        &self.server.data_dir
    }

    /// `[engine]`, with a place for compiled components.
    pub fn engine_settings(&self) -> EngineSettings {
        let mut settings = self.engine.clone();
        settings.cache_dir.get_or_insert_with(|| self.data_dir().join("components"));
        settings
    }

    fn anchor_paths(&mut self) {
        let folder = self.path.parent().map(Path::to_owned).unwrap_or_default();
        self.server.data_dir = folder.join(&self.server.data_dir);
        let embedders = self.embedders.values_mut().flat_map(|e| [&mut e.model_path, &mut e.tokenizer_path]);
        let secrets = self.secrets.values_mut().map(|secret| &mut secret.file);
        let prompts = self.apps.values_mut().map(|app| &mut app.prompt);
        let named = embedders.chain(secrets).chain(prompts).chain([&mut self.engine.cache_dir]);
        for path in named.flatten() {
            *path = folder.join(&*path);
        }
        for plugin in self.plugins.values_mut() {
            plugin.anchor(&folder);
        }
    }

    fn check(&self, unread: &Unread, problems: &mut Vec<Problem>) {
        if self.server.listen.parse::<std::net::SocketAddr>().is_err() {
            let message =
                format!("`{}` is not an address and port; write \"127.0.0.1:8080\"", self.server.listen);
            problems.push(Problem::new("server.listen", message));
        }
        for (key, value, most) in [
            ("max_turns", self.server.max_turns, 100_000),
            ("max_jobs", self.server.max_jobs, 64),
            ("max_queued_jobs", self.server.max_queued_jobs, 10_000),
        ] {
            // Nothing may be queued; something must be able to start.
            let least = usize::from(key != "max_queued_jobs");
            if !(least..=most).contains(&value) {
                let message = format!("is {value}; it must be between {least} and {most}");
                problems.push(Problem::new(format!("server.{key}"), message));
            }
        }
        let largest = self.server.max_chat_bytes.0.max(self.server.max_import_bytes.0);
        if self.server.max_body_memory.0 < largest || self.server.max_body_memory.0 > MAX_BODY_MEMORY {
            let (most, largest) = (ByteSize(MAX_BODY_MEMORY), ByteSize(largest));
            let message = format!(
                "is {}; it must be at least {largest}, the larger of max_chat_bytes and max_import_bytes, and at most {most}",
                self.server.max_body_memory
            );
            problems.push(Problem::new("server.max_body_memory", message));
        }
        if self.server.max_trace_bytes.0 < LEAST_TRACE_BYTES {
            let (given, least) = (self.server.max_trace_bytes, ByteSize(LEAST_TRACE_BYTES));
            problems.push(Problem::new(
                "server.max_trace_bytes",
                format!("is {given}; it must be at least {least}, the write-ahead log included"),
            ));
        }
        self.check_door(unread, problems);
        if self.server.turn_timeout.is_zero() {
            problems.push(Problem::new(
                "server.turn_timeout",
                "is 0, so no turn could end; write such as \"5m\"",
            ));
        }
        for (key, message) in self.server.connection_problems() {
            problems.push(Problem::new(format!("server.{key}"), message));
        }
        for (name, model) in &self.models {
            for (key, message) in model.problems() {
                problems.push(Problem::new(format!("models.{name}.{key}"), message));
            }
        }
        // Defaults stand in for what could not be read, so that a base may refer to it.
        let (mut embedders, mut stores) = (self.embedders.clone(), self.stores.clone());
        embedders.extend(unread.of("embedders").map(|name| (name, EmbedderSettings::default())));
        stores.extend(unread.of("stores").map(|name| (name, StoreSettings::default())));
        let mut knowledge = Library::check(&self.knowledge, &embedders, &stores);
        knowledge.extend(self.rerank.iter().flat_map(RerankSettings::problems));
        problems.extend(knowledge.into_iter().map(|problem| Problem::new(problem.key, problem.message)));
        for (name, app) in &self.apps {
            self.check_app(name, app, unread, problems);
        }
        for (name, plugin) in &self.plugins {
            for base in &plugin.grants.knowledge {
                if !self.knowledge.contains_key(base) && !unread.has("knowledge", base) {
                    let key = format!("plugins.{name}.grants.knowledge");
                    problems.push(Problem::new(
                        key,
                        absent("knowledge base", base, "knowledge", &self.knowledge),
                    ));
                }
            }
        }
    }

    fn check_app(&self, name: &str, app: &AppSettings, unread: &Unread, problems: &mut Vec<Problem>) {
        let mut report =
            |key: &str, message: String| problems.push(Problem::new(format!("apps.{name}.{key}"), message));
        match &app.model {
            Some(model) if !self.models.contains_key(model) && !unread.has("models", model) => {
                report("model", absent("model", model, "models", &self.models))
            }
            None if app.answer == AnswerMode::Model => report(
                "model",
                "is missing; name a [models.<name>] table, or set answer = \"direct\" to answer without one"
                    .into(),
            ),
            _ => {}
        }
        if !(1 << 10..=1 << 30).contains(&app.max_answer_bytes.0) {
            report(
                "max_answer_bytes",
                format!("is {}; it must be between 1KiB and 1GiB", app.max_answer_bytes),
            );
        }
        self.check_whole_text(app, unread, &mut report);
        match &app.follow_up_model {
            Some(_) if app.follow_up != FollowUpMode::Model => report(
                "follow_up_model",
                "has no effect; set follow_up = \"model\" or remove it".into(),
            ),
            Some(model) if !self.models.contains_key(model) && !unread.has("models", model) => {
                report("follow_up_model", absent("model", model, "models", &self.models));
            }
            None if app.follow_up == FollowUpMode::Model && app.model.is_none() => report(
                "follow_up",
                "is \"model\", but the app has none; name a [models.<name>] table in follow_up_model, or set follow_up = \"rule\"".into(),
            ),
            _ => {}
        }
        match app.follow_up_timeout {
            Some(_) if app.follow_up != FollowUpMode::Model => {
                report("follow_up_timeout", "has no effect; set follow_up = \"model\" or remove it".into())
            }
            Some(timeout) if timeout.is_zero() => report(
                "follow_up_timeout",
                "is 0, so no model could answer; write such as \"3s\", or set follow_up = \"rule\"".into(),
            ),
            _ => {}
        }
        if app.flow_timeout.is_zero() {
            report(
                "flow_timeout",
                "is 0, so no reply would reach the plugin that asked; write such as \"30m\"".into(),
            );
        }
        if app.unavailable.trim().is_empty() {
            report(
                "unavailable",
                "is empty; write what users are told while the knowledge cannot be searched, or remove it"
                    .into(),
            );
        }
        let mut seen = BTreeSet::new();
        for (index, entry) in app.plugins.iter().enumerate() {
            let key = format!("plugins[{index}]");
            if !self.plugins.contains_key(&entry.plugin) && !unread.has("plugins", &entry.plugin) {
                report(&format!("{key}.plugin"), absent("plugin", &entry.plugin, "plugins", &self.plugins));
            }
            if !seen.insert(&entry.plugin) {
                report(
                    &format!("{key}.plugin"),
                    format!("`{}` is listed twice; keep one entry", entry.plugin),
                );
            }
            match (&entry.when, entry.route) {
                (None, RouteMode::When) => {
                    report(
                        &format!("{key}.when"),
                        "is missing; route = \"when\" needs keywords, patterns or variables".into(),
                    );
                }
                (Some(when), RouteMode::When)
                    if when.keywords.is_empty() && when.patterns.is_empty() && when.variables.is_empty() =>
                {
                    report(
                        &format!("{key}.when"),
                        "is empty; give keywords, patterns or variables, or use route = \"always\"".into(),
                    );
                }
                (Some(_), route) if route != RouteMode::When => {
                    report(
                        &format!("{key}.when"),
                        "has no effect with this route; set route = \"when\" or remove it".into(),
                    );
                }
                _ => {}
            }
            for pattern in entry.when.iter().flat_map(|when| &when.patterns) {
                if let Err(error) = regex::Regex::new(pattern) {
                    report(
                        &format!("{key}.when.patterns"),
                        format!("`{pattern}` is not a regular expression: {error}"),
                    );
                }
            }
            if entry.route == RouteMode::Model
                && (app.answer == AnswerMode::Direct || app.max_tool_rounds == 0)
            {
                report(
                    &format!("{key}.route"),
                    "is \"model\", but the app gives the model no chance to call it; set answer = \"model\" and max_tool_rounds to 1 or more".into(),
                );
            }
        }
        for AppFormatter { plugin: formatter, .. } in &app.formatters {
            if !self.plugins.contains_key(formatter) && !unread.has("plugins", formatter) {
                report("formatters", absent("plugin", formatter, "plugins", &self.plugins));
            }
        }
        if let Some(prompt) = app.prompt.as_ref().filter(|prompt| !prompt.is_file()) {
            report(
                "prompt",
                format!(
                    "{} is not a file; the path is taken from the configuration's folder",
                    prompt.display()
                ),
            );
        }
    }
}

impl Config {
    fn check_whole_text(&self, app: &AppSettings, unread: &Unread, report: &mut impl FnMut(&str, String)) {
        for (index, base) in app.whole_text.iter().enumerate() {
            if !self.knowledge.contains_key(base) && !unread.has("knowledge", base) {
                report("whole_text", absent("knowledge base", base, "knowledge", &self.knowledge));
            }
            if app.whole_text[..index].contains(base) {
                report("whole_text", format!("`{base}` is listed twice; keep one entry"));
            }
        }
        if app.whole_text.is_empty() {
            return;
        }
        if app.answer == AnswerMode::Direct {
            let message = "has no effect: with answer = \"direct\" there is no prompt; set answer = \"model\" or remove it";
            report("whole_text", message.into());
        }
        let context = app.model.as_ref().and_then(|model| self.models.get(model)).map(|m| m.context_tokens);
        if let (Some(tokens), Some(context)) = (app.prompt_tokens, context)
            && tokens > context
        {
            report(
                "prompt_tokens",
                format!(
                    "is {tokens}, more than the context_tokens = {context} of its model; whole texts must fit the model: lower it, or choose a model with a larger context"
                ),
            );
        }
    }
}

/// Tables that are there and could not be read. A reference to one is no second problem.
#[derive(Default)]
struct Unread(BTreeSet<(String, String)>);

impl Unread {
    fn insert(&mut self, table: &str, name: String) {
        self.0.insert((table.to_owned(), name));
    }

    fn has(&self, table: &str, name: &str) -> bool {
        self.of(table).any(|unread| unread == name)
    }

    fn of(&self, table: &str) -> impl Iterator<Item = String> {
        self.0.iter().filter(move |(of, _)| of == table).map(|(_, name)| name.clone())
    }
}

/// Says that a name is not configured, and which are.
fn absent<T>(kind: &str, name: &str, table: &str, known: &BTreeMap<String, T>) -> String {
    let known: Vec<&str> = known.keys().map(String::as_str).collect();
    let known =
        if known.is_empty() { "none is".to_owned() } else { format!("there are: {}", known.join(", ")) };
    format!("the {kind} `{name}` is not configured; add [{table}.{name}] or mend the name ({known})")
}

/// Takes the tables out of the file one by one, so that what is left over is unknown.
struct Sections<'a> {
    root: &'a mut Table,
    problems: &'a mut Vec<Problem>,
    unread: &'a mut Unread,
}

impl Sections<'_> {
    fn one<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        match self.root.remove(name)? {
            Value::Table(table) => read::read(table, name, self.problems),
            _ => {
                self.problems.push(Problem::new(name, format!("must be a table; write [{name}]")));
                None
            }
        }
    }

    fn named<T: DeserializeOwned>(&mut self, name: &str) -> BTreeMap<String, T> {
        let mut all = BTreeMap::new();
        let Some(value) = self.root.remove(name) else { return all };
        let Value::Table(tables) = value else {
            self.problems.push(Problem::new(name, format!("must hold tables; write [{name}.<name>]")));
            return all;
        };
        for (key, value) in tables {
            let prefix = format!("{name}.{key}");
            if !is_name(&key) {
                self.problems.push(Problem::new(
                    &prefix,
                    "is not a name; use letters, digits, `-` and `_`, at most 64",
                ));
            }
            match value {
                Value::Table(table) => match read::read(table, &prefix, self.problems) {
                    Some(read) => _ = all.insert(key, read),
                    None => self.unread.insert(name, key),
                },
                _ => {
                    self.problems.push(Problem::new(&prefix, format!("must be a table; write [{prefix}]")));
                    self.unread.insert(name, key);
                }
            }
        }
        all
    }
}

/// Names go into tool names, file names, collection names and URLs.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_taken_from_the_files_folder() {
        let text = r#"
[server]
data_dir = "p"
[engine]
cache_dir = "p"
[embedders.e]
model_path = "p"
tokenizer_path = "p"
[secrets.s]
file = "p"
[plugins.relative]
component = "p"
[plugins.bundled]
component = "builtin:search"
[apps.a]
answer = "direct"
prompt = "mod.rs"
"#;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config");
        let config = Config::parse(text, &folder.join("host.toml")).unwrap();
        let expected = folder.join("p");
        let embedder = &config.embedders["e"];
        for path in [
            Some(&config.server.data_dir),
            config.engine.cache_dir.as_ref(),
            embedder.model_path.as_ref(),
            embedder.tokenizer_path.as_ref(),
            config.secrets["s"].file.as_ref(),
        ] {
            assert_eq!(path, Some(&expected));
        }
        assert_eq!(config.plugins["relative"].component, expected.to_str().unwrap());
        assert_eq!(config.plugins["bundled"].component, "builtin:search");
        assert_eq!(config.apps["a"].prompt, Some(folder.join("mod.rs")));
    }
}
