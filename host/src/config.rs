//! The configuration: one TOML file, read once into checked settings.
//!
//! Each module owns the settings of its own table; this one puts them together. A file is read in steps, and
//! each goes on with what the one before could make of it: [`text`] makes it TOML, [`tree`] its values in the tables
//! that are meant, [`environment`] expands `${NAME:-default}`, [`shape`] holds them to the schema that [`mod@schema`]
//! makes from the types, and [`check`] sees whether what one table says of another holds. So one reading finds every
//! mistake.

mod app;
mod check;
mod clear_text;
mod difference;
mod edit;
mod effective;
mod environment;
mod lost;
mod misspelt;
mod reference;
mod schema;
mod server;
mod shape;
mod surprise;
mod text;
mod tree;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::{Table, Value};

pub use app::{
    AnswerMode, AppFormatter, AppPlugin, AppSettings, Exempt, FollowUpMode, OnFailure, RouteMode, When,
};
pub use edit::{Edit, KnowledgeEdit, Setting};
pub use reference::{reference, schema};
pub use server::ServerSettings;

use crate::door::{DoorSettings, KeySettings};
use crate::knowledge::{BaseSettings, EmbedderSettings, RerankSettings, StoreSettings};
use crate::llm::ModelSettings;
use crate::plugin::{EngineSettings, PluginSettings, SecretSettings};
use crate::problem::Problem;
use crate::web::FetchSettings;
use lost::LostKeys;
use shape::SchemaCheck;
use text::ReadableText;
use tree::KeyLines;

/// Values at most that no type takes though their shape is right; a file with more is something else.
const MOST_REFUSED: usize = 100;

/// Everything an operator configured.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Config {
    /// The file it was read from.
    #[serde(skip)]
    pub path: PathBuf,
    /// Where the host listens and keeps its data, and how much it takes on.
    pub server: ServerSettings,
    /// Clients' keys, by name. Where there is one, every chat needs a key.
    pub keys: BTreeMap<String, KeySettings>,
    /// What runs plugins.
    pub engine: EngineSettings,
    /// Models that answer, by name.
    pub models: BTreeMap<String, ModelSettings>,
    /// What makes vectors of texts, by name.
    pub embedders: BTreeMap<String, EmbedderSettings>,
    /// Servers that keep knowledge bases, by name. None is needed: bases are files by default.
    pub stores: BTreeMap<String, StoreSettings>,
    /// What puts hits into a better order. Absent: hits stand in their fused order.
    pub rerank: Option<RerankSettings>,
    /// How documents are fetched from the web.
    pub fetch: FetchSettings,
    /// Knowledge bases, by name.
    pub knowledge: BTreeMap<String, BaseSettings>,
    /// Secrets that the host puts into plugins' requests, by name.
    pub secrets: BTreeMap<String, SecretSettings>,
    /// Plugins, by name.
    pub plugins: BTreeMap<String, PluginSettings>,
    /// Apps, by the name that clients send as `model`.
    pub apps: BTreeMap<String, AppSettings>,
    #[serde(skip)]
    lines: KeyLines,
    #[serde(skip)]
    lost: LostKeys,
    #[serde(skip)]
    written: WrittenConfig,
}

/// A configuration file as it stands there.
#[derive(Debug, Clone, Default)]
struct WrittenConfig {
    text: String,
    /// The values, before the environment's are put into them.
    values: Table,
}

/// A configuration that cannot be used: everything that is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("{}", list(path, problems))]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// At least one, in the order of the file.
    pub problems: Vec<Problem>,
}

fn list(path: &Path, problems: &[Problem]) -> String {
    let line = |problem: &Problem| match problem.line {
        Some(line) => format!("{}:{line}: {problem}", path.display()),
        None => format!("{}: {problem}", path.display()),
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl Config {
    /// Reads and checks a configuration file. Paths in it are taken from the file's own folder.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let (config, problems) = Self::read(path)?;
        if problems.is_empty() { Ok(config) } else { Err(config.refusal(problems)) }
    }

    /// Like [`Self::load`], from text; `path` gives the folder relative paths start from.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let (config, problems) = Self::of(text.as_bytes(), path);
        if problems.is_empty() { Ok(config) } else { Err(config.refusal(problems)) }
    }

    /// What can be made of a file, and what is wrong with it: for whoever goes on looking for mistakes. What could not be
    /// read has its default there. Fails where the file cannot be read at all.
    pub fn read(path: &Path) -> Result<(Self, Vec<Problem>), ConfigError> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(Self::of(&bytes, path)),
            Err(error) => Err(ConfigError {
                path: path.to_owned(),
                problems: vec![Problem::new(
                    "",
                    match error.kind() {
                        ErrorKind::NotFound => "there is no such file: name yours with --config, or let \
                                                `qianfan-host init` make a folder with one to begin with"
                            .to_owned(),
                        _ => format!("cannot be read: {error}; name the file with --config"),
                    },
                )],
            }),
        }
    }

    /// Like [`Self::read`], from text.
    pub fn read_text(bytes: &[u8], path: &Path) -> (Self, Vec<Problem>) {
        Self::of(bytes, path)
    }

    fn of(bytes: &[u8], path: &Path) -> (Self, Vec<Problem>) {
        let ReadableText { toml, mut problems, lost } = ReadableText::of(bytes);
        let mut lost = LostKeys::new(lost.into_iter().map(misspelt::rightly).collect());
        let mut found = Vec::new();
        let (root, lines) = tree::read(&toml, &mut found);
        let written =
            WrittenConfig { text: String::from_utf8_lossy(bytes).into_owned(), values: root.clone() };
        let mut root = Value::Table(root);
        let mut named = Vec::new();
        environment::take_names(&mut root, &mut named);
        environment::leave_out(&mut root);
        problems.extend(named.into_iter().map(|problem| lines.place(problem)));
        environment::expand(&mut root, &mut found);
        for problem in found {
            lost.insert(&problem.key);
            problems.push(lines.place(problem));
        }
        let mut root = match root {
            Value::Table(root) => root,
            _ => Table::new(),
        };
        SchemaCheck { lines: &lines, problems: &mut problems, lost: &mut lost, schema: &schema::SCHEMA }
            .hold(&mut root);
        let mut config = Self::made(root, &lines, &mut problems, &mut lost);
        config.path = path.to_owned();
        (config.lines, config.lost, config.written) = (lines, lost, written);
        config.anchor_paths();
        without_superseded(&mut problems);
        let mut found = Vec::new();
        config.check(&mut found);
        problems.extend(config.told(found));
        (config, problems)
    }

    /// Reads values whose shape is right. What a type refuses all the same is reported and left out.
    fn made(mut root: Table, lines: &KeyLines, problems: &mut Vec<Problem>, lost: &mut LostKeys) -> Self {
        for _ in 0..MOST_REFUSED {
            let mut track = serde_path_to_error::Track::new();
            let tracked = serde_path_to_error::Deserializer::new(Value::Table(root.clone()), &mut track);
            let error = match Self::deserialize(tracked) {
                Ok(config) => return config,
                Err(error) => error,
            };
            let key = track.path().to_string();
            if !lost.has(&key) {
                let cause = error.to_string().lines().next().unwrap_or_default().to_owned();
                let mend = shape::example_of(&schema::SCHEMA, &key).map_or_else(
                    || "see `qianfan-host config reference`".to_owned(),
                    |example| format!("write such as {example}"),
                );
                problems.push(lines.place(Problem::new(&key, format!("{cause}; {mend}"))));
            }
            // A list is taken out whole: its other elements would get wrong numbers.
            let key = key.split('[').next().unwrap_or(&key);
            lost.insert(key);
            if !remove(&mut root, key) {
                break;
            }
        }
        Self::default()
    }

    /// The error of a configuration with these problems, whoever found them.
    pub fn refusal(&self, problems: Vec<Problem>) -> ConfigError {
        let mut problems: Vec<Problem> = self.told(problems).collect();
        problems.sort_by_key(|problem| problem.line);
        without_refused_sizes(&mut problems);
        let mut seen = std::collections::BTreeSet::new();
        // The same words at two lines are two mistakes.
        problems.retain(|problem| seen.insert((problem.line, problem.to_string())));
        ConfigError { path: self.path.clone(), problems }
    }

    /// Problems or warnings, whoever found them, with their lines and in the order of the file.
    pub fn placed(&self, problems: Vec<Problem>) -> Vec<Problem> {
        self.refusal(problems).problems
    }

    /// Problems with their lines, without those that only follow from what could not be read.
    fn told(&self, problems: Vec<Problem>) -> impl Iterator<Item = Problem> {
        let (lines, lost) = (&self.lines, &self.lost);
        let follows = |problem: &Problem| problem.line.is_none() && lost.has(&problem.key);
        problems.into_iter().filter(move |problem| !follows(problem)).map(move |problem| lines.place(problem))
    }

    /// Whether the file has the key, with a value that could be read.
    fn is_written(&self, key: &str) -> bool {
        self.lines.has(key) && !self.lost.has(key)
    }

    /// Whether something within a table could not be read.
    pub fn has_unread(&self, table: &str) -> bool {
        self.lost.has_within(table)
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.written.text
    }

    /// The folder for everything the host writes.
    pub fn data_dir(&self) -> &Path {
        &self.server.data_dir
    }

    /// What the rules of the door are made from.
    pub fn door_settings(&self) -> DoorSettings<'_> {
        let ServerSettings { admin_key_env, hosts, open, cors_origins, .. } = &self.server;
        DoorSettings {
            admin_key_env: admin_key_env.as_deref(),
            hosts,
            open: *open,
            cors_origins,
            keys: &self.keys,
        }
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
}

/// Takes out what says how a text is quoted that is no value for its key anyway: the later mend is the whole one.
fn without_superseded(problems: &mut Vec<Problem>) {
    let refused: Vec<(Option<usize>, String)> = problems
        .iter()
        .filter_map(|problem| {
            let text = problem.message.strip_prefix("is the text ")?.split("; ").next()?;
            Some((problem.line, text.to_owned()))
        })
        .collect();
    problems.retain(|problem| {
        let Some(written) = problem.message.strip_prefix("has a text without quotes; write ") else {
            return true;
        };
        !refused.iter().any(|(line, text)| *line == problem.line && written.ends_with(text.as_str()))
    });
}

/// Takes out how a size is written that is out of its key's bounds however it is written.
fn without_refused_sizes(problems: &mut Vec<Problem>) {
    let is_spelling = |problem: &Problem| problem.message.contains(", not a size; write ");
    let is_bound = |problem: &&Problem| {
        [", more than ", "; it must be "].iter().any(|words| problem.message.contains(words))
    };
    let bounded: Vec<String> = problems.iter().filter(is_bound).map(|other| other.key.clone()).collect();
    problems.retain(|problem| !is_spelling(problem) || !bounded.contains(&problem.key));
}

/// Takes the value at a path like `a.b.c` out; false where it is not there.
fn remove(root: &mut Table, path: &str) -> bool {
    match path.split_once('.') {
        None => root.remove(path).is_some(),
        Some((first, rest)) => match root.get_mut(first) {
            Some(Value::Table(inner)) => remove(inner, rest),
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests;
