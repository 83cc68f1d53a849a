//! One `[apps.<name>]` table: what a client reaches by the model name `<name>`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::plugin::ByteSize;
use crate::texts::{self, Texts};

/// How often a model may call tools: one that calls them more often turns in a circle.
pub(super) const TOOL_ROUNDS: RangeInclusive<u64> = 0..=100;
/// The built-in template alone takes more.
pub(super) const LEAST_PROMPT_TOKENS: usize = 64;

/// An app, as the operator wrote it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct AppSettings {
    /// What people call the app. Absent: its name.
    pub title: Option<String>,
    /// Name of the `[models.<name>]` table that answers. May be absent where `answer` is `direct`.
    pub model: Option<String>,
    /// Who words the answer. Default `model`.
    #[serde(default)]
    pub answer: AnswerMode,
    /// Template of the system message, relative to the configuration file. Absent: a built-in
    /// one that lists passages and results.
    pub prompt: Option<PathBuf>,
    /// Given out as it is, without the model, when no plugin contributed anything. Absent: the
    /// model answers all the same.
    pub nothing_found: Option<String>,
    /// Given out as it is, without the model, when nothing came because something failed: a failure is
    /// no absence. Default: a sentence that says so.
    #[serde(default = "default_unavailable")]
    pub unavailable: String,
    /// Given out without the model when plugins need what the question does not say; `{missing}` stands for the
    /// names of it. Default: a sentence that asks for it.
    #[serde(default = "default_say_more")]
    pub say_more: String,
    /// What models read in the host's own name: of tools that gave nothing, sources that failed, and how a
    /// question is rewritten.
    #[serde(default)]
    pub texts: Texts,
    /// How long a plugin that has asked the user back waits for the reply; what is said later is no
    /// reply to it. Default 30 minutes.
    #[serde(default = "default_flow_timeout", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub flow_timeout: Duration,
    /// How often the model may call tools before it must answer. Default 3.
    #[serde(default = "default_tool_rounds")]
    #[schemars(range(min = *TOOL_ROUNDS.start(), max = *TOOL_ROUNDS.end()))]
    pub max_tool_rounds: u32,
    /// What one turn's model may say in all, its reasoning and tool calls included; longer answers are
    /// cut off with an error. Default 16 MiB.
    #[serde(default = "default_answer")]
    pub max_answer_bytes: ByteSize,
    /// Tokens the prompt may take, as the host estimates them. Default: three quarters of the
    /// model's `context_tokens`.
    #[schemars(range(min = LEAST_PROMPT_TOKENS), example = 3000)]
    pub prompt_tokens: Option<usize>,
    /// Names of knowledge bases whose whole text goes into every prompt, in this order. Refused where
    /// it does not fit.
    #[serde(default)]
    pub whole_text: Vec<String>,
    /// How a question that leans on earlier ones, such as `那费用呢？`, is searched. Default `both`.
    #[serde(default)]
    pub follow_up: FollowUpMode,
    /// Name of the `[models.<name>]` table that does it where `follow_up` is `model`. Absent: the
    /// app's own model.
    pub follow_up_model: Option<String>,
    /// How long that model may take; then it is searched as with `both`. Default 3 s.
    #[serde(default, with = "humantime_serde")]
    #[schemars(with = "Option<Duration>")]
    pub follow_up_timeout: Option<Duration>,
    /// Plugins that add to a turn, in the order in which their answers win.
    #[serde(default)]
    pub plugins: Vec<AppPlugin>,
    /// Formatter plugins that answers pass through, in order: names, or tables that say more.
    #[serde(default)]
    pub formatters: Vec<AppFormatter>,
}

impl AppSettings {
    /// Tokens that its prompt may take, where its model holds `context`.
    pub fn prompt_budget(&self, context: usize) -> usize {
        self.prompt_tokens.unwrap_or(context / 4 * 3)
    }
}

/// Who words the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AnswerMode {
    /// The model, from what the plugins found.
    #[default]
    Model,
    /// Nobody: the standard answer, the API's result or the best passage comes out as it is.
    Direct,
}

/// How a follow-up question is searched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FollowUpMode {
    /// The question is searched for as it was asked.
    Off,
    /// Made standalone by the host's rule, in microseconds.
    Rule,
    /// By the rule; and passages are searched for in all wordings of a short question at once: as it was asked, behind
    /// the question before it, and the rule's.
    #[default]
    Both,
    /// Made standalone by a model, where the rule sees that the question may lean on an earlier one; as with `both`
    /// where the model fails.
    Model,
}

/// One plugin of an app.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct AppPlugin {
    /// Name of a `[plugins.<name>]` table.
    pub plugin: String,
    /// When it is called.
    pub route: RouteMode,
    /// The condition of the route `when`; only there.
    pub when: Option<When>,
    /// What its failure means for the turn. Absent: `fail` where the plugin may search knowledge bases
    /// and nothing could be found because of it, else `continue`.
    pub on_failure: Option<OnFailure>,
}

/// One formatter of an app, as the operator wrote it: a name, or a table.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(transform = or_name)]
pub struct AppFormatter {
    /// Name of a `[plugins.<name>]` table.
    pub plugin: String,
    /// What its failure means for the answer. Default `fail`, other than for plugins that add to a turn:
    /// a formatter takes out what must not reach the client.
    #[schemars(default = "fail")]
    pub on_failure: OnFailure,
    /// Texts that do not pass through it. Default: standard answers, which are given byte for byte, and answers
    /// of which the client wants JSON.
    #[schemars(default = "usual")]
    pub except: Vec<Exempt>,
}

fn fail() -> OnFailure {
    OnFailure::Fail
}

fn usual() -> Vec<Exempt> {
    vec![Exempt::Standard, Exempt::Json]
}

/// A name alone stands for the table.
fn or_name(schema: &mut schemars::Schema) {
    let table = std::mem::take(schema);
    *schema = schemars::json_schema!({ "anyOf": [{ "type": "string" }, table] });
}

/// Texts that a formatter may be spared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Exempt {
    /// Stored answers of a knowledge base that a plugin gives out byte for byte.
    Standard,
    /// Answers of which the client wants JSON (`response_format`).
    Json,
}

impl<'de> Deserialize<'de> for AppFormatter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct PluginTable {
            plugin: String,
            #[serde(default = "fail")]
            on_failure: OnFailure,
            #[serde(default = "usual")]
            except: Vec<Exempt>,
        }

        struct NameOrTable;

        impl<'de> Visitor<'de> for NameOrTable {
            type Value = AppFormatter;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the name of a plugin, or a table { plugin, on_failure, except }")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<AppFormatter, E> {
                Ok(AppFormatter { plugin: name.to_owned(), on_failure: fail(), except: usual() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AppFormatter, A::Error> {
                let PluginTable { plugin, on_failure, except } =
                    PluginTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(AppFormatter { plugin, on_failure, except })
            }
        }

        deserializer.deserialize_any(NameOrTable)
    }
}

/// When a plugin is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RouteMode {
    /// In every turn.
    Always,
    /// When the condition in `when` holds.
    When,
    /// Only when the request names it.
    Forced,
    /// When the model calls it as a tool.
    Model,
}

impl RouteMode {
    /// The word for it in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::When => "when",
            Self::Forced => "forced",
            Self::Model => "model",
        }
    }
}

/// A condition on a turn: one keyword or pattern must match where any are given, and every
/// variable must have its value.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(example = serde_json::json!({ "keywords": ["价格"] }))]
pub struct When {
    /// Texts to look for in the question; letter case does not matter.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Regular expressions (the `regex` crate's syntax) to look for in the question.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// Variables of the request and the value each must have; `*` takes any value.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
}

/// What a plugin's failure means for the turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// The turn goes on without the plugin; the trace says so.
    #[default]
    Continue,
    /// The turn ends with an error.
    Fail,
}

fn default_answer() -> ByteSize {
    ByteSize(16 << 20)
}

fn default_unavailable() -> String {
    texts::UNAVAILABLE.to_owned()
}

fn default_say_more() -> String {
    texts::SAY_MORE.to_owned()
}

fn default_flow_timeout() -> Duration {
    Duration::from_secs(30 * 60)
}

fn default_tool_rounds() -> u32 {
    3
}

#[cfg(test)]
mod tests;
